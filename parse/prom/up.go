package prom

import (
	"math"
	"strconv"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// events makes events and facts of the series that are about processes.
func (a *answer) events(it parse.JSONItem, labels []label, samples []sample) {
	switch get(labels, "__name__") {
	case "up":
		a.down(it, labels, samples)
		a.holes(it, labels, samples)
	case "process_start_time_seconds":
		a.facts(it, labels, samples, parse.FactProcess)
	case "container_spec_cpu_quota":
		a.facts(it, labels, samples, parse.FactCPULimit)
	}
}

// down makes one event of each run of scrapes that failed.
func (a *answer) down(it parse.JSONItem, labels []label, samples []sample) {
	for i := 0; i < len(samples); i++ {
		if samples[i].value != 0 {
			continue
		}
		j := i
		for j+1 < len(samples) && samples[j+1].value == 0 {
			j++
		}
		from, to := samples[i], samples[j]
		a.scrape(of(it, min(from.from, to.from), max(from.to, to.to)), it, labels, parse.Event{Time: parse.Time(from.at),
			Lasted: time.Duration(to.at - from.at), Count: uint32(min(j-i+1, math.MaxUint32)), Fact: a.b.Names.AddString(failed)})
		i = j
	}
}

// The Facts of a [parse.ScrapeFailed].
const (
	failed = "up is 0"
	absent = "no sample"
)

// holes makes an event of each pause of a regular series. It points at the
// samples on both sides, from within the first: its text begins with a digit.
func (a *answer) holes(it parse.JSONItem, labels []label, samples []sample) {
	times := make([]int64, len(samples))
	for i := range samples {
		times[i] = samples[i].at
	}
	sp := SpacingOf(times)
	if !sp.Regular {
		return
	}
	for i := 1; i < len(times); i++ {
		gap := time.Duration(times[i] - times[i-1])
		if float64(gap) <= 1.5*float64(sp.Step) {
			continue
		}
		from, to := samples[i-1], samples[i]
		if from.from > to.from {
			from, to = to, from // a series that was sorted
		}
		missing := max(1, (gap+sp.Step/2)/sp.Step-1)
		a.scrape(of(it, from.from+1, to.to), it, labels, parse.Event{Time: parse.Time(times[i-1]) + parse.Time(sp.Step),
			Lasted: max(0, gap-2*sp.Step), Count: uint32(min(missing, math.MaxUint32)), Fact: a.b.Names.AddString(absent)})
	}
}

// scrape adds an event of a target that was not scraped.
func (a *answer) scrape(p place, it parse.JSONItem, labels []label, e parse.Event) {
	e.Kind, e.Severity, e.Grain = parse.ScrapeFailed, parse.Warn, parse.GrainMilli
	target := get(labels, "instance")
	if pod := get(labels, podLabels...); pod != "" {
		target = get(labels, "namespace", "kubernetes_namespace") + "/" + pod
	}
	e.Target = a.b.Names.AddString(target)
	e.Print = lex.Print([]byte(a.b.Names.Text(e.Fact) + "\x00" + get(labels, "job") + "\x00" + get(labels, "instance") + "\x00" +
		target + "\x00" + strconv.FormatInt(int64(e.Time), 10)))
	first := len(a.b.Events)
	a.b.Add(e)
	l := p.at(int64(e.Time))
	from := int(p.off - it.Off)
	a.b.Item(a.f, &l, it.Raw[from:from+p.size], first)
}

// bootTime is how early process_start_time_seconds may be: the kernel counts
// a process's start in hundredths since a boot time that it tells in whole
// seconds (client_golang prometheus/process_collector_other.go, procfs
// ProcStat.StartTime). The captures of this project are 0.27 s early.
const bootTime = time.Second

// cfsPeriod is the kernel's default period of CPU quotas in microseconds,
// which the kubelet uses too. The true one is another series.
const cfsPeriod = 100_000

// facts states each distinct value of a series once, at its first sample.
func (a *answer) facts(it parse.JSONItem, labels []label, samples []sample, key string) {
	subject := a.subject(labels)
	if subject == 0 {
		return // the series is kept; whom it is about is not known
	}
	seen := map[float64]bool{}
	for _, s := range samples {
		if seen[s.value] || s.value != s.value {
			continue
		}
		seen[s.value] = true
		l := of(it, s.from, s.to).at(s.at)
		if key == parse.FactCPULimit {
			limit := "none"
			if s.value > 0 {
				limit = strconv.FormatFloat(s.value*1000/cfsPeriod, 'f', -1, 64) + "m"
			}
			a.b.Fact(&l, subject, key, limit, parse.Time(s.at), 0)
			continue
		}
		text := strconv.FormatFloat(s.value, 'f', -1, 64)
		at, ok := seconds([]byte(text))
		if !ok || at <= 0 {
			a.b.Problem(l.No, "the process of %s is said to have started at %s", a.b.Names.Text(subject), text)
			continue
		}
		a.b.Fact(&l, subject, key, text, parse.Time(at), bootTime)
	}
}

package prom

import (
	"math"
	"slices"
	"strconv"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// source shows where samples stand, and their text.
type source interface {
	// run is the text of the samples from one up to another.
	run(from, to *sample) (place, []byte)
	// hole is the text of a sample and the next one, shown such that
	// [parse.Format.Detail] can tell it from a run.
	hole(from, to *sample) (place, []byte)
}

// The series that events and facts are made of.
const (
	metricUp    = "up"
	metricStart = "process_start_time_seconds"
	metricQuota = "container_spec_cpu_quota"
)

// telling says whether events or facts are made of a metric.
func telling(metric string) bool {
	return metric == metricUp || metric == metricStart || metric == metricQuota
}

// events makes events and facts of the series that are about processes.
func (k *keeper) events(in source, labels []label, samples []sample) {
	switch get(labels, nameLabel) {
	case metricUp:
		k.down(in, labels, samples)
		k.holes(in, labels, samples)
	case metricStart:
		k.facts(in, labels, samples, parse.FactProcess)
	case metricQuota:
		k.facts(in, labels, samples, parse.FactCPULimit)
	}
}

// down makes one event of each run of scrapes that failed.
func (k *keeper) down(in source, labels []label, samples []sample) {
	for i := 0; i < len(samples); i++ {
		if samples[i].value != 0 {
			continue
		}
		j := i
		for j+1 < len(samples) && samples[j+1].value == 0 {
			j++
		}
		from, to := &samples[i], &samples[j]
		p, raw := in.run(from, to)
		k.scrape(p, raw, labels, parse.Event{Time: parse.Time(from.at),
			Lasted: time.Duration(to.at - from.at), Count: uint32(min(j-i+1, math.MaxUint32)), Fact: k.b.Names.AddString(failed)})
		i = j
	}
}

// The Facts of a [parse.ScrapeFailed].
const (
	failed = parse.ScrapeDown
	absent = "no sample"
)

// holes makes an event of each pause of a regular series. It points at the
// samples on both sides.
func (k *keeper) holes(in source, labels []label, samples []sample) {
	samples = slices.DeleteFunc(slices.Clone(samples), func(s sample) bool { return s.value != s.value }) // stale markers
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
		p, raw := in.hole(&samples[i-1], &samples[i])
		missing := max(1, (gap+sp.Step/2)/sp.Step-1)
		k.scrape(p, raw, labels, parse.Event{Time: parse.Time(times[i-1]) + parse.Time(sp.Step),
			Lasted: max(0, gap-2*sp.Step), Count: uint32(min(missing, math.MaxUint32)), Fact: k.b.Names.AddString(absent)})
	}
}

// scrape adds an event of a target that was not scraped.
func (k *keeper) scrape(p place, raw []byte, labels []label, e parse.Event) {
	e.Kind, e.Severity, e.Grain = parse.ScrapeFailed, parse.Warn, parse.GrainMilli
	target := get(labels, "instance")
	if pod := get(labels, podLabels...); pod != "" {
		target = pod
		if namespace := get(labels, "namespace", "kubernetes_namespace"); namespace != "" {
			target = namespace + "/" + pod
		}
	}
	e.Target = k.b.Names.AddString(target)
	e.Print = lex.Fingerprint([]byte(k.b.Names.Text(e.Fact) + "\x00" + get(labels, "job") + "\x00" + get(labels, "instance") + "\x00" +
		target + "\x00" + strconv.FormatInt(int64(e.Time), 10)))
	first := len(k.b.Events)
	k.b.Add(e)
	l := p.at(int64(e.Time))
	k.b.Item(k.f, &l, raw, first)
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
func (k *keeper) facts(in source, labels []label, samples []sample, key string) {
	subject := k.subject(labels)
	if subject == 0 && key != parse.FactProcess {
		return // the series is kept; whom it is about is not known
	}
	if subject == 0 { // the page's own process: who that is, its source may say
		subject = k.b.Names.AddString(parse.Subject("", "", ""))
	}
	seen := map[float64]bool{}
	for _, s := range samples {
		if seen[s.value] || s.value != s.value {
			continue
		}
		seen[s.value] = true
		p, _ := in.run(&s, &s)
		l := p.at(s.at)
		if key == parse.FactCPULimit {
			limit := "none"
			if s.value > 0 {
				limit = strconv.FormatFloat(s.value*1000/cfsPeriod, 'f', -1, 64) + "m"
			}
			k.b.Fact(&l, subject, key, limit, parse.Time(s.at), 0)
			continue
		}
		text := strconv.FormatFloat(s.value, 'f', -1, 64)
		at, ok := seconds([]byte(text))
		if !ok || at <= 0 {
			k.b.Problem(l.No, "the process of %s is said to have started at %s", k.b.Names.Text(subject), text)
			continue
		}
		k.b.Fact(&l, subject, key, text, parse.Time(at), bootTime)
	}
}

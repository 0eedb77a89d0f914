package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/stat"
	"faultline/correlate/words"
)

// throttlingRule says whether stalls look like a CPU quota that ran out.
var throttlingRule = &Rule{
	Name: "throttling",
	Doc: `Are the stalls quantised at multiples of 100 ms, as the kernel's CPU quota makes them?
Counts stalls within -8 and +6 ms of k times 100 ms, k from 2 on, against those just beside these, and asks for two multiples at least: work of one length makes one, and near 100 ms itself the logging threshold piles them up. Takes the cgroup's own counters where they were captured; they decide.`,
	Needs: []*Need{ControllerLogs, Throttled},
	Apply: throttling,
}

const (
	quantum   = 100 * time.Millisecond // the default period of CFS quotas
	below     = 8 * time.Millisecond
	above     = 6 * time.Millisecond
	beside    = below + above // as wide, on either side of a multiple
	byChance  = 1.0 / 3       // of those near a multiple or beside it, that are near it
	multiples = 2             // that must have quantEach stalls
	quantEach = 3
	quantP    = 1e-4
	quantMin  = 12 // stalls of 192 ms and more
	quantPart = 0.35
)

func throttling(p *Pass) (out []correlate.Finding) {
	out = append(out, p.throttled()...)
	byPod := map[string][]correlate.Moment{}
	var names []string
	for _, q := range p.Processes() {
		if len(q.Stalls) > 0 {
			byPod[q.Name] = q.Stalls
			names = append(names, q.Name)
		}
	}
	near := 0
	total := 0
	for _, name := range names {
		k, n, nearby := 0, 0, 0
		each := map[int]int{}
		var on, off []correlate.Point
		for _, m := range byPod[name] {
			d := p.At(m.Point).Lasted
			total++
			if d >= quantum && d < 130*time.Millisecond {
				near++
			}
			if d < 2*quantum-below {
				continue
			}
			n++
			if quantised(d) {
				k++
				nearby++
				each[int(math.Round(float64(d)/float64(quantum)))]++
				on = append(on, m.Point)
			} else {
				if off := offMultiple(d); off >= -below-beside && off <= above+beside {
					nearby++
				}
				off = append(off, m.Point)
			}
		}
		pValue := stat.BinomialSF(k, nearby, byChance) * float64(len(names))
		if n < quantMin || pValue > quantP || float64(k) < quantPart*float64(n) || peaks(each) < multiples {
			continue
		}
		out = append(out, correlate.Finding{Severity: correlate.Warning, Confidence: correlate.Medium,
			Title:    fmt.Sprintf("%d of %d stalls of %s above 190 ms last a multiple of 100 ms, which is consistent with a CPU quota that ran out.", k, n, name),
			Detail:   fmt.Sprintf("Of %d that lie near a multiple or just beside one, a third would by chance (%s). The kernel gives a throttled process its CPU back at the next period of 100 ms, whatever the average load is.", nearby, words.P(pValue)),
			Evidence: p.lines(on...), Against: p.lines(off[:min(len(off), 2)]...),
			Query: `rate(container_cpu_cfs_throttled_periods_total{namespace="linkerd"}[1m]) / rate(container_cpu_cfs_periods_total{namespace="linkerd"}[1m])`,
			Next:  []string{"Look at container_cpu_cfs_throttled_periods_total, and at the CPU limit of the destination.", "Raise or remove the CPU limit and compare."}})
	}
	if len(out) == 0 && total > 0 && total < quantMin && 2*near > total && len(p.named("container_cpu_cfs_throttled_periods_total")) == 0 {
		out = append(out, p.justAbove(byPod, names, near, total))
	}
	return out
}

// offMultiple is how far a duration is from the nearest multiple of the quantum.
func offMultiple(d time.Duration) time.Duration {
	return d - quantum*time.Duration(math.Round(float64(d)/float64(quantum)))
}

// peaks is how many multiples have several stalls.
func peaks(each map[int]int) (n int) {
	for _, k := range each {
		if k >= quantEach {
			n++
		}
	}
	return n
}

// quantised says whether a duration is near a multiple of the quantum.
func quantised(d time.Duration) bool {
	off := offMultiple(d)
	return d >= 2*quantum-below && off >= -below && off <= above
}

// justAbove speaks of a few stalls just above the threshold.
func (p *Pass) justAbove(byPod map[string][]correlate.Moment, names []string, near, total int) correlate.Finding {
	var proof []correlate.Point
	var said []string
	for _, name := range names {
		for _, m := range byPod[name] {
			if d := p.At(m.Point).Lasted; d < 130*time.Millisecond && len(proof) < maxEvidence {
				proof = append(proof, m.Point)
				said = append(said, fmt.Sprintf("%.1f", float64(d)/1e6))
			}
		}
	}
	return correlate.Finding{Severity: correlate.Info, Confidence: correlate.Low,
		Title:    fmt.Sprintf("%d of %s took just over 100 ms (%s ms): one period of the kernel's CPU quota looks like this, and so does the logging threshold.", near, words.Count(total, "stall", "stalls"), strings.Join(said, ", ")),
		Detail:   "A CPU limit throttles within 100 ms, which an average over a minute does not show: 50 millicores on average do not exclude it. So few stalls cannot tell the two apart.",
		Evidence: p.lines(proof...), Query: `rate(container_cpu_cfs_throttled_periods_total{namespace="linkerd",container="destination"}[1m])`,
		Next: []string{"Look whether the destination has a CPU limit, and at container_cpu_cfs_throttled_periods_total."}}
}

// throttledShare is the share of a quota's periods that must be throttled.
const throttledShare = 0.05

// throttled reads the cgroup's own counters.
func (p *Pass) throttled() (out []correlate.Finding) {
	var pods []string
	var proof []correlate.Evidence
	worst, peak := 0.0, 0.0
	for _, m := range p.named("container_cpu_cfs_throttled_periods_total") {
		for _, all := range p.named("container_cpu_cfs_periods_total") {
			if p.pod(all) != p.pod(m) || p.label(all, "container") != p.label(m, "container") {
				continue
			}
			n, k := all.increase(), m.increase()
			if n < 100 || k/n < throttledShare || slices.Contains(pods, p.pod(m)) {
				continue
			}
			pods = append(pods, p.pod(m))
			proof = append(proof, m.whole(), all.whole())
			worst, peak = math.Max(worst, k/n), math.Max(peak, throttledMost(all, m))
		}
	}
	if len(pods) == 0 {
		return nil
	}
	most := ""
	if peak > 1.5*worst {
		most = fmt.Sprintf(", in up to %.0f %% over five minutes", 100*peak)
	}
	f := correlate.Finding{Severity: correlate.Warning, Confidence: correlate.High,
		Title:    fmt.Sprintf("The CPU quota of %s ran out in up to %.0f %% of its periods of 100 ms%s.", strings.Join(pods, ", "), 100*worst, most),
		Detail:   "A throttled process waits up to 100 ms at a time, so stalls of such replicas have a reason that is not the resync. Replicas without a limit that stall as well show what is left.",
		Evidence: proof[:min(len(proof), maxEvidence)], Query: `rate(container_cpu_cfs_throttled_periods_total{namespace="linkerd"}[1m]) / rate(container_cpu_cfs_periods_total{namespace="linkerd"}[1m])`,
		Next: []string{"Raise or remove the CPU limit of the destination, and compare."}}
	stalled := false
	for _, q := range p.Processes() { // a replica that stalls without being throttled
		if len(q.Stalls) == 0 {
			continue
		}
		stalled = true
		if !slices.ContainsFunc(pods, func(pod string) bool { return strings.HasPrefix(q.Name, pod) }) {
			f.Against = append(f.Against, p.lines(q.Stalls[0].Point)...)
		}
	}
	if !stalled {
		f.Severity, f.Detail = correlate.Info, "No stall was logged after the caches were filled: it is not shown to hurt here."
	}
	if len(f.Against) > 0 {
		f.Detail += " There are such replicas here."
	}
	return []correlate.Finding{f}
}

// throttledMost is the largest share of a quota's periods that were throttled in
// any five minutes: a mean over hours hides them.
func throttledMost(all, throttled metric) (most float64) {
	const five = int64(5 * time.Minute)
	if !slices.Equal(all.Times, throttled.Times) {
		return 0
	}
	from := 0
	for to, t := range all.Times {
		for t-all.Times[from] > five {
			from++
		}
		n, k := all.Values[to]-all.Values[from], throttled.Values[to]-throttled.Values[from]
		if n >= 100 && k >= 0 && k <= n {
			most = math.Max(most, k/n)
		}
	}
	return most
}

// lagRule says whether handlers were behind.
var lagRule = &Rule{
	Name: "lag",
	Doc: `Were real updates handled late?
The *_informer_lag_seconds histograms of 2.14.4 and later leave resyncs out and count real updates only; their times are whole seconds, so buckets from 2.5 s up count. They fill what the log cannot show: handlers that are behind without a slow Pop.`,
	Needs: []*Need{Queues},
	Apply: lag,
}

// lagFrom is the first bucket that is not the rounding of whole seconds.
const lagFrom = "2.5"

func lag(p *Pass) []correlate.Finding {
	const suffix = "_informer_lag_seconds_bucket"
	var late, total float64
	var proof []correlate.Evidence
	byKind := map[string][2]float64{}
	series := map[string][]correlate.Evidence{}
	for _, m := range p.metrics(func(n string) bool { return strings.HasSuffix(n, suffix) }) {
		kind := strings.TrimSuffix(p.Name(m.Metric), suffix)
		v := byKind[kind]
		switch p.label(m, "le") {
		case lagFrom:
			v[0] += m.increase()
			series[kind] = append(series[kind], m.whole())
		case "+Inf":
			v[1] += m.increase()
		}
		byKind[kind] = v
	}
	var kinds []string
	for kind, v := range byKind {
		if behind := v[1] - v[0]; v[1] >= 50 && behind/v[1] >= 0.05 {
			late, total = late+behind, total+v[1]
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) == 0 {
		return nil
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		proof = append(proof, series[kind]...)
	}
	return []correlate.Finding{{Severity: correlate.Warning, Confidence: correlate.Medium,
		Title:    fmt.Sprintf("%.0f of %.0f updates of %s were handled more than 2.5 s after the change.", late, total, strings.Join(kinds, ", ")),
		Detail:   "Real changes only: a resync does not count there. The controller was behind, or the clocks of the API server and of the node differ.",
		Evidence: proof[:min(len(proof), maxEvidence)], Query: `histogram_quantile(0.99, sum by (pod, le) (rate(endpointslices_informer_lag_seconds_bucket[1m])))`,
		Next: []string{"Look when it rises: with the stalls, or all the time, which would be a clock."}}}
}

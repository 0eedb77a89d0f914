package rules

import (
	"fmt"
	"slices"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

const (
	// waveTimes is how many times the usual CPU a wave takes at least, and
	// waveCores by how much more, in cores.
	waveTimes, waveCores = 3, 0.05
	// waveSamples is how many bursts with samples, and samples elsewhere, tell
	// anything.
	waveSamples, waveElse = 3, 8
	// waveStep is the longest step between samples whose mean still shows a wave.
	waveStep = parse.Time(2 * time.Minute)
)

// cpuWaves says whether a replica takes far more CPU when it stalls than at
// other times: an average over hours, in which a few minutes vanish, hides that.
func (p *Pass) cpuWaves() []correlate.Finding {
	var proof []correlate.Evidence
	var most, usual float64
	replicas := 0
	for _, m := range p.named("process_cpu_seconds_total") {
		in, out, top := p.cpuOf(m)
		base := median(out)
		if len(in) < waveSamples || len(out) < waveElse || base <= 0 {
			continue
		}
		peak := median(in)
		slices.Sort(out)
		if peak < waveTimes*base || peak-base < waveCores || out[len(out)*9/10] > (peak+base)/2 { // as high elsewhere is no wave
			continue
		}
		replicas++
		if peak > most {
			most, usual = peak, base
		}
		proof = append(proof, m.evidence(top, top))
	}
	if replicas == 0 {
		return nil
	}
	f := correlate.Finding{Severity: correlate.Info, Confidence: correlate.Medium,
		Title: fmt.Sprintf("The CPU of %s is %.0f times as high while it stalls: %.2f cores, %.2f at other times.",
			map[bool]string{true: "a destination replica", false: fmt.Sprintf("%d destination replicas", replicas)}[replicas == 1], most/usual, most, usual),
		Detail:   "The median of what it took at most in each burst of stalls, against the median between all samples that touch none. An average over hours does not show it, and a limit may cut it.",
		Evidence: proof, Query: `sum by (pod) (rate(process_cpu_seconds_total{namespace="linkerd",component="destination"}[1m]))`,
		Next: []string{"Compare the CPU limit and request of the destination with that peak, and look at container_cpu_cfs_throttled_periods_total at the bursts."}}
	if p.stallsMatter() {
		f.Severity = correlate.Warning
	}
	return []correlate.Finding{f}
}

// cpuOf gives the cores that a process took at most in each burst of its stalls,
// and between all samples that touch none; top is when it took most.
func (p *Pass) cpuOf(m metric) (in, out []float64, top parse.Time) {
	pod, high := p.pod(m), 0.0
	mine := slices.DeleteFunc(slices.Clone(p.bursts), func(b burst) bool { return pod != "" && b.pod != pod })
	if len(mine) == 0 {
		return nil, nil, 0
	}
	last := -1
	for i := 1; i < len(m.Times); i++ {
		from, to := parse.Time(m.Times[i-1]), parse.Time(m.Times[i])
		used := m.Values[i] - m.Values[i-1]
		if !(used >= 0) || to <= from || to-from > waveStep { // a counter that began anew, no number, or a hole
			continue
		}
		cores := used / (float64(to-from) / 1e9)
		b := slices.IndexFunc(mine, func(b burst) bool { return b.from <= to && b.to >= from })
		if b < 0 {
			out = append(out, cores)
			continue
		}
		if b != last {
			in, last = append(in, 0), b
		}
		in[len(in)-1] = max(in[len(in)-1], cores)
		if cores > high {
			high, top = cores, to
		}
	}
	return in, out, top
}

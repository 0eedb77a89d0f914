package report

import (
	"fmt"
	"strings"

	"faultline/correlate"
	"faultline/correlate/stat"
	"faultline/correlate/words"
)

// sideFigures are [correlate.ReplicaFigures] as other programs read them.
type sideFigures struct {
	// Name of the replica, "" for all of them.
	Name       string      `json:"name"`
	Stalls     stallTotals `json:"stalls"`
	PerTick    *float64    `json:"seconds_per_tick"`
	Lag99      *float64    `json:"informer_lag_p99_s"`
	Beyond     bool        `json:"informer_lag_beyond"`
	Overflows  *float64    `json:"overflows_counted"`
	Goroutines *peaks      `json:"goroutine_peaks"`
	CPU        *peaks      `json:"cpu_peaks"`
}

// peaks are those of waves, with the interval of their median, null below six.
type peaks struct {
	Waves  int         `json:"waves"`
	Median float64     `json:"median"`
	CI     *[2]float64 `json:"ci"`
}

func totalsOf(f *correlate.StallFigures) stallTotals {
	return stallTotals{f.N, f.Seconds, f.Longest, f.Deepest, f.Hours, f.Rate(), f.Share()}
}

func figuresOf(r *correlate.ReplicaFigures) sideFigures {
	return sideFigures{Name: r.Name, Stalls: totalsOf(&r.StallFigures), PerTick: r.PerTick, Lag99: r.Lag99, Beyond: r.Beyond,
		Overflows: r.Counted, Goroutines: peaksOf(&r.Goroutines), CPU: peaksOf(&r.CPU)}
}

func peaksOf(l *stat.Lag) *peaks {
	if l.N == 0 {
		return nil
	}
	out := &peaks{Waves: l.N, Median: l.Median}
	if l.HasCI {
		out.CI = &l.CI
	}
	return out
}

// precedingSentences are what else stands before failures, where either case
// captured it.
func precedingSentences(c *correlate.Comparison) (out []string) {
	a, b := &c.All[0], &c.All[1]
	if c.PerTick[0] != nil && c.PerTick[1] != nil {
		out = append(out, fmt.Sprintf("Failures of one proxy for each resync of one replica: %s in A, %s in B.", words.Figure(*c.PerTick[0]), words.Figure(*c.PerTick[1])))
	}
	if c.Stalls[0].N+c.Stalls[1].N > 0 && a.PerTick != nil && b.PerTick != nil {
		out = append(out, fmt.Sprintf("Seconds stalled for each resync of one replica: %s in A, %s in B.", words.Figure(*a.PerTick), words.Figure(*b.PerTick)))
	}
	if c.Overflows[0]+c.Overflows[1] > 0 {
		out = append(out, fmt.Sprintf("Queue overflows logged: %d in A, %d in B.", c.Overflows[0], c.Overflows[1]))
	}
	for _, m := range controllerSays(c) {
		if m.of[0]+m.of[1] == "" {
			continue
		}
		for i := range m.of {
			if m.of[i] == "" {
				m.of[i] = "not captured"
			}
		}
		out = append(out, words.Upper(m.what)+": "+m.of[0]+" in A, "+m.of[1]+" in B.")
	}
	return out
}

// controllerSaid is what metrics of the controllers say of both sides, "" where it
// was not captured.
type controllerSaid struct {
	what, short string
	of          [2]string
}

func controllerSays(c *correlate.Comparison) []controllerSaid {
	a, b := &c.All[0], &c.All[1]
	return []controllerSaid{
		{"queue overflows that metrics count", "overflows counted", [2]string{countedSaid(a), countedSaid(b)}},
		{"informer lag, 99th percentile", "informer lag p99", [2]string{lagSaid(a), lagSaid(b)}},
		{"goroutines at the peak of a wave", "goroutines in a wave", [2]string{peakSaid(&a.Goroutines, ""), peakSaid(&b.Goroutines, "")}},
		{"CPU at the peak of a wave", "CPU in a wave", [2]string{peakSaid(&a.CPU, " cores"), peakSaid(&b.CPU, " cores")}},
	}
}

func countedSaid(r *correlate.ReplicaFigures) string {
	if r.Counted == nil {
		return ""
	}
	return fmt.Sprintf("%.0f", *r.Counted)
}

func lagSaid(r *correlate.ReplicaFigures) string {
	switch {
	case r.Lag99 == nil:
		return ""
	case r.Beyond:
		return "more than " + words.Figure(*r.Lag99) + " s"
	}
	return words.Figure(*r.Lag99) + " s"
}

// peakSaid is the median over waves, with its interval where there are enough.
func peakSaid(l *stat.Lag, unit string) string {
	if l.N == 0 {
		return ""
	}
	said := words.Figure(l.Median) + unit
	if l.HasCI {
		said += fmt.Sprintf(" [%s, %s]", words.Figure(l.CI[0]), words.Figure(l.CI[1]))
	}
	return said + " (median of " + words.Count(l.N, "wave", "waves") + ")"
}

// mostReplicas is how many replicas of a case are shown to people.
const mostReplicas = 10

// replicaRows are a line for each replica that has anything to say.
func replicaRows(each []correlate.ReplicaFigures) (out []string) {
	for i := range each {
		r := &each[i]
		var parts []string
		if r.N > 0 && r.PerTick != nil {
			parts = append(parts, fmt.Sprintf("stalled %s s, %s s a resync, the longest %s s", words.Figure(r.Seconds), words.Figure(*r.PerTick), words.Figure(r.Longest)))
		}
		for _, m := range []struct{ what, said string }{
			{"lag p99 ", lagSaid(r)}, {"overflows ", countedSaid(r)}, {"goroutines ", peakSaid(&r.Goroutines, "")}, {"CPU ", peakSaid(&r.CPU, " cores")},
		} {
			if m.said != "" {
				parts = append(parts, m.what+m.said)
			}
		}
		if len(parts) > 0 && len(out) < mostReplicas {
			out = append(out, r.Name+": "+strings.Join(parts, "; "))
		} else if len(out) == mostReplicas {
			return append(out, fmt.Sprintf("and %d more (-o json)", len(each)-mostReplicas))
		}
	}
	return out
}

// lag is that of the informers in a table.
func (f *sideFigures) lag() string {
	switch {
	case f.Lag99 == nil:
		return "–"
	case f.Beyond:
		return "> " + words.Figure(*f.Lag99) + " s"
	}
	return words.Figure(*f.Lag99) + " s"
}

// short is the median alone.
func (p *peaks) short() string {
	if p == nil {
		return "–"
	}
	return words.Figure(p.Median)
}

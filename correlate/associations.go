package correlate

import (
	"fmt"
	"slices"
	"time"

	"faultline/correlate/stat"
	"faultline/parse"
)

// Linked is what may be said of two series in time.
type Linked string

// The verdicts of an association, as the contract names them.
const (
	Associated    Linked = "associated"
	NotAssociated Linked = "not_associated"
	PhaseLocked   Linked = "phase_locked" // one beat, two timers: no link shown
	TooLittle     Linked = "insufficient"
)

// Association says how often one thing begins shortly after another.
type Association struct {
	Of, With string
	// Within is the window after a With in which an Of coincides with it.
	Within   [2]time.Duration
	Observed int     // of N that coincide
	N        int     // onsets of Of inside the coverage
	Expected float64 // that would, if timing were random within Jitter
	Jitter   time.Duration
	// P is of the test that decides: the local coverage test, or Fisher's on
	// the table of cycles when both keep one beat. Nil when none was possible.
	P *float64
	// Table counts beats by With (rows) and Of (columns); nil when the two
	// do not keep the same beat.
	Table *stat.Table2x2
	Lag   *stat.Lag
	// Reverse is how many With begin within the window after an Of.
	Reverse  int
	Verdict  Linked
	Sentence string
}

const (
	linkP = 1e-3
	// linkShare is the share of incidents, beyond chance, that must coincide
	// before a link is worth the word, however small its p.
	linkShare  = 0.1
	minLinked  = 5
	jitterOver = 10 // windows that an onset may be moved to and fro
)

// associations tests whether failures begin shortly after stalls.
func (c *Case) associations(w *work) {
	g := w.wall
	a := Association{Of: "failures", With: "stalls", Within: [2]time.Duration{0, time.Duration(StallWindow)}, Verdict: TooLittle}
	a.Jitter = jitterOver * a.Within[1]
	var cover stat.Coverage
	var stalls []float64
	for _, p := range w.processes {
		stalls = append(stalls, stat.Onsets(times(p.Stalls), stat.DefaultGap)...)
		cover = append(cover, p.Coverage...)
	}
	slices.Sort(stalls)
	onsets := c.onsets(g)
	if len(g.Failures) == 0 && len(w.alone) == 0 {
		return
	}
	if len(onsets) == 0 || len(stalls) == 0 {
		a.Sentence = c.whyNoLink(w, len(onsets), len(stalls))
		c.Associations = append(c.Associations, a)
		return
	}
	both := stat.NewCoverage(cover).Intersect(g.Coverage)
	c.coincide(&a, onsets, stalls, both)
	c.sameBeat(&a, w, onsets, both)
	a.say()
	c.Associations = append(c.Associations, a)
}

// onsets are the beginnings of a group's incidents, in seconds.
func (c *Case) onsets(g *Group) (out []float64) {
	for i := range c.Incidents {
		if in := &c.Incidents[i]; in.Stream == g.Stream && !in.Continuous {
			out = append(out, seconds(in.Start))
		}
	}
	return out
}

func (c *Case) whyNoLink(w *work, onsets, stalls int) string {
	switch {
	case onsets == 0 && len(w.alone) > 0:
		return "failures and stalls are on different clocks: nothing can be said of their order"
	case stalls == 0 && len(w.processes) == 0:
		return "no controller log was captured, so nothing can be said about stalls"
	case stalls == 0:
		return "no stall was logged; that a controller logs none does not show that there was none"
	}
	return "no incident has an onset to compare"
}

// coincide is the local coverage test (statistics.md §2).
func (c *Case) coincide(a *Association, onsets, stalls []float64, cover stat.Coverage) {
	window := a.Within[1].Seconds()
	t, ok := stat.LocalCoverage(onsets, stalls, window, 0, a.Jitter.Seconds(), cover)
	if !ok {
		return
	}
	a.N, a.Observed, a.Expected = t.N, t.K, t.Expected
	a.P = &t.P
	if lag, ok := stat.MedianLag(onsets, stalls, window); ok {
		a.Lag = &lag
	}
	for _, s := range stalls {
		if i, _ := slices.BinarySearch(onsets, s-window); i < len(onsets) && onsets[i] < s {
			a.Reverse++
		}
	}
	switch {
	case t.N < minLinked:
		a.Verdict = TooLittle
	case t.P <= linkP && float64(t.K)-t.Expected >= linkShare*float64(t.N):
		a.Verdict = Associated
	default:
		a.Verdict = NotAssociated
	}
}

// sameBeat replaces the test when both series keep one beat: then each
// coincidence follows from the first, and only the cycles tell whether the
// one comes with the other.
func (c *Case) sameBeat(a *Association, w *work, onsets []float64, cover stat.Coverage) {
	var nominal time.Duration
	for i := range c.Periods {
		if p := &c.Periods[i]; p.Of == "failures" && p.Stream < 0 && p.Claimed() && c.claimedStalls(p.Nominal) {
			nominal = p.Nominal
		}
	}
	if nominal == 0 || a.P == nil || a.N < minLinked {
		return
	}
	var table stat.Table2x2
	for _, beat := range c.beats(w, nominal, cover) {
		row, col := 1, 1
		if beat.stalled {
			row = 0
		}
		// An incident of this beat starts with its stall or soon after.
		if i, _ := slices.BinarySearch(onsets, beat.at-beat.early); i < len(onsets) && onsets[i] <= beat.at+beat.late+a.Within[1].Seconds() {
			col = 0
		}
		table[row][col]++
	}
	if table.N() == 0 {
		return
	}
	p := table.FisherGreater()
	a.Table, a.P = &table, &p
	switch {
	case p <= linkP:
		a.Verdict = Associated
	case a.Verdict == Associated:
		a.Verdict = PhaseLocked
	}
}

// beat is one predicted beat of one process's stalls.
type beat struct {
	at          float64
	early, late float64
	stalled     bool
}

// beats predicts each process's beats inside the coverage from the phase that
// its own stalls show, and says at which it stalled. Beats of several
// processes at one time are one.
func (c *Case) beats(w *work, nominal time.Duration, cover stat.Coverage) (out []beat) {
	for i := range c.Periods {
		p := &c.Periods[i]
		s, _, ok := p.Seconds()
		if p.Of != "stalls" || p.Scope == "all" || p.Nominal != nominal || !ok || p.Confirm == nil {
			continue
		}
		for _, q := range w.processes {
			if q.Name == p.Scope {
				out = append(out, q.beats(p, s, cover)...)
			}
		}
	}
	slices.SortFunc(out, func(x, y beat) int { return int(min(max(parse.Time((x.at-y.at)*1e9), -1), 1)) })
	merged := out[:0]
	for _, b := range out {
		if n := len(merged); n > 0 && b.at-merged[n-1].at < b.early+b.late {
			merged[n-1].stalled = merged[n-1].stalled || b.stalled
			continue
		}
		merged = append(merged, b)
	}
	return merged
}

func (q *Process) beats(p *Period, period float64, cover stat.Coverage) (out []beat) {
	stalls := times(q.Stalls)
	early, late := period/60, period/40 // 10 and 15 s of 600
	for _, span := range q.Coverage.Intersect(cover) {
		k := int((span.Start - seconds(p.Phase)) / period)
		for k--; ; k++ {
			at := seconds(p.Phase) + float64(k)*period
			if at > span.End {
				break
			}
			if at < span.Start {
				continue
			}
			i, _ := slices.BinarySearch(stalls, at-early)
			out = append(out, beat{at, early, late, i < len(stalls) && stalls[i] <= at+late})
		}
	}
	return out
}

// say puts an association into words.
func (a *Association) say() {
	if a.P == nil {
		a.Sentence = "failures and stalls were not captured at the same time"
		return
	}
	s := fmt.Sprintf("%d of %d incidents start within %.0f s after a stall; %.1f expected if timing were random within ±%.0f s",
		a.Observed, a.N, a.Within[1].Seconds(), a.Expected, a.Jitter.Seconds()/2)
	if a.Table != nil {
		s += fmt.Sprintf("; both keep one beat, so cycles are compared: an incident came in %d of %d beats with a stall and %d of %d without",
			a.Table[0][0], a.Table[0][0]+a.Table[0][1], a.Table[1][0], a.Table[1][0]+a.Table[1][1])
	}
	s += fmt.Sprintf(" (p = %.2g)", *a.P)
	switch a.Verdict {
	case TooLittle:
		s += "; too few incidents to tell"
	case PhaseLocked:
		s += "; two timers of one period would look the same"
	}
	a.Sentence = s
}

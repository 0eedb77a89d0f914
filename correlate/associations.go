package correlate

import (
	"fmt"
	"slices"
	"strings"
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
	// Reverse is how many With begin within the window after an Of; Backward
	// tests that as the link itself is tested, nil when it could not be.
	Reverse  int
	Backward *stat.CoverageTest
	// ByLoad is the table of cycles by thirds of load; nil without Table or
	// without a measure of load.
	ByLoad *LoadStrata
	// PAdjusted is P, adjusted over all associations that were tested (Holm).
	PAdjusted *float64
	Verdict   Linked
	Sentence  string
}

// LoadStrata is a table of cycles for each third of a measure of load, the
// quietest first, and the test over all three.
type LoadStrata struct {
	By     string
	Tables [3]stat.Table2x2
	stat.MantelHaenszel
}

const (
	linkP = 1e-3
	// linkShare is the share of incidents, beyond chance, that must coincide
	// before a link is worth the word, however small its p.
	linkShare  = 0.1
	minLinked  = 5
	jitterOver = 10 // windows that an onset may be moved to and fro
)

// associations tests whether failures begin shortly after stalls, and after
// each kind of event that the user defined.
func (c *Case) associations(w *work) {
	g := w.wall
	if len(g.Failures) == 0 && len(w.alone) == 0 {
		return
	}
	c.Associations = append(c.Associations, c.withStalls(w))
	for k := parse.LogOther + 1; c.KindName(k) != ""; k++ {
		if on := c.placed(k); len(on) > 0 && k != c.Layer {
			a := newAssociation(c.KindName(k))
			c.coincide(&a, c.onsets(g), stat.Onsets(on, seconds(burstGap)), g.Coverage)
			a.say()
			c.Associations = append(c.Associations, a)
		}
	}
	var p []float64
	for _, a := range c.Associations {
		if a.P != nil {
			p = append(p, *a.P)
		}
	}
	adjusted := stat.Holm(p)
	for i := range c.Associations {
		if a := &c.Associations[i]; a.P != nil {
			a.PAdjusted, adjusted = &adjusted[0], adjusted[1:]
			if a.Verdict == Associated && *a.PAdjusted > linkP {
				a.Verdict = NotAssociated
			}
		}
	}
}

func newAssociation(with string) Association {
	window := time.Duration(StallWindow)
	return Association{Of: "failures", With: with, Within: [2]time.Duration{0, window}, Jitter: jitterOver * window, Verdict: TooLittle}
}

// placed are the times of a kind's events that other sources' can be compared
// with, in seconds.
func (c *Case) placed(k parse.Kind) (out []float64) {
	for s := range c.Streams {
		for i := range c.Streams[s].Events {
			if e := &c.Streams[s].Events[i]; e.Kind == k && c.Anchors[s].Independent() && !c.Repeats(s, i) {
				out = append(out, seconds(e.Time+c.Anchors[s].Zero))
			}
		}
	}
	slices.Sort(out)
	return out
}

func (c *Case) withStalls(w *work) Association {
	a := newAssociation("stalls")
	var cover stat.Coverage
	var stalls []float64
	for _, p := range w.processes {
		stalls = append(stalls, stat.Onsets(times(p.Stalls), stat.DefaultGap)...)
		cover = append(cover, p.Coverage...)
	}
	slices.Sort(stalls)
	onsets := c.onsets(w.wall)
	if len(onsets) == 0 || len(stalls) == 0 {
		a.Sentence = c.whyNoLink(w, len(onsets), len(stalls))
		return a
	}
	both := stat.NewCoverage(cover).Intersect(w.wall.Coverage)
	c.coincide(&a, onsets, stalls, both)
	c.sameBeat(&a, w, onsets, both)
	a.say()
	return a
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
	if back, ok := stat.LocalCoverage(stalls, onsets, window, 0, a.Jitter.Seconds(), cover); ok {
		a.Backward = &back
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
	nominal := c.sharedBeat()
	if nominal == 0 || a.P == nil || a.N < minLinked {
		return
	}
	beats := c.beats(w, nominal, cover)
	table := tableOf(beats, onsets)
	if table.N() == 0 {
		return
	}
	p := table.FisherGreater()
	a.Table, a.P = &table, &p
	a.byLoad(w, beats, onsets)
	switch {
	case p <= linkP:
		a.Verdict = Associated
	case a.Verdict == Associated:
		a.Verdict = PhaseLocked
	}
}

// sharedBeat is the period of a beat that failures and stalls both keep, 0 if
// they do not.
func (c *Case) sharedBeat() (nominal time.Duration) {
	for i := range c.Periods {
		if p := &c.Periods[i]; p.Of == "failures" && p.Stream < 0 && p.Claimed() && p.Basis != stat.ByBeats && c.claimedStalls(p.Nominal) {
			nominal = p.Nominal
		}
	}
	return nominal
}

// tableOf counts beats by stall (rows: with, without) and incident (columns).
func tableOf(beats []beat, onsets []float64) (t stat.Table2x2) {
	for _, b := range beats {
		row, col := 1, 1
		if b.stalled {
			row = 0
		}
		if b.hit(onsets) {
			col = 0
		}
		t[row][col]++
	}
	return t
}

// byLoad asks whether the link holds among cycles of like load: cycles are
// sorted into thirds by the first measure of load, and the thirds' tables are
// taken together.
func (a *Association) byLoad(w *work, beats []beat, onsets []float64) {
	for _, v := range w.covariates {
		var x []float64
		var with []beat
		for _, b := range beats {
			if value, ok := v.at(b.at); ok {
				x, with = append(x, value), append(with, b)
			}
		}
		if 2*len(with) < len(beats) {
			continue
		}
		third := tertiles(x)
		var strata [3][]beat
		for i, b := range with {
			strata[third[i]] = append(strata[third[i]], b)
		}
		var tables []stat.Table2x2
		for _, s := range strata {
			tables = append(tables, tableOf(s, onsets))
		}
		if m, ok := stat.NewMantelHaenszel(tables); ok {
			a.ByLoad = &LoadStrata{By: v.name, Tables: [3]stat.Table2x2(tables), MantelHaenszel: m}
			return
		}
	}
}

// beat is one predicted beat of one process's stalls.
type beat struct {
	at          float64
	early, late float64
	stalled     bool
}

// hit says whether an incident belongs to the beat: it starts with its stall
// or soon after.
func (b *beat) hit(onsets []float64) bool {
	return some(onsets, b.at-b.early, b.at+b.late+time.Duration(StallWindow).Seconds())
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
	with := strings.TrimSuffix(a.With, "s")
	if a.P == nil {
		a.Sentence = "failures and " + a.With + " were not captured at the same time"
		return
	}
	s := fmt.Sprintf("%d of %d incidents start within %.0f s after a %s; %.1f expected if timing were random within ±%.0f s",
		a.Observed, a.N, a.Within[1].Seconds(), with, a.Expected, a.Jitter.Seconds()/2)
	if a.Table != nil {
		s += fmt.Sprintf("; both keep one beat, so cycles are compared: an incident came in %d of %d beats with a %s and %d of %d without",
			a.Table[0][0], a.Table[0][0]+a.Table[0][1], with, a.Table[1][0], a.Table[1][0]+a.Table[1][1])
	}
	s += fmt.Sprintf(" (p = %.2g)", *a.P)
	if a.ByLoad != nil {
		s += fmt.Sprintf("; among cycles of like load p = %.2g", a.ByLoad.P)
	}
	switch a.Verdict {
	case TooLittle:
		s += "; too few incidents to tell"
	case PhaseLocked:
		s += "; two timers of one period would look the same"
	}
	a.Sentence = s
}

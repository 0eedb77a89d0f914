package correlate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"faultline/correlate/stat"
	"faultline/correlate/words"
	"faultline/parse"
)

// Linked is what may be said of two series in time.
type Linked string

// The verdicts of an association, as the contract names them.
const (
	Associated    Linked = "associated"
	NotAssociated Linked = "not_associated"
	PhaseLocked   Linked = "phase_locked" // one period, two timers: no link shown
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
	// P is of the test that decides: the local coverage test, or Mantel and
	// Haenszel's on the cycles of each 90 minutes when both have one period. Nil
	// when none was possible.
	P *float64
	// Table counts periods by With (rows) and Of (columns); nil when the two
	// do not keep the same period.
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
	together  bool // more coincide than chance makes, whatever that is worth
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
	togetherP  = 0.01
	jitterOver = 10 // windows that an onset may be moved to and fro
)

// associate tests whether failures begin shortly after stalls, and after each
// kind of event that the user defined.
func associate(c *Placed, g *groups, layer parse.Kind, incidents []Incident, processes []*Process, shared []ProcessPeriod,
	f *Following, loads []covariate) (out []Association) {
	if len(g.wall.Failures) == 0 && len(g.alone) == 0 {
		return nil
	}
	on := onsets(incidents, Wall)
	out = append(out, withStalls(g, on, processes, shared, f, loads))
	for k := parse.LogOther + 1; c.KindName(k) != ""; k++ {
		if after := c.placed(k); len(after) > 0 && k != layer {
			a := newAssociation(c.KindName(k))
			a.coincide(on, stat.Onsets(after, seconds(burstGap)), g.wall.Coverage)
			a.say()
			out = append(out, a)
		}
	}
	var p []float64
	for _, a := range out {
		if a.P != nil {
			p = append(p, *a.P)
		}
	}
	adjusted := stat.Holm(p)
	for i := range out {
		if a := &out[i]; a.P != nil {
			a.PAdjusted, adjusted = &adjusted[0], adjusted[1:]
			if a.Verdict == Associated && *a.PAdjusted > linkP {
				a.Verdict = NotAssociated
			}
		}
	}
	return out
}

// withAny is what the association with the stalls of any process is with.
const withAny = "stalls"

func newAssociation(with string) Association {
	window := time.Duration(StallWindow)
	return Association{Of: "failures", With: with, Within: [2]time.Duration{0, window}, Jitter: jitterOver * window, Verdict: TooLittle}
}

// placed are the times of a kind's events that other sources' can be compared
// with, in seconds.
func (c *Placed) placed(k parse.Kind) (out []float64) {
	if picked := c.Of(k); len(picked) == c.ByKind[k] { // all of them, or there are none
		for _, p := range picked {
			if c.Anchors[p.Stream].Independent() {
				out = append(out, seconds(c.At(p).Time+c.Anchors[p.Stream].Zero))
			}
		}
		slices.Sort(out)
		return out
	}
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

// withStalls tests whether failures begin shortly after stalls.
func withStalls(g *groups, onsets []float64, processes []*Process, shared []ProcessPeriod, f *Following, loads []covariate) Association {
	a := newAssociation(withAny)
	var cover stat.Coverage
	var stalls []float64
	for _, p := range processes {
		stalls = append(stalls, stat.Onsets(times(p.Stalls), stat.DefaultGap)...)
		cover = append(cover, p.Coverage...)
	}
	slices.Sort(stalls)
	if len(onsets) == 0 || len(stalls) == 0 {
		a.Sentence = whyNoLink(g, processes, len(onsets), len(stalls))
		return a
	}
	both := stat.NewCoverage(cover).Intersect(g.wall.Coverage)
	a.coincide(onsets, stalls, both)
	a.samePeriod(shared, f, onsets, both, loads)
	a.say()
	return a
}

// whyNoLink says why the two could not be compared.
func whyNoLink(g *groups, processes []*Process, onsets, stalls int) string {
	switch {
	case onsets == 0 && len(g.alone) > 0:
		return "failures and stalls are on different clocks: nothing can be said of their order"
	case stalls == 0 && len(processes) == 0:
		return "no controller log was captured, so nothing can be said about stalls"
	case stalls == 0:
		return "no stall was logged; that a controller logs none does not show that there was none"
	}
	return "no incident has an onset to compare"
}

// coincide is the local coverage test (statistics.md §2).
func (a *Association) coincide(onsets, stalls []float64, cover stat.Coverage) {
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
	a.together = t.P <= togetherP
	switch {
	case t.N < minLinked:
		a.Verdict = TooLittle
	case t.P <= linkP && float64(t.K)-t.Expected >= linkShare*float64(t.N):
		a.Verdict = Associated
	default:
		a.Verdict = NotAssociated
	}
}

// samePeriod replaces the test when both series have one period: then each
// coincidence follows from the first, and only the cycles tell whether the
// one comes with the other.
func (a *Association) samePeriod(shared []ProcessPeriod, f *Following, onsets []float64, cover stat.Coverage, loads []covariate) {
	if len(shared) == 0 || a.P == nil || a.N < minLinked {
		return
	}
	ticks := ticksOf(shared, cover)
	table := tableOf(ticks, onsets)
	if table.N() == 0 {
		return
	}
	// Load that makes both likelier is taken as even within a block only.
	p := 1.0
	if m, ok := stat.NewMantelHaenszel(inBlocks(ticks, onsets)); ok {
		p = m.Greater()
	}
	a.Table, a.P = &table, &p
	a.byLoad(loads, ticks, onsets)
	switch {
	case f != nil && f.Follows && !f.OnePhase && f.P < p:
		a.P, a.Verdict = &f.P, Associated // by the stalls at their ticks alone
	case p <= linkP && a.together:
		a.Verdict = Associated
	case a.together:
		a.Verdict = PhaseLocked
	default:
		a.Verdict = NotAssociated
	}
}

// byLoad asks whether the link holds among cycles of like load: cycles are
// sorted into thirds by the first measure of load, and the thirds' tables are
// taken together.
func (a *Association) byLoad(loads []covariate, ticks []tick, onsets []float64) {
	for _, v := range loads {
		var x []float64
		var with []tick
		for _, b := range ticks {
			if value, ok := v.at(b.at); ok {
				x, with = append(x, value), append(with, b)
			}
		}
		if 2*len(with) < len(ticks) {
			continue
		}
		third := tertiles(x)
		var strata [3][]tick
		for i, b := range with {
			strata[third[i]] = append(strata[third[i]], b)
		}
		m, ok := stat.NewMantelHaenszel(tables(with, onsets, func(i int) float64 { return float64(third[i]) }))
		if ok {
			a.ByLoad = &LoadStrata{By: v.name, MantelHaenszel: m}
			for i, s := range strata {
				a.ByLoad.Tables[i] = tableOf(s, onsets)
			}
			return
		}
	}
}

// say puts an association into words.
func (a *Association) say() {
	with := strings.TrimSuffix(a.With, "s")
	if a.P == nil {
		a.Sentence = "failures and " + a.With + " were not captured at the same time"
		return
	}
	who := parse.Agree(fmt.Sprintf("%d of %d incidents start", a.Observed, a.N))
	if a.N == 1 && a.Observed == 1 {
		who = "the one incident starts"
	}
	s := fmt.Sprintf("%s within %.0f s after a %s; %.1f expected if timing were random within ±%.0f s",
		who, a.Within[1].Seconds(), with, a.Expected, a.Jitter.Seconds()/2)
	if a.Table != nil {
		s += fmt.Sprintf("; both have one period, so cycles of each 90 minutes are compared: an incident came in %d of %d cycles with a %s and %d of %d without",
			a.Table[0][0], a.Table[0][0]+a.Table[0][1], with, a.Table[1][0], a.Table[1][0]+a.Table[1][1])
	}
	s += " (" + words.P(*a.P) + ")"
	if a.ByLoad != nil {
		s += "; among cycles of like load " + words.P(a.ByLoad.P)
	}
	switch a.Verdict {
	case TooLittle:
		s += "; too few incidents to tell"
	case PhaseLocked:
		s += "; two timers of one period would look the same"
	}
	a.Sentence = s
}

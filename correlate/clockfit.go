package correlate

import (
	"fmt"
	"math"
	"slices"
	"time"

	"faultline/correlate/stat"
	"faultline/parse"
)

const (
	// fitSigma is the spread of the differences, seconds: three where the
	// clocks may drift (statistics.md §3).
	fitSigma = 3.0
	// fitP is the chance of matching as many events at some offset above which
	// a fit is not believed.
	fitP = 1e-3
	// fitSlack is what one failure may lag another one of the same stall.
	fitSlack = 3 * time.Second
)

// reference is a series that a clock can be fitted to.
type reference struct {
	what  string
	at    []float64 // onsets, seconds on the wall clock
	curve *stat.ClockReference
	cover stat.Coverage
	// late is how far the fitted events may lag behind it, at most.
	late time.Duration
}

// fitClocks looks for the wall time of each proxy that nothing anchors, in the
// pattern of its failures: they should fall on those of proxies that are
// anchored, or shortly after stalls. It is the last stage: what a fitted clock
// says of lags and coincidences is what it was fitted to, so no test is made
// of it. Where several places fit, the clock stays its own, and the anchor
// says modulo what it is known.
func fitClocks(c *Placed, g *groups, incidents []Incident, periods []Period, processes []*Process) []Anchor {
	anchors := slices.Clone(c.Anchors)
	refs := references(g, incidents, processes)
	by := map[ClockID][]float64{}
	for i := range incidents {
		if in := &incidents[i]; !in.Continuous {
			by[in.Clock] = append(by[in.Clock], seconds(in.Start))
		}
	}
	most := thinned(g)
	each(len(g.alone), func(i int) {
		s := g.alone[i].Clock
		on := by[s]
		if most > 0 {
			on = on[:min(most, len(on))]
		}
		if c.Streams[s].Clock != parse.ClockUptime || c.Anchors[s].Placed() || c.Anchors[s].Rejected {
			return
		}
		for j := range refs {
			if a, done := fit(g.alone[i], on, periods, &refs[j]); done {
				anchors[s] = a
				break
			}
		}
	})
	return anchors
}

func references(g *groups, incidents []Incident, processes []*Process) (out []reference) {
	add := func(what string, at []float64, cover stat.Coverage, late time.Duration) {
		if curve, ok := stat.NewClockReference(at, fitSigma); ok {
			out = append(out, reference{what, at, curve, cover, late})
		}
	}
	add("the failures of anchored proxies", onsets(incidents, Wall), g.wall.Coverage, 0)
	var stalls []float64
	var cover stat.Coverage
	for _, p := range processes {
		stalls = append(stalls, stat.Onsets(times(p.Stalls), seconds(burstGap))...)
		cover = append(cover, p.Coverage...)
	}
	slices.Sort(stalls)
	add("the controllers' stalls", stalls, stat.NewCoverage(cover), time.Duration(StallWindow))
	return out
}

// fit fits one process's failures to a reference. done: it is placed, or known
// modulo a period.
func fit(g *Group, u []float64, periods []Period, r *reference) (a Anchor, done bool) {
	if len(g.Coverage) == 0 || len(r.cover) == 0 || len(u) == 0 {
		return a, false
	}
	// What was captured of the two must overlap, or there is nothing to fit.
	search := stat.Span{Start: r.cover[0].Start - g.Coverage[len(g.Coverage)-1].End, End: r.cover[len(r.cover)-1].End - g.Coverage[0].Start}
	f, ok := r.curve.NewClockFit(u, search)
	if !ok || len(f.Modes) == 0 {
		return a, false
	}
	m := f.Modes[0]
	a.Zero = nanos(m.Offset) + parse.Time(r.late/2)
	a.Within = time.Duration(2*m.SD*1e9) + fitSlack + r.late/2
	// A comb falls on another comb at every multiple of their period, whether
	// or not the one has to do with the other.
	comb := slices.ContainsFunc(periods, func(p Period) bool { return p.Clock == g.Clock && p.Clocks == 0 && p.Claimed() })
	if f.Aligned && !comb && f.Chance(u, r.at, search) <= fitP {
		a.Basis = Fitted
		a.Why = fmt.Sprintf("fitted: %d of %d incidents fall on %s; nothing that compares the two may rest on it", m.Matched, f.N, r.what)
		return a, true
	}
	if p, ok := modulo(f, periods, g.Clock); ok {
		a.Modulo = p
		a.Why = fmt.Sprintf("known up to a multiple of %s, if its incidents follow %s", p, r.what)
		return a, true
	}
	return Anchor{}, false
}

// modulo is the period at whose multiples a clock fits: one that the process's
// failures keep themselves, if the places that fit lie whole periods apart.
func modulo(f stat.ClockFit, periods []Period, clock ClockID) (time.Duration, bool) {
	for i := range periods {
		p := &periods[i]
		if p.Clock != clock || p.Clocks > 0 || !p.Claimed() {
			continue
		}
		mass := 0.0
		for _, m := range f.Modes {
			cycles := (m.Offset - f.Modes[0].Offset) / p.Nominal.Seconds()
			if math.Abs(cycles-math.Round(cycles))*p.Nominal.Seconds() <= time.Duration(StallWindow).Seconds() {
				mass += m.Mass
			}
		}
		if mass >= 0.9 {
			return p.Nominal, true
		}
	}
	return 0, false
}

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
func (c *Case) fitClocks(w *work) {
	refs := c.references(w)
	for _, g := range w.alone {
		s := g.Stream
		if c.Streams[s].Clock != parse.ClockUptime || c.Anchors[s].Placed() || c.Anchors[s].Rejected {
			continue
		}
		for _, r := range refs {
			if a, done := c.fit(g, r); done {
				c.Anchors[s] = a
				break
			}
		}
	}
}

func (c *Case) references(w *work) (out []reference) {
	if on := c.onsets(w.wall); len(on) > 0 {
		out = append(out, reference{"the failures of anchored proxies", on, w.wall.Coverage, 0})
	}
	var stalls []float64
	var cover stat.Coverage
	for _, p := range w.processes {
		stalls = append(stalls, stat.Onsets(times(p.Stalls), seconds(burstGap))...)
		cover = append(cover, p.Coverage...)
	}
	slices.Sort(stalls)
	if len(stalls) > 0 {
		out = append(out, reference{"the controllers' stalls", stalls, stat.NewCoverage(cover), time.Duration(StallWindow)})
	}
	return out
}

// fit fits one process's failures to a reference. done: it is placed, or known
// modulo a period.
func (c *Case) fit(g *Group, r reference) (a Anchor, done bool) {
	u := c.onsets(g)
	if len(g.Coverage) == 0 || len(r.cover) == 0 || len(u) == 0 {
		return a, false
	}
	// What was captured of the two must overlap, or there is nothing to fit.
	search := stat.Span{Start: r.cover[0].Start - g.Coverage[len(g.Coverage)-1].End, End: r.cover[len(r.cover)-1].End - g.Coverage[0].Start}
	f, ok := stat.NewClockFit(u, r.at, search, fitSigma)
	if !ok || len(f.Modes) == 0 {
		return a, false
	}
	m := f.Modes[0]
	a.Zero = nanos(m.Offset) + parse.Time(r.late/2)
	a.Within = time.Duration(2*m.SD*1e9) + fitSlack + r.late/2
	// A comb falls on another comb at every multiple of their period, whether
	// or not the one has to do with the other.
	comb := slices.ContainsFunc(c.Periods, func(p Period) bool { return p.Stream == g.Stream && p.Clocks == 0 && p.Claimed() })
	if f.Aligned && !comb && f.Chance(u, r.at, search) <= fitP {
		a.Basis = Fitted
		a.Why = fmt.Sprintf("fitted: %d of %d incidents fall on %s; nothing that compares the two may rest on it", m.Matched, f.N, r.what)
		return a, true
	}
	if p, ok := c.modulo(f, g.Stream); ok {
		a.Modulo = p
		a.Why = fmt.Sprintf("known up to a multiple of %s, if its incidents follow %s", p, r.what)
		return a, true
	}
	return Anchor{}, false
}

// modulo is the period at whose multiples a clock fits: one that the process's
// failures keep themselves, if the places that fit lie whole periods apart.
func (c *Case) modulo(f stat.ClockFit, stream int) (time.Duration, bool) {
	for i := range c.Periods {
		p := &c.Periods[i]
		if p.Stream != stream || p.Clocks > 0 || !p.Claimed() {
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

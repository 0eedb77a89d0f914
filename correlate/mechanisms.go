package correlate

import (
	"fmt"
	"math"
	"slices"
	"time"

	"faultline/correlate/known"
	"faultline/correlate/stat"
	"faultline/parse"
)

// attach says which mechanisms a period fits and what its phase is tied to.
func attach(c *Placed, g *groups, p *Period, b *stallBeats) {
	on := onsetsOf(c, g, b.processes, p)
	mechanisms := slices.Clone(known.Mechanisms)
	for _, extra := range c.Options.Periods {
		if !slices.Contains(known.Periods, extra) {
			mechanisms = append(mechanisms, known.Mechanism{Name: fmt.Sprintf("resync each %s (--period)", extra), Period: extra,
				Phase: known.AtProcessStart, Drift: 1e-3, Resync: true, Component: "destination",
				Why: "a period that you named"})
		}
	}
	for _, m := range mechanisms {
		if math.Abs(m.Period.Seconds()/p.Nominal.Seconds()-1) > stat.Band || m.Ingress && p.Of == Stalls {
			continue
		}
		p.Mechanisms = append(p.Mechanisms, compatible(p, m, on, b.processes))
	}
	p.AnchoredTo = b.anchored(p)
}

// compatible holds a beat against one mechanism.
func compatible(p *Period, m known.Mechanism, onsets []float64, processes []*Process) Compatible {
	f := Compatible{Mechanism: m}
	if !p.Claimed() {
		f.Note = "no beat was found to compare it with"
		return f
	}
	f.Compatible = true
	switch m.Phase {
	case known.AtLastUse:
		f.Note = "it has no common phase"
		if p.Of != Probes {
			f.Compatible = false
		}
	case known.AtWallClock:
		f.againstWall(p, onsets)
	case known.AtProcessStart:
		f.againstStarts(p, onsets, processes)
	}
	if f.Distance == nil && f.Compatible {
		f.againstPeriod(p)
	}
	return f
}

// againstPeriod compares the length of the beats, where the phases cannot be
// compared: onsets that stay near a mechanism's own beats for hours tell its
// period better than a fit to them does, which strays draw away.
func (f *Compatible) againstPeriod(p *Period) {
	s, ci, ok := p.Seconds()
	// To rule a mechanism out takes more than the 95 % of a report: 99.9 %.
	const wider = 3.29 / 1.96
	ci = [2]float64{s - wider*(s-ci[0]), s + wider*(ci[1]-s)}
	switch nominal := f.Period.Seconds(); {
	case !ok || ci[0] == ci[1] || p.Fit == nil:
	case nominal < ci[0]-f.Drift*s:
		f.Compatible, f.Note = false, fmt.Sprintf("the beat is longer than %s", f.Period)
	case nominal > ci[1]:
		f.Compatible, f.Note = false, fmt.Sprintf("the beat is shorter than %s, and a timer is never early", f.Period)
	}
}

// againstWall compares a beat with the wall clock's multiples of a period.
func (f *Compatible) againstWall(p *Period, onsets []float64) {
	if !p.Clock.OnWall() {
		f.Note = "the wall time is not known"
		return
	}
	var off []parse.Time
	for _, t := range onsets {
		off = append(off, wrap(nanos(t), f.Period))
	}
	if len(off) == 0 {
		return
	}
	d := median(off)
	f.Distance = &d
	// A job's pod starts some seconds after its minute, never before.
	if d < -2*time.Second || d > known.PhaseTolerance {
		f.Compatible = false
	}
}

// ticker is a schedule that a beat may follow: what counts from a process's
// start while it lives.
type ticker struct{ from, until parse.Time }

// tickers are the processes that a mechanism's timer could count from.
func tickers(p *Period, processes []*Process) (out []ticker) {
	for _, q := range processes {
		if q.Known && (p.Of != Stalls || p.Scope == ScopeAll || p.Scope == q.Name) {
			out = append(out, ticker{q.Start, nanos(q.Coverage[len(q.Coverage)-1].End)})
		}
	}
	return out
}

// againstStarts compares a beat with the processes that a mechanism's timer
// could count from.
func (f *Compatible) againstStarts(p *Period, onsets []float64, processes []*Process) {
	if !p.Clock.OnWall() {
		f.Note = "the wall time is not known"
		return
	}
	from := tickers(p, processes)
	if f.Component != "destination" || len(from) == 0 {
		f.Note = "when its process started was not captured"
		return
	}
	var late, over []parse.Time
	for _, t := range onsets {
		if d, drift, ok := afterTick(nanos(t), from, f); ok {
			late, over = append(late, d), append(over, d-drift)
		}
	}
	if len(late) == 0 {
		f.Note = "it began before any process that is known started"
		return
	}
	d := median(late)
	f.Distance = &d
	if d < -early || median(over) > known.PhaseTolerance {
		f.Compatible = false
	}
}

// early is how much before its tick something may seem to be: starts are known
// to a second or two.
const early = 5 * time.Second

// afterTick is how long after a tick something is, and how much of that the
// drift of the timer may account for: of the ticks that explain it the
// nearest, else the nearest of all.
func afterTick(at parse.Time, from []ticker, m *Compatible) (late, drift parse.Time, ok bool) {
	explained := false
	for _, t := range from {
		if at < t.from || at > t.until+parse.Time(known.PhaseTolerance) {
			continue
		}
		d, slack := wrap(at-t.from, m.Period), parse.Time(m.Drift*float64(at-t.from))
		fits := d >= -parse.Time(early) && d-slack <= parse.Time(known.PhaseTolerance)
		if !ok || fits && !explained || fits == explained && abs(d) < abs(late) {
			late, drift, ok, explained = d, slack, true, fits
		}
	}
	return late, drift, ok
}

// onsetsOf are the onsets of a period's series, in seconds.
func onsetsOf(c *Placed, g *groups, processes []*Process, p *Period) []float64 {
	return stat.Onsets(timesOf(c, g, processes, p), stat.GapFor(p.Nominal.Seconds()))
}

func median(t []parse.Time) time.Duration {
	slices.Sort(t)
	return time.Duration(t[len(t)/2])
}

// timesOf are the times that a period was tested on, in seconds.
func timesOf(c *Placed, g *groups, processes []*Process, p *Period) (out []float64) {
	if p.Of == Failures {
		for _, one := range g.all() {
			for _, m := range one.Failures {
				if one.Clock == p.Clock && (!one.Clock.OnWall() || p.Scope == ScopeAll || p.Scope == c.title(int(m.Stream))) {
					out = append(out, seconds(m.At))
				}
			}
		}
	}
	for _, q := range processes {
		if p.Of == Stalls && (p.Scope == ScopeAll || p.Scope == q.Name) {
			out = append(out, times(q.Stalls)...)
		}
	}
	slices.Sort(out)
	return out
}

// wrap folds a time into (-period/2, period/2].
func wrap(t parse.Time, period time.Duration) parse.Time {
	p := parse.Time(period)
	t = ((t % p) + p) % p
	if t > p/2 {
		t -= p
	}
	return t
}

func abs(t parse.Time) parse.Time { return max(t, -t) }

// tiedP is the chance below which a phase counts as tied to something.
const tiedP = 0.01

// anchored says what a claimed beat's phase is tied to: to the starts of the
// processes, or to the wall clock. The unit is the process (statistics.md §1.5).
func (b *stallBeats) anchored(p *Period) AnchoredTo {
	if !p.Claimed() || !p.Clock.OnWall() {
		return ToNothing
	}
	if p.Basis == stat.ByTicks {
		return ToProcessStart
	}
	if p.Of == Stalls && b.startsTied(p) {
		return ToProcessStart
	}
	var resync, wall *Compatible
	for i := range p.Mechanisms {
		m := &p.Mechanisms[i]
		switch {
		case m.Distance == nil:
		case m.Resync:
			resync = m
		case m.Phase == known.AtWallClock:
			wall = m
		}
	}
	if p.Of == Failures && resync != nil && resync.Compatible && b.keeps(p.Nominal) {
		return ToProcessStart
	}
	// A resync's phase comes near the full minutes only by chance, and then
	// its stalls would keep the beat too.
	const close = 10 * time.Second
	if wall != nil && wall.Compatible && *wall.Distance <= close {
		return ToWallClock
	}
	return ToNothing
}

// startsTied tests whether the beats of the processes lie equally long after
// the starts of each: p = g·w^(g-1) for g processes whose distances span the
// share w of the period.
func (b *stallBeats) startsTied(p *Period) bool {
	var phases []float64
	for i := range b.periods {
		q := &b.periods[i]
		if q.Of != Stalls || q.Scope == ScopeAll || q.Nominal != p.Nominal || !q.Claimed() || q.Confirm == nil {
			continue
		}
		for _, proc := range b.processes {
			if proc.Name == q.Scope && proc.Known && q.Phase >= proc.Start {
				d := seconds(q.Phase-proc.Start) / p.Nominal.Seconds()
				phases = append(phases, d-math.Floor(d))
				break
			}
		}
	}
	switch len(phases) {
	case 0:
		return false
	case 1:
		d := math.Min(phases[0], 1-phases[0])
		return 2*d <= tiedP
	}
	return stat.ArcP(len(phases), stat.Arc(phases)) <= tiedP
}

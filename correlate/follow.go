package correlate

import (
	"math"
	"slices"
	"time"

	"faultline/correlate/stat"
)

// Following says whether incidents follow the stalls that lie at the ticks of
// their own processes, and what those periods count from. The periods are measured
// from the stalls alone, so the incidents are an independent sample.
type Following struct {
	Nominal time.Duration
	// By are the processes whose stalls have a period near Nominal.
	By []ProcessPeriod
	// Hangs is what those periods count from: Agree of the Informative ones, by their
	// starts. PhaseP is the chance that unrelated phases would fit as well.
	Hangs              Hangs
	Agree, Informative int
	PhaseP             float64
	// Test counts the incidents that begin within StallWindow after a stall on
	// its period, against chance at any phase; nil when the two were not captured
	// together. P is adjusted for all that was tested.
	Test *stat.CoverageTest
	P    float64
	// OnePhase says that the incidents keep one phase themselves: then each
	// coincidence follows from the first, whose chance is Share, and the cycles
	// decide: with a stall against without, in blocks of 90 minutes.
	OnePhase bool
	Share    float64
	Cycles   *stat.MantelHaenszel
	Table    stat.Table2x2
	// Follows is the answer; AtMost bounds the share of the incidents that
	// could follow the stalls' period beyond chance.
	Follows bool
	AtMost  float64
}

const (
	// followP is the adjusted chance below which incidents follow a period.
	followP = 1e-3
	// followShare is the part of the incidents, beyond chance, that must.
	followShare = 0.25
	minFollow   = 3
	// onePhaseShare is the part of the incidents on one comb from which they
	// are taken to keep one phase.
	onePhaseShare = 0.6
	// cyclesP is the chance below which a stall in a cycle and an incident in
	// it belong together.
	cyclesP = 0.05
	// withoutShare is the part of the incidents at ticks that may come at ticks
	// without a stall: what follows stalls stays away with them.
	withoutShare = 0.25
	// block is how long a stretch is within which the load is taken as even.
	block = 90 * 60.0
)

// followTicks asks, for each period of the list, whether the incidents follow
// the stalls' periods. The best answer comes back, nil if no process keeps one.
func followTicks(g *groups, incidents []Incident, processes []*Process, periods []Period, list []float64) (best *Following) {
	on := onsets(incidents, Wall)
	var own time.Duration
	if i := claimedPeriod(periods, Failures, false); i >= 0 {
		own = periods[i].Nominal
	}
	var all []*Following
	for _, s := range list {
		nominal := time.Duration(s * float64(time.Second))
		by := processPeriods(processes, nominal, len(list))
		if len(by) == 0 {
			by = byTicks(processes, periods, nominal)
		}
		if len(by) > 0 {
			f := &Following{Nominal: nominal, By: by, P: 1, AtMost: 1}
			f.Hangs, f.Agree, f.Informative, f.PhaseP = hangs(by, nominal)
			all = append(all, f)
		}
	}
	for _, f := range all {
		f.test(on, g.wall.Coverage, 2*len(list))
		if best == nil || f.better(best, own) {
			best = f
		}
	}
	return best
}

// byTicks are the periods of processes of which too little was captured to
// measure one, but whose stalls hit the ticks that their starts foretell.
func byTicks(processes []*Process, periods []Period, nominal time.Duration) (out []ProcessPeriod) {
	i := slices.IndexFunc(periods, func(p Period) bool {
		return p.Of == Stalls && p.Scope == ScopeAll && p.Nominal == nominal && p.Basis == stat.ByTicks && p.Claimed()
	})
	if i < 0 {
		return nil
	}
	for _, t := range periods[i].Ticks.Processes {
		j := slices.IndexFunc(processes, func(q *Process) bool { return q.Known && seconds(q.Start) == t.Start })
		if j < 0 || !t.Counted || t.Hits == 0 {
			continue
		}
		q := processes[j]
		late := time.Duration(t.Late[len(t.Late)/2] * 1e9)
		b := ProcessPeriod{Process: q.Name, Period: nominal.Seconds(), Phase: nanos(t.On[0]), Hits: t.Hits, Ticks: len(t.Ticks),
			Start: q.Start, Late: &late, Zone: early.Seconds() / nominal.Seconds(), Agrees: true, on: t.On, cover: q.Coverage}
		out = append(out, b)
	}
	return out
}

// better prefers a period that incidents follow, then one of the period that the
// failures keep themselves, then the period that stands first in the list.
func (f *Following) better(o *Following, own time.Duration) bool {
	if f.Follows != o.Follows {
		return f.Follows
	}
	if f.Follows && (f.Hangs == HangsStarts) != (o.Hangs == HangsStarts) {
		return f.Hangs == HangsStarts
	}
	return !f.Follows && f.Nominal == own && o.Nominal != own
}

// test counts the incidents that follow.
func (f *Following) test(onsets []float64, served stat.Coverage, trials int) {
	var zone []stat.Span
	var cover stat.Coverage
	for i := range f.By {
		zone = append(zone, f.By[i].zone()...)
		cover = append(cover, f.By[i].cover...)
	}
	cover = stat.NewCoverage(cover).Intersect(served)
	t, ok := stat.LocalZone(onsets, stat.NewCoverage(zone), f.Nominal.Seconds(), cover)
	if !ok {
		return
	}
	f.Test, f.P = &t, math.Min(1, t.P*float64(trials))
	f.AtMost = math.Max(0, stat.AtMost(t.K, t.N)-t.Expected/float64(t.N))
	f.Follows = f.P <= followP && t.K >= minFollow && float64(t.K)-t.Expected >= followShare*float64(t.N)
	if f.Follows {
		f.onePhase(cover.Restrict(onsets), cover)
	}
	if f.Follows {
		f.Hangs, f.Agree, f.Informative, f.PhaseP = hangs(f.followed(onsets, cover), f.Nominal)
	}
}

// followed are the processes whose own stalls incidents follow: those of others have
// no say in whose period the incidents have.
func (f *Following) followed(onsets []float64, cover stat.Coverage) (out []ProcessPeriod) {
	for _, b := range f.By {
		t, ok := stat.LocalZone(onsets, stat.NewCoverage(b.zone()), f.Nominal.Seconds(), cover)
		if ok && t.K > 1 && t.P <= cyclesP {
			out = append(out, b)
		}
	}
	if len(out) == 0 {
		return f.By
	}
	return out
}

// zone is when an incident follows one of the stalls at a tick.
func (b *ProcessPeriod) zone() (out []stat.Span) {
	window := seconds(StallWindow)
	for _, t := range b.on {
		out = append(out, stat.Span{Start: t, End: t + window})
	}
	return out
}

// onePhase asks the cycles where the incidents keep one phase of their own.
func (f *Following) onePhase(onsets []float64, cover stat.Coverage) {
	l, ok := stat.NewLock(onsets, f.Nominal.Seconds(), cover)
	if !ok || l.P > lockP || float64(len(l.On)) < onePhaseShare*float64(len(onsets)) {
		return
	}
	window := seconds(StallWindow)
	f.OnePhase, f.Share = true, math.Min(1, float64(len(f.By))*window/f.Nominal.Seconds())
	var near []ProcessPeriod
	for _, b := range f.By {
		if d := l.Epoch - b.at(l.Epoch); d > -window/2 && d < 2*window {
			near = append(near, b)
		}
	}
	ticks := ticksOf(near, cover)
	f.Table = tableOf(ticks, onsets)
	row := [2]int{f.Table[0][0] + f.Table[0][1], f.Table[1][0] + f.Table[1][1]}
	without := float64(f.Table[1][0]) / math.Max(1, float64(f.Table[0][0]+f.Table[1][0]))
	p := f.Share
	if m, ok := stat.NewMantelHaenszel(inBlocks(ticks, onsets)); ok && min(row[0], row[1]) >= minLinked {
		f.Cycles, p = &m, m.Greater()
	}
	f.Follows = p <= cyclesP && without <= withoutShare
}

package correlate

import (
	"slices"
	"time"

	"faultline/correlate/known"
	"faultline/correlate/stat"
	"faultline/parse"
)

// Period is the answer to whether something has a period.
type Period struct {
	ID string
	Of Subject
	// Scope is whose: ScopeAll, or the name of a process.
	Scope   string
	Clock   ClockID
	Nominal time.Duration // the period that was tested
	stat.PeriodResult
	Verdict stat.Verdict
	// Phase is one tick: ns since 1970, or on the stream's clock.
	Phase      parse.Time
	AnchoredTo AnchoredTo
	Mechanisms []Compatible
	// Clocks is on how many clocks of their own the series is that keep the
	// period together, each at a phase of its own; 0 for a series on one clock.
	// Phase means nothing then, and Clock is one of them.
	Clocks int
	// By are the processes whose stalls keep it, each at a phase of its own, and
	// PhaseP the chance that unrelated phases would fit their starts as well;
	// nil where no start was compared.
	By     []ProcessPeriod
	PhaseP *float64
}

// Subject is what may have a period.
type Subject string

// The subjects, as the contract names them.
const (
	Failures Subject = "failures"
	Stalls   Subject = "stalls"
	Probes   Subject = "probes"
)

// ScopeAll is the scope of a period of all processes together.
const ScopeAll = "all"

// AnchoredTo says what a period's phase is tied to.
type AnchoredTo string

// What a phase can be tied to, as the contract names it.
const (
	ToNothing      AnchoredTo = "none"
	ToProcessStart AnchoredTo = "process_start"
	ToWallClock    AnchoredTo = "wall_clock"
)

// Compatible is a mechanism that is as long as a period.
type Compatible struct {
	known.Mechanism
	Compatible bool
	// Distance is how far the period is from the mechanism's nearest one, nil
	// when the mechanism's phase is not known.
	Distance *time.Duration
	Note     string
	// Chance is how likely an unrelated phase would fit as well, 1 where no
	// phase was compared.
	Chance float64
}

// Claimed says whether the period may be named.
func (p *Period) Claimed() bool {
	return (p.Verdict == stat.Strong || p.Verdict == stat.Supported) && p.HarmonicOf == 0
}

// tested are the periods to test, in seconds: the list in the code, then what
// the user added.
func (o *Options) tested() (out []float64) {
	for _, p := range slices.Concat(known.Periods, o.Periods) {
		if s := p.Seconds(); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// Statistic names the statistic that the verdict rests on, with its value; ok
// is false when none could be computed.
func (p *Period) Statistic() (name string, value float64, ok bool) {
	switch {
	case p.Basis == stat.ByTicks && p.Ticks != nil:
		return "ticks", float64(p.Ticks.Hits), true
	case p.Basis == stat.ByKnownTicks:
		return "ticks", float64(p.OnKnownTicks.Kept), true
	case p.Confirm == nil:
		return "", 0, false
	case p.SeveralPhases || p.Confirm.PH < p.Confirm.PZ:
		return "H", p.Confirm.H, true
	}
	return "rayleigh", p.Confirm.Z, true
}

// TicksHit is how many ticks were captured and how many of them were hit.
func (p *Period) TicksHit() (ticks, hits int, ok bool) {
	switch {
	case p.Basis == stat.ByTicks && p.Ticks != nil:
		return p.Ticks.Ticks, p.Ticks.Hits, true
	case p.Basis == stat.ByKnownTicks:
		return p.OnKnownTicks.Ticks, p.OnKnownTicks.Kept, true
	case p.Fit != nil && p.Claimed() && !p.SeveralPhases:
		return p.Fit.Spanned + 1, p.Fit.Cycles, true
	}
	return 0, 0, false
}

// Seconds is the estimated period; ok is false without a claim.
func (p *Period) Seconds() (s float64, ci [2]float64, ok bool) {
	switch {
	case !p.Claimed():
		return 0, ci, false
	case p.Basis == stat.ByTicks:
		return p.Ticks.Period, ci, true
	case p.Fit != nil && !p.SeveralPhases:
		return p.Fit.Period, p.Fit.CI, true
	case p.SeveralPhases:
		return p.Confirm.HPeriod, ci, true
	}
	return p.Confirm.Period, ci, true
}

// Comb is a period's length in seconds and one of its ticks: ns since 1970, or on
// the clock of its period.
type Comb struct {
	Period float64
	Tick   parse.Time
	// Process is whose it is, "" for one of all.
	Process string
}

// Combs are the periods to draw for a claim: one for each process where each has
// its own phase, else the one; none where the phase means nothing.
func (p *Period) Combs() (out []Comb) {
	s, _, ok := p.Seconds()
	switch {
	case !ok || p.Clocks > 0:
	case len(p.By) > 0 && (p.Basis == stat.ByKnownTicks || p.Basis == stat.ByTicks || p.SeveralPhases || p.AnchoredTo == ToProcessStart):
		for i := range p.By {
			b := Comb{p.By[i].Period, p.By[i].Phase, p.By[i].Process}
			if p.By[i].Late != nil { // where the process counts from, not where it stalls
				b.Tick -= parse.Time(*p.By[i].Late)
			}
			out = append(out, b)
		}
	case !p.SeveralPhases && (p.Confirm != nil || p.Basis == stat.ByTicks):
		out = append(out, Comb{Period: s, Tick: p.Phase})
	}
	return out
}

package stat

import "math"

// DefaultPeriods are the pre-registered periods in seconds: the informer resync
// of linkerd first, then the round ones that other timers and jobs keep. The
// list is fixed in code, not chosen after looking; every entry costs power in
// the others.
var DefaultPeriods = []float64{600, 300, 1800, 3600}

// A Verdict is what may be claimed about one period.
type Verdict string

// The verdicts, strongest first (§1.8).
const (
	Strong       Verdict = "strong"        // Holm p <= 1e-4, Rbar >= .5, interval p <= .01
	Supported    Verdict = "supported"     // Holm p <= .01, Rbar >= .5, interval p <= .05
	NotSupported Verdict = "not_supported" // enough data, no claim
	Insufficient Verdict = "insufficient"  // < 5 onsets, or less than 5 periods of them
)

// The largest p, adjusted over the list of periods, at which a period is called
// strong or supported (statistics.md §1.8).
const (
	StrongP    = 1e-4
	SupportedP = 1e-2
	// LockP is the largest for a comb among strays, which nothing else confirms.
	LockP = 1e-3
)

const (
	minOnsets  = 5
	minPeriods = 5
	minRbar    = 0.5
	// minLockShare is the least part of the onsets that must be on one comb.
	minLockShare = 0.25
	// enoughCycles is the practical minimum for a claim: one onset in each of
	// six cycles.
	enoughCycles = 6
)

// A Series is one series of events to be judged, of one process if possible:
// several replicas pooled have several phases.
type Series struct {
	Times     []float64 // raw events in any order, seconds; collapsed to onsets here
	Coverage  Coverage  // nil: unknown, and no exposure correction
	Processes []Process // known timer starts, for the tick test; may be empty
}

// A PeriodResult is everything about one pre-registered period. Pointers are
// nil where something could not be computed.
type PeriodResult struct {
	Nominal float64 // the pre-registered period, seconds
	Verdict Verdict
	Basis   Basis // which test the verdict rests on
	// HarmonicOf is the period that explains a claim at this one (600 for a
	// claim at 300 whose every other cycle is empty); 0 when it stands.
	HarmonicOf float64
	// SeveralPhases: the period is kept, but by several processes with a phase
	// each; the Rayleigh-based Verdict is then "not_supported".
	SeveralPhases bool
	Need          int // about so many more cycles are needed; 0 when sufficient

	Onsets     int     // after collapsing with gap min(60, P/4)
	Continuous int     // incidents too long to have an onset, left out
	Span       float64 // first to last onset, seconds
	P          float64 // of the test in Basis; 1 when there is none
	PHolm      float64 // adjusted over the list of periods

	Confirm      *Confirmation // z, H, Rbar and their global p
	MeanPhase    float64       // of the period at Confirm.Period, cycles from time 0
	Epoch        float64       // time of the tick nearest to the first onset, seconds
	Fit          *CycleFit     // period and 95 % CI, when Rbar >= 0.5
	Fundamental  *Fundamental  // when the period is claimed
	Interval     IntervalTest
	Split        *SplitHalf
	Occupancy    *Occupancy // at the period of the highest H
	Ticks        *TickTest
	OnKnownTicks *KnownTicksTest // when the verdict rests on it
	Pulse        *Pulse          // of a narrow period
	Lock         *Lock           // the onsets that keep one comb of ticks
	// CoverageDeviation is how far the coverage folded at the period is from
	// uniform (0.05: within 5 %); nil without coverage.
	CoverageDeviation *float64
}

// A Basis names the test behind a verdict.
type Basis string

// The bases of a verdict.
const (
	ByOnsets Basis = "onsets" // phase and interval tests
	ByTicks  Basis = "ticks"  // the schedule from process starts
	// ByClocks is the sum over series on clocks of their own.
	ByClocks Basis = "clocks"
	// ByKnownTicks is the phase of other series, which keep the period themselves.
	ByKnownTicks Basis = "beats"
	// ByLock is one comb among strays.
	ByLock Basis = "lock"
)

// Claimed reports whether this period may be named as the period: the verdict is
// strong or supported and no other period explains it.
func (r PeriodResult) Claimed() bool {
	return (r.Verdict == Strong || r.Verdict == Supported) && r.HarmonicOf == 0
}

// A Judgement is the outcome for one series.
type Judgement struct {
	Events      int             // usable times inside the coverage
	Thinned     int             // of those, how many were tested where there are too many incidents; 0 for all
	Periods     []PeriodResult  // in the order given
	Sensitivity *GapSensitivity // of the number of incidents to the gap
	Unlisted    *Exploration    // blind scan, exploratory
	Renewal     *RenewalTest    // gaps against U(300, 600)
	// RenewalLike: the gaps fit a randomised 5-10 min watch timeout and no
	// pre-registered period is claimed.
	RenewalLike bool
}

// MaxIncidents is how many incidents of a series are tested, its first ones: ten
// weeks with one a minute. More would cost more and tell no more: the power of a
// period grows with its onsets, and a tenth at a tick is far beyond chance here.
const MaxIncidents = 100_000

// Head is how many of the sorted times make the first n incidents; ok is false
// where there are no more than these.
func Head(times []float64, n int) (cut int, ok bool) {
	for i := 1; i < len(times); i++ {
		if times[i]-times[i-1] > DefaultGap {
			if n--; n == 0 {
				return i, true
			}
		}
	}
	return 0, false
}

// Judge tests one series at the pre-registered periods (seconds). Periods
// outside [1 s, 1e7 s] come back insufficient.
func Judge(s Series, periods []float64) Judgement {
	if s.Coverage != nil {
		s.Coverage = NewCoverage(s.Coverage)
	}
	times := s.Coverage.Restrict(sortedTimes(s.Times))
	j := Judgement{Events: len(times), Periods: make([]PeriodResult, len(periods))}
	if cut, ok := Head(times, MaxIncidents); ok {
		times, j.Thinned = times[:cut], cut
		s.Coverage = s.Coverage.Until(times[cut-1])
	}
	p, narrow := make([]float64, len(periods)), make([]float64, len(periods))
	for i, period := range periods {
		j.Periods[i] = measure(times, s, period)
		p[i], narrow[i] = j.Periods[i].P, j.Periods[i].narrow()
	}
	narrow = Holm(narrow)
	for i, adjusted := range Holm(p) {
		j.Periods[i].PHolm = min(adjusted, narrow[i])
		j.Periods[i].decide(times, len(periods))
	}
	if len(times) > 0 {
		g := Sensitivity(times, DefaultGap)
		j.Sensitivity = &g
	}
	onsets, _ := onsetsFor(times, 4*DefaultGap) // with the gap of a long period
	j.explore(onsets, s.Coverage)
	j.renew(onsets)
	return j
}

// measure computes everything about one period that does not depend on the
// other periods.
func measure(times []float64, s Series, period float64) PeriodResult {
	r := PeriodResult{Nominal: period, Verdict: Insufficient, Basis: ByOnsets, P: 1, PHolm: 1}
	r.Interval.P = 1
	if !(period >= 1 && period <= 1e7) {
		r.Nominal, r.Need = 0, enoughCycles
		return r
	}
	onsets, continuous := onsetsFor(times, period)
	r.Onsets, r.Continuous = len(onsets), continuous
	r.Interval = NewIntervalTest(onsets, period)
	if n := len(onsets); n > 0 {
		r.Span = onsets[n-1] - onsets[0]
	}
	if f, ok := s.Coverage.Fold(period, 0); ok {
		d := f.Deviation()
		r.CoverageDeviation = &d
	}
	if c, ok := Confirm(onsets, period, s.Coverage); ok {
		r.Confirm = &c
		r.describe(onsets, s.Coverage)
	}
	if t, ok := NewPulse(onsets, period, s.Coverage); ok {
		r.Pulse = &t
	}
	if l, ok := NewLock(onsets, period, s.Coverage); ok {
		r.Lock = &l
		r.standOn(&l, onsets)
	}
	if t, ok := NewTickTest(s.Processes, period); ok {
		r.Ticks = &t
	}
	r.Need = CyclesNeeded(r.Onsets, r.Span, period)
	switch {
	case r.Need == 0:
		r.P = r.Confirm.P
	case r.Ticks != nil && r.Ticks.Enough:
		r.Basis, r.P, r.Need = ByTicks, r.Ticks.P, 0
	}
	return r
}

// narrow is the p of a second look at onsets, which pays for being the second
// and never makes a claim strong.
func (r *PeriodResult) narrow() float64 {
	if r.Basis != ByOnsets || r.Need > 0 || r.Pulse == nil {
		return 1
	}
	return clamp01(max(2*r.Pulse.P, 2*StrongP))
}

// standOn takes the period, the phase and the onsets that a fit is made of from
// a lock, which strays do not draw away.
func (r *PeriodResult) standOn(l *Lock, onsets []float64) {
	if l.P > SupportedP || r.Confirm == nil {
		return
	}
	r.Epoch, r.MeanPhase = l.Epoch, frac(l.Epoch/l.Period)
	if f, ok := NewCycleFit(l.On, l.Period); ok {
		f.Total = len(onsets)
		f.SE = max(f.SE, f.OLSSE)
		half := studentQuantile(0.975, float64(max(1, f.Cycles-2))) * f.SE
		f.CI = [2]float64{f.Period - half, f.Period + half}
		r.Fit = &f
	}
}

// describe adds what is shown but does not decide.
func (r *PeriodResult) describe(onsets []float64, c Coverage) {
	at := r.Confirm.Period
	mean := NewRayleigh(Phases(onsets, at, onsets[0])).Mean
	if mean > 0.5 { // the tick just before the first onset is nearer
		mean--
	}
	r.Epoch = onsets[0] + mean*at
	r.MeanPhase = frac(r.Epoch / at)
	if s, ok := NewSplitHalf(onsets, at); ok {
		r.Split = &s
	}
	hp := r.Confirm.HPeriod
	if o, ok := NewOccupancy(phasesAt(onsets, hp, onsets[0], c), hp); ok {
		r.Occupancy = &o
	}
	if r.Confirm.Rbar >= minRbar {
		if f, ok := NewCycleFit(onsets, at); ok {
			r.Fit = &f
		}
	}
}

// decide applies the thresholds of §1.8 to a measured period whose adjusted p
// is known.
func (r *PeriodResult) decide(times []float64, tested int) {
	if r.Need > 0 {
		return
	}
	r.Verdict = NotSupported
	if r.Basis == ByTicks {
		r.Verdict = verdictAt(r.PHolm, 0)
		r.Epoch = r.Ticks.First + r.Ticks.Late
		if claimed := r.Verdict != NotSupported; claimed && r.Ticks.Fundamental != r.Nominal {
			r.HarmonicOf = r.Ticks.Fundamental
		}
		return
	}
	onsets, _ := onsetsFor(times, r.Nominal)
	if r.Confirm.Rbar >= minRbar {
		r.Verdict = verdictAt(r.PHolm, r.Interval.P)
	}
	if r.Verdict != NotSupported {
		if f, ok := fundamentalNear(onsets, r.Confirm.HPeriod); ok {
			r.Fundamental = &f
			if f.Factor > 1 {
				r.HarmonicOf = f.Period
			}
		}
		r.otherBeat(onsets)
		return
	}
	if r.PHolm <= StrongP && r.Occupancy != nil && r.Occupancy.Ratio <= severalPhases {
		r.SeveralPhases = true
		if fundamental := severalPhasesPeriod(onsets, r.Confirm.HPeriod); fundamental != r.Confirm.HPeriod {
			r.SeveralPhases, r.HarmonicOf = false, fundamental
		}
		return
	}
	if r.byLock(tested); r.Basis == ByLock {
		r.otherBeat(onsets)
	}
}

// byLock claims a period that strays hide from the tests of phase: onsets on one
// comb, more than chance makes at any phase and period, and no small part of
// all. As the third look at the same onsets it pays for three.
func (r *PeriodResult) byLock(tested int) {
	if l := r.Lock; l != nil {
		p := clamp01(3 * float64(tested) * l.P)
		if on := len(l.On); p <= LockP && on >= minOnsets && float64(on) >= minLockShare*float64(r.Onsets) {
			r.Verdict, r.Basis, r.PHolm = Supported, ByLock, p
		}
	}
}

// otherBeat notes that a claim is explained by a fraction of its period, whose
// ticks between are hit as often.
func (r *PeriodResult) otherBeat(onsets []float64) {
	if r.HarmonicOf != 0 || r.Lock == nil {
		return
	}
	if fundamental := r.Lock.Fundamental(onsets); fundamental != r.Lock.Period {
		r.HarmonicOf = fundamental
	}
}

// verdictAt turns an adjusted p and the p of the interval test into a verdict.
func verdictAt(pHolm, pInterval float64) Verdict {
	switch {
	case pHolm <= StrongP && pInterval <= 0.01:
		return Strong
	case pHolm <= SupportedP && pInterval <= 0.05:
		return Supported
	}
	return NotSupported
}

// CyclesNeeded is about how many more cycles it takes to reach 6 onsets in 6
// cycles at the rate seen so far; 0 when n onsets over span seconds suffice
// for a test at the period (5 onsets and 5 periods).
func CyclesNeeded(n int, span, period float64) int {
	if n >= minOnsets && span >= minPeriods*period {
		return 0
	}
	if n == 0 {
		return enoughCycles
	}
	cycles := span/period + 1
	rate := math.Min(1, float64(n)/cycles)
	missing := math.Max(0, float64(enoughCycles-n)) / rate
	return int(math.Ceil(math.Max(1, math.Max(missing, enoughCycles-cycles))))
}

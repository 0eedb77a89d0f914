package stat

import "math"

// An Exploration is the best period of a blind search. It was not named
// beforehand, so it is reported as a lead, never as a verdict.
type Exploration struct {
	Scan        Scan
	Interval    IntervalTest // at the period below
	Fundamental *Fundamental // when scan FAP <= .01 and Rbar >= .5
	Period      float64      // of the fundamental if there is one, else of the scan
	// Listed is the pre-registered period within 1 % of Period, or the claimed
	// one of which Period is a multiple or a fraction, or 0.
	Listed float64
	// Notable: FAP <= 1e-3, Rbar >= .5, interval p <= .01, 5 onsets over 5
	// periods and not Listed: worth naming as an unlisted period.
	Notable bool
}

// explore runs the blind scan.
func (j *Judgement) explore(onsets []float64, c Coverage) {
	s, ok := BlindScan(onsets, c)
	if !ok {
		return
	}
	e := Exploration{Scan: s, Period: s.Period}
	if s.FAP <= 0.01 && s.Rbar >= minRbar {
		if f, ok := NewFundamental(onsets, s.Period); ok {
			e.Fundamental, e.Period = &f, f.Period
		}
	}
	e.Interval = NewIntervalTest(onsets, e.Period)
	e.Listed = j.listed(e.Period)
	enough := CyclesNeeded(len(onsets), onsets[len(onsets)-1]-onsets[0], e.Period) == 0
	if enough && e.Listed == 0 {
		e.Notable = s.FAP <= 1e-3 && s.Rbar >= minRbar && e.Interval.P <= 0.01
	}
	j.Unlisted = &e
}

// renew compares the gaps with a randomised watch timeout.
func (j *Judgement) renew(onsets []float64) {
	t, ok := NewRenewalTest(onsets)
	if !ok {
		return
	}
	j.Renewal = &t
	for _, r := range j.Periods {
		if r.Claimed() || r.SeveralPhases {
			return
		}
	}
	// Ten gaps, because one or two never contradict anything.
	j.RenewalLike = t.N >= 10 && t.P > 0.05 && NewIntervalTest(onsets, 600).P > 0.05
}

// listed returns the pre-registered period that accounts for one found blindly.
func (j *Judgement) listed(period float64) float64 {
	for _, r := range j.Periods {
		if r.Nominal > 0 && math.Abs(period/r.Nominal-1) <= Band {
			return r.Nominal
		}
	}
	const exact = 0.002 // narrower: there are many fractions
	for _, r := range j.Periods {
		if r.Confirm == nil || !r.Claimed() && !r.SeveralPhases {
			continue
		}
		ratio := math.Max(r.Confirm.HPeriod/period, period/r.Confirm.HPeriod)
		if n := math.Round(ratio); n <= MaxHarmonics && math.Abs(ratio/n-1) <= exact {
			return r.Nominal
		}
	}
	return 0
}

package stat

import "math"

// Coincidence holds the event coincidence rates of A (effects) with B (their
// possible causes): how many A follow a B within a window, and how many B are
// followed by an A (Donges et al. 2016, EPJ ST 225, 471; arXiv 1508.03534).
//
// The two p assume B to be Poisson. They are descriptive only: a common daily
// load makes them arbitrarily small for unrelated series. LocalCoverage tests.
type Coincidence struct {
	NA, NB                   int
	Preceded, Triggered      int     // A with a B before it; B with an A after it
	PrecursorRate            float64 // Preceded/NA
	TriggerRate              float64 // Triggered/NB
	ExpectedPrecursor        float64 // rate for Poisson B
	ExpectedTrigger          float64 // rate for Poisson A
	PPrecursorPoisson        float64 // descriptive
	PTriggerPoisson          float64 // descriptive
	Window, Delay, TotalTime float64 // ΔT, τ and T, seconds
}

// NewCoincidence counts pairs with 0 <= (tA-τ)-tB <= ΔT over sorted times in a
// record of total seconds. Events at the edges are kept. ok is false when a
// series is empty or the record is not longer than the delay.
func NewCoincidence(a, b []float64, window, delay, total float64) (c Coincidence, ok bool) {
	if len(a) == 0 || len(b) == 0 || total <= delay || window < 0 {
		return c, false
	}
	c = Coincidence{NA: len(a), NB: len(b), Window: window, Delay: delay, TotalTime: total}
	c.Preceded = countWithin(a, b, delay, delay+window)
	c.Triggered = countWithin(b, a, -delay-window, -delay)
	c.PrecursorRate = float64(c.Preceded) / float64(c.NA)
	c.TriggerRate = float64(c.Triggered) / float64(c.NB)
	hit := math.Min(1, window/(total-delay))
	c.ExpectedPrecursor, c.PPrecursorPoisson = coincidenceP(c.Preceded, c.NA, c.NB, hit)
	c.ExpectedTrigger, c.PTriggerPoisson = coincidenceP(c.Triggered, c.NB, c.NA, hit)
	return c, true
}

// coincidenceP returns the chance that one of n events has a partner among
// others, each covering a share hit of the record, and P(k or more do).
func coincidenceP(k, n, others int, hit float64) (rate, p float64) {
	rate = 1 - math.Pow(1-hit, float64(others))
	return rate, BinomialSF(k, n, rate)
}

// countWithin counts the x that have some y with lo <= x-y <= hi.
func countWithin(x, y []float64, lo, hi float64) int {
	count, j := 0, 0
	for _, t := range x {
		for j < len(y) && t-y[j] > hi {
			j++
		}
		if j < len(y) && t-y[j] >= lo {
			count++
		}
	}
	return count
}

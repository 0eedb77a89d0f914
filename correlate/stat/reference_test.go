package stat

import "math"

// What no judgement uses, and others are compared with.

// RayleighPSeries is the series of R's CircStats and of astropy. It is kept to
// check against their published values; near z = n it leaves [0, 1], so no
// decision uses it.
func RayleighPSeries(n int, z float64) float64 {
	f := float64(n)
	return math.Exp(-z) * (1 + (2*z-z*z)/(4*f) -
		(24*z-132*z*z+76*z*z*z-9*z*z*z*z)/(288*f*f))
}

// ZSquared is Z²_m = (2/n) Σ_{k<=m}(C_k²+S_k²), chi-squared with 2m degrees of
// freedom under uniformity (Buccheri et al. 1983, A&A 128, 245).
func ZSquared(phases []float64, m int) float64 {
	if len(phases) == 0 {
		return 0
	}
	c, s := trigSums(phases, m)
	sum := 0.0
	for k := range c {
		sum += c[k]*c[k] + s[k]*s[k]
	}
	return 2 * sum / float64(len(phases))
}

// ZSquaredP is the upper tail of Z²_m.
func ZSquaredP(z float64, m int) float64 {
	return chi2SF(z, float64(2*m))
}

// ChangePoints splits counts of equal exposure into segments of constant rate:
// the segmentation that minimises Σ -2 S ln(S/L) + penalty per change (S sum,
// L length), found exactly by PELT (Killick, Fearnhead & Eckley 2012, JASA
// 107, 1590). at holds the index of the first count of each new segment, cost
// the objective without the penalties.
func ChangePoints(counts []int, penalty float64) (at []int, cost float64) {
	even := make([]float64, len(counts))
	for i := range even {
		even[i] = 1
	}
	return ChangePointsOf(counts, even, penalty)
}

// CycleTable counts, over n cycles of a period from origin, which hold an A
// and which a B. Two timers of the same period lock their phases, so over a
// whole record their coincidence is one fact; over cycles it is testable (§2).
func CycleTable(a, b []float64, origin, period float64, n int) Table2x2 {
	var t Table2x2
	if n < 1 || !(period > 0) {
		return t
	}
	hasA, hasB := cyclesWith(a, origin, period, n), cyclesWith(b, origin, period, n)
	for i := range n {
		row, col := 1, 1
		if hasB[i] {
			row = 0
		}
		if hasA[i] {
			col = 0
		}
		t[row][col]++
	}
	return t
}

func cyclesWith(times []float64, origin, period float64, n int) []bool {
	has := make([]bool, n)
	for _, x := range times {
		if c := math.Floor((x - origin) / period); c >= 0 && c < float64(n) {
			has[int(c)] = true
		}
	}
	return has
}

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

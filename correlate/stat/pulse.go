package stat

import (
	"math"
	"slices"
)

// A Pulse is the test of a narrow period with a timer's own period: how many
// onsets lie in one short window of the cycle. The Rayleigh power of n onsets
// is never above n, so its p never below exp(-n); a handful of onsets within
// seconds of one phase tells far more than that. It is the arc test of
// statistics.md §1.2, for windows that hold most onsets instead of all.
type Pulse struct {
	N, K   int     // onsets, those in the fullest window
	Window float64 // its width, seconds
	Period float64 // where in the timer's range K is highest, seconds
	P      float64 // bound of P(K or more) at any phase and period searched
}

const (
	// pulseShare is the window's width in cycles: 20 s of ten minutes.
	pulseShare = 1.0 / 30
	// pulseDrift is how much longer than its nominal period a timer may take:
	// it is re-armed late, never early (client-go reflector.go startResync).
	pulseDrift = 1e-3
)

// NewPulse tests sorted onsets at the periods of a timer, [P, 1.001 P]. P is a
// bound by the sum over onsets, each as the first of its window, and over the
// periods tried, which lie so close that an onset moves by half a window at
// most from one to the next. ok is false with fewer than 2 onsets, and where
// the drift has had time to reach a whole period.
func NewPulse(onsets []float64, period float64, c Coverage) (t Pulse, ok bool) {
	n := len(onsets)
	if n < 2 || !(period > 0) {
		return t, false
	}
	t = Pulse{N: n, Window: pulseShare * period}
	drift := (onsets[n-1] - onsets[0]) * pulseDrift
	if drift > period {
		return Pulse{}, false
	}
	steps := math.Ceil(drift / (t.Window / 2))
	for i := 0.0; i <= steps; i++ {
		at := period * (1 + pulseDrift*i/math.Max(1, steps))
		if k := fullest(phasesAt(onsets, at, onsets[0], c), pulseShare); k > t.K {
			t.K, t.Period = k, at
		}
	}
	t.P = clamp01((steps + 1) * float64(n) * BinomialSF(t.K-1, n-1, pulseShare))
	return t, true
}

// fullest is how many phases the fullest window of a width holds, both in
// cycles.
func fullest(phases []float64, width float64) (most int) {
	p := slices.Clone(phases)
	slices.Sort(p)
	for _, x := range p[:len(p):len(p)] {
		p = append(p, x+1)
	}
	last := 0
	for first := range phases {
		for last < len(p) && p[last]-p[first] <= width {
			last++
		}
		most = max(most, last-first)
	}
	return most
}

// FisherSum combines independent p-values: -2 Σ ln p is chi-squared with 2k
// degrees of freedom (Fisher 1925). Bounds of p-values give a bound.
func FisherSum(p []float64) float64 {
	sum := 0.0
	for _, x := range p {
		sum -= 2 * math.Log(math.Max(x, 1e-300))
	}
	return chi2SF(sum, 2*float64(len(p)))
}

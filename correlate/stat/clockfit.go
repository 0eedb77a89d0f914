package stat

import (
	"math"
	"sort"
)

// Constants of the clock model (§3); fixed, not fitted.
const (
	clockStep      = 0.5  // grid of offsets, seconds
	clockPi        = 0.5  // prior share of events that have a partner
	clockBlock     = 30.0 // half-width of a mode, seconds
	clockTolerance = 3.0  // an event this near to a partner is matched, seconds
	maxModes       = 12
	minModeMass    = 0.01
	maxClockSteps  = 1 << 22
)

// A ClockMode is one plausible offset between two clocks.
type ClockMode struct {
	Offset  float64 // seconds to add to the first clock, posterior mean
	SD      float64 // posterior, seconds
	Mass    float64 // share of the posterior within ±30 s
	Matched int     // events within 3 s of a partner at Offset
}

// A ClockFit is the posterior of the offset between two clocks. The offset and
// the mean lag between the two kinds of events cannot be told apart: never use
// a fitted offset to measure that lag.
type ClockFit struct {
	Modes []ClockMode // by mass, those of at least 1 %, at most 12
	N     int         // events on the first clock
	// Aligned: the best mode has mass >= .99 and matches at least 3 events
	// more than the runner-up. Otherwise the offset is known only modulo the
	// period, if at all.
	Aligned bool
}

// NewClockFit finds offsets θ in the anchor interval within for which events u
// on one clock fall on events of the other, u+θ ≈ w:
//
//	log L(θ) = Σ_i log((1-π)/span + (π/N_w) Σ_j N(u_i+θ-w_j; 0, σ))
//
// on a grid of 0.5 s with a flat prior, span being the range of w plus 600 s.
// Each event asks the reference's curve, so the cost is that of two Fourier
// transforms of the interval, whatever the number of pairs. ok is false when a
// series is empty, or the interval is empty or far too wide.
func (r *ClockReference) NewClockFit(u []float64, within Span) (f ClockFit, ok bool) {
	width := within.End - within.Start
	if r == nil || len(u) == 0 || !(width >= 0 && width/clockStep < maxClockSteps) {
		return f, false
	}
	f.N = len(u)
	modes := r.modes(u, within)
	runnerUp := 0
	for i := range modes {
		m := &modes[i]
		if i > 1 && m.Mass < minModeMass {
			continue
		}
		m.Matched = len(matchPairs(u, r.at, m.Offset, clockTolerance))
		if i == 1 {
			runnerUp = m.Matched
		}
	}
	f.Aligned = modes[0].Mass >= 0.99 && modes[0].Matched-runnerUp >= 3
	for _, m := range modes {
		if m.Mass >= minModeMass {
			f.Modes = append(f.Modes, m)
		}
	}
	return f, true
}

// Chance bounds the probability that some offset in the interval searched
// would match as many events as the best mode does, if each event kept its
// time only to within five minutes: the local coverage test of the matches at
// that mode, times the number of offsets that can be told apart. It says
// nothing of other offsets that fit as well; the modes do.
func (f ClockFit) Chance(u, w []float64, within Span) float64 {
	if len(f.Modes) == 0 {
		return 1
	}
	moved := make([]float64, len(u))
	for i, x := range u {
		moved[i] = x + f.Modes[0].Offset
	}
	t, ok := LocalCoverage(moved, w, 2*clockTolerance, -clockTolerance, 600, nil)
	if !ok {
		return 1
	}
	return clamp01(t.P * math.Max(1, (within.End-within.Start)/(2*clockTolerance)))
}

// A pair is an event on the first clock and its difference to the partner.
type pair struct{ u, diff float64 }

// matchPairs returns each u whose nearest partner w lies within tolerance of
// u+offset.
func matchPairs(u, w []float64, offset, tolerance float64) []pair {
	var out []pair
	for _, x := range u {
		i := sort.SearchFloat64s(w, x+offset)
		best := math.Inf(1)
		for _, k := range [2]int{i - 1, i} {
			if k >= 0 && k < len(w) && math.Abs(w[k]-x-offset) < math.Abs(best-offset) {
				best = w[k] - x
			}
		}
		if math.Abs(best-offset) <= tolerance {
			out = append(out, pair{x, best})
		}
	}
	return out
}

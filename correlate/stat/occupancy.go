package stat

import (
	"math"
	"sort"
)

// An Occupancy measures how much of the cycle onsets use: several processes
// with one period and a phase each leave most of it empty though their pooled
// Rayleigh test is weak.
type Occupancy struct {
	Delta    float64 // half-width of the window round each onset, seconds
	Occupied float64 // share of the cycle inside a window
	Expected float64 // the same for uniform phases
	Ratio    float64 // Occupied/Expected; <= 0.35 says "several phases"
}

// severalPhases is the largest occupancy ratio that supports a period with
// several phases (§1.5; found 0.04-0.34 for true periods, 0.85-1.06 for none).
const severalPhases = 0.35

// NewOccupancy measures phases (cycles) folded at a period in seconds. Windows
// are ±10 s, less for periods below 300 s. ok is false without phases.
func NewOccupancy(phases []float64, period float64) (o Occupancy, ok bool) {
	if len(phases) == 0 || !(period > 0) {
		return o, false
	}
	o.Delta = math.Min(10, period/30)
	width := 2 * o.Delta / period
	o.Occupied = occupied(phases, width)
	o.Expected = 1 - math.Pow(1-width, float64(len(phases)))
	o.Ratio = o.Occupied / o.Expected
	return o, true
}

// occupied is the length of the union of windows of a width (cycles) round
// phases.
func occupied(phases []float64, width float64) float64 {
	sorted := append([]float64(nil), phases...)
	sort.Float64s(sorted)
	sum := 0.0
	for i, phase := range sorted {
		next := sorted[0] + 1
		if i+1 < len(sorted) {
			next = sorted[i+1]
		}
		sum += math.Min(width, next-phase)
	}
	return sum
}

// severalPhasesPeriod guards the several-phases rule against harmonics: a 600 s
// period folded at 1800 s shows three stripes too, and three phases of 600 s show
// three stripes at 300 s. A series that keeps P/d has power only in every d-th
// harmonic of P; one that keeps P has it in all. It returns the period that
// the onsets keep: a fraction of the one asked about, a multiple (up to 3600 s
// and a fifth of the span), or that period itself.
func severalPhasesPeriod(onsets []float64, period float64) float64 {
	const share = 0.75 // of true fractions about 1, of others about 1/d
	for d := min(MaxHarmonics, int(math.Round(period/MinPeriod))); d > 1; d-- {
		if harmonicShare(onsets, period, d, 2*MaxHarmonics) >= share {
			return period / float64(d)
		}
	}
	span := onsets[len(onsets)-1] - onsets[0]
	longest := math.Min(MaxPeriod, span/minPeriods)
	kept := period
	for j := 2; j <= multiples(kept, longest); j++ {
		if p := float64(j) * kept; harmonicShare(onsets, p, j, j*MaxHarmonics) < share {
			kept, j = p, 1 // and on from there
		}
	}
	return kept
}

// harmonicShare is the share of the power above noise in the first m harmonics
// of a period that lies in every step-th of them.
func harmonicShare(onsets []float64, period float64, step, m int) float64 {
	c, s := trigSums(Phases(onsets, period, onsets[0]), m)
	noise := float64(len(onsets))
	all, part := 0.0, 0.0
	for k := range c {
		power := c[k]*c[k] + s[k]*s[k] - noise
		all += power
		if (k+1)%step == 0 {
			part += power
		}
	}
	if all <= 0 {
		return 0
	}
	return part / all
}

package stat

import (
	"math"
	"sort"
)

// A Fundamental says which multiple of a found period the onsets really keep:
// a narrow 600 s comb is perfectly 300, 200 and 66.7 s periodic too.
type Fundamental struct {
	Period  float64 // seconds
	Factor  int     // Period / the period asked about, rounded
	Locked  int     // onsets in the best phase window of ±Delta
	N       int
	Delta   float64 // half-width of the phase window, seconds
	Net     float64 // onsets locked to the period asked about, beyond chance
	Decided bool    // at least 7 locked: twice the period is excluded
}

// NewFundamental takes the largest multiple jP <= 3600 s (refined by up to
// four windows of drift over the series) that keeps at least 0.9 of the net locked
// onsets and at least 3. ok is false when not even P locks 3.
// The rule is statistics.md §1.3.
func NewFundamental(onsets []float64, period float64) (f Fundamental, ok bool) {
	n := len(onsets)
	if n < 3 || !(period > 0) {
		return Fundamental{}, false
	}
	delta := lockWindow(period)
	chance := 2 * delta / period
	f = Fundamental{Period: period, Factor: 1, N: n, Delta: delta, Locked: lockedOnsets(onsets, period, delta)}
	if f.Locked < 3 || chance >= 1 {
		return Fundamental{}, false
	}
	f.Net = float64(f.Locked) - float64(n-f.Locked)*chance/(1-chance)
	for j := multiples(period, MaxPeriod); j > 1; j-- {
		p, k := lockedNear(onsets, float64(j)*period, delta)
		if k >= 3 && float64(k) >= 0.9*f.Net {
			f.Period, f.Factor, f.Locked = p, j, k
			break
		}
	}
	// With fewer, all falling on even cycles has probability 2·0.5^n > 1.5 %.
	f.Decided = f.Locked >= 7
	return f, true
}

// fundamentalNear starts from the sharpest period near one found by a phase
// test, whose broad peak may be off by more than the window allows; without
// that the multiples, which are refined, would win against it.
func fundamentalNear(onsets []float64, period float64) (Fundamental, bool) {
	if len(onsets) < 3 {
		return Fundamental{}, false
	}
	sharp, _ := lockedNear(onsets, period, lockWindow(period))
	return NewFundamental(onsets, sharp)
}

// multiples is how many multiples of a period up to longest are looked at.
func multiples(period, longest float64) int {
	return int(math.Min(MaxPeriod/MinPeriod, longest/period))
}

// lockWindow is the half-width in seconds within which an onset counts as
// locked to a period.
func lockWindow(period float64) float64 {
	return math.Min(10, math.Max(2, 0.02*period))
}

// lockedNear maximises the locked onsets over periods that drift from p by at
// most four windows over the whole series; the shortest wins a tie. NewCycleFit
// refines the period afterwards.
func lockedNear(onsets []float64, p, delta float64) (best float64, locked int) {
	span := onsets[len(onsets)-1] - onsets[0]
	if !(span > 0) {
		return p, lockedOnsets(onsets, p, delta)
	}
	for i := -8; i <= 8; i++ {
		q := p + float64(i)*0.5*delta*p/span
		if q <= 0 {
			continue
		}
		if k := lockedOnsets(onsets, q, delta); k > locked {
			best, locked = q, k
		}
	}
	return best, locked
}

// lockedOnsets is the largest number of onsets in any phase window of width
// 2·delta seconds.
func lockedOnsets(onsets []float64, period, delta float64) int {
	phases := Phases(onsets, period, onsets[0])
	for i := range phases {
		phases[i] *= period
	}
	sort.Float64s(phases)
	n, best, j := len(phases), 0, 0
	at := func(j int) float64 { return phases[j%n] + period*float64(j/n) }
	for i := range phases {
		for j < i+n && at(j)-phases[i] <= 2*delta {
			j++
		}
		best = max(best, j-i)
	}
	return best
}

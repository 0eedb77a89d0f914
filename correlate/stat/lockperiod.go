package stat

import (
	"math"
	"slices"
)

// rarerP is the p below which ticks count as hit less often than others.
const rarerP = 0.01

// rarer says whether k of n ticks are hit less often than hits of ticks are: a
// comb that strays have thinned is thinned alike at all its ticks. Where fewer
// than a quarter as many are hit beyond chance, too few may have been captured for a
// test, and the share decides. The comb is the fullest of as many classes of ticks.
func rarer(k, n, hits, ticks int, chance float64, classes int) bool {
	table := Table2x2{{hits, ticks - hits}, {max(0, k), n - max(0, k)}}
	rate := math.Max(0, float64(hits)/float64(ticks)-chance)
	beyond := math.Max(0, float64(k)/float64(n)-chance)
	return table.FisherGreater() <= rarerP/float64(classes) || beyond < rate/4
}

// Fundamental is the period that the onsets keep, given the comb that they lock to: a
// fraction of its period whose ticks between are hit as often, as a comb of ten
// minutes is one of an hour too; or the period itself.
func (l *Lock) Fundamental(onsets []float64) float64 {
	n := len(l.On)
	if n < minLocked {
		return l.Period
	}
	span := l.On[n-1] - l.On[0]
	ticks := int(math.Round(span/l.Period)) + 1
	chance := math.Min(0.9, float64(len(onsets)-n)/math.Max(1, span)*l.Window)
	for d := multiples(MinPeriod, l.Period*(1+Band)); d > 1; d-- {
		part := l.Period / float64(d)
		if part < 2*l.Window {
			continue
		}
		on := hits(onsets, l.Epoch-l.Window/2, part, l.Window)
		k := 0
		for _, t := range on {
			if t >= l.On[0]-l.Window && t <= l.On[n-1]+l.Window {
				k++
			}
		}
		if !rarer(k-n, (ticks-1)*(d-1), n, ticks, chance, d) {
			return part
		}
	}
	if j := l.multiple(span); j > 1 {
		return float64(j) * l.Period
	}
	return l.Period
}

// multiple is the number of cycles between the ticks that are hit, if the others
// are not: the largest for which nearly all hits are in one class of cycles, more
// than the choice of a class makes likely.
func (l *Lock) multiple(span float64) int {
	for j := multiples(l.Period, math.Min(MaxPeriod*(1+Band), span/minPeriods)); j > 1; j-- {
		in := make([]int, j)
		for _, t := range l.On {
			in[int(math.Round((t-l.On[0])/l.Period))%j]++
		}
		most := slices.Max(in)
		if float64(most) >= 0.9*float64(len(l.On)) && float64(j)*BinomialSF(most, len(l.On), 1/float64(j)) <= rarerP {
			return j
		}
	}
	return 1
}

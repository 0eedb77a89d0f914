package stat

import (
	"math"
	"sort"
)

// Holm returns step-down adjusted p in the order given; it controls the chance
// of any false claim (Holm 1979).
func Holm(p []float64) []float64 {
	m := len(p)
	return stepwise(p, func(rank int, v, before float64) float64 {
		return math.Max(before, float64(m-rank)*v)
	}, false)
}

// BH returns Benjamini-Hochberg adjusted p (1995), in the order given: they
// bound the share of false ones among the claims.
func BH(p []float64) []float64 { return stepUp(p, 1) }

func stepUp(p []float64, factor float64) []float64 {
	m := float64(len(p))
	return stepwise(p, func(rank int, v, before float64) float64 {
		return math.Min(before, factor*m*v/float64(rank+1))
	}, true)
}

// stepwise walks the p by rank, from the smallest or from the largest, and
// hands each adjusted value on to the next.
func stepwise(p []float64, adjust func(rank int, v, before float64) float64, fromLargest bool) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return p[order[a]] < p[order[b]] })
	out := make([]float64, len(p))
	before := 0.0
	if fromLargest {
		before = 1
	}
	for i := range order {
		rank := i
		if fromLargest {
			rank = len(order) - 1 - i
		}
		before = math.Min(1, adjust(rank, p[order[rank]], before))
		out[order[rank]] = before
	}
	return out
}

package stat

import (
	"math"
	"slices"
)

// ChangePointsOf is ChangePoints for counts of unequal exposure, which must be
// positive: the lengths are then sums of exposure.
func ChangePointsOf(counts []int, exposure []float64, penalty float64) (at []int, cost float64) {
	n := len(counts)
	sums, lengths := cumulative(counts), make([]float64, n+1)
	for i, e := range exposure {
		lengths[i+1] = lengths[i] + e
	}
	best := make([]float64, n+1) // of the prefix, with penalties
	from := make([]int, n+1)     // start of its last segment
	best[0] = -penalty
	candidates := []int{0}
	for end := 1; end <= n; end++ {
		best[end] = math.Inf(1)
		for _, s := range candidates {
			if v := best[s] + segmentCost(sums, lengths, s, end) + penalty; v < best[end] {
				best[end], from[end] = v, s
			}
		}
		// A start that is worse than the optimum by now can never win later.
		kept := candidates[:0]
		for _, s := range candidates {
			if best[s]+segmentCost(sums, lengths, s, end) <= best[end] {
				kept = append(kept, s)
			}
		}
		candidates = append(kept, end)
	}
	for end := n; end > 0; end = from[end] {
		cost += segmentCost(sums, lengths, from[end], end)
		if from[end] > 0 {
			at = append([]int{from[end]}, at...)
		}
	}
	return at, cost
}

// ChangePenalty is the penalty per change, 3 ln(n) times the dispersion of the
// counts (at least 1): bursts are not changes (§5).
func ChangePenalty(n int, dispersion float64) float64 {
	return 3 * math.Log(math.Max(1, float64(n))) * math.Max(1, dispersion)
}

// LocalDispersion is the dispersion of counts about a rate that may change now
// and then: half the mean square of the differences between neighbours, over
// the mean (von Neumann et al. 1941); 1 for Poisson counts, 0 without any.
func LocalDispersion(counts []int) float64 {
	sum, square := float64(sumInts(counts)), 0.0
	for i := 1; i < len(counts); i++ {
		d := float64(counts[i] - counts[i-1])
		square += d * d
	}
	if sum == 0 || len(counts) < 2 {
		return 0
	}
	return square / 2 / float64(len(counts)-1) / (sum / float64(len(counts)))
}

// chiSquareMedian is the median of chi-squared with one degree of freedom.
const chiSquareMedian = 0.4549

// MedianDispersion is LocalDispersion by the median of the squared differences, which
// a few changes of rate do not raise; counts so small that most neighbours are equal
// give 0.
func MedianDispersion(counts []int) float64 {
	var squares []float64
	for i := 1; i < len(counts); i++ {
		d := float64(counts[i] - counts[i-1])
		squares = append(squares, d*d)
	}
	sum := float64(sumInts(counts))
	if sum == 0 || len(squares) == 0 {
		return 0
	}
	slices.Sort(squares)
	middle := (squares[(len(squares)-1)/2] + squares[len(squares)/2]) / 2
	return middle / (2 * chiSquareMedian) / (sum / float64(len(counts)))
}

func cumulative(counts []int) []float64 {
	sums := make([]float64, len(counts)+1)
	for i, c := range counts {
		sums[i+1] = sums[i] + float64(c)
	}
	return sums
}

// segmentCost is -2 S ln(S/L) of counts[from:to], 0 for an empty sum.
func segmentCost(sums, lengths []float64, from, to int) float64 {
	s := sums[to] - sums[from]
	if s <= 0 {
		return 0
	}
	return -2 * s * math.Log(s/(lengths[to]-lengths[from]))
}

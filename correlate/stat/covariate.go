package stat

import (
	"math"
	"sort"
)

// An AUC is the probability that a cycle with an incident has a higher
// covariate than one without (Mann-Whitney U scaled to 0..1).
type AUC struct {
	N1, N0 int     // cycles with and without an incident
	U      float64 // Mann-Whitney, ties counted half
	Area   float64 // U/(n1 n0); 0.5 is chance
	P      float64 // two-sided normal, tie and continuity corrected
	// PShift is the one-sided p by circular shift, (1+#{shifted >= observed})/N
	// over all N-1 shifts: it keeps the autocorrelation of load, which P
	// ignores. Its minimum is 1/N.
	PShift float64
}

// NewAUC compares a covariate sampled once per cycle, in time order, with
// whether the cycle had an incident (§6). Cycles without a sample are left out
// by the caller and counted there. ok is false when one of the groups is
// empty, the lengths differ or a value is NaN.
func NewAUC(x []float64, incident []bool) (a AUC, ok bool) {
	n := len(x)
	if n != len(incident) {
		return a, false
	}
	for i, v := range x {
		if math.IsNaN(v) {
			return a, false
		}
		a.N1 += int(indicator(incident[i]))
	}
	a.N0 = n - a.N1
	if a.N1 == 0 || a.N0 == 0 {
		return a, false
	}
	rank, ties := midRanks(x)
	n1, n0 := float64(a.N1), float64(a.N0)
	observed := rankSum(rank, incident, 0)
	a.U = observed - n1*(n1+1)/2
	a.Area = a.U / (n1 * n0)
	a.P = mannWhitneyP(a.U, n1, n0, ties)

	reached := 1
	for shift := 1; shift < n; shift++ {
		// Ranks are multiples of 1/2, so the sums compare exactly.
		if rankSum(rank, incident, shift) >= observed {
			reached++
		}
	}
	a.PShift = float64(reached) / float64(n)
	return a, true
}

// rankSum adds the ranks of the cycles with an incident, the incidents moved
// on by shift cycles round the record.
func rankSum(rank []float64, incident []bool, shift int) float64 {
	sum := 0.0
	for i, hit := range incident {
		if hit {
			sum += rank[(i+shift)%len(rank)]
		}
	}
	return sum
}

// midRanks ranks from 1, equal values sharing their mean rank; ties is
// Σ(t³-t) over the groups of equals.
func midRanks(x []float64) (rank []float64, ties float64) {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(a, b int) bool { return x[order[a]] < x[order[b]] })
	rank = make([]float64, len(x))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && x[order[j]] == x[order[i]] {
			j++
		}
		for _, k := range order[i:j] {
			rank[k] = float64(i+j+1) / 2
		}
		t := float64(j - i)
		ties += t*t*t - t
		i = j
	}
	return rank, ties
}

// mannWhitneyP is the two-sided normal p of U with corrections for ties and
// continuity (Lehmann 1975).
func mannWhitneyP(u, n1, n0, ties float64) float64 {
	n := n1 + n0
	variance := n1 * n0 / 12 * (n + 1 - ties/(n*(n-1)))
	if variance <= 0 {
		return 1
	}
	z := (math.Abs(u-n1*n0/2) - 0.5) / math.Sqrt(variance)
	return clamp01(2 * normalSF(z))
}

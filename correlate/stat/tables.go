package stat

import "math"

// A Table2x2 counts cycles by B (rows: with, without) and A (columns: with,
// without): {{both, B only}, {A only, neither}}.
type Table2x2 [2][2]int

// N is the number of cycles counted.
func (t Table2x2) N() int { return t[0][0] + t[0][1] + t[1][0] + t[1][1] }

// OddsRatio is ad/bc; ok is false when it is not a number (a zero in b or c).
func (t Table2x2) OddsRatio() (or float64, ok bool) {
	den := float64(t[0][1]) * float64(t[1][0])
	if den == 0 {
		return 0, false
	}
	return float64(t[0][0]) * float64(t[1][1]) / den, true
}

// hypergeometric calls visit with every possible upper-left count and its
// probability given the margins.
func (t Table2x2) hypergeometric(visit func(k int, p float64)) {
	row, col, n := t[0][0]+t[0][1], t[0][0]+t[1][0], t.N()
	for k := max(0, row+col-n); k <= min(row, col); k++ {
		visit(k, math.Exp(logChoose(row, k)+logChoose(n-row, col-k)-logChoose(n, col)))
	}
}

// FisherGreater is the exact one-sided p that A and B coincide this often or
// more often given the margins (Fisher 1935).
func (t Table2x2) FisherGreater() float64 {
	sum := 0.0
	t.hypergeometric(func(k int, p float64) {
		if k >= t[0][0] {
			sum += p
		}
	})
	return clamp01(sum)
}

// FisherTwoSided sums the tables no more probable than the observed one.
func (t Table2x2) FisherTwoSided() float64 {
	limit, sum := 0.0, 0.0
	t.hypergeometric(func(k int, p float64) {
		if k == t[0][0] {
			limit = p * (1 + relEps)
		}
	})
	t.hypergeometric(func(_ int, p float64) {
		if p <= limit {
			sum += p
		}
	})
	return clamp01(sum)
}

// A MantelHaenszel is the test of association over strata.
type MantelHaenszel struct {
	ChiSquared float64 // with continuity correction
	P          float64 // one degree of freedom
	OddsRatio  float64 // common; meaningless unless Finite
	Finite     bool
	Excess     float64 // of cycles with both, over what the margins of the strata make
}

// NewMantelHaenszel pools 2x2 tables of strata (Mantel & Haenszel 1959), for
// example cycles by load tertile. ok is false when no stratum has any variance.
func NewMantelHaenszel(strata []Table2x2) (m MantelHaenszel, ok bool) {
	var diff, variance, num, den float64
	for _, t := range strata {
		n := float64(t.N())
		if n < 2 {
			continue
		}
		row, col := float64(t[0][0]+t[0][1]), float64(t[0][0]+t[1][0])
		diff += float64(t[0][0]) - row*col/n
		variance += row * (n - row) * col * (n - col) / (n * n * (n - 1))
		num += float64(t[0][0]) * float64(t[1][1]) / n
		den += float64(t[0][1]) * float64(t[1][0]) / n
	}
	if variance == 0 {
		return m, false
	}
	m.Excess = diff
	excess := math.Max(0, math.Abs(diff)-0.5)
	m.ChiSquared = excess * excess / variance
	m.P = chi2SF(m.ChiSquared, 1)
	if m.Finite = den > 0; m.Finite {
		m.OddsRatio = num / den
	}
	return m, true
}

// Greater is the one-sided p that the two come together more often than chance
// makes them, within the strata.
func (m MantelHaenszel) Greater() float64 {
	if m.Excess <= 0 {
		return 1
	}
	return m.P / 2
}

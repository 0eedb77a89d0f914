package stat

import "sort"

// A Lag is the median of values: of delays from a B to the A that follows it, in
// seconds, or of what [MedianOf] was given, in its unit.
type Lag struct {
	N      int // values
	Median float64
	CI     [2]float64 // 95 % or more, by order statistics
	HasCI  bool       // at least 6 lags
}

// PrecedingLags returns, for each A with a B within maxLag seconds before it,
// the lag to the nearest such B, sorted.
func PrecedingLags(a, b []float64, maxLag float64) []float64 {
	var lags []float64
	for _, t := range a {
		// The last B not after t.
		i := sort.Search(len(b), func(i int) bool { return b[i] > t }) - 1
		if i >= 0 && t-b[i] <= maxLag {
			lags = append(lags, t-b[i])
		}
	}
	sort.Float64s(lags)
	return lags
}

// MedianLag is the median of PrecedingLags with its interval, see [MedianOf]. ok is
// false without a lag.
func MedianLag(a, b []float64, maxLag float64) (l Lag, ok bool) {
	return MedianOf(PrecedingLags(a, b, maxLag))
}

// MedianOf is the median of sorted values with its order-statistic binomial
// confidence interval (Conover 1999 §3.2): exact and without resampling. ok is
// false without a value.
func MedianOf(sorted []float64) (l Lag, ok bool) {
	n := len(sorted)
	if n == 0 {
		return l, false
	}
	l = Lag{N: n, Median: (sorted[(n-1)/2] + sorted[n/2]) / 2}
	l.CI = [2]float64{sorted[0], sorted[n-1]}
	if n < 6 { // even the whole range covers the median in less than 95 %
		return l, true
	}
	l.HasCI = true
	// The largest r with P(Bin(n, 1/2) < r) <= 0.025.
	r, below := 0, 0.0
	for below+binomialPMF(r, n, 0.5) <= 0.025 {
		below += binomialPMF(r, n, 0.5)
		r++
	}
	l.CI = [2]float64{sorted[r-1], sorted[n-r]}
	return l, true
}

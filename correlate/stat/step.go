package stat

import "math"

// Step is the two-sided chance that a series has a level inside a stretch as far from
// that outside as here, if it had but its own trend and errors that follow each other
// (a regression on both with AR(1) errors, Prais & Winsten 1954). Their correlation is
// taken higher by what an estimate from so few falls short (Kendall 1954), and they
// count as that many fewer. Slow series differ between any two stretches: no step.
//
// It is computed on ranks, so that a spike has no more say than its place. ok is
// false where there are fewer than ten values, or all on one side.
func Step(x []float64, inside []bool) (p float64, ok bool) {
	const least = 10
	n := len(x)
	in := 0
	for _, yes := range inside {
		if yes {
			in++
		}
	}
	if n < least || in == 0 || in == n {
		return 1, false
	}
	y, _ := midRanks(x)
	design := make([][3]float64, n)
	for i := range design {
		design[i] = [3]float64{1, float64(i)/float64(n) - 0.5, 0}
		if inside[i] {
			design[i][2] = 1
		}
	}
	beta, _, left, ok := regress(design, y)
	if !ok {
		return 1, false
	}
	var num, den float64
	for i, e := range left {
		den += e * e
		if i > 0 {
			num += e * left[i-1]
		}
	}
	if den <= 1e-9*float64(n) { // two levels and nothing between
		return 0, true
	}
	rho := (num/den + 4/float64(n)) / math.Max(0.1, 1-8/float64(n))
	rho = math.Max(0, math.Min(1, rho))
	for i := n - 1; i > 0; i-- {
		y[i] -= rho * y[i-1]
		for j := range design[i] {
			design[i][j] -= rho * design[i-1][j]
		}
	}
	first := math.Sqrt(math.Max(1-rho*rho, 1e-6))
	y[0] *= first
	for j := range design[0] {
		design[0][j] *= first
	}
	beta, se, _, ok := regress(design, y)
	if !ok || se[2] == 0 {
		return 1, false
	}
	return clamp01(2 * studentSF(math.Abs(beta[2])/se[2], math.Max(3, float64(n-3)*(1-rho)/(1+rho)))), true
}

// regress is the least-squares fit of y on three columns: coefficients, their standard
// errors and what is left; ok is false where the columns do not tell them apart.
func regress(x [][3]float64, y []float64) (beta, se [3]float64, left []float64, ok bool) {
	var a [3][7]float64 // X'X | I | X'y
	for i := range x {
		for r := range 3 {
			for c := range 3 {
				a[r][c] += x[i][r] * x[i][c]
			}
			a[r][6] += x[i][r] * y[i]
		}
	}
	for r := range 3 {
		a[r][3+r] = 1
	}
	for p := range 3 { // Gauss-Jordan: X'X has no negative pivots
		if a[p][p] <= 1e-12 {
			return beta, se, nil, false
		}
		for c, v := 0, a[p][p]; c < 7; c++ {
			a[p][c] /= v
		}
		for r := range 3 {
			for c, v := 0, a[r][p]; r != p && c < 7; c++ {
				a[r][c] -= v * a[p][c]
			}
		}
	}
	ss := 0.0
	for i := range x {
		e := y[i]
		for j := range 3 {
			e -= a[j][6] * x[i][j]
		}
		left = append(left, e)
		ss += e * e
	}
	for j := range 3 {
		beta[j], se[j] = a[j][6], math.Sqrt(math.Max(0, a[j][3+j])*ss/float64(len(x)-3))
	}
	return beta, se, left, true
}

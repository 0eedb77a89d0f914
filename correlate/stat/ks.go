package stat

import (
	"math"
	"sort"
)

// ksUniform is the two-sided Kolmogorov-Smirnov distance of a sample from the
// uniform distribution on [lo, hi].
func ksUniform(sample []float64, lo, hi float64) float64 {
	x := append([]float64(nil), sample...)
	sort.Float64s(x)
	n, d := float64(len(x)), 0.0
	for i, v := range x {
		f := clamp01((v - lo) / (hi - lo))
		d = math.Max(d, math.Max(float64(i+1)/n-f, f-float64(i)/n))
	}
	return d
}

// KolmogorovP is the two-sided p of a Kolmogorov-Smirnov distance d over n
// observations. Up to n = 1000 it is exact to rounding: twice Smirnov's
// one-sided tail where both sides cannot exceed together or do so with
// probability below 1e-10 of it (Simard & L'Ecuyer 2011), else the matrix
// of Marsaglia, Tsang & Wang (2003). Above 1000 it is Kolmogorov's limit with
// Stephens' correction.
func KolmogorovP(n int, d float64) float64 {
	f := float64(n)
	switch {
	case n < 1 || d <= 0:
		return 1
	case d >= 1:
		return 0
	case n > 1000:
		return kolmogorovLimit((math.Sqrt(f) + 0.12 + 0.11/math.Sqrt(f)) * d)
	case d >= 0.5 || f*d*d >= 6:
		return clamp01(2 * smirnovTail(n, d))
	}
	return clamp01(1 - kolmogorovCDF(n, d))
}

// smirnovTail is P(D+ >= d) = d Σ_j C(n,j) (1-d-j/n)^(n-j) (d+j/n)^(j-1).
func smirnovTail(n int, d float64) float64 {
	f, sum := float64(n), 0.0
	for j := 0; float64(j) <= f*(1-d) && j <= n; j++ {
		a, b := 1-d-float64(j)/f, d+float64(j)/f
		if a <= 0 {
			break
		}
		sum += math.Exp(logChoose(n, j) + float64(n-j)*math.Log(a) + float64(j-1)*math.Log(b))
	}
	return d * sum
}

// kolmogorovLimit is 2 Σ (-1)^(k-1) exp(-2k²x²).
func kolmogorovLimit(x float64) float64 {
	if x < 0.2 { // the alternating series is 1 to 20 digits there
		return 1
	}
	sum, sign := 0.0, 1.0
	for k := 1; k <= 100; k++ {
		sum += sign * math.Exp(-2*float64(k*k)*x*x)
		sign = -sign
	}
	return clamp01(2 * sum)
}

// kolmogorovCDF is P(D < d) as n!/n^n times an entry of the n-th power of a
// band matrix (Marsaglia, Tsang & Wang 2003, J. Stat. Software 8/18).
func kolmogorovCDF(n int, d float64) float64 {
	nd := float64(n) * d
	k := int(nd) + 1
	h := float64(k) - nd
	m := 2*k - 1
	a := newMatrix(m)
	for i := range m {
		for j := 0; j <= min(i+1, m-1); j++ {
			a.at[i*m+j] = 1
		}
	}
	for i := range m {
		a.at[i*m] -= math.Pow(h, float64(i+1))
		a.at[(m-1)*m+i] -= math.Pow(h, float64(m-i))
	}
	a.at[(m-1)*m] += math.Pow(math.Max(0, 2*h-1), float64(m))
	for i := range m {
		for j := 0; j <= min(i+1, m-1); j++ {
			for g := 2; g <= i-j+1; g++ {
				a.at[i*m+j] /= float64(g)
			}
		}
	}
	q := a.power(n)
	s, e := q.at[(k-1)*m+k-1], q.exp
	for i := 1; i <= n; i++ {
		s *= float64(i) / float64(n)
		if s < 1e-140 {
			s *= 1e140
			e -= 140
		}
	}
	return s * math.Pow(10, float64(e))
}

// A matrix is square, with a common decimal exponent that keeps large powers
// inside float64.
type matrix struct {
	n   int
	at  []float64
	exp int
}

func newMatrix(n int) matrix { return matrix{n: n, at: make([]float64, n*n)} }

func (a matrix) times(b matrix) matrix {
	c := newMatrix(a.n)
	c.exp = a.exp + b.exp
	for i := range a.n {
		for k := range a.n {
			v := a.at[i*a.n+k]
			if v == 0 {
				continue
			}
			for j := range a.n {
				c.at[i*a.n+j] += v * b.at[k*a.n+j]
			}
		}
	}
	if mid := a.n / 2; c.at[mid*a.n+mid] > 1e140 {
		for i := range c.at {
			c.at[i] *= 1e-140
		}
		c.exp += 140
	}
	return c
}

func (a matrix) power(p int) matrix {
	if p == 1 {
		return a
	}
	half := a.power(p / 2)
	square := half.times(half)
	if p%2 == 1 {
		return square.times(a)
	}
	return square
}

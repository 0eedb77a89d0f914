package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// relEps is the slack with which two point probabilities count as equal in
// the two-sided exact tests, as in R's poisson.test and fisher.test.
const relEps = 1e-7

// clamp01 keeps a probability inside [0, 1] against rounding.
func clamp01(p float64) float64 {
	return math.Min(1, math.Max(0, p))
}

// frac is x minus its floor: in [0, 1) also for negative x.
func frac(x float64) float64 {
	f := x - math.Floor(x)
	if f >= 1 { // -1e-17 - floor(-1e-17) rounds to 1
		return 0
	}
	return f
}

// chi2SF is the upper tail of the chi-squared distribution with df degrees of
// freedom.
func chi2SF(x, df float64) float64 {
	if x <= 0 {
		return 1
	}
	return clamp01(mathext.GammaIncRegComp(df/2, x/2))
}

// normalSF is the upper tail of the standard normal distribution.
func normalSF(x float64) float64 {
	return math.Erfc(x/math.Sqrt2) / 2
}

// studentSF is the upper tail of Student's t.
func studentSF(x, df float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Survival(x)
}

// studentQuantile is the p-quantile of Student's t with df degrees of freedom.
func studentQuantile(p, df float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(p)
}

func logFactorial(n int) float64 {
	v, _ := math.Lgamma(float64(n) + 1)
	return v
}

func logChoose(n, k int) float64 {
	return logFactorial(n) - logFactorial(k) - logFactorial(n-k)
}

// binomialPMF is P(X = k) for X ~ Bin(n, p).
func binomialPMF(k, n int, p float64) float64 {
	switch {
	case k < 0 || k > n:
		return 0
	case p <= 0:
		return indicator(k == 0)
	case p >= 1:
		return indicator(k == n)
	}
	return math.Exp(logChoose(n, k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
}

// BinomialSF is P(X >= k) for X ~ Bin(n, p), summed term by term so that a
// tail of 1e-200 keeps its relative precision.
func BinomialSF(k, n int, p float64) float64 {
	if k <= 0 {
		return 1
	}
	sum, mean := 0.0, float64(n)*p
	if float64(k) <= mean { // not a tail: what is missing from 1 is one
		for i := k - 1; i >= 0; i-- {
			term := binomialPMF(i, n, p)
			sum += term
			if term < sum*1e-17 {
				break
			}
		}
		return clamp01(1 - sum)
	}
	for i := k; i <= n; i++ {
		term := binomialPMF(i, n, p)
		sum += term
		// Past the mean the terms fall at least geometrically.
		if float64(i) > mean && term < sum*1e-17 {
			break
		}
	}
	return clamp01(sum)
}

// binomialTwoSided is the exact two-sided p of k successes out of n: the sum
// of all outcomes no more probable than the observed one (R's binom.test).
func binomialTwoSided(k, n int, p float64) float64 {
	limit := binomialPMF(k, n, p) * (1 + relEps)
	sum := 0.0
	for i := 0; i <= n; i++ {
		if q := binomialPMF(i, n, p); q <= limit {
			sum += q
		}
	}
	return clamp01(sum)
}

// clopperPearson is the exact confidence interval of a binomial proportion at
// confidence 1-alpha (Clopper & Pearson 1934).
func clopperPearson(k, n int, alpha float64) (lo, hi float64) {
	lo, hi = 0, 1
	if k > 0 {
		lo = mathext.InvRegIncBeta(float64(k), float64(n-k+1), alpha/2)
	}
	if k < n {
		hi = mathext.InvRegIncBeta(float64(k+1), float64(n-k), 1-alpha/2)
	}
	return lo, hi
}

// exactLimit is the largest number of trials for which the Poisson-binomial
// tail is computed by dynamic programming.
const exactLimit = 5000

// AtMost is the upper end of the exact one-sided 97.5 % interval for a share of
// which k of n were seen (Clopper & Pearson 1934); 1 without any.
func AtMost(k, n int) float64 {
	if n == 0 {
		return 1
	}
	_, hi := clopperPearson(k, n, 0.05)
	return hi
}

// PoissonBinomialSF is P(K >= k) where K is the number of successes among
// independent trials with probabilities q. Up to 5000 trials it is exact
// (dynamic programming, all terms positive); beyond that it is the normal
// approximation with skewness correction (Neammanee 2005), floored at 1e-12
// because a corrected normal tail means nothing below that.
func PoissonBinomialSF(q []float64, k int) float64 {
	if k <= 0 {
		return 1
	}
	if k > len(q) {
		return 0
	}
	if len(q) > exactLimit {
		return poissonBinomialNormal(q, k)
	}
	pmf := make([]float64, len(q)+1)
	pmf[0] = 1
	for i, p := range q {
		for j := i + 1; j > 0; j-- {
			pmf[j] = pmf[j]*(1-p) + pmf[j-1]*p
		}
		pmf[0] *= 1 - p
	}
	return clamp01(upperSum(pmf, k))
}

// upperSum adds pmf[k:], smallest first.
func upperSum(pmf []float64, k int) float64 {
	sum := 0.0
	for j := len(pmf) - 1; j >= k; j-- {
		sum += pmf[j]
	}
	return sum
}

func poissonBinomialNormal(q []float64, k int) float64 {
	const floor = 1e-12
	var mean, variance, third float64
	for _, p := range q {
		mean += p
		variance += p * (1 - p)
		third += p * (1 - p) * (1 - 2*p)
	}
	if variance == 0 {
		return indicator(float64(k) <= mean)
	}
	sd := math.Sqrt(variance)
	x := (float64(k) - 0.5 - mean) / sd
	skew := third / (variance * sd)
	density := math.Exp(-x*x/2) / math.Sqrt(2*math.Pi)
	return math.Min(1, math.Max(floor, normalSF(x)-skew*(1-x*x)*density/6))
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

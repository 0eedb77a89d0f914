package stat

import "math"

// A RateRatio compares two Poisson counts over two exposures.
type RateRatio struct {
	Ratio float64    // (n2/t2)/(n1/t1)
	CI    [2]float64 // 95 %, exact; the upper end is meaningless unless Bounded
	P     float64    // exact two-sided that the rates are equal
	// Bounded: both counts are positive, so the ratio has an upper limit.
	Bounded bool
}

// NewRateRatio compares n1 events in exposure t1 with n2 in t2 by conditioning
// on their sum; the interval is Clopper-Pearson's transformed, as in R's
// poisson.test. ok is false without events or exposure.
func NewRateRatio(n1, n2 int, t1, t2 float64) (r RateRatio, ok bool) {
	if n1 < 0 || n2 < 0 || n1+n2 == 0 || !(t1 > 0) || !(t2 > 0) {
		return r, false
	}
	n := n1 + n2
	lo, hi := clopperPearson(n2, n, 0.05)
	odds := func(p float64) float64 { return p / (1 - p) * t1 / t2 }
	r = RateRatio{P: binomialTwoSided(n2, n, t2/(t1+t2)), Bounded: n1 > 0}
	r.CI[0] = odds(lo)
	if r.Bounded {
		r.Ratio = float64(n2) / t2 / (float64(n1) / t1)
		r.CI[1] = odds(hi)
	}
	return r, true
}

// NewDispersedRatio compares the sums of amounts per stretch of time, a before
// and b after, over two exposures: a ratio of quasi-Poisson rates, whose interval
// is widened by how far the stretches of each side differ among themselves
// (McCullagh & Nelder 1989 §6.2), never narrowed, with t and the degrees of freedom
// of Welch 1947, for a cure takes the dispersion away with the amounts. Where that
// is large the ratio is that of a few stretches: then the ranks of all must differ
// as well (Mann & Whitney 1947), and p is the larger of the two. Where one side has
// nothing it is the exact test of the sums divided by the dispersion. ok is false
// without amounts or exposure.
func NewDispersedRatio(a, b []float64, ea, eb float64) (r RateRatio, ok bool) {
	na, nb := sumOf(a), sumOf(b)
	if !(na+nb > 0) || !(ea > 0) || !(eb > 0) {
		return r, false
	}
	dfa, dfb := math.Max(1, float64(len(a)-1)), math.Max(1, float64(len(b)-1))
	phiA, phiB := math.Max(1, pearsonOf(a)/dfa), math.Max(1, pearsonOf(b)/dfb)
	if na == 0 || nb == 0 {
		phi := math.Max(phiA, phiB)
		return NewRateRatio(int(math.Round(na/phi)), int(math.Round(nb/phi)), ea, eb)
	}
	r = RateRatio{Ratio: nb / eb / (na / ea), Bounded: true}
	va, vb := phiA/na, phiB/nb
	se, df := math.Sqrt(va+vb), (va+vb)*(va+vb)/(va*va/dfa+vb*vb/dfb)
	half := studentQuantile(0.975, df) * se
	logRatio := math.Log(r.Ratio)
	r.CI = [2]float64{math.Exp(logRatio - half), math.Exp(logRatio + half)}
	r.P = clamp01(2 * studentSF(math.Abs(logRatio)/se, df))
	if math.Max(phiA, phiB) > unevenPhi {
		r.P = math.Max(r.P, ranksDiffer(a, b, ea, eb))
	}
	return r, true
}

// unevenPhi is the dispersion above which a few stretches may carry a sum.
const unevenPhi = 2

// ranksDiffer is the two-sided p of the rank sum of the rates in stretches, with
// ties and a continuity correction.
func ranksDiffer(a, b []float64, ea, eb float64) float64 {
	all := make([]float64, 0, len(a)+len(b))
	for _, v := range a { // a stretch's length is its share of the exposure
		all = append(all, v*float64(len(a))/ea)
	}
	for _, v := range b {
		all = append(all, v*float64(len(b))/eb)
	}
	rank, ties := midRanks(all)
	n, na, nb := float64(len(all)), float64(len(a)), float64(len(b))
	variance := na * nb / 12 * (n + 1 - ties/math.Max(1, n*(n-1)))
	if !(variance > 0) {
		return 1
	}
	off := math.Abs(sumOf(rank[:len(a)])-na*(n+1)/2) - 0.5
	return clamp01(math.Erfc(math.Max(0, off) / math.Sqrt(2*variance)))
}

// pearsonOf is Σ(x-mean)²/mean.
func pearsonOf(x []float64) float64 {
	mean := sumOf(x) / math.Max(1, float64(len(x)))
	if mean <= 0 {
		return 0
	}
	sum := 0.0
	for _, v := range x {
		sum += (v - mean) * (v - mean) / mean
	}
	return sum
}

func sumOf(x []float64) (sum float64) {
	for _, v := range x {
		sum += v
	}
	return sum
}

// ScaleVerdict says how a count responded to a change in replicas.
type ScaleVerdict string

// The verdicts on a change in replicas.
const (
	ScaleConstant  ScaleVerdict = "constant"  // the total stays
	ScaleScales    ScaleVerdict = "scales"    // the total grows with the replicas
	ScaleBetween   ScaleVerdict = "between"   // it grows, but less than they do
	ScaleMore      ScaleVerdict = "more"      // it grows by more than they do
	ScaleFalls     ScaleVerdict = "falls"     // it falls
	ScaleUndecided ScaleVerdict = "undecided" // both fit
)

// A ScaleOut compares counts per cycle before and after a change in replicas.
type ScaleOut struct {
	N1, N2     int // totals
	Poisson    RateRatio
	PScales    float64    // exact p that the rate grew with the replicas
	Dispersion float64    // Pearson χ²/df of the counts; 1 for Poisson
	CI         [2]float64 // 95 % of the ratio, widened by the dispersion
	Beta       float64    // ln(ratio)/ln(r2/r1): 0 constant, 1 scales
	BetaCI     [2]float64
	Verdict    ScaleVerdict
}

// NewScaleOut takes counts per cycle of equal length before and after, and the
// replicas r1 and r2 (§5). Lines come in bursts, so the interval is widened by
// the dispersion, never narrowed. Before and after are one unit each: other
// changes between them are not excluded. ok is false when a side has no
// events, there are fewer than 3 cycles, or r1 == r2.
func NewScaleOut(before, after []int, r1, r2 float64) (s ScaleOut, ok bool) {
	t1, t2 := float64(len(before)), float64(len(after))
	if !(r1 > 0) || !(r2 > 0) || r1 == r2 || len(before)+len(after) < 3 {
		return s, false
	}
	s.N1, s.N2 = sumInts(before), sumInts(after)
	if s.N1 <= 0 || s.N2 <= 0 {
		return s, false
	}
	s.Poisson, _ = NewRateRatio(s.N1, s.N2, t1, t2)
	s.PScales = binomialTwoSided(s.N2, s.N1+s.N2, r2*t2/(r1*t1+r2*t2))

	df := t1 + t2 - 2
	s.Dispersion = (pearson(before) + pearson(after)) / df
	se := math.Sqrt(math.Max(1, s.Dispersion) * (1/float64(s.N1) + 1/float64(s.N2)))
	half := studentQuantile(0.975, df) * se
	logRatio, logReplicas := math.Log(s.Poisson.Ratio), math.Log(r2/r1)
	s.CI = [2]float64{math.Exp(logRatio - half), math.Exp(logRatio + half)}
	s.Beta = logRatio / logReplicas
	a, b := (logRatio-half)/logReplicas, (logRatio+half)/logReplicas
	s.BetaCI = [2]float64{math.Min(a, b), math.Max(a, b)}
	s.Verdict = scaleVerdict(s.BetaCI)
	return s, true
}

func scaleVerdict(beta [2]float64) ScaleVerdict {
	constant, scales := beta[0] <= 0 && 0 <= beta[1], beta[0] <= 1 && 1 <= beta[1]
	switch {
	case constant && scales:
		return ScaleUndecided
	case constant:
		return ScaleConstant
	case scales:
		return ScaleScales
	case beta[1] < 0:
		return ScaleFalls
	case beta[0] > 1:
		return ScaleMore
	}
	return ScaleBetween
}

// pearson is Σ(x-mean)²/mean.
func pearson(counts []int) float64 {
	if len(counts) == 0 {
		return 0
	}
	mean := float64(sumInts(counts)) / float64(len(counts))
	sum := 0.0
	for _, c := range counts {
		sum += (float64(c) - mean) * (float64(c) - mean) / mean
	}
	return sum
}

func sumInts(x []int) int {
	sum := 0
	for _, v := range x {
		sum += v
	}
	return sum
}

// Dispersion is Pearson's χ²/df of counts of equal exposure: 1 for Poisson
// counts, more when they come in bursts; 0 without any.
func Dispersion(counts []int) float64 {
	if len(counts) < 2 || sumInts(counts) == 0 {
		return 0
	}
	return pearson(counts) / float64(len(counts)-1)
}

package stat

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/mathext"
)

// MaxHarmonics is the number of harmonics the H test looks at.
const MaxHarmonics = 20

// Phases returns frac((t-origin)/period) for every time, in cycles [0, 1).
func Phases(times []float64, period, origin float64) []float64 {
	out := make([]float64, len(times))
	for i, t := range times {
		out[i] = frac((t - origin) / period)
	}
	return out
}

// trigSums returns, for k = 1..m, the sums over the phases of cos 2πkφ and
// sin 2πkφ.
func trigSums(phases []float64, m int) (c, s []float64) {
	c, s = make([]float64, m), make([]float64, m)
	if len(phases) > maxDirect {
		binnedSums(phases, c, s)
		return c, s
	}
	for len(phases) >= 4 {
		fourSums((*[4]float64)(phases), c, s)
		phases = phases[4:]
	}
	for _, phase := range phases {
		s1, c1 := math.Sincos(2 * math.Pi * phase)
		ck, sk := c1, s1
		for k := range c {
			c[k] += ck
			s[k] += sk
			ck, sk = ck*c1-sk*s1, sk*c1+ck*s1 // rotate to the next harmonic
		}
	}
	return c, s
}

// fourSums adds four phases to the sums, in their order. Each harmonic waits for the
// one before it, and a processor does four that wait in the time of one.
func fourSums(phases *[4]float64, c, s []float64) {
	s1, c1 := math.Sincos(2 * math.Pi * phases[0])
	s2, c2 := math.Sincos(2 * math.Pi * phases[1])
	s3, c3 := math.Sincos(2 * math.Pi * phases[2])
	s4, c4 := math.Sincos(2 * math.Pi * phases[3])
	x1, x2, x3, x4 := c1, c2, c3, c4
	y1, y2, y3, y4 := s1, s2, s3, s4
	s = s[:len(c)]
	for k := range c {
		c[k] = c[k] + x1 + x2 + x3 + x4
		s[k] = s[k] + y1 + y2 + y3 + y4
		x1, y1 = x1*c1-y1*s1, y1*c1+x1*s1
		x2, y2 = x2*c2-y2*s2, y2*c2+x2*s2
		x3, y3 = x3*c3-y3*s3, y3*c3+x3*s3
		x4, y4 = x4*c4-y4*s4, y4*c4+x4*s4
	}
}

// phaseBins is how many bins of phase the sums of a long series are made of.
// Each phase is shared out between the two bins beside it, whose even loss is
// put back; what is left is below 1e-4 of the noise at harmonic 20.
const phaseBins = 4096

// binnedSums is trigSums of phases that are counted in bins first.
func binnedSums(phases, c, s []float64) {
	bins := make([]float64, phaseBins)
	for _, p := range phases {
		x := p * phaseBins
		i := int(x)
		part := x - float64(i)
		bins[i&(phaseBins-1)] += 1 - part
		bins[(i+1)&(phaseBins-1)] += part
	}
	of := fourier.NewFFT(phaseBins).Coefficients(nil, bins)
	for k := range min(len(c), len(of)-1) {
		x := math.Pi * float64(k+1) / phaseBins
		kept := math.Sin(x) / x
		c[k], s[k] = real(of[k+1])/(kept*kept), -imag(of[k+1])/(kept*kept)
	}
}

// A Rayleigh is the Rayleigh test of phases against uniformity, most powerful
// for one broad peak.
type Rayleigh struct {
	N    int
	Z    float64 // n·Rbar²
	Rbar float64 // mean resultant length, 0..1
	Mean float64 // mean phase in cycles, [0, 1)
	P    float64 // closed form of Zar, safe for every n
}

// NewRayleigh computes the test on phases in cycles.
func NewRayleigh(phases []float64) Rayleigh {
	r := Rayleigh{N: len(phases), P: 1}
	if r.N == 0 {
		return r
	}
	c, s := trigSums(phases, 1)
	n := float64(r.N)
	length := math.Hypot(c[0], s[0])
	r.Rbar = math.Min(1, length/n)
	r.Z = n * r.Rbar * r.Rbar
	r.Mean = frac(math.Atan2(s[0], c[0]) / (2 * math.Pi))
	r.P = RayleighP(r.N, r.Z)
	return r
}

// RayleighP is the small-sample p of z for n phases:
// exp(sqrt(1+4n+4(n²-R²)) - (1+2n)), R² = nz (Zar 2010 §27.1; CircStat).
func RayleighP(n int, z float64) float64 {
	if n == 0 {
		return 1
	}
	f := float64(n)
	// sqrt(a)-b written as (a-b²)/(sqrt(a)+b): no cancellation at small z.
	root := math.Sqrt(1 + 4*f + 4*math.Max(0, f*f-f*z))
	return clamp01(math.Exp(-4 * f * z / (root + 1 + 2*f)))
}

// RayleighPSeries is the series of R's CircStats and of astropy. It is kept to
// check against their published values; near z = n it leaves [0, 1], so no
// decision uses it.
func RayleighPSeries(n int, z float64) float64 {
	f := float64(n)
	return math.Exp(-z) * (1 + (2*z-z*z)/(4*f) -
		(24*z-132*z*z+76*z*z*z-9*z*z*z*z)/(288*f*f))
}

// ZSquared is Z²_m = (2/n) Σ_{k<=m}(C_k²+S_k²), chi-squared with 2m degrees of
// freedom under uniformity (Buccheri et al. 1983, A&A 128, 245).
func ZSquared(phases []float64, m int) float64 {
	if len(phases) == 0 {
		return 0
	}
	c, s := trigSums(phases, m)
	sum := 0.0
	for k := range c {
		sum += c[k]*c[k] + s[k]*s[k]
	}
	return 2 * sum / float64(len(phases))
}

// ZSquaredP is the upper tail of Z²_m.
func ZSquaredP(z float64, m int) float64 {
	return chi2SF(z, float64(2*m))
}

// HTest is H = max over m = 1..20 of (Z²_m - 4m + 4) and the m that attains it
// (de Jager, Raubenheimer & Swanepoel 1989): sensitive to one narrow peak and
// to several.
func HTest(phases []float64) (h float64, m int) {
	if len(phases) == 0 {
		return 0, 1
	}
	c, s := trigSums(phases, MaxHarmonics)
	return hFromSums(c, s, len(phases))
}

func hFromSums(c, s []float64, n int) (h float64, m int) {
	h, m = math.Inf(-1), 1
	sum := 0.0
	for k := range c {
		sum += c[k]*c[k] + s[k]*s[k]
		if v := 2*sum/float64(n) - 4*float64(k); v > h {
			h, m = v, k+1
		}
	}
	return h, m
}

// HP is the p of H for n phases, exp(-0.4 H) (de Jager & Büsching 2010, A&A
// 517, L9; Kerr 2011 gives 0.398405 for the constant). For n < 50 it is
// anti-conservative below 1e-3 (oracle mc.h_quantiles_uniform), so there it is
// floored at 1e-3 and the Rayleigh test carries small p.
func HP(h float64, n int) float64 {
	p := clamp01(math.Exp(-0.4 * math.Max(0, h)))
	if n < 50 {
		p = math.Max(p, 1e-3)
	}
	return p
}

// Arc is the length, in cycles, of the shortest arc that holds all phases.
func Arc(phases []float64) float64 {
	if len(phases) < 2 {
		return 0
	}
	sorted := append([]float64(nil), phases...)
	sort.Float64s(sorted)
	widest := sorted[0] + 1 - sorted[len(sorted)-1]
	for i := 1; i < len(sorted); i++ {
		widest = math.Max(widest, sorted[i]-sorted[i-1])
	}
	return 1 - widest
}

// ArcP is the exact probability that n uniform phases fit into an arc of w
// cycles: n·w^(n-1) for w <= 1/2, inclusion-exclusion over the largest spacing
// otherwise (Stevens 1939).
func ArcP(n int, w float64) float64 {
	if n < 2 || w >= 1 {
		return 1
	}
	gap := 1 - math.Max(0, w)
	// The expected number of spacings that wide: when it is large the sum
	// cancels badly, and p differs from 1 by less than exp(-30).
	if float64(n)*math.Pow(1-gap, float64(n-1)) > 30 {
		return 1
	}
	sum := 0.0
	for j := 1; j <= n && float64(j)*gap < 1; j++ {
		term := math.Exp(logChoose(n, j) + float64(n-1)*math.Log1p(-float64(j)*gap))
		if j%2 == 0 {
			term = -term
		}
		sum += term
	}
	return clamp01(sum)
}

// A WatsonWilliams is the F test that several groups of phases share one mean.
type WatsonWilliams struct {
	F      float64
	DF     [2]int
	Kappa  float64 // concentration of the pooled groups
	R      float64 // resultant of all phases together
	SumR   float64 // sum of the groups' resultants
	P      float64
	Usable bool // pooled Rbar >= 0.45, where the F approximation holds
}

// NewWatsonWilliams tests groups of phases (cycles); ok is false when there
// are fewer than two groups, an empty group, or no scatter left to compare with.
// F = (1+3/(8κ)) (N-g)(ΣR_g-R) / ((g-1)(N-ΣR_g)) (Mardia & Jupp 2000 §7.3).
func NewWatsonWilliams(groups [][]float64) (w WatsonWilliams, ok bool) {
	var all []float64
	for _, g := range groups {
		if len(g) == 0 {
			return w, false
		}
		w.SumR += NewRayleigh(g).Rbar * float64(len(g))
		all = append(all, g...)
	}
	n, k := len(all), len(groups)
	if k < 2 || n <= k || float64(n)-w.SumR < 1e-9 {
		return w, false
	}
	w.R = NewRayleigh(all).Rbar * float64(n)
	pooled := w.SumR / float64(n)
	w.Usable = pooled >= 0.45
	w.Kappa = kappa(pooled)
	w.DF = [2]int{k - 1, n - k}
	w.F = (1 + 3/(8*w.Kappa)) * float64(n-k) * (w.SumR - w.R) / (float64(k-1) * (float64(n) - w.SumR))
	w.P = fSF(w.F, float64(k-1), float64(n-k))
	return w, true
}

// kappa is the approximate maximum-likelihood concentration of a von Mises
// sample with mean resultant length r (Fisher 1993, eq. 4.40).
func kappa(r float64) float64 {
	switch {
	case r < 0.53:
		return math.Max(1e-9, 2*r+r*r*r+5*math.Pow(r, 5)/6)
	case r < 0.85:
		return -0.4 + 1.39*r + 0.43/(1-r)
	}
	return 1 / (r*r*r - 4*r*r + 3*r)
}

// fSF is the upper tail of Fisher's F.
func fSF(f, d1, d2 float64) float64 {
	if !(f > 0) {
		return 1
	}
	return clamp01(mathext.RegIncBeta(d2/2, d1/2, d2/(d2+d1*f)))
}

// CircularDistance is the shortest distance between two phases, in cycles.
func CircularDistance(a, b float64) float64 {
	d := frac(a - b)
	return math.Min(d, 1-d)
}

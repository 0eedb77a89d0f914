package stat

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/dsp/fourier"
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

// CircularDistance is the shortest distance between two phases, in cycles.
func CircularDistance(a, b float64) float64 {
	d := frac(a - b)
	return math.Min(d, 1-d)
}

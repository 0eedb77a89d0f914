package stat

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/dsp/fourier"
)

// The blind search covers periods of 60 s to 3600 s. Anything slower is
// refused: load itself changes on that scale (statistics.md §1.6).
const (
	MinPeriod = 60.0
	MaxPeriod = 3600.0
)

// Bounds on one scan. Only a series of some months, or one with a wild time
// stamp, reaches them; the grid then becomes coarser than 1/(10T), which can
// miss a peak but not invent one.
const (
	maxDirect      = 2000    // onsets, above which the scan is binned
	maxScanSteps   = 1 << 20 // frequencies, direct
	maxBinnedSteps = 1 << 18 // frequencies, binned
)

// A Scan is the highest Rayleigh peak over a band of frequencies.
type Scan struct {
	N       int     // onsets
	Period  float64 // seconds, refined
	Z       float64 // n·Rbar² there
	Rbar    float64
	PSingle float64 // p had this period been named beforehand
	W       float64 // effective width of the band, see Baluev
	FAP     float64 // global p over the whole band
}

// BlindScan maximises the Rayleigh z over f in [1/3600, 1/60] Hz with step
// 1/(10T) and refines the peak by golden section. With a coverage, the twenty
// highest peaks are judged again on coverage-corrected phases and the best of
// those is returned. ok is false below 3 onsets or when the onsets span less
// than two minutes.
func BlindScan(onsets []float64, c Coverage) (s Scan, ok bool) {
	n := len(onsets)
	if n < 3 {
		return Scan{}, false
	}
	span := onsets[n-1] - onsets[0]
	// A period seen less than twice is a trend, not a period.
	fmin, fmax := math.Max(1/MaxPeriod, 2/span), 1/MinPeriod
	if !(fmin < fmax) {
		return Scan{}, false
	}
	rel := relative(onsets)
	scan, limit := periodogram, float64(maxScanSteps)
	if n > maxDirect {
		scan, limit = binnedPeriodogram, maxBinnedSteps
	}
	step := math.Max(1/(10*span), (fmax-fmin)/limit)
	power := scan(rel, fmin, step, int((fmax-fmin)/step)+1)

	best, bestZ := 0.0, -1.0
	for _, i := range highest(power, peaks(c)) {
		f, z := refine(rel, fmin+float64(i)*step, step, fmin, fmax)
		if len(c) > 0 {
			z = NewRayleigh(phasesAt(onsets, 1/f, onsets[0], c)).Z
		}
		if z > bestZ {
			best, bestZ = f, z
		}
	}
	s = Scan{N: n, Period: 1 / best, Z: bestZ, Rbar: math.Sqrt(bestZ / float64(n))}
	s.W = BandWidth(rel, fmin, fmax)
	s.PSingle = RayleighP(n, s.Z)
	s.FAP = Baluev(s.PSingle, s.Z, s.W)
	return s, true
}

// peaks is how many peaks the scan refines: without coverage the order of the
// grid is final, with it the raw order may be that of the capture's rhythm.
func peaks(c Coverage) int {
	if len(c) > 0 {
		return 20
	}
	return 1
}

// BandWidth is W = (fmax-fmin) sqrt(4π Var t), the number of independent
// trials per unit of sqrt(z) in a band (Baluev 2008).
func BandWidth(times []float64, fmin, fmax float64) float64 {
	_, variance := meanVar(times)
	return (fmax - fmin) * math.Sqrt(4*math.Pi*variance)
}

// Baluev is the false-alarm probability of a peak z with single-trial p in a
// band of width w: 1-(1-p)exp(-w sqrt(z) p) (Baluev 2008, MNRAS 385, 1279).
// It knows the real spread of the events and not the grid.
func Baluev(p, z, w float64) float64 {
	if p >= 1 {
		return 1
	}
	return clamp01(-math.Expm1(math.Log1p(-p) - w*math.Sqrt(math.Max(0, z))*p))
}

// periodogram returns |Σ exp(2πi f t)|²/n on count frequencies from fmin. Each
// event carries a unit vector that is rotated by one step per frequency, so the
// inner loop has no sine.
func periodogram(times []float64, fmin, step float64, count int) []float64 {
	const resync = 1024 // rotations before rounding is wiped out
	n := len(times)
	re, im := make([]float64, n), make([]float64, n)
	dre, dim := make([]float64, n), make([]float64, n)
	for i, t := range times {
		dim[i], dre[i] = math.Sincos(2 * math.Pi * frac(step*t))
	}
	power := make([]float64, count)
	for j := range power {
		if j%resync == 0 {
			f := fmin + float64(j)*step
			for i, t := range times {
				im[i], re[i] = math.Sincos(2 * math.Pi * frac(f*t))
			}
		}
		var c, s float64
		for i := range re {
			x, y := re[i], im[i]
			c += x
			s += y
			re[i] = x*dre[i] - y*dim[i]
			im[i] = x*dim[i] + y*dre[i]
		}
		power[j] = (c*c + s*s) / float64(n)
	}
	return power
}

// binnedPeriodogram is periodogram by one Fourier transform of the times
// counted in bins of five seconds: a twelfth of the shortest period, whose
// power that lowers by 2 %, which is put right. Each frequency of the grid
// takes the power of the nearest one that the transform has.
func binnedPeriodogram(times []float64, fmin, step float64, count int) []float64 {
	const width = 5.0
	size := 1
	for float64(size)*width*step < 1 {
		size *= 2
	}
	bins := make([]float64, size)
	for _, t := range times {
		// Folding at the transform's length leaves its frequencies' phases.
		bins[int(t/width)%size]++
	}
	coefficients := fourier.NewFFT(size).Coefficients(nil, bins)
	power := make([]float64, count)
	for j := range power {
		k := int(math.Round((fmin + float64(j)*step) * width * float64(size)))
		if k >= len(coefficients) {
			continue
		}
		x := math.Pi * float64(k) / float64(size)
		lost := math.Sin(x) / x
		c := coefficients[k]
		power[j] = (real(c)*real(c) + imag(c)*imag(c)) / float64(len(times)) / (lost * lost)
	}
	return power
}

// highest returns the indices of the k highest local maxima, highest first and
// the lower index first among equals.
func highest(power []float64, k int) []int {
	var at []int
	for i, v := range power {
		if (i == 0 || power[i-1] <= v) && (i == len(power)-1 || power[i+1] < v) {
			at = append(at, i)
		}
	}
	sort.SliceStable(at, func(a, b int) bool { return power[at[a]] > power[at[b]] })
	return at[:min(k, len(at))]
}

// refine maximises z by golden section within one step of f, inside the band.
func refine(times []float64, f, step, fmin, fmax float64) (best, z float64) {
	at := func(f float64) float64 {
		return NewRayleigh(Phases(times, 1/f, 0)).Z
	}
	return goldenMax(at, math.Max(fmin, f-step), math.Min(fmax, f+step))
}

// goldenMax finds the maximum of a function with one peak in [lo, hi].
func goldenMax(f func(float64) float64, lo, hi float64) (x, y float64) {
	const ratio = 0.6180339887498949 // (sqrt 5 - 1)/2
	a, b := hi-ratio*(hi-lo), lo+ratio*(hi-lo)
	fa, fb := f(a), f(b)
	for i := 0; i < 40; i++ { // shrinks the interval by 4e-9
		if fa >= fb {
			hi, b, fb = b, a, fa
			a = hi - ratio*(hi-lo)
			fa = f(a)
		} else {
			lo, a, fa = a, b, fb
			b = lo + ratio*(hi-lo)
			fb = f(b)
		}
	}
	if fa >= fb {
		return a, fa
	}
	return b, fb
}

// relative shifts times so that the first is 0: phases of Unix seconds would
// lose digits.
func relative(times []float64) []float64 {
	out := make([]float64, len(times))
	for i, t := range times {
		out[i] = t - times[0]
	}
	return out
}

// meanVar returns mean and population variance.
func meanVar(x []float64) (mean, variance float64) {
	if len(x) == 0 {
		return 0, 0
	}
	for _, v := range x {
		mean += v
	}
	mean /= float64(len(x))
	for _, v := range x {
		variance += (v - mean) * (v - mean)
	}
	return mean, variance / float64(len(x))
}

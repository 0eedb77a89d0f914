package stat

import "math"

// Band is the half-width, as a fraction of the period, in which a
// pre-registered period may be found: a re-armed timer never keeps its nominal
// period exactly.
const Band = 0.01

// A Confirmation is the test of one period that was named before looking at
// the data, within ±1 % of it.
type Confirmation struct {
	N       int
	Period  float64 // where z is highest, seconds
	Z       float64 // Rayleigh z there
	Rbar    float64
	H       float64 // highest H in the band
	M       int     // harmonics at which H is attained
	HPeriod float64 // where H is highest, seconds
	W       float64 // effective width of the band
	PZ, PH  float64 // global p of z and of H
	P       float64 // min(1, 2 min(PZ, PH))
}

// Confirm tests sorted onsets for a period within ±1 % of a pre-registered
// period. The p of H uses the width m·W, because Z²_m varies m times faster
// with frequency. Phases are corrected for coverage when there is any. ok is
// false below 2 onsets or when they all coincide.
func Confirm(onsets []float64, period float64, c Coverage) (r Confirmation, ok bool) {
	n := len(onsets)
	if n < 2 || !(period > 0) || !(onsets[n-1] > onsets[0]) {
		return Confirmation{}, false
	}
	fmin, fmax := 1/(period*(1+Band)), 1/(period*(1-Band))
	power := func(f float64) (z, h float64, m int) {
		cs, sn := trigSums(phasesAt(onsets, 1/f, onsets[0], c), MaxHarmonics)
		h, m = hFromSums(cs, sn, n)
		return (cs[0]*cs[0] + sn[0]*sn[0]) / float64(n), h, m
	}
	count := bandSteps(n, (fmax-fmin)*(onsets[n-1]-onsets[0]))
	step := (fmax - fmin) / float64(count)

	zAt, hAt := fmin, fmin
	r = Confirmation{N: n, Z: -1, H: math.Inf(-1)}
	try := func(f float64) {
		z, h, m := power(f)
		if z > r.Z {
			r.Z, zAt = z, f
		}
		if h > r.H {
			r.H, r.M, hAt = h, m, f
		}
	}
	for i := 0; i <= count; i++ {
		try(fmin + float64(i)*step)
	}
	zCentre := zAt
	// H has structure twenty times finer than z: look closely round both peaks.
	for i, centre := range [2]float64{zAt, hAt} {
		if i == 1 && centre == zCentre {
			break
		}
		for k := -20; k <= 20; k++ {
			try(math.Min(fmax, math.Max(fmin, centre+float64(k)*step/20)))
		}
	}
	r.Period, r.HPeriod = 1/zAt, 1/hAt
	r.Rbar = math.Sqrt(r.Z / float64(n))
	r.W = BandWidth(relative(onsets), fmin, fmax)
	r.PZ = Baluev(RayleighP(n, r.Z), r.Z, r.W)
	r.PH = Baluev(HP(r.H, n), r.H/2, float64(r.M)*r.W)
	r.P = math.Min(1, 2*math.Min(r.PZ, r.PH))
	return r, true
}

// bandSteps is the number of grid steps in a band that is cycles/T wide: 20
// per independent frequency, within reason for very long series.
func bandSteps(n int, cycles float64) int {
	limit := math.Min(5e4, 1e7/float64(n))
	return int(math.Max(4, math.Min(limit, 20*cycles)))
}

package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A fit asks the reference's curve and makes no pairs: of twenty thousand events
// on either clock there are four hundred million.
func TestClockFitMakesNoPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	var u, w []float64
	for range 20_000 {
		at := r.Float64() * 14 * 86400
		w = append(w, at)
		if r.Float64() < 0.6 {
			u = append(u, at-123456.7+r.NormFloat64())
		} else {
			u = append(u, r.Float64()*14*86400-123456.7)
		}
	}
	slices.Sort(u)
	slices.Sort(w)
	f, ok := fitClock(u, w, Span{0, 3 * 86400}, 3)
	if !ok || !f.Aligned || math.Abs(f.Modes[0].Offset-123456.7) > 0.2 {
		t.Errorf("%+v, %v", f, ok)
	}
}

// The sums of a long series, made of bins, are the sums.
func TestBinnedSums(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	phases := make([]float64, maxDirect)
	for i := range phases {
		phases[i] = frac(0.3 * r.NormFloat64() * r.Float64())
	}
	want, wantSin := trigSums(phases, MaxHarmonics)
	c, s := make([]float64, MaxHarmonics), make([]float64, MaxHarmonics)
	binnedSums(phases, c, s)
	noise := math.Sqrt(float64(len(phases)))
	for k := range c {
		if d := math.Hypot(c[k]-want[k], s[k]-wantSin[k]); d > 1e-3*noise {
			t.Errorf("harmonic %d is off by %g of the noise", k+1, d/noise)
		}
	}
}

// The bound by cells is one, and near enough to spare sorting.
func TestWindowsAreBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	cells := make([]int32, 960)
	for range 200 {
		phases := make([]float64, 5+r.IntN(300))
		for i := range phases {
			phases[i] = r.Float64()
		}
		width := 1.0 / 60 * (0.98 + 0.03*r.Float64())
		bound := atMost(phases, width, cells)
		most, _ := fullestFrom(phases, width)
		if bound < most || bound > most+3 {
			t.Errorf("%d phases: at most %d, and %d are in one window", len(phases), bound, most)
		}
	}
}

func TestHead(t *testing.T) {
	times := []float64{0, 1, 100, 101, 300, 500}
	for n, want := range map[int]int{1: 2, 2: 4, 3: 5} {
		if cut, ok := Head(times, n); !ok || cut != want {
			t.Errorf("%d incidents are %d times, %v", n, cut, ok)
		}
	}
	if _, ok := Head(times, 4); ok {
		t.Error("all incidents are a part")
	}
	if got := (Coverage{{0, 50}, {90, 600}}).Until(301); !slices.Equal(got, Coverage{{0, 50}, {90, 301}}) {
		t.Errorf("covered %v", got)
	}
	if Coverage(nil).Until(1) != nil {
		t.Error("what is not known became known")
	}
}

// manyOnsets are a million incidents, a quarter of them on a period.
func manyOnsets() []float64 {
	r := rand.New(rand.NewPCG(5, 5))
	var times []float64
	for k := 0.0; len(times) < 1_000_000; k++ {
		times = append(times, 600*k+r.Float64(), 600*k+70+r.Float64()*120, 600*k+260+r.Float64()*120, 600*k+450+r.Float64()*80)
	}
	return times
}

// More incidents than are tested keep the period that they keep.
func TestManyIncidentsAreThinned(t *testing.T) {
	j := Judge(Series{Times: manyOnsets()[:120_000]}, []float64{600})
	if p := j.Periods[0]; j.Thinned != MaxIncidents || j.Events != 120_000 || p.Onsets != MaxIncidents || p.PHolm > StrongP {
		t.Errorf("%d of %d tested, %d onsets, p %g", j.Thinned, j.Events, p.Onsets, p.PHolm)
	}
}

// A million incidents, none of which can be joined to another.
func BenchmarkMillionIncidents(b *testing.B) {
	times := manyOnsets()
	for b.Loop() {
		Judge(Series{Times: times}, DefaultPeriods)
	}
}

// One clock of a day, on a reference that is smoothed once.
func BenchmarkClockFit(b *testing.B) {
	r := rand.New(rand.NewPCG(4, 4))
	var u, w []float64
	for range 500 {
		u, w = append(u, r.Float64()*86400), append(w, r.Float64()*86400)
	}
	slices.Sort(u)
	slices.Sort(w)
	ref, _ := NewClockReference(w, 3)
	for b.Loop() {
		ref.NewClockFit(u, Span{-86400, 86400})
	}
}

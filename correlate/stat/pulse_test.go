package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Onsets at random times must not look like a pulse more often than the p says.
func TestPulseIsCalibrated(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const worlds = 4000
	pulse := 0
	for range worlds {
		cover := Coverage{{0, 6 * 3600}}
		var onsets []float64
		for at := r.ExpFloat64() * 2400; at < 6*3600; at += 60 + r.ExpFloat64()*2400 {
			onsets = append(onsets, at)
		}
		if q, ok := NewPulse(onsets, 600, cover); ok && q.P <= 0.01 {
			pulse++
		}
	}
	if pulse > worlds/100 {
		t.Errorf("of %d worlds %d are pulses at p 0.01", worlds, pulse)
	}
}

func TestPulse(t *testing.T) {
	comb := []float64{3, 602, 1804.5, 2401, 4206}
	stray := append([]float64{250}, comb...)
	for name, f := range map[string]struct {
		onsets []float64
		period float64
		k      int
		p      float64
	}{
		"all in one window":      {comb, 600, 5, 2 * 5 * math.Pow(pulseShare, 4)},
		"one is not":             {stray, 600, 5, 2 * 6 * BinomialSF(4, 5, pulseShare)},
		"another period":         {comb, 470, 1, 1},
		"a period over midnight": {[]float64{599, 1201, 1799, 2402}, 600, 4, 2 * 4 * math.Pow(pulseShare, 3)},
		"a timer 0.1 % too late": {[]float64{0, 6006, 12012, 18018, 24024}, 600, 5, 4 * 5 * math.Pow(pulseShare, 4)},
	} {
		q, ok := NewPulse(f.onsets, f.period, nil)
		if !ok || q.K != f.k || q.P > 1.01*f.p || q.P < f.p/2 {
			t.Errorf("%s: %+v, want %d and at most %g", name, q, f.k, f.p)
		}
	}
	if _, ok := NewPulse([]float64{0, 1e9}, 1, nil); ok {
		t.Error("a drift of many periods is searched")
	}
}

func TestFisherSum(t *testing.T) {
	if p := FisherSum([]float64{0.05, 0.05}); math.Abs(p-0.01747866) > 1e-8 { // p q (1 - ln pq)
		t.Error(p)
	}
}

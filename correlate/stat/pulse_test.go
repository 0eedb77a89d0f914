package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Onsets at random times must not look like a pulse, nor lie on beats that
// were drawn without them, more often than the p says.
func TestPulseAndBeatsAreCalibrated(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const worlds = 4000
	var pulse, beats, claimed int
	for range worlds {
		cover := Coverage{{0, 6 * 3600}}
		var onsets []float64
		for at := r.ExpFloat64() * 2400; at < 6*3600; at += 60 + r.ExpFloat64()*2400 {
			onsets = append(onsets, at)
		}
		if q, ok := NewPulse(onsets, 600, cover); ok && q.P <= 0.01 {
			pulse++
		}
		var zone []Span
		for at := r.Float64() * 600; at < 6*3600; at += 600 {
			zone = append(zone, Span{at, at + 20})
		}
		if b, ok := NewBeatTest(onsets, zone, 600, cover); ok {
			if b.P <= 0.01 {
				beats++
			}
			if b.Verdict(8*b.P) != NotSupported {
				claimed++
			}
		}
	}
	if pulse > worlds/100 || beats > worlds*12/1000 || claimed > worlds/500 {
		t.Errorf("of %d worlds %d are pulses and %d on beats at p 0.01, %d claimed", worlds, pulse, beats, claimed)
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
		"a beat over midnight":   {[]float64{599, 1201, 1799, 2402}, 600, 4, 2 * 4 * math.Pow(pulseShare, 3)},
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

func TestBeatTest(t *testing.T) {
	var zone []Span
	for at := 100.0; at < 7200; at += 600 {
		zone = append(zone, Span{at, at + 15})
	}
	cover := Coverage{{0, 7200}}
	on, ok := NewBeatTest([]float64{105, 1310, 2000, 3702}, zone, 600, cover)
	if !ok || on.K != 3 || on.N != 4 || on.Beats != 12 || on.Kept != 3 || on.Verdict(1e-5) != Supported {
		t.Errorf("three of four: %+v, %s", on, on.Verdict(1e-5))
	}
	two, _ := NewBeatTest([]float64{105, 1310}, zone, 600, cover)
	if v := two.Verdict(two.P); v != NotSupported {
		t.Errorf("two onsets: %s", v)
	}
	if _, ok := NewBeatTest([]float64{105}, zone[:5], 600, cover); ok {
		t.Error("five beats suffice")
	}
}

func TestFisherSum(t *testing.T) {
	if p := FisherSum([]float64{0.05, 0.05}); math.Abs(p-0.01747866) > 1e-8 { // p q (1 - ln pq)
		t.Error(p)
	}
}

package stat

import "math"

// An IntervalTest asks whether the gaps between successive onsets are whole
// multiples of a period; unlike a phase test it is not fooled by a rhythm of
// the capture, and a randomised 5-10 min renewal passes it only by chance.
type IntervalTest struct {
	N int     // gaps between P/2 and 12.5 P
	K int     // of those, within 3 % of P from a multiple of P
	P float64 // P(K or more) for chance hits of 6 %; 1 without gaps
}

// NewIntervalTest tests sorted onsets at a period in seconds (§1.7).
func NewIntervalTest(onsets []float64, period float64) IntervalTest {
	const tolerance = 0.03
	t := IntervalTest{}
	for i := 1; i < len(onsets); i++ {
		d := (onsets[i] - onsets[i-1]) / period
		if d < 0.5 || d > 12.5 {
			continue
		}
		t.N++
		if math.Abs(d-math.Round(d)) <= tolerance {
			t.K++
		}
	}
	t.P = BinomialSF(t.K, t.N, 2*tolerance)
	return t
}

// A RenewalTest compares gaps with the client-go watch timeout, uniform on 300
// to 600 s: the explanation that must not be called a 10 min resync.
type RenewalTest struct {
	N int     // gaps below 700 s
	D float64 // Kolmogorov-Smirnov distance
	P float64 // exact two-sided
}

// NewRenewalTest tests the gaps of sorted onsets; ok is false without a gap
// below 700 s.
func NewRenewalTest(onsets []float64) (r RenewalTest, ok bool) {
	var gaps []float64
	for i := 1; i < len(onsets); i++ {
		if d := onsets[i] - onsets[i-1]; d < 700 {
			gaps = append(gaps, d)
		}
	}
	if len(gaps) == 0 {
		return r, false
	}
	r.N = len(gaps)
	r.D = ksUniform(gaps, 300, 600)
	r.P = KolmogorovP(r.N, r.D)
	return r, true
}

// A SplitHalf compares the phase of the first and second half of the onsets.
type SplitHalf struct {
	First, Second Rayleigh
	Distance      float64 // between the mean phases, cycles
	Agree         bool    // distance <= 0.15 cycle and both p < 0.05
}

// NewSplitHalf splits sorted onsets by number; ok is false below 4 of them. It
// is shown and never decides.
func NewSplitHalf(onsets []float64, period float64) (s SplitHalf, ok bool) {
	n := len(onsets)
	if n < 4 || !(period > 0) {
		return s, false
	}
	phases := Phases(onsets, period, onsets[0])
	s.First, s.Second = NewRayleigh(phases[:n/2]), NewRayleigh(phases[n/2:])
	s.Distance = CircularDistance(s.First.Mean, s.Second.Mean)
	s.Agree = s.Distance <= 0.15 && s.First.P < 0.05 && s.Second.P < 0.05
	return s, true
}

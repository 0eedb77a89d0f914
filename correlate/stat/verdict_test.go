package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A gap too long to count cycles over is not bridged.
func TestCycleFitRefusesGap(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 1))
	var times []float64
	for k := range 30 {
		times = append(times, 600*float64(k)+20*r.NormFloat64())
	}
	for k := range 10 {
		times = append(times, 600*float64(k+5000)+20*r.NormFloat64())
	}
	f, ok := NewCycleFit(times, 600)
	if !ok || f.Used != 30 || f.Refused != 10 || f.MaxGap > 1 {
		t.Errorf("used %d, refused %d, gap %d, se %g", f.Used, f.Refused, f.MaxGap, f.SE)
	}
}

func TestJudgeHarmonics(t *testing.T) {
	var times []float64
	for k := range 60 {
		times = append(times, 1000+600*float64(k)+math.Mod(float64(k)*0.7, 2))
	}
	j := Judge(Series{Times: times}, DefaultPeriods)
	for i, want := range []struct {
		claimed  bool
		harmonic float64
	}{{true, 0}, {false, 600}, {false, 600}, {false, 600}} {
		r := j.Periods[i]
		if r.Claimed() != want.claimed || math.Abs(r.HarmonicOf-want.harmonic) > 6 || r.SeveralPhases {
			t.Errorf("%g s: %s, harmonic of %g, several %v, %+v", r.Nominal, r.Verdict, r.HarmonicOf, r.SeveralPhases, r.Occupancy)
		}
	}
	if u := j.Unlisted; u == nil || u.Notable || u.Listed != 600 {
		t.Errorf("blind scan: %+v", u)
	}
}

// A period that nobody listed is a lead of the blind scan and no verdict.
func TestJudgeUnlisted(t *testing.T) {
	times := make([]float64, 60)
	for k := range times {
		times[k] = 450*float64(k) + math.Mod(float64(k)*0.7, 2)
	}
	j := Judge(Series{Times: times}, DefaultPeriods)
	if u := j.Unlisted; u == nil || !u.Notable || u.Listed != 0 || math.Abs(u.Period-450) > 0.5 {
		t.Errorf("blind scan: %+v", u)
	}
	for _, r := range j.Periods {
		if r.Claimed() || r.SeveralPhases {
			t.Errorf("450 s claimed as %g", r.Nominal)
		}
	}
}

func TestJudgeSeveralPhases(t *testing.T) {
	j := Judge(Series{Times: series(t, "pos_multi_failures")}, DefaultPeriods)
	r := j.Periods[0]
	if r.Verdict != NotSupported || !r.SeveralPhases {
		t.Errorf("pooled pods: %s, several %v, %+v", r.Verdict, r.SeveralPhases, r.Occupancy)
	}
}

func TestJudgeContinuousCoverage(t *testing.T) {
	times := series(t, "pos_single_failures")
	bare := Judge(Series{Times: times}, DefaultPeriods)
	covered := Judge(Series{Times: times, Coverage: Coverage{{28800, 151200}}}, DefaultPeriods)
	a, b := bare.Periods[0], covered.Periods[0]
	if a.Verdict != b.Verdict || math.Abs(a.Confirm.Rbar-b.Confirm.Rbar) > 0.01 || *b.CoverageDeviation > 0.01 {
		t.Errorf("continuous coverage changed %+v to %+v", a.Confirm, b.Confirm)
	}
}

func TestJudgeShortPeriod(t *testing.T) {
	// A 60 s timer: bursts of 10 s must not be glued into one incident.
	var times []float64
	for k := range 40 {
		for i := range 3 {
			times = append(times, 60*float64(k)+5*float64(i)+math.Mod(0.37*float64(k), 1))
		}
	}
	r := Judge(Series{Times: times}, []float64{60}).Periods[0]
	if r.Verdict != Strong || r.Onsets != 40 || r.HarmonicOf != 0 || r.Fit == nil || r.Fit.CI[0] > 60 || r.Fit.CI[1] < 60 {
		t.Errorf("%+v", r)
	}
}

func TestCyclesNeeded(t *testing.T) {
	for _, c := range []struct {
		n    int
		span float64
		want int
	}{
		{0, 0, 6}, {1, 0, 5}, {2, 600, 4}, {5, 3000, 0}, {5, 2400, 1}, {3, 3000, 6}, {20, 1200, 3},
	} {
		if got := CyclesNeeded(c.n, c.span, 600); got != c.want {
			t.Errorf("CyclesNeeded(%d, %g) = %d, want %d", c.n, c.span, got, c.want)
		}
	}
}

// Metamorphic: a shift of all clocks changes no p, nor does the order.
func TestJudgeInvariance(t *testing.T) {
	for _, name := range []string{"pos_sparse_onsets", "pos_single_failures", "neg_poisson_onsets", "neg_gated_capture_onsets"} {
		times := series(t, name)
		s := Series{Times: times, Coverage: gatedCoverage(t)}
		if name != "neg_gated_capture_onsets" {
			s.Coverage = Coverage{{times[0] - 100, times[len(times)-1] + 100}}
		}
		want := Judge(s, DefaultPeriods)

		shifted := Series{}
		for _, x := range times {
			shifted.Times = append(shifted.Times, x+1.7e9)
		}
		for _, c := range s.Coverage {
			shifted.Coverage = append(shifted.Coverage, Span{c.Start + 1.7e9, c.End + 1.7e9})
		}
		sameJudgement(t, name+" shifted", Judge(shifted, DefaultPeriods), want, 1e-4)

		r := rand.New(rand.NewPCG(15, 1))
		mixed := slices.Clone(times)
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		sameJudgement(t, name+" shuffled", Judge(Series{Times: mixed, Coverage: s.Coverage}, DefaultPeriods), want, 0)
	}
}

func sameJudgement(t *testing.T, what string, got, want Judgement, rel float64) {
	t.Helper()
	for i, w := range want.Periods {
		g := got.Periods[i]
		if g.Verdict != w.Verdict || g.Onsets != w.Onsets || g.Interval.K != w.Interval.K {
			t.Errorf("%s at %g: %s, want %s", what, w.Nominal, g.Verdict, w.Verdict)
		}
		if math.Abs(g.P-w.P) > rel*w.P {
			t.Errorf("%s at %g: p %g, want %g", what, w.Nominal, g.P, w.P)
		}
	}
	if math.Abs(got.Unlisted.Scan.FAP-want.Unlisted.Scan.FAP) > rel*want.Unlisted.Scan.FAP {
		t.Errorf("%s: FAP %g, want %g", what, got.Unlisted.Scan.FAP, want.Unlisted.Scan.FAP)
	}
}

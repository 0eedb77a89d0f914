package stat

import (
	"math"
	"testing"
)

// expectation is the part of a per.* oracle entry that this package computes.
type expectation struct {
	NEvents int     `json:"n_events"`
	NOnsets int     `json:"n_onsets"`
	P0      float64 `json:"P0"`
	Z21     float64 `json:"z2_1"`
	Z22     float64 `json:"z2_2"`
	Z210    float64 `json:"z2_10"`
	Z220    float64 `json:"z2_20"`
	Z       float64 `json:"rayleigh_z"`
	Rbar    float64
	Mean    float64 `json:"mean_phase"`
	PSeries float64 `json:"p_rayleigh_series"`
	PZar    float64 `json:"p_rayleigh_zar"`
	H       float64
	HM      int `json:"H_m"`
	Arc     float64
	Blind   struct {
		Period, Z, Rbar, W, FAP float64
		PSingle                 float64 `json:"p_single"`
	} `json:"blind_60_3600"`
	Fundamental struct {
		Period, Delta, Net float64
		Locked             int
	}
	CycleFit *struct {
		Used   int        `json:"n_used"`
		Period float64    `json:"period"`
		SEIID  float64    `json:"se_iid"`
		CIIID  [2]float64 `json:"ci_iid"`
		SD     float64    `json:"resid_sd"`
		Epoch  float64    `json:"epoch"`
		RW     float64    `json:"period_rw"`
		SERW   float64    `json:"se_rw"`
		CIRW   [2]float64 `json:"ci_rw"`
		MaxGap float64    `json:"max_gap_cycles"`
		Span   float64    `json:"cycles_spanned"`
		Cycles float64    `json:"distinct_cycles"`
	} `json:"cycle_fit"`
	Interval struct {
		N, K int
		P    float64
	}
	Split struct {
		R1, R2, DPhase, P1, P2 float64
	} `json:"split_half"`
	Confirm struct {
		Period, Z, Rbar, H, W, P float64
		M                        int
		PZ                       float64 `json:"p_z"`
		PH                       float64 `json:"p_H"`
	}
	Verdict   Verdict
	Occupancy struct {
		Occupied, Ratio float64
		Delta           float64 `json:"delta_s"`
		Expected        float64 `json:"expected_uniform"`
	}
}

// periodCases lists every per.* entry with its raw events.
func periodCases(t *testing.T) map[string][]float64 {
	cases := map[string][]float64{}
	for _, name := range []string{
		"pos_single_failures", "pos_sparse_onsets", "neg_poisson_onsets", "neg_office_onsets",
		"neg_bursty_office_events", "neg_renewal_5_10min_onsets", "neg_gated_capture_onsets",
		"neg_common_load_a", "neg_two_timers_a", "pos_p300_onsets", "pos_p1200_onsets",
	} {
		cases["per."+name] = series(t, name)
	}
	cases["per.pos_multi_pooled"] = series(t, "pos_multi_failures")
	for pod, onsets := range pods(t) {
		cases["per.pos_multi_"+pod] = onsets
	}
	return cases
}

func TestPeriodOracles(t *testing.T) {
	for name, events := range periodCases(t) {
		t.Run(name, func(t *testing.T) {
			e := oracle[expectation](t, name)
			onsets := Onsets(events, DefaultGap)
			if len(onsets) != e.NOnsets {
				t.Fatalf("%d onsets, want %d", len(onsets), e.NOnsets)
			}
			checkPhases(t, e, onsets)
			checkScan(t, e, onsets)
			checkFit(t, e, onsets)
			checkIntervals(t, e, onsets)
			checkConfirm(t, e, onsets)
		})
	}
}

func checkPhases(t *testing.T, e expectation, onsets []float64) {
	t.Helper()
	phases := Phases(onsets, e.P0, 0)
	near(t, "Z²_1", ZSquared(phases, 1), e.Z21, 1e-6)
	near(t, "Z²_2", ZSquared(phases, 2), e.Z22, 1e-6)
	near(t, "Z²_10", ZSquared(phases, 10), e.Z210, 1e-6)
	near(t, "Z²_20", ZSquared(phases, 20), e.Z220, 1e-6)
	r := NewRayleigh(phases)
	near(t, "z", r.Z, e.Z, 1e-6)
	near(t, "Rbar", r.Rbar, e.Rbar, 1e-6)
	near(t, "mean", r.Mean, e.Mean, 1e-6)
	near(t, "p Zar", r.P, e.PZar, 1e-6)
	near(t, "p series", RayleighPSeries(r.N, r.Z), e.PSeries, 1e-6)
	h, m := HTest(phases)
	near(t, "H", h, e.H, 1e-6)
	if m != e.HM {
		t.Errorf("H at m = %d, want %d", m, e.HM)
	}
	near(t, "arc", Arc(phases), e.Arc, 1e-6)
	o, _ := NewOccupancy(phases, e.P0)
	near(t, "occupied", o.Occupied, e.Occupancy.Occupied, 1e-6)
	near(t, "expected", o.Expected, e.Occupancy.Expected, 1e-6)
	near(t, "ratio", o.Ratio, e.Occupancy.Ratio, 1e-6)
	if o.Delta != e.Occupancy.Delta {
		t.Errorf("delta = %g", o.Delta)
	}
}

func checkScan(t *testing.T, e expectation, onsets []float64) {
	t.Helper()
	s, ok := BlindScan(onsets, nil)
	if !ok {
		t.Fatal("no scan")
	}
	within(t, "scan period", s.Period, e.Blind.Period, 0.05)
	near(t, "scan z", s.Z, e.Blind.Z, 1e-6)
	near(t, "scan W", s.W, e.Blind.W, 1e-6)
	pClose(t, "scan p", s.PSingle, e.Blind.PSingle)
	pClose(t, "scan FAP", s.FAP, e.Blind.FAP)
	if s.FAP > 0.01 {
		if e.Fundamental.Locked != 0 || e.CycleFit != nil {
			t.Error("the reference has a fundamental")
		}
		return
	}
	f, ok := NewFundamental(onsets, s.Period)
	if !ok || f.Locked != e.Fundamental.Locked {
		t.Fatalf("fundamental %+v, %v", f, ok)
	}
	within(t, "fundamental", f.Period, e.Fundamental.Period, 0.05)
	near(t, "delta", f.Delta, e.Fundamental.Delta, 1e-6)
	near(t, "net", f.Net, e.Fundamental.Net, 1e-6)
}

func checkFit(t *testing.T, e expectation, onsets []float64) {
	t.Helper()
	if e.CycleFit == nil {
		return
	}
	f, ok := NewCycleFit(onsets, e.Fundamental.Period)
	if !ok {
		t.Fatal("no fit")
	}
	w := e.CycleFit
	if f.Used != w.Used || float64(f.Cycles) != w.Cycles || float64(f.Spanned) != w.Span || float64(f.MaxGap) != w.MaxGap || f.Refused != 0 {
		t.Errorf("used %d cycles %d spanned %d gap %d refused %d, want %+v", f.Used, f.Cycles, f.Spanned, f.MaxGap, f.Refused, *w)
	}
	near(t, "period ols", f.OLSPeriod, w.Period, 1e-6)
	near(t, "se ols", f.OLSSE, w.SEIID, 1e-6)
	near(t, "residual sd", f.ResidualSD, w.SD, 1e-6)
	near(t, "epoch", f.Epoch, w.Epoch, 1e-6)
	for i := range 2 {
		near(t, "ci ols", f.Resolution[i], w.CIIID[i], 1e-6)
	}
	// With two onsets in a cycle (the gated set only) the reference leaves out
	// the time between them, which biases its period; here the first counts.
	if f.Used == f.Cycles {
		near(t, "period rw", f.Period, w.RW, 1e-6)
		near(t, "se rw", f.SE, w.SERW, 1e-6)
		near(t, "ci rw low", f.CI[0], w.CIRW[0], 1e-6)
		near(t, "ci rw high", f.CI[1], w.CIRW[1], 1e-6)
	}
}

func checkIntervals(t *testing.T, e expectation, onsets []float64) {
	t.Helper()
	i := NewIntervalTest(onsets, e.P0)
	if i.N != e.Interval.N || i.K != e.Interval.K {
		t.Errorf("interval %+v, want %+v", i, e.Interval)
	}
	near(t, "interval p", i.P, e.Interval.P, 1e-6)
	s, _ := NewSplitHalf(onsets, e.P0)
	near(t, "r1", s.First.Rbar, e.Split.R1, 1e-6)
	near(t, "r2", s.Second.Rbar, e.Split.R2, 1e-6)
	near(t, "dphase", s.Distance, e.Split.DPhase, 1e-6)
	near(t, "p1", s.First.P, e.Split.P1, 1e-6)
	near(t, "p2", s.Second.P, e.Split.P2, 1e-6)
}

// checkConfirm allows for the grid: the reference stops at its best grid
// point, this package looks between them and takes H at its own best period.
func checkConfirm(t *testing.T, e expectation, onsets []float64) {
	t.Helper()
	w := e.Confirm
	phases := Phases(onsets, w.Period, 0)
	near(t, "z at the reference's period", NewRayleigh(phases).Z, w.Z, 1e-6)
	if h, _ := HTest(phases); true {
		near(t, "H at the reference's period", h, w.H, 1e-6)
	}
	c, ok := Confirm(onsets, e.P0, nil)
	if !ok {
		t.Fatal("no confirmation")
	}
	near(t, "W", c.W, w.W, 1e-6)
	gridStep := e.P0 * e.P0 / (20 * (onsets[len(onsets)-1] - onsets[0]))
	within(t, "confirm period", c.Period, w.Period, math.Max(0.05, 1.01*gridStep))
	if c.Z < w.Z-1e-9 || c.H < w.H-1e-9 {
		t.Errorf("z %g H %g below the reference's %g %g", c.Z, c.H, w.Z, w.H)
	}
	pClose(t, "p_z", c.PZ, w.PZ)
	pClose(t, "p_H", c.PH, w.PH)
	pClose(t, "p", c.P, w.P)

	j := Judge(Series{Times: onsets}, []float64{e.P0, 300.1, 1801, 3601})
	if got := j.Periods[0].Verdict; got != e.Verdict {
		t.Errorf("verdict %s, want %s", got, e.Verdict)
	}
}

func TestBurstyRawTrap(t *testing.T) {
	e := oracle[struct {
		Raw    float64 `json:"H_on_raw_events"`
		M      int
		Naive  float64 `json:"naive_p"`
		Onsets float64 `json:"H_on_onsets"`
	}](t, "neg.bursty_raw_trap")
	raw := series(t, "neg_bursty_office_events")
	h, m := HTest(Phases(raw, 600, 0))
	near(t, "H raw", h, e.Raw, 1e-6)
	near(t, "naive p", HP(h, len(raw)), e.Naive, 1e-6)
	h, _ = HTest(Phases(Onsets(raw, 60), 600, 0))
	near(t, "H onsets", h, e.Onsets, 1e-6)
	if m != e.M {
		t.Errorf("m = %d", m)
	}
}

func gatedCoverage(t testing.TB) Coverage {
	start, end := column(t, "neg_gated_capture_exposure", "start_s"), column(t, "neg_gated_capture_exposure", "end_s")
	spans := make([]Span, len(start))
	for i := range start {
		spans[i] = Span{start[i], end[i]}
	}
	return NewCoverage(spans)
}

func TestExposureGated(t *testing.T) {
	e := oracle[struct {
		P     float64
		H     float64 `json:"H_pit"`
		M     int
		Rbar  float64 `json:"rbar_pit"`
		PZar  float64 `json:"p_zar"`
		Naive float64 `json:"H_naive"`
	}](t, "neg.gated_pit")
	onsets, cover := Onsets(series(t, "neg_gated_capture_onsets"), 60), gatedCoverage(t)
	u := phasesAt(onsets, e.P, 0, cover)
	h, m := HTest(u)
	r := NewRayleigh(u)
	near(t, "H", h, e.H, 1e-6)
	near(t, "Rbar", r.Rbar, e.Rbar, 1e-6)
	near(t, "p", r.P, e.PZar, 1e-6)
	h, _ = HTest(Phases(onsets, e.P, 0))
	near(t, "naive H", h, e.Naive, 1e-6)
	if m != e.M {
		t.Errorf("m = %d", m)
	}
	j := Judge(Series{Times: onsets, Coverage: cover}, DefaultPeriods)
	if got := j.Periods[0]; got.Verdict != NotSupported || *got.CoverageDeviation < 1 {
		t.Errorf("got %s, coverage deviates by %g", got.Verdict, *got.CoverageDeviation)
	}
	if j.Unlisted == nil || j.Unlisted.Notable || j.Unlisted.Scan.FAP < 0.01 {
		t.Errorf("the scan still finds the gate: %+v", j.Unlisted)
	}
}

func TestRenewalOracles(t *testing.T) {
	type ks struct {
		N    int
		D, P float64
	}
	for name, file := range map[string]string{
		"neg.renewal_ks":         "neg_renewal_5_10min_onsets",
		"pos.single_ks_vs_watch": "pos_single_failures",
	} {
		e := oracle[ks](t, name)
		r, ok := NewRenewalTest(Onsets(series(t, file), 60))
		if !ok || r.N != e.N {
			t.Fatalf("%s: %+v", name, r)
		}
		near(t, name+" D", r.D, e.D, 1e-6)
		// The reference used the Pelz-Good approximation for n = 192 (scipy,
		// n·D^1.5 > 1.4); the matrix method is exact.
		near(t, name+" p", r.P, e.P, 2e-6)
	}
	// Marsaglia, Tsang & Wang 2003, p. 2.
	near(t, "K(10, .274)", 1-KolmogorovP(10, 0.274), 0.6284796154565, 1e-12)
	j := Judge(Series{Times: series(t, "neg_renewal_5_10min_onsets")}, DefaultPeriods)
	if !j.RenewalLike {
		t.Error("the renewal series is not recognised")
	}
}

func TestDurbinWatson(t *testing.T) {
	e := oracle[struct {
		Single float64 `json:"pos_single"`
		Walk   float64 `json:"random_walk"`
		Fit    struct {
			Period float64
			CIIID  [2]float64 `json:"ci_iid"`
			CIRW   [2]float64 `json:"ci_rw"`
			SERW   float64    `json:"se_rw"`
			SD     float64    `json:"resid_sd"`
		} `json:"random_walk_fit"`
	}](t, "oc.durbin_watson")
	single, _ := NewCycleFit(Onsets(series(t, "pos_single_failures"), 60), 600.047)
	near(t, "pos_single", single.DurbinWatson, e.Single, 1e-6)
	walk, ok := NewCycleFit(series(t, "oc_random_walk"), 600)
	if !ok {
		t.Fatal("no fit")
	}
	near(t, "random walk", walk.DurbinWatson, e.Walk, 1e-6)
	near(t, "period", walk.OLSPeriod, e.Fit.Period, 1e-6)
	near(t, "se rw", walk.SE, e.Fit.SERW, 1e-6)
	near(t, "sd", walk.ResidualSD, e.Fit.SD, 1e-6)
	for i := range 2 {
		near(t, "ci rw", walk.CI[i], e.Fit.CIRW[i], 1e-6)
		near(t, "ci iid", walk.Resolution[i], e.Fit.CIIID[i], 1e-6)
	}
}

func TestClusterOracles(t *testing.T) {
	type clusters struct {
		Incidents int
		First3    [][3]float64
		MaxCount  int `json:"max_count"`
	}
	for _, file := range []string{"pos_single_failures", "neg_bursty_office_events"} {
		times := series(t, file)
		for gap, e := range oracle[map[string]clusters](t, "clu."+file) {
			got := Clusters(times, number(t, gap))
			if len(got) != e.Incidents {
				t.Errorf("%s gap %s: %d incidents, want %d", file, gap, len(got), e.Incidents)
			}
			largest := 0
			for i, c := range got {
				largest = max(largest, c.Count)
				if i < 3 && [3]float64{c.First, c.Last, float64(c.Count)} != e.First3[i] {
					t.Errorf("%s gap %s: cluster %d = %+v, want %v", file, gap, i, c, e.First3[i])
				}
			}
			if largest != e.MaxCount {
				t.Errorf("%s gap %s: largest %d, want %d", file, gap, largest, e.MaxCount)
			}
		}
	}
	s := Sensitivity(series(t, "pos_single_failures"), 60)
	if s.Counts != [3]int{53, 53, 53} || s.Flag {
		t.Errorf("sensitivity %+v", s)
	}
}

func TestBaluev(t *testing.T) {
	for _, c := range oracle[[]struct {
		P   float64 `json:"p_single"`
		Z   float64
		W   float64
		FAP float64
	}](t, "unit.fap_baluev") {
		near(t, "FAP", Baluev(c.P, c.Z, c.W), c.FAP, 1e-9)
	}
}

package stat

import (
	"slices"
	"testing"
)

func TestBH1995(t *testing.T) {
	e := oracle[struct {
		P            []float64
		BH           []float64 `json:"bh_adj"`
		Holm         []float64 `json:"holm_adj"`
		RejectedBH   int       `json:"bh_rejected_at_0.05"`
		RejectedHolm int       `json:"bonferroni_rejected"`
	}](t, "pub.bh1995")
	rejected := 0
	for name, c := range map[string][2][]float64{
		"BH": {BH(e.P), e.BH}, "Holm": {Holm(e.P), e.Holm},
	} {
		for i, want := range c[1] {
			near(t, name, c[0][i], want, 1e-9)
			if name == "BH" && c[0][i] <= 0.05 {
				rejected++
			}
		}
	}
	if rejected != e.RejectedBH {
		t.Errorf("BH rejects %d", rejected)
	}
	// The input order is kept.
	shuffled := slices.Clone(e.P)
	slices.Reverse(shuffled)
	got := Holm(shuffled)
	slices.Reverse(got)
	if !slices.Equal(got, Holm(e.P)) {
		t.Error("Holm depends on the order")
	}
}

func TestRateRatioR(t *testing.T) {
	e := oracle[struct {
		X     [2]int
		T     [2]float64
		Ratio float64
		P     float64
		CI    [2]float64 `json:"ci95"`
	}](t, "pub.poisson_ratio_R")
	r, ok := NewRateRatio(e.X[1], e.X[0], e.T[1], e.T[0])
	if !ok {
		t.Fatal("no ratio")
	}
	near(t, "ratio", r.Ratio, e.Ratio, 1e-8)
	near(t, "p", r.P, e.P, 1e-8)
	near(t, "low", r.CI[0], e.CI[0], 1e-8)
	near(t, "high", r.CI[1], e.CI[1], 1e-8)
}

func ints(x []float64) []int {
	out := make([]int, len(x))
	for i, v := range x {
		out[i] = int(v)
	}
	return out
}

// scaleCounts splits the counts of a scale-out set by replicas.
func scaleCounts(t *testing.T, file string) (before, after []int, r1, r2 float64) {
	replicas, counts := column(t, file, "replicas"), ints(column(t, file, "count"))
	split := slices.IndexFunc(replicas, func(r float64) bool { return r != replicas[0] })
	return counts[:split], counts[split:], replicas[0], replicas[split]
}

func TestScaleOutOracles(t *testing.T) {
	for _, file := range []string{"scaleout_const", "scaleout_scales"} {
		e := oracle[struct {
			N1, N2 int
			T1     int        `json:"t1_cycles"`
			T2     int        `json:"t2_cycles"`
			Ratio  float64    `json:"rate_ratio"`
			CIP    [2]float64 `json:"ci95_poisson"`
			PConst float64    `json:"p_const_exact"`
			PScale float64    `json:"p_scales_exact"`
			Phi    float64    `json:"dispersion_phi"`
			CI     [2]float64 `json:"ci95_quasi"`
			Beta   float64
			BetaCI [2]float64   `json:"beta_ci95"`
			V      ScaleVerdict `json:"verdict"`
		}](t, "scale."+file)
		before, after, r1, r2 := scaleCounts(t, file)
		s, ok := NewScaleOut(before, after, r1, r2)
		if !ok || s.N1 != e.N1 || s.N2 != e.N2 || len(before) != e.T1 || len(after) != e.T2 || s.Verdict != e.V {
			t.Fatalf("%s: %+v, want %+v", file, s, e)
		}
		near(t, "ratio", s.Poisson.Ratio, e.Ratio, 1e-6)
		near(t, "p const", s.Poisson.P, e.PConst, 1e-6)
		near(t, "p scales", s.PScales, e.PScale, 1e-6)
		near(t, "phi", s.Dispersion, e.Phi, 1e-6)
		near(t, "beta", s.Beta, e.Beta, 1e-6)
		for i := range 2 {
			near(t, "poisson ci", s.Poisson.CI[i], e.CIP[i], 1e-6)
			near(t, "quasi ci", s.CI[i], e.CI[i], 1e-6)
			near(t, "beta ci", s.BetaCI[i], e.BetaCI[i], 1e-6)
		}
	}
}

func TestScaleSeedLike(t *testing.T) {
	e := oracle[struct {
		N        [2]int
		Hours    [2]float64
		Replicas [2]float64
		Ratio    float64
		PConst   float64    `json:"p_const"`
		CI       [2]float64 `json:"ci95"`
		PScales  float64    `json:"p_scales"`
	}](t, "scale.seed_like")
	r, _ := NewRateRatio(e.N[0], e.N[1], e.Hours[0], e.Hours[1])
	near(t, "ratio", r.Ratio, e.Ratio, 1e-6)
	near(t, "p const", r.P, e.PConst, 1e-6)
	near(t, "low", r.CI[0], e.CI[0], 1e-6)
	near(t, "high", r.CI[1], e.CI[1], 1e-6)
	scaled, _ := NewRateRatio(e.N[0], e.N[1], e.Hours[0]*e.Replicas[0], e.Hours[1]*e.Replicas[1])
	near(t, "p scales", scaled.P, e.PScales, 1e-6)
}

func TestChangePoints(t *testing.T) {
	coal := oracle[struct {
		Counts    []int
		Split     int     `json:"best_split_index"`
		LR        float64 `json:"LR_2logL"`
		Beta      float64 `json:"pelt_beta"`
		At        []int   `json:"pelt_changepoints"`
		Objective float64 `json:"pelt_objective"`
	}](t, "pub.coal_changepoint")
	near(t, "penalty", ChangePenalty(len(coal.Counts), 1), coal.Beta, 1e-9)
	points, cost := ChangePoints(coal.Counts, coal.Beta)
	if !slices.Equal(points, coal.At) {
		t.Errorf("changes at %v", points)
	}
	near(t, "objective", cost+coal.Beta*float64(len(points)), coal.Objective, 1e-9)

	e := oracle[struct {
		Split int     `json:"best_split_index"`
		LR    float64 `json:"LR"`
		Beta  float64 `json:"pelt_beta"`
		At    []int   `json:"changepoints"`
	}](t, "cp.scaleout_scales")
	counts := ints(column(t, "scaleout_scales", "count"))
	near(t, "penalty", ChangePenalty(len(counts), 7), e.Beta, 1e-9)
	if points, _ := ChangePoints(counts, e.Beta); !slices.Equal(points, e.At) {
		t.Errorf("changes at %v", points)
	}
}

// PELT must find the optimum that plain dynamic programming finds.
func TestChangePointsOptimal(t *testing.T) {
	counts := ints(column(t, "scaleout_const", "count"))
	for _, penalty := range []float64{0.5, 2, 10, 50} {
		sums, lengths := cumulative(counts), make([]float64, len(counts)+1)
		for i := range lengths {
			lengths[i] = float64(i)
		}
		best := make([]float64, len(counts)+1)
		best[0] = -penalty
		for end := 1; end <= len(counts); end++ {
			best[end] = best[0] + segmentCost(sums, lengths, 0, end) + penalty
			for s := 1; s < end; s++ {
				best[end] = min(best[end], best[s]+segmentCost(sums, lengths, s, end)+penalty)
			}
		}
		at, cost := ChangePoints(counts, penalty)
		near(t, "objective", cost+penalty*float64(len(at)), best[len(counts)], 1e-9)
	}
}

func flags(x []float64) []bool {
	out := make([]bool, len(x))
	for i, v := range x {
		out[i] = v != 0
	}
	return out
}

func TestCovariateOracles(t *testing.T) {
	mw := oracle[struct {
		X, Y []float64
		U1   float64
		AUC  float64
	}](t, "pub.mannwhitney_scipy")
	hit := make([]bool, len(mw.X)+len(mw.Y))
	for i := range mw.X {
		hit[i] = true
	}
	a, _ := NewAUC(append(slices.Clone(mw.X), mw.Y...), hit)
	near(t, "U1", a.U, mw.U1, 1e-9)
	near(t, "AUC", a.Area, mw.AUC, 1e-9)

	single := oracle[struct {
		N1, N0 int
		U, AUC float64
		P      float64 `json:"p_asym_two_sided_cc"`
		Shift  float64 `json:"p_circular_shift_greater"`
	}](t, "cov.pos_single_load")
	// Unit: cycles with a stall, incident or not, in the order of time.
	a, ok := NewAUC(column(t, "pos_single_cycles", "load"), flags(column(t, "pos_single_cycles", "incident")))
	if !ok || a.N1 != single.N1 || a.N0 != single.N0 {
		t.Fatalf("%+v, want %+v", a, single)
	}
	near(t, "U", a.U, single.U, 1e-6)
	near(t, "AUC", a.Area, single.AUC, 1e-6)
	near(t, "p", a.P, single.P, 1e-6)
	near(t, "p shift", a.PShift, single.Shift, 1e-6)
}

func TestCovariateAllCycles(t *testing.T) {
	e := oracle[struct {
		AUC     float64  `json:"auc_all"`
		Shift   float64  `json:"p_circular_shift_greater"`
		NActive int      `json:"n_active(x>=10)"`
		Active  float64  `json:"auc_within_active"`
		P       float64  `json:"p_within_active_two_sided_cc"`
		Median  Table2x2 `json:"median_split_table"`
		Fisher  float64  `json:"fisher_greater"`
	}](t, "cov.all_cycles")
	x, hit := column(t, "cov_all_cycles", "churn_per_min"), flags(column(t, "cov_all_cycles", "incident"))
	all, _ := NewAUC(x, hit)
	near(t, "AUC", all.Area, e.AUC, 1e-6)
	near(t, "p shift", all.PShift, e.Shift, 1e-6)
	var xa []float64
	var ha []bool
	for i, v := range x {
		if v >= 10 {
			xa, ha = append(xa, v), append(ha, hit[i])
		}
	}
	active, _ := NewAUC(xa, ha)
	if len(xa) != e.NActive {
		t.Errorf("%d active", len(xa))
	}
	near(t, "AUC active", active.Area, e.Active, 1e-6)
	near(t, "p active", active.P, e.P, 1e-6)
	near(t, "Fisher", e.Median.FisherGreater(), e.Fisher, 1e-6)
}

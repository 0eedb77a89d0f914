package stat

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

type donges struct {
	NA   int     `json:"nA"`
	NB   int     `json:"nB"`
	Kp   int     `json:"Kp"`
	Kt   int     `json:"Kt"`
	Rp   float64 `json:"rp"`
	Rt   float64 `json:"rt"`
	PP   float64 `json:"p_prec"`
	PT   float64 `json:"p_trig"`
	ExpP float64 `json:"exp_rp"`
	ExpT float64 `json:"exp_rt"`
}

func (want donges) check(t *testing.T, a, b []float64, window, total float64) {
	t.Helper()
	c, ok := NewCoincidence(a, b, window, 0, total)
	if !ok || c.NA != want.NA || c.NB != want.NB || c.Preceded != want.Kp || c.Triggered != want.Kt {
		t.Fatalf("got %+v, want %+v", c, want)
	}
	near(t, "rp", c.PrecursorRate, want.Rp, 1e-6)
	near(t, "rt", c.TriggerRate, want.Rt, 1e-6)
	near(t, "p prec", c.PPrecursorPoisson, want.PP, 1e-6)
	near(t, "p trig", c.PTriggerPoisson, want.PT, 1e-6)
	near(t, "exp rp", c.ExpectedPrecursor, want.ExpP, 1e-6)
	near(t, "exp rt", c.ExpectedTrigger, want.ExpT, 1e-6)
}

func TestCoincidenceOracles(t *testing.T) {
	cases := map[string][2][]float64{
		"eca.neg_common_load":        {series(t, "neg_common_load_a"), series(t, "neg_common_load_b")},
		"eca.pos_common_load_linked": {series(t, "pos_common_load_linked_a"), series(t, "pos_common_load_linked_b")},
		"eca.neg_two_timers":         {series(t, "neg_two_timers_a"), series(t, "neg_two_timers_b")},
		"eca.pos_single": {
			Onsets(series(t, "pos_single_failures"), 60), Onsets(series(t, "pos_single_stalls"), 60)},
	}
	type coverage struct {
		N, K        int
		Expected, P float64
		Coverage    float64
	}
	for name, s := range cases {
		t.Run(name, func(t *testing.T) {
			e := oracle[struct {
				DT, Tau float64
				T       float64
				Forward donges `json:"donges"`
				Reverse donges
				Local   coverage     `json:"local_W300"`
				Cover   [][2]float64 `json:"exposure"`
			}](t, name)
			total := 172800.0
			a, b := s[0], s[1]
			e.Forward.check(t, a, b, e.DT, total)
			e.Reverse.check(t, b, a, e.DT, total)
			var cover Coverage
			for _, x := range e.Cover {
				cover = append(cover, Span{x[0], x[1]})
			}
			l, ok := LocalCoverage(a, b, e.DT, 0, 300, cover)
			if !ok || !l.Exact || l.N != e.Local.N || l.K != e.Local.K {
				t.Errorf("local %+v, want %+v", l, e.Local)
			}
			near(t, "local expected", l.Expected, e.Local.Expected, 1e-6)
			near(t, "local p", l.P, e.Local.P, 1e-6)
		})
	}
}

// The toy of CoinCalc counts in steps: an event covers ΔT+1 of T-τ of them.
func TestCoincidenceToy(t *testing.T) {
	a, b := []float64{5, 6, 17, 30, 44, 58}, []float64{3, 16, 28, 29, 40, 55}
	e := oracle[map[string]any](t, "eca.discrete_toy")
	for tau := range 2 {
		var want [4]float64
		for i, v := range e[fmt.Sprintf("delT=2,tau=%d", tau)].([]any) {
			want[i] = v.(float64)
		}
		c, _ := NewCoincidence(a, b, 2, float64(tau), 60)
		if float64(c.Preceded) != want[0] || float64(c.Triggered) != want[1] {
			t.Errorf("tau %d: %+v", tau, c)
		}
		_, pp := coincidenceP(c.Preceded, 6, 6, 3/(60-float64(tau)))
		_, pt := coincidenceP(c.Triggered, 6, 6, 3/(60-float64(tau)))
		near(t, "p prec", pp, want[2], 1e-9)
		near(t, "p trig", pt, want[3], 1e-9)
	}
}

func TestPoissonBinomial(t *testing.T) {
	e := oracle[struct {
		Q  []float64
		SF []float64 `json:"sf_ge"`
	}](t, "unit.poisbin")
	for k, want := range e.SF {
		near(t, fmt.Sprintf("P(K>=%d)", k), PoissonBinomialSF(e.Q, k), want, 1e-9)
	}
	// Above 5000 trials: the approximation agrees with a binomial.
	q := make([]float64, exactLimit+1)
	for i := range q {
		q[i] = 0.01
	}
	for _, k := range []int{40, 50, 60, 75} {
		near(t, fmt.Sprintf("normal k=%d", k), PoissonBinomialSF(q, k), BinomialSF(k, len(q), 0.01), 0.1)
	}
}

func TestFisherTea(t *testing.T) {
	e := oracle[struct {
		Table    Table2x2
		TwoSided float64 `json:"two_sided"`
		Greater  float64
	}](t, "pub.fisher_tea")
	near(t, "greater", e.Table.FisherGreater(), e.Greater, 1e-9)
	near(t, "two-sided", e.Table.FisherTwoSided(), e.TwoSided, 1e-9)
}

func TestCycleTables(t *testing.T) {
	timers := oracle[struct {
		Greater float64 `json:"fisher_greater"`
		OR      float64
	}](t, "cyc.neg_two_timers")
	got := CycleTable(series(t, "neg_two_timers_a"), series(t, "neg_two_timers_b"), 0, 600, 288)
	if want := tableOracle(t, "cyc.neg_two_timers", "table_[B,notB]x[A,notA]"); got != want {
		t.Errorf("table %v, want %v", got, want)
	}
	near(t, "greater", got.FisherGreater(), timers.Greater, 1e-6)
	or, _ := got.OddsRatio()
	near(t, "odds ratio", or, timers.OR, 1e-6)

	single := oracle[struct {
		Greater float64 `json:"fisher_greater"`
	}](t, "cyc.pos_single")
	table := flagTable(column(t, "pos_single_cycles", "stall"), column(t, "pos_single_cycles", "incident"), func(int) bool { return true })
	if want := tableOracle(t, "cyc.pos_single", "table_[stall,no]x[incident,no]"); table != want {
		t.Errorf("table %v, want %v", table, want)
	}
	near(t, "greater", table.FisherGreater(), single.Greater, 1e-6)
}

// tableOracle reads a table whose key has a comma, which no struct tag can name.
func tableOracle(t *testing.T, name, key string) Table2x2 {
	t.Helper()
	var table Table2x2
	if err := json.Unmarshal(oracle[map[string]json.RawMessage](t, name)[key], &table); err != nil {
		t.Fatal(err)
	}
	return table
}

// flagTable counts flags of those cycles that pick selects.
func flagTable(b, a []float64, pick func(i int) bool) Table2x2 {
	var out Table2x2
	for i := range b {
		if pick(i) {
			out[1-int(b[i])][1-int(a[i])]++
		}
	}
	return out
}

func TestMantelHaenszel(t *testing.T) {
	e := oracle[struct {
		ChiSquared float64 `json:"chi2_cc"`
		P          float64
		Tertiles   [2]float64
	}](t, "cyc.pos_single_mh_by_load_tertile")
	load := column(t, "pos_single_cycles", "load")
	stall, incident := column(t, "pos_single_cycles", "stall"), column(t, "pos_single_cycles", "incident")
	var strata []Table2x2
	for _, bounds := range [][2]float64{{math.Inf(-1), e.Tertiles[0]}, e.Tertiles, {e.Tertiles[1], math.Inf(1)}} {
		strata = append(strata, flagTable(stall, incident, func(i int) bool {
			return load[i] >= bounds[0] && load[i] < bounds[1]
		}))
	}
	m, ok := NewMantelHaenszel(strata)
	if !ok || m.Finite { // the oracle's odds ratio is infinite
		t.Errorf("%+v, %v", m, ok)
	}
	near(t, "chi2", m.ChiSquared, e.ChiSquared, 1e-6)
	near(t, "p", m.P, e.P, 1e-6)
}

func TestMedianLag(t *testing.T) {
	a := Onsets(series(t, "pos_single_failures"), 60)
	b := Onsets(series(t, "pos_single_stalls"), 60)
	l, ok := MedianLag(a, b, 10)
	if !ok || l.N != 50 || !l.HasCI || !(l.CI[0] < l.Median && l.Median < l.CI[1]) {
		t.Errorf("%+v", l)
	}
	// n = 10: ranks 2 and 9, the textbook 97.9 % interval.
	ten := make([]float64, 10)
	for i := range ten {
		ten[i] = 100*float64(i) + float64(i+1)
	}
	zero := make([]float64, 10)
	for i := range zero {
		zero[i] = 100 * float64(i)
	}
	l, _ = MedianLag(ten, zero, 60)
	if l.Median != 5.5 || l.CI != [2]float64{2, 9} {
		t.Errorf("ten lags: %+v", l)
	}
}

// Unlinked series under one daily load: the Poisson p claims half of them, the
// local test none (calibration.calib_link).
func TestLocalCoverageNull(t *testing.T) {
	const worlds, day = 100, 86400.0
	r := rand.New(rand.NewPCG(23, 1))
	loaded := func(n int) []float64 {
		var out []float64
		for len(out) < n {
			if x := r.Float64() * 2 * day; r.Float64() < math.Pow(math.Sin(math.Pi*x/day), 4) {
				out = append(out, x)
			}
		}
		return sortedTimes(out)
	}
	var poisson, local, linked int
	for range worlds {
		a, b := loaded(140), loaded(230)
		c, _ := NewCoincidence(a, b, 30, 0, 2*day)
		poisson += int(indicator(c.PPrecursorPoisson <= 0.01))
		l, _ := LocalCoverage(a, b, 30, 0, 300, nil)
		local += int(indicator(l.P <= 0.01))
		for i := 0; i < len(a); i += 3 { // a third follows a stall
			a[i] = b[i] + 20*r.Float64()
		}
		l, _ = LocalCoverage(sortedTimes(a), b, 30, 0, 300, nil)
		linked += int(indicator(l.P <= 0.01))
	}
	if local > 3 || poisson < 20 || linked < 90 {
		t.Errorf("p <= .01: Poisson %d, local %d, linked %d of %d", poisson, local, linked, worlds)
	}
}

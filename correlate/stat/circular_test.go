package stat

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
)

func degrees(deg []float64) []float64 {
	out := make([]float64, len(deg))
	for i, d := range deg {
		out[i] = frac(d / 360)
	}
	return out
}

func TestRayleighPublished(t *testing.T) {
	type published struct {
		Deg, Rad []float64
		P, Rbar  float64
	}
	for name, rel := range map[string]float64{
		"pub.rayleigh.circstats5":  1e-6,
		"pub.rayleigh.circstats10": 1e-6,
		"pub.rayleigh.astropy_doc": 1e-9,
	} {
		e := oracle[published](t, name)
		phases := degrees(e.Deg)
		for _, r := range e.Rad {
			phases = append(phases, frac(r/(2*math.Pi)))
		}
		r := NewRayleigh(phases)
		near(t, name+" p", RayleighPSeries(r.N, r.Z), e.P, rel)
		if e.Rbar != 0 {
			near(t, name+" rbar", r.Rbar, e.Rbar, 1e-6)
		}
	}
}

func TestDetectionLevels(t *testing.T) {
	z := oracle[struct {
		N          int
		Eps, Level float64
	}](t, "pub.z2n_detection_level")
	near(t, "Z²_2 tail", ZSquaredP(z.Level, z.N), z.Eps, 1e-9)

	fold := oracle[struct{ Nbin, Eps, Level float64 }](t, "pub.fold_detection_level")
	near(t, "χ² tail", chi2SF(fold.Level, fold.Nbin-1), fold.Eps, 1e-9)
}

func TestHP(t *testing.T) {
	e := oracle[struct{ H, P []float64 }](t, "pub.htest_p")
	for i, h := range e.H {
		near(t, fmt.Sprintf("HP(%g)", h), HP(h, 100), e.P[i], 1e-9)
		near(t, fmt.Sprintf("HP(%g) small n", h), HP(h, 49), math.Max(1e-3, e.P[i]), 1e-9)
	}
}

func TestSmallPhases(t *testing.T) {
	e := oracle[struct {
		Phases     []float64
		Z2         []float64 `json:"z2_1..5"`
		H          float64
		M          int `json:"H_m"`
		Rbar, Mean float64
		PSeries    float64 `json:"p_series"`
		PZar       float64 `json:"p_zar"`
		Arc        float64
	}](t, "unit.small_phases")
	for i, want := range e.Z2 {
		near(t, fmt.Sprintf("Z²_%d", i+1), ZSquared(e.Phases, i+1), want, 1e-9)
	}
	h, m := HTest(e.Phases)
	near(t, "H", h, e.H, 1e-9)
	if m != e.M {
		t.Errorf("H at m = %d, want %d", m, e.M)
	}
	r := NewRayleigh(e.Phases)
	near(t, "Rbar", r.Rbar, e.Rbar, 1e-9)
	near(t, "mean", r.Mean, e.Mean, 1e-9)
	near(t, "p series", RayleighPSeries(r.N, r.Z), e.PSeries, 1e-9)
	near(t, "p Zar", r.P, e.PZar, 1e-9)
	near(t, "arc", Arc(e.Phases), e.Arc, 1e-9)
}

func TestArcP(t *testing.T) {
	for _, c := range oracle[[]struct {
		N    int
		W, P float64
	}](t, "unit.p_arc") {
		near(t, fmt.Sprintf("ArcP(%d, %g)", c.N, c.W), ArcP(c.N, c.W), c.P, 1e-9)
	}
}

// pods returns the onsets of every pod of pos_multi_failures.
func pods(t testing.TB) map[string][]float64 {
	raw := map[string][]float64{}
	for _, row := range rows(t, "pos_multi_failures.csv")[1:] {
		raw[row[1]] = append(raw[row[1]], number(t, row[0]))
	}
	for pod, times := range raw {
		raw[pod] = Onsets(times, DefaultGap)
	}
	return raw
}

func TestWatsonWilliams(t *testing.T) {
	e := oracle[struct {
		P, SumR, R, Kappa, F float64
		N, Groups            int
		DF                   [2]int
		Tail                 float64            `json:"p"`
		Mean                 map[string]float64 `json:"group_mean_phase_s"`
	}](t, "per.multi_watson_williams")
	var groups [][]float64
	for pod, onsets := range pods(t) {
		phases := Phases(onsets, 600.05, 0)
		near(t, pod+" mean", NewRayleigh(phases).Mean*600.05, e.Mean[pod], 1e-6)
		groups = append(groups, phases)
	}
	w, ok := NewWatsonWilliams(groups)
	if !ok || !w.Usable || w.DF != e.DF {
		t.Fatalf("got %+v, %v", w, ok)
	}
	near(t, "sumR", w.SumR, e.SumR, 1e-6)
	near(t, "R", w.R, e.R, 1e-6)
	near(t, "kappa", w.Kappa, e.Kappa, 1e-6)
	near(t, "F", w.F, e.F, 1e-6)
	near(t, "p", w.P, e.Tail, 1e-6)
}

func TestAnchorToProcessStart(t *testing.T) {
	e := oracle[struct {
		Delta  map[string]float64 `json:"delta_s"`
		Arc    float64
		PArc   float64 `json:"p_arc"`
		Pooled float64 `json:"rayleigh_pooled_rel_start"`
		Wall   float64 `json:"rayleigh_pooled_wallclock"`
	}](t, "per.multi_anchor_process_start")
	const period = 600.05
	var starts, pooled, wall []float64
	var groups [][]float64
	all := pods(t)
	for pod, start := range map[string]float64{"dest-a": 137.4, "dest-b": 411.9, "dest-c": 288.2} {
		starts, groups = append(starts, start), append(groups, all[pod])
		pooled = append(pooled, Phases(all[pod], period, start)...)
		wall = append(wall, Phases(all[pod], period, 0)...)
	}
	a, ok := NewStartAnchor(groups, starts, period)
	if !ok {
		t.Fatal("no anchor")
	}
	deltas := slices.Sorted(slices.Values(a.Deltas))
	for i, want := range slices.Sorted(maps.Values(e.Delta)) {
		near(t, "delta", deltas[i], want, 1e-6)
	}
	near(t, "arc", a.Arc, e.Arc, 1e-6)
	near(t, "p", a.P, e.PArc, 1e-6)
	near(t, "pooled", NewRayleigh(pooled).Rbar, e.Pooled, 1e-6)
	near(t, "wall clock", NewRayleigh(wall).Rbar, e.Wall, 1e-6)
}

// HP must not be anti-conservative at the simulated quantiles of H, for n >= 4
// and, because of the floor, also below 1e-3. The factor leaves room for the
// simulation's own error at 1e-4 (20 to 40 exceedances).
func TestHQuantiles(t *testing.T) {
	for n, quantiles := range oracle[map[string]map[string]float64](t, "mc.h_quantiles_uniform") {
		if n == "3" {
			continue // the approximation starts at 4
		}
		for p, h := range quantiles {
			want := number(t, p)
			if got := HP(h, int(number(t, n))); got < want/3 {
				t.Errorf("n=%s: HP(%g) = %g, simulated p %g", n, h, got, want)
			}
		}
	}
}

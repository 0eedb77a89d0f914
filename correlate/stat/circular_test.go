package stat

import (
	"fmt"
	"math"
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

package stat

import "testing"

type clockOracle struct {
	Search [2]float64
	Modes  []struct{ Offset, SD, Mass float64 }
	Best   int `json:"matched_at_best_3s"`
	N      int `json:"n_u"`
}

func fitClock(u, w []float64, within Span, sigma float64) (ClockFit, bool) {
	r, ok := NewClockReference(w, sigma)
	if !ok {
		return ClockFit{}, false
	}
	return r.NewClockFit(u, within)
}

func TestClockOracles(t *testing.T) {
	for name, c := range map[string]struct {
		set     string
		aligned bool
	}{
		"clk.a_aperiodic_skips":    {"clk_a", true},
		"clk.b_periodic_ambiguous": {"clk_b", false},
		"clk.b_with_anchor":        {"clk_b", true},
	} {
		t.Run(name, func(t *testing.T) {
			e := oracle[clockOracle](t, name)
			u, w := column(t, c.set+"_uptime", "u_s"), series(t, c.set+"_wall")
			f, ok := fitClock(u, w, Span{e.Search[0], e.Search[1]}, 1)
			if !ok || f.N != e.N || f.Aligned != c.aligned || len(f.Modes) != len(e.Modes) {
				t.Fatalf("%+v, %v", f, ok)
			}
			if f.Modes[0].Matched != e.Best {
				t.Errorf("matched %d, want %d", f.Modes[0].Matched, e.Best)
			}
			for i, want := range e.Modes {
				within(t, "offset", f.Modes[i].Offset, want.Offset, 0.3)
				within(t, "sd", f.Modes[i].SD, want.SD, 0.01)
				within(t, "mass", f.Modes[i].Mass, want.Mass, 0.02)
			}
		})
	}
}

func TestFitOfADriftingClock(t *testing.T) {
	e := oracle[struct {
		Mode struct{ Offset, SD, Mass float64 }
	}](t, "clk.drift")
	u, w := column(t, "clk_drift_uptime", "u_s"), series(t, "clk_drift_wall")
	f, ok := fitClock(u, w, Span{12000, 28000}, 3)
	if !ok || !f.Aligned {
		t.Fatalf("%+v", f)
	}
	within(t, "offset", f.Modes[0].Offset, e.Mode.Offset, 0.3)
	within(t, "sd", f.Modes[0].SD, e.Mode.SD, 0.01)
	within(t, "mass", f.Modes[0].Mass, e.Mode.Mass, 0.02)
}

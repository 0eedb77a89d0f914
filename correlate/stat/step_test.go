package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// wander is a series whose errors follow each other by rho, 1 for a random walk, with
// a trend over all of it and a step over its last fifth, in standard deviations.
func wander(r *rand.Rand, n int, rho, trend, step float64) (x []float64, inside []bool) {
	v := r.NormFloat64()
	for i := range n {
		v = rho*v + math.Sqrt(math.Max(1-rho*rho, 1/float64(n)))*r.NormFloat64()
		in := i >= n*4/5
		s := v + trend*float64(i)/float64(n)
		if in {
			s += step
		}
		x, inside = append(x, s), append(inside, in)
	}
	return x, inside
}

// A step is found in noise and in slow series; those without one, and with but a
// trend, are said to have one no more often than p says.
func TestStep(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, f := range []struct {
		rho, trend, step float64
		least, most      float64 // share with p <= 0.05
	}{
		{0, 0, 0, 0, 0.08}, {0.5, 0, 0, 0, 0.08}, {0.9, 0, 0, 0, 0.08}, {0.99, 0, 0, 0, 0.08}, {1, 0, 0, 0, 0.08},
		{0, 3, 0, 0, 0.08}, {0.9, 3, 0, 0, 0.08},
		{0, 0, 1, 0.6, 1}, {0, 0, 2, 0.95, 1}, {0, 3, 2, 0.95, 1}, {0.9, 0, 4, 0.8, 1},
	} {
		const runs = 300
		said := 0
		for range runs {
			x, inside := wander(r, 150, f.rho, f.trend, f.step)
			if p, ok := Step(x, inside); ok && p <= 0.05 {
				said++
			}
		}
		if share := float64(said) / runs; share < f.least || share > f.most {
			t.Errorf("errors by %g, trend %g, step %g: said of %.3f, want %g to %g", f.rho, f.trend, f.step, share, f.least, f.most)
		}
	}
	// The direction is no matter, nor are outliers and scale.
	x, inside := wander(r, 150, 0, 0, 3)
	p, _ := Step(x, inside)
	for i := range x {
		x[i] = -1e6 * x[i]
	}
	x[3] = 1e15
	if q, _ := Step(x, inside); p > 1e-6 || q > 1e-6 {
		t.Errorf("p = %g, upside down with an outlier %g", p, q)
	}
	for name, f := range map[string]struct {
		n, in int
		ok    bool
	}{"nine": {9, 2, false}, "ten": {10, 2, true}, "none inside": {20, 0, false}, "all inside": {20, 20, false}} {
		inside := make([]bool, f.n)
		for i := range f.in {
			inside[i] = true
		}
		x, _ := wander(r, f.n, 0, 0, 0)
		if _, ok := Step(x, inside); ok != f.ok {
			t.Errorf("%s: %v", name, ok)
		}
	}
	if p, ok := Step([]float64{1, 1, 1, 1, 1, 1, 1, 1, 2, 2}, []bool{7: false, 8: true, 9: true}); !ok || p != 0 {
		t.Errorf("two levels and nothing between: p = %g", p)
	}
}

// A regression by hand: y = 1 + 2t + 3s, and what is left is at right angles to all three.
func TestRegress(t *testing.T) {
	var x [][3]float64
	var y []float64
	for i, e := range []float64{1, -2, 1, 1, -2, 1} {
		row := [3]float64{1, float64(i), 0}
		if i >= 3 {
			row[2] = 1
		}
		x, y = append(x, row), append(y, 1+2*row[1]+3*row[2]+e)
	}
	beta, se, left, ok := regress(x, y)
	// The residuals' sum of squares is 12 on 3 degrees of freedom; the inverse of X'X
	// has 1/4 for the trend, and 2/3 + 9/4 for the step.
	want := [3]float64{1, 2, 3}
	for j := range want {
		if !ok || math.Abs(beta[j]-want[j]) > 1e-9 {
			t.Fatalf("%v", beta)
		}
	}
	if math.Abs(left[1]+2) > 1e-9 || math.Abs(se[1]-1) > 1e-9 || math.Abs(se[2]-math.Sqrt(4*(2./3+9./4))) > 1e-9 {
		t.Errorf("left %v, errors %v", left, se)
	}
	if _, _, _, ok := regress([][3]float64{{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}}, []float64{1, 2, 3, 4}); ok {
		t.Error("columns that are the same were told apart")
	}
}

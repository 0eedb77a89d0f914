package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// spread are counts in n stretches whose rates spread about a mean by cv, as a
// gamma distribution does.
func spread(r *rand.Rand, n int, mean, cv float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		rate := mean
		if cv > 0 {
			rate *= gamma(r, 1/(cv*cv)) * cv * cv
		}
		out[i] = math.Max(0, math.Round(rate+math.Sqrt(rate)*r.NormFloat64()))
		if rate < 100 {
			out[i] = poisson(r, rate)
		}
	}
	return out
}

func poisson(r *rand.Rand, mean float64) (n float64) {
	for p := r.Float64(); p > math.Exp(-mean); p *= r.Float64() {
		n++
	}
	return n
}

// gamma draws by Marsaglia & Tsang 2000.
func gamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(r, shape+1) * math.Pow(r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	for {
		x := r.NormFloat64()
		if v := math.Pow(1+x/math.Sqrt(9*d), 3); v > 0 && math.Log(r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// At p ≤ 0.01 equal rates are told apart in at most about one of a hundred pairs,
// however the stretches differ, and a cure is seen also where what was cured was
// uneven.
func TestDispersedRatioKeepsItsLevelAndSeesACure(t *testing.T) {
	r := rand.New(rand.NewPCG(504, 1))
	for _, c := range []struct {
		name                string
		a, b                int
		mean, cv, cvB, rate float64
		least, most         float64
	}{
		{"even", 12, 12, 3, 0, 0, 1, 0, 0.015},
		{"seldom", 24, 24, 0.3, 1, 1, 1, 0, 0.015},
		{"uneven", 12, 12, 3, 1, 1, 1, 0, 0.015},
		{"four times as long", 48, 12, 3, 1, 1, 1, 0, 0.015},
		{"a quarter as long", 12, 48, 3, 1, 1, 1, 0, 0.015},
		{"very uneven", 12, 12, 40, 2, 2, 1, 0, 0.015},
		{"few stretches", 8, 2, 3, 1, 1, 1, 0, 0.015},
		{"a tenth", 12, 12, 5, 1, 1, 0.1, 0.6, 1},
		{"cured", 12, 12, 40, 1, 1, 0.05, 0.9, 1},
		{"half", 24, 24, 3, 0.5, 0.5, 0.5, 0.4, 1},
	} {
		n := 1500.
		if testing.Short() {
			n = 500
		}
		told, inside := 0.0, 0.0
		for range int(n) {
			a, b := spread(r, c.a, c.mean, c.cv), spread(r, c.b, c.mean*c.rate, c.cvB)
			q, ok := NewDispersedRatio(a, b, float64(c.a), float64(c.b))
			if ok && q.P <= 0.01 {
				told++
			}
			if !ok || !q.Bounded || q.CI[0] <= c.rate && c.rate <= q.CI[1] {
				inside++
			}
		}
		if told/n < c.least || told/n > c.most {
			t.Errorf("%s: told apart in %.3f, not in %v to %v", c.name, told/n, c.least, c.most)
		}
		if inside/n < 0.85 {
			t.Errorf("%s: the interval holds the truth in %.3f", c.name, inside/n)
		}
	}
}

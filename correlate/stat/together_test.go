package stat

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// sharedWorld is incidents at random or as watch timeouts renew, each seen by
// each of several proxies with a chance, on clocks of their own.
func sharedWorld(r *rand.Rand, renewal bool, seen float64) []Series {
	const span = 8 * 3600.0
	series := make([]Series, 4)
	zero := make([]float64, len(series))
	for i := range zero {
		zero[i] = r.Float64() * 1e5
	}
	for x := 0.0; x < span; {
		if renewal {
			x += 300 + 300*r.Float64()
		} else {
			x += r.ExpFloat64() * 1500
		}
		for i := range series {
			if r.Float64() < seen {
				series[i].Times = append(series[i].Times, x+zero[i]+r.Float64())
			}
		}
	}
	return series
}

// Series that tell the same incidents must not be taken for so many witnesses.
func TestTogetherClaimsNothing(t *testing.T) {
	const worlds = 60
	for _, renewal := range []bool{false, true} {
		for _, seen := range []float64{0.25, 0.5, 0.7, 1} {
			r := rand.New(rand.NewPCG(19, uint64(100*seen)))
			claimed := 0
			for range worlds {
				if slices.ContainsFunc(JudgeTogether(sharedWorld(r, renewal, seen), DefaultPeriods), Together.Claimed) {
					claimed++
				}
			}
			if claimed > 1 {
				t.Errorf("renewal %v, seen %.2f: %d of %d worlds claimed", renewal, seen, claimed, worlds)
			}
		}
	}
}

// Four proxies with a handful of incidents each, on a period of ten minutes.
func TestTogetherPower(t *testing.T) {
	const worlds = 100
	r := rand.New(rand.NewPCG(20, 1))
	found, other := 0, 0
	for range worlds {
		var series []Series
		for range 4 {
			series = append(series, resyncWorld(6*3600, 0.15, 0)(r))
		}
		for i, j := range JudgeTogether(series, DefaultPeriods) {
			if j.Claimed() && i == 0 {
				found++
			} else if j.Claimed() {
				other++
			}
		}
	}
	if found < 70 || other > 3 {
		t.Errorf("600 s found in %d, others in %d of %d", found, other, worlds)
	}
}

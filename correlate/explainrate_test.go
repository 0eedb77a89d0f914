package correlate_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/fixtures/synth"
	"faultline/parse"
)

// In days on which failures come at a constant rate, in incidents of several
// each, hardly a stretch of a quarter of an hour has a target or a kind of event
// that is called particular.
func TestExplainConstantDays(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	stretches, targets, kinds := 0, 0, 0
	for seed := uint64(1); seed <= 6; seed++ {
		in, _ := made(t, config("unlinked", seed, func(c *synth.Config) { c.Hours = 8 }))
		c := judge(t, correlate.Options{}, in...)
		from, to := c.Incidents[0].Start, c.Incidents[len(c.Incidents)-1].End
		const long = parse.Time(15 * time.Minute)
		for range 12 {
			at := from + 4*long + parse.Time(r.Int64N(int64(to-from-5*long)))
			x, ok := c.Explain(at, at+long)
			if !ok {
				t.Fatal("nothing to explain")
			}
			stretches++
			targets += called(x.Targets)
			kinds += called(x.Kinds)
		}
	}
	t.Logf("of %d stretches %d name a target, %d a kind", stretches, targets, kinds)
	if 10*targets > stretches || 10*kinds > stretches {
		t.Errorf("of %d stretches %d name a target, %d a kind", stretches, targets, kinds)
	}
}

// called is 1 if any of a list is called particular.
func called(list []correlate.Contrast) int {
	for _, one := range list {
		if one.Expected != nil && one.Q <= 0.05 {
			return 1
		}
	}
	return 0
}

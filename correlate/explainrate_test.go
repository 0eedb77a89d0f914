package correlate_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/fixtures/synth"
	"faultline/parse"
)

// In days on which failures come at a constant rate, in incidents of several each,
// hardly a stretch has a target, a kind of event or a message that is called
// particular: 5 % of them is what q allows, and 8 % of so few what chance does.
func TestExplainConstantDays(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	for _, scenario := range []string{"poisson", "unlinked"} {
		stretches, targets, kinds, messages := 0, 0, 0, 0
		for seed := uint64(1); seed <= 4; seed++ {
			in, _ := made(t, config(scenario, seed, func(c *synth.Config) { c.Hours = 8 }))
			c := judge(t, correlate.Options{}, in...)
			from, to := c.Incidents[0].Start, c.Incidents[len(c.Incidents)-1].End
			for i := range 24 {
				long := parse.Time([]time.Duration{5, 15, 30}[i%3] * time.Minute)
				at := from + 4*long + parse.Time(r.Int64N(int64(to-from-5*long)))
				x, ok := c.Explain(at, at+long)
				if !ok {
					t.Fatal("nothing to explain")
				}
				stretches++
				targets, kinds, messages = targets+called(x.Targets), kinds+called(x.Kinds), messages+called(x.Templates)
			}
		}
		if most := stretches * 8 / 100; max(targets, kinds, messages) > most {
			t.Errorf("%s: of %d stretches %d name a target, %d a kind, %d a message", scenario, stretches, targets, kinds, messages)
		}
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

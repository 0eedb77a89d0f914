package correlate

import (
	"math/rand/v2"
	"slices"
	"testing"

	"faultline/parse"
)

// What the lists find is what going through the lines backwards finds.
func TestLatestIsTheLastOfTheWindow(t *testing.T) {
	targets := []string{"", "web.shop:80", "web.shop.svc.cluster.local:80", "cart.shop:80", "10.0.0.1:80", "[fd00::1]:80"}
	found := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := &Placed{Index: &Index{Capture: &parse.Capture{Streams: make([]parse.Stream, 2)}}}
		moment := func(at parse.Time) Moment {
			s := r.IntN(2)
			st := &c.Streams[s]
			st.Events = append(st.Events, parse.Event{Time: at, Target: c.Names.AddString(targets[r.IntN(len(targets))])})
			return Moment{Point{uint32(s), uint32(len(st.Events) - 1)}, at}
		}
		var said []Moment
		for at := parse.Time(0); len(said) < 20; at += parse.Time(r.IntN(3)) { // several at one time
			said = append(said, moment(at))
		}
		v := c.mentionsOf(said)
		for range 20 {
			m, wait := moment(parse.Time(r.IntN(30))), parse.Time(r.IntN(6))
			want := lastOf(c, said, m, wait)
			got := v.latest(c, m, wait)
			if (got == nil) != (want == nil) || got != nil && *got != *want {
				t.Fatalf("seed %d: %v said before %v: got %v, want %v", seed, said, m, got, want)
			}
			if got != nil {
				found++
			}
		}
	}
	if found < 1000 {
		t.Errorf("only %d of 6000 were preceded by anything", found)
	}
}

// lastOf is the definition.
func lastOf(c *Placed, said []Moment, m Moment, wait parse.Time) *Point {
	for _, s := range slices.Backward(said) {
		a, b := c.about(m), c.about(s)
		known := namingOf(a) != byNothing && namingOf(b) != byNothing && namingOf(a) == namingOf(b)
		if s.Stream == m.Stream && s.At <= m.At && s.At >= m.At-wait && (!known || a == b) {
			return &s.Point
		}
	}
	return nil
}

package rules

import (
	"math/rand/v2"
	"testing"

	"faultline/parse"
)

// samePlace says whether two targets may be one.
func samePlace(a, b string) bool {
	x, y := spotOf(a), spotOf(b)
	return x == y || x.what != y.what || x.what == anywhere
}

// What a search by spots finds is what a look at each finds: the first rank that has
// one, of those the nearest, of two as near the earlier.
func TestNearestOfATarget(t *testing.T) {
	targets := []string{"", "10.0.0.1:80", "10.0.0.1:81", "10.0.0.2", "[fd00::1]:80", "web.shop:80", "web.shop.svc.cluster.local", "web.other", "web", "inbound :80"}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		type one struct {
			s      sight
			target string
			rank   int
		}
		var all []one
		w, ranks := newShutters(), 1+r.IntN(3)
		for i := range r.IntN(12) {
			o := one{sight{at: parse.Time(r.IntN(20)), as: int32(i)}, targets[r.IntN(len(targets))], r.IntN(ranks)}
			all = append(all, o)
			w.add(o.s, spotOf(o.target), o.rank)
		}
		w.sort()
		at, before, after, target := parse.Time(r.IntN(20)), parse.Time(r.IntN(6)), parse.Time(r.IntN(6)), targets[r.IntN(len(targets))]
		var want *one
		for i := range all {
			o := &all[i]
			if o.s.at < at-before || o.s.at > at+after || !samePlace(o.target, target) {
				continue
			}
			if want == nil || o.rank < want.rank || o.rank == want.rank && (abs(o.s.at-at) < abs(want.s.at-at) ||
				abs(o.s.at-at) == abs(want.s.at-at) && o.s.at < want.s.at) {
				want = o
			}
		}
		got, ok := w.nearest(ranks, spotOf(target), at, before, after)
		if ok != (want != nil) || ok && got.as != want.s.as {
			t.Fatalf("%v at %d -%d +%d of %q: %v %v, want %+v", all, at, before, after, target, got, ok, want)
		}
	}
}

package rules

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"faultline/parse"
)

// A search among periods finds each that a look at all of them finds.
func TestPeriodsThatTouchALookup(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	second := parse.Time(time.Second)
	for range 3000 {
		var all []period
		for range r.IntN(8) {
			from := parse.Time(r.IntN(30)) * second / 2
			all = append(all, period{from: from, to: from + parse.Time(r.IntN(12))*second/2})
		}
		at := parse.Time(r.IntN(30)) * second / 2
		begin := at - parse.Time(lookupWait)
		found := inOrder(slices.Clone(all))
		if got, want := found.whole(at, held), slices.ContainsFunc(all, func(x period) bool {
			return min(x.to, at)-max(x.from, begin) >= parse.Time(held)
		}); got != want {
			t.Fatalf("%v at %d: %v", all, at, got)
		}
		touch := func(x period) bool { return x.from <= at && x.to >= begin }
		n := 0
		for _, x := range found.touching(at) {
			if touch(x) {
				n++
			}
		}
		if want := len(slices.DeleteFunc(slices.Clone(all), func(x period) bool { return !touch(x) })); n != want {
			t.Fatalf("%v at %d: %d touch, want %d", all, at, n, want)
		}
	}
}

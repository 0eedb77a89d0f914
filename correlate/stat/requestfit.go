package stat

import (
	"math"
	"sort"
)

// Constants of the fit of requests.
const (
	requestWithin = 0.75 // a request is told by both logs this near, seconds: half a printed second, and what a write may take
	requestStep   = 0.25 // of the offsets that are compared, seconds
	requestApart  = 5.0  // offsets farther apart than this are another place, seconds
	requestLeast  = 6    // requests that must agree
	requestShare  = 0.9  // of them that must agree
	requestRival  = 0.6  // of that number, which any other place may reach
	requestPairs  = 4e6
	requestPlaces = 1000 // that are looked at, those with the most pairs
)

// A RequestFit is the offset at which the requests of one log are those of
// another, one to one.
type RequestFit struct {
	Offset float64 // seconds to add to the first clock
	Within float64 // half-width, seconds: half of the range of the differences
	N      int     // requests of the first log
	// Matched of them have a request of their own in the second log; Rival is
	// how many have one at the best other place, at least 5 s away.
	Matched, Rival int
}

// NewRequestFit finds the offset θ at which each u on one clock is a request of
// w on another, u+θ ≈ w within 0.75 s, each w used once. Both ascend, in
// seconds. ok is false unless six at least and nine in ten agree, and no other
// place comes near: a comb on a comb fits at every period, and is not placed.
func NewRequestFit(u, w []float64) (f RequestFit, ok bool) {
	f.N = len(u)
	if f.N < requestLeast || len(w) < requestLeast || float64(len(u))*float64(len(w)) > requestPairs {
		return f, false
	}
	near := map[int64]int{}
	for _, x := range u {
		for _, y := range w {
			near[int64(math.Floor((y-x)/requestStep))]++
		}
	}
	type place struct {
		offset float64
		pairs  int
	}
	var places []place
	reach := int64(requestWithin / requestStep)
	for at := range near {
		sum := 0
		for k := at - reach; k < at+reach; k++ {
			sum += near[k]
		}
		places = append(places, place{float64(at) * requestStep, sum})
	}
	sort.Slice(places, func(i, j int) bool {
		a, b := places[i], places[j]
		return a.pairs > b.pairs || a.pairs == b.pairs && a.offset < b.offset
	})
	places = places[:min(len(places), requestPlaces)]
	var best []float64
	for _, p := range places {
		if p.pairs <= f.Matched { // pairs bound the matches from above
			break
		}
		if d := requestsAt(u, w, p.offset); len(d) > f.Matched {
			f.Matched, best = len(d), d
		}
	}
	if f.Matched < requestLeast || float64(f.Matched) < requestShare*float64(f.N) {
		return f, false
	}
	sort.Float64s(best)
	f.Offset = (best[0] + best[len(best)-1]) / 2
	f.Within = (best[len(best)-1] - best[0]) / 2
	for _, p := range places {
		if p.pairs <= f.Rival {
			break
		}
		if math.Abs(p.offset-f.Offset) > requestApart {
			f.Rival = max(f.Rival, len(requestsAt(u, w, p.offset)))
		}
	}
	return f, float64(f.Rival) <= requestRival*float64(f.Matched)
}

// requestsAt matches each u to the first w that is left and near, and gives the
// differences.
func requestsAt(u, w []float64, offset float64) (differences []float64) {
	j := 0
	for _, x := range u {
		for j < len(w) && w[j] < x+offset-requestWithin {
			j++
		}
		if j < len(w) && w[j] <= x+offset+requestWithin {
			differences = append(differences, w[j]-x)
			j++
		}
	}
	return differences
}

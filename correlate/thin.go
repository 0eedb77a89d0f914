package correlate

import (
	"fmt"

	"faultline/correlate/stat"
)

const (
	// clockIncidents bounds the incidents that are tested of all processes on
	// clocks of their own together: each is tested and fitted by itself, at a
	// cost for each incident.
	clockIncidents = 25_000
	// leastIncidents is what each is tested with all the same: sixteen hours of
	// ten minutes.
	leastIncidents = 96
)

// thinned is how many incidents of each process on a clock of its own are
// tested, its first ones; 0 where all are, which is so in all but the largest
// dumps. That costs power, and claims nothing.
func thinned(g *groups) int {
	sum := 0
	for _, one := range g.alone {
		for i, m := range one.Forming {
			if i == 0 || m.At-one.Forming[i-1].At > IncidentGap {
				sum++
			}
		}
	}
	if sum <= clockIncidents {
		return 0
	}
	return max(leastIncidents, clockIncidents/len(g.alone))
}

// series is what is tested of a group's failures for a period, of the first n
// incidents; of all for 0 and on the wall clock.
func (g *Group) series(n int) stat.Series {
	s := stat.Series{Times: times(g.Forming), Coverage: g.Coverage}
	if n == 0 || g.Clock.OnWall() {
		return s
	}
	if cut, ok := stat.Head(s.Times, n); ok {
		s.Times, s.Coverage = s.Times[:cut], s.Coverage.Until(s.Times[cut-1])
	}
	return s
}

// thinnedLimit says so.
func thinnedLimit(n int) string {
	return fmt.Sprintf("so many processes on clocks of their own hold so many incidents that the first %d of each were tested for a period and for a place on the wall clock", n)
}

package correlate

import (
	"math"
	"slices"
	"time"

	"faultline/correlate/stat"
)

// numbered gives each incident its cycle and phase in the beat of its group's
// failures.
func numbered(c *Placed, g *groups, incidents []Incident, periods []Period) []Incident {
	out := slices.Clone(incidents)
	for i := range out {
		in := &out[i]
		for j := range periods {
			p := &periods[j]
			s, _, ok := p.Seconds()
			if p.Of != Failures || p.Clock != in.Clock || !ok || p.Basis != stat.ByOnsets || !covers(c, g, p, in) {
				continue
			}
			cycle := math.Floor(seconds(in.Start-p.Phase)/s + 0.5)
			in.Period, in.Cycle = p.ID, int(cycle)
			in.Phase = time.Duration(in.Start-p.Phase) - time.Duration(cycle*s*1e9)
			break
		}
	}
	return out
}

// covers says whether a beat is of the failures that an incident is of: of all,
// or of the process that the incident's first failure is of, which its phase is
// reckoned from.
func covers(c *Placed, g *groups, p *Period, in *Incident) bool {
	if p.Scope == ScopeAll || !in.Clock.OnWall() {
		return true
	}
	first := between(g.wall.Failures, in.Start, in.Start)
	return len(first) > 0 && c.title(int(first[0].Stream)) == p.Scope
}

package correlate

import (
	"math"
	"slices"
	"time"

	"faultline/correlate/stat"
)

// numbered gives each incident its cycle and phase: in the period of the stalls
// that it follows, else in that of its group's failures.
func numbered(c *Placed, g *groups, incidents []Incident, periods []Period, f *Following) []Incident {
	out := slices.Clone(incidents)
	on := map[ClockID][]*Period{}
	for i := range periods {
		p := &periods[i]
		if _, _, ok := p.Seconds(); ok && p.Of == Failures && (p.Basis == stat.ByOnsets || p.Basis == stat.ByLock) {
			on[p.Clock] = append(on[p.Clock], p)
		}
	}
	for i := range out {
		in := &out[i]
		if f.number(in, periods) {
			continue
		}
		for _, p := range on[in.Clock] {
			if !covers(c, g, p, in) {
				continue
			}
			s, _, _ := p.Seconds()
			cycle := math.Floor(seconds(in.Start-p.Phase)/s + 0.5)
			in.Period, in.Cycle = p.ID, int(cycle)
			in.Phase = time.Duration(in.Start-p.Phase) - time.Duration(cycle*s*1e9)
			break
		}
	}
	return out
}

// number gives an incident that follows a stall at a tick the cycle of that
// stall, counted from the start of its process where that is known.
func (f *Following) number(in *Incident, periods []Period) bool {
	if f == nil || !f.Follows || !in.Clock.OnWall() {
		return false
	}
	i := slices.IndexFunc(periods, func(p Period) bool {
		return p.Of == Failures && p.Scope == ScopeAll && p.Nominal == f.Nominal && p.Claimed()
	})
	if i < 0 {
		return false
	}
	at := seconds(in.Start)
	for j := range f.By {
		b := &f.By[j]
		k, _ := slices.BinarySearch(b.on, at-seconds(StallWindow))
		if k == len(b.on) || b.on[k] > at {
			continue
		}
		from := b.Phase
		if b.Start != 0 {
			from = b.Start
		}
		tick := b.at(b.on[k])
		in.Period, in.Process = periods[i].ID, b.Process
		in.Cycle = int(math.Round((tick - seconds(from)) / b.Period))
		in.Phase = time.Duration((at - tick) * 1e9)
		return true
	}
	return false
}

// covers says whether a period is of the failures that an incident is of: of all,
// or of the process that the incident's first failure is of, which its phase is
// reckoned from.
func covers(c *Placed, g *groups, p *Period, in *Incident) bool {
	if p.Scope == ScopeAll || !in.Clock.OnWall() {
		return true
	}
	first := between(g.wall.Failures, in.Start, in.Start)
	return len(first) > 0 && c.title(int(first[0].Stream)) == p.Scope
}

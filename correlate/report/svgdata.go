package report

import (
	"math"
	"slices"
	"time"

	"faultline/correlate"
	"faultline/correlate/stat"
	"faultline/parse"
)

// figure is what is drawn of one clock: times in seconds on that clock.
type figure struct {
	wall     bool
	zone     *time.Location
	from, to float64
	lanes    []lane
	// proxies and controllers are when each was captured; nil when no log of
	// the kind is there at all.
	proxies, controllers stat.Coverage
	incidents, notes     []mark  // a note's target is its text
	holes                []hole  // in which nothing at all was running
	period               float64 // seconds; 0 without a claim
	phase                float64 // one tick, when phased
	phased               bool    // one phase for all of it, which is known
	whose                string
	replicas             []replica // of the period, each with ticks of its own
}

// lane is one kind of event.
type lane struct {
	name, class string
	times       []float64
	cover       stat.Coverage // nil: not known when it could have been seen
	hatch       string
	spans       []rung // of alerts
}

// rung is when an alert was pending or firing, seconds since 1970.
type rung struct {
	from, to float64
	class    string
}

// hole is a stretch that counts as not captured although logs go on behind it.
type hole struct {
	from, to float64
	whose    string
}

// mark is one incident.
type mark struct {
	at       float64
	id       string
	failures int
	target   string
}

// figures are the drawings of a case: the wall clock's, then those of
// processes whose zero is not known.
func figures(c *correlate.Case, zone *time.Location) (out []*figure) {
	const most = 4
	of := ofClocks(c)
	for _, g := range c.ByClock() {
		if len(out) == most {
			break
		}
		f := newFigure(c, g, of)
		f.zone = zone
		if f.to > f.from {
			out = append(out, f)
		}
	}
	return out
}

// ofClock are the incidents on a clock, and the period that counts most there.
type ofClock struct {
	incidents []*correlate.Incident
	period    *correlate.Period
}

// ofClocks sorts a case's incidents and periods by their clocks once: there may be as
// many clocks as pods.
func ofClocks(c *correlate.Case) map[correlate.ClockID]*ofClock {
	out := map[correlate.ClockID]*ofClock{}
	at := func(clock correlate.ClockID) *ofClock {
		if out[clock] == nil {
			out[clock] = &ofClock{}
		}
		return out[clock]
	}
	for i := range c.Incidents {
		of := at(c.Incidents[i].Clock)
		of.incidents = append(of.incidents, &c.Incidents[i])
	}
	for _, i := range byWeight(c) {
		p := &c.Periods[i]
		if _, _, ok := p.Seconds(); ok && at(p.Clock).period == nil {
			at(p.Clock).period = p
		}
	}
	return out
}

func newFigure(c *correlate.Case, g *correlate.Group, clocks map[correlate.ClockID]*ofClock) *figure {
	of := clocks[g.Clock]
	if of == nil {
		of = &ofClock{}
	}

	f := &figure{wall: g.Clock.OnWall(), proxies: g.Coverage}
	if f.wall {
		for _, p := range c.Processes() {
			f.controllers = append(f.controllers, p.Coverage...)
		}
		if f.controllers != nil {
			f.controllers = stat.NewCoverage(f.controllers)
		}
	}
	if len(f.proxies) == 0 {
		f.proxies = nil
	}
	add := func(name, class string, m []correlate.Moment, cover stat.Coverage, hatch string) {
		if len(m) > 0 || cover != nil && name == "failures" || cover != nil && name == "stalls" {
			f.lanes = append(f.lanes, lane{name, class, secondsAll(m), cover, hatch, nil})
		}
	}
	add("failures", "fail", g.Failures, f.proxies, "no-proxy")
	add("inner failures", "fail", g.Inner, f.proxies, "no-proxy")
	add("failfast", "sign", g.Failfast, f.proxies, "no-proxy")
	add("no endpoints", "sign", g.Absent, f.proxies, "no-proxy")
	add("refused", "sign", g.Refused, f.proxies, "no-proxy")
	add("stalls", "stall", g.Stalls, f.controllers, "no-controller")
	add("probes", "probe", g.Probes, nil, "")
	for _, in := range of.incidents {
		m := mark{at: float64(in.Start) / 1e9, id: in.ID, failures: in.Failures}
		if len(in.Targets) > 0 {
			m.target = Clean(in.Targets[0].Name)
		}
		f.incidents = append(f.incidents, m)
	}
	for _, h := range c.Holes() {
		if h.All && f.wall {
			f.holes = append(f.holes, hole{float64(h.From) / 1e9, float64(h.To) / 1e9, "nothing was running or captured"})
		}
	}
	f.periods(of.period)
	for _, m := range c.Marks() {
		if f.wall && m.At != 0 && !m.Own {
			f.notes = append(f.notes, mark{at: float64(m.At) / 1e9, target: Clean(m.Signed())})
		}
	}
	f.ofReplicas(c)
	f.extent()
	return f
}

// alerts adds a lane for each rule whose alerts rang.
func (f *figure) alerts(of []AlertLane) {
	for _, a := range of {
		l := lane{name: Clean(a.Name), class: "fail"}
		for _, s := range a.Pending {
			l.spans = append(l.spans, rung{seconds(s.From), seconds(s.To), "pending"})
		}
		for _, s := range a.Firing {
			l.times = append(l.times, seconds(s.From))
			l.spans = append(l.spans, rung{seconds(s.From), seconds(s.To), "rang"})
		}
		f.lanes = append(f.lanes, l)
	}
}

func seconds(t parse.Time) float64 { return float64(t) / 1e9 }

// periods takes over the period that the verdict rests on, if it is on this clock.
func (f *figure) periods(p *correlate.Period) {
	if p == nil {
		return
	}
	f.period, _, _ = p.Seconds()
	f.phase = float64(p.Phase) / 1e9
	f.phased = p.Confirm != nil && p.Basis != stat.ByTicks && !p.SeveralPhases
	f.whose = string(p.Of) + " of " + Clean(p.Scope)
}

// extent is from the first to the last that was captured or happened.
func (f *figure) extent() {
	f.from, f.to = math.Inf(1), math.Inf(-1)
	for _, cover := range []stat.Coverage{f.proxies, f.controllers} {
		if len(cover) > 0 {
			f.from, f.to = min(f.from, cover[0].Start), max(f.to, cover[len(cover)-1].End)
		}
	}
	for _, l := range f.lanes {
		if len(l.times) > 0 {
			f.from, f.to = min(f.from, l.times[0]), max(f.to, l.times[len(l.times)-1])
		}
	}
}

func secondsAll(m []correlate.Moment) []float64 {
	out := make([]float64, len(m))
	for i := range m {
		out[i] = float64(m[i].At) / 1e9
	}
	return out
}

// holes are the parts of a stretch outside a coverage.
func holes(c stat.Coverage, from, to float64) (out []stat.Span) {
	at := from
	for _, s := range c {
		if s.End <= from {
			continue
		}
		if s.Start >= to {
			break
		}
		if s.Start > at {
			out = append(out, stat.Span{Start: at, End: s.Start})
		}
		at = max(at, s.End)
	}
	if at < to {
		out = append(out, stat.Span{Start: at, End: to})
	}
	return out
}

// within are the times in [from, to).
func within(times []float64, from, to float64) []float64 {
	i, _ := slices.BinarySearch(times, from)
	j, _ := slices.BinarySearch(times, to)
	return times[i:j]
}

// steps that an axis may have, in seconds.
var steps = []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 2 * 3600, 3 * 3600, 4 * 3600, 6 * 3600, 12 * 3600,
	86400, 2 * 86400, 7 * 86400, 30 * 86400, 365 * 86400}

// step is the smallest that gives at most n marks over a length.
func step(length float64, n int) float64 {
	for _, s := range steps {
		if length/s <= float64(n) {
			return s
		}
	}
	return length
}

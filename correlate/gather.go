package correlate

import (
	"cmp"
	"slices"

	"faultline/correlate/stat"
	"faultline/parse"
	"faultline/parse/formats"
)

// gather sorts the index's points into groups, and counts them.
func gather(c *Placed) (groups, Counts) {
	g := groups{wall: &Group{Clock: Wall}}
	alone := map[uint32]*Group{}
	put := func(points []Point, list func(*Group) *[]Moment) {
		onWall := 0 // there may be ten million of them
		for _, p := range points {
			if c.Anchors[p.Stream].Placed() {
				onWall++
			}
		}
		l := list(g.wall)
		*l = slices.Grow(*l, onWall)
		for len(points) > 0 { // those of one stream
			n := 1
			for n < len(points) && points[n].Stream == points[0].Stream {
				n++
			}
			stream, to := points[0].Stream, g.wall
			if !c.Anchors[stream].Placed() {
				if to = alone[stream]; to == nil {
					to = &Group{Clock: ClockID(stream)}
					alone[stream] = to
				}
			}
			l := list(to)
			*l = c.moments(slices.Grow(*l, n), points[:n])
			points = points[n:]
		}
	}
	put(c.failures(), func(g *Group) *[]Moment { return &g.Failures })
	put(c.Of(parse.ProxyFailfastEnter), func(g *Group) *[]Moment { return &g.Failfast })
	put(c.Of(parse.ProxyNoEndpoints), func(g *Group) *[]Moment { return &g.Absent })
	put(c.Of(parse.ProxyConnectFailed), func(g *Group) *[]Moment { return &g.Refused })
	put(c.Of(parse.ControllerPopStall), func(g *Group) *[]Moment { return &g.Stalls })
	put(c.Of(parse.KubeletProbeFailed), func(g *Group) *[]Moment { return &g.Probes })
	for s := range c.Streams {
		if one := alone[uint32(s)]; one != nil {
			g.alone = append(g.alone, one)
		}
	}
	layer := outermost(c, g.all())
	for _, one := range g.all() {
		one.settle(c, layer)
		one.Forming = one.Failures
		one.Coverage = c.servedAt(one.Clock)
	}
	g.alone = slices.DeleteFunc(g.alone, func(g *Group) bool { return len(g.Failures) == 0 })
	return g, count(c, &g, layer)
}

// moments appends those of a stream's points that the options ask for.
func (c *Placed) moments(to []Moment, points []Point) []Moment {
	for _, p := range points {
		if at, ok := c.asked(p); ok {
			to = append(to, Moment{p, at})
		}
	}
	return to
}

// asked says whether the options ask for a point, and when it was on the clock of
// its group.
func (c *Placed) asked(p Point) (at parse.Time, ok bool) {
	o, a := &c.Options, &c.Anchors[p.Stream]
	if at = c.At(p).Time; a.Placed() {
		at += a.Zero
		if o.Since != 0 && at < o.Since || o.Until != 0 && at > o.Until {
			return at, false
		}
	}
	return at, c.concerns(p)
}

// settle chooses what counts as a failure in the group, and sorts.
func (g *Group) settle(c *Placed, layer parse.Kind) {
	g.Kind = layer
	switch layer {
	case parse.ProxyFailfastEnter:
		g.Failures = slices.Clone(g.Failfast)
	case parse.ProxyNoEndpoints:
		g.Failures = slices.Clone(g.Absent)
	default:
		for _, m := range g.Failures {
			if c.At(m.Point).Kind != layer {
				g.Inner = append(g.Inner, m)
			}
		}
		g.Failures = slices.DeleteFunc(g.Failures, func(m Moment) bool { return c.At(m.Point).Kind != layer })
	}
	for _, l := range []*[]Moment{&g.Failures, &g.Inner, &g.Failfast, &g.Absent, &g.Refused, &g.Stalls, &g.Probes} {
		slices.SortStableFunc(*l, func(a, b Moment) int { return cmp.Compare(a.At, b.At) })
	}
}

// serves says whether a stream is the log of something that requests pass
// through, and that prints as long as there are any.
func serves(st *parse.Stream) bool { return formats.Of(st.Format).Role == parse.RoleServing }

// Serves says the same of a stream by its number.
func (c *Placed) Serves(s int) bool { return serves(&c.Streams[s]) }

// servedAt is when proxies were captured whose times are on a clock, in seconds.
func (c *Placed) servedAt(clock ClockID) stat.Coverage {
	var spans []stat.Span
	from, to := 0, len(c.Streams)
	if !clock.OnWall() {
		from, to = int(clock), int(clock)+1
	}
	for s := from; s < to; s++ {
		if !serves(&c.Streams[s]) || c.CopyOf[s] >= 0 || !c.within(s) {
			continue
		}
		if clock == ClockID(s) || clock.OnWall() && c.Anchors[s].Placed() {
			spans = append(spans, c.captured(s)...)
		}
	}
	return clip(stat.NewCoverage(spans), &c.Options, clock.OnWall())
}

// captured is when a stream was captured, in seconds on its group's clock: its
// coverage without the silences that lie in holes.
func (c *Placed) captured(s int) (spans []stat.Span) {
	for _, span := range c.Captured(s) {
		spans = append(spans, stat.Span{Start: seconds(span.From), End: seconds(span.To)})
	}
	return spans
}

// Captured is when a stream was captured: on the wall clock if the stream has
// an anchor, else on its own. Silences that lie in holes are left out.
func (c *Placed) Captured(s int) (out []parse.Span) {
	for _, span := range c.onGroupClock(s, c.Streams[s].Coverage) {
		out = append(out, without(span, c.cuts[s])...)
	}
	return out
}

// clip cuts a coverage to what the options ask for.
func clip(cov stat.Coverage, o *Options, wall bool) stat.Coverage {
	if !wall || o.Since == 0 && o.Until == 0 {
		return cov
	}
	var out stat.Coverage
	for _, s := range cov {
		if o.Since != 0 {
			s.Start = max(s.Start, seconds(o.Since))
		}
		if o.Until != 0 {
			s.End = min(s.End, seconds(o.Until))
		}
		if s.End > s.Start {
			out = append(out, s)
		}
	}
	return out
}

// count sums up what was gathered.
func count(c *Placed, g *groups, layer parse.Kind) Counts {
	n := Counts{Failures: map[parse.Kind]int{}, Layer: layer}
	for _, one := range g.all() {
		for _, list := range [][]Moment{one.Failures, one.Inner} {
			for _, m := range list {
				n.Failures[c.At(m.Point).Kind]++
			}
		}
		n.Stalls += len(one.Stalls)
		for _, m := range one.Probes {
			n.Probes += int(c.At(m.Point).Count)
		}
	}
	return n
}

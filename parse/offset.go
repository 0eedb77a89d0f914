package parse

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Offset is a wrapper's clock less the line's own uptime. It is the moment at
// which the process started, and so the same on all of its lines: the proxy
// counts on a monotonic clock (linkerd2-proxy linkerd/tracing/src/uptime.rs,
// std::time::Instant), which follows the wall clock's rate.
type Offset struct {
	At     Time          // ns since 1970, on the wrapper's clock
	Within time.Duration // half the width of the printed time
	Of     OffsetKind
}

// OffsetKind is the clock that an [Offset] was taken from.
type OffsetKind uint8

// The clocks that a wrapper prints.
const (
	OffsetNone  OffsetKind = iota
	OffsetUTC              // with a zone
	OffsetLocal            // without one: good enough to tell processes apart
)

// lateBy is the longest delay of a stamp that is believed: what reads a
// container's output may be busy. A greater jump is another process.
const lateBy = time.Second

// readingOf is what a line's wrapper shows, before any format saw the line.
func readingOf(p *Prefix) Offset {
	switch {
	case p.HasStamp:
		return Offset{p.Stamp, p.Grain.Width() / 2, OffsetUTC}
	case p.HasLocal:
		return Offset{p.Local, p.Grain.Width() / 2, OffsetLocal}
	}
	return Offset{}
}

// since is the line's offset, once a format has read its uptime.
func (l *Line) since() Offset {
	if l.Clock != ClockUptime || l.offset.Of == OffsetNone {
		return Offset{}
	}
	return Offset{l.offset.At - l.Own, l.offset.Within + l.Grain.Width()/2, l.offset.Of}
}

// near says whether two offsets can be of one process.
func (o *Offset) near(p *Offset) bool {
	return o.Of == p.Of && time.Duration(o.At-p.At).Abs() <= lateBy+o.Within+p.Within
}

// clock is the segments of one offset: one life of one process.
type clock struct {
	group
	// least is the earliest zero of its lines, the others being late.
	least Time
	of    OffsetKind
	// from and to are when it spoke, on the wrapper's clock.
	from, to Time
}

// byOffset sorts segments by the process that wrote them, and says which of
// them are lives of one. In what order they were dumped does not matter.
func (s *Stitcher) byOffset(lane []int) (groups []group) {
	clocks := s.clocks(lane)
	if s.collected(lane, clocks) {
		return s.byUptime(lane)
	}
	for i := range clocks {
		c := &clocks[i]
		c.from, c.to = Time(math.MaxInt64), Time(math.MinInt64)
		for _, n := range c.segments {
			g := &s.segments[n]
			c.from, c.to = min(c.from, g.From+c.least), max(c.to, g.To+c.least)
		}
	}
	s.succeed(clocks, s.segments[lane[0]].Pod != 0)
	for i := range clocks {
		groups = append(groups, s.dumps(clocks[i].group)...)
	}
	return groups
}

// clocks sorts segments by their offsets. Clocks are found by the second of
// their zero, so that a file of a thousand pods takes no longer.
func (s *Stitcher) clocks(lane []int) (clocks []clock) {
	type place struct {
		second Time
		of     OffsetKind
	}
	at := map[place][]int{}
	second := func(t Time) Time { return t / Time(time.Second) }
	for _, i := range lane {
		o := &s.segments[i].FirstOffset
		best, apart := -1, time.Duration(0)
		reach := Time((lateBy+2*o.Within)/time.Second) + 2
		for sec := second(o.At) - reach; sec <= second(o.At)+reach; sec++ {
			for _, n := range at[place{sec, o.Of}] {
				d := time.Duration(o.At - clocks[n].least).Abs()
				if d <= lateBy+2*o.Within && (best < 0 || d < apart) {
					best, apart = n, d
				}
			}
		}
		least := s.leastOf(i)
		switch {
		case best < 0:
			best = len(clocks)
			clocks = append(clocks, clock{least: least, of: o.Of})
			at[place{second(least), o.Of}] = append(at[place{second(least), o.Of}], best)
		case least < clocks[best].least:
			old := place{second(clocks[best].least), o.Of}
			at[old] = slices.DeleteFunc(at[old], func(n int) bool { return n == best })
			clocks[best].least = least
			at[place{second(least), o.Of}] = append(at[place{second(least), o.Of}], best)
		}
		clocks[best].add(i)
	}
	return clocks
}

const (
	// collectedWithin is how late a line may be that a collector stamped when
	// it came by, and a few lines at a time.
	collectedWithin = Time(5 * time.Minute)
	// fewLines is how many lines a process has at least as a rule.
	fewLines = 4
)

// collected says whether the stamps are a collector's, each late by another
// delay, rather than those of many processes: the uptimes are those of one life,
// and no process would have more than a few lines. A collector takes all that was
// written when it comes by, and its stamps do not run back: the process cannot have started so early that the next
// line was there already. The anchor is then as uncertain as the stamps are late.
func (s *Stitcher) collected(lane []int, clocks []clock) bool {
	if len(clocks) < 3 || len(lane) >= fewLines*len(clocks) {
		return false
	}
	from, to, lines, after := clocks[0].least, clocks[0].least, uint32(0), Time(math.MinInt64)
	for i := range clocks {
		from, to = min(from, clocks[i].least), max(to, clocks[i].least)
		if s.spoke(&clocks[i]) {
			return false
		}
	}
	for k, i := range lane {
		g := &s.segments[i]
		lines += g.Lines
		if k == 0 {
			continue
		}
		before := &s.segments[lane[k-1]]
		came := before.LastOffset
		if g.First < before.Last || g.FirstOffset.At+g.First < came.At+before.Last-Time(2*came.Within) {
			return false
		}
		after = max(after, came.At+before.Last-g.First-Time(lateBy+2*came.Within))
	}
	return after <= from && to-from <= collectedWithin && int(lines) < fewLines*len(clocks)
}

// spoke says whether a clock has more than a few lines that were not written at
// once: no collector is as late again and again.
func (s *Stitcher) spoke(c *clock) bool {
	lines, from, to := uint32(0), Time(math.MaxInt64), Time(math.MinInt64)
	for _, i := range c.segments {
		g := &s.segments[i]
		lines, from, to = lines+g.Lines, min(from, g.From), max(to, g.To)
	}
	return lines >= fewLines && to-from > Time(lateBy)
}

// leastOf is the earliest zero that a segment's lines tell.
func (s *Stitcher) leastOf(i int) Time {
	g := &s.segments[i]
	least := min(g.FirstOffset.At, g.LastOffset.At)
	if g.Tied && g.FirstOffset.Of == OffsetUTC {
		least = min(least, g.Tie.Wall-g.Tie.Own)
	}
	return least
}

// succeed numbers the lives of each process. A process can be another's next
// life when it started after the other fell silent; those of a container that
// is named always are.
func (s *Stitcher) succeed(clocks []clock, named bool) {
	order := make([]int, len(clocks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(clocks[a].least, clocks[b].least) })
	var last []int // the latest life of each process
	for _, i := range order {
		c := &clocks[i]
		before := -1
		for k, n := range last {
			ended := clocks[n].to <= c.least+freshStart
			if (named || ended && clocks[n].of == c.of) && (before < 0 || clocks[n].to > clocks[last[before]].to) {
				before = k
			}
		}
		if before < 0 {
			last = append(last, i)
			continue
		}
		c.life = clocks[last[before]].life + 1
		last[before] = i
	}
	for i := range clocks {
		clocks[i].mixed = len(last) > 1
	}
}

// dumps takes apart what is several dumps of one process, one behind the
// other, so that what stands in each is found to be a copy. Where the uptime
// falls at most of the lines, the newest comes first, and they are put in order.
func (s *Stitcher) dumps(g group) (groups []group) {
	falls := 0
	for k, i := range g.segments[1:] {
		if s.segments[i].First < s.segments[g.segments[k]].Last-fallBack {
			falls++
		}
	}
	if 2*falls > len(g.segments) && falls > 1 {
		slices.SortStableFunc(g.segments, func(a, b int) int { return cmp.Compare(s.segments[a].First, s.segments[b].First) })
		return []group{g}
	}
	for k, i := range g.segments {
		if k == 0 || s.segments[i].First < s.segments[g.segments[k-1]].Last-fallBack {
			groups = append(groups, group{life: g.life, mixed: g.mixed})
		}
		groups[len(groups)-1].add(i)
	}
	return groups
}

// between puts segments without an offset into the groups that they stand
// behind, if their uptimes fit, and gives those that it cannot place.
func (s *Stitcher) between(groups []group, mute []int) (rest []int) {
	of := map[int]int{} // by the segment before
	for n := range groups {
		for _, i := range groups[n].segments {
			of[i] = n
		}
	}
	for len(mute) > 0 {
		run := mute[:s.rising(mute)]
		fit := 0
		if n, ok := of[run[0]-1]; ok {
			next, again := of[run[len(run)-1]+1]
			fit = s.fitting(groups[n].segments, run, again && next == n)
			groups[n].segments = append(groups[n].segments, run[:fit]...)
		}
		rest = append(rest, run[fit:]...)
		mute = mute[len(run):]
	}
	for n := range groups {
		slices.Sort(groups[n].segments)
	}
	return rest
}

// rising is how many of some segments stand one behind the other and are of one
// key, with uptimes that go on.
func (s *Stitcher) rising(run []int) int {
	for k, i := range run[1:] {
		if before := run[k]; i != before+1 || !s.follows(before, i) {
			return k + 1
		}
	}
	return len(run)
}

// follows says whether a segment can be of the process that another was of.
func (s *Stitcher) follows(before, i int) bool {
	return s.segments[before].key == s.segments[i].key && s.segments[i].First >= s.segments[before].Last-fallBack
}

// fitting is how many of a run of segments without an offset are of the process
// that spoke before it: all, if the same one speaks again behind the run, else
// those up to the first pause that is not to be expected. A log without
// stamps that was put behind another pod's jumps ahead by the difference of their ages.
func (s *Stitcher) fitting(stamped, run []int, again bool) int {
	before, last := run[0]-1, run[len(run)-1]
	switch {
	case !s.follows(before, run[0]):
		return 0
	case s.segments[before].Pod != 0 || again && s.follows(last, last+1):
		return len(run)
	}
	longest := max(s.usual(stamped), s.usual(run))
	for k, i := range run {
		if s.segments[i].First-s.segments[i-1].Last > longest {
			return k
		}
	}
	return len(run)
}

// usual is the longest pause to expect between the lines of some segments, by the mean.
func (s *Stitcher) usual(segments []int) Time {
	from, to, lines := Time(math.MaxInt64), Time(math.MinInt64), Time(0)
	for _, i := range segments {
		g := &s.segments[i]
		from, to, lines = min(from, g.From), max(to, g.To), lines+Time(g.Lines)
	}
	if lines < 2 {
		return resumeWithin
	}
	return patient((to - from) / (lines - 1))
}

// laidEnd takes apart the logs of several processes that were laid end to end
// without a word of which is whose. The clock runs back where the next one
// begins, into a time in which another one spoke.
func (s *Stitcher) laidEnd(lane []int) (groups []group) {
	// A list that is in no order falls all the time.
	const mostParts = 16
	if len(lane) == 1 || len(lane) > mostParts {
		return []group{{segments: lane}}
	}
	for _, i := range lane {
		g := &s.segments[i]
		to := slices.IndexFunc(groups, func(o group) bool {
			return !slices.ContainsFunc(o.segments, func(k int) bool {
				h := &s.segments[k]
				return g.From < h.To-stepBack && h.From < g.To-stepBack
			})
		})
		if to < 0 {
			to = len(groups)
			groups = append(groups, group{})
		}
		groups[to].add(i)
	}
	for n := range groups {
		groups[n].mixed = len(groups) > 1
		slices.SortStableFunc(groups[n].segments, func(a, b int) int { return cmp.Compare(s.segments[a].From, s.segments[b].From) })
	}
	return groups
}

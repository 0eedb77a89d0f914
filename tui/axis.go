package tui

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"faultline/correlate"
	"faultline/correlate/stat"
	"faultline/parse"
	"faultline/tui/chart"
)

// wallClock is the axis of all that has a wall time; any other is a stream.
const wallClock = -1

// span is a stretch of the axis.
type span struct{ from, to parse.Time }

func (s span) len() parse.Time               { return s.to - s.from }
func (s span) has(t parse.Time) bool         { return t >= s.from && t <= s.to }
func (s span) meets(o span) bool             { return s.from <= o.to && o.from <= s.to }
func (s span) shift(d parse.Time) span       { return span{s.from + d, s.to + d} }
func (s span) clamp(t parse.Time) parse.Time { return min(max(t, s.from), s.to) }

// column is the column of w that a time falls into; -1 and w are outside.
func (s span) column(t parse.Time, w int) int {
	switch {
	case t < s.from:
		return -1
	case t > s.to:
		return w
	}
	return min(int(float64(t-s.from)/float64(max(s.len(), 1))*float64(w)), w-1)
}

// edge is where column x of w begins.
func (s span) edge(x, w int) parse.Time {
	return s.from + parse.Time(math.Round(float64(s.len())*float64(x)/float64(max(w, 1))))
}

// zero is what a stream's own time is behind the axis; ok is false for what
// cannot be drawn on it.
func (m *Model) zero(stream int) (parse.Time, bool) {
	if m.axis == wallClock {
		a := &m.c.Anchors[stream]
		return a.Zero, a.Placed()
	}
	return 0, m.axis == stream
}

// axes lists the clocks that can be the axis: the wall clock, if anything is
// on it, then each process on a clock of its own that has failures.
func axes(c *correlate.Case) (out []int) {
	for _, g := range c.ByClock() {
		if !g.Clock.OnWall() {
			out = append(out, int(g.Clock))
			continue
		}
		for s := range c.Streams {
			if c.Anchors[s].Placed() && len(c.Streams[s].Coverage) > 0 {
				out = append(out, wallClock)
				break
			}
		}
	}
	if len(out) == 0 { // only context, on its own clocks
		for s := range c.Streams {
			if len(c.Streams[s].Events) > 0 {
				return []int{s}
			}
		}
		return []int{wallClock}
	}
	return out
}

// extent is all the time that was captured on the axis.
func (m *Model) extent() span {
	all := span{math.MaxInt64, math.MinInt64}
	for s := range m.c.Streams {
		if zero, ok := m.zero(s); ok {
			for _, cov := range m.c.Streams[s].Coverage {
				all.from, all.to = min(all.from, cov.From+zero), max(all.to, cov.To+zero)
			}
		}
	}
	if o := &m.c.Options; m.axis == wallClock && all.from <= all.to {
		if o.Since != 0 {
			all.from = max(all.from, o.Since)
		}
		if o.Until != 0 {
			all.to = min(all.to, o.Until)
		}
	}
	if all.from > all.to {
		return span{0, parse.Time(time.Second)}
	}
	if all.len() < parse.Time(time.Second) {
		all.to = all.from + parse.Time(time.Second)
	}
	return all
}

// core is when proxies and controllers were captured: what is worth looking at
// first. If no log of one was read, it is the whole capture.
func (m *Model) core() span {
	all := append(spans(m.group().Coverage), m.stallCover()...)
	if all = union(all); len(all) == 0 {
		return m.extent()
	}
	s := span{all[0].from, all[len(all)-1].to}
	if at := m.incidentTimes(); len(at) > 0 {
		s = span{min(s.from, at[0]), max(s.to, at[len(at)-1])}
	}
	return m.slide(span{s.from - s.len()/100, s.to + s.len()/100})
}

// group is what is drawn on the axis.
func (m *Model) group() *visibleGroup {
	for _, g := range m.shown {
		if int(g.Clock) == m.axis {
			return g
		}
	}
	return &visibleGroup{Group: &correlate.Group{Clock: correlate.ClockID(m.axis)}, list: make([][]correlate.Moment, len(markers)),
		whole: make([][]correlate.Moment, len(markers)), cover: []span{}}
}

// between are the moments in [from, to), which are sorted.
func between(moments []correlate.Moment, from, to parse.Time) []correlate.Moment {
	at := func(m correlate.Moment, t parse.Time) int { return cmp.Compare(m.At, t) }
	i, _ := slices.BinarySearchFunc(moments, from, at)
	j, _ := slices.BinarySearchFunc(moments[i:], to, at)
	return moments[i : i+j]
}

// bins counts moments in w columns of a stretch, and says where nothing was
// captured. It costs as little as the fewer of columns and moments.
func bins(moments []correlate.Moment, cover []span, s span, w int) []chart.Bin {
	out := unknown(cover, s, w)
	in := between(moments, s.from, s.to+1)
	if len(in) < 8*w {
		for _, m := range in {
			out[s.column(m.At, w)].N++
		}
		return out
	}
	for x := range w {
		last := s.edge(x+1, w)
		if x == w-1 {
			last = s.to + 1
		}
		n, _ := slices.BinarySearchFunc(in, last, func(m correlate.Moment, t parse.Time) int { return cmp.Compare(m.At, t) })
		out[x].N, in = n, in[n:]
	}
	return out
}

// unknown are empty bins that know where nothing was captured: a column is
// unknown when no part of it was. A nil cover is no knowledge of the capture.
func unknown(cover []span, s span, w int) []chart.Bin {
	out := make([]chart.Bin, w)
	if cover == nil {
		return out
	}
	for x := range out {
		out[x].Unknown = true
	}
	first, _ := slices.BinarySearchFunc(cover, s.from, func(c span, t parse.Time) int { return cmp.Compare(c.to, t) })
	for _, c := range cover[first:] {
		if c.from > s.to {
			break
		}
		for x := max(s.column(c.from, w), 0); x <= min(s.column(c.to, w), w-1); x++ {
			out[x].Unknown = false
		}
	}
	return out
}

// spans are a coverage in the screen's unit; never nil.
func spans(c stat.Coverage) []span {
	out := make([]span, 0, len(c))
	for _, s := range c {
		out = append(out, span{nanos(s.Start), nanos(s.End)})
	}
	return out
}

// union sorts and merges spans.
func union(in []span) []span {
	slices.SortFunc(in, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	out := in[:0]
	for _, s := range in {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

func seconds(t parse.Time) float64 { return float64(t) / 1e9 }
func nanos(s float64) parse.Time   { return parse.Time(math.Round(s * 1e9)) }

// clock prints a time of the axis, with milliseconds where there is room.
func (m *Model) clock(t parse.Time, precise bool) string {
	if m.axis != wallClock {
		return fmt.Sprintf("uptime %.3f s", seconds(t))
	}
	layout := "15:04:05"
	if precise {
		layout = "2006-01-02 15:04:05.000"
	}
	return time.Unix(0, int64(t)).In(m.display.Zone).Format(layout)
}

// ticks label the axis.
func (m *Model) ticks(from, to float64, n int) []chart.Tick {
	if m.axis == wallClock {
		return chart.TimeTicks(from, to, n, m.display.Zone)
	}
	return chart.SpanTicks(from, to, n)
}

// drawAxis draws the axis under w columns of a stretch, with the marks on it.
func (m *Model) drawAxis(b *chart.Block, x, y, w int, s span) {
	from, to := seconds(s.from), seconds(s.to)
	b.Axis(x, y, w, from, to, m.ticks(from, to, max(w/10, 2)), m.display.glyphs)
	for i := range m.marks {
		if at, ok := m.on(m.axis, &m.marks[i]); ok && s.has(at) {
			b.Put(x+s.column(at, w), y, m.display.glyphs.Flag, chart.Accent)
		}
	}
}

// predicted are the ticks within a stretch, of the period that the verdict rests on
// and of the same period in other processes; nil if there would be more than most.
func (m *Model) predicted(s span, most int) []parse.Time { return m.ticksOf("", s, most) }

// ticksOf are those of one process only, where each has its own; "" is all.
func (m *Model) ticksOf(process string, s span, most int) (out []parse.Time) {
	v := m.c.Verdict.Period
	for i := range m.c.Periods {
		p := &m.c.Periods[i]
		if v < 0 || p.Of != m.c.Periods[v].Of || p.Nominal != m.c.Periods[v].Nominal || int(p.Clock) != m.axis ||
			len(m.c.Periods[v].By) > 0 && i != v {
			continue
		}
		for _, comb := range p.Combs() {
			if process != "" && comb.Process != "" && comb.Process != process {
				continue
			}
			for k := math.Ceil(seconds(s.from-comb.Tick) / comb.Period); ; k++ {
				at := comb.Tick + nanos(k*comb.Period)
				if at > s.to {
					break
				}
				if out = append(out, at); len(out) > most {
					return nil
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

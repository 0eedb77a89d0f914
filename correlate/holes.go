package correlate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"faultline/parse"
)

// A Hole is a stretch in which logs are silent that would have had at least
// [holeLines] lines in it at the rate at which they print: they were not captured,
// or what writes them was not running. There is one rule, asked of each log of
// what serves, of all of these together, and of the logs of all processes. What
// is in a hole counts for no coverage.
type Hole struct {
	// Span is when all of the logs are silent: on the wall clock, or on the clock
	// of the one stream if that has no anchor.
	parse.Span
	Clock ClockID
	// All says that no log of any process has a line in it: a host that stood
	// still, a paused machine, or nothing captured at all.
	All bool
	// Streams are those that are silent.
	Streams []int
}

// Lasts is how long the hole is.
func (h *Hole) Lasts() time.Duration { return time.Duration(h.To - h.From) }

const (
	// holeLines is how many lines logs would have printed in a silence, at the
	// rate that they have outside of silences, before the silence counts as a
	// hole: at a steady rate the chance of none is exp(-17), less than one in ten
	// million.
	holeLines = 17
	// longSilence is how long a silence is that has no say in the rate: a log of
	// a line a minute is silent for two minutes now and then.
	longSilence = parse.Time(3 * time.Minute)
	// holeMinutes is how many minutes with a line, and without an event, tell a
	// rate: bursts of failures are none.
	holeMinutes = 10
	// thawing is how long after a stretch in which nothing was running failures
	// are its own: requests whose connections are gone, and all that had waited.
	thawing = parse.Time(10 * time.Second)
)

// findHoles finds them, and by stream the silences, on its own clock, that are
// left out of its coverage.
func findHoles(c *Placed) (holes []Hole, cuts [][]parse.Span) {
	rate := make([]float64, len(c.Streams))
	silences := make(silences, len(c.Streams))
	var serving, running []int
	for s := range c.Streams {
		st := &c.Streams[s]
		if c.CopyOf[s] >= 0 || about(st) || len(st.Coverage) == 0 {
			continue
		}
		rate[s], silences[s] = steadyRate(st), c.onGroupClock(s, st.Silences)
		slices.SortFunc(silences[s], func(a, b parse.Span) int { return cmp.Compare(a.From, b.From) })
		if c.Anchors[s].Independent() {
			running = append(running, s)
		}
		if serves(st) && c.Anchors[s].Placed() {
			serving = append(serving, s)
		}
	}
	for _, h := range c.silentTogether(running, silences, rate) {
		if h.All = !c.spoken(h.Span, silences); h.All {
			holes = append(holes, h)
		}
	}
	holes = append(holes, c.silentTogether(serving, silences, rate)...)
	for s := range c.Streams {
		for _, q := range silences[s] {
			if serves(&c.Streams[s]) && rate[s]*minutes(q) >= holeLines {
				h := Hole{Span: q, Clock: Wall, Streams: []int{s}}
				if !c.Anchors[s].Placed() {
					h.Clock = ClockID(s)
				}
				holes = append(holes, h)
			}
		}
	}
	return silences.widest(holes)
}

// onGroupClock puts spans of a stream's own clock on the wall if it has an anchor.
func (c *Placed) onGroupClock(s int, spans []parse.Span) []parse.Span {
	spans = slices.Clone(spans)
	if c.Anchors[s].Placed() {
		for i := range spans {
			spans[i].From, spans[i].To = spans[i].From+c.Anchors[s].Zero, spans[i].To+c.Anchors[s].Zero
		}
	}
	return spans
}

// silences are those of each stream, on the clock of its group, in order.
type silences [][]parse.Span

// over is the number of the silence of a stream that holds a stretch.
func (l silences) over(s int, in parse.Span) (n int, ok bool) {
	n, found := slices.BinarySearchFunc(l[s], in.From, func(q parse.Span, from parse.Time) int { return cmp.Compare(q.From, from) })
	if !found {
		n--
	}
	return n, n >= 0 && in.To <= l[s][n].To
}

// widest leaves out the holes that lie in others which more logs share, and gives
// by stream the silences that holes lie in.
func (l silences) widest(holes []Hole) (out []Hole, cuts [][]parse.Span) {
	cuts = make([][]parse.Span, len(l))
	type silence struct{ stream, n int }
	cut := map[silence]bool{}
	for _, h := range holes {
		fresh := false
		for _, s := range h.Streams {
			if n, ok := l.over(s, h.Span); ok && !cut[silence{s, n}] {
				cut[silence{s, n}], fresh = true, true
			}
		}
		if fresh {
			out = append(out, h)
		}
	}
	for s := range l {
		for n, q := range l[s] {
			if cut[silence{s, n}] {
				cuts[s] = append(cuts[s], q)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Hole) int { return cmp.Or(cmp.Compare(a.Clock, b.Clock), cmp.Compare(a.From, b.From)) })
	return out, cuts
}

// silentTogether are the stretches in which all of some logs are silent that go on
// on both sides, two at least, and would have had lines enough.
func (c *Placed) silentTogether(streams []int, l silences, rate []float64) (out []Hole) {
	type edge struct {
		at            parse.Time
		going, silent int
	}
	var edges []edge
	for _, s := range streams {
		st, zero := &c.Streams[s], c.Anchors[s].Zero
		edges = append(edges, edge{st.Coverage[0].From + zero, 1, 0}, edge{st.Coverage[len(st.Coverage)-1].To + zero, -1, 0})
		for _, q := range l[s] {
			edges = append(edges, edge{q.From, 0, 1}, edge{q.To, 0, -1})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.at, b.at) })
	going, quiet, from := 0, 0, parse.Time(-1)
	for i, e := range edges {
		going, quiet = going+e.going, quiet+e.silent
		if i+1 < len(edges) && edges[i+1].at == e.at {
			continue
		}
		switch all := quiet >= 2 && quiet >= going; {
		case all && from < 0:
			from = e.at
		case !all && from >= 0:
			h := Hole{Span: parse.Span{From: from, To: e.at}, Clock: Wall}
			lines := 0.0
			for _, s := range streams {
				if _, ok := l.over(s, h.Span); ok {
					h.Streams = append(h.Streams, s)
					lines += rate[s] * minutes(h.Span)
				}
			}
			if lines >= holeLines && len(h.Streams) > 1 && h.To-h.From >= parse.Silence {
				out = append(out, h)
			}
			from = -1
		}
	}
	return out
}

// spoken says whether any process has a line within a stretch.
func (c *Placed) spoken(in parse.Span, l silences) bool {
	for s := range c.Streams {
		st := &c.Streams[s]
		if c.CopyOf[s] >= 0 || about(st) || !c.Anchors[s].Placed() || len(st.Coverage) == 0 {
			continue
		}
		zero := c.Anchors[s].Zero
		from, to := st.Coverage[0].From+zero, st.Coverage[len(st.Coverage)-1].To+zero
		if _, quiet := l.over(s, in); from < in.To && to > in.From && !quiet {
			return true
		}
	}
	return false
}

func minutes(s parse.Span) float64 { return time.Duration(s.To - s.From).Minutes() }

// steadyRate is how many lines a minute a log prints beside events, outside of
// long silences; 0 where too little tells, and of a log that speaks in bursts of
// events: of a capture that comes and goes most windows have none.
func steadyRate(st *parse.Stream) float64 {
	if len(st.Volume) < holeMinutes {
		return 0
	}
	eventful, last := map[int32]bool{}, int32(math.MinInt32)
	for i := range st.Events {
		if minute := int32(st.Events[i].Time / parse.Time(time.Minute)); minute != last {
			eventful[minute], last = true, minute
		}
	}
	lines, seen := 0.0, 0
	for _, m := range st.Volume {
		if !eventful[m.At] {
			lines += float64(m.Lines)
			seen++
		}
	}
	if seen < holeMinutes {
		return 0
	}
	captured := -float64(len(eventful))
	for _, cov := range st.Coverage {
		captured += minutes(cov)
	}
	long, silent := 0, 0.0
	for _, q := range st.Silences {
		if q.To-q.From >= longSilence {
			long, silent = long+1, silent+minutes(q)
		}
	}
	if captured -= silent; long > holeMinutes && silent > captured && long <= 2*len(eventful) {
		return 0
	}
	return lines / max(float64(seen), captured)
}

// thaws says whether a time on the wall clock lies just behind a stretch in
// which nothing was running.
func thaws(holes []Hole, at parse.Time) bool {
	return slices.ContainsFunc(holes, func(h Hole) bool { return h.All && at >= h.To && at <= h.To+thawing })
}

// sayHoles tells each stretch in which nothing was running once, with its length,
// and of the others how many there are and the longest.
func (c *Placed) sayHoles() (out []string) {
	text := func(h *Hole) string {
		if !h.Clock.OnWall() {
			return fmt.Sprintf("%s, from %s of its own clock on", h.Lasts().Round(time.Second), time.Duration(h.From).Round(time.Second))
		}
		return fmt.Sprintf("%s, from %s to %s UTC", h.Lasts().Round(time.Second),
			time.Unix(0, int64(h.From)).UTC().Format("2006-01-02 15:04:05"), time.Unix(0, int64(h.To)).UTC().Format("15:04:05"))
	}
	n, longest := 0, -1
	for i := range c.holes {
		h := &c.holes[i]
		if h.All {
			out = append(out, "nothing at all was logged for "+text(h)+": a host that stood still, a paused machine or a hole in the capture. "+
				"It counts as not captured, and what failed in the "+time.Duration(thawing).String()+" behind it as no incident's beginning")
			continue
		}
		if n++; longest < 0 || h.Lasts() > c.holes[longest].Lasts() {
			longest = i
		}
	}
	if n > 0 {
		h := &c.holes[longest]
		who := c.title(h.Streams[0])
		if more := len(h.Streams) - 1; more > 0 {
			who += fmt.Sprintf(" and %d more", more)
		}
		said := "a hole in the capture of "
		if n > 1 {
			said = fmt.Sprintf("%d holes in the capture, the longest in that of ", n)
		}
		out = append(out, said+who+": no line for "+text(h)+", where their rate would have at least 17. It counts as not captured")
	}
	return out
}

// Holes are the stretches that count as not captured although the logs go on
// behind them, in the order of time.
func (c *Placed) Holes() []Hole { return c.holes }

// Silent are the silences of a stream that lie in holes: on the wall clock if the
// stream has an anchor, else on its own.
func (c *Placed) Silent(s int) []parse.Span { return c.cuts[s] }

// without cuts stretches, which ascend and do not overlap, out of a span.
func without(in parse.Span, cut []parse.Span) (out []parse.Span) {
	for _, q := range cut {
		if q.From >= in.From && q.To <= in.To {
			out = append(out, parse.Span{From: in.From, To: q.From})
			in.From = q.To
		}
	}
	return append(out, in)
}

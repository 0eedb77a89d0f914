package tui

import (
	"sync"

	"faultline/correlate"
	"faultline/parse"
	"faultline/tui/chart"
)

// Sketch counts what is read while it is read, for a first picture before
// anything is judged: repeats are counted with the rest, and what has no stamp
// is on the clock of its process. The zero value is ready; several goroutines
// may use it.
type Sketch struct {
	mu        sync.Mutex
	wall, own tally
	last      map[part]parse.Time
	unplaced  int
}

// part is a source as far as it is on the one clock or the other.
type part struct {
	source uint32
	own    bool
}

// Add counts a batch before it is joined to the others: it fits
// [parse.Options.Record].
func (k *Sketch) Add(source uint32, b *parse.Batch) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.last == nil {
		k.last = map[part]parse.Time{}
	}
	type place struct {
		on   *tally
		zero parse.Time
	}
	places := make([]place, len(b.Segments))
	for i := range b.Segments {
		g := &b.Segments[i]
		switch {
		case !g.Stamped:
			continue
		case g.Clock == parse.ClockWall:
			places[i].on = &k.wall
		case g.Tied:
			places[i] = place{&k.wall, g.Tie.Wall - g.Tie.Own}
		case g.Clock == parse.ClockUptime:
			places[i].on = &k.own
		default:
			continue
		}
		from, to := g.From+places[i].zero, g.To+places[i].zero
		at := part{source, places[i].on == &k.own}
		if last, ok := k.last[at]; ok && last < from { // the batch before ended there
			from = last
		}
		k.last[at] = to
		places[i].on.cover(from, to)
	}
	for i := range b.Events {
		e := &b.Events[i]
		if p := places[e.Stream]; p.on == nil {
			k.unplaced++
		} else {
			p.on.add(e.Time+p.zero, e)
		}
	}
}

// seen is what a sketch showed at one moment.
type seen struct {
	wall, own tally
	unplaced  int
}

func (k *Sketch) shot() *seen {
	k.mu.Lock()
	defer k.mu.Unlock()
	return &seen{k.wall, k.own, k.unplaced}
}

// tallyBins is how many equal steps a tally has.
const tallyBins = 1024

// tally counts events in equal steps of time, which double until all fits.
type tally struct {
	from, step parse.Time // step is 0 before the first time
	cells      [tallyBins]cell
	span       span // of all that was captured
}

// cell is one step: the events that are markers, all of them, and whether
// anything was captured.
type cell struct {
	markers [probeMarker + 1]uint32
	events  uint32
	seen    bool
}

// farthest is the latest time that a tally takes, ns: some 70 years.
const farthest = parse.Time(1 << 61)

// at is the step of a time, after as many doublings as it takes.
func (y *tally) at(t parse.Time) int {
	if y.step == 0 {
		y.step = 1e9
		y.from = floorDiv(t, y.step) * y.step
	}
	for t < y.from {
		y.from -= tallyBins * y.step
		y.fold(tallyBins / 2)
	}
	for t >= y.from+tallyBins*y.step {
		y.fold(0)
	}
	return int((t - y.from) / y.step)
}

// fold makes one step of two and puts what there was from step to on.
func (y *tally) fold(to int) {
	var half [tallyBins]cell
	for i := range y.cells {
		c, was := &half[to+i/2], &y.cells[i]
		for s := range c.markers {
			c.markers[s] += was.markers[s]
		}
		c.events += was.events
		c.seen = c.seen || was.seen
	}
	y.cells = half
	y.step *= 2
}

func (y *tally) cover(from, to parse.Time) {
	if from < -farthest || to > farthest || from > to {
		return
	}
	if y.step == 0 {
		y.span = span{from, to}
	}
	y.at(to)
	for i, last := y.at(from), y.at(to); i <= last; i++ {
		y.cells[i].seen = true
	}
	y.span = span{min(y.span.from, from), max(y.span.to, to)}
}

func (y *tally) add(t parse.Time, e *parse.Event) {
	if t < -farthest || t > farthest {
		return
	}
	c := &y.cells[y.at(t)]
	c.events += e.Count
	s := markerOf(e.Kind)
	if s >= 0 && (s != failureMarker || correlate.IsFailure(e)) {
		c.markers[s] += e.Count
	}
}

// of is the stretch of a step.
func (y *tally) of(i int) span {
	from := y.from + parse.Time(i)*y.step
	return span{from, from + y.step - 1}
}

// extent is all the time that was captured, a second at least.
func (y *tally) extent() span {
	if y.span.len() < 1e9 {
		return span{y.span.from, y.span.from + 1e9}
	}
	return y.span
}

// bins puts the steps that a stretch touches into its w columns. A step that is
// wider than a column counts in the one of its middle.
func (y *tally) bins(s span, w int, count func(*cell) uint32) []chart.Bin {
	cover := []span{}
	for i := range y.cells {
		if y.cells[i].seen {
			cover = append(cover, y.of(i))
		}
	}
	out := unknown(cover, s, w)
	for i := range y.cells {
		if c := y.of(i); c.meets(s) {
			out[s.column(s.clamp(c.from+y.step/2), w)].N += int(count(&y.cells[i]))
		}
	}
	return out
}

// next is the middle of the next step behind t, or with by < 0 before it, that
// counts something.
func (y *tally) next(t parse.Time, by int, count func(*cell) uint32) (parse.Time, bool) {
	if y.step == 0 {
		return t, false
	}
	for i := int(floorDiv(t-y.from, y.step)) + by; i >= 0 && i < tallyBins; i += by {
		if count(&y.cells[i]) > 0 {
			return y.from + parse.Time(i)*y.step + y.step/2, true
		}
	}
	return t, false
}

// sum adds up the steps that a stretch touches.
func (y *tally) sum(s span, count func(*cell) uint32) (n int) {
	for i := range y.cells {
		if y.of(i).meets(s) {
			n += int(count(&y.cells[i]))
		}
	}
	return n
}

// fails says whether any failure was read.
func (y *tally) fails() bool { return y.sum(span{-farthest, farthest}, ofMarker(failureMarker)) > 0 }

func ofMarker(i int) func(*cell) uint32 { return func(c *cell) uint32 { return c.markers[i] } }

func ofWarning(c *cell) uint32 { return c.markers[symptomMarker] + c.markers[stallMarker] }

func ofAll(c *cell) uint32 { return c.events }

package tui

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
	"sort"
	"sync"

	"faultline/correlate"
	"faultline/parse"
	"faultline/tui/chart"
)

// index is the events that pass the filters, by stream. It is made once for a
// case and once for each change of the filters, beside the screen; anchors do
// not matter to it.
type index struct {
	streams []picked
	total   int
}

// picked are the events of one stream that pass. Their times are read from the
// events themselves: of ten million a list of their own would be 80 MB.
type picked struct {
	from   []parse.Event // all of the stream
	events []uint32      // which of them pass, where some do not
	some   bool
	// before[k] counts the times before the k-th of equal steps, so that a
	// search is among few.
	before []int32
	first  parse.Time
	step   float64
}

// len is how many events pass.
func (p *picked) len() int {
	if p.some {
		return len(p.events)
	}
	return len(p.from)
}

// time is when the event at a position was, on the stream's own clock.
func (p *picked) time(pos int) parse.Time { return p.from[p.event(pos)].Time }

// steps is how many parts a stream's time is cut into.
const steps = 4096

// newIndex picks the events that want, which is given a stream and an event,
// asks for; nil asks for all that are no repeats.
func newIndex(c *correlate.Case, want func(p correlate.Point) bool) *index {
	ix := &index{streams: make([]picked, len(c.Streams))}
	var wait sync.WaitGroup
	turn := make(chan struct{}, 4)
	for s := range c.Streams {
		wait.Add(1)
		turn <- struct{}{}
		go func() {
			defer func() { <-turn; wait.Done() }()
			ix.streams[s] = pick(c, s, want)
		}()
	}
	wait.Wait()
	for s := range ix.streams {
		ix.total += ix.streams[s].len()
	}
	return ix
}

func pick(c *correlate.Case, s int, want func(correlate.Point) bool) picked {
	p := picked{from: c.Streams[s].Events}
	for i := range p.from {
		if c.Repeats(s, i) || want != nil && !want(correlate.Point{Stream: uint32(s), Event: uint32(i)}) {
			if !p.some { // the first that is left out: from here on, say which are in
				p.some = true
				for j := range i {
					p.events = append(p.events, uint32(j))
				}
			}
		} else if p.some {
			p.events = append(p.events, uint32(i))
		}
	}
	p.events = slices.Clip(p.events)
	p.cut()
	return p
}

// cut makes the steps of a stream with many events.
func (p *picked) cut() {
	n := p.len()
	if n < 2*steps || p.time(n-1) <= p.time(0) {
		return
	}
	p.first, p.step = p.time(0), float64(p.time(n-1)-p.time(0))/steps
	p.before = make([]int32, steps+2)
	for k, i := 1, 0; k <= steps; k++ {
		for i < n && float64(p.time(i)-p.first) < float64(k)*p.step {
			i++
		}
		p.before[k] = int32(i)
	}
	p.before[steps+1] = int32(n)
}

// at is how many times are before t.
func (p *picked) at(t parse.Time) int {
	lo, hi := 0, p.len()
	if p.before != nil {
		if k := int(float64(t-p.first) / p.step); t > p.first && k <= steps {
			// Rounding may be off by one step to either side.
			lo, hi = int(p.before[max(k-1, 0)]), int(p.before[min(k+2, steps+1)])
		}
	}
	return lo + sort.Search(hi-lo, func(i int) bool { return p.time(lo+i) >= t })
}

// onwards is [picked.at] of a time that none of the first i is behind. Without steps
// it looks ahead in doubled strides, for the next column begins near the last.
func (p *picked) onwards(i int, t parse.Time) int {
	if p.before != nil {
		return p.at(t)
	}
	lo, hi, n := i, i, p.len()
	for stride := 8; hi < n && p.time(hi) < t; stride *= 2 {
		lo, hi = hi+1, min(hi+stride, n)
	}
	return lo + sort.Search(hi-lo, func(k int) bool { return p.time(lo+k) >= t })
}

// event is the event at a position.
func (p *picked) event(pos int) uint32 {
	if p.some {
		return p.events[pos]
	}
	return uint32(pos)
}

// find is the position of an event, or of the first behind it.
func (p *picked) find(event uint32) (pos int, ok bool) {
	if !p.some {
		return int(event), int(event) < len(p.from)
	}
	return slices.BinarySearch(p.events, event)
}

// has says whether an event passes.
func (ix *index) has(p correlate.Point) bool {
	_, ok := ix.streams[p.Stream].find(p.Event)
	return ok
}

// count adds the events of a stream to the columns of a stretch of its own time.
func (ix *index) count(stream int, s span, out []chart.Bin) {
	p := &ix.streams[stream]
	if n := p.len(); n == 0 || p.time(0) > s.to || p.time(n-1) < s.from {
		return
	}
	i, w := p.at(s.from), len(out)
	if n := p.at(s.to+1) - i; n < 8*w {
		for k := range n {
			out[s.column(p.time(i+k), w)].N++
		}
		return
	}
	for x := range out {
		last := s.edge(x+1, w)
		if x == w-1 {
			last = s.to + 1
		}
		j := p.onwards(i, last)
		out[x].N, i = out[x].N+j-i, j
	}
}

// place is one event in the order of the merged log: what has a wall time by
// that, then what has none, process by process.
type place struct {
	group  int // wallClock, or the stream that has a clock of its own
	at     parse.Time
	stream int
	pos    int // among the stream's picked events
}

func (a place) compare(b place) int {
	return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.at, b.at), cmp.Compare(a.stream, b.stream), cmp.Compare(a.pos, b.pos))
}

func (a place) before(b place) bool { return a.compare(b) < 0 }

// merged is the log of all streams in one order. Nothing is merged but what is
// looked at.
type merged struct {
	c  *correlate.Case
	in *index
}

// put is the place of a stream's picked event.
func (l merged) put(stream, pos int) place {
	t := l.in.streams[stream].time(pos)
	if a := &l.c.Anchors[stream]; a.Placed() {
		return place{wallClock, t + a.Zero, stream, pos}
	}
	return place{stream, t, stream, pos}
}

// point is the event at a place.
func (l merged) point(p place) correlate.Point {
	return correlate.Point{Stream: uint32(p.stream), Event: l.in.streams[p.stream].event(p.pos)}
}

// of is the place of an event, or of the next in its stream that passes.
func (l merged) of(p correlate.Point) (place, bool) {
	s := int(p.Stream)
	pos, _ := l.in.streams[s].find(p.Event)
	if pos >= l.in.streams[s].len() {
		return place{}, false
	}
	return l.put(s, pos), true
}

// reach is, for each stream, how many of its events stand before a place.
func (l merged) reach(p place) []int {
	out := make([]int, len(l.c.Streams))
	for s := range out {
		in := &l.in.streams[s]
		group, zero := s, parse.Time(0)
		if a := &l.c.Anchors[s]; a.Placed() {
			group, zero = wallClock, a.Zero
		}
		switch {
		case group < p.group:
			out[s] = in.len()
		case group > p.group:
		case s == p.stream:
			out[s] = p.pos
		case s < p.stream:
			out[s] = in.at(p.at - zero + 1)
		default:
			out[s] = in.at(p.at - zero)
		}
	}
	return out
}

// from gives at most n places from one on, forwards.
func (l merged) from(p place, n int) (out []place) {
	f := front{before: place.before}
	for s, pos := range l.reach(p) {
		if pos < l.in.streams[s].len() {
			f.places = append(f.places, l.put(s, pos))
		}
	}
	heap.Init(&f)
	for len(out) < n && len(f.places) > 0 {
		best := f.places[0]
		out = append(out, best)
		if best.pos+1 < l.in.streams[best.stream].len() {
			f.places[0] = l.put(best.stream, best.pos+1)
			heap.Fix(&f, 0)
		} else {
			heap.Pop(&f)
		}
	}
	return out
}

// behind gives at most n places before one, in order.
func (l merged) behind(p place, n int) (out []place) {
	f := front{before: func(a, b place) bool { return b.before(a) }}
	for s, pos := range l.reach(p) {
		if pos > 0 {
			f.places = append(f.places, l.put(s, pos-1))
		}
	}
	heap.Init(&f)
	for len(out) < n && len(f.places) > 0 {
		best := f.places[0]
		out = append(out, best)
		if best.pos > 0 {
			f.places[0] = l.put(best.stream, best.pos-1)
			heap.Fix(&f, 0)
		} else {
			heap.Pop(&f)
		}
	}
	slices.Reverse(out)
	return out
}

// front is the next place of each stream, the one that comes first on top.
type front struct {
	places []place
	before func(a, b place) bool
}

func (f *front) Len() int           { return len(f.places) }
func (f *front) Less(i, j int) bool { return f.before(f.places[i], f.places[j]) }
func (f *front) Swap(i, j int)      { f.places[i], f.places[j] = f.places[j], f.places[i] }
func (f *front) Push(x any)         { f.places = append(f.places, x.(place)) }
func (f *front) Pop() any {
	last := f.places[len(f.places)-1]
	f.places = f.places[:len(f.places)-1]
	return last
}

// rank counts the events before a place.
func (l merged) rank(p place) (n int) {
	for _, pos := range l.reach(p) {
		n += pos
	}
	return n
}

// nth is the place that n others stand before; ok is false where there are not
// so many. It looks for its time and walks only among those of that time.
func (l merged) nth(n int) (_ place, ok bool) {
	lo, hi, onWall := parse.Time(math.MaxInt64), parse.Time(math.MinInt64), 0
	for s := range l.in.streams {
		in := &l.in.streams[s]
		if a, n := &l.c.Anchors[s], in.len(); a.Placed() && n > 0 {
			onWall += n
			lo, hi = min(lo, in.time(0)+a.Zero), max(hi, in.time(n-1)+a.Zero)
		}
	}
	if n < onWall {
		for lo < hi { // the last time that at most n stand before
			mid := hi - (hi-lo)/2
			if l.rank(place{wallClock, mid, -1, 0}) <= n {
				lo = mid
			} else {
				hi = mid - 1
			}
		}
		at := place{wallClock, lo, -1, 0}
		return last(l.from(at, n-l.rank(at)+1))
	}
	n -= onWall
	for s := range l.in.streams {
		if l.c.Anchors[s].Placed() {
			continue
		}
		if k := l.in.streams[s].len(); n >= k {
			n -= k
			continue
		}
		return l.put(s, n), true
	}
	return place{}, false
}

func last(all []place) (place, bool) {
	if len(all) == 0 {
		return place{}, false
	}
	return all[len(all)-1], true
}

// start and end are before the first and behind the last place.
func (l merged) start() place { return place{group: wallClock, at: -1 << 62, stream: -1} }
func (l merged) end() place {
	return place{group: len(l.c.Streams) + 1, at: 1<<63 - 1, stream: len(l.c.Streams), pos: 1 << 30}
}

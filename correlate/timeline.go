package correlate

import (
	"cmp"
	"iter"

	"faultline/parse"
)

// Timeline walks the events that are no repeats, in the order of [Placed.Merged].
func (c *Placed) Timeline() iter.Seq[Point] {
	return func(yield func(Point) bool) {
		for p := range c.Merged() {
			if !c.Repeats(int(p.Stream), int(p.Event)) && !yield(p) {
				return
			}
		}
	}
}

// Merged walks all events, repeats too, in the order of their wall time; events
// at one time in the order of the sources. What has no wall time follows,
// process by process. Within a process the order is its own. The streams are
// merged as they are walked: a list of the events would grow with the capture.
func (c *Placed) Merged() iter.Seq[Point] {
	return func(yield func(Point) bool) {
		if !c.mergeAnchored(yield) {
			return
		}
		for s := range c.Streams {
			if c.Anchors[s].Placed() {
				continue
			}
			for i := range c.Streams[s].Events {
				if !yield(Point{uint32(s), uint32(i)}) {
					return
				}
			}
		}
	}
}

// mergeAnchored gives the events of the streams that have an anchor, until
// yield says that it has enough.
func (c *Placed) mergeAnchored(yield func(Point) bool) bool {
	h := frontier{c: c}
	for s := range c.Streams {
		if len(c.Streams[s].Events) > 0 && c.Anchors[s].Placed() {
			h.list = append(h.list, cursor{stream: s, at: h.time(s, 0)})
		}
	}
	for i := len(h.list)/2 - 1; i >= 0; i-- {
		h.sink(i)
	}
	for len(h.list) > 0 {
		top := &h.list[0]
		if !yield(Point{uint32(top.stream), uint32(top.next)}) {
			return false
		}
		if top.next++; top.next < len(c.Streams[top.stream].Events) {
			top.at = h.time(top.stream, top.next)
		} else {
			h.list[0] = h.list[len(h.list)-1]
			h.list = h.list[:len(h.list)-1]
		}
		h.sink(0)
	}
	return true
}

// cursor is how far one stream has been walked, and the wall time of its next event.
type cursor struct {
	stream, next int
	at           parse.Time
}

// frontier is a heap of cursors, the earliest first. container/heap would call
// through an interface four times an event.
type frontier struct {
	c    *Placed
	list []cursor
}

func (h *frontier) time(stream, event int) parse.Time {
	return h.c.Streams[stream].Events[event].Time + h.c.Anchors[stream].Zero
}

func (h *frontier) less(i, j int) bool {
	a, b := &h.list[i], &h.list[j]
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.stream, b.stream)) < 0
}

// sink moves a cursor down to its place.
func (h *frontier) sink(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(h.list); child++ {
			if h.less(child, least) {
				least = child
			}
		}
		if least == i {
			return
		}
		h.list[i], h.list[least] = h.list[least], h.list[i]
		i = least
	}
}

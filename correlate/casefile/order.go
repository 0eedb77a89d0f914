package casefile

import (
	"cmp"
	"iter"

	"faultline/correlate"
	"faultline/parse"
)

// ordered lists all events, repeats too: by wall time, then by stream; those
// of streams without an anchor follow, stream by stream. Within a stream the
// order is the stream's own, so that reading the list puts it together again.
// The events are merged anew each time: a list of them would grow with the
// capture. They come with their numbers.
func ordered(c *correlate.Case) iter.Seq2[int64, correlate.Point] {
	return func(yield func(int64, correlate.Point) bool) {
		id := int64(0)
		give := func(stream, event int) bool {
			id++
			return yield(id-1, correlate.Point{Stream: uint32(stream), Event: uint32(event)})
		}
		if !merged(c, give) {
			return
		}
		for s := range c.Streams {
			for i := range c.Streams[s].Events {
				if c.Anchors[s].Placed() {
					break
				}
				if !give(s, i) {
					return
				}
			}
		}
	}
}

// merged gives the events of the streams that have an anchor, until give says
// that it has enough.
func merged(c *correlate.Case, give func(stream, event int) bool) bool {
	h := heads{c: c}
	for s := range c.Streams {
		if len(c.Streams[s].Events) > 0 && c.Anchors[s].Placed() {
			h.list = append(h.list, head{stream: s, at: h.time(s, 0)})
		}
	}
	for i := len(h.list)/2 - 1; i >= 0; i-- {
		h.sink(i)
	}
	for len(h.list) > 0 {
		top := &h.list[0]
		if !give(top.stream, top.next) {
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

// head is how far one stream has been merged, and the wall time of its next event.
type head struct {
	stream, next int
	at           parse.Time
}

// heads is a heap of them, the earliest first.
type heads struct {
	c    *correlate.Case
	list []head
}

func (h *heads) time(stream, event int) parse.Time {
	return h.c.Streams[stream].Events[event].Time + h.c.Anchors[stream].Zero
}

func (h *heads) less(i, j int) bool {
	a, b := &h.list[i], &h.list[j]
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.stream, b.stream)) < 0
}

// sink moves a head down to its place.
func (h *heads) sink(i int) {
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

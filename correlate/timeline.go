package correlate

import (
	"cmp"
	"container/heap"
	"iter"

	"faultline/parse"
)

// Timeline walks the events that are no repeats, in the order of their wall
// time; events at one time in the order of the sources. What has no wall time
// follows, process by process. The streams are merged as they are walked:
// nothing is copied.
func (c *Placed) Timeline() iter.Seq[Point] {
	return func(yield func(Point) bool) {
		h := &frontier{c: c}
		var alone []int
		for s := range c.Streams {
			switch {
			case len(c.Streams[s].Events) == 0:
			case c.Anchors[s].Placed():
				h.cursors = append(h.cursors, cursor{s, 0, h.at(s, 0)})
			default:
				alone = append(alone, s)
			}
		}
		heap.Init(h)
		for h.Len() > 0 {
			k := &h.cursors[0]
			if !c.Repeats(k.stream, k.next) && !yield(Point{uint32(k.stream), uint32(k.next)}) {
				return
			}
			if k.next++; k.next == len(c.Streams[k.stream].Events) {
				heap.Pop(h)
				continue
			}
			k.at = h.at(k.stream, k.next)
			heap.Fix(h, 0)
		}
		for _, s := range alone {
			for i := range c.Streams[s].Events {
				if !c.Repeats(s, i) && !yield(Point{uint32(s), uint32(i)}) {
					return
				}
			}
		}
	}
}

// cursor is how far one stream has been walked.
type cursor struct {
	stream, next int
	at           parse.Time
}

// frontier is a heap of cursors, the earliest first.
type frontier struct {
	c       *Placed
	cursors []cursor
}

func (f *frontier) at(stream, event int) parse.Time {
	return f.c.Streams[stream].Events[event].Time + f.c.Anchors[stream].Zero
}

func (f *frontier) Len() int { return len(f.cursors) }
func (f *frontier) Less(i, j int) bool {
	a, b := f.cursors[i], f.cursors[j]
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.stream, b.stream)) < 0
}
func (f *frontier) Swap(i, j int) { f.cursors[i], f.cursors[j] = f.cursors[j], f.cursors[i] }
func (f *frontier) Push(x any)    { f.cursors = append(f.cursors, x.(cursor)) }
func (f *frontier) Pop() any {
	last := f.cursors[len(f.cursors)-1]
	f.cursors = f.cursors[:len(f.cursors)-1]
	return last
}

package casefile

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"
	"sort"

	"faultline/correlate"
	"faultline/parse"
)

// leftOut says of which events the line's text is not written: of those far
// from every incident. The events themselves stay. Without the stalls and
// starts that lie far from incidents, chance would look like a link.
type leftOut struct {
	within int64                // ns from an incident: what is farther has no text
	spans  map[int][]parse.Span // the incidents, by stream; -1 is the wall clock
	cited  map[spot]bool
}

func (l *leftOut) drops(b *builder, p correlate.Point) bool {
	return l != nil && l.far(b, p) > l.within && !l.cites(b, p)
}

func (l *leftOut) cites(b *builder, p correlate.Point) bool {
	r := b.c.Ref(p)
	return l.cited[spot{r.Source, r.Off}]
}

// far is how far an event is from the nearest incident, in ns: math.MaxInt64
// where that is not known.
func (l *leftOut) far(b *builder, p correlate.Point) int64 {
	at, list := b.c.At(p).Time, l.spans[int(p.Stream)]
	if o := &b.who[p.Stream]; o.placed {
		at, list = at+o.zero, l.spans[-1]
	}
	return distance(list, at)
}

// shrink chooses what to leave out, given the size that came of the last try.
func (b *builder) shrink(m *Manifest, size, most int64, try int) error {
	lines := m.entry("lines.parquet").Bytes
	rest := size - lines
	if b.left == nil {
		b.left = &leftOut{within: math.MaxInt64, spans: b.incidentSpans(), cited: map[spot]bool{}}
		for _, r := range b.citations() {
			b.left.cited[spot{uint32(r.SourceID), r.Off}] = true
		}
		for i, u := range b.c.Unexplained() {
			if i == correlate.UnexplainedRead {
				break
			}
			r := b.c.Ref(u.Point)
			b.left.cited[spot{r.Source, r.Off}] = true
		}
	}
	if rest >= most || try > 10 || b.left.within < 0 {
		if b.left.within < 0 {
			rest = size // with the lines that are cited
		}
		return fmt.Errorf("the case takes %d bytes without the text of its lines, but for those cited, and %d were asked for", rest, most)
	}
	// A line takes what it took in the last try, and a little more: a shorter
	// text compresses worse.
	share := float64(most-rest) / float64(max(lines, 1)) * 0.97
	b.left.within = b.reach(share)
	b.count(m, most)
	return nil
}

func (m *Manifest) entry(name string) Entry {
	for _, e := range m.Entries {
		if e.Name == name {
			return e
		}
	}
	return Entry{}
}

func (b *builder) incidentSpans() map[int][]parse.Span {
	spans := map[int][]parse.Span{}
	for i := range b.c.Incidents {
		in := &b.c.Incidents[i]
		spans[int(in.Clock)] = append(spans[int(in.Clock)], parse.Span{From: in.Start, To: in.End})
	}
	for _, list := range spans {
		slices.SortFunc(list, func(x, y parse.Span) int { return cmp.Compare(x.From, y.From) })
	}
	return spans
}

// distance is how far a time is from the nearest of spans, which ascend and do
// not overlap.
func distance(list []parse.Span, at parse.Time) int64 {
	best := int64(math.MaxInt64)
	i := sort.Search(len(list), func(i int) bool { return list[i].From > at })
	if i < len(list) {
		best = int64(list[i].From - at)
	}
	if i > 0 {
		best = min(best, max(int64(at-list[i-1].To), 0))
	}
	return best
}

// reach finds the distance from the incidents within which a share of the text
// lies that was written the last time. It is less than the last one. The
// distance is found digit by digit, so that they need not be kept and sorted.
func (b *builder) reach(share float64) int64 {
	all, held := int64(0), int64(0)
	for p, bytes := range b.written() {
		if all += bytes; b.left.cites(b, p) {
			held += bytes // it stays, however far
		}
	}
	if all == 0 {
		return -1
	}
	const digit = 16
	want, at := int64(float64(all)*share), int64(0)
	for shift := 64 - digit; shift >= 0; shift -= digit {
		of := make([]int64, 1<<digit)
		for p, bytes := range b.written() {
			if far := b.left.far(b, p); far>>(shift+digit) == at>>(shift+digit) && !b.left.cites(b, p) {
				of[far>>shift&(1<<digit-1)] += bytes
			}
		}
		d := int64(0)
		for ; d < 1<<(digit-1)-1 || shift < 64-digit && d < 1<<digit-1; d++ {
			if held+of[d] > want {
				break
			}
			held += of[d]
		}
		at |= d << shift
	}
	return min(at, b.left.within) - 1
}

// written are the events whose text was written the last time, with its bytes.
func (b *builder) written() iter.Seq2[correlate.Point, int64] {
	return func(yield func(correlate.Point, int64) bool) {
		for s := range b.c.Streams {
			for i := range b.c.Streams[s].Events {
				p := correlate.Point{Stream: uint32(s), Event: uint32(i)}
				if !b.left.drops(b, p) && !yield(p, int64(b.c.At(p).Len)) {
					return
				}
			}
		}
	}
}

// count fills what the manifest says is missing.
func (b *builder) count(m *Manifest, most int64) {
	o := &Omitted{MaxBytes: most, Of: int64(b.c.Capture.Events())}
	least := int64(math.MaxInt64)
	for s := range b.c.Streams {
		for i := range b.c.Streams[s].Events {
			if p := (correlate.Point{Stream: uint32(s), Event: uint32(i)}); b.left.drops(b, p) {
				o.Lines++
				least = min(least, b.left.far(b, p))
			}
		}
	}
	if least < math.MaxInt64 {
		s := math.Round(float64(least)/1e8) / 10
		o.Beyond = &s
	}
	m.Omitted = o
}

package casefile

import (
	"cmp"
	"fmt"
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
	within int64   // ns from an incident: what is farther has no text
	far    []int64 // by event id
	cited  map[spot]bool
}

func (l *leftOut) drops(b *builder, id int, p correlate.Point) bool {
	if l == nil || l.far[id] <= l.within {
		return false
	}
	r := b.c.Ref(p)
	return !l.cited[spot{r.Source, r.Off}]
}

// shrink chooses what to leave out, given the size that came of the last try.
func (b *builder) shrink(m *Manifest, size, most int64, try int) error {
	lines := m.entry("lines.parquet").Bytes
	rest := size - lines
	if b.left == nil {
		b.left = &leftOut{within: math.MaxInt64, far: b.distances(), cited: map[spot]bool{}}
		for _, r := range b.citations() {
			b.left.cited[spot{uint32(r.SourceID), r.Off}] = true
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

// distances gives how far each event is from the nearest incident, in ns:
// math.MaxInt64 where that is not known.
func (b *builder) distances() []int64 {
	spans := map[int][]parse.Span{} // by stream, -1 the wall clock
	for i := range b.c.Incidents {
		in := &b.c.Incidents[i]
		spans[in.Stream] = append(spans[in.Stream], parse.Span{From: in.Start, To: in.End})
	}
	for _, list := range spans {
		slices.SortFunc(list, func(x, y parse.Span) int { return cmp.Compare(x.From, y.From) })
	}
	out := make([]int64, len(b.order))
	for id, p := range b.order {
		at, list := b.c.At(p).Time, spans[int(p.Stream)]
		if o := &b.who[p.Stream]; o.placed {
			at, list = at+o.zero, spans[-1]
		}
		out[id] = distance(list, at)
	}
	return out
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
// lies that was written the last time. It is less than the last one.
func (b *builder) reach(share float64) int64 {
	var kept []int
	all, held := 0.0, 0.0
	for id, p := range b.order {
		if b.left.drops(b, id, p) {
			continue
		}
		e, r := b.c.At(p), b.c.Ref(p)
		all += float64(e.Len)
		if b.left.cited[spot{r.Source, r.Off}] {
			held += float64(e.Len) // it stays, however far
		} else {
			kept = append(kept, id)
		}
	}
	far := b.left.far
	slices.SortFunc(kept, func(x, y int) int { return cmp.Compare(far[x], far[y]) })
	at := int64(0)
	for _, id := range kept {
		if held += float64(b.c.At(b.order[id]).Len); held > all*share {
			at = far[id]
			break
		}
	}
	return min(at, b.left.within) - 1
}

// count fills what the manifest says is missing.
func (b *builder) count(m *Manifest, most int64) {
	o := &Omitted{MaxBytes: most, Of: int64(len(b.order))}
	least := int64(math.MaxInt64)
	for id, p := range b.order {
		if b.left.drops(b, id, p) {
			o.Lines++
			least = min(least, b.left.far[id])
		}
	}
	if least < math.MaxInt64 {
		s := math.Round(float64(least)/1e8) / 10
		o.Beyond = &s
	}
	m.Omitted = o
}

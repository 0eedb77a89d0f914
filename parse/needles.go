package parse

import (
	"slices"
	"strings"
	"sync"
)

// needles finds lines that may hold a needle of some format, also where a
// record around the line has escaped it. It is told of a text at most once
// per byte and needle, whatever their number: long ones are looked for at every
// few bytes, short ones at every second, as [words] does it.
type needles struct {
	long, short *words // of longNeedle bytes and more, and of less
	// of are the formats that each needle may be of, a bit for each by its place
	// in the list.
	of map[string]uint64
}

const (
	// longNeedle is what a needle must have to be looked for at every fourth
	// byte, by as many as tell it from what else stands in a log.
	longNeedle = 4 + manyGram - 1
	// leastNeedle is what must be left of a needle without the characters that
	// JSON escapes; no needle is shorter.
	leastNeedle = 4
	// maxOwners is how many formats are told apart by their needles; a needle of
	// one behind them may be any format's.
	maxOwners = 64
)

// newNeedles makes the search for the needles of the formats that read lines.
func newNeedles(formats []*Format) *needles {
	n := &needles{of: map[string]uint64{}}
	for i, f := range formats {
		owner := ^uint64(0)
		if i < maxOwners {
			owner = 1 << i
		}
		for _, needle := range slices.Concat(f.Needles, f.Hints) {
			n.of[unescaped(needle)] |= owner
		}
	}
	var long, short []string
	for needle, owners := range n.of {
		within := ""
		for o := range n.of {
			if o != needle && strings.Contains(needle, o) && (within == "" || len(o) < len(within)) {
				within = o
			}
		}
		switch {
		case within != "": // where it stands, that does
			n.of[within] |= owners
		case len(needle) >= longNeedle:
			long = append(long, needle)
		default:
			short = append(short, needle)
		}
	}
	slices.Sort(long)
	slices.Sort(short)
	n.long, n.short = newWords(long, manyGram), newWords(short, shortGram)
	return n
}

// searches keeps the latest search that was made: nearly all sources of a dump are
// shown to the same formats, and to prepare it takes longer than to read a small one.
type searches struct {
	mu   sync.Mutex
	last []*Format
	made *needles
}

func (s *searches) of(formats []*Format) *needles {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made == nil || !slices.Equal(s.last, formats) {
		s.last, s.made = slices.Clone(formats), newNeedles(formats)
	}
	return s.made
}

// unescaped is the longest part of a needle that stands in a line as it is even
// when the line is a JSON string: all of it, where such a part would be short.
func unescaped(needle string) string {
	longest := ""
	for _, part := range strings.FieldsFunc(needle, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`"\<>&`, r) }) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	if len(longest) < leastNeedle {
		return needle
	}
	return longest
}

// in says whether text holds a needle.
func (n *needles) in(text []byte) bool {
	return n.long.in(text) || n.short.in(text)
}

// owners are the formats that have a needle in text.
func (n *needles) owners(text []byte) (of uint64) {
	add := func(p *place, _ int) { of |= n.of[p.word] }
	n.long.each(text, add)
	n.short.each(text, add)
	return of
}

// seeker finds the needles of a text from its start to its end.
type seeker struct {
	*needles
	text        []byte
	long, short int // where the next of each stand at or behind where it was asked for
}

// seek begins to look for needles.
func (n *needles) seek(text []byte) seeker { return seeker{n, text, -1, -1} }

// next is where the next needle stands at or behind from, which never goes back;
// the length of the text when there is none. Each kind is looked for once, so that
// many of one do not make the search for the other long.
func (s *seeker) next(from int) int {
	if s.long < from {
		s.long = from + s.needles.long.next(s.text[from:])
	}
	if s.short < from {
		s.short = from + s.needles.short.next(s.text[from:])
	}
	return min(s.long, s.short)
}

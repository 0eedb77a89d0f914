package parse

import (
	"encoding/binary"
	"math"
	"strings"
	"sync"
)

// Skim tells at a glance, for a source that is mostly one format's, which lines
// are worth reading. Every line still gives its own time: restarts, mixtures,
// silences and how busy a minute was are found between lines that say nothing.
type Skim struct {
	// Head reads no more than the time and level of a line, as Line would, and
	// says what is left to learn of it. Only a line that Line would take, or
	// find malformed, may be passed over. b is what was read before.
	Head func(l *Line, b *Batch) Glance
	// Words of ten bytes or so, of which one stands in every line that is
	// [Rare] and of which Line would make an event or a fact. A word should
	// begin with what is rarest in it.
	Words []string

	once  sync.Once
	words *words
}

// Glance is what the head of a line says about the rest.
type Glance uint8

// The glances.
const (
	Closer Glance = iota // read the line
	Rare                 // of interest only if it holds one of the words
	Never                // of no interest, whatever follows
)

// Passes says whether a line need not be read, and gives it its time if so.
func (s *Skim) Passes(l *Line, b *Batch) bool {
	switch s.Head(l, b) {
	case Never:
		return true
	case Rare:
		s.once.Do(func() { s.words = newWords(s.Words, longGram) })
		if !s.words.in(l.Text) {
			return true
		}
	}
	l.Own, l.Grain, l.Clock = 0, 0, ClockNone
	return false
}

// Phrases finds out whether a text holds one of a few phrases, each of four bytes
// at least and of ten or so, at a fraction of what a search for each would take.
type Phrases struct{ words func() *words }

// NewPhrases makes a search, which is prepared when a text is first searched: most are
// for formats that a dump does not hold.
func NewPhrases(list []string) Phrases {
	return Phrases{sync.OnceValue(func() *words { return newWords(list, longGram) })}
}

// In says whether text holds one of the phrases.
func (p Phrases) In(text []byte) bool { return p.words().in(text) }

// Each gives the phrases that stand in text, by their place in the list, and where each does, in no
// certain order and some of them more than once.
func (p Phrases) Each(text []byte, found func(phrase, at int)) {
	p.words().each(text, func(w *place, at int) { found(w.number, at) })
}

// words finds out whether a text holds one of a few words. Looking for each in
// turn would cost more than reading the line. But of a word of ten bytes, one of
// the first seven stands at a multiple of seven, with three more behind it: so
// it is enough to look at four bytes in every seven, and to compare where those
// stand in some word (after Wu and Manber, "A fast algorithm
// for multi-pattern searching", 1994, with a fixed step in place of shifts). Of
// shorter words it is three bytes in every other; of many, more bytes are looked at,
// which stand in less that is none of them.
type words struct {
	gram  int // how many bytes are looked at
	shift int // leaves of eight bytes those
	step  int
	some  [1 << (gramBits - 6)]uint64 // bits: there are such bytes of a word with this hash
	// places are ordered by the upper bits of that hash, those of each from first.
	places []place
	first  [1<<placeBits + 1]uint16
}

// place is where some bytes stand in a word.
type place struct {
	word       string
	number     int // of the word, in the list
	off        int
	head, mask uint64 // the first bytes of the word, and which those are
}

const (
	manyGram  = 6
	longGram  = 4
	shortGram = 3
	gramMost  = 8
	gramBits  = 17
	placeBits = 11
)

// hashOf spreads up to four bytes, which stand in the upper ones, over a table (D. Knuth,
// TAOCP vol. 3, §6.4), hashOfMany up to eight.
func hashOf(gram uint32) uint32 { return gram * 0x9e3779b9 >> (32 - gramBits) }

func hashOfMany(gram uint64) uint32 { return uint32(gram * 0x9e3779b97f4a7c15 >> (64 - gramBits)) }

// hash is that of the bytes which are looked at in a text.
func (w *words) hash(text []byte, at int) uint32 {
	var last [gramMost]byte
	if at+gramMost > len(text) {
		copy(last[:], text[at:])
		text, at = last[:], 0
	}
	x := binary.LittleEndian.Uint64(text[at:]) << w.shift
	if w.gram <= longGram {
		return hashOf(uint32(x >> 32))
	}
	return hashOfMany(x)
}

// newWords prepares the search. No word may be shorter than gram.
func newWords(list []string, gram int) *words {
	w := &words{gram: gram, shift: 8 * (gramMost - gram), step: math.MaxInt32}
	for _, word := range list {
		w.step = min(w.step, len(word)-gram+1)
	}
	var at [1 << placeBits][]place
	for number, word := range list {
		var head [8]byte
		n := copy(head[:], word)
		p := place{word: word, number: number, head: binary.LittleEndian.Uint64(head[:]), mask: ^uint64(0) >> (64 - 8*n)}
		first := w.rarest(word)
		for p.off = first; p.off < first+w.step; p.off++ {
			h := w.hash([]byte(word), p.off)
			w.some[h/64] |= 1 << (h % 64)
			at[h>>(gramBits-placeBits)] = append(at[h>>(gramBits-placeBits)], p)
		}
	}
	for i, some := range at {
		w.places = append(w.places, some...)
		w.first[i+1] = uint16(len(w.places))
	}
	return w
}

// rarest is from where in a word the places are taken that are looked for: where
// what stands is least usual in a text, so that little else is compared with it.
func (w *words) rarest(word string) (first int) {
	least := math.Inf(1)
	for off := 0; off+w.step+w.gram-1 <= len(word); off++ {
		usual := 0.0
		for at := off; at < off+w.step; at++ {
			all := 1.0
			for _, c := range []byte(word[at : at+w.gram]) {
				all *= usualByte(c)
			}
			usual += all
		}
		if usual < least {
			first, least = off, usual
		}
	}
	return first
}

// usualByte is about how often a byte stands in a log, of a hundred.
func usualByte(c byte) float64 {
	switch {
	case strings.IndexByte("etaoinsr", c) >= 0:
		return 4
	case c >= 'a' && c <= 'z':
		return 1.5
	case c == ' ', c == '"':
		return 7
	case c >= '0' && c <= '9', c == ':':
		return 3
	case c == '-', c == '.', c == '=', c == '/', c == ',':
		return 2
	case c >= 'A' && c <= 'Z':
		return .3
	}
	return .2
}

// in says whether text holds one of the words.
func (w *words) in(text []byte) bool { return w.next(text) < len(text) }

// next is where the first of the words stands in text, len(text) when none does.
// Of two that overlap it may be either.
func (w *words) next(text []byte) int {
	for i := 0; ; i += w.step {
		i = w.skip(text, i)
		if i+w.gram > len(text) {
			return len(text)
		}
		if h := w.hash(text, i); w.has(h) {
			if from := w.stands(text, i, h); from >= 0 {
				return from
			}
		}
	}
}

// has says whether bytes of this hash stand in a word.
func (w *words) has(h uint32) bool { return w.some[h/64]&(1<<(h%64)) != 0 }

// skip is the first place at or behind from at which a word may stand, or one
// shortly before the end. It looks at eight bytes at a time, which is what most
// of a long search is.
func (w *words) skip(text []byte, from int) int {
	switch {
	case w.step == 2 && w.gram == shortGram:
		for ; from+9 <= len(text); from += 8 {
			x, y := binary.LittleEndian.Uint64(text[from:]), binary.LittleEndian.Uint32(text[from+6-1:])
			switch {
			case w.has(hashOf(uint32(x) << 8)):
				return from
			case w.has(hashOf(uint32(x>>16) << 8)):
				return from + 2
			case w.has(hashOf(uint32(x>>32) << 8)):
				return from + 4
			case w.has(hashOf(y &^ 0xff)):
				return from + 6
			}
		}
	case w.gram == longGram:
		for ; from+longGram <= len(text); from += w.step {
			if w.has(hashOf(binary.LittleEndian.Uint32(text[from:]))) {
				return from
			}
		}
	case w.step == 4 && w.gram == manyGram:
		const shift = 8 * (gramMost - manyGram)
		for ; from+12 <= len(text); from += 8 {
			switch {
			case w.has(hashOfMany(binary.LittleEndian.Uint64(text[from:]) << shift)):
				return from
			case w.has(hashOfMany(binary.LittleEndian.Uint64(text[from+4:]) << shift)):
				return from + 4
			}
		}
	case w.gram == longGram:
		for ; from+longGram <= len(text); from += w.step {
			if w.has(hashOf(binary.LittleEndian.Uint32(text[from:]))) {
				return from
			}
		}
	}
	return from
}

// each gives the words that stand in text, and where, some of them more than once.
func (w *words) each(text []byte, found func(p *place, at int)) {
	for i := 0; i+w.gram <= len(text); i += w.step {
		h := w.hash(text, i)
		if !w.has(h) {
			continue
		}
		some := w.of(h)
		for k := range some {
			if p := &some[k]; p.standsAt(text, i-p.off) {
				found(p, i-p.off)
			}
		}
	}
}

// of are the places of bytes with a hash, and some others.
func (w *words) of(hash uint32) []place {
	k := hash >> (gramBits - placeBits)
	return w.places[w.first[k]:w.first[k+1]]
}

// stands is where one of the words begins that have the bytes at text[i], -1
// when none stands there.
func (w *words) stands(text []byte, i int, hash uint32) int {
	some := w.of(hash)
	for k := range some {
		p := &some[k]
		from := i - p.off
		if from >= 0 && from+8 <= len(text) && (binary.LittleEndian.Uint64(text[from:])^p.head)&p.mask != 0 {
			continue
		}
		if p.standsAt(text, from) {
			return from
		}
	}
	return -1
}

// standsAt says whether the word stands there.
func (p *place) standsAt(text []byte, from int) bool {
	return from >= 0 && len(text)-from >= len(p.word) && string(text[from:from+len(p.word)]) == p.word
}

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
	// find malformed, may be passed over.
	Head func(l *Line) Glance
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
func (s *Skim) Passes(l *Line) bool {
	switch s.Head(l) {
	case Never:
		return true
	case Rare:
		s.once.Do(func() { s.words = newWords(s.Words, longGram) })
		return !s.words.in(l.Text)
	}
	l.Own, l.Grain, l.Clock = 0, 0, ClockNone
	return false
}

// Phrases finds out whether a text holds one of a few phrases, each of four bytes
// at least and of ten or so, at a fraction of what a search for each would take.
type Phrases struct{ *words }

// NewPhrases prepares the search.
func NewPhrases(list []string) Phrases { return Phrases{newWords(list, longGram)} }

// In says whether text holds one of the phrases.
func (p Phrases) In(text []byte) bool { return p.in(text) }

// words finds out whether a text holds one of a few words. Looking for each in
// turn would cost more than reading the line. But of a word of ten bytes, one of
// the first seven stands at a multiple of seven, with three more behind it: so
// it is enough to look at four bytes in every seven, and to compare where those
// stand in some word (after Wu and Manber, "A fast algorithm
// for multi-pattern searching", 1994, with a fixed step in place of shifts). Of
// shorter words it is three bytes in every other.
type words struct {
	gram   int // how many bytes are looked at, longGram or shortGram
	mask   uint32
	step   int
	some   [1 << (gramBits - 5)]uint32 // bits: there are such bytes of a word with this hash
	places [1 << placeBits][]place     // by the upper bits of that hash
}

// place is where some bytes stand in a word.
type place struct {
	word string
	off  int
}

const (
	longGram  = 4
	shortGram = 3
	gramBits  = 16
	placeBits = 10
)

// hashOf spreads four bytes over a table (D. Knuth, TAOCP vol. 3, §6.4).
func hashOf(gram uint32) uint32 { return gram * 2654435769 >> (32 - gramBits) }

// newWords prepares the search. No word may be shorter than gram.
func newWords(list []string, gram int) *words {
	w := &words{gram: gram, mask: 1<<(8*gram-1)<<1 - 1, step: math.MaxInt32}
	for _, word := range list {
		w.step = min(w.step, len(word)-gram+1)
	}
	for _, word := range list {
		first := w.rarest(word)
		for off := first; off < first+w.step; off++ {
			h := hashOf(w.bytes([]byte(word), off))
			w.some[h/32] |= 1 << (h % 32)
			at := &w.places[h>>(gramBits-placeBits)]
			*at = append(*at, place{word, off})
		}
	}
	return w
}

// rarest is from where in a word the places are taken that are looked for: where
// what stands is least usual in a text, so that little else is compared with it.
func (w *words) rarest(word string) (first int) {
	least := math.MaxInt
	for off := 0; off+w.step+w.gram-1 <= len(word); off++ {
		usual := 0
		for _, c := range []byte(word[off : off+w.step+w.gram-1]) {
			switch {
			case c < 'A' || strings.IndexByte("etaoinsr", c) >= 0: // marks and numbers, and the letters of most words
				usual += 3
			case c >= 'a':
				usual++
			}
		}
		if usual < least {
			first, least = off, usual
		}
	}
	return first
}

// bytes are those looked at in a text.
func (w *words) bytes(text []byte, at int) uint32 {
	if at+longGram <= len(text) {
		return binary.LittleEndian.Uint32(text[at:]) & w.mask
	}
	var last [longGram]byte
	copy(last[:], text[at:])
	return binary.LittleEndian.Uint32(last[:])
}

// in says whether text holds one of the words.
func (w *words) in(text []byte) bool { return w.next(text) < len(text) }

// next is where the first of the words stands in text, len(text) when none does.
// Of two that overlap it may be either.
func (w *words) next(text []byte) int {
	for i := w.skip(text, 0); i+w.gram <= len(text); i += w.step {
		h := hashOf(w.bytes(text, i))
		if w.some[h/32]>>(h%32)&1 != 0 {
			if from := w.stands(text, i, h); from >= 0 {
				return from
			}
			i = w.skip(text, i+w.step) - w.step
		}
	}
	return len(text)
}

// skip is the first place at or behind from at which a word may stand, or one
// shortly before the end. It looks at eight bytes at a time, which is what most
// of a long search is.
func (w *words) skip(text []byte, from int) int {
	mask, some := w.mask, &w.some
	switch w.step {
	case 2:
		for ; from+8 <= len(text); from += 6 {
			x := binary.LittleEndian.Uint64(text[from:])
			h, k, j := hashOf(uint32(x)&mask), hashOf(uint32(x>>16)&mask), hashOf(uint32(x>>32)&mask)
			if (some[h/32]>>(h%32)|some[k/32]>>(k%32)|some[j/32]>>(j%32))&1 != 0 {
				return from
			}
		}
	case 4:
		for ; from+8 <= len(text); from += 8 {
			x := binary.LittleEndian.Uint64(text[from:])
			h, k := hashOf(uint32(x)&mask), hashOf(uint32(x>>32)&mask)
			if (some[h/32]>>(h%32)|some[k/32]>>(k%32))&1 != 0 {
				return from
			}
		}
	}
	return from
}

// each gives the words that stand in text, some of them more than once.
func (w *words) each(text []byte, found func(word string)) {
	for i := 0; i+w.gram <= len(text); i += w.step {
		h := hashOf(w.bytes(text, i))
		if w.some[h/32]>>(h%32)&1 == 0 {
			continue
		}
		for _, p := range w.places[h>>(gramBits-placeBits)] {
			if p.standsAt(text, i-p.off) {
				found(p.word)
			}
		}
	}
}

// stands is where one of the words begins that have the bytes at text[i], -1
// when none stands there.
func (w *words) stands(text []byte, i int, hash uint32) int {
	for _, p := range w.places[hash>>(gramBits-placeBits)] {
		if from := i - p.off; p.standsAt(text, from) {
			return from
		}
	}
	return -1
}

// standsAt says whether the word stands there.
func (p *place) standsAt(text []byte, from int) bool {
	return from >= 0 && len(text)-from >= len(p.word) && string(text[from:from+len(p.word)]) == p.word
}

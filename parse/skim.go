package parse

import (
	"encoding/binary"
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
		s.once.Do(func() { s.words = newWords(s.Words) })
		return !s.words.in(l.Text)
	}
	l.Own, l.Grain, l.Clock = 0, 0, ClockNone
	return false
}

// Phrases finds out whether a text holds one of a few phrases, each of four bytes
// at least and of ten or so, at a fraction of what a search for each would take.
type Phrases struct{ *words }

// NewPhrases prepares the search.
func NewPhrases(list []string) Phrases { return Phrases{newWords(list)} }

// In says whether text holds one of the phrases.
func (p Phrases) In(text []byte) bool { return p.in(text) }

// words finds out whether a text holds one of a few words. Looking for each in
// turn would cost more than reading the line. But of a word of ten bytes, one of
// the first seven stands at a multiple of seven, with three more behind it: so
// it is enough to look at four bytes in every seven, and to compare where those
// stand in some word (after Wu and Manber, "A fast algorithm
// for multi-pattern searching", 1994, with a fixed step in place of shifts).
type words struct {
	step   int
	some   [1 << (gramBits - 5)]uint32 // bits: there are four bytes of a word with this hash
	places [1 << placeBits][]place     // by the upper bits of that hash
}

// place is where four bytes stand in a word.
type place struct {
	word string
	off  int
}

const (
	gramLen   = 4
	gramBits  = 15
	placeBits = 9
)

// hashOf spreads four bytes over a table (D. Knuth, TAOCP vol. 3, §6.4).
func hashOf(gram uint32) uint32 { return gram * 2654435769 >> (32 - gramBits) }

// newWords prepares the search. No word may be shorter than four bytes.
func newWords(list []string) *words {
	w := &words{step: len(list[0])}
	for _, word := range list {
		w.step = min(w.step, len(word)-gramLen+1)
	}
	for _, word := range list {
		for off := range w.step {
			h := hashOf(binary.LittleEndian.Uint32([]byte(word[off : off+gramLen])))
			w.some[h/32] |= 1 << (h % 32)
			at := &w.places[h>>(gramBits-placeBits)]
			*at = append(*at, place{word, off})
		}
	}
	return w
}

// in says whether text holds one of the words.
func (w *words) in(text []byte) bool { return w.next(text) < len(text) }

// next is where the first of the words stands in text, len(text) when none does.
// Of two that overlap it may be either.
func (w *words) next(text []byte) int {
	step := w.step
	for i := 0; i+gramLen <= len(text); i += step {
		h := hashOf(binary.LittleEndian.Uint32(text[i:]))
		if w.some[h/32]>>(h%32)&1 != 0 {
			if from := w.stands(text, i, h); from >= 0 {
				return from
			}
		}
	}
	return len(text)
}

// stands is where one of the words begins that have the four bytes at text[i],
// -1 when none stands there.
func (w *words) stands(text []byte, i int, hash uint32) int {
	for _, p := range w.places[hash>>(gramBits-placeBits)] {
		if from := i - p.off; from >= 0 && len(text)-from >= len(p.word) && string(text[from:from+len(p.word)]) == p.word {
			return from
		}
	}
	return -1
}

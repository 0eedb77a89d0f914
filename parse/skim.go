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
	// Words of at least eight bytes, of which one stands in every line that is
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

// words finds out whether a text holds one of a few words. Looking for each in
// turn would cost more than reading the line. But of a word of eight bytes, one
// of five successive places is a multiple of five, with four bytes of the word
// behind it: so it is enough to look at four bytes in every five, and to
// compare where those stand in some word (after Wu and Manber, "A fast algorithm
// for multi-pattern searching", 1994, with a fixed step in place of shifts).
type words struct {
	step   int
	at     [1 << gramBits]uint8 // of the hash of four bytes: an index into places
	places [][]place
}

// place is where four bytes stand in a word.
type place struct {
	word string
	off  int
}

const (
	gramBits = 14
	gramLen  = 4
)

// hashOf spreads four bytes over a table (D. Knuth, TAOCP vol. 3, §6.4).
func hashOf(gram uint32) uint32 { return gram * 2654435769 >> (32 - gramBits) }

// newWords prepares the search. No word may be shorter than four bytes, nor may
// they have more than 255 places together.
func newWords(list []string) *words {
	w := &words{step: len(list[0]), places: make([][]place, 1)}
	for _, word := range list {
		w.step = min(w.step, len(word)-gramLen+1)
	}
	for _, word := range list {
		for off := range w.step {
			at := &w.at[hashOf(binary.LittleEndian.Uint32([]byte(word[off:off+gramLen])))]
			if *at == 0 {
				*at = uint8(len(w.places))
				w.places = append(w.places, nil)
			}
			w.places[*at] = append(w.places[*at], place{word, off})
		}
	}
	return w
}

// in says whether text holds one of the words.
func (w *words) in(text []byte) bool {
	for i := 0; i+gramLen <= len(text); i += w.step {
		at := w.at[hashOf(binary.LittleEndian.Uint32(text[i:]))]
		if at != 0 && w.stands(text, i, at) {
			return true
		}
	}
	return false
}

// stands says whether one of the words that have the four bytes at text[i]
// stands there.
func (w *words) stands(text []byte, i int, at uint8) bool {
	for _, p := range w.places[at] {
		if from := i - p.off; from >= 0 && len(text)-from >= len(p.word) && string(text[from:from+len(p.word)]) == p.word {
			return true
		}
	}
	return false
}

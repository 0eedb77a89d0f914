package parse

import (
	"bytes"

	"faultline/parse/lex"
)

// unknown tells, in a source of whose head nothing is any format's, which lines
// need not be read: those that look as lines of the head did, and hold the
// needle of no format. It knows no more than the head and the line, so that a
// source may be cut anywhere.
type unknown struct {
	looks   map[uint64]bool
	needles *needles
	// readers are the formats without a needle, which are shown every line.
	readers []*Format
}

// unknownLines is how many lines a head must have at least to tell how the rest
// of a source looks.
const unknownLines = 100

// newUnknown learns what the lines of a head look like.
func newUnknown(lines [][]byte, n *needles, formats []*Format) *unknown {
	u := &unknown{looks: map[uint64]bool{}, needles: n}
	for _, f := range formats {
		if len(f.Needles) == 0 {
			u.readers = append(u.readers, f)
		}
	}
	for _, line := range lines {
		u.looks[lookOf(lex.StripANSI(lex.TrimEOL(line)))] = true
	}
	return u
}

const (
	// lookMarks is how many marks make the look of a line.
	lookMarks = 6
	// lookColumn is how far the end of a table's or page's first column is
	// looked for.
	lookColumn = 100
)

// lookOf says what a line looks like: the marks at its beginning, words and
// numbers being the same, and its first word if a mark ends it. Of tables and
// pages, which have columns, it is all of the first one but its digits.
func lookOf(line []byte) uint64 {
	if n := columnEnd(line[:min(len(line), lookColumn)]); n > 0 {
		look := uint64(fnvOffset)
		for _, c := range line[:n] {
			if c-'0' <= 9 {
				c = '0'
			}
			look = (look ^ uint64(c)) * fnvPrime
		}
		return look
	}
	look, i := uint64(fnvOffset), 0
	for i < len(line) && lookClass[line[i]] == lookLetter {
		look = (look ^ uint64(line[i])) * fnvPrime
		i++
	}
	if i < len(line) && lookClass[line[i]] == lookWord && line[i] != ':' {
		look = fnvOffset // a word of a sentence, a name, a time
	}
	word := true
	for marks := 0; i < len(line) && marks < lookMarks; i++ {
		if lookClass[line[i]] != lookMark {
			word = true
			continue
		}
		if word {
			look, word = (look^'w')*fnvPrime, false
		}
		look = (look ^ uint64(line[i])) * fnvPrime
		marks++
	}
	return look
}

// columnEnd is where three spaces or more stand between two words, 0 where none do.
func columnEnd(line []byte) int {
	const gap = "   "
	for at := 0; ; {
		n := bytes.Index(line[at:], []byte(gap))
		if n < 0 {
			return 0
		}
		end := at + n
		for at = end; at < len(line) && line[at] == ' '; at++ {
		}
		if at == len(line) {
			return 0
		}
		if end > 0 && lookClass[line[end-1]] != lookMark && lookClass[line[at]] != lookMark && line[at] != ':' {
			return end
		}
	}
}

// FNV-1a, 64 bits (RFC 9923).
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

const (
	lookMark = iota
	lookLetter
	lookWord
)

// lookClass says what a byte is in a look: the marks that numbers, times and
// paths are made of are parts of a word.
var lookClass = func() (class [256]uint8) {
	for c := range class {
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			class[c] = lookLetter
		case c >= '0' && c <= '9' || c >= 0x80 || bytes.IndexByte([]byte(" .,:;-_+/'"), byte(c)) >= 0:
			class[c] = lookWord
		}
	}
	return class
}()

// passes says whether a line that holds no needle looks as lines of the head did.
func (u *unknown) passes(line []byte) bool { return u.looks[lookOf(line)] }

// passing is what tells which lines of a piece need not be read; nil when all
// are.
func (p *plan) passing() *unknown {
	if p.every || p.others {
		return nil
	}
	return p.unknown
}

// unread counts a line that holds no needle, without reading it; false when it
// has to be read. A needle may have had colours in it, where there are any.
func (p *plan) unread(b *Batch, l *Line, raw []byte, plain bool) bool {
	l.Text, l.Len = lex.TrimEOL(raw), uint32(len(raw))
	if !plain {
		l.Text = lex.StripANSI(l.Text)
	}
	if len(raw) > MaxLine || !p.unknown.passes(l.Text) || len(l.Text) < len(raw)-1 && p.unknown.needles.in(l.Text) {
		return false
	}
	switch {
	case len(bytes.TrimSpace(l.Text)) == 0:
		b.Counts.Other++
	case !p.offerTo(p.unknown.readers, b, l, raw) && !p.rescue(b, l, raw):
		p.unparsed(b, l, "not recognised")
		b.prose++
	}
	return true
}

// foreign says whether no format reads any line of a head, looking only at
// some of those that look the same, and at all that hold a needle.
func (p *plan) foreign(lines [][]byte) bool {
	if known := p.chain(lines[:alikeLines]); known.total > 0 {
		return false
	}
	some := p.unknown.some(lines)
	t := p.chain(some)
	p.wrappers = nil
	return t.total == 0 && !p.decorated(some)
}

const (
	// firstLines are looked at in any case: a table's head is among them.
	firstLines = 32
	// alikeLines are how many of those behind are looked at that look the same.
	alikeLines = 4
)

// some picks the lines of a head that are worth looking at.
func (u *unknown) some(lines [][]byte) (out [][]byte) {
	seen := map[uint64]int{}
	for i, raw := range lines {
		line := lex.StripANSI(lex.TrimEOL(raw))
		look := lookOf(line)
		if i < firstLines || seen[look] < alikeLines || u.needles.in(line) {
			out = append(out, raw)
		}
		seen[look]++
	}
	return out
}

package parse

import (
	"bytes"
	"slices"
	"strings"
)

// needles finds lines that may hold a needle of some format, also where a
// record around the line has escaped it. It is told of a text at most once
// per byte and needle, whatever their number: long ones are looked for at every
// few bytes, short ones at every second, as [words] does it.
type needles struct {
	long  *words // of longNeedle bytes and more, nil when there is none
	short pairs
}

const (
	// longNeedle is what a needle must have to be looked for at every fourth
	// byte.
	longNeedle = 7
	// leastNeedle is what must be left of a needle without the characters that
	// JSON escapes.
	leastNeedle = 4
)

// newNeedles makes the search for the needles of the formats that read lines.
func newNeedles(formats []*Format) *needles {
	var all []string
	for _, f := range formats {
		list := slices.Concat(f.Needles, f.Hints)
		if f.Skim != nil {
			list = append(list, f.Skim.Words...)
		}
		for _, needle := range list {
			all = append(all, unescaped(needle))
		}
	}
	var long, short []string
	for _, needle := range all {
		switch {
		case slices.ContainsFunc(all, func(o string) bool { return o != needle && strings.Contains(needle, o) }):
		case len(needle) >= longNeedle:
			long = append(long, needle)
		default:
			short = append(short, needle)
		}
	}
	n := &needles{}
	if len(long) > 0 {
		n.long = newWords(long)
	}
	n.short.add(short)
	return n
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

// next is where the first needle stands in text, len(text) when there is none.
func (n *needles) next(text []byte) int {
	at := len(text)
	if n.long != nil {
		at = n.long.next(text)
	}
	return n.short.next(text[:at])
}

// in says whether text holds one.
func (n *needles) in(text []byte) bool { return n.next(text) < len(text) }

// pairs finds short words by two bytes of them: of any word of three, a pair
// stands at an even place.
type pairs struct {
	some  [1 << 16 / 32]uint32
	begin [256][]string // by their first byte
}

func (p *pairs) add(list []string) {
	for _, word := range list {
		for off := range 2 {
			pair := uint16(word[off]) | uint16(word[off+1])<<8
			p.some[pair/32] |= 1 << (pair % 32)
		}
		p.begin[word[0]] = append(p.begin[word[0]], word)
	}
}

// next is where the first of the words stands in text, len(text) when none does.
func (p *pairs) next(text []byte) int {
	for i := 0; i+1 < len(text); i += 2 {
		pair := uint16(text[i]) | uint16(text[i+1])<<8
		if p.some[pair/32]>>(pair%32)&1 == 0 {
			continue
		}
		for at := max(i-1, 0); at <= i; at++ {
			for _, word := range p.begin[text[at]] {
				if bytes.HasPrefix(text[at:], []byte(word)) {
					return at
				}
			}
		}
	}
	return len(text)
}

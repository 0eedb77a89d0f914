package redact

import (
	"bytes"
	"slices"
	"strings"
)

// begins says whether a word may begin at i: at the line's beginning, behind
// what is no letter or digit, behind an escape such as \n or %2F, and behind
// the letter that ends a colour.
func begins(b []byte, i int) bool {
	if i == 0 || !wordByte(b[i-1]) || b[i-1] >= 0x80 && afterPunctuation(b, i) {
		return true
	}
	if i >= 2 && b[i-2] == '\\' && strings.IndexByte("nrtbfv", b[i-1]) >= 0 {
		return true
	}
	if i >= 3 && b[i-3] == '%' && hexByte(b[i-2]) && hexByte(b[i-1]) {
		return true
	}
	if i >= 6 && b[i-6] == '\\' && b[i-5] == 'u' && hexByte(b[i-4]) && hexByte(b[i-3]) && hexByte(b[i-2]) && hexByte(b[i-1]) {
		return true
	}
	return letter(b[i-1]) && colourEnds(b[:i])
}

// maxColour is the longest control sequence that is looked for.
const maxColour = 32

// colourEnds says whether text ends with a control sequence (ECMA-48 §5.4):
// its introducer as a byte, as an escape of JSON, C or a shell, or lost, as
// terminals drop it from what is copied, then figures and a letter.
func colourEnds(b []byte) bool {
	i := len(b) - 1
	for i > 0 && len(b)-i < maxColour && (figure(b[i-1]) || strings.IndexByte(";:?<=>", b[i-1]) >= 0) {
		i--
	}
	if i == 0 {
		return false
	}
	switch b[i-1] {
	case '[':
		return i-1 == 0 || i < len(b)-1 || introduced(b[:i-1])
	case 0x9b:
		return true
	}
	return false
}

// controlEnd is where the control sequence ends whose introducer stands before
// i, or i.
func controlEnd(b []byte, i int) int {
	if i == 0 || b[i-1] != '[' {
		return i
	}
	j := i
	for j < len(b) && j-i < maxColour && (figure(b[j]) || b[j] >= ':' && b[j] <= '?') {
		j++
	}
	if j < len(b) && letter(b[j]) && (introduced(b[:i-1]) || j > i && b[j] == 'm') {
		return j + 1
	}
	return i
}

// escapeEnd is where the escape of a character ends whose mark stands before i,
// such as \u0040 and %40, or i: what follows is no part of it.
func escapeEnd(b []byte, i int) int {
	if i == 0 || b[i-1] != '\\' && b[i-1] != '%' {
		return i
	}
	if b[i-1] == '%' {
		end := i
		for pattern(b[end:], "25") { // the escape of an escape
			end += 2
		}
		if pattern(b[end:], "hh") {
			return end + 2
		}
		return end
	}
	for _, form := range []string{"uhhhh", "Uhhhhhhhh", "xhh"} {
		if pattern(b[i:], form) {
			return i + len(form)
		}
	}
	return i
}

// introduced says whether text ends with ESC, or a way to write it.
func introduced(b []byte) bool {
	if n := len(b); n > 0 && (b[n-1] == 0x1b || b[n-1] == 0x9b) {
		return true
	}
	for _, esc := range []string{`\u001b`, `\u001B`, `\x1b`, `\x1B`, `\033`, `\e`, "%1B", "%1b", "&#27;", "&#x1b;", "&#x1B;", "\u241b"} {
		if bytes.HasSuffix(b, []byte(esc)) {
			return true
		}
	}
	return false
}

// cutOff is what stands where a text was cut off: no part of a word.
const cutOff = "…"

// punctuation is the width of the character that text begins with, if it is one that
// is no part of a word and not of ASCII: quotation marks, dashes, an ellipsis, blanks
// (Unicode's General and CJK Punctuation, parts of Latin-1, fullwidth signs).
func punctuation(b []byte) int {
	switch {
	case len(b) >= 2 && b[0] == 0xc2 && (b[1] == 0xa0 || b[1] == 0xab || b[1] == 0xbb || b[1] == 0xb7):
		return 2
	case len(b) >= 3 && (b[0] == 0xe2 && (b[1] == 0x80 || b[1] == 0x81) || b[0] == 0xe3 && b[1] == 0x80):
		return 3
	case len(b) >= 3 && b[0] == 0xef && b[1] == 0xbc && (b[2] < 0x90 || b[2] >= 0x9a && b[2] < 0xa1):
		return 3
	}
	return 0
}

// afterPunctuation says whether such a character ends before i.
func afterPunctuation(b []byte, i int) bool {
	return i >= 2 && punctuation(b[i-2:]) == 2 || i >= 3 && punctuation(b[i-3:]) == 3
}

// wordEnd is where the word at i ends.
func wordEnd(b []byte, i int) int {
	for i < len(b) && wordByte(b[i]) && (b[i] < 0x80 || punctuation(b[i:]) == 0) {
		i++
	}
	return i
}

// wordStart is where the next word begins, at i or behind it.
func wordStart(b []byte, i int) int {
	for i < len(b) {
		if n := punctuation(b[i:]); n > 0 {
			i += n
		} else if wordByte(b[i]) {
			break
		} else {
			i++
		}
	}
	return i
}

// trimmed is a text without what stands before its first word and behind its last.
func trimmed(s string) string {
	b := []byte(s)
	from := wordStart(b, 0)
	to := from
	for i := from; i < len(b); i = wordStart(b, to) {
		to = wordEnd(b, i)
	}
	return s[from:to]
}

// plain says that what begins at i is a word by itself, or no word: nothing
// that has a shape of its own, which is found by what stands between words.
// Most of a log is plain, and need not be offered to every detector.
func plain(b []byte, i int) bool {
	const between = ".:-_+@"
	if !wordByte(b[i]) {
		return strings.IndexByte(between, b[i]) < 0
	}
	end := wordEnd(b, i)
	switch {
	case i > 0 && b[i-1] == '[' && figure(b[i]): // an address as bytes
		return false
	case end-i >= 32: // it may be a hash
		return false
	case end == len(b):
		return true
	case b[end] == '_' || b[end] == '@':
		return false
	case b[end] == '%': // an escaped @
		return !bytes.HasPrefix(b[end:], []byte("%40"))
	case strings.IndexByte(between, b[end]) >= 0: // at the end of a sentence, or of a key
		return end+1 == len(b) || !wordByte(b[end+1]) && strings.IndexByte(between, b[end+1]) < 0
	}
	return true
}

// dictionary finds originals in text, whole words at a time, whatever their
// case. It holds each original and each of its beginnings that ends with a
// word, so that finding costs a lookup a word.
type dictionary struct {
	entries map[string]entry
	starts  [1 << 16 / 64]uint64 // a bit for what an entry may begin with, see beginning
	buf     []byte
	size    int  // of what was added
	numeric bool // whether an original holds a number by itself
}

type entry struct {
	to   string
	ends bool // an original, not only the beginning of one
}

func newDictionary() *dictionary { return &dictionary{entries: map[string]entry{}} }

// add puts an original in. Punctuation around it does not count.
func (d *dictionary) add(original, to string) {
	o := trimmed(lower(original))
	b := []byte(o)
	d.size++
	d.numeric = d.numeric || len(numbersIn(nil, b, false)) > 0
	h, _ := beginning(b)
	d.starts[h/64] |= 1 << (h % 64)
	for i := 0; i < len(o); {
		i = wordEnd(b, i)
		if i == len(o) {
			break
		}
		if _, ok := d.entries[o[:i]]; !ok {
			d.entries[o[:i]] = entry{}
		}
		i = wordStart(b, i)
	}
	if o != "" {
		d.entries[o] = entry{to, true}
	}
}

// beginning is a hash of the first letters of a text, in small ones. It tells nothing
// where some are not of ASCII, whose small letters may be of another length.
func beginning(b []byte) (h uint16, tells bool) {
	const letters = 3
	for _, c := range b[:min(letters, len(b))] {
		switch {
		case c >= 0x80:
			return 0, false
		case !wordByte(c):
			return h, true
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		h = h*41 + uint16(c)
	}
	return h, true
}

// may says whether an original may begin at i.
func (d *dictionary) may(b []byte, i int) bool {
	h, tells := beginning(b[i:])
	return !tells || d.starts[h/64]&(1<<(h%64)) != 0
}

// at finds the longest original that stands at i.
func (d *dictionary) at(b []byte, i int) (n int, to string, ok bool) {
	if !d.may(b, i) {
		return 0, "", false
	}
	d.buf = d.buf[:0]
	from := i
	for j := i; j < len(b) && j-i < 1024; {
		end := wordEnd(b, j)
		if end == j {
			break
		}
		d.buf = appendLower(d.buf, b[from:end])
		from = end
		e, known := d.entries[string(d.buf)]
		if !known {
			break
		}
		if e.ends {
			n, to, ok = end-i, e.to, true
		}
		j = wordStart(b, end)
	}
	return n, to, ok
}

// appendLower appends text in small letters.
func appendLower(to, b []byte) []byte {
	for i, c := range b {
		if c >= 0x80 {
			return append(to, bytes.ToLower(b[i:])...)
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}

func lower(s string) string { return string(appendLower(nil, []byte(s))) }

func sorted(s []string) []string {
	slices.Sort(s)
	return s
}

package lex

import (
	"bytes"
	"encoding/binary"
	"iter"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// Member reads one `"key": value` of a JSON object, from behind its opening
// brace on, and gives the key without its quotes, the value as it stands and
// how many bytes that took, with the comma before it. It is for log lines,
// which are long and mostly of no interest: it checks no more than it must to
// find where a value ends, and it allocates nothing.
func Member(b []byte) (key, value []byte, n int, ok bool) {
	for n < len(b) && b[n] != '"' && (b[n] == ',' || IsJSONSpace(b[n])) {
		n++
		n += Blank(b[n:])
	}
	w := QuotedEnd(b[n:])
	if w == 0 {
		return nil, nil, 0, false
	}
	key = b[n+1 : n+w-1]
	n += w
	n += Blank(b[n:])
	if n >= len(b) || b[n] != ':' {
		return nil, nil, 0, false
	}
	n++
	n += Blank(b[n:])
	w = valueEnd(b[n:])
	if w == 0 {
		return nil, nil, 0, false
	}
	return key, b[n : n+w], n + w, true
}

// Members are the members of a JSON object, from behind its opening brace on, as
// [Member] reads them; they end where it cannot.
func Members(b []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for {
			key, value, n, ok := Member(b)
			if !ok || !yield(key, value) {
				return
			}
			b = b[n:]
		}
	}
}

// MemberOf is the value of a member of a JSON object, as it stands; nil where object is none,
// or has no such member.
func MemberOf(object []byte, name string) []byte {
	if len(object) < 2 || object[0] != '{' {
		return nil
	}
	for key, value := range Members(object[1:]) {
		if string(key) == name {
			return value
		}
	}
	return nil
}

// Blank is how many bytes of white space b begins with, as JSON knows it.
func Blank(b []byte) (n int) {
	for n < len(b) && IsJSONSpace(b[n]) {
		for n++; n+8 <= len(b) && binary.LittleEndian.Uint64(b[n:]) == ' '*eachByte; {
			n += 8
		}
	}
	return n
}

// eachByte is 1 in each of eight bytes.
const eachByte = 0x0101010101010101

// zeros has the upper bit of the first zero among eight bytes, and none before it
// (H. Warren, Hacker's Delight, 6-1).
func zeros(x uint64) uint64 { return (x - eachByte) &^ x & (eachByte << 7) }

// shortQuote is how much of a quoted string is looked at eight bytes at a time.
const shortQuote = 33

// QuotedEnd is the length of the quoted string at the beginning of b, in JSON or
// in Go, with its quotes; 0 when there is none, or no end to it.
func QuotedEnd(b []byte) int {
	if len(b) < 2 || b[0] != '"' {
		return 0
	}
	n := 1
	for n+8 <= len(b) && n < shortQuote { // most keys and many values are short
		x := binary.LittleEndian.Uint64(b[n:])
		quotes, escapes := zeros(x^'"'*eachByte), zeros(x^'\\'*eachByte)
		if escapes != 0 {
			break
		}
		if quotes != 0 {
			return n + bits.TrailingZeros64(quotes)/8 + 1
		}
		n += 8
	}
	for {
		i := bytes.IndexByte(b[n:], '"')
		if i < 0 {
			return 0
		}
		n += i + 1
		back := 0
		for k := n - 2; k > 0 && b[k] == '\\'; k-- {
			back++
		}
		if back%2 == 0 {
			return n
		}
	}
}

// valueEnd is the length of the JSON value at the beginning of b.
func valueEnd(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	switch b[0] {
	case '"':
		return QuotedEnd(b)
	case '{', '[':
		return nestEnd(b)
	}
	n := bytes.IndexAny(b, ",}] \t\r\n")
	if n < 0 {
		return 0 // cut off
	}
	return n
}

// nestEnd is the length of the object or array at the beginning of b.
func nestEnd(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			w := QuotedEnd(b[i:])
			if w == 0 {
				return 0
			}
			i += w - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '\n':
			i += Blank(b[i+1:])
		}
	}
	return 0
}

// Element reads one value of a JSON array, from behind its opening bracket on.
func Element(b []byte) (value []byte, n int, ok bool) {
	for n < len(b) && (b[n] == ',' || IsJSONSpace(b[n])) {
		n++
	}
	if n < len(b) && (b[n] == ']' || b[n] == '}') {
		return nil, 0, false
	}
	w := valueEnd(b[n:])
	if w == 0 {
		return nil, 0, false
	}
	return b[n : n+w], n + w, true
}

// Unquote gives the text of a JSON value: of a string what it says, of
// anything else the value as it stands. The text aliases b when nothing was
// escaped; what is no valid escape is kept.
func Unquote(b []byte) []byte {
	if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' {
		return b
	}
	b = b[1 : len(b)-1]
	i := bytes.IndexByte(b, '\\')
	if i < 0 {
		return b
	}
	out := append(make([]byte, 0, len(b)), b[:i]...)
	for i < len(b) {
		if b[i] != '\\' || i+1 >= len(b) {
			out = append(out, b[i])
			i++
			continue
		}
		var w int
		out, w = escaped(out, b[i:])
		i += w
	}
	return out
}

const plainEscapes = `"\/bfnrt`

// escaped appends what the escape at the beginning of b stands for, and gives
// its length.
func escaped(out, b []byte) ([]byte, int) {
	if i := bytes.IndexByte([]byte(plainEscapes), b[1]); i >= 0 {
		return append(out, "\"\\/\b\f\n\r\t"[i]), 2
	}
	r, ok := unit(b)
	if !ok {
		return append(out, b[0]), 1
	}
	if utf16.IsSurrogate(r) && len(b) > 6 {
		if low, ok := unit(b[6:]); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return utf8.AppendRune(out, pair), 12
			}
		}
	}
	return utf8.AppendRune(out, r), 6
}

// unit reads the UTF-16 unit "\uXXXX".
func unit(b []byte) (r rune, ok bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	for _, c := range b[2:6] {
		switch {
		case c-'0' <= 9:
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// OneLine is a JSON text without its line ends and tabs.
func OneLine(b []byte) []byte {
	if bytes.IndexByte(b, '\n') < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			n := max(QuotedEnd(b[i:]), 1)
			out = append(out, b[i:i+n]...)
			i += n - 1
		case c == '\n' || c == '\r' || c == '\t':
		default:
			out = append(out, c)
		}
	}
	return out
}

package lex

import (
	"encoding/binary"
	"math/bits"
)

// JSONValue is the length of the JSON value at the beginning of b (RFC 8259),
// checked as encoding/json checks it: exports hold a hundred million bytes of
// small pairs. 0 when it is no value; short says that more bytes could make it
// one. A number that ends with b is short, as a digit might follow.
func JSONValue(b []byte) (n int, short bool) {
	v := jsonValue{b: b}
	if !v.value(0) {
		return 0, v.i >= len(b)
	}
	return v.i, false
}

// jsonDepth is how deep values may be nested, as in encoding/json.
const jsonDepth = 10000

// jsonValue is a place in a text. What finds no more to read leaves it behind
// the end.
type jsonValue struct {
	b []byte
	i int
}

// is takes c if it is what comes next.
func (v *jsonValue) is(c byte) bool {
	if v.i < len(v.b) && v.b[v.i] == c {
		v.i++
		return true
	}
	return false
}

func (v *jsonValue) space() {
	if v.i < len(v.b) && v.b[v.i] <= ' ' {
		v.i += Blank(v.b[v.i:])
	}
}

// IsJSONSpace says whether c may stand between the tokens of a JSON text.
func IsJSONSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func (v *jsonValue) value(depth int) bool {
	if v.i >= len(v.b) {
		return false
	}
	switch v.b[v.i] {
	case '"':
		return v.text()
	case '[':
		return depth < jsonDepth && v.list(depth+1)
	case '{':
		return depth < jsonDepth && v.object(depth+1)
	case 't':
		return v.word("true")
	case 'f':
		return v.word("false")
	case 'n':
		return v.word("null")
	}
	return v.number()
}

func (v *jsonValue) list(depth int) bool {
	v.i++
	if v.space(); v.is(']') {
		return true
	}
	for {
		v.space()
		if !v.value(depth) {
			return false
		}
		v.space()
		if !v.is(',') {
			return v.is(']')
		}
	}
}

func (v *jsonValue) object(depth int) bool {
	v.i++
	if v.space(); v.is('}') {
		return true
	}
	for {
		v.space()
		if v.i >= len(v.b) || v.b[v.i] != '"' || !v.text() {
			return false
		}
		if v.space(); !v.is(':') {
			return false
		}
		v.space()
		if !v.value(depth) {
			return false
		}
		v.space()
		if !v.is(',') {
			return v.is('}')
		}
	}
}

func (v *jsonValue) word(w string) bool {
	for k := range len(w) {
		if !v.is(w[k]) {
			return false
		}
	}
	return true
}

// text takes a string, at whose first quote it is.
func (v *jsonValue) text() bool {
	for v.i++; v.i < len(v.b); v.i++ {
		for v.i+8 <= len(v.b) { // eight at a time, up to what is no plain text
			x := binary.LittleEndian.Uint64(v.b[v.i:])
			if found := zeros(x^'"'*eachByte) | zeros(x^'\\'*eachByte) | (x-' '*eachByte)&^x&(eachByte<<7); found != 0 {
				v.i += bits.TrailingZeros64(found) / 8
				break
			}
			v.i += 8
		}
		if v.i >= len(v.b) {
			return false
		}
		switch c := v.b[v.i]; {
		case c == '"':
			v.i++
			return true
		case c < ' ':
			return false
		case c == '\\':
			if v.i++; !v.escape() {
				return false
			}
		}
	}
	return false
}

// escape takes what follows a backslash, and stays at its last byte.
func (v *jsonValue) escape() bool {
	if v.i >= len(v.b) {
		return false
	}
	switch v.b[v.i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		for range 4 {
			if v.i++; v.i >= len(v.b) || !hex(v.b[v.i]) {
				return false
			}
		}
		return true
	}
	return false
}

func hex(c byte) bool { return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'f' }

// digits takes at least one.
func (v *jsonValue) digits() bool {
	from := v.i
	for v.i < len(v.b) && v.b[v.i]-'0' <= 9 {
		v.i++
	}
	return v.i > from
}

func (v *jsonValue) number() bool {
	v.is('-')
	if !v.is('0') && !v.digits() {
		return false
	}
	if v.is('.') && !v.digits() {
		return false
	}
	if v.i < len(v.b) && v.b[v.i]|0x20 == 'e' {
		v.i++
		if !v.is('+') {
			v.is('-')
		}
		if !v.digits() {
			return false
		}
	}
	return v.i < len(v.b)
}

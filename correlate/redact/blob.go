package redact

import (
	"bytes"
	"encoding/base64"
	"slices"
	"unicode/utf8"
)

// minInBase64 is the shortest original that is looked for in base64: shorter
// ones stand in random bytes by chance.
const minInBase64 = 6

// blobs gives each stretch of base64 letters (RFC 4648 §4 and §5) that is long
// enough to hold a name, decoded from each of the four places at which a group
// of letters may begin. fn says whether to go on with the same stretch.
func blobs(b []byte, fn func(from, to int, decoded []byte) bool) {
	var run, buf []byte
	for i := 0; i < len(b); {
		j := i
		for j < len(b) && inBase64(b[j]) {
			j++
		}
		if j-i >= minInBase64*4/3 {
			run = append(run[:0], b[i:j]...)
			for k, c := range run {
				switch c {
				case '-':
					run[k] = '+'
				case '_':
					run[k] = '/'
				}
			}
			for shift := range 4 {
				part := run[shift:]
				if len(part)%4 == 1 { // no group ends with one letter
					part = part[:len(part)-1]
				}
				size := base64.RawStdEncoding.DecodedLen(len(part))
				buf = slices.Grow(buf[:0], size)[:size]
				n, err := base64.RawStdEncoding.Decode(buf, part)
				if err != nil {
					continue
				}
				if !utf8.Valid(buf[:n]) {
					onlyASCII(buf[:n])
				}
				if !readable(buf[:n]) {
					continue
				}
				if !fn(i, j, buf[:n]) {
					break
				}
			}
		}
		i = max(j, i+1)
	}
}

// readable says whether bytes hold enough text in a row for a name to be in it.
func readable(b []byte) bool {
	run := 0
	for _, c := range b {
		if run++; c < ' ' || c == 0x7f {
			run = 0
		}
		if run == minInBase64 {
			return true
		}
	}
	return false
}

// onlyASCII blanks what is no ASCII: bytes that are no text are no words.
func onlyASCII(b []byte) {
	for i, c := range b {
		if c >= 0x80 {
			b[i] = 0
		}
	}
}

func inBase64(c byte) bool {
	return wordByte(c) && c < 0x80 || c == '+' || c == '/' || c == '-' || c == '_'
}

// blobs takes out what, decoded, holds an original, or reads as text that
// tells one.
func (r *Redactor) blobs(in []byte) (list []edit) {
	blobs(in, func(from, to int, decoded []byte) bool {
		if !r.holds(decoded) && !r.tellsText(decoded) {
			return true
		}
		for to < len(in) && in[to] == '=' {
			to++
		}
		list = append(list, edit{from, to, []byte(Hidden)})
		return false
	})
	return list
}

// holds says whether a known original of some length stands in decoded bytes.
func (r *Redactor) holds(b []byte) bool {
	for i := range b {
		if !wordByte(b[i]) || !begins(b, i) {
			continue
		}
		if n, p, ok := r.names.at(b, i); ok && n >= minInBase64 && p != "" && !r.ordinary(string(b[i:i+n])) {
			return true
		}
	}
	return false
}

// minText is the least that decoded bytes must be to be read as text.
const minText = 8

// tellsText says whether decoded bytes are text, and of a kind that redacting
// would change.
func (r *Redactor) tellsText(b []byte) bool {
	if len(b) < minText {
		return false
	}
	for _, c := range b {
		if (c < ' ' || c > '~') && c != '\n' && c != '\t' && c != '\r' {
			return false
		}
	}
	if n := r.told(b); len(n) > 0 {
		r.take(n)
		return true
	}
	return len(r.changes(bytes.Clone(b), nil, 1)) > 0
}

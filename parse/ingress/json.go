package ingress

import (
	"bytes"
	"encoding/json"

	"faultline/parse/lex"
)

// members walks the members of a JSON object on one line without making
// anything of them. It is lenient about values, as nginx writes them without
// quotes whatever they are: `"upstream_response_time": -,`.
type members struct {
	rest  []byte
	open  bool
	whole bool // the object was read to its end, and nothing is behind it
}

// next gives a key without its quotes and a value as it stands.
func (m *members) next() (key, value []byte, ok bool) {
	b := blanks(m.rest)
	if !m.open {
		if len(b) == 0 || b[0] != '{' {
			return nil, nil, false
		}
		m.open, b = true, blanks(b[1:])
	} else if len(b) > 0 && b[0] == ',' {
		b = blanks(b[1:])
	}
	if len(b) > 0 && b[0] == '}' {
		m.whole = len(blanks(b[1:])) == 0
		m.rest = nil
		return nil, nil, false
	}
	n := stringEnd(b)
	if n == 0 {
		return nil, nil, false
	}
	key, b = b[1:n-1], blanks(b[n:])
	if len(b) == 0 || b[0] != ':' {
		return nil, nil, false
	}
	b = blanks(b[1:])
	if n = valueEnd(b); n < 0 {
		return nil, nil, false
	}
	value, m.rest = bytes.TrimRight(b[:n], " "), b[n:]
	return key, value, true
}

func blanks(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	return b
}

// stringEnd is the length of the string that b begins with, 0 when there is
// none.
func stringEnd(b []byte) int {
	if len(b) == 0 || b[0] != '"' {
		return 0
	}
	for i := 1; i < len(b); {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return 0
		}
		i += n
		escapes := 0
		for b[i-1-escapes] == '\\' {
			escapes++
		}
		if i++; escapes%2 == 0 {
			return i
		}
	}
	return 0
}

// valueEnd is the length of the value that b begins with, -1 when its end was
// cut off.
func valueEnd(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			n := stringEnd(b[i:])
			if n == 0 {
				return -1
			}
			i += n - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

// bare is a value without its quotes, as it stands.
func bare(v []byte) []byte {
	if n := len(v); n >= 2 && v[0] == '"' && v[n-1] == '"' {
		return v[1 : n-1]
	}
	if string(v) == "null" {
		return nil
	}
	return v
}

// text is a value as it was meant.
func text(v []byte) []byte {
	if bytes.IndexByte(v, '\\') < 0 {
		return bare(v)
	}
	var s string
	if json.Unmarshal(v, &s) == nil {
		return []byte(s)
	}
	return bare(v)
}

// sign are the keys that tell whose JSON a line is.
type sign struct {
	keys []string // one of them
	also string
}

// The signs. Of several that a line has, the first of signs decides, so that no
// line belongs to two.
var (
	signTraefik = &sign{[]string{`"DownstreamStatus":`}, ""}
	signAccess  = &sign{[]string{`"client.addr":`}, `_ns":`}
	signEnvoy   = &sign{[]string{`response_flags`, `responseFlags`, `response.flags`, `RESPONSE_FLAGS`}, ""}
	signNginx   = &sign{[]string{`"request_time":`}, `"status":`}

	signs = []*sign{signTraefik, signAccess, signEnvoy, signNginx}
)

// in says whether a line has the sign.
func (s *sign) in(b []byte) bool {
	for _, k := range s.keys {
		if bytes.Contains(b, []byte(k)) && (s.also == "" || bytes.Contains(b, []byte(s.also))) {
			return true
		}
	}
	return false
}

// of says whether a line has the sign, and none that goes before.
func (s *sign) of(b []byte) bool {
	if !s.in(b) {
		return false
	}
	for _, other := range signs {
		if other == s {
			break
		}
		if other.in(b) {
			return false
		}
	}
	return true
}

// fold writes a key as it would be without the taste of who chose it:
// "response_code", "responseCode", "response.code" and "RESPONSE_CODE" are
// "responsecode". Longer keys are "".
func fold(key []byte, to *[32]byte) []byte {
	n := 0
	for _, c := range key {
		switch {
		case c >= 'A' && c <= 'Z':
			c |= 0x20
		case c >= 'a' && c <= 'z', digit(c):
		default:
			continue
		}
		if n == len(to) {
			return nil
		}
		to[n] = c
		n++
	}
	return to[:n]
}

// stampOf reads a time in one of the ways that a log's author may choose:
// RFC 3339, the common log format's, or seconds since 1970.
func stampOf(b []byte) (s lex.Stamp, ok bool) {
	if s, n, ok := lex.RFC3339(b); ok && n == len(b) {
		return s, true
	}
	if s, ok = stampCLF(b); ok {
		return s, true
	}
	sec, n, ok := lex.Digits(b)
	if !ok || sec < 1e9 || sec >= 1e10 {
		return s, false
	}
	s = lex.Stamp{Unix: sec * lex.Second, Width: lex.Second, Zoned: true}
	if n < len(b) && b[n] == '.' {
		for n++; n < len(b) && digit(b[n]) && s.Width > 1; n++ {
			s.Width /= 10
			s.Unix += int64(b[n]-'0') * s.Width
		}
	}
	return s, n == len(b)
}

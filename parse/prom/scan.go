package prom

import "encoding/json"

// sample is one pair of a series, and where it stands in the series' text.
type sample struct {
	at       int64 // ns since 1970
	value    float64
	from, to int
	bad      bool
}

// scan walks JSON that is known to be valid, as exports hold millions of
// samples. What has another shape than expected is passed over and said so.
type scan struct {
	b []byte
	i int
}

func (s *scan) space() {
	for s.i < len(s.b) && (s.b[s.i] == ' ' || s.b[s.i] == '\n' || s.b[s.i] == '\r' || s.b[s.i] == '\t') {
		s.i++
	}
}

// eat takes c if it is what comes next.
func (s *scan) eat(c byte) bool {
	s.space()
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

// text takes a string and gives what stands between its quotes.
func (s *scan) text() ([]byte, bool) {
	if !s.eat('"') {
		return nil, false
	}
	start, plain := s.i, true
	for ; s.i < len(s.b); s.i++ {
		switch s.b[s.i] {
		case '\\':
			plain = false
			s.i++
		case '"':
			s.i++
			if plain {
				return s.b[start : s.i-1], true
			}
			var text string
			err := json.Unmarshal(s.b[start-1:s.i], &text)
			return []byte(text), err == nil
		}
	}
	return nil, false
}

// bare takes a number, true, false or null.
func (s *scan) bare() []byte {
	s.space()
	from := s.i
	for ; s.i < len(s.b); s.i++ {
		switch s.b[s.i] {
		case ',', ']', '}', ':', ' ', '\t', '\r', '\n', '"', '[', '{':
			return s.b[from:s.i]
		}
	}
	return s.b[from:s.i]
}

// skip passes over any value.
func (s *scan) skip() {
	s.space()
	for depth := 0; s.i < len(s.b); {
		switch s.b[s.i] {
		case '"':
			s.text()
		case '[', '{':
			depth++
			s.i++
		case ']', '}':
			depth--
			s.i++
		case ',', ':', ' ', '\t', '\r', '\n':
			s.i++
		default:
			if len(s.bare()) == 0 {
				s.i++
			}
		}
		if depth <= 0 {
			return
		}
	}
}

// pair takes "[1795424540.58,\"1\"]"; ok is false when it is something else,
// which is passed over.
func (s *scan) pair() (p sample, ok bool) {
	s.space()
	p.from = s.i
	var good bool
	if s.eat('[') {
		p.at, ok = seconds(s.bare())
		if ok = ok && s.eat(','); ok {
			s.space()
			var text []byte
			if s.i < len(s.b) && s.b[s.i] == '"' {
				text, ok = s.text()
			} else {
				text = s.bare()
			}
			p.value, good = value(text)
		}
		if ok && good && s.eat(']') {
			p.to = s.i
			return p, true
		}
	}
	s.i = p.from
	s.skip()
	return p, false
}

// pairs takes an array of samples, and says how many were no samples.
func (s *scan) pairs(into []sample) (out []sample, bad int) {
	s.space()
	if !s.eat('[') {
		null := s.i < len(s.b) && s.b[s.i] == 'n'
		s.skip()
		if !null {
			bad = 1
		}
		return into, bad
	}
	for !s.eat(']') && s.i < len(s.b) {
		p, ok := s.pair()
		if ok {
			into = append(into, p)
		} else {
			bad++
		}
		s.eat(',')
	}
	return into, bad
}

// label is a key and its value, in the document's own memory.
type label struct{ key, value string }

// labels takes an object whose values are strings.
func (s *scan) labels() (out []label, bad int) {
	if !s.eat('{') {
		s.skip()
		return nil, 1
	}
	for !s.eat('}') && s.i < len(s.b) {
		key, ok := s.text()
		if !ok || !s.eat(':') {
			s.skip()
			bad++
			continue
		}
		s.space()
		v, ok := s.text()
		if !ok {
			s.skip()
			bad++
		} else {
			out = append(out, label{string(key), string(v)})
		}
		s.eat(',')
	}
	return out, bad
}

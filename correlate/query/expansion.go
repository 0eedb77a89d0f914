package query

import (
	"math"
	"strings"
)

// maxExpansion is how many bytes the templates of an expression may expand to.
// Thirty that each use the one before twice would need gigabytes.
const maxExpansion = 1 << 20

// size is what a piece of an expression expands to: bytes of its own, and how
// often each argument of the template stands in it.
type size struct {
	bytes float64
	uses  map[string]float64
}

func (s *size) add(o size, times float64) {
	s.bytes += o.bytes * times
	for name, n := range o.uses {
		s.uses[name] += n * times
	}
}

// template is a WITH definition.
type template struct {
	args []string
	size size
}

// expansion estimates from above how many bytes an expression comes to when
// its templates are expanded. It knows words and brackets, and nothing else.
func expansion(expr string) float64 {
	words := words(expr)
	m := &measure{words: words, known: map[string]template{}}
	total := m.until("", nil)
	if math.IsNaN(total.bytes) {
		return math.Inf(1)
	}
	return total.bytes
}

// measure is a walk over the words of an expression.
type measure struct {
	words []string
	i     int
	known map[string]template
}

// until measures up to a closing bracket or comma, which stays.
func (m *measure) until(stop string, args []string) size {
	total := size{uses: map[string]float64{}}
	for m.i < len(m.words) {
		w := m.words[m.i]
		switch {
		case stop != "" && strings.Contains(stop, w) && w != "":
			return total
		case strings.EqualFold(w, "with") && m.i+1 < len(m.words) && m.words[m.i+1] == "(":
			m.i += 2
			m.definitions()
		case w == "(" || w == "{" || w == "[":
			m.i++
			total.bytes += 2
			total.add(m.until(closing(w), args), 1)
			m.i++
		case contains(args, w):
			m.i++
			total.uses[w]++
		default:
			m.i++
			t, ok := m.known[w]
			if !ok {
				total.bytes += float64(len(w)) + 1
				continue
			}
			total.bytes += t.size.bytes + 2
			for name, n := range t.size.uses { // arguments of a template around it
				if !contains(t.args, name) {
					total.uses[name] += n
				}
			}
			if len(t.args) == 0 || m.i >= len(m.words) || m.words[m.i] != "(" {
				continue
			}
			m.i++
			for k := 0; m.i < len(m.words) && m.words[m.i] != ")"; k++ {
				a := m.until(",)", args)
				uses := 1.0
				if k < len(t.args) {
					uses = t.size.uses[t.args[k]]
				}
				total.add(a, uses)
				if m.i < len(m.words) && m.words[m.i] == "," {
					m.i++
				}
			}
			m.i++
		}
	}
	return total
}

func closing(open string) string {
	switch open {
	case "(":
		return ")"
	case "{":
		return "}"
	}
	return "]"
}

func contains(list []string, w string) bool {
	for _, l := range list {
		if l == w {
			return true
		}
	}
	return false
}

// definitions reads "name = …, name(a, b) = …)".
func (m *measure) definitions() {
	for m.i < len(m.words) && m.words[m.i] != ")" {
		name := m.words[m.i]
		m.i++
		var t template
		if m.i < len(m.words) && m.words[m.i] == "(" {
			for m.i++; m.i < len(m.words) && m.words[m.i] != ")"; m.i++ {
				if m.words[m.i] != "," {
					t.args = append(t.args, m.words[m.i])
				}
			}
			m.i++
		}
		if m.i < len(m.words) && m.words[m.i] == "=" {
			m.i++
		}
		t.size = m.until(",)", t.args)
		m.known[name] = t
		if m.i < len(m.words) && m.words[m.i] == "," {
			m.i++
		}
	}
	m.i++
}

// words cuts an expression into identifiers, strings and single bytes, without
// blanks and comments.
func words(s string) (out []string) {
	for i := 0; i < len(s); {
		from := i
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case c == '#':
			for i < len(s) && s[i] != '\n' {
				i++
			}
			continue
		case c == '"' || c == '\'' || c == '`':
			for i++; i < len(s) && s[i] != c; i++ {
				if s[i] == '\\' && c != '`' {
					i++
				}
			}
			i = min(i+1, len(s))
		case wordByte(c):
			for i < len(s) && wordByte(s[i]) {
				i++
			}
		default:
			i++
		}
		out = append(out, s[from:i])
	}
	return out
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == ':' || c == '.' || c >= 0x80 || c == '\\'
}

package redact

import (
	"iter"
	"math/bits"
	"regexp"
	"sync"
)

// expr is an expression that is compiled when a line first holds a sign of it: there
// are some hundred and fifty, every command would pay for them at its start, and few
// redact.
func expr(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

// signs are texts without which forms are not there, by their first two bytes.
type signs struct {
	which      [1 << 16]bool
	beginnings map[uint16][]sign
}

// sign is a text without which a form is not there.
type sign struct {
	text string
	form int // its place
}

// maxForms is how many forms may share their signs.
const maxForms = 256

// signsOf are the signs of forms, made when a text is first looked at.
func signsOf[F interface{ needs() []string }](forms []F) func() *signs {
	return sync.OnceValue(func() *signs {
		s := &signs{beginnings: map[uint16][]sign{}}
		for i, f := range forms {
			s.add(f.needs(), i)
		}
		return s
	})
}

func (s *signs) add(texts []string, form int) {
	for _, text := range texts {
		for _, k := range firstTwo(text) {
			s.which[k] = true
			s.beginnings[k] = append(s.beginnings[k], sign{text, form})
		}
	}
}

// firstTwo are the first two bytes of a text, as numbers: of one letter those
// of every second byte.
func firstTwo(text string) (out []uint16) {
	if len(text) > 1 {
		return []uint16{uint16(text[0])<<8 | uint16(text[1])}
	}
	for second := range 256 {
		out = append(out, uint16(text[0])<<8|uint16(second))
	}
	return out
}

// formsIn gives the forms that a text may have, whose signs it holds in capitals or small letters.
func (r *Redactor) formsIn(text []byte, s *signs) iter.Seq[int] {
	r.small = appendLower(r.small[:0], text)
	return s.in(r.small)
}

// in gives the forms that text in small letters holds a sign of, in order.
func (s *signs) in(b []byte) iter.Seq[int] {
	var forms [maxForms / 64]uint64
	for i := 0; i+1 < len(b); i++ {
		k := uint16(b[i])<<8 | uint16(b[i+1])
		if !s.which[k] {
			continue
		}
		for _, s := range s.beginnings[k] {
			if len(b)-i >= len(s.text) && string(b[i:i+len(s.text)]) == s.text {
				forms[s.form/64] |= 1 << (s.form % 64)
			}
		}
	}
	return func(yield func(int) bool) {
		for k, some := range forms {
			for ; some != 0; some &= some - 1 {
				if !yield(k*64 + bits.TrailingZeros64(some)) {
					return
				}
			}
		}
	}
}

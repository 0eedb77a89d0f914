package report

import (
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Escaping gives a writer for data of a form. In JSON, the control characters
// of C1 and the marks that reorder text are written as \uXXXX, which says the
// same: encoding/json leaves them as they are, and a terminal that the data is
// looked at in obeys them (ECMA-48, UAX #9). In CSV, which has no escapes of its
// own, these and all other controls but the line end and the tab are written so:
// who reads it with `less -R` or cuts it with `head` has a terminal behind the
// pipe. Other forms pass unchanged.
func Escaping(w io.Writer, form string) io.Writer {
	switch form {
	case "json", "jsonl", "timesketch":
		return &escaping{w: w, acts: func(r rune) bool { return r >= 0x7f && r < 0xa0 || reorders(r) }}
	case "csv":
		return &escaping{w: w, acts: func(r rune) bool { return r < 0x20 && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || reorders(r) }}
	}
	return w
}

// reorders says whether a character changes the order in which others are
// shown (UAX #9, 2.1 to 2.5).
func reorders(r rune) bool {
	return r == 0x61c || r == 0x200e || r == 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// escaping writes out characters on their way.
type escaping struct {
	w     io.Writer
	acts  func(rune) bool
	carry []byte // the beginning of a character that goes on in the next write
}

// Write implements io.Writer.
func (e *escaping) Write(p []byte) (int, error) {
	if len(e.carry) == 0 && !slices.ContainsFunc(p, func(b byte) bool { return b >= 0x7f || b < 0x20 && e.acts(rune(b)) }) {
		return e.w.Write(p)
	}
	text := append(e.carry, p...)
	e.carry = nil
	var out strings.Builder
	from := 0
	for i := 0; i < len(text); {
		if !utf8.FullRune(text[i:]) {
			e.carry = append([]byte(nil), text[i:]...)
			text = text[:i]
			break
		}
		r, n := utf8.DecodeRune(text[i:])
		if e.acts(r) && (r != utf8.RuneError || n > 1) {
			out.Write(text[from:i])
			escape(&out, 'u', uint32(r), 4)
			from = i + n
		}
		i += n
	}
	rest := text[from:]
	if out.Len() > 0 {
		out.Write(rest)
		rest = []byte(out.String())
	}
	if _, err := e.w.Write(rest); err != nil {
		return 0, err
	}
	return len(p), nil
}

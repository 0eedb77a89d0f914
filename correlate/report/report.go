// Package report says a case in words, in JSON and in rows. Every sentence
// that a person reads is made here or in package correlate, so that the
// terminal, the file and the screen say the same.
//
// Text from logs is hostile: whatever comes from a source passes through
// [Clean] before it is written for a person.
package report

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/formats"
	"faultline/parse/lex"
)

// Text fetches the line behind a reference, with its wrappers.
type Text interface {
	Line(c *parse.Capture, r parse.Ref) ([]byte, error)
}

// Clean makes text safe to show: control characters, escape sequences and
// marks that reorder text are written out instead of acting, and bytes that
// are no UTF-8 as \xNN. A tab becomes a space.
func Clean(s string) string {
	if plainASCII(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			escape(&b, 'x', uint32(s[i]), 2)
		case r == '\t':
			b.WriteByte(' ')
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x20 || r >= 0x7f && r < 0xa0:
			escape(&b, 'x', uint32(r), 2)
		case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || !unicode.IsPrint(r) && r != ' ':
			if r > 0xffff {
				escape(&b, 'U', uint32(r), 8)
			} else {
				escape(&b, 'u', uint32(r), 4)
			}
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

func escape(b *strings.Builder, mark byte, v uint32, digits int) {
	const figures = "0123456789abcdef"
	b.WriteByte('\\')
	b.WriteByte(mark)
	for i := digits - 1; i >= 0; i-- {
		b.WriteByte(figures[v>>(4*i)&15])
	}
}

// Stamp prints a wall time as RFC 3339 in UTC, with as many digits as its
// uncertainty leaves meaning to, at least milliseconds.
func Stamp(at parse.Time, within time.Duration) string {
	layout := "2006-01-02T15:04:05.000000000Z"
	switch {
	case within >= time.Millisecond:
		layout = "2006-01-02T15:04:05.000Z"
	case within >= time.Microsecond:
		layout = "2006-01-02T15:04:05.000000Z"
	}
	return time.Unix(0, int64(at)).UTC().Format(layout)
}

// Detail reads a point's line again and takes it apart.
func Detail(c *correlate.Case, text Text, p correlate.Point) (d parse.Detail, raw string, err error) {
	st := &c.Streams[p.Stream]
	line, err := text.Line(c.Capture, c.Ref(p))
	if err != nil {
		return d, "", err
	}
	f := formats.Shown(&c.Sources[st.Source], st.Format)
	bare := parse.EventText(f, c.Sources[st.Source].Wrappers, line, c.At(p).Print)
	if f != nil && c.Sources[st.Source].Pasted {
		bare = parse.Undecorated(f, bare, formats.Wrappers())
	}
	if f != nil && f.Detail != nil {
		d.Release = c.Release(int(p.Stream))
		f.Detail(lex.StripANSI(bare), &d)
	}
	if d.Message == "" {
		d.Message = string(bare)
	}
	if e := c.At(p); e.Kind == parse.IngressResponse { // another line may have told why
		if cause := parse.CauseOf(e.Class); cause != parse.CauseUnknown && !slices.ContainsFunc(d.Attrs,
			func(a parse.Attr) bool { return a.Key == "cause_class" }) {
			d.Set("cause_class", cause.String())
		}
	}
	d.Attrs = append(d.Attrs, c.Groups(c.At(p).Kind, bare)...)
	return d, string(line), nil
}

// Place is where a line stands: "file:line". Lines of a pasted source are
// named by the file, whose lines they are.
func Place(c *correlate.Case, r parse.Ref) string {
	return Clean(c.Sources[r.Source].Path) + ":" + itoa(int(r.Line))
}

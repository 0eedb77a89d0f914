package parse

import (
	"bytes"

	"faultline/parse/lex"
)

// Undecorated takes off the text of a pasted event's line what was taken off
// to read it: the marks of a quotation, or a wrapper that its neighbours do not
// have. Text that the format reads as it is, or not at all, is left alone.
func Undecorated(f *Format, text []byte, wrappers []*Wrapper) []byte {
	reads := func(bare []byte, p Prefix) bool {
		if f.Line == nil || len(bytes.TrimSpace(bare)) == 0 {
			return false
		}
		v := f.Line(&Line{Text: bare, No: 1, Prefix: p}, NewBatch(false, true))
		return v == Took || v == Other
	}
	if reads(lex.StripANSI(text), Prefix{}) {
		return text
	}
	bare := bytes.Trim(text, quotation)
	if reads(lex.StripANSI(bare), Prefix{}) {
		return bare
	}
	for _, w := range wrappers {
		var p Prefix
		if rest, ok := w.Strip(bare, &p); ok && reads(lex.StripANSI(rest), p) {
			return rest
		}
	}
	return text
}

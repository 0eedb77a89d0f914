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
	for _, span := range spans(text) {
		if reads(lex.StripANSI(span), Prefix{}) {
			return span
		}
	}
	if inner := unwrap(bare, wrappers, reads, Prefix{}, wrappersDeep); inner != nil {
		return inner
	}
	return text
}

// wrappersDeep is how many wrappers a pasted line has at most: what a tool put before it,
// in the journal of the tool's node.
const wrappersDeep = 2

// unwrap takes off the wrapper of a pasted line, or the two, behind which a format reads
// it; nil where there is none.
func unwrap(text []byte, wrappers []*Wrapper, reads func([]byte, Prefix) bool, before Prefix, deep int) []byte {
	var p Prefix // one for all wrappers, since each is memory of its own where a function that is not known fills it
	for _, w := range wrappers {
		if w.Strip == nil {
			continue
		}
		p = before
		rest, ok := w.Strip(text, &p)
		if !ok || len(rest) == len(text) {
			continue
		}
		if reads(lex.StripANSI(rest), p) {
			return rest
		}
		if deep > 1 {
			if inner := unwrap(rest, wrappers, reads, p, deep-1); inner != nil {
				return inner
			}
		}
	}
	return nil
}

// shortestSpan is how much a sentence quotes at least of what a program printed: less
// is a name.
const shortestSpan = 24

// spans are what a line of a ticket quotes, in Markdown's code spans or all of it in
// quotes: there people put what a program printed into their sentences.
func spans(line []byte) (out [][]byte) {
	if n := len(line); n > shortestSpan && line[0] == '"' && line[n-1] == '"' {
		out = append(out, line[1:n-1])
	}
	for rest := line; ; {
		_, inner, open := bytes.Cut(rest, []byte{'`'})
		span, after, shut := bytes.Cut(inner, []byte{'`'})
		if !open || !shut {
			return out
		}
		if len(span) >= shortestSpan && len(span) < len(line)-2 {
			out = append(out, span)
		}
		rest = after
	}
}

// EventText is the line that an event was made of, whose print is given, out of
// its text in the source: of the lines in a record, or the record itself.
func EventText(f *Format, wrappers []*Wrapper, text []byte, print uint32) []byte {
	bare := Unwrap(wrappers, text)
	p := plan{wrappers: wrappers}
	if f != nil && f.Line != nil && len(bare) > 0 && bare[0] == '{' {
		bare = lex.OneLine(bare) // an item of a document, read as a line
	}
	if !p.recorded() {
		return bare
	}
	var pre Prefix
	p.strip(text, &pre)
	ways := p.readings(lex.StripANSI(bare), &pre)
	for _, way := range ways {
		if lex.Fingerprint(way) == print {
			return way
		}
	}
	for _, way := range ways {
		if f != nil && f.Line != nil && len(bytes.TrimSpace(way)) > 0 &&
			f.Line(&Line{Text: way, No: 1, Prefix: pre}, NewBatch(false, false)) == Took {
			return way
		}
	}
	return bare
}

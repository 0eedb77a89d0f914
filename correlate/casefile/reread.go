package casefile

import (
	"fmt"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/formats"
	"faultline/parse/lex"
)

// reread reads the stored line of each event again, where its format reads one
// line by itself, and tells each whose line is of another kind. A line that by
// itself tells nothing, as the end of a trace does, proves nothing.
func (f *File) reread(c *correlate.Case, differs func(Difference)) error {
	of := map[string]*parse.Format{}
	for _, format := range formats.All() {
		if format.Line != nil && !format.Whole {
			of[format.Name] = format
		}
	}
	for id, p := range ordered(c) {
		s, e := &c.Streams[p.Stream], c.At(p)
		format := of[s.Format]
		if format == nil || e.Kind > parse.LogOther {
			continue
		}
		text, err := f.Line(c.Capture, c.Ref(p))
		if err != nil {
			continue // counted by verifyLines
		}
		if got := kindsOf(format, c.Capture.Sources[s.Source].Wrappers, text); len(got) > 0 && !got[e.Kind] {
			differs(Difference{"events", id, "kind", e.Kind.String(), fmt.Sprintf("another, by the line %.60q", text)})
		}
	}
	return nil
}

// kindsOf are the kinds of the events that one line makes by itself.
func kindsOf(format *parse.Format, wrappers []*parse.Wrapper, text []byte) map[parse.Kind]bool {
	bare := lex.StripANSI(parse.Undecorated(format, parse.Unwrap(wrappers, text), wrappers))
	b := parse.NewBatch(false, true)
	format.Line(&parse.Line{Text: bare, No: 1}, b)
	out := map[parse.Kind]bool{}
	for i := range b.Events {
		out[b.Events[i].Kind] = true
	}
	return out
}

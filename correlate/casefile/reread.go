package casefile

import (
	"fmt"
	"slices"

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
	idle := f.idleMatches(c)
	for id, p := range ordered(c) {
		s, e := &c.Streams[p.Stream], c.At(p)
		format := of[s.Format]
		if e.Kind > parse.LogOther || format == nil && len(idle) == 0 {
			continue
		}
		text, err := f.Line(c.Capture, c.Ref(p))
		if err != nil {
			continue // counted by verifyLines
		}
		for i, m := range idle {
			if m.Re.Match(text) {
				differs(Difference{"manifest", -1, "matches", m.Name + "=" + m.Re.String(), fmt.Sprintf("one with events, by the line %.60q", text)})
				idle = slices.Delete(idle, i, i+1)
				break
			}
		}
		if format == nil {
			continue
		}
		if got := kindsOf(format, c.Capture.Sources[s.Source].Wrappers, text); len(got) > 0 && !got[e.Kind] {
			differs(Difference{"events", id, "kind", e.Kind.String(), fmt.Sprintf("another, by the line %.60q", text)})
		}
	}
	return nil
}

// idleMatches are the kinds of the user of which a case that was not redacted has
// no event: no line may match them.
func (f *File) idleMatches(c *correlate.Case) (out []parse.Match) {
	if f.Manifest.Redaction != "none" {
		return nil
	}
	had := map[string]bool{}
	for k := range c.ByKind {
		had[c.KindName(k)] = true
	}
	return slices.DeleteFunc(slices.Clone(c.Capture.Matches), func(m parse.Match) bool { return had["user."+m.Name] })
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

package report

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/parse"
)

// WriteEvidence writes every line that the case cites, in the order of time:
// "UTC ±u  file:line  text", after what people noted. Lines without a time follow
// those that have one.
func WriteEvidence(w io.Writer, c *correlate.Case, text Text) error {
	wanted := map[parse.Ref]bool{}
	for i := range c.Incidents {
		for _, p := range c.Incidents[i].Proof {
			wanted[c.Ref(p)] = true
		}
	}
	for s := range c.Anchors {
		for _, r := range c.Anchors[s].Proof {
			wanted[r] = true
		}
	}
	for i := range c.Findings {
		for _, e := range slices.Concat(c.Findings[i].Evidence, c.Findings[i].Against) {
			if e.Series == 0 {
				wanted[e.Ref] = true
			}
		}
	}
	out := bufio.NewWriter(w)
	for _, m := range c.Marks() {
		when := "note"
		if m.At != 0 && !m.Own {
			when = Stamp(m.At, 0)
		}
		fmt.Fprintf(out, "%-36s  %s  %s\n", when, saidIn(c, m.Ref), Clean(m.Text))
	}
	for p := range c.Timeline() {
		r := c.Ref(p)
		if !wanted[r] {
			continue
		}
		delete(wanted, r)
		when := "no time"
		if at, within, ok := c.Wall(p); ok {
			when = fmt.Sprintf("%s ±%s", Stamp(at, within), within)
		}
		citeLine(out, c, text, r, when)
	}
	for _, r := range inOrder(wanted) {
		citeLine(out, c, text, r, "no time")
	}
	return out.Flush()
}

func citeLine(w io.Writer, c *correlate.Case, text Text, r parse.Ref, when string) {
	line, err := text.Line(c.Capture, r)
	shown := Clean(oneLine(string(line)))
	if err != nil {
		shown = "(" + Clean(err.Error()) + ")"
	}
	fmt.Fprintf(w, "%-36s  %s  %s\n", when, Place(c, r), shown)
}

// folded is what a document that is laid out over lines has between two words.
var folded = regexp.MustCompile(`\s*\n\s*`)

// oneLine writes a piece of a document that stands over many lines as one.
func oneLine(s string) string { return folded.ReplaceAllString(strings.TrimSpace(s), " ") }

// inOrder sorts references by source and line.
func inOrder(set map[parse.Ref]bool) []parse.Ref {
	var out []parse.Ref
	for r := range set {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b parse.Ref) int {
		if a.Source != b.Source {
			return int(a.Source) - int(b.Source)
		}
		return int(min(max(a.Off-b.Off, -1), 1))
	})
	return out
}

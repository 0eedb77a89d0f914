package report

import (
	"fmt"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// notes are the marks and notes of people's, each with its time and where it
// was said.
func (p *page) notes(c *correlate.Case) (out []string) {
	for _, m := range c.Marks() {
		said := Clean(m.Signed())
		switch {
		case m.Own:
			said = fmt.Sprintf("%s after the start of %s: %s", time.Duration(m.At), Clean(m.Source), said)
		case m.At != 0:
			said = p.at(m.At, "2006-01-02 15:04:05 MST") + ": " + said
		}
		out = append(out, said+" ("+saidIn(c, m.Ref)+")")
	}
	return out
}

// near is how far from a mark an event is near to it.
const near = parse.Time(time.Minute)

// Near gives the marks whose text holds a text, whatever the case of its letters.
func Near(c *correlate.Case, text string) (out []correlate.Mark) {
	for _, m := range c.Marks() {
		if m.At != 0 && strings.Contains(strings.ToLower(m.Text), strings.ToLower(text)) {
			out = append(out, m)
		}
	}
	return out
}

// nearOne says whether an event is within a minute of one of some marks, on the
// wall clock, or on its own for a mark that was set on that.
func nearOne(c *correlate.Case, marks []correlate.Mark, p correlate.Point) bool {
	at, _, placed := c.Wall(p)
	for _, m := range marks {
		t, ok := at, placed
		if m.Own {
			source, _, _ := strings.Cut(m.Source, "#")
			t, ok = c.At(p).Time, correlate.Glob(source, c.SourceName(int(p.Stream))) || correlate.Glob(source, c.Who[p.Stream].String())
		}
		if ok && t-m.At <= near && m.At-t <= near {
			return true
		}
	}
	return false
}

// saidIn is where a person said something.
func saidIn(c *correlate.Case, r *parse.Ref) string {
	if r == nil {
		return "set on the screen"
	}
	return Place(c, *r)
}

// noted prints what people noted.
func (p *page) noted(c *correlate.Case) {
	if said := p.notes(c); len(said) > 0 {
		p.list("Notes", said)
	}
}

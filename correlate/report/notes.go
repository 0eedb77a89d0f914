package report

import (
	"fmt"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// notes are the marks and notes of people's, each with its time and where it
// was said.
func (p *page) notes(c *correlate.Case) (out []string) {
	for _, m := range c.Marks() {
		said := Clean(m.Text)
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

package report

import (
	"fmt"
	"time"

	"faultline/correlate"
)

// Item is a labelled sentence of the report.
type Item struct{ Label, Text string }

// Summary is what stands beside the verdict's sentence: when, which targets,
// how, how sure, what to do next, what is missing. A nil zone is UTC.
func Summary(c *correlate.Case, zone *time.Location) (out []Item) {
	if zone == nil {
		zone = time.UTC
	}
	p := &page{Style: Style{Zone: zone}}
	out = append(p.facts(c), Item{"next", Clean(c.Verdict.Next)})
	for _, m := range c.Missing {
		out = append(out, Item{"missing", Clean(m)})
	}
	return out
}

// Tested is what came of each test of a period and of a link, the most telling
// first; the label is the id of a period or an association, or "lead" for what was only searched.
func Tested(c *correlate.Case) (out []Item) {
	for _, i := range byWeight(c) {
		q := &c.Periods[i]
		s := periodText(q, Clean(q.Scope))
		if fit := fitsSaid(q, len(q.Mechanisms)); fit != "" {
			s += "; fits: " + fit
		}
		out = append(out, Item{q.ID, s})
	}
	for i := range c.Associations {
		a := &c.Associations[i]
		out = append(out, Item{fmt.Sprintf("A%d", i+1), associationText(a, Clean(a.Sentence))})
	}
	for _, l := range c.Leads {
		out = append(out, Item{"lead", Clean(l)})
	}
	return out
}

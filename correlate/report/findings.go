package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/words"
)

// Finding is one sentence of a rule, with its proof and what speaks against it.
type Finding struct {
	ID         string            `json:"id"`
	Rule       string            `json:"rule"`
	Diagnosis  *string           `json:"diagnosis"`
	Where      *string           `json:"where"`
	Severity   string            `json:"severity"`
	Title      string            `json:"title"`
	Detail     string            `json:"detail"`
	Confidence string            `json:"confidence"`
	Facets     map[string]string `json:"facets"`
	Count      *int              `json:"count"`
	First      *string           `json:"first"`
	Last       *string           `json:"last"`
	Evidence   []Proof           `json:"evidence"`
	Against    []Proof           `json:"against"`
	Rivals     []string          `json:"rivals"`
	Query      *string           `json:"query"`
	// Next is never null.
	Next []string `json:"next"`
}

// Proof is a line, or a stretch of a metric's series.
type Proof struct {
	Source string  `json:"source"`
	Line   uint32  `json:"line"`
	Node   *string `json:"node"`
	Series *string `json:"series,omitempty"`
	From   *string `json:"from,omitempty"`
	To     *string `json:"to,omitempty"`
}

// findings are the case's findings for other programs.
func findings(c *correlate.Case) []Finding {
	out := []Finding{}
	for i := range c.Findings {
		f := &c.Findings[i]
		one := Finding{ID: f.ID, Rule: f.Rule, Severity: f.Severity.String(), Title: f.Title, Detail: f.Detail,
			Diagnosis: optional(f.Diagnosis), Where: optional(string(f.Where)), Facets: map[string]string{}, Rivals: list(f.Rivals),
			Confidence: f.Confidence.String(), Evidence: proofs(c, f.Evidence), Against: proofs(c, f.Against), Next: list(f.Next)}
		maps.Copy(one.Facets, f.Facets)
		if f.Count > 0 {
			one.Count = &f.Count
		}
		if f.First != 0 {
			first, last := Stamp(f.First, time.Millisecond), Stamp(f.Last, time.Millisecond)
			one.First, one.Last = &first, &last
		}
		if f.Query != "" {
			one.Query = &f.Query
		}
		out = append(out, one)
	}
	return out
}

// optional is a text that other programs read as null when there is none.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func proofs(c *correlate.Case, list []correlate.Evidence) []Proof {
	out := []Proof{}
	for _, e := range list {
		one := Proof{Source: c.Capture.Sources[e.Source].Path, Line: e.Line, Node: optional(c.NodeOf(e.Ref))}
		if e.Series > 0 {
			name := c.Name(c.Series[e.Series-1].Metric)
			from, to := Stamp(e.From, time.Millisecond), Stamp(e.To, time.Millisecond)
			one.Series, one.From, one.To = &name, &from, &to
		}
		out = append(out, one)
	}
	return out
}

// mostFindings is how many findings a report lists by itself: more than five are
// a catalogue and no advice.
const mostFindings = 5

// shown are the findings to list, by their rank.
func (p *page) shown(c *correlate.Case) []correlate.Finding {
	if p.Verbose || len(c.Findings) <= mostFindings {
		return c.Findings
	}
	return c.Findings[:mostFindings]
}

// findings prints what the rules say: the first few as a sentence each with how
// severe it is, with -v all of each.
func (p *page) findings(c *correlate.Case) {
	show := p.shown(c)
	if len(show) == 0 {
		return
	}
	title := fmt.Sprintf("Findings (%d)", len(show))
	if len(show) < len(c.Findings) {
		title = fmt.Sprintf("Findings (%d of %d; all with -v)", len(show), len(c.Findings))
	}
	diagnosed := func(f correlate.Finding) bool { return f.Diagnosis != "" }
	if i := slices.IndexFunc(show, diagnosed); i >= 0 && !p.Verbose { // with -v each is told in full
		title += "; more on one: faultline explain " + show[i].Diagnosis
	}
	p.heading(title)
	for i := range show {
		f := p.finding(c, &show[i])
		label := fmt.Sprintf("  %-4s", show[i].ID)
		if !p.Verbose {
			p.wrapped(label, f.Severity+": "+brief(words.Target(f.Title), 150))
			continue
		}
		p.wrapped(label, f.Severity+": "+f.Title)
		p.wrapped("      ", fmt.Sprintf("Confidence %s%s. %s", f.Confidence, explains(&show[i]), f.Detail))
		p.labelled("proof", strings.Join(f.Evidence, "  "))
		p.labelled("against", strings.Join(f.Against, "  "))
		p.labelled("query", f.Query)
		for _, n := range f.Next {
			p.labelled("next", n)
		}
	}
}

// brief cuts a sentence that is too long behind a part of it.
func brief(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	cut := string(r[:most-2])
	if i := strings.LastIndexAny(cut, ",:;("); i > most/2 {
		cut = strings.TrimRight(cut[:i], " ,:;(")
	}
	if i := strings.LastIndexByte(cut, '('); i > most/2 && strings.Count(cut, "(") > strings.Count(cut, ")") {
		cut = strings.TrimRight(cut[:i], " ")
	}
	return cut + " …"
}

// explains names the code under which a diagnosis is explained.
func explains(f *correlate.Finding) string {
	if f.Diagnosis == "" {
		return ""
	}
	return "; faultline explain " + f.Diagnosis
}

// labelled prints a text under a finding, unless it is empty.
func (p *page) labelled(label, text string) {
	if text != "" {
		p.wrapped(fmt.Sprintf("      %-8s ", label), text)
	}
}

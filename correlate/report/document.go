package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse"
)

// document is the report before any markup: the sentences of the text report,
// in its order. All of it is clean; none of it is escaped.
type document struct {
	Answer
	Figures          string // the verdict with its figures
	Code             correlate.Code
	Facts            []labelled
	Missing          []string
	Notes            []string // marks and notes of people's
	Findings         []findingText
	MoreFindings     int // that are not listed
	Incidents        []incidentRow
	More             int // incidents that are not listed
	Periods          []testedPeriod
	Leads            []string
	Associations     []string
	Cited            []cited // the lines of the incident with most to show
	CitedOf          string
	UnexplainedTitle string
	Unexplained      []string // lines of level error that are in no event
	Limits           []string
	Lines, Trouble   string
	Components       []labelled
}

type labelled struct{ Label, Text string }

// findingText is a finding in words.
type findingText struct {
	ID, Diagnosis        string
	Severity, Confidence string
	Title, Detail, Query string
	Evidence, Against    []string
	Next                 []string
}

type incidentRow struct {
	ID, Start, Lasted string
	Failures          int
	Signature         string
	Stalls            int
	Lag, Target       string
	Others            int // targets besides
	Cited             []cited
}

type testedPeriod struct {
	ID, Text, Fits string
	Claimed        bool
}

// cited is one line with its place.
type cited struct{ Place, Line string }

// listed is how many incidents a page lists.
const listed = 200

// newDocument makes the document; every incident has its lines when each is
// set.
func newDocument(c *correlate.Case, text Text, s Style, each bool) *document {
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	p := &page{Style: s}
	d := &document{Answer: Say(c, s.Zone), Code: c.Verdict.Code, Figures: Clean(c.Verdict.Sentence)}
	d.Headline = sentenceCase(d.Headline)
	for _, f := range p.facts(c) {
		d.Facts = append(d.Facts, labelled(f))
	}
	d.Missing, d.Limits, d.Leads = cleaned(c.Missing), cleaned(c.Limits), cleaned(c.Leads)
	d.Notes = p.notes(c)
	show := p.shown(c)
	d.MoreFindings = len(c.Findings) - len(show)
	for i := range show {
		d.Findings = append(d.Findings, p.finding(c, &show[i]))
	}
	for _, i := range largest(c, listed) {
		row := p.incidentRow(c, &c.Incidents[i])
		if each {
			row.Cited = cite(c, text, c.Incidents[i].Proof)
		}
		d.Incidents = append(d.Incidents, row)
	}
	d.UnexplainedTitle, d.Unexplained = unexplainedSaid(c, text, s.Verbose)
	d.More = len(c.Incidents) - len(d.Incidents)
	for _, i := range byWeight(c) {
		q := &c.Periods[i]
		d.Periods = append(d.Periods, testedPeriod{q.ID, periodText(q, Clean(q.Scope)), Clean(fitsSaid(q, 3)), q.Claimed()})
	}
	for i := range c.Associations {
		d.Associations = append(d.Associations, associationText(&c.Associations[i], Clean(c.Associations[i].Sentence)))
	}
	if best := richest(c); best >= 0 {
		d.CitedOf, d.Cited = c.Incidents[best].ID, cite(c, text, c.Incidents[best].Proof)
	}
	command := cmp.Or(s.Command, "faultline")
	d.Lines, d.Trouble = linesSaid(c, command)
	for _, k := range environment(c) {
		d.Components = append(d.Components, component(k))
	}
	return d
}

func cleaned(in []string) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = Clean(s)
	}
	return out
}

// sentenceCase writes a headline, which is in capitals, as a title.
func sentenceCase(s string) string {
	if s == "" {
		return s
	}
	return s[:1] + strings.ToLower(s[1:])
}

// largest are the indices of the incidents with the most failures, at most so
// many, in order of time.
func largest(c *correlate.Case, most int) []int {
	show := make([]int, len(c.Incidents))
	for i := range show {
		show[i] = i
	}
	if len(show) > most {
		slices.SortStableFunc(show, func(a, b int) int { return cmp.Compare(c.Incidents[b].Failures, c.Incidents[a].Failures) })
		show = show[:most]
		slices.Sort(show)
	}
	return show
}

// start is when an incident began: on the wall clock, else since its process
// started; its lines may print no time at all.
func (p *page) start(c *correlate.Case, in *correlate.Incident) string {
	switch {
	case in.Clock.OnWall():
		return p.at(in.Start, "2006-01-02 15:04:05.0")
	case c.Streams[in.Clock].Clock == parse.ClockNone:
		return "no time"
	}
	return fmt.Sprintf("uptime %.3f s", float64(in.Start)/1e9)
}

func (p *page) incidentRow(c *correlate.Case, in *correlate.Incident) incidentRow {
	row := incidentRow{ID: in.ID, Failures: in.Failures, Signature: strings.ReplaceAll(in.Signature.String(), "_", " "), Stalls: in.Stalls,
		Start: p.start(c, in), Lasted: fmt.Sprintf("%.1f s", float64(in.End-in.Start)/1e9)}
	if in.Lag != nil {
		row.Lag = fmt.Sprintf("%.1f s", in.Lag.Seconds())
	}
	if len(in.Targets) > 0 {
		row.Target, row.Others = Clean(in.Targets[0].Name), len(in.Targets)-1
	}
	return row
}

// cite reads lines again.
func cite(c *correlate.Case, text Text, points []correlate.Point) (out []cited) {
	for _, p := range points {
		d, _, err := Detail(c, text, p)
		line := strings.TrimSpace(d.RawTime + " " + d.Message)
		if err != nil {
			line = "(" + err.Error() + ")"
		}
		out = append(out, cited{Place(c, c.Ref(p)), shorten(Clean(line), 400, false)})
	}
	return out
}

// finding says what a rule found, with the places of its proof.
func (p *page) finding(c *correlate.Case, f *correlate.Finding) findingText {
	return findingText{ID: f.ID, Diagnosis: f.Diagnosis, Severity: words.Severity(f.Severity.String()), Confidence: f.Confidence.String(),
		Title: Clean(f.Title), Detail: Clean(f.Detail),
		Query: Clean(f.Query), Next: cleaned(f.Next), Evidence: p.places(c, f.Evidence), Against: p.places(c, f.Against)}
}

// places names where evidence stands, the first few of a long list.
func (p *page) places(c *correlate.Case, list []correlate.Evidence) (out []string) {
	const most = 6
	for i, e := range list {
		if i == most {
			return append(out, fmt.Sprintf("and %d more", len(list)-most))
		}
		if e.Series == 0 {
			out = append(out, Place(c, e.Ref))
			continue
		}
		s := &c.Series[e.Series-1]
		out = append(out, fmt.Sprintf("%s, %s to %s", Clean(c.Name(s.Metric)), p.at(e.From, "15:04:05"), p.at(e.To, "15:04:05")))
	}
	return out
}

// component names a program of the environment, as far as the dump tells.
func component(k Component) labelled {
	var parts []string
	if k.Version != nil {
		parts = append(parts, Clean(*k.Version))
	}
	if k.Replicas != nil {
		parts = append(parts, counted(*k.Replicas, "replica")+" seen")
	}
	return labelled{k.Component, strings.Join(parts, ", ")}
}

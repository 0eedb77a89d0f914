package mcp

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/correlate/rules"
	"faultline/correlate/words"
)

// Overview is the answer in short.
type Overview struct {
	Verdict    report.Verdict `json:"verdict" jsonschema:"what happened in three sentences, and what to do next"`
	CannotTell bool           `json:"cannot_tell" jsonschema:"this dump cannot answer why the requests failed"`
	Confidence *string        `json:"confidence" jsonschema:"of the leading finding: high, medium or low; null without one"`
	Leading    *string        `json:"leading" jsonschema:"the id of the leading finding, for findings and explain"`
	// Failures counts over all incidents.
	Failures    int                `json:"failures"`
	ByStatus    map[string]int     `json:"failures_by_status"`
	Incidents   int                `json:"incidents"`
	First       *string            `json:"first"`
	Last        *string            `json:"last"`
	Targets     []string           `json:"targets"`
	Events      int                `json:"events"`
	Sources     int                `json:"sources"`
	NotRead     []Unread           `json:"not_read" jsonschema:"sources that were not read or not understood as a whole"`
	NotLines    uint64             `json:"lines_not_understood"`
	Missing     []string           `json:"missing"`
	Limits      []string           `json:"limits" jsonschema:"what the evidence cannot show"`
	Environment []report.Component `json:"environment"`
	Caveats
}

// Unread is a source of which something was not read.
type Unread struct {
	Path   string `json:"path"`
	Reason string `json:"message"`
}

// OverviewIn is what overview takes.
type OverviewIn struct{ Size }

var overviewTool = ask("overview", "What happened, how sure, what next",
	"Start here: what happened in three sentences, the verdict with its confidence, what to do next, and what of the dump was not read.", "",
	func(_ context.Context, d *Dump, _ *OverviewIn) (*Overview, error) {
		r := d.report()
		out := &Overview{Verdict: r.Verdict, CannotTell: d.Verdict.Code == correlate.Insufficient, Events: r.Events.Total,
			ByStatus: r.ByStatus, Incidents: len(r.Incidents), Sources: len(d.Capture.Sources), Targets: []string{},
			NotRead: []Unread{}, Missing: r.Missing, Limits: r.Limits, Environment: r.Environment}
		if len(r.Findings) > 0 {
			out.Leading, out.Confidence = &r.Findings[0].ID, &r.Findings[0].Confidence
		}
		for i := range r.Incidents {
			in := &r.Incidents[i]
			out.Failures += in.Failures
			if in.Start != nil && (out.First == nil || *in.Start < *out.First) {
				out.First = in.Start
			}
			if in.End != nil && (out.Last == nil || *in.End > *out.Last) {
				out.Last = in.End
			}
			for _, t := range in.Targets {
				if !slices.Contains(out.Targets, t) {
					out.Targets = append(out.Targets, t)
				}
			}
		}
		out.unread(d.Case)
		return out, nil
	})

// unread lists the sources that were not read, or not understood.
func (o *Overview) unread(c *correlate.Case) {
	for i := range c.Capture.Sources {
		s := &c.Capture.Sources[i]
		o.NotLines += s.Counts.Unparsed
		switch {
		case s.Counts.Lines == 0 && len(s.Problems) > 0:
			o.NotRead = append(o.NotRead, Unread{s.Path, s.Problems[0].Text})
		case s.Format == "" && s.Counts.Lines > 0:
			o.NotRead = append(o.NotRead, Unread{s.Path, "not recognised"})
		case s.Counts.Unparsed > 0:
			o.NotRead = append(o.NotRead, Unread{s.Path, fmt.Sprintf("%d of %d lines not understood", s.Counts.Unparsed, s.Counts.Lines)})
		}
	}
}

// FindingsIn is what findings takes.
type FindingsIn struct {
	ID       string `json:"id,omitempty" jsonschema:"only this finding, such as F1"`
	Severity string `json:"severity,omitempty" jsonschema:"only this severity: critical, warning or info (note, in reports)"`
	Page
}

// Findings is a page of findings.
type Findings struct {
	Findings    []report.Finding     `json:"findings" jsonschema:"the first leads; rivals are codes that fit as well"`
	Unexplained []report.Unexplained `json:"unexplained" jsonschema:"lines of level error that no finding and no event explains"`
	Total       int                  `json:"total"`
	More
}

var findingsTool = ask("findings", "What was found, with proof and rivals",
	"Every finding: its diagnosis, confidence, the lines that prove it, what speaks against it, which diagnoses fit as well, and the next steps.", "findings",
	func(ctx context.Context, d *Dump, in *FindingsIn) (*Findings, error) {
		r := d.report()
		list := slices.DeleteFunc(slices.Clone(r.Findings), func(f report.Finding) bool {
			return in.ID != "" && f.ID != in.ID || in.Severity != "" && f.Severity != in.Severity && words.Severity(f.Severity) != in.Severity
		})
		if len(list) == 0 && (in.ID != "" || in.Severity != "") {
			return nil, errors.New("no finding has that id or severity; without arguments all are listed")
		}
		out := &Findings{Findings: []report.Finding{}, Unexplained: []report.Unexplained{}, Total: len(list)}
		err := fill(&out.More, &in.Page, list, &out.Findings)
		if out.Cursor == nil && in.ID == "" && in.Severity == "" {
			out.Unexplained = append(out.Unexplained, r.Unexplained[:min(len(r.Unexplained), 5)]...)
		}
		return out, err
	})

// IncidentsIn is what incidents takes.
type IncidentsIn struct {
	Since  string `json:"since,omitempty" jsonschema:"only what ends at this time or later (RFC 3339)"`
	Until  string `json:"until,omitempty" jsonschema:"only what starts at this time or before (RFC 3339)"`
	Target string `json:"target,omitempty" jsonschema:"only of targets that match this glob"`
	Page
}

// Incidents is a page of incidents.
type Incidents struct {
	Incidents []report.Incident `json:"incidents"`
	Total     int               `json:"total"`
	More
}

var incidentsTool = ask("incidents", "The bursts of failures",
	"Bursts of failed requests: when, which targets, how many by layer, which stall precedes them, and the lines that prove it.", "incidents",
	func(ctx context.Context, d *Dump, in *IncidentsIn) (*Incidents, error) {
		from, to, err := stretch(in.Since, in.Until)
		if err != nil {
			return nil, err
		}
		all := d.report().Incidents
		var list []report.Incident
		for i := range all {
			at := &d.Case.Incidents[i]
			if (from != 0 || to != 0) && (!at.Clock.OnWall() || from != 0 && at.End < from || to != 0 && at.Start > to) {
				continue
			}
			if in.Target != "" && !slices.ContainsFunc(all[i].Targets, func(t string) bool { return correlate.Glob(in.Target, t) }) {
				continue
			}
			list = append(list, all[i])
		}
		out := &Incidents{Incidents: []report.Incident{}, Total: len(list)}
		return out, fill(&out.More, &in.Page, list, &out.Incidents)
	})

// ExplainIn is what explain takes.
type ExplainIn struct {
	Name string `json:"name" jsonschema:"a diagnosis code (findings has them), a rule, a term of the glossary, or the id of a finding (F1) or an incident (I1)"`
	Size
}

// Explained is what a name means.
type Explained struct {
	Name    string           `json:"name"`
	Kind    string           `json:"kind" jsonschema:"diagnosis, rule or term"`
	Text    string           `json:"text"`
	Finding *report.Finding  `json:"finding" jsonschema:"what this dump says of it; null: it is not among the findings"`
	Of      *report.Incident `json:"incident" jsonschema:"the incident that was asked for"`
	Caveats
}

var explainTool = ask("explain", "What a code, a term or a finding means",
	"What a diagnosis, a rule, a glossary term, a finding or an incident means: what speaks for it, what is checked against it, what must not be read into it, and what to do.", "",
	func(_ context.Context, d *Dump, in *ExplainIn) (*Explained, error) {
		out := &Explained{Name: in.Name}
		r := d.report()
		for i := range r.Findings {
			f := &r.Findings[i]
			if f.ID == in.Name || f.Rule == in.Name && out.Finding == nil {
				out.Finding, out.Name = f, f.Rule
			}
		}
		for i := range r.Incidents {
			if one := &r.Incidents[i]; one.ID == in.Name {
				out.Of = one
				if one.Diagnosis != nil {
					out.Name = *one.Diagnosis
				}
			}
		}
		if text, ok := rules.Meaning(out.Name); ok {
			out.Kind, out.Text = "term", text
			if rule := rules.Find(out.Name); rule != nil && rule.Diagnosis != nil {
				out.Kind = "diagnosis"
			} else if rule != nil {
				out.Kind = "rule"
			}
			return out, nil
		}
		if out.Of != nil || out.Finding != nil {
			out.Kind = "incident"
			return out, nil
		}
		return nil, errors.New("nothing has that name: findings lists the codes of this dump; the resource faultline://docs/diagnoses.md has all, faultline://docs/glossary.md the terms")
	})

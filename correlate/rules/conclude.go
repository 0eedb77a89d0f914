package rules

import (
	"cmp"
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/parse"
)

// Conclude lets the rules speak over a judged case: its findings, what they say
// of each incident, and, where no period is claimed, the verdict.
func Conclude(c *correlate.Case) {
	p := newPass(c)
	var refused []string
	c.Findings, refused = p.apply()
	p.tellIncidents()
	c.Limits = append(c.Limits, refused...)
	switch {
	case c.Verdict.Reason == correlate.FilteredOut: // what the filters leave out is no answer
		return
	case len(c.Findings) == 0:
		p.askEnd(&c.Verdict)
		return
	}
	lead := leading(c.Findings)
	switch {
	case c.Verdict.Code == correlate.NoFailures && idle(lead): // nothing failed by it, and it is not denied
		c.Verdict.Knows = strings.TrimSpace(c.Verdict.Knows + " " + lead.Title)
		c.Verdict.Sentence = strings.TrimSpace(c.Verdict.Lacks + " " + c.Verdict.Knows)
	case answers(lead):
		c.Verdict.Diagnosis = lead.Diagnosis
	}
	switch c.Verdict.Code {
	case correlate.Insufficient, correlate.NoBeat, correlate.NoFailures:
		tells := !slices.Contains(open, lead.Diagnosis) || lead.Facets["restarts"] != ""
		if c.Verdict.Diagnosis != "" && (c.Verdict.Code == correlate.NoFailures || tells) && !told(c) {
			said := lead.Title
			if c.Verdict.Code != correlate.NoFailures {
				said += " " + c.Verdict.Sentence
			}
			c.Verdict.Code, c.Verdict.Reason, c.Verdict.Sentence = correlate.Diagnosed, "", said
		}
		switch {
		case c.Verdict.Diagnosis != "" && len(lead.Next) > 0:
			c.Verdict.Next = lead.Next[0]
		case lead.Diagnosis == "" || lead.Confidence == correlate.Low:
			p.askEnd(&c.Verdict)
		}
	}
}

// idle says whether a finding is of what nobody was seen to ask.
func idle(f *correlate.Finding) bool {
	return f.Diagnosis == "empty_target" && f.Severity < correlate.Warning
}

// answers says whether a finding is the verdict's diagnosis.
func answers(f *correlate.Finding) bool {
	return f.Diagnosis != "" && (f.Severity >= correlate.Warning || !slices.Contains(harmless, f.Diagnosis)) && f.Confidence > correlate.Low
}

// leading is the finding that the verdict speaks of: the first, but for those of a
// facts file's own rules and for what was measured beside a diagnosis that is as
// severe.
func leading(list []correlate.Finding) *correlate.Finding {
	var lead *correlate.Finding
	for i := range list {
		f := &list[i]
		switch {
		case Find(f.Rule) == nil:
		case lead == nil:
			if lead = f; f.Rule != measured {
				return lead
			}
		case f.Diagnosis != "" && f.Severity == lead.Severity:
			return f
		}
	}
	if lead == nil {
		return &list[0]
	}
	return lead
}

// askEnd names what would tell of a response why it failed, where its own line
// does not: the error log of who wrote it, and what stands behind it.
func (p *Pass) askEnd(v *correlate.Verdict) {
	for _, s := range p.sights[undecided] {
		r := p.as(s)
		if r.why == call || v.Code == correlate.NoFailures {
			continue
		}
		up := r.way().Upstream
		if up == "" || up == "-" {
			up = "the upstream"
		}
		v.Next = "The error log of that ingress at that second, or of the next time: was it connecting to " + clean(up) + ", or reading from it? The log of " + clean(up) +
			" then; and where the ingress pod is meshed, its linkerd-proxy log: kubectl logs --timestamps POD -c linkerd-proxy"
		return
	}
}

// open are the codes that say what was seen and not why: they leave a verdict
// as it is.
var open = []string{"failfast_unexplained", "no_endpoints", "tcp_failfast", "probe_timeout", "probe_refused"}

// harmless are the codes of what fails no request: they lead no verdict.
var harmless = []string{"pod_termination", "rbac_denied", "telemetry_client", "not_meshed", "mixed_proxies", "control_plane_rollout"}

// tellIncidents gives each incident the diagnosis that most of its failures
// have, of those that are findings.
func (p *Pass) tellIncidents() {
	spans := spansOf(p.Incidents)
	seen, most := map[string]bool{}, make([]int, len(p.Incidents))
	for j := range p.Findings {
		f := &p.Findings[j]
		if seen[f.Diagnosis] {
			continue
		}
		seen[f.Diagnosis] = true
		n := make(map[int]int)
		for _, s := range p.sights[f.Diagnosis] {
			spans[s.lane()].each(s.at, func(incident int) { n[incident] += int(s.n) })
		}
		for i, n := range n {
			if n > most[i] { // of two that are as many the one that ranks before
				in := &p.Incidents[i]
				most[i], in.Where, in.Diagnosis = n, f.Where, f.Diagnosis
			}
		}
	}
}

// span is from when to when an incident lasted.
type span struct {
	from, to parse.Time
	latest   parse.Time // the end of all up to this one that ends last
	incident int
}

// spans are those of one clock, by their beginning.
type spans []span

// clocked are spans by the clock that they are on.
type clocked map[lane]spans

// spansOf are those of incidents.
func spansOf(list []correlate.Incident) clocked {
	out := clocked{}
	for i := range list {
		in := &list[i]
		at := sight{Point: correlate.Point{Stream: uint32(max(in.Clock, 0))}, placed: in.Clock.OnWall()}
		out[at.lane()] = append(out[at.lane()], span{from: in.Start, to: in.End, incident: i})
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b span) int { return cmp.Compare(a.from, b.from) })
		latest := list[0].to
		for i := range list {
			latest = max(latest, list[i].to)
			list[i].latest = latest
		}
	}
	return out
}

// begun is how many of them had begun at a moment.
func (l spans) begun(at parse.Time) int {
	n, _ := slices.BinarySearchFunc(l, at+1, func(s span, t parse.Time) int { return cmp.Compare(s.from, t) })
	return n
}

// each gives the incidents that a moment lies in.
func (l spans) each(at parse.Time, found func(incident int)) {
	for i := l.begun(at) - 1; i >= 0 && l[i].latest >= at; i-- {
		if l[i].to >= at {
			found(l[i].incident)
		}
	}
}

// told says whether the user said what counts as a failure, or whose: that none
// of it was found is the answer then.
func told(c *correlate.Case) bool {
	o := &c.Options
	return c.Verdict.Code == correlate.NoFailures && (len(o.Failures) > 0 || o.Namespace != "" || o.Pod != "")
}

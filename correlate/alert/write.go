package alert

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

type ruleJSON struct {
	Group     string   `json:"group"`
	Alert     string   `json:"alert,omitempty"`
	Record    string   `json:"record,omitempty"`
	Expr      string   `json:"expr"`
	For       float64  `json:"for_s"`
	KeepFor   float64  `json:"keep_firing_for_s"`
	Interval  float64  `json:"interval_s"`
	File      string   `json:"file"`
	Line      int      `json:"line"`
	Missing   []string `json:"missing"`
	Failures  int      `json:"failures"`
	Failed    *string  `json:"failed"`
	Fired     int      `json:"fired"`
	Rings     int      `json:"without_incident"`
	Announced int      `json:"incidents_announced"`
	Before    int      `json:"incidents_announced_before"`
	Early     *float64 `json:"early_s"`
}

type stretchJSON struct {
	Alert       string             `json:"alert"`
	Labels      map[string]string  `json:"labels"`
	Annotations map[string]string  `json:"annotations"`
	Pending     string             `json:"pending_at"`
	Firing      *string            `json:"firing_at"`
	Resolved    *string            `json:"resolved_at"`
	Incidents   []string           `json:"incidents"`
	Lead        map[string]float64 `json:"lead_s"`
}

type skippedJSON struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

type resultJSON struct {
	Rules     []ruleJSON    `json:"rules"`
	Alerts    []stretchJSON `json:"alerts"`
	Skipped   []skippedJSON `json:"skipped"`
	From      string        `json:"from"`
	To        string        `json:"to"`
	Incidents int           `json:"incidents"`
}

const stamp = "2006-01-02T15:04:05.999Z07:00"

func stampOf(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(stamp)
	return &s
}

// WriteJSON writes what the rules would have done, as docs/alerts.md says.
func WriteJSON(w io.Writer, r *Result) error {
	out := resultJSON{Rules: []ruleJSON{}, Alerts: []stretchJSON{}, Skipped: []skippedJSON{}, From: *stampOf(r.From),
		To: *stampOf(r.To), Incidents: r.Incidents}
	for _, one := range r.Rules {
		t := r.Tally(one)
		j := ruleJSON{Group: one.Group, Alert: one.Alert, Record: one.Record, Expr: one.Expr, For: one.For.Seconds(),
			KeepFor:  one.KeepFor.Seconds(),
			Interval: one.Interval.Seconds(), File: one.File, Line: one.Line, Missing: append([]string{}, one.Missing...), Failures: one.Failures,
			Fired: t.Fired, Rings: t.Rings, Announced: t.Announced, Before: t.Before}
		if one.Failures > 0 {
			j.Failed = &one.Failed
		}
		if t.Before > 0 {
			early := t.Early.Seconds()
			j.Early = &early
		}
		out.Rules = append(out.Rules, j)
	}
	for _, s := range r.Stretches {
		j := stretchJSON{Alert: s.Rule.Alert, Labels: s.Labels, Annotations: s.Annotations, Pending: *stampOf(s.Pending),
			Firing:   stampOf(s.Firing),
			Resolved: stampOf(s.Resolved), Incidents: []string{}, Lead: map[string]float64{}}
		for _, a := range s.Incidents {
			j.Incidents = append(j.Incidents, a.ID)
			j.Lead[a.ID] = a.Lead.Seconds()
		}
		out.Alerts = append(out.Alerts, j)
	}
	for _, s := range r.Skipped {
		out.Skipped = append(out.Skipped, skippedJSON(s))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(out)
}

// saying is the annotation that people write for people.
func saying(s *Stretch) string {
	for _, k := range []string{"summary", "description", "message"} {
		if v := strings.TrimSpace(s.Annotations[k]); v != "" {
			return v
		}
	}
	return ""
}

// own are the labels of an alert without its name, as PromQL writes them.
func own(s *Stretch) string {
	var parts []string
	for _, k := range sorted(s.Labels) {
		if k != "alertname" {
			parts = append(parts, fmt.Sprintf("%s=%q", k, s.Labels[k]))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// WriteTable writes it for people: how each alert did, then each time that one
// fired. clean makes text fit for a terminal.
func WriteTable(w io.Writer, r *Result, zone *time.Location, clean func(string) string) error {
	b := bufio.NewWriter(w)
	at := func(t time.Time) string { return t.In(zone).Format(stamp) }
	fmt.Fprintf(b, "%s to %s, %d incidents\n\n", at(r.From), at(r.To), r.Incidents)
	if r.Incidents == 0 {
		fmt.Fprintf(b, "No incident was found in it: whether an alert would have announced one cannot be said.\n\n")
	}
	fmt.Fprintf(b, "%5s  %8s  %9s  %-10s  alert\n", "fired", "no incid", "announced", "early")
	for _, one := range r.Rules {
		if one.Alert == "" {
			continue
		}
		t := r.Tally(one)
		early := "–"
		if t.Before > 0 {
			early = t.Early.Round(time.Second).String()
		}
		fmt.Fprintf(b, "%5d  %8d  %9s  %-10s  %s\n", t.Fired, t.Rings, fmt.Sprintf("%d of %d", t.Announced, r.Incidents), early, clean(one.Alert))
		if len(one.Missing) > 0 {
			fmt.Fprintf(b, "       not in this dump: %s; that it did not fire on them says nothing\n", clean(strings.Join(one.Missing, ", ")))
		}
		if one.Failures > 0 {
			fmt.Fprintf(b, "       %d evaluations failed: %s\n", one.Failures, clean(one.Failed))
		}
	}
	r.writeLanes(b, zone, clean)
	pending := 0
	for _, s := range r.Stretches {
		if s.Firing.IsZero() {
			pending++
			continue
		}
		line := fmt.Sprintf("\n%s  %s%s\n", at(s.Firing), clean(s.Rule.Alert), clean(own(s)))
		until := "still firing at the end"
		if !s.Resolved.IsZero() {
			until = "fired for " + s.Resolved.Sub(s.Firing).String()
		}
		line += fmt.Sprintf("  pending from %s, %s%s\n", at(s.Pending), until, announced(s))
		if text := saying(s); text != "" {
			line += "  " + clean(text) + "\n"
		}
		b.WriteString(line)
	}
	if pending > 0 {
		fmt.Fprintf(b, "\n%d times an alert was pending and did not fire (-o json lists them)\n", pending)
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(b, "\nskipped %s:%d: %s\n", clean(s.File), s.Line, clean(s.Reason))
	}
	return b.Flush()
}

// announced says which incidents an alert goes with, the first three by name.
func announced(s *Stretch) string {
	if len(s.Incidents) == 0 {
		return ", no incident"
	}
	var parts []string
	for _, a := range s.Incidents[:min(3, len(s.Incidents))] {
		switch lead := a.Lead.Round(time.Second); {
		case lead >= 0:
			parts = append(parts, fmt.Sprintf("%s %s later", a.ID, lead))
		default:
			parts = append(parts, fmt.Sprintf("%s had begun %s before", a.ID, -lead))
		}
	}
	if more := len(s.Incidents) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("%d more", more))
	}
	return ", " + strings.Join(parts, ", ")
}

type suite struct {
	XMLName xml.Name   `xml:"testsuite"`
	Name    string     `xml:"name,attr"`
	Tests   int        `xml:"tests,attr"`
	Failed  int        `xml:"failures,attr"`
	Errors  int        `xml:"errors,attr"`
	Skipped int        `xml:"skipped,attr"`
	Cases   []testcase `xml:"testcase"`
}

type testcase struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Failure *outcome `xml:"failure"`
	Error   *outcome `xml:"error"`
	Skipped *outcome `xml:"skipped"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes each rule as a test: one that fired failed, one that could
// not be evaluated is an error, one whose metrics are not there is skipped.
// clean makes text fit for XML.
func WriteJUnit(w io.Writer, r *Result, clean func(string) string) error {
	out := suite{Name: "faultline alerts"}
	for _, one := range r.Rules {
		c := testcase{Class: clean(one.Group), Name: clean(one.name())}
		var fired []string
		for _, s := range r.Stretches {
			if s.Rule == one && !s.Firing.IsZero() {
				fired = append(fired, clean(s.Firing.Format(stamp)+" "+own(s)+" "+saying(s)))
			}
		}
		switch {
		case len(fired) > 0:
			c.Failure = &outcome{fmt.Sprintf("fired %d times", len(fired)), strings.Join(fired, "\n")}
			out.Failed++
		case one.Failures > 0:
			c.Error = &outcome{Message: clean(one.Failed)}
			out.Errors++
		case len(one.Missing) > 0:
			c.Skipped = &outcome{Message: "not in this dump: " + clean(strings.Join(one.Missing, ", "))}
			out.Skipped++
		}
		out.Cases = append(out.Cases, c)
	}
	for _, s := range r.Skipped {
		out.Cases = append(out.Cases, testcase{Class: clean(s.File), Name: fmt.Sprintf("line %d", s.Line), Skipped: &outcome{Message: clean(s.Reason)}})
		out.Skipped++
	}
	out.Tests = len(out.Cases)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", " ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

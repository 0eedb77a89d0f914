package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
)

// when prints whether it happens when the cluster is busy, at which hours, and
// since when: the first of it under the links, all of it with -v.
func (p *page) when(c *correlate.Case) {
	said := WhenSaid(c, p.Zone)
	if !p.Verbose {
		if len(said) > 0 && whenClaimed(c) && len(c.Findings) == 0 { // which say it too
			p.wrapped("  ", said[0])
		}
		return
	}
	for _, s := range c.Signs.Sentences {
		p.wrapped("  ", Clean(s))
	}
	p.heading("When")
	for _, s := range said {
		p.wrapped("  ", s)
	}
	p.line("  %-6s %9s %9s %9s %9s", "hour", "captured", "incidents", "failures", "stalls")
	for _, h := range c.HourTable(p.Zone) {
		if h.Captured > 0 {
			p.line("  %02d     %7.1f h %9d %9d %9d", h.Hour, h.Captured, h.Incidents, h.Failures, h.Stalls)
		}
	}
}

// whenClaimed says whether there is more to say than what was tested in vain.
func whenClaimed(c *correlate.Case) bool {
	busier := func(l correlate.Load) bool { return l.Verdict == correlate.Busier }
	return slices.ContainsFunc(c.Load, busier) || len(c.Since) > 0 || c.Scale != nil
}

// WhenSaid is what can be said of load, hours, changes of rate and changes of
// replicas, one sentence each; what was tested in vain stands last. The zone
// is that of the hours of the day, nil for UTC.
func WhenSaid(c *correlate.Case, zone *time.Location) (out []string) {
	var vain []string
	for _, l := range c.Load {
		if l.Verdict == correlate.Busier {
			out = append(out, Clean(l.Sentence))
		} else if len(c.Incidents) > 0 {
			vain = append(vain, Clean(l.Sentence))
		}
	}
	for _, s := range c.Since {
		out = append(out, Clean(s.Sentence))
	}
	if c.Scale != nil {
		out = append(out, Clean(c.Scale.Sentence))
	}
	if s := hoursSaid(c.HourTable(zone), zone); s != "" {
		out = append(out, s)
	}
	return append(out, vain...)
}

// quietHour is how much of an hour of the day must be captured before it is
// said that nothing happened in it.
const quietHour = 0.9

// hoursSaid names the hours of the day that were captured and had no incident.
func hoursSaid(table [24]correlate.Hour, zone *time.Location) string {
	var runs []string
	quiet, captured, incidents := 0.0, 0.0, 0
	from := -1
	for h := 0; h <= 24; h++ {
		silent := h < 24 && table[h].Incidents == 0 && table[h].Captured >= quietHour
		if h < 24 {
			captured += table[h].Captured
			incidents += table[h].Incidents
		}
		switch {
		case silent:
			quiet += table[h].Captured
			if from < 0 {
				from = h
			}
		case from >= 0:
			runs = append(runs, fmt.Sprintf("%02d–%02d", from, h))
			from = -1
		}
	}
	if len(runs) == 0 || incidents == 0 {
		return ""
	}
	name := "UTC"
	if zone != nil {
		name = zone.String()
	}
	return fmt.Sprintf("no incident in the hours %s (%s): %.1f of the %.1f h captured; spread evenly, %.1f of the %d would be there",
		strings.Join(runs, ", "), name, quiet, captured, float64(incidents)*quiet/captured, incidents)
}

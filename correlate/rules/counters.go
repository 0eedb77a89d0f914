package rules

import (
	"fmt"
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/correlate/words"
)

// counted is the finding of a diagnosis that only metrics tell: medium, since a
// counter names no request.
func (p *Pass) counted(r *Rule) (f correlate.Finding, ok bool) {
	d := r.Diagnosis
	sum, names := 0.0, map[string]int{}
	var metric string
	for i := range known.Counters {
		c := &known.Counters[i]
		if c.Code != d.Code || len(p.Metric(c.Metric)) == 0 {
			continue
		}
		for _, m := range p.named(c.Metric) {
			up, tells := p.tells(c, m)
			if !tells {
				continue
			}
			sum += up
			metric = c.Metric
			names[p.subjectOf(m)] += max(int(up), 1)
			if len(f.Evidence) < maxEvidence {
				f.Evidence = append(f.Evidence, m.whole())
			}
		}
	}
	if len(f.Evidence) == 0 {
		return f, false
	}
	who := ranked(names)
	f.Diagnosis, f.Where, f.Rivals, f.Severity, f.Confidence = d.Code, d.Where, d.Rivals, correlate.Warning, correlate.Medium
	if d.Mild {
		f.Severity = correlate.Info
	}
	f.Facets = map[string]string{"metric": metric}
	f.Title = fmt.Sprintf("%s: %s says so of %s.", words.Upper(d.What), metric, clean(first(some(who, 2), "what it counts")))
	f.Detail = fmt.Sprintf("By metrics alone: %s rose by or stands at %g. No line of the dump tells of it, so no request is named. %s", metric, sum, plain(d.Says))
	f.Query = metric
	target := top(who)
	for _, n := range d.Next {
		if target != "" {
			n = strings.NewReplacer("{target}", clean(target), "{targets}", clean(target), "{node}", clean(target)).Replace(n)
		}
		f.Next = append(f.Next, plain(n))
	}
	return f, true
}

// tells says whether a series of a counter says what it is asked for, and by
// how much.
func (p *Pass) tells(c *known.Counter, m metric) (by float64, ok bool) {
	if c.Label != "" && !slices.Contains(c.Values, p.label(m, c.Label)) || p.label(m, "status") == "false" || p.label(m, "status") == "unknown" {
		return 0, false
	}
	if !c.Gauge {
		by = m.increase()
		return by, by > 0
	}
	lowest, highest := slices.Min(m.Values), slices.Max(m.Values)
	if c.Below != 0 {
		return lowest, lowest < c.Below
	}
	limit := c.Above
	if c.Bound != "" {
		limit = 0
		for _, b := range p.named(c.Bound) {
			if p.label(b, "instance") == p.label(m, "instance") {
				limit = c.Above * slices.Max(b.Values)
			}
		}
		return highest, limit > 0 && highest >= limit
	}
	return highest, highest > limit
}

// subjectOf is what a series is about, the most particular label first.
func (p *Pass) subjectOf(m metric) string {
	for _, key := range []string{"pod", "endpoint", "service", "dst_service", "authority", "envoy_cluster_name", "node", "instance"} {
		if v := p.label(m, key); v != "" {
			return v
		}
	}
	return ""
}

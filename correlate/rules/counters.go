package rules

import (
	"fmt"
	"slices"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/correlate/words"
)

// counted is the finding of a diagnosis that only metrics tell: medium, since a
// counter names no request.
func (p *Pass) counted(r *Rule) (f correlate.Finding, ok bool) {
	d := r.Diagnosis
	sum, names := 0.0, map[string]int{}
	var name string
	add := func(m metric, up float64) {
		sum += up
		name = p.Name(m.Metric)
		names[p.subjectOf(m)] += max(int(up), 1)
		if len(f.Evidence) < maxEvidence {
			f.Evidence = append(f.Evidence, m.whole())
		}
	}
	for i := range known.Counters {
		c := &known.Counters[i]
		if c.Code != d.Code {
			continue
		}
		for _, m := range p.named(c.Metric) {
			if up, tells := p.tells(c, m); tells {
				add(m, up)
			}
		}
	}
	for _, m := range p.flagged(d.Code) {
		add(m, m.increase())
	}
	if len(f.Evidence) == 0 {
		return p.standing(d)
	}
	who := ranked(names)
	f.Diagnosis, f.Where, f.Rivals, f.Severity, f.Confidence = d.Code, d.Where, d.Rivals, correlate.Warning, correlate.Medium
	if d.Mild {
		f.Severity = correlate.Info
	}
	f.Facets = map[string]string{"metric": name}
	f.Title = fmt.Sprintf("%s: %s says so of %s.", words.Upper(d.What), name, clean(first(some(who, 2), "what it counts")))
	f.Detail = fmt.Sprintf("By metrics alone: %s rose by or stands at %g. No line of the dump tells of it, so no request is named. %s", name, sum, plain(d.Says))
	f.Query = name
	f.Next = p.nextOf(d, top(who))
	return f, true
}

// tells says whether a series of a counter says what it is asked for, and by
// how much.
func (p *Pass) tells(c *known.Counter, m metric) (by float64, ok bool) {
	if c.Label != "" && !slices.Contains(c.Values, p.label(m, c.Label)) || p.label(m, "status") == "false" || p.label(m, "status") == "unknown" {
		return 0, false
	}
	if !c.Gauge {
		if by = m.increase(); by > 0 && c.Without != "" {
			for _, other := range p.sameOf(m, c.Without) {
				by -= other.increase()
			}
		}
		return by, by > 0 && by >= c.Least
	}
	lowest, highest := slices.Min(m.Values), slices.Max(m.Values)
	switch {
	case c.Until:
		last := len(m.Values) - 1
		left := m.Values[last] - float64(m.Times[last])/1e9
		return m.Values[last], m.Values[last] > 0 && left < c.Below
	case c.Below != 0:
		return lowest, lowest < c.Below && (c.Wanted == "" || p.wanted(c, m))
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

// wanted says whether anybody wants to run what a series is about.
func (p *Pass) wanted(c *known.Counter, m metric) bool {
	return slices.ContainsFunc(p.sameOf(m, c.Wanted), func(w metric) bool { return slices.Max(w.Values) > 0 })
}

// sameOf are the series of another metric that are about the same: all labels that both
// have are equal.
func (p *Pass) sameOf(m metric, name string) (out []metric) {
	for _, other := range p.named(name) {
		same := true
		for _, l := range m.Labels {
			if key := p.Name(l.Key); key != "__name__" {
				v := p.label(other, key)
				same = same && (v == "" || v == p.Name(l.Value))
			}
		}
		if same {
			out = append(out, other)
		}
	}
	return out
}

// subjectOf is what a series is about, the most particular label first.
func (p *Pass) subjectOf(m metric) string {
	for _, key := range []string{"pod", "endpoint", "service", "dst_service", "authority", "destination_service_name", "parent_name", "deployment",
		"statefulset", "daemonset", "envoy_cluster_name", "proxy", "target_cluster_name", "node", "name", "instance"} {
		if v := p.label(m, key); v != "" {
			return v
		}
	}
	return ""
}

// flagged are the counters of failed requests that rose and say a code. Where failed
// requests were read they say more.
func (p *Pass) flagged(code string) []metric {
	out := slices.DeleteFunc(p.saying(code, p.named), func(m metric) bool { return m.increase() <= 0 })
	if len(out) == 0 {
		return nil
	}
	if _, _, failed := p.failures(); failed {
		return nil
	}
	return out
}

// saying are the counters of failed requests that say a code: by the flag of an Envoy,
// else, where a proxy beside the application passed the status on, that it was its own.
func (p *Pass) saying(code string, named func(name string) []metric) (out []metric) {
	add := func(name string, says func(m metric) bool) {
		for _, m := range named(name) {
			if status, _ := p.statusOf(m); status != "" && says(m) {
				out = append(out, m)
			}
		}
	}
	for _, r := range known.FlaggedRequests {
		add(r.Metric, func(m metric) bool { return flagCode(p.label(m, r.Label)) == code })
	}
	if code == "upstream_5xx" {
		for _, r := range passedOn {
			add(r.metric, func(m metric) bool { return p.label(m, r.label) == r.value })
		}
	}
	return out
}

// flagCode is what an Envoy's flag says of a failed request: without one it was passed on.
func flagCode(flag string) string {
	if flag == "-" || flag == "" {
		return "upstream_5xx"
	}
	f, _ := known.FlagOf(known.EnvoyFlags, flag)
	return f.Code
}

// passedOn are linkerd-proxy's counters of answers that came from behind it, by the label
// that says so (linkerd2-proxy linkerd/app/core/src/metrics.rs, linkerd/app/outbound/src/http/logical/policy/route/metrics).
var passedOn = []struct{ metric, label, value string }{
	{"response_total", "direction", "inbound"}, {"outbound_http_route_request_statuses_total", "error", ""},
}

// statusOf is the failed status of a series of requests, and whether it counts them.
func (p *Pass) statusOf(m metric) (status string, counter bool) {
	return known.StatusOf(p.Name(m.Metric), func(key string) string { return p.label(m, key) })
}

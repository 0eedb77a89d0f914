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
	for _, m := range p.flagged(d.Code) {
		up := m.increase()
		sum += up
		metric = p.Name(m.Metric)
		names[p.subjectOf(m)] += max(int(up), 1)
		if len(f.Evidence) < maxEvidence {
			f.Evidence = append(f.Evidence, m.whole())
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
		if by = m.increase(); c.Without != "" {
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
	case c.Wanted != "" && !slices.ContainsFunc(p.sameOf(m, c.Wanted), func(w metric) bool { return slices.Max(w.Values) > 0 }):
		return 0, false
	case c.Below != 0:
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

// flagged are the counters of failed requests that say a code: by the flag of an Envoy,
// else, where a proxy beside the application passed the status on, that it was its own.
// Where failed requests were read they say more.
func (p *Pass) flagged(code string) (out []metric) {
	if len(p.Incidents) > 0 || p.requestsRead() {
		return nil
	}
	for name, label := range known.FlaggedRequests {
		for _, m := range p.named(name) {
			flag, ok := known.FlagOf(known.EnvoyFlags, p.label(m, label))
			if v := p.label(m, label); v == "-" || v == "" {
				flag.Code, ok = "upstream_5xx", true
			}
			if ok && flag.Code == code && p.failing(name, m) {
				out = append(out, m)
			}
		}
	}
	if code != "upstream_5xx" {
		return out
	}
	for name, is := range passedOn {
		for _, m := range p.named(name) {
			if p.label(m, is.label) == is.value && p.failing(name, m) {
				out = append(out, m)
			}
		}
	}
	return out
}

// passedOn are linkerd-proxy's counters of answers that came from behind it, by the label
// that says so (linkerd2-proxy linkerd/app/core/src/metrics.rs, linkerd/app/outbound/src/http/logical/policy/route/metrics).
var passedOn = map[string]struct{ label, value string }{
	"response_total": {"direction", "inbound"}, "outbound_http_route_request_statuses_total": {"error", ""},
}

// failing says whether a counter of requests is of a failed status, and rose.
func (p *Pass) failing(name string, m metric) bool {
	status, _ := known.StatusOf(name, func(key string) string { return p.label(m, key) })
	return status != "" && m.increase() > 0
}

// requestsRead says whether a failed request was read.
func (p *Pass) requestsRead() bool {
	for _, list := range p.sights {
		if slices.ContainsFunc(list, func(s sight) bool { return p.as(s).request }) {
			return true
		}
	}
	return false
}

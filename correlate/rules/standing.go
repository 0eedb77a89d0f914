package rules

import (
	"fmt"
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/correlate/words"
)

// mostOf is the share of the failed requests of a page of metrics which a counter must hold
// to be what most of them failed of.
const mostOf = 0.5

// standing is the finding of a diagnosis that one scrape tells: what counters hold since
// their process started. When that was counted is not known, so it speaks only where
// failed requests are counted too, and no log shows any.
func (p *Pass) standing(d *Diagnosis) (f correlate.Finding, ok bool) {
	sum, names := 0.0, map[string]int{}
	var name string
	p.heldOf(d.Code, func(m metric, held float64) {
		sum, name = sum+held, p.Name(m.Metric)
		names[p.subjectOf(m)] += max(int(held), 1)
		if len(f.Evidence) < maxEvidence {
			f.Evidence = append(f.Evidence, m.whole())
		}
	})
	if sum == 0 {
		return f, false
	}
	failed := p.heldFailed()
	if _, _, logged := p.failures(); logged || failed == 0 {
		return correlate.Finding{}, false
	}
	f.Diagnosis, f.Where, f.Rivals, f.Severity, f.Confidence = d.Code, d.Where, d.Rivals, correlate.Warning, correlate.Medium
	if d.Mild || sum < mostOf*failed {
		f.Severity, f.Confidence = correlate.Info, correlate.Low
	}
	who := ranked(names)
	f.Facets, f.Query = map[string]string{"metric": name}, name
	whose := ""
	if top(who) != "" {
		whose = " of " + clean(some(who, 2))
	}
	f.Title = fmt.Sprintf("%s: %s%s stands at %g since its process started.", words.Upper(d.What), name, whose, sum)
	f.Detail = fmt.Sprintf("By one scrape, at unknown times, beside %g failed requests that are counted likewise: that they are the same is not shown. %s", failed, plain(d.Says))
	f.Next = p.nextOf(d, top(who))
	return f, true
}

// heldOf gives the counters of which there is one value, and which say a code by it.
func (p *Pass) heldOf(code string, found func(m metric, held float64)) {
	for i := range known.Counters {
		c := &known.Counters[i]
		if c.Code != code || !c.OfRequests() {
			continue
		}
		for _, m := range p.single(c.Metric) {
			if c.Label != "" && !slices.Contains(c.Values, p.label(m, c.Label)) {
				continue
			}
			held := m.Values[0]
			if c.Without != "" {
				for _, other := range p.single(c.Without) {
					if p.subjectOf(other) == p.subjectOf(m) {
						held -= other.Values[0]
					}
				}
			}
			if held > 0 {
				found(m, held)
			}
		}
	}
	for _, m := range p.saying(code, p.single) {
		if m.Values[0] > 0 {
			found(m, m.Values[0])
		}
	}
}

// heldFailed adds up the failed requests of counters of which there is one value, by the
// counter that has most: several count the same requests.
func (p *Pass) heldFailed() (most float64) {
	for _, list := range p.Metrics() {
		sum := 0.0
		for i := range list {
			m := metric{Series: &list[i]}
			if status, counter := p.statusOf(m); len(m.Values) == 1 && counter && status != "" && m.Values[0] > 0 {
				sum += m.Values[0]
			}
		}
		most = max(most, sum)
	}
	return most
}

// single are the series of a metric of which there is one value.
func (p *Pass) single(name string) (out []metric) {
	if len(p.Metric(name)) == 0 {
		return nil
	}
	for i := range p.Series {
		if s := &p.Series[i]; len(s.Values) == 1 && p.Name(s.Metric) == name {
			out = append(out, metric{s, i})
		}
	}
	return out
}

// nextOf are a diagnosis' steps, with whom they are about.
func (p *Pass) nextOf(d *Diagnosis, target string) (out []string) {
	for _, n := range d.Next {
		if target != "" {
			n = strings.NewReplacer("{target}", clean(target), "{targets}", clean(target), "{node}", clean(target)).Replace(n)
		}
		out = append(out, plain(n))
	}
	return out
}

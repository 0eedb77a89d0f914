package rules

import (
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// nearby is how long before or after an incident something may be and still be
// said beside it: a container that was killed is back well within it.
const nearby = parse.Time(5 * time.Minute)

// connect says of each finding how many failures of the incidents it rests on, and
// whether nothing connects it with them.
func (p *Pass) connect(out []correlate.Finding) {
	if len(p.Incidents) == 0 {
		return
	}
	counted, spans := p.Counted(), spansOf(p.Incidents)
	var names map[string]bool
	for i := range out {
		f := &out[i]
		list := p.sights[f.Diagnosis]
		connected := f.Diagnosis == "" || len(list) == 0
		for _, s := range list {
			if counted(s.Point) {
				f.Counted += int(s.n)
			}
			connected = connected || f.Counted > 0 || spans.beside(s, lasting[f.Where] || f.Diagnosis == proxyPanic.Name)
		}
		if connected {
			continue
		}
		if names == nil {
			names = p.failed(counted)
		}
		f.Apart = !p.namesOne(f.Diagnosis, names)
	}
}

// beside says whether something may have been beside an incident: near one, or on a
// clock that no incident is on. What came several times began before its time, and what
// lasts goes on after it.
func (c clocked) beside(s sight, lasts bool) bool {
	of, comparable := c[s.lane()]
	return !comparable || of.near(s.at) || s.n > 1 && of[0].from <= s.at || lasts && of[len(of)-1].latest >= s.at
}

// lasting are the places whose state goes on after a line of it, for all behind them.
var lasting = map[correlate.Where]bool{correlate.AtConfig: true, correlate.AtControlPlane: true, correlate.AtKubernetesAPI: true,
	correlate.AtDiscovery: true, correlate.AtNetwork: true}

// near says whether a moment is near a span.
func (l spans) near(at parse.Time) bool {
	n := l.begun(at + nearby)
	return n > 0 && l[n-1].latest >= at-nearby
}

// failed are the names of whom the failures that count happened to: targets, hosts and
// the pods at these.
func (p *Pass) failed(counted func(correlate.Point) bool) map[string]bool {
	names := map[string]bool{}
	for i := range p.Incidents {
		for _, t := range p.Incidents[i].Targets {
			names[t.Name] = true
		}
	}
	for _, list := range p.sights {
		for _, s := range list {
			if !counted(s.Point) {
				continue
			}
			if host := hostOf(p.addrOf(s)); host != "" {
				names[host], names[p.podAt(host)] = true, true
			}
		}
	}
	delete(names, "")
	return names
}

// namesOne says whether something that speaks for a code names one of those.
func (p *Pass) namesOne(code string, names map[string]bool) bool {
	asked, objects := map[string]bool{}, map[string]bool{}
	for name := range names {
		_, object := objectOf(name)
		objects[object] = true
	}
	for _, s := range p.sights[code] {
		target, host := p.targetOf(s), hostOf(p.addrOf(s))
		if asked[target+" "+host] {
			continue
		}
		asked[target+" "+host] = true
		_, pod := objectOf(target)
		if names[target] || names[host] || host != "" && names[p.podAt(host)] || objects[pod] {
			return true
		}
		if workload := correlate.Workload(pod); workload != "" {
			for name := range names {
				if mentions(name, workload) {
					return true
				}
			}
		}
	}
	return false
}

package rules

import (
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/kubelet"
)

// podAt is the pod that the dump says has an address, "" for none.
func (p *Pass) podAt(host string) string { return p.pods[host] }

// fewPods are as many as one page or table of a few pods names: they are no list of
// all that there are.
const fewPods = 5

// listed says whether a view of the target's addresses is in the dump, and
// whether an address stands in any view. A view of other services, or of other
// ports where no service is named, says nothing of it.
func (p *Pass) listed(addr, target string) (known, listed bool) {
	host := hostOf(addr)
	_, service, named := Service(target)
	port := addr[strings.LastIndexByte(addr, ':')+1:]
	covers := func(subject string, view []string) bool {
		if named {
			return mentions(subject, service)
		}
		return slices.ContainsFunc(view, func(a string) bool { return !strings.Contains(a, ":") || strings.HasSuffix(a, ":"+port) })
	}
	for _, key := range []string{kubelet.FactEndpointSlicesAddresses, kubelet.FactEndpointsAddresses} {
		for _, f := range p.fact(key) {
			view := strings.Fields(p.Name(f.Value))
			known = known || covers(p.Name(f.Subject), view)
			if slices.Contains(view, host) {
				return true, true
			}
		}
	}
	for _, a := range p.answers() {
		for s, list := range a.services {
			known = known || covers(s, list)
			if slices.ContainsFunc(list, func(b string) bool { return hostOf(b) == host }) {
				return true, true
			}
		}
	}
	if p.podAt(host) != "" {
		return true, true
	}
	return known || len(p.pods) >= fewPods, false
}

// unlisted files connects that failed to an address that nobody lists any more,
// where what is listed is in the dump.
func (p *Pass) unlisted() {
	type dial struct {
		first sight
		n     int
	}
	byAddr := map[string]*dial{}
	var codes = []string{"connect_timeout", "connect_refused", "no_route_to_host", "failfast_unexplained"}
	for _, code := range codes {
		for _, s := range p.sights[code] {
			a := p.addrOf(s)
			if a == "" {
				continue
			}
			if byAddr[a] == nil {
				byAddr[a] = &dial{first: s}
			}
			byAddr[a].n += int(s.n)
		}
	}
	stale := map[string]correlate.Confidence{}
	for addr, d := range byAddr {
		target := p.targetOf(d.first)
		if known, listed := p.listed(addr, target); !address(addr) || !known || listed || apiAddress(addr) {
			continue
		}
		if stale[addr] = correlate.High; d.n < 2 {
			stale[addr] = correlate.Medium
		}
	}
	for _, code := range codes {
		for _, s := range p.move(code, func(s sight) bool { return stale[p.addrOf(s)] != 0 }) {
			p.again("stale_endpoint", s, func(r *reading) { r.sure = stale[p.addrOf(s)] })
		}
	}
	dialled := p.sights["stale_endpoint"]
	p.sort(dialled)
	beside := laned(dialled)
	for _, s := range p.move("failfast_unexplained", func(s sight) bool { // its gate is shut while it dials that address
		return slices.ContainsFunc(beside.near(s, time.Minute, time.Minute), func(o sight) bool { return o.Stream == s.Stream })
	}) {
		p.again("stale_endpoint", s, func(r *reading) { r.sure = correlate.Medium })
	}
}

// fresh files connections that were cut at once, now and then, on several
// paths, under the race of keep-alives.
func (p *Pass) fresh() {
	list := p.requests(p.sights["upstream_closed"])
	short := 0
	for _, s := range list {
		if d := p.At(s.Point).Lasted; d > 0 && d <= 50*time.Millisecond {
			short++
		}
	}
	if len(list) == 0 || short < len(list) || p.dense(list) || p.amidChanges(list) {
		return
	}
	for _, s := range p.move("upstream_closed", func(s sight) bool { return p.as(s).request }) {
		p.again("keepalive_race", s, func(r *reading) { r.sure = min(r.sure, correlate.Medium) })
	}
}

// dense says whether failures follow each other as a rule: then it is no race.
func (p *Pass) dense(list []sight) bool {
	if len(list) < 2 {
		return true
	}
	within := 0
	for i := 1; i < len(list); i++ {
		if list[i].at-list[i-1].at < parse.Time(5*time.Second) {
			within++
		}
	}
	return within*2 > len(list) || within+1 == len(list)
}

// amidChanges says whether pods came or went around one of some failures: whichever
// workload it was of, no race of idle connections is told then.
func (p *Pass) amidChanges(list []sight) bool {
	changes := slices.Concat(p.sights["stopped"], p.sights["rollout"])
	if len(changes) == 0 {
		return false
	}
	p.sort(changes)
	moves := laned(changes)
	return slices.ContainsFunc(list, func(s sight) bool { return s.placed && len(moves.near(s, changeBefore, changeAfter)) > 0 })
}

// emptySlices raises what an ingress without an endpoint is by, where the dump
// shows that the service has none, or the ingress' controller says so.
func (p *Pass) emptySlices() {
	said := map[string]bool{}
	for _, s := range p.sights["service_empty"] {
		said[p.targetOf(s)] = true
	}
	shown := map[string]bool{} // by target
	for _, s := range p.move("ingress_no_endpoints", func(s sight) bool { return p.as(s).sure < correlate.High }) {
		target := p.targetOf(s)
		high, had := shown[target]
		if !had {
			high = len(said) > 0 || slices.ContainsFunc(p.fact(kubelet.FactEndpoints), func(f parse.Fact) bool {
				ns, name := objectOf(p.Name(f.Subject))
				st, ok := p.state(p.Name(f.Subject))
				return ok && st.ready == 0 && mentions(target, name) && (ns == "" || mentions(target, ns))
			})
			shown[target] = high
		}
		p.again("ingress_no_endpoints", s, func(r *reading) {
			if high {
				r.sure = correlate.High
			}
		})
	}
	p.sort(p.sights["ingress_no_endpoints"])
}

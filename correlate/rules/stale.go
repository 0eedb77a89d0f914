package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/parse"
	"faultline/parse/kubelet"
)

// podAt is the pod that the dump says has an address, "" for none.
func (p *Pass) podAt(host string) string { return p.pods[host] }

// fewPods are as many as one page or table of a few pods names: they are no list of
// all that there are.
const fewPods = 5

// listed says how many views of the target's addresses are in the dump, and
// whether an address stands in any of them. A view of other services, or of other
// ports where no service is named, says nothing of it.
func (p *Pass) listed(addr, target string) (views int, listed bool) {
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
		known := false
		for _, f := range p.fact(key) {
			view := strings.Fields(p.Name(f.Value))
			known = known || covers(p.Name(f.Subject), view)
			if slices.Contains(view, host) {
				return 1, true
			}
		}
		if known {
			views++
		}
	}
	for _, a := range p.answers() {
		known := false
		for s, list := range a.services {
			known = known || covers(s, list)
			if slices.ContainsFunc(list, func(b string) bool { return hostOf(b) == host }) {
				return 1, true
			}
		}
		if known {
			views++
		}
	}
	if p.podAt(host) != "" {
		return 1, true
	}
	if len(p.pods) >= fewPods {
		views++
	}
	return views, false
}

// unlisted files connects that failed to an address that nobody lists any more,
// where what is listed is in the dump.
func (p *Pass) unlisted() {
	type dial struct {
		first sight
		last  parse.Time
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
			byAddr[a].last = s.at
		}
	}
	stale := map[string]correlate.Confidence{}
	for addr, d := range byAddr {
		target := p.targetOf(d.first)
		views, listed := p.listed(addr, target)
		if !address(addr) || views == 0 || listed || apiAddress(addr) {
			continue
		}
		if stale[addr] = correlate.Medium; views >= 2 || d.n >= 3 && d.last-d.first.at >= parse.Time(time.Minute) {
			stale[addr] = correlate.High
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
	if len(list) == 0 || short < len(list) || p.amidChanges(list) {
		return
	}
	if len(list) == 1 { // no more than a hint beside what was seen
		p.again("keepalive_race", list[0], func(r *reading) { r.sure = correlate.Low })
	}
	if p.dense(list) {
		return
	}
	sure := correlate.Medium
	if _, ok := p.keptAlive(list); ok {
		sure = correlate.High
	}
	for _, s := range p.move("upstream_closed", func(s sight) bool { return p.as(s).request }) {
		p.again("keepalive_race", s, func(r *reading) { r.sure = min(r.sure, sure) })
	}
}

// keptAlive is the limit of a server after which, to about a second, each of some
// failures came, and never sooner: below that of the pool in front of it, it is both
// limits of a race.
func (p *Pass) keptAlive(list []sight) (limit known.IdleLimit, ok bool) {
	if len(list) < idleSome {
		return limit, false
	}
	for _, limit := range known.IdleLimits {
		if limit.Server && !slices.ContainsFunc(list, func(s sight) bool { return !p.keptFor(s, limit.Seconds) }) {
			return limit, true
		}
	}
	return limit, false
}

// keptFor says whether a failure may be the end of a server's keep-alive of some seconds,
// on a connection of a pool that keeps it no shorter.
func (p *Pass) keptFor(s sight, limit float64) bool {
	const width = 1.5 // seconds: access logs print whole ones
	h := p.as(s).way()
	var i idles
	return i.of(&h) && math.Abs(i.floor+0.5-limit) <= width && i.survived < limit && limit <= known.Pools[p.as(s).product]
}

// raced names the server's limit where the gaps before the failures tell it.
func raced(p *Pass, g *group, f *correlate.Finding) {
	if g.sure == correlate.Low {
		f.Title = g.fill("{what}{to} ended within milliseconds on a connection that was closed: a keep-alive that ended just then looks so, and once is no pattern.")
	}
	if limit, ok := p.keptAlive(g.list); ok {
		f.Title = strings.TrimSuffix(f.Title, ".") + fmt.Sprintf(", each after a quiet time of about %g s, which is the keep-alive of %s.", limit.Seconds, limit.Who)
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
	moves := laned(p.podChanges())
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

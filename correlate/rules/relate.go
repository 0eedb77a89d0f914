package rules

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/parse"
)

// relate holds the sights against each other, in the order in which an expert
// asks: what two hops say of one request, what shut the gate, how long it took,
// who was stopped or died, and who dialled an address that nobody lists.
func (p *Pass) relate() {
	p.inward()
	p.beyond()
	p.attempts()
	p.firstTries()
	p.neighbours()
	p.unresolved()
	p.handedOn()
	p.brokenWatches()
	p.gate()
	p.gateEmpty()
	p.withoutProxy()
	p.byDuration()
	p.denied()
	p.emptySlices()
	p.recovered()
	p.stopped()
	p.killedAlone()
	p.history()
	p.sameFate()
	p.unreached()
	p.unrenewed()
	p.crashedAlone()
	p.restartedByProbe()
	p.controlPlaneRolled()
	p.rolledOut()
	p.reloaded()
	p.unlisted()
	p.idled()
	p.fresh()
	p.oneNode()
	for code := range p.sights { // what was filed under another code stands behind
		p.sort(p.sights[code])
	}
}

// again files a sight under another code with a reading of its own.
func (p *Pass) again(code string, s sight, change func(r *reading)) {
	r := *p.as(s)
	r.code = code
	if change != nil {
		change(&r)
	}
	key := rereading{s.as, code}
	as := int32(len(p.readings))
	for _, i := range p.reread[key] {
		if p.readings[i] == r {
			as = i
			break
		}
	}
	if int(as) == len(p.readings) {
		p.readings = append(p.readings, r)
		p.reread[key] = append(p.reread[key], as)
	}
	s.as = as
	p.sights[code] = append(p.sights[code], s)
}

// rereading is of what and under which code something was read again.
type rereading struct {
	of   int32
	code string
}

// inward goes one hop inwards by request: where two hops log one id, what the
// inner one says leads, and the outer line is no second request.
func (p *Pass) inward() {
	if p.ingresses() < 2 {
		return
	}
	inner := map[uint32][]sight{}
	for _, list := range p.sights {
		for _, s := range list {
			if e := p.At(s.Point); e.Kind == parse.IngressResponse {
				inner[e.Print] = append(inner[e.Print], s)
			}
		}
	}
	through := map[correlate.Point]bool{}
	for _, code := range p.codes() {
		p.move(code, func(s sight) bool {
			e := p.At(s.Point)
			if e.Kind != parse.IngressResponse {
				return false
			}
			for _, o := range inner[e.Print] {
				if o.Stream != s.Stream && p.within(o, s) {
					through[o.Point] = true
					return true
				}
			}
			return false
		})
	}
	for _, s := range p.move("upstream_5xx", func(s sight) bool { return through[s.Point] }) {
		p.again("upstream_5xx", s, func(r *reading) { r.sure = correlate.High })
	}
}

// ingresses is how many logs of responses the dump holds.
func (p *Pass) ingresses() int {
	streams := map[uint32]bool{}
	for _, pt := range p.Of(parse.IngressResponse) {
		streams[pt.Stream] = true
	}
	return len(streams)
}

// hasAttempts says whether an ingress said anything of single attempts.
func (p *Pass) hasAttempts() bool {
	for i := range p.readings {
		if p.readings[i].why == complaint {
			return true
		}
	}
	return false
}

// attempts join an error line of an ingress with the access line of the same
// request: same upstream, between the request's begin and its end, or within two
// seconds of them. The error's words say more than the status; the access line
// is the request.
func (p *Pass) attempts() {
	if !p.hasAttempts() {
		return
	}
	const slack = 2 * time.Second
	var lines []sight
	longest := time.Duration(0)
	for _, list := range p.sights {
		for _, s := range list {
			if p.At(s.Point).Kind == parse.IngressResponse {
				lines, longest = append(lines, s), max(longest, min(p.At(s.Point).Lasted, time.Hour))
			}
		}
	}
	p.sort(lines)
	beside, better := laned(lines), map[correlate.Point]sight{}
	for _, code := range p.codes() {
		p.move(code, func(s sight) bool {
			if p.as(s).why != complaint {
				return false
			}
			joined := false
			for _, l := range beside.near(s, slack, longest+slack) {
				if l.at-parse.Time(p.At(l.Point).Lasted+slack) > s.at || !p.attempted(l, s) {
					continue
				}
				if p.Streams[l.Stream].Format == p.Streams[s.Stream].Format {
					better[l.Point], joined = s, true
				}
			}
			return joined
		})
	}
	for _, code := range p.codes() {
		for _, l := range p.move(code, func(l sight) bool { _, ok := better[l.Point]; return ok }) {
			e := better[l.Point]
			p.again(p.as(e).code, l, func(r *reading) { r.sure, r.text, r.addr = correlate.High, p.as(e).text, p.addrOf(e) })
		}
	}
	for _, code := range p.codes() {
		p.sort(p.sights[code])
	}
}

// attempted says whether an error line is about an attempt of an access line's
// request: the same upstream, or where the access line names none, the same end.
func (p *Pass) attempted(line, complaint sight) bool {
	if up := p.as(line).way().Upstream; up != "" {
		return hostOf(up) == hostOf(p.addrOf(complaint))
	}
	return p.as(line).code == p.as(complaint).code
}

// codes are those that something speaks for, in a fixed order.
func (p *Pass) codes() []string { return slices.Sorted(maps.Keys(p.sights)) }

// neighbours drops refused connections to the container beside, which is not
// up yet, unless they go on for more than a minute.
func (p *Pass) neighbours() {
	list := p.sights["beside"]
	delete(p.sights, "beside")
	if len(list) < 2 || list[len(list)-1].at-list[0].at < parse.Time(time.Minute) {
		return
	}
	for _, s := range list {
		p.again("connect_refused", s, nil)
	}
}

// aFew is how many lookups of the control plane's own names may fail where a proxy,
// a replica or the DNS starts.
const aFew = 10

// unresolved files lookups of the control plane's own names under the DNS where one
// proxy's fail again and again; a few are the order of a start.
func (p *Pass) unresolved() {
	list := p.sights["control_plane_unresolved"]
	delete(p.sights, "control_plane_unresolved")
	n := map[uint32]int{}
	for _, s := range list {
		n[s.Stream] += int(s.n)
	}
	for _, s := range list {
		if n[s.Stream] >= aFew {
			p.again("dns_failure", s, func(r *reading) { r.why = "control_plane" })
		}
	}
}

const (
	// brokeSome is of how many resources the policy controller's watches must break
	// within brokeNear for it to be no matter of one, brokeMany and brokeLong of how many
	// and for how long for it to stay so: minutes apart each is watched again.
	brokeSome, brokeMany = 2, 3
	brokeNear            = parse.Time(time.Minute)
	brokeLong            = parse.Time(2 * time.Minute)
)

// brokenWatches files watches of the policy controller that broke for several
// resources together; that one did is nothing.
func (p *Pass) brokenWatches() {
	list := p.sights["watch_broke"]
	delete(p.sights, "watch_broke")
	for from := 0; from < len(list); {
		to, resources := from, map[string]bool{}
		for ; to < len(list) && (to == from || list[to].at-list[to-1].at <= brokeNear && list[to].lane() == list[from].lane()); to++ {
			resources[p.targetOf(list[to])] = true
		}
		if len(resources) >= brokeSome {
			long := len(resources) >= brokeMany && list[to-1].at-list[from].at > brokeLong
			for _, s := range list[from:to] {
				p.again("policy_stalled", s, func(r *reading) {
					if r.sure = correlate.Low; long {
						r.sure = correlate.Medium
					}
				})
			}
		}
		from = to
	}
	p.sort(p.sights["policy_stalled"])
}

// handedLong is how long a log must go on for one conflict in it to be an address
// that was handed on from one pod to the next, and no fault.
const handedLong = 2 * time.Minute

// handedOn leaves of a conflict over an address that was seen within one second of
// a long log that there was one: it leads nothing.
func (p *Pass) handedOn() {
	list := p.sights["conflicting_ip"]
	if len(list) == 0 || list[len(list)-1].at-list[0].at > parse.Time(time.Second) {
		return
	}
	long := func(s sight) bool {
		events := p.Streams[s.Stream].Events
		return events[len(events)-1].Time-events[0].Time >= parse.Time(handedLong)
	}
	for _, s := range p.move("conflicting_ip", long) {
		p.again("conflicting_ip", s, func(r *reading) { r.sure = correlate.Low })
	}
}

// beyond drops what an ingress passed on from a proxy of the mesh that stands in
// the dump too: the proxy's own line says why it answered so.
func (p *Pass) beyond() {
	if len(p.sights["upstream_5xx"]) == 0 || len(p.Of(parse.ProxyRequestFailed)) == 0 {
		return
	}
	byStatus := map[int][]sight{}
	for _, list := range p.sights {
		for _, s := range list {
			if e := p.At(s.Point); e.Kind == parse.ProxyRequestFailed && p.proxys(s.Point) && s.placed {
				byStatus[int(e.Value)] = append(byStatus[int(e.Value)], s)
			}
		}
	}
	beside := map[int]lanes{}
	for status, list := range byStatus {
		p.sort(list)
		beside[status] = laned(list)
	}
	p.move("upstream_5xx", func(s sight) bool {
		return len(beside[int(p.At(s.Point).Value)].near(s, time.Second, time.Second)) > 0
	})
}

// within says whether a response lies within another's in time, and so was
// logged by a hop further inside. A hop that passes on what it got is outside of one
// that answered by itself, whatever a clock of milliseconds says of their durations;
// of two that are as long the one that began later is inside.
func (p *Pass) within(in, out sight) bool {
	a, b := p.At(in.Point), p.At(out.Point)
	from, to := in.at-parse.Time(a.Lasted), out.at-parse.Time(b.Lasted)
	const slack = parse.Time(time.Second)
	if from < to-slack || in.at > out.at+slack {
		return false
	}
	if passes := p.passesOn(out); passes != p.passesOn(in) {
		return passes
	}
	return cmp.Or(cmp.Compare(b.Lasted, a.Lasted), cmp.Compare(from, to), cmp.Compare(in.Stream, out.Stream)) > 0
}

// passesOn says whether a hop passed on what it got from the next one, as far as its
// line tells.
func (p *Pass) passesOn(s sight) bool {
	r := p.as(s)
	return r.code == "upstream_5xx" || r.code == undecided || strings.Contains(r.hop.State, "URX")
}

// byDuration lets the duration of what says nothing else name the knob.
func (p *Pass) byDuration() {
	for _, s := range p.move(undecided, func(sight) bool { return true }) {
		e, r := p.At(s.Point), p.as(s)
		code := ""
		sure := correlate.Medium
		knob, ok := known.KnobOf(r.product, e.Lasted)
		switch {
		case ok && e.Value != 502:
			code = knob.Code
			if r.way().Connect != "" && r.way().Connect != "-" && code == "connect_timeout" {
				code = "upstream_timeout"
			}
			if r.way().Connect == "-" && code == "upstream_timeout" {
				code = "connect_timeout"
			}
		case e.Value == 504 && (e.Lasted >= 20*time.Second || r.way().Connect != "" && r.way().Connect != "-"):
			code, sure = "upstream_timeout", correlate.Low
		case e.Value == 503 && r.way().Upstream == "-":
			code, sure = "ingress_no_endpoints", correlate.Low
		case e.Value == 502:
			code, sure = withoutAnswer(r.way(), e.Lasted), correlate.Low
		}
		if code != "" {
			p.again(code, s, func(r *reading) { r.sure = sure })
		} else {
			p.sights[undecided] = append(p.sights[undecided], s)
		}
	}
}

// withoutAnswer is why an upstream gave no answer in a time that is no limit's, "" where
// there was none. Where it was not connected to, nobody has an address of which the kernel
// asked its neighbours in vain, three times a second apart (arp(7), mcast_solicit and
// retrans_time_ms); else the host refused.
func withoutAnswer(h parse.Hop, took time.Duration) string {
	const asked = 3 * time.Second
	switch {
	case h.Upstream == "" || h.Upstream == "-":
		return ""
	case h.Connect != "-":
		return "upstream_closed"
	case (took - asked).Abs() <= asked/10:
		return "no_route_to_host"
	}
	return "connect_refused"
}

// unrenewed files a lease that a controller lost within a minute of words of the store
// under the store.
func (p *Pass) unrenewed() {
	store := laned(p.sights["etcd_slow"])
	for _, s := range p.move("apiserver_slow", func(s sight) bool {
		return p.At(s.Point).Kind == parse.ControllerCrashed && len(store.near(s, time.Minute, time.Minute)) > 0
	}) {
		p.again("etcd_slow", s, nil)
	}
}

// unreached drops traces of calls that took long where the same log says that
// they never arrived.
func (p *Pass) unreached() {
	logs := map[uint32]bool{}
	for _, code := range []string{"apiserver_unreachable", "dns_failure"} {
		for _, s := range p.sights[code] {
			logs[p.Streams[s.Stream].Source] = true
		}
	}
	p.move("apiserver_slow", func(s sight) bool {
		return p.At(s.Point).Kind == parse.ControllerTrace && logs[p.Streams[s.Stream].Source]
	})
}

package rules

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/stat"
	"faultline/parse"
)

// gate asks of each failfast what the same process said of the target in the
// time that had run out before it. Nothing is concluded from silence.
func (p *Pass) gate() {
	all := p.sights["failfast"]
	delete(p.sights, "failfast")
	spots := spots{}
	said := p.gateWitnesses(all, spots)
	stalls, downs, scraped := p.stalledTimes(), p.downTimes(), p.scraped()
	enters, requests := map[uint32][]int32{}, map[uint32][]sight{} // of all, by process
	for i, s := range all {
		if p.At(s.Point).Kind == parse.ProxyFailfastEnter {
			enters[s.Stream] = append(enters[s.Stream], int32(i))
		}
		if p.as(s).request {
			requests[s.Stream] = append(requests[s.Stream], s)
		}
	}
	var stalled []sight
	for _, s := range all {
		e := p.At(s.Point)
		if e.Kind == parse.ProxyFailfastEnter && follows(s, requests[s.Stream]) {
			continue // the requests that it failed are counted
		}
		wait := 3 * time.Second
		from := s
		if i := latest(all, enters[s.Stream], s.at); i >= 0 { // it may be shut for long
			from = all[i]
			if d := p.At(from.Point).Lasted; d > 0 {
				wait = d
			}
		}
		if wait == time.Second {
			p.again("inbound_unavailable", s, nil)
			continue
		}
		w, ok := said.shutBy(spots.of(p, s), from, wait)
		switch {
		case ok:
			p.again(p.as(w).code, s, func(r *reading) { r.sure, r.why = correlate.High, "gate"; r.addr = p.addrOf(w) })
		case s.placed && stalls.whole(s.at, held):
			stalled = append(stalled, s)
		case p.controlPlaneDown(s, downs, scraped):
			p.again("discovery_no_answer", s, func(r *reading) { r.sure = correlate.Medium })
		default:
			p.again("failfast_unexplained", s, nil)
		}
	}
	p.duringStalls(stalled)
	p.queued()
	p.elsewhere()
	for code := range p.sights {
		p.sort(p.sights[code])
	}
}

// queued files what a proxy refused to queue while its gate was shut under what
// had shut it: the queue only grew behind the gate.
func (p *Pass) queued() {
	if len(p.sights["overload"]) == 0 {
		return
	}
	spots, shut := spots{}, map[uint32]*shutters{}
	for rank, code := range gateCodes {
		for _, s := range p.sights[code] {
			if p.proxys(s.Point) {
				if shut[s.Stream] == nil {
					shut[s.Stream] = newShutters()
				}
				shut[s.Stream].add(s, spots.of(p, s), rank)
			}
		}
	}
	for _, w := range shut {
		w.sort()
	}
	const near = parse.Time(10 * time.Second)
	var by []sight // what shut the gate of each that is moved
	for i, s := range p.move("overload", func(s sight) bool {
		if !p.proxys(s.Point) || strings.Contains(p.as(s).text, "rate limit") {
			return false
		}
		w, ok := shut[s.Stream].nearest(len(gateCodes), spots.of(p, s), s.at, near, near)
		if ok {
			by = append(by, w)
		}
		return ok
	}) {
		p.again(p.as(by[i]).code, s, nil)
	}
}

// elsewhere files a failfast of which the own process says nothing under what
// another process says of the same target: they ask the same controller.
func (p *Pass) elsewhere() {
	told := map[string]string{}
	for _, code := range []string{"stale_endpoint", "no_endpoints", "breaker_open"} {
		for _, s := range p.sights[code] {
			if t := p.targetOf(s); t != "" {
				told[t] = code
			}
		}
	}
	for _, s := range p.move("failfast_unexplained", func(s sight) bool { return told[p.targetOf(s)] != "" }) {
		p.again(told[p.targetOf(s)], s, func(r *reading) { r.sure = correlate.Medium })
	}
}

// gateCodes are the codes of a gate that was shut.
var gateCodes = []string{"no_endpoints", "breaker_open", "connect_timeout", "connect_refused", "stale_endpoint", "destination_stream_failed", "discovery_no_answer", "failfast_unexplained"}

// follows says whether one of the failed requests of a failfast's process is logged
// within a few milliseconds of it. They are in order, on one clock.
func follows(enter sight, requests []sight) bool {
	const within = parse.Time(20 * time.Millisecond)
	n, _ := slices.BinarySearchFunc(requests, enter.at, func(s sight, t parse.Time) int { return cmp.Compare(s.at, t) })
	return n < len(requests) && requests[n].at <= enter.at+within
}

// latest is the last of some of the sights at or before a time, -1 without one.
func latest(list []sight, some []int32, at parse.Time) int32 {
	n, _ := slices.BinarySearchFunc(some, at+1, func(i int32, t parse.Time) int { return cmp.Compare(list[i].at, t) })
	if n == 0 {
		return -1
	}
	return some[n-1]
}

const (
	// lookupWait is how long a proxy waits for an answer (linkerd2-proxy
	// linkerd/app/src/env.rs), held how much of it a stall must last: a shorter one
	// does not hold a lookup for that long.
	lookupWait = 3 * time.Second
	held       = lookupWait / 2
	// rarely is how likely at most it may be that as many failures fall into
	// stalls without having to do with them.
	rarely = 2e-3
)

// duringStalls files failfasts during stalls under a lookup that was not answered,
// unless as many would fall into stalls by chance: where a controller stalls all
// day long, some do.
func (p *Pass) duringStalls(list []sight) {
	if len(list) == 0 {
		return
	}
	within, first, last := 0.0, list[0].at, list[0].at
	for _, b := range p.bursts {
		within += float64(b.to - b.from) // a stall holds the waits whose middle lies in it
		first, last = min(first, b.from), max(last, b.to)
	}
	total := map[parse.Time]bool{} // requests of one moment failed together
	for _, s := range p.sights["failfast_unexplained"] {
		if s.placed {
			total[s.at/parse.Time(lookupWait)] = true
			first, last = min(first, s.at), max(last, s.at)
		}
	}
	hits := map[parse.Time]bool{}
	for _, s := range list {
		hits[s.at/parse.Time(lookupWait)] = true
		total[s.at/parse.Time(lookupWait)] = true
	}
	code := "discovery_no_answer"
	span := float64(max(last-first, parse.Time(time.Hour))) // of a short excerpt no share of the time is known
	if stat.BinomialSF(len(hits), len(total), min(1, within/span)) > rarely {
		code = "failfast_unexplained"
	}
	for _, s := range list {
		p.again(code, s, func(r *reading) {
			if code == "discovery_no_answer" {
				r.sure = correlate.Medium
			}
		})
	}
}

package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"faultline/parse"
)

const (
	// gateShutTime is when a balancer's gate was shut, as a wall time in seconds
	// since 1970, and 0 while it is open; gateShuts is how often it was
	// (linkerd2-proxy linkerd/proxy/balance/queue/src/failfast.rs, since 2.15;
	// before it stands the prefix of the stack, as outbound_http).
	gateShutTime = "_balancer_queue_gate_shut_time_seconds"
	gateShuts    = "_balancer_queue_gate_shut_total"
	// gateSlack is how far zeros may differ that two gates tell: the line is
	// printed within milliseconds of the metric.
	gateSlack = parse.Time(tieLag)
	// wholeFrom is how early a log's first line must be for it to hold all of
	// its process' failfasts.
	wholeFrom = parse.Time(10 * time.Second)
)

// gatePair is a time at which a gate was shut, and a failfast that it may be.
type gatePair struct {
	value int // which time it is
	zero  parse.Time
	proof [2]parse.Ref
}

// gated anchors a proxy by the times at which its metrics say that gates of its
// balancers were shut: each is that of a failfast of the same target in its log.
// Which of several it is, the count of the gate says in a log that is whole,
// else the other gates, or what else is known of the start; one that several
// places fit as well anchors nothing.
func (ix *Index) gated(s int, known []Anchor) (a Anchor, ok bool) {
	st := &ix.Streams[s]
	if !writtenBy(st, parse.ComponentProxy) || len(st.Coverage) == 0 || ix.Who[s].Pod == "" {
		return a, false
	}
	pairs, values := ix.gatePairs(s)
	pairs = slices.DeleteFunc(pairs, func(p gatePair) bool {
		return slices.ContainsFunc(known, func(k Anchor) bool { return time.Duration(p.zero-k.Zero).Abs() > k.Within+tieLag })
	})
	best, rival := gatePair{}, 0
	most := 0
	for _, p := range pairs {
		n := agreeing(pairs, p.zero)
		switch far := abs(p.zero-best.zero) > gateSlack; {
		case n > most:
			if far {
				rival = most
			}
			best, most = p, n
		case far:
			rival = max(rival, n)
		}
	}
	if most <= rival {
		return a, false
	}
	why := "the time at which a gate of its metrics was shut, which is that of a failfast of the same target"
	if values > 1 {
		why = fmt.Sprintf("the times at which %d of %d gates of its metrics were shut, each that of a failfast of the same target", most, values)
	}
	return Anchor{Zero: best.zero, Within: tieLag, Basis: Reported, Proof: best.proof[:], Why: why}, true
}

// agreeing counts the times that a zero explains.
func agreeing(pairs []gatePair, zero parse.Time) int {
	of := map[int]bool{}
	for _, p := range pairs {
		if abs(p.zero-zero) <= gateSlack {
			of[p.value] = true
		}
	}
	return len(of)
}

// gatePairs pairs each time at which a gate of a stream's process was shut with
// the failfasts that it may be, and counts the times.
func (ix *Index) gatePairs(s int) (pairs []gatePair, values int) {
	enters := ix.enters(s)
	for _, g := range ix.gates {
		m := &ix.Series[g.shut]
		if !ix.ofProxy(m, s) {
			continue
		}
		of := enters[ix.gateTarget(m, "backend")]
		if of == nil {
			of = enters[ix.gateTarget(m, "parent")]
		}
		last := 0.0
		for k, v := range m.Values {
			if !(v > 0) || v == last {
				continue
			}
			last = v
			values++
			fit := of
			if n, ok := ix.shuts(g, m.Times[k]); ok && ix.Streams[s].Coverage[0].From <= wholeFrom {
				fit = of[min(max(n-1, 0), len(of)):min(max(n, 0), len(of))]
			}
			for _, e := range fit {
				pairs = append(pairs, gatePair{values, parse.Time(v*1e9) - e.Time, [2]parse.Ref{ix.Streams[s].Ref(e), m.Ref}})
			}
		}
	}
	return pairs, values
}

// enters are the failfasts of a stream by their target. A balancer of several
// workers tells each twice within a millisecond.
func (ix *Index) enters(s int) map[string][]*parse.Event {
	out := map[string][]*parse.Event{}
	for i := range ix.Streams[s].Events {
		e := &ix.Streams[s].Events[i]
		if e.Kind != parse.ProxyFailfastEnter || e.Target == 0 || ix.Repeats(s, i) {
			continue
		}
		name := ix.Name(e.Target)
		if had := out[name]; len(had) > 0 && e.Time-had[len(had)-1].Time <= gateSlack {
			continue
		}
		out[name] = append(out[name], e)
	}
	return out
}

// gate is one balancer's gate in the metrics: the series that tell when it was
// shut, and how often; -1 where no series tells that.
type gate struct{ shut, count int }

// gatesOf finds them.
func gatesOf(c *parse.Capture) (out []gate) {
	type key struct {
		source uint32
		metric string
		labels string
	}
	labels := func(m *parse.Series) string { return fmt.Sprint(m.Labels) }
	counts := map[key]int{}
	for i := range c.Series {
		if m := &c.Series[i]; strings.HasSuffix(c.Name(m.Metric), gateShuts) {
			counts[key{m.Ref.Source, c.Name(m.Metric), labels(m)}] = i
		}
	}
	for i := range c.Series {
		m := &c.Series[i]
		prefix, is := strings.CutSuffix(c.Name(m.Metric), gateShutTime)
		if !is {
			continue
		}
		g := gate{i, -1}
		if n, ok := counts[key{m.Ref.Source, prefix + gateShuts, labels(m)}]; ok {
			g.count = n
		}
		out = append(out, g)
	}
	return out
}

// shuts is how often a gate had been shut at a time of its metrics.
func (ix *Index) shuts(g gate, at int64) (int, bool) {
	if g.count < 0 {
		return 0, false
	}
	m := &ix.Series[g.count]
	k, ok := slices.BinarySearch(m.Times, at)
	if !ok {
		return 0, false
	}
	return int(m.Values[k]), true
}

// gateTarget is the Service of a balancer as events name it.
func (ix *Index) gateTarget(m *parse.Series, side string) string {
	if addr := ix.label(m, "addr"); addr != "" { // of one of the proxy's own clients
		return addr
	}
	return ix.label(m, side+"_name") + "." + ix.label(m, side+"_namespace") + ":" + ix.label(m, side+"_port")
}

// label is the value of the first of some labels that a series has.
func (ix *Index) label(m *parse.Series, keys ...string) string {
	for _, key := range keys {
		for _, l := range m.Labels {
			if ix.Name(l.Key) == key {
				return ix.Name(l.Value)
			}
		}
	}
	return ""
}

// PodOf is the pod that a series is about: as its labels say, or whose page of
// metrics it stands on.
func (ix *Index) PodOf(m *parse.Series) string {
	return cmp.Or(ix.label(m, "pod", "pod_name", "kubernetes_pod_name"), ix.Owners[m.Ref.Source].Pod)
}

// ofProxy says whether a series is of the pod whose proxy a stream is of: as its
// labels say, or the page's name.
func (ix *Index) ofProxy(m *parse.Series, s int) bool {
	pod := ix.PodOf(m)
	if pod == "" {
		_, pod, _ = parse.OwnerOfName(ix.Sources[m.Ref.Source].Path)
	}
	return pod == ix.Who[s].Pod
}

package rules

import (
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// call marks what a program says of a call of its own.
const call = "call"

// called reads a call that a program says failed: its words tell how far it got.
func (p *Pass) called(e *parse.Event, r reading) (reading, bool) {
	r.request, r.why, r.addr = true, call, p.Name(e.Target)
	code, sure, ok := wordsOf(r.text)
	switch {
	case ok && code == "config_sync_failed": // no request is meant
		r.code, r.sure, r.request, r.addr = code, sure, false, ""
		return r, true
	case ok:
		if r.code, r.sure = code, sure; code == "empty_target" {
			_, name, _ := strings.Cut(r.text, "for deployment ")
			r.addr, _, _ = strings.Cut(name, " ")
		}
	case e.Value == 503:
		r.code = undecided
	default:
		r.code, r.sure = undecided, correlate.Low
	}
	switch {
	case e.Class != parse.ClassMild:
	case parse.EnvoyOwn.In([]byte(r.text)): // of a request that it answered by itself, which it prints at no other level
		r.sure = min(r.sure, correlate.Medium)
	default: // the program goes on without it, or quotes what had been
		r.sure = correlate.Low
	}
	switch {
	case slices.Contains(uncalled, r.code) && (apiAddress(r.addr) || strings.Contains(r.text, "/api/v1") || strings.Contains(r.text, "/apis/")):
		r.code = "apiserver_unreachable"
	case telemetryPort(r.addr):
		r.code = "telemetry_client"
	}
	return r, true
}

// served reads what an application's server says of its workers: one that was ended
// for its time was asked for something, which the proxy before it sees fail.
func (p *Pass) served(e *parse.Event, r reading) (reading, bool) {
	r.sure = correlate.Medium
	if e.Kind == parse.AppOverloaded {
		r.code = "overload"
		return r, true
	}
	text := strings.ToLower(r.text)
	r.code, r.request = "upstream_timeout", true
	return r, strings.Contains(text, "time") || strings.Contains(text, "harakiri")
}

// The ports of the sidecars that calls out are redirected to (linkerd2
// pkg/k8s/labels.go and charts/partials/templates/_proxy-init.tpl; istio
// pkg/bootstrap and tools/istio-iptables).
var sidecarPorts = []string{":4140", ":4143", ":15001", ":15006"}

// sidecars are the names of the containers in which they run.
var sidecars = []string{"linkerd-proxy", "istio-proxy"}

const (
	// startBefore and startAfter are how long before and after its proxy's first
	// line a program's calls are taken for those of its start.
	startBefore = 30 * time.Second
	startAfter  = 10 * time.Second
	// endAfter is for how long a program outlives its proxy: the default grace
	// period (kubernetes pkg/apis/core/v1/defaults.go).
	endAfter = 30 * time.Second
)

// withoutProxy files the calls of a program that nobody took, while its proxy was
// not there yet or no more, under that order. Whose proxy it is, is known by the
// pod's name, or where the dump holds one proxy alone.
func (p *Pass) withoutProxy() {
	begins, ends := p.bounds(parse.ProxyStarted), p.bounds(parse.ProxyStopping)
	only := p.onlyProxy()
	for _, code := range []string{"connect_refused", "upstream_closed", "connect_timeout"} {
		for _, s := range p.move(code, func(s sight) bool { return p.as(s).why == call && p.alone(s, begins, ends, only) != "" }) {
			p.again("sidecar_order", s, func(r *reading) {
				if r.why, r.sure = p.alone(s, begins, ends, only), correlate.High; r.why == "port" {
					r.sure = correlate.Medium
				}
			})
		}
	}
	p.sort(p.sights["sidecar_order"])
}

// sides says which end of the pod's life the lost calls are at.
func sides(p *Pass, g *group, f *correlate.Finding) {
	end, n := map[string]string{"start": "before the pod's proxy was ready", "end": "after the pod's proxy had stopped", "port": "at the port of the pod's own proxy, where nobody listened"}, map[string]int{}
	for _, s := range g.list {
		n[p.as(s).why] += int(s.n)
	}
	side := top(ranked(n))
	if f.Facets["side"] = side; side == "job" {
		f.Severity, f.Title = correlate.Info, g.fill("{targets} does not complete: {words}.")
		f.Detail = "A Job is done when all of its containers have ended, and a proxy beside them ends only when it is told to. No request fails by it; the Job's pod stays."
		f.Next = []string{"A native sidecar ends with the others: config.linkerd.io/proxy-enable-native-sidecar (config.beta.linkerd.io/… to 2.19), Kubernetes 1.29 on; else linkerd-await --shutdown before the program, or a POST to the proxy's :4191/shutdown at its end.",
			"Which container still runs: kubectl describe pod."}
		return
	}
	f.Title = g.fill("{what}{to} failed " + end[side] + ".")
	if side == "end" {
		f.Next[0], f.Next[1] = f.Next[1], f.Next[0]
	}
}

// alone says by what a failed call falls where its proxy was not there: "start",
// "end", the proxy's own "port", or "" where nothing says so.
func (p *Pass) alone(s sight, begins, ends map[string][]parse.Time, only string) string {
	pod := p.Whose(s.Point).Pod
	if pod == "" {
		pod = only
	}
	if s.placed {
		for _, at := range begins[pod] {
			if s.at >= at-parse.Time(startBefore) && s.at <= at+parse.Time(startAfter) && !p.servedBefore(pod, s, at) {
				return "start"
			}
		}
		for _, at := range ends[pod] {
			if s.at >= at && s.at <= at+parse.Time(endAfter) {
				return "end"
			}
		}
	}
	addr := p.addrOf(s)
	if host := hostOf(addr); host != "localhost" && !strings.HasPrefix(host, "127.") {
		return ""
	}
	if slices.ContainsFunc(sidecarPorts, func(port string) bool { return strings.HasSuffix(addr, port) }) {
		return "port"
	}
	return ""
}

// servedBefore says whether an earlier proxy of the same pod had not ended yet
// when a call failed: the later start is a restart then.
func (p *Pass) servedBefore(pod string, s sight, start parse.Time) bool {
	for st := range p.Streams {
		if !p.proxys(correlate.Point{Stream: uint32(st)}) || p.proxyOf(st) != pod {
			continue
		}
		for _, pt := range p.Of(parse.ProxyStarted) {
			if at, _, ok := p.Wall(pt); ok && p.proxyOf(int(pt.Stream)) == pod && at < start-parse.Time(startBefore) && s.at < start {
				return true
			}
		}
	}
	return false
}

// bounds are the times at which the proxies of pods started or stopped.
func (p *Pass) bounds(kind parse.Kind) map[string][]parse.Time {
	out := map[string][]parse.Time{}
	for _, pt := range p.Of(kind) {
		if at, _, ok := p.Wall(pt); ok && p.proxys(pt) {
			pod := p.proxyOf(int(pt.Stream))
			out[pod] = append(out[pod], at)
		}
	}
	if kind != parse.ProxyStarted {
		return out
	}
	for _, f := range p.fact(parse.FactStartedAt) {
		if parts := strings.Split(p.Name(f.Subject), "/"); len(parts) == 3 && slices.Contains(sidecars, parts[2]) && f.Time != 0 {
			out[parts[1]] = append(out[parts[1]], f.Time)
		}
	}
	return out
}

// proxyOf is the pod of a proxy's log, the name of its source where no pod is
// named.
func (p *Pass) proxyOf(stream int) string {
	if pod := p.Who[stream].Pod; pod != "" {
		return pod
	}
	return p.Sources[p.Streams[stream].Source].Path
}

// onlyProxy is whose proxy's log the dump holds, "" for none or several.
func (p *Pass) onlyProxy() (only string) {
	for st := range p.Streams {
		if !p.proxys(correlate.Point{Stream: uint32(st)}) {
			continue
		}
		pod := p.proxyOf(st)
		if only != "" && pod != only {
			return ""
		}
		only = pod
	}
	return only
}

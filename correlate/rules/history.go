package rules

import (
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// recovered drops what kept a pod from starting where the same pod started later: a
// node came, an image was there after all, the network's plugin was up.
func (p *Pass) recovered() {
	codes := []string{"pod_not_started", "cni_plugin_failed"}
	if !slices.ContainsFunc(codes, func(c string) bool { return len(p.sights[c]) > 0 }) {
		return
	}
	var starts []sight
	for _, pt := range p.Of(parse.ContainerStarted) {
		s := sight{Point: pt, n: 1}
		if s.at, _, s.placed = p.Wall(pt); !s.placed {
			s.at = p.At(pt).Time
		}
		starts = append(starts, s)
	}
	for _, code := range codes {
		p.move(code, func(s sight) bool {
			return slices.ContainsFunc(starts, func(o sight) bool {
				return o.lane() == s.lane() && o.at >= s.at && p.targetOf(o) == p.targetOf(s) && p.targetOf(s) != ""
			})
		})
	}
}

// longBefore is how long before all that was logged a container must have ended for it
// to be history.
const longBefore = parse.Time(10 * time.Minute)

// history leaves of containers that had ended before anything of the dump was logged
// that they had: it leads nothing.
func (p *Pass) history() {
	begin, dated := p.First()
	if !dated {
		return
	}
	for _, code := range []string{"oom_killed", "crash_loop", "controller_crash"} {
		for _, s := range p.move(code, func(s sight) bool {
			return s.placed && p.At(s.Point).Kind == parse.ContainerTerminated && s.at < begin-longBefore
		}) {
			p.again(code, s, func(r *reading) { r.sure = correlate.Low })
		}
	}
}

// denied files what an ingress answered without an upstream under its configuration,
// where it says itself that it denies what an Ingress of that namespace asks for.
func (p *Pass) denied() {
	var refused []string
	for _, s := range p.sights["configured_answer"] {
		if namespace, _, ok := strings.Cut(p.targetOf(s), "/"); ok && !p.as(s).request {
			refused = append(refused, namespace+"-")
		}
	}
	if len(refused) == 0 {
		return
	}
	for _, s := range p.move("ingress_no_endpoints", func(s sight) bool {
		return p.as(s).request && p.as(s).sure < correlate.High &&
			slices.ContainsFunc(refused, func(of string) bool { return strings.HasPrefix(p.targetOf(s), of) })
	}) {
		p.again("configured_answer", s, nil)
	}
	p.sort(p.sights["configured_answer"])
}

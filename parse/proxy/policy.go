package proxy

import (
	"bytes"

	"faultline/parse"
)

// Policy is the log of linkerd's policy controller, plain and JSON. It is
// written in Rust as the proxy is, and prints a wall clock and no thread.
var Policy = &parse.Format{
	Name: "policy",
	Doc: `log of linkerd's policy controller, plain or JSON.
2022-10-11T23:21:06.032865Z  INFO servers: kubert::errors: stream failed error=error returned by apiserver during watch: too old resource version: 120956659 (120959083): Expired
{"timestamp":"2024-09-09T13:38:56.913847Z","level":"INFO","fields":{"message":"stream failed","error":"watch stream failed: Error reading events stream"},"target":"kubert::errors","spans":[{"name":"servers"}]}`,
	Origin: "linkerd2 policy-controller, since 2.11 (kubert, policy-controller/runtime)",
	Role:   parse.RoleProcess, Lane: parse.LaneControllers, Component: parse.ComponentPolicy,
	Needles: []string{"stream failed", "gRPC server listening", "watcher: "},
	Hints:   []string{"panicked at "},
	Line:    policyLine,
	Detail:  policyDetail,
}

func policyLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	var r record
	var o object
	if c, ok := parse.ReadCrash(l.Text); ok && c.Rust && policys(c) {
		return b.Crashed(c, parse.ControllerCrashed, l)
	}
	if b.CrashGoesOn(l, parse.ControllerCrashed, true) {
		return parse.Other
	}
	switch text := l.Text; {
	case len(text) < len("2022-10-11T23:21:06Z  INFO a: b"):
		return parse.NotMine
	case text[0] == '{':
		if !o.read(text) || !r.object(&o) || o.proxys(&r) {
			return parse.NotMine
		}
	default:
		rest, ok := r.wall(text)
		if !ok || len(r.thread) > 0 || !r.body(rest) {
			return parse.NotMine
		}
	}
	if !crate(r.target) || r.validates() {
		return parse.NotMine // another program's
	}
	r.mark(l)
	switch {
	case r.severity <= parse.Debug || r.clock != parse.ClockWall:
		return parse.Other
	case len(o.fields) > 0 && r.policyKind() != parse.KindNone:
		b.Scratch = r.plain(&o, b.Scratch)
	}
	return r.policy(b)
}

// policyKind says what a message of the policy controller means. Leases and
// what it serves are no events of their own.
func (r *record) policyKind() parse.Kind {
	m := r.message
	switch {
	case has(m, "stream failed") && has(r.target, "kubert::errors"): // 2.12 on
		return parse.ControllerWatchFailed
	case has(m, "Failed") && has(r.target, "linkerd_policy_controller_k8s_api::watch"): // 2.11
		return parse.ControllerWatchFailed
	case has(m, "watch") && has(r.target, "kube_runtime::watcher") && bytes.Contains(m, []byte("list error")):
		return parse.ControllerListFailed
	case has(m, "Failed to get outbound policy"), has(m, "Failed to get inbound policy"): // 2.20 on
		return parse.ControllerLookupFailed
	case has(m, "watch") && has(r.target, "kube_runtime::watcher"):
		return parse.ControllerWatchFailed
	case has(m, "policy gRPC server listening"), has(m, "gRPC server listening"): // the last step of a start
		return parse.ControllerStarted
	}
	return parse.KindNone
}

// policy makes an event of a line. The span names the kind of resource that
// was watched.
func (r *record) policy(b *parse.Batch) parse.Verdict {
	kind := r.policyKind()
	if kind == parse.KindNone {
		return parse.Other
	}
	e := parse.Event{Kind: kind}
	if kind != parse.ControllerStarted {
		e.Target, e.Fact = b.Names.Add(lastSpan(r.spans)), b.Names.Add(policyLeaf(field(r.message, "error")))
	}
	return r.event(b, e)
}

// policyLeaf is what an error ends with: the API server's own words.
func policyLeaf(chain []byte) []byte {
	for _, outer := range []string{"error returned by apiserver during watch: ", "watch stream failed: ", "watch failed: "} {
		if i := bytes.Index(chain, []byte(outer)); i >= 0 && i+len(outer) < len(chain) {
			return chain[i+len(outer):]
		}
	}
	return chain
}

// lastSpan is the name of the innermost span.
func lastSpan(spans []byte) []byte {
	name := spans
	for len(spans) > 0 {
		depth, i := 0, 0
		for ; i < len(spans) && (depth > 0 || spans[i] != ':'); i++ {
			switch spans[i] {
			case '{':
				depth++
			case '}':
				depth--
			}
		}
		name = spans[:i]
		spans = spans[min(i+1, len(spans)):]
	}
	name, _, _ = bytes.Cut(name, []byte{'{'})
	return name
}

// policyDetail takes a line apart to be shown.
func policyDetail(text []byte, d *parse.Detail) {
	var r record
	r.show(text, d)
}

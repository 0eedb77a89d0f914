package proxy

import (
	"bytes"

	"faultline/parse"
)

// Validator is the log of the init container that checks the redirect of a
// meshed pod where linkerd-cni sets it, plain or JSON. It ends with 95 when the
// check fails, and the pod does not start.
var Validator = &parse.Format{
	Name: "validator",
	Doc: `log of linkerd-network-validator, plain or JSON: whether the redirect of a meshed pod works.
2024-04-04T08:59:27.259562Z ERROR linkerd_network_validator: Failed to validate networking configuration. Please ensure iptables rules are rewriting traffic as expected. timeout=10s`,
	Origin: "linkerd2-proxy-init validator, since 2.12 (validator/src/main.rs)",
	Role:   parse.RoleProcess, Lane: parse.LaneProxies,
	Needles: []string{"linkerd_network_validator"},
	Line:    validatorLine,
	Detail:  policyDetail,
}

// validates says whether a record is the validator's.
func (r *record) validates() bool { return has(r.target, "linkerd_network_validator") }

func validatorLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	var r record
	var o object
	if !bytes.Contains(l.Text, []byte("linkerd_network_validator")) {
		return parse.NotMine
	}
	if l.Text[0] == '{' {
		if !o.read(l.Text) || !r.object(&o) {
			return parse.NotMine
		}
	} else if rest, ok := r.wall(l.Text); !ok || len(r.thread) > 0 || !r.body(rest) {
		return parse.NotMine
	}
	if !r.validates() {
		return parse.NotMine
	}
	r.mark(l)
	// What is printed behind these is the same error once more.
	if r.severity != parse.Error || !has(r.message, "Failed to validate networking configuration") && !has(r.message, "Unable to connect to validator") {
		return parse.Other
	}
	if len(o.fields) > 0 {
		b.Scratch = r.plain(&o, b.Scratch)
	}
	return r.event(b, parse.Event{Kind: parse.CheckFailed, Target: b.Names.AddString("linkerd-network-validator"), Fact: b.Names.Add(r.message)})
}

// Package proxy reads what linkerd-proxy and linkerd's policy controller print:
// what Rust's tracing library writes, as text or JSON. The proxy's text has no
// clock but the uptime.
//
//	[   369.298746s]  WARN ThreadId(01) outbound:ingress{addr=}: linkerd_stack::failfast: Service entering failfast after 3s
//
// The grammar is linkerd2-proxy's linkerd/tracing/src/{lib,uptime}.rs; the
// messages are listed with their versions and files in docs/formats.md.
package proxy

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// Format is linkerd-proxy's log, plain and JSON, of every release.
var Format = &parse.Format{
	Name: "proxy",
	Doc: `linkerd-proxy's log. The times of the plain one count seconds since it started, those of the JSON one do so up to 2.16.
[   369.298746s]  WARN ThreadId(01) outbound:ingress{addr=}: linkerd_stack::failfast: Service entering failfast after 3s
{"timestamp":"[   369.298746s]","level":"WARN","fields":{"message":"Service entering failfast after 3s"},"target":"linkerd_stack::failfast","spans":[{"name":"outbound"}],"threadId":"ThreadId(1)"}`,
	Origin: "linkerd2-proxy, every release (linkerd/tracing/src/uptime.rs, since linkerd 2.8)",
	Role:   parse.RoleServing, Lane: parse.LaneProxies, Component: parse.ComponentProxy, Need: "proxy-logs", Grain: parse.GrainMicro,
	Needles: append([]string{"failfast", "fail-fast"}, phrases((*message).urgent)...),
	Hints:   append([]string{"panicked at "}, phrases(func(*message) bool { return true })...),
	Skim:    skim,
	Line:    line,
	Detail:  detail,
}

// record is a line taken apart; its parts alias the line.
type record struct {
	severity parse.Severity
	thread   []byte
	spans    []byte // "outbound:ingress{addr=}", as printed
	target   []byte // the Rust module
	message  []byte // with its fields
	time     []byte // "[   369.298746s]"
	own      int64
	width    int64
	clock    parse.Clock
}

func line(l *parse.Line, b *parse.Batch) parse.Verdict {
	var r record
	rest, ok := r.head(l.Text)
	if !ok {
		return r.otherForms(l, b)
	}
	return r.took(rest, l, b)
}

// took reads what follows the level.
func (r *record) took(rest []byte, l *parse.Line, b *parse.Batch) parse.Verdict {
	r.mark(l)
	if r.severity <= parse.Debug {
		return parse.Other // no message that matters is printed below info
	}
	if !r.body(rest) {
		return parse.Malformed
	}
	if r.counted() {
		r.mark(l)
	}
	return r.classify(l, b)
}

// mark sets the line's own time.
func (r *record) mark(l *parse.Line) {
	if l.Severity = r.severity; r.clock == parse.ClockNone {
		l.AtPrefix()
		return
	}
	l.Own, l.Grain, l.Clock = parse.Time(r.own), parse.GrainOf(r.width), r.clock
}

// head reads the uptime, the level and the thread. Text that was pasted may
// have lost its padding; proxies before 2.9 print no thread.
func (r *record) head(b []byte) (rest []byte, ok bool) {
	own, width, n, ok := lex.Uptime(b)
	if !ok {
		return b, false
	}
	r.uptime(own, width)
	r.time = b[:n]
	return r.level(skipSpace(b[n:]))
}

// level reads the level and the thread.
func (r *record) level(b []byte) (rest []byte, ok bool) {
	n := 5
	switch {
	case has(b, "INFO "):
		r.severity = parse.Info
	case has(b, "WARN "):
		r.severity = parse.Warn
	case has(b, "DEBUG "):
		r.severity, n = parse.Debug, 6
	case has(b, "TRACE "):
		r.severity, n = parse.Trace, 6
	case has(b, "ERROR "):
		r.severity, n = parse.Error, 6
	default:
		return b, false
	}
	b = skipSpace(b[n:])
	if has(b, "ThreadId(") {
		for i := len("ThreadId("); i < len(b); i++ { // a digit or two
			if b[i] == ')' {
				r.thread = b[len("ThreadId("):i]
				return skipSpace(b[i+1:]), true
			}
		}
	}
	return b, true
}

// body reads spans, target and message. Spans are joined by ':' and end with
// ": "; their values may hold ':', ' ' and braces, which balance or else are
// closed where a module follows.
func (r *record) body(b []byte) bool {
	first, end, fields, ok := part(b)
	if ok && !fields && (crate(first) || !followsCrate(b[end:])) {
		r.target, r.message = first, untail(b[end:])
		return true
	}
	if !ok || fields && !crate(b[end:]) {
		if i := closed(b); i >= 0 {
			first, end, ok = b[:i-len(": ")], i, true
		}
	}
	if !ok {
		return false
	}
	path, n, _, ok := part(b[end:])
	if !ok {
		return false
	}
	r.spans, r.target, r.message = first, path, untail(b[end+n:])
	return true
}

// marks are the bytes that [part] looks for, the few among many.
var marks = [256]bool{'{': true, '}': true, ' ': true, ':': true}

// part reads up to the next ": " outside braces. fields says whether it has
// spans with fields or several spans, so that it cannot be a target.
func part(b []byte) (text []byte, end int, fields, ok bool) {
	depth := 0
	for i := 0; i < len(b); i++ {
		if !marks[b[i]] {
			continue
		}
		switch b[i] {
		case '{':
			depth++
			fields = true
		case '}':
			depth--
		case ' ':
			if depth <= 0 {
				return nil, 0, false, false // a space outside braces: no span, no target
			}
		case ':':
			if depth > 0 {
				continue
			}
			if i+1 >= len(b) || b[i+1] == ' ' {
				return b[:i], min(i+2, len(b)), fields, i > 0
			}
			if b[i+1] == ':' {
				i++
				continue
			}
			fields = true
		}
	}
	return nil, 0, false, false
}

// closed is where the module begins behind spans whose braces do not balance,
// -1 when there is none.
func closed(b []byte) int {
	from := bytes.IndexByte(b, '}') + 1
	if from == 0 {
		return -1
	}
	for {
		i := bytes.Index(b[from:], []byte(": "))
		if i < 0 {
			return -1
		}
		from += i + len(": ")
		if followsCrate(b[from:]) {
			return from
		}
	}
}

// crates are the roots of the modules that log in a proxy. They tell a bare
// span ("services: kubert::errors: …") from a target.
var crates = []string{"linkerd", "kubert", "kube", "tower", "h2", "hyper", "rustls", "hickory", "trust_dns",
	"tokio", "tonic", "want", "mio", "rustls_pki_types"}

func crate(path []byte) bool {
	for _, c := range crates {
		if has(path, c) {
			return true
		}
	}
	return false
}

func followsCrate(b []byte) bool {
	if !crate(b) {
		return false
	}
	_, _, fields, ok := part(b)
	return ok && !fields
}

func skipSpace(b []byte) []byte {
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	return b
}

func has(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }

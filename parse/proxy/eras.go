package proxy

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// uptime takes over an uptime as lex read it. From 2.7 to the first weeks of
// 2.9 the fraction is the count of nanoseconds, padded to six digits only:
// "84.1234567s" is 84.001234567 s (linkerd2-proxy linkerd/app/core/src/trace.rs
// at v2.96.0; six digits of microseconds since #722, v2.116.0).
func (r *record) uptime(own, width int64) {
	r.own, r.width, r.clock = own, width, parse.ClockUptime
	if width < int64(time.Microsecond) {
		r.nanos()
	}
}

func (r *record) nanos() {
	r.own += r.own%lex.Second/r.width - r.own%lex.Second
	r.width = 1
}

// counted says whether six digits were a count of nanoseconds too, which only
// the lines of those releases can tell: they have no thread, and a crate that
// was renamed since.
func (r *record) counted() bool {
	if len(r.thread) > 0 || r.clock != parse.ClockUptime || r.width != int64(time.Microsecond) || len(r.time) < len("[     0.000000s]") ||
		!has(r.target, "linkerd2_") || has(r.target, "linkerd2_proxy") && !has(r.target, "linkerd2_proxy_") {
		return false
	}
	r.nanos()
	return true
}

// otherForms reads lines that do not begin with an uptime: JSON, plain lines with
// a wall clock, those of proxies up to 2.6, and those that begin with the name
// of their container, as dumps of that time often do.
func (r *record) otherForms(l *parse.Line, b *parse.Batch) parse.Verdict {
	text := l.Text
	switch {
	case len(text) < len("WARN [0s] a"):
		if b.CrashGoesOn(l, parse.ProxyCrashed, true) {
			return parse.Other
		}
		return parse.NotMine
	case text[0] == '{':
		return r.json(l, b)
	case text[0]-'0' <= 9:
		if rest, ok := r.wall(text); ok && len(r.thread) > 0 {
			return r.took(rest, l, b)
		}
		return parse.NotMine
	}
	if c, ok := parse.ReadCrash(text); ok && c.Rust && !policys(c) {
		return b.Crashed(c, parse.ProxyCrashed, l)
	}
	if b.CrashGoesOn(l, parse.ProxyCrashed, true) {
		return parse.Other
	}
	if fatal(text) {
		return parse.Other
	}
	text = bytes.TrimPrefix(uncoloured(text), []byte("linkerd-proxy "))
	if rest, ok := r.head(text); ok {
		return r.took(rest, l, b)
	}
	if !r.legacy(text) && !r.timeless(text) {
		return parse.NotMine
	}
	r.mark(l)
	if r.severity != parse.SeverityNone && r.severity <= parse.Debug {
		return parse.Other
	}
	return r.classify(l, b)
}

// timeless reads a line whose uptime was left out where it was pasted: from the level
// on, or from the module on, which only a message of the table is believed to be.
func (r *record) timeless(b []byte) bool {
	b = skipSpace(b)
	if rest, ok := r.level(b); ok {
		return len(r.thread) > 0 && r.body(rest) || r.bare(rest) && has(r.target, "linkerd")
	}
	if severity, ok := legacyLevels[string(b[:min(5, len(b))])]; ok {
		r.severity = severity
		return len(b) > 5 && b[5] != '[' && r.bare(skipSpace(b[5:])) && has(r.target, "linkerd")
	}
	return has(b, "linkerd") && r.body(b) && len(r.spans) == 0 && bytes.Contains(r.target, []byte("::")) && r.said() != nil
}

// wall reads the head of a line with a wall clock, as the policy controller
// prints it, and a proxy that was built to.
func (r *record) wall(b []byte) (rest []byte, ok bool) {
	s, n, ok := lex.RFC3339(b)
	if !ok || !s.Zoned || n >= len(b) || b[n] != ' ' {
		return b, false
	}
	r.at(s, b[:n])
	return r.level(skipSpace(b[n:]))
}

// at takes over a wall clock's stamp.
func (r *record) at(s lex.Stamp, text []byte) {
	r.own, r.width, r.clock, r.time = s.Unix+s.Width/2, s.Width, parse.ClockWall, text
}

// legacyLevels are those of proxies up to 2.6 (edge-19.10.1), all as wide.
var legacyLevels = map[string]parse.Severity{"TRCE ": parse.Trace, "DBUG ": parse.Debug, "INFO ": parse.Info, "WARN ": parse.Warn, "ERR! ": parse.Error}

// legacy reads a line of proxies up to 2.6: "ERR! [  4300.896499s] target text".
func (r *record) legacy(b []byte) bool {
	severity, ok := legacyLevels[string(b[:min(5, len(b))])]
	if !ok {
		return false
	}
	own, width, n, ok := lex.Uptime(b[5:])
	if !ok {
		return false
	}
	r.own, r.width, r.time, r.clock, r.severity = own, width, b[5:5+n], parse.ClockUptime, severity
	return r.bare(skipSpace(b[5+n:]))
}

// bare reads what follows the head of a line up to 2.6: contexts, the target
// and the message, with nothing but spaces between. The target is the first
// word outside braces that names a module.
func (r *record) bare(b []byte) bool {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth > 0 || i > 0 && b[i-1] != ' ' || !crate(b[i:]) {
			continue
		}
		end := bytes.IndexByte(b[i:], ' ')
		if end < 0 || !module(b[i:i+end]) {
			continue
		}
		r.spans, r.target, r.message = bytes.TrimRight(b[:i], " "), b[i:i+end], untail(b[i+end+1:])
		return true
	}
	return false
}

// module says whether a word is the path of a Rust module.
func module(b []byte) bool {
	for _, c := range b {
		if c != ':' && c != '_' && c-'0' > 9 && c-'a' > 'z'-'a' {
			return false
		}
	}
	return true
}

// policys says whether a panic is the policy controller's, whose threads are
// named by its runtime.
func policys(c parse.Crash) bool {
	return has(c.Thread, "tokio-r") || bytes.Contains(c.Place, []byte("policy-controller/")) || bytes.Contains(c.Place, []byte("kubert"))
}

// fatal says whether a line is what a proxy prints outside its log when it
// cannot start (linkerd2-proxy/src/main.rs).
func fatal(b []byte) bool {
	return has(b, "Invalid configuration: ") || has(b, "Initialization failure: ") || has(b, "Invalid logging configuration: ")
}

// uncoloured takes away the colours of 2.10 where a paste dropped the escape
// before each, and left "[2m[     0.001866s][0m [32m INFO[0m".
func uncoloured(b []byte) []byte {
	if !has(b, "[2m[") {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '[' {
			if _, n, ok := lex.Digits(b[i+1:]); ok && n <= 2 && i+1+n < len(b) && b[i+1+n] == 'm' {
				i += 1 + n
				continue
			}
		}
		out = append(out, b[i])
	}
	return out
}

// untail cuts the "\n" that exports of JSON leave at the end of a line.
func untail(b []byte) []byte { return bytes.TrimSuffix(b, []byte(`\n`)) }

// whole reads a line in any of its forms.
func (r *record) whole(text []byte) bool {
	rest, ok := r.head(text)
	if !ok {
		text = bytes.TrimPrefix(uncoloured(text), []byte("linkerd-proxy "))
		rest, ok = r.head(text)
	}
	if !ok && len(text) > 0 && text[0]-'0' <= 9 {
		rest, ok = r.wall(text)
	}
	if ok {
		return r.body(rest)
	}
	var o object
	if len(text) > 0 && text[0] == '{' && o.read(text) && r.object(&o) {
		r.plain(&o, nil)
		return true
	}
	return r.legacy(text) || r.timeless(text)
}

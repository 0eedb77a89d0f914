package proxy

import (
	"bytes"
	"strconv"
	"time"

	"faultline/parse"
)

// classify says what a message means. Most lines of a proxy are about
// connections; the first byte alone passes over nearly all of them.
func (r *record) classify(l *parse.Line, b *parse.Batch) parse.Verdict {
	m := r.message
	if len(m) == 0 {
		return parse.Other
	}
	switch m[0] {
	case 'N':
		if has(m, "No endpoints") {
			return r.event(b, parse.Event{Kind: parse.ProxyNoEndpoints, Target: r.service(b)})
		}
	case 'U', 'A':
		return r.gate(b)
	case 'T':
		if has(m, "The balancer is not processing discovery updates") { // 2.14
			return r.undiscovered(b)
		}
		return r.scoped(b)
	case 'F':
		return r.failed(b)
	case 'R':
		switch {
		case has(m, "Request denied"):
			return r.event(b, parse.Event{Kind: parse.ProxyDenied, Target: r.service(b)})
		case has(m, "Request failed"), has(m, remote):
			return r.requestFailed(b)
		case has(m, "Received shutdown "): // signal, or via admin interface
			return r.event(b, parse.Event{Kind: parse.ProxyStopping})
		}
	case 'r', 's', 'u', 'd':
		return r.life(l, b)
	case 'C':
		switch {
		case has(m, "Connection denied"), has(m, "Connection terminated due to policy change"):
			return r.event(b, parse.Event{Kind: parse.ProxyDenied, Target: r.service(b)})
		case has(m, "Could not fetch profile"):
			return r.undiscovered(b)
		case has(m, "Client policy misconfigured"):
			return r.unwatched(b)
		}
	case 'E', 'D', 'p':
		if has(m, "Error resolving ServiceProfile") || has(m, "Discovery ") || has(m, "Dropping resolution") || has(m, "profile client died") {
			return r.undiscovered(b)
		}
	case 'P':
		if has(m, "Policy controller returned") {
			return r.unwatched(b)
		}
	case 'H', 'S', 'G', 'I', 'g':
		return r.scoped(b)
	}
	return parse.Other
}

// undiscovered reads a service that could not be looked up.
func (r *record) undiscovered(b *parse.Batch) parse.Verdict {
	return r.event(b, parse.Event{Kind: parse.ProxyDiscoveryFailed, Fact: b.Names.Add(field(r.message, "error"))})
}

// unwatched reads a policy that could not be watched, or is of no use.
func (r *record) unwatched(b *parse.Batch) parse.Verdict {
	fact := field(r.message, "error")
	if len(fact) == 0 {
		fact = field(r.message, "grpc.status")
		if said := field(r.message, "grpc.message"); len(said) > 0 {
			fact = append(append(append([]byte(nil), fact...), ": "...), said...)
		}
	}
	return r.event(b, parse.Event{Kind: parse.ProxyPolicyWatchFailed, Fact: b.Names.Add(fact)})
}

// scoped reads messages that begin with what they are about: "HTTP/1.1
// request failed", "HTTP Logical entering failfast after 3s", "Service has
// recovered".
func (r *record) scoped(b *parse.Batch) parse.Verdict {
	m := r.message
	head := m[:min(len(m), 48)]
	gate := bytes.HasSuffix(r.target, []byte("::failfast")) // linkerd_timeout's to 2.10, then linkerd_stack's
	switch {
	case (has(m, "HTTP/") || has(m, "gRPC ")) && bytes.Contains(head, []byte(" request failed")):
		return r.requestFailed(b)
	case gate && bytes.Contains(head, []byte("entering failfast")):
		_, after, _ := bytes.Cut(head, []byte("entering failfast after "))
		return r.event(b, parse.Event{Kind: parse.ProxyFailfastEnter, Target: r.service(b), Lasted: seconds(after)})
	case gate && bytes.Contains(head, []byte(" has recovered")):
		return r.event(b, parse.Event{Kind: parse.ProxyFailfastExit, Target: r.service(b)})
	case has(m, "Service failed") && (has(r.target, "linkerd_reconnect") || has(r.target, "linkerd2_reconnect")):
		return r.event(b, parse.Event{Kind: parse.ProxyConnectFailed, Target: r.service(b), Fact: b.Names.Add(field(m, "error"))})
	case has(m, "Server misconfigured"):
		return r.unwatched(b)
	case has(m, "Graceful shutdown did not complete"):
		return r.event(b, parse.Event{Kind: parse.ProxyStopping})
	}
	return parse.Other
}

// gate reads the balancer's messages of 2.15 and later, and the policy
// watch's.
func (r *record) gate(b *parse.Batch) parse.Verdict {
	m := r.message
	switch {
	case has(m, "Unavailable; entering failfast"):
		return r.event(b, parse.Event{Kind: parse.ProxyFailfastEnter, Target: r.service(b), Lasted: seconds(field(m, "timeout"))})
	case has(m, "Available; exit"):
		return r.event(b, parse.Event{Kind: parse.ProxyFailfastExit, Target: r.service(b), Lasted: seconds(field(m, "elapsed"))})
	case has(m, "Unexpected policy controller response"):
		return r.unwatched(b)
	case has(m, "Using default service profile after timeout"): // 2.8
		return r.undiscovered(b)
	}
	return parse.Other
}

// failed reads the messages that begin with "Failed to".
func (r *record) failed(b *parse.Batch) parse.Verdict {
	m := r.message
	switch {
	case has(m, "Failed to proxy request"):
		return r.requestFailed(b)
	case has(m, "Failed to connect"):
		return r.event(b, parse.Event{Kind: parse.ProxyConnectFailed, Target: r.service(b), Fact: b.Names.Add(leaf(field(m, "error")))})
	case has(m, "Failed to resolve control-plane component"):
		return r.event(b, parse.Event{Kind: parse.ProxyDiscoveryFailed, Target: b.Names.Add(r.spanField("addr")),
			Fact: b.Names.Add(field(m, "error"))})
	}
	return parse.Other
}

// life reads the first and last lines of a process. "release 2.210.4 (sha) by
// linkerd on DATE" tells the version; its date is the build's.
func (r *record) life(l *parse.Line, b *parse.Batch) parse.Verdict {
	m := r.message
	switch {
	case has(m, "release "), has(m, "debug ") && string(r.target) == "linkerd2_proxy":
		_, version, _ := bytes.Cut(m, []byte{' '})
		version, _, _ = bytes.Cut(version, []byte{' '})
		v := string(version)
		r.state(l, b, parse.FactVersion, "proxy "+v)
		return r.event(b, parse.Event{Kind: parse.ProxyStarted, Fact: b.Names.AddString(v)})
	case has(m, "received ") && bytes.Contains(m, []byte(", starting shutdown")):
		return r.event(b, parse.Event{Kind: parse.ProxyStopping})
	case has(m, "set new log level"):
		r.state(l, b, parse.FactLogLevel, string(field(m, "level")))
		return parse.Took
	case bytes.HasSuffix(r.target, []byte("::errors")) && failing(m):
		return r.requestFailed(b)
	}
	return parse.Other
}

// state states a fact about the process.
func (r *record) state(l *parse.Line, b *parse.Batch, key, value string) {
	subject := parse.Subject(string(l.Prefix.Namespace), string(l.Prefix.Pod), string(l.Prefix.Container))
	b.Fact(l, b.Names.AddString(subject), key, value, 0, 0)
}

func (r *record) event(b *parse.Batch, e parse.Event) parse.Verdict {
	e.Severity = r.severity
	b.Add(e)
	return parse.Took
}

// requestFailed takes the error chain apart: the logical service it was for,
// the innermost cause, and the status that this era of proxies answers with.
func (r *record) requestFailed(b *parse.Batch) parse.Verdict {
	e := r.failure()
	ev := parse.Event{Kind: parse.ProxyRequestFailed, Class: uint8(e.cause), Value: float64(e.http), Fact: b.Names.Add(e.leaf)}
	if e.isGRPC {
		ev.Class |= parse.ClassGRPC
	}
	if ev.Target = b.Names.Add(e.logical); ev.Target == 0 {
		ev.Target = r.service(b)
	}
	if ev.Target == 0 {
		ev.Target = b.Names.Add(e.server)
	}
	return r.event(b, ev)
}

// service names what the spans are about: the service of a balancer's span,
// else the address the connection went to. 0 when it was blanked.
func (r *record) service(b *parse.Batch) parse.Name {
	name, ns, port := r.spanField("name"), r.spanField("ns"), r.spanField("port")
	if len(name) > 0 && len(ns) > 0 {
		text := make([]byte, 0, 64)
		text = append(append(append(text, name...), '.'), ns...)
		if len(port) > 0 {
			text = append(append(text, ':'), port...)
		}
		return b.Names.Add(text)
	}
	for _, key := range []string{"addr", "orig_dst", "target.addr"} {
		if v := r.spanField(key); len(v) > 0 {
			return b.Names.Add(v)
		}
	}
	return 0
}

// spanField is the value of a key in the innermost span that has it, empty
// when it was blanked.
func (r *record) spanField(key string) []byte {
	for i := len(r.spans); ; {
		if i = bytes.LastIndexByte(r.spans[:i], '='); i < 0 {
			return nil
		}
		from := i - len(key)
		if from < 0 || string(r.spans[from:i]) != key || from > 0 && r.spans[from-1] != '{' && r.spans[from-1] != ' ' {
			continue
		}
		v := r.spans[i+1:]
		for n, c := range v {
			if c == ' ' || c == '}' {
				return v[:n]
			}
		}
		return v
	}
}

// seconds reads "3s", "3.0" or "3.21s"; 0 when there is no number.
func seconds(b []byte) time.Duration {
	n := 0
	for n < len(b) && (b[n]-'0' <= 9 || b[n] == '.') {
		n++
	}
	v, err := strconv.ParseFloat(string(b[:n]), 64)
	if err != nil || v < 0 || v > 1e6 {
		return 0
	}
	if n+1 < len(b) && b[n] == 'm' && b[n+1] == 's' {
		v /= 1000
	}
	return time.Duration(v * float64(time.Second))
}

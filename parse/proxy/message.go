package proxy

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"faultline/parse"
)

// classify makes an event of what a message means.
func (r *record) classify(l *parse.Line, b *parse.Batch) parse.Verdict {
	m := r.said()
	switch {
	case m == nil:
		return parse.Other
	case m.read != nil:
		return m.read(*r, m, l, b)
	}
	return r.event(b, parse.Event{Kind: m.kind, Target: r.service(b)})
}

// shut reads a gate that was shut: "Service entering failfast after 3s", or
// with timeout=3.0 behind.
func (r record) shut(m *message, _ *parse.Line, b *parse.Batch) parse.Verdict {
	waited := field(r.message, "timeout")
	if _, after, ok := bytes.Cut(r.message[:min(len(r.message), most)], []byte(" after ")); ok {
		waited = after
	}
	return r.event(b, parse.Event{Kind: m.kind, Target: r.service(b), Lasted: seconds(waited), Class: r.ownClient()})
}

func (r record) opened(m *message, _ *parse.Line, b *parse.Batch) parse.Verdict {
	return r.event(b, parse.Event{Kind: m.kind, Target: r.service(b), Lasted: seconds(field(r.message, "elapsed")), Class: r.ownClient()})
}

// unconnected reads an endpoint that could not be connected to.
func (r record) unconnected(m *message, _ *parse.Line, b *parse.Batch) parse.Verdict {
	return r.event(b, parse.Event{Kind: m.kind, Target: r.service(b), Fact: b.Names.Add(r.unreached()), Class: r.ownClient()})
}

// unreached is the innermost error of a connection that failed, behind
// "endpoint ADDRESS: " where the target is a service with several of them: which
// one it was tells a stale address from a service that is down.
func (r *record) unreached() []byte {
	why := meant(field(r.message, "error")).leaf
	addr := r.endpoint()
	if len(addr) == 0 || !bytes.Contains(r.spans, []byte("service{")) && !bytes.Contains(r.spans, []byte("logical{")) {
		return why
	}
	return slices.Concat([]byte(parse.EndpointFact), addr, []byte(": "), why)
}

// undone reads a connection that ended after it was there.
func (r record) undone(m *message, _ *parse.Line, b *parse.Batch) parse.Verdict {
	return r.event(b, parse.Event{Kind: m.kind, Target: r.service(b), Fact: b.Names.Add(field(r.message, "error")), Class: r.ownClient()})
}

// closed reads a connection that carried no request and could not be served.
// That one end hung up, or reset what was served for a while, is none.
func (r record) closed(m *message, _ *parse.Line, b *parse.Batch) parse.Verdict {
	f := r.failure("")
	if bytes.Contains(f.chain, []byte(uncertifiedServer)) {
		return r.event(b, parse.Event{Kind: parse.ProxyIdentityFailed, Fact: b.Names.AddString(notCertified)})
	}
	if bytes.Contains(f.chain, []byte(unpinged)) {
		f.leaf = []byte(unpinged)
	} else if has(r.message, "Connection closed") && !f.refused() {
		return parse.Other
	}
	in := r.fields()
	e := parse.Event{Kind: m.kind, Class: uint8(f.cause), Fact: b.Names.Add(f.leaf), Target: r.wanted(&f, &in, b)}
	if e.Target == 0 {
		e.Target = b.Names.Add(field(r.message, "server.addr"))
	}
	return r.event(b, e)
}

// uncertifiedServer is how rustls refuses a connection while the proxy has no
// certificate to show (rustls src/server/hs.rs, to 0.19), and notCertified what that means.
const (
	uncertifiedServer = "no server certificate chain resolved"
	notCertified      = "not certified yet"
)

// unpinged is the error of a peer that did not answer HTTP/2 pings; its source
// says only that an operation timed out (hyper src/error.rs).
const unpinged = "keep-alive timed out"

// refused says whether an error is of a connection that was not served at all.
func (f *failure) refused() bool {
	switch f.cause {
	case parse.CauseUnknown:
		return false
	case parse.CauseIO, parse.CauseOther:
		return len(f.logical) > 0 || bytes.Contains(f.leaf, []byte("o route to host")) || bytes.Contains(f.leaf, []byte("os error 113")) ||
			bytes.Contains(f.leaf, []byte("forbidden"))
	}
	return true
}

// undetected reads a connection whose client sent nothing to tell the protocol
// by, and how long that was waited for. Towards an inbound port, and in the
// ingress mode, which is for HTTP alone, it is balancers that connect ahead and
// checks that only connect: those are none.
func (r record) undetected(m *message, _ *parse.Line, b *parse.Batch) parse.Verdict {
	waited := field(r.message, "timeout")
	if len(waited) == 0 {
		_, waited, _ = bytes.Cut(r.message, []byte(" timeout: "))
	}
	if _, after, ok := bytes.Cut(waited, []byte("timed out after ")); ok {
		waited = after
	}
	e := parse.Event{Kind: m.kind, Target: r.service(b), Lasted: seconds(waited)}
	if e.Target == 0 {
		e.Target = b.Names.Add(field(r.message, "server.addr"))
	}
	outbound := e.Target != 0 && !has(r.spans, "inbound") && !bytes.Contains(r.spans, []byte("ingress{"))
	if e.Lasted == 0 || !outbound && !has(r.message, "Handling") { // a protocol was chosen at once, or nobody waits for one
		return parse.Other
	}
	return r.event(b, e)
}

// unanswered reads a stream of the control plane's that failed.
func (r record) unanswered(m *message, _ *parse.Line, b *parse.Batch) parse.Verdict {
	e := parse.Event{Kind: m.kind, Fact: b.Names.Add(r.complaint())}
	if m.kind == parse.ProxyDiscoveryFailed {
		e.Target = r.service(b)
	}
	return r.event(b, e)
}

// misconfigured reads an answer of the control plane's that came and is of no use.
func (r record) misconfigured(m *message, _ *parse.Line, b *parse.Batch) parse.Verdict {
	return r.event(b, parse.Event{Kind: m.kind, Fact: b.Names.Add(slices.Concat([]byte(m.words), []byte(": "), r.complaint()))})
}

// complaint is the error of a stream, or the status that ended it.
func (r record) complaint() []byte {
	if fact := field(r.message, "error"); len(fact) > 0 {
		return fact
	}
	fact := field(r.message, "grpc.status")
	if said := field(r.message, "grpc.message"); len(said) > 0 {
		fact = slices.Concat(fact, []byte(": "), said)
	}
	return fact
}

// undiscovered reads a service that could not be looked up.
func (r record) undiscovered(m *message, _ *parse.Line, b *parse.Batch) parse.Verdict {
	return r.event(b, parse.Event{Kind: m.kind, Fact: b.Names.Add(field(r.message, "error"))})
}

func (r record) unresolved(m *message, _ *parse.Line, b *parse.Batch) parse.Verdict {
	return r.event(b, parse.Event{Kind: m.kind, Target: b.Names.Add(r.fields().addr), Fact: b.Names.Add(field(r.message, "error"))})
}

// uncertified reads a certificate that was not obtained.
func (r record) uncertified(m *message, _ *parse.Line, b *parse.Batch) parse.Verdict {
	fact := meant(field(r.message, "error")).leaf
	if m.state != "" {
		fact = []byte(m.state)
	} else if _, after, ok := bytes.Cut(r.message, []byte(": ")); ok && len(fact) == 0 {
		fact = meant(after).leaf // to 2.11
	}
	return r.event(b, parse.Event{Kind: m.kind, Fact: b.Names.Add(fact)})
}

// broken reads a circuit breaker that let no request to an endpoint, or does
// again.
func (r record) broken(m *message, _ *parse.Line, b *parse.Batch) parse.Verdict {
	return r.event(b, parse.Event{Kind: m.kind, Target: r.service(b), Fact: b.Names.AddString(m.state)})
}

// moved reads an address that discovery named or took back.
func (r record) moved(m *message, _ *parse.Line, b *parse.Batch) parse.Verdict {
	addr := field(r.message, "addr")
	if len(addr) == 0 {
		addr = field(r.message, "endpoint.addr") // v2.211 to v2.214
	}
	return r.event(b, parse.Event{Kind: m.kind, Target: r.service(b), Fact: b.Names.Add(addr), Class: r.ownClient()})
}

// started reads the first line of a process: "release 2.210.4 (sha) by linkerd
// on DATE" tells the version; its date is the build's.
func (r record) started(m *message, l *parse.Line, b *parse.Batch) parse.Verdict {
	_, version, _ := bytes.Cut(r.message, []byte{' '})
	version, _, _ = bytes.Cut(version, []byte{' '})
	v := string(version)
	r.state(l, b, parse.FactVersion, "proxy "+v)
	return r.event(b, parse.Event{Kind: m.kind, Fact: b.Names.AddString(v)})
}

// stopping reads one of the two lines that a stop has: the signal's, and the
// process's own.
func (r record) stopping(m *message, l *parse.Line, b *parse.Batch) parse.Verdict {
	v := r.event(b, parse.Event{Kind: m.kind})
	part := uint8(0)
	switch {
	case has(r.message, "received "):
		part = 1
	case has(r.message, "Graceful "):
		return v // long after
	}
	b.Pair(digest(l.Prefix.Pod, []byte("stop")), part, time.Second)
	return v
}

func (r record) levelled(_ *message, l *parse.Line, b *parse.Batch) parse.Verdict {
	r.state(l, b, parse.FactLogLevel, string(field(r.message, "level")))
	return parse.Took
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

// The lines in which one failed request may be told, from the one that says
// least to the one that says most. The rescue of an endpoint prints its line,
// and what it does not handle goes on to that of the logical service, which
// prints it again; what that does not know either is an unexpected error.
const (
	asUnexpected uint8 = iota
	atEndpoint
	atLogical
)

// requestFailed takes the error chain apart: the logical service it was for,
// the innermost cause, and the status that this era of proxies answers with.
func (r record) requestFailed(m *message, l *parse.Line, b *parse.Batch) parse.Verdict {
	f := r.failure("")
	e := parse.Event{Kind: m.kind, Class: uint8(f.cause), Value: float64(f.http), Fact: b.Names.Add(f.leaf)}
	if f.isGRPC {
		e.Class |= parse.ClassGRPC
	}
	switch {
	case has(r.message, remote):
		e.Class |= parse.ClassRelayed
	case has(r.spans, "inbound"):
		e.Class |= parse.ClassInbound
	}
	in := r.fields()
	e.Target = r.wanted(&f, &in, b)
	v := r.event(b, e)
	client := in.client
	if len(client) == 0 {
		return v
	}
	if has(r.spans, "outbound") && !has(r.spans, "inbound") { // the pod's own application asked
		if at := bytes.LastIndexByte(client, ':'); at > 0 && address(client) {
			b.Own(l, bytes.Trim(client[:at], "[]"))
		}
	}
	part := atLogical
	switch {
	case has(r.message, unexpected):
		part = asUnexpected
	case len(in.endpoint) > 0 || bytes.Contains(r.spans, []byte(":endpoint{")):
		part = atEndpoint
	}
	b.Pair(digest(l.Prefix.Pod, client, f.leaf), part, samePair)
	return v
}

// samePair is how far apart the lines of one failed request are at most: they
// are written one after the other, 60 to 350 µs apart on a busy machine.
const samePair = 5 * time.Millisecond

// digest is a number for some texts (FNV-1a).
func digest(texts ...[]byte) uint64 {
	h := uint64(14695981039346656037)
	for _, t := range texts {
		for _, c := range t {
			h = (h ^ uint64(c)) * 1099511628211
		}
		h *= 1099511628211 // ends the text, as a zero would
	}
	return h
}

// wanted names what a failed request or connection was for: its logical
// service, of whose address the backend tells the name.
func (r *record) wanted(f *failure, in *spanFields, b *parse.Batch) parse.Name {
	logical := f.logical
	if name := serviceName(f.backend); len(name) > 0 && (len(logical) == 0 || address(logical)) {
		if len(logical) > 0 {
			b.Learn(b.Names.Add(logical), b.Names.Add(name))
		}
		return b.Names.Add(name)
	}
	if len(logical) > 0 {
		return b.Names.Add(logical)
	}
	if len(f.server) > 0 && len(in.named()) == 0 {
		return b.Names.Add(f.server)
	}
	return r.serviceIn(in, b)
}

// serviceName writes "Service.ns.name:port" as "name.ns:port".
func serviceName(backend []byte) []byte {
	rest, ok := bytes.CutPrefix(backend, []byte("Service."))
	ns, name, dot := bytes.Cut(rest, []byte{'.'})
	if !ok || !dot || len(ns) == 0 || len(name) == 0 {
		return nil
	}
	at := bytes.LastIndexByte(name, ':')
	if at < 0 {
		at = len(name)
	}
	out := append(make([]byte, 0, len(rest)), name[:at]...)
	return append(append(append(out, '.'), ns...), name[at:]...)
}

// address says whether a name is no name: it begins as an IP address does.
func address(b []byte) bool {
	if len(b) == 0 || b[0] != '[' && b[0]-'0' > 9 {
		return false
	}
	for _, c := range b {
		if c != '.' && c != ':' && c != '[' && c != ']' && c-'0' > 9 && c-'a' > 'f'-'a' {
			return false
		}
	}
	return true
}

// service names what the spans are about: the service of a balancer's span,
// else the address the connection went to, else the port of this pod that it
// came to. 0 when it was blanked.
func (r *record) service(b *parse.Batch) parse.Name {
	in := r.fields()
	return r.serviceIn(&in, b)
}

// serviceIn is [record.service] where the fields of the spans were read.
func (r *record) serviceIn(f *spanFields, b *parse.Batch) parse.Name {
	name, ns, port := f.name, f.ns, f.port
	if len(name) > 0 && len(ns) > 0 {
		text := make([]byte, 0, 64)
		text = append(append(append(text, name...), '.'), ns...)
		if len(port) > 0 {
			text = append(append(text, ':'), port...)
		}
		n := b.Names.Add(text)
		if dialled := r.dialled(); len(dialled) > 0 {
			b.Learn(b.Names.Add(dialled), n)
		}
		return n
	}
	if v := f.named(); len(v) > 0 {
		return b.Names.Add(v)
	}
	if len(port) > 0 && has(r.spans, "inbound") {
		return b.Names.Add(append([]byte("inbound :"), port...))
	}
	return 0
}

// dialled is the address that the application dialled: that of a Service, which
// the balancer's span names behind it.
func (r *record) dialled() []byte {
	for _, span := range []string{"proxy{addr=", "ingress{addr="} {
		if _, after, ok := bytes.Cut(r.spans, []byte(span)); ok {
			addr, _, _ := bytes.Cut(after, []byte{'}'})
			if address(addr) {
				return addr
			}
		}
	}
	return nil
}

// ownClient says whether a record is of one of the proxy's own clients, of which no
// request is waiting: those of the control plane, of tracing and of tap, by the first
// span (linkerd2-proxy linkerd/app/src/lib.rs).
func (r *record) ownClient() uint8 {
	first, _, _ := bytes.Cut(r.spans, []byte{':'})
	switch string(first) {
	case "tracing", "opentelemetry", "tap":
		return parse.ClassTelemetry
	}
	if bytes.Contains(r.spans, []byte("controller{")) {
		return parse.ClassOwnClient
	}
	return 0
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

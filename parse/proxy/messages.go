package proxy

import (
	"bytes"
	"strings"

	"faultline/parse"
)

// message is one thing that a proxy says. What a line means, which lines are
// read at all, which are reported when they are not understood and what is
// shown of them all follow from the one table of these.
type message struct {
	// words begin the message; behind a "…" they stand somewhere in the first
	// bytes of it.
	words string
	// module is that of the line; behind a "…" it ends so, before one it begins
	// so; "" is any.
	module string
	// releases are the proxies that print it at info or above.
	releases string
	kind     parse.Kind
	// read makes the event; none makes one of the kind, about the service that
	// the spans name.
	read func(r record, m *message, l *parse.Line, b *parse.Batch) parse.Verdict
	// state is what the message alone says, for kinds that have states.
	state string
}

// messages are all that matters in a proxy's log. Where two fit, the earlier
// one counts. Sources: the files of linkerd2-proxy named by the modules, at the
// tags of the releases; docs/formats.md is made of this table.
var messages = []message{
	{words: "No endpoints", releases: "2.1 on; from 2.20 no control plane asks for it", kind: parse.ProxyNoEndpoints},

	{words: "… entering failfast after ", module: "…::failfast", releases: "2.10 on; balancers to 2.14", kind: parse.ProxyFailfastEnter, read: record.shut},
	{words: "Unavailable; entering failfast", releases: "2.15 on", kind: parse.ProxyFailfastEnter, read: record.shut},
	{words: "… has recovered", module: "…::failfast", releases: "2.10 on; balancers to 2.14", kind: parse.ProxyFailfastExit, read: record.opened},
	{words: "Available; exit", releases: "2.15 on", kind: parse.ProxyFailfastExit, read: record.opened},

	{words: "HTTP/… request failed", releases: "2.13 on", kind: parse.ProxyRequestFailed, read: record.requestFailed},
	{words: "gRPC request failed", releases: "2.13 on", kind: parse.ProxyRequestFailed, read: record.requestFailed},
	{words: "Request failed", releases: "2.11, 2.12", kind: parse.ProxyRequestFailed, read: record.requestFailed},
	{words: remote, releases: "2.13 on", kind: parse.ProxyRequestFailed, read: record.requestFailed},
	{words: "Failed to proxy request", releases: "2.7 to 2.10", kind: parse.ProxyRequestFailed, read: record.requestFailed},
	{words: unexpected, module: "linkerd_app_inbound…", releases: "2.11 on", kind: parse.ProxyRequestFailed, read: record.requestFailed},
	{words: unexpected, module: "linkerd_app_outbound…", releases: "2.11 on", kind: parse.ProxyRequestFailed, read: record.requestFailed},
	{words: oldUnexpected, module: "…::errors", releases: "to 2.6", kind: parse.ProxyRequestFailed, read: record.requestFailed},
	{words: oldDeadline, module: "…::errors", releases: "to 2.6", kind: parse.ProxyRequestFailed, read: record.requestFailed},
	{words: oldCapacity, module: "…::errors", releases: "to 2.6", kind: parse.ProxyRequestFailed, read: record.requestFailed},
	{words: oldOverload, module: "…::errors", releases: "to 2.6", kind: parse.ProxyRequestFailed, read: record.requestFailed},

	{words: "Failed to connect", releases: "all", kind: parse.ProxyConnectFailed, read: record.unconnected},
	{words: "Service failed", module: "linkerd_reconnect…", releases: "2.9 on", kind: parse.ProxyConnectFailed, read: record.undone},
	{words: "Service failed", module: "linkerd2_reconnect…", releases: "to 2.9", kind: parse.ProxyConnectFailed, read: record.undone},
	{words: "Connection closed", module: "linkerd_app_core::serve", releases: "2.10 to v2.339", kind: parse.ProxyTCPFailed, read: record.closed},
	{words: "Connection closed", module: "linkerd2_app_core::serve", releases: "2.9", kind: parse.ProxyTCPFailed, read: record.closed},
	{words: "Server failed to become ready", releases: "2.9 on", kind: parse.ProxyTCPFailed, read: record.closed},

	// The client of the destination says "policy controller" too since 2.15: the
	// module tells whose stream failed.
	{words: "Unexpected destination controller response", releases: "2.14.3 to 2.14.10", kind: parse.ProxyDiscoveryFailed, read: record.unanswered},
	{words: "Unexpected policy controller response", module: "linkerd_app::dst", releases: "2.15 on", kind: parse.ProxyDiscoveryFailed, read: record.unanswered},
	{words: "Unexpected policy controller response", releases: "2.14.3 on", kind: parse.ProxyPolicyWatchFailed, read: record.unanswered},
	{words: "Failed to resolve control-plane component", releases: "2.10 on", kind: parse.ProxyDiscoveryFailed, read: record.unresolved},
	{words: "Failed to resolve profile", module: "linkerd_app_outbound…", releases: "2.13.0", kind: parse.ProxyDiscoveryFailed, read: record.undiscovered},
	{words: "Using default service profile after timeout", releases: "2.8", kind: parse.ProxyDiscoveryFailed, read: record.undiscovered},
	{words: "Destination.Get stream error", releases: "to 2.5", kind: parse.ProxyDiscoveryFailed, read: record.undiscovered},
	{words: "Could not fetch profile", releases: "to 2.10", kind: parse.ProxyDiscoveryFailed, read: record.undiscovered},
	{words: "profile client died", releases: "to 2.10", kind: parse.ProxyDiscoveryFailed, read: record.undiscovered},
	{words: "Error resolving ServiceProfile", releases: "2.13.3 on", kind: parse.ProxyDiscoveryFailed, read: record.undiscovered},
	{words: "Discovery stream ended", releases: "2.9 to 2.12", kind: parse.ProxyDiscoveryFailed, read: record.undiscovered},
	{words: "Discovery task failed", releases: "2.8 to 2.12", kind: parse.ProxyDiscoveryFailed, read: record.undiscovered},
	{words: "Dropping resolution", releases: "2.8 to 2.12", kind: parse.ProxyDiscoveryFailed, read: record.undiscovered},
	{words: "The balancer is not processing discovery updates", releases: "2.14.2 to 2.14.10", kind: parse.ProxyDiscoveryFailed, read: record.undiscovered},
	{words: "Server misconfigured", releases: "2.11 on", kind: parse.ProxyPolicyWatchFailed, read: record.misconfigured},
	{words: "Client policy misconfigured", releases: "2.13 on", kind: parse.ProxyPolicyWatchFailed, read: record.misconfigured},
	{words: "Policy controller returned", releases: "2.13.3 on", kind: parse.ProxyPolicyWatchFailed, read: record.unanswered},

	{words: "Failed to obtain identity", releases: "2.12 on", kind: parse.ProxyIdentityFailed, read: record.uncertified},
	{words: "Failed to certify identity", releases: "to 2.11", kind: parse.ProxyIdentityFailed, read: record.uncertified},
	{words: "Waiting for identity to be initialized", releases: "2.11 on", kind: parse.ProxyIdentityFailed, read: record.uncertified, state: notCertified},
	{words: "Received invalid certificate", releases: "to 2.11", kind: parse.ProxyIdentityFailed, read: record.uncertified},
	{words: "Received invalid ceritficate", releases: "to 2.9", kind: parse.ProxyIdentityFailed, read: record.uncertified},
	{words: "Failed to read authentication token", releases: "to 2.11", kind: parse.ProxyIdentityFailed, read: record.uncertified},
	{words: "Error processing SVID update", releases: "2.15 on", kind: parse.ProxyIdentityFailed, read: record.uncertified},
	{words: "Unexpected SPIRE Workload API response", releases: "2.15 on", kind: parse.ProxyIdentityFailed, read: record.unanswered},

	// "closed" and "reopened" are of the traffic, not of an electrician's breaker.
	{words: "Consecutive failure-accrual breaker closed", releases: "2.13 on", kind: parse.ProxyBreaker, read: record.broken, state: "tripped"},
	{words: "Consecutive failure-accrual breaker reopened", releases: "2.13 on", kind: parse.ProxyBreaker, read: record.broken, state: "recovered"},
	{words: "Unified circuit breaker tripped", releases: "v2.366 on", kind: parse.ProxyBreaker, read: record.broken, state: "tripped"},
	{words: "Unified circuit breaker reopened", releases: "v2.366 on", kind: parse.ProxyBreaker, read: record.broken, state: "recovered"},
	{words: "Adding endpoint", releases: "2.15 on", kind: parse.ProxyEndpointAdded, read: record.moved},
	{words: "Removing endpoint", releases: "2.15 on", kind: parse.ProxyEndpointRemoved, read: record.moved},

	// The outbound side says so of every detection that timed out, the inbound one
	// of those that a policy lets pass all the same.
	{words: "Continuing after timeout", releases: "2.11 on", kind: parse.ProxyUndetected, read: record.undetected},
	{words: "Handling connection as ", releases: "2.11 on", kind: parse.ProxyUndetected, read: record.undetected},

	{words: "Request denied", releases: "2.11 on", kind: parse.ProxyDenied},
	{words: "Connection denied", releases: "2.11 on", kind: parse.ProxyDenied},
	{words: "Connection terminated due to policy change", releases: "2.11 on", kind: parse.ProxyDenied},

	{words: "release ", module: "linkerd2_proxy", releases: "2.14 on; the date is the build's", kind: parse.ProxyStarted, read: record.started},
	{words: "debug ", module: "linkerd2_proxy", releases: "builds of one's own", kind: parse.ProxyStarted, read: record.started},
	{words: "received …, starting shutdown", releases: "all", kind: parse.ProxyStopping, read: record.stopping},
	// The signal itself is told by the line before: one stop, one event.
	{words: "Received shutdown via", releases: "2.10 on", kind: parse.ProxyStopping, read: record.stopping},
	{words: "Graceful shutdown did not complete", releases: "2.12 on", kind: parse.ProxyStopping, read: record.stopping},
	{words: "set new log level", releases: "2.8 on", read: record.levelled},
}

// passed are the other messages at info and above, and why no event is made of
// them. They are known; nothing is decided by them.
var passed = []struct{ words, why string }{
	{"Received shutdown signal", "the line before it names the signal, and is the event"},
	{"Certified identity", "the proxy has its certificate: what was to be"},
	{"Ignoring a discovery update", "a target changed its protocol"},
	{"http2 service errored", "hyper's echo of a failed request that has its own line"},
	{"Received a ClientHello handshake message", "rustls's remark about a peer; a connection that fails has its own line"},
	{"Server failed to accept connection", "the client was gone before its connection was accepted"},
	{"Updating endpoint", "an address that is known already"},
	{"Outbound routing in ingress-mode", "configuration"},
	{"Using ", "configuration: the runtime"},
	{"Admin interface on ", "configuration"},
	{"Inbound interface on ", "configuration"},
	{"Outbound interface on ", "configuration"},
	{"Tap ", "configuration"},
	{"Local identity is ", "configuration"},
	{"SNI is ", "configuration"},
	{"Identity verified via ", "configuration"},
	{"Destinations resolved via ", "configuration"},
	{"Span dropped", "telemetry"},
}

// most is how far into a message the words behind a "…" may stand.
const most = 64

// finder is the table of messages by their first byte, those that may begin
// with anything last.
type finder struct {
	first    [256][]*message
	anywhere []*message
}

var found = newFinder()

func newFinder() (f finder) {
	for i := range messages {
		m := &messages[i]
		if begin, _, _ := strings.Cut(m.words, "…"); begin != "" {
			f.first[begin[0]] = append(f.first[begin[0]], m)
		} else {
			f.anywhere = append(f.anywhere, m)
		}
	}
	return f
}

// message finds what a record says; nil is nothing of interest.
func (r *record) said() *message {
	if len(r.message) == 0 {
		return nil
	}
	for _, list := range [][]*message{found.first[r.message[0]], found.anywhere} {
		for _, m := range list {
			if m.in(r.message) && m.by(r.target) {
				return m
			}
		}
	}
	return nil
}

// in says whether a message begins with the words, or holds them.
func (m *message) in(text []byte) bool {
	begin, rest, split := strings.Cut(m.words, "…")
	if !split {
		return has(text, m.words)
	}
	return has(text, begin) && bytes.Contains(text[len(begin):min(len(text), len(begin)+most)], []byte(rest))
}

// by says whether a module is the message's.
func (m *message) by(module []byte) bool {
	begin, end, split := strings.Cut(m.module, "…")
	switch {
	case m.module == "":
		return true
	case split && begin != "":
		return has(module, begin)
	case split:
		return bytes.HasSuffix(module, []byte(end))
	}
	return string(module) == m.module
}

// phrases are the words of all messages, as they stand in a plain line: of
// those too short to look for, with what stands before them.
func phrases(of func(*message) bool) (out []string) {
	const short = 10
	for i := range messages {
		m := &messages[i]
		if !of(m) {
			continue
		}
		begin, rest, split := strings.Cut(m.words, "…")
		words := begin
		if split {
			words = rest
		}
		if len(words) < short {
			words = m.module + ": " + words
		}
		out = append(out, words)
	}
	return out
}

// urgent says whether a line that holds a message's words and was not
// understood should be reported, even from the midst of prose.
func (m *message) urgent() bool {
	switch m.kind {
	case parse.ProxyStarted, parse.ProxyStopping, parse.ProxyDenied, parse.KindNone:
		return false
	}
	return len(m.words) >= len("No endpoints")
}

package parse

import (
	"bytes"
	"unicode/utf8"

	"faultline/parse/lex"
)

// Call is what a program says of a call of its own that failed, in the words of
// its language's runtime or of what answered.
type Call struct {
	// Target is whom it called, as far as the text tells: an address, a host
	// with its port, or a host.
	Target []byte
	// Status is that of an answer of 502, 503 or 504; 0 where none came.
	Status int
}

// callPhrases are the words by which a failed call is known, whatever the
// language (Go net and net/http; the JDK's java.net and Apache HttpClient; glibc's
// strerror, libcurl, Python's socket, http.client, urllib3, requests and aiohttp;
// Node's net and undici; .NET's SocketError and HttpClient; Ruby's Errno; Rust's
// std::io; gRPC's status codes; the bodies of Envoy, nginx and Kong; the pools and breakers
// of HikariCP, SQLAlchemy, PostgreSQL, MySQL, Resilience4j, gobreaker and Polly). A first letter that
// may be a capital is left out.
var callPhrases = []string{
	"onnection refused", "ECONNREFUSED", "onnectionRefused", "actively refused", "onnection reset", "ECONNRESET", "onnectionReset",
	"ETIMEDOUT", "ESOCKETTIMEDOUT", "socket hang up", "client connection lost", "o route to host", "EHOSTUNREACH", "ENETUNREACH", "etwork is unreachable",
	"no such host", "ENOTFOUND", "EAI_AGAIN", "UnknownHostException", "ame or service not known", "in name resolution", "getaddrinfo",
	"i/o timeout", "ontext deadline exceeded", "DeadlineExceeded", "DEADLINE_EXCEEDED", "onnect timed out", "onnection timed out", "ead timed out",
	"onnectTimeout", "ReadTimeout", "(connect timeout=", "SocketTimeoutException", "Client.Timeout", "upstream connect error", "o healthy upstream",
	"upstream request timeout", "mpty reply from server", "failed to respond", "emote end closed connection", "erver disconnected", "Cannot connect to host",
	"onnection aborted", "code = Unavailable", "StatusCode.UNAVAILABLE", "UNAVAILABLE: io exception", "502 Bad Gateway", "503 Service", "504 Gateway", "502 BAD_GATEWAY", "503 SERVICE_UNAVAILABLE", "504 GATEWAY_TIMEOUT", "http: proxy error: ",
	"status code 50", "status code: 50", "statusCode=50", "indicate success: 50", "unexpected EOF", "closed the connection unexpectedly", "eer closed connection",
	"ailed to verify certificate", "PKIX path", "CERTIFICATE_VERIFY_FAILED", "certificate verify failed", "CERT_HAS_EXPIRED", "verify the first certificate", "policy rejection:",
	"proxy error: EOF", "proxy error: context canceled", "no servers could be reached", "server can't find", EnvoyReply + "upstream_", EnvoyReply + "no_healthy_upstream", EnvoyReply + "cluster_not_found", EnvoyReply + "overload",
	"ailed calling webhook", "ailed to call webhook",
	"HTTP/2 502", "HTTP/2 503", "HTTP/2 504", "o server is available to handle", "erver didn't respond in time", "a peer from the ring-balancer",
	"upstream server is timing out", "o available server", "ame resolution failed", "o Route matched with those values",
	"losed BEFORE response", "annot assign requested address", "EADDRNOTAVAIL", "mmediate connect error: ", "mmediate connection error: ", "] connect timeout",
	"rror reverse proxying request", "hile waiting for deployment ", "TLS handshake timeout", "transport is closing", "losed after GOAWAY", "OPEN and does not permit", "ircuit breaker is open", "circuit is now open", "BrokenCircuitException",
	"onnection is not available, request timed out after", "QueuePool limit of size", "oo many clients already", "connection slots are reserved", "oo many connections", "oo many open files",
}

// answerHeads are how the first line of an answer begins as curl shows it, with -i or
// with -v.
var answerHeads = lex.NewBeginnings("HTTP/1.1 50", "HTTP/1.0 50", "HTTP/2 50", "< HTTP/1.1 50", "< HTTP/1.0 50", "< HTTP/2 50")

// answerBodies are how what gateways say in an answer of their own begins: Envoy
// (source/common/http/utility.cc, source/common/router/router.cc), HAProxy (src/http.c),
// Kong (kong/error_handlers.lua), Traefik (pkg/server/service/loadbalancer/wrr).
var answerBodies = lex.NewBeginnings("upstream connect error", "No server is available to handle", "The server didn't respond in time",
	`{"message":"failure to get a peer`, `{"message":"The upstream server is timing out`, `{"message":"name resolution failed`)

// Answered says whether a line is of a gateway's answer as somebody pasted it: its
// first line, or its body, which says more.
func Answered(text []byte) (head, body bool) {
	switch string(text) {
	case "no healthy upstream", "upstream request timeout", "no available server": // all that is said
		return false, true
	}
	return answerHeads.Before(text), answerBodies.Before(text)
}

// EnvoyOwn are words of what an Envoy says at level debug of a request or a connection of its own
// that failed: what it answers in place of an upstream, and why it could not connect (envoy
// source/common/network/connection_impl.cc, source/common/conn_pool/conn_pool_base.cc).
var EnvoyOwn = NewPhrases([]string{EnvoyReply, "mmediate connect error: ", "mmediate connection error: ", "] connect timeout"})

// EnvoyReply are the words of an Envoy that answers in place of an upstream, at level
// debug; what follows says why (envoy source/common/http/filter_manager.cc,
// envoy/stream_info/stream_info.h, ResponseCodeDetailValues).
const EnvoyReply = "ocal reply with details "

// callers are words of lines that tell of who called, not of a call: what such a
// line says of a connection is the client's end of it; Istio's agent asks the Envoy that
// it starts. Others are a server's that
// sends on a stream which its client opened (linkerd2 controller/api/destination).
var callers = []string{"TLS handshake error from ", "ClientAbortException", "lient disconnected", "lient closed", "by client", " update: rpc error",
	"http: proxy error: context canceled", "grpc: Server.", "Envoy proxy is NOT ready: "}

var callWords = NewPhrases(callPhrases)

// CallWords are the words of which one stands in each text that tells of a failed
// call.
func CallWords() []string { return callPhrases }

// CallText is what is kept of a long text with the event: from a little before the
// words on, as what was tried stands before them.
func CallText(text []byte) []byte {
	const longest, before = 320, 120
	text = bytes.TrimSpace(text)
	if len(text) <= longest {
		return text
	}
	at := len(text)
	for _, w := range callPhrases {
		if i := bytes.Index(text, []byte(w)); i >= 0 && i < at {
			at = i
		}
	}
	text = text[min(max(0, at-before), len(text)-longest):]
	for len(text) > longest && !utf8.RuneStart(text[0]) { // a character that was cut
		text = text[1:]
	}
	n := longest
	for n > longest-utf8.UTFMax && !utf8.RuneStart(text[min(n, len(text)-1)]) {
		n--
	}
	return text[:n]
}

// FailedCall finds in a text that a call failed; ok is false for one that tells of
// none.
func FailedCall(text []byte) (c Call, ok bool) {
	if !callWords.In(text) || countsNone(text) {
		return c, false
	}
	said := callPartsOf(text)
	if said.callers != 0 {
		return c, false
	}
	return Call{Target: calledIn(text, said), Status: answeredIn(text, said)}, true
}

// countsNone says whether all the words of failed calls in a text are the name of a
// count that is zero: "connection refused count=0", "no healthy upstream metric = 0".
func countsNone(text []byte) bool {
	if bytes.IndexByte(text, '0') < 0 {
		return false
	}
	none := true
	callWords.words().each(text, func(p *place, at int) { none = none && isZero(text[at+len(p.word):]) })
	return none
}

// isZero says whether a text begins with a count of zero, behind what such counts are called.
func isZero(text []byte) bool {
	text, named := bytes.TrimLeft(text, "_ s"), false
	for _, name := range []string{"errors", "error", "metric", "counter", "count", "total"} {
		if rest, ok := bytes.CutPrefix(text, []byte(name)); ok {
			text, named = bytes.TrimLeft(rest, "_ "), true
		}
	}
	bare := bytes.TrimLeft(text, ":= ")
	digits, n, ok := lex.Digits(bare)
	ended := n == len(bare) || bytes.IndexByte([]byte(" ,;)]}"), bare[n]) >= 0
	return ok && digits == 0 && ended && (named || bytes.HasPrefix(bytes.TrimLeft(text, " "), []byte("=")))
}

// Hintless says that a search of the line found none of the hints of a [Format.Stranger],
// which need not be looked for once more.
func (l *Line) Hintless() bool { return l.hintless }

// FailedCall is [FailedCall] of the line's text.
func (l *Line) FailedCall() (c Call, ok bool) {
	if l.hintless {
		return c, false
	}
	return FailedCall(l.Text)
}

// answers are the words of a gateway's answer, and where its status stands behind their
// beginning.
var answers = []struct {
	words string
	at    int
}{{"HTTP/2 50", 7}, {"502 Bad Gateway", 0}, {"503 Service", 0}, {"504 Gateway", 0}, {"502 BAD_G", 0}, {"503 SERVICE", 0}, {"504 GATEWAY", 0},
	{"status code 50", 12}, {"status code: 50", 13}, {"statusCode=50", 11}, {"indicate success: 50", 18}}

// answeredIn is the status of a gateway's answer in a text that tells of a
// failed call, 0 where there is none.
func answeredIn(text []byte, said callParts) int {
	for i, p := range answers {
		if said.answers>>i&1 == 0 {
			continue
		}
		at := bytes.Index(text, []byte(p.words)) + p.at
		if len(text) < at+3 {
			continue
		}
		if c := text[at+2]; c >= '2' && c <= '4' {
			return 500 + int(c-'0')
		}
	}
	return 0
}

// calledBefore are words behind which stands whom a program called: Go's dialer,
// Node's errors, libcurl, whoever prints the URL, and before all Istio's ztunnel,
// which names the two ends (istio/ztunnel src/proxy/metrics.rs).
var calledBefore = []string{"dst.service=\"", "dial tcp ", "dial udp ", "dialing ", "ECONNREFUSED ", "ETIMEDOUT ", "EHOSTUNREACH ", "ENOTFOUND ", "EAI_AGAIN ", "ailed to connect to ", "onnect to host ",
	"TCP connection to ", "onnect to remote host (", "lookup ", "host='", "://", "onnect to ", "efused (", "efused: ", "onnection to "}

// calledIn is whom a text says was called: the address that was dialled, before
// the host of a URL, before a name.
func calledIn(text []byte, said callParts) []byte {
	for i, before := range calledBefore {
		if said.targets>>i&1 == 0 {
			continue
		}
		for rest := text; ; {
			_, after, found := bytes.Cut(rest, []byte(before))
			if !found {
				break
			}
			if host := hostIn(after); host != nil && !bytes.HasSuffix(rest[:len(rest)-len(before)-len(after)], []byte("spiffe")) {
				return host // an identity is none
			}
			rest = after
		}
	}
	return nil
}

// hostIn is the host, with its port where one follows, at the beginning of a text;
// nil where there stands something else.
func hostIn(text []byte) []byte {
	text = bytes.TrimLeft(text, `"'\[`)
	if i := bytes.IndexByte(text, '/'); i > 0 && i < len(text)-1 && text[i+1] >= '0' && text[i+1] <= '9' &&
		hostEnd(text[:i]) == i { // Java prints name/address:port
		text = text[i+1:]
	}
	n := hostEnd(text)
	host, rest := bytes.Trim(text[:n], ".-"), text[n:]
	if len(host) == 0 || len(host) > longestHost {
		return nil
	}
	ported := false
	for _, before := range []string{":", " port ", "', port=", `" port `} {
		digits, found := bytes.CutPrefix(rest, []byte(before))
		if !found {
			continue
		}
		if _, w, ok := lex.Digits(digits); ok && w <= 5 {
			host, ported = append(append(append([]byte{}, host...), ':'), digits[:w]...), true
		}
		break
	}
	if !ported && bytes.IndexByte(host, '.') < 0 && !bytes.HasPrefix(rest, []byte("/")) && !bytes.HasPrefix(rest, []byte("'")) {
		return nil // a word of a sentence
	}
	return host
}

// longestHost is the length of the longest name in DNS (RFC 1035, 3.1).
const longestHost = 253

func hostEnd(text []byte) int {
	n := 0
	for n < len(text) && (isAlnum(text[n]) || text[n] == '.' || text[n] == '-' || text[n] == '_') {
		n++
	}
	return n
}

// ClassMild marks a call of which the program says that it failed as something of
// no consequence: at level info or below.
const ClassMild = 1

// CallFailed adds an event of a call that failed. goesOn says that the line has no
// time and may only say again, in the trace of an error, what the lines before it
// have said: then it is the same event.
func (b *Batch) CallFailed(c Call, words []byte, l *Line, goesOn bool) Verdict {
	class := uint8(0)
	if l.Severity != SeverityNone && l.Severity <= Info {
		class = ClassMild
	}
	b.Add(Event{Kind: AppCallFailed, Class: class, Severity: l.Severity, Value: float64(c.Status), Target: b.Names.Add(c.Target),
		Fact: b.Names.Add(words)})
	part := uint8(1)
	if _, body := Answered(words); body {
		part = 2 // of the answer whose first line stands before it
	}
	if goesOn {
		part = again
	}
	b.Pair(l.callID(), part, 0)
	return Took
}

// OfAnswer says that the event added last is what a proxy says in the head of an
// answer, whose first line and body tell of the same call.
func (b *Batch) OfAnswer(l *Line) { b.Pair(l.callID(), 3, 0) }

// callID is one number for the failed calls of a program.
func (l *Line) callID() uint64 {
	return uint64(lex.Fingerprint([]byte("call"), l.Prefix.Pod, l.Prefix.Container))
}

package known

import "regexp"

// Harmless is a line that looks bad and is not.
type Harmless struct {
	// Name is short, for lists; Why says in a sentence why it does no harm.
	Name, Why string
	line      *regexp.Regexp
}

// Benign are lines of level warn and above that programs print in the normal
// course of things, each with where that is known from. What is said of none of
// them is that nothing else was wrong.
var Benign = []Harmless{
	{"own container not up yet", "the container beside the proxy listens a little after it (linkerd2 startup order); it would matter if it went on for a minute",
		regexp.MustCompile(`Failed to connect.*(127\.0\.0\.1|localhost):(8086|8090)\b`)},
	{"client hung up", "a client closed its connection (linkerd2-proxy prints it for every one until v2.339)",
		regexp.MustCompile(`Connection closed.*connection closed before message completed`)},
	{"stream came to its end", "streams of the control plane are limited in time, and are opened again (linkerd2-proxy since 2.15)",
		regexp.MustCompile(`Completed; retrying with a backoff`)},
	{"DNS refinement", "the proxy goes on with the address it has (linkerd2-proxy 2.8)",
		regexp.MustCompile(`DNS refinement timed out`)},
	{"TLS handshake of a health check", "health checks and port scans open a connection and say nothing (net/http server.go)",
		regexp.MustCompile(`http: TLS handshake error from .*: EOF`)},
	{"owner of a pod not found", "it is asked for labels only (linkerd2 destination since 2.14)",
		regexp.MustCompile(`failed to retrieve replicaset .*not found|from direct API call .*(forbidden|not found)`)},
	{"endpoint without a proxy container", "a flood of lines and no more, gone with linkerd2 #13758",
		regexp.MustCompile(`failed to find LINKERD2_PROXY_INBOUND_LISTEN_ADDR`)},
	{"old token", "until the pod restarts it has the token of before the upgrade (linkerd2 identity)",
		regexp.MustCompile(`using old token format`)},
	{"watch ended", "every informer's watch ends within ten minutes and is opened again (client-go reflector.go); only series of them matter",
		regexp.MustCompile(`watch of \*v\d\w*\.\w+ ended with|[Ww]atch ended with error|too old resource version`)},
	{"gateway probe below the threshold", "up to two in a row are tolerated (linkerd2 service-mirror since 2.17)",
		regexp.MustCompile(`problem connecting with gateway|gateway returned unexpected status`)},
	{"scanner at the TLS port", "a client that cannot or will not finish a handshake (ngx_event_openssl.c)",
		regexp.MustCompile(`SSL_do_handshake\(\) failed .*while SSL handshaking, client:`)},
	{"istiod's streams renewed", "istiod closes connections after thirty minutes (keepaliveMaxServerConnectionAge in its chart)",
		regexp.MustCompile(`(Stream|Delta)AggregatedResources .*closed`)},
	{"response kept in a file", "a response larger than nginx's buffers (ngx_event_pipe.c)",
		regexp.MustCompile(`is buffered to a temporary file`)},
}

// BenignLine finds the harmless line that a text is one of; ok is false for
// all others.
func BenignLine(text string) (h Harmless, ok bool) {
	for _, h := range Benign {
		if h.line.MatchString(text) {
			return h, true
		}
	}
	return Harmless{}, false
}

package known

import (
	"slices"
	"strings"
	"sync"

	"faultline/parse"
)

// Word is what an error text says about where a call ended, whoever printed
// it. Code is a diagnosis of docs/diagnoses.md.
type Word struct {
	// Text must stand in the error, And too where it is set, Not must not; all
	// in lower case, spaces may be underscores.
	Text, And, Not string
	Code           string
	// Sure says that the words alone say it; else they are one witness.
	Sure bool
}

// Words are asked in this order, the more particular first: errors are chains,
// and the innermost part of one says most.
var Words = []Word{
	// Envoy, of its own configuration, whatever ended the stream (source/extensions/config_subscription/grpc/grpc_stream.h).
	{Text: "grpc config stream", Code: "config_sync_failed", Sure: true},
	// ingress-nginx, of what it refuses to serve (internal/ingress/annotations/annotations.go, errors.LocationDenied).
	{Text: "error reading ingress annotation", Code: "configured_answer", Sure: true},
	// Clocks and certificates (Go crypto/x509, rustls, linkerd2 pkg/tls/cred.go, pkg/issuercerts).
	{Text: "certificate has expired", Code: "certificate_expiry", Sure: true},
	{Text: "clientcertexpired", Code: "certificate_expiry", Sure: true}, // of AWS' balancers
	{Text: "clientcertnotyetvalid", Code: "certificate_expiry", Sure: true},
	{Text: "certificate expired", Code: "certificate_expiry", Sure: true},
	{Text: "not yet valid", Code: "certificate_expiry", Sure: true},
	{Text: "notvalidyet", Code: "certificate_expiry", Sure: true},
	{Text: "invalid peer certificate: expired", Code: "certificate_expiry", Sure: true},
	{Text: "ca cert validation failure", Code: "certificate_expiry", Sure: true},
	{Text: "not valid anymore", Code: "certificate_expiry", Sure: true},
	{Text: "not valid before", Code: "certificate_expiry", Sure: true},
	// The redirect of a meshed pod (linkerd2-proxy-init).
	{Text: "rule_append failed", Code: "init_network_failed", Sure: true},
	{Text: "could not fetch rule set generation id", Code: "init_network_failed", Sure: true},
	{Text: "aborting firewall configuration", Code: "init_network_failed", Sure: true},
	{Text: "initialize iptables table", Code: "init_network_failed", Sure: true},
	{Text: "failed to validate networking configuration", Code: "init_network_failed", Sure: true},
	{Text: "unable to connect to validator", Code: "init_network_failed", Sure: true},
	// Admission webhooks (k8s.io/apiserver pkg/admission/plugin/webhook).
	{Text: "failed calling webhook", Code: "webhook_failed", Sure: true},
	{Text: "failed to call webhook", Code: "webhook_failed", Sure: true},
	{Text: "failing or missing response from", Code: "webhook_failed"}, // an aggregated API, which is called as they are
	// TLS (rustls, OpenSSL, Go crypto/tls, Envoy's transport failure reason).
	{Text: "invalidcontenttype", Code: "tls_mismatch", Sure: true},
	{Text: "wrong_version_number", Code: "tls_mismatch", Sure: true},
	{Text: "wrong version number", Code: "tls_mismatch", Sure: true},
	{Text: "first record does not look like a tls handshake", Code: "tls_mismatch", Sure: true},
	{Text: "certificate_verify_failed", Code: "tls_mismatch", Sure: true},
	{Text: "ssl_do_handshake() failed", And: "upstream", Code: "tls_mismatch", Sure: true},
	{Text: "unknownissuer", Code: "tls_mismatch", Sure: true},
	{Text: "certificate signed by unknown authority", Code: "tls_mismatch", Sure: true},
	{Text: "invalid peer certificate", Code: "tls_mismatch", Sure: true},
	{Text: "tls_error", Code: "tls_mismatch", Sure: true},
	{Text: "plain http request was sent to https port", Code: "tls_mismatch", Sure: true},
	{Text: "server gave http response to https client", Code: "tls_mismatch", Sure: true},
	{Text: "malformed http response \"\\x15", Code: "tls_mismatch", Sure: true},
	{Text: "x509:", Code: "tls_mismatch", Sure: true},
	{Text: "cert has expired", Code: "certificate_expiry", Sure: true},
	{Text: "pkix path validation failed: java.security.cert.certpathvalidatorexception: validity check failed", Code: "certificate_expiry", Sure: true},
	{Text: "pkix path", Code: "tls_mismatch", Sure: true},
	{Text: "certificate verify failed", Code: "tls_mismatch", Sure: true},
	{Text: "verify the first certificate", Code: "tls_mismatch", Sure: true},
	// Istio's ztunnel (src/proxy/metrics.rs, src/rbac.rs).
	{Text: "policy rejection", Code: "policy_denied", Sure: true},
	// Objects (linkerd2 controller/api/destination/watcher, k8s.io/apimachinery validation).
	{Text: "invalid value", Code: "invalid_resource", Sure: true},
	{Text: "failed to create selector", Code: "invalid_resource", Sure: true},
	{Text: "failed to set address opaqueprotocol", Code: "invalid_resource", Sure: true},
	{Text: "misconfigured", Code: "invalid_resource"},
	{Text: "iptables-restore", Code: "kube_proxy_stale", Sure: true},
	// Addresses (destination, linkerd2 controller/api/destination/watcher).
	{Text: "found conflicting", Code: "conflicting_ip", Sure: true},
	{Text: "ip address conflict", Code: "conflicting_ip", Sure: true},
	{Text: "does not define port", Code: "undefined_port", Sure: true},
	{Text: "forbidden tcp route", Code: "undefined_port", Sure: true},
	// Rights (k8s.io/apiserver pkg/endpoints/handlers/responsewriters/errors.go).
	{Text: "is forbidden: user", Code: "rbac_denied", Sure: true},
	{Text: "cannot list resource", Code: "rbac_denied", Sure: true},
	{Text: "cannot watch resource", Code: "rbac_denied", Sure: true},
	{Text: "cannot get resource", Code: "rbac_denied", Sure: true},
	// The store behind the API server (etcd server/etcdserver/api/v3rpc/rpctypes, k3s kine).
	{Text: "etcdserver: request timed out", Code: "etcd_slow", Sure: true},
	{Text: "etcdserver: leader changed", Code: "etcd_slow", Sure: true},
	{Text: "etcdserver: too many requests", Code: "etcd_slow", Sure: true},
	{Text: "etcdserver: no leader", Code: "etcd_slow", Sure: true},
	{Text: "etcd-client", And: "deadlineexceeded", Code: "etcd_slow", Sure: true},
	{Text: "slow sql", Code: "etcd_slow"},
	{Text: "took too long", Code: "etcd_slow"},
	{Text: "slow fdatasync", Code: "etcd_slow"},
	{Text: "failed to send out heartbeat", Code: "etcd_slow"},
	// The caller's own limits (client-go rest/request.go).
	{Text: "client-side throttling", Code: "api_client_throttled", Sure: true},
	{Text: "client rate limiter wait returned an error", Code: "api_client_throttled", Sure: true},
	{Text: "throttling request took", Code: "api_client_throttled", Sure: true},
	{Text: "waited before sending request", Code: "api_client_throttled", Sure: true},
	// The API server itself (k8s.io/apiserver pkg/server/filters).
	{Text: "timeout: request did not complete", Code: "apiserver_slow", Sure: true},
	{Text: "http: handler timeout", Code: "apiserver_slow", Sure: true},
	{Text: "unable to return a response in the time allotted", Code: "apiserver_slow", Sure: true},
	{Text: "the server was unable to return a response", Code: "apiserver_slow", Sure: true},
	{Text: "the server has received too many requests", Code: "apiserver_slow", Sure: true},
	{Text: "post-timeout activity", Code: "apiserver_slow", Sure: true},
	// A lease that was not renewed in time (client-go tools/leaderelection, controller-runtime pkg/manager/internal.go).
	{Text: "leaderelection lost", Code: "apiserver_slow"},
	{Text: "leader election lost", Code: "apiserver_slow"},
	{Text: "lost master", Code: "apiserver_slow"}, // Kubernetes' own to 1.11
	// Names (Go net, glibc, nginx, linkerd/dns).
	{Text: "no such host", Code: "dns_failure", Sure: true},
	{Text: "nxdomain", Code: "dns_failure", Sure: true},
	{Text: "server misbehaving", Code: "dns_failure", Sure: true},
	{Text: "servfail", Code: "dns_failure", Sure: true},
	{Text: "temporary failure in name resolution", Code: "dns_failure", Sure: true},
	{Text: "name or service not known", Code: "dns_failure", Sure: true},
	{Text: "host not found", Code: "dns_failure", Sure: true},
	{Text: "could not be resolved", Code: "dns_failure", Sure: true},
	{Text: "name resolution failed", Code: "dns_failure", Sure: true},
	{Text: "lookup ", And: "i/o timeout", Code: "dns_failure", Sure: true},
	{Text: "failed srv and a record lookups", Code: "dns_failure", Sure: true},
	{Text: "plugin/errors: ", And: "i/o timeout", Code: "dns_failure", Sure: true}, // CoreDNS, of whom it asks itself
	{Text: ":53: i/o timeout", Code: "dns_failure", Sure: true},
	{Text: "no servers could be reached", Code: "dns_failure", Sure: true},
	{Text: "server can't find", Code: "dns_failure", Sure: true},
	{Text: "dial tcp: i/o timeout", Code: "dns_failure"}, // no address: Go was still resolving
	// What an ingress asks before it serves (traefik pkg/middlewares/auth/forward.go).
	{Text: "error calling http", Code: "auth_service_failed", Sure: true},
	// What scales from zero, of one that did not come up in time (kedacore/http-add-on interceptor).
	{Text: "while waiting for deployment", And: "replicas", Code: "empty_target"},
	// Connecting.
	{Text: "nf_conntrack: table full", Code: "kernel_table_full", Sure: true},
	{Text: "neighbor table overflow", Code: "kernel_table_full", Sure: true},
	{Text: "possible syn flooding", Code: "kernel_table_full"},
	{Text: "cannot assign requested address", Code: "kernel_table_full", Sure: true},
	{Text: "address not available", Code: "kernel_table_full", Sure: true}, // musl's words for the same, of images of Alpine
	{Text: "eaddrnotavail", Code: "kernel_table_full", Sure: true},
	{Text: "os error 99", Code: "kernel_table_full", Sure: true},
	// Envoy prints errno where it has no text for it (source/common/network/connection_impl.cc).
	{Text: "connect error: 99", Code: "kernel_table_full", Sure: true},
	{Text: "connection error: 99", Code: "kernel_table_full", Sure: true},
	{Text: "connect error: 113", Code: "no_route_to_host", Sure: true},
	{Text: "connect error: 101", Code: "no_route_to_host", Sure: true},
	{Text: "connect error: 111", Code: "connect_refused", Sure: true},
	{Text: "connect error: 110", Code: "connect_timeout", Sure: true},
	{Text: "] connect timeout", Code: "connect_timeout", Sure: true},
	{Text: "os error 113", Code: "no_route_to_host", Sure: true},
	{Text: "no route to host", Code: "no_route_to_host", Sure: true},
	{Text: "host is unreachable", Code: "no_route_to_host", Sure: true},
	{Text: "os error 111", Code: "connect_refused", Sure: true},
	{Text: "connection refused", Code: "connect_refused", Sure: true},
	{Text: "connect timed out", Code: "connect_timeout", Sure: true},
	{Text: "os error 110", Code: "connect_timeout", Sure: true},
	{Text: "connection timed out", Code: "connect_timeout", Sure: true},
	{Text: "dial tcp", And: "i/o timeout", Code: "connect_timeout", Sure: true},
	{Text: "while waiting for connection", Code: "connect_timeout", Sure: true},
	{Text: "dial tcp", And: "deadline exceeded", Code: "connect_timeout", Sure: true},
	{Text: "tls handshake timeout", Code: "connect_timeout"}, // connected, and no answer to the first bytes within 10 s (Go net/http, DefaultTransport)
	// Connected, then.
	{Text: "keep-alive timed out", Code: "h2_ping_timeout", Sure: true},
	{Text: "client connection lost", Code: "h2_ping_timeout", Sure: true},
	{Text: "buffer's worker closed unexpectedly", Code: "proxy_panic", Sure: true}, // what a panic left behind (linkerd2-proxy linkerd/proxy/balance/queue)
	{Text: "fail-fast", Code: "failfast_unexplained", Sure: true},
	{Text: "response timeout", Code: "route_timeout", Sure: true},
	{Text: "timed out waiting for response headers", Code: "route_timeout", Sure: true},
	{Text: "connection closed before message completed", Code: "upstream_closed", Sure: true},
	{Text: "prematurely closed connection while reading response header", Code: "upstream_closed", Sure: true},
	{Text: "connection reset by peer", Code: "upstream_closed", Sure: true},
	{Text: "os error 104", Code: "upstream_closed", Sure: true},
	{Text: "broken pipe", Code: "upstream_closed", Sure: true},
	{Text: "unexpected end of file", Code: "upstream_closed", Sure: true},
	{Text: "peer closed connection without sending tls close_notify", Code: "upstream_closed", Sure: true},
	// What a caller logs of a gateway's answer: its body (Envoy source/common/http/utility.cc
	// and router.cc, HAProxy src/http.c, Traefik pkg/server/service, Kong kong/error_handlers).
	{Text: "reset reason: connection timeout", Code: "connect_timeout", Sure: true},
	{Text: "reset reason: connection termination", Code: "upstream_closed", Sure: true},
	{Text: "reset reason: remote reset", Code: "upstream_closed", Sure: true},
	{Text: "reset reason: local reset", Code: "upstream_closed"},
	{Text: "reset reason: overflow", Code: "overload", Sure: true},
	{Text: "reset reason: protocol error", Code: "upstream_bad_response", Sure: true},
	{Text: "connection failure", And: "upstream connect error", Code: "connect_refused"},
	{Text: "no healthy upstream", Code: "ingress_no_endpoints", Sure: true},
	{Text: "no server is available to handle this request", Code: "ingress_no_endpoints", Sure: true},
	{Text: "a peer from the ring-balancer", Code: "ingress_no_endpoints", Sure: true},
	{Text: "no available server", Code: "ingress_no_endpoints", Sure: true},
	{Text: "upstream request timeout", Code: "upstream_timeout", Sure: true},
	{Text: "upstream server is timing out", Code: "upstream_timeout", Sure: true},
	{Text: "server didn't respond in time", Code: "upstream_timeout", Sure: true},
	// What the runtimes of callers say (Node, the JDK, Apache HttpClient, Python's http.client, urllib3
	// and aiohttp, .NET, libcurl, libpq, Go net/http, gRPC).
	{Text: "econnrefused", Code: "connect_refused", Sure: true},
	{Text: "actively refused", Code: "connect_refused", Sure: true},
	{Text: "connectionrefused", Code: "connect_refused", Sure: true},
	{Text: "esockettimedout", Code: "upstream_timeout", Sure: true},
	{Text: "etimedout", Code: "connect_timeout", Sure: true},
	{Text: "connecttimeout", Code: "connect_timeout", Sure: true},
	{Text: "(connect timeout=", Code: "connect_timeout", Sure: true},
	{Text: "enotfound", Code: "dns_failure", Sure: true},
	{Text: "eai again", Code: "dns_failure", Sure: true},
	{Text: "unknownhostexception", Code: "dns_failure", Sure: true},
	{Text: "nodename nor servname", Code: "dns_failure", Sure: true},
	{Text: "ehostunreach", Code: "no_route_to_host", Sure: true},
	{Text: "network is unreachable", Code: "no_route_to_host", Sure: true},
	{Text: "enetunreach", Code: "no_route_to_host", Sure: true},
	{Text: "read timed out", Code: "upstream_timeout", Sure: true},
	{Text: "readtimeout", Code: "upstream_timeout", Sure: true},
	{Text: "sockettimeoutexception", Code: "upstream_timeout"},
	{Text: "client.timeout exceeded while awaiting headers", Code: "upstream_timeout", Sure: true},
	{Text: "configured httpclient.timeout", Code: "upstream_timeout", Sure: true},
	{Text: "econnreset", Code: "upstream_closed", Sure: true},
	{Text: "connection reset", Code: "upstream_closed", Sure: true},
	{Text: "connectionreset", Code: "upstream_closed", Sure: true},
	{Text: "socket hang up", Code: "upstream_closed", Sure: true},
	{Text: "proxy error: eof", Code: "upstream_closed", Sure: true},
	// Knative's queue-proxy and activator, with the error beside it (knative.dev/pkg network/error_handler.go).
	{Text: "error reverse proxying request", And: ": context canceled", Code: "client_closed", Sure: true},
	{Text: "error reverse proxying request", And: ": eof", Code: "upstream_closed", Sure: true},
	{Text: "proxy error: context canceled", Code: "client_closed", Sure: true},
	{Text: "local reply with details upstream reset before response started{connection termination", Code: "upstream_closed", Sure: true},
	{Text: "local reply with details upstream reset before response started{remote reset", Code: "upstream_closed", Sure: true},
	{Text: "local reply with details upstream reset before response started{connection timeout", Code: "connect_timeout", Sure: true},
	{Text: "local reply with details upstream reset before response started{overflow", Code: "overload", Sure: true},
	{Text: "local reply with details upstream reset before response started{", And: "connection failure", Code: "connect_refused"},
	{Text: "local reply with details no healthy upstream", Code: "ingress_no_endpoints", Sure: true},
	{Text: "local reply with details cluster not found", Code: "no_route", Sure: true},
	{Text: "local reply with details overload", Code: "overload", Sure: true},
	{Text: "local reply with details upstream response timeout", Code: "upstream_timeout", Sure: true},
	{Text: "empty reply from server", Code: "upstream_closed", Sure: true},
	{Text: "failed to respond", Code: "upstream_closed", Sure: true},
	{Text: "remote end closed connection", Code: "upstream_closed", Sure: true},
	{Text: "server disconnected", Code: "upstream_closed", Sure: true},
	{Text: "closed the connection unexpectedly", Code: "upstream_closed", Sure: true},
	{Text: "closed before response", Code: "upstream_closed", Sure: true}, // Reactor Netty
	{Text: "no route matched with those values", Code: "no_route", Sure: true},
	// A caller's own breaker (Resilience4j, gobreaker, Polly) and pools (HikariCP, SQLAlchemy, PostgreSQL, MySQL).
	{Text: "open and does not permit", Code: "breaker_open", Sure: true},
	{Text: "circuit breaker is open", Code: "breaker_open", Sure: true},
	{Text: "circuit is now open", Code: "breaker_open", Sure: true},
	{Text: "brokencircuitexception", Code: "breaker_open", Sure: true},
	{Text: "connection is not available, request timed out", Code: "overload", Sure: true},
	{Text: "queuepool limit", Code: "overload", Sure: true},
	{Text: "too many clients already", Code: "overload", Sure: true},
	{Text: "connection slots are reserved", Code: "overload", Sure: true},
	{Text: "too many connections", Code: "overload", Sure: true},
	{Text: "too many open files", Code: "overload", Sure: true},
	{Text: "rate limit exceeded", Code: "overload", Sure: true}, // a route's or server's own limit (linkerd2-proxy linkerd/app/inbound/src/policy/http.rs)
	{Text: "keepalive ping failed", Code: "h2_ping_timeout", Sure: true},
	{Text: "produced zero addresses", Code: "dns_failure"}, // a name that resolves to nobody, or to nobody that is ready
	{Text: "error reading from server: eof", Code: "upstream_closed", Sure: true},
	{Text: "transport is closing", Code: "upstream_closed", Sure: true},
	{Text: "closed after goaway", Code: "upstream_closed", Sure: true},
	{Text: "desc = context deadline exceeded", Code: "upstream_timeout"},
	{Text: "deadline exceeded", And: "grpc", Code: "upstream_timeout"},
}

// WordOf is the first of [Words] that an error text holds; ok is false for a
// text that says nothing of where a call ended.
func WordOf(text string) (w Word, ok bool) {
	low := strings.ReplaceAll(strings.ToLower(text), "_", " ")
	said, first := spoken(), len(Words)
	said.phrases.Each([]byte(low), func(i, _ int) {
		s := &said.words[i]
		if i < first && (s.And == "" || strings.Contains(low, s.And)) && (s.Not == "" || !strings.Contains(low, s.Not)) {
			first = i
		}
	})
	if first == len(Words) {
		return Word{}, false
	}
	return Words[first], true
}

// search finds [Words] in a text, all of them in one pass: each text that differs is
// held against every word.
type search struct {
	words   []Word // with spaces for underscores
	phrases parse.Phrases
}

var spoken = sync.OnceValue(func() *search {
	s := &search{words: slices.Clone(Words)}
	texts := make([]string, len(s.words))
	for i := range s.words {
		w := &s.words[i]
		for _, text := range []*string{&w.Text, &w.And, &w.Not} {
			*text = strings.ReplaceAll(*text, "_", " ")
		}
		texts[i] = w.Text
	}
	s.phrases = parse.NewPhrases(texts)
	return s
})

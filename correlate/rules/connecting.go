package rules

import "faultline/correlate"

// Connections that could not be made, or did not last.
var (
	connectTimeout = tells(Diagnosis{
		Code: "connect_timeout", Where: correlate.AtNetwork, What: "nobody answered the attempt to connect",
		Title:    "{what}{to}: connecting to {it} timed out{knob}.",
		Says:     "The attempt got no answer, so nothing was ever delivered. The pod behind the address is gone or hangs, a policy or security group drops the packets, or a table of the node is full.",
		Evidence: "`connect timed out`, `while connecting to upstream`, HAProxy's sC, Envoy's UF with connection_timeout, or a duration that is a multiple of the connect limit.",
		Against:  "`while reading` is a slow answer. An address that nobody lists is stale. All targets on one node are that node's.",
		Sure:     "High on the words, medium on the duration alone.",
		Next:     []string{"Is the pod with {addr} there, ready, and on which node? kubectl get pods -A -o wide, kubectl get endpoints.", "Connect to {addr} from the ingress' or client's pod; NetworkPolicy, security group, dialTimeout or connect timeout."},
		Never:    "A slow application: it was never reached.",
		Source:   "ingress-nginx internal/ingress/controller/config/config.go; linkerd2-proxy linkerd/app/src/env.rs; traefik pkg/server/service/transport.go",
		Rivals:   []string{"stale_endpoint", "kernel_table_full", "node_unhealthy"},
	}, nil)
	connectRefused = tells(Diagnosis{
		Code: "connect_refused", Where: correlate.AtApplication, What: "a host answered, and nothing listens there",
		Title:    "{what}{to}: {it} refused the connection.",
		Says:     "The host is there and nothing listens on that port: the application was starting or had ended, or listens elsewhere.",
		Evidence: "os error 111, `connect() failed (111`, Envoy's UF with connect_error 111, HAProxy's SC with a server named.",
		Against:  "A pod that starts or ends at that moment; the inbound side of a sidecar; TLS words in the details.",
		Sure:     "High.",
		Next:     []string{"Does {addr} listen on that port and on 0.0.0.0, is the pod ready too early, does a preStop keep it until it is out of the endpoints?", "The log of that pod's application: since its start, or suddenly?"},
		Never:    "A network timeout; no endpoints.",
		Source:   "HAProxy doc/configuration.txt §8.5; Envoy docs access_log/usage; linkerd2-proxy linkerd/app/core/src/errors",
		Rivals:   []string{"rollout_race", "stale_endpoint", "sidecar_order"},
	}, nil)
	noRouteToHost = tells(Diagnosis{
		Code: "no_route_to_host", Where: correlate.AtNetwork, What: "nobody has that address any more",
		Title:    "{what}{to}: there is no route to {it}.",
		Says:     "No host has the address now: its node or pod is gone, or a firewall answers so.",
		Evidence: "os error 113, `connect() failed (113`, `No route to host`, `Host is unreachable`.",
		Against:  "A node that is gone leads; an address that is no longer listed is stale.",
		Sure:     "High.",
		Next:     []string{"Whose address was {addr}: kubectl get endpointslices, kubectl get nodes."},
		Never:    "The application.",
		Source:   "Linux errno 113",
		Rivals:   []string{"stale_endpoint", "node_unhealthy"},
	}, nil)
	upstreamClosed = tells(Diagnosis{
		Code: "upstream_closed", Where: correlate.AtApplication, What: "connected, then cut before the response header",
		Title:    "{what}{to}: the connection was closed before a response{took}.",
		Says:     "The other end closed or reset the connection before it had answered. A crash or stop of that pod, a worker's own limit, a keep-alive that ended, or another protocol than was spoken are what does that.",
		Evidence: "`prematurely closed connection`, `recv() failed (104`, Envoy's UC or UR, HAProxy's SH, `connection closed before message completed`.",
		Against:  "Every request fails: the protocol (http to an https port). A crash, OOM or stop of that pod within seconds leads.",
		Sure:     "High for the fact; which of these it was, by what stands beside it.",
		Next:     []string{"The application's log of {addr} at that second, or of the next time.", "Its keep-alive against the proxy's, and the protocol it speaks (backend-protocol HTTP, HTTPS, GRPC; TLS on that port)."},
		Never:    "A timeout; no healthy upstream.",
		Source:   "Envoy docs access_log/usage; HAProxy doc/configuration.txt; istio #55138, #45802; ingress-nginx #10301, #12285",
		Rivals:   []string{"keepalive_race", "rollout_race", "tls_mismatch"},
	}, nil)
	keepaliveRace = tells(Diagnosis{
		Code: "keepalive_race", Where: correlate.AtConnection, What: "the server closed an idle connection just as a request went out on it",
		Title:    "{what}{to} ended within milliseconds on a connection that was closed, here and there: the race of a keep-alive.",
		Says:     "Rare, at once, on any path: the server's idle limit is at or below the limit of the pool that uses it.",
		Evidence: "Cut before the response within 50 ms, rare, on several paths, without a crash or rollout.",
		Against:  "All requests fail; without a pool there is no race; proxies retry what is idempotent.",
		Sure:     "High with both limits known, medium by the pattern, low by a single one.",
		Next:     []string{"Set the server's keep-alive (idle timeout) above that of the proxy before it: above 60 s for an ALB or nginx, 600 s for Google's, an hour for Envoy.", "Let the proxy retry resets of idempotent requests."},
		Never:    "A bug in the mesh.",
		Source:   "AWS documentation of HTTP 502; istio #55138; linkerd2-proxy linkerd/app/src/env.rs",
		Rivals:   []string{"upstream_closed", "idle_cut"},
	}, raced)
	idleCut = tells(Diagnosis{
		Code: "idle_cut", Where: correlate.AtNetwork, What: "a box between the ends forgot a quiet connection",
		Title:    "{what}{to} failed only after the connection had been quiet{idle}.",
		Says:     "A load balancer, NAT gateway or firewall forgets a connection after its limit, and tells neither end.",
		Evidence: "Failures only where the last good use lies at least a known limit back, and none sooner.",
		Against:  "A period: an idle limit has no phase. A crash, rollout or stall at that moment. An application that is slow when it was idle answers late, and is never closed.",
		Sure:     "High from five of five that were closed and none sooner, medium from three, low below.",
		Next:     []string{"Send TCP or HTTP/2 keep-alive below that limit (350 s for AWS' NAT and NLB, 240 s for Azure, 600 s for Google), or close idle connections sooner."},
		Never:    "A period.",
		Source:   "documentation of AWS, Azure and Google",
		Rivals:   []string{"keepalive_race", "upstream_closed"},
	}, nil)
	h2PingTimeout = tells(Diagnosis{
		Code: "h2_ping_timeout", Where: correlate.AtConnection, What: "the peer did not answer HTTP/2 pings",
		Title:    "{what}{to}: the peer did not answer HTTP/2 pings, and all streams of the connection ended.",
		Says:     "Since 2.16 linkerd-proxy pings each 10 s and waits 3 s. A CPU that was throttled or a node that stalled on either end does that.",
		Evidence: "`keep-alive timed out`, or Go's `client connection lost`.",
		Against:  "GOAWAY too_many_pings is another thing.",
		Sure:     "High for the fact.",
		Next:     []string{"CPU throttling of both proxies at that second (its metric, if it is still kept); then widen the ping (proxy.inbound|outbound.server.http2.keepAliveTimeout)."},
		Never:    "A restart.",
		Source:   "linkerd2 #13266; linkerd2 charts values",
		Rivals:   []string{"node_stall"},
	}, pinged)
	tlsMismatch = tells(Diagnosis{
		Code: "tls_mismatch", Where: correlate.AtConfig, What: "one side speaks TLS and the other does not, or trust fails",
		Title:    "{what}{to}: the two ends do not agree on TLS: {words}.",
		Says:     "One side expects TLS and got plain text, the other way round, or does not trust the other's certificate.",
		Evidence: "`InvalidContentType`, `WRONG_VERSION_NUMBER`, `SSL_do_handshake() failed … to upstream`, `x509:`, `invalid peer certificate`.",
		Against:  "The same words with a client's address are scanners. Words about an end or a clock are a certificate's.",
		Sure:     "High.",
		Next:     []string{"Set the backend's protocol to what its port speaks (backend-protocol HTTPS, GRPCS or HTTP).", "In the mesh: is the peer meshed, are the trust anchors of both sides the same?"},
		Never:    "The network.",
		Source:   "traefik pkg/proxy/httputil/proxy.go; linkerd2 #14099; rustls, OpenSSL",
		Rivals:   []string{"certificate_expiry", "upstream_closed"},
	}, func(_ *Pass, g *group, f *correlate.Finding) {
		if g.everyClientCert() {
			f.Detail = "The load balancer asks its clients for a certificate (mutual TLS), and refused the one that was shown."
			f.Next = []string{"That client's certificate, chain and issuer against the listener's trust store and revocation list: the log's line has its subject and serial number."}
		}
	})
	detectTimeout = tells(Diagnosis{
		Code: "detect_timeout", Where: correlate.AtConfig, What: "protocol detection waited 10 s for bytes from the client",
		Title:    "{what}{to}: the proxy waited 10 s for the client's first bytes to tell the protocol.",
		Says:     "Where the server speaks first (MySQL, SMTP, NATS, MongoDB) the client waits too: each connection begins 10 s late.",
		Evidence: "`Continuing after timeout: 10s`, `Handling connection as opaque due to policy timeout`.",
		Against:  "`Could not detect protocol` at debug says at once that it is no HTTP. A scan of ports or a health check that only connects waits as well: one of a kind, or beside incidents, is context.",
		Sure:     "High on the line.",
		Next:     []string{"Set config.linkerd.io/opaque-ports on the Service and on the workload, or skip the port."},
		Never:    "A slow server.",
		Source:   "linkerd2-proxy linkerd/app/outbound/src/protocol.rs; linkerd2 charts values opaquePorts; linkerd2 #13364",
	}, undetected)
	tcpFailfast = tells(Diagnosis{
		Code: "tcp_failfast", Where: correlate.AtClientProxy, What: "an opaque or TCP connection was refused by the gate, without any request line",
		Title:    "{n connection}{to} {were} refused in failfast; a connection has no request, so no status.",
		Says:     "An opaque or TCP connection is closed instead of answered. Towards the first address of the service network at 443 it is the API server that is not reached.",
		Evidence: "`Connection closed error=… in fail-fast`, or a TCP scope that enters failfast.",
		Against:  "The reasons of any failfast: nothing there, no answer, no connection.",
		Sure:     "High for the fact.",
		Next:     []string{"Is {target} the API server (10.x.0.1:443)? Then make the same dial from that node, and try skip-outbound-ports 443.", "The proxy's log from 10 s before: No endpoints, Failed to connect."},
		Never:    "No failed request.",
		Source:   "linkerd2-proxy linkerd/app/core/src/serve.rs",
		Rivals:   []string{"apiserver_unreachable"},
	}, nil)
	dnsFailure = tells(Diagnosis{
		Code: "dns_failure", Where: correlate.AtNetwork, What: "a name did not resolve",
		Title:    "{what}{to}: a name did not resolve: {words}.",
		Says:     "The name is wrong or gone, or the resolver did not answer. `dial tcp: i/o timeout` without an address is Go that was still resolving.",
		Evidence: "`no such host`, `NXDOMAIN`, `SERVFAIL`, `lookup … i/o timeout`, `host not found in upstream`, Envoy's DF.",
		Against:  "The name of a Service that was deleted is rightly not found. NXDOMAIN with a search suffix is normal.",
		Sure:     "High with the name, medium for the Go form without one.",
		Next:     []string{"Resolve that name from the same pod; the DNS pods (CoreDNS), their latency and their log when it happens.", "Steps of 5 s are a lost packet: conntrack of UDP 53."},
		Never:    "A missing endpoint.",
		Source:   "linkerd2-proxy linkerd/dns; Go net",
		Rivals:   []string{"apiserver_unreachable"},
	}, unnamed)
)

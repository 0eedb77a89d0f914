package rules

import (
	"strings"

	"faultline/correlate"
)

// The application and its time.
var (
	upstreamTimeout = tells(Diagnosis{
		Code: "upstream_timeout", Where: correlate.AtApplication, What: "connected and sent, and no response header within the proxy's limit",
		Title:    "{what}{to}: no response within the limit{knob}{took}.",
		Says:     "The connection was made and the answer did not come in time. What the application waits for (a database, a lock, the CPU) is where it goes on. {delivered}",
		Evidence: "`while reading response header`, Envoy's UT, HAProxy's sH, GCP's backend_timeout, an ALB's 504 with a request time, or a duration that is a product's limit.",
		Against:  "Words about connecting. A hop further inside that gave up first. Tries that multiply.",
		Sure:     "High on the word, flag or state, medium on the duration alone.",
		Next:     []string{"That request in the application's log or trace at {where}; p99 of its path against the limit (timeout); its database, CPU throttling.", "Raise the limit only if slow is right, and then from the innermost hop outwards."},
		Never:    "Not reachable; no endpoints; a retry of a POST.",
		Source:   "ingress-nginx internal/ingress/controller/config/config.go; Envoy docs faq/configuration/timeouts; HAProxy doc/configuration.txt; the makers' manuals",
		Rivals:   []string{"connect_timeout", "route_timeout"},
	}, nil)
	routeTimeout = tells(Diagnosis{
		Code: "route_timeout", Where: correlate.AtConfig, What: "the mesh's own limit for the route cut the request",
		Title:    "{what}{to}: the route's own timeout cut it: {words}.",
		Says:     "The limit is the one that was configured, and it was kept: a ServiceProfile, an HTTPRoute or a VirtualService sets it.",
		Evidence: "`HTTP response timeout after D`, `timed out waiting for response headers`.",
		Against:  "A failfast: there is none here.",
		Sure:     "High.",
		Next:     []string{"The timeout of the ServiceProfile or HTTPRoute of {target} against p99 of that path."},
		Never:    "Nothing was answered before the failfast; the destination.",
		Source:   "linkerd2-proxy linkerd/proxy/http/src/timeout.rs",
		Rivals:   []string{"upstream_timeout"},
	}, nil)
	inboundUnavailable = tells(Diagnosis{
		Code: "inbound_unavailable", Where: correlate.AtApplication, What: "the server's sidecar could not hand the request to its own application",
		Title:    "{what}{to}: the server's own sidecar could not hand it to the application beside it{addrs?}.",
		Says:     "The request reached the pod. Its application does not listen on that port: it was starting, had crashed, or listens elsewhere.",
		Evidence: "A refused or timed-out connection in the span inbound, a failfast after 1 s, or Envoy's cluster inbound|port|| with UF, UC or UT.",
		Against:  "The same on the client's side.",
		Sure:     "High.",
		Next:     []string{"Does the application listen on {addr} ({target}), on 0.0.0.0, and before it says that it is ready? Its log and its readiness."},
		Never:    "The client's side; discovery.",
		Source:   "linkerd2-proxy linkerd/app/src/env.rs",
		Rivals:   []string{"connect_refused"},
	}, nil)
	upstream5xx = tells(Diagnosis{
		Code: "upstream_5xx", Where: correlate.AtApplication, What: "the application itself answered 5xx",
		Title:    "{what}{to}: the application itself answered {statuses}.",
		Says:     "The innermost hop that was captured passed the answer on as it came.",
		Evidence: "The upstream's own status with a body, Envoy's via_upstream without a flag, an ALB's equal statuses, GCP's response_sent_by_backend.",
		Against:  "nginx prints 502 and 504 as the upstream's status for its own failures too. The innermost hop may be a proxy itself.",
		Sure:     "High with two hops, medium with one.",
		Next:     []string{"The application's log of {target} at those seconds, or of the next time: {addr}."},
		Never:    "Settings of the ingress or the mesh.",
		Source:   "Envoy docs access_log/usage; nginx ngx_http_upstream.c",
		Rivals:   []string{"configured_answer"},
	}, shared)
	upstreamBadResponse = tells(Diagnosis{
		Code: "upstream_bad_response", Where: correlate.AtApplication, What: "the response could not be read as HTTP",
		Title:    "{what}{to}: the response could not be read: {words}.",
		Says:     "The answer came and was too big, malformed, or of another protocol than was expected.",
		Evidence: "`upstream sent too big header`, `invalid header`, Envoy's UPE, HAProxy's PH.",
		Against:  "HTTP/2 sent to a port of HTTP/1, and the reverse.",
		Sure:     "High.",
		Next:     []string{"The response's header: its size against the buffer (proxy-buffer-size), its cookies; the protocol of that port.", "What was released on the backend lately?"},
		Never:    "Closed early.",
		Source:   "Envoy test/integration/http2_flood; HAProxy doc/configuration.txt; nginx ngx_http_upstream.c",
		Rivals:   []string{"upstream_closed"},
	}, nil)
	responseCut = tells(Diagnosis{
		Code: "response_cut", Where: correlate.AtApplication, What: "the answer began and was cut in its body",
		Title:    "{what}{to}: the answer had begun, and was cut in its body{took}.",
		Says:     "Its status had been sent, often 200, so that no count of 5xx holds it. Equal lives are a limit, spread ones are the other end.",
		Evidence: "`while reading upstream`, `while proxying upgraded connection`, HAProxy's SD or sD, a partial response of GCP's, Envoy's UC beside a 2xx.",
		Against:  "A pod that was stopped then; a client that left; a websocket that ended after its own limit.",
		Sure:     "High on the words.",
		Next:     []string{"The application's log of {addr} at that second, or of the next time.", "Equal lives: send a heartbeat below the limit, or raise it."},
		Never:    "5xx; no response.",
		Source:   "nginx ngx_http_upstream.c; HAProxy doc/configuration.txt §8.5; the manuals of GCP and AWS",
		Rivals:   []string{"upstream_closed", "client_closed"},
	}, nil)
	configuredAnswer = tells(Diagnosis{
		Code: "configured_answer", Where: correlate.AtConfig, What: "the hop answered by its own configuration, and nobody was asked",
		Title:    "{what}{to}: {hop} itself answers {statuses} by its configuration: {words}.",
		Says:     "A denied location, a fixed response, a maintenance page or an injected fault; no application was asked.",
		Evidence: "Envoy's direct_response or FI, HAProxy's LR or PR, an ALB's fixed-response, ingress-nginx's denied location.",
		Against:  "A service without endpoints has the same empty fields: that takes its word, or an empty slice.",
		Sure:     "High with details, an action or a state; medium where an Envoy answers at once, without a flag and an upstream.",
		Next:     []string{"The conditions and events of the Ingress, HTTPRoute or HTTPProxy of {target}, and the controller's log at its last change."},
		Never:    "No endpoints; the application answered.",
		Source:   "ingress-nginx rootfs/etc/nginx/template/nginx.tmpl; envoyproxy/gateway internal/gatewayapi/route.go; HAProxy doc/configuration.txt §8.5",
		Rivals:   []string{"ingress_no_endpoints"},
	}, nil)
	slowClient = tells(Diagnosis{
		Code: "slow_client", Where: correlate.AtClient, What: "the request itself did not arrive in time", Mild: true,
		Title:    "{what}{to}: the request itself did not arrive in time{took}.",
		Says:     "The client's own bytes were late: an upload, a slow network.",
		Evidence: "408, HAProxy's cR, GCP's client_timed_out, Traefik's readTimeout at 60 s of an upload.",
		Against:  "Browsers and health checks open connections in advance and send nothing.",
		Sure:     "High on the state or word, medium on 60 s with a big request.",
		Next:     []string{"Raise that limit for the routes that take uploads; the client's bandwidth."},
		Never:    "A slow backend.",
		Source:   "HAProxy doc/configuration.txt §8.5; traefik #10602; node lib/_http_server.js",
		Rivals:   []string{"client_closed"},
	}, nil)
	authServiceFailed = tells(Diagnosis{
		Code: "auth_service_failed", Where: correlate.AtConfig, What: "the external authorization that the ingress asks first failed",
		Title:    "{what}{to}: the service that authorizes failed: {words}.",
		Says:     "Every route behind it fails while it does; the application is not asked.",
		Evidence: "`auth request unexpected status`, `Error calling URL`, Envoy's UAEX with a 5xx.",
		Against:  "UAEX with 401 or 403 is a denial.",
		Sure:     "High on the words.",
		Next:     []string{"The endpoints and the log of the service behind the auth URL; its cookies and headers (proxy-buffer-size)."},
		Never:    "A 500 of the application.",
		Source:   "nginx ngx_http_auth_request_module.c; traefik pkg/middlewares/auth/forward.go",
		Rivals:   []string{"policy_denied"},
	}, nil)
	clientClosed = tells(Diagnosis{
		Code: "client_closed", Where: correlate.AtClient, What: "the caller left before the answer", Mild: true,
		Title:    "{what}{to}: the caller left before the answer{took}{knob}.",
		Says:     "Counted apart from 5xx. Equal durations are the caller's own limit; what took so long is the application's to tell.",
		Evidence: "499, 460, Envoy's DC, HAProxy's CD or CH, `context canceled`.",
		Against:  "The same request fails further inside: then that leads.",
		Sure:     "High.",
		Next:     []string{"The caller's own timeout against p99 of {target}: a client's, Cloudflare's 100 s (524), a load balancer's backend service (30 s)."},
		Never:    "An error of the server.",
		Source:   "nginx, Envoy, HAProxy documentation",
		Rivals:   []string{"upstream_timeout"},
	}, nil)
	noRoute = tells(Diagnosis{
		Code: "no_route", Where: correlate.AtConfig, What: "no rule matches the request",
		Title:    "{what}{to}: no route matches.",
		Says:     "The host, path or port has no rule: nobody was asked.",
		Evidence: "Envoy's NR or NC, `no Route matched`, a default backend's 404, BlackHoleCluster.",
		Against:  "A 404 that the application gave.",
		Sure:     "High.",
		Next:     []string{"The host and path of the requests against the hosts of the Ingress, HTTPRoute, VirtualService and Gateway: {target}."},
		Never:    "The upstream.",
		Source:   "Envoy docs access_log/usage; istio httproute.go",
	}, nil)
	overload = tells(Diagnosis{
		Code: "overload", Where: correlate.AtIngress, What: "something refused to queue more",
		Title:    "{what}{to}: refused for a limit: {words}.",
		Says:     "A limit on connections, pending requests, a queue or a rate was met. That the upstream is slow is the usual reason to meet one.",
		Evidence: "Envoy's UO, RL or OM, HAProxy's sQ, SQ or PC, `limiting requests`, linkerd's load shed.",
		Against:  "UO beside another flag: only the retry was refused.",
		Sure:     "High.",
		Next:     []string{"The latency of {target} first, then the limit: max_requests, max_pending_requests of the circuit breaker, maxconn, limit-rps."},
		Never:    "No endpoints; a crash.",
		Source:   "Envoy docs; HAProxy doc/configuration.txt; linkerd2 #11055",
		Rivals:   []string{"breaker_open"},
	}, nil)
	breakerOpen = tells(Diagnosis{
		Code: "breaker_open", Where: correlate.AtClientProxy, What: "endpoints were taken out because they failed before",
		Title:    "Endpoints of {target} were taken out because they had failed{times}; {what} met that.",
		Says:     "A circuit breaker, an outlier detection or a health check took endpoints out. The failures before it are what to look at.",
		Evidence: "`failure-accrual breaker closed`, `Unified circuit breaker tripped`, outlier ejections, `no live upstreams`, HAProxy's `Server … is DOWN`.",
		Against:  "In linkerd it needs the failure-accrual annotation.",
		Sure:     "High.",
		Next:     []string{"The failures of {target} before it: which status (503, refused), its application's log, and does it listen?"},
		Never:    "No answer of the discovery.",
		Source:   "linkerd2-proxy linkerd/app/outbound/src/http/breaker; nginx ngx_http_upstream.c",
		Rivals:   []string{"upstream_5xx", "connect_refused"},
	}, takenOut)
)

// forMaintenance is what HAProxy says of a server that somebody took out, as a hop holds it.
const forMaintenance = "for_maintenance"

// takenOut counts no line that says it as one that met it, and leads nothing where
// nobody did: somebody took servers out, or every failure had been before.
func takenOut(p *Pass, g *group, f *correlate.Finding) {
	if g.asked > 0 {
		return
	}
	f.Title = g.fill("Endpoints of {target} were taken out because they had failed{times}.")
	first, last, failed := p.failures()
	switch {
	case g.every(func(r *reading) bool { return strings.Contains(r.text, forMaintenance) }):
		f.Title = g.fill("Endpoints of {target} were taken out for maintenance{times}.")
		f.Detail, f.Next = "Somebody took them out, or a rule did; no failure did.", nil
		if !failed || f.First > last {
			f.Severity, f.Confidence = correlate.Info, correlate.Low
		}
	case failed && f.First > last && first <= last:
		f.Severity, f.Confidence = correlate.Info, correlate.Low
		f.Detail += " Every failure that was read had been before."
	}
}

// classified marks a share of requests that failed, as linkerd's proxies classify them.
const classified = "share"

// shared says of what failed by a share alone that no request is known.
func shared(p *Pass, g *group, f *correlate.Finding) {
	if !g.every(func(r *reading) bool { return r.why == classified }) {
		return
	}
	f.Title = g.fill("Requests to {targets} fail, as its proxies count them: {words}.")
	f.Detail = "The share is of the last minute before the table was made, and counts 5xx of the application and of the proxy before it alike."
	f.Next = []string{g.fill("Which paths and statuses, and who answered: linkerd viz tap deploy/NAME of {target} --method GET, linkerd viz top; the application's log at those seconds."),
		"The log of its linkerd-proxy: kubectl logs --timestamps POD -c linkerd-proxy."}
}

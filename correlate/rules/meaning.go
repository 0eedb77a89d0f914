package rules

import (
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/parse"
	"faultline/parse/formats"
)

// undecided is the code of a failed response whose line says nothing of why:
// its duration may.
const undecided = "?"

// meaning is what one event says by itself, ok false where it says nothing.
func (p *Pass) meaning(pt correlate.Point, e *parse.Event) (r reading, ok bool) {
	r = reading{text: p.Name(e.Fact), product: p.Streams[pt.Stream].Format, sure: correlate.High}
	switch e.Kind {
	case parse.IngressResponse:
		return p.response(e, r)
	case parse.ProxyRequestFailed, parse.ProxyConnectFailed, parse.ProxyTCPFailed, parse.ProxyDiscoveryFailed, parse.ProxyPolicyWatchFailed,
		parse.ProxyDenied, parse.ProxyFailfastEnter, parse.ProxyNoEndpoints, parse.ProxyIdentityFailed, parse.ProxyBreaker,
		parse.ProxyOverloaded, parse.ProxyCrashed, parse.ProxyUndetected, parse.ProxyEndpointAdded, parse.ProxyEndpointRemoved:
		return p.proxied(pt, e, r)
	case parse.ControllerQueueOverflow, parse.ControllerStreamAborted, parse.ControllerLookupFailed, parse.ControllerWatchFailed,
		parse.ControllerListFailed,
		parse.ControllerCrashed, parse.ControllerCacheSyncFailed, parse.APIServerResponse, parse.WebhookFailed, parse.CheckFailed,
		parse.ControllerTrace:
		return p.controlled(pt, e, r)
	case parse.AppCallFailed:
		return p.called(e, r)
	case parse.AppWorkerKilled, parse.AppOverloaded:
		return p.served(e, r)
	case parse.AppCrashed:
		r.code, r.why = "crash_loop", byItself
		return r, true
	case parse.KubeletProbeFailed:
		return p.probed(pt, e, r)
	case parse.ContainerTerminated, parse.ContainerCrashLoop, parse.K8sEvent, parse.IngressReload:
		return p.lived(pt, e, r)
	}
	return r, false
}

// byCause is what an access line's own word for the end says.
var byCause = map[string]string{
	"no_endpoints": "ingress_no_endpoints", "timeout": "upstream_timeout", "connect_timeout": "connect_timeout", "connect_refused": "connect_refused",
	"io": "upstream_closed", "loadshed": "overload", "no_route": "no_route", "unauthorized": "policy_denied", "upstream": "upstream_5xx",
	"client_closed": "client_closed", "response_cut": "response_cut", "no_route_to_host": "no_route_to_host", "tls": "tls_mismatch", "dns": "dns_failure",
	"bad_response": "upstream_bad_response", "configured": "configured_answer", "slow_client": "slow_client", "breaker": "breaker_open", "auth_service": "auth_service_failed", "failfast": "failfast",
}

// response reads a failed response of an ingress: its own word decides, not
// its status.
func (p *Pass) response(e *parse.Event, r reading) (reading, bool) {
	way := parse.ParseHop(r.text)
	r.hop, r.request = &way, true
	r.text = strings.TrimSpace(way.State + " " + way.Details)
	if f, ok := known.FlagOf(known.Flags[r.product], way.State); ok {
		r.text = strings.TrimSpace(way.State + ", " + f.Means + " " + way.Details)
	}
	r.code = byCause[parse.CauseOf(e.Class).String()]
	switch {
	case r.code == "" && known.Anywhere[r.product] != "" && e.Value >= 500 && e.Lasted < time.Millisecond &&
		way.State+way.Details == "" && way.Upstream == "-": // nobody was asked, and no flag says why not
		r.code, r.sure = "configured_answer", correlate.Medium
	case r.code == "":
		r.code = undecided
	case way.Side == "inbound" && slices.Contains(handed, r.code):
		r.code = "inbound_unavailable"
	case r.code == "dns_failure" && way.Upstream == "-" && strings.HasPrefix(way.State, "TCP_"): // nobody was chosen, and that is all it says
		r.sure = correlate.Medium
	case way.Details == gcpUnconnected, way.State == gcpUnconnected: // refused or not answered, as its duration says
		r.sure = correlate.Medium
	case r.code == "upstream_5xx", r.code == "slow_client" && e.Value >= 500, r.code == "ingress_no_endpoints" && r.text == "" && hostOf(way.Upstream) != "0.0.0.1":
		r.sure = correlate.Medium
	}
	return r, true
}

// gcpUnconnected is what Google's load balancers say of a backend that they could not
// connect to, whatever the reason (cloud.google.com/load-balancing/docs/https/https-logging-monitoring).
const gcpUnconnected = "failed_to_connect_to_backend"

// handed are the codes of a request that a sidecar could not hand on.
var handed = []string{"connect_refused", "connect_timeout"}

// ownClients are the names of what a proxy itself calls, by what it is for
// (linkerd2-proxy linkerd/app/src/lib.rs; the charts of linkerd-viz and
// linkerd-jaeger). A user's service of the same name is in another namespace.
var ownClients = []struct{ name, namespace, code string }{
	{"collector", "linkerd-jaeger", "telemetry_client"},
	{"tap", "linkerd", "telemetry_client"}, {"prometheus", "linkerd", "telemetry_client"}, {"metrics-api", "linkerd", "telemetry_client"},
	{"linkerd-identity", "", "identity_unavailable"}, {"linkerd-dst", "", "control_plane"}, {"linkerd-policy", "", "control_plane"}, {"linkerd-destination", "", "control_plane"},
}

// own is what a target is for if it is one of the proxy's own clients'.
func own(target string) string {
	code, _ := ownBy(target)
	return code
}

// ownBy says it with how sure that is: a client's name in a span is its own, a name and
// its namespace are what the charts install.
func ownBy(target string) (code string, sure correlate.Confidence) {
	for _, c := range ownClients {
		if !strings.HasPrefix(target, c.name) {
			continue
		}
		if c.namespace == "" {
			return c.code, correlate.High
		}
		if namespace, _, ok := Service(target); ok && strings.HasPrefix(namespace, c.namespace) && strings.HasPrefix(target, c.name+".") {
			return c.code, correlate.Medium
		}
	}
	return "", correlate.High
}

// proxied reads what linkerd-proxy says.
func (p *Pass) proxied(pt correlate.Point, e *parse.Event, r reading) (reading, bool) {
	target := p.Name(e.Target)
	if !p.proxys(pt) {
		if r.ofHop(); e.Kind == parse.ProxyRequestFailed || e.Kind == parse.ProxyConnectFailed {
			return p.complained(e, target, r)
		}
	}
	mine, sure := ownBy(target)
	if r.sure = sure; e.Class == parse.ClassTelemetry && (e.Kind == parse.ProxyFailfastEnter || e.Kind == parse.ProxyConnectFailed) {
		r.code, r.sure, r.addr = "telemetry_client", correlate.High, target
		return r, true
	}
	switch e.Kind {
	case parse.ProxyRequestFailed:
		r.request = true
		return p.chained(e, target, r)
	case parse.ProxyConnectFailed:
		r.addr = target
		if of, ok := strings.CutPrefix(r.text, parse.EndpointFact); ok {
			r.addr, r.text, _ = strings.Cut(of, ": ")
		}
		return p.dialled(target, mine, r)
	case parse.ProxyTCPFailed:
		return p.tcp(target, r)
	case parse.ProxyDiscoveryFailed:
		return undiscovered(mine, r), true
	case parse.ProxyPolicyWatchFailed:
		r.code, r.why, r.sure = "policy_stalled", "proxy", correlate.Low
		if c, sure, ok := wordsOf(r.text); ok && c == "invalid_resource" {
			r.code, r.why, r.sure = c, "", sure
		}
	case parse.ProxyDenied:
		r.code, r.request = "policy_denied", true
	case parse.ProxyFailfastEnter:
		return entered(e, target, mine, r)
	case parse.ProxyNoEndpoints:
		r.code = "witness_none"
		if !p.proxys(pt) { // what an ingress says: of each empty Service at a sync, or of a request
			r.code, r.request, r.why = "ingress_no_endpoints", true, complaint
			r.ofBackend()
		}
	case parse.ProxyIdentityFailed:
		r.code = "identity_unavailable"
		if c, _, ok := wordsOf(r.text); ok && (c == "certificate_expiry" || c == "api_client_throttled") {
			r.code = c
		}
	case parse.ProxyBreaker:
		if r.text == "recovered" {
			return r, false
		}
		r.code = "breaker_open"
	case parse.ProxyOverloaded:
		r.code = "overload"
	case parse.ProxyCrashed:
		r.code = "proxy_panic"
	case parse.ProxyEndpointAdded, parse.ProxyEndpointRemoved:
		if e.Class != parse.ClassOwnClient {
			return r, false
		}
		if r.code, r.addr, r.sure = "replica_came", r.text, correlate.Medium; e.Kind == parse.ProxyEndpointRemoved {
			r.code = "replica_went"
		}
	case parse.ProxyUndetected:
		r.code, r.addr = "detect_timeout", target
	}
	return r, r.code != ""
}

// undiscovered reads a lookup that failed, of a target or of the control plane's own
// name.
func undiscovered(mine string, r reading) reading {
	c, _, ok := wordsOf(r.text)
	switch r.code = first(mine, "destination_stream_failed"); {
	case mine == "control_plane" && ok && c == "dns_failure":
		r.code = "control_plane_unresolved"
	case mine == "" && ok && (c == "dns_failure" || c == "conflicting_ip"):
		r.code = c
	}
	return r
}

// entered reads a gate that shut.
func entered(e *parse.Event, target, mine string, r reading) (reading, bool) {
	switch r.code = first(mine, "failfast"); {
	case e.Class == parse.ClassOwnClient:
		return r, false
	case mine == "" && apiAddress(target):
		r.code, r.addr, r.text = "apiserver_unreachable", target, "failfast to the API server's address "+target
	}
	return r, true
}

// ofHop puts what an access line says of why in the place of all that it says of
// how far its connection got.
func (r *reading) ofHop() {
	hop := parse.ParseHop(r.text)
	switch said := strings.TrimSpace(hop.State + " " + hop.Details); {
	case hop.State == "recovered":
		r.text = hop.State
	case said != "":
		r.text, r.hop = said, &hop
	}
}

// ofBackend takes what is said of a Service or a backend for no request.
func (r *reading) ofBackend() {
	switch {
	case strings.Contains(r.text, "active Endpoint"):
		r.code, r.request, r.why = "service_empty", false, ""
	case strings.Contains(r.text, noServer):
		r.request, r.why = false, ""
	}
}

// proxys says whether a stream is the log of linkerd-proxy.
func (p *Pass) proxys(pt correlate.Point) bool { return p.writes(pt, parse.ComponentProxy) }

// writes says whether a stream is the log of a component.
func (p *Pass) writes(pt correlate.Point, c parse.Component) bool {
	return formats.Of(p.Streams[pt.Stream].Format).Component == c
}

// complained reads a line of an ingress' own error log about one attempt; the
// request that it belongs to stands in the access log, if that was captured.
func (p *Pass) complained(e *parse.Event, target string, r reading) (reading, bool) {
	r.code, r.addr = byCause[parse.CauseOf(e.Class).String()], target
	if code, _, ok := wordsOf(r.text); ok && r.code == "tls_mismatch" && code == "certificate_expiry" { // its words say more than that TLS failed
		r.code = code
	}
	if r.code == "" {
		code, sure, ok := wordsOf(r.text)
		if !ok {
			return r, false
		}
		r.code, r.sure = code, sure
	}
	if r.request = formats.Of(r.product).Role != parse.RoleServing; !r.request { // tap shows the request itself
		r.why = complaint
	}
	return r, true
}

// complaint marks what an ingress says of one attempt.
const complaint = "attempt"

// chained reads the innermost error of a failed request.
func (p *Pass) chained(e *parse.Event, target string, r reading) (reading, bool) {
	inbound := strings.HasPrefix(target, "inbound")
	code, sure, told := wordsOf(r.text)
	switch parse.CauseOf(e.Class) {
	case parse.CauseFailfast:
		code = "failfast"
	case parse.CauseLoadshed:
		code = "overload"
	case parse.CauseConnectTimeout:
		code = "connect_timeout"
	case parse.CauseConnectRefused:
		code = "connect_refused"
	case parse.CauseTimeout:
		code = "route_timeout"
	case parse.CauseNoRoute:
		code = "no_route"
	case parse.CauseUnauthorized:
		code = "policy_denied"
	case parse.CauseNoEndpoints:
		code = "no_endpoints"
	default:
		if told {
			r.sure = sure
		} else if code = undecided; e.Value == 0 || e.Value >= 500 {
			code = "upstream_closed"
			r.sure = correlate.Low
		}
	}
	if mine, sure := ownBy(target); mine != "" && mine != "control_plane" {
		code, r.request, r.sure = mine, false, sure
	}
	if inbound && (code == "connect_refused" || code == "connect_timeout" || code == "failfast") {
		code = "inbound_unavailable"
	}
	r.code = code
	return r, code != undecided
}

// dialled reads a connection that could not be made.
func (p *Pass) dialled(target, mine string, r reading) (reading, bool) {
	asked := r.sure
	code, sure, ok := wordsOf(r.text)
	if !ok {
		return r, false
	}
	r.code, r.sure = code, sure
	switch {
	case nextDoor(target):
		r.code = "beside"
	case mine == "control_plane", strings.HasSuffix(target, ":8086"), strings.HasSuffix(target, ":8090"):
		r.code = "control_plane"
	}
	if mine == "telemetry_client" || telemetryPort(target) && code != "certificate_expiry" {
		r.code, r.sure = "telemetry_client", asked
	}
	return r, true
}

// nextDoor says whether an address is that of another container of the control
// plane's own pod: until that one is up it refuses.
func nextDoor(addr string) bool {
	host := hostOf(addr)
	return (host == "127.0.0.1" || host == "localhost" || host == "[::1]") && (strings.HasSuffix(addr, ":8090") || strings.HasSuffix(addr, ":8086"))
}

// telemetryPorts are those of collectors, and of the proxies' own admin and tap
// servers, which only tools call.
var telemetryPorts = []string{":4317", ":4318", ":14268", ":55678", ":4190"}

func telemetryPort(addr string) bool {
	for _, port := range telemetryPorts {
		if strings.HasSuffix(addr, port) {
			return true
		}
	}
	return false
}

// tcp reads a connection that ended in an error and had no request.
func (p *Pass) tcp(target string, r reading) (reading, bool) {
	code, sure, ok := wordsOf(r.text)
	r.code, r.sure, r.addr = code, sure, target
	switch {
	case !ok || code == "upstream_closed":
		return r, false // a peer that hung up is no failure
	case code == "failfast_unexplained":
		r.code = "tcp_failfast"
		if apiAddress(target) {
			r.code, r.text = "apiserver_unreachable", "a connection to the API server's address "+target+" was refused in failfast"
		}
	}
	return r, true
}

// apiAddress says whether an address is, by its place, the API server's: the
// first address of a service network at 443.
func apiAddress(addr string) bool {
	host, port := hostOf(addr), addr[strings.LastIndexByte(addr, ':')+1:]
	return strings.HasSuffix(host, ".0.1") && (port == "443" || port == host) || port == "6443"
}

// controlled reads what controllers, the API server and checks say.
func (p *Pass) controlled(pt correlate.Point, e *parse.Event, r reading) (reading, bool) {
	target := p.Name(e.Target)
	switch e.Kind {
	case parse.ControllerQueueOverflow, parse.ControllerStreamAborted:
		if r.code = "overflow"; r.text != "" { // what did not arrive is a configuration
			r.code, r.addr = "config_sync_failed", dialAddress(r.text)
		}
		return r, true
	case parse.ControllerCrashed:
		return gaveUp(r), true
	case parse.CheckFailed:
		return checked(target, r)
	case parse.WebhookFailed:
		r.code = "webhook_failed"
		return r, true
	case parse.APIServerResponse:
		r.code = "apiserver_slow"
		if c, _, ok := wordsOf(r.text); ok && c == "etcd_slow" {
			r.code = c
		}
		return r, true
	case parse.ControllerTrace:
		if c, sure, ok := wordsOf(r.text); ok {
			r.code = c
			if r.sure = sure; c != "etcd_slow" {
				r.sure = correlate.High
			} else if sure < correlate.High && e.Lasted < traceShort { // etcd warns from 100 ms on, and a healthy one does
				r.sure = correlate.Low
			}
			return r, true
		}
		if !apiTrace(r.text) || e.Lasted < traceShort {
			return r, false
		}
		if r.code, r.sure = "apiserver_slow", correlate.Low; e.Lasted >= traceLong {
			r.sure = correlate.Medium
		}
		return r, true
	}
	code, sure, ok := wordsOf(r.text + " " + target)
	if e.Kind == parse.ControllerCacheSyncFailed && !ok {
		code, sure, ok = "apiserver_unreachable", correlate.Medium, true
	}
	if !ok { // of the policy controller's watches it matters how many break
		r.code = "watch_broke"
		return r, e.Kind == parse.ControllerWatchFailed && p.writes(pt, parse.ComponentPolicy)
	}
	r.code, r.sure = code, sure
	r.addr = dialAddress(r.text)
	client := strings.HasPrefix(r.text, "Unable to connect to the server") || strings.Contains(r.text, "/api/v1") ||
		strings.Contains(r.text, "/apis/") || e.Kind == parse.ControllerWatchFailed || e.Kind == parse.ControllerListFailed ||
		e.Kind == parse.ControllerCacheSyncFailed
	switch code {
	case "connect_timeout", "connect_refused", "no_route_to_host", "h2_ping_timeout", "tls_mismatch", "upstream_closed":
		switch {
		case code == "upstream_closed" && p.writes(pt, parse.ComponentPolicy):
			r.code, r.addr = "watch_broke", ""
		case client || apiAddress(r.addr):
			r.code = "apiserver_unreachable"
		}
	}
	return r, true
}

// gaveUp reads a controller that ended by itself.
func gaveUp(r reading) reading {
	r.code = "controller_crash"
	switch c, sure, _ := wordsOf(r.text); {
	case slices.Contains(uncalled, c): // it gave up on the API server
		r.code, r.addr = "apiserver_unreachable", dialAddress(r.text)
	case c == "apiserver_slow": // it lost its lease
		r.code, r.sure = c, sure
	}
	return r
}

// uncalled are the codes of a call that did not reach whom it was for.
var uncalled = []string{"connect_timeout", "connect_refused", "no_route_to_host", "dns_failure"}

// traceLong is how long an API call must take before its trace is a witness.
const (
	traceLong  = 10e9
	traceShort = 1e9 // a hint only
)

// apiTrace says whether a trace is of a call to the API server.
func apiTrace(name string) bool {
	return strings.HasPrefix(name, "Reflector ListAndWatch") || name == "List" || name == "Get" || strings.HasPrefix(name, "GuaranteedUpdate")
}

// dialAddress is the address in an error of Go's dialer: "dial tcp A: …" or
// `Get "https://A/…`.
func dialAddress(text string) string {
	for _, before := range []string{"dial tcp ", "https://", "http://"} {
		if _, rest, ok := strings.Cut(text, before); ok {
			end := strings.IndexAny(rest, " /\"'")
			if end < 0 {
				end = len(rest)
			}
			return strings.TrimSuffix(rest[:end], ":")
		}
	}
	return ""
}

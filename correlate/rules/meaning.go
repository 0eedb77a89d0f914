package rules

import (
	"slices"
	"strings"

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
		parse.ProxyDenied, parse.ProxyFailfastEnter, parse.ProxyNoEndpoints, parse.ProxyIdentityFailed, parse.ProxyBreaker, parse.ProxyOverloaded, parse.ProxyCrashed:
		return p.proxied(pt, e, r)
	case parse.ControllerQueueOverflow, parse.ControllerStreamAborted, parse.ControllerLookupFailed, parse.ControllerWatchFailed, parse.ControllerListFailed,
		parse.ControllerCrashed, parse.ControllerCacheSyncFailed, parse.APIServerResponse, parse.WebhookFailed, parse.CheckFailed, parse.ControllerTrace:
		return p.controlled(pt, e, r)
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
	"bad_response": "upstream_bad_response", "configured": "configured_answer", "slow_client": "slow_client", "breaker": "breaker_open", "auth_service": "auth_service_failed",
}

// response reads a failed response of an ingress: its own word decides, not
// its status.
func (p *Pass) response(e *parse.Event, r reading) (reading, bool) {
	r.hop, r.request = parse.ParseHop(r.text), true
	r.text = strings.TrimSpace(r.hop.State + " " + r.hop.Details)
	if f, ok := known.FlagOf(known.Flags[r.product], r.hop.State); ok {
		r.text = strings.TrimSpace(r.hop.State + ", " + f.Means + " " + r.hop.Details)
	}
	r.code = byCause[parse.CauseOf(e.Class).String()]
	switch {
	case r.code == "":
		r.code = undecided
	case r.hop.Side == "inbound" && slices.Contains(handed, r.code):
		r.code = "inbound_unavailable"
	case r.code == "upstream_5xx", r.code == "ingress_no_endpoints" && r.text == "" && hostOf(r.hop.Upstream) != "0.0.0.1":
		r.sure = correlate.Medium
	}
	return r, true
}

// handed are the codes of a request that a sidecar could not hand on.
var handed = []string{"connect_refused", "connect_timeout"}

// ownClients are the spans and names of a proxy's own calls, by what they are
// for (linkerd2-proxy linkerd/app/src/lib.rs).
var ownClients = []struct{ name, code string }{
	{"tracing", "telemetry_client"}, {"opentelemetry", "telemetry_client"}, {"collector.", "telemetry_client"}, {"tap.", "telemetry_client"},
	{"prometheus.", "telemetry_client"}, {"metrics-api.", "telemetry_client"},
	{"linkerd-identity", "identity_unavailable"}, {"linkerd-dst", "control_plane"}, {"linkerd-policy", "control_plane"}, {"linkerd-destination", "control_plane"},
}

// own is what a target is for if it is one of the proxy's own clients'.
func own(target string) string {
	for _, c := range ownClients {
		if strings.HasPrefix(target, c.name) {
			return c.code
		}
	}
	return ""
}

// proxied reads what linkerd-proxy says.
func (p *Pass) proxied(pt correlate.Point, e *parse.Event, r reading) (reading, bool) {
	target := p.Name(e.Target)
	if !p.proxys(pt) && (e.Kind == parse.ProxyRequestFailed || e.Kind == parse.ProxyConnectFailed) {
		return p.complained(e, target, r)
	}
	mine := own(target)
	switch e.Kind {
	case parse.ProxyRequestFailed:
		r.request = true
		return p.chained(e, target, r)
	case parse.ProxyConnectFailed:
		r.addr = target
		return p.dialled(target, mine, r)
	case parse.ProxyTCPFailed:
		return p.tcp(target, r)
	case parse.ProxyDiscoveryFailed:
		r.code = "destination_stream_failed"
		if mine != "" {
			r.code = mine
			break
		}
		if c, _, ok := wordsOf(r.text); ok && (c == "dns_failure" || c == "conflicting_ip") {
			r.code = c
		}
	case parse.ProxyPolicyWatchFailed:
		r.code, r.why, r.sure = "policy_stalled", "proxy", correlate.Low
	case parse.ProxyDenied:
		r.code, r.request = "policy_denied", true
	case parse.ProxyFailfastEnter:
		r.code = "failfast"
		switch {
		case mine != "":
			r.code = mine
		case apiAddress(target):
			r.code, r.addr, r.text = "apiserver_unreachable", target, "failfast to the API server's address "+target
		}
	case parse.ProxyNoEndpoints:
		r.code = "witness_none"
		if !p.proxys(pt) { // what an ingress says: of each empty Service at a sync, or of a request
			if r.code, r.request = "ingress_no_endpoints", true; strings.Contains(r.text, "active Endpoint") {
				r.code, r.request = "service_empty", false
			}
		}
	case parse.ProxyIdentityFailed:
		r.code = "identity_unavailable"
		if c, _, ok := wordsOf(r.text); ok && c == "certificate_expiry" {
			r.code = c
		}
	case parse.ProxyBreaker:
		r.code = "breaker_open"
	case parse.ProxyOverloaded:
		r.code = "overload"
	case parse.ProxyCrashed:
		r.code = "proxy_panic"
	}
	return r, r.code != ""
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
	if r.code == "" {
		code, sure, ok := wordsOf(r.text)
		if !ok {
			return r, false
		}
		r.code, r.sure = code, sure
	}
	r.why = complaint
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
	if mine := own(target); mine != "" && mine != "control_plane" {
		code, r.request = mine, false
	}
	if inbound && (code == "connect_refused" || code == "connect_timeout" || code == "failfast") {
		code = "inbound_unavailable"
	}
	r.code = code
	return r, code != undecided
}

// dialled reads a connection that could not be made.
func (p *Pass) dialled(target, mine string, r reading) (reading, bool) {
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
		r.code = "telemetry_client"
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
		r.code = "overflow"
		return r, true
	case parse.ControllerCrashed:
		r.code = "controller_crash"
		if c, _, ok := wordsOf(r.text); ok && slices.Contains(uncalled, c) { // it gave up on the API server
			r.code, r.addr = "apiserver_unreachable", dialAddress(r.text)
		}
		return r, true
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
		if e.Lasted < traceLong || !apiTrace(r.text) {
			return r, false
		}
		r.code, r.sure = "apiserver_slow", correlate.Medium
		return r, true
	}
	code, sure, ok := wordsOf(r.text + " " + target)
	if e.Kind == parse.ControllerCacheSyncFailed && !ok {
		code, sure, ok = "apiserver_unreachable", correlate.Medium, true
	}
	if !ok {
		return r, false
	}
	r.code, r.sure = code, sure
	r.addr = dialAddress(r.text)
	client := e.Kind == parse.ControllerWatchFailed || e.Kind == parse.ControllerListFailed || e.Kind == parse.ControllerCacheSyncFailed
	switch code {
	case "connect_timeout", "connect_refused", "no_route_to_host", "h2_ping_timeout", "tls_mismatch", "upstream_closed":
		switch {
		case code == "upstream_closed" && p.writes(pt, parse.ComponentPolicy):
			r.code, r.sure = "policy_stalled", correlate.Low
		case client || apiAddress(r.addr):
			r.code = "apiserver_unreachable"
		}
	}
	return r, true
}

// uncalled are the codes of a call that did not reach whom it was for.
var uncalled = []string{"connect_timeout", "connect_refused", "no_route_to_host", "dns_failure"}

// checks are what a failed line of `linkerd check` and its like is about
// (linkerd2 pkg/healthcheck/healthcheck.go, multicluster/cmd/check.go).
var checks = []struct{ text, code string }{
	{"gateway", "mirror_gateway_down"}, {"expire", "certificate_expiry"}, {"valid", "certificate_expiry"}, {"trust anchor", "certificate_expiry"}, {"issuer", "certificate_expiry"},
	{"webhook", "webhook_failed"}, {"proxy-injector", "webhook_failed"}, {"clusterrole", "rbac_denied"}, {"kubernetes api", "apiserver_unreachable"},
}

// checked reads a line of a check that failed: its words, else what it checks.
func checked(target string, r reading) (reading, bool) {
	text := strings.ToLower(target + " " + r.text)
	r.sure = correlate.Medium
	if c, _, ok := wordsOf(text); ok {
		r.code, r.sure = c, correlate.High
		return r, true
	}
	for _, c := range checks {
		if strings.Contains(text, c.text) {
			r.code = c.code
			return r, true
		}
	}
	return r, false
}

// traceLong is how long an API call must take before its trace is a witness.
const traceLong = 10e9

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

// restartWords are what the events of a container that comes again say.
var restartWords = []struct{ reason, text, code, why string }{
	{"BackOff", "Back-off restarting failed container", "crash_loop", ""},
	{"BackOff", "Back-off pulling image", "pod_not_started", "image"},
	{"Failed", "Failed to pull image", "pod_not_started", "image"},
	{"Failed", "ErrImagePull", "pod_not_started", "image"},
	{"Failed", "ImagePullBackOff", "pod_not_started", "image"},
	{"Failed", "ErrImageNeverPull", "pod_not_started", "image"},
	{"InspectFailed", "", "pod_not_started", "image"},
	{"Failed", "CreateContainer", "pod_not_started", "config"},
	{"FailedScheduling", "", "pod_not_started", "scheduling"},
	{"FailedMount", "", "pod_not_started", "volume"},
	{"FailedAttachVolume", "", "pod_not_started", "volume"},
	{"FailedCreate", "webhook", "webhook_failed", ""},
	{"FailedCreate", "exceeded quota", "pod_not_started", "quota"},
	{"FailedCreatePodSandBox", "", "cni_plugin_failed", ""},
	{"FailedPostStartHook", "linkerd-await", "proxy_not_ready", ""},
	{"Killing", "failed liveness probe", "restarted_by_probe", ""},
	{"Killing", "failed startup probe", "restarted_by_probe", ""},
	{"Killing", "", "stopped", ""},
	{"SuccessfulDelete", "", "stopped", "scale_down"},
	{"ScalingReplicaSet", "", "rollout", "rollout"},
	{"SuccessfulRescale", "", "rollout", "scale_down"},
	{"ScaleDown", "", "rollout", "node_drain"},
	{"Drain", "", "rollout", "node_drain"},
	{"Evicted", "", "node_unhealthy", "eviction"},
	{"Preempted", "", "rollout", "eviction"},
	{"TaintManagerEviction", "Marking for deletion", "node_unhealthy", "eviction"},
	{"NodeNotReady", "", "node_unhealthy", ""},
	{"NodeHasDiskPressure", "", "node_unhealthy", "disk"},
	{"NodeHasInsufficientMemory", "", "node_unhealthy", "memory"},
	{"NodeHasInsufficientPID", "", "node_unhealthy", "pid"},
	{"SystemOOM", "", "oom_killed", "node"},
	{"OOMKilling", "", "oom_killed", "node"},
	{"InjectionSkipped", "", "not_meshed", ""},
	{"IssuerValidationFailed", "", "certificate_expiry", ""},
	{"LinkerdCNINotConfigured", "", "init_network_failed", ""},
	{"RELOAD", "", "reload", ""},
}

// eventOf is the reason and the message of an event's text.
func eventOf(text string) (reason, message string) {
	reason, message, _ = strings.Cut(text, ": ")
	return reason, message
}

// lived reads what the API server and the kubelet say of containers and pods.
func (p *Pass) lived(pt correlate.Point, e *parse.Event, r reading) (reading, bool) {
	switch e.Kind {
	case parse.IngressReload:
		r.code = "reload"
		return r, true
	case parse.ContainerTerminated:
		return p.ended(e, r)
	case parse.ContainerCrashLoop:
		r.code = "crash_loop"
		return p.looped(e, r)
	}
	reason, message := eventOf(r.text)
	for _, w := range restartWords {
		if w.reason == reason && strings.Contains(message, w.text) {
			r.code, r.why = w.code, w.why
			break
		}
	}
	if strings.Contains(message, "failed calling webhook") || strings.Contains(message, "failed to call webhook") {
		r.code = "webhook_failed"
	}
	return r, r.code != ""
}

// ended reads a container that ended: by its reason, else by its code.
func (p *Pass) ended(e *parse.Event, r reading) (reading, bool) {
	code := int(e.Value)
	target := p.Name(e.Target) + "/" + r.text
	switch {
	case parse.EndReason(e.Class) == parse.EndOOMKilled:
		r.code = "oom_killed"
	case networkInit(target) && code != 0:
		r.code = "init_network_failed"
	case code == 0 || code == 143:
		return r, false
	case code == 137:
		r.code, r.sure = "killed", correlate.Low
	default:
		r.code, r.sure = "crash_loop", correlate.High
		r.why = known.ExitText(code)
	}
	return r, true
}

// networkInit says whether a container is one of those that set or check the
// redirect of a meshed pod.
func networkInit(target string) bool {
	return strings.Contains(target, "linkerd-init") || strings.Contains(target, "linkerd-network-validator") || strings.Contains(target, "proxy-init")
}

// looped reads a container that waits for its next start.
func (p *Pass) looped(e *parse.Event, r reading) (reading, bool) {
	if networkInit(p.Name(e.Target) + "/" + r.text) {
		r.code = "init_network_failed"
	}
	return r, true
}

// besideController says whether a probe that names no pod stands in one text
// with lines of a linkerd controller: whoever pasted both speaks of that one.
func (p *Pass) besideController(pt correlate.Point) bool {
	source := p.Streams[pt.Stream].Source
	if !p.Sources[source].Pasted {
		return false
	}
	for s := range p.Streams {
		if p.Streams[s].Source == source && formats.Of(p.Streams[s].Format).Component == parse.ComponentController {
			return true
		}
	}
	return false
}

// probed reads a failed probe: the mesh's only if its pod, container or port
// says so.
func (p *Pass) probed(pt correlate.Point, e *parse.Event, r reading) (reading, bool) {
	probe, how := parse.ProbeOf(e.Class)
	who := p.Whose(pt)
	r.why = probe.String()
	mesh := strings.HasPrefix(who.Namespace, "linkerd") || strings.HasPrefix(who.Pod, "linkerd-") || who.Pod == "" && p.besideController(pt)
	proxy := strings.Contains(r.text, ":4191") || who.Container == "linkerd-proxy" || strings.Contains(r.text, "linkerd-proxy")
	switch {
	case how == parse.FailureHTTPStatus && e.Value == 503 && (proxy || mesh):
		r.code = "proxy_not_ready"
		if !proxy {
			r.sure = correlate.Medium
		}
	case how == parse.FailureHTTPStatus && e.Value == 500 && mesh && probe != parse.Liveness:
		r.code, r.sure = "controller_starting", correlate.Medium
	case how == parse.FailureTimeout:
		r.code = "probe_timeout"
	case how == parse.FailureRefused:
		r.code = "probe_refused"
	default:
		r.code = "probe_error"
	}
	return r, true
}

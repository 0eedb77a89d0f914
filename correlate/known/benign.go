package known

import "regexp"

// Harmless is a line that looks bad and is not.
type Harmless struct {
	// Name is short, for lists; Why says in a sentence why it does no harm, and
	// what would; Source is where that is known from.
	Name, Why, Source string
	line              *regexp.Regexp
}

// Benign are lines that programs print in the normal course of things though
// they look like failures. What is said of none of them is that nothing else was
// wrong. The first one that fits is taken.
var Benign = []Harmless{
	// linkerd's proxy and what it asks.
	{"own container not up yet", "the container beside the proxy listens a little after it; it would matter if it went on for a minute",
		"linkerd2 charts, order of containers", regexp.MustCompile(`Failed to connect.*(127\.0\.0\.1|localhost|\[::1\]):(8086|8090)\b`)},
	{"client hung up", "a client closed its connection; the proxy prints it for every one until v2.339",
		"linkerd2-proxy linkerd/app/core/src/serve.rs", regexp.MustCompile(`Connection closed.*connection closed before message completed`)},
	{"stream came to its end", "streams of the control plane are limited in time, and are opened again",
		"linkerd2-proxy 2.15 on, linkerd/proxy/api-resolve", regexp.MustCompile(`Completed; retrying with a backoff`)},
	{"DNS refinement", "the proxy goes on with the address it has",
		"linkerd2-proxy 2.8, linkerd/dns", regexp.MustCompile(`DNS refinement timed out`)},
	{"probe on a kept connection", "probes keep connections open and send nothing on them for ten seconds",
		"linkerd2 #13851, #14147, #14851", regexp.MustCompile(`read header from client timeout`)},
	{"release of the proxy", "the date in it is that of the build, and no time of anything that happened",
		"linkerd2-proxy linkerd2-proxy/src/main.rs", regexp.MustCompile(`\brelease \d\S* \(\w+\) by \S+ on \d{4}-`)},
	{"order of the start", "a control-plane replica or the DNS was not up when the proxy was; it would matter without a certificate a minute later",
		"linkerd2-proxy linkerd/app/src/identity.rs", regexp.MustCompile(`Failed to (obtain identity|resolve control-plane component|connect).*:controller\{|:controller\{.*Failed to (obtain identity|resolve control-plane component|connect)`)},
	{"replica of the control plane replaced", "the endpoints are the control plane's own, not those of a target",
		"linkerd2-proxy 2.15 on, linkerd/app/core/src/control.rs", regexp.MustCompile(`(dst|policy|identity):controller\{addr=.*(Add|Updat|Remov)(ing)? endpoint`)},
	{"scrape of a pod that is gone", "Prometheus still asks a pod that ended; no client's request failed",
		"linkerd2 viz/charts, scrape configuration", regexp.MustCompile(`request failed.*:(4191|9990)\b`)},
	// linkerd's control plane.
	{"TLS handshake of a health check", "health checks and port scans open a connection and say nothing",
		"Go net/http/server.go", regexp.MustCompile(`http: TLS handshake error from .*: EOF`)},
	{"owner of a pod not found", "it is asked for labels only; forbidden is a missing right to name owners",
		"linkerd2 2.14 on, controller/k8s/api.go", regexp.MustCompile(`failed to retrieve replicaset .*not found|from direct API call .*(forbidden|not found)`)},
	{"endpoint without a proxy container", "a flood of lines and no more, gone with #13758",
		"linkerd2 #12719, #13758", regexp.MustCompile(`failed to find LINKERD2_PROXY_INBOUND_LISTEN_ADDR`)},
	{"old token", "until a pod restarts it has the token of before the upgrade",
		"linkerd2 pkg/identity/service.go", regexp.MustCompile(`using old token format`)},
	{"gateway probe below the threshold", "up to two in a row are tolerated",
		"linkerd2 2.17 on, multicluster/service-mirror/probe_worker.go", regexp.MustCompile(`[Pp]roblem connecting with gateway|[Gg]ateway returned unexpected status`)},
	// Kubernetes and its clients.
	{"watch ended", "every informer's watch ends within ten minutes and is opened again; only series of them matter",
		"client-go tools/cache/reflector.go", regexp.MustCompile(`watch of \*v\d\w*\.\w+ ended with|[Ww]atch ended with error|too old resource version`)},
	{"slow event handlers", "the text is the same for every trace of it and names no handler; its duration is what counts",
		"client-go 0.23 on, tools/cache/delta_fifo.go", regexp.MustCompile(`Reason:slow event handlers blocking the queue`)},
	{"a tool throttled itself", "the waiting is local to that run of kubectl, helm or terraform",
		"client-go rest/request.go", regexp.MustCompile(`(kubectl|helm|terraform)\b.*Waited for .*client-side throttling`)},
	{"recovery of a node", "it says that a node has what it needs",
		"kubernetes pkg/kubelet/kubelet_node_status.go", regexp.MustCompile(`\bNodeHas(NoDiskPressure|SufficientMemory|SufficientPID)\b`)},
	{"eviction called off", "the taint went before the pod had to",
		"kubernetes pkg/controller/tainteviction", regexp.MustCompile(`TaintManagerEviction.*Cancell?ing deletion of Pod`)},
	{"probe that only warns", "a redirect or a body that was too long; the probe passed",
		"kubernetes pkg/kubelet/prober/prober.go", regexp.MustCompile(`\bProbeWarning\b`)},
	{"name tried with a search suffix", "the resolver tries each suffix of its list until one answers",
		"resolv.conf(5); CoreDNS plugin/log", regexp.MustCompile(`\.svc\.cluster\.local\.cluster\.local\.? .*NXDOMAIN|\.svc\.cluster\.local\.svc\.cluster\.local\.? .*NXDOMAIN`)},
	{"check that warns of a version", "the control plane works with a CLI of another release",
		"linkerd2 pkg/healthcheck", regexp.MustCompile(`‼ (cli|control plane|data plane) is up-to-date`)},
	// Ingresses and other proxies.
	{"scanner at the TLS port", "a client that cannot or will not finish a handshake",
		"nginx src/event/ngx_event_openssl.c", regexp.MustCompile(`SSL_do_handshake\(\) failed .*while SSL handshaking, client:`)},
	{"response kept in a file", "a response or request larger than nginx's buffers",
		"nginx src/event/ngx_event_pipe.c", regexp.MustCompile(`is buffered to a temporary file`)},
	{"request delayed by its limit", "limit_req with a burst delays and serves it",
		"nginx src/http/modules/ngx_http_limit_req_module.c", regexp.MustCompile(`delaying request, excess: `)},
	{"header sent twice", "nginx keeps the first and goes on",
		"nginx src/http/ngx_http_upstream.c", regexp.MustCompile(`upstream sent duplicate header line: .*ignored`)},
	{"client gave up at nginx", "a client was slow or went away; its upstream did nothing wrong",
		"nginx src/http/ngx_http_request.c", regexp.MustCompile(`\[info\].*client (timed out|prematurely closed connection|closed keepalive connection)`)},
	{"Ingress without a Service", "its configuration names what is not there; only that name is not served",
		"ingress-nginx internal/ingress/controller/controller.go", regexp.MustCompile(`Error obtaining Endpoints for Service .*no object matching key`)},
	{"istiod's streams renewed", "istiod closes connections after thirty minutes (keepaliveMaxServerConnectionAge)",
		"istio manifests/charts/istio-control/istio-discovery/values.yaml", regexp.MustCompile(`(Stream|Delta)AggregatedResources .*closed`)},
	{"client cancelled at a load balancer", "the client went away before the answer",
		"Google Cloud, statusDetails", regexp.MustCompile(`client_disconnected_(before|after)_\w+`)},
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

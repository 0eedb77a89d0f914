package known

import (
	"math"
	"time"
)

// Knob is a time limit of a product whose default gives itself away as the
// duration of what failed.
type Knob struct {
	Seconds float64
	// Product is the format that its lines are read as, "" for any caller.
	Product string
	// Name is the setting, Code what it says when it is met.
	Name, Code string
	// Tries is how many times in a row it may be met within one duration.
	Tries int
}

// Knobs are the defaults, by product (ingress-nginx internal/ingress/controller/config/config.go,
// traefik pkg/server/service/transport.go, Envoy docs faq/configuration/timeouts.rst,
// HAProxy doc/configuration.txt and openshift/router haproxy-config.template, linkerd2-proxy
// linkerd/app/src/env.rs, the makers' manuals for AWS, GCP, Azure, Kong).
var Knobs = []Knob{
	{5, "nginx", "proxy-connect-timeout", "connect_timeout", 3},
	{60, "nginx", "proxy-read-timeout", "upstream_timeout", 3},
	{5, "haproxy", "timeout connect, 4 tries", "connect_timeout", 4},
	{5, "haproxy", "timeout queue", "overload", 1},
	{30, "haproxy", "timeout server", "upstream_timeout", 1},
	{50, "haproxy", "timeout server (haproxy-ingress)", "upstream_timeout", 1},
	{2, "envoy", "the connect timeout (Contour)", "connect_timeout", 3},
	{5, "envoy", "the cluster's connect_timeout", "connect_timeout", 3},
	{10, "envoy", "the connect timeout (Istio, Envoy Gateway)", "connect_timeout", 3},
	{15, "envoy", "the route's timeout", "upstream_timeout", 1},
	{300, "envoy", "stream_idle_timeout", "upstream_timeout", 1},
	{30, "traefik", "forwardingTimeouts.dialTimeout", "connect_timeout", 1},
	{60, "traefik", "the entry point's readTimeout", "slow_client", 1},
	{3, "caddy", "dial_timeout", "connect_timeout", 1},
	{10, "aws", "the load balancer's connect timeout", "connect_timeout", 1},
	{60, "aws", "idle_timeout.timeout_seconds", "upstream_timeout", 1},
	{30, "gcp-lb", "the backend service's timeoutSec", "upstream_timeout", 1},
	{20, "azure", "the request timeout of the backend setting", "upstream_timeout", 1},
	{30, "azure", "the request timeout of the backend setting", "upstream_timeout", 1},
	{60, "nginx", "Kong's read_timeout, six tries", "upstream_timeout", 6}, // Kong and APISIX write nginx' lines
	{100, "", "Cloudflare's limit of 100 s for an origin (524)", "client_closed", 1},
	{29, "", "API Gateway's integration timeout", "client_closed", 1},
	{30, "", "a caller's limit of 30 s", "client_closed", 1},
	{60, "", "a caller's limit of 60 s", "client_closed", 1},
}

// Approx says whether a duration is as good as another: within 60 ms or 2 %.
func Approx(d time.Duration, seconds float64) bool {
	return math.Abs(d.Seconds()-seconds) <= max(0.06, 0.02*seconds)
}

// KnobsOf are the knobs of a product whose default a duration equals, with how
// many tries it then took; a code other than "" asks for those that say it.
func KnobsOf(product, code string, d time.Duration) (out []Knob, tries []int) {
	for _, k := range Knobs {
		if k.Product != product || code != "" && k.Code != code {
			continue
		}
		for n := 1; n <= k.Tries; n++ {
			if Approx(d, float64(n)*k.Seconds) {
				out, tries = append(out, k), append(tries, n)
				break
			}
		}
	}
	return out, tries
}

// KnobOf is the first of the knobs that [KnobsOf] gives, ok false for none.
func KnobOf(product string, d time.Duration) (k Knob, ok bool) {
	for i := range Knobs {
		if k := &Knobs[i]; k.Product == product {
			for n := 1; n <= k.Tries; n++ {
				if Approx(d, float64(n)*k.Seconds) {
					return *k, true
				}
			}
		}
	}
	return Knob{}, false
}

// IdleLimit is after how long somebody closes or forgets a quiet connection.
type IdleLimit struct {
	Seconds float64
	Who     string
	// Box is one between the two ends, which tells neither; Server the end that is asked.
	Box, Server bool
}

// IdleLimits are the defaults (gunicorn, Node lib/_http_server.js, uvicorn, Puma, nginx, Kestrel, Envoy, linkerd2-proxy
// linkerd/app/src/env.rs, ingress-nginx config.go, Traefik transport.go; the makers' manuals for AWS, GCP and Azure).
var IdleLimits = []IdleLimit{
	{2, "gunicorn", false, true}, {5, "Node to 25, uvicorn, Apache", false, true}, {20, "Puma to 6, Tomcat", false, true},
	{60, "an ALB, ingress-nginx, Kong or APISIX towards its upstreams", false, false}, {65, "Node 26, Puma 7", false, true}, {75, "nginx", false, true},
	{90, "Traefik towards its upstreams", false, false}, {120, "Caddy towards its upstreams", false, false}, {130, "Kestrel", false, true},
	{240, "Azure's load balancer and NAT", true, false}, {350, "AWS' NLB and NAT gateway", true, false},
	{600, "Google's load balancers and network", true, false}, {3600, "Envoy, HAProxy's tunnels", false, false},
}

// Pools are after how many seconds those in front of a server close a connection to it
// that nobody uses, by the format of their lines (the same sources).
var Pools = map[string]float64{"nginx": 60, "aws": 60, "traefik": 90, "caddy": 120, "gcp-lb": 600, "envoy": 3600}

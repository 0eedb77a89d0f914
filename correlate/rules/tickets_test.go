package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"faultline/correlate"
)

// ticketVariants are dumps as reporters of other meshes, ingresses and tools pasted them:
// the words of one product each, with their look-alikes.
var ticketVariants = []variant{
	// Envoy's errno where it has no text for it.
	{"no_route_to_host", correlate.High, one("curl says:\nupstream connect error or disconnect/reset before headers. retried and the latest reset reason: connection failure, transport failure reason: delayed connect error: 113\n"),
		one("curl says:\nupstream connect error or disconnect/reset before headers. reset reason: connection failure, transport failure reason: delayed connect error: 111\n")},
	{"connect_refused", correlate.High, one("curl says:\nupstream connect error or disconnect/reset before headers. reset reason: connection failure, transport failure reason: delayed connect error: 111\n"), nil},
	{"kernel_table_full", correlate.Medium, one("[2024-02-02 12:00:01.344][929][debug][connection] [C512661] immediate connection error: 99\n[2024-02-02 12:00:01.344][921][debug][connection] [C512663] connecting to 10.1.0.5:8080\n"),
		one("[2024-02-02 12:00:01.344][929][debug][connection] [C512661] connection in progress\n[2024-02-02 12:00:01.344][921][debug][connection] [C512663] connecting to 10.1.0.5:9999\n")},
	{"connect_timeout", correlate.Medium, one("level=debug msg=\"[[C11] connect timeout\" subsys=envoy-pool threadID=72\n"),
		one("level=debug msg=\"[[C11] connecting, connect timeout 5s\" subsys=envoy-pool threadID=72\n")},
	// Go's own, of a handshake that nobody answered: of the API server where it was asked.
	{"apiserver_unreachable", correlate.Medium, one("$ kubectl get pods\nUnable to connect to the server: net/http: TLS handshake timeout\n"),
		one("2024/02/02 12:00:01 http: TLS handshake error from 10.1.0.9:5120: TLS handshake timeout\n")},
	{"apiserver_unreachable", correlate.Medium, one("E0202 12:00:01.159456       1 reflector.go:315] generic_controller.go:129: Failed to watch *v1.Namespace: Get https://10.1.0.1:6443/api/v1/watch/namespaces?timeoutSeconds=322: net/http: TLS handshake timeout\n"), nil},
	// gRPC, as the client sees it; a server says the same of a client that left.
	{"upstream_closed", correlate.High, one("time=\"2024-02-02T12:00:01Z\" level=error msg=\"rpc error: code = Unavailable desc = transport is closing\" method=/orders/List\n"),
		one("WARNING: 2024/02/02 12:00:01 grpc: Server.processUnaryRPC failed to write status: connection error: desc = \"transport is closing\"\n")},
	// nginx with a module that says what it was doing in words of its own.
	{"connect_timeout", correlate.High, one("2024/02/02 12:00:01 [error] 56#56: *79 upstream timed out (110: Operation timed out) while connecting to upstream(proxy_connect), client: 10.0.0.1, server: , request: \"CONNECT a.test:443 HTTP/1.1\"\n"),
		one("2024/02/02 12:00:01 [error] 56#56: *79 upstream timed out (110: Operation timed out) while reading response header from upstream (slow), client: 10.0.0.1, server: , request: \"GET / HTTP/1.1\"\n")},
	// Knative's queue-proxy: the error beside the message says who left.
	{"upstream_closed", correlate.High, one(queueProxy("EOF")), one(queueProxy("context canceled"))},
	{"client_closed", correlate.High, one(queueProxy("context canceled")), one(queueProxy("EOF"))},
	// An object of a log that somebody had shown over several lines.
	{"client_closed", correlate.High, one("The queue proxy says:\n```json\n" + strings.NewReplacer("{", "{\n  ", ",\"", ",\n  \"", "}", "\n}").Replace(queueProxy("context canceled")) + "```\nand nothing more.\n"), nil},
	{"ingress_no_endpoints", correlate.High, one("A burst of 503s:\n```\n{\n  \"httpRequest\": {\n    \"latency\": \"0.000412s\",\n    \"requestUrl\": \"https://api.test/v1\",\n    \"status\": 503\n  },\n  \"jsonPayload\": {\n    \"@type\": \"type.googleapis.com/google.cloud.loadbalancing.type.LoadBalancerLogEntry\",\n    \"statusDetails\": \"failed_to_pick_backend\"\n  },\n  \"timestamp\": \"2024-02-02T12:00:01.123456Z\"\n}\n```\n"), nil},
	// What scales from zero and did not come up in time.
	{"empty_target", correlate.Medium, one(`{"level":"error","ts":1706875201.66,"logger":"runProxyServer","caller":"interceptor/proxy_handlers.go:77","msg":"wait function failed, not forwarding request","error":"context marked done while waiting for deployment web to reach > 0 replicas (context deadline exceeded)"}` + "\n"),
		one("Waiting for deployment \"web\" rollout to finish: 0 of 1 updated replicas are available...\n")},
	// Istio's agent and its network plugin.
	{"config_sync_failed", correlate.Low, one("2024-02-02T12:00:01.670816Z\twarn\txdsproxy\tupstream [6] terminated with unexpected error rpc error: code = ResourceExhausted desc = request rate limit exceeded\n"),
		one("2024-02-02T12:00:01.670816Z\tinfo\txdsproxy\tconnected to upstream XDS server: istiod.istio-system.svc:15012\n")},
	{"cni_plugin_failed", correlate.Medium, one("2024-02-02T12:00:01.853890Z\terror\tcni-plugin\tistio-cni cmdAdd error: unable to push CNI event (status code 500): partial add error: no ztunnel connection\n"),
		one("2024-02-02T12:00:01.853890Z\tinfo\tcni-plugin\tistio-cni cmdAdd config parsed\n")},
	// Traefik 1.x; of one that fell back nobody was refused.
	{"ingress_no_endpoints", correlate.Low, one("time=\"2024-02-02T12:00:01Z\" level=warning msg=\"Endpoints not available for shop/web\"\ntime=\"2024-02-02T12:00:01Z\" level=error msg=\"Service not found for shop/cart\"\n"),
		one("time=\"2024-02-02T12:00:01Z\" level=warning msg=\"Service endpoints not found for shop/web, falling back to Service ClusterIP\"\n")},
	// An Envoy that prints no details, and the upstream's own time where it answered.
	{"upstream_5xx", correlate.Medium, one("[2024-02-02T12:00:01.799Z] \"POST / HTTP/1.1\" 502 - 2287 4 11 11 \"10.4.0.12\" \"client/1.1\" \"6a1c8a1b-7a0f-4f0e-9a6c-3fe1f7e6d7f1\" \"web.test\" \"10.4.3.20:8012\"\n"),
		one("[2024-02-02T12:00:01.799Z] \"POST / HTTP/1.1\" 502 - 2287 4 11 - \"10.4.0.12\" \"client/1.1\" \"6a1c8a1b-7a0f-4f0e-9a6c-3fe1f7e6d7f1\" \"web.test\" \"10.4.3.20:8012\"\n")},
	// What the first of several tries came to, where the last came to something else.
	{"upstream_timeout", correlate.Medium, one(tries("10.1.0.9:80, 10.1.0.3:80", "0, 0", "30.001, 3.092", "504, 502")),
		one(tries("10.1.0.9:80, 10.1.0.3:80", "0, 0", "0.001, 0.002", "502, 502"))},
	{"connect_timeout", correlate.Medium, one(tries("10.1.0.9:80, 10.1.0.3:80", "0, 0", "5.001, 0.002", "504, 502")),
		one(tries("10.1.0.9:80, 10.1.0.3:80", "0, 0", "0.001, 0.002", "502, 502"))},
	{"upstream_5xx", correlate.Medium, one(tries("10.1.0.9:80, 10.1.0.3:80", "52, 0", "0.101, 0.002", "503, 502")),
		one(tries("10.1.0.9:80, 10.1.0.3:80", "0, 0", "0.001, 0.002", "502, 502"))},
	// Squid chose nobody: its name has no address.
	{"dns_failure", correlate.Medium, one("1706875201.123  15002 10.0.0.5 TCP_MISS/503 4512 GET http://nx.test/ - HIER_NONE/- text/html\n"),
		one("1706875201.123  15002 10.0.0.5 TCP_MISS/503 4512 GET http://api.test/ - HIER_DIRECT/10.1.0.9 text/html\n")},
	// A controller of Kubernetes that lost its lease, before leader election had today's words.
	{"apiserver_slow", correlate.Medium, one("F0202 12:00:01.947676  574545 server.go:141] lost master\ngoroutine 1 [running]:\nmain.main()\n"),
		one("I0202 12:00:01.947676  574545 server.go:141] became master, the last one was lost\n")},
}

// tries is a line of ingress-nginx about a request that several upstreams were asked for.
func tries(addr, sent, took, status string) string {
	return fmt.Sprintf("10.0.0.7 - - [02/Feb/2024:12:00:40 +0000] \"GET /a HTTP/1.1\" 502 157 \"-\" \"client/8.5\" 87 33.093 [shop-web-80] [] %s %s %s %s a7c98d98a7c98d98\n", addr, sent, took, status)
}

// queueProxy is a line of Knative's queue-proxy.
func queueProxy(problem string) string {
	return fmt.Sprintf(`{"severity":"ERROR","timestamp":"2024-02-02T12:00:01.687636069Z","logger":"queueproxy","caller":"network/error_handler.go:33","message":"error reverse proxying request; sockstat: sockets: used 7\nTCP: inuse 0 orphan 0\n","knative.dev/key":"shop/web-00001","error":%q}`+"\n", problem)
}

// A cloud's balancer, a firewall and an ingress have rules of their own: no policy of a
// mesh is to be looked for.
func TestOwnRulesAreNoMesh(t *testing.T) {
	for name, text := range map[string]string{
		"an ALB's firewall": `https 2024-02-02T12:00:01.123456Z app/web/50dc6c495c0c9188 203.0.113.10:41212 - -1 -1 -1 403 - 612 277 "GET https://app.test:443/orders HTTP/1.1" "client/5.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/73e2d6bc24d8a067 "Root=1-5dc2f3ae-1" "app.test" "arn:aws:acm:us-east-1:111122223333:certificate/x" 1 2024-02-02T12:00:00.121000Z "waf" "-" "-" "-" "-" "-" "-"` + "\n",
		"Google's armour":   `{"httpRequest":{"requestMethod":"GET","requestUrl":"https://app.test/a","status":403,"latency":"0.0001s"},"jsonPayload":{"@type":"type.googleapis.com/google.cloud.loadbalancing.type.LoadBalancerLogEntry","statusDetails":"denied_by_security_policy"},"timestamp":"2024-02-02T12:00:01.123Z"}` + "\n",
	} {
		c := judged(t, one(text).inputs()...)
		i := indexOf(c, "policy_denied")
		if i < 0 {
			t.Errorf("%s: %s", name, titles(c))
			continue
		}
		f := c.Findings[i]
		if said := f.Detail + strings.Join(f.Next, " "); strings.Contains(said, "AuthorizationPolicy") || strings.Contains(said, "mTLS") || len(f.Rivals) > 0 {
			t.Errorf("%s: %s; rivals %v", name, said, f.Rivals)
		}
	}
	istio := judged(t, one("[2024-02-02T12:00:01.799Z] \"GET / HTTP/1.1\" 403 - rbac_access_denied_matched_policy[none] - \"-\" 0 19 0 - \"10.4.0.12\" \"client/1.1\" \"6a1c8a1b-7a0f-4f0e-9a6c-3fe1f7e6d7f1\" \"web.test\" \"-\" inbound|8080|| - 10.4.3.20:8012 10.4.0.12:4000 - default\n").inputs()...)
	if i := indexOf(istio, "policy_denied"); i < 0 || !strings.Contains(strings.Join(istio.Findings[i].Next, " "), "AuthorizationPolicy") {
		t.Errorf("Istio's own: %s", titles(istio))
	}
}

// What a program says at info of a call that failed it went on without, or quotes: it is told,
// and leads nothing.
func TestCallsAtInfoAreContext(t *testing.T) {
	for level, want := range map[string]correlate.Severity{"INFO": correlate.Info, "WARN": correlate.Warning, "ERROR": correlate.Warning} {
		c := judged(t, one("2024-02-02T12:00:01Z "+level+" retried: the last error was \"dial tcp 10.1.0.1:80: connect: connection refused\"\n").inputs()...)
		if i := indexOf(c, "connect_refused"); i >= 0 && c.Findings[i].Severity > want || want > correlate.Info && i < 0 {
			t.Errorf("%s: %s", level, titles(c))
		}
	}
}

// A priority of syslog's is the level of a line that tells none.
func TestPriorityIsALevel(t *testing.T) {
	for line, unexplained := range map[string]int{
		"<131>Feb  2 12:00:02 lb1 shopd[12]: something bad\n":          1,
		"<131>1 2024-02-02T12:00:02Z lb1 shopd 12 - - something bad\n": 1,
		"<134>Feb  2 12:00:02 lb1 shopd[12]: something good\n":         0,
	} {
		c := judged(t, one(line).inputs()...)
		if n := len(c.Unexplained()); n != unexplained || c.Verdict.Reason == correlate.NothingRead {
			t.Errorf("%s%d lines unexplained; %s %s", line, n, c.Verdict.Code, c.Verdict.Reason)
		}
	}
}

// Of events about a node and about its pods the node is named.
func TestNodeAndItsPods(t *testing.T) {
	const rows = "LAST SEEN   TYPE      REASON         OBJECT      MESSAGE\n7m          Warning   NodeNotReady   pod/web-2   Node is not ready\n" +
		"7m          Warning   NodeNotReady   pod/api-1   Node is not ready\n7m          Normal    NodeNotReady   node/wk-2   Node wk-2 status is now: NodeNotReady\n"
	crashIs(t, dump{"e.txt": rows}, "node_unhealthy", "wk-2 is gone or under pressure, as events of 2 pods say too")
}

// A Java program whose log ends with the memory's may have gone on.
func TestMemoryOfAThreadIsNoEnd(t *testing.T) {
	const line = "2024-02-02 12:00:00,100 ERROR [http-1] c.e.A - failed: java.lang.OutOfMemoryError: Java heap space\n"
	for text, says := range map[string]string{line: "or only that thread did", "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n": "It ended by an error"} {
		c := judged(t, one(text).inputs()...)
		if i := indexOf(c, "crash_loop"); i < 0 || !strings.Contains(c.Findings[i].Detail, says) {
			t.Errorf("%s: want %q: %s", text, says, c.Findings[max(i, 0)].Detail)
		}
	}
}

// The advice about linkerd's network plugin is for dumps that name it.
func TestOtherPluginsAreNotLinkerds(t *testing.T) {
	for text, linkerds := range map[string]bool{
		"Failed to create pod sandbox: plugin type=\"linkerd-cni\" name=\"linkerd-cni\" failed (add): exit status 127": true,
		"Failed to create pod sandbox: plugin type=\"aws-cni\" name=\"aws-cni\" failed (add): no free address":         false,
	} {
		c := judged(t, dump{"e.json": event("shop", "web-1", "FailedCreatePodSandBox", text, noon, 1)}.inputs()...)
		i := indexOf(c, "cni_plugin_failed")
		if i < 0 {
			t.Errorf("%s: %s", text, titles(c))
			continue
		}
		if said := strings.Join(c.Findings[i].Next, " "); strings.Contains(said, "linkerd-cni") != linkerds {
			t.Errorf("%s: %s", text, said)
		}
	}
}

// indexOf is where a code stands among a case's findings, -1 where it does not.
func indexOf(c *correlate.Case, code string) int {
	return slices.IndexFunc(c.Findings, func(f correlate.Finding) bool { return f.Diagnosis == code })
}

// A hint at a diagnosis stands before what only tells that the failures are too few.
func TestHintsStandBeforeContext(t *testing.T) {
	c := judged(t, one(tries("10.4.2.36:80, 10.4.2.36:80", "0, 0", "1.244, 0.004", "502, 502")+
		"W0202 12:00:41.222358       7 controller.go:916] Service \"shop/web\" does not have any active Endpoint.\n").inputs()...)
	if len(c.Findings) < 2 || c.Findings[0].Diagnosis == "" {
		t.Errorf("%s", titles(c))
	}
}

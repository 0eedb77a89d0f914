package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
)

// nginxAccess is a line of ingress-nginx's access log at some seconds after noon.
func nginxAccess(after int, status, took, upstream, bytes, upstreamStatus string) string {
	return fmt.Sprintf("10.0.0.7 - - [%s] \"GET /a HTTP/1.1\" %s 160 \"-\" \"curl/8.5.0\" 87 %s [shop-web-80] [] %s %s %s %s %032x\n",
		noon.Add(time.Duration(after)*time.Second).Format("02/Jan/2006:15:04:05 -0700"), status, took, upstream, bytes, took, upstreamStatus, after+7)
}

// nginxError is a line of nginx's error log about an attempt.
func nginxError(after int, message string) string {
	return fmt.Sprintf("%s [error] 31#31: *%d %s, client: 10.0.0.7, server: shop.test, request: \"GET /a HTTP/1.1\", upstream: \"http://10.1.0.9:80/a\", host: \"shop.test\"\n",
		noon.Add(time.Duration(after)*time.Second).Format("2006/01/02 15:04:05"), after, message)
}

// envoyAccess is a line of Envoy's access log; more follows the flags.
func envoyAccess(after int, status, flags, details, took, upstream, cluster string) string {
	return fmt.Sprintf("[%s] \"GET /a HTTP/1.1\" %s %s %s - \"-\" 0 91 %s - \"10.0.0.7\" \"curl/8\" \"%08x-0000-4000-8000-000000000001\" \"web.shop\" \"%s\" %s - 10.0.0.8:8080 10.0.0.7:4 - default\n",
		noon.Add(time.Duration(after)*time.Second).Format("2006-01-02T15:04:05.000Z"), status, flags, details, took, after, upstream, cluster)
}

// haproxyAccess is a line of HAProxy's HTTP log.
func haproxyAccess(after int, server, timers, status, state string) string {
	return fmt.Sprintf("10.20.4.150:42343 [%s] www shop/%s %s %s 709 - - %s 12/12/0/0/0 0/0 \"GET /a HTTP/1.1\"\n",
		noon.Add(time.Duration(after)*time.Second).Format("02/Jan/2006:15:04:05.000"), server, timers, status, state)
}

// controllerLog is a log of a Go controller with one line of a level.
func controllerLog(level, message string) string {
	at := noon.Add(time.Minute).Format(time.RFC3339)
	return fmt.Sprintf("time=%q level=info msg=\"running version stable-2.14.10\"\ntime=%q level=%s msg=\"%s\"\n", noon.Format(time.RFC3339), at, level, message)
}

// etcdLog is what etcd says of a request that took so long.
func etcdLog(took string) string {
	return fmt.Sprintf(`{"level":"warn","ts":"%s","caller":"etcdserver/util.go:170","msg":"apply request took too long","took":"%s","expected-duration":"100ms","prefix":"read-only range "}`+"\n",
		noon.Format("2006-01-02T15:04:05.000Z"), took)
}

// repeat joins n lines, one each step seconds.
func repeat(n, step int, line func(after int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(line(i * step))
	}
	return b.String()
}

// viewOfWeb is what linkerd diagnostics endpoints lists of one service.
const viewOfWeb = "NAMESPACE   IP           PORT   POD                      SERVICE\n" +
	"shop        10.17.5.61   80     web-5d9f7c6b84-k7w2m     web.shop\n" +
	"shop        10.17.2.48   80     web-5d9f7c6b84-v4xbd     web.shop\n"

// unlistedDials are lines of a proxy whose target is a service, and whose span
// names which of its endpoints did not answer.
func unlistedDials(addr string) string {
	return repeat(3, 1, func(i int) string {
		return fmt.Sprintf("[%6d.532834s]  WARN ThreadId(01) outbound:proxy{addr=10.2.6.31:80}:service{ns=shop name=web port=80}:endpoint{addr=%s}: linkerd_reconnect: Failed to connect error=endpoint %s: connect timed out after 1s error.sources=[connect timed out after 1s]\n", 5000+i, addr, addr)
	})
}

// unlistedDialsOld are the same from a release with logical targets (2.10).
func unlistedDialsOld(addr string) string {
	return repeat(3, 1, func(i int) string {
		return fmt.Sprintf("[%6d.532834s]  WARN ThreadId(01) server{orig_dst=10.2.6.31:80}:profile:http{v=h2}:logical{dst=web.shop.svc.cluster.local:80}:concrete{addr=web.shop.svc.cluster.local:80}:endpoint{peer.addr=%s}: linkerd_reconnect::service: Failed to connect error=connect timed out after 1s\n", 5000+i, addr)
	})
}

// proxySaid are lines of a proxy's log, the first of its start.
func proxySaid(lines ...string) string {
	at := func(s int) string {
		return noon.Add(time.Duration(s) * time.Second).Format("2006-01-02T15:04:05.000000000Z")
	}
	out := at(0) + " [     0.001s]  INFO ThreadId(01) linkerd2_proxy: release 2.210.0 (e3a3b1c) by linkerd on 2023-08-23T00:00:00Z\n"
	for i, l := range lines {
		out += fmt.Sprintf("%s [%6d.001s]  INFO ThreadId(01) %s\n", at(20*(i+1)), 20*(i+1), l)
	}
	return out
}

// serverFirst are connections to a database whose client waits for its first word.
func serverFirst(said string) string {
	line := "outbound:proxy{addr=10.43.20.7:3307}: linkerd_detect: Continuing after timeout: linkerd_proxy_http::version::Version protocol detection " + said
	return proxySaid(line, line, line)
}

// unpinged are connections that a proxy closed with an error.
func unpinged(err string) string {
	line := "inbound:server{port=50051}: linkerd_app_core::serve: Connection closed error=" + err + " client.addr=10.42.3.9:51011 server.addr=10.42.1.2:50051"
	return proxySaid(line, line)
}

// replicas are the addresses of the destination as a proxy's own client saw them.
func replicas(first, then string) string {
	const line = "dst:controller{addr=linkerd-dst-headless.linkerd.svc.cluster.local:8086}: linkerd_pool_p2c: %s endpoint addr=10.42.3.%d:8086"
	return proxySaid(fmt.Sprintf(line, first, 9), fmt.Sprintf(line, then, 2))
}

// envoyNowhere is a request that Istio's proxy answered itself, by its route.
func envoyNowhere(route string) string {
	return fmt.Sprintf("[%s] \"GET /v1 HTTP/1.1\" 502 - direct_response - \"-\" 0 0 0 - \"-\" \"curl/8\" \"2f0e9c1a-0000-4000-8000-000000000001\" \"api.partner.test\" \"-\" - - 203.0.113.9:80 10.0.0.7:4 - %s\n",
		noon.Format("2006-01-02T15:04:05.000Z"), route)
}

// blamed is a line of a program that says in a field why a call failed.
func blamed(err string) string {
	return fmt.Sprintf("%s\tERROR\tupstream\tcall failed\t{\"error\": \"dial tcp 10.43.2.2:80: %s\"}\n", noon.Format(time.RFC3339), err)
}

// spoken are small dumps with the diagnosis that must lead, at its confidence,
// and look-alikes in which it must not be said.
var spoken = []struct {
	code  string
	sure  correlate.Confidence
	dump  dump
	looks dump
}{
	{"connect_timeout", correlate.High, dump{"a.log": nginxAccess(15, "504", "15.000", "10.1.0.9:80, 10.1.0.9:80, 10.1.0.9:80", "0, 0, 0", "504, 504, 504"), "e.log": nginxError(15, "upstream timed out (110: Operation timed out) while connecting to upstream")},
		dump{"a.log": nginxAccess(15, "504", "60.000", "10.1.0.9:80", "0", "504"), "e.log": nginxError(15, "upstream timed out (110: Operation timed out) while reading response header from upstream")}},
	{"connect_timeout", correlate.Medium, dump{"a.log": nginxAccess(15, "504", "15.000", "10.1.0.9:80, 10.1.0.9:80, 10.1.0.9:80", "0, 0, 0", "504, 504, 504")},
		dump{"a.log": nginxAccess(15, "504", "60.001", "10.1.0.9:80", "0", "504")}},
	{"upstream_timeout", correlate.High, dump{"a.log": nginxAccess(60, "504", "60.000", "10.1.0.9:80", "0", "504"), "e.log": nginxError(60, "upstream timed out (110: Operation timed out) while reading response header from upstream")},
		dump{"a.log": nginxAccess(15, "504", "5.000", "10.1.0.9:80", "0", "504"), "e.log": nginxError(15, "upstream timed out (110: Operation timed out) while connecting to upstream")}},
	{"connect_refused", correlate.High, dump{"a.log": nginxAccess(1, "502", "0.001", "10.1.0.9:80", "0", "502"), "e.log": nginxError(1, "connect() failed (111: Connection refused) while connecting to upstream")},
		dump{"a.log": nginxAccess(1, "502", "0.001", "10.1.0.9:80", "0", "502"), "e.log": nginxError(1, "connect() failed (113: Host is unreachable) while connecting to upstream")}},
	{"stale_endpoint", correlate.Medium, dump{"p.log": unlistedDialsOld("10.17.7.19:80"), "e.txt": viewOfWeb}, dump{"p.log": unlistedDialsOld("10.17.5.61:80"), "e.txt": viewOfWeb}},
	{"stale_endpoint", correlate.Medium, dump{"p.log": unlistedDials("10.17.7.19:80"), "e.txt": viewOfWeb}, dump{"p.log": unlistedDials("10.17.5.61:80"), "e.txt": viewOfWeb}},
	{"no_route_to_host", correlate.High, dump{"a.log": nginxAccess(1, "502", "3.071", "10.1.0.9:80", "0", "502"), "e.log": nginxError(1, "connect() failed (113: Host is unreachable) while connecting to upstream")},
		dump{"a.log": nginxAccess(1, "502", "0.001", "10.1.0.9:80", "0", "502"), "e.log": nginxError(1, "connect() failed (111: Connection refused) while connecting to upstream")}},
	{"upstream_closed", correlate.High, dump{"a.log": repeat(5, 1, func(i int) string { return nginxAccess(i, "502", "0.204", "10.1.0.9:80", "0", "502") }),
		"e.log": repeat(5, 1, func(i int) string {
			return nginxError(i, "upstream prematurely closed connection while reading response header from upstream")
		})}, dump{"a.log": nginxAccess(1, "502", "0.204", "10.1.0.9:80", "311", "502")}},
	{"upstream_bad_response", correlate.High, dump{"a.log": nginxAccess(1, "502", "0.011", "10.1.0.9:80", "0", "502"), "e.log": nginxError(1, "upstream sent too big header while reading response header from upstream")},
		dump{"e.log": nginxError(1, "upstream sent duplicate header line: \"A: b\", previous value: \"A: c\", ignored while reading response header from upstream")}},
	{"tls_mismatch", correlate.High, dump{"a.log": nginxAccess(1, "502", "0.002", "10.1.0.9:80", "0", "502"), "e.log": nginxError(1, "SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream")},
		dump{"e.log": "2024/02/02 12:00:01 [crit] 31#31: *4 SSL_do_handshake() failed (SSL: error:0A000076:SSL routines::no suitable signature algorithm) while SSL handshaking, client: 10.9.9.9, server: 0.0.0.0:443\n"}},
	{"response_cut", correlate.High, dump{"a.log": nginxAccess(9, "200", "8.004", "10.1.0.9:80", "4096", "200"), "e.log": nginxError(9, "upstream prematurely closed connection while reading upstream")},
		dump{"a.log": nginxAccess(9, "200", "8.004", "10.1.0.9:80", "4096", "200")}},
	{"overload", correlate.High, dump{"a.log": nginxAccess(1, "503", "0.000", "-", "-", "-"), "e.log": "2024/02/02 12:00:01 [error] 31#31: *4 limiting requests, excess: 5.040 by zone \"shop\", client: 10.0.0.7, server: shop.test, request: \"GET /a HTTP/1.1\", host: \"shop.test\"\n"},
		dump{"e.log": "2024/02/02 12:00:01 [warn] 31#31: *4 delaying request, excess: 0.640, by zone \"shop\", client: 10.0.0.7, server: shop.test, request: \"GET /a HTTP/1.1\", host: \"shop.test\"\n"}},
	{"upstream_5xx", correlate.Medium, dump{"a.log": nginxAccess(1, "502", "0.204", "10.1.0.9:80", "311", "502")}, dump{"a.log": nginxAccess(1, "502", "0.204", "10.1.0.9:80", "0", "502")}},
	{"client_closed", correlate.High, dump{"a.log": nginxAccess(100, "499", "100.000", "10.1.0.9:80", "0", "-")}, dump{"a.log": nginxAccess(1, "200", "0.100", "10.1.0.9:80", "0", "200")}},
	{"ingress_no_endpoints", correlate.Medium, dump{"a.log": nginxAccess(1, "503", "0.000", "-", "-", "-")}, dump{"a.log": nginxAccess(1, "503", "0.020", "10.1.0.9:80", "20", "503")}},
	{"ingress_no_endpoints", correlate.High, dump{"a.log": envoyAccess(1, "503", "UH", "no_healthy_upstream", "0", "-", "outbound|80||web.shop.svc.cluster.local")},
		dump{"a.log": envoyAccess(1, "503", "-", "via_upstream", "4", "10.0.0.2:80", "outbound|80||web.shop.svc.cluster.local")}},
	{"no_route", correlate.High, dump{"a.log": envoyAccess(1, "404", "NR", "route_not_found", "0", "-", "-")}, dump{"a.log": envoyAccess(1, "404", "-", "via_upstream", "4", "10.0.0.2:80", "outbound|80||web.shop.svc.cluster.local")}},
	{"upstream_timeout", correlate.High, dump{"a.log": envoyAccess(15, "504", "UT", "response_timeout", "15000", "10.0.0.2:80", "outbound|80||web.shop.svc.cluster.local")},
		dump{"a.log": envoyAccess(15, "503", "UF", "upstream_reset_before_response_started{connection_timeout}", "10000", "10.0.0.2:80", "outbound|80||web.shop.svc.cluster.local")}},
	{"inbound_unavailable", correlate.High, dump{"a.log": envoyAccess(1, "503", "UF", "upstream_reset_before_response_started{connection_failure,delayed_connect_error:_111}", "0", "10.0.0.2:8080", "inbound|8080||")},
		dump{"a.log": envoyAccess(1, "503", "UF", "upstream_reset_before_response_started{connection_failure,delayed_connect_error:_111}", "0", "10.0.0.2:8080", "outbound|80||web.shop.svc.cluster.local")}},
	{"policy_denied", correlate.High, dump{"a.log": envoyAccess(1, "403", "UAEX", "ext_authz_denied", "3", "-", "outbound|80||web.shop.svc.cluster.local")},
		dump{"a.log": envoyAccess(1, "403", "-", "via_upstream", "3", "10.0.0.2:80", "outbound|80||web.shop.svc.cluster.local")}},
	{"connect_timeout", correlate.High, dump{"a.log": haproxyAccess(20, "app1", "0/0/-1/-1/20004", "503", "sC--")}, dump{"a.log": haproxyAccess(20, "app1", "0/0/1/-1/20004", "504", "sH--")}},
	{"upstream_closed", correlate.High, dump{"a.log": repeat(4, 1, func(i int) string { return haproxyAccess(i, "app1", "0/0/1/-1/304", "502", "SH--") })},
		dump{"a.log": haproxyAccess(1, "app1", "0/0/1/20/304", "200", "SD--")}},
	{"ingress_no_endpoints", correlate.High, dump{"a.log": haproxyAccess(1, "<NOSRV>", "0/-1/-1/-1/0", "503", "SC--")}, dump{"a.log": haproxyAccess(1, "<NOSRV>", "0/-1/-1/-1/0", "403", "PR--")}},
	{"no_endpoints", correlate.High, dump{"p.log": proxyLog("web", noEndpoints, when)}, dump{"p.log": proxyLog("web", refused, when)}},
	{"failfast_unexplained", correlate.High, dump{"p.log": proxyLog("web", "", when)}, dump{"p.log": proxyLog("web", noEndpoints, when)}},
	{"probe_timeout", correlate.High, dump{"e.json": event("shop", "web-5d4f8-x2x9z", "Unhealthy", "Readiness probe failed: Get \"http://10.0.0.2:8080/health\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)", noon, 3)},
		dump{"e.json": event("shop", "web-5d4f8-x2x9z", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 404", noon, 3)}},
	{"probe_error", correlate.High, dump{"e.json": event("shop", "web-5d4f8-x2x9z", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", noon, 3)},
		dump{"e.json": event("linkerd", "linkerd-destination-7d4b9c6f5-mv9qd", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 500", noon, 3)}},
	{"probe_refused", correlate.High, dump{"e.json": event("shop", "web-5d4f8-x2x9z", "Unhealthy", "Liveness probe failed: Get \"http://10.0.0.2:8080/health\": dial tcp 10.0.0.2:8080: connect: connection refused", noon, 3)},
		dump{"e.json": event("shop", "web-5d4f8-x2x9z", "Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 500", noon, 3)}},
	{"pod_not_started", correlate.High, dump{"e.json": event("shop", "web-5d4f8-x2x9z", "Failed", "Failed to pull image \"registry.test/web:9\": not found", noon, 4)},
		dump{"e.json": event("shop", "web-5d4f8-x2x9z", "BackOff", "Back-off restarting failed container web in pod web-5d4f8-x2x9z", noon, 4)}},
	{"crash_loop", correlate.High, dump{"e.json": event("shop", "web-5d4f8-x2x9z", "BackOff", "Back-off restarting failed container web in pod web-5d4f8-x2x9z", noon, 4)},
		dump{"e.json": event("shop", "web-5d4f8-x2x9z", "BackOff", "Back-off pulling image \"registry.test/web:9\"", noon, 4)}},
	{"cni_plugin_failed", correlate.High, dump{"e.json": event("shop", "web-5d4f8-x2x9z", "FailedCreatePodSandBox", "Failed to create pod sandbox: plugin type=\"linkerd-cni\" name=\"linkerd-cni\" failed (add): exit status 127", noon, 4)},
		dump{"e.json": event("shop", "web-5d4f8-x2x9z", "FailedMount", "MountVolume.SetUp failed for volume \"data\"", noon, 4)}},
	{"webhook_failed", correlate.High, dump{"e.json": event("shop", "web-5d4f8", "FailedCreate", "Error creating: Internal error occurred: failed calling webhook \"linkerd-proxy-injector.linkerd.io\": dial tcp 10.1.1.1:443: connect: connection refused", noon, 4)},
		dump{"e.json": event("shop", "web-5d4f8", "FailedCreate", "Error creating: pods \"web\" is forbidden: exceeded quota: compute", noon, 4)}},
	{"node_unhealthy", correlate.High, dump{"e.json": event("shop", "web-5d4f8-x2x9z", "Evicted", "The node was low on resource: memory.", noon, 1)},
		dump{"e.json": event("shop", "n1", "NodeHasSufficientMemory", "Node n1 status is now: NodeHasSufficientMemory", noon, 1)}},
	{"kernel_table_full", correlate.Medium, dump{"e.json": event("", "n1", "ConntrackFull", "nf_conntrack: table full, dropping packet", noon, 9)}, dump{"e.json": event("", "n1", "SoftLockup", "soft lockup", noon, 1)}},
	{"node_stall", correlate.High, dump{"e.json": event("", "n1", "SoftLockup", "watchdog: BUG: soft lockup - CPU#3 stuck for 23s!", noon, 2)}, dump{"e.json": event("", "n1", "ConntrackFull", "nf_conntrack: table full", noon, 1)}},
	{"oom_killed", correlate.High, dump{"e.json": event("", "n1", "OOMKilling", "Memory cgroup out of memory: Killed process 7 (web)", noon, 1)}, dump{"e.json": event("shop", "web-5d4f8-x2x9z", "BackOff", "Back-off restarting failed container web", noon, 1)}},
	{"pod_termination", correlate.High, dump{"e.json": event("shop", "web-5d4f8-x2x9z", "Killing", "Stopping container web", noon, 1),
		"f.json": event("shop", "web-5d4f8-x2x9z", "Unhealthy", "Readiness probe failed: Get \"http://10.0.0.2:8080/\": dial tcp 10.0.0.2:8080: connect: connection refused", noon.Add(5*time.Second), 1)},
		dump{"f.json": event("shop", "web-5d4f8-x2x9z", "Unhealthy", "Readiness probe failed: Get \"http://10.0.0.2:8080/\": dial tcp 10.0.0.2:8080: connect: connection refused", noon.Add(5*time.Second), 1)}},
	{"rollout_race", correlate.High, dump{"e.json": event("shop", "web-5d4f8-x2x9z", "Killing", "Stopping container web", noon, 1),
		"a.log": repeat(4, 2, func(i int) string { return nginxAccess(i, "502", "0.001", "10.1.0.9:80", "0", "502") }), "n.log": repeat(4, 2, func(i int) string {
			return nginxError(i, "connect() failed (111: Connection refused) while connecting to upstream")
		})},
		dump{"e.json": event("shop", "cart-5d4f8-x2x9z", "Killing", "Stopping container cart", noon, 1),
			"a.log": repeat(4, 2, func(i int) string { return nginxAccess(i, "502", "0.001", "10.1.0.9:80", "0", "502") }), "n.log": repeat(4, 2, func(i int) string {
				return nginxError(i, "connect() failed (111: Connection refused) while connecting to upstream")
			})}},
	{"controller_crash", correlate.High, dump{"d.log": controllerLog("fatal", "concurrent map read and map write")}, dump{"d.log": controllerLog("error", "something else went wrong")}},
	{"apiserver_unreachable", correlate.High, dump{"d.log": controllerLog("fatal", "Failed to initialize K8s API: Get \\\"https://10.43.0.1:443/api\\\": dial tcp 10.43.0.1:443: i/o timeout")},
		dump{"d.log": controllerLog("error", "dial tcp 10.9.9.9:9000: i/o timeout")}},
	{"connect_timeout", correlate.High, dump{"d.log": controllerLog("error", "dial tcp 10.9.9.9:9000: i/o timeout")}, dump{"d.log": controllerLog("info", "dial tcp 10.9.9.9:9000: i/o timeout")}},
	{"dns_failure", correlate.High, dump{"d.log": controllerLog("error", "dial tcp: lookup api.shop on 10.96.0.10:53: no such host")}, dump{"d.log": controllerLog("error", "dial tcp 10.9.9.9:9000: i/o timeout")}},
	{"etcd_slow", correlate.Medium, dump{"etcd.log": etcdLog("1.812s")}, dump{"etcd.log": etcdLog("118.2ms")}},
	{"etcd_slow", correlate.Medium, dump{"d.log": controllerLog("error", "error retrieving resource lock kube-system/a: etcdserver: request timed out")}, dump{"d.log": controllerLog("error", "error retrieving resource lock kube-system/a: Get \\\"https://10.0.0.8:6443/apis/coordination.k8s.io/v1\\\": context deadline exceeded")}},
	{"conflicting_ip", correlate.Low, dump{"d.log": controllerLog("warning", "found conflicting 10.42.9.77 IP on the pod network: batch:a,shop:b") +
		fmt.Sprintf("time=%q level=error msg=\"failed to retrieve replicaset from indexer shop/a: not found\"\n", noon.Add(time.Hour).Format(time.RFC3339))},
		dump{"d.log": controllerLog("warning", "context token ns:shop using old token format")}},
	{"conflicting_ip", correlate.High, dump{"d.log": controllerLog("warning", "found conflicting 10.42.9.77 IP on the pod network: batch:a,shop:b")}, dump{"d.log": controllerLog("warning", "context token ns:shop using old token format")}},
	{"undefined_port", correlate.High, dump{"d.log": controllerLog("warning", "Service shop/web does not define port 9101")}, dump{"d.log": controllerLog("warning", "context token ns:shop using old token format")}},
	{"rbac_denied", correlate.High, dump{"d.log": controllerLog("error", "pods is forbidden: User \\\"system:serviceaccount:a:b\\\" cannot list resource \\\"pods\\\"")}, dump{"d.log": controllerLog("error", "dial tcp 10.9.9.9:9000: i/o timeout")}},
	{"api_client_throttled", correlate.High, dump{"d.log": controllerLog("error", "error validating token for web-28.puzzle: client rate limiter Wait returned an error: context deadline exceeded")}, dump{"d.log": controllerLog("error", "error validating token for web-28.puzzle: token expired")}},
	{"proxy_panic", correlate.High, dump{"p.log": proxyLog("web", "", noon.Add(time.Hour)) + "thread 'main' panicked at linkerd/proxy/balance/queue/src/service.rs:86:45:\nworker must set a failure if it exits prematurely\n"}, dump{"p.log": proxyLog("web", "", when)}},
	{"detect_timeout", correlate.High, dump{"p.log": serverFirst("timed out after 10s")}, dump{"p.log": proxyLog("web", "", when)}},
	{"h2_ping_timeout", correlate.High, dump{"p.log": unpinged("http2 error: keep-alive timed out error.sources=[keep-alive timed out, operation timed out]")},
		dump{"p.log": unpinged("connection error: Connection reset by peer (os error 104) error.sources=[Connection reset by peer (os error 104)]")}},
	{"no_route", correlate.High, dump{"a.log": envoyNowhere("block_all")}, dump{"a.log": envoyNowhere("default")}},
	{"auth_service_failed", correlate.High, dump{"t.log": controllerLog("error", "Error calling http://auth.shop:4180/ask. Cause: Get \\\"http://auth.shop:4180/ask\\\": dial tcp 10.43.9.9:4180: connect: connection refused")},
		dump{"t.log": controllerLog("error", "dial tcp 10.43.9.9:4180: connect: connection refused")}},
	{"mirror_gateway_down", correlate.High, dump{"m.log": controllerLog("warning", "Failure threshold (3) reached - Marking as unhealthy")},
		dump{"m.log": controllerLog("warning", "gateway returned unexpected status 503")}},
	{"kernel_table_full", correlate.High, dump{"t.log": blamed("connect: cannot assign requested address")}, dump{"t.log": blamed("connect: connection refused")}},
	{"control_plane_rollout", correlate.Medium, dump{"p.log": replicas("Adding", "Removing")}, dump{"p.log": replicas("Adding", "Adding")}},
	{"breaker_open", correlate.High, dump{"p.log": proxyLog("web", " INFO ThreadId(01) outbound:proxy{addr=10.43.0.7:80}:service{ns=shop name=web port=80}:endpoint{addr=10.0.0.3:8080}: linkerd_app_outbound::http::breaker::consecutive_failures: Consecutive failure-accrual breaker closed", when)}, dump{"p.log": proxyLog("web", noEndpoints, when)}},
}

// Each diagnosis speaks of a small dump at its confidence, and not of one that
// only looks like it.
func TestDiagnosesSpeak(t *testing.T) {
	for _, d := range spoken {
		t.Run(d.code+" "+d.sure.String(), func(t *testing.T) {
			t.Parallel()
			c := judged(t, d.dump.inputs()...)
			i := slices.IndexFunc(c.Findings, func(f correlate.Finding) bool { return f.Diagnosis == d.code })
			switch {
			case i < 0:
				t.Errorf("not said of it; %s", titles(c))
			case c.Findings[i].Confidence != d.sure:
				t.Errorf("confidence %s, want %s: %s", c.Findings[i].Confidence, d.sure, c.Findings[i].Title)
			case i > 0:
				t.Errorf("does not lead; %s", titles(c))
			case len(c.Findings[i].Next) == 0 || c.Findings[i].Where == "" || c.Findings[i].Count == 0:
				t.Errorf("%+v", c.Findings[i])
			}
			for _, f := range judged(t, d.looks.inputs()...).Findings {
				if f.Diagnosis == d.code && f.Confidence == d.sure {
					t.Errorf("said of the look-alike: %s", f.Title)
				}
			}
		})
	}
}

func titles(c *correlate.Case) string {
	var b strings.Builder
	for _, f := range c.Findings {
		fmt.Fprintf(&b, "\n%s %s: %s", f.Rule, f.Confidence, f.Title)
	}
	return b.String()
}

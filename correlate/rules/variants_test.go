package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
)

// at is a time some seconds after noon, in a layout.
func at(after float64, layout string) string {
	return noon.Add(time.Duration(after * 1e9)).Format(layout)
}

// proxyLines are lines of linkerd-proxy, stamped, one each 20 s.
func proxyLines(lines ...string) string { return proxySaid(lines...) }

// kubeletLine is a line of the kubelet's log.
func kubeletLine(after float64, level, caller, text string) string {
	return level + at(after, "0102 15:04:05.000000") + "    3782 " + caller + "] " + text + "\n"
}

// describe is a row of kubectl describe.
func describe(kind, reason, age, from, message string) string {
	return fmt.Sprintf("  %-8s %-20s %-24s %-18s %s\n", kind, reason, age, from, message)
}

// podJSON is a pod whose one container has a state.
func podJSON(namespace, name, container, state string) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":%q,"namespace":%q},"spec":{"containers":[{"name":%q}]},"status":{"phase":"Running","startTime":"2024-02-02T12:00:00Z","containerStatuses":[{"name":%q,%s}]}}`, name, namespace, container, container, state)
}

// variant is a small dump in one of the shapes in which a code's evidence comes:
// another product, release or format, an excerpt. Looks is a dump that looks
// alike and of which the code must not be said as a warning.
type variant struct {
	code  string
	least correlate.Confidence
	dump  dump
	looks dump
}

func one(text string) dump { return dump{"x.log": text} }

var variants = slices.Concat(diedVariants, probeVariants, discoveryVariants, connectVariants, answerVariants, controlVariants, nodeVariants, shownVariants, pastedVariants, ticketVariants)

var diedVariants = []variant{
	{"proxy_panic", correlate.High, one(at(1, time.RFC3339Nano) + " thread 'main' panicked at 'cancel sender lost', /cargo/tower-0.4.13/src/ready_cache/cache.rs:397:13\n" + proxyLines("outbound: linkerd_app_core::serve: Connection closed error=x")),
		one(proxyLines("outbound: linkerd_app_core::serve: Connection closed error=the thread panicked at noon"))},
	{"proxy_panic", correlate.High, one(proxyLines("inbound: linkerd_app_core::serve: Server failed to become ready error=buffer's worker closed unexpectedly client.addr=10.20.3.1:52988")), nil},
	{"proxy_panic", correlate.High, one("[   120.100000s]  INFO ThreadId(01) outbound: linkerd_app_core::serve: Connection closed error=x\nthread 'main' (1) panicked at linkerd/app/core/src/control.rs:118:49:\n`period` must be non-zero.\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n"), nil},
	{"controller_crash", correlate.High, one("{\"level\":\"info\",\"msg\":\"running version stable-2.14.8\",\"time\":\"2024-02-02T12:00:00Z\"}\nfatal error: concurrent map iteration and map write\n\ngoroutine 5120 [running]:\ngithub.com/linkerd/linkerd2/controller/api/destination.(*endpointTranslator).add(0xc0)\n\t/linkerd-build/controller/api/destination/endpoint_translator.go:199 +0x1e1\n"),
		one("time=\"2024-02-02T12:00:00Z\" level=info msg=\"running version stable-2.14.8\"\n2024/02/02 12:00:01 http: panic serving 10.0.0.9:4444: runtime error: index out of range\ngoroutine 88 [running]:\n")},
	{"controller_crash", correlate.High, one("2024-02-02T12:00:00.000000Z  INFO linkerd_policy_controller: Lease already exists\nthread 'tokio-rt-worker' panicked at policy-controller/k8s/status/src/index.rs:419:13:\nClaims watch must not be dropped\n"), nil},
	{"oom_killed", correlate.High, dump{"pod.json": podJSON("shop", "web-5d4f8-x2x9z", "web", `"restartCount":3,"state":{"running":{"startedAt":"2024-02-02T12:00:10Z"}},"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled","startedAt":"2024-02-02T11:00:00Z","finishedAt":"2024-02-02T12:00:05Z"}}`)},
		dump{"pod.json": podJSON("shop", "web-5d4f8-x2x9z", "web", `"restartCount":3,"state":{"running":{"startedAt":"2024-02-02T12:00:10Z"}},"lastState":{"terminated":{"exitCode":137,"reason":"Error","startedAt":"2024-02-02T11:00:00Z","finishedAt":"2024-02-02T12:00:05Z"}}`)}},
	{"oom_killed", correlate.High, one("[5049013.118212] Memory cgroup out of memory: Killed process 12539 (java) total-vm:412344kB, anon-rss:118212kB, file-rss:7120kB\n"), nil},
	{"oom_killed", correlate.High, one("Name:         web-5d4f8-x2x9z\nNamespace:    shop\nContainers:\n  web:\n    State:          Running\n      Started:      Fri, 02 Feb 2024 12:00:10 +0000\n    Last State:     Terminated\n      Reason:       OOMKilled\n      Exit Code:    137\n      Started:      Fri, 02 Feb 2024 11:00:00 +0000\n      Finished:     Fri, 02 Feb 2024 12:00:05 +0000\n    Ready:          True\n    Restart Count:  3\n"), nil},
	{"oom_killed", correlate.High, one(at(5, "Jan 02 15:04:05") + " wk-2 kernel: oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=a,mems_allowed=0,oom_memcg=/kubepods/pod1,task_memcg=/kubepods/pod1/b,task=java,pid=71,uid=0\n"), nil},
	{"crash_loop", correlate.High, one("panic: runtime error: index out of range [3] with length 3\n\ngoroutine 34 [running]:\nmain.(*cart).total(0x0)\n\t/src/cart/total.go:41 +0x1c\nexit status 2\n"),
		one("panic: runtime error: index out of range [3] with length 3\n\ngoroutine 34 [running]:\ngithub.com/linkerd/linkerd2/controller/api/destination.(*server).Get(0x0)\n\t/linkerd-build/controller/api/destination/server.go:41 +0x1c\n")},
	{"crash_loop", correlate.High, one("[pod/web-5d4f8c9b7-x2x9z/web] panic: no such cart\n"),
		one("[pod/istiod-5d4f8c9b7-x2x9z/discovery] panic: no such cart\n")},
	{"crash_loop", correlate.High, one("NAME                  READY   STATUS             RESTARTS       AGE\nweb-5d4f8c9b7-x2x9z   0/1     CrashLoopBackOff   12 (3m ago)    46m\n"),
		one("NAME                  READY   STATUS             RESTARTS       AGE\nweb-5d4f8c9b7-x2x9z   0/1     ImagePullBackOff   0              46m\n")},
	{"crash_loop", correlate.High, one(kubeletLine(1, "E", "pod_workers.go:1298", `"Error syncing pod, skipping" err="failed to \"StartContainer\" for \"web\" with CrashLoopBackOff: \"back-off 5m0s restarting failed container=web pod=web-5d4f8-x2x9z_shop(e65)\"" pod="shop/web-5d4f8-x2x9z" podUID="e65"`)),
		one(kubeletLine(1, "E", "pod_workers.go:1298", `"Error syncing pod, skipping" err="failed to \"StartContainer\" for \"web\" with ImagePullBackOff: \"Back-off pulling image \\\"registry.test/web:9\\\"\"" pod="shop/web-5d4f8-x2x9z" podUID="e65"`))},
	{"crash_loop", correlate.High, one("Type     Reason   Age                  From     Message\n----     ------   ----                 ----     -------\n" + describe("Warning", "BackOff", "2m (x50 over 12m)", "kubelet", "Back-off restarting failed container")), nil},
	{"crash_loop", correlate.High, one("Warning  BackOff  Back-off restarting failed container\n"), one("We see Back-off restarting failed container now and then\n")},
	{"init_network_failed", correlate.High, one("2024-04-04T08:59:17.259562Z  INFO linkerd_network_validator: Listening for connections on 0.0.0.0:4140\n2024-04-04T08:59:27.259562Z ERROR linkerd_network_validator: Failed to validate networking configuration. Please ensure iptables rules are rewriting traffic as expected. timeout=10s\n"),
		one("2024-04-04T08:59:17.259562Z  INFO linkerd_network_validator: Listening for connections on 0.0.0.0:4140\n2024-04-04T08:59:17.359562Z  INFO linkerd_network_validator: Validated\n")},
	{"init_network_failed", correlate.High, one("time=\"2024-02-02T12:00:01Z\" level=info msg=\"iptables-save v1.8.10 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)\"\ntime=\"2024-02-02T12:00:01Z\" level=error msg=\"aborting firewall configuration\"\n"), nil},
	{"init_network_failed", correlate.High, dump{"e.json": event("shop", "web-5d4f8-x2x9z", "BackOff", "Back-off restarting failed container linkerd-network-validator in pod web-5d4f8-x2x9z", noon, 26)}, nil},
	{"init_network_failed", correlate.High, dump{"pod.json": podJSON("shop", "web-5d4f8-x2x9z", "linkerd-network-validator", `"restartCount":5,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":95,"reason":"Error","startedAt":"2024-02-02T12:00:00Z","finishedAt":"2024-02-02T12:00:10Z"}}`)}, nil},
	{"cni_plugin_failed", correlate.High, one(kubeletLine(1, "E", "kuberuntime_sandbox.go:72", `"Failed to create sandbox for pod" err="rpc error: code = Unknown desc = failed to setup network for sandbox \"a1\": plugin type=\"linkerd-cni\" name=\"linkerd-cni\" failed (add): exit status 127" pod="shop/web-5d4f8-x2x9z"`)), nil},
	{"pod_not_started", correlate.High, one("Type     Reason            Age   From               Message\n----     ------            ----  ----               -------\n" + describe("Warning", "FailedScheduling", "5m", "default-scheduler", "0/6 nodes are available: 6 Insufficient cpu. preemption: 0/6 nodes are available: 6 No preemption victims found for incoming pod.")), nil},
	{"pod_not_started", correlate.High, one("NAME                  READY   STATUS                       RESTARTS   AGE\nweb-5d4f8c9b7-x2x9z   0/1     CreateContainerConfigError   0          46m\n"), one("NAME                  READY   STATUS    RESTARTS   AGE\nweb-5d4f8c9b7-x2x9z   1/1     Running   0          46m\n")},
	{"pod_not_started", correlate.High, dump{"pod.json": podJSON("shop", "web-5d4f8-x2x9z", "web", `"state":{"waiting":{"reason":"ErrImagePull","message":"rpc error: code = NotFound"}}`)}, nil},
	{"pod_termination", correlate.High, one("LAST SEEN   TYPE      REASON      OBJECT                    MESSAGE\n40s         Normal    Killing     pod/web-5d4f8c9b7-x2x9z   Stopping container web\n30s         Warning   Unhealthy   pod/web-5d4f8c9b7-x2x9z   Readiness probe failed: Get \"http://10.0.0.2:8080/\": dial tcp 10.0.0.2:8080: connect: connection refused\n"), nil},
}

var probeVariants = []variant{
	{"probe_timeout", correlate.High, one("Type     Reason     Age                From     Message\n----     ------     ----               ----     -------\n" + describe("Warning", "Unhealthy", "9m33s (x4 over 9m40s)", "kubelet", "Liveness probe failed: Get \"http://10.0.0.2:8080/health\": net/http: request canceled (Client.Timeout exceeded while awaiting headers)")), nil},
	{"probe_timeout", correlate.High, one(kubeletLine(1, "I", "prober.go:107", `"Probe failed" probeType="Readiness" pod="shop/web-5d4f8-x2x9z" podUID="e65" containerName="web" probeResult="failure" output="timeout: failed to connect service \"10.0.0.2:9000\" within 1s: context deadline exceeded"`)), nil},
	{"probe_error", correlate.High, one(kubeletLine(1, "I", "prober.go:107", `"Probe failed" probeType="Liveness" pod="shop/web-5d4f8-x2x9z" podUID="e65" containerName="web" probeResult="failure" output="HTTP probe failed with statuscode: 404"`)), nil},
	{"proxy_not_ready", correlate.High, one(kubeletLine(1, "I", "prober.go:107", `"Probe failed" probeType="Readiness" pod="shop/web-5d4f8-x2x9z" podUID="e65" containerName="linkerd-proxy" probeResult="failure" output="HTTP probe failed with statuscode: 503"`)), nil},
	{"proxy_not_ready", correlate.High, dump{"e.json": event("shop", "web-5d4f8-x2x9z", "FailedPostStartHook", "PostStartHook failed: command '/usr/lib/linkerd/linkerd-await --timeout=2m --port=4191' exited with 69: linkerd-proxy failed to become ready within 120s timeout", noon, 3)},
		dump{"e.json": event("shop", "web-5d4f8-x2x9z", "FailedPostStartHook", "PostStartHook failed: command '/warm-up' exited with 1", noon, 3)}},
	{"controller_starting", correlate.Medium, dump{"e.json": event("linkerd", "linkerd-destination-7d4b9c6f5-mv9qd", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 500", noon, 3)},
		dump{"e.json": event("shop", "web-5d4f8-x2x9z", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 500", noon, 3)}},
}

var discoveryVariants = []variant{
	{"no_endpoints", correlate.High, dump{"p.log": proxyLog("web", " INFO ThreadId(01) outbound:proxy{addr=10.43.0.7:80}:service{ns=shop name=web port=80}: linkerd_pool_p2c: Removing endpoint addr=10.0.0.3:8080", when)},
		dump{"p.log": proxyLog("web", " INFO ThreadId(01) dst:controller{addr=linkerd-dst-headless.linkerd.svc.cluster.local:8086}: linkerd_pool_p2c: Removing endpoint addr=10.0.0.3:8086", when)}},
	{"destination_stream_failed", correlate.High, dump{"p.log": proxyLog("web", " WARN ThreadId(01) outbound:proxy{addr=10.43.0.7:80}:service{ns=shop name=web port=80}: linkerd_app::dst: Unexpected policy controller response; retrying with a backoff grpc.status=Deadline expired before operation could complete grpc.message=\"initial item not received within timeout\"", when)},
		dump{"p.log": proxyLog("web", " WARN ThreadId(01) outbound:proxy{addr=10.43.0.7:80}: linkerd_app_outbound::policy::api: Unexpected policy controller response; retrying with a backoff grpc.status=The service is currently unavailable", when)}},
	{"empty_target", correlate.Medium, dump{"p.log": proxyLog("web", noEndpoints, when), "s.json": slices1(when.Add(-time.Minute), false)}, dump{"p.log": proxyLog("web", noEndpoints, when), "s.json": slices1(when.Add(-time.Hour), true)}},
	{"invalid_resource", correlate.High, dump{"d.log": controllerLog("error", "failed to create Selector: \\\"app@web\\\": Invalid value: \\\"app@web\\\": a lowercase RFC 1123 label must consist of lower case")}, dump{"d.log": controllerLog("warning", "Skipping mirroring of service web: namespace shop does not exist")}},
	{"overflow", correlate.High, dump{"d.log": controllerLog("error", "endpoint update queue full; aborting stream")}, dump{"d.log": controllerLog("info", "the update queue is full of work")}},
	{"stale_endpoint", correlate.Medium, one("rsp id=103:4 proxy=out src=10.66.29.176:43828 dst=10.17.7.19:80 tls=not_provided_by_service_discovery :status=504 latency=1001350µs\n$ linkerd diagnostics endpoints web.shop.svc.cluster.local:80\n" + viewOfWeb),
		one("rsp id=103:4 proxy=out src=10.66.29.176:43828 dst=10.17.5.61:80 tls=true :status=504 latency=1001350µs\n$ linkerd diagnostics endpoints web.shop.svc.cluster.local:80\n" + viewOfWeb)},
	{"conflicting_ip", correlate.High, dump{"p.log": proxyLines("outbound:proxy{addr=10.42.9.77:80}: linkerd_app::dst: Unexpected policy controller response; retrying with a backoff grpc.status=The system is not in a state required for the operation's execution grpc.message=\"IP address conflict: &Pod{ObjectMeta:{a\"")}, nil},
	{"mirror_gateway_down", correlate.High, dump{"m.log": controllerLog("warning", "Problem connecting with gateway. Marking as unhealthy Get \\\"http://10.9.9.9:4191/ready\\\": dial tcp 10.9.9.9:4191: i/o timeout")}, nil},
	{"config_sync_failed", correlate.High, one(at(1, "2006-01-02T15:04:05.000000Z") + "\twarning\tenvoy config external/envoy/source/extensions/config_subscription/grpc/grpc_stream.h:193\tDeltaAggregatedResources gRPC config stream to xds-grpc closed since 331s ago: 14, connection error: desc = \"transport: Error while dialing: dial tcp 10.255.0.9:15012: connect: connection refused\"\tthread=17\n"),
		one(at(1, "2006-01-02T15:04:05.000000Z") + "\twarning\tenvoy config external/envoy/source/extensions/config_subscription/grpc/grpc_stream.h:201\tDeltaAggregatedResources gRPC config stream to xds-grpc closed: 0, \tthread=17\n")},
}

var connectVariants = []variant{
	{"connect_refused", correlate.High, one(envoyAccess(1, "503", "UF,URX", "upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}", "0", "10.0.0.2:8080", "outbound|80||web.shop.svc.cluster.local")), nil},
	{"connect_refused", correlate.High, one(haproxyAccess(3, "app1", "0/0/-1/-1/3004", "503", "SC--")), one(haproxyAccess(3, "<NOSRV>", "0/-1/-1/-1/0", "503", "SC--"))},
	{"connect_refused", correlate.High, one(fmt.Sprintf("{\"level\":\"error\",\"ts\":%d.97,\"logger\":\"http.log.error\",\"msg\":\"dial tcp 10.9.79.117:8080: connect: connection refused\",\"request\":{\"method\":\"GET\",\"host\":\"shop.test\",\"uri\":\"/a\"},\"duration\":0.0012,\"status\":502}\n", noon.Unix())), nil},
	{"connect_refused", correlate.High, one("2024/02/02 12:00:01 [error] 31#31: *4 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.7, server: shop.test, request: \"GET /a HTTP/1.1\", upstream: \"http://10.1.0.9:80/a\", host: \"shop.test\"\n"), nil},
	{"connect_refused", correlate.High, one(proxyLines("inbound:server{port=80}:rescue{client.addr=10.0.0.9:4}: linkerd_app_core::errors::respond: x", "outbound:proxy{addr=10.43.0.7:80}:service{ns=shop name=web port=80}:endpoint{addr=10.0.0.3:8080}: linkerd_reconnect: Failed to connect error=Connection refused (os error 111)")), nil},
	{"connect_timeout", correlate.High, one(fmt.Sprintf("{\"level\":\"error\",\"ts\":%d.97,\"logger\":\"http.log.error\",\"msg\":\"dial tcp 10.9.79.117:8080: i/o timeout\",\"request\":{\"method\":\"GET\",\"host\":\"shop.test\",\"uri\":\"/a\"},\"duration\":3.0012,\"status\":502}\n", noon.Unix())), nil},
	{"upstream_closed", correlate.High, one(repeat(5, 1, func(i int) string {
		return envoyAccess(i, "503", "UC", "upstream_reset_before_response_started{connection_termination}", "212", "10.0.0.2:8080", "outbound|80||web.shop.svc.cluster.local")
	})), one(envoyAccess(1, "200", "UC", "upstream_reset_after_response_started{connection_termination}", "8212", "10.0.0.2:8080", "outbound|80||web.shop.svc.cluster.local"))},
	{"keepalive_race", correlate.Medium, one(repeat(4, 700, func(i int) string {
		return envoyAccess(i, "503", "UC", "upstream_reset_before_response_started{connection_termination}", "2", "10.0.0.2:8080", "outbound|80||web.shop.svc.cluster.local")
	})), one(repeat(40, 1, func(i int) string {
		return envoyAccess(i, "503", "UC", "upstream_reset_before_response_started{connection_termination}", "2", "10.0.0.2:8080", "outbound|80||web.shop.svc.cluster.local")
	}))},
	{"h2_ping_timeout", correlate.High, one(at(1, time.RFC3339) + " ERROR cart: rpc failed: http2: client connection lost\n"), nil},
	{"tls_mismatch", correlate.High, one(envoyAccess(1, "503", "UF,URX", "upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end}", "12", "10.0.0.2:8080", "outbound|80||web.shop.svc.cluster.local")), nil},
	{"tcp_failfast", correlate.High, one(proxyLines("outbound:proxy{addr=10.43.20.7:5432}: linkerd_app_core::serve: Connection closed error=service in fail-fast client.addr=10.0.0.9:4444")), one(proxyLines("outbound:proxy{addr=10.43.20.7:5432}: linkerd_app_core::serve: Connection closed error=connection closed before message completed client.addr=10.0.0.9:4444"))},
	{"dns_failure", correlate.High, one(nginxError(1, "web.shop.svc could not be resolved (3: Host not found)")), nil},
	{"dns_failure", correlate.High, one(envoyAccess(1, "503", "DF", "dns_resolution_failure", "0", "-", "dynamic_forward_proxy_cluster")), nil},
	{"dns_failure", correlate.High, one("Error: getaddrinfo EAI_AGAIN web.shop.svc.cluster.local\n    at GetAddrInfoReqWrap.onlookup [as oncomplete] (node:dns:107:26)\n"), nil},
	{"dns_failure", correlate.High, one("2024-02-02 12:00:05,331 [main] ERROR c.s.Cart - java.net.UnknownHostException: web.shop: Name or service not known\n"), nil},
	{"dns_failure", correlate.High, one("[ERROR] plugin/errors: 2 web. A: read udp 10.244.169.134:47806->10.0.0.2:53: i/o timeout\n[ERROR] plugin/errors: 2 web. AAAA: read udp 10.244.169.134:47954->10.0.0.2:53: i/o timeout\n"), one("[INFO] plugin/reload: Running configuration SHA512 = 591cf328\n")},
	{"dns_failure", correlate.High, one("$ kubectl exec dnstools -- nslookup web.shop\n;; connection timed out; no servers could be reached\n"), nil},
	{"dns_failure", correlate.High, one(proxyLines(slices.Repeat([]string{unresolvedDst}, 12)...)), one(proxyLines(unresolvedDst, unresolvedDst))},
	{"upstream_closed", correlate.High, one("2025/04/20 12:00:02 http: proxy error: EOF\n2025/04/20 12:00:09 http: proxy error: EOF\n"), one("2025/04/20 12:00:05 http: proxy error: context canceled\n")},
	{"upstream_closed", correlate.High, one("traefik_edge.1.76dvbpb54tp9@node2    | time=\"2020-02-11T12:37:18Z\" level=debug msg=\"'502 Bad Gateway' caused by: EOF\"\n"), nil},
	{"upstream_closed", correlate.Medium, one(at(1, "2006-01-02T15:04:05.000000Z") + "\tdebug\tenvoy http external/envoy/source/common/http/filter_manager.cc:953\t[C243618][S8878] Sending local reply with details upstream_reset_before_response_started{remote_reset}\tthread=25\n"),
		one(at(1, "2006-01-02T15:04:05.000000Z") + "\tdebug\tenvoy pool external/envoy/source/common/conn_pool/conn_pool_base.cc:265\t[C107599] using existing fully connected connection\tthread=25\n")},
	{"connect_refused", correlate.High, one("[cart-7d4b9c6f5-mv9qd app] 2024/02/02 12:00:01 no flags: dial tcp 10.43.17.9:8080: connect: connection refused\n"), nil},
	{"route_timeout", correlate.High, one(proxyLines("outbound:proxy{addr=10.43.0.7:80}:rescue{client.addr=10.0.0.9:4}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service web.shop.svc.cluster.local:80: route default.http: HTTP response timeout after 300ms")), nil},
}

var answerVariants = []variant{
	{"upstream_timeout", correlate.High, one(haproxyAccess(30, "app1", "0/0/1/-1/30004", "504", "sH--")), nil},
	{"upstream_timeout", correlate.High, one("https 2024-02-02T12:01:00.120400Z app/k8s-web-shop/0123456789abcdef 198.51.100.9:2210 10.9.8.249:31130 0.001 -1 -1 504 - 420 202 \"GET https://shop.test:443/a HTTP/1.1\" \"curl/8\" ECDHE TLSv1.2 arn:aws:x \"Root=1-a\" \"shop.test\" \"arn:c\" 0 2024-02-02T12:00:00.119000Z \"forward\" \"-\" \"-\" \"10.9.8.249:31130\" \"-\" \"-\" \"-\"\n"), nil},
	{"upstream_timeout", correlate.High, one(fmt.Sprintf("{\"httpRequest\":{\"latency\":\"30.001412s\",\"requestMethod\":\"GET\",\"requestUrl\":\"https://shop.test/a\",\"status\":502},\"jsonPayload\":{\"@type\":\"type.googleapis.com/google.cloud.loadbalancing.type.LoadBalancerLogEntry\",\"statusDetails\":\"backend_timeout\"},\"timestamp\":%q}\n", at(30, time.RFC3339Nano))), nil},
	{"upstream_timeout", correlate.High, one("2024-02-02 12:00:05,331 WARN cart http://web.shop: HTTPConnectionPool(host='web.shop', port=80): Read timed out. (read timeout=5)\n"), nil},
	{"slow_client", correlate.High, one(strings.Replace(haproxyAccess(5, "<NOSRV>", "-1/-1/-1/-1/5004", "408", "cR--"), "GET /a", "POST /upload", 1)), one(strings.Replace(haproxyAccess(5, "<NOSRV>", "-1/-1/-1/-1/5004", "408", "cR--"), "\"GET /a HTTP/1.1\"", "\"<BADREQ>\"", 1))},
	{"slow_client", correlate.Medium, one("10.255.0.2 - - [02/Feb/2024:12:01:00 +0000] \"POST /upload HTTP/1.1\" 504 15 \"-\" \"-\" 2 \"web@docker\" \"http://10.255.0.141:9000\" 60003ms\n"),
		one("10.255.0.2 - - [02/Feb/2024:12:01:00 +0000] \"GET /report HTTP/1.1\" 504 15 \"-\" \"-\" 2 \"web@docker\" \"http://10.255.0.141:9000\" 60003ms\n")},
	{"configured_answer", correlate.High, one(haproxyAccess(1, "<NOSRV>", "0/-1/-1/-1/0", "503", "LR--")), one(haproxyAccess(1, "<NOSRV>", "0/-1/-1/-1/0", "302", "LR--"))},
	{"configured_answer", correlate.High, one(envoyAccess(1, "503", "FI", "fault_filter_abort", "0", "-", "outbound|80||web.shop.svc.cluster.local")), nil},
	{"overload", correlate.High, one(envoyAccess(1, "503", "UO", "upstream_reset_before_response_started{overflow}", "0", "-", "outbound|80||web.shop.svc.cluster.local")), nil},
	{"overload", correlate.High, one("2024-02-02 12:00:05,331 WARN cart upstream connect error or disconnect/reset before headers. reset reason: overflow\n"), nil},
	{"response_cut", correlate.High, one(haproxyAccess(1, "app1", "0/0/1/20/9304", "200", "SD--")), one(haproxyAccess(1, "app1", "0/0/1/20/9304", "200", "----"))},
	{"client_closed", correlate.High, one(envoyAccess(5, "0", "DC", "downstream_remote_disconnect", "5001", "10.0.0.2:8080", "outbound|80||web.shop.svc.cluster.local")), nil},
	{"ingress_no_endpoints", correlate.High, one("2024-02-02 12:00:05,331 WARN cart 503: no healthy upstream\n"), nil},
	{"ingress_no_endpoints", correlate.High, one("W0202 12:00:01.000000       7 controller.go:1207] Service \"shop/web\" does not have any active Endpoint.\n" + nginxAccess(1, "503", "0.000", "-", "-", "-")), one("W0202 12:00:01.000000       7 controller.go:1207] Service \"shop/web\" does not have any active Endpoint.\n")},
	{"breaker_open", correlate.High, one("[WARNING]  (8) : Server shop/app1 is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", check duration: 0ms. 0 active and 0 backup servers left.\n" + haproxyAccess(2, "<NOSRV>", "0/-1/-1/-1/0", "503", "SC--")), nil},
	{"ingress_reload", correlate.Medium, dump{"c.log": repeat(8, 600, func(i int) string {
		return fmt.Sprintf("I%s       7 controller.go:190] Backend successfully reloaded\n", at(float64(i), "0102 15:04:05.000000"))
	}), "a.log": repeat(6, 600, func(i int) string { return nginxAccess(i+1, "502", "0.204", "10.1.0.9:80", "0", "502") })},
		dump{"c.log": repeat(8, 600, func(i int) string {
			return fmt.Sprintf("I%s       7 controller.go:190] Backend successfully reloaded\n", at(float64(i), "0102 15:04:05.000000"))
		}), "a.log": repeat(6, 600, func(i int) string { return nginxAccess(i+300, "502", "0.204", "10.1.0.9:80", "0", "502") })}},
}

var controlVariants = []variant{
	{"identity_unavailable", correlate.High, one(proxyLines("daemon:identity: linkerd_app: Waiting for identity to be initialized...", "daemon:identity: linkerd_proxy_identity_client::certify: Failed to obtain identity error=status: Unavailable, message: \"no connection\"", "daemon:identity: linkerd_app: Waiting for identity to be initialized...", "daemon:identity: linkerd_app: Waiting for identity to be initialized...")), nil},
	{"identity_unavailable", correlate.High, dump{"i.log": controllerLog("error", "authentication failed for web.shop: token is not authenticated")}, nil},
	{"certificate_expiry", correlate.High, one("× issuer cert is within its validity period\n    issuer certificate is not valid anymore. Expired on 2024-02-01T12:00:00Z\n    see https://linkerd.io/2/checks/#l5d-identity-issuer-cert-is-time-valid for hints\n"), nil},
	{"certificate_expiry", correlate.High, one(proxyLines("outbound:proxy{addr=10.43.0.7:80}:service{ns=shop name=web port=80}:endpoint{addr=10.0.0.3:8080}: linkerd_reconnect: Failed to connect error=invalid peer certificate: certificate expired: verification time 1795 (UNIX), but certificate is not valid after 1790")), nil},
	{"certificate_expiry", correlate.High, dump{"i.log": controllerLog("error", "could not process CSR because of CA cert validation failure: x509: certificate has expired or is not yet valid: current time 2024-02-02T12:00:00Z is after 2024-02-01T12:00:00Z")}, nil},
	{"policy_denied", correlate.High, one(proxyLines("inbound:server{port=8080}: linkerd_app_inbound::policy::http: Request denied server=web route=default tls=None client=10.0.0.9:4444")), nil},
	{"policy_stalled", correlate.High, dump{"a.log": policyGone("10.0.0.9"), "b.log": policyGone("10.0.0.10")}, dump{"a.log": policyGone("10.0.0.9")}},
	{"webhook_failed", correlate.High, one("W0202 12:00:06.179244       1 dispatcher.go:170] Failed calling webhook, failing open linkerd-proxy-injector.linkerd.io: failed calling webhook \"linkerd-proxy-injector.linkerd.io\": Post \"https://linkerd-proxy-injector.linkerd.svc:443/?timeout=10s\": context deadline exceeded\n"), nil},
	{"webhook_failed", correlate.High, one("Error from server (InternalError): error when creating \"web.yaml\": Internal error occurred: failed calling webhook \"validate.nginx.ingress.kubernetes.io\": failed to call webhook: Post \"https://ingress-nginx-controller-admission.ingress-nginx.svc:443/networking/v1/ingresses?timeout=10s\": dial tcp 10.96.9.9:443: connect: connection refused\n"), nil},
	{"apiserver_slow", correlate.High, one("I0202 12:00:31.000000       1 httplog.go:132] \"HTTP\" verb=\"LIST\" URI=\"/api/v1/pods?limit=500\" latency=\"1m0.0009s\" userAgent=\"kubectl/v1.29\" audit-ID=\"a\" srcIP=\"10.0.0.9:4444\" resp=504\n"), one("I0202 12:00:31.000000       1 httplog.go:132] \"HTTP\" verb=\"LIST\" URI=\"/api/v1/pods?limit=500\" latency=\"12ms\" userAgent=\"kubectl/v1.29\" audit-ID=\"a\" srcIP=\"10.0.0.9:4444\" resp=200\n")},
	{"apiserver_unreachable", correlate.High, one("E0202 12:00:31.000000       1 reflector.go:147] pkg/mod/k8s.io/client-go@v0.29.0/tools/cache/reflector.go:229: Failed to watch *v1.Pod: failed to list *v1.Pod: Get \"https://10.96.0.1:443/api/v1/pods?limit=500\": dial tcp 10.96.0.1:443: i/o timeout\n"), nil},
	{"etcd_slow", correlate.Medium, one("{\"level\":\"warn\",\"ts\":\"2024-02-02T12:00:31.000Z\",\"caller\":\"v3rpc/interceptor.go:197\",\"msg\":\"request stats\"}\n{\"level\":\"warn\",\"ts\":\"2024-02-02T12:00:32.000Z\",\"caller\":\"etcdserver/v3_server.go:840\",\"msg\":\"waiting for ReadIndex response took too long, retrying\"}\nE0202 12:00:33.000000       1 status.go:71] apiserver received an error that is not an metav1.Status: &errors.errorString{s:\"etcdserver: request timed out\"}: etcdserver: request timed out\n"), nil},
	{"etcd_slow", correlate.Medium, one("2018-11-26 17:56:08.806389 W | etcdserver: apply entries took too long [3.103599077s for 1 entries]\n"), one("2018-11-26 17:56:08.806389 W | etcdserver: apply entries took too long [103.599077ms for 1 entries]\n")},
	{"etcd_slow", correlate.Medium, one("{\"level\":\"warn\",\"ts\":\"2021-09-16T05:38:01.650Z\",\"caller\":\"etcdserver/util.go:144\",\"msg\":\"apply request took too long\",\"took\":\"2.000055631s\",\"expected-duration\":\"100ms\",\"error\":\"context deadline exceeded\"}\n"),
		one("{\"level\":\"warn\",\"ts\":\"2021-09-16T05:38:01.650Z\",\"caller\":\"etcdserver/util.go:144\",\"msg\":\"apply request took too long\",\"took\":\"120.055631ms\",\"expected-duration\":\"100ms\"}\n")},
	{"mixed_proxies", correlate.High, dump{"a.log": releaseLog("2.148.0", "10.0.0.9"), "b.log": releaseLog("2.210.4", "10.0.0.10")}, dump{"a.log": releaseLog("2.210.2", "10.0.0.9"), "b.log": releaseLog("2.210.4", "10.0.0.10")}},
	{"telemetry_client", correlate.High, one(proxyLines("tracing:controller{addr=collector.linkerd-jaeger:55678}:endpoint{addr=10.0.0.3:55678}: linkerd_reconnect: Failed to connect error=Connection refused (os error 111)")), nil},
	{"apiserver_unreachable", correlate.High, one("Unable to connect to the server: dial tcp 203.0.113.9:6443: i/o timeout\n"), one("Error from server (NotFound): pods \"web-0\" not found\n")},
	{"not_meshed", correlate.High, dump{"e.json": event("shop", "web-5d4f8", "InjectionSkipped", "Linkerd sidecar proxy injection skipped: hostNetwork is enabled", noon, 1)}, nil},
}

var nodeVariants = []variant{
	{"node_unhealthy", correlate.High, one("LAST SEEN   TYPE      REASON         OBJECT        MESSAGE\n40s         Normal    NodeNotReady   node/wk-2     Node wk-2 status is now: NodeNotReady\n"), one("LAST SEEN   TYPE      REASON      OBJECT        MESSAGE\n40s         Normal    NodeReady   node/wk-2     Node wk-2 status is now: NodeReady\n")},
	{"node_unhealthy", correlate.High, one("I0202 13:22:30.553000       1 event.go:294] \"Event occurred\" object=\"node-7\" fieldPath=\"\" kind=\"Node\" apiVersion=\"v1\" type=\"Normal\" reason=\"NodeNotReady\" message=\"Node node-7 status is now: NodeNotReady\"\n"), nil},
	{"node_unhealthy", correlate.High, one(kubeletLine(1, "E", "kubelet.go:2373", `"Skipping pod synchronization" err="PLEG is not healthy: pleg was last seen active 3m5.1s ago; threshold is 3m0s"`)), nil},
	{"kernel_table_full", correlate.Medium, one(at(5, "Jan 02 15:04:05") + " wk-2 kernel: nf_conntrack: nf_conntrack: table full, dropping packet\n"), nil},
	{"kube_proxy_stale", correlate.High, one("E0202 12:00:01.000000       1 proxier.go:1564] \"Failed to execute iptables-restore\" err=\"exit status 4: Another app is currently holding the xtables lock. Stopped waiting after 5s.\"\nI0202 12:00:01.000000       1 proxier.go:858] \"Sync failed\" retryingTime=\"30s\"\n" +
		"E0202 12:01:31.000000       1 proxier.go:1564] \"Failed to execute iptables-restore\" err=\"exit status 4: Another app is currently holding the xtables lock. Stopped waiting after 5s.\"\nI0202 12:01:31.000000       1 proxier.go:858] \"Sync failed\" retryingTime=\"30s\"\n"),
		one("E0202 12:00:01.000000       1 proxier.go:1564] \"Failed to execute iptables-restore\" err=\"exit status 4: Another app is currently holding the xtables lock. Stopped waiting after 5s.\"\n")},
}

// policyGone is a proxy whose watches of the policy controller fail for minutes.
func policyGone(client string) string {
	line := "outbound:accept{client.addr=" + client + ":41210}: linkerd_app_outbound::policy::api: Unexpected policy controller response; retrying with a backoff grpc.status=Deadline expired before operation could complete grpc.message=\"\""
	return proxyLines(line, line, line, line, line)
}

// unresolvedDst is a proxy that cannot resolve the name of the destination.
const unresolvedDst = "dst:controller{addr=linkerd-dst-headless.linkerd.svc.cluster.local:8086}: linkerd_app_core::control: Failed to resolve control-plane component " +
	"error=failed SRV and A record lookups: failed to resolve SRV record: request timed out; failed to resolve A record: request timed out"

// releaseLog is a proxy of some release whose request fails.
func releaseLog(release, client string) string {
	return strings.Replace(proxyLines("outbound:proxy{addr=10.43.0.7:80}:rescue{client.addr="+client+":4}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=HTTP Logical service in fail-fast"), "2.210.0", release, 1)
}

// Each variant is told by its code first, at least as surely as said; its
// look-alike is not, as a warning.
func TestVariants(t *testing.T) {
	for n, v := range variants {
		t.Run(fmt.Sprint(n, " ", v.code), func(t *testing.T) {
			t.Parallel()
			c := judged(t, v.dump.inputs()...)
			i := slices.IndexFunc(c.Findings, func(f correlate.Finding) bool { return f.Diagnosis == v.code })
			switch {
			case i < 0:
				t.Errorf("not said of it (%s); %s", c.Verdict.Code, titles(c))
			case c.Findings[i].Confidence < v.least:
				t.Errorf("confidence %s, want %s: %s", c.Findings[i].Confidence, v.least, c.Findings[i].Title)
			case i > 0 && c.Findings[i].Severity >= correlate.Warning:
				t.Errorf("does not lead; %s", titles(c))
			}
			if v.looks == nil {
				return
			}
			for _, f := range judged(t, v.looks.inputs()...).Findings {
				if f.Diagnosis == v.code && f.Severity >= correlate.Warning && f.Confidence >= v.least {
					t.Errorf("said of the look-alike: %s", f.Title)
				}
			}
		})
	}
}

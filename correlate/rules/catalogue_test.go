package rules_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/correlate/rules"
	"faultline/parse/formats"
)

// Of each diagnosis there is a small dump in which it is said with each confidence
// that its page states, and one that looks alike and in which it is not said so.
func TestCatalogue(t *testing.T) {
	speaks, alike := catalogued()
	for _, r := range rules.Diagnoses() {
		t.Run(r.Name, func(t *testing.T) {
			t.Parallel()
			said := map[correlate.Confidence]bool{}
			for _, d := range speaks[r.Name] {
				for _, f := range judged(t, d.inputs()...).Findings {
					if f.Diagnosis == r.Name {
						said[f.Confidence] = true
					}
				}
			}
			for _, c := range stated(r.Diagnosis.Sure) {
				if !said[c] {
					t.Errorf("its page states %s confidence (%s), and of no dump it is said so", c, r.Diagnosis.Sure)
				}
			}
			if len(alike[r.Name]) == 0 {
				t.Error("there is no dump that looks alike")
			}
			for _, d := range alike[r.Name] {
				for _, f := range judged(t, d.inputs()...).Findings {
					if f.Diagnosis == r.Name && f.Confidence == slices.Max(slices.Collect(maps.Keys(said))) {
						t.Errorf("said of a dump that looks alike: %s", f.Title)
					}
				}
			}
		})
	}
}

// stated are the confidences that a diagnosis' page names; one that it may never have
// is not.
func stated(sure string) (out []correlate.Confidence) {
	sure, _, _ = strings.Cut(strings.ToLower(sure), ", never")
	for _, c := range []correlate.Confidence{correlate.Low, correlate.Medium, correlate.High} {
		if strings.Contains(sure, c.String()) {
			out = append(out, c)
		}
	}
	return out
}

// catalogued are the small dumps of this package by the diagnosis that is said of
// them, and by that of which they only look alike.
func catalogued() (speaks, alike map[string][]dump) {
	speaks, alike = map[string][]dump{}, map[string][]dump{}
	add := func(to map[string][]dump, code string, d dump) {
		if d != nil {
			to[code] = append(to[code], d)
		}
	}
	for _, d := range spoken {
		add(speaks, d.code, d.dump)
		add(alike, d.code, d.looks)
	}
	for _, v := range slices.Concat(variants, stray()) {
		add(speaks, v.code, v.dump)
		add(alike, v.code, v.looks)
	}
	for code, list := range ownCases() {
		for _, x := range list {
			if x.said {
				add(speaks, code, x.dump)
			} else {
				add(alike, code, x.dump)
			}
		}
	}
	for _, x := range slices.Concat(borders(), knobBorders(), gateBorders(), programBorders()) {
		for _, code := range strings.Fields(x.want) {
			name, _, _ := strings.Cut(code, "×")
			add(speaks, name, x.dump)
		}
	}
	return speaks, alike
}

// Each of those dumps is told by its code with just that confidence.
func TestStray(t *testing.T) {
	for n, v := range stray() {
		if v.dump == nil {
			continue
		}
		c := judged(t, v.dump.inputs()...)
		if !slices.ContainsFunc(c.Findings, func(f correlate.Finding) bool { return f.Diagnosis == v.code && f.Confidence == v.least }) {
			t.Errorf("%d: %s is not said with %s confidence;%s", n, v.code, v.least, titles(c))
		}
	}
}

// stray are dumps of a confidence that no other has, and look-alikes of what has none.
func stray() []variant {
	failfast := proxyLog("web", "", when)
	killing := event("shop", webPod, "Killing", "Stopping container web", after(0), 1)
	return []variant{
		{"controller_crash", correlate.Medium, dump{"pod.json": ended("linkerd", replica, "destination", 2, "Error")}, dump{"pod.json": ended("linkerd", replica, "destination", 143, "Error")}},
		{"oom_killed", correlate.Low, dump{"pod.json": ended("shop", webPod, "web", 137, "Error")}, with(dump{"pod.json": ended("shop", webPod, "web", 137, "Error")}, "e.json", killing)},
		{"cni_plugin_failed", correlate.Medium, dump{"e.json": event("shop", webPod, "FailedCreatePodSandBox", "Failed to create pod sandbox: rpc error: code = DeadlineExceeded desc = context deadline exceeded", noon, 4)}, nil},
		{"proxy_not_ready", correlate.Medium, dump{"e.json": event("linkerd", "linkerd-identity-7d4b9c6f5-zt4wl", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", noon, 3)},
			dump{"e.json": event("shop", webPod, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", noon, 3)}},
		{"controller_starting", correlate.High, dump{"e.json": event("linkerd", replica, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 500", after(20), 1), log: stalls(noon, ms(200), []int{140})}, nil},
		{"empty_target", correlate.High, dump{"p.log": proxyLog("web", noEndpoints, when), "s.json": slices1(when.Add(-time.Minute), false), "e.json": event("shop", webPod, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", when.Add(-10*time.Second), 1)},
			dump{"p.log": proxyLog("web", noEndpoints, when), "s.json": slices1(noon.Add(-time.Hour), true)}},
		{"resync_stall", correlate.Low, resynced(ticks(1, late(0)), ticks(1, late(2950*time.Millisecond))), resynced(ticks(1, late(4*time.Second)), ticks(1, late(6950*time.Millisecond)))},
		{"invalid_resource", correlate.Medium, one(proxySaid("inbound:server{port=8080}: linkerd_app_inbound::policy::api: Server misconfigured error=invalid server policy: missing protocol")),
			one(proxySaid("inbound:server{port=8080}: linkerd_app_inbound::policy::api: Unexpected policy controller response; retrying with a backoff grpc.status=The service is currently unavailable grpc.message=\"\""))},
		{"mirror_gateway_down", correlate.Medium, one("× probe services able to communicate with all gateway mirrors\n    * cluster: [west]: no gateway answers\n    see https://linkerd.io/2/checks/#l5d-multicluster-gateways-endpoints for hints\n"), one("√ probe services able to communicate with all gateway mirrors\n")},
		{"keepalive_race", correlate.Low, closedAt("0.004", 0), dump{"a.log": closedAt("0.204", 0)["a.log"], "e.log": closedAt("0.204", 0)["e.log"]}},
		{"keepalive_race", correlate.High, envoyUses(quietThen([]int{75, 76, 75}, "closed")), with(closedAt("0.004", 0, 60, 120, 180), "e.json", killing)},
		{"dns_failure", correlate.Medium, dump{"d.log": controllerLog("error", "cannot fetch: dial tcp: i/o timeout")}, dump{"d.log": controllerLog("error", "cannot fetch: dial tcp 10.9.9.9:9000: i/o timeout")}},
		{"route_timeout", correlate.High, atOutbound("HTTP response timeout after 300ms"), dump{"p.log": failfast}},
		{"configured_answer", correlate.Medium, one(envoyAccess(1, "500", "-", "-", "0", "-", "-")), one(envoyAccess(1, "500", "-", "via_upstream", "0", "10.0.0.2:80", "-"))},
		{"rollout_race", correlate.Medium, with(refusedWeb(60), "e.txt", "LAST SEEN   TYPE     REASON    OBJECT                    MESSAGE\n25s         Normal   Killing   pod/"+webPod+"   Stopping container web\n"), with(refusedWeb(60), "e.txt", "LAST SEEN   TYPE     REASON    OBJECT                    MESSAGE\n5m          Normal   Killing   pod/"+webPod+"   Stopping container web\n")},
		{"rollout_race", correlate.Low, with(albUses([]use{{10, "closed"}}), "e.json", killing), nil},
		{"identity_unavailable", correlate.High, one(proxyLines("daemon:identity: linkerd_app: Waiting for identity to be initialized...", "daemon:identity: linkerd_app: Waiting for identity to be initialized...", "daemon:identity: linkerd_app: Waiting for identity to be initialized...")),
			one(proxyLines("daemon:identity: linkerd_app: Certified identity id=web.shop.serviceaccount.identity.linkerd.cluster.local"))},
		{"certificate_expiry", correlate.High, nil, atOutbound("invalid peer certificate: UnknownIssuer")},
		{"not_meshed", correlate.Medium, dump{"pods.json": pair("linkerd-proxy", "web")}, dump{"pods.json": pair("linkerd-proxy", "linkerd-proxy")}},
		{"policy_stalled", correlate.Medium, one(brokenWatches(13, "services", "pods", "servers")), one(brokenWatches(13, "services", "pods"))},
		{"policy_stalled", correlate.Low, one(brokenWatches(2, "services", "pods")), one(brokenWatches(2, "services"))},
		{"node_stall", correlate.Low, one(slowTable("52s", "pod/web-5d4f8-x2x9z", "pod/cart-5d4f8-x2x9z", "pod/pay-5d4f8-x2x9z")), one(slowTable("5m", "pod/web-5d4f8-x2x9z", "pod/cart-5d4f8-x2x9z", "pod/pay-5d4f8-x2x9z"))},
		{"node_stall", correlate.Low, nil, one(slowTable("52s", "pod/web-5d4f8-x2x9z", "pod/web-5d4f8-k7w2m", "pod/pay-5d4f8-x2x9z"))},
		{"etcd_slow", correlate.High, dump{"a.log": controllerLog("error", "error retrieving resource lock kube-system/a: etcdserver: request timed out"), "b.log": controllerLog("error", "error retrieving resource lock kube-system/b: etcdserver: request timed out")}, nil},
		{"stale_endpoint", correlate.High, dump{"p.log": unlistedDials("10.17.7.19:80"), "e.txt": viewOfWeb, "s.json": slices1(noon, true)}, nil},
		{"kernel_table_full", correlate.Medium, dump{"e.json": event("", "n1", "ConntrackFull", "nf_conntrack: table full, dropping packet", noon, 9)}, nil},
		{"kube_proxy_stale", correlate.Low, one("E0202 12:00:01.000000       1 proxier.go:1564] \"Failed to execute iptables-restore\" err=\"exit status 4\"\n"), nil},
		{"telemetry_client", correlate.Medium, one(proxyLines("outbound:proxy{addr=10.43.0.9:8088}:service{ns=linkerd-viz name=tap port=8088}:endpoint{addr=10.0.0.3:8088}: linkerd_reconnect: Failed to connect error=Connection refused (os error 111)")),
			one(proxyLines("outbound:proxy{addr=10.43.0.9:8088}:service{ns=shop name=tracing-api port=8088}:endpoint{addr=10.0.0.3:8088}: linkerd_reconnect: Failed to connect error=Connection refused (os error 111)"))},
		{"pod_not_started", correlate.High, one(eventTable("Started: Started container web", "FailedMount: MountVolume.SetUp failed")), one(eventTable("Failed: Failed to pull image \"web:1\"", "FailedScheduling: 0/3 nodes are available", "Started: Started container web"))},
		{"cni_plugin_failed", correlate.High, nil, one(eventTable("FailedCreatePodSandBox: plugin type=\"calico\" failed (add)", "Started: Started container web"))},
		{"proxy_not_ready", correlate.High, one(eventTable("FailedPostStartHook: /usr/lib/linkerd/linkerd-await --timeout=2m exited with 69", "Killing: FailedPostStartHook")), nil},
		{"oom_killed", correlate.High, nil, dump{"pod.json": ended("shop", webPod, "web", 137, "OOMKilled"), "a.log": nginxAccess(606, "200", "0.010", "10.1.0.9:80", "10", "200")}},
		{"configured_answer", correlate.High, dump{"i.log": deniedIngress("shop/web"), "a.log": nginxAccess(1, "503", "0.000", "-", "-", "-")}, nil},
		{"ingress_no_endpoints", correlate.Medium, dump{"i.log": deniedIngress("cart/web"), "a.log": nginxAccess(1, "503", "0.000", "-", "-", "-")}, dump{"i.log": deniedIngress("shop/web"), "a.log": nginxAccess(1, "503", "0.000", "-", "-", "-")}},
		{"connect_refused", correlate.High, dump{"a.json": `{"level":"error","ts":1706875205.3,"msg":"call failed","error":"rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp 10.43.17.9:50051: connect: connection refused, after the last of five attempts to reach it\""}` + "\n"}, nil},
		{"sidecar_order", correlate.Medium, calledLocal("127.0.0.1:4140"), calledLocal("127.0.0.1:8080")},
	}
}

// slowTable is a table of probes that got no answer, by their age and pods.
func slowTable(age string, pods ...string) string {
	out := "LAST SEEN   TYPE      REASON      OBJECT                    MESSAGE\n"
	for _, pod := range pods {
		out += age + "         Warning   Unhealthy   " + pod + "   Readiness probe failed: Get \"http://10.0.0.2:8080/\": context deadline exceeded\n"
	}
	return out
}

// ended is a pod whose one container ended so before its present run.
func ended(namespace, pod, container string, code int, reason string) string {
	return podJSON(namespace, pod, container, fmt.Sprintf(`"restartCount":3,"state":{"running":{"startedAt":"2024-02-02T12:00:10Z"}},"lastState":{"terminated":{"exitCode":%d,"reason":%q,"startedAt":"2024-02-02T11:00:00Z","finishedAt":"2024-02-02T12:00:05Z"}}`, code, reason))
}

// eventTable is a table of events of one pod, the first the oldest: 9 s, 8 s and so on ago.
func eventTable(said ...string) string {
	out := "LAST SEEN   TYPE      REASON      OBJECT                    MESSAGE\n"
	for i, text := range said {
		reason, message, _ := strings.Cut(text, ": ")
		out += fmt.Sprintf("%ds          Warning   %s   pod/%s   %s\n", 9-i, reason, webPod, message)
	}
	return out
}

// deniedIngress is what ingress-nginx says of an Ingress that it will not serve.
func deniedIngress(name string) string {
	return fmt.Sprintf("E0202 12:00:00.000000       7 annotations.go:195] \"error reading Ingress annotation\" err=\"the annotation nginx.ingress.kubernetes.io/auth-secret does not contain a valid value\" name=\"BasicDigestAuth\" ingress=%q\n", name)
}

// pair are two pods of one workload by the name of their one container each.
func pair(first, second string) string {
	pod := func(name, container string) string {
		return fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":%q,"namespace":"shop"},"spec":{"containers":[{"name":%q,"image":"x:1"}]},"status":{"phase":"Running"}}`, name, container)
	}
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"List","items":[%s,%s]}`, pod("web-5d4f8c6b9-x2x9z", first), pod("web-5d4f8c6b9-k7w2m", second))
}

// brokenWatches are watches of resources that break n times, one of them each 15 s.
func brokenWatches(n int, resources ...string) string {
	return repeat(n, 15, func(i int) string {
		return fmt.Sprintf("%s  INFO %s: kubert::errors: stream failed error=watch stream failed: Error reading events stream\n", at(float64(i), "2006-01-02T15:04:05.000000Z"), resources[i/15%len(resources)])
	})
}

// What is known of products is known by the format of their lines: a name that no
// format has would never be found.
func TestProductsAreFormats(t *testing.T) {
	names := slices.Concat(slices.Collect(maps.Keys(known.Pools)), slices.Collect(maps.Keys(known.Flags)), slices.Collect(maps.Keys(known.Anywhere)))
	for _, k := range known.Knobs {
		names = append(names, k.Product)
	}
	for _, name := range names {
		if name != "" && formats.ByName(name) == nil {
			t.Errorf("no format is called %q", name)
		}
	}
}

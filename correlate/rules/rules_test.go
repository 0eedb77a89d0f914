package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/correlate/rules"
	"faultline/correlate/words"
	"faultline/fixtures"
)

const replica = "linkerd-destination-7d4b9c6f5-mv9qd"

// log is the path of the replica's log, which names it: pods.json knows it.
const log = "logs/" + replica + ".destination.log"

// podsJSON lets the dump know the replica.
func podsJSON(pods ...string) string {
	var items []string
	for _, p := range pods {
		items = append(items, fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":%q,"namespace":"linkerd"},"spec":{"containers":[{"name":"destination","image":"cr.l5d.io/linkerd/controller:stable-2.14.8"}]},
"status":{"containerStatuses":[{"name":"destination","restartCount":0,"state":{"running":{"startedAt":%q}}}]}}`, p, noon.Format(time.RFC3339)))
	}
	return `{"apiVersion":"v1","kind":"List","items":[` + strings.Join(items, ",") + `]}`
}

func ms(n ...float64) (out []time.Duration) {
	for _, x := range n {
		out = append(out, time.Duration(x*1e6))
	}
	return out
}

// storms are bursts of three stalls each twenty minutes.
func storms(begin time.Time, n int) (out []time.Time) {
	for _, at := range each(begin, 20*time.Minute, n) {
		out = append(out, each(at, 500*time.Millisecond, 3)...)
	}
	return out
}

var (
	when   = noon.Add(30 * time.Minute)
	bursts = storms(noon.Add(20*time.Minute), 10)
	uneven = ms(110, 231.7, 345.1, 458.3, 561.9, 677.2, 260.4, 345.6, 131, 152.2)
)

// near says whether a time is within a scrape of a burst.
func near(at time.Time) bool {
	return slices.ContainsFunc(bursts, func(b time.Time) bool { return at.Sub(b).Abs() <= 8*time.Second })
}

// dumps are the positive and the negative cases of each rule.
var dumps = []struct {
	name string
	dump dump
	// says are "rule: part of the title"; silent are rules, or "rule: part".
	says, silent []string
}{
	{"no endpoints", dump{"p.log": proxyLog("web", noEndpoints, when)},
		[]string{"no_endpoints: has no endpoints, 2.999 s before the failfast, which is the outbound failfast", "target: Whether web.shop.svc.cluster.local:80 really had no endpoints was not captured"},
		[]string{"failure: nothing was answered", "failure: could not be connected", "status", "diverging"}},
	{"no answer", dump{"p.log": proxyLog("web", "", when)}, []string{"failfast_unexplained: why is not in this dump"}, []string{"failure: has no endpoints", "target"}},
	{"unreachable", dump{"p.log": proxyLog("web", refused, when)}, []string{"connect_timeout: connecting to"}, []string{"failure: has no endpoints", "failure: nothing was answered", "target"}},
	{"stale view", dump{"p.log": proxyLog("web", noEndpoints, when), "s.json": slices1(when.Add(-3*time.Hour), true)}, []string{"target: the controller's view was stale"}, []string{"target: not captured", "target: may have been"}},
	{"really empty", dump{"p.log": proxyLog("web", noEndpoints, when), "s.json": slices1(when.Add(-3*time.Hour), false)}, []string{"target: has no ready endpoints"}, []string{"target: stale"}},
	{"just changed", dump{"p.log": proxyLog("web", noEndpoints, when), "s.json": slices1(when.Add(-5*time.Second), true)}, []string{"target: were changing at the onset"}, []string{"target: stale"}},
	{"pod killed", dump{"p.log": proxyLog("web", noEndpoints, when), "e.json": event("shop", "web-5d4-x2", "Killing", "Stopping container web", when.Add(-20*time.Second), 1)},
		[]string{"target: were changing at the onset"}, []string{"target: stale", "target: not captured"}},
	{"another pod killed", dump{"p.log": proxyLog("web", noEndpoints, when), "e.json": event("shop", "website", "Killing", "Stopping container web", when.Add(-20*time.Second), 1)},
		[]string{"target: was not captured"}, []string{"target: were changing"}},
	{"grpc", dump{"p.log": strings.ReplaceAll(proxyLog("web", "", when), "HTTP/1.1 request failed", "gRPC request failed")}, []string{"status: 1 gRPC request failed behind HTTP 200"}, nil},
	{"quantised", dump{log: stalls(noon, ms(200.3, 299.8, 198.1, 400.9, 301.2, 104), []int{40}, each(when, time.Minute, 30)...)},
		[]string{"throttling: last a multiple of 100 ms", "stall: 30 pop stalls"}, []string{"throttling: just over"}},
	{"not quantised", dump{log: stalls(noon, uneven, []int{40}, each(when, time.Minute, 40)...)}, []string{"stall: 40 pop stalls"}, []string{"throttling", "storm", "overflow"}},
	{"quota", dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{40}, bursts...),
		"a.json": matrix("container_cpu_cfs_periods_total", replica, "", time.Minute, 200, func(i int, _ time.Time) string { return fmt.Sprint(600 * i) }),
		"b.json": matrix("container_cpu_cfs_throttled_periods_total", replica, "", time.Minute, 200, func(i int, _ time.Time) string { return fmt.Sprint(120 * i) })},
		[]string{"throttling: ran out in up to 20 % of its periods"}, nil},
	{"quota enough", dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{40}, bursts...),
		"a.json": matrix("container_cpu_cfs_periods_total", replica, "", time.Minute, 200, func(i int, _ time.Time) string { return fmt.Sprint(600 * i) }),
		"b.json": matrix("container_cpu_cfs_throttled_periods_total", replica, "", time.Minute, 200, func(i int, _ time.Time) string { return fmt.Sprint(i / 4) })},
		nil, []string{"throttling"}},
	{"goroutines jump", dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{140, 100, 60}, bursts...),
		"g.json": matrix("go_goroutines", replica, "", 10*time.Second, 1400, func(_ int, at time.Time) string {
			if near(at) {
				return "5000"
			}
			return "940"
		}), "s.json": matrix("server_cache_size", replica, "", time.Minute, 200, constant("141"))},
		[]string{"storm: Goroutines jump from 940 to 5000", "versions: 2.14.8 has none of the fixes", "stall: begin at the depth of a whole cache: server (10)"}, nil},
	{"goroutines jump all the time", dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{141, 100, 60}, bursts...),
		"g.json": matrix("go_goroutines", replica, "", 10*time.Second, 1400, func(i int, at time.Time) string {
			if near(at) || i%50 == 0 {
				return "5000"
			}
			return "940"
		})}, nil, []string{"storm"}},
	{"CPU at each wave", dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{140, 100, 60}, bursts...),
		"c.json": matrix("process_cpu_seconds_total", replica, "", 10*time.Second, 1400, used(func(at time.Time) bool {
			m := at.Sub(noon)
			return m >= 20*time.Minute && m%(10*time.Minute) <= 10*time.Second
		}, 4))},
		[]string{"storm: as high while it stalls: 0.40 cores, 0.05"}, nil},
	{"CPU as high at other times", dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{140, 100, 60}, bursts...),
		"c.json": matrix("process_cpu_seconds_total", replica, "", 10*time.Second, 1400, used(func(at time.Time) bool { return near(at) || at.Minute()%5 == 0 }, 4))},
		nil, []string{"storm"}},
	{"CPU hardly higher", dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{140, 100, 60}, bursts...),
		"c.json": matrix("process_cpu_seconds_total", replica, "", 10*time.Second, 1400, used(near, 0.6))},
		nil, []string{"storm"}},
	{"CPU that no sample tells while it stalls", dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{140, 100, 60}, bursts...),
		"c.json": matrix("process_cpu_seconds_total", replica, "", 10*time.Second, 1400, func(i int, at time.Time) string {
			if near(at) {
				return "NaN"
			}
			return fmt.Sprintf("%.1f", 0.5*float64(i))
		})}, nil, []string{"storm"}},
	{"no servers", dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{700, 500, 300}, bursts...), "s.json": matrix("server_cache_size", replica, "", time.Minute, 200, constant("0"))},
		[]string{"versions: but there is none"}, []string{"stall: whole cache", "versions: calm"}},
	{"lag", dump{"a.json": matrix("services_informer_lag_seconds_bucket", replica, `,"le":"2.5"`, time.Minute, 100, func(i int, _ time.Time) string { return fmt.Sprint(i) }),
		"b.json": matrix("services_informer_lag_seconds_bucket", replica, `,"le":"+Inf"`, time.Minute, 100, func(i int, _ time.Time) string { return fmt.Sprint(2 * i) })},
		[]string{"lag: 99 of 198 updates of services"}, nil},
	{"no lag", dump{"a.json": matrix("services_informer_lag_seconds_bucket", replica, `,"le":"2.5"`, time.Minute, 100, func(i int, _ time.Time) string { return fmt.Sprint(2 * i) }),
		"b.json": matrix("services_informer_lag_seconds_bucket", replica, `,"le":"+Inf"`, time.Minute, 100, func(i int, _ time.Time) string { return fmt.Sprint(2 * i) })},
		nil, []string{"lag"}},
	{"overflow", dump{"a.json": matrix("endpoint_updates_queue_overflow", replica, `,"service":"web"`, time.Minute, 100, func(i int, _ time.Time) string { return fmt.Sprint(i / 50) })},
		[]string{"overflow: Update queues of the destination overflowed: 0 lines in the log, 1 counted"}, nil},
	{"overflow said", dump{"d.log": "time=\"2024-02-02T12:00:01Z\" level=info msg=\"running version stable-2.14.8\"\ntime=\"2024-02-02T12:00:02Z\" level=error msg=\"endpoint update queue full; aborting stream\" component=endpoint-translator\n"},
		[]string{"overflow: 1 line in the log"}, nil},
	{"no overflow", dump{"a.json": matrix("endpoint_updates_queue_overflow", replica, `,"service":"web"`, time.Minute, 100, constant("3"))}, nil, []string{"overflow"}},
	{"scrapes fail with the stalls", dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{40}, bursts...),
		"u.json": matrix("up", replica, "", 10*time.Second, 1400, func(_ int, at time.Time) string { return map[bool]string{true: "0", false: "1"}[near(at)] })},
		[]string{"holes: fall within 15 s of a burst of stalls"}, nil},
	{"scrapes fail elsewhere", dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{40}, bursts...),
		"u.json": matrix("up", replica, "", 10*time.Second, 1400, func(_ int, at time.Time) string {
			return map[bool]string{true: "0", false: "1"}[near(at.Add(7*time.Minute))]
		})},
		nil, []string{"holes"}},
	{"starting", dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{40}, bursts...), "e.json": event("linkerd", replica, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 500", noon.Add(time.Second), 1)},
		[]string{"controller_starting: 1 readiness probe answered 500"}, []string{"probes: 503", "probe_timeout: got no answer"}},
	{"proxy not ready", dump{"e.json": event("linkerd", replica, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", noon, 1)}, []string{"proxy_not_ready: linkerd-proxy of"}, []string{"probes: 500"}},
	{"probe timeouts", dump{"e.json": event("linkerd", replica, "Unhealthy", `Liveness probe failed: Get "http://10.0.0.1:9996/ping": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, noon, 40)},
		[]string{"probe_timeout: 40 probes", "probes: counted more than 25 times"}, nil},
	{"restarted for its probes", dump{"e.json": event("shop", "web-5d4-x2", "Unhealthy", `Liveness probe failed: Get "http://10.0.0.1:8080/": context deadline exceeded`, noon, 21), "k.json": event("shop", "web-5d4-x2", "Killing", "Container web failed liveness probe, will be restarted", noon, 7)},
		[]string{"probe_timeout: 21 probes of shop/web-5d4-x2 got no answer in time, and the kubelet restarted the container for that 7 times."}, []string{"pod_termination"}},
	{"another restarted for its probes", dump{"e.json": event("shop", "web-5d4-x2", "Unhealthy", `Liveness probe failed: Get "http://10.0.0.1:8080/": context deadline exceeded`, noon, 21), "k.json": event("shop", "cart-5d4-x2", "Killing", "Container web failed liveness probe, will be restarted", noon, 7)},
		[]string{"probe_timeout: got no answer in time."}, []string{"probe_timeout: restarted"}},
	{"an application's probe", dump{"e.json": event("shop", "web-5d4-x2", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 500", noon, 1)}, nil, []string{"probes"}},
	{"ratio", dump{"a.json": matrix("grpc_server_handling_seconds_sum", replica, `,"grpc_method":"Get"`, time.Minute, 100, func(i int, _ time.Time) string { return fmt.Sprint(400 * i) }),
		"b.json": matrix("grpc_server_handling_seconds_count", replica, `,"grpc_method":"Get"`, time.Minute, 100, func(i int, _ time.Time) string { return fmt.Sprint(i) })},
		[]string{"ratio: is no latency"}, nil},
	{"another method's ratio", dump{"a.json": matrix("grpc_server_handling_seconds_sum", replica, `,"grpc_method":"Check"`, time.Minute, 100, func(i int, _ time.Time) string { return fmt.Sprint(400 * i) }),
		"b.json": matrix("grpc_server_handling_seconds_count", replica, `,"grpc_method":"Check"`, time.Minute, 100, func(i int, _ time.Time) string { return fmt.Sprint(i) })},
		nil, []string{"ratio"}},
	{"a release that is calm", dump{log: strings.ReplaceAll(stalls(noon, uneven, []int{40}, bursts...), "2.14.8", "2.14.10")}, []string{"versions: 2.14.10 has the fixes"}, []string{"versions: none", "versions: calm on the same load"}},
	{"silent release", dump{"d.log": "time=\"2024-02-02T12:00:01Z\" level=info msg=\"running version stable-2.13.4\"\ntime=\"2024-02-02T12:00:03Z\" level=info msg=\"caches synced\"\n"},
		[]string{"visibility: That no stall is logged shows nothing"}, nil},
	{"upgrade given", dump{log: stalls(noon, uneven, []int{40}, bursts...), "faultline.yaml": "changes: [{at: 2024-02-02T10:00:00Z, what: upgrade, from: 2.10.2, to: 2.14.8}]\n"},
		[]string{"visibility: new since the upgrade from 2.10.2 to 2.14.8", "status: A failfast is HTTP 503 with 2.10.2 and HTTP 504 with 2.14.8"}, nil},
	{"upgrade that changes neither", dump{log: stalls(noon, uneven, []int{40}, bursts...), "faultline.yaml": "changes: [{at: 2024-02-02T10:00:00Z, what: upgrade, from: 2.14.7, to: 2.14.8}]\n"},
		nil, []string{"visibility", "status"}},
	{"replicas disagree", dump{"diag.txt": answers("10.0.0.1 10.0.0.2", "10.0.0.1 10.0.0.2", "10.0.0.1")}, []string{"diverging: Replicas disagree on shop/web: 2 views among 3 answers; linkerd-destination-c stands apart"}, nil},
	{"replicas agree", dump{"diag.txt": answers("10.0.0.1 10.0.0.2", "10.0.0.1 10.0.0.2", "10.0.0.2 10.0.0.1")}, nil, []string{"diverging"}},
	{"replica behind the slices", dump{"diag.txt": answers("10.0.0.9"), "s.json": slices1(noon, true)}, []string{"diverging: linkerd-destination-a answers with 1 address for shop/web, of 1"}, nil},
	{"replica as the slices", dump{"diag.txt": answers("10.0.0.2"), "s.json": slices1(noon, true)}, nil, []string{"diverging"}},
	{"all at once", together1(true), []string{"replicas: stall within 2 s of each other"}, nil},
	{"each at its own time", together1(false), nil, []string{"replicas"}},
	{"scaled", dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{40}, each(noon.Add(5*time.Minute), 10*time.Minute, 23)...),
		"faultline.yaml": "changes: [{at: 2024-02-02T14:00:00Z, what: scale, from: 1, to: 2}]\n"},
		[]string{"scale: Stall lines of all replicas, 1 then 2"}, nil},
	{"not scaled", dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{40}, each(noon.Add(5*time.Minute), 10*time.Minute, 23)...)}, nil, []string{"scale", "since"}},
	{"since an upgrade", dump{"p.log": proxyLog("web", "", each(noon.Add(2*time.Hour), 4*time.Minute, 29)...),
		"faultline.yaml": "changes: [{at: 2024-02-02T13:55:00Z, what: upgrade, from: 2.14.7, to: 2.14.8}]\n"},
		[]string{"since: More incidents since 2024-02-02 14:00 UTC"}, nil},
	{"ten lines", dump{"sel.log": selector(10)}, []string{"quality: exactly ten lines"}, nil},
	{"eleven lines", dump{"sel.log": selector(11)}, nil, []string{"quality: ten lines"}},
	{"a replica without a log", dump{"pods.json": podsJSON(replica, "linkerd-destination-7d4b9c6f5-zt4wl"), log: stalls(noon, uneven, []int{40}, bursts...)},
		[]string{"quality: No log of 1 destination replica was captured (linkerd-destination-7d4b9c6f5-zt4wl)"}, nil},
	{"two logs that name no pod", dump{"pods.json": podsJSON(replica, "linkerd-destination-7d4b9c6f5-zt4wl", "linkerd-destination-7d4b9c6f5-9xkqd"),
		"Untitled-1.txt": stalls(noon.Add(-time.Hour), uneven, []int{40}, bursts...), "Untitled-2.txt": stalls(noon.Add(-2*time.Hour), uneven, []int{40}, storms(noon.Add(26*time.Minute), 9)...)},
		[]string{"quality: 2 logs of a destination name no pod: which of 3 replicas they are of is not known"}, []string{"quality: No log of"}},
	{"a log that begins with its pod", dump{"pods.json": podsJSON(replica), "Untitled-1.txt": stalls(noon.Add(time.Second), uneven, []int{40}, bursts...)}, nil, []string{"quality"}},
	{"all logs", dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{40}, bursts...)}, nil, []string{"quality"}},
}

// answers are those of linkerd diagnostics endpoints about shop/web, one per
// replica.
func answers(views ...string) string {
	var b strings.Builder
	for i, v := range views {
		fmt.Fprintf(&b, "linkerd-destination-%c\nNAMESPACE   IP          PORT   POD    SERVICE\n", 'a'+i)
		for n, ip := range strings.Fields(v) {
			fmt.Fprintf(&b, "shop        %s    80     web-%d  web.shop\n", ip, n)
		}
	}
	return b.String()
}

// selector is what kubectl logs -l --prefix prints of two pods.
func selector(lines int) string {
	var b strings.Builder
	for _, pod := range []string{"linkerd-destination-a", "linkerd-destination-b"} {
		for i := range lines {
			at := noon.Add(time.Duration(i) * time.Second).Format(time.RFC3339)
			fmt.Fprintf(&b, "[pod/%s/destination] %s time=%q level=info msg=\"running version stable-2.14.8\"\n", pod, at, at)
		}
	}
	return b.String()
}

// together1 are two replicas that started five minutes apart and stall at one
// time, or each at its own.
func together1(joint bool) dump {
	const other = "linkerd-destination-7d4b9c6f5-zt4wl"
	begin := noon.Add(20 * time.Minute)
	if !joint {
		begin = begin.Add(5 * time.Minute)
	}
	return dump{"pods.json": podsJSON(replica, other), log: stalls(noon, uneven, []int{40}, bursts...),
		"logs/" + other + ".destination.log": stalls(noon.Add(5*time.Minute), uneven, []int{40}, storms(begin.Add(time.Second), 10)...)}
}

func TestRules(t *testing.T) {
	for _, d := range dumps {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			hold(t, judged(t, d.dump.inputs()...), d.says, d.silent)
		})
	}
}

// hold holds findings against what must and what must not be said.
func hold(t *testing.T, c *correlate.Case, says, silent []string) {
	t.Helper()
	said := func(want string) bool {
		rule, part, _ := strings.Cut(want, ": ")
		return slices.ContainsFunc(c.Findings, func(f correlate.Finding) bool { return f.Rule == rule && strings.Contains(f.Title, part) })
	}
	failed := false
	for _, s := range says {
		if !said(s) {
			failed = true
			t.Errorf("not said: %s", s)
		}
	}
	for _, s := range silent {
		if said(s) {
			failed = true
			t.Errorf("said: %s", s)
		}
	}
	for _, f := range c.Findings {
		if failed {
			t.Logf("%s %s: %s", f.ID, f.Rule, f.Title)
		}
		if len(f.Evidence) == 0 || f.Title == "" || f.Detail == "" || !strings.HasSuffix(f.Title, ".") {
			t.Errorf("%+v", f)
		}
		for _, word := range []string{" cause", "because of", " proves", "due to"} {
			if strings.Contains(strings.ToLower(f.Title+f.Detail), word) {
				t.Errorf("%s says %q: %s %s", f.Rule, word, f.Title, f.Detail)
			}
		}
	}
}

// The report's own text: what its first readers worked out by hand.
func TestReport(t *testing.T) {
	in, _, err := fixtures.Inputs("report")
	if err != nil {
		t.Fatal(err)
	}
	c := judged(t, in...)
	hold(t, c, []string{
		"no_endpoints: the controller answered that the target has no endpoints, 2.999 s before the failfast, which is the outbound failfast (3 s)",
		"versions: 2.14.9 has one of the fixes for this class of stall (#11907); 2.14.10 was calm on the same load",
		"beat: too little data for a period",
		"controller_starting: 4 readiness probes answered 500, the first and the last 7 s apart",
		"implied_start: the proxy started between 2024-02-02 13:16:19.254 and 13:16:22.254 UTC",
		"visibility: new since the upgrade from 2.10.2 to 2.14.8 are a change of visibility",
		"status: A failfast is HTTP 503 with 2.10.2 and HTTP 504 with 2.14.8",
		"ratio: grpc_server_handling_seconds of Get is no latency",
		"scale: neither for nor against a resync",
		"throttling: 3 of 3 stalls took just over 100 ms (102.1, 104.1, 124.4 ms)",
		"target: was not captured",
	}, []string{"diverging", "overflow", "storm", "holes", "replicas", "since", "load"})
	proof := map[string]uint32{"no_endpoints": 13, "versions": 46, "controller_starting": 26, "visibility": 3, "status": 3, "ratio": 34, "scale": 32}
	for _, f := range c.Findings {
		if want := proof[f.Rule]; want != 0 && f.Evidence[0].Line != want && f.Rule != "controller_starting" {
			t.Errorf("%s rests on line %d, not %d", f.Rule, f.Evidence[0].Line, want)
		}
	}
}

// The bundled capture of the real controller.
func TestCapture(t *testing.T) {
	in, _, err := fixtures.Inputs("capture")
	if err != nil {
		t.Fatal(err)
	}
	hold(t, judged(t, in...), []string{"versions: 2.14.8 has none of the fixes", "stall: 329 pop stalls", "stall: whole cache: server (14)", "probe_timeout: got no answer"},
		[]string{"failure", "beat", "target", "diverging", "overflow", "implied_start", "quality: ten lines"})
}

// Two worlds in which the truth is a resync, and is not.
func TestBeat(t *testing.T) {
	c, _, _ := made(t, "resync", 1003)
	hold(t, c, []string{"beat: consistent with linkerd's informer resync", "versions: 2.14.8 has none"}, []string{"throttling", "diverging"})
	c, _, _ = made(t, "poisson", 1003)
	hold(t, c, nil, []string{"beat: have a period of", "since", "load"})
}

// A case that holds all lacks nothing; an empty one lacks the logs first.
func TestMissing(t *testing.T) {
	names := func(d dump) (out []string) {
		for _, l := range rules.Missing(judged(t, d.inputs()...)) {
			out = append(out, l.Name)
			if len(l.Rules) == 0 {
				t.Errorf("nobody asks for %s", l.Name)
			}
		}
		return out
	}
	got := names(dump{"p.log": proxyLog("web", noEndpoints, when)})
	if len(got) == 0 || got[0] != "endpointslices" || slices.Contains(got, "proxy-logs") {
		t.Errorf("a proxy's log lacks %q", got)
	}
	if want := []string{"endpointslices"}; !slices.Equal(got[:1], want) {
		t.Errorf("asks for %q, want %q first", got, want)
	}
	for _, want := range []string{"endpointslices", "events", "metrics-cpu", "diagnostics", "versions"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not missing from %q", want, got)
		}
	}
	got = names(dump{"e.json": event("shop", "web-5d4f8-x2x9z", "FailedCreatePodSandBox", "plugin type=\"linkerd-cni\" failed (add): exit status 127", noon, 4)})
	if slices.Contains(got, "proxy-logs") {
		t.Error("asks for the log of a proxy that never started")
	}
	if got = names(dump{"e.json": unready("shop", webPod, 100)}); !slices.Contains(got, "proxy-logs") {
		t.Error("does not ask for the log of a proxy")
	}
	got = names(dump{"pods.json": podsJSON(replica), log: stalls(noon, uneven, []int{40}, bursts...)})
	for _, has := range []string{"controller-logs", "pods", "versions"} {
		if slices.Contains(got, has) {
			t.Errorf("%s is there, and said to be missing", has)
		}
	}
}

// The same case gives the same findings, in the same order.
func TestPure(t *testing.T) {
	c, _, _ := made(t, "resync", 7)
	for range 3 {
		again := rules.Apply(c)
		if fmt.Sprint(again) != fmt.Sprint(c.Findings) {
			t.Fatal("findings differ")
		}
	}
	for i := 1; i < len(c.Findings); i++ {
		if c.Findings[i].Severity > c.Findings[i-1].Severity {
			t.Errorf("%s ranks before %s", c.Findings[i-1].Rule, c.Findings[i].Rule)
		}
	}
}

// used is a counter of CPU seconds at each ten seconds: half a second, and at
// some times more.
func used(high func(time.Time) bool, more float64) func(int, time.Time) string {
	sum := 0.0
	return func(_ int, at time.Time) string {
		if sum += 0.5; high(at) {
			sum += more - 0.5
		}
		return fmt.Sprintf("%.1f", sum)
	}
}

// Every diagnosis has a name for a sentence, which is not its code.
func TestDiagnosesHaveNames(t *testing.T) {
	for _, r := range rules.All() {
		if r.Diagnosis != nil && words.Diagnosis(r.Diagnosis.Code) == words.Code(r.Diagnosis.Code) {
			t.Errorf("%s has no name in package words", r.Diagnosis.Code)
		}
	}
}

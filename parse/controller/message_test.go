package controller

import (
	"slices"
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// Every rule, in lines of linkerd's controllers and of client-go.
func TestMessages(t *testing.T) {
	f := func(text, want string) { t.Helper(); tells(t, text, want) }
	logrus := func(level, msg, want string) {
		t.Helper()
		f(`time="2024-02-02T13:22:28Z" level=`+level+` msg=`+msg, want)
	}
	logrus("info", `"running version stable-2.14.8"`, "controller.started | info | fact=stable-2.14.8")
	logrus("info", `"waiting for caches to sync"`, "controller.cache_sync_wait | info")
	logrus("info", `"caches synced"`, "controller.cache_synced | info")
	logrus("fatal", `"failed to sync caches"`, "controller.cache_sync_failed | fatal")
	logrus("error", `"endpoint update queue full; aborting stream" addr=":8086" component=endpoint-translator service="web.emojivoto.svc.cluster.local:80"`,
		"controller.queue_overflow | error | target=web.emojivoto.svc.cluster.local:80")
	logrus("error", `"profile update queue full; aborting stream" component=profile-translator`, "controller.queue_overflow | error")
	logrus("error", `"Get web.emojivoto.svc.cluster.local:80 stream aborted" addr=":8086"`, "controller.stream_aborted | error | target=web.emojivoto.svc.cluster.local:80")
	logrus("warning", `"failed to retrieve replicaset from indexer ops/app-5bd74c646f: replicaset.apps \"app-5bd74c646f\" not found"`,
		`controller.lookup_failed | warn | target=ops/app-5bd74c646f | fact=failed to retrieve replicaset from indexer ops/app-5bd74c646f: replicaset.apps "app-5bd74c646f" not found`)
	logrus("error", `"Unable to create new address:unable to fetch pod emojivoto/web-7f6cf7d49b-x2k7p: not found"`, "controller.lookup_failed | error | target=emojivoto/web-7f6cf7d49b-x2k7p | fact=Unable to create new address:unable to fetch pod emojivoto/web-7f6cf7d49b-x2k7p: not found")
	logrus("error", `"Failed to get node topology zone for node worker-1: node \"worker-1\" not found"`, `controller.lookup_failed | error | target=worker-1 | fact=Failed to get node topology zone for node worker-1: node "worker-1" not found`)
	f(`{"level":"info","msg":"pkg/mod/k8s.io/client-go@v0.29.0/tools/cache/reflector.go:229: failed to list *v1.Job: Get \"https://10.96.0.1:443/apis/batch/v1/jobs?resourceVersion=803143\": dial tcp 10.96.0.1:443: i/o timeout","time":"2024-04-19T08:16:28Z"}`,
		`controller.list_failed | info | target=*v1.Job | fact=Get "https://10.96.0.1:443/apis/batch/v1/jobs?resourceVersion=803143": dial tcp 10.96.0.1:443: i/o timeout`)
	f(`W0826 14:00:37.258613    9650 reflector.go:303] pkg/mod/k8s.io/client-go@v0.0.0-20190411052641-7a6b4715b709/tools/cache/reflector.go:99: watch of *v1.Event ended with: The resourceVersion for the provided watch is too old.`,
		"controller.watch_failed | warn | target=*v1.Event | fact=The resourceVersion for the provided watch is too old.")
	f(`E0826 14:00:37.258613    9650 reflector.go:140] x.go:1: Failed to watch *v1.Pod: failed to list *v1.Pod: Unauthorized`, "controller.list_failed | error | target=*v1.Pod | fact=Unauthorized")
	f(`E0826 14:00:37.258613    9650 reflector.go:140] x.go:1: Failed to watch *v1.Pod: Get "https://10.96.0.1:443/x": EOF`, `controller.watch_failed | error | target=*v1.Pod | fact=Get "https://10.96.0.1:443/x": EOF`)
	f(`I0826 14:00:37.258613    9650 reflector.go:559] x.go:1: Watch close - *v1.Pod total 7 items received`, "controller.watch_closed | info | target=*v1.Pod")
	f(`W0826 14:00:37.258613    9650 reflector.go:559] x.go:1: Unexpected watch close - watch lasted less than a second and no items received`, "controller.watch_closed | warn")
	f(`I1123 09:00:24.317897   18133 reflector.go:377] /go/pkg/mod/k8s.io/client-go@v0.29.0/tools/cache/reflector.go:229: forcing resync`, "controller.resync | info")
	f(`I0202 13:22:29.123456       7 controller.go:190] "Backend successfully reloaded"`, "k8s.event | info | fact=RELOAD")
	f(`W0203 21:40:05.060345       6 controller.go:1070] Service "shop/web" does not have any active Endpoint.`, "proxy.no_endpoints | warn | target=shop/web | fact=no active Endpoint")
	f(`W0203 21:40:05.060345       6 controller.go:797] service shop/web does not have any active endpoints`, "proxy.no_endpoints | warn | target=shop/web | fact=no active Endpoint")
	f(`I0202 13:22:29.123456       7 controller.go:169] Backend successfully reloaded.`, "k8s.event | info | fact=RELOAD")
}

// Lines that name what matters in a harmless place are no events, and what is
// not a controller's line is left to others.
func TestNoise(t *testing.T) {
	f := func(want parse.Verdict, lines ...string) {
		t.Helper()
		for _, text := range lines {
			if v, b, _ := one(t, text, ""); v != want || len(b.Events)+len(b.Facts) > 0 {
				t.Errorf("%s\nverdict %d, want %d; %d events", text, v, want, len(b.Events))
			}
		}
	}
	const info = `time="2024-02-02T13:22:28Z" level=info msg=`
	f(parse.Other, info+`"starting admin server on :9996"`, info+`"not all caches synced"`, info+`"still waiting for caches to sync"`,
		info+`"failed to list routes: deadline exceeded"`, info+`"the pod ended with: exit 0"`, info+`started`, info+`""`, info+`"see Trace[7] of the API server"`,
		`time="2025-03-22T13:02:11Z" level=warning msg="failed to register Prometheus gauge Desc{fqName: \"job_cache_size\", constLabels: {cluster=\"local\"}, variableLabels: {}}: duplicate metrics collector registration attempted"`,
		`I1123 09:00:21.309506   18133 reflector.go:289] Starting reflector *v1.Pod (3s) from /go/pkg/mod/k8s.io/client-go@v0.29.0/tools/cache/reflector.go:229`,
		`I1123 09:00:21.309844   18133 reflector.go:351] Caches populated for *v1.Pod`, `{"level":"debug","ts":1795423805.07,"msg":"x"}`,
		`level=info msg="no time"`, `{"addr":":8086","component":"server","msg":"no level","time":"2024-02-02T13:22:28Z"}`)
	f(parse.NotMine, "", " ", "x", "Dear all, nothing works", `{"level":"info"}`, `{"msg":"x","level":"info"}`, `{"msg":"x","time":"2024-02-02T13:22:28Z"}`,
		`{"level":"info","msg":"x","time":"yesterday"}`, `{"level":"info","msg":"x","ts":"1/3"}`, `{"level":"info","msg":"x","ts":1e999999}`,
		`{"level":"info","msg":"x","ts":-5}`, `I1123 08:50:05    2871 a.b:1] `, `time="now"`)
	f(parse.Malformed, info+`"cut off in the mid`, `time="yesterday" level=info msg="x"`, `time="2024-02-02T13:22:28Z" level=info ms`,
		`Trace[7]: "DeltaFIFO Pop Process" ID:a/b,Depth:1,Reason:x (23-Nov-2026 08:50:04.939) (total ti`, `Trace[x]: END`, `Trace[7]: "Del`,
		info+`"Trace[7]: \"DeltaFIFO Pop Process\" ID:a/b (yesterday) (total time: 1ms):"`, info+`"Trace[7]: \"Delta"`)
}

// What is shown of a record.
func TestDetail(t *testing.T) {
	f := func(text, message, raw string, attrs ...string) {
		t.Helper()
		var d parse.Detail
		Format.Detail([]byte(text), &d)
		var got []string
		for _, a := range d.Attrs {
			got = append(got, a.Key+"="+a.Value)
		}
		if d.Message != message || d.RawTime != raw || !slices.Equal(got, attrs) {
			t.Errorf("%s\n got %q %q\n     %s\nwant %q %q\n     %s", text, d.Message, d.RawTime, strings.Join(got, "\n     "), message, raw, strings.Join(attrs, "\n     "))
		}
	}
	f(`time="2024-02-02T13:22:28Z" level=error msg="queue full" addr=":8086" component=endpoint-translator`, "queue full", "2024-02-02T13:22:28Z", "addr=:8086", "component=endpoint-translator")
	f(`time="2024-02-02T13:22:28Z" level=info msg="Trace[1398023451]: \"DeltaFIFO Pop Process\" ID:xxx/y1,Depth:12,Reason:slow event handlers blocking the queue (02-Feb-2024 13:22:28.553) (total time: 102ms):\nTrace[1398023451]: [102.144017ms] [102.144017ms] END\n"`,
		"Trace[1398023451]: \"DeltaFIFO Pop Process\" ID:xxx/y1,Depth:12,Reason:slow event handlers blocking the queue (02-Feb-2024 13:22:28.553) (total time: 102ms):\nTrace[1398023451]: [102.144017ms] [102.144017ms] END",
		"02-Feb-2024 13:22:28.553", "name=DeltaFIFO Pop Process", "trace_id=1398023451", "written=2024-02-02T13:22:28Z", "key=xxx/y1", "depth=12", "reason=slow event handlers blocking the queue")
	f(`I1123 08:50:05.060456   28718 trace.go:219] Trace[7]: "RealFIFO PopBatch Process" Name:x,Resource:/v1, Resource=pods,ID:,Depth:1500,Reason:slow event handlers blocking the queue,BatchSize:1000 (23-Nov-2026 08:50:04.939) (total time: 120ms):`,
		`Trace[7]: "RealFIFO PopBatch Process" Name:x,Resource:/v1, Resource=pods,ID:,Depth:1500,Reason:slow event handlers blocking the queue,BatchSize:1000 (23-Nov-2026 08:50:04.939) (total time: 120ms):`,
		"23-Nov-2026 08:50:04.939", "caller=trace.go:219", "name=RealFIFO PopBatch Process", "trace_id=7", "written=I1123 08:50:05.060456", "Name=x", "resource=/v1, Resource=pods", "key=", "depth=1500", "reason=slow event handlers blocking the queue", "batch_size=1000")
	f(`E1123 08:50:05.060456       1 reflector.go:200] "Failed to watch" err="failed to list *v1.Node: nodes is forbidden" logger="UnhandledError" type="*v1.Node"`,
		"Failed to watch", "E1123 08:50:05.060456", "caller=reflector.go:200", "err=failed to list *v1.Node: nodes is forbidden", "logger=UnhandledError", "type=*v1.Node")
	f(`   1 trace.go:205] Trace[7]: "DeltaFIFO Pop Process" ID:a/b,Depth:139805,Reason:x (19-Aug-2025 14:11:39.233) (total time: 123ms):`,
		`   1 trace.go:205] Trace[7]: "DeltaFIFO Pop Process" ID:a/b,Depth:139805,Reason:x (19-Aug-2025 14:11:39.233) (total time: 123ms):`[3:],
		"19-Aug-2025 14:11:39.233", "name=DeltaFIFO Pop Process", "trace_id=7", "key=a/b", "depth=139805", "reason=x")
	f(`level=info msg="caches synced" component=x`, "caches synced", "", "component=x")
	f(`Trace[7]: [1ms] [1ms] END`, "Trace[7]: [1ms] [1ms] END", "")
	f("", "", "")
}

// Failures that the API server, its clients, a container runtime and linkerd-init
// print, and lines that look like them.
func TestPlatform(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if want != "" {
			tells(t, text, want)
		} else if v, b, _ := one(t, text, ""); v != parse.Other || len(b.Events) > 0 {
			t.Errorf("%s\nverdict %d, %d events", text, v, len(b.Events))
		}
	}
	const klog, hook = "W0210 13:28:06.179244       1 ", "linkerd-proxy-injector.linkerd.io"
	const post = `Post "https://x.linkerd.svc:443/?timeout=10s": context deadline exceeded`
	f(klog+`dispatcher.go:170] Failed calling webhook, failing open `+hook+`: failed calling webhook "`+hook+`": `+post,
		"webhook.failed | warn | target="+hook+" | fact=failing open: "+post)
	f(klog+`dispatcher.go:142] Failed calling webhook, failing closed a.b: failed calling webhook "a.b": failed to call webhook: x`,
		`webhook.failed | warn | target=a.b | fact=failing closed: failed to call webhook: x`)
	f(klog+`replica_set.go:577] sync "shop/web-7" failed with Internal error occurred: failed calling webhook "a.b": x`,
		`webhook.failed | warn | target=a.b | fact=x`)
	f(`time="2024-02-02T13:22:28Z" level=error msg="cannot create: failed calling webhook \"a.b\": EOF"`, `webhook.failed | error | target=a.b | fact=EOF`)
	f(klog+`x.go:1] conversion webhook for shop.io/v1, Kind=Cart failed: x`, "webhook.failed | warn | target=shop.io/v1, Kind=Cart | fact=x")
	f(klog+`webhook.go:154] Failed to make webhook authenticator request: x`, "webhook.failed | warn | target=authenticator | fact=x")
	f(klog+`x.go:1] admission webhook "a.b" denied the request: no`, "")

	runtime := func(level, msg, want string) {
		t.Helper()
		f(`time="2024-02-02T13:22:28.123456789Z" level=`+level+` msg="`+msg+`"`, want)
	}
	const sandbox = "&PodSandboxMetadata{Name:web-0,Uid:7c,Namespace:shop,Attempt:0,}"
	runtime("error", "RunPodSandbox for "+sandbox+" failed, error", "k8s.event | error | target=shop/web-0 | fact=FailedCreatePodSandBox")
	runtime("info", "RunPodSandbox for "+sandbox+" returns sandbox id", "")
	runtime("info", "TaskOOM event container_id:7", "k8s.event | info | fact=OOMKilling")
	runtime("error", `StartContainer for \"7c\" failed`, "k8s.event | error | fact=Failed")
	runtime("info", `StartContainer for \"7c\"`, "")
	runtime("error", `iptables: RULE_APPEND failed (No such file or directory): rule in chain PREROUTING\n`,
		"check.failed | error | fact=iptables: RULE_APPEND failed (No such file or directory): rule in chain PREROUTING")
	runtime("error", "aborting firewall configuration", "check.failed | error | fact=aborting firewall configuration")
	runtime("info", `iptables: RULE_APPEND failed, tried again`, "")
}

// A webhook that may fail prints its failure twice; it is one.
func TestWebhookTwice(t *testing.T) {
	const text = `W0210 13:28:06.179244       1 dispatcher.go:170] Failed calling webhook, failing open a.b: failed calling webhook "a.b": x
E0210 13:28:06.179286       1 dispatcher.go:171] failed calling webhook "a.b": x
W0210 13:28:09.179244       1 dispatcher.go:170] Failed calling webhook, failing open a.b: failed calling webhook "a.b": x
E0210 13:28:09.179286       1 dispatcher.go:171] failed calling webhook "c.d": x
`
	for _, piece := range []int{0, 100} {
		c := parsetest.Read(t, parsetest.Text("x", text), []*parse.Format{Format}, nil, parse.Options{Piece: piece})
		var lines []uint32
		for _, e := range c.Streams[0].Events {
			lines = append(lines, e.Line)
		}
		if !slices.Equal(lines, []uint32{1, 3, 4}) {
			t.Errorf("%d: %v", piece, lines)
		}
	}
}

// Records whose heads a collector or a paste took away, in part or whole.
func TestHeadsCutOff(t *testing.T) {
	f := func(text, stamp, want, at string) {
		t.Helper()
		v, b, l := one(t, text, stamp)
		if v != parse.Took || len(b.Events) != 1 {
			t.Errorf("%s\nverdict %d, %d events", text, v, len(b.Events))
		} else if e := b.Events[0]; told(b, e) != want || l.Own != wall(t, at) && e.Time != wall(t, at) {
			t.Errorf("%s\n got %s at %d %d\nwant %s at %s", text, told(b, e), l.Own, e.Time, want, at)
		}
	}
	const at = "2024-02-02T13:22:28.553Z"
	f(`level=info msg="waiting for caches to sync"`, at, "controller.cache_sync_wait | info", at)
	f(`level=error msg="Get web.shop.svc.cluster.local:80 stream aborted" component=server`, at, "controller.stream_aborted | error | target=web.shop.svc.cluster.local:80", at)
	f(`"2024-02-02T13:22:28Z" level=info msg="running version stable-2.10.0"`, "", "controller.started | info | fact=stable-2.10.0", "2024-02-02T13:22:28.5Z")
	f(`level=info msg="Trace[7]: \"DeltaFIFO Pop Process\" ID:a/b,Depth:12,Reason:x (02-Feb-2024 14:22:28.553) (total time: 102ms):\nTrace[7]: [102.144017ms] [102.144017ms] END"`, "2024-02-02T13:22:28.7Z",
		"controller.pop_stall | info | target=a/b | fact=7 | value=12 | queue=1 | lasted=102.144017ms", "2024-02-02T13:22:28.5535Z")
	for _, text := range []string{
		`1 trace.go:205] Trace[7]: "DeltaFIFO Pop Process" ID:a/b,Depth:12,Reason:x (02-Feb-2024 13:22:28.553) (total time: 102ms):`,
		`28718 trace.go:236] Trace[7]: "DeltaFIFO Pop Process" ID:a/b,Depth:12,Reason:x (02-Feb-2024 13:22:28.553) (total time: 102ms):`,
	} {
		v, b, l := one(t, text, "")
		if v != parse.Took || len(b.Events) != 1 || l.Clock != parse.ClockYearless || told(b, b.Events[0]) != "controller.pop_stall | info | target=a/b | fact=7 | value=12 | queue=1 | lasted=102ms" {
			t.Errorf("%s\nverdict %d, %v", text, v, b.Events)
		}
	}
}

package controller

import (
	"slices"
	"strings"
	"testing"
	"time"

	log "github.com/sirupsen/logrus"

	"faultline/parse"
	"faultline/parse/lex"
)

// Messages by release.
func TestMessagesByEra(t *testing.T) {
	f := func(text, want string) { t.Helper(); tells(t, text, want) }
	const klog = "I0826 14:00:37.258613    9650 reflector.go:303] "
	// client-go 0.17 to 0.32: sentences
	f(klog+`x.go:99: watch of *v1.Pod closed with: too old resource version: 7 (9)`, "controller.watch_failed | info | target=*v1.Pod | fact=too old resource version: 7 (9)")
	f(klog+`x.go:99: Watch for *v1.Pod closed with unexpected EOF: unexpected EOF`, "controller.watch_failed | info | target=*v1.Pod | fact=unexpected EOF")
	f(klog+`x.go:99: watch of *v1.Pod returned 429 - backing off`, "controller.watch_failed | info | target=*v1.Pod")
	f(klog+`x.go:99: watch of *v1.Pod returned Get "https://10.96.0.1": dial tcp 10.96.0.1:443: connect: connection refused - backing off`, "controller.watch_failed | info | target=*v1.Pod")
	f(klog+`x.go:99: retrying watch of *v1.Pod internal error: etcdserver: no leader`, "controller.watch_failed | info | target=*v1.Pod | fact=etcdserver: no leader")
	f(klog+`x.go:99: watch of *v1.Pod ended with: very short watch: x.go:99: Unexpected watch close - watch lasted less than a second and no items received`,
		"controller.watch_closed | info | target=*v1.Pod | fact=very short watch: x.go:99: Unexpected watch close - watch lasted less than a second and no items received")
	f(klog+`Waiting for caches to sync for garbage collector`, "controller.cache_sync_wait | info | target=garbage collector")
	f(klog+`Caches are synced for garbage collector `, "controller.cache_synced | info | target=garbage collector")
	f(`E0826 14:00:37.258613       1 shared_informer.go:243] unable to sync caches for garbage collector`, "controller.cache_sync_failed | error | target=garbage collector")
	// 0.31, 0.32: errors through the structured handler
	f(`E0826 14:00:37.258613       1 reflector.go:158] "Unhandled Error" err="pkg/mod/k8s.io/client-go@v0.31.3/tools/cache/reflector.go:243: Failed to watch *v1.Pod: failed to list *v1.Pod: Unauthorized" logger="UnhandledError"`,
		`controller.list_failed | error | target=*v1.Pod | fact=pkg/mod/k8s.io/client-go@v0.31.3/tools/cache/reflector.go:243: Failed to watch *v1.Pod: failed to list *v1.Pod: Unauthorized`)
	// 0.33 to 0.36: structured
	f(klog+`"Watch close" reflector="x.go:343" type="*v1.Pod" totalItems=7`, "controller.watch_closed | info | target=*v1.Pod")
	f(klog+`"Watch closed" reflector="x.go:343" type="*v1.Pod" err="too old resource version: 7 (9)"`, "controller.watch_failed | info | target=*v1.Pod | fact=too old resource version: 7 (9)")
	f(klog+`"Warning: watch ended with error" reflector="x.go:343" type="*v1.Pod" err="http2: client connection lost"`, "controller.watch_failed | info | target=*v1.Pod | fact=http2: client connection lost")
	f(klog+`"Watch returned 429 - backing off" reflector="x.go:343" type="*v1.Pod"`, "controller.watch_failed | info | target=*v1.Pod")
	// the store
	f(`{"level":"warn","ts":"2026-02-02T02:00:11.120Z","caller":"etcdserver/util.go:170","msg":"apply request took too long","took":"1.812s","expected-duration":"100ms"}`,
		"controller.trace | warn | fact=apply request took too long | lasted=1.812s")
	f(`{"level":"warn","ts":"2026-02-02T02:00:12.940Z","caller":"wal/wal.go:805","msg":"slow fdatasync","took":"2.31s","expected-duration":"1s"}`,
		"controller.trace | warn | fact=slow fdatasync | lasted=2.31s")
	f(`time="2026-02-02T02:00:11Z" level=info msg="Slow SQL (started: 2026-02-02 02:00:09.1 +0000 UTC) (total time: 1.944s): SELECT 1"`,
		"controller.trace | info | fact=Slow SQL (started: 2026-02-02 02:00:09.1 +0000 UTC) (total time: 1.944s): SELECT 1 | lasted=1.944s")
	f(klog+`"Forcing resync" reflector="x.go:343"`, "controller.resync | info")
	f(klog+`"Waiting for caches to sync" controller="job"`, "controller.cache_sync_wait | info | target=job")
	f(klog+`"Caches are synced" controller="job"`, "controller.cache_synced | info | target=job")
	f(`{"ts":1706880148655.4001,"caller":"cache/reflector.go:205","msg":"Failed to watch","reflector":"x.go:343","type":"*v1.Pod","err":"failed to list *v1.Pod: Unauthorized"}`,
		"controller.list_failed | error | target=*v1.Pod | fact=failed to list *v1.Pod: Unauthorized")
	// linkerd in JSON, 2.14.2 on
	f(`{"addr":":8086","component":"endpoint-translator","level":"error","msg":"endpoint update queue full; aborting stream","service":"web.emojivoto.svc.cluster.local:80","time":"2024-02-02T13:22:28Z"}`,
		"controller.queue_overflow | error | target=web.emojivoto.svc.cluster.local:80")
	f(`time="2024-02-02T13:22:28Z" level=error msg="profile update queue full; aborting stream" component=profile-translator ns=emojivoto port=80 svc=web`, "controller.queue_overflow | error | target=web.emojivoto:80")
	f(`time="2024-02-02T13:22:28Z" level=error msg="GetProfile web.emojivoto.svc.cluster.local stream aborted"`, "controller.stream_aborted | error | target=web.emojivoto.svc.cluster.local")
	f(`time="2024-02-02T13:22:28Z" level=error msg="GetProfile {10.0.0.1 80} stream aborted"`, "controller.stream_aborted | error")
	f(`time="2024-02-02T13:22:28Z" level=warning msg="failed to retrieve job from direct API call a/b: x"`, "controller.lookup_failed | warn | target=a/b | fact=failed to retrieve job from direct API call a/b: x")
	f(`time="2024-02-02T13:22:28Z" level=info msg="I0202 13:22:28.655400       1 reflector.go:347] x.go:1: watch of *v1.Pod ended with: a \"quoted\" end"`,
		`controller.watch_failed | info | target=*v1.Pod | fact=a "quoted" end`) // to 2.14.5, at debug
	f("2024-02-02T13:22:28.553Z\tERROR\tcontroller-runtime.source\tx.go:99: failed to list *v1.Pod: Unauthorized\t{\"controller\": \"job\"}", "controller.list_failed | error | target=*v1.Pod | fact=Unauthorized")

	v, b, _ := one(t, `I0202 13:22:28.655400       1 flags.go:64] FLAG: --v="4"`, "")
	if v != parse.Took || len(b.Facts) != 1 || b.Names.Text(b.Facts[0].Key) != parse.FactLogLevel || b.Names.Text(b.Facts[0].Value) != "v=4" {
		t.Errorf("verdict %d, %+v", v, b.Facts)
	}
}

// The kubelet's own lines about probes are another format's.
func TestKubeletsLines(t *testing.T) {
	const klog = "I0507 11:59:37.133005    3782 prober.go:107] "
	for text, want := range map[string]parse.Verdict{
		klog + `"Probe failed" probeType="Readiness" pod="a/b" podUID="x" containerName="c" probeResult="failure" output="HTTP probe failed with statuscode: 500"`: parse.NotMine,
		klog + `"Probe errored" err="x" probeType="Readiness" pod="a/b"`:                                                                                           parse.NotMine,
		klog + `"SyncLoop (probe)" probe="readiness" status="not ready" pod="a/b"`:                                                                                 parse.NotMine,
		klog + `Readiness probe for "web-0_shop(x):web" failed (failure): HTTP probe failed with statuscode: 500`:                                                  parse.NotMine, // to 1.20
		klog + `Liveness probe for "web-0_shop(x):web" failed (failure): x`:                                                                                        parse.NotMine,
		`{"ts":1706880148655.4,"caller":"prober/prober.go:107","msg":"Probe failed","probeType":"Readiness","v":1}`:                                                parse.NotMine,
		klog + `"SyncLoop UPDATE" source="api" pods=["a/b"]`:                                                                                                       parse.Other,
		klog + `Readiness of all pods`:                           parse.Other,
		klog + `"Probe target container not found" pod="a/b"`:    parse.Other,
		`time="2024-02-02T13:22:28Z" level=info msg="Probing x"`: parse.Other,
	} {
		if v, _, _ := one(t, text, ""); v != want {
			t.Errorf("%s: verdict %d, want %d", text, v, want)
		}
	}
}

// The grammar until July 2020 (client-go to 0.18): it names its zone, how long
// the process ran, and the exact duration. From minikube#10087's time.
func TestTraceOf2019(t *testing.T) {
	const head = `Trace[1474518372]: "Reflector ListAndWatch" name:k8s.io/client-go/informers/factory.go:135 (started: 2019-12-18 12:08:11.744527328 +0100 CET m=+19.313528414) (total time: 14.48928912s):`
	f := func(text string, clock parse.Clock, want parse.Time) {
		t.Helper()
		v, b, l := one(t, text, "")
		if v != parse.Took || len(b.Events) != 1 || l.Clock != clock {
			t.Errorf("%s: verdict %d, clock %v", text, v, l.Clock)
			return
		}
		e := b.Events[0]
		if e.Time != want || e.Lasted != 14489289120 || e.Kind != parse.ControllerTrace || b.Names.Text(e.Fact) != "Reflector ListAndWatch" {
			t.Errorf("%s: %s %+v", text, time.Duration(e.Time-want), e)
		}
		if clock == parse.ClockYearless && l.Prefix.Stamp != wall(t, "2019-12-18T11:08:26.233816Z") {
			t.Errorf("%s: tied to %v", text, time.Unix(0, int64(l.Prefix.Stamp)).UTC())
		}
	}
	start := wall(t, "2019-12-18T11:08:11.744527328Z")
	since, _ := lex.SinceYear(int64(start) + 3600*lex.Second)
	f("I1218 12:08:26.233816       1 trace.go:116] "+head, parse.ClockYearless, parse.Time(since))
	f(`time="2019-12-18T11:08:26Z" level=info msg="`+strings.ReplaceAll(head, `"`, `\"`)+`\nTrace[1474518372]: [14.489s] [14.489s] Objects listed\n"`, parse.ClockWall, start)

	c := capture(t, []byte("I1218 12:08:26.233816       1 trace.go:116] "+head+"\nTrace[1474518372]: [14.489041112s] [14.489041112s] Objects listed\nTrace[1474518372]: [14.48928912s] [248.008µs] END\n"))
	if n := c.Sources[0].Counts; n.Events != 3 || c.Events() != 1 || c.Streams[0].Events[0].Lasted != 14489289120 {
		t.Errorf("%+v %+v", n, c.Streams[0].Events)
	}
	var d parse.Detail
	detail([]byte("I1218 12:08:26.233816       1 trace.go:116] "+head), &d)
	if !slices.Contains(d.Attrs, parse.Attr{Key: "uptime", Value: "19.313528414s"}) {
		t.Errorf("%+v", d)
	}
}

// Steps and nested traces; from July to November 2020 the seconds of a step's
// clock are always 00 (rancher#29875).
func TestSteps(t *testing.T) {
	f := func(body, want string) {
		t.Helper()
		message := "Trace[7]: \"Update\" url:/api/v1/x,user-agent:a (b, c) (10-Nov-2020 14:02:58.123) (total time: 3456ms):\n" + body + "Trace[7]: [3.456789s] [3.456789s] END\n"
		text := written(t, carriers["text"], time.Date(2020, 11, 10, 14, 3, 1, 0, time.UTC), log.InfoLevel, message, nil)
		v, b, _ := one(t, text, "")
		if v != parse.Took || len(b.Events) != 1 || b.Events[0].Lasted != 3456789*time.Microsecond {
			t.Errorf("%s: verdict %d, %+v", text, v, b.Events)
		}
		var d parse.Detail
		detail([]byte(text), &d)
		got := ""
		for _, a := range d.Attrs {
			if a.Key == "steps" {
				got = a.Value
			}
		}
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	f("", "")
	f("Trace[7]: ---\"Object stored in database\" count:1 1000ms (14:02:00.123)\nTrace[7]: ---\"Written\" 2456ms (14:03:00.579)\n",
		"Object stored in database 1000ms at 14:02:59.123; Written 2456ms at 14:03:01.579")
	f("Trace[7]: [\"GuaranteedUpdate etcd3\" type:*core.Pod 3000ms (14:02:58.200)\nTrace[7]:  ---\"Txn call\" 2900ms (14:03:01.100)]\nTrace[7]: ---\"Done\" 400ms (14:03:01.579)\n",
		"[GuaranteedUpdate etcd3 3000ms at 14:03:01.123; Txn call 2900ms]; Done 400ms at 14:03:01.523")
	// The same in lines of its own, as klog prints them.
	c := capture(t, []byte("I1110 14:03:01.580000       1 trace.go:205] Trace[7]: \"Update\" url:/x (10-Nov-2020 14:02:58.123) (total time: 3456ms):\nTrace[7]: [\"GuaranteedUpdate etcd3\" type:*core.Pod 3000ms (14:02:00.200)\nTrace[7]:  ---\"Txn call\" 2900ms (14:03:00.100)]\nTrace[7]: [3.456789s] [3.456789s] END\n"))
	if n := c.Sources[0].Counts; n.Events != 4 || n.Unparsed != 0 || c.Events() != 1 || c.Streams[0].Events[0].Lasted != 3456789*time.Microsecond {
		t.Errorf("%+v", n)
	}
}

// Exports that took the header away, doubled the quotes, and put the newest
// line first.
func TestExports(t *testing.T) {
	const head = `Trace[1462604538]: "DeltaFIFO Pop Process" ID:a/b,Depth:599,Reason:slow event handlers blocking the queue (11-Jan-2022 08:12:15.591) (total time: 287ms):`
	const end = `Trace[1462604538]: [287.33975ms] [287.33975ms] END`
	const middle = parse.Time(time.Millisecond / 2)
	// GKE: the console's own stamp, and the end as a record of its own
	v, b, l := one(t, head, "2022-01-11T08:12:16.084Z")
	if v != parse.Took || len(b.Events) != 1 || l.Clock != parse.ClockWall || b.Events[0].Time != wall(t, "2022-01-11T08:12:15.591Z")+middle || b.Events[0].Severity != parse.Info {
		t.Errorf("verdict %d, %v %+v", v, l.Clock, b.Events)
	}
	// a paste without any time but the trace's own
	v, b, l = one(t, head, "")
	if v != parse.Took || len(b.Events) != 1 || l.Clock != parse.ClockYearless || l.Prefix.Stamp != wall(t, "2022-01-11T08:12:15.878Z") {
		t.Errorf("verdict %d, %v %+v", v, l.Clock, b.Events)
	}
	f := func(lines ...string) {
		t.Helper()
		c := capture(t, []byte(strings.Join(lines, "\n")+"\n"))
		if n := c.Sources[0].Counts; n.Unparsed != 0 || c.Events() != 1 || c.Streams[0].Events[0].Lasted != 287339750 {
			t.Errorf("%q: %+v %v %+v", lines, n, c.Sources[0].Problems, c.Streams)
		}
	}
	const header = "I0111 08:12:16.084350 1 trace.go:205] "
	doubled := strings.ReplaceAll(head, `"`, `""`)
	f(header+head, end)
	f(end, header+head)
	f(end, header+doubled)
	f(head, end)
	f(end, doubled)
	f(`time="2022-01-11T08:12:16Z" level=error msg="`+end+`"`, `time="2022-01-11T08:12:16Z" level=info msg="`+strings.ReplaceAll(head, `"`, `\"`)+`"`)
}

// What logrus writes to a terminal, without its colours.
func TestTerminal(t *testing.T) {
	f := func(text, want string, clock parse.Clock, own parse.Time) {
		t.Helper()
		v, b, l := one(t, text, "")
		got := ""
		if len(b.Events) == 1 {
			got = told(b, b.Events[0])
		}
		if v == parse.NotMine || got != want || l.Clock != clock || l.Own != own || l.Grain != parse.GrainSecond {
			t.Errorf("%s\nverdict %d, %v %d: %s", text, v, l.Clock, l.Own, got)
		}
	}
	up := parse.Time(12500 * time.Millisecond)
	f(`INFO[0012] waiting for caches to sync                  `, "controller.cache_sync_wait | info", parse.ClockUptime, up)
	f(`ERRO[0012] endpoint update queue full; aborting stream   component=endpoint-translator service="a.b:80"`, "controller.queue_overflow | error | target=a.b:80", parse.ClockUptime, up)
	f(`WARN[2024-02-02T13:22:28Z] failed to retrieve replicaset from indexer a/b: x`, "controller.lookup_failed | warn | target=a/b | fact=failed to retrieve replicaset from indexer a/b: x", parse.ClockWall, wall(t, "2024-02-02T13:22:28.5Z"))
	f(`DEBU[0012] x`, "", parse.ClockUptime, up)
	for _, text := range []string{"INFO[x] caches synced", "INFO[12] caches synced", "LOUD[0012] caches synced", "INFO[0012]caches synced", "INFO[0012", "info[0012] caches synced"} {
		if v, _, _ := one(t, text, ""); v != parse.NotMine {
			t.Errorf("%s: verdict %d", text, v)
		}
	}
	// A trace there is written when it ends: 12 s after the start, and at its own wall time.
	v, b, l := one(t, `INFO[0012] Trace[7]: "DeltaFIFO Pop Process" ID:a/b,Depth:12,Reason:x (02-Feb-2024 13:22:28.553) (total time: 102ms):`, "")
	if v != parse.Took || b.Events[0].Time != up-parse.Time(102*time.Millisecond) || l.Prefix.Stamp != wall(t, "2024-02-02T13:22:28.655Z") {
		t.Errorf("verdict %d, %+v", v, b.Events)
	}
}

// The terminal's text as logrus itself writes it.
func TestReadsLogrusOnATerminal(t *testing.T) {
	formatter := &log.TextFormatter{ForceColors: true, FullTimestamp: true}
	at := time.Date(2024, 2, 2, 13, 22, 28, 0, time.UTC)
	for level, severity := range levels {
		for _, message := range []string{"caches synced", "a message that is longer than the forty-four columns of its field", "x"} {
			text := lex.StripANSI([]byte(written(t, formatter, at, level, message, log.Fields{"component": "a b", "n": 3})))
			r, ok := read(text)
			if !ok || string(r.message) != message || r.severity != severity || r.stamp.Unix != at.UnixNano() || string(r.field("component")) != "a b" || string(r.field("n")) != "3" {
				t.Errorf("%s: %q %v %q", text, r.message, r.severity, r.field("component"))
			}
		}
	}
}

func TestZapConsole(t *testing.T) {
	f := func(text, message string, severity parse.Severity) {
		t.Helper()
		r, ok := read([]byte(text))
		if !ok || string(r.message) != message || r.severity != severity || r.stamp.Unix != int64(wall(t, "2024-02-02T13:22:28.553Z")) {
			t.Errorf("%s: %v %q %v", text, ok, r.message, r.severity)
		}
	}
	f("2024-02-02T13:22:28.553Z\tINFO\tcontroller-runtime.metrics\tmetrics server is starting\t{\"addr\": \":8080\"}", "metrics server is starting", parse.Info)
	f("2024-02-02T14:22:28.553+0100\tDEBUG\ta \\ b", `a \ b`, parse.Debug)
	f("2024-02-02T13:22:28.553Z\tERROR\tx.go:12\tcannot\t{\"a\":1}", "cannot", parse.Error)
	for _, text := range []string{"2024-02-02T13:22:28.553Z\tHELLO\tx", "2024-02-02T13:22:28.553Z INFO x", "2024-02-02T13:22:28.553Z\tINFO", "2024-02-02T13:22:28.553\tINFO\tx"} {
		if _, ok := read([]byte(text)); ok {
			t.Error(text)
		}
	}
}

func TestEpoch(t *testing.T) {
	for in, want := range map[string]int64{
		"1795423805.0743463": 1795423805074346300, "1795423805": 1795423805e9, "1795423805053.7676": 1795423805053767600, "1795423805053": 1795423805053e6,
		"1.7954238050743463e+09": 1795423805074346300, "1.7954238050537676e+12": 1795423805053767600,
		"0": 0, "": 0, "x": 0, "-1": 0, "1.x": 0, "1,5": 0, "1e999999": 0, "1e+99": 0, "123456789012345": 0, "1e9": 0,
	} {
		if s, ok := epoch([]byte(in)); ok != (want > 0) || s.Unix != want {
			t.Errorf("%s: %d %v, want %d", in, s.Unix, ok, want)
		}
	}
}

// The quick look passes over nothing that a message is for, in any carrier.
func TestNotableCoversMessages(t *testing.T) {
	for i := range messages {
		m := messages[i].words + messages[i].also
		for _, text := range []string{m, `"` + m, `\"` + m + `\" a=b`, "x.go:1: " + m} {
			opened := []byte(strings.ReplaceAll(text, `\"`, `"`))
			if messages[i].holds(opened) && !(&record{message: []byte(text)}).notable() {
				t.Errorf("%s", text)
			}
		}
		if !messages[i].holds([]byte(m)) {
			t.Errorf("%s does not hold its own text", m)
		}
	}
}

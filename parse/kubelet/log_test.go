package kubelet

import (
	"context"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// head is a klog header and the seconds of its clock since the year began.
const head = "I0507 11:59:37.133005    3782 prober.go:107] "

// logs are lines of kubelets of all ages, from public repositories and
// tickets, without the journal's stamp.
var logs = []struct {
	source, line, target, container, fact string
	kind                                  parse.Kind
	probe                                 parse.Probe
	failure                               parse.Failure
	status                                float64
	severity                              parse.Severity
}{
	{"grafana/loki pattern fixture (1.28)", head + `"Probe failed" probeType="Readiness" pod="loki-dev-014/loki-dev-014-rollout-operator-58fc68b876-2qhmp" podUID="e6504036-2514-4ecc-b78c-c47061f60c9f" containerName="rollout-operator" probeResult="failure" output="HTTP probe failed with statuscode: 500"`,
		"loki-dev-014/loki-dev-014-rollout-operator-58fc68b876-2qhmp", "rollout-operator", "HTTP probe failed with statuscode: 500", parse.KubeletProbeFailed, parse.Readiness, parse.FailureHTTPStatus, 500, parse.Warn},
	{"openshift/origin fixture (1.21: unquoted)", `I0606 17:47:52.807876    1599 prober.go:121] "Probe failed" probeType="Readiness" pod="openshift-authentication/oauth-openshift-77f7b95df5-r4xf7" podUID=1af660b3-ac3a-4182-86eb-2f74725d8415 containerName="oauth-openshift" probeResult=failure output="Get \"https://10.129.0.12:6443/healthz\": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)"`,
		"openshift-authentication/oauth-openshift-77f7b95df5-r4xf7", "oauth-openshift", `Get "https://10.129.0.12:6443/healthz": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`, parse.KubeletProbeFailed, parse.Readiness, parse.FailureTimeout, 0, parse.Warn},
	{"openshift/origin fixture (errored)", `E0606 17:43:12.908344    1500 prober.go:118] "Probe errored" err="rpc error: code = NotFound desc = container is not created or running: checking if PID of 645437acbb2ca429c04d5a2628924e2e10d44c681c824dddc7c82ffa30a936be is running failed: container process not found" probeType="Readiness" pod="openshift-marketplace/redhat-operators-4jpg4" podUID="0bac4741-a3bd-483c-b119-e97663d64024" containerName="registry-server"`,
		"openshift-marketplace/redhat-operators-4jpg4", "registry-server", "rpc error: code = NotFound desc = container is not created or running: checking if PID of 645437acbb2ca429c04d5a2628924e2e10d44c681c824dddc7c82ffa30a936be is ru", parse.KubeletProbeFailed, parse.Readiness, parse.FailureExec, 0, parse.Error},
	{"kubernetes-sigs/kueue (cut off)", `I0119 13:57:32.303924     224 prober.go:120] "Probe failed" probeType="Readiness" pod="kueue-system/kueue-controller-manager-86dfd88fd5-gkmlr" podUID="986d8aed-c25d-49ee-a009-6c52dee8cc7a" containerName="manager" probeResult="failure" output="Get \"http://10.244.1.15:8081/readyz\": dial tcp 10.244.1.15:8081: connect: co`,
		"kueue-system/kueue-controller-manager-86dfd88fd5-gkmlr", "manager", `Get "http://10.244.1.15:8081/readyz": dial tcp 10.244.1.15:8081: connect: co`, parse.KubeletProbeFailed, parse.Readiness, parse.FailureRefused, 0, parse.Warn},
	{"ocp4 journal (cut off in the name)", `I1024 06:34:52.694128   55860 prober.go:121] "Probe failed" probeType="Readiness" pod="openshift-kube-apiserver/kube-apiserver-guard>`,
		"", "", "", parse.KubeletProbeFailed, parse.Readiness, parse.FailureOther, 0, parse.Warn},
	{"public fixture (static pod)", `I1220 03:18:01.710490    1233 prober.go:120] "Probe failed" probeType="Readiness" pod="kube-system/kube-apiserver-k8s-0" podUID="040476ba7586efa8b66c57331451b5fa" containerName="kube-apiserver" probeResult="failure" output="HTTP probe failed with statuscode: 500"`,
		"kube-system/kube-apiserver-k8s-0", "kube-apiserver", "HTTP probe failed with statuscode: 500", parse.KubeletProbeFailed, parse.Readiness, parse.FailureHTTPStatus, 500, parse.Warn},
	{"a journal of 1.16", `I0723 01:14:25.536213 3866895 prober.go:112] Readiness probe for "devops-test-server-77d445697f-d5m97_live(5154def3-e139-48fc-a9dd-da13b691583b):istio-proxy" failed (failure): Get http://10.233.74.93:15020/healthz/ready: dial tcp 10.233.74.93:15020: connect: connection refused`,
		"live/devops-test-server-77d445697f-d5m97", "istio-proxy", "Get http://10.233.74.93:15020/healthz/ready: dial tcp 10.233.74.93:15020: connect: connection refused", parse.KubeletProbeFailed, parse.Readiness, parse.FailureRefused, 0, parse.Warn},
	{"kubernetes/kubernetes#89898 (1.15)", `I0406 18:15:14.056915   34236 prober.go:111] Readiness probe for "default-nginx-daemonset-4g6b5_default(a3734646-77fd-11ea-ad94-509a4c9f2810):nginx" failed (failure): Get http://172.18.123.127:80/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`,
		"default/default-nginx-daemonset-4g6b5", "nginx", "Get http://172.18.123.127:80/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)", parse.KubeletProbeFailed, parse.Readiness, parse.FailureTimeout, 0, parse.Warn},
	{"old, errored", `I0723 01:14:25.536213 3866895 prober.go:112] Liveness probe for "a_b(c):d" errored: rpc error: code = Unknown`,
		"b/a", "d", "rpc error: code = Unknown", parse.KubeletProbeFailed, parse.Liveness, parse.FailureExec, 0, parse.Warn},
	{"public fixture", `I0102 05:00:33.603375    1344 kubelet.go:2643] "SyncLoop (probe)" probe="readiness" status="ready" pod="taxtime/backend-8478b5b58b-8v7ds"`,
		"taxtime/backend-8478b5b58b-8v7ds", "", "ready", parse.KubeletReadiness, parse.Readiness, parse.FailureOther, 1, parse.Info},
	{"grafana/loki pattern fixture: not ready is empty", `I0507 11:59:39.168633    2776 kubelet.go:2493] "SyncLoop (probe)" probe="readiness" status="" pod="hosted-grafana/dafdeveuwest2-grafana-7845d969b5-f8h5q"`,
		"hosted-grafana/dafdeveuwest2-grafana-7845d969b5-f8h5q", "", "not ready", parse.KubeletReadiness, parse.Readiness, parse.FailureOther, 0, parse.Warn},
	{"1.30", `I0507 11:59:39.168633    2776 kubelet.go:2668] "SyncLoop (probe)" probe="readiness" status="not ready" pod="shop/web-0"`,
		"shop/web-0", "", "not ready", parse.KubeletReadiness, parse.Readiness, parse.FailureOther, 0, parse.Warn},
	{"component-base JSON", `{"ts":1795423805053.7676,"caller":"prober/prober.go:107","msg":"Probe failed","v":1,"probeType":"Readiness","pod":{"name":"web-0","namespace":"shop"},"podUID":"x","containerName":"web","probeResult":"failure","output":"Get \"http://a/\": EOF"}`,
		"shop/web-0", "web", `Get "http://a/": EOF`, parse.KubeletProbeFailed, parse.Readiness, parse.FailureOther, 0, parse.Warn},
}

func TestLog(t *testing.T) {
	for _, x := range logs {
		e := one(t, x.line)
		probe, failure := parse.ProbeOf(e.Class)
		if e.Kind != x.kind || e.target != x.target || e.fact != x.fact || probe != x.probe || failure != x.failure || e.Value != x.status || e.Severity != x.severity {
			t.Errorf("%s: %v of %q (%q): %v %v %v severity %v", x.source, e.Kind, e.target, e.fact, probe, failure, e.Value, e.Severity)
		}
		if e.Count != 1 || e.Lasted != 0 || e.detail["container"] != x.container || e.Print != lex.Fingerprint([]byte(x.line)) {
			t.Errorf("%s: %+v %v", x.source, e.Event, e.detail)
		}
		if x.kind == parse.KubeletProbeFailed && (e.detail["probe"] != x.probe.String() || e.detail["failure"] != x.failure.String()) {
			t.Errorf("%s: %v", x.source, e.detail)
		}
	}
	if e := one(t, logs[2].line); e.detail["outcome"] != "errored" || e.detail["pod_uid"] != "0bac4741-a3bd-483c-b119-e97663d64024" || !strings.HasPrefix(e.message, "Readiness probe errored: rpc error") {
		t.Errorf("%q %v", e.message, e.detail)
	}
}

// TestLogClock: the header names no year; a stamp before it does.
func TestLogClock(t *testing.T) {
	line := logs[0].line
	c := read(t, []byte(line))
	want := parse.Time(((31+29+31+30+6)*24*time.Hour + 11*time.Hour + 59*time.Minute + 37*time.Second + 133005*time.Microsecond))
	if s := c.Streams[0]; s.Clock != parse.ClockYearless || s.Format != "kubelet" || s.Events[0].Time != want || s.Events[0].Grain != parse.GrainMicro {
		t.Errorf("%v %s %v, want %v", s.Clock, s.Format, time.Duration(s.Events[0].Time), time.Duration(want))
	}
	b := parse.NewBatch(false, false)
	l := parse.Line{Text: []byte(line), No: 1, Prefix: parse.Prefix{Stamp: 1e18, HasStamp: true}}
	if v := Log.Line(&l, b); v != parse.Took || l.Own != 1e18 || l.Clock != parse.ClockWall || l.Grain != parse.GrainMilli {
		t.Errorf("stamped: %d %+v", v, l)
	}
	if s := read(t, []byte(logs[len(logs)-1].line)).Streams[0]; s.Clock != parse.ClockWall || s.Events[0].Time != 1795423805053767000 {
		t.Errorf("JSON: %v %d", s.Clock, s.Events[0].Time)
	}
}

// TestLogLines: values of several lines, and what follows them.
func TestLogLines(t *testing.T) {
	fields := `probeType="Readiness" pod="shop/web-0" podUID="u" containerName="web" probeResult="failure"`
	other := "\n" + logs[11].line
	for name, x := range map[string]struct {
		text, fact, target string
		lines              int
	}{
		"output":   {head + `"Probe failed" ` + fields + " output=<\n\tnot ready:\n\t\n\t\tdisk is full\n >" + other, "not ready:\n\tdisk is full", "shop/web-0", 5},
		"error":    {head + `"Probe errored" err=<` + "\n\trpc error: a\n\tb\n > " + fields + other, "rpc error: a\nb", "shop/web-0", 4},
		"status":   {head + `"Probe failed" ` + fields + " output=<\n\tHTTP probe failed with statuscode: 503\n\tbody\n >", "HTTP probe failed with statuscode: 503\nbody", "shop/web-0", 4},
		"cut off":  {head + `"Probe failed" ` + fields + " output=<\n\tnot ready:\n\tx" + other, "not ready:", "shop/web-0", 3},
		"only one": {head + `"Probe failed" ` + fields + " output=<" + other, "", "shop/web-0", 1},
	} {
		c := read(t, []byte(x.text))
		e := events(t, c, []byte(x.text))[0]
		if e.Kind != parse.KubeletProbeFailed || e.fact != x.fact || e.target != x.target || 1+strings.Count(e.text, "\n") != x.lines {
			t.Errorf("%s: %v of %q: %q out of %q", name, e.Kind, e.target, e.fact, e.text)
		}
		if e.detail["probe"] != "readiness" && x.lines > 1 && name != "cut off" {
			t.Errorf("%s: %v", name, e.detail)
		}
		counted(t, c, 0)
		if e.Lasted != 0 || c.Events() != 1+strings.Count(x.text, "SyncLoop") {
			t.Errorf("%s: %d events", name, c.Events())
		}
	}
}

func TestLogNotMine(t *testing.T) {
	for line, want := range map[string]parse.Verdict{
		`W0927 08:59:59.849136    2397 reflector.go:347] object-"openshift-monitoring"/"prometheus-adapter-7m6srg4dfreoi": watch of *v1.Secret ended with: an error on the server ("unable to decode an event from the watch stream: http2: client connection lost") has prevented the request from succeeding`: parse.NotMine,
		`I1123 08:50:05.060456   28718 trace.go:219] Trace[1]: "DeltaFIFO Pop Process" ID:x,Depth:12`:                                                                                                                             parse.NotMine,
		`I0507 11:59:34.936025    3224 reconciler_common.go:300] "Volume detached for volume \"pdc-certs\" (UniqueName: \"kubernetes.io/secret/25cb986c-3d6c-4ed0-abf3-ee59ed6175f9-pdc-certs\") on node \"ip\" DevicePath \"\""`: parse.Other,
		`I0507 11:59:39.168633    2776 kubelet.go:2528] "SyncLoop (probe)" probe="liveness" status="unhealthy" pod="default/liveness-exec"`:                                                                                       parse.Other,
		`I0507 11:59:39.168633    2776 kubelet.go:2528] "SyncLoop (probe)" probe="readiness" status="" pod="default/live`:                                                                                                         parse.Malformed,
		`I0507 11:59:39.168633    2776 prober.go:107] "Probe failed" prob`:                                                                                                                                                        parse.Malformed,
		`I0723 01:14:25.536213 3866895 prober.go:112] Readiness probe for "devops-test-server-77d445697f-d5m97_li`:                                                                                                                parse.Malformed,
		`I0723 01:14:25.536213 3866895 prober.go:112] Readiness probe for "a_b(c):d" succeeded`:                                                                                                                                   parse.Other,
		`I0723 01:14:25.536213 3866895 mine.go:112] Looking for a probe for "a"`:                                                                                                                                                  parse.NotMine,
		`I0723 01:14:25.536213 3866895 mine.go:112] "Probe failed" satellite="Cassini"`:                                                                                                                                           parse.NotMine,
		`"Probe failed" probeType="Readiness" pod="flux-system/flux-operator-bc65f64f8-xrzs2"`:                                                                                                                                    parse.NotMine,
		"\tnot ready": parse.NotMine, " >": parse.NotMine, "\x00": parse.NotMine, `{"msg":"Probe failed"}`: parse.NotMine, `{"caller":"prober.go:1","msg":"Probe failed","ts":1.5}`: parse.NotMine,
	} {
		b := parse.NewBatch(false, false)
		if v := Log.Line(&parse.Line{Text: []byte(line), No: 1}, b); v != want || len(b.Events) > 0 || b.State != nil {
			t.Errorf("%q: verdict %d, want %d", line, v, want)
		}
	}
}

// TestAnyPiece: what goes on from line to line does so wherever the source is
// cut for reading.
func TestAnyPiece(t *testing.T) {
	for name, text := range map[string]string{
		"log":       head + `"Probe errored" err=<` + "\n\ta\n\tb\n > probeType=\"Liveness\" pod=\"x/y\"\n" + logs[11].line,
		"page":      pageText + rowsText,
		"short":     strings.Repeat("  Warning  Unhealthy  7m  kubelet  Readiness probe failed: x\n", 5),
		"endpoints": "linkerd-destination-a\nNAMESPACE IP PORT POD SERVICE\na 1.2.3.4 5 b c.a\nNAMESPACE IP PORT POD SERVICE\na 1.2.3.4 5 b c.a\n",
	} {
		in := parse.Input{Path: "in", Rereadable: true, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
		var all []*parse.Capture
		for _, size := range []int{1, 7, 64, 1 << 20} {
			c, err := parse.Read(context.Background(), []parse.Input{in}, Formats(), nil, parse.Options{Piece: size, Workers: 2}, nil)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, c)
			if !reflect.DeepEqual(c, all[0]) {
				t.Errorf("%s: another capture in pieces of %d", name, size)
			}
		}
	}
}

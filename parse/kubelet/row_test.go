package kubelet

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

// ticket is a line of testdata/lines.jsonl.
type ticket struct {
	Source, Raw string
	Expect      struct {
		Container, Type, Reason, Probe, Object, First, Last string
		HTTPStatus                                          int       `json:"http_status"`
		Error                                               string    `json:"error_class"`
		LastAge                                             []float64 `json:"last_age_s"`
		FirstAge                                            []float64 `json:"first_age_s"`
		Component                                           string    `json:"source_component"`
		NameTime                                            int64     `json:"event_name_time_unix_ns"`
		Count                                               uint32
		Timeout                                             bool
	}
}

// TestSamples reads the lines that were collected from public tickets.
func TestSamples(t *testing.T) {
	for line := range strings.Lines(string(file(t, "lines.jsonl"))) {
		var s ticket
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		if s.Expect.Container == "describe-pod" {
			continue // TestState
		}
		x := s.Expect
		e := one(t, s.Raw)
		check := func(what string, got, want any) {
			if got != want {
				t.Errorf("%s: %s is %v, want %v", s.Source, what, got, want)
			}
		}
		check("kind", e.Kind, parse.KubeletProbeFailed)
		check("count", e.Count, max(1, x.Count))
		check("status", int(e.Value), x.HTTPStatus)
		check("severity", e.Severity, parse.Warn)
		check("type", e.detail["type"] == "", x.Container == "event-json")
		if x.Probe != "" {
			check("probe", e.detail["probe"], strings.ToLower(x.Probe))
		}
		if x.Timeout {
			check("failure", e.detail["failure"], "timeout")
		}
		if x.Error != "" {
			check("failure", e.detail["failure"], x.Error)
		}
		if x.Component != "" {
			check("from", e.detail["from"], x.Component)
		}
		if x.Object != "" {
			check("target", e.target, "/"+strings.TrimPrefix(x.Object, "pod/"))
		}
		if x.First != "" {
			check("first", e.detail["first"], x.First)
			check("last", e.raw, x.Last)
		}
		if x.LastAge != nil {
			check("time", e.Time, parse.Time(seconds(0.5-(x.LastAge[0]+x.LastAge[1])/2)))
		}
		if x.FirstAge != nil {
			check("lasted", e.Lasted, seconds((x.FirstAge[0]+x.FirstAge[1]-x.LastAge[0]-x.LastAge[1])/2))
		}
	}
}

// TestReport reads the two rows of the incident report among its prose.
func TestReport(t *testing.T) {
	text := `Occasionally we also see readiness probes fail (not every time):

Warning  Unhealthy  9m33s (x4 over 9m40s)  kubelet            Readiness probe failed: HTTP probe failed with statuscode: 500

Sometimes the error will also be something like this:

Warning  Unhealthy  18m   kubelet            Readiness probe failed: Get "": context deadline exceeded (Client.Timeout exceeded while awaiting headers)

Destination does not use a lot of CPU (about 50m with a lot of headroom) nor RAM (about 500-700MB).
`
	c := read(t, []byte(text))
	got := events(t, c, []byte(text))
	if len(got) != 2 || len(c.Streams) != 2 {
		t.Fatalf("%d events in %d streams: %v", len(got), len(c.Streams), c.Sources[0].Problems)
	}
	a, b := got[0], got[1]
	if a.Time != parse.Time(-573*time.Second) || a.Grain != parse.GrainTwoSeconds || a.Lasted != 7*time.Second || a.Count != 4 ||
		a.Value != 500 || a.Class != parse.ProbeClass(parse.Readiness, parse.FailureHTTPStatus) || a.Target != 0 ||
		a.raw != "9m33s" || a.detail["first"] != "9m40s" || a.detail["http_status"] != "500" {
		t.Errorf("first row: %+v", a)
	}
	if b.Time != parse.Time(-1109500*time.Millisecond) || b.Grain != parse.GrainMinute || b.Lasted != 0 || b.Count != 1 ||
		b.Class != parse.ProbeClass(parse.Readiness, parse.FailureTimeout) {
		t.Errorf("second row: %+v", b)
	}
	if s := c.Streams[0]; s.Clock != parse.ClockAge || s.Format != "events" {
		t.Errorf("stream: %+v", s)
	}
}

func TestAges(t *testing.T) {
	for _, x := range []struct {
		age    string
		middle float64
		grain  parse.Grain
	}{
		{"0s", 0.5, parse.GrainTwoSeconds}, {"1s", 1.5, parse.GrainTwoSeconds}, {"119s", 119.5, parse.GrainTwoSeconds},
		{"2m", 120.5, parse.GrainTwoSeconds}, {"9m59s", 599.5, parse.GrainTwoSeconds}, {"10m", 630, parse.GrainMinute},
		{"179m", 10770, parse.GrainMinute}, {"3h", 10830, parse.GrainMinute}, {"7h59m", 28770, parse.GrainMinute},
		{"8h", 30600, parse.GrainHour}, {"47h", 171000, parse.GrainHour}, {"2d3h", 185400, parse.GrainHour},
		{"8d", 734400, parse.GrainDay}, {"2y5d", 735.5 * 86400, parse.GrainDay}, {"8y", 8.5 * 365 * 86400, parse.GrainYear},
		{"<invalid>", -1800, parse.GrainHour},
	} {
		e := one(t, "Warning  Unhealthy  "+x.age+"  kubelet  Readiness probe failed: ")
		if want := parse.Time(seconds(0.5 - x.middle)); e.Time != want || e.Grain != x.grain {
			t.Errorf("%s: %v grain %d, want %v grain %d", x.age, time.Duration(e.Time), e.Grain, time.Duration(want), x.grain)
		}
	}
	for _, age := range []string{"5", "m", "5x", "5m5m", "5s3m", "99999y", "999y", "9m33s,", "-5s", "1.5s", "123456s"} {
		if c := read(t, []byte("Warning  Unhealthy  "+age+"  kubelet  Readiness probe failed: ")); c.Events() != 0 {
			t.Errorf("%q was read as an age", age)
		}
	}
}

func TestRows(t *testing.T) {
	const ready = "Readiness probe failed: HTTP probe failed with statuscode: 500"
	for _, x := range []struct {
		row, target, from, fact, message string
		kind                             parse.Kind
	}{
		{"  Normal   Pulled     20m                kubelet            Container image \"x:1\" already present on machine", "", "kubelet", "Pulled", `Container image "x:1" already present on machine`, parse.K8sEvent},
		{"  Normal   Started    20m                kubelet            Started container linkerd-proxy", "", "kubelet", "linkerd-proxy", "Started container linkerd-proxy", parse.ContainerStarted},
		{"  Normal  Scheduled  <invalid>  default-scheduler  Successfully assigned a/b to n", "", "default-scheduler", "Scheduled", "Successfully assigned a/b to n", parse.K8sEvent},
		{"Normal Scheduled 5m default-scheduler Successfully assigned a/b to n", "", "default-scheduler", "Scheduled", "Successfully assigned a/b to n", parse.K8sEvent},
		{"  Warning  Unhealthy  5m  node-problem-detector  disk is unhealthy", "", "node-problem-detector", "Unhealthy", "disk is unhealthy", parse.K8sEvent},
		{"  Warning  Unhealthy  5m           " + ready, "", "", "HTTP probe failed with statuscode: 500", ready, parse.KubeletProbeFailed},
		{"emojivoto   5m   Warning   Unhealthy   pod/web-0   " + ready, "emojivoto/web-0", "", "HTTP probe failed with statuscode: 500", ready, parse.KubeletProbeFailed},
		{"5m (x3 over 9m) Warning Unhealthy Pod/web-0 " + ready, "/web-0", "", "HTTP probe failed with statuscode: 500", ready, parse.KubeletProbeFailed},
		{"47m   Normal   SuccessfulCreate   replicaset/web-6   Created pod: web-6-abcde", "/replicaset/web-6", "", "SuccessfulCreate", "Created pod: web-6-abcde", parse.K8sEvent},
		{"6s   Warning   Unhealthy   pod/a   spec.containers{b}   kubelet, host   " + ready + "   9s   3   a.18d5e537ab89a157", "/a", "kubelet, host", "HTTP probe failed with statuscode: 500", ready, parse.KubeletProbeFailed},
		{"ns  6s  Normal  Started  pod/a  spec.containers{b}  kubelet, host  Started container b  9s  1  a.18d5e537ab89a157", "ns/a", "kubelet, host", "b", "Started container b", parse.ContainerStarted},
		{"6s   Normal   Foo   pod/a                kubelet   said so   9s   3   a.18d5e537ab89a157", "/a", "kubelet", "Foo", "said so", parse.K8sEvent},
		{"> **Warning  Unhealthy  5m  kubelet  " + ready + "**", "", "kubelet", "HTTP probe failed with statuscode: 500", ready, parse.KubeletProbeFailed},
	} {
		e := one(t, x.row)
		if e.Kind != x.kind || e.target != x.target || e.detail["from"] != x.from || !factIs(e.Kind, e.fact, x.fact) || e.message != x.message {
			t.Errorf("%s\n%v target %q from %q fact %q message %q", x.row, e.Kind, e.target, e.detail["from"], e.fact, e.message)
		}
	}
}

// TestWide: a wide row tells when its table was made.
func TestWide(t *testing.T) {
	row := "6s          Warning   Unhealthy           pod/a    spec.containers{b}   kubelet, host   Readiness probe failed: x          24s           7       a.18d5e537ab89a157"
	e := one(t, row)
	if e.Count != 7 || e.Lasted != 18*time.Second || e.Time != parse.Time(-6*time.Second) {
		t.Errorf("%+v", e.Event)
	}
	f, ok := facts(read(t, []byte(row)), parse.FactCaptured)[""]
	const first = parse.Time(1789588454213525847)
	if now := first - first%1e9 + 24.5e9; !ok || f.Time != now || f.Within != 500*time.Millisecond {
		t.Errorf("captured at %v ± %v, want %v", f.Time, f.Within, now)
	}
}

// TestNotMine: prose and other programs' lines are left alone.
func TestNotMine(t *testing.T) {
	for _, line := range []string{
		"Normal operation 5m after the start", "Normal Operation 5m is expected", "Warning: this is 5m long", "Warning",
		"Warning  Unhealthy", "Warning  Unhealthy  5m", "5m", "5m Warning", "5m Warning Unhealthy", "5m Warning Unhealthy pod/web-0",
		"5m  Warning  Unhealthy  web-0  text", "a b c d e f", "Name: foo", "name:  foo", "Events: none", "Started:  Fri, 02 Feb 2024 13:16:22 +0100",
		"[   366.299401s]  INFO ThreadId(01) outbound: linkerd_proxy_api_resolve::resolve: No endpoints",
		`time="2024-02-02T13:22:28Z" level=info msg="Warning Unhealthy 5m kubelet text"`, "Type  Reason", "NAME  READY  STATUS  RESTARTS  AGE",
		"linkerd-destination-7d4b9c6f5-mv9qd   1/1     Running   0          6m44s", "NAMESPACE   NAME   READY", "\x00\x00", "**", "Normal \x00 5m kubelet x",
	} {
		b := parse.NewBatch(false, false)
		if v := Events.Line(&parse.Line{Text: []byte(line), No: 1}, b); v != parse.NotMine || len(b.Events) > 0 || b.State != nil {
			t.Errorf("%q: verdict %d", line, v)
		}
	}
	b := parse.NewBatch(false, false)
	for _, row := range []string{"  Warning  Unhealthy  <unknown>  kubelet  Readiness probe failed: x", "<unknown>  Warning  Unhealthy  pod/a  Readiness probe failed: x"} {
		if v := Events.Line(&parse.Line{Text: []byte(row), No: 1}, b); v != parse.Malformed {
			t.Errorf("%q: verdict %d", row, v)
		}
	}
}

func TestFailures(t *testing.T) {
	for text, want := range map[string]parse.Failure{
		"HTTP probe failed with statuscode: 503": parse.FailureHTTPStatus,
		`Get "http://10.0.28.9:9997/ready": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`: parse.FailureTimeout,
		`Get "http://a/": net/http: request canceled while waiting for connection (Client.Timeout exceeded)`:            parse.FailureTimeout,
		"Get http://172.18.122.143:80/: net/http: request canceled while waiting for connection (Clie":                  parse.FailureTimeout,
		"dial tcp 10.0.0.1:80: i/o timeout":                                                          parse.FailureTimeout,
		`Get "https://a/": net/http: TLS handshake timeout`:                                          parse.FailureTimeout,
		`Get "http://a/": dial tcp 10.244.0.5:3001: connect: connection refused`:                     parse.FailureRefused,
		"dial tcp 10.244.0.5:3001: getsockopt: connection refused":                                   parse.FailureRefused,
		`Get "http://a/": read tcp 10.0.21.44:60324->10.0.28.9:9990: read: connection reset by peer`: parse.FailureReset,
		`Get "http://a/": EOF`: parse.FailureOther,
		`Get "http://a/": dial tcp 1.2.3.4:80: no route to host`:                                    parse.FailureOther,
		`timeout: failed to connect service "h:p" within 1s: context deadline exceeded`:             parse.FailureGRPC,
		`error: failed to connect service at "h:p": x`:                                              parse.FailureGRPC,
		"timeout: health rpc did not complete within 1s":                                            parse.FailureGRPC,
		"error: health rpc probe failed: rpc error: code = Unknown":                                 parse.FailureGRPC,
		"error: this server does not implement the grpc health protocol (grpc.health.v1.Health): x": parse.FailureGRPC,
		`service unhealthy (responded with "NOT_SERVING")`:                                          parse.FailureGRPC,
		"":                                   parse.FailureExec,
		`command "cat /tmp/ready" timed out`: parse.FailureExec,
		"rpc error: code = NotFound desc = container is not created or running":                                                             parse.FailureExec,
		"calico/node is not ready: felix is not ready: Get http://localhost:9099/readiness: dial tcp IGW:9099: connect: connection refused": parse.FailureExec,
	} {
		for _, prefix := range []string{"Liveness probe failed: ", "Liveness probe errored: ", "Liveness probe errored and resulted in unknown state: ",
			"(combined from similar events): Liveness probe failed: "} {
			p, rest := probeOf([]byte(prefix + text))
			if got, _ := failureOf(rest); p != parse.Liveness || got != want {
				t.Errorf("%s%s: %v %v, want %v", prefix, text, p, got, want)
			}
		}
	}
}

// reasonIn is the reason in an event's fact, which a message may follow.
func reasonIn(fact string) string {
	reason, _, _ := strings.Cut(fact, ": ")
	return reason
}

// factIs says whether an event of a kind has a fact; of an Event it is the reason.
func factIs(kind parse.Kind, got, want string) bool {
	return got == want || kind == parse.K8sEvent && reasonIn(got) == want
}

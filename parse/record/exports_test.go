package record_test

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/formats"
	"faultline/parse/record"
	"faultline/parse/wrap"
)

// said is what a prefix should say.
type said struct {
	stamp, local              string
	namespace, pod, container string
	partial                   bool
}

func saidBy(p *parse.Prefix) said {
	show := func(at parse.Time, has bool) string {
		if !has {
			return ""
		}
		return time.Unix(0, int64(at)).UTC().Format(time.RFC3339Nano)
	}
	half := parse.Time(p.Grain.Width() / 2) // the middle of the digit is meant
	return said{show(p.Stamp-half, p.HasStamp), show(p.Local-half, p.HasLocal), string(p.Namespace), string(p.Pod), string(p.Container), p.Partial}
}

// stripped checks what a wrapper makes of a line.
func stripped(t *testing.T, w *parse.Wrapper, line, rest string, want said) {
	t.Helper()
	var p parse.Prefix
	in := []byte(line)
	got, ok := w.Strip(in, &p)
	if !ok || string(got) != rest || saidBy(&p) != want {
		t.Errorf("%s %q:\n got %q %v %+v\nwant %q %+v", w.Name, line, got, ok, saidBy(&p), rest, want)
	}
	if string(in) != line {
		t.Errorf("%s wrote into %q", w.Name, line)
	}
}

// What relays, journald and people put before a line.
func TestCarriers(t *testing.T) {
	f := func(w *parse.Wrapper, line, rest string, want said) {
		t.Helper()
		stripped(t, w, line, rest, want)
	}
	const klog = `I0314 06:11:49.180091    1122 prober.go:107] "Probe failed"`
	f(wrap.Journal, "<30>Mar 14 06:11:49 node-a kubelet[1122]: "+klog, klog, said{})
	f(wrap.Journal, "Fri 2025-03-14 06:11:49 UTC node-a kubelet[1122]: "+klog, klog, said{stamp: "2025-03-14T06:11:49Z"})
	f(wrap.Journal, "Fri 2025-03-14 07:11:49 CET node-a kubelet[1122]: "+klog, klog, said{stamp: "2025-03-14T06:11:49Z"})
	f(wrap.Journal, "1741932709.180234 node-a kubelet[1122]: "+klog, klog, said{stamp: "2025-03-14T06:11:49.180234Z"})
	f(wrap.NodeLogs, "node-a.example Mar 14 07:11:49.180234 node-a.example kubelet[1122]: "+klog,
		"Mar 14 07:11:49.180234 node-a.example kubelet[1122]: "+klog, said{})
	f(wrap.NodeLogs, "node-a "+klog, klog, said{})
	f(wrap.Syslog, "<30>1 2025-03-14T06:11:49.180234Z node-a kubelet 1122 - - "+klog, klog, said{stamp: "2025-03-14T06:11:49.180234Z"})
	f(wrap.Syslog, `<165>1 2025-03-14T07:11:49+01:00 node-a kubelet - ID47 [a@1 k="v \] w"][b@2 x="y"] `+klog, klog, said{stamp: "2025-03-14T06:11:49Z"})
	f(wrap.Compose, "web-1       | any text", "any text", said{container: "web-1"})
	f(wrap.Compose, "\x1b[36mlinkerd_proxy_1  |\x1b[0m [     1.0s] x", "[     1.0s] x", said{container: "linkerd_proxy_1"})
	f(wrap.Numbered, "3. [     1.0s] x", "[     1.0s] x", said{})
	f(wrap.Numbered, "   12\t[     1.0s] x", "[     1.0s] x", said{})
	f(wrap.Numbered, "  12  [     1.0s] x", "[     1.0s] x", said{})
}

func TestExports(t *testing.T) {
	f := func(w *parse.Wrapper, line, rest string, want said) {
		t.Helper()
		stripped(t, w, line, rest, want)
	}
	const pod = "linkerd-destination-7d4b9c6f5-x2k7p"
	who := said{pod: pod, container: "destination"}
	f(wrap.Stern, pod+" destination any text", "any text", who)
	f(wrap.Stern, "linkerd "+pod+" destination any text", "any text", said{namespace: "linkerd", pod: pod, container: "destination"})
	f(wrap.Stern, "\x1b[32m"+pod+"\x1b[0m \x1b[1;36mdestination\x1b[0m any text", "any text", who)
	f(wrap.Stern, "web-0 app any", "any", said{pod: "web-0", container: "app"})
	f(wrap.Stern, "my-pod app [     0.1s] x", "[     0.1s] x", said{pod: "my-pod", container: "app"})
	f(wrap.Stern, "team-1 web-0 app any", "app any", said{pod: "team-1", container: "web-0"}) // either may be meant
	f(wrap.Stern, pod+" worker-1 linkerd-proxy [     2.005111s] WARN x", "[     2.005111s] WARN x", said{pod: pod, container: "linkerd-proxy"})
	f(wrap.Stern, pod+" destination 2024-02-02T13:22:28.553145678Z x", "2024-02-02T13:22:28.553145678Z x", who)

	f(record.JSON, `{"message":"time=\"x\" level=info\n","nodeName":"n","namespace":"linkerd","podName":"a-b","containerName":"c"}`,
		`time="x" level=info`, said{namespace: "linkerd", pod: "a-b", container: "c"})
	f(record.JSON, `{"log":"a \u003cb\u003e \"c\"\n","stream":"stdout","time":"2024-02-02T13:22:28.553145678Z"}`, `a <b> "c"`, said{stamp: "2024-02-02T13:22:28.553145678Z"})
	f(record.JSON, `{"log":"a line","stream":"stderr","attrs":{"tag":"x"},"time":"2024-02-02T13:22:28Z"}`, "a line", said{stamp: "2024-02-02T13:22:28Z"})
	part := strings.Repeat("x", 16<<10)
	f(record.JSON, `{"log":"`+part+`","stream":"stderr","time":"2024-02-02T13:22:28Z"}`, part, said{stamp: "2024-02-02T13:22:28Z", partial: true})
	f(record.JSON, `{"log":"`+part+`\n","stream":"stderr","time":"2024-02-02T13:22:28Z"}`, part, said{stamp: "2024-02-02T13:22:28Z"})
	f(record.JSON, `{"time":"2024-02-02T13:22:28Z","stream":"stdout","_p":"P","log":"a par"}`, "a par", said{stamp: "2024-02-02T13:22:28Z", partial: true})
	f(record.JSON, `{"time":"2024-02-02T13:22:28Z","stream":"stdout","_p":"F","log":"a line"}`, "a line", said{stamp: "2024-02-02T13:22:28Z"})
	f(record.JSON, `{"log":"\n","stream":"stderr","time":"2024-02-02T13:22:28Z"}`, "", said{stamp: "2024-02-02T13:22:28Z"})
	f(record.JSON, `{"_PID":"7","__REALTIME_TIMESTAMP":"1706880148553145","MESSAGE":"I0202 x","_HOSTNAME":"n"}`, "I0202 x", said{stamp: "2024-02-02T13:22:28.553145Z"})
	f(record.JSON, `{"MESSAGE":[104,105,255],"__REALTIME_TIMESTAMP":"1706880148553145"}`, "hi\xff", said{stamp: "2024-02-02T13:22:28.553145Z"})
	f(record.JSON, `{"insertId":"x","textPayload":"Trace[1]\n","timestamp":"2024-02-02T13:22:28.5Z","resource":{"type":"k8s_container","labels":{"namespace_name":"n","pod_name":"p","container_name":"c"}}}`,
		"Trace[1]", said{stamp: "2024-02-02T13:22:28.5Z", namespace: "n", pod: "p", container: "c"})
	f(record.JSON, `{"jsonPayload":{"level":"info","msg":"x"},"timestamp":"2024-02-02T13:22:28.5Z","resource":{"labels":{}}}`,
		`{"level":"info","msg":"x"}`, said{stamp: "2024-02-02T13:22:28.5Z"})

	f(wrap.Journal, "Jan 19 13:57:32 kind-worker kubelet[224]: I0119 13:57:32.303924     224 x", "I0119 13:57:32.303924     224 x", said{})
	f(wrap.Journal, "Jul  5 17:43:12.908344 ci-op-lx.corp.io hyperkube[1495]: E0606 x", "E0606 x", said{})
	f(wrap.Journal, "2024-01-19T13:57:32+0100 host k3s[1]: x", "x", said{stamp: "2024-01-19T12:57:32Z"})
	f(wrap.Journal, "2024-01-19T13:57:32.303924+01:00 host k3s[1]:", "", said{stamp: "2024-01-19T12:57:32.303924Z"})

	f(wrap.CloudWatch, "1753814397982\t2025-07-29T18:39:57.982Z\t[ 31502.170125s]  WARN x=\"\"", "[ 31502.170125s]  WARN x=\"\"", said{stamp: "2025-07-29T18:39:57.982Z"})
	f(wrap.GKE, "INFO 2024-02-02T13:22:28.5Z [resource.labels.podName: p] [resource.labels.containerName: c] Trace[1] x", "Trace[1] x", said{stamp: "2024-02-02T13:22:28.5Z", pod: "p", container: "c"})
	f(wrap.GKE, "ERROR 2024-02-02T13:22:28.5Z Trace[1]: END", "Trace[1]: END", said{stamp: "2024-02-02T13:22:28.5Z"})
	f(wrap.GKE, "2021-01-26 22:52:13.245 EET [  12.5s] x", "[  12.5s] x", said{stamp: "2021-01-26T20:52:13.245Z"})
	f(wrap.GKE, "2021-01-26 22:52:13.245 IST x", "x", said{local: "2021-01-26T22:52:13.245Z"}) // India, Israel or Ireland
	f(wrap.Kibana, "Oct 12, 2022 @ 04:16:35.751\t[  12.5s] x", "[  12.5s] x", said{local: "2022-10-12T04:16:35.751Z"})
	f(wrap.Kibana, "Oct 2, 2022 @ 04:16:35.751\t\tx", "x", said{local: "2022-10-02T04:16:35.751Z"})
	f(wrap.Portal, "11-1-2022 09:12:16.086\t\tI0111 Trace[1]: \"\"DeltaFIFO Pop Process\"\" ID:x", `I0111 Trace[1]: "DeltaFIFO Pop Process" ID:x`, said{local: "2022-01-11T09:12:16.086Z"})
	f(wrap.Portal, "2/13/2024, 1:22:28.553 PM\tx", "x", said{local: "2024-02-13T13:22:28.553Z"})
	f(wrap.Tabbed, "2025-06-15 13:49:18.994\t [435.152893s] DEBUG x", "[435.152893s] DEBUG x", said{local: "2025-06-15T13:49:18.994Z"})
	f(wrap.Tabbed, "2025-06-15T13:49:18.994Z\tx", "x", said{stamp: "2025-06-15T13:49:18.994Z"})
	f(wrap.Tabbed, "2021-02-02 19:48:19 | [345.863003s] WARN x", "[345.863003s] WARN x", said{local: "2021-02-02T19:48:19Z"})
	f(wrap.Tabbed, "  | 2021-02-02 19:48:19 | [345.863003s] WARN x |", "[345.863003s] WARN x", said{local: "2021-02-02T19:48:19Z"})
	f(wrap.Tabbed, "| 2021-02-02T19:48:19Z | level=info | msg |", "level=info | msg", said{stamp: "2021-02-02T19:48:19Z"})
	f(wrap.Tabbed, "1749995358994000000\tx", "x", said{stamp: "2025-06-15T13:49:18.994Z"})
	f(wrap.Logcli, `2024-02-02T13:22:28Z {app="x", pod="p", namespace="n", container="c"} [  1.5s] x`, "[  1.5s] x", said{stamp: "2024-02-02T13:22:28Z", namespace: "n", pod: "p", container: "c"})
	f(wrap.Logcli, `2024-02-02T13:22:28+01:00 {} x`, "x", said{stamp: "2024-02-02T12:22:28Z"})

	f(record.Table, `"2024-02-02T13:22:28.5Z","p","time=""2024-02-02T13:22:28Z"" level=info msg=""x, y"""`, `time="2024-02-02T13:22:28Z" level=info msg="x, y"`, said{stamp: "2024-02-02T13:22:28.5Z"})
	f(record.Table, `1753814397982,"[ 31502.170125s]  WARN x"`, "[ 31502.170125s]  WARN x", said{stamp: "2025-07-29T18:39:57.982Z"})
	f(record.Table, `2024-02-02 13:22:28.553;kubelet;I0202 some text;stdout`, "I0202 some text", said{local: "2024-02-02T13:22:28.553Z"})
	f(record.Table, `"2/2/2024, 12:22:28.553 AM","a text"`, "a text", said{local: "2024-02-02T00:22:28.553Z"})
	f(record.Table, `"Oct 12, 2022 @ 04:16:35.751","Trace[1]: ""x"" (total`, `Trace[1]: "x" (total`, said{local: "2022-10-12T04:16:35.751Z"})
	f(record.Table, `Oct 12, 2022 @ 04:16:35.751,a text`, "a text", said{local: "2022-10-12T04:16:35.751Z"})
}

// Lines that merely look alike are left as they are.
func TestExportLookalikes(t *testing.T) {
	for _, line := range []string{
		"", " ", "{", "{}", "}", `"`, ",", "\t", ";;", "failed to do it", "well-known service failed again and again",
		"linkerd-destination container is waiting", "a-b c", "a-b  c d", "linkerd-destination-7d4b9c6f5-x2k7p", "linkerd-destination-7d4b9c6f5-x2k7p destination",
		"[   366.299401s]  INFO ThreadId(01) outbound: linkerd_proxy_api_resolve::resolve: No endpoints",
		`time="2024-02-02T13:22:28Z" level=info msg="x"`, "I1123 08:50:05.060456   28718 trace.go:219] Trace[7]: x, y", "Trace[7]: [120.463103ms] [120.463103ms] END",
		`{"level":"info","msg":"x","time":"2024-02-02T13:22:28Z"}`, `{"log":"x"}`, `{"log":7,"stream":"stdout"}`, `{"log":"x\n","stream":"stdout"`,
		`{"timestamp":"[     1.043697s]","level":"WARN","fields":{"message":"x"},"target":"a","threadId":"ThreadId(1)"}`,
		`{"MESSAGE":null,"__REALTIME_TIMESTAMP":"1"}`, `{"textPayload":`, `{"podName" "message" "containerName"}`,
		"Jan 19 13:57:32 host text", "Jan 19 13:57:32 host a b: text", "Jan 19 13:57 host a[1]: x", "January 19, 13:57:32 host a[1]: x", "Jan 99 99:57:32 host a[1]: x",
		"2024-01-19T13:57:32 host k3s[1]: x", "INFO something happened", "INFO 2024-02-02T13:22:28.5Z", "INFORMATION 2024-02-02T13:22:28.5Z x",
		"2021-01-26 22:52:13.245", "2021-01-26 22:52:13.245 ", "2021-01-26 22:52:13.245 text", "Oct 12, 2022 @ 04:16:35.751 x", "Oct 12, 22 @ 04:16:35.751\tx",
		"1753814397982\tx y\tz", "1753814397982", "12345\tx", "9999999999999999999\tx", "0000000000000\tx", "11-1-2022\tx", "41-41-2022 09:12:16\tx", "1/1/1 1:1:1\tx",
		`"2024-02-02T13:22:28.5Z"`, `"2024-02-02T13:22:28.5Z"x,y z`, `"not a time","a text"`, `a, b, c d`, `2024, a text`, "2024-02-02T13:22:28Z {a=b} x", `2024-02-02T13:22:28Z {a="b" x`,
	} {
		for _, w := range formats.Wrappers() {
			p := parse.Prefix{Pod: []byte("had")}
			rest, ok := w.Strip([]byte(line), &p)
			if strings.Contains(line, "Z {a=") && w == wrap.Timestamps {
				continue
			}
			if strings.HasSuffix(line, "\tx y\tz") && w == wrap.Tabbed || strings.HasPrefix(line, "1753814397982\tx") && w == wrap.Tabbed {
				continue // a time and a tab: whatever comes behind
			}
			if w == wrap.Numbered && strings.HasPrefix(line, "12345\tx") {
				continue
			}
			if ok || string(rest) != line || !reflect.DeepEqual(p, parse.Prefix{Pod: []byte("had")}) {
				t.Errorf("%s takes %q: %q %+v", w.Name, line, rest, saidBy(&p))
			}
		}
	}
}

func readText(t *testing.T, data string) *parse.Capture {
	t.Helper()
	in := parse.Input{Path: "x", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(data)), nil }}
	c, err := parse.Read(context.Background(), []parse.Input{in}, formats.All(), formats.Wrappers(), parse.Options{Piece: 300}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// exports are ways to print a line at a time.
var exports = map[string]func(at time.Time, line string) string{
	"cri":        func(at time.Time, l string) string { return at.Format(time.RFC3339Nano) + " stderr F " + l },
	"timestamps": func(at time.Time, l string) string { return at.Format(time.RFC3339Nano) + " " + l },
	"docker": func(at time.Time, l string) string {
		return fmt.Sprintf(`{"log":%s,"stream":"stderr","time":"%s"}`, jsonString(l+"\n"), at.Format(time.RFC3339Nano))
	},
	"stern": func(_ time.Time, l string) string { return "linkerd-destination-7d4b9c6f5-x2k7p destination " + l },
	"stern-json": func(_ time.Time, l string) string {
		return fmt.Sprintf(`{"message":%s,"nodeName":"n","namespace":"ns","podName":"p-1","containerName":"c"}`, jsonString(l))
	},
	"journald": func(at time.Time, l string) string { return at.Format("Jan _2 15:04:05") + " host k3s[7]: " + l },
	"journald-json": func(at time.Time, l string) string {
		return fmt.Sprintf(`{"__REALTIME_TIMESTAMP":"%d","MESSAGE":%s}`, at.UnixMicro(), jsonString(l))
	},
	"gke": func(at time.Time, l string) string {
		return "INFO " + at.Format(time.RFC3339Nano) + " [resource.labels.podName: p-1] " + l
	},
	"gke-json": func(at time.Time, l string) string {
		return fmt.Sprintf(`{"textPayload":%s,"timestamp":"%s","resource":{"labels":{"pod_name":"p"}}}`, jsonString(l), at.Format(time.RFC3339Nano))
	},
	"cloudwatch": func(at time.Time, l string) string {
		return fmt.Sprintf("%d\t%s\t%s", at.UnixMilli(), at.Format("2006-01-02T15:04:05.000Z"), l)
	},
	"kibana": func(at time.Time, l string) string { return at.Format("Jan 2, 2006 @ 15:04:05.000") + "\t" + l },
	"portal": func(at time.Time, l string) string {
		return at.Format("2-1-2006 15:04:05.000") + "\t\t" + strings.ReplaceAll(l, `"`, `""`)
	},
	"tabbed": func(at time.Time, l string) string { return at.Format("2006-01-02 15:04:05.000") + "\t" + l },
	"logcli": func(at time.Time, l string) string {
		return at.Format("2006-01-02T15:04:05Z07:00") + ` {pod="p-1", container="c"} ` + l
	},
	"csv": func(at time.Time, l string) string {
		return `"` + at.Format(time.RFC3339Nano) + `","pod","` + strings.ReplaceAll(l, `"`, `""`) + `"`
	},
}

func jsonString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\x1b", `\u001b`).Replace(s) + `"`
}

// mixture is lines of a proxy and of a controller, one a second.
func mixture() (lines []string) {
	for i := range 12 {
		lines = append(lines, fmt.Sprintf("[%6d.299401s]  INFO ThreadId(01) outbound:ingress{addr=10.0.0.1:80}: linkerd_proxy_api_resolve::resolve: No endpoints grpc.message=\"\"", 366+2*i),
			fmt.Sprintf(`time="2024-02-02T13:22:%02dZ" level=info msg="Trace[%d]: \"DeltaFIFO Pop Process\" ID:ns/x,Depth:12,Reason:slow event handlers blocking the queue (02-Feb-2024 13:22:%02d.553) (total time: 102ms):\nTrace[%d]: [102.144017ms] [102.144017ms] END\n"`, 2*i, i+1, 2*i, i+1))
	}
	return lines
}

// told is what is said of each event, wherever it stands.
func told(c *parse.Capture) (out []string) {
	for i := range c.Streams {
		for _, e := range c.Streams[i].Events {
			out = append(out, fmt.Sprint(e.Kind, e.Time, e.Lasted, e.Value, e.Print, c.Name(e.Target)))
		}
	}
	slices.Sort(out)
	return out
}

// Whatever tools print before each line, singly and in pairs, oldest or newest
// first: the events are those of the bare lines, and the process has one life.
func TestExportsNest(t *testing.T) {
	lines := mixture()
	want := told(readText(t, strings.Join(lines, "\n")+"\n"))
	if len(want) != len(lines) {
		t.Fatalf("%d events", len(want))
	}
	begin := time.Date(2024, 2, 2, 13, 22, 0, 553145678, time.UTC)
	check := func(name string, print func(time.Time, string) string) {
		t.Helper()
		for _, newest := range []bool{false, true} {
			var out []string
			for i, l := range lines {
				out = append(out, print(begin.Add(time.Duration(i)*time.Second), l))
			}
			if newest {
				slices.Reverse(out)
			}
			c := readText(t, strings.Join(out, "\n")+"\n")
			if got := told(c); !slices.Equal(got, want) {
				t.Errorf("%s, newest first %v: %d events, want %d; wrappers %v, %+v", name, newest, len(got), len(want), names(c), c.Sources[0].Counts)
			}
			if len(c.Streams) != 2 || c.Streams[0].Life != 0 || c.Streams[1].Life != 0 || c.Streams[0].Interleaved {
				t.Errorf("%s, newest first %v: %d streams", name, newest, len(c.Streams))
			}
		}
	}
	check("bare", func(_ time.Time, l string) string { return l })
	for outer, f := range exports {
		check(outer, f)
		for inner, g := range exports {
			if inner != outer && outer+inner != "portalcsv" { // whose quotes are doubled twice
				check(outer+" of "+inner, func(at time.Time, l string) string { return f(at, g(at, l)) })
			}
		}
	}
}

func names(c *parse.Capture) (out []string) {
	for _, w := range c.Sources[0].Wrappers {
		out = append(out, w.Name)
	}
	return out
}

// A stamp whose zone is not printed ties no clock; one in UTC does.
func TestTies(t *testing.T) {
	lines := mixture()
	begin := time.Date(2024, 2, 2, 13, 22, 0, 553145678, time.UTC)
	for name, f := range exports {
		var out []string
		for i, l := range lines {
			out = append(out, f(begin.Add(time.Duration(i)*time.Second), l))
		}
		c := readText(t, strings.Join(out, "\n"))
		want := !slices.Contains([]string{"stern", "stern-json", "journald", "kibana", "portal", "tabbed"}, name)
		if got := len(c.Streams[0].Ties) > 0; got != want {
			t.Errorf("%s: ties %v", name, c.Streams[0].Ties)
		}
		if pod := c.Name(c.Streams[0].Pod); (pod != "") != slices.Contains([]string{"stern", "stern-json", "gke", "gke-json", "logcli"}, name) {
			t.Errorf("%s: pod %q", name, pod)
		}
	}
}

func BenchmarkDocker(b *testing.B) {
	line := []byte(exports["docker"](time.Now(), mixture()[1]))
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		var p parse.Prefix
		record.JSON.Strip(line, &p)
	}
}

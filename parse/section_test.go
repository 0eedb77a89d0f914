package parse_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/controller"
	"faultline/parse/kubelet"
	"faultline/parse/proxy"
	"faultline/parse/wrap"
)

const podEvent = `{
    "kind": "EventList",
    "apiVersion": "v1",
    "items": [
        {
            "apiVersion": "v1", "kind": "Event", "metadata": {"name": "web-0.17", "namespace": "ns", "uid": "u%d"},
            "involvedObject": {"kind": "Pod", "namespace": "ns", "name": "web-0", "fieldPath": "spec.containers{app}"},
            "reason": "Unhealthy", "message": "Readiness probe failed: HTTP probe failed with statuscode: 500",
            "firstTimestamp": "2024-02-02T13:20:00Z", "lastTimestamp": "2024-02-02T13:22:00Z", "count": 4, "type": "Warning"
        }
    ]
}
`

func logsOf(namespace, pod, container string, lines ...string) string {
	of := fmt.Sprintf("logs for container %s of pod %s/%s ====\n", container, namespace, pod)
	return "==== START " + of + strings.Join(append(lines, ""), "\n") + "==== END " + of
}

// dump reads with the formats that a cluster's dump needs.
func dump(t *testing.T, o parse.Options, data string, dribble int) *parse.Capture {
	t.Helper()
	all := append([]*parse.Format{proxy.Format, controller.Format}, kubelet.Formats()...)
	c, err := parse.Read(context.Background(), []parse.Input{input("dump", []byte(data), dribble)}, all, wrap.All(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	check(t, c)
	return c
}

// The marks of `kubectl cluster-info dump` say whose lines follow, in a file
// of logs as in the stream of everything, however it is cut.
func TestMarks(t *testing.T) {
	a, b := noEndpoints, strings.Replace(failfast, "369.", " 20.", 1)
	logs := logsOf("ns", "a-1", "linkerd-proxy", a, a, a) + logsOf("ns", "a-1", "app", "Listening on :8080") + logsOf("other", "b-2", "linkerd-proxy", b, b) + logsOf("ns", "a-1", "silent")
	lists := []string{fmt.Sprintf(podEvent, 1), fmt.Sprintf(podEvent, 2)}
	for name, data := range map[string]string{
		"logs":    logs,
		"crlf":    strings.ReplaceAll(logs, "\n", "\r\n"),
		"stream":  lists[0] + lists[0] + logs + lists[1] + logsOf("z", "c-3", "destination", klogHead, klogEnd),
		"far off": strings.Repeat(lists[0], 200) + logs,
		"cut off": logs[:strings.LastIndex(logs, "==== END")],
	} {
		want := dump(t, parse.Options{Piece: 1 << 20}, data, 0)
		for i, o := range []parse.Options{{Piece: 1}, {Piece: 100, Workers: 3}, {}} {
			same(t, name, o, dump(t, o, data, []int{7, 0, 1}[i]), want)
		}
		s := want.Sources[0]
		marks := uint64(strings.Count(data, "==== START") + strings.Count(data, "==== END"))
		if s.Bytes != int64(len(data)) || s.Counts.Lines != lines([]byte(data)) || s.Counts.Unparsed != 1 || s.Counts.Other < marks {
			t.Errorf("%s: %+v", name, s)
		}
		got := map[string]int{}
		for i := range want.Streams {
			st := &want.Streams[i]
			got[parse.Subject(want.Name(st.Namespace), want.Name(st.Pod), want.Name(st.Container))] += len(st.Events)
			for j := range st.Events {
				if r := st.Ref(&st.Events[j]); bytes.Count([]byte(data[:r.Off]), []byte{'\n'}) != int(r.Line)-1 {
					t.Errorf("%s: offset %d is not on line %d", name, r.Off, r.Line)
				}
			}
		}
		if got["ns/a-1/linkerd-proxy"] != 3 || got["other/b-2/linkerd-proxy"] != 2 || strings.Contains(name, "stream") && (got["z/c-3/destination"] != 1 || got["//"] == 0) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// eck-diagnostics marks the logs of a pod's containers without their names.
func TestMarksOfAPod(t *testing.T) {
	c := read(t, parse.Options{}, input("x", []byte("==== START logs for shop/web-0 ====\n"+strings.Repeat(noEndpoints+"\n", 3)+"==== END logs for shop/web-0 ====\n"), 0))
	if len(c.Streams) != 1 || c.Name(c.Streams[0].Pod) != "web-0" || c.Name(c.Streams[0].Namespace) != "shop" || c.Streams[0].Container != 0 || c.Events() != 3 {
		t.Errorf("%s", show(c))
	}
}

// Lines that look like marks are none, and a document without any is read as
// it always was.
func TestNoMarks(t *testing.T) {
	for _, line := range []string{"==== START logs for container c of pod ns/p", "==== START logs for container c of pod p ====", "== START logs for container c of pod ns/p ====",
		"==== START logs for container a b of pod ns/p ====", "==== START logs for a of pod ns/p ====", "==== START logs for p ====", "==== START logs for a b/c ====",
		"==== START logs for container c ====", "==== STOP logs for container c of pod ns/p ====", " ==== START logs for container c of pod ns/p ===="} {
		c := read(t, parse.Options{}, input("x", []byte(strings.Repeat(noEndpoints+"\n", 9)+line+"\n"+noEndpoints+"\n"), 0))
		if len(c.Streams) != 1 || c.Streams[0].Pod != 0 || c.Sources[0].Counts.Unparsed != 1 {
			t.Errorf("%q: %s %+v", line, show(c), c.Sources[0].Counts)
		}
	}
	doc := fmt.Sprintf(podEvent, 1)
	if c := dump(t, parse.Options{}, doc, 3); c.Sources[0].Format != "k8s" || c.Events() != 1 || c.Sources[0].Counts.Lines != lines([]byte(doc)) || len(c.Sources[0].Problems) > 0 {
		t.Errorf("%+v", c.Sources[0])
	}
}

// Inputs that expand stand where they do among the others; their sources have
// the hash of the whole, and the order never depends on who is faster.
func TestExpand(t *testing.T) {
	archive := func(name string, n int, lent bool) parse.Input {
		return parse.Input{Path: name, ContainerSum: func() []byte { return []byte(name) }, Expand: func(yield func(parse.Input) bool) {
			for i := range n {
				open := false
				one := input(fmt.Sprint(name, "/", i), []byte(strings.Repeat(noEndpoints+"\n", 1+(i*37)%50)), 0)
				one.Lent = lent
				was := one.Open
				one.Open = func() (io.ReadCloser, error) { open = true; return was() }
				if !yield(one) || lent && !open {
					t.Errorf("%s was not read before the next", one.Path)
					return
				}
			}
		}}
	}
	for workers := 1; workers <= 4; workers++ {
		c := read(t, parse.Options{Workers: workers}, input("a", []byte(noEndpoints), 0), archive("held", 30, false), input("b", nil, 0), archive("none", 0, true), archive("lent", 30, true), input("c", nil, 0))
		if len(c.Sources) != 63 {
			t.Fatalf("%d sources", len(c.Sources))
		}
		for i, s := range c.Sources {
			want, sum := map[int]string{0: "a", 31: "b", 62: "c"}[i], ""
			switch {
			case i > 31 && i < 62:
				want, sum = fmt.Sprint("lent/", i-32), "lent"
			case i > 0 && i < 31:
				want, sum = fmt.Sprint("held/", i-1), "held"
			}
			if s.Path != want || string(s.ContainerSHA256) != sum {
				t.Errorf("source %d is %s with %q, want %s with %q", i, s.Path, s.ContainerSHA256, want, sum)
			}
		}
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("enough")
	forever := parse.Input{Path: "forever", Expand: func(yield func(parse.Input) bool) {
		for yield(input("x", []byte(noEndpoints+"\n"), 0)) {
			cancel(why)
		}
	}}
	if _, err := parse.Read(ctx, []parse.Input{forever}, formats(), nil, parse.Options{}, nil); err != why {
		t.Error(err)
	}
}

// Whose log it is by the layout is handed on.
func TestOwner(t *testing.T) {
	in := input("x", []byte(noEndpoints), 0)
	in.Namespace, in.Pod, in.Container = "ns", "pod", "c"
	if s := read(t, parse.Options{}, in).Sources[0]; s.Namespace != "ns" || s.Pod != "pod" || s.Container != "c" {
		t.Errorf("%+v", s)
	}
}

// Headings say whose lines follow: a container by its ID in the table of
// containers, or what the name of a file says; however the source is cut.
func TestHeadings(t *testing.T) {
	status := "==> container status <==\n" +
		"CONTAINER      IMAGE          CREATED         STATE    NAME           ATTEMPT  POD ID         POD                   NAMESPACE\n" +
		"c0ffeec0ffeec  1a2b3c4d5e6f7  59 minutes ago  Running  linkerd-proxy  2        aa11bb22cc33d  web-5c6d7f8b9-qq2rr   shop\n" +
		"d0d0d0d0d0d0d  1a2b3c4d5e6f7  2 hours ago     Exited   linkerd-proxy  1        aa11bb22cc33d  web-5c6d7f8b9-qq2rr   shop\n\n\n"
	data := "==> Audit <==\n|---|\n| a |\n\n" + status +
		"==> linkerd-proxy [c0ffeec0ffee] <==\n" + noEndpoints + "\n" + failfast + "\n\n\n" +
		"==> linkerd-proxy [d0d0d0d0d0d0] <==\n" + noEndpoints + "\n\n" +
		"==> linkerd-proxy [eeeeeeeeeeee] <==\n" + noEndpoints + "\n\n" +
		"==> logs/api-5c6d7f8b9-x2k4q.linkerd-proxy.log <==\n" + noEndpoints + "\n"
	want := dump(t, parse.Options{Piece: 1 << 20}, data, 0)
	for i, o := range []parse.Options{{Piece: 1}, {Piece: 100, Workers: 3}, {}} {
		same(t, "headings", o, dump(t, o, data, []int{7, 0, 1}[i]), want)
	}
	got := map[string]int{}
	for i := range want.Streams {
		st := &want.Streams[i]
		if len(st.Events) > 0 {
			got[parse.Subject(want.Name(st.Namespace), want.Name(st.Pod), want.Name(st.Container))+" "+st.Instance.String()] += len(st.Events)
		}
	}
	for who, n := range map[string]int{"shop/web-5c6d7f8b9-qq2rr/linkerd-proxy current": 2, "shop/web-5c6d7f8b9-qq2rr/linkerd-proxy previous": 1,
		"//linkerd-proxy ": 1, "/api-5c6d7f8b9-x2k4q/linkerd-proxy ": 1} {
		if got[who] != n {
			t.Errorf("%d events of %q, want %d: %v", got[who], who, n, got)
		}
	}
}

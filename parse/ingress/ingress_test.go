package ingress

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/controller"
	"faultline/parse/kubelet"
	"faultline/parse/proxy"
	"faultline/parse/wrap"
)

// all are the formats of this package with their neighbours.
func all() []*parse.Format {
	return append(append(Formats(), proxy.Format, controller.Format), kubelet.Formats()...)
}

// read reads text as a source of its own.
func read(t testing.TB, text []byte, piece int) *parse.Capture {
	t.Helper()
	in := parse.Input{Path: "in", Size: int64(len(text)), Rereadable: true,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }}
	c, err := parse.Read(context.Background(), []parse.Input{in}, all(), wrap.All(), parse.Options{Piece: piece}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// want is what a line is expected to tell.
type want struct {
	format       *parse.Format
	kind         parse.Kind // IngressResponse when not given
	status       float64
	end          string // RFC 3339
	grain        parse.Grain
	lasted       time.Duration
	target, fact string
	cause        parse.Cause
	detail       map[string]string // some of the attributes
}

// verdicts shows a line to every format and gives the one that takes it.
func verdicts(t testing.TB, line string, prefix parse.Prefix) (taken *parse.Format, v parse.Verdict, l parse.Line, b *parse.Batch) {
	t.Helper()
	for _, f := range Formats() {
		try := parse.Line{Text: []byte(line), No: 1, Prefix: prefix}
		into := parse.NewBatch(false, false)
		got := f.Line(&try, into)
		if (got == parse.Took) != (len(into.Events) > 0) {
			t.Errorf("%s: verdict %d with %d events: %.80s", f.Name, got, len(into.Events), line)
		}
		if got == parse.NotMine {
			continue
		}
		if taken != nil {
			t.Errorf("both %s and %s take %.120s", taken.Name, f.Name, line)
		}
		taken, v, l, b = f, got, try, into
	}
	return taken, v, l, b
}

// said is what an event's Fact says first: of a hop the state, else the details,
// else the upstream's status.
func said(fact string) string {
	h := parse.ParseHop(fact)
	if h.State == fact {
		return fact
	}
	for _, v := range []string{h.State, h.Details, h.Status} {
		if v != "" && v != "-" {
			return v
		}
	}
	return ""
}

func (w *want) check(t *testing.T, line string) {
	t.Helper()
	f, v, l, b := verdicts(t, line, parse.Prefix{})
	if f != w.format || v != parse.Took {
		t.Errorf("%s\n taken by %v with verdict %d", line, f, v)
		return
	}
	e := b.Events[0]
	kind := w.kind
	if kind == parse.KindNone {
		kind = parse.IngressResponse
	}
	end := time.Unix(0, int64(l.Own)-int64(l.Grain.Width())/2).UTC().Format(time.RFC3339Nano)
	if e.Kind != kind || e.Value != w.status || e.Lasted != w.lasted || parse.CauseOf(e.Class) != w.cause ||
		b.Names.Text(e.Target) != w.target || said(b.Names.Text(e.Fact)) != w.fact {
		t.Errorf("%s\n %v %v after %v at %q, %q: %v\nwant\n %v %v after %v at %q, %q: %v", line,
			e.Kind, e.Value, e.Lasted, b.Names.Text(e.Target), said(b.Names.Text(e.Fact)), parse.CauseOf(e.Class),
			kind, w.status, w.lasted, w.target, w.fact, w.cause)
	}
	if end != w.end || l.Grain != w.grain || l.Clock != parse.ClockWall {
		t.Errorf("%s\n ends %s, grain %d, clock %v; want %s, grain %d", line, end, l.Grain, l.Clock, w.end, w.grain)
	}
	var d parse.Detail
	f.Detail([]byte(line), &d)
	got := map[string]string{}
	for _, a := range d.Attrs {
		got[a.Key] = a.Value
	}
	for k, v := range w.detail {
		if got[k] != v {
			t.Errorf("%s\n %s is %q, want %q", line, k, got[k], v)
		}
	}
	if d.Message == "" || d.Message == line || !strings.Contains(line, d.RawTime) || d.RawTime == "" {
		t.Errorf("%s\n message %q at %q", line, d.Message, d.RawTime)
	}
}

// Responses that did not fail are known, and their times count.
func TestOther(t *testing.T) {
	for line, f := range others {
		got, v, l, _ := verdicts(t, line, parse.Prefix{})
		if got != f || v != parse.Other || l.Own == 0 || l.Clock != parse.ClockWall {
			t.Errorf("%s\n taken by %v with verdict %d at %d", line, got, v, l.Own)
		}
	}
}

// What only looks alike, or is another program's, is left to it.
func TestNotMine(t *testing.T) {
	for _, line := range strangers {
		if f, v, _, _ := verdicts(t, line, parse.Prefix{}); f != nil {
			t.Errorf("%s takes %s: %d", f.Name, line, v)
		}
	}
}

// A line that was cut off is told as such, or read as far as it goes; and it is
// never taken for one that succeeded when it failed.
func TestCut(t *testing.T) {
	for _, c := range cases() {
		if _, v, _, _ := verdicts(t, c.line, parse.Prefix{}); v != parse.Took {
			t.Errorf("%s: %d", c.line, v)
		}
		for n := 1; n < len(c.line); n++ {
			f, v, _, b := verdicts(t, c.line[:n], parse.Prefix{})
			if f == nil {
				continue
			}
			if v == parse.Took && (b.Events[0].Value != c.want.status && c.want.kind == parse.KindNone) {
				t.Errorf("%s\n has status %v", c.line[:n], b.Events[0].Value)
			}
			var d parse.Detail
			f.Detail([]byte(c.line[:n]), &d)
		}
	}
}

// The stamp that kubectl or the runtime put before a line replaces whole
// seconds, and tells the zone of nginx's error log.
func TestPrefix(t *testing.T) {
	at := func(s string) parse.Time {
		v, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return parse.Time(v.UnixNano())
	}
	const (
		nginx   = `10.0.0.7 - - [08/Mar/2023:17:02:45 +0100] "GET / HTTP/1.1" 504 562 "-" "-" 11 0.001 [a-b-80] [] 10.1.1.1:80 0 0.001 504 x`
		traefik = `10.255.0.2 - - [02/Oct/2019:02:47:34 +0000] "GET /portainer HTTP/1.1" 504 15 "-" "-" 2 "portainer@docker" "http://10.255.0.141:9000" 29970ms`
		access  = `10.42.0.1:43682 - - [2022-08-23T20:28:23.049685223Z] "GET /ping HTTP/1.1" 504`
		failed  = `2023/03/08 17:02:40 [error] 31#31: *569 upstream timed out (110: Operation timed out) while connecting to upstream, client: 1.2.3.4`
		envoy   = `[2022-08-28T01:25:55.204Z] "POST /orders HTTP/1.1" 504 UT 232 24 1004 - "-" "-" "b0" "orders" "10.10.10.229:80"`
	)
	for _, c := range []struct {
		line, stamp string
		used        bool
	}{
		{nginx, "2023-03-08T16:02:45.553Z", true},
		{nginx, "2023-03-08T16:02:54.553Z", true},
		{nginx, "2023-03-08T16:02:55.553Z", false},
		{nginx, "2023-03-08T16:02:43.9Z", false},
		{traefik, "2019-10-02T02:48:04.5Z", true},
		{traefik, "2019-10-02T02:47:35Z", false},
		{access, "2022-08-23T20:28:26.07Z", true},
		{access, "2022-08-23T20:28:22Z", false},
		{failed, "2023-03-08T16:02:40.5Z", true},
		{failed, "2023-03-08T17:02:40.5Z", true},
		{failed, "2023-03-08T11:32:41.5Z", true}, // +05:30
		{failed, "2023-03-08T21:32:39.5Z", true}, // -04:30, and a little early
		{failed, "2023-03-08T16:10:40.5Z", false},
		{failed, "2023-03-09T16:02:40.5Z", false},
		{envoy, "2022-08-28T01:25:59Z", false},
	} {
		_, _, l, _ := verdicts(t, c.line, parse.Prefix{Stamp: at(c.stamp), HasStamp: true})
		if used := l.Own == at(c.stamp) && l.Grain == parse.GrainMilli; used != c.used {
			t.Errorf("%s %.60s: at %d, grain %d", c.stamp, c.line, l.Own, l.Grain)
		}
	}
}

// A container's log has access lines, errors and other programs' lines.
func TestMixed(t *testing.T) {
	data, err := os.ReadFile("testdata/mixed.log")
	if err != nil {
		t.Fatal(err)
	}
	for _, piece := range []int{0, 1, 100, 4000} {
		c := read(t, data, piece)
		n := c.Sources[0].Counts
		if n.Lines != n.Events+n.Other+n.Unparsed || n.Unparsed != 0 || n.Events != 10 {
			t.Fatalf("%+v %v", n, c.Sources[0].Problems)
		}
		got := map[string]int{}
		for i := range c.Streams {
			s := &c.Streams[i]
			for _, e := range s.Events {
				got[s.Format+" "+e.Kind.String()]++
				line, _, _ := bytes.Cut(data[e.Off:], []byte{'\n'})
				if bytes.Count(data[:e.Off], []byte{'\n'})+1 != int(e.Line) || int(e.Len) != len(line) {
					t.Errorf("event of line %d is at %d+%d", e.Line, e.Off, e.Len)
				}
			}
			if len(s.Coverage) == 0 || s.Coverage[0].From == 0 {
				t.Errorf("%s covers %v", s.Format, s.Coverage)
			}
		}
		for k, n := range map[string]int{"nginx ingress.response": 2, "nginx proxy.connect_failed": 1, "nginx proxy.no_endpoints": 1, "nginx proxy.request_failed": 1,
			"envoy ingress.response": 2, "traefik ingress.response": 1, "proxy-access ingress.response": 1, "controller k8s.event": 1} {
			if got[k] != n {
				t.Errorf("%d of %s, want %d: %v", got[k], k, n, got)
			}
		}
	}
}

// kubectl's stamps are taken off in front of every format.
func TestWrapped(t *testing.T) {
	for _, c := range cases() {
		line := "2024-02-02T13:22:28.553123456Z " + c.line + "\n"
		got := read(t, bytes.Repeat([]byte(line), 3), 0)
		if n := got.Sources[0]; n.Counts.Events != 3 || len(n.Wrappers) != 1 {
			t.Errorf("%s\n %+v", c.line, n)
		}
	}
}

// A line of any product that was cut off is never taken for one with another
// status, and never panics.
func TestCutProducts(t *testing.T) {
	for _, line := range productLines(t) {
		_, v, _, whole := verdicts(t, line, parse.Prefix{})
		for n := 1; n < len(line); n += 1 + len(line)/80 {
			f, got, _, b := verdicts(t, line[:n], parse.Prefix{})
			if f == nil {
				continue
			}
			var d parse.Detail
			f.Detail([]byte(line[:n]), &d)
			if got == parse.Took && v == parse.Took && whole.Events[0].Kind == parse.IngressResponse && b.Events[0].Value != whole.Events[0].Value {
				t.Errorf("%s\n has status %v", line[:n], b.Events[0].Value)
			}
		}
	}
}

// Whatever a line tells, it can be shown.
func TestShowProducts(t *testing.T) {
	for _, line := range productLines(t) {
		f, v, _, _ := verdicts(t, line, parse.Prefix{})
		if f == nil || v != parse.Took {
			continue
		}
		var d parse.Detail
		if f.Detail([]byte(line), &d); d.Message == "" || !strings.Contains(line, d.RawTime) {
			t.Errorf("%s\n message %q at %q", line, d.Message, d.RawTime)
		}
	}
}

func TestNeedles(t *testing.T) {
	for _, c := range cases() {
		ok := false
		for _, n := range c.want.format.Needles {
			ok = ok || strings.Contains(c.line, n)
		}
		if !ok {
			t.Errorf("no needle of %s in %s", c.want.format.Name, c.line)
		}
	}
}

// A printed duration of 0 is one, which the event alone does not say.
func TestZeroDuration(t *testing.T) {
	for line, want := range map[string]bool{
		`10.0.0.1 - - [02/Feb/2024:13:22:31 +0000] "GET / HTTP/1.1" 503 13 "-" "curl" 80 0.000 [shop-web-80] [] 10.1.1.1:80 13 0.000 503 1f2e`: true,
		`10.0.0.1 - - [02/Feb/2024:13:22:31 +0000] "GET / HTTP/1.1" 503 13 "-" "curl" 80 0.001 [shop-web-80] [] 10.1.1.1:80 13 0.000 503 1f2e`: false,
		`10.0.0.1 - - [02/Feb/2024:13:22:31 +0000] "GET / HTTP/1.1" 503 13 "-" "curl"`:                                                         false,
		`{"time":"2024-02-02T13:22:29Z","request_time":0.000,"status":503,"upstream_addr":"-"}`:                                                true,
		`{"time":"2024-02-02T13:22:29Z","request_time":"-","status":503,"upstream_addr":"-"}`:                                                  false,
	} {
		var d parse.Detail
		nginxDetail([]byte(line), &d)
		if d.Zero != want {
			t.Errorf("%v: %s", d.Zero, line)
		}
	}
}

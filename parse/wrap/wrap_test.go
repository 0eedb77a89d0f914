package wrap_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/controller"
	"faultline/parse/proxy"
	"faultline/parse/wrap"
)

// at is a time as a wrapper gives it.
func at(t *testing.T, s string) parse.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return parse.Time(when.UnixNano())
}

func TestStrip(t *testing.T) {
	f := func(w *parse.Wrapper, line, rest, stamp, pod, container string, partial bool) {
		t.Helper()
		var p parse.Prefix
		got, ok := w.Strip([]byte(line), &p)
		if !ok || string(got) != rest {
			t.Errorf("%s %q: %q %v, want %q", w.Name, line, got, ok, rest)
			return
		}
		if p.HasStamp != (stamp != "") || p.HasStamp && p.Stamp-parse.Time(p.Grain.Width()/2) != at(t, stamp) || string(p.Pod) != pod || string(p.Container) != container ||
			len(p.Namespace) > 0 || p.Partial != partial {
			t.Errorf("%s %q: %+v", w.Name, line, p)
		}
	}
	f(wrap.CRI, "2016-10-06T00:17:09.669794202Z stdout F a line", "a line", "2016-10-06T00:17:09.669794202Z", "", "", false)
	f(wrap.CRI, "2016-10-06T00:17:09.669794202Z stderr P a par", "a par", "2016-10-06T00:17:09.669794202Z", "", "", true)
	f(wrap.CRI, "2016-10-06T02:17:09.669794202+02:00 stderr F x", "x", "2016-10-06T00:17:09.669794202Z", "", "", false)
	f(wrap.CRI, "2016-10-06T00:17:09Z stdout P:extra x", "x", "2016-10-06T00:17:09Z", "", "", true)
	f(wrap.CRI, "2016-10-06T00:17:09.6Z stdout F  indented ", " indented ", "2016-10-06T00:17:09.6Z", "", "", false)
	f(wrap.CRI, "2016-10-06T00:17:09.6Z stdout F ", "", "2016-10-06T00:17:09.6Z", "", "", false)
	f(wrap.CRI, "2016-10-06T00:17:09.6Z stdout F", "", "2016-10-06T00:17:09.6Z", "", "", false)
	f(wrap.Timestamps, "2024-02-02T13:22:28.553145678Z a line", "a line", "2024-02-02T13:22:28.553145678Z", "", "", false)
	f(wrap.Timestamps, "2024-02-02T13:22:28+01:00  a line", " a line", "2024-02-02T12:22:28Z", "", "", false)
	f(wrap.Timestamps, "2024-02-02T13:22:28.553145678Z ", "", "2024-02-02T13:22:28.553145678Z", "", "", false)
	f(wrap.Timestamps, "2024-02-02T13:22:28.553145678Z", "", "2024-02-02T13:22:28.553145678Z", "", "", false)
	f(wrap.Prefix, "[pod/linkerd-destination-7d4b9c6f5-x2k7p/destination] a line", "a line", "", "linkerd-destination-7d4b9c6f5-x2k7p", "destination", false)
	f(wrap.Prefix, "[pod/a/b]", "", "", "a", "b", false)
	f(wrap.Prefix, "[pod/a/b] ", "", "", "a", "b", false)
	f(wrap.Prefix, "[pod/a/b]  [   1.000001s] x]", " [   1.000001s] x]", "", "a", "b", false)
}

// A priority tells the level of what tells none itself.
func TestPriority(t *testing.T) {
	for line, want := range map[string]parse.Severity{
		"<131>Nov 30 12:59:01 haproxy[28020]: x":           parse.Error,
		"<134>Nov 30 12:59:01 host7 haproxy[28020]: x":     parse.Info,
		"57 <34>Oct 11 22:14:15 host7 nginx[12]: x":        parse.Fatal,
		"Nov 30 12:59:01 host7 haproxy[28020]: x":          parse.SeverityNone,
		"<12>1 2015-08-05T21:58:59.693Z host7 app - - - x": parse.Warn,
	} {
		var p parse.Prefix
		if _, ok := wrap.Journal.Strip([]byte(line), &p); !ok {
			_, ok = wrap.Syslog.Strip([]byte(line), &p)
			if !ok {
				t.Errorf("%s: no prefix", line)
			}
		}
		if p.Severity != want {
			t.Errorf("%s: %v, want %v", line, p.Severity, want)
		}
	}
}

// Syslog comes with its priority, its length, and without a process (RFC 3164,
// RFC 5424, RFC 6587).
func TestSyslog(t *testing.T) {
	f := func(w *parse.Wrapper, line, rest, node string) {
		t.Helper()
		var p parse.Prefix
		if got, ok := w.Strip([]byte(line), &p); !ok || string(got) != rest || string(p.Node) != node {
			t.Errorf("%s %q: %q %v %+v", w.Name, line, got, ok, p)
		}
	}
	f(wrap.Journal, "<34>Oct 11 22:14:15 host7 nginx: a line", "a line", "host7")
	f(wrap.Journal, "<123>Jan  2 06:30:00 192.0.2.4 apache_server: a line", "a line", "192.0.2.4")
	f(wrap.Journal, "57 <34>Oct 11 22:14:15 host7 nginx[12]: a line", "a line", "host7")
	f(wrap.Journal, "<134>Nov 30 12:59:01 haproxy[28020]: a line", "a line", "")
	f(wrap.Journal, "Nov 30 12:59:01 haproxy[28020]: a line", "a line", "")
	f(wrap.Journal, "<6>a line", "a line", "")
	f(wrap.Journal, "<13>Feb  5 17:32:18 10.0.0.99 a line", "a line", "10.0.0.99")
	f(wrap.Journal, "Feb 28 12:00:00 host7 nginx: a line", "a line", "host7")
	f(wrap.Journal, "Feb 28 12:00:00 host7 nginx[12] a line", "a line", "host7")
	f(wrap.Journal, "Feb 28 12:00:00 host7 nginx [12]: a line", "a line", "host7")
	f(wrap.Journal, "Mar  2 23:24:28 host7 kern.warn kernel: a line", "a line", "host7")
	f(wrap.Syslog, "115 <86>1 2015-08-05T21:58:59.693Z host7 app 231 ID5 [a@1 b=\"c\"] a line", "a line", "host7")
	f(wrap.Syslog, "<86>1 2015-08-05T21:58:59.693Z host7 app - - - a line", "a line", "host7")
	for _, line := range []string{"Oct 11 22:14:15 WARN connect: refused", "57 Oct 11 22:14:15 host7 nginx: x", "<34>Oct 11 22:14:15 host7 it failed: x", "Oct 11 22:14:15 10.0.0.9 it failed", "Oct 11 22:14:15 main server: x", "Oct 11 22:14:15 host7 that.fits kernel: x",
		"Nov 30 12:59:01 note: x", "<6>", "<6> x", "<300>x", "<86>1 x"} {
		var p parse.Prefix
		if _, ok := wrap.Journal.Strip([]byte(line), &p); ok {
			t.Errorf("%q has a prefix", line)
		}
	}
}

// Lines that merely look like a prefix keep all of their bytes.
func TestLookalikes(t *testing.T) {
	f := func(w *parse.Wrapper, lines ...string) {
		t.Helper()
		for _, line := range lines {
			var p parse.Prefix
			if rest, ok := w.Strip([]byte(line), &p); ok || string(rest) != line || p.HasStamp || p.Partial || p.Pod != nil {
				t.Errorf("%s %q: %q %+v", w.Name, line, rest, p)
			}
		}
	}
	f(wrap.CRI, "", "2016-10-06T00:17:09.669794202Z", "2016-10-06T00:17:09.669794202Z stdout", "2016-10-06T00:17:09.669794202Z stdout ",
		"2016-10-06T00:17:09.669794202Z stdlog F x", "2016-10-06T00:17:09.669794202 stdout F x", "2016-10-06T00:17:09.669794202Z stdout X x",
		"2016-10-06T00:17:09.669794202Z  stdout F x", "stdout F x", "2016-10-06 00:17:09.669794202Z stdout F x")
	f(wrap.Timestamps, "", "2024-02-02", "2024-02-02T13:22:28", "2024-02-02T13:22:28.553 no zone", "2024-02-02 13:22:28Z a space", "2024-02-02T13:22:28Zx",
		"2024-02-02T13:22:28.553Z\ttab", "2024-02-30x", "2024-99-02T13:22:28Z x", `time="2024-02-02T13:22:28Z" level=info`)
	f(wrap.Prefix, "", "[pod/", "[pod/a]", "[pod/a] x", "[pod//b] x", "[pod/a/b x", "[pod/a/b/c] x", "[pod/a/b c] x", "[ pod/a/b] x", "[deployment/a/b] x",
		"[   366.299401s]  INFO x", "pod/a/b] x")
}

// Wrappers nest in any order, and a source is found to have exactly those that
// it has. A line that lacks one of them is read all the same.
func TestNesting(t *testing.T) {
	const (
		pod   = "[pod/a/linkerd-proxy] "
		stamp = "2024-02-02T13:22:28.553145678Z "
		cri   = "2024-02-02T13:22:29.553145678Z stderr F "
		line  = "[   366.299401s]  INFO ThreadId(01) outbound: linkerd_proxy_api_resolve::resolve: No endpoints"
		trace = `time="2024-02-02T13:22:28Z" level=info msg="caches synced"`
	)
	f := func(prefix string, names ...string) {
		t.Helper()
		data := strings.Repeat(prefix+line+"\n", 5) + line + "\n" + prefix + trace + "\n" + prefix + "\n"
		in := parse.Input{Path: prefix, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(data)), nil }}
		c, err := parse.Read(context.Background(), []parse.Input{in}, []*parse.Format{proxy.Format, controller.Format}, wrap.All(), parse.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range c.Sources[0].Wrappers {
			got = append(got, w.Name)
		}
		if !slices.Equal(got, names) || c.Sources[0].Counts.Events != 7 || c.Sources[0].Counts.Unparsed != 0 {
			t.Errorf("%q: %v %+v, want %v", prefix, got, c.Sources[0].Counts, names)
		}
		for i := range c.Streams {
			s := &c.Streams[i]
			if want := strings.Contains(prefix, pod); (c.Name(s.Pod) == "a") != want && s.Lines > 1 {
				t.Errorf("%q: pod %q", prefix, c.Name(s.Pod))
			}
			if want := strings.Contains(prefix, "2024"); (len(s.Ties) > 0) != want && s.Lines > 1 {
				t.Errorf("%q: ties %v", prefix, s.Ties)
			}
		}
	}
	f("")
	f(pod, "prefix")
	f(stamp, "timestamps")
	f(cri, "cri")
	f(pod+stamp, "prefix", "timestamps")
	f(stamp+pod, "timestamps", "prefix")
	f(pod+cri, "prefix", "cri")
	f(cri+pod, "cri", "prefix")
	f(cri+stamp, "cri", "timestamps")
	f(stamp+cri, "timestamps", "cri")
	f(stamp+pod+cri, "timestamps", "prefix", "cri")
	f(pod+stamp+cri, "prefix", "timestamps", "cri")
}

// Every wrapper gives less than it was given, or all of it; those that undo no
// escapes give the end of the line.
func FuzzStrip(f *testing.F) {
	for _, s := range []string{"2016-10-06T00:17:09.669794202Z stdout F x", "2024-02-02T13:22:28.553Z", "[pod/a/b] x", "[pod/a/"} {
		f.Add([]byte(s))
	}
	whole := []*parse.Wrapper{wrap.CRI, wrap.Prefix, wrap.Timestamps, wrap.Journal, wrap.GKE}
	f.Fuzz(func(t *testing.T, line []byte) {
		had := string(line)
		for _, w := range wrap.All() {
			var p parse.Prefix
			rest, ok := w.Strip(line, &p)
			if ok != (len(rest) < len(line)) || !ok && string(rest) != had || slices.Contains(whole, w) && !strings.HasSuffix(had, string(rest)) {
				t.Errorf("%s %q: %q %v", w.Name, line, rest, ok)
			}
			if string(line) != had {
				t.Fatalf("%s wrote into the line", w.Name)
			}
		}
	})
}

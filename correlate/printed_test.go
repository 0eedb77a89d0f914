package correlate_test

import (
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

const (
	agedPod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-5c6d7f8b9-qq2rr","namespace":"shop","creationTimestamp":"2024-07-01T07:47:00Z"},` +
		`"spec":{"containers":[{"name":"linkerd-proxy","image":"b"}]},"status":{"containerStatuses":[{"name":"linkerd-proxy","restartCount":1,` +
		`"state":{"running":{"startedAt":"2024-07-01T10:38:00Z"}},` +
		`"lastState":{"terminated":{"exitCode":137,"startedAt":"2024-07-01T07:47:02Z","finishedAt":"2024-07-01T10:37:58Z"}}}]}}`
	unhealthyRow = "LAST SEEN   TYPE      REASON      OBJECT                       MESSAGE\n" +
		"4m2s        Warning   Unhealthy   pod/web-5c6d7f8b9-qq2rr      Readiness probe failed: HTTP probe failed with statuscode: 503\n"
	startedRow = "9m         Normal    Started     pod/web-5c6d7f8b9-qq2rr      Started container linkerd-proxy\n"
)

// probeAt is when the failed probe of a dump was, "" where nothing says.
func probeAt(c *correlate.Case) string {
	for _, p := range c.Of(parse.KubeletProbeFailed) {
		if a := c.Anchors[p.Stream]; a.Placed() {
			return time.Unix(0, int64(c.At(p).Time+a.Zero)).UTC().Format("15:04:05")
		}
	}
	return ""
}

// A table of ages was printed when a pod of it was so old, by what another file
// says of when that was created, started or ended; and the pages beside it then.
func TestAgesDateTables(t *testing.T) {
	pods := func(restarts, age string) string {
		return "NAMESPACE  NAME                  READY   STATUS    RESTARTS   AGE\nshop   web-5c6d7f8b9-qq2rr   1/1   Running   " + restarts + "   " + age + "\n"
	}
	bare := "NAME   READY   STATUS    RESTARTS   AGE\nweb-5c6d7f8b9-qq2rr   1/1   Running   1 (9m2s ago)   3h\n"
	other := strings.ReplaceAll(agedPod, `"shop"`, `"mail"`)
	for name, tt := range map[string]struct {
		files []parse.Input
		want  string
	}{
		"an event of it":           {[]parse.Input{file("d/pod.json", agedPod), file("d/events.txt", unhealthyRow+startedRow)}, "10:42:58"},
		"the latest end":           {[]parse.Input{file("d/pod.json", agedPod), file("d/events.txt", unhealthyRow), file("d/pods.txt", pods("1 (9m2s ago)", "3h"))}, "10:42:58"},
		"without a namespace":      {[]parse.Input{file("d/pod.json", agedPod), file("d/events.txt", unhealthyRow), file("d/pods.txt", bare)}, "10:42:58"},
		"in a folder above":        {[]parse.Input{file("d/x/pod.json", agedPod), file("d/a/b/events.txt", unhealthyRow), file("d/pods.txt", pods("1 (9m2s ago)", "3h"))}, "10:42:58"},
		"one name in two places":   {[]parse.Input{file("d/pod.json", agedPod), file("d/other.json", other), file("d/events.txt", unhealthyRow), file("d/pods.txt", bare)}, ""},
		"in another folder":        {[]parse.Input{file("d/pod.json", agedPod), file("e/events.txt", unhealthyRow), file("d/pods.txt", pods("1 (9m2s ago)", "3h"))}, ""},
		"nothing tells":            {[]parse.Input{file("d/events.txt", unhealthyRow+startedRow), file("d/pods.txt", bare)}, ""},
		"another container":        {[]parse.Input{file("d/pod.json", agedPod), file("d/events.txt", unhealthyRow+strings.Replace(startedRow, "linkerd-proxy", "web", 1))}, ""},
		"the name of the file":     {[]parse.Input{file("d/events-2024-07-01T10:47:00Z.txt", unhealthyRow)}, "10:45:28"},
		"a name without a zone":    {[]parse.Input{file("d/events-2024-07-01T10:47:00.txt", unhealthyRow)}, ""},
		"the bundle's own account": {[]parse.Input{file("d/metadata.yaml", "projectname: x\nbundlecreatedat: \"2024-07-01T10:47:00Z\"\n"), file("d/a/events.txt", unhealthyRow)}, "10:42:58"},
		"the manifest's":           {[]parse.Input{file("d/manifest.json", `{"diagType":"eck-diagnostics","diagVersion":"1.5.0","collectionDate":"2024-07-01T12:47:00.25+02:00","includedDiagnostics":[]}`), file("d/a/events.txt", unhealthyRow)}, "10:42:58"},
	} {
		c := judge(t, correlate.Options{}, tt.files...)
		if got := probeAt(c); got != tt.want {
			t.Errorf("%s: the probe was at %q, want %q", name, got, tt.want)
		}
	}
}

// A table that says how long ago a run ended bounds the start of the next, for
// a pod of one container, whose log names no other run.
func TestRestartsAnchor(t *testing.T) {
	const log = "[     0.001002s]  INFO ThreadId(01) linkerd2_proxy: release 2.210.4 (1a2b3c4) by linkerd on 2023-11-22T16:51:30Z\n" +
		"[   100.000000s]  WARN ThreadId(01) linkerd_stack::failfast: Service entering failfast after 3s\n"
	for name, tt := range map[string]struct {
		log, row, taken string
		from, to        string // that the zero lies between
	}{
		"the first restart":    {"web-5c6d7f8b9-qq2rr.linkerd-proxy.log", "1/1 Running 1 (9m ago) 3h", "2024-07-01T10:47:00Z", "10:37:56", "10:38:07"},
		"the fourth":           {"web-5c6d7f8b9-qq2rr.linkerd-proxy.log", "1/1 Running 4 (9m ago) 3h", "2024-07-01T10:47:00Z", "10:37:56", "10:38:47"},
		"two containers":       {"web-5c6d7f8b9-qq2rr.linkerd-proxy.log", "2/2 Running 1 (9m ago) 3h", "2024-07-01T10:47:00Z", "", ""},
		"none":                 {"web-5c6d7f8b9-qq2rr.linkerd-proxy.log", "1/1 Running 0 3h", "2024-07-01T10:47:00Z", "", ""},
		"the log before":       {"web-5c6d7f8b9-qq2rr.linkerd-proxy-previous.log", "1/1 Running 1 (9m ago) 3h", "2024-07-01T10:47:00Z", "", ""},
		"another pod's":        {"api-5c6d7f8b9-qq2rr.linkerd-proxy.log", "1/1 Running 1 (9m ago) 3h", "2024-07-01T10:47:00Z", "", ""},
		"nobody says when":     {"web-5c6d7f8b9-qq2rr.linkerd-proxy.log", "1/1 Running 1 (9m ago) 3h", "", "", ""},
		"as long as it may be": {"web-5c6d7f8b9-qq2rr.linkerd-proxy.log", "1/1 Running 40 (9m ago) 3h", "2024-07-01T10:47:00Z", "10:37:56", "10:43:07"},
	} {
		o := correlate.Options{}
		if tt.taken != "" {
			r, _ := correlate.ParseCapture(tt.taken)
			o.Captured = append(o.Captured, r)
		}
		in := file("d/"+tt.log, log)
		if strings.Contains(tt.log, "previous") {
			in.Owner.Instance = parse.InstancePrevious
		}
		c := judge(t, o, in, file("d/pods.txt", "NAME  READY  STATUS  RESTARTS  AGE\nweb-5c6d7f8b9-qq2rr  "+strings.ReplaceAll(tt.row, " ", "  ")+"\n"))
		a := c.Anchors[c.Of(parse.ProxyStarted)[0].Stream]
		clock := func(at parse.Time) string { return time.Unix(0, int64(at)).UTC().Format("15:04:05") }
		switch lo, hi := clock(a.Zero-parse.Time(a.Within)), clock(a.Zero+parse.Time(a.Within)); {
		case tt.from == "" && a.Placed():
			t.Errorf("%s: placed, %s", name, a.Why)
		case tt.from != "" && (!a.Placed() || a.Basis != correlate.Bounded || lo < tt.from || hi > tt.to):
			t.Errorf("%s: %v from %s to %s, want %s to %s", name, a.Basis, lo, hi, tt.from, tt.to)
		}
	}
}

// A table of pods without a stream of its own is named as any other source is, and what
// is said of it is not called useless.
func TestWhenATableWasTaken(t *testing.T) {
	const log = "[     0.001002s]  INFO ThreadId(01) linkerd2_proxy: release 2.210.4 (1a2b3c4) by linkerd on 2023-11-22T16:51:30Z\n" +
		"[   100.000000s]  WARN ThreadId(01) linkerd_stack::failfast: Service entering failfast after 3s\n"
	const page = "# TYPE depth gauge\ndepth 7\n"
	for said, want := range map[string]struct {
		placed bool
		why    string
	}{
		"2024-07-01T10:47:00Z":                          {true, ""},
		"d/pods.txt=2024-07-01T10:47:00Z":               {true, ""},
		"pods.txt=2024-07-01T10:47:00Z":                 {true, ""},
		"pods*=2024-07-01T10:47:00Z":                    {true, ""},
		"d/*.txt=10:47:00":                              {true, ""}, // the day is that of the ingress' lines
		"pods.txt=none":                                 {false, ""},
		"page.prom=2024-07-01T10:47:00Z":                {false, ""},
		"pod.txt=2024-07-01T10:47:00Z":                  {false, "the nearest is pods.txt"},
		"ingress.log=2024-07-01T10:47:00Z":              {false, "its times are no ages"},
		"web-5c6d7f8b9-qq2rr*.log=2024-07-01T10:47:00Z": {false, "its times are no ages"},
		"notes.md=2024-07-01T10:47:00Z":                 {false, "nothing that was read of it is an age"},
	} {
		r, ok := correlate.ParseCapture(said)
		if !ok {
			t.Fatal(said)
		}
		o := correlate.Options{Captured: []correlate.CaptureRule{r}}
		c := judge(t, o, file("d/web-5c6d7f8b9-qq2rr.linkerd-proxy.log", log), file("d/page.prom", page), file("d/notes.md", "# What we saw\n"),
			file("d/pods.txt", "NAME  READY  STATUS  RESTARTS  AGE\nweb-5c6d7f8b9-qq2rr  1/1  Running  1 (9m ago)  3h\n"),
			file("d/ingress.log", `10.1.2.3 - - [01/Jul/2024:10:46:00 +0000] "GET / HTTP/1.1" 200 12 "-" "curl/8" 90 0.010 [shop-web-80] [] 10.0.0.7:80 12 0.009 200 0123456789abcdef0123456789abcdef`+"\n"))
		if got := c.Anchors[c.Of(parse.ProxyStarted)[0].Stream].Placed(); got != want.placed {
			t.Errorf("%s: placed %v", said, got)
		}
		if got := strings.Join(c.Unmatched(o), "\n"); !strings.Contains(got, want.why) || (got != "") != (want.why != "") {
			t.Errorf("%s: %q is said, want %q", said, got, want.why)
		}
	}
}

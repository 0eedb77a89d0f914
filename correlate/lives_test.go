package correlate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// life is a pod's status: its present run, and the one before.
const life = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-0","namespace":"shop"},"spec":{"nodeName":"plum-1","containers":[{"name":"linkerd-proxy"}]},
"status":{"containerStatuses":[{"name":"linkerd-proxy","restartCount":3,"state":%s,
"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled","startedAt":"2025-03-04T08:00:00Z","finishedAt":"2025-03-04T09:00:00Z"}}}]}}`

const (
	runs    = `{"running":{"startedAt":"2025-03-04T09:00:10Z"}}`
	waiting = `{"waiting":{"reason":"CrashLoopBackOff"}}`
)

const describedLife = `Name:         web-0
Namespace:    shop
Node:         plum-1/10.0.0.7
Containers:
  linkerd-proxy:
    State:          Running
      Started:      Tue, 04 Mar 2025 09:00:10 +0000
    Last State:     Terminated
      Reason:       OOMKilled
      Exit Code:    137
      Started:      Tue, 04 Mar 2025 09:00:00 +0100
      Finished:     Tue, 04 Mar 2025 10:00:00 +0100
    Restart Count:  3
`

// owned is a file of a bundle.
func owned(name, text string, of parse.Owner) parse.Input {
	in := file(name, text)
	in.Owner = of
	return in
}

func runOf(i parse.Instance, run int) parse.Owner {
	return parse.Owner{Namespace: "shop", Pod: "web-0", Container: "linkerd-proxy", Instance: i, Run: run}
}

// A log is anchored by the start of the run that it is of, and of no other.
func TestLivesBindToTheirStart(t *testing.T) {
	const present, before = "2025-03-04T09:00:10Z", "2025-03-04T08:00:00Z"
	running, crashed := fmt.Sprintf(life, runs), fmt.Sprintf(life, waiting)
	for name, f := range map[string]struct {
		status string
		of     parse.Owner
		uptime float64
		want   string // the zero; "" for none
	}{
		"current":                              {running, runOf(parse.InstanceCurrent, 0), 60, present},
		"no layout":                            {running, runOf(0, 0), 60, present},
		"previous":                             {running, runOf(parse.InstancePrevious, 0), 60, before},
		"previous to the end":                  {running, runOf(parse.InstancePrevious, 0), 3601, before},
		"previous, but it went on too long":    {running, runOf(parse.InstancePrevious, 0), 3700, ""},
		"rotated: of whatever run":             {running, runOf(parse.InstanceRotated, 0), 60, ""},
		"by number, the present":               {running, runOf(0, 4), 60, present},
		"by number, the previous":              {running, runOf(0, 3), 60, before},
		"by number, one that nothing tells of": {running, runOf(0, 2), 60, ""},
		"rotated part of the previous":         {running, runOf(parse.InstanceRotated, 3), 60, before},
		"described, current":                   {describedLife, runOf(parse.InstanceCurrent, 0), 60, present},
		"described, previous":                  {describedLife, runOf(parse.InstancePrevious, 0), 60, before},
		"waiting: the latest run is lastState": {crashed, runOf(parse.InstanceCurrent, 0), 60, before},
		"waiting, previous":                    {crashed, runOf(parse.InstancePrevious, 0), 60, before},
	} {
		c := judge(t, correlate.Options{}, file("status", f.status), owned("log", absent(f.uptime, "x"), f.of))
		for s := range c.Streams {
			if c.Streams[s].Format != "proxy" {
				continue
			}
			got := ""
			if a := &c.Anchors[s]; a.Placed() {
				got = time.Unix(0, int64(a.Zero)).UTC().Format(time.RFC3339)
			}
			if got != f.want {
				t.Errorf("%s: zero %q, want %q", name, got, f.want)
			}
			if c.Who[s].Node != "plum-1" {
				t.Errorf("%s: on node %q", name, c.Who[s].Node)
			}
		}
	}
}

// Without a status of the run before, a previous log has no zero: never that
// of the present run.
func TestPreviousWithoutLastState(t *testing.T) {
	status := strings.Replace(fmt.Sprintf(life, runs), "lastState", "someState", 1)
	c := judge(t, correlate.Options{}, file("status", status), owned("log", absent(60, "x"), runOf(parse.InstancePrevious, 0)))
	for s := range c.Anchors {
		if c.Streams[s].Format == "proxy" && c.Anchors[s].Placed() {
			t.Errorf("it is placed: %s", c.Anchors[s].Why)
		}
	}
}

// behind puts a stamp before a line, as kubectl logs --timestamps does.
func behind(at, line string) string { return at + " " + line }

func TestStampsTellRunsApart(t *testing.T) {
	current, previous := runOf(parse.InstanceCurrent, 0), runOf(parse.InstancePrevious, 0)
	line := absent(0.001, "x") // every run says it at the same uptime
	early, late := behind("2025-03-04T08:00:00.101Z", line), behind("2025-03-04T09:00:00.101Z", line)
	others := absent(5, "x") + absent(7, "x")
	for name, f := range map[string]struct {
		in    []parse.Input
		total int
	}{
		"two runs, an hour apart":             {[]parse.Input{owned("a", late, current), owned("b", early, previous)}, 2},
		"the same run in two files":           {[]parse.Input{owned("a", late, current), owned("b", late, current)}, 1},
		"the same run, once without stamps":   {[]parse.Input{owned("a", late, current), owned("b", line, current)}, 1},
		"two runs, one without stamps":        {[]parse.Input{owned("a", late+"\n"+behind("2025-03-04T09:00:05Z", others), current), owned("b", line+"\n"+absent(3, "x")+absent(4, "x")+absent(6, "x"), previous)}, 7},
		"two lives in one, nobody says which": {[]parse.Input{owned("a", late, runOf(0, 0)), owned("b", early, runOf(0, 0))}, 2},
	} {
		if c := judge(t, correlate.Options{}, f.in...); c.Total != f.total {
			t.Errorf("%s: %d events, want %d", name, c.Total, f.total)
		}
	}
}

// A kubelet's line stands in its unit's journal, in that of the boot and in
// messages, under a host name that is short in one of them.
func TestJournalsOfOneKubelet(t *testing.T) {
	const klog = ` kubelet[812]: I0304 09:16:51.123456     812 kubelet.go:2643] "SyncLoop (probe)" probe="readiness" status="not ready" pod="shop/web-0"` + "\n"
	c := judge(t, correlate.Options{}, file("kubelet.log", "Mar 04 09:16:51 plum-1.example.com"+klog), file("messages", "Mar  4 09:16:51 plum-1"+klog))
	if c.Total != 1 {
		t.Errorf("%d events, want 1", c.Total)
	}
	for p := range c.Timeline() {
		if got := c.Whose(p).Node; !strings.HasPrefix(got, "plum-1") {
			t.Errorf("on node %q", got)
		}
	}
}

// Pods of two namespaces may have one name: each log is held against the start
// of its own, and one whose namespace nobody says against none.
func TestLivesOfNamesakes(t *testing.T) {
	status := `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-0","namespace":%q},"spec":{"containers":[{"name":"linkerd-proxy"}]},` +
		`"status":{"containerStatuses":[{"name":"linkerd-proxy","restartCount":0,"state":{"running":{"startedAt":%q}}}]}}`
	const log = "[    60.000000s]  WARN ThreadId(01) outbound:proxy{addr=10.0.0.1:80}:service{ns=shop name=a port=80}: linkerd_stack::failfast: Service entering failfast after 3s\n"
	a, b := "2025-03-04T09:00:00Z", "2025-03-04T11:00:00Z"
	c := judge(t, correlate.Options{}, file("a.json", fmt.Sprintf(status, "blue", a)), file("b.json", fmt.Sprintf(status, "green", b)),
		owned("blue/web-0/linkerd-proxy.log", log, parse.Owner{Namespace: "blue", Pod: "web-0", Container: "linkerd-proxy"}),
		file("green/web-0/linkerd-proxy.log", strings.Replace(log, "60.0", "61.0", 1)),
		file("web-0/linkerd-proxy.log", strings.Replace(log, "60.0", "62.0", 1)))
	got := map[string]string{}
	for _, p := range c.Of(parse.ProxyFailfastEnter) {
		at, _, ok := c.Wall(p)
		word := ""
		if ok {
			word = time.Unix(0, int64(at)).UTC().Truncate(time.Hour).Format(time.RFC3339)
		}
		got[c.Capture.Sources[c.Streams[p.Stream].Source].Path] = word
	}
	for path, want := range map[string]string{"blue/web-0/linkerd-proxy.log": a, "green/web-0/linkerd-proxy.log": b, "web-0/linkerd-proxy.log": ""} {
		if got[path] != want {
			t.Errorf("%s: in the hour of %q, want %q", path, got[path], want)
		}
	}
}

// Of two statuses of one pod the later knows which run is the previous one, in
// whatever order they are read.
func TestLivesOfTwoStatuses(t *testing.T) {
	const status = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-0","namespace":"shop"},"spec":{"containers":[{"name":"linkerd-proxy"}]},` +
		`"status":{"containerStatuses":[{"name":"linkerd-proxy","restartCount":%d,"state":{"running":{"startedAt":%q}},` +
		`"lastState":{"terminated":{"exitCode":1,"reason":"Error","startedAt":%q,"finishedAt":%q}}}]}}`
	first := fmt.Sprintf(status, 1, "2025-03-04T09:00:00Z", "2025-03-04T08:00:00Z", "2025-03-04T08:59:00Z")
	then := fmt.Sprintf(status, 2, "2025-03-04T10:00:00Z", "2025-03-04T09:00:00Z", "2025-03-04T09:59:00Z")
	const log = "[    60.000000s]  WARN ThreadId(01) outbound:proxy{addr=10.0.0.1:80}:service{ns=shop name=a port=80}: linkerd_stack::failfast: Service entering failfast after 3s\n"
	for i, statuses := range [][2]string{{first, then}, {then, first}} {
		c := judge(t, correlate.Options{}, file("a.json", statuses[0]), file("b.json", statuses[1]), owned("previous.log", log, runOf(parse.InstancePrevious, 0)))
		p := c.Of(parse.ProxyFailfastEnter)[0]
		at, _, ok := c.Wall(p)
		if got := time.Unix(0, int64(at)).UTC().Truncate(time.Minute).Format("15:04"); !ok || got != "09:01" {
			t.Errorf("order %d: at %s", i, got)
		}
	}
}

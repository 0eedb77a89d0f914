package kubelet

import (
	"context"
	"io"
	"strings"
	"testing"

	"faultline/parse"
)

// Lines of OpenShift's monitor of both eras, and what only resembles them.
func TestMonitor(t *testing.T) {
	f := func(line string, kind parse.Kind, severity parse.Severity, target, reason, message string) {
		t.Helper()
		b := parse.NewBatch(false, false)
		l := parse.Line{Text: []byte(line), No: 1}
		if v := Monitor.Line(&l, b); v != parse.Took || len(b.Events) != 1 {
			t.Errorf("%s: verdict %d", line, v)
			return
		}
		var d parse.Detail
		Monitor.Detail([]byte(line), &d)
		got := ""
		for _, a := range d.Attrs {
			if a.Key == "reason" {
				got = a.Value
			}
		}
		if e := b.Events[0]; e.Kind != kind || e.Severity != severity || b.Names.Text(e.Target) != target || got != reason || d.Message != message || l.Clock != parse.ClockYearless {
			t.Errorf("%s\n%v %v of %q: %q %q", line, e.Kind, e.Severity, b.Names.Text(e.Target), got, d.Message)
		}
	}
	const at = "Mar 05 06:07:08.900 "
	f(at+"W pod=web-0 ns=shop Liveness probe failed: HTTP probe failed with statuscode: 503", parse.KubeletProbeFailed, parse.Warn, "shop/web-0", "Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 503")
	f(at+"W ns/shop pod/web-0 node/wk-1 container/web reason/Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 500", parse.KubeletProbeFailed, parse.Warn, "shop/web-0", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 500")
	f(at+"I deployment=web ns=shop Scaled up replica set web-7f8 to 3", parse.K8sEvent, parse.Info, "shop/deployment/web", "ScalingReplicaSet", "Scaled up replica set web-7f8 to 3")
	f(at+"- 12s   E ns/shop route/web reason/DisruptionBegan stopped responding to GET requests", parse.K8sEvent, parse.Warn, "shop/route/web", "DisruptionBegan", "stopped responding to GET requests")
	f(at+"E ns/shop pod/web-0 node/wk-1 container/web reason/ContainerExit code/137 cause/OOMKilled", parse.K8sEvent, parse.Warn, "shop/web-0", "ContainerExit", "code/137 cause/OOMKilled")
	f("Mar  5 06:07:08.900 W node/wk-1 reason/NotReady node is not ready", parse.K8sEvent, parse.Warn, "/node/wk-1", "NotReady", "node is not ready")
	for _, line := range []string{at, at + "W", at + "X pod=a ns=b Liveness probe failed: x", at + "wk-1 kubelet[12]: pod=a ns=b x", "Mar 05 06:07:08 W pod=a ns=b x", "Foo 05 06:07:08.900 W pod=a ns=b x",
		"Mar 45 06:07:08.900 W pod=a ns=b x", at + "W the pod=a was seen"} {
		if v := Monitor.Line(&parse.Line{Text: []byte(line), No: 1}, parse.NewBatch(false, false)); v != parse.NotMine {
			t.Errorf("%q: verdict %d", line, v)
		}
	}
}

// Tables of which nothing is taken are known all the same, each to its end.
func TestListed(t *testing.T) {
	const text = `NAMESPACE   NAME                       CPU(cores)   MEMORY(bytes)
shop        web-7c9f6d5b8d-4kqzn       998m         510Mi
shop        web-7c9f6d5b8d-t9xwb       3m           12Mi

NAME          TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
service/web   ClusterIP   10.96.12.7   <none>        80/TCP    3d

NAME   ENDPOINTS                             AGE
web    <none>                                3d
api    10.66.28.14:80,10.66.31.2:80 + 3 more...   3d

NAME    CPU(cores)   CPU%   MEMORY(bytes)   MEMORY%
wk-1    1890m        98%    7210Mi          94%
`
	in := parse.Input{Path: "x", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
	c, err := parse.Read(context.Background(), []parse.Input{in}, Formats(), nil, parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s := c.Sources[0]; s.Format != "listed" || s.Counts.Unparsed != 0 || s.Counts.Events != 1 || s.Counts.Other+1 != s.Counts.Lines {
		t.Errorf("%+v", s)
	}
	var facts []string
	for _, f := range c.Facts {
		facts = append(facts, c.Name(f.Key)+": "+c.Name(f.Value))
	}
	if got := strings.Join(facts, "; "); got != "endpoints: /web ready=0" {
		t.Errorf("%s", got)
	}
	b := parse.NewBatch(false, false)
	for i, line := range []string{"NAME   ENDPOINTS   AGE", "The endpoints   are gone now", "NAME and more", "Web   10.0.0.1:80   3d"} {
		want := parse.NotMine
		if i == 0 {
			want = parse.Other
		}
		if v := Listed.Line(&parse.Line{Text: []byte(line), No: uint32(1 + 5*i)}, b); v != want {
			t.Errorf("%q: verdict %d", line, v)
		}
	}
}

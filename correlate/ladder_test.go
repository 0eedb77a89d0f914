package correlate_test

import (
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// The lines of which the inputs of the ladder are made. The proxy's zero is
// 13:16:19.
const (
	release   = "[     0.002590s]  INFO ThreadId(01) linkerd2_proxy: release 2.210.4 (5a910be) by linkerd on 2023-11-22T17:01:46Z\n"
	gateShut  = "[   369.298746s]  WARN ThreadId(01) outbound:service{ns=shop name=web port=80}: linkerd_stack::failfast: Service entering failfast after 3s\n"
	launch    = `time="2024-02-02T13:16:19Z" level=info msg="Found pre-existing key: /var/run/linkerd/identity/end-entity/key.p8"` + "\n"
	startPage = "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds 1706879779\n# TYPE outbound_http_errors_total counter\noutbound_http_errors_total 4\n"
	gatePage  = "# TYPE outbound_http_balancer_queue_gate_shut_time_seconds gauge\n" +
		`outbound_http_balancer_queue_gate_shut_time_seconds{` + gateOf + "} 1706880148.4\n"
	gateCount = "# TYPE outbound_http_balancer_queue_gate_shut counter\noutbound_http_balancer_queue_gate_shut_total{" + gateOf + "} 2\n"
	gateOf    = `parent_kind="Service",parent_namespace="shop",parent_name="web",parent_port="80",backend_kind="Service",backend_namespace="shop",backend_name="web",backend_port="80"`
	podStatus = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-84cd6fd9b4-2mv7n","namespace":"shop"},"status":{"containerStatuses":[
{"name":"linkerd-proxy","restartCount":0,"state":{"running":{"startedAt":"2024-02-02T13:16:19Z"}}}]}}`
	access  = `10.0.0.1 - - [02/Feb/2024:15:22:32 +0200] "GET /cart HTTP/1.1" 504 160 "-" "curl/8" 93 3.004 [shop-web-80] [] 10.1.2.3:8080 0 3.000 504 5a401812d3491489148c16a589f9e84c` + "\n"
	reload  = `I0202 15:22:31.523111       6 controller.go:163] "Backend successfully reloaded"` + "\n"
	klogTr  = `I0202 13:22:28.655000    1122 trace.go:236] Trace[1683455828]: "DeltaFIFO Pop Process" ID:kube-system/x,Depth:11,Reason:slow event handlers blocking the queue (02-Feb-2024 13:22:28.553) (total time: 102ms):` + "\n"
	proxyIs = "web-84cd6fd9b4-2mv7n.linkerd-proxy.log"
)

// Each rung of the ladder: where the zero is put, how wide the interval is,
// and which weaker rung it beats.
func TestLadder(t *testing.T) {
	stampedAt := func(stamp, lines string) string {
		return stamp + " " + strings.ReplaceAll(strings.TrimSuffix(lines, "\n"), "\n", "\n"+stamp+" ") + "\n"
	}
	page := func(start string) parse.Input {
		return file("web-84cd6fd9b4-2mv7n.after.txt", strings.Replace(startPage, "1706879779", start, 1))
	}
	rule := func(s string) []correlate.AnchorRule {
		r, ok := correlate.ParseAnchor(s)
		if !ok {
			t.Fatal(s)
		}
		return []correlate.AnchorRule{r}
	}
	proxy, status := file(proxyIs, gateShut), file("pod.json", podStatus)
	for name, f := range map[string]rung{
		"given, to the second": {correlate.Options{Anchors: rule("*proxy.log=2024-02-02T13:16:19Z")}, []parse.Input{proxy, page("1706870000")},
			correlate.Given, "13:16:19", 500 * time.Millisecond, "process_start_time_seconds"},
		"given, to the millisecond": {correlate.Options{Anchors: rule("*proxy.log=2024-02-02T13:16:19.250Z")}, []parse.Input{proxy},
			correlate.Given, "13:16:19.25", time.Millisecond, ""},
		"given within": {correlate.Options{Anchors: rule("*proxy.log=2024-02-02T13:16:19Z within 1.5s")}, []parse.Input{proxy},
			correlate.Given, "13:16:19", 1500 * time.Millisecond, ""},
		"given, when a line happened": {correlate.Options{Anchors: rule(proxyIs + ":1=2024-02-02T13:22:28Z")}, []parse.Input{proxy, page("1706879000")},
			correlate.Given, "13:16:19.201254", 500*time.Millisecond + 500*time.Nanosecond, "process_start_time_seconds"},
		"printed, nanoseconds": {correlate.Options{}, []parse.Input{file(proxyIs, stampedAt("2024-02-02T13:22:28.298746000Z", gateShut)), page("1706870000")},
			correlate.Printed, "13:16:19", 50 * time.Millisecond, "process_start_time_seconds"},
		"printed, whole seconds": {correlate.Options{}, []parse.Input{file(proxyIs, stampedAt("2024-02-02T13:22:28Z", gateShut))},
			correlate.Printed, "13:16:19.201254", 550 * time.Millisecond, ""},
		"reported by a page of metrics": {correlate.Options{}, []parse.Input{proxy, page("1706879779"), file("pod.json", strings.Replace(podStatus, "13:16:19", "13:06:19", 1))},
			correlate.Reported, "13:16:19.5", 510 * time.Millisecond, "startedAt"},
		"reported by the pod's status": {correlate.Options{}, []parse.Input{file(proxyIs, launch+release+gateShut), file("pod.json", strings.Replace(podStatus, "13:16:19", "13:06:19", 1))},
			correlate.Reported, "13:06:19.5", 1500 * time.Millisecond, "proxy-identity"},
		"reported by proxy-identity": {correlate.Options{}, []parse.Input{file("proxy.log", launch+release+gateShut)},
			correlate.Reported, "13:16:19.55", 550 * time.Millisecond, ""},
		"a release is a date of a build": {correlate.Options{}, []parse.Input{file("proxy.log", release+gateShut)}, correlate.None, "", 0, ""},
		"a clock kept open":              {correlate.Options{Anchors: rule("*proxy.log=none by ann")}, []parse.Input{proxy, status}, correlate.None, "", 0, ""},
		"a year and a zone beside": {correlate.Options{}, []parse.Input{file("ingress.log", reload+access)},
			correlate.Printed, "13:22:31.523111", 500 * time.Nanosecond, ""},
		"a year by a trace": {correlate.Options{}, []parse.Input{file("k3s.log", klogTr)}, correlate.Printed, "13:22:28.553500", 500 * time.Microsecond, ""},
	} {
		f.check(t, name)
	}
}

// A gate of the proxy's metrics is the failfast of its target that its count, the
// other gates or the start leave, and else none.
func TestGates(t *testing.T) {
	for name, f := range map[string]rung{
		"reported by a gate": {correlate.Options{}, []parse.Input{file(proxyIs, gateShut), file("web-84cd6fd9b4-2mv7n.after.txt", startPage+gatePage)},
			correlate.Reported, "13:16:19.101254", 50 * time.Millisecond, ""},
		"a gate of another target": {correlate.Options{}, []parse.Input{file(proxyIs, gateShut), file("web-84cd6fd9b4-2mv7n.after.txt", startPage+strings.ReplaceAll(gatePage, `"web"`, `"cart"`))},
			correlate.Reported, "13:16:19.5", 510 * time.Millisecond, ""},
		"a gate of another time": {correlate.Options{}, []parse.Input{file(proxyIs, gateShut), file("web-84cd6fd9b4-2mv7n.after.txt", startPage+strings.ReplaceAll(gatePage, "148.4", "748.4"))},
			correlate.Reported, "13:16:19.5", 510 * time.Millisecond, ""},
		"a gate of two failfasts, the second by its count": {correlate.Options{}, []parse.Input{file(proxyIs, release+strings.Replace(gateShut, "369", "169", 1)+gateShut), file("web-84cd6fd9b4-2mv7n.after.txt", gatePage+gateCount)},
			correlate.Reported, "13:16:19.101254", 50 * time.Millisecond, ""},
		"a gate of two failfasts, either": {correlate.Options{}, []parse.Input{file(proxyIs, strings.Replace(gateShut, "369", "169", 1)+gateShut), file("web-84cd6fd9b4-2mv7n.after.txt", gatePage)},
			correlate.None, "", 0, ""},
		"a gate of two failfasts, one by the start": {correlate.Options{}, []parse.Input{file(proxyIs, strings.Replace(gateShut, "369", "169", 1)+gateShut), file("web-84cd6fd9b4-2mv7n.after.txt", startPage+gatePage)},
			correlate.Reported, "13:16:19.101254", 50 * time.Millisecond, ""},
	} {
		f.check(t, name)
	}
}

// rung is one input of the ladder, and what is said of its clock.
type rung struct {
	o      correlate.Options
	in     []parse.Input
	basis  correlate.Basis
	zero   string // of the first stream of an uptime or yearless clock
	within time.Duration
	loser  string // what the conflicts say of the weaker rung
}

// check judges the input and compares the first of its uptime or yearless clocks.
func (f *rung) check(t *testing.T, name string) {
	t.Helper()
	c := judge(t, f.o, f.in...)
	found := false
	for s := range c.Streams {
		st := &c.Streams[s]
		if found || len(st.Events) == 0 || st.Clock != parse.ClockUptime && st.Clock != parse.ClockYearless {
			continue
		}
		found = true
		a := c.Anchors[s]
		if a.Basis != f.basis {
			t.Errorf("%s: %s (%s), want %s", name, a.Basis, a.Why, f.basis)
			continue
		}
		if !a.Placed() {
			continue
		}
		at, within := a.Zero, a.Within
		if st.Clock == parse.ClockYearless {
			at, within, _ = c.Wall(correlate.Point{Stream: uint32(s)})
		}
		want, err := time.Parse(time.RFC3339Nano, "2024-02-02T"+f.zero+"Z")
		if off := at - parse.Time(want.UnixNano()); err != nil || time.Duration(off).Abs() > time.Microsecond || within != f.within {
			t.Errorf("%s: %s ±%s, want %s ±%s (%s) %v", name, time.Unix(0, int64(at)).UTC(), within, want, f.within, a.Why, err)
		}
	}
	if !found {
		t.Errorf("%s: no such clock", name)
	}
	if got := strings.Join(c.Conflicts, "\n"); f.loser == "" && got != "" || !strings.Contains(got, f.loser) {
		t.Errorf("%s: conflicts %q, want %q", name, got, f.loser)
	}
}

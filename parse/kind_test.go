package parse_test

import (
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

// The names are part of the contract: extend the list, rename nothing.
func TestKindNames(t *testing.T) {
	const contract = `proxy.no_endpoints proxy.failfast_enter proxy.failfast_exit proxy.request_failed proxy.connect_failed
		proxy.discovery_failed proxy.policy_watch_failed proxy.denied proxy.started proxy.stopping
		controller.pop_stall controller.trace controller.handler_stall controller.cache_sync_wait controller.cache_synced
		controller.cache_sync_failed controller.queue_overflow controller.stream_aborted controller.lookup_failed
		controller.watch_failed controller.watch_closed controller.list_failed controller.resync controller.started
		kubelet.probe_failed kubelet.readiness k8s.event container.started container.terminated
		scrape.failed ingress.response
		proxy.crashed controller.crashed proxy.tcp_failed proxy.identity_failed proxy.breaker proxy.endpoint_added
		proxy.endpoint_removed proxy.overloaded container.crash_loop ingress.reload apiserver.response webhook.failed
		check.failed k8s.audit proxy.undetected app.call_failed app.worker_killed app.overloaded app.crashed log.other`
	var got []string
	for _, k := range parse.Kinds() {
		got = append(got, k.String())
	}
	if want := strings.Fields(contract); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if parse.Kind(255).String() != "" || parse.KindNone.String() != "" {
		t.Error("a kind that is none has a name")
	}
}

func TestNames(t *testing.T) {
	names := func(of func(uint8) string) (s string) {
		for i := range uint8(30) {
			s += of(i) + " "
		}
		return strings.TrimSpace(s)
	}
	for got, want := range map[string]string{
		names(func(i uint8) string { return parse.Severity(i).String() }): "trace debug info warn error fatal",
		names(func(i uint8) string { return parse.Clock(i).String() }):    "wall uptime age yearless",
		names(func(i uint8) string { return parse.Probe(i).String() }):    "unknown readiness liveness startup",
		names(func(i uint8) string { return parse.Failure(i).String() }):  "other http_status timeout refused reset exec grpc",
		names(func(i uint8) string { return parse.Cause(i).String() }):    "unknown failfast loadshed connect_timeout connect_refused io timeout no_route unauthorized other no_endpoints upstream client_closed response_cut no_route_to_host tls dns bad_response configured slow_client breaker auth_service",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for p := range parse.Startup + 1 {
		for f := range parse.FailureGRPC + 1 {
			if gotP, gotF := parse.ProbeOf(parse.ProbeClass(p, f)); gotP != p || gotF != f {
				t.Errorf("%v %v come back as %v %v", p, f, gotP, gotF)
			}
		}
	}
}

func TestGrains(t *testing.T) {
	f := func(width time.Duration, want parse.Grain) {
		t.Helper()
		if g := parse.GrainOf(int64(width)); g != want || g.Width() < width && want != parse.GrainYear {
			t.Errorf("%v: %v wide", width, g.Width())
		}
	}
	f(0, parse.GrainNano)
	f(1, parse.GrainNano)
	f(time.Microsecond, parse.GrainMicro)
	f(100*time.Microsecond, parse.GrainMilli)
	f(time.Millisecond, parse.GrainMilli)
	f(time.Second, parse.GrainSecond)
	f(2*time.Second, parse.GrainTwoSeconds)
	f(time.Minute, parse.GrainMinute)
	f(time.Hour, parse.GrainHour)
	f(24*time.Hour, parse.GrainDay)
	f(8760*time.Hour, parse.GrainYear)
	f(100*8760*time.Hour, parse.GrainYear)
	if w := parse.Grain(99).Width(); w != 0 {
		t.Error(w)
	}
}

// Equal text, equal name; what was never added has none.
func TestInterning(t *testing.T) {
	var n parse.Names
	if n.Text(0) != "" || n.Text(7) != "" || n.Add(nil) != 0 || n.AddString("") != 0 {
		t.Error("the empty name")
	}
	buf := []byte("one")
	one := n.Add(buf)
	two := n.AddString("two")
	copy(buf, "xxx")
	if one != n.AddString("one") || two != n.Add([]byte("two")) || one == two || n.Text(one) != "one" || n.Text(two) != "two" {
		t.Error("names are not those that were added")
	}
	for text, want := range map[string]bool{"": true, "one": true, "two": true, "xxx": false} {
		if i, ok := n.Find(text); ok != want || ok && n.Text(i) != text {
			t.Errorf("%q: %d %v", text, i, ok)
		}
	}
}

package correlate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// proxyLine is a line of linkerd-proxy at an uptime in seconds.
func proxyLine(uptime float64, level, rest string) string {
	return fmt.Sprintf("[%13.6fs] %5s ThreadId(01) %s\n", uptime, level, rest)
}

func absent(uptime float64, service string) string {
	return proxyLine(uptime, "INFO", "outbound:proxy{addr=10.0.0.1:80}:service{ns=shop name="+service+" port=80}: linkerd_proxy_api_resolve::resolve: No endpoints")
}

func failfast(uptime float64, service string) string {
	return proxyLine(uptime, "WARN", "outbound:proxy{addr=10.0.0.1:80}:service{ns=shop name="+service+" port=80}: linkerd_stack::failfast: Service entering failfast after 3s")
}

func refused(uptime float64, service string) string {
	return proxyLine(uptime, "WARN", "outbound:proxy{addr=10.0.0.1:80}:service{ns=shop name="+service+" port=80}:endpoint{addr=10.1.1.1:80}: linkerd_reconnect: Failed to connect error=Connection refused (os error 111)")
}

func failed(uptime float64, service, leaf string) string {
	return proxyLine(uptime, "INFO", "outbound:proxy{addr=10.0.0.1:80}:rescue{client.addr=10.2.2.2:1}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service "+
		service+".shop.svc.cluster.local:80: route default.http: backend default.service: "+leaf)
}

const failFast = "service in fail-fast"

func TestSignatures(t *testing.T) {
	for name, f := range map[string]struct {
		log  string
		want correlate.Signature
	}{
		"the controller said there are none":   {absent(10, "web") + failfast(12.999, "web") + failed(13, "web", failFast), correlate.NoEndpoints},
		"nothing came before":                  {failfast(12.999, "web") + failed(13, "web", failFast), correlate.NoAnswer},
		"said of another service":              {absent(10, "cart") + failfast(12.999, "web") + failed(13, "web", failFast), correlate.NoAnswer},
		"said too long before":                 {absent(5, "web") + failfast(12.999, "web") + failed(13, "web", failFast), correlate.NoAnswer},
		"connecting failed before":             {refused(11, "web") + failfast(12.999, "web") + failed(13, "web", failFast), correlate.Unreachable},
		"two services, two reasons":            {absent(10, "web") + failfast(12.999, "web") + failed(13, "web", failFast) + failfast(14, "cart") + failed(14, "cart", failFast), correlate.Mixed},
		"a connect timeout without a failfast": {failed(13, "web", "endpoint 10.1.1.1:80: connect timed out after 1s"), correlate.Unreachable},
		"the failfast was not captured":        {failed(13, "web", failFast), correlate.SignatureUnknown},
	} {
		c := judge(t, correlate.Options{}, file("proxy.log", f.log))
		if len(c.Incidents) != 1 || c.Incidents[0].Signature != f.want {
			t.Errorf("%s: %+v, want %s", name, c.Incidents, f.want)
		}
	}
}

func TestWhatCountsAsAFailure(t *testing.T) {
	for leaf, want := range map[string]int{
		failFast:                            1, // 504
		"service unavailable":               1, // 503, shed by the mesh itself
		"connect timed out after 1s":        1, // 504
		"HTTP response timeout after 10s":   1,
		"Connection refused (os error 111)": 0, // 502 is context
		"unauthorized request on route":     0,
		"no route":                          0,
	} {
		c := judge(t, correlate.Options{}, file("proxy.log", failed(1, "web", leaf)))
		if got := c.Failures[parse.ProxyRequestFailed]; got != want {
			t.Errorf("%s: %d failures, want %d", leaf, got, want)
		}
	}
	// Where no failed request was captured, its symptoms stand in.
	c := judge(t, correlate.Options{}, file("proxy.log", absent(1, "web")+failfast(4, "web")))
	if c.Failures[parse.ProxyFailfastEnter] != 1 || len(c.Incidents) != 1 {
		t.Errorf("symptoms: %v in %d incidents", c.Failures, len(c.Incidents))
	}
}

func TestIncidentsEndAfterAMinute(t *testing.T) {
	log := failed(100, "a", failFast) + failed(159, "b", failFast) + failed(218.9, "a", failFast) + failed(279, "a", failFast)
	c := judge(t, correlate.Options{}, file("proxy.log", log))
	if len(c.Incidents) != 2 || c.Incidents[0].Failures != 3 || c.Incidents[1].Failures != 1 {
		t.Fatalf("%+v", c.Incidents)
	}
	if got := c.Incidents[0].Targets[0]; got.Name != "a.shop.svc.cluster.local:80" || got.Failures != 2 {
		t.Errorf("the first target is %+v", got)
	}
}

// A burst that goes on for more than five minutes has no onset.
func TestContinuousErrors(t *testing.T) {
	var log strings.Builder
	for s := 100.0; s < 500; s += 30 {
		log.WriteString(failed(s, "web", failFast))
	}
	c := judge(t, correlate.Options{}, file("proxy.log", log.String()))
	if len(c.Incidents) != 1 || !c.Incidents[0].Continuous {
		t.Errorf("%+v", c.Incidents)
	}
}

const page = `Name:             linkerd-destination-1
Namespace:        linkerd
Events:
  Type     Reason     Age                    From     Message
  ----     ------     ----                   ----     -------
  Warning  Unhealthy  9m33s (x4 over 9m40s)  kubelet  Readiness probe failed: HTTP probe failed with statuscode: 500
`

const twin = `{"apiVersion":"v1","kind":"List","items":[{"kind":"Event","apiVersion":"v1","metadata":{"name":"linkerd-destination-1.17","namespace":"linkerd"},
"involvedObject":{"kind":"Pod","namespace":"linkerd","name":"linkerd-destination-1"},"reason":"Unhealthy","type":"Warning","source":{"component":"kubelet"},
"message":"Readiness probe failed: HTTP probe failed with statuscode: 500","count":4,"firstTimestamp":"2024-02-02T13:20:00Z","lastTimestamp":"2024-02-02T13:20:07Z"}]}`

func TestAgesArePlaced(t *testing.T) {
	dated := file("describe.txt", page)
	dated.Modified = time.Date(2024, 2, 2, 13, 29, 41, 0, time.UTC)
	given, ok := correlate.ParseCapture("2024-02-02T13:29:40Z")
	if !ok {
		t.Fatal("ParseCapture")
	}
	capture := time.Date(2024, 2, 2, 13, 29, 40, 0, time.UTC).UnixNano()
	log := file("destination.log", `time="2024-02-02T13:27:30Z" level=info msg="caches synced"`+"\n")
	early := file("destination.log", `time="2024-02-01T13:27:30Z" level=info msg="caches synced"`+"\n")
	for name, f := range map[string]struct {
		o    correlate.Options
		in   []parse.Input
		want correlate.Basis
	}{
		"by the user":               {correlate.Options{Captured: []correlate.CaptureRule{given}}, []parse.Input{dated}, correlate.Given},
		"by an event that has both": {correlate.Options{}, []parse.Input{dated, file("events.json", twin)}, correlate.Printed},
		"by when the file was made": {correlate.Options{}, []parse.Input{dated, log}, correlate.Bounded},
		"not, if it may be a copy":  {correlate.Options{}, []parse.Input{dated, early}, correlate.None},
		"not, if it is alone":       {correlate.Options{}, []parse.Input{dated}, correlate.None},
		"not, without any of these": {correlate.Options{}, []parse.Input{file("describe.txt", page)}, correlate.None},
		"not, if the user says so":  {correlate.Options{Captured: []correlate.CaptureRule{{Glob: "describe.txt", Rejected: true, By: "ann"}}}, []parse.Input{dated, file("events.json", twin)}, correlate.None},
		"the user beats a twin":     {correlate.Options{Captured: []correlate.CaptureRule{given}}, []parse.Input{dated, file("events.json", twin)}, correlate.Given},
	} {
		c := judge(t, f.o, f.in...)
		found := false
		for s := range c.Streams {
			if c.Streams[s].Clock != parse.ClockAge {
				continue
			}
			found = true
			a := c.Anchors[s]
			if a.Basis != f.want {
				t.Errorf("%s: %s (%s), want %s", name, a.Basis, a.Why, f.want)
			}
			if off := time.Duration(int64(a.Zero) - capture); a.Placed() && off.Abs() > a.Within+time.Second {
				t.Errorf("%s: off by %s, said ±%s", name, off, a.Within)
			}
		}
		if !found {
			t.Errorf("%s: no stream of ages", name)
		}
	}
}

func TestParseAnchor(t *testing.T) {
	for s, want := range map[string]bool{
		"proxy.log=2024-02-02T13:16:19Z":                true,
		"ns-*#2=2024-02-02T13:16:19.5+01:00":            true,
		"proxy.log=2024-02-02T13:16:19":                 false, // which zone?
		"proxy.log":                                     false,
		"=2024-02-02T13:16:19Z":                         false,
		"a#x=2024-02-02T13:16:19Z":                      false,
		"a=2024-02-02T13:16:19Z and more":               false,
		"a=2024-02-02T13:16:19Z by ann b.":              true,
		"a#1=none":                                      true,
		"a#b#1=2024-02-02T13:16:19Z within 1.5s by ann": true,
		"a=2024-02-02T13:16:19Z within":                 false,
		"a=2024-02-02T13:16:19Z within -1s":             false,
		"a=none by ann":                                 true,
		"a=none within 1s":                              false,
		"a=nothing":                                     false,
		"a.log:5=2024-02-02T13:16:19Z":                  true,
		"a.log:5=none":                                  false,
	} {
		if _, ok := correlate.ParseAnchor(s); ok != want {
			t.Errorf("%s: %v, want %v", s, ok, want)
		}
	}
}

// The report's own lines: an honest answer, and what would anchor the proxy.
func TestReportsOwnLines(t *testing.T) {
	c := judge(t, correlate.Options{}, file("proxy.log", absent(366.299401, "web")+failfast(369.298746, "web")+failed(369.298818, "web", failFast)))
	if c.Verdict.Code != correlate.Insufficient || !strings.Contains(c.Verdict.Sentence, "more cycles") {
		t.Errorf("%s: %s", c.Verdict.Code, c.Verdict.Sentence)
	}
}

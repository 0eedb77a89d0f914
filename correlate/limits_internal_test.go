package correlate

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"faultline/correlate/stat"
	"faultline/parse"
)

// sec is a time of the wall clock some seconds after t0.
func sec(s float64) parse.Time { return parse.Time((t0 + s) * 1e9) }

// What counts is a gateway timeout, or a 503 for which nobody could be asked; a failed
// request of a proxy counts with its 503 whatever it was, and without a status in failfast.
func TestWhatFails(t *testing.T) {
	for _, x := range []struct {
		kind  parse.Kind
		value float64
		cause parse.Cause
		want  bool
	}{
		{parse.IngressResponse, 504, 0, true}, {parse.ProxyRequestFailed, 504, 0, true}, {parse.ProxyFailfastEnter, 504, 0, false},
		{parse.ProxyRequestFailed, 503, 0, true}, {parse.ProxyRequestFailed, 502, 0, false}, {parse.ProxyRequestFailed, 0, 0, false},
		{parse.ProxyRequestFailed, 0, parse.CauseFailfast, true}, {parse.ProxyRequestFailed, 0, parse.CauseTimeout, false}, {parse.ProxyRequestFailed, 500, parse.CauseFailfast, false},
		{parse.IngressResponse, 503, parse.CauseNoEndpoints, true}, {parse.IngressResponse, 503, parse.CauseFailfast, true}, {parse.IngressResponse, 503, parse.CauseLoadshed, true},
		{parse.IngressResponse, 503, parse.CauseConnectRefused, true}, {parse.IngressResponse, 503, parse.CauseConnectTimeout, true}, {parse.IngressResponse, 503, parse.CauseTimeout, false},
		{parse.IngressResponse, 503, 0, false}, {parse.IngressResponse, 502, parse.CauseNoEndpoints, false}, {parse.IngressResponse, 0, parse.CauseFailfast, false},
	} {
		if e := (parse.Event{Kind: x.kind, Value: x.value, Class: uint8(x.cause)}); IsFailure(&e) != x.want {
			t.Errorf("%s %g %s counts: %t", x.kind, x.value, x.cause, !x.want)
		}
	}
}

// A user's rule holds for the statuses that it names, ends included.
func TestFailureRules(t *testing.T) {
	for _, x := range []struct {
		rule string
		in   []float64
		out  []float64
	}{
		{"ingress.response,status=504", []float64{504}, []float64{503, 505, 0}}, {"ingress.response,status=500-504", []float64{500, 502, 504}, []float64{499, 505}},
		{"ingress.response,status=5xx", []float64{500, 599}, []float64{499, 600}}, {"ingress.response,status=100", []float64{100}, []float64{99}},
		{"ingress.response,status=599", []float64{599}, []float64{598}}, {"ingress.response", []float64{0, 200, 599}, nil}, {"ingress.response,status=502,status=504", []float64{502, 504}, []float64{503}},
	} {
		r, err := ParseFailure(x.rule)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range slices.Concat(x.in, x.out) {
			if want := i < len(x.in); r.holds(&parse.Event{Value: v}) != want {
				t.Errorf("%s holds for %g: %t", x.rule, v, !want)
			}
		}
	}
	for _, bad := range []string{"ingress.response,status=99", "ingress.response,status=600", "ingress.response,status=504-500", "ingress.response,status=x", "ingress.response,status=0xx", "ingress.response,state=504", "none"} {
		if r, err := ParseFailure(bad); err == nil {
			t.Errorf("%s is read as %+v", bad, r)
		}
	}
}

// A coverage is cut to what was asked for, on the wall clock alone.
func TestClip(t *testing.T) {
	cov := stat.Coverage{{Start: t0, End: t0 + 10}, {Start: t0 + 20, End: t0 + 30}}
	for _, x := range []struct {
		since, until float64
		wall         bool
		want         string
	}{
		{0, 0, true, "0-10 20-30 "}, {5, 0, true, "5-10 20-30 "}, {10, 0, true, "20-30 "}, {0, 25, true, "0-10 20-25 "}, {0, 20, true, "0-10 "}, {5, 25, true, "5-10 20-25 "}, {12, 18, true, ""}, {5, 25, false, "0-10 20-30 "},
	} {
		var o Options
		if x.since != 0 {
			o.Since = sec(x.since)
		}
		if x.until != 0 {
			o.Until = sec(x.until)
		}
		got := ""
		for _, s := range clip(cov, &o, x.wall) {
			got += fmt.Sprintf("%g-%g ", s.Start-t0, s.End-t0)
		}
		if got != x.want {
			t.Errorf("from %g to %g: %q, want %q", x.since, x.until, got, x.want)
		}
	}
}

// Moments that were asked for are those from the first to the last, where their clock has a
// place on the wall.
func TestAskedMoments(t *testing.T) {
	for _, x := range []struct {
		since, until parse.Time
		stamped      bool
		want         bool
	}{
		{0, 0, true, true}, {sec(100), 0, true, true}, {sec(100) + 1, 0, true, false}, {0, sec(100), true, true}, {0, sec(100) - 1, true, false},
		{sec(101), 0, false, true}, {0, sec(99), false, true},
	} {
		c, _ := placedOf(t, Options{Since: x.since, Until: x.until}, input("p.log", failedAt(x.stamped, 100, "web")))
		p := c.Of(parse.ProxyRequestFailed)[0]
		if _, ok := c.asked(p); ok != x.want {
			t.Errorf("%+v: %t", x, ok)
		}
	}
}

// An incident counts what lies near it: stalls from ten seconds before it to its end,
// failures of inner layers within ten seconds, probes within a minute; its lag is that
// behind the first stall of the burst before it.
func TestIncidentWindows(t *testing.T) {
	c, _ := placedOf(t, Options{}, input("p.log", failedAt(true, 100, "web")), input("k.log", stallAt(90)))
	failed, stall := c.Of(parse.ProxyRequestFailed)[0], c.Of(parse.ControllerPopStall)[0]
	at := func(p Point, seconds ...float64) (out []Moment) {
		for _, s := range seconds {
			out = append(out, Moment{p, sec(s)})
		}
		return out
	}
	g := Group{Clock: Wall, Kind: parse.ProxyFailfastEnter, Inner: at(failed, 89, 90, 150, 210, 211), Stalls: at(stall, 39, 89, 90, 100, 200, 201), Probes: at(failed, 39, 40, 150, 260, 261)}
	c.At(failed).Count = 1
	in := c.incident(&g, &symptoms{}, at(failed, 100, 200))
	if in.By[parse.ProxyRequestFailed] != 3 || in.By[parse.ProxyFailfastEnter] != 2 || in.Stalls != 3 || in.Probes != 3 || in.Failures != 2 || in.Start != sec(100) || in.End != sec(200) || in.Continuous {
		t.Errorf("%+v", in)
	}
	if in.Lag == nil || *in.Lag != 11*time.Second {
		t.Errorf("lag %v", in.Lag)
	}
	for end, want := range map[float64]bool{400: false, 401: true} {
		if got := c.incident(&g, &symptoms{}, at(failed, 100, end)); got.Continuous != want {
			t.Errorf("for %g s: goes on: %t", end-100, got.Continuous)
		}
	}
	for _, x := range []struct {
		stalls []float64
		want   float64
	}{{[]float64{40}, 40}, {[]float64{39}, -1}, {[]float64{100}, 100}, {[]float64{101}, -1}, {[]float64{60, 70, 80}, 60}, {[]float64{60, 71, 81}, 71}, {[]float64{60, 69, 80}, 80}} {
		got, ok := burstBefore(at(stall, x.stalls...), sec(100))
		if ok != (x.want >= 0) || ok && got.At != sec(x.want) {
			t.Errorf("the burst of %v begins at %d, %t", x.stalls, got.At, ok)
		}
	}
	if runs := runsWithin(at(stall, 0, 10, 21, 31), parse.Time(10*time.Second)); len(runs) != 2 || len(runs[0]) != 2 {
		t.Errorf("%v", runs)
	}
}

// What a process said before it failed fast is looked for within the wait that its line
// tells, and a second.
func TestSignatureWaits(t *testing.T) {
	const about = "outbound:proxy{addr=10.0.0.1:80}:service{ns=shop name=web port=80}: "
	for _, x := range []struct {
		before float64
		says   string
		want   Signature
	}{
		{9, "failfast after 10s", NoEndpoints}, {10.9, "failfast after 10s", NoEndpoints}, {11.1, "failfast after 10s", NoAnswer}, {9, "failfast after 3s", NoAnswer},
		{3.9, "failfast after 3s", NoEndpoints}, {4.1, "failfast after 3s", NoAnswer},
	} {
		line := func(at float64, text string) string {
			return fmt.Sprintf("%s [%13.6fs] %s\n", clockOf(at), at, text)
		}
		text := line(100-x.before, " INFO ThreadId(01) "+about+"linkerd_proxy_api_resolve::resolve: No endpoints") +
			line(100, " WARN ThreadId(01) outbound:proxy{addr=10.0.0.1:80}: linkerd_stack::failfast: Service entering "+x.says) + failedAt(true, 100.001, "web")
		c, _ := placedOf(t, Options{}, input("p.log", text))
		g, _ := gather(&c)
		for _, one := range g.all() {
			one.Forming = one.Failures
		}
		if list := collapse(&c, &g); len(list) != 1 || list[0].Signature != x.want {
			t.Errorf("%g s before %q: %+v, want %s", x.before, x.says, list, x.want)
		}
	}
}

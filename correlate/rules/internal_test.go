package rules

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// What two texts of a target have to do with each other.
func TestPlacesAreTold(t *testing.T) {
	for _, x := range []struct {
		a, b string
		want bool
	}{
		{"", "web.shop:80", true}, {"web.shop:80", "", true}, {"10.0.0.1:80", "web.shop:80", true}, {"10.0.0.1:80", "10.0.0.1:81", true}, {"10.0.0.1:80", "10.0.0.2:80", false},
		{"web.shop.svc.cluster.local:80", "web.shop.svc.cluster.local:81", true}, {"web.shop:80", "web.mail:80", false}, {"web.shop:80", "cart.shop:80", false}, {"web", "cart.shop:80", true}, {"web", "web", true},
	} {
		if samePlace(x.a, x.b) != x.want || samePlace(x.b, x.a) != x.want {
			t.Errorf("%q and %q may be one: %t", x.a, x.b, !x.want)
		}
	}
	for _, x := range []struct {
		target, workload string
		want             bool
	}{
		{"web", "web", true}, {"shop-web-80", "web", true}, {"shop/web", "web", true}, {"web.shop", "web", true}, {"website", "web", false}, {"cobweb", "web", false}, {"web2", "web", false}, {"2web", "web", false},
		{"weba", "web", false}, {"webz", "web", false}, {"aweb", "web", false}, {"zweb", "web", false}, {"web0", "web", false}, {"web9", "web", false}, {"9web", "web", false}, {"webweb-web", "web", true}, {"web{", "web", true}, {"web/", "web", true}, {"web:", "web", true},
		{"`web", "web", true}, {"cart", "web", false}, {"", "web", false},
	} {
		if mentions(x.target, x.workload) != x.want {
			t.Errorf("%q names %q: %t", x.target, x.workload, !x.want)
		}
	}
}

// What an address is, and whose.
func TestAddresses(t *testing.T) {
	for text, want := range map[string]bool{"10.0.0.1": true, "10.0.0.1:80": true, "http://10.0.0.1:80": true, "https://10.0.0.1": true, "[::1]:80": true, "[::1": false, "web.shop.a.b": false, "10.0.0": false, "10.0.0.1.2": false, "": false, "web:80": false, "1.2.3.4/": false, "1.2.3.:": true} {
		if address(text) != want {
			t.Errorf("%q is an address: %t", text, !want)
		}
	}
	for text, want := range map[string]string{"10.0.0.1:80": "10.0.0.1", "10.0.0.1": "10.0.0.1", "https://web:80/a": "web", "[::1]:80": "[::1]", "[::1]": "[::1]", "fe80::1": "fe80::1", ":80": ":80", "web": "web", "a:1": "a"} {
		if got := hostOf(text); got != want {
			t.Errorf("the host of %q is %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]bool{"10.96.0.1:443": true, "10.96.0.1": true, "10.96.0.1:80": false, "10.96.0.2:443": false, "192.0.2.9:6443": true, "10.96.0.2:80": false} {
		if apiAddress(text) != want {
			t.Errorf("%q is the API server's: %t", text, !want)
		}
	}
	for text, want := range map[string]bool{"127.0.0.1:8090": true, "localhost:8086": true, "[::1]:8090": true, "127.0.0.1:8080": false, "10.0.0.1:8090": false, "web:8086": false} {
		if nextDoor(text) != want {
			t.Errorf("%q is next door: %t", text, !want)
		}
	}
	for text, want := range map[string]string{"dial tcp 10.0.0.1:443: i/o timeout": "10.0.0.1:443", `Get "https://10.0.0.1/api": x`: "10.0.0.1", "http://web": "web", "nothing": "", "dial tcp /x": ""} {
		if got := dialAddress(text); got != want {
			t.Errorf("%q dials %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string][3]string{"web.shop.svc.cluster.local:80": {"shop", "web", "t"}, "web.shop": {"shop", "web", "t"}, "10.0.0.1:80": {}, "web": {}, ".shop": {}, "web.": {}, "9web.shop": {"shop", "9web", "t"}, "9.a.b.c": {}, "a.b.c.d": {"b", "a", "t"}, ":80": {}, ":80.shop": {}} {
		ns, name, ok := Service(text)
		if ok != (want[2] != "") || ns != want[0] || name != want[1] {
			t.Errorf("%q is %s/%s, %t", text, ns, name, ok)
		}
	}
	for name, want := range map[string]bool{"List": true, "Get": true, "Reflector ListAndWatch": true, "GuaranteedUpdate etcd3": true, "Watch": false, "DeltaFIFO Pop Process": false} {
		if apiTrace(name) != want {
			t.Errorf("%q is a call to the API server: %t", name, !want)
		}
	}
	for target, want := range map[string]bool{"linkerd/web": true, "linkerd-viz/web": true, "shop/linkerd-destination-5d4": true, "shop/linkerd-identity-1": true, "shop/linkerd-policy": true, "shop/web": false, "shop/mylinkerd-destination": false} {
		if controlPlane(target) != want {
			t.Errorf("%q is the control plane's: %t", target, !want)
		}
	}
}

// How long a call took is in three classes, and only where it was traced.
func TestSlow(t *testing.T) {
	for took, want := range map[time.Duration]uint8{0: 0, time.Second - 1: 0, time.Second: 1, 10*time.Second - 1: 1, 10 * time.Second: 2, time.Minute: 2} {
		if got := slow(&parse.Event{Kind: parse.ControllerTrace, Lasted: took}); got != want {
			t.Errorf("%s is %d, want %d", took, got, want)
		}
		if got := slow(&parse.Event{Kind: parse.IngressResponse, Lasted: took}); got != 0 {
			t.Errorf("%s of another kind is %d", took, got)
		}
	}
	for d, want := range map[time.Duration]string{0: "0 ms", 999 * time.Millisecond: "999 ms", time.Second: "1.0 s", 9999 * time.Millisecond: "10.0 s", 10 * time.Second: "10 s", 90 * time.Second: "90 s"} {
		if got := short(d); got != want {
			t.Errorf("%s is shown as %q, want %q", d, got, want)
		}
	}
}

// Names are ranked by how often they came, then by their letters, and few are shown.
func TestRanked(t *testing.T) {
	got := ranked(map[string]int{"b": 2, "a": 2, "c": 3, "d": 1})
	var names []string
	for _, x := range got {
		names = append(names, x.name)
	}
	if !slices.Equal(names, []string{"c", "a", "b", "d"}) {
		t.Errorf("%q", names)
	}
	for most, want := range map[int]string{1: "c and 3 more", 3: "c, a, b and 1 more", 4: "c, a, b, d", 5: "c, a, b, d"} {
		if text := some(got, most); text != want {
			t.Errorf("%d of them: %q, want %q", most, text, want)
		}
	}
	if top(nil) != "" || top(got) != "c" {
		t.Error("the first")
	}
}

// A group names its targets and addresses in the number that they have.
func TestGroupTexts(t *testing.T) {
	list := func(names ...string) (out []named) {
		for _, n := range names {
			out = append(out, named{n, 1})
		}
		return out
	}
	for _, x := range []struct {
		targets, addrs                []named
		endVerb, again, where, atAddr string
	}{
		{nil, nil, "ends", "the address", "the target", ""},
		{nil, list("a"), "ends", "it", "a", " at a"},
		{nil, list("a", "b"), "end", "a, b", "a", " at a, b"},
		{list("web"), nil, "ends", "the address", "web", ""},
		{list("web"), list("a", "b"), "ends", "a, b", "web a", " at a, b"},
		{list("web", "cart"), list("a"), "end", "a", "web a", " at a"},
		{list("a"), list("a"), "ends", "it", "a", " at a"},
	} {
		g := group{targets: x.targets, addrs: x.addrs}
		if got := []string{g.endVerb(), g.again(), g.where(), g.atAddrs()}; !slices.Equal(got, []string{x.endVerb, x.again, x.where, x.atAddr}) {
			t.Errorf("%v at %v: %q", x.targets, x.addrs, got)
		}
	}
}

// The verdict speaks of the first finding that is no own rule's, and of a diagnosis before
// what was measured beside it, if it is as severe.
func TestLeading(t *testing.T) {
	own, beat := correlate.Finding{Rule: "own of a file"}, correlate.Finding{Rule: measured, Severity: correlate.Warning}
	said := correlate.Finding{Rule: overflowRule.Name, Diagnosis: overflowRule.Name, Severity: correlate.Warning}
	context := correlate.Finding{Rule: stallRule.Name, Severity: correlate.Warning}
	mild := correlate.Finding{Rule: overflowRule.Name, Diagnosis: overflowRule.Name, Severity: correlate.Info}
	for _, x := range []struct {
		list []correlate.Finding
		want int
	}{
		{[]correlate.Finding{own}, 0}, {[]correlate.Finding{own, said}, 1}, {[]correlate.Finding{said, beat}, 0}, {[]correlate.Finding{beat}, 0}, {[]correlate.Finding{own, beat}, 1},
		{[]correlate.Finding{beat, said}, 1}, {[]correlate.Finding{beat, mild}, 0}, {[]correlate.Finding{beat, context, said}, 2}, {[]correlate.Finding{beat, context}, 0},
	} {
		if got := leading(x.list); got != &x.list[x.want] {
			t.Errorf("%+v: %+v", x.list, got)
		}
	}
}

// What is known of the failures that count leads before what nothing connects with them:
// not what leaves it open, is mild or weak; the rest stays in its order.
func TestLeadCounted(t *testing.T) {
	apart := correlate.Finding{Diagnosis: "overflow", Apart: true}
	of := correlate.Finding{Diagnosis: "connect_refused", Severity: correlate.Warning, Confidence: correlate.Medium}
	counts := func(f correlate.Finding, n int) correlate.Finding { f.Counted = n; return f }
	open1, mild, weak1 := counts(of, 1), counts(of, 1), counts(of, 1)
	open1.Diagnosis, mild.Severity, weak1.Confidence = "no_endpoints", correlate.Info, correlate.Low
	beside := correlate.Finding{Diagnosis: "dns_failure"}
	for _, x := range []struct {
		list []correlate.Finding
		want string
	}{
		{nil, ""}, {[]correlate.Finding{apart, counts(of, 1)}, "connect_refused overflow "}, {[]correlate.Finding{apart, beside, counts(of, 2)}, "connect_refused overflow dns_failure "},
		{[]correlate.Finding{apart, of}, "overflow connect_refused "}, {[]correlate.Finding{beside, counts(of, 1)}, "dns_failure connect_refused "},
		{[]correlate.Finding{apart, open1}, "overflow no_endpoints "}, {[]correlate.Finding{apart, mild}, "overflow connect_refused "}, {[]correlate.Finding{apart, weak1}, "overflow connect_refused "},
	} {
		leadCounted(x.list)
		got := ""
		for _, f := range x.list {
			got += f.Diagnosis + " "
		}
		if got != x.want {
			t.Errorf("%q, want %q", got, x.want)
		}
	}
	last, before := correlate.Finding{Diagnosis: layers[len(layers)-1][0]}, correlate.Finding{Diagnosis: layers[len(layers)-2][0]}
	if m := (correlate.Finding{Rule: measured}); place(&m) >= place(&last) || place(&m) <= place(&before)-2 || place(&m) == place(&before) {
		t.Errorf("%d, %d, %d", place(&before), place(&m), place(&last))
	}
}

// Failures follow each other as a rule where more than half of them, or all, come within
// five seconds of the one before.
func TestDense(t *testing.T) {
	for _, x := range []struct {
		seconds []int
		want    bool
	}{{[]int{0}, true}, {[]int{0, 4}, true}, {[]int{0, 5}, false}, {[]int{0, 1, 2, 60}, false}, {[]int{0, 1, 2, 3, 60}, true}, {[]int{0, 1, 60, 61, 120}, false}} {
		var list []sight
		for _, s := range x.seconds {
			list = append(list, sight{at: parse.Time(s) * 1e9})
		}
		if (&Pass{}).dense(list) != x.want {
			t.Errorf("%v: %t", x.seconds, !x.want)
		}
	}
}

// Endpoints that only hold a lease are no Service's, and of many names three are said.
func TestLeases(t *testing.T) {
	for subject, want := range map[string]bool{"kube-system/kube-scheduler": true, "shop/kube-scheduler": false, "kube-system/coredns": false, "shop/web-leader-election": true, "shop/web": false} {
		if lease(subject) != want {
			t.Errorf("%s holds a lease: %t", subject, !want)
		}
	}
	if got := listed([]string{"a", "b", "c"}); strings.Contains(got, "more") || !strings.Contains(got, "c") {
		t.Error(got)
	}
	if got := listed([]string{"a", "b", "c", "d", "e"}); got != "a, b, c and 2 more" {
		t.Error(got)
	}
}

// A user who said what counts, or whose, is answered that none of it was found; no other is.
func TestTold(t *testing.T) {
	for _, x := range []struct {
		code correlate.Code
		o    correlate.Options
		want bool
	}{
		{correlate.NoFailures, correlate.Options{}, false}, {correlate.NoFailures, correlate.Options{Namespace: "shop"}, true}, {correlate.NoFailures, correlate.Options{Pod: "web"}, true},
		{correlate.NoBeat, correlate.Options{Namespace: "shop"}, false},
	} {
		var c correlate.Case
		c.Options = x.o
		if c.Verdict.Code = x.code; told(&c) != x.want {
			t.Errorf("%s, %+v: %t", x.code, x.o, !x.want)
		}
	}
	if serviceOf("|web.shop") != "web.shop" || serviceOf("web") != "" || serviceOf("web.shop") != "web.shop" || serviceOf("web.shop.svc") != "web.shop" || serviceOf("10.0.0.1") != "" {
		t.Error("the service of a cluster")
	}
}

// A stall is near a multiple of the quota's period from 192 ms on, 8 ms before it and
// 6 ms behind it.
func TestQuantised(t *testing.T) {
	for ms, want := range map[float64]bool{191.9: false, 192: true, 200: true, 206: true, 206.1: false, 291.9: false, 292: true, 306: true, 307: false, 100: false, 105: false, 250: false, 1000: true} {
		if got := quantised(time.Duration(ms * 1e6)); got != want {
			t.Errorf("%g ms: %t", ms, got)
		}
	}
	if n := peaks(map[int]int{2: 2, 3: 3, 4: 4}); n != 2 {
		t.Errorf("%d peaks", n)
	}
}

// A depth names the informers whose size it is one less than, within 3 % and two.
func TestFitting(t *testing.T) {
	for _, x := range []struct {
		caches map[string]float64
		depth  float64
		want   string
	}{
		{map[string]float64{"pod": 21}, 20, "pod"}, {map[string]float64{"pod": 20}, 19, ""}, {map[string]float64{"pod": 40}, 41, "pod"}, {map[string]float64{"pod": 40}, 42, ""}, {map[string]float64{"pod": 40}, 37, "pod"}, {map[string]float64{"pod": 40}, 36, ""},
		{map[string]float64{"pod": 1000}, 1029, "pod"}, {map[string]float64{"pod": 1000}, 1030, ""}, {map[string]float64{"pod": 1000}, 969, "pod"},
		{map[string]float64{"b": 50, "a": 50, "c": 51}, 49, "a or b or c"}, {map[string]float64{"b": 50, "a": 50, "c": 51, "d": 50}, 49, ""},
	} {
		if got := fitting(x.caches, x.depth); got != x.want {
			t.Errorf("%v at %g: %q, want %q", x.caches, x.depth, got, x.want)
		}
	}
}

// A series is read at a time from its last sample of five minutes; a fall of a counter
// is a restart.
func TestMetric(t *testing.T) {
	m := metric{&parse.Series{Times: []int64{0, 60e9, 120e9, 180e9}, Values: []float64{5, 9, 2, 2}}, 3}
	for at, want := range map[parse.Time]float64{0: 5, 59e9: 5, 60e9: 9, 61e9: 9, 180e9: 2, 480e9: 2} {
		if v, ok := m.at(at); !ok || v != want {
			t.Errorf("at %d: %g, %t", at, v, ok)
		}
	}
	for _, at := range []parse.Time{-1, 480e9 + 1} {
		if v, ok := m.at(at); ok {
			t.Errorf("at %d: %g", at, v)
		}
	}
	if got := m.increase(); got != 6 {
		t.Errorf("rose by %g", got)
	}
	if v, at := m.max(); v != 9 || at != 60e9 {
		t.Errorf("at most %g at %d", v, at)
	}
	if e := m.whole(); e.Series != 4 || e.From != 0 || e.To != 180e9 {
		t.Errorf("%+v", e)
	}
	if median(nil) != 0 || median([]float64{3, 1, 2}) != 2 || median([]float64{4, 1, 2, 3}) != 3 {
		t.Error("median")
	}
	for d, want := range map[time.Duration]bool{0: false, 30 * time.Second: false, 31 * time.Second: true, 569 * time.Second: true, 570 * time.Second: false, 600 * time.Second: false, -40 * time.Second: true} {
		if apart(parse.Time(d), 600*time.Second) != want {
			t.Errorf("%s apart: %t", d, !want)
		}
	}
}

// A limit lies between what was survived and what was not.
func TestBoxes(t *testing.T) {
	for _, x := range []struct {
		floor, survived float64
		n               int
	}{{240, 20, 1}, {235, 20, 0}, {236, 20, 1}, {235.2, 20, 1}, {350, 239, 2}, {350, 240, 1}, {350, 350, 0}, {1000, 0, 3}, {600, 599, 1}, {600, 600, 0}} {
		i := idles{x.floor, x.survived}
		if got := i.boxes(); len(got) != x.n {
			t.Errorf("%g and %g: %q", x.floor, x.survived, got)
		}
	}
	var i idles
	for _, h := range []parse.Hop{{Quiet: "400", Survived: "30"}, {}, {Quiet: "300", Survived: "40"}, {Quiet: "500", Survived: "20"}} {
		if i.of(&h) != (h.Quiet != "") {
			t.Errorf("%+v", h)
		}
	}
	if i != (idles{300, 40}) {
		t.Errorf("%+v", i)
	}
}

// Sights of one clock are found from before a moment to after it, the last at or before
// it by its index.
func TestNear(t *testing.T) {
	var list []sight
	for _, at := range []parse.Time{10, 20, 20, 30} {
		list = append(list, sight{at: at, placed: true})
	}
	l := laned(list)
	for _, x := range []struct {
		at            parse.Time
		before, after time.Duration
		n             int
	}{{20, 0, 0, 2}, {20, 9, 9, 2}, {20, 10, 9, 3}, {20, 10, 10, 4}, {21, 0, 8, 0}, {21, 0, 9, 1}, {0, 5, 5, 0}} {
		if got := l.near(sight{at: x.at, placed: true}, x.before, x.after); len(got) != x.n {
			t.Errorf("%+v: %d", x, len(got))
		}
	}
	if got := l.near(sight{at: 20}, 10, 10); len(got) != 0 {
		t.Error("of another clock")
	}
	for at, want := range map[parse.Time]int32{9: -1, 10: 0, 19: 0, 20: 2, 29: 2, 30: 3, 99: 3} {
		if got := latest(list, []int32{0, 1, 2, 3}, at); got != want {
			t.Errorf("the last at %d is %d, want %d", at, got, want)
		}
	}
}

// A moment lies in the incidents that began before and ended after it, on its clock.
func TestSpans(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 300 {
		list := make([]correlate.Incident, r.IntN(12))
		for i := range list {
			from := parse.Time(r.IntN(40))
			list[i].Clock, list[i].Start, list[i].End = correlate.ClockID(r.IntN(3)-1), from, from+parse.Time(r.IntN(20))
		}
		all := spansOf(list)
		for at := range parse.Time(60) {
			for clock := correlate.Wall; clock < 2; clock++ {
				s := sight{Point: correlate.Point{Stream: uint32(max(clock, 0))}, placed: clock.OnWall()}
				var got, want []int
				all[s.lane()].each(at, func(i int) { got = append(got, i) })
				for i := range list {
					if list[i].Clock == clock && list[i].Start <= at && at <= list[i].End {
						want = append(want, i)
					}
				}
				if slices.Sort(got); !slices.Equal(got, want) {
					t.Fatalf("at %d on %d: %v, want %v", at, clock, got, want)
				}
			}
		}
	}
}

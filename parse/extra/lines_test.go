package extra

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// told is what a format makes of one line: its verdict, and its event or fact in words.
func told(f *parse.Format, text string) string {
	l, b := parse.Line{Text: []byte(text), No: 1}, parse.NewBatch(false, false)
	switch v := f.Line(&l, b); {
	case v == parse.NotMine:
		return "not mine"
	case v == parse.Other:
		return "other"
	case len(b.Events) == 1:
		e := b.Events[0]
		return fmt.Sprintf("%s %s: %s", e.Kind, b.Names.Text(e.Target), b.Names.Text(e.Fact))
	}
	return "took"
}

// The tables of istioctl tell a host that was taken out and a proxy that is behind.
func TestIstioctl(t *testing.T) {
	for text, want := range map[string]string{
		"ENDPOINT   STATUS   OUTLIER CHECK   CLUSTER":              "other",
		"ENDPOINT   STATUS   CHECK   CLUSTER   X":                  "not mine",
		"ENDPOINT STATUS OUTLIER CHECK CLUSTER X":                  "not mine",
		"NAME CDS LDS EDS RDS ISTIOD VERSION":                      "other",
		"NAME CLUSTER CDS LDS EDS RDS ECDS ISTIOD VERSION":         "other",
		"NAME CDS LDS EDS RDS ISTIOD":                              "not mine",
		"NAME CLUSTER STATUS LDS EDS RDS ISTIOD":                   "not mine",
		"10.20.31.7:8080 HEALTHY OK outbound|8080||web.shop":       "other",
		"10.20.31.7:8080 UNHEALTHY FAILED outbound|8080||web.shop": "proxy.breaker web.shop: tripped: 10.20.31.7:8080 failed the outlier check",
		"10.20.31.7:8080 HEALTHY FAILED web":                       "proxy.breaker web: tripped: 10.20.31.7:8080 failed the outlier check",
		"10.20.31.7:8080 HEALTHY UNKNOWN web":                      "not mine",
		"10.20.31.7:8080 DRAINING OK web":                          "not mine",
		"10.20.31.7:8080 HEALTHY OK web more":                      "not mine",
		"cart-1.shop SYNCED SYNCED SYNCED SYNCED istiod-7d 1.20.0": "other",
		"cart-1.shop SYNCED STALE SYNCED SYNCED istiod-7d 1.20.0":  "controller.stream_aborted cart-1.shop: cart-1.shop: " + Stale,
		"cart-1.shop STALE istiod-7d a b 1.20.0":                   "not mine",
		"cart-1 SYNCED STALE SYNCED SYNCED istiod-7d 1.20.0":       "not mine",
		"cart-1.shop SYNCED STALE SYNCED SYNCED other-7d 1.20.0":   "not mine",
		"cart-1.shop a proxy that talks of istiod in words":        "not mine",
	} {
		if got := told(Istioctl, text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// A line of Envoy's clusters is one by its form; a value that is the default tells nothing.
func TestLinesOfClusters(t *testing.T) {
	for text, want := range map[string]string{
		"c::max_retries::7":          "took",
		"c::max_retries::3":          "other",
		"c::x::max_requests::1024":   "other",
		"c::h::cx_connect_fail::0":   "other",
		"c::h::region::":             "other",
		"c::h::cx_active::0":         "other",
		"c::1::2::3::rq_error::1":    "took",
		"c::1::2::3::4::rq_error::1": "not mine",
		"rq_error::1":                "not mine",
		"::h::rq_error::1":           "not mine",
		"a person::h::rq_error::1":   "not mine",
		"c::h::::1":                  "not mine",
		"std::vector::Capital::1":    "not mine",
		"c::h::a key::1":             "not mine",
		"no pair":                    "not mine",
	} {
		if got := told(Clusters, text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// A configuration is read as deep as any is, however many objects it holds, and gives
// no more facts than a reader would look at.
func TestLimitsOfConfig(t *testing.T) {
	page := func(rest string) *parse.Capture {
		return read(t, `{"configs":[{"@type":"type.googleapis.com/envoy.admin.v3.X","a":[`+rest+`]}]}`)
	}
	for deep, fails := range map[int]bool{196: false, 197: true} { // in four that are there
		c := page(strings.Repeat("[", deep) + strings.Repeat("]", deep))
		if got := len(c.Sources[0].Problems) > 0; got != fails {
			t.Errorf("%d deep: %v", deep, c.Sources[0].Problems)
		}
	}
	var many strings.Builder
	for i := range maxFacts + 1 {
		fmt.Fprintf(&many, `{"name":"c%d","timeout":"%ds"},`, i, i)
	}
	c := page(many.String() + "{}")
	if got := stated(c, FactKnob); len(got) != maxFacts || got[1] != "c1: timeout 1s" || len(c.Sources[0].Problems) > 0 {
		t.Errorf("%d facts, %v", len(got), c.Sources[0].Problems)
	}
}

// A block says when its samples begin, and a broken description is a problem.
func TestMeta(t *testing.T) {
	c := read(t, `{"ulid":"01B","minTime":1741075200000,"maxTime":1741082400000,"stats":{"numSeries":2}}`)
	if got := stated(c, FactBlock); len(got) != 1 || !strings.HasPrefix(got[0], `01B: {"ulid"`) || len(c.Sources[0].Problems) > 0 {
		t.Fatalf("%q %v", got, c.Sources[0].Problems)
	}
	if got := c.Facts[0].Time; got != parse.Time(time.UnixMilli(1741075200000).UnixNano()) {
		t.Errorf("it begins at %d", got)
	}
	if c := read(t, `{"ulid":"01B","minTime":1,"maxTime":"`); len(c.Facts) > 0 || len(c.Sources[0].Problems) == 0 {
		t.Errorf("a broken one: %v", c.Sources[0].Problems)
	}
}

// Targets that are unhealthy are events, those that are not are none.
func TestTargetHealth(t *testing.T) {
	c := read(t, `{"TargetHealthDescriptions":[{"Target":{"Id":"10.0.1.5","Port":8080},"TargetHealth":{"State":"unhealthy","Reason":"Target.Timeout"}},
{"Target":{"Id":"10.0.1.6","Port":8080},"TargetHealth":{"State":"healthy"}}]}`)
	if c.Events() != 1 || c.Sources[0].Format != "aws-target-health" || len(c.Sources[0].Problems) > 0 {
		t.Fatalf("%d events, %+v", c.Events(), c.Sources[0])
	}
	e := c.Streams[0].Events[0]
	if got := c.Name(e.Target) + ", " + c.Name(e.Fact); got != "10.0.1.5:8080, BackendUnhealthy: 10.0.1.5:8080 is unhealthy: Target.Timeout" {
		t.Error(got)
	}
	if c := read(t, `{"TargetHealthDescriptions":[{`); c.Events() > 0 || len(c.Sources[0].Problems) == 0 {
		t.Errorf("a broken one: %v", c.Sources[0].Problems)
	}
}

// A flow stands in the middle of the time that its stamp leaves open, and names of its ends
// what is known.
func TestTimesAndEndsOfFlows(t *testing.T) {
	at := time.Date(2024, 3, 1, 13, 0, 1, 126e6, time.UTC)
	const end = `,"verdict":"DROPPED","drop_reason_desc":"X","l4":{"TCP":{"destination_port":80}},"destination":`
	for _, f := range []struct {
		text  string
		own   int64
		clock parse.Clock
		says  string
	}{
		{`{"time":"2024-03-01T13:00:01.126Z"` + end + `{"namespace":"shop"}}`, at.UnixNano() + 500_000, parse.ClockWall, "proxy.tcp_failed shop:80: X"},
		{`{"time":"2024-03-01T13:00:01.126Z"` + end + `{"labels":[]}}`, at.UnixNano() + 500_000, parse.ClockWall, "proxy.tcp_failed : X"},
		{`{"time":"2024-03-01T13:00:01.126Z","verdict":"DROPPED","drop_reason_desc":"X","destination":{"namespace":"shop","pod_name":"web"}}`,
			at.UnixNano() + 500_000, parse.ClockWall, "proxy.tcp_failed shop/web: X"},
		{"Mar  1 13:00:01.126: shop/cart:4 (ID:1) <- shop/web:80 (ID:2) http-response FORWARDED (HTTP/1.1 500 3ms (GET http://web/x))",
			int64(60*24*time.Hour+13*time.Hour+1126*time.Millisecond) + 500_000, parse.ClockYearless, "ingress.response shop/web:80: "},
	} {
		l := parse.Line{Text: []byte(f.text), No: 1}
		Hubble.Line(&l, parse.NewBatch(false, false))
		if int64(l.Own) != f.own || l.Clock != f.clock || l.Grain != parse.GrainOf(int64(time.Millisecond)) {
			t.Errorf("%s: at %d ± %v on clock %v, want %d", f.text, l.Own, l.Grain, l.Clock, f.own)
		}
		if got := told(Hubble, f.text); got != f.says {
			t.Errorf("%s: %s, want %s", f.text, got, f.says)
		}
	}
	var d parse.Detail
	Hubble.Detail([]byte("Mar  1 13:00:01.126: shop/cart:4 (ID:1) -> shop/web:80 (ID:2) to-endpoint FORWARDED (TCP Flags: ACK)"), &d)
	if got := fmt.Sprint(d.RawTime, d.Message, d.Attrs); got != "Mar  1 13:00:01.126FORWARDED[{source shop/cart:4} {destination shop/web:80} {reason to-endpoint}]" {
		t.Error(got)
	}
	d = parse.Detail{}
	Hubble.Detail([]byte(`{"time":"2024-03-01T13:00:01.126Z","verdict":"FORWARDED","destination":{"namespace":"shop"}}`), &d)
	if got := fmt.Sprint(d.Attrs); got != "[{destination shop}]" {
		t.Errorf("what is not known is shown: %s", got)
	}
}

func FuzzIstioctl(f *testing.F) {
	parsetest.FuzzLine(f, Istioctl, "cart-1.shop SYNCED STALE SYNCED SYNCED istiod-7d 1.20.0")
}

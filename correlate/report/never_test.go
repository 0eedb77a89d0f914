package report

import (
	"math"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// Only what was called and did not fail never fails.
func TestNever(t *testing.T) {
	k := &parse.Capture{}
	series := func(metric, name, space, status string, values ...float64) {
		s := parse.Series{Metric: k.Names.Add([]byte(metric)), Values: values}
		for _, l := range [][2]string{{"dst_service", name}, {"dst_namespace", space}, {"status_code", status}} {
			s.Labels = append(s.Labels, parse.Label{Key: k.Names.Add([]byte(l[0])), Value: k.Names.Add([]byte(l[1]))})
		}
		k.Series = append(k.Series, s)
	}
	series("response_total", "web", "shop", "200", 1, 5, 90)
	series("response_total", "api", "shop", "200", 1, math.NaN(), 5, 2, 3)
	series("response_total", "idle", "shop", "200", 7, 7, 7) // not called
	series("response_total", "cart", "shop", "200", 1, 5)
	series("response_total", "cart", "shop", "503", 0, 1)    // failed by the counter
	series("response_total", "mail", "shop", "200", 1, 1000) // failed by the log
	series("up", "other", "shop", "200", 1, 5)
	c := &correlate.Case{Placed: correlate.Placed{Index: &correlate.Index{Capture: k}}}
	if got := never(c); got != "" {
		t.Errorf("without an incident: %q", got)
	}
	c.Incidents = []correlate.Incident{{Targets: []correlate.Target{{Name: "mail.shop.svc.cluster.local:80", Failures: 2}}}}
	if got, want := never(c), "web.shop and api.shop: requests were counted, and none failed"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestReportersZone(t *testing.T) {
	seen := func(hours float64, lines int) parse.Source {
		return parse.Source{Zones: parse.ZoneSeen{Ahead: int64(hours * float64(time.Hour)), Lines: lines}}
	}
	for _, c := range []struct {
		sources []parse.Source
		zone    *time.Location
		want    string
	}{
		{nil, time.UTC, ""},
		{[]parse.Source{seen(0, 9)}, time.UTC, ""},
		{[]parse.Source{seen(2, 9), seen(0, 0)}, time.UTC, "the logs print +02:00: --tz +02:00 shows that"},
		{[]parse.Source{seen(-5, 9)}, time.UTC, "the logs print -05:00: --tz -05:00 shows that"},
		{[]parse.Source{seen(2, 9), seen(1, 9)}, time.UTC, ""},
		{[]parse.Source{seen(5.5, 9)}, time.UTC, "the logs print +05:30: --tz +05:30 shows that"},
		{[]parse.Source{seen(2, 9)}, time.FixedZone("CEST", 7200), ""},
	} {
		k := &correlate.Case{Placed: correlate.Placed{Index: &correlate.Index{Capture: &parse.Capture{Sources: c.sources}}}}
		if got := reportersZone(k, c.zone); got != c.want {
			t.Errorf("%v: %q, want %q", c.sources, got, c.want)
		}
	}
}

package correlate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

// Headers without a year take year and zone from the access lines beside them,
// in leap years and in others, before and behind the end of February.
func TestYearBesideAccessLines(t *testing.T) {
	for _, day := range []time.Time{
		time.Date(2023, 2, 10, 12, 0, 0, 0, time.UTC), time.Date(2023, 6, 30, 23, 59, 0, 0, time.UTC), time.Date(2024, 6, 30, 12, 0, 0, 0, time.UTC),
	} {
		var b strings.Builder
		for i := range 40 {
			at := day.Add(time.Duration(i) * time.Second)
			fmt.Fprintf(&b, "10.0.0.7 - - [%s +0100] \"GET /a HTTP/1.1\" 200 160 \"-\" \"curl\" 87 0.002 [shop-web-80] [] 10.1.0.9:80 160 0.002 200 %032x\n", at.Format("02/Jan/2006:15:04:05"), i)
			if i%10 == 5 {
				fmt.Fprintf(&b, "W%s       7 controller.go:1163] Service \"shop/web\" does not have any active Endpoint.\n", at.Format("0102 15:04:05.000000"))
			}
		}
		c := judged(t, b.String())
		n := 0
		for _, p := range c.Of(parse.ProxyNoEndpoints) {
			at, _, ok := c.Wall(p)
			want := day.Add(time.Duration(5+10*n)*time.Second - time.Hour)
			if !ok || at != parse.Time(want.UnixNano()) {
				t.Errorf("line %d is at %s, not %s", n, time.Unix(0, int64(at)).UTC(), want)
			}
			n++
		}
		if n != 4 {
			t.Errorf("%s: %d lines, not 4", day, n)
		}
	}
}

// A log that goes on over New Year is in two years: its December is not put a
// year late, nor its January a year early, in whichever order they stand.
func TestYearTurns(t *testing.T) {
	const (
		dec = "W1231 23:59:58.553000       7 controller.go:1163] Service \"shop/web\" does not have any active Endpoint.\n"
		jan = "W0101 00:00:03.553000       7 controller.go:1163] Service \"shop/web\" does not have any active Endpoint.\n"
	)
	access := "10.0.0.7 - - [01/Jan/2025:00:00:09 +0000] \"GET /a HTTP/1.1\" 200 160 \"-\" \"curl\" 87 0.002 [shop-web-80] [] 10.1.0.9:80 160 0.002 200 " + strings.Repeat("0", 32) + "\n"
	for _, text := range []string{dec + dec + jan + jan + access, dec + jan + dec + jan + access} {
		c := judged(t, text)
		got := map[string]int{}
		for _, p := range c.Of(parse.ProxyNoEndpoints) {
			at, _, ok := c.Wall(p)
			if !ok {
				t.Errorf("%s: a line has no time", text)
			}
			got[time.Unix(0, int64(at)).UTC().Format("2006-01-02 15:04")]++
		}
		if got["2024-12-31 23:59"] != 2 || got["2025-01-01 00:00"] != 2 {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// The header of a file of klog names the year of its lines; that of a journal
// names the zone too, if it is one that can be but one.
func TestYearOfHeader(t *testing.T) {
	const probe = `E0304 09:15:21.334455    1042 prober.go:107] "Probe failed" probeType="Readiness" pod="shop/web-0" podUID="u" containerName="web" probeResult="failure" output="HTTP probe failed with statuscode: 503"` + "\n"
	at := time.Date(2021, 3, 4, 9, 15, 21, 334455000, time.UTC)
	for header, want := range map[string]struct {
		at     time.Time
		within time.Duration
	}{
		"Log file created at: 2021/03/04 09:15:00":                                                    {at, parse.NoZone},
		"-- Logs begin at Mon 2021-03-01 08:00:00 UTC, end at Thu 2021-03-04 09:20:00 UTC. --":        {at, time.Second},
		"-- Journal begins at Mon 2021-03-01 08:00:00 -03, ends at Thu 2021-03-04 09:20:00 -03. --":   {at.Add(3 * time.Hour), time.Second},
		"-- Logs begin at Mon 2021-03-01 08:00:00 EST, end at Thu 2021-03-04 09:20:00 EST. --":        {at, parse.NoZone},
		"-- Logs begin at Fri 2021-01-01 08:00:00 UTC, end at Thu 2021-03-04 09:20:00 UTC. --\nnoise": {at, time.Second},
	} {
		c := judged(t, header+"\n"+strings.Repeat(probe, 3))
		points := c.Of(parse.KubeletProbeFailed)
		if len(points) == 0 {
			t.Errorf("%s: no probe", header)
			continue
		}
		got, within, ok := c.Wall(points[0])
		if !ok || got != parse.Time(want.at.UnixNano()) || within > want.within+time.Second || within < want.within-time.Second {
			t.Errorf("%s: at %s ±%s, want %s ±%s", header, time.Unix(0, int64(got)).UTC(), within, want.at, want.within)
		}
	}
}

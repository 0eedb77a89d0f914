package correlate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// when is the wall time of the case's only event of a kind, and how exact it is.
func when(t *testing.T, kind parse.Kind, in ...parse.Input) (at, basis string, within time.Duration) {
	t.Helper()
	c := judge(t, correlate.Options{}, in...)
	for p := range c.Timeline() {
		if c.At(p).Kind != kind || c.Streams[p.Stream].Clock == parse.ClockWall {
			continue
		}
		if wall, w, ok := c.Wall(p); ok {
			at, within = time.Unix(0, int64(wall)).UTC().Format(time.RFC3339), w
		}
		basis = c.Anchors[p.Stream].Basis.String()
	}
	return at, basis, within
}

const kubeletLine = `I0304 09:15:21.334455    1042 prober.go:107] "Probe failed" probeType="Readiness" pod="shop/web-0" podUID="x" containerName="web" probeResult="failure" output="HTTP probe failed with statuscode: 503"` + "\n"

func probeEvent(first, last string, count int) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"Event","metadata":{"name":"web-0.x","namespace":"shop"},"involvedObject":{"kind":"Pod","namespace":"shop","name":"web-0"},`+
		`"reason":"Unhealthy","message":"Readiness probe failed: HTTP probe failed with statuscode: 503","firstTimestamp":%q,"lastTimestamp":%q,"count":%d,"type":"Warning"}`, first, last, count)
}

// old is a file that was copied years later.
func old(name, text string) parse.Input {
	in := file(name, text)
	in.Modified = time.Date(2029, 11, 30, 0, 0, 0, 0, time.UTC)
	return in
}

// A clock without a year takes it from the bundle, from the stamped lines
// beside it, and from the file last; its zone from a probe that an event tells.
func TestYearAndZoneOfABundle(t *testing.T) {
	beside := old("d/n1/pods/x.log", "2025-03-04T09:02:01.5Z stdout F "+absent(1, "x"))
	for name, f := range map[string]struct {
		in     []parse.Input
		at     string
		basis  string
		within time.Duration
	}{
		"the file's":             {[]parse.Input{old("d/n1/kubelet.log", kubeletLine)}, "2029-03-04T09:15:21Z", "bounded", 14 * time.Hour},
		"stamped lines":          {[]parse.Input{old("d/n1/kubelet.log", kubeletLine), beside}, "2025-03-04T09:15:21Z", "bounded", 14 * time.Hour},
		"the folder":             {[]parse.Input{old("b-2024-03-04T10_00_00/kubelet.log", kubeletLine)}, "2024-03-04T09:15:21Z", "bounded", 14 * time.Hour},
		"the turn of the year":   {[]parse.Input{old("b-2024-01-02T10_00_00/kubelet.log", strings.Replace(kubeletLine, "I0304", "I1231", 1))}, "2023-12-31T09:15:21Z", "bounded", 14 * time.Hour},
		"a file of the bundle":   {[]parse.Input{old("m/x/kubelet.log", kubeletLine), old("m/timestamp", "2025-03-04 09:19:00.1 +0000 UTC m=+0.1\n2025-03-04 09:21:00.1 +0000 UTC m=+120.1\n")}, "2025-03-04T09:15:21Z", "bounded", 14 * time.Hour},
		"a probe proves UTC":     {[]parse.Input{old("d/kubelet.log", kubeletLine), old("d/events.json", probeEvent("2025-03-04T09:15:21Z", "2025-03-04T09:15:21Z", 1))}, "2025-03-04T09:15:21Z", "reported", 0},
		"a probe proves +05:45":  {[]parse.Input{old("d/kubelet.log", kubeletLine), old("d/events.json", probeEvent("2025-03-04T03:30:21Z", "2025-03-04T03:30:21Z", 1))}, "2025-03-04T03:30:21Z", "reported", 0},
		"a probe of another pod": {[]parse.Input{old("d/kubelet.log", kubeletLine), old("d/events.json", strings.ReplaceAll(probeEvent("2025-03-04T03:30:21Z", "2025-03-04T03:30:21Z", 1), "web-0", "web-1"))}, "2025-03-04T09:15:21Z", "bounded", 14 * time.Hour},
		"no zone is that far":    {[]parse.Input{old("d/kubelet.log", kubeletLine), old("d/events.json", probeEvent("2025-03-05T09:15:21Z", "2025-03-05T09:15:21Z", 1))}, "2025-03-04T09:15:21Z", "bounded", 14 * time.Hour},
		"two zones fit as well": {[]parse.Input{old("d/kubelet.log", kubeletLine), old("d/events.json", probeEvent("2025-03-04T09:15:21Z", "2025-03-04T09:15:21Z", 1)+
			probeEvent("2025-03-04T08:15:21Z", "2025-03-04T08:15:21Z", 1))}, "2025-03-04T09:15:21Z", "bounded", 14 * time.Hour},
	} {
		if name == "no zone is that far" {
			f.in[1] = old("elsewhere/events.json", probeEvent("2025-03-05T09:15:21Z", "2025-03-05T09:15:21Z", 1))
			f.in = append(f.in, old("d/x.log", "2025-03-04T09:02:01.5Z stdout F "+absent(1, "x")))
		}
		at, basis, within := when(t, parse.KubeletProbeFailed, f.in...)
		if at != f.at || basis != f.basis || within.Round(time.Hour) != f.within {
			t.Errorf("%s: %s %s ±%s, want %s %s ±%s", name, at, basis, within, f.at, f.basis, f.within)
		}
	}
}

// Ages count from when the bundle was taken, if its name says that with a
// zone, or the latest stamped lines tell the zone.
func TestAgesOfABundle(t *testing.T) {
	const table = "LAST SEEN   TYPE      REASON      OBJECT      MESSAGE\n10m         Warning   Unhealthy   pod/web-0   Readiness probe failed: HTTP probe failed with statuscode: 503\n"
	stamps := old("b-2025-03-04T10_20_00/x.log", "2025-03-04T09:19:58.5Z stdout F "+absent(1, "x"))
	for name, f := range map[string]struct {
		in    []parse.Input
		from  string
		basis string
	}{
		"a zone":      {[]parse.Input{file("b-2025-03-04T09-20-00Z/events", table)}, "2025-03-04T09:1", "bounded"},
		"by stamps":   {[]parse.Input{file("b-2025-03-04T10_20_00/events", table), stamps}, "2025-03-04T09:1", "bounded"},
		"no zone":     {[]parse.Input{file("b-2025-03-04T10_20_00/events", table)}, "", "none"},
		"a file says": {[]parse.Input{file("sos/x/events", table), file("sos/date", "Tue Mar  4 09:20:00 UTC 2025\n")}, "2025-03-04T09:09", "bounded"},
	} {
		at, basis, _ := when(t, parse.KubeletProbeFailed, f.in...)
		if !strings.HasPrefix(at, f.from) || (at == "") != (f.from == "") || basis != f.basis {
			t.Errorf("%s: %q %s, want %q %s", name, at, basis, f.from, f.basis)
		}
	}
}

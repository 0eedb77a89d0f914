package formats

import (
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// A zone that a line names moves its time, and one that it does not name, or that is
// of several places, is not taken for UTC without a word.
func TestZonesOfPrograms(t *testing.T) {
	const failed = "ERROR:  dial tcp 10.0.0.7:8080: connect: connection refused"
	csv := func(at string) string {
		return "\"@timestamp\",\"kubernetes.pod_name\",\"log\"\n\"" + at + "\",\"cart-1\",\"" + failed + "\"\n"
	}
	for _, c := range []struct {
		text, zone, want string
		by               parse.ZoneBy
	}{
		{"2024-05-06 10:05:01.000 UTC [31] " + failed, "", "10:05:01", parse.ZonePrinted},
		{"2024-05-06 10:05:01 CEST [31] " + failed, "", "08:05:01", parse.ZonePrinted},
		{"2024-05-06 10:05:01.123 EDT [31] " + failed, "", "14:05:01", parse.ZonePrinted},
		{"2024-05-06T10:05:01.123Z " + failed, "", "10:05:01", parse.ZonePrinted},
		{"2024-05-06 10:05:01.123 CST [31] " + failed, "", "10:05:01", parse.ZoneUnknown},
		{"2024-05-06 03:05:01,123 " + failed, "", "03:05:01", parse.ZoneUnknown},
		{"2024-05-06 03:05:01,123 " + failed, "America/Los_Angeles", "10:05:01", parse.ZonePrinted},
		{csv("May 6, 2024 @ 10:05:01.000"), "", "10:05:01", parse.ZoneUnknown},
		{csv("May 6, 2024 @ 10:05:01.000"), "Europe/Berlin", "08:05:01", parse.ZonePrinted},
	} {
		in := parsetest.Text("x", c.text)
		if c.zone != "" {
			zone, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			in.Zone = zone
		}
		got := parsetest.Read(t, in, All(), Wrappers(), parse.Options{})
		if len(got.Streams) != 1 || len(got.Streams[0].Events) != 1 {
			t.Fatalf("%q: %d streams", c.text, len(got.Streams))
		}
		s := got.Streams[0]
		if at := time.Unix(0, int64(s.Events[0].Time)).UTC().Format(time.TimeOnly); at != c.want || s.ZoneBy != c.by {
			t.Errorf("%q, %s: %s, zone %q; want %s, zone %q", c.text, c.zone, at, s.ZoneBy, c.want, c.by)
		}
	}
}

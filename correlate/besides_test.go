package correlate_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// An error line of nginx names no zone: it takes that of the access lines of the
// same log, and UTC where there are none or they do not agree.
func TestErrorLineInTheZoneOfItsAccessLines(t *testing.T) {
	const (
		refused = "2024/02/02 15:22:31 [error] 31#31: *80 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: shop.example, request: \"GET /cart HTTP/1.1\", upstream: \"http://10.1.2.3:8080/cart\", host: \"shop.example\"\n"
		other   = `10.0.0.1 - - [02/Feb/2024:14:22:32 +0100] "GET /cart HTTP/1.1" 504 160 "-" "curl/8" 93 3.004 [shop-web-80] [] 10.1.2.3:8080 0 3.000 504 5a401812d3491489148c16a589f9e84d` + "\n"
	)
	for name, f := range map[string]struct {
		text string
		zone *time.Location
		want int // the hour, UTC
	}{
		"alone":       {refused, nil, 15},
		"beside":      {access + refused, nil, 13},
		"before":      {refused + access, nil, 13},
		"two hosts'":  {access + refused + other, nil, 15},
		"zone given":  {access + refused, time.FixedZone("", 3600), 14},
		"in a ticket": {"It broke at noon.\n\nHere is what we saw:\n" + access + refused, nil, 13},
	} {
		in := file("ingress.log", f.text)
		in.Zone = f.zone
		c := judge(t, correlate.Options{}, in)
		var hours []int
		for s := range c.Streams {
			for i := range c.Streams[s].Events {
				if e := &c.Streams[s].Events[i]; e.Kind != parse.IngressResponse || e.Value < 500 {
					hours = append(hours, time.Unix(0, int64(e.Time)).UTC().Hour())
				} else if at, _, _ := c.Wall(correlate.Point{Stream: uint32(s), Event: uint32(i)}); time.Unix(0, int64(at)).UTC().Second() == 31 {
					hours = append(hours, time.Unix(0, int64(at)).UTC().Hour())
				}
			}
		}
		if !slices.Equal(hours, []int{f.want}) {
			t.Errorf("%s: %v, want %d", name, hours, f.want)
		}
	}
}

// hoursOf are the hours, UTC, of the failures that no access line tells.
func hoursOf(c *correlate.Case) (hours []int) {
	for s := range c.Streams {
		for i := range c.Streams[s].Events {
			if e := &c.Streams[s].Events[i]; e.Kind == parse.ProxyConnectFailed {
				hours = append(hours, time.Unix(0, int64(e.Time)).UTC().Hour())
			}
		}
	}
	slices.Sort(hours)
	return slices.Compact(hours)
}

// The zone of an error line is that of the best neighbour wherever it stands: the
// stamp before the line, an access line far behind it, another log of its folder.
func TestZoneOfTheBestNeighbour(t *testing.T) {
	const refused = "2024/02/02 15:%02d:%02d [error] 31#31: *80 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: shop.example, request: \"GET /cart HTTP/1.1\", upstream: \"http://10.1.2.3:8080/cart\", host: \"shop.example\"\n"
	var long, stamped strings.Builder
	for i := range 600 { // more than a head
		fmt.Fprintf(&long, refused, i/60, i%60)
		fmt.Fprintf(&stamped, "2024-02-02T13:%02d:%02d.204Z stderr F "+refused, i/60, i%60, i/60, i%60)
	}
	late := strings.ReplaceAll(access, ":22:", ":59:")
	lent := func(in parse.Input) parse.Input { // as a member of an archive, or standard input
		in.Rereadable = false
		return in
	}
	beside := func(path, text string) parse.Input {
		in := file(path, text)
		in.Path = path
		return in
	}
	for name, f := range map[string]struct {
		in   []parse.Input
		want int
	}{
		"alone":                  {[]parse.Input{file("error.log", long.String())}, 15},
		"far behind":             {[]parse.Input{lent(file("error.log", long.String()+late))}, 13},
		"stamped":                {[]parse.Input{file("error.log", stamped.String())}, 13},
		"beside":                 {[]parse.Input{beside("web/error.log", long.String()), beside("web/access.log", access)}, 13},
		"before":                 {[]parse.Input{beside("web/access.log", access), beside("web/error.log", long.String())}, 13},
		"elsewhere":              {[]parse.Input{beside("web1/error.log", long.String()), beside("web2/access.log", access)}, 15},
		"two that do not agree":  {[]parse.Input{beside("web/error.log", long.String()), beside("web/access.log", access), beside("web/b.log", strings.ReplaceAll(access, "+0200", "+0100"))}, 15},
		"in JSON":                {[]parse.Input{file("error.log", long.String()+`{"time":"2024-02-02T15:59:00+02:00","status":200,"request":"GET / HTTP/1.1"}`+"\n")}, 13},
		"a runtime's is another": {[]parse.Input{file("error.log", long.String()+`{"time":"2024-02-02T15:59:00Z","status":200}`+"\n")}, 15},
	} {
		if hours := hoursOf(judge(t, correlate.Options{}, f.in...)); !slices.Equal(hours, []int{f.want}) {
			t.Errorf("%s: %v, want %d", name, hours, f.want)
		}
	}
}

// The same bytes with another modification time give the same verdict,
// incidents and periods.
func TestModifiedDecidesNothing(t *testing.T) {
	in, _ := made(t, config("resync", 3, nil))
	var want *correlate.Case
	for _, modified := range []time.Time{{}, time.Date(2024, 2, 3, 0, 0, 0, 0, time.UTC), time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)} {
		for k := range in {
			in[k].Modified = modified
		}
		c := judge(t, correlate.Options{}, in...)
		if want == nil {
			want = c
		}
		if !reflect.DeepEqual(c.Verdict, want.Verdict) || !reflect.DeepEqual(c.Incidents, want.Incidents) || !reflect.DeepEqual(c.Periods, want.Periods) {
			t.Errorf("modified %s: %q, %d incidents, want %q, %d", modified, c.Verdict.Sentence, len(c.Incidents), want.Verdict.Sentence, len(want.Incidents))
		}
	}
}

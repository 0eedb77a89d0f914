package ingress

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// A line "#Fields:" names the columns of the others, in any order and between
// tabs, blanks or quotes; two starts of a program may have two sets. Sources:
// WD-logfile-960323; IIS, "W3C Logging"; HTTP.sys, "Error logging in HTTP APIs".
func TestNamedColumns(t *testing.T) {
	for name, c := range map[string]struct{ log, want string }{
		"iis through a proxy": {`#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2024-02-02 13:00:00
#Fields: date time s-ip cs-method cs-uri-stem cs-host c-ip sc-status sc-substatus sc-win32-status time-taken
2024-02-02 13:22:31 10.0.0.5 POST /pay shop.example 198.51.100.7 502 3 12007 14
2024-02-02 13:22:32 10.0.0.5 POST /pay shop.example 198.51.100.7 201 0 0 14
`, "13:22:31 502 dns shop.example 14ms; other 1"},
		"quoted, seconds": {`#Fields: c-ip date time cs-method cs-uri "cs(Referer)" sc-status time-taken
198.51.100.7 2024-02-02 13:22:31.250 GET /cart "a b" 504 5
198.51.100.7   2024-02-02   13:22:32   GET   /cart   "-"   500   0.250
`, "13:22:31.25 504 unknown  5s; 13:22:32 500 unknown  250ms; other 0"},
		"http.sys": {`#Software: Microsoft HTTP API 2.0
#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri streamid sc-status s-siteid s-reason s-queuename transport
2024-02-02 13:22:31 198.51.100.7 51234 10.0.0.5 80 HTTP/1.1 GET /cart - 503 1 QueueFull ShopPool -
2024-02-02 13:22:32 198.51.100.7 51235 10.0.0.5 80 HTTP/1.1 GET /cart - 503 1 AppOffline ShopPool -
2024-02-02 13:22:33 198.51.100.7 51235 10.0.0.5 80 - - - - - - Timer_ConnectionIdle - -
`, "13:22:31 503 loadshed ShopPool 0s; 13:22:32 503 no_endpoints ShopPool 0s; other 1"},
		"dated by a directive": {`#Version: 1.0
#Date: 2024-02-02 13:00:00
#Fields: time c-ip cs-method cs-uri-stem sc-status time-taken
13:22:31 198.51.100.7 GET /cart 503 2
13:22:32 198.51.100.7 GET /cart 200 2
`, "13:22:31 503 unknown  2s; other 1"},
		"two starts": {`#Fields: date time cs-method cs-uri-stem sc-status
2024-02-02 13:22:31 GET /cart 503
#Fields: date time cs-method cs-uri-stem sc-status time-taken
2024-02-02 13:22:32 GET /cart 504 12
`, "13:22:31 503 unknown  0s; 13:22:32 504 unknown  12s; other 0"},
	} {
		for _, piece := range []int{0, 1, 70} {
			c2 := read(t, []byte(c.log), piece)
			var got []string
			for i := range c2.Streams {
				for _, e := range c2.Streams[i].Events {
					at := time.Unix(0, int64(e.Time)-int64(e.Grain.Width())/2).UTC().Format("15:04:05.999999999")
					got = append(got, fmt.Sprint(at, " ", e.Value, " ", parse.CauseOf(e.Class), " ", c2.Names.Text(e.Target), " ", e.Lasted))
				}
			}
			directives := strings.Count(c.log, "#")
			n := c2.Sources[0].Counts
			got = append(got, fmt.Sprint("other ", int(n.Other)-directives))
			if s := strings.Join(got, "; "); s != c.want || n.Unparsed != 0 {
				t.Errorf("%s, pieces of %d: %q, want %q: %+v", name, piece, s, c.want, n)
			}
		}
	}
}

// Lines of Azure App Service are known without the one that names their columns.
func TestAppServiceWithoutItsHead(t *testing.T) {
	line := "2024-02-02 13:22:31 SHOP GET /cart x=1 80 - 10.0.0.4 curl/8.5.0 - - shop.example 502 3 12002 123 456 30001"
	f, v, l, b := verdicts(t, line, parse.Prefix{})
	if f != W3C || v != parse.Took || b.Events[0].Value != 502 || b.Events[0].Lasted != 30001*time.Millisecond || b.Names.Text(b.Events[0].Target) != "shop.example" {
		t.Errorf("%v %v %v %+v", f, v, l.Own, b.Events)
	}
}

// A line is shown under the names of its columns.
func TestNamedColumnsDetail(t *testing.T) {
	l, err := Compile("#Fields: date time cs-method cs-uri-stem sc-status time-taken")
	if err != nil {
		t.Fatal(err)
	}
	var d parse.Detail
	if !l.detail([]byte("2024-02-02 13:22:31 GET /cart 504 0"), &d) || d.Message != "GET /cart 504" || d.RawTime != "2024-02-02 13:22:31" || !d.Zero {
		t.Errorf("%+v", d)
	}
	for _, text := range []string{"#Fields: time sc-status", "#Fields:", "#Fields: date time"} {
		if _, err := Compile(text); err == nil {
			t.Errorf("%q tells when and with which status", text)
		}
	}
}

// A log that only "#Date:" dates goes on past midnight, as often as its clock falls
// back by more than an hour, and not where lines are a little out of order.
func TestDatedOnceGoesPastMidnight(t *testing.T) {
	const head = "#Software: Microsoft Internet Information Services 10.0\n" +
		"#Date: 2024-05-06 23:59:50\n#Fields: time cs-method cs-uri-stem c-ip sc-status time-taken\n"
	var text strings.Builder
	text.WriteString(head)
	for _, at := range []string{"23:59:58", "00:00:03", "00:00:02", "12:30:00", "23:59:59", "00:00:01"} {
		text.WriteString(at + " GET /a 10.1.1.1 503 1\n")
	}
	want := []string{"06 23:59:58", "07 00:00:03", "07 00:00:02", "07 12:30:00", "07 23:59:59", "08 00:00:01"}
	for _, piece := range []int{0, 64} {
		c := parsetest.Read(t, parsetest.Text("iis.log", text.String()), Formats(), nil, parse.Options{Piece: piece})
		var got []string
		for _, s := range c.Streams {
			for _, e := range s.Events {
				got = append(got, time.Unix(0, int64(e.Time)-int64(e.Grain.Width()/2)).UTC().Format("02 15:04:05"))
			}
		}
		slices.Sort(got)
		sorted := slices.Sorted(slices.Values(want))
		if !slices.Equal(got, sorted) {
			t.Errorf("pieces of %d: %q, want %q", piece, got, sorted)
		}
	}
}

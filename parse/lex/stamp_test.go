package lex

import (
	"testing"
	"time"
)

const us, ms = int64(time.Microsecond), int64(time.Millisecond)

// utc is nanoseconds since 1970 of an RFC 3339 time.
func utc(t *testing.T, s string) int64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixNano()
}

func TestRFC3339(t *testing.T) {
	f := func(in, want string, width int64, zoned bool, offset int64, n int) {
		t.Helper()
		s, got, ok := RFC3339([]byte(in))
		if !ok || got != n || s != (Stamp{utc(t, want), offset, width, zoned}) {
			t.Errorf("%q: %+v n=%d %v, want %s width %d zoned %v offset %d n=%d", in, s, got, ok, want, width, zoned, offset, n)
		}
	}
	f("2024-02-02T13:22:28Z", "2024-02-02T13:22:28Z", Second, true, 0, 20)
	f("2024-02-02T13:22:28z", "2024-02-02T13:22:28Z", Second, true, 0, 20)
	f("2024-02-02 13:22:28", "2024-02-02T13:22:28Z", Second, false, 0, 19)
	f("2024-02-02T13:22:28.5 x", "2024-02-02T13:22:28.5Z", 100*ms, false, 0, 21)
	f("2024-02-02T13:22:28,553Z", "2024-02-02T13:22:28.553Z", ms, true, 0, 24)
	f("2024-02-02T13:22:28.553145Z", "2024-02-02T13:22:28.553145Z", us, true, 0, 27)
	f("2024-02-02T13:22:28.553145678Z", "2024-02-02T13:22:28.553145678Z", 1, true, 0, 30)
	f("2024-02-02T13:22:28.5531456789999Z", "2024-02-02T13:22:28.553145678Z", 1, true, 0, 34)
	f("2024-02-02T13:22:28+01:00", "2024-02-02T12:22:28Z", Second, true, 3600*Second, 25)
	f("2024-02-02T13:22:28-0730", "2024-02-02T20:52:28Z", Second, true, -27000*Second, 24)
	f("2024-02-02T13:22:28. ", "2024-02-02T13:22:28Z", Second, false, 0, 19)
	f("2024-02-02T13:22:28+1", "2024-02-02T13:22:28Z", Second, false, 0, 19)
	f("2024-02-29T23:59:60Z", "2024-03-01T00:00:00Z", Second, true, 0, 20)
	f("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z", Second, true, 0, 20)
	f("2261-12-31T23:59:59Z", "2261-12-31T23:59:59Z", Second, true, 0, 20)

	for _, in := range []string{"", "2024-02-02", "2024-02-02T13:22:2", "2024/02/02T13:22:28Z", "2024-02-02x13:22:28Z",
		"2024-13-02T13:22:28Z", "2024-00-02T13:22:28Z", "2024-02-00T13:22:28Z", "2024-02-32T13:22:28Z",
		"2024-02-02T24:22:28Z", "2024-02-02T13:60:28Z", "2024-02-02T13:22:61Z", "1969-12-31T23:59:59Z",
		"2262-01-01T00:00:00Z", "2O24-02-02T13:22:28Z", "-024-02-02T13:22:28Z", "2024-02-02T13-22-28Z"} {
		if s, n, ok := RFC3339([]byte(in)); ok || n != 0 {
			t.Errorf("%q: %+v n=%d", in, s, n)
		}
	}
}

func TestTraceStamp(t *testing.T) {
	f := func(in, want string, width int64, n int) {
		t.Helper()
		s, got, ok := TraceStamp([]byte(in))
		if !ok || got != n || s != (Stamp{Unix: utc(t, want), Width: width}) {
			t.Errorf("%q: %+v n=%d %v", in, s, got, ok)
		}
	}
	f("02-Feb-2024 13:22:28.553", "2024-02-02T13:22:28.553Z", ms, 24)
	f("29-Feb-2024 00:00:00.000) (", "2024-02-29T00:00:00Z", ms, 24)
	f("31-Dec-2023 23:59:59", "2023-12-31T23:59:59Z", Second, 20)
	for i, m := range []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"} {
		want := time.Date(2024, time.Month(i+1), 9, 1, 2, 3, 4e6, time.UTC).Format(time.RFC3339Nano)
		f("09-"+m+"-2024 01:02:03.004", want, ms, 24)
	}
	for _, in := range []string{"", "02-Feb-2024 13:22:2", "2-Feb-2024 13:22:28.5", "02-feb-2024 13:22:28.553", "02-anF-2024 13:22:28.553",
		"02-Feb-2024T13:22:28.553", "02-Feb-24 13:22:28.553xxx", "00-Feb-2024 13:22:28.553", "02-Feb-2024 25:22:28.553"} {
		if s, _, ok := TraceStamp([]byte(in)); ok {
			t.Errorf("%q: %+v", in, s)
		}
	}
}

func TestRFC1123Z(t *testing.T) {
	f := func(in, want string, offset int64) {
		t.Helper()
		s, n, ok := RFC1123Z([]byte(in))
		if !ok || n != len(in) || s != (Stamp{utc(t, want), offset, Second, true}) {
			t.Errorf("%q: %+v n=%d %v", in, s, n, ok)
		}
	}
	f("Thu, 22 Feb 2024 10:30:03 +0100", "2024-02-22T09:30:03Z", 3600*Second)
	f("Fri, 01 Mar 2024 00:00:00 +0000", "2024-03-01T00:00:00Z", 0)
	f("Thu, 22 Feb 2024 10:30:03 -07:00", "2024-02-22T17:30:03Z", -7*3600*Second)
	for _, in := range []string{"", "Thu, 22 Feb 2024 10:30:03", "Thu, 22 Feb 2024 10:30:03 xxxxxx", "Thu 22 Feb 2024 10:30:03 +0100 ",
		"Thu, 22 Feb 2024 10:60:03 +0100", "Thu, 22-Feb-2024 10:30:03 +0100", "Thu, 22 Fab 2024 10:30:03 +0100"} {
		if s, _, ok := RFC1123Z([]byte(in)); ok {
			t.Errorf("%q: %+v", in, s)
		}
	}
}

func TestUptime(t *testing.T) {
	f := func(in string, ns, width int64, n int) {
		t.Helper()
		gotNs, gotWidth, got, ok := Uptime([]byte(in))
		if !ok || gotNs != ns || gotWidth != width || got != n {
			t.Errorf("%q: %d width %d n=%d %v, want %d width %d n=%d", in, gotNs, gotWidth, got, ok, ns, width, n)
		}
	}
	f("[   366.299401s]  INFO", 366299401*us, us, 16)
	f("[     0.000000s]", 0, us, 16)
	f("[560294.049116s] ", 560294049116*us, us, 16)
	f("[1560294.049116s]", 1560294049116*us, us, 17)
	f("[ 84.119814306s] WARN", 84119814306, 1, 16)
	f("[0.001866s]", 1866*us, us, 11)
	f("[ 0.001866s] INFO", 1866*us, us, 12)
	f("[12s]", 12*Second, Second, 5)
	f("[12.5s]", 12*Second+500*ms, 100*ms, 7)
	f("[999999999.999999s]", 999999999999999*us, us, 19)
	for _, in := range []string{"", "[", "[]", "[s]", "[ s]", "[.5s]", "[1.5]", "[1.5s", "[1.5m]", "(1.5s)", "[-1.5s]",
		"[1.s]", "[1234567890.1s]", "[1.5 s]", "[\t1.5s]", "[INFO s]"} {
		if ns, _, _, ok := Uptime([]byte(in)); ok {
			t.Errorf("%q: %d", in, ns)
		}
	}
}

func TestKlogHeader(t *testing.T) {
	day := 24 * 3600 * Second
	f := func(in string, severity byte, since int64, caller, rest string) {
		t.Helper()
		k, n, ok := KlogHeader([]byte(in))
		if !ok || k.Severity != severity || k.Since != since || string(k.Caller) != caller || in[n:] != rest {
			t.Errorf("%q: %c %d %q n=%d %v, want since %d", in, k.Severity, k.Since, k.Caller, n, ok, since)
		}
	}
	f("I0101 00:00:00.000000       1 a.go:1] x", 'I', 0, "a.go:1", "x")
	f("W0229 00:00:00.000001       1 trace.go:219] x", 'W', 59*day+us, "trace.go:219", "x")
	f("E0301 00:00:00.000000   28718 trace.go:219] ", 'E', 60*day, "trace.go:219", "")
	f("F1231 23:59:59.999999 1234567 reflector.go:347]x", 'F', 366*day-us, "reflector.go:347", "x")
	f("I0111 08:12:16.084350 1 trace.go:205] Trace[1]", 'I', 10*day+29536084350*us, "trace.go:205", "Trace[1]")
	for _, in := range []string{"", "I1123", "I1123 08:50:05.060456   28718", "D1123 08:50:05.060456   28718 a.go:1] x",
		"I1123 08:50:05   28718 trace.go:219] x", "I1323 08:50:05.060456   28718 a.go:1] x", "I1123 08:50:05.060456   a.go:1] text",
		"I1123 08:50:05.060456   28718 a b] text", "I1123 08:50:05.060456   28718 trace.go:219 text", "I1123 24:50:05.060456   28718 a.go:1] x",
		"I112x 08:50:05.060456   28718 a.go:1] x", "Information is what this line is about, nothing else] x"} {
		if k, n, ok := KlogHeader([]byte(in)); ok || n != 0 {
			t.Errorf("%q: %+v n=%d", in, k, n)
		}
	}
}

// A header that names no year, put into each kind of year and taken out again.
func TestYears(t *testing.T) {
	f := func(header string, year int, want string) {
		t.Helper()
		k, _, ok := KlogHeader([]byte(header + ":00.000000       1 trace.go:219] x"))
		if !ok {
			t.Fatal(header)
		}
		at := InYear(k.Since, year)
		if at != utc(t, want) {
			t.Errorf("%s in %d: %s, want %s", header, year, time.Unix(0, at).UTC(), want)
		}
		since, y := SinceYear(at)
		if y != year && want[:4] == header || since != k.Since && !(header == "I0229 12:00" && year == 2023) {
			t.Errorf("%s in %d: back at %d of %d, want %d", header, year, since, y, k.Since)
		}
	}
	f("I0101 00:00", 2024, "2024-01-01T00:00:00Z")
	f("I0228 23:59", 2023, "2023-02-28T23:59:00Z")
	f("I0228 23:59", 2024, "2024-02-28T23:59:00Z")
	f("I0229 12:00", 2024, "2024-02-29T12:00:00Z")
	f("I0229 12:00", 2023, "2023-03-01T12:00:00Z") // the year is wrong
	f("I0301 00:00", 2023, "2023-03-01T00:00:00Z")
	f("I0301 00:00", 2024, "2024-03-01T00:00:00Z")
	f("I0301 00:00", 2100, "2100-03-01T00:00:00Z") // no leap year
	f("I1231 23:59", 2023, "2023-12-31T23:59:00Z")
	f("I1231 23:59", 2024, "2024-12-31T23:59:00Z")

	for day := utc(t, "1970-01-01T00:00:00Z"); day < utc(t, "2150-01-01T00:00:00Z"); day += 24 * 3600 * Second {
		for _, at := range []int64{day, day + 24*3600*Second - 1} {
			since, year := SinceYear(at)
			if year != time.Unix(0, at).UTC().Year() || InYear(since, year) != at || YearStart(year) > at {
				t.Fatalf("%s: %d of %d comes back as %d", time.Unix(0, at).UTC(), since, year, InYear(since, year))
			}
		}
	}
}

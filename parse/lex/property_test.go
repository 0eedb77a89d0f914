package lex

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// randomTime is a time between 1970 and 2261 with a fraction of the given
// number of digits, in a zone of whole minutes.
func randomTime(r *rand.Rand, digits int) time.Time {
	unit := int64(Second)
	for range digits {
		unit /= 10
	}
	zone := time.FixedZone("", (r.IntN(24*60)-12*60)*60)
	sec := r.Int64N(290 * 365 * 24 * 3600)
	return time.Unix(sec+24*3600, r.Int64N(Second)/unit*unit).In(zone)
}

func agree(t *testing.T, layout, text string, s Stamp, n int, ok bool, digits int) {
	t.Helper()
	want, err := time.Parse(layout, text)
	if err != nil {
		t.Fatal(err)
	}
	width := Second
	for range digits {
		width /= 10
	}
	if !ok || n != len(text) || s.Unix != want.UnixNano() || s.Width != width {
		t.Fatalf("%q: %+v n=%d %v, want %d width %d", text, s, n, ok, want.UnixNano(), width)
	}
}

func TestStampsAgreeWithTime(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	fractions := []string{"", ".0", ".00", ".000", ".0000", ".00000", ".000000", ".0000000", ".00000000", ".000000000"}
	for range 3000 {
		for digits, fraction := range fractions {
			at := randomTime(r, digits)
			for _, zone := range []string{"Z07:00", "-07:00", "-0700", ""} {
				layout := "2006-01-02T15:04:05" + fraction + zone
				text := at.Format(layout)
				s, n, ok := RFC3339([]byte(text))
				agree(t, layout, text, s, n, ok, digits)
				if _, offset := at.Zone(); zone != "" && (!s.Zoned || s.Offset != int64(offset)*Second) {
					t.Fatalf("%q: %+v", text, s)
				}
			}
			layout := "02-Jan-2006 15:04:05" + fraction
			text := at.Format(layout)
			s, n, ok := TraceStamp([]byte(text))
			agree(t, layout, text, s, n, ok, digits)
		}
		text := randomTime(r, 0).Format(time.RFC1123Z)
		s, n, ok := RFC1123Z([]byte(text))
		agree(t, time.RFC1123Z, text, s, n, ok, 0)
	}
}

func TestUptimeReadsWhatTheProxyPrints(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20000 {
		sec, micros := r.Int64N(2_000_000)>>r.IntN(21), r.Int64N(1e6)
		for text, want := range map[string]int64{
			fmt.Sprintf("[%6d.%06ds]", sec, micros):     sec*Second + micros*us,
			fmt.Sprintf("[%d.%06ds]", sec, micros):      sec*Second + micros*us,
			fmt.Sprintf("[%3d.%09ds]", sec, micros*7):   sec*Second + micros*7,
			fmt.Sprintf("[%3d.%03ds]", sec, micros%1e3): sec*Second + micros%1e3*ms,
		} {
			if ns, _, n, ok := Uptime([]byte(text)); !ok || ns != want || n != len(text) {
				t.Fatalf("%s: %d n=%d %v, want %d", text, ns, n, ok, want)
			}
		}
	}
}

func TestKlogReadsWhatKlogPrints(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 20000 {
		at := randomTime(r, 6).UTC()
		text := fmt.Sprintf("%c%s %7d reflector.go:%d] ", "IWEF"[r.IntN(4)], at.Format("0102 15:04:05.000000"), r.IntN(1e6), r.IntN(999))
		k, n, ok := KlogHeader([]byte(text + "message"))
		if !ok || n != len(text) || k.Severity != text[0] || InYear(k.Since, at.Year()) != at.UnixNano() {
			t.Fatalf("%s: %+v n=%d %v", text, k, n, ok)
		}
	}
}

// humanDuration is how kubectl prints an age: HumanDuration of
// k8s.io/apimachinery v0.27.4, pkg/util/duration/duration.go.
func humanDuration(d time.Duration) string {
	two := func(a int, unit string, b int, rest string) string {
		if b == 0 {
			return fmt.Sprintf("%d%s", a, unit)
		}
		return fmt.Sprintf("%d%s%d%s", a, unit, b, rest)
	}
	seconds, minutes, hours := int(d/time.Second), int(d/time.Minute), int(d/time.Hour)
	switch {
	case seconds < 60*2:
		return two(seconds, "s", 0, "")
	case minutes < 10:
		return two(minutes, "m", seconds%60, "s")
	case minutes < 60*3:
		return two(minutes, "m", 0, "")
	case hours < 8:
		return two(hours, "h", minutes%60, "m")
	case hours < 48:
		return two(hours, "h", 0, "")
	case hours < 24*8:
		return two(hours/24, "d", hours%24, "h")
	case hours < 24*365*2:
		return two(hours/24, "d", 0, "")
	case hours < 24*365*8:
		return two(hours/24/365, "y", hours/24%365, "d")
	}
	return two(hours/24/365, "y", 0, "")
}

// The interval is exactly the ages that print alike.
func TestAgeIsWhatKubectlPrints(t *testing.T) {
	f := func(d time.Duration) {
		t.Helper()
		text := humanDuration(d)
		lo, hi, n, ok := Age([]byte(text))
		if !ok || n != len(text) || d < lo || d >= hi {
			t.Fatalf("%v prints %q: [%v, %v) n=%d %v", d, text, lo, hi, n, ok)
		}
		if humanDuration(lo) != text || humanDuration(hi-1) != text || humanDuration(hi) == text || lo > 0 && humanDuration(lo-1) == text {
			t.Fatalf("%q: [%v, %v) is not what prints so", text, lo, hi)
		}
	}
	for d := time.Duration(0); d < 9*24*time.Hour; d += 997 * time.Millisecond {
		f(d)
	}
	for d := time.Duration(0); d < 12*365*24*time.Hour; d += 7*time.Hour + 13*time.Second {
		f(d)
	}
}

// Every reader survives any bytes, and takes no more than it was given.
func FuzzReaders(f *testing.F) {
	for _, s := range []string{"2024-02-02T13:22:28.553+01:00", "02-Feb-2024 13:22:28.553", "Thu, 22 Feb 2024 10:30:03 +0100",
		"[ 84.119814306s] WARN", "I1123 08:50:05.060456   28718 trace.go:219] Trace", "I1123 08:50:05    2871 a.b:1] ", "9m33s (x4",
		"<invalid>", `"a\"b\x"`, `time="x" level=info`, "\x1b[1;31mred\x1b[0m", "\ufeffx\r", "999999999999999999999"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		whole := string(b)
		check := func(name string, n int, ok bool) {
			t.Helper()
			if n < 0 || n > len(b) || ok != (n > 0) {
				t.Errorf("%s(%q): n=%d %v", name, b, n, ok)
			}
		}
		_, n, ok := RFC3339(b)
		check("RFC3339", n, ok)
		_, n, ok = TraceStamp(b)
		check("TraceStamp", n, ok)
		_, n, ok = RFC1123Z(b)
		check("RFC1123Z", n, ok)
		ns, width, n, ok := Uptime(b)
		check("Uptime", n, ok)
		if ok && (ns < 0 || width < 1 || width > Second) {
			t.Errorf("Uptime(%q): %d width %d", b, ns, width)
		}
		_, n, ok = KlogHeader(b)
		check("KlogHeader", n, ok)
		lo, hi, n, ok := Age(b)
		check("Age", n, ok)
		if ok && lo >= hi {
			t.Errorf("Age(%q): [%v, %v)", b, lo, hi)
		}
		_, n, ok = Quoted(b)
		check("Quoted", n, ok)
		_, _, n, ok = Pair(b)
		check("Pair", n, ok)
		_, n, ok = Digits(b)
		check("Digits", n, ok)
		if len(StripANSI(b)) > len(b) || len(TrimEOL(b)) > len(b) || len(TrimBOM(b)) > len(b) {
			t.Errorf("%q grew", b)
		}
		if string(b) != whole {
			t.Errorf("%q was changed to %q", whole, b)
		}
	})
}

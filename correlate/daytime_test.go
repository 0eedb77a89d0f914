package correlate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/given"
)

// dayDump is an access log that goes from one time to another, and a proxy without
// stamps whose failfast is at an uptime of 369.298746 s.
func dayDump(from, to string) []parse.Input {
	line := func(at string) string {
		t, err := time.Parse("2006-01-02T15:04:05", at)
		if err != nil {
			panic(err)
		}
		return strings.ReplaceAll(strings.ReplaceAll(access, "02/Feb/2024:15:22:32 +0200", t.Format("02/Jan/2006:15:04:05 +0000")), " 504 ", " 200 ")
	}
	return []parse.Input{file("ingress.log", line(from)+line(to)), file("proxy.log", gateShut)}
}

// A time of the day that a person types is of the one day that fits the dump's
// dated lines, as wide as it was typed, and of none where two may be meant.
func TestTimeOfDayWithoutDate(t *testing.T) {
	for name, f := range map[string]struct {
		from, to string
		anchor   string
		want     string // when the failfast was; "" for none
		within   time.Duration
		said     string
	}{
		"within the span":          {"2024-02-02T13:22:20", "2024-02-02T13:30:00", "proxy.log:1=13:22:32", "2024-02-02T13:22:32.5", 500 * time.Millisecond, ""},
		"to the millisecond":       {"2024-02-02T13:22:20", "2024-02-02T13:30:00", "proxy.log:1=13:22:32.250", "2024-02-02T13:22:32.2505", time.Millisecond, ""},
		"to the minute":            {"2024-02-02T13:22:20", "2024-02-02T13:30:00", "proxy.log:1=13:22", "2024-02-02T13:22:30", 30 * time.Second, ""},
		"a bit before":             {"2024-02-02T13:22:20", "2024-02-02T13:30:00", "proxy.log:1=13:02:32", "2024-02-02T13:02:32.5", 500 * time.Millisecond, ""},
		"a bit behind":             {"2024-02-02T13:22:20", "2024-02-02T13:30:00", "proxy.log:1=14:02:32", "2024-02-02T14:02:32.5", 500 * time.Millisecond, ""},
		"behind midnight":          {"2024-02-02T23:22:20", "2024-02-02T23:59:58", "proxy.log:1=00:01:10", "2024-02-03T00:01:10.5", 500 * time.Millisecond, ""},
		"before midnight":          {"2024-02-03T00:00:20", "2024-02-03T00:30:00", "proxy.log:1=23:59:59", "2024-02-02T23:59:59.5", 500 * time.Millisecond, ""},
		"over midnight":            {"2024-02-02T20:00:00", "2024-02-03T04:00:00", "proxy.log:1=03:00:00", "2024-02-03T03:00:00.5", 500 * time.Millisecond, ""},
		"with a Z":                 {"2024-02-02T13:22:20", "2024-02-02T13:30:00", "proxy.log:1=13:22:32Z", "2024-02-02T13:22:32.5", 500 * time.Millisecond, ""},
		"a zero":                   {"2024-02-02T13:22:20", "2024-02-02T13:30:00", "proxy.log=13:16:19", "2024-02-02T13:22:28.298746", 500 * time.Millisecond, ""},
		"a zero of the day before": {"2024-02-03T00:00:20", "2024-02-03T00:30:00", "proxy.log=23:59:00", "2024-02-03T00:05:09.298746", 500 * time.Millisecond, ""},
		"of two days":              {"2024-02-02T13:00:00", "2024-02-03T14:00:00", "proxy.log:1=13:22:32", "", 0, "may be of 2024-02-02 or of 2024-02-03"},
		"of any of many":           {"2024-02-02T13:00:00", "2026-02-03T14:00:00", "proxy.log:1=13:22:32", "", 0, "may be of"},
		"as near to either":        {"2024-02-02T13:00:00", "2024-02-02T14:00:00", "proxy.log:1=01:22:32", "", 0, "may be of 2024-02-02 or of 2024-02-03"},
		"no hour":                  {"2024-02-02T13:00:00", "2024-02-02T14:00:00", "proxy.log:1=24:22:32", "", 0, "unread"},
	} {
		in := dayDump(f.from, f.to)
		byFacts := append(dayDump(f.from, f.to), file(given.Name, "anchors:\n  "+fmt.Sprintf("%q: %s\n", f.anchor[:strings.Index(f.anchor, "=")], f.anchor[strings.Index(f.anchor, "=")+1:])))
		rule, ok := correlate.ParseAnchor(f.anchor)
		if !ok {
			if f.said != "unread" {
				t.Errorf("%s: %s is not read", name, f.anchor)
			}
			continue
		}
		for how, c := range map[string]*correlate.Case{"flag": judge(t, correlate.Options{Anchors: []correlate.AnchorRule{rule}}, in...), "facts": judge(t, correlate.Options{}, byFacts...)} {
			points := c.Of(parse.ProxyFailfastEnter)
			at, within, ok := c.Wall(points[0])
			got := strings.TrimSuffix(time.Unix(0, int64(at)).UTC().Format("2006-01-02T15:04:05.999999"), "Z")
			if ok != (f.want != "") || ok && (got != f.want || within.Round(time.Millisecond) != f.within) {
				t.Errorf("%s, %s: %s ±%s %v, want %s ±%s", name, how, got, within, ok, f.want, f.within)
			}
			if said := strings.Join(c.Limits, "\n"); !strings.Contains(said, f.said) {
				t.Errorf("%s, %s: %q is not said: %s", name, how, f.said, said)
			}
		}
	}
	alone := judge(t, correlate.Options{Anchors: []correlate.AnchorRule{{Glob: "*", Life: -1, Line: 1, Bare: true}}}, file("proxy.log", gateShut))
	if said := strings.Join(alone.Limits, "\n"); !strings.Contains(said, "nothing in the dump prints one") {
		t.Errorf("without any date: %s", said)
	}
}

// The moment at which a dump of ages was taken needs no date either.
func TestCapturedWithoutDate(t *testing.T) {
	const events = "LAST SEEN   TYPE      REASON      OBJECT          MESSAGE\n9m33s       Warning   Unhealthy   pod/web-0       Readiness probe failed: HTTP probe failed with statuscode: 503\n"
	in := append(dayDump("2024-02-02T13:22:20", "2024-02-02T13:30:00"), file("events.txt", events))
	rule, ok := correlate.ParseCapture("events.txt=13:40:00")
	facts := append(append([]parse.Input{}, in...), file(given.Name, "captured_at: {events.txt: 13:40:00}\n"))
	for how, c := range map[string]*correlate.Case{"flag": judge(t, correlate.Options{Captured: []correlate.CaptureRule{rule}}, in...), "facts": judge(t, correlate.Options{}, facts...)} {
		points := c.Of(parse.KubeletProbeFailed)
		if !ok || len(points) != 1 {
			t.Fatalf("%s: %v %d", how, ok, len(points))
		}
		if at, _, placed := c.Wall(points[0]); !placed || time.Unix(0, int64(at)).UTC().Format("2006-01-02T15:04") != "2024-02-02T13:30" {
			t.Errorf("%s: %s %v", how, time.Unix(0, int64(at)).UTC(), placed)
		}
	}
}

// What a filter or an anchor names and is not there is said, with the nearest
// that is, in the report as well.
func TestWhatIsNotThereIsSaid(t *testing.T) {
	at := func(s string) parse.Time {
		t, _ := time.Parse(time.RFC3339, s)
		return parse.Time(t.UnixNano())
	}
	anchor := func(glob string, life int, line uint32) correlate.Options {
		return correlate.Options{Anchors: []correlate.AnchorRule{{Glob: glob, Life: life, Line: line, Zero: at("2024-02-02T13:16:19Z")}}}
	}
	stamped := "2024-02-02T13:22:28.298746000Z " + gateShut
	for name, f := range map[string]struct {
		o    correlate.Options
		want string
	}{
		"no such log":        {anchor("proxxy.log", -1, 0), "the nearest is proxy.log"},
		"no such log at all": {anchor("xyz.txt", -1, 3), "no log has that name"},
		"no such line":       {anchor("proxy.log", -1, 9), "it has 1 line; the nearest is line 1, proxy.failfast_enter"},
		"no such life":       {anchor("proxy.log", 4, 0), "it has the processes #0 to #0"},
		"its own times":      {anchor("ingress.log", -1, 0), "its lines print their times"},
		"since":              {correlate.Options{Since: at("2025-01-01T00:00:00Z")}, "the last line with a time is of 2024-02-02T13:30:00Z"},
		"until":              {correlate.Options{Until: at("2023-01-01T00:00:00Z")}, "the first line with a time is of 2024-02-02T13:22:20Z"},
		"pod":                {correlate.Options{Pod: "web-84cd6fd9b4-2mv7m"}, "the nearest is web-84cd6fd9b4-2mv7n"},
		"namespace":          {correlate.Options{Namespace: "elsewhere"}, "no namespace has that name, and nothing that was read names any"},
		"captured":           {correlate.Options{Captured: []correlate.CaptureRule{{Glob: "proxy.log", Time: at("2024-02-02T13:16:19Z")}}}, "its times are no ages"},
	} {
		in := append(dayDump("2024-02-02T13:22:20", "2024-02-02T13:30:00"), file("web-84cd6fd9b4-2mv7n.linkerd-proxy.log", stamped))
		c := judge(t, f.o, in...)
		if said := c.Verdict.Sentence + strings.Join(c.Limits, "\n"); !strings.Contains(said, f.want) {
			t.Errorf("%s: %q is not said: %s", name, f.want, said)
		}
	}
}

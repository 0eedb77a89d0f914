package tui

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"faultline/parse"
)

// does says what one binding must do: the keys before it, the key itself, and
// what must hold of the screen before and after.
type does struct {
	before []string
	key    string
	after  func(was, is *Model) bool
}

// later, earlier and same hold of the cursor.
func later(was, is *Model) bool   { return is.cursor > was.cursor }
func earlier(was, is *Model) bool { return is.cursor < was.cursor }

func on(s screen) func(was, is *Model) bool {
	return func(_, is *Model) bool { return is.screen == s }
}

func asks(label string) func(was, is *Model) bool {
	return func(_, is *Model) bool { return is.prompt != nil && strings.HasPrefix(is.prompt.label, label) }
}

func folds(by float64) func(was, is *Model) bool {
	return func(was, is *Model) bool {
		d := is.fold().period - was.fold().period - by
		return d < 1e-6 && d > -1e-6
	}
}

// moves holds when the chosen clock's zero moved, and the incidents with it.
func moves(by parse.Time) func(was, is *Model) bool {
	return func(was, is *Model) bool {
		s := is.chosenClock()
		return is.c.Anchors[s].Zero-was.c.Anchors[s].Zero == by && is.c.Anchors[s].Basis.String() == "given"
	}
}

// proxy is the keys that choose a clock that can be moved.
var proxy = []string{"6", "j"}

// There is a test for each row of the table of keys, in its order.
var doing = []does{
	{[]string{"2"}, "1", on(overview)},
	{nil, "2", on(timeline)},
	{nil, "3", on(raster)},
	{nil, "4", on(incident)},
	{nil, "5", on(metrics)},
	{nil, "6", on(clocks)},
	{nil, "7", on(findings)},
	{nil, "8", on(lines)},
	{nil, "9", on(compare)},
	{[]string{"8"}, "w", func(_, is *Model) bool { return is.lining().wrap }},
	{[]string{"8"}, "o", func(_, is *Model) bool { return is.lining().each }},
	{[]string{"8"}, "C", func(_, is *Model) bool {
		return is.panel != nil && strings.Contains(strings.Join(is.panel.text, " "), "raw line")
	}},
	{[]string{"8"}, "T", func(_, is *Model) bool { return is.panel != nil && strings.Contains(is.panel.text[0], "templates") }},
	{[]string{"8"}, "d", func(_, is *Model) bool { return is.lining().brief }},
	{[]string{"2"}, "M", asks("a lane of")},
	{[]string{"2"}, "o", func(was, is *Model) bool { return len(is.lanes(true)) < len(was.lanes(false)) }},
	{nil, "tab", on(timeline)},
	{nil, "shift+tab", on(lines)},
	{[]string{"4"}, "enter", func(_, is *Model) bool { return is.screen == lines && is.onPoint }},
	{[]string{"2", "4"}, "esc", on(timeline)},

	{nil, "j", later},
	{[]string{"j"}, "k", earlier},
	{[]string{"2"}, "h", earlier},
	{[]string{"2"}, "l", later},
	{[]string{"2"}, "H", func(was, is *Model) bool { return was.cursor-is.cursor > 5*is.column() }},
	{[]string{"2"}, "L", func(was, is *Model) bool { return is.cursor-was.cursor > 5*is.column() }},
	{[]string{"8"}, "ctrl+d", later},
	{[]string{"8", "ctrl+d", "ctrl+d"}, "ctrl+u", earlier},
	{nil, "g", func(_, is *Model) bool { return is.cursor == is.extent().from }},
	{nil, "G", func(_, is *Model) bool { return is.cursor == is.extent().to }},
	{nil, "]i", func(_, is *Model) bool { return is.incidentAt().ID == "I2" && is.cursor == is.incidentAt().Start }},
	{[]string{"]i"}, "[i", func(_, is *Model) bool { return is.incidentAt().ID == "I1" }},
	{nil, "]p", func(was, is *Model) bool { return later(was, is) && slices.Contains(is.tickTimes(), is.cursor) }},
	{nil, "[p", func(was, is *Model) bool { return earlier(was, is) && slices.Contains(is.tickTimes(), is.cursor) }},
	{nil, "alt+9", func(_, is *Model) bool { return is.count == 9 }},
	{nil, "e", func(was, is *Model) bool { return later(was, is) && slices.Contains(is.failureTimes(), is.cursor) }},
	{[]string{"]i"}, "E", func(was, is *Model) bool { return earlier(was, is) && slices.Contains(is.failureTimes(), is.cursor) }},
	{nil, "w", func(was, is *Model) bool { return later(was, is) && slices.Contains(is.warningTimes(), is.cursor) }},
	{nil, "W", func(was, is *Model) bool { return earlier(was, is) && slices.Contains(is.warningTimes(), is.cursor) }},

	{[]string{"3"}, "+", folds(1)},
	{[]string{"3"}, "-", folds(-1)},
	{[]string{"2"}, "z", func(was, is *Model) bool { return is.window.len() == was.window.len()/2 && is.window.has(is.cursor) }},
	{[]string{"3"}, "z", func(was, is *Model) bool { return is.window.len() == was.window.len()/2 }},
	{[]string{"z", "z"}, "Z", func(was, is *Model) bool { return is.window.len() > was.window.len() && is.window.has(is.cursor) }},
	{[]string{"z", "z"}, "0", func(_, is *Model) bool { return is.window == is.core() }},
	{[]string{"2"}, "v", func(_, is *Model) bool { return is.brush != nil && is.selected != nil }},
	{[]string{"2", "v", "L", "v"}, "V", func(_, is *Model) bool { return is.window == *is.selected }},
	{[]string{"2", "v", "L", "v"}, "b", func(_, is *Model) bool { return is.panel != nil && strings.Contains(is.panel.title, "differs") }},
	{nil, "t", func(_, is *Model) bool { return is.status == "there is only this clock" }},

	{nil, "/", asks("/")},
	{[]string{"/", `"failfast`, "enter"}, "n", func(was, is *Model) bool {
		return is.screen == lines && is.point != was.point && strings.Contains(is.message(is.point), "failfast")
	}},
	{[]string{"/", `"failfast`, "enter", "n"}, "N", func(was, is *Model) bool { return is.cursor <= was.cursor && is.point != was.point }},
	{[]string{"8"}, "f", asks("show only")},
	{nil, "F", asks("hide")},
	{[]string{"F", "ctrl+u", `"kind=proxy.*`, "enter"}, "&", func(was, is *Model) bool { return is.unfiltered && is.in.total > was.in.total }},
	{[]string{"F", "ctrl+u", `"kind=proxy.*`, "enter"}, "D", func(was, is *Model) bool { return len(is.filters) == 0 && is.in.total > was.in.total }},

	{[]string{"3"}, ".", folds(0.1)},
	{[]string{"3"}, ",", folds(-0.1)},
	{[]string{"3"}, "}", folds(1200)},
	{[]string{"3"}, "o", func(was, is *Model) bool {
		return was.fold().own && len(was.sections()) == 3 && !is.fold().own && len(is.sections()) == 1
	}},
	{[]string{"3"}, "s", func(was, is *Model) bool { return ptr(is.chosen()).name() != ptr(was.chosen()).name() }},
	{[]string{"3"}, "S", func(_, is *Model) bool {
		if is.fold().scan == nil {
			return false
		}
		cycles := 600.1 / is.fold().scan.best.Period // a narrow comb is as strong at each fraction of its period
		return cycles > 0.9 && math.Abs(cycles-math.Round(cycles)) < 0.01
	}},
	{nil, "p", func(_, is *Model) bool {
		return is.screen == raster && is.fold().period > 600.1 && is.fold().period < 600.2
	}},

	{proxy, ">", moves(1e9)},
	{proxy, "<", moves(-1e9)},
	{proxy, ".", moves(1e8)},
	{proxy, ",", moves(-1e8)},
	{proxy, "}", moves(60e9)},
	{proxy, "{", moves(-60e9)},
	{proxy, "a", asks("zero of")},
	{[]string{"f", "ctrl+u", `"kind=proxy.*`, "enter", "8"}, "a", asks("when did this line")},
	{proxy, "A", moves(0)},
	{append(proxy, ">"), "R", func(_, is *Model) bool { return is.c.Anchors[is.chosenClock()].Basis.String() == "reported" }},

	{[]string{"2"}, "m", func(_, is *Model) bool { return len(is.marks) == 1 && is.marks[0].At == is.cursor }},
	{nil, "c", asks("note")},
	{[]string{"]i", "m", "[i"}, "u", func(_, is *Model) bool { return is.marked() == 0 }},
	{[]string{"m", "]i"}, "U", func(_, is *Model) bool { return is.marked() == 0 }},
	{[]string{"8"}, "y", func(_, is *Model) bool { return is.status == "copied" }},
	{nil, "x", asks("export to")},
	{nil, "ctrl+s", asks("write facts to")},

	{[]string{"5"}, "i", asks("query")},
	{[]string{"7"}, "i", func(_, is *Model) bool { return is.screen == metrics && is.plot().expr == "up == 0" }},
	{nil, ":", asks(":")},
	{nil, "?", func(_, is *Model) bool { return is.panel != nil && is.panel.title == "keys" }},
	{nil, "ctrl+l", func(was, is *Model) bool { return is.View() == was.View() }},
	{nil, "ctrl+z", func(was, is *Model) bool { return is.View() == was.View() }},
	{nil, "q", nil},
}

func TestEveryKey(t *testing.T) {
	if len(doing)+len(earlyDoing) != len(keys) {
		t.Fatalf("%d tests for %d rows of the table", len(doing)+len(earlyDoing), len(keys))
	}
	for i, d := range doing {
		b := &keys[i]
		t.Run(fmt.Sprintf("%d %s", i, d.key), func(t *testing.T) {
			if !slices.Contains(strings.Fields(b.keys), d.key) {
				t.Fatalf("the row's keys are %s", b.keys)
			}
			r := newRobot(t, "day", 120, 40, Display{}).press(d.before...)
			if lookup(d.key, r.m.screen) != b {
				t.Fatalf("%s means another row on screen %s", d.key, r.m.screen)
			}
			was := r.m
			r.press(d.key)
			if d.after == nil {
				if !r.quit {
					t.Error("the program goes on")
				}
				return
			}
			if !d.after(&was, &r.m) {
				t.Errorf("did not do: %s. The screen says %q and is\n%s", b.help, r.m.status, r.text())
			}
		})
	}
}

// All keys of a row do the same, and no key panics on any screen of any case.
func TestKeysEverywhere(t *testing.T) {
	for _, name := range []string{"day", "report", "capture"} {
		base := newRobot(t, name, 80, 24, Display{})
		for i := range keys {
			for _, k := range strings.Fields(keys[i].keys) {
				for s := range screens {
					r := *base
					r.press(fmt.Sprint(int(s)+1), k)
					r.text()
					if k == "q" || k == "ctrl+c" {
						continue
					}
					r.press("esc", "esc")
					if r.m.prompt != nil || r.m.panel != nil {
						t.Errorf("%s on %s: esc does not lead out", k, s)
					}
				}
			}
		}
	}
}

// Every command does something, and says what is wrong with a bad argument.
func TestCommands(t *testing.T) {
	for _, c := range []struct {
		typed string
		holds func(m *Model) bool
	}{
		{"period 300s", func(m *Model) bool { return m.screen == raster && m.fold().period == 300 }},
		{"period 86.4", func(m *Model) bool { return m.fold().period == 86.4 }},
		{"period soon", func(m *Model) bool { return m.failed }},
		{"period", func(m *Model) bool { return m.failed && strings.Contains(m.status, "needs") }},
		{"period 0.1s", func(m *Model) bool { return m.fold().period == 600 }},
		{"scan", func(m *Model) bool { return m.fold().scan != nil }},
		{"go 12:00", func(m *Model) bool { return m.clock(m.cursor, false) == "12:00:00" }},
		{"go 2024-02-02T09:30:00Z", func(m *Model) bool { return m.clock(m.cursor, false) == "09:30:00" }},
		{"go +90s", func(m *Model) bool { return m.clock(m.cursor, false) == "07:09:35" }},
		{"go yesterday", func(m *Model) bool { return m.failed }},
		{"incident I7", func(m *Model) bool { return m.screen == incident && m.incidentAt().ID == "I7" }},
		{"incident 7", func(m *Model) bool { return m.incidentAt().ID == "I7" }},
		{"incident I999", func(m *Model) bool { return m.failed }},
		{"query up", func(m *Model) bool { return m.screen == metrics && len(m.plot().curves) == 3 }},
		{"query rate(", func(m *Model) bool { return strings.Contains(m.plot().err, "parenthesis") }},
		{"filter kind=proxy.*", func(m *Model) bool { return m.in.total > 0 && m.in.total < m.all.total }},
		{"hide kind=proxy.*", func(m *Model) bool { return len(m.filters) == 1 && m.filters[0].out }},
		{"filter severity=loud", func(m *Model) bool { return m.failed }},
		{"filter [", func(m *Model) bool { return m.failed }},
		{"nofilter", func(m *Model) bool { return m.in == m.all }},
		{"note it began here", func(m *Model) bool { return len(m.marks) == 1 && m.marks[0].Text == "it began here" }},
		{"anchor 2024-02-02T06:00:00Z", func(m *Model) bool { return len(m.facts().Captured) == 1 }},
		{"anchor noon", func(m *Model) bool { return strings.Contains(m.status, "RFC 3339") }},
		{"facts f.yaml", func(m *Model) bool { return m.status == "saved" }},
		{"export case.zip", func(m *Model) bool { return m.status == "wrote case.zip with 0 marks" }},
		{"shot a.svg", func(m *Model) bool { return m.status == "saved a.svg" }},
		{"help", func(m *Model) bool { return m.panel != nil }},
		{"raster", func(m *Model) bool { return m.screen == raster }},
		{"8", func(m *Model) bool { return m.screen == lines }},
		{"sca", func(m *Model) bool { return m.fold().scan != nil }},
		{"nonsense", func(m *Model) bool { return m.failed }},
	} {
		r := newRobot(t, "day", 100, 30, Display{}).press(":", `"`+c.typed, "enter")
		if !c.holds(&r.m) {
			t.Errorf(":%s: %q, failed %v\n%s", c.typed, r.m.status, r.m.failed, r.text())
		}
	}
	if r := newRobot(t, "day", 80, 24, Display{}).press(":", `"quit`, "enter"); !r.quit {
		t.Error(":quit does not quit")
	}
}

func TestCompletion(t *testing.T) {
	for _, c := range []struct{ keys, typed, want string }{
		{":", "pe", "period"}, {":", "incident I3", "incident I3"}, {":", "export c", "export case.zip"}, {":", "filter kin", "filter kind="},
		{"f", "severity=e", "severity=error"}, {"i", "pod_", "pod_cache_size"},
	} {
		r := newRobot(t, "day", 100, 30, Display{}).press("5", c.keys, "ctrl+u", `"`+c.typed, "tab")
		if r.m.prompt == nil || r.m.prompt.input.Value() != c.want {
			t.Errorf("%s %s: not %q\n%s", c.keys, c.typed, c.want, r.text())
		}
	}
}

func TestHistory(t *testing.T) {
	r := newRobot(t, "day", 100, 30, Display{}).press(":", `"period 300`, "enter", ":", `"scan`, "enter", ":", "up", "up")
	if got := r.m.prompt.input.Value(); got != "period 300" {
		t.Errorf("recalled %q", got)
	}
	if r.press("down"); r.m.prompt.input.Value() != "scan" {
		t.Errorf("recalled %q", r.m.prompt.input.Value())
	}
}

package tui

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
)

// A moved clock is seen on every screen: the incident, the raster and the
// verdict are those of the case as it was judged again.
func TestMovedClockIsSeenEverywhere(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{User: "ann"})
	had := r.m.c.Incidents[0]
	r.press("6", "j")
	began := time.Now()
	r.press("}")
	if took := time.Since(began); took > time.Minute { // it does not hang; the benchmark says how fast it is
		t.Errorf("moving a clock took %s", took)
	}
	s := r.m.chosenClock()
	if r.m.c.Anchors[s].Basis != correlate.Given {
		t.Fatalf("the clock of %s is %s", r.m.who(s), r.m.c.Anchors[s].Basis)
	}
	moved := 0
	for i := range r.m.c.Incidents {
		if in := &r.m.c.Incidents[i]; in.Start == had.Start+60e9 {
			moved++
		}
	}
	if moved != 1 {
		t.Errorf("no incident moved with its clock by a minute")
	}
	if len(r.m.facts().Anchors) != 1 {
		t.Errorf("the facts hold %d anchors", len(r.m.facts().Anchors))
	}
	if why := r.m.c.Anchors[s].Why; why != "given by ann" {
		t.Errorf("who said so: %q", why)
	}
	r.press("R").expect("taken back")
	if r.m.c.Incidents[0].Start != had.Start {
		t.Error("what was said is not taken back")
	}
	r.press("R").expect("rejected", "kept open: given by ann")
	if a := &r.m.c.Anchors[s]; a.Placed() || !r.m.facts().Anchors[0].Rejected {
		t.Error("what the dump says is not rejected")
	}
	r.press(">").expect("no anchor yet").press("A").expect("no anchor to accept").press("R")
	if r.m.c.Incidents[0].Start != had.Start || len(r.m.facts().Anchors) != 0 {
		t.Error("the rejection is not taken back")
	}
}

// A clock that was fitted becomes the user's own as it is; of one that fits in
// several places, the user takes one and goes to the others.
func TestFittedClockIsAccepted(t *testing.T) {
	for name, open := range map[string]correlate.Anchor{
		"fitted": {Zero: 1_707_000_000e9, Within: 2 * time.Second, Basis: correlate.Fitted},
		"modulo": {Zero: 1_707_000_000e9, Within: 2 * time.Second, Modulo: 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRobot(t, "day", 120, 40, Display{User: "ann"}).press("6", "j")
			s, c := r.m.chosenClock(), *r.m.c
			c.Anchors = slices.Clone(c.Anchors)
			c.Anchors[s] = open
			r.m.c = &c
			r.press("A").expect("as given by you", "given by ann")
			if a := &r.m.c.Anchors[s]; a.Basis != correlate.Given || a.Zero != open.Zero || a.Within != open.Within {
				t.Fatalf("accepted as %+v", a)
			}
			r.press("}", "}", "{")
			if step := max(parse.Time(open.Modulo), 60e9); r.m.c.Anchors[s].Zero != open.Zero+step {
				t.Errorf("the next place is %s away", time.Duration(r.m.c.Anchors[s].Zero-open.Zero))
			}
		})
	}
}

// Who leaves without having written what they said is asked once.
func TestQuitAsks(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("m", "q").expect("not written", "ctrl+s writes")
	if r.quit {
		t.Fatal("a mark is lost")
	}
	if r.press("ctrl+s", "enter", "q"); !r.quit {
		t.Error("asks although all is written")
	}
	if r = newRobot(t, "day", 120, 40, Display{}).press("6", "j", ">", "q"); r.quit {
		t.Error("a clock is lost")
	}
	if r.press("q"); !r.quit {
		t.Error("asks twice")
	}
	if r = newRobot(t, "day", 120, 40, Display{}).press("m", "x", `"a.zip`, "enter", "q"); !r.quit {
		t.Error("an exported case keeps what was said")
	}
}

// While a judgement runs, further moves add up, and only the last is judged.
func TestMovesWhileJudging(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("6", "j")
	zero := r.m.c.Anchors[r.m.chosenClock()].Zero
	m, first := r.m.moveClock(1e9)
	m, none := m.moveClock(1e9)
	m, _ = m.moveClock(1e9)
	if none != nil {
		t.Fatal("two judgements at once")
	}
	s := m.chosenClock()
	if got := m.c.Anchors[s].Zero - zero; got != 3e9 || !strings.Contains(m.frame().String(), "judging") {
		t.Errorf("before it is judged, it is drawn moved by %s", time.Duration(got))
	}
	for _, k := range m.group().list[failureMarker] {
		if int(k.Stream) == s && k.At != m.c.At(k.Point).Time+m.c.Anchors[s].Zero {
			t.Fatal("a failure is drawn where it was")
		}
	}
	r.m = m
	r.send(first())
	if got := r.m.c.Anchors[r.m.chosenClock()].Zero - zero; got != 3e9 {
		t.Errorf("moved by %s", time.Duration(got))
	}
}

// An unanchored proxy is put on the wall clock by hand, and then stands beside
// the rest.
func TestAnchorGivenByHand(t *testing.T) {
	r := newRobot(t, "report", 120, 40, Display{})
	if r.m.axis == wallClock {
		t.Fatal("the ticket's failures have a wall time already")
	}
	r.press("m", "6", "a", "ctrl+u", `"2024-02-02T13:16:19Z`, "enter")
	if r.m.axis != wallClock || len(r.m.c.ByClock()) != 1 {
		t.Errorf("the failures are not on the wall clock: %d clocks", len(r.m.c.ByClock()))
	}
	if at, ok := r.m.on(wallClock, &r.m.marks[0]); !ok || at != r.m.marks[0].At+r.m.c.Anchors[r.m.marks[0].stream].Zero {
		t.Error("the mark does not follow its clock")
	}
	r.press("4").expect("no endpoints", "13:22:28")
}

// Of one line it is known when it happened: that places its process, as exactly
// as the time was typed.
func TestLineGivenATime(t *testing.T) {
	r := newRobot(t, "report", 120, 40, Display{})
	r.press("f", "ctrl+u", `"kind=proxy.request_failed`, "enter", "8", "a", `"13:22:32`, "enter")
	p, _ := r.m.current()
	at, within, ok := r.m.c.Wall(p)
	if !ok || time.Unix(0, int64(at)).UTC().Format("15:04:05.000") != "13:22:32.500" || within.Round(time.Millisecond) != 500*time.Millisecond {
		t.Errorf("%s ±%s %v", time.Unix(0, int64(at)).UTC(), within, ok)
	}
}

// A time of the day that may be of two days is asked for again, and a filter that
// nothing passes is answered with the nearest name.
func TestAnswersThatAreNone(t *testing.T) {
	r := newRobot(t, "report", 120, 40, Display{})
	r.press("f", "ctrl+u", `"kind=proxy.request_failed`, "enter", "8", "a", `"01:22:32`, "enter").expect("01:22:32 has no date and may be of 2024-02-02 or of 2024-02-03")
	r.press("D", "f", "ctrl+u", `"kind=proxy.reqest_failed`, "enter").expect("nothing is of kind=proxy.reqest_failed; the nearest is kind=proxy.request_failed")
}

// The cursor is one: from a failure on the timeline to its line, on to other
// screens, and back with the cursor in place.
func TestOneCursor(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("2", "]i", "e")
	at := r.m.cursor
	r.press("enter")
	if r.m.screen != lines || !r.m.onPoint {
		t.Fatal("enter does not lead to the line")
	}
	p, _ := r.m.current()
	if when, _, _ := r.m.c.Wall(p); when != at {
		t.Errorf("the line is of %d, the cursor was at %d", when, at)
	}
	for s := range screens {
		r.press(string(rune('1' + s)))
		if r.m.cursor != at {
			t.Errorf("%s moved the cursor", s)
		}
	}
	for range 12 {
		r.press("esc")
	}
	if r.m.screen != overview || r.m.cursor != at {
		t.Error("the way back does not end where it began")
	}
}

// Every row of every list leads to a line or says why not.
func TestEverythingLeadsToItsLine(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{})
	r.press("7", "enter").expect("evidence proxy/").press("enter")
	if r.m.screen != lines {
		t.Error("a finding does not lead to its line")
	}
	r.press("7", "alt+4", "j", "enter", "enter").expect("it rests on no line")
	r.press("7", "j", "enter")
	if r.m.screen != raster {
		t.Error("a period does not lead to the raster")
	}
	r.press("4", "g", "enter", "enter").expect("day/destination/", "kind", "controller.pop_stall")
	r.press("esc", "6", "j", "enter")
	if r.m.screen != lines {
		t.Error("a source does not lead to its lines")
	}
}

// A search finds on, back and not at all; a bad expression says so.
func TestSearch(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("/", `"recovered`, "enter").expect("Service has recovered")
	first := r.m.point
	r.press("n", "N")
	if r.m.point != first {
		t.Error("N does not lead back")
	}
	r.press("/", `"no such line`, "enter").expect("not found")
	r.press("/", `"a[`, "enter").expect("missing closing ]")
}

// hostile is text that wants to act on a terminal.
const hostile = "\x1b]0;owned\x07\x1b[2Jred\x1b[31m \u202eevil\r\x9b5mnot\nso"

// Text from logs never acts: neither where it is shown nor in what is copied,
// named or asked.
func TestTextFromLogsNeverActs(t *testing.T) {
	c, _ := open(t, "day")
	ports := Ports{
		Detail: func(*correlate.Case, correlate.Point) (parse.Detail, string, error) {
			return parse.Detail{Message: hostile, RawTime: hostile, Attrs: []parse.Attr{{Key: hostile, Value: hostile}}}, hostile, nil
		},
		Query: func(*correlate.Case, string, parse.Time, parse.Time, parse.Time) ([]Curve, error) {
			return []Curve{{Name: hostile, Times: []parse.Time{c.Incidents[0].Start, c.Incidents[1].Start}, Values: []float64{1, 2}}}, nil
		},
		Complete: func(*correlate.Case, string) []string { return []string{hostile} },
		Explain:  func(*correlate.Case, parse.Time, parse.Time) ([]string, error) { return []string{hostile}, nil },
		Copy:     func(s string) (string, error) { return hostile, nil },
	}
	acts := regexp.MustCompile("\x1b\\[[^0-9;m]|\x1b[^\\[]|[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f\u0080-\u009f\u202e]")
	r := &robot{t: t, m: New(c, ports, Display{})}
	r.m.w, r.m.h = 120, 40
	look := func(what string) {
		t.Helper()
		if got := acts.FindString(r.m.View()); got != "" {
			t.Errorf("%s sends %q", what, got)
		}
	}
	for s := range screens {
		r.press(string(rune('1' + s)))
		look(s.String())
		r.press("enter")
		look(s.String() + ", opened")
		r.press("y")
		look(s.String() + ", copied")
		r.press("esc", "esc")
	}
	r.press("5", "i")
	look("completion")
	r.press(`"x`, "enter")
	look("metrics")
	r.press("2", "b")
	look("explanation")
}

// Marks carry their notes, and are written with the clocks.
func TestMarksAndNotes(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("]i", "c", `"before the rollout`, "enter", "[i", "u").expect("before the rollout")
	r.press("2").expect("▼").press("m").expect("has a note and stays")
	if len(r.m.marks) != 1 || r.m.marks[0].Text == "" {
		t.Error("m takes a note away")
	}
	if r.press("q").expect("not written"); r.quit {
		t.Error("a note is lost without asking")
	}
	r.press("c", "ctrl+u", "enter", "m")
	if len(r.m.marks) != 0 {
		t.Error("m does not unmark")
	}
	r.press("ctrl+s", "enter")
	if len(r.wrote) != 1 || r.wrote[0] != "faultline.yaml" {
		t.Errorf("wrote %v", r.wrote)
	}
}

// What y copies can be put into a ticket: with file and line.
func TestCopy(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("8", "y")
	if !regexp.MustCompile(`^day/\S+:\d+: .*failed`).MatchString(r.copied) {
		t.Errorf("copied %q", r.copied)
	}
	r.press("4", "y")
	if !strings.Contains(r.copied, "I1 4 failures") || !strings.Contains(r.copied, "No endpoints") {
		t.Errorf("copied %q", r.copied)
	}
}

// Keys that arrive together do what they do one by one; what is pasted does
// nothing.
func TestKeysThatArriveTogether(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("3")
	r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("+++o")})
	if r.m.fold().period != 603 || r.m.fold().own {
		t.Errorf("period %g, own start %v", r.m.fold().period, r.m.fold().own)
	}
	r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(":scan")})
	if r.m.prompt == nil || r.m.prompt.input.Value() != "scan" {
		t.Error("a command that arrives at once is lost")
	}
	r.press("esc")
	r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("qq"), Paste: true})
	if r.quit {
		t.Error("pasted text quits")
	}
}

// Dragging the period away from the right one loses it, and the screen counts how
// often one tried.
func TestDraggingThePeriod(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("3")
	s := r.m.chosen()
	at := judgePeriod(&s, 600, 0)
	off := judgePeriod(&s, 611, 0)
	if at.p > 1e-10 || off.p < 1e-3 {
		t.Errorf("p is %g at the period and %g off it", at.p, off.p)
	}
	r.press("+", "+", "-").expect("3 tried by hand")
}

// What to do next is on the first screen, however small.
func TestNextIsAlwaysSaid(t *testing.T) {
	for _, name := range []string{"day", "report", "capture"} {
		for _, size := range [][2]int{{80, 24}, {100, 30}, {220, 60}} {
			r := newRobot(t, name, size[0], size[1], Display{})
			r.m.cache.unexplained = []claim{{at: &report.Evidence{}}} // one line more
			r.expect("\n next ")
		}
	}
}

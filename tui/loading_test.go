package tui

import (
	"context"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/fixtures"
	"faultline/parse"
	"faultline/parse/formats"
)

// sketches are the first pictures of the bundled incidents, each read once.
var sketches = map[string]*Sketch{}

// sketched is the first picture of a bundled incident.
func sketched(t testing.TB, name string) *Sketch {
	t.Helper()
	if k := sketches[name]; k != nil {
		return k
	}
	in, _, err := fixtures.Inputs(name)
	if err != nil {
		t.Fatal(err)
	}
	k := &Sketch{}
	if _, err := parse.Read(context.Background(), in, formats.All(), formats.Wrappers(), parse.Options{Record: k.Add, Workers: 1}, nil); err != nil {
		t.Fatal(err)
	}
	sketches[name] = k
	return k
}

// newReader is a screen whose case is still being read.
func newReader(t testing.TB, name string, w, h int) *robot {
	t.Helper()
	r := &robot{t: t, m: Model{display: Display{Colour: true}.ready(), cache: &lineCache{}, waiting: &wait{}}}
	r.send(tea.WindowSizeMsg{Width: w, Height: h})
	r.send(Progress{Sources: 3, Bytes: 5e8, Total: 1e9, MBPerSecond: 240, Sketch: sketched(t, name)})
	return r
}

// arrives brings the case.
func (r *robot) arrives(name string) *robot {
	c, _ := open(r.t, name)
	r.send(opened{c, Ports{Judge: func(o correlate.Options) *correlate.Case { return correlate.Judge(c.Index, o) }}, newIndex(c, nil)})
	return r
}

func TestGoldenReading(t *testing.T) {
	for _, size := range sizes {
		b := newReader(t, "day", size[0], size[1]).press("e", "3").m.frame()
		golden(t, fmt.Sprintf("reading-%dx%d.golden", size[0], size[1]), b.String()+"\n-- styles --\n"+b.Styles()+"\n")
	}
	r := newReader(t, "report", 80, 24)
	r.m.display = Display{ASCII: true}.ready()
	golden(t, "reading-own-ascii.golden", r.text()+"\n")
	for w := 1; w < 200; w += 13 {
		for h := 1; h < 60; h += 7 {
			check(t, r, w, h)
		}
	}
}

// What the judged case draws at first stood in the first picture.
func TestSketchHoldsWhatTheCaseDraws(t *testing.T) {
	k, r := sketched(t, "day").shot(), newRobot(t, "day", 80, 24, Display{})
	for i, list := range r.m.group().list {
		for _, at := range list {
			own := at.At - r.m.c.Anchors[at.Stream].Zero
			if k.wall.sum(span{at.At, at.At}, ofMarker(i))+k.own.sum(span{own, own}, ofMarker(i)) == 0 {
				t.Fatalf("a %s at %d is not in the sketch", markers[i].name, at.At)
			}
		}
	}
}

// However time jumps, a tally loses no event and puts each where it was.
func TestTally(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	for range 200 {
		var y tally
		var times []parse.Time
		scale := parse.Time(1) << rnd.Intn(60)
		for range 50 {
			at := parse.Time(rnd.Int63n(int64(scale))) - scale/2
			times = append(times, at)
			y.cover(at, at)
			y.add(at, &parse.Event{Count: 1, Kind: parse.ControllerPopStall})
		}
		if n := y.sum(span{-farthest, farthest}, ofAll); n != len(times) {
			t.Fatalf("%d of %d events at scale %d", n, len(times), scale)
		}
		for _, at := range times {
			if y.sum(span{at, at}, ofMarker(stallMarker)) == 0 {
				t.Fatalf("no event at %d (from %d, step %d)", at, y.from, y.step)
			}
		}
		total := 0
		for _, bin := range y.bins(y.extent(), 60, ofAll) {
			if total += bin.N; bin.N > 0 && bin.Unknown {
				t.Fatal("an event where nothing was captured")
			}
		}
		if total != len(times) {
			t.Fatalf("%d of %d events in the columns", total, len(times))
		}
	}
	var y tally
	y.add(1<<62, &parse.Event{Count: 1})
	y.cover(-1<<62, 1<<62)
	if y.step != 0 {
		t.Error("a time that nobody can mean stretches the picture")
	}
}

// There is a test for each key that works while a case is read, in the order
// of the table.
var earlyDoing = []does{
	{[]string{"G"}, "h", func(was, is *Model) bool { return is.waiting.cursor < was.waiting.cursor }},
	{nil, "l", moved(1)},
	{[]string{"G"}, "H", func(was, is *Model) bool {
		return was.waiting.cursor-is.waiting.cursor > 5*is.waiting.window.len()/100
	}},
	{nil, "L", moved(5)},
	{[]string{"L"}, "g", func(_, is *Model) bool { return is.waiting.cursor == is.waiting.axis().extent().from }},
	{nil, "G", func(_, is *Model) bool { return is.waiting.cursor == is.waiting.axis().extent().to }},
	{nil, "e", stands(failureMarker)},
	{[]string{"G"}, "E", stands(failureMarker)},
	{nil, "w", func(was, is *Model) bool { return stands(symptomMarker)(was, is) || stands(stallMarker)(was, is) }},
	{[]string{"G"}, "W", func(was, is *Model) bool { return stands(symptomMarker)(was, is) || stands(stallMarker)(was, is) }},
	{[]string{"L"}, "z", func(was, is *Model) bool {
		return is.waiting.window.len() == was.waiting.window.len()/2 && is.waiting.window.has(is.waiting.cursor)
	}},
	{[]string{"z", "z"}, "Z", func(was, is *Model) bool { return is.waiting.window.len() > was.waiting.window.len() }},
	{[]string{"z", "z"}, "0", func(_, is *Model) bool { return is.waiting.window == is.waiting.axis().extent() }},
	{nil, "t", func(was, is *Model) bool { return is.waiting.own != was.waiting.own }},
	{[]string{"]", "i"}, "esc", func(was, is *Model) bool { return len(was.waiting.typed) == 2 && len(is.waiting.typed) == 0 }},
	{nil, "q", nil},
	{[]string{"3"}, "1", on(overview)},
	{nil, "2", on(timeline)},
	{nil, "3", on(raster)},
	{nil, "4", on(incident)},
	{nil, "5", on(metrics)},
	{nil, "6", on(clocks)},
	{nil, "7", on(findings)},
	{nil, "8", on(lines)},
}

func moved(least parse.Time) func(was, is *Model) bool {
	return func(was, is *Model) bool {
		return is.waiting.cursor-was.waiting.cursor >= least*is.waiting.window.len()/110
	}
}

func stands(i int) func(was, is *Model) bool {
	return func(was, is *Model) bool {
		w := is.waiting
		return w.cursor != was.waiting.cursor && w.axis().sum(span{w.cursor, w.cursor}, ofMarker(i)) > 0
	}
}

func TestEveryKeyWhileReading(t *testing.T) {
	var table []*binding
	for i := range keys {
		if slices.Contains(keys[i].on, reading) {
			table = append(table, &keys[i])
		}
	}
	if len(earlyDoing) != len(table) {
		t.Fatalf("%d tests for %d rows of the table", len(earlyDoing), len(table))
	}
	for i, d := range earlyDoing {
		if !slices.Contains(strings.Fields(table[i].keys), d.key) {
			t.Fatalf("%s: the row's keys are %s", d.key, table[i].keys)
		}
		r := newReader(t, "day", 120, 40).press(d.before...)
		was := r.m
		r.press(d.key)
		if d.after == nil && !r.quit || d.after != nil && !d.after(&was, &r.m) {
			t.Errorf("%s did not do: %s\n%s", d.key, table[i].help, r.text())
		}
	}
}

// The cursor and the window stay when the case arrives.
func TestTheCursorIsKeptWhenTheCaseArrives(t *testing.T) {
	r := newReader(t, "day", 120, 40).press("t", "w", "w", "z", "3")
	at, window := r.m.waiting.cursor, r.m.waiting.window
	r.arrives("day")
	if r.m.cursor != at || r.m.screen != raster || r.m.window != window {
		t.Errorf("the cursor is on %d and was on %d; the window %v was %v", r.m.cursor, at, r.m.window, window)
	}
	if r := newReader(t, "day", 120, 40).arrives("day"); r.m.cursor != r.m.incidentTimes()[0] {
		t.Error("a cursor that was not moved is not on the first incident")
	}
	r = newReader(t, "day", 120, 40).press("E", "e", "e") // on a failure of a process that gets its anchor later
	at = r.m.waiting.cursor
	step := r.m.waiting.axis().step
	r.arrives("day")
	if p, ok := r.m.strongestAtCursor(); !ok || r.m.c.At(p).Time-at > step || at-r.m.c.At(p).Time > step {
		t.Error("the cursor is not on the failure that it was on")
	}
	own := newReader(t, "capture", 120, 40).press("L")
	at = own.m.waiting.cursor
	if own.arrives("capture"); own.m.axis != wallClock && own.m.cursor != at {
		t.Errorf("on a clock of its own the cursor is on %d and was on %d", own.m.cursor, at)
	}
}

// Keys that mean nothing yet are pressed once the case is there, in order.
func TestKeysPressedWhileReadingAreNotLost(t *testing.T) {
	r := newReader(t, "day", 120, 40).press(":", `"period 300s`, "enter", "]i", "q").expect("kept until it is there")
	if r.quit {
		t.Fatal("a key that was typed for a prompt quits")
	}
	r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("pasted"), Paste: true})
	r.press("esc").press(":", `"period 300s`, "enter", "]i").arrives("day")
	if r.m.screen != raster || r.m.fold().period != 300 || r.m.incidentAt().ID != "I2" {
		t.Errorf("on %s at %s with period %g", r.m.screen, r.m.incidentAt().ID, r.m.fold().period)
	}
	// No key of the table panics, before the first byte and after.
	for _, bare := range []bool{true, false} {
		for i := range keys {
			for _, k := range strings.Fields(keys[i].keys) {
				r := newReader(t, "capture", 60, 12)
				if bare {
					r.m.waiting = &wait{}
				}
				r.press(k, "ctrl+c").text()
				if !r.quit {
					t.Errorf("ctrl+c after %s does not quit", k)
				}
			}
		}
	}
}

package tui

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"faultline/correlate"
	"faultline/tui/chart"
)

// A name that is too long keeps what tells it from the others, at any width
// that has room for it, and is never wider than asked.
func TestNamesKeepTheirOwnPart(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{})
	for s, name := range r.m.roster.names {
		own := name[len(name)-r.m.roster.own[s]:]
		for w := 1; w < 60; w++ {
			for _, ascii := range []bool{false, true} {
				got := r.m.roster.name(s, w, ascii)
				if chart.Width(got) > w || !utf8.ValidString(got) {
					t.Errorf("%q in %d columns: %q", name, w, got)
				}
				if w >= chart.Width(own)+2 && !strings.HasSuffix(got, strings.TrimLeft(own, "-")) {
					t.Errorf("%q in %d columns loses %q: %q", name, w, own, got)
				}
			}
		}
	}
}

// No two processes have one short name, and all streams of a process have one.
func TestShortNamesAreUnique(t *testing.T) {
	for _, name := range []string{"day", "report", "capture"} {
		r := newRobot(t, name, 80, 24, Display{}).m.roster
		owner := map[string]int{}
		for s := range r.names {
			end := r.names[s][len(r.names[s])-r.own[s]:]
			if who, ok := owner[end]; ok && who != r.which[s] {
				t.Errorf("%s: %q is the end of two names", name, end)
			}
			owner[end] = r.which[s]
		}
	}
}

// Folded or not, the rows hold every event once and in order, and moving down
// from the first to the last row passes each row once.
func TestFoldingLosesNothing(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{})
	l := r.m.merged()
	for _, each := range []bool{true, false} {
		p := r.m.lining()
		p.each = each
		r.m.panes[lines] = p
		all := l.from(l.start(), 1<<20)
		rows, n := r.m.rows(all), 0
		for i := range rows {
			n += rows[i].n
			if i > 0 && !rows[i-1].last.before(rows[i].place) {
				t.Fatalf("row %d begins before the one above ends", i)
			}
		}
		if n != len(all) || each != (len(rows) == len(all)) {
			t.Errorf("each %v: %d rows with %d of %d events", each, len(rows), n, len(all))
		}
		m, steps := r.m.show(lines).onPlace(all[:1]), 1
		for ; steps < len(rows)+5; steps++ {
			at := m.cursorPlace()
			if m = m.downLine(1); m.cursorPlace() == at {
				break
			}
		}
		if steps != len(rows) {
			t.Errorf("each %v: %d steps through %d rows", each, steps, len(rows))
		}
	}
}

func (m *Model) cursorPlace() place { p, _ := m.here(); return p }

// The rows of a page are what is before and behind the cursor, whatever is
// folded, and the cursor's row is among them.
func TestPageHoldsTheCursor(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("8")
	for range 60 {
		r.press("j", "j", "k")
		here := r.m.cursorPlace()
		found := false
		for _, row := range r.m.page() {
			found = found || row.has(here)
		}
		if !found {
			t.Fatalf("the cursor's row is not on the page:\n%s", r.text())
		}
	}
}

// Hits are counted, lit and gone round.
func TestHitsAreCountedAndGoneRound(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{Colour: true}).press("/", `"recovered`, "enter").expect("hit 1 of 59")
	if !strings.Contains(r.m.frame().Styles(), "L") {
		t.Error("no hit is lit")
	}
	first := r.m.point
	r.press("N").expect("hit 59 of 59, round the end").press("n").expect("hit 1 of 59, round the end")
	if r.m.point != first {
		t.Error("the first hit is not where it was")
	}
	r.press("n").expect("hit 2 of 59")
}

// A search that was not counted yet finds on round the end too.
func TestSeekGoesRound(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("/", `"recovered`, "enter")
	l := r.m.merged()
	one := l.of
	at, _ := one(r.m.hits.list[0].pointIn(l))
	if found := seek(l, &r.m.ports, r.m.hits.re, r.m.hits.list[len(r.m.hits.list)-1], 1); !found.ok || l.point(at) != found.point {
		t.Errorf("from the last hit on: %+v", found)
	}
	if found := seek(l, &r.m.ports, r.m.hits.re, at, -1); !found.ok || found.point != r.m.hits.list[len(r.m.hits.list)-1].pointIn(l) {
		t.Errorf("from the first hit back: %+v", found)
	}
}

func (p place) pointIn(l merged) correlate.Point { return l.point(p) }

// Wrapped lines show all of a text; the cursor's row is on the screen wherever
// it is.
func TestWrappedLines(t *testing.T) {
	r := newRobot(t, "day", 60, 24, Display{}).press("8", "w")
	for i := range 40 {
		r.press("j")
		if !strings.Contains(r.m.frame().Styles(), "SSSSSSSSSS") {
			t.Fatalf("step %d: no row is under the cursor:\n%s", i, r.text())
		}
	}
	if got := fmt.Sprint(r.text()); !strings.Contains(got, "retrieve") {
		t.Errorf("no message is whole:\n%s", got)
	}
}

// A list is narrowed by a text, says when nothing has it, and is whole again
// with an empty one.
func TestListsAreNarrowed(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("6")
	all := len(r.m.clockOrder())
	r.press("/", `"UPTIME`, "enter")
	if n := len(r.m.clockOrder()); n != 4 {
		t.Errorf("%d of %d sources have an uptime clock", n, all)
	}
	r.press("/", "ctrl+u", `"nothing`, "enter").expect(`no source has "nothing"`).press("j", "enter", "/", "ctrl+u", "enter")
	if n := len(r.m.clockOrder()); n != all {
		t.Errorf("%d of %d sources are back", n, all)
	}
	r.press("7", "/", `"tested`, "enter", "j", "G")
	for _, c := range r.m.claims() {
		if c.group != "Tested" {
			t.Errorf("a row of %s", c.group)
		}
	}
}

// Without incidents the overview lists the bursts of stalls, each leads to its
// lines, and no stall is in none or in two.
func TestBursts(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{})
	c := *r.m.c
	c.Incidents = nil
	r.m.c = &c
	stalls := 0
	for _, p := range c.Processes() {
		stalls += len(p.Stalls)
	}
	n, last := 0, r.m.bursts()[0].start
	for _, b := range r.m.bursts() {
		n += b.n
		if b.start < last || b.longest <= 0 || b.depth <= 0 {
			t.Errorf("%+v", b)
		}
		last = b.start
	}
	if n != stalls {
		t.Errorf("%d of %d stalls are in a burst", n, stalls)
	}
	r.press("g", "j", "j").expect("stalls from", "69g6t").press("enter")
	if r.m.screen != lines || !strings.Contains(r.m.c.KindName(r.m.c.At(r.m.point).Kind), "stall") {
		t.Errorf("on %s", r.m.screen)
	}
}

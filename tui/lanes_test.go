package tui

import (
	"strings"
	"testing"
)

// A lane is chosen with j, and enter shows its lines and no others.
func TestLaneLeadsToItsLines(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("2", "j", "j")
	want := r.m.lanes(false)[1]
	r.press("enter")
	if r.m.screen != lines {
		t.Fatalf("on %s", r.m.screen)
	}
	if n := r.m.in.streams[want.streams[0]].len(); n == 0 || r.m.in.total != n {
		t.Errorf("%d events are shown, the lane has %d", r.m.in.total, n)
	}
	// Another lane takes the place of the first.
	r.press("2", "j", "enter")
	if len(r.m.filters) != 1 || r.m.filters[0].value == want.filter.value {
		t.Errorf("filters %v", r.m.filters)
	}
}

// All that has events on the axis is in one lane, folded or not; those that
// tell of failures stand first.
func TestEveryProcessHasALane(t *testing.T) {
	m := newRobot(t, "day", 120, 40, Display{}).m
	for _, folded := range []bool{false, true} {
		seen := map[int]bool{}
		last := 1 << 30
		for _, l := range m.lanes(folded) {
			if l.failed > last {
				t.Errorf("folded %v: %s stands too low", folded, l.name)
			}
			last = l.failed
			for _, s := range l.streams {
				if seen[s] {
					t.Errorf("stream %d is in two lanes", s)
				}
				seen[s] = true
			}
		}
		for s := range m.c.Streams {
			if _, ok := m.zero(s); ok && m.c.CopyOf[s] < 0 && len(m.c.Streams[s].Events) > 0 && m.laneOf(s).String() != "other" && !seen[s] {
				t.Errorf("folded %v: %s has no lane", folded, m.who(s))
			}
		}
	}
}

// What a filter hides is drawn as hidden, and not as if nothing had happened.
func TestFilteredIsNoSilence(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("2")
	if strings.Contains(strings.Join(strings.Split(r.text(), "\n")[2:32], "\n"), "┄") {
		t.Fatal("hidden without a filter")
	}
	r.press("f", "ctrl+u", `"kind=controller.pop_stall`, "enter")
	for _, line := range strings.Split(r.text(), "\n") {
		if strings.Contains(line, "max") && strings.Contains(line, "failures") {
			t.Errorf("failures are shown: %s", line)
		}
	}
	if n := strings.Count(r.text(), "┄"); n < 20 {
		t.Errorf("%d columns say that something is hidden:\n%s", n, r.text())
	}
}

// A metric is drawn as a lane, and taken away again.
func TestMetricLane(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("2", "M", `"up`, "enter").expect("3 series of up")
	if n := strings.Count(r.text(), " 1 up"); n != 3 {
		t.Errorf("%d lanes:\n%s", n, r.text())
	}
	r.press("M", `"rate(`, "enter").expect("parenthesis").press("M", "ctrl+u", "enter").expect("no metrics on the timeline")
	if strings.Contains(r.text(), " 1 up") {
		t.Error("the lane is still there")
	}
}

// Leaving a lane's lines leaves the filter as well that showed no others; one that
// was changed among the lines stays.
func TestLeavingALaneGivesTheFilterBack(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("2", "j", "enter", "esc")
	if r.m.screen != timeline || len(r.m.filters) != 0 || r.m.in != r.m.all {
		t.Errorf("on %s with the filters %v", r.m.screen, r.m.filters)
	}
	r.press("f", "ctrl+u", `"severity=warn`, "enter", "j", "enter", "esc")
	if len(r.m.filters) != 1 || r.m.filters[0].String() != "severity=warn" {
		t.Errorf("the earlier filter became %v", r.m.filters)
	}
	r.press("enter", "f", "ctrl+u", `"kind=proxy.*`, "enter", "esc")
	if len(r.m.filters) != 3 {
		t.Errorf("of three filters that were set %v are left", r.m.filters)
	}
}

// An incident of which a filter shows nothing says so, and how to see it.
func TestFilteredIncidentSaysSo(t *testing.T) {
	newRobot(t, "day", 80, 24, Display{}).press("4", "f", "ctrl+u", `"kind=container.terminated`, "enter").
		expect("None of its events passes the filters", "& turns all of them off")
}

// The ticks of a period that counts from each process's start stand where that
// process counts from: in the first column of its cycles.
func TestTicksStandAtTheStart(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("3")
	found := 0
	for _, line := range strings.Split(r.text(), "\n")[7:33] {
		if i := strings.Index(line, "┊"); i >= 0 {
			if found++; len([]rune(line[:i])) != cycleLabel {
				t.Errorf("a tick stands apart from the start of its cycle: %s", line)
			}
		}
	}
	if found == 0 {
		t.Error("no cycle shows its tick")
	}
}

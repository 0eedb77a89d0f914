package tui

import "testing"

// A count repeats the next key and is then gone; over a panel its digits are free.
func TestCounts(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("alt+5", "j")
	if got := r.m.incidentAt().ID; got != "I6" {
		t.Errorf("five incidents down is %s", got)
	}
	if r.press("j"); r.m.incidentAt().ID != "I7" {
		t.Error("the count is kept")
	}
	if r.press("alt+1", "2", "k"); r.m.incidentAt().ID != "I1" {
		t.Errorf("more than there are leads to %s", r.m.incidentAt().ID)
	}
	if r.press("alt+3", "]i"); r.m.incidentAt().ID != "I4" {
		t.Errorf("three incidents on is %s", r.m.incidentAt().ID)
	}
	if r.press("alt+9", "esc", "5"); r.m.screen != metrics {
		t.Error("esc does not drop the count")
	}
	here := func() int { at, _ := r.m.here(); return r.m.merged().rank(at) + 1 }
	r.press("8", "alt+1", "2", "0", "G").expect("120 of")
	if got := here(); got != 120 {
		t.Errorf("line %d", got)
	}
	if r.press("alt+4", "j"); here() < 124 {
		t.Errorf("line %d", here())
	}
	r.press("/", `"failfast`, "enter")
	at, was := r.m.hits.list, r.m.point
	r.press("alt+3", "n")
	i, j := -1, -1
	for k, p := range at {
		switch r.m.merged().point(p) {
		case was:
			i = k
		case r.m.point:
			j = k
		}
	}
	if (i+3)%len(at) != j {
		t.Errorf("from hit %d to hit %d of %d", i+1, j+1, len(at))
	}
	newRobot(t, "capture", 120, 40, Display{}).press("t", "alt+1", "G", "alt+1", "g", "alt+2", "u") // of nothing
	r.press("?")
	top := r.m.panel.top
	if r.press("7", "j"); r.m.panel == nil || r.m.panel.top != top+7 {
		t.Error("a count over a panel")
	}
}

package tui

import (
	"strings"
	"testing"
)

// Each place of an unfolded finding is a row: j goes through them and out of the
// finding, which folds, and enter opens what each is.
func TestEvidenceIsOpened(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("7", "enter").expect("j chooses a place")
	in := &r.m.c.Incidents[0]
	at := func() findingsPane { return r.m.panes[findings].(findingsPane) }
	for _, want := range [][2]int{{0, 1}, {0, 2}, {0, 3}, {1, 0}} {
		if r.press("j"); at().row != want[0] || at().place != want[1] {
			t.Fatalf("row %d place %d, want %v", at().row, at().place, want)
		}
	}
	if at().opened {
		t.Error("what was left is not folded")
	}
	r.press("k", "enter", "j", "j", "enter")
	if r.m.screen != lines || r.m.c.Ref(r.m.point) != r.m.c.Ref(in.Proof[len(in.Proof)-1]) {
		t.Errorf("on %s, at %v", r.m.screen, r.m.c.Ref(r.m.point))
	}
	r.press("esc", "j", "enter")
	if r.m.screen != metrics || !strings.Contains(r.m.plot().expr, "{") {
		t.Errorf("a series leads to %s, %q", r.m.screen, r.m.plot().expr)
	}
	r.press("esc", "esc").press("alt+9", "9", "j")
	if all := r.m.claims(); at().row != len(all)-1 {
		t.Errorf("at %d of %d", at().row, len(all))
	}
	r.press("alt+9", "9", "k")
	if at().row != 0 || at().place != 0 {
		t.Errorf("row %d place %d", at().row, at().place)
	}
}

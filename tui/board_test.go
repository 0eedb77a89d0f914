package tui

import (
	"testing"

	"faultline/parse"
)

// The board has the queries that the case answers and no others; it is made
// again for another window, and a query that is overtaken changes nothing.
func TestBoard(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("5").expect("targets up", "cache", "(3 series)")
	if n := len(r.m.plot().board.shown()); n != 2 {
		t.Errorf("%d panels", n)
	}
	turn, asked := r.m.plot().board.turn, r.m.plot().board.asked
	r.press("z")
	if d := r.m.plot().board; d.turn != turn+1 || d.asked == asked || d.loading() {
		t.Errorf("after zooming: turn %d of %v", d.turn, d.asked)
	}
	r.send(panelledMsg{of: metrics, turn: turn, at: 0, curves: nil})
	if n := len(r.m.plot().board.shown()); n != 2 {
		t.Errorf("an old answer took a panel away: %d", n)
	}
	r.press("j", "enter").expect("query pod_cache_size")
	if r.press("esc"); r.m.screen != metrics || r.m.plot().expr != "" {
		t.Error("esc does not lead back to the board")
	}
	if r.press("esc"); r.m.screen != overview {
		t.Error("a second esc does not leave")
	}
}

// The values at the cursor are those of the samples before it.
func TestValuesAtTheCursor(t *testing.T) {
	c := Curve{Times: []parse.Time{10, 20, 30}, Values: []float64{1, 2, 3}}
	for at, want := range map[parse.Time]float64{10: 1, 19: 1, 20: 2, 99: 3} {
		if v, ok := c.at(at); !ok || v != want {
			t.Errorf("at %d: %g %v", at, v, ok)
		}
	}
	if _, ok := c.at(9); ok {
		t.Error("a value before the first sample")
	}
}

package tui

import (
	"fmt"
	"strings"
	"testing"

	"faultline/correlate"
)

// Alerts are on the timeline and at the cursor, are evaluated anew when a clock
// was moved, and go when no file is named.
func TestAlertsLane(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press(":", `"alerts rules.yaml`, "enter")
	r.expect(fmt.Sprintf("3 rules of rules.yaml would have fired %d times", len(r.m.c.Incidents)+1), "! Failing", "! OnlyPending", "! NeverOver")
	if r.m.screen != timeline {
		t.Errorf("on %s", r.m.screen)
	}
	r.press("]i", "l", "l").expect("Failing firing since")
	n, alerts := 0, r.m.ports.Alerts
	r.m.ports.Alerts = func(c *correlate.Case, rules string) ([]Alert, error) { n++; return alerts(c, rules) }
	if r.press("6", "j", ">", "2"); n != 1 {
		t.Errorf("evaluated %d times after a clock was moved", n)
	}
	r.press(":", `"alerts bad.yaml`, "enter").expect("no rules")
	if r.press(":", `"alerts`, "enter").expect("no alerts"); strings.Contains(r.text(), "! Failing") {
		t.Error("the alerts are still there")
	}
}

// Another case is read beside the screen; what cannot be read is said.
func TestCompareScreen(t *testing.T) {
	r := newRobot(t, "day", 120, 40, Display{}).press("9").expect("reads another dump").press("enter")
	r.press(`"capture`, "enter").expect("Did it help?", "9 compare", "A  this case", "B  capture", "seconds stalled")
	both := r.m.panes[compare].(comparePane).both
	r.press("j", "j", "y")
	if !strings.Contains(r.copied, "incidents\t59") && !strings.Contains(r.copied, "incidents\t") {
		t.Errorf("copied %q", r.copied)
	}
	r.press("6", "j", ">", "9").expect("Did it help?")
	if now := r.m.panes[compare].(comparePane).both; now == both || now.A != r.m.c {
		t.Error("a moved clock is not compared anew")
	}
	if r.press(":", `"compare nothing`, "enter").expect("nothing could be read"); !r.m.failed {
		t.Error("it does not stand out")
	}
}

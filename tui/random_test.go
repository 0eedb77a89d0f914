package tui

import (
	"flag"
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/fixtures/synth"
)

var (
	presses = flag.Int("presses", 4000, "random keys to press in all")
	first   = flag.Int64("first", 1, "the first seed of the random keys")
)

// perWorld is how many keys are pressed in a cluster that is made up.
const perWorld = 5000

// randomCases are the bundled incidents and, of many keys, made-up clusters of
// any scenario.
func randomCases(rnd *rand.Rand, n int) []string {
	out := []string{"day", "report", "capture"}
	all := synth.Scenarios()
	for range n / perWorld {
		out = append(out, fmt.Sprintf("%s %d", all[rnd.Intn(len(all))].Name, rnd.Intn(1000)))
	}
	return out
}

// Whatever keys are pressed in whatever order at whatever size, nothing panics
// and no frame is wider or higher than the terminal. -v says how long the slowest
// took of the process's own time: something else may run here too.
func TestRandomKeys(t *testing.T) {
	var pool []string
	for i := range keys {
		for _, k := range strings.Fields(keys[i].keys) {
			if k != "q" && k != "ctrl+c" && k != "ctrl+z" && k != "x" && k != "ctrl+s" {
				pool = append(pool, k)
			}
		}
	}
	pool = append(pool, "enter", "esc", "tab", `"a`, `"600`, `"up`)
	pool = append(pool, "alt+3", "alt+9", "9")
	slowest, which := time.Duration(0), ""
	cases := randomCases(rand.New(rand.NewSource(*first)), *presses)
	for n, name := range cases {
		rnd := rand.New(rand.NewSource(int64(n) + *first))
		r := newRobot(t, name, 100, 30, Display{})
		for range *presses / len(cases) {
			if rnd.Intn(40) == 0 {
				r.send(tea.WindowSizeMsg{Width: 1 + rnd.Intn(200), Height: 1 + rnd.Intn(70)})
			}
			k := pool[rnd.Intn(len(pool))]
			if r.press(k); r.quit {
				r.quit = false
			}
			took := time.Minute
			for range 3 { // the least: the collector may run as well
				began := used()
				check(t, r, r.m.w, r.m.h)
				if took = min(took, used()-began); took < 20*time.Millisecond {
					break
				}
			}
			if took > slowest {
				slowest, which = took, k+" on "+r.m.screen.String()+" of "+name
			}
		}
	}
	t.Logf("the slowest frame took %s: %s", slowest, which)
}

package tui

import (
	"flag"
	"math/rand"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

var presses = flag.Int("presses", 4000, "random keys to press in all")

// Whatever keys are pressed in whatever order at whatever size, nothing panics
// and no frame is wider or higher than the terminal.
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
	cases := []string{"day", "report", "capture"}
	for n, name := range cases {
		rnd := rand.New(rand.NewSource(int64(n) + 1))
		r := newRobot(t, name, 100, 30, Look{})
		for range *presses / len(cases) {
			if rnd.Intn(40) == 0 {
				r.send(tea.WindowSizeMsg{Width: 1 + rnd.Intn(200), Height: 1 + rnd.Intn(70)})
			}
			k := pool[rnd.Intn(len(pool))]
			began := time.Now()
			r.press(k)
			if r.quit {
				r.quit = false
			}
			check(t, r, r.m.w, r.m.h)
			if took := time.Since(began); took > time.Minute {
				t.Fatalf("%s on %s took %s", k, r.m.screen, took)
			}
		}
	}
}

package tui

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"faultline/tui/chart"
)

// shots are the screens as the goldens show them: each with the keys that lead
// to its most telling state.
var shots = []struct {
	name string
	keys []string
}{
	{"overview", nil},
	{"timeline", []string{"2", "]i", "]i"}},
	{"raster", []string{"3"}},
	{"incident", []string{"4", "]i"}},
	{"metrics", []string{"j"}},
	{"query", []string{"5", "i", `"up`, "enter"}},
	{"clocks", []string{"6", "j"}},
	{"findings", []string{"7", "enter"}},
	{"lines", []string{"8", "]i", "m", "f", "ctrl+u", `"kind=proxy.*`, "enter"}},
	{"scan", []string{"3", "S"}},
	{"alerts", []string{":", `"alerts rules.yaml`, "enter", "]i"}},
	{"compare", []string{":", `"compare capture`, "enter"}},
	{"help", []string{"3", "?"}},
	{"line", []string{"8", "enter"}},
}

var sizes = [][2]int{{80, 24}, {120, 40}, {240, 70}}

// shoot plays a shot's keys; metrics begins on its own screen.
func shoot(t testing.TB, i, w, h int, display Display) *robot {
	r := newRobot(t, "day", w, h, display)
	if shots[i].name == "metrics" {
		r.press("5")
	}
	return r.press(shots[i].keys...)
}

// Every screen at three sizes: its runes, then a letter for each cell's style
// (chart.Style: d dim, t title, a alarm, w warn, n note, c calm, A accent,
// S under the cursor, u not captured).
func TestGoldenScreens(t *testing.T) {
	for i, s := range shots {
		for _, size := range sizes {
			b := shoot(t, i, size[0], size[1], Display{Colour: true}).m.frame()
			golden(t, fmt.Sprintf("%s-%dx%d.golden", s.name, size[0], size[1]), b.String()+"\n-- styles --\n"+b.Styles()+"\n")
		}
	}
}

// Without Unicode nothing but ASCII is drawn, whatever the screen.
func TestGoldenASCII(t *testing.T) {
	for i, s := range shots {
		got := shoot(t, i, 80, 24, Display{ASCII: true}).text()
		for _, r := range got {
			if r > 0x7e {
				t.Errorf("%s: %q is no ASCII", s.name, r)
				break
			}
		}
		golden(t, s.name+"-ascii.golden", got+"\n")
	}
}

// Without colour nothing is coloured, and on a dumb terminal nothing is sent
// but text; both show what the coloured screen shows.
func TestWithoutColour(t *testing.T) {
	colours := regexp.MustCompile("\x1b\\[[0-9;]*3[0-9][0-9;]*m")
	for i, s := range shots {
		r := shoot(t, i, 120, 40, Display{Colour: true})
		if got := r.m.View(); !colours.MatchString(got) {
			t.Errorf("%s: no colour at all", s.name)
		}
		r.m.display.Colour = false
		r.m.display = r.m.display.ready()
		if got := r.m.View(); colours.MatchString(got) {
			t.Errorf("%s: coloured without colour", s.name)
		}
		r.m.display.Plain = true
		r.m.display = r.m.display.ready()
		if got := r.m.View(); strings.Contains(got, "\x1b") {
			t.Errorf("%s: an escape sequence on a dumb terminal", s.name)
		}
	}
}

// Cases of other shapes: pasted lines on clocks of their own, and one source.
func TestGoldenOtherCases(t *testing.T) {
	for _, name := range []string{"report", "capture"} {
		r := newRobot(t, name, 80, 24, Display{})
		for s := range screens {
			r.press(fmt.Sprint(int(s) + 1))
			golden(t, fmt.Sprintf("%s-%s.golden", name, s), r.text()+"\n")
		}
	}
}

// Whatever the size, no line is too wide, there are as many as the terminal
// has, and nothing panics.
func TestSizes(t *testing.T) {
	for _, name := range []string{"day", "report", "capture"} {
		r := newRobot(t, name, 80, 24, Display{})
		r.press("3", "S", "5", "i", `"up`, "enter", "v", "l", "l")
		step := 1
		if testing.Short() {
			step = 3
		}
		for s := range screens {
			r.press(fmt.Sprint(int(s) + 1))
			for w := 40; w <= 200; w += 7 * step {
				for h := 10; h <= 60; h += 5 * step {
					check(t, r, w, h)
				}
			}
			for _, size := range [][2]int{{1, 1}, {2, 30}, {39, 3}, {10, 10}, {400, 120}} {
				check(t, r, size[0], size[1])
			}
			r.press("?")
			check(t, r, 40, 10)
			r.press("esc", ":")
			check(t, r, 40, 10)
			r.press("esc")
		}
	}
}

func check(t *testing.T, r *robot, w, h int) {
	t.Helper()
	m := r.m
	m.w, m.h = w, h
	lines := strings.Split(m.View(), "\n")
	if len(lines) != h {
		t.Fatalf("%s at %dx%d: %d lines", m.screen, w, h, len(lines))
	}
	for _, l := range lines {
		if n := chart.Width(ansi.ReplaceAllString(l, "")); n > w {
			t.Fatalf("%s at %dx%d: a line of %d columns: %q", m.screen, w, h, n, l)
		}
	}
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Resizing loses nothing: after any sizes in between the screen is the same.
func TestResizing(t *testing.T) {
	for i, s := range shots {
		r := shoot(t, i, 120, 40, Display{})
		want := r.text()
		m := r.m
		for _, size := range [][2]int{{40, 10}, {240, 70}, {1, 1}, {120, 40}} {
			m.w, m.h = size[0], size[1]
			m.View()
		}
		if got := m.frame().String(); got != want {
			t.Errorf("%s is not what it was:\n%s", s.name, got)
		}
	}
}

// The pictures of the docs are the goldens drawn as SVG.
func TestPictures(t *testing.T) {
	for i, s := range shots {
		if s.name == "help" || s.name == "line" {
			continue
		}
		var svg bytes.Buffer
		if err := shoot(t, i, 120, 36, Display{Colour: true}).m.frame().SVG(&svg, "faultline: "+s.name); err != nil {
			t.Fatal(err)
		}
		if svg.Len() > 100_000 {
			t.Errorf("%s: %d bytes", s.name, svg.Len())
		}
		path := "../docs/img/" + s.name + ".svg"
		if os.Getenv("UPDATE") != "" {
			if err := os.MkdirAll("../docs/img", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, svg.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if had, err := os.ReadFile(path); err != nil || !bytes.Equal(had, svg.Bytes()) {
			t.Errorf("%s is not the screen as it is; UPDATE=1 draws it (%v)", path, err)
		}
	}
}

// docs/keys.md is what the tables say.
func TestKeysPage(t *testing.T) {
	const path = "../docs/keys.md"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(KeysPage()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if had, err := os.ReadFile(path); err != nil || string(had) != KeysPage() {
		t.Errorf("%s is not what the tables say; UPDATE=1 writes it (%v)", path, err)
	}
}

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/sirupsen/logrus"

	"faultline/tui"
)

// walker presses keys on the screen of a dump, with the ports that the command
// gives it, and waits for what they start.
type walker struct {
	t *testing.T
	m tea.Model
}

func newWalker(t *testing.T, dump map[string]string, w, h int, colour bool) *walker {
	t.Helper()
	dir := t.TempDir()
	writeDump(t, filepath.Join(dir, "dump"), dump)
	t.Chdir(dir)
	a := &app{ctx: context.Background(), name: "faultline", stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, log: logrus.New(), scratch: &scratch{}}
	a.log.SetOutput(io.Discard)
	a.flags.quiet, a.flags.tz, a.flags.color = true, "UTC", "never"
	c, err := a.load([]string{"dump"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.text.Close(); a.scratch.remove() })
	walk := &walker{t, tui.New(c.Case, a.ports(c), tui.Display{User: "ann", Colour: colour})}
	walk.send(tea.WindowSizeMsg{Width: w, Height: h})
	return walk
}

// writeDump writes the files of a dump into a folder.
func writeDump(t *testing.T, dir string, dump map[string]string) {
	t.Helper()
	for name, text := range dump {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// send gives the screen a message, and then all that comes of it.
func (w *walker) send(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, cmd := range msg {
			if cmd != nil {
				w.send(cmd())
			}
		}
	default:
		next, cmd := w.m.Update(msg)
		if w.m = next; cmd != nil {
			w.send(cmd())
		}
	}
}

// press sends the keys of a line of a script.
func (w *walker) press(keys string) {
	for _, k := range strings.Fields(keys) {
		named := map[string]tea.KeyType{"Enter": tea.KeyEnter, "Escape": tea.KeyEsc}
		if typ, ok := named[k]; ok {
			w.send(tea.KeyMsg{Type: typ})
			continue
		}
		for _, r := range strings.Trim(k, `"`) {
			w.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
		}
	}
}

// escapes are what colours a text.
var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// trimmedLines is text without blanks at the ends of its lines.
func trimmedLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// same compares text with a file; UPDATE=1 rewrites it.
func same(t *testing.T, path, got string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || string(want) != got {
		t.Errorf("%s is another screen; UPDATE=1 takes it (%v)\n--- want\n%s--- got\n%s", path, err, want, got)
	}
}

var walks = map[string]func() map[string]string{"deploy": deployDump, "stale": staleDump, "metrics": metricsDump}

// walkSizes are the terminals in which each walk is made; the screens are compared in
// the first.
var walkSizes = []struct {
	w, h   int
	colour bool
}{{100, 30, false}, {80, 24, false}, {80, 24, true}, {120, 40, true}, {220, 60, false}}

// Tickets of other kinds, each from the first screen to "I know why": the keys
// stand in the script, with the question that each answers, and the screens
// beside it.
func TestWalks(t *testing.T) {
	for name, dump := range walks {
		for i, size := range walkSizes {
			t.Run(fmt.Sprintf("%s/%dx%d colour=%v", name, size.w, size.h, size.colour), func(t *testing.T) {
				script, err := os.ReadFile(filepath.Join("testdata", "walks", name+".txt"))
				if err != nil {
					t.Fatal(err)
				}
				golden, err := filepath.Abs(filepath.Join("testdata", "walks"))
				if err != nil {
					t.Fatal(err)
				}
				newWalker(t, dump(), size.w, size.h, size.colour).walk(string(script), golden, i == 0)
			})
		}
	}
}

// walk follows a script; where the screens are compared, with those in a folder.
func (w *walker) walk(script, golden string, compared bool) {
	w.t.Helper()
	for _, l := range strings.Split(script, "\n") {
		verb, rest, _ := strings.Cut(strings.TrimSpace(l), " ")
		screen := trimmedLines(escapes.ReplaceAllString(w.m.View(), ""))
		switch verb {
		case "press":
			w.press(rest)
		case "see": // however it is broken into lines
			if !strings.Contains(strings.Join(strings.Fields(screen), " "), rest) {
				w.t.Fatalf("the screen does not show %q:\n%s", rest, screen)
			}
		case "shot":
			if compared {
				same(w.t, filepath.Join(golden, rest+".txt"), screen)
			}
		}
	}
}

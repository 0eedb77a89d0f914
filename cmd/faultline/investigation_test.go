package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tmux is a terminal of our own on a server of our own.
type tmux struct {
	t      *testing.T
	socket string
}

func (m *tmux) run(args ...string) string {
	m.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", m.socket, "-f", "/dev/null"}, args...)...).CombinedOutput()
	if err != nil {
		m.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (m *tmux) screen() string { return m.run("capture-pane", "-p") }

// see waits until the screen shows a text.
func (m *tmux) see(want string) {
	m.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(30 * time.Millisecond) {
		got := m.screen()
		if strings.Contains(strings.Join(strings.Fields(got), " "), want) { // however it is broken into lines
			return
		}
		if time.Now().After(end) {
			m.t.Fatalf("the screen never showed %q:\n%s", want, got)
		}
	}
}

// shot compares the screen with a file once it stands still.
func (m *tmux) shot(path string) {
	m.t.Helper()
	want, _ := os.ReadFile(path)
	got, last := m.screen(), ""
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end) && (got != string(want) || got != last); {
		time.Sleep(200 * time.Millisecond)
		last, got = got, m.screen()
		if os.Getenv("UPDATE") != "" && got == last {
			break
		}
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			m.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			m.t.Fatal(err)
		}
		return
	}
	if got != string(want) {
		m.t.Errorf("%s is another screen; UPDATE=1 takes it\n--- want\n%s--- got\n%s", path, want, got)
	}
}

// inTmux starts the program on a terminal of its own: TestMain puts it on the path.
func inTmux(t *testing.T, dir, args string) *tmux {
	t.Helper()
	binary, err := exec.LookPath("faultline")
	if err != nil {
		t.Fatal(err)
	}
	m := &tmux{t, filepath.Join(t.TempDir(), "s")}
	m.run("new-session", "-d", "-x", "100", "-y", "30", "-c", dir,
		fmt.Sprintf("env USER=ann TERM=screen LC_ALL=C.UTF-8 NO_COLOR=1 %s %s; echo back in the shell; sleep 60", binary, args))
	t.Cleanup(func() { exec.Command("tmux", "-S", m.socket, "kill-server").Run() })
	return m
}

// follow does what a script says; shots are compared with the files of a folder.
func (m *tmux) follow(script []byte, shots string) {
	m.t.Helper()
	for _, l := range strings.Split(string(script), "\n") {
		verb, rest, _ := strings.Cut(strings.TrimSpace(l), " ")
		switch verb {
		case "see":
			m.see(rest)
		case "press":
			for _, key := range strings.Fields(rest) {
				if text, quoted := strings.CutPrefix(key, `"`); quoted {
					m.run("send-keys", "-l", strings.TrimSuffix(text, `"`))
					continue
				}
				m.run("send-keys", "--", key)
			}
		case "shot":
			m.shot(filepath.Join(shots, rest+".txt"))
		}
	}
}

// needTmux skips where there is no tmux, and a test in a hurry.
func needTmux(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil || testing.Short() {
		t.Skip("needs tmux")
	}
}

// The binary, on a real terminal, from the first screen to "I know why".
func TestInvestigation(t *testing.T) {
	needTmux(t)
	script, err := os.ReadFile("testdata/investigation.txt")
	if err != nil {
		t.Fatal(err)
	}
	m := inTmux(t, ".", "demo")
	m.follow(script, "testdata/investigation")
	m.run("send-keys", "q")
	m.see("back in the shell") // on the screen that was there before
	if got := m.screen(); strings.Contains(got, "1 overview") {
		t.Errorf("the terminal was not given back:\n%s", got)
	}
}

// The walks, of which TestWalks compares the screens at many sizes, on a real
// terminal: the screens are the same.
func TestWalksInTmux(t *testing.T) {
	needTmux(t)
	for name, dump := range walks {
		t.Run(name, func(t *testing.T) {
			script, err := os.ReadFile(filepath.Join("testdata", "walks", name+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			writeDump(t, filepath.Join(dir, "dump"), dump())
			inTmux(t, dir, "dump").follow(script, "testdata/walks")
		})
	}
}

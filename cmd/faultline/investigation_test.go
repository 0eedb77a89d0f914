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
		if strings.Contains(got, want) {
			return
		}
		if time.Now().After(end) {
			m.t.Fatalf("the screen never showed %q:\n%s", want, got)
		}
	}
}

// shot compares the screen with a file once it stands still.
func (m *tmux) shot(name string) {
	m.t.Helper()
	path := filepath.Join("testdata", "investigation", name+".txt")
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

// The binary, on a real terminal, from the first screen to "I know why".
func TestInvestigation(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil || testing.Short() {
		t.Skip("needs tmux")
	}
	dir := t.TempDir()
	binary := filepath.Join(dir, "faultline")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	script, err := os.ReadFile("testdata/investigation.txt")
	if err != nil {
		t.Fatal(err)
	}
	m := &tmux{t, filepath.Join(dir, "s")}
	m.run("new-session", "-d", "-x", "100", "-y", "30", fmt.Sprintf("env USER=ann TERM=screen LC_ALL=C.UTF-8 NO_COLOR=1 %s demo; echo back in the shell; sleep 60", binary))
	t.Cleanup(func() { exec.Command("tmux", "-S", m.socket, "kill-server").Run() })
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
			m.shot(rest)
		}
	}
	m.run("send-keys", "q")
	m.see("back in the shell") // on the screen that was there before
	if got := m.screen(); strings.Contains(got, "1 overview") {
		t.Errorf("the terminal was not given back:\n%s", got)
	}
}

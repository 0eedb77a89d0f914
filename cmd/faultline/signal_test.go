//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// promptly is the longest that a program may take to end behind a signal before
// the test gives up: it promises a second, and this machine may be busy.
const promptly = 10 * time.Second

// A signal ends every stage that computes, wherever it comes: reading, judging,
// testing periods, redacting, writing, verifying. The exit is 130, what was there
// is as it was, and nothing else is.
func TestSignalsEndEveryStage(t *testing.T) {
	if testing.Short() {
		t.Skip("some dozens of runs")
	}
	top := t.TempDir()
	faultline := func(dir string, args ...string) *exec.Cmd {
		c := exec.Command("faultline", args...)
		c.Dir = dir
		return c
	}
	for _, args := range [][]string{{"synth", "-q", "-o", "dump", "--hours", "4"}, {"export", "-q", "dump", "-o", "case.zip"}} {
		if out, err := faultline(top, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	for _, args := range []string{"analyze ../dump -o out/r.html", "events ../dump --all -o out/e.csv", "export ../dump -o out/c.zip", "export ../dump --redact -o out/d/",
		"export ../dump --redact -o out/m.zip --redact-map map/m.json", "verify ../case.zip", "compare ../case.zip ../dump -o out/c.md",
		"query rate(faultline_events_total[5m]) ../dump -o out/q.json", "synth -o out/s --hours 8"} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			words := strings.Split(args, " ")
			dir, err := os.MkdirTemp(top, words[0])
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			fresh(t, dir)
			if out, err := faultline(dir, words...).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			took, ended := time.Since(began), 0
			for part := range 4 {
				fresh(t, dir)
				sig := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}[part%2]
				c := faultline(dir, words...)
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Duration(4*part+2) * took / 16)
				c.Process.Signal(sig)
				code := exitOf(t, c)
				switch code {
				case exitInterrupted:
					ended++
					if left := leftIn(dir); left != "" {
						t.Errorf("%s at %d/16 leaves %s", sig, 4*part+2, left)
					}
				case 0: // it was through
				default:
					if left := leftIn(dir); code != -int(sig) || left != "" { // before it listened it is killed
						t.Errorf("%s at %d/16: exit %d, leaves %s", sig, 4*part+2, code, left)
					}
				}
			}
			if ended == 0 {
				t.Logf("all were through before the signal")
			}
		})
	}
}

// ^C and SIGTERM end what waits for a pipe, and leave what was there.
func TestSignalsEndWhatWaits(t *testing.T) {
	for args, sig := range map[string]syscall.Signal{"analyze never -o new.md": syscall.SIGINT, "export never -o new.zip": syscall.SIGTERM} {
		t.Run(args, func(t *testing.T) {
			dir := t.TempDir()
			never := filepath.Join(dir, "never")
			if err := syscall.Mkfifo(never, 0o600); err != nil {
				t.Skip(err)
			}
			var said bytes.Buffer
			c := exec.Command("faultline", strings.Fields(args)...)
			c.Dir, c.Stderr = dir, &said
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			writer, err := os.OpenFile(never, os.O_WRONLY, 0) // waits until it is read
			if err != nil {
				t.Fatal(err)
			}
			defer writer.Close()
			c.Process.Signal(sig)
			if code := exitOf(t, c); code != exitInterrupted || !strings.Contains(said.String(), "faultline: interrupted") {
				t.Errorf("exit %d: %s", code, &said)
			}
			if list, _ := os.ReadDir(dir); len(list) != 1 {
				t.Errorf("left: %v", list)
			}
		})
	}
}

// A second signal kills at once.
func TestSecondSignalKills(t *testing.T) {
	dir := t.TempDir()
	never := filepath.Join(dir, "never")
	if err := syscall.Mkfifo(never, 0o600); err != nil {
		t.Skip(err)
	}
	c := exec.Command("faultline", "analyze", never)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	c.Process.Signal(syscall.SIGTERM)
	c.Process.Signal(syscall.SIGINT)
	if code := exitOf(t, c); code != exitInterrupted && code != -int(syscall.SIGINT) && code != -int(syscall.SIGTERM) {
		t.Errorf("exit %d", code)
	}
}

// exitOf is how a program ended: its exit code, or minus the signal that killed it.
func exitOf(t *testing.T, c *exec.Cmd) int {
	t.Helper()
	give := time.AfterFunc(promptly, func() { c.Process.Kill() })
	err := c.Wait()
	if !give.Stop() {
		t.Errorf("%v goes on %s behind the signal", c.Args, promptly)
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0
	}
	if ws := exit.Sys().(syscall.WaitStatus); ws.Signaled() {
		return -int(ws.Signal())
	}
	return exit.ExitCode()
}

// fresh makes empty folders for what is written, with one file that stays.
func fresh(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"out", "map"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.RemoveAll(path), os.Mkdir(path, 0o700), os.WriteFile(filepath.Join(path, "kept"), []byte("mine"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}

// leftIn lists what is in the folders beside the file that was there, and whether
// that is as it was.
func leftIn(dir string) string {
	var left []string
	for _, name := range []string{"out", "map"} {
		filepath.WalkDir(filepath.Join(dir, name), func(path string, e os.DirEntry, err error) error {
			if base := filepath.Base(path); err != nil || base != name && base != "kept" {
				left = append(left, path)
			}
			return nil
		})
		if text, err := os.ReadFile(filepath.Join(dir, name, "kept")); err != nil || string(text) != "mine" {
			left = append(left, fmt.Sprintf("%s/kept as %q", name, text))
		}
	}
	return strings.Join(left, ", ")
}

//go:build linux

package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// dense are logs of few bytes that come to much: each line is an event, a name, a
// life of a process, a series.
var dense = map[string]func(w io.Writer, i int){
	"events": func(w io.Writer, i int) {
		fmt.Fprintf(w, "[%12.6fs]  WARN ThreadId(01) outbound:proxy{addr=10.1.1.1:80}: linkerd_stack::failfast: Service entering failfast after 3s\n", 400+float64(i)/1000)
	},
	"names": func(w io.Writer, i int) {
		fmt.Fprintf(w, "10.9.8.7 - - [02/Feb/2024:13:%02d:%02d +0000] \"GET /%d HTTP/1.1\" 504 160 \"-\" \"x\" 305 3.003 [ns-svc%d-80] [] 10.9.8.1:80 0 3.000 504 r%d\n",
			i/60%60, i%60, i, i, i)
	},
	"lives": func(w io.Writer, i int) {
		fmt.Fprintf(w, "[%12.6fs]  WARN ThreadId(01) outbound:proxy{addr=10.1.1.1:80}: linkerd_stack::failfast: Service entering failfast after 3s\n", float64(i*7919%100000))
	},
	"pods": func(w io.Writer, i int) {
		fmt.Fprintf(w, "[pod/p-%d/linkerd-proxy] [%12.6fs]  WARN ThreadId(01) outbound:proxy{addr=10.1.1.1:80}: linkerd_stack::failfast: Service entering failfast after 3s\n", i, float64(i))
	},
	"series": func(w io.Writer, i int) {
		if i == 0 {
			fmt.Fprintln(w, "# TYPE up gauge")
		}
		fmt.Fprintf(w, "up{pod=\"p%d\"} 1 1706880000000\n", i)
	},
}

// written makes a file of so many lines, compressed if its name says so.
func written(t *testing.T, path string, lines int, line func(w io.Writer, i int)) {
	t.Helper()
	var text bytes.Buffer
	w, done := io.Writer(&text), func() error { return nil }
	if strings.HasSuffix(path, ".gz") {
		z, _ := gzip.NewWriterLevel(&text, gzip.BestSpeed)
		w, done = z, z.Close
	}
	for i := range lines {
		line(w, i)
	}
	if err := errors.Join(done(), os.WriteFile(path, text.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// peak runs a program to its end, and is the most memory that it had. What the
// system says of a process that ended includes the one that started it, so its own
// mark is read while it runs.
func peak(t *testing.T, c *exec.Cmd) (most int64) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	status := fmt.Sprintf("/proc/%d/status", c.Process.Pid)
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	for {
		select {
		case <-done:
			return most
		case <-time.After(5 * time.Millisecond):
		}
		text, _ := os.ReadFile(status)
		if _, mark, ok := strings.Cut(string(text), "VmHWM:"); ok {
			var kilobytes int64
			if _, err := fmt.Sscan(mark, &kilobytes); err == nil && strings.Contains(string(text), "Name:\tfaultline") {
				most = max(most, kilobytes<<10)
			}
		}
	}
}

// A file that comes to more than the limit is read as far as it allows, every
// output says so, and the process stays near the limit; one that is refused the
// memory to be judged ends by itself, and leaves nothing.
func TestMemoryLimitHolds(t *testing.T) {
	if testing.Short() {
		t.Skip("reads until memory is short; the race detector takes more of it")
	}
	const limit = 128 << 20
	for kind, line := range dense {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			in := filepath.Join(dir, kind+".log.gz")
			written(t, in, 600_000, line)
			to := filepath.Join(dir, "report.json")
			c := exec.Command("faultline", "analyze", "-q", "-o", to, "--max-memory", "128MiB", in)
			var said bytes.Buffer
			c.Stderr = &said
			if most := peak(t, c); most > limit+limit/2 {
				t.Errorf("%d MiB at most, the limit is %d", most>>20, limit>>20)
			}
			out, missing := os.ReadFile(to)
			switch c.ProcessState.ExitCode() {
			case exitHeld:
				var report struct{ Limits []string }
				if err := json.Unmarshal(out, &report); err != nil {
					t.Fatal(err)
				}
				if len(report.Limits) == 0 || !strings.Contains(report.Limits[0], "the limit of 128MiB for memory (--max-memory) was reached") {
					t.Errorf("the report does not say so: %q", report.Limits)
				}
				if !strings.Contains(said.String(), "of 1 sources 0 were read whole, "+in+" up to line ") {
					t.Errorf("not how far: %s", &said)
				}
			case exitFailed:
				if missing == nil || !strings.Contains(said.String(), "needs more memory than the limit of 128MiB") {
					t.Errorf("ended with %q, and %d bytes", &said, len(out))
				}
			default:
				t.Errorf("exit %d: %s", c.ProcessState.ExitCode(), &said)
			}
		})
	}
}

// Reading that was ended by the limit says of each source, and each archive, what
// was not read; a case of it verifies, and says so again.
func TestCutShortIsSaid(t *testing.T) {
	if testing.Short() {
		t.Skip("as above")
	}
	dir := t.TempDir()
	for _, name := range []string{"a.log", "b.log", "c.log"} {
		written(t, filepath.Join(dir, name), 200_000, dense["events"])
	}
	pack := exec.Command("tar", "-czf", filepath.Join(t.TempDir(), "all.tgz"), "-C", dir, ".")
	if out, err := pack.CombinedOutput(); err != nil {
		t.Skipf("no tar: %v %s", err, out)
	}
	for _, in := range []string{dir, pack.Args[2]} {
		to := filepath.Join(t.TempDir(), "cut.zip")
		var c *exec.Cmd
		var said []byte
		for _, limit := range []string{"128MiB", "144MiB", "160MiB"} { // on a busy machine less is left for the judgement
			c = exec.Command("faultline", "export", "--force", in, "--max-memory", limit, "-o", to)
			if said, _ = c.CombinedOutput(); c.ProcessState.ExitCode() != exitFailed {
				break
			}
		}
		if c.ProcessState.ExitCode() != exitHeld || !strings.Contains(string(said), "not at all") {
			t.Fatalf("%s: exit %d: %s", in, c.ProcessState.ExitCode(), said)
		}
		ran(t, "verify", to)
		if again := ran(t, "analyze", "-v", to); !strings.Contains(strings.Join(strings.Fields(string(again)), " "), "not read to the end") {
			t.Errorf("the case of %s does not say what it lacks:\n%s", in, again)
		}
	}
}

// Sizes that are none are refused with one that is.
func TestMemoryLimitIsASize(t *testing.T) {
	for size, ok := range map[string]bool{"": true, "1GiB": true, "64MiB": true, "900MB": true, "63MiB": false, "-1": false, "much": false, "0": false} {
		b, err := newBudget(size)
		if (err == nil) != ok {
			t.Errorf("%q: %v", size, err)
		}
		if ok && (b.limit < leastMemory || size == "" && b.limit > mostMemory) {
			t.Errorf("%q: %d bytes", size, b.limit)
		}
	}
}

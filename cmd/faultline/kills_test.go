package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
	"faultline/tui"
)

// saving writes facts files, one after the other, until it is killed.
func saving() {
	a := &app{ctx: context.Background(), name: "faultline", stdout: os.Stderr, stderr: os.Stderr}
	for i := 0; ; i++ {
		facts := tui.Facts{By: "killed"}
		for n := range 2000 {
			facts.Marks = append(facts.Marks, correlate.Mark{At: parse.Time(1706880000000000000 + n), Text: "mark " + strconv.Itoa(n)})
		}
		if _, err := a.saveFacts(filepath.Join(os.Args[1], fmt.Sprint(i, ".yaml")), facts); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func ran(t *testing.T, args ...string) []byte {
	t.Helper()
	c := exec.Command("faultline", args...)
	var out, stderr bytes.Buffer
	c.Stdout, c.Stderr = &out, &stderr
	if err := c.Run(); err != nil {
		t.Fatalf("%s: %v: %s", strings.Join(args, " "), err, &stderr)
	}
	return out.Bytes()
}

// killed runs a program and ends it at a random moment of the time that it takes.
func killed(t *testing.T, random *rand.Rand, takes time.Duration, signal os.Signal, name string, args ...string) {
	t.Helper()
	c := exec.Command(name, args...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Duration(random.Float64() * float64(takes)))
	_ = c.Process.Signal(signal) // it may be done
	_ = c.Wait()
}

// Whenever a program that writes is killed or interrupted, what stands under a
// final name is what stood there before, or whole.
func TestKillsLeaveNothingHalfWritten(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	ran(t, "synth", "-q", "-o", in("old"), "--hours", "0.2", "--seed", "1")
	ran(t, "synth", "-q", "-o", in("new"), "--hours", "2", "--seed", "2")
	signals := []os.Signal{syscall.SIGKILL, syscall.SIGINT, syscall.SIGKILL, syscall.SIGTERM}

	exports := map[string][]string{
		"a case":              {"export", "-q", "--force", "-o", in("c.zip")},
		"a folder":            {"export", "-q", "--force", "-o", in("c") + "/"},
		"a redacted case":     {"export", "-q", "--force", "--redact", "--redact-map", in("map.json"), "-o", in("r.zip")},
		"a report in a file":  {"analyze", "-q", "--force", "-o", in("r.json")},
		"a report for people": {"analyze", "-q", "--force", "-o", in("r.html")},
	}
	for what, args := range exports {
		t.Run(what, func(t *testing.T) {
			out := strings.TrimSuffix(args[len(args)-1], "/")
			begun := time.Now()
			ran(t, append(args, in("new"))...)
			takes := time.Since(begun)
			whole := standing(t, out)
			ran(t, append(args, in("old"))...)
			old := standing(t, out)
			times := 5
			if testing.Short() {
				times = 2
			}
			for i := range times {
				killed(t, random, takes, signals[i%len(signals)], "faultline", append(args, in("new"))...)
				now := standing(t, out)
				switch {
				case slices.Equal(now, old):
				case strings.HasPrefix(args[0], "export"):
					ran(t, "verify", "-q", out)
				case !slices.Equal(now, whole):
					t.Errorf("killed: %s is neither the old one nor the new one", filepath.Base(out))
				}
			}
		})
	}
	t.Run("shares", func(t *testing.T) { killedShares(t, random, in("new"), dir) })
	t.Run("facts", func(t *testing.T) {
		for i := range 6 {
			to := in("facts" + strconv.Itoa(i))
			if err := os.Mkdir(to, 0o755); err != nil {
				t.Fatal(err)
			}
			killed(t, random, 200*time.Millisecond, syscall.SIGKILL, "saving", to)
			list, _ := filepath.Glob(filepath.Join(to, "[0-9]*.yaml"))
			for _, f := range list {
				if text, err := os.ReadFile(f); err != nil || !strings.HasSuffix(strings.TrimSpace(string(text)), `mark 1999"}`) {
					t.Errorf("%s: %v, %d bytes, which is not all", f, err, len(text))
				}
			}
		}
	})
}

// killedShares says that a share may be killed and run again, as its help says.
func killedShares(t *testing.T, random *rand.Rand, dump, dir string) {
	plan, work := filepath.Join(dir, "plan.json"), filepath.Join(dir, "work")
	ran(t, "shard", "plan", "-q", "-o", plan, "--shards", "2", dump)
	begun := time.Now()
	for _, share := range []string{"0", "1"} {
		ran(t, "shard", "parse", "-q", "--plan", plan, "--index", share, "-d", work)
	}
	takes := time.Since(begun) / 2
	want := ran(t, "shard", "merge", "-q", "--plan", plan, "-d", work, "-o", "text")
	for i := range 3 {
		if err := os.RemoveAll(work); err != nil {
			t.Fatal(err)
		}
		killed(t, random, takes, []os.Signal{syscall.SIGKILL, syscall.SIGINT}[i%2], "faultline", "shard", "parse", "-q", "--plan", plan, "--index", "0", "-d", work)
		for _, share := range []string{"0", "1"} {
			ran(t, "shard", "parse", "-q", "--plan", plan, "--index", share, "-d", work)
		}
		if got := ran(t, "shard", "merge", "-q", "--plan", plan, "-d", work, "-o", "text"); !bytes.Equal(got, want) {
			t.Errorf("a share that was killed and run again gives another report")
		}
	}
}

// standing is a file, or each of a folder, with its bytes; what is put aside while it
// is written does not count.
func standing(t *testing.T, path string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(path, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		out = append(out, path+"\x00"+string(data))
		return err
	})
	if err != nil {
		t.Fatalf("gone: %v", err)
	}
	return out
}

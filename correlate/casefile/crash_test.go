package casefile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/correlate/aside"
)

var errFull = errors.New("no space left on device")

// full is a disk with room for so many bytes.
type full struct {
	w    io.Writer
	left *int64
}

func (f full) Write(p []byte) (int, error) {
	if int64(len(p)) > *f.left {
		n, _ := f.w.Write(p[:*f.left])
		*f.left = 0
		return n, errFull
	}
	*f.left -= int64(len(p))
	return f.w.Write(p)
}

// snapshot is every file below a folder, with what is in it.
func snapshot(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		out = append(out, fmt.Sprintf("%s %q", path, data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

// Wherever the disk is full, the writing is interrupted or the proof fails,
// what was there stays, and nothing lies beside it.
func TestWhatWasThereStays(t *testing.T) {
	j := odd(t)
	for _, name := range []string{"case.zip", "case/"} {
		dir := t.TempDir()
		path := dir + "/" + name
		write(t, path, j, Options{})
		before := snapshot(t, dir)
		size := int64(0)
		for _, line := range before {
			size += int64(len(line)) / 2 // a byte takes two to four when quoted
		}
		for k := range 40 {
			room := size * int64(k) / 60
			if k < 5 {
				room = int64(k)
			}
			_, err := Write(context.Background(), path, j.Case, j.text, Options{Version: "other", Judged: j.options,
				wrap: func(w io.Writer) io.Writer { return full{w, &room} }})
			if err != nil && !errors.Is(err, errFull) {
				t.Fatal(err)
			}
			if err == nil { // it fitted
				break
			}
			if got := snapshot(t, dir); !slices.Equal(got, before) {
				t.Fatalf("%s with room for %d bytes: changed", name, room)
			}
			if k == 39 && name == "case.zip" {
				t.Log("it never fitted")
			}
		}
		write(t, path, j, Options{}) // in place of itself
		if got := snapshot(t, dir); !slices.Equal(got, before) {
			t.Errorf("%s: written again, it is something else", name)
		}
		refuse := errors.New("an original was found")
		_, err := Write(context.Background(), path, j.Case, j.text, Options{Version: "other", Check: func(*Contents) (func(), error) { return nil, refuse }})
		if got := snapshot(t, dir); !errors.Is(err, refuse) || !slices.Equal(got, before) {
			t.Errorf("%s: a case that was refused: %v", name, err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err = Write(ctx, path, j.Case, j.text, Options{Version: "other"})
		if got := snapshot(t, dir); !errors.Is(err, context.Canceled) || !slices.Equal(got, before) {
			t.Errorf("%s: interrupted: %v", name, err)
		}
	}
}

// A program that is killed while it writes leaves the old case and no litter.
func TestKilled(t *testing.T) {
	if os.Getenv("FAULTLINE_KILLED") != "" {
		j := odd(t)
		for {
			o := Options{Judged: j.options, wrap: func(w io.Writer) io.Writer { return slow{w} }}
			if _, err := Write(context.Background(), os.Getenv("FAULTLINE_KILLED"), j.Case, j.text, o); err != nil {
				t.Fatal(err)
			}
		}
	}
	if f, err := aside.In(t.TempDir()); err != nil || !f.Unnamed() {
		t.Skip("files without a name are not to be had here: ", err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "case.zip")
	write(t, path, odd(t), Options{})
	for n := range 6 {
		c := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		c.Env = append(os.Environ(), "FAULTLINE_KILLED="+path)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(60+50*n) * time.Millisecond)
		c.Process.Kill()
		c.Wait()
		aside.Sweep(path) // as the next export does: a kill between two system calls leaves a second name
		list, _ := os.ReadDir(dir)
		if len(list) != 1 {
			t.Fatalf("killed: %v", list)
		}
		if f, err := Open(path); err != nil {
			t.Fatal(err)
		} else {
			f.Close()
		}
	}
}

// What is left of a program that was killed while a case took its place is
// mended by the next export; what belongs to one that runs stays.
func TestSweep(t *testing.T) {
	c := exec.Command(os.Args[0], "-test.run=^$")
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	if !aside.Runs(os.Getpid()) || aside.Runs(c.Process.Pid) {
		t.Skip("processes are not known here")
	}
	dir := t.TempDir()
	put := func(name string) { os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644) }
	dead, live := fmt.Sprintf(".faultline-%d-", c.Process.Pid), fmt.Sprintf(".faultline-%d-", os.Getpid())
	for _, name := range []string{dead + "a.zip", dead + "b.zip", live + "a.zip", ".faultline-x-a.zip", dead + "a.zip.old", "a.zip", dead + "c.old"} {
		put(name)
	}
	aside.Sweep(filepath.Join(dir, "a.zip"))
	aside.Sweep(filepath.Join(dir, "c"))
	var got []string
	list, _ := os.ReadDir(dir)
	for _, e := range list {
		got = append(got, e.Name())
	}
	want := []string{dead + "b.zip", live + "a.zip", ".faultline-x-a.zip", "a.zip", "c"}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// slow gives the killer time.
type slow struct{ w io.Writer }

func (s slow) Write(p []byte) (int, error) {
	time.Sleep(5 * time.Millisecond)
	return s.w.Write(p)
}

// What does not fit is left out by its distance from the incidents, is counted
// and said; the judgement stays the same.
func TestMaxSize(t *testing.T) {
	j := demo(t, "day", correlate.Options{})
	dir := t.TempDir()
	whole := write(t, filepath.Join(dir, "a.zip"), j, Options{})
	all, _ := os.Stat(filepath.Join(dir, "a.zip"))
	most := all.Size() - whole.entry("lines.parquet").Bytes/2
	path := filepath.Join(dir, "b.zip")
	m := write(t, path, j, Options{MaxBytes: most})
	info, err := os.Stat(path)
	if err != nil || info.Size() > most || m.Omitted == nil || m.Omitted.Lines == 0 || m.Omitted.Lines == m.Omitted.Of {
		t.Fatalf("%v bytes of %d, %+v", info.Size(), most, m.Omitted)
	}
	if most-info.Size() > most/5 {
		t.Errorf("%d bytes of %d: more could have stayed", info.Size(), most)
	}
	again, f := reopen(t, path)
	if a, b := sayings(j), sayings(again); a != b {
		t.Error("judged otherwise")
	}
	missing := int64(0)
	for _, p := range ordered(again.Case) {
		if _, err := f.Line(f.Capture, again.Ref(p)); errors.Is(err, ErrLeftOut) {
			missing++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if missing != m.Omitted.Lines {
		t.Errorf("%d lines are missing, %d are said to be", missing, m.Omitted.Lines)
	}
	for i := range again.Incidents {
		for _, p := range again.Incidents[i].Proof {
			if _, err := f.Line(f.Capture, again.Ref(p)); err != nil {
				t.Errorf("%s: its proof: %v", again.Incidents[i].ID, err)
			}
		}
	}
	if err := f.Verify(again.Case, "test", nil, func(d Difference) { t.Error(d) }); err != nil {
		t.Error(err)
	}
	third := filepath.Join(dir, "c.zip")
	write(t, third, again, Options{Origin: f.Manifest, MaxBytes: most})
	x, _ := os.ReadFile(path)
	y, _ := os.ReadFile(third)
	if string(x) != string(y) {
		t.Error("exported again it is something else")
	}
	if !strings.Contains(m.Omitted.Sentence(), "the events themselves are all here") {
		t.Error(m.Omitted.Sentence())
	}
	if _, err := Write(context.Background(), path, j.Case, j.text, Options{MaxBytes: 10_000}); err == nil || !strings.Contains(err.Error(), "without the text of its lines") {
		t.Errorf("too small for anything: %v", err)
	}
}

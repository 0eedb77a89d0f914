package bundle

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/proxy"
	"faultline/parse/wrap"
)

// capture reads paths and keeps what has to be kept.
func capture(t *testing.T, text *Text, stdin string, paths ...string) *parse.Capture {
	t.Helper()
	in, problems := Inputs(paths, strings.NewReader(stdin))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	c, err := parse.Read(context.Background(), in, []*parse.Format{proxy.Format}, wrap.All(), parse.Options{Keeper: text}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// numbered is a log whose lines are all different, with a blank one between.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "[%6d.000001s]  INFO ThreadId(01) linkerd2_proxy: release %d\r\n\n", i, i)
	}
	return b.String()
}

// The line behind an event is found again wherever it came from: in a plain
// file, or kept while a compressed file or standard input was read.
func TestLine(t *testing.T) {
	data := numbered(500)
	dir := write(t, map[string][]byte{"plain": []byte(data), "gz": gz(data), "zst": zst(data)})
	text := NewText()
	defer text.Close()
	c := capture(t, text, data, filepath.Join(dir, "plain"), filepath.Join(dir, "gz"), "-", filepath.Join(dir, "zst"))
	if c.Events() != 2000 {
		t.Fatal(c.Events())
	}
	for i := range c.Streams {
		s := &c.Streams[i]
		for j := range s.Events {
			e := &s.Events[j]
			got, err := text.Line(c, s.Ref(e))
			if want := strings.Split(data, "\n")[e.Line-1]; err != nil || string(got) != want {
				t.Fatalf("%s:%d: %q %v, want %q", c.Sources[s.Source].Path, e.Line, got, err, want)
			}
		}
	}
}

// Of what cannot be read again only the event lines are there: nothing else is
// made up.
func TestLineThatWasNotKept(t *testing.T) {
	data := numbered(5)
	dir := write(t, map[string][]byte{"plain": []byte(data), "gz": gz(data)})
	text := NewText()
	defer text.Close()
	c := capture(t, text, data, filepath.Join(dir, "plain"), filepath.Join(dir, "gz"), "-")
	blank := parse.Ref{Line: 2, Off: int64(strings.Index(data, "\n\n")) + 1, Len: 0}
	if got, err := text.Line(c, blank); err != nil || len(got) != 0 {
		t.Errorf("plain: %q %v", got, err)
	}
	for source, want := range map[uint32]string{1: filepath.Join(dir, "gz") + ":2: not kept, and cannot be read again", 2: "-:2: not kept, and cannot be read again"} {
		r := blank
		r.Source, r.Len = source, 3
		if got, err := text.Line(c, r); err == nil || err.Error() != want || got != nil {
			t.Errorf("%q %v, want %s", got, err, want)
		}
	}
}

func TestChangedFiles(t *testing.T) {
	data := numbered(9)
	dir := write(t, map[string][]byte{"cut": []byte(data), "gone": []byte(data)})
	text := NewText()
	defer text.Close()
	c := capture(t, text, "", filepath.Join(dir, "cut"), filepath.Join(dir, "gone"))
	last := func(i int) parse.Ref { return c.Streams[i].Ref(&c.Streams[i].Events[8]) }
	if err := os.Truncate(filepath.Join(dir, "cut"), last(0).Off+10); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "gone")); err != nil {
		t.Fatal(err)
	}
	got, err := text.Line(c, last(0))
	if err == nil || err.Error() != filepath.Join(dir, "cut")+":17: changed since it was read: EOF" || string(got) != "[     8.00" {
		t.Errorf("%q %v", got, err)
	}
	if got, err := text.Line(c, last(1)); err == nil || err.Error() != filepath.Join(dir, "gone")+": no such file or directory" {
		t.Errorf("%q %v", got, err)
	}
}

// More files than may be open at a time are read again all the same.
func TestManyFiles(t *testing.T) {
	files := map[string][]byte{}
	for i := range 3 * maxOpen / 2 {
		files[fmt.Sprintf("%03d", i)] = []byte(fmt.Sprintf("[%6d.000001s]  INFO ThreadId(01) linkerd2_proxy: release x\n", i))
	}
	text := NewText()
	defer text.Close()
	c := capture(t, text, "", write(t, files))
	for range 2 {
		for i := range c.Streams {
			got, err := text.Line(c, c.Streams[i].Ref(&c.Streams[i].Events[0]))
			if want := fmt.Sprintf("[%6d.", i); err != nil || !strings.HasPrefix(string(got), want) {
				t.Fatalf("%d: %q %v", i, got, err)
			}
		}
		if len(text.files) != maxOpen {
			t.Errorf("%d files are open, want %d", len(text.files), maxOpen)
		}
	}
}

// Lines that fill memory move to a file without a name, and come back from it
// in any order.
func TestSpill(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	r := rand.New(rand.NewPCG(1, 1))
	text := NewText()
	defer text.Close()
	line := make([]byte, 64<<10)
	random := func(seed int) []byte { // what does not compress
		r := rand.NewPCG(uint64(seed), 1)
		for i := 0; i < len(line); i += 8 {
			x := r.Uint64()
			for j := range 8 {
				line[i+j] = byte(x >> (8 * j))
			}
		}
		return line
	}
	const lines = (spillAfter + 8<<20) / (64 << 10)
	for i := range lines {
		text.Keep(uint32(i%3), int64(i), random(i))
	}
	if text.spill == nil || text.end == 0 || text.inRAM > spillAfter {
		t.Errorf("%d bytes in memory, %d in the file", text.inRAM, text.end)
	}
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	c := &parse.Capture{Sources: make([]parse.Source, 3)}
	for n := range 100 {
		i := r.IntN(lines)
		if n < 10 {
			i = lines - 1 - n // the block that is still open, and those before
		}
		got, err := text.Line(c, parse.Ref{Source: uint32(i % 3), Off: int64(i), Len: 64 << 10})
		if err != nil || string(got) != string(random(i)) {
			t.Fatalf("line %d: %d bytes, %v", i, len(got), err)
		}
	}
}

// A line is the caller's: changing it changes nothing that is kept.
func TestLinesAreCopies(t *testing.T) {
	text := NewText()
	defer text.Close()
	buf := []byte("one line")
	text.Keep(0, 5, buf)
	copy(buf, "XXXXXXXX")
	c := &parse.Capture{Sources: make([]parse.Source, 1)}
	for _, sealed := range []bool{false, true} {
		if sealed {
			text.seal()
		}
		for range 2 {
			got, err := text.Line(c, parse.Ref{Off: 5, Len: 8})
			if err != nil || string(got) != "one line" {
				t.Fatalf("sealed %v: %q %v", sealed, got, err)
			}
			copy(got, "XXXXXXXX")
		}
	}
}

package bundle

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

// expanded are the members of an archive as inputs.
func expanded(in parse.Input) (out []parse.Input) {
	in.Expand(func(one parse.Input) bool { out = append(out, one); return true })
	return out
}

// A name of the most bytes is read, and a longer one is said to be too long.
func TestLongestName(t *testing.T) {
	lim := standard
	lim.name = 70
	name := strings.Repeat("n", 70)
	expect(t, "longest", memory("x", tarOf(member{name: name, data: lines(1, 2)}), lim), 2)
	expect(t, "too long", memory("x", tarOf(member{name: name + "n", data: lines(1, 2)}), lim), 0, name[:64]+"…")
}

// A member is as old as it says, or as its archive where it says nothing; how large one is
// that comes as a stream is not known.
func TestMembersAsInputs(t *testing.T) {
	of := time.Date(2024, 2, 2, 13, 0, 0, 0, time.UTC)
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	long := lines(1, 40)
	for i, mod := range []time.Time{time.Unix(0, 0), time.Unix(1, 0)} {
		data := [][]byte{lines(2, 1), long}[i]
		if err := w.WriteHeader(&tar.Header{Name: string(rune('a' + i)), Size: int64(len(data)), Mode: 0o644, ModTime: mod}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	one := memory("x", buf.Bytes(), small())
	d := &decoder{lim: small()}
	one.Modified = of
	one.Expand = streamed(&one, d, func() (*content, error) {
		return d.open(bytes.NewReader(buf.Bytes()), io.NopCloser(nil), int64(buf.Len()))
	})
	in := expanded(one)
	if len(in) != 2 || !in[0].Modified.Equal(of) || in[0].Size != int64(len(lines(2, 1))) || in[0].Lent {
		t.Errorf("%+v", in)
	}
	if !in[1].Modified.Equal(time.Unix(1, 0)) || in[1].Size != -1 || !in[1].Lent {
		t.Errorf("%+v", in[1])
	}
	block := append(blockFiles(t, "snap/renamed"), member{name: "a", data: lines(1, 1)})
	disk := map[string][]byte{}
	for _, f := range block[:3] {
		disk[f.name] = f.data
	}
	folder, _ := Inputs([]string{write(t, disk)}, strings.NewReader(""))
	for _, in := range append(expanded(memory("x", tarOf(block...), standard)), folder...) {
		if strings.HasSuffix(in.Path, "renamed") && in.Size != -1 {
			t.Errorf("%s: %d bytes", in.Path, in.Size)
		}
	}
}

// The parts of blocks are held up to a limit, and what is beyond it is said.
func TestMostOfBlocks(t *testing.T) {
	files := blockFiles(t, "snap/renamed")
	lim := standard
	lim.blocks = len(files[0].data) + len(files[1].data)
	if in := expanded(memory("x", tarOf(files...), lim)); len(in) != 2 || in[1].Path != "x/snap/renamed" {
		t.Errorf("what fits: %+v", in)
	}
	lim.blocks--
	in := expanded(memory("x", tarOf(files...), lim))
	if len(in) == 0 || in[0].Path != "x/snap/renamed/index" {
		t.Fatalf("what does not: %+v", in)
	}
	if _, err := in[0].Open(); err == nil || !strings.Contains(err.Error(), "are not held beyond") {
		t.Errorf("what does not: %v", err)
	}
}

// What faultline wrote is known by its end as well, however long it is: in a folder, and
// in an archive where all of it is at hand.
func TestOwnByItsEnd(t *testing.T) {
	report := strings.Repeat("what was found\n", 300) + Signature + "\n"
	dir := write(t, map[string][]byte{"report.txt": []byte(report), "more.txt": []byte(report + "and more\n"), "short.txt": []byte("x\n" + Signature),
		"case/" + CaseName: []byte(CaseText), "other/" + CaseName: []byte("what is it\n"), "none/a.txt": []byte("a\n")})
	for name, want := range map[string]string{"report.txt": "a report", "more.txt": "", "short.txt": "a report", "case": "a case", "other": "", "none": "", "missing": "", "case/" + CaseName: "a case"} {
		if got := OwnFile(filepath.Join(dir, name)); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	lim := standard
	lim.held = len(report)
	in := expanded(memory("x", tarOf(member{name: "a", data: []byte(report)[:lim.held]}, member{name: "b", data: []byte(report + "more")}), lim))
	if len(in) != 2 || in[0].Own != "a report" || in[1].Own != "" {
		t.Errorf("in an archive: %+v", in)
	}
	lim.held-- // one more byte than is held is looked at, and that the member ends there is not known
	if in = expanded(memory("x", tarOf(member{name: "a", data: []byte(report)}), lim)); len(in) != 1 || in[0].Own != "" {
		t.Errorf("not at hand: %+v", in)
	}
}

// A log within JSON has the hash of the file, as what is compressed has.
func TestHashOfJSON(t *testing.T) {
	data := []byte(`{"containerLog": "[     1.000001s]  INFO ThreadId(01) linkerd2_proxy: release 1\n"}`)
	sum := sha256.Sum256(data)
	if s := read(t, parse.Options{}, Memory("x", data)).Sources[0]; !bytes.Equal(s.ContainerSHA256, sum[:]) || s.Counts.Events != 1 {
		t.Errorf("%x, %+v", s.ContainerSHA256, s.Counts)
	}
}

// Blocks of kept lines end at their size, go to a file beyond what memory may hold, and the
// file is closed in the end.
func TestBordersOfText(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	full := bytes.Repeat([]byte("x"), blockBytes)
	probe := NewText()
	defer probe.Close()
	if probe.Keep(0, 0, full[1:]); len(probe.blocks) != 0 {
		t.Error("a block that is not full was closed")
	}
	if probe.Keep(0, 1, full[:1]); len(probe.blocks) != 1 {
		t.Error("a full block was not closed")
	}
	for over, spilled := range []bool{false, true} {
		text := NewText()
		text.inRAM = spillAfter - probe.inRAM + over
		if text.Keep(0, 0, full); (text.spill != nil) != spilled {
			t.Errorf("%d bytes more than memory may hold: %v", over, text.spill)
		}
		text.Close()
		if _, err := text.spill.Stat(); spilled && !errors.Is(err, os.ErrClosed) {
			t.Errorf("after the end: %v", err)
		}
	}
	c := &parse.Capture{Sources: []parse.Source{{Path: Stdin}}}
	if _, err := probe.Line(c, parse.Ref{Off: 2}); !errors.Is(err, ErrNotKept) {
		t.Errorf("a line behind all that is kept: %v", err)
	}
}

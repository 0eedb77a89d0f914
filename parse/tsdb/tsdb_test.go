package tsdb

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/index"
)

// written makes a block with Prometheus' own writers: n series of two chunks,
// and gives its files.
func written(t testing.TB, n int, name func(i int) string) (ix, segment []byte) {
	t.Helper()
	dir := t.TempDir()
	cw, err := chunks.NewWriter(filepath.Join(dir, "chunks"))
	if err != nil {
		t.Fatal(err)
	}
	iw, err := index.NewWriter(context.Background(), filepath.Join(dir, "index"))
	if err != nil {
		t.Fatal(err)
	}
	symbols := map[string]bool{"__name__": true, "pod": true}
	for i := range n {
		symbols[name(i)], symbols[fmt.Sprintf("web-%05d", i)] = true, true
	}
	for _, s := range sorted(symbols) {
		if err := iw.AddSymbol(s); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		var metas []chunks.Meta
		for k := range 2 {
			c := chunkenc.NewXORChunk()
			app, _ := c.Appender()
			for j := range 3 {
				app.Append(0, int64(1741075200000+k*60000+j*15000), float64(i)+float64(j)/4)
			}
			metas = append(metas, chunks.Meta{Chunk: c, MinTime: int64(1741075200000 + k*60000), MaxTime: int64(1741075230000 + k*60000)})
		}
		if err := cw.WriteChunks(metas...); err != nil {
			t.Fatal(err)
		}
		if err := iw.AddSeries(storage.SeriesRef(i), labels.FromStrings("__name__", name(i), "pod", fmt.Sprintf("web-%05d", i)), metas...); err != nil {
			t.Fatal(err)
		}
	}
	if err := cw.Close(); err != nil {
		t.Fatal(err)
	}
	if err := iw.Close(); err != nil {
		t.Fatal(err)
	}
	if ix, err = os.ReadFile(filepath.Join(dir, "index")); err != nil {
		t.Fatal(err)
	}
	if segment, err = os.ReadFile(filepath.Join(dir, "chunks", "000001")); err != nil {
		t.Fatal(err)
	}
	return ix, segment
}

func sorted(set map[string]bool) []string {
	return slices.Sorted(maps.Keys(set))
}

func file(data []byte) File { return File{bytes.NewReader(data), int64(len(data))} }

func up(int) string { return "up" }

func dumped(ix, segment []byte) (string, error) {
	var out bytes.Buffer
	b := Block{file(ix), []File{file(segment)}}
	err := b.Dump(context.Background(), &out)
	return out.String(), err
}

func TestDump(t *testing.T) {
	text, err := dumped(written(t, 3, up))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) != 18 || lines[7] != `{__name__="up", pod="web-00001"} 1.25 1741075215000` {
		t.Errorf("%d lines, %q", len(lines), lines[7])
	}
}

// lastly is a file that says with its last bytes that it ends, as a reader may.
type lastly struct{ *bytes.Reader }

func (r lastly) ReadAt(p []byte, at int64) (int, error) {
	n, err := r.Reader.ReadAt(p, at)
	if err == nil && at+int64(n) == r.Size() {
		err = io.EOF
	}
	return n, err
}

// A file that says that it ends with its last bytes is read as one that does not, and
// an empty index is damage.
func TestEndWithLastBytes(t *testing.T) {
	ix, segment := written(t, 3, up)
	want, err := dumped(ix, segment)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]Block{
		"index":  {File{lastly{bytes.NewReader(ix)}, int64(len(ix))}, []File{file(segment)}},
		"chunks": {file(ix), []File{{lastly{bytes.NewReader(segment)}, int64(len(segment))}}},
	} {
		var out bytes.Buffer
		if err := b.Dump(t.Context(), &out); err != nil || out.String() != want {
			t.Errorf("%s: %v, %q", name, err, out.String())
		}
	}
	if _, err := dumped(nil, segment); err == nil || strings.Contains(err.Error(), "at most") {
		t.Errorf("nothing: %v", err)
	}
	if err := (&Block{Index: File{bytes.NewReader(ix), -1}}).Dump(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), "-1 bytes") {
		t.Errorf("fewer than nothing: %v", err)
	}
}

// What is said of a chunk that cannot be read names its file, by the number that it has.
func TestChunkFilesAreNamed(t *testing.T) {
	ix, segment := written(t, 1, up)
	bad := bytes.Clone(segment)
	bad[12] ^= 0xff
	for want, files := range map[string][]File{
		"chunk file 000001 is not there":                 nil,
		"chunk file 000001 ends before the chunk at 8":   {file(segment[:9])},
		"the chunk at 8 of chunk file 000001 is damaged": {file(bad)},
	} {
		b := Block{file(ix), files}
		if err := b.Dump(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// A damaged chunk costs itself; a damaged index, or any bytes in its place, are
// an error and nothing worse.
func TestDamage(t *testing.T) {
	ix, segment := written(t, 3, up)
	bad := bytes.Clone(segment)
	bad[12] ^= 0xff
	text, err := dumped(ix, bad)
	if n := strings.Count(text, "\n"); n != 15 || err == nil || !strings.Contains(err.Error(), "1 chunks or series") {
		t.Errorf("%d lines, %v", n, err)
	}
	if text, err := dumped(ix, segment[:len(segment)/2]); err == nil || !strings.Contains(text, `{__name__="up"`) {
		t.Errorf("half of the chunks: %v", err)
	}
	for cut := range len(ix) {
		if _, err := dumped(ix[:cut], segment); err == nil {
			t.Errorf("an index of %d of %d bytes: no error", cut, len(ix))
		}
	}
	for i := range ix {
		bad := bytes.Clone(ix)
		bad[i] ^= 0x55
		dumped(bad, segment)
	}
}

// A block that Thanos downsampled holds no samples: that is said, and not called damage.
func TestDownsampled(t *testing.T) {
	ix, segment := written(t, 1, up)
	const header = 8 // of the segment; then the length of the chunk, its encoding, its data, their sum
	for at := header; at < len(segment); {
		size, w := binary.Uvarint(segment[at:])
		body := segment[at+w:][:1+size]
		body[0] = downsampled
		binary.BigEndian.PutUint32(segment[at+w+len(body):], crc32.Checksum(body, castagnoli))
		at += w + len(body) + crc32.Size
	}
	if text, err := dumped(ix, segment); text != "" || err == nil || !strings.Contains(err.Error(), "downsampled by Thanos") {
		t.Errorf("%q, %v", text, err)
	}
}

// Chunk files that end early, at any byte, or are not there, cost the chunks that are not whole,
// and their words say which.
func TestCutChunks(t *testing.T) {
	ix, segment := written(t, 1, up)
	var got strings.Builder
	var before string
	for cut := range len(segment) + 1 {
		b := Block{file(ix), []File{file(segment[:cut])}}
		var out bytes.Buffer
		if says := fmt.Sprint(b.Dump(context.Background(), &out), ", lines ", strings.Count(out.String(), "\n")); says != before {
			fmt.Fprintln(&got, cut, says)
			before = says
		}
	}
	b := Block{Index: file(ix)}
	fmt.Fprintln(&got, b.Dump(context.Background(), io.Discard))
	const of = " chunks or series of the Prometheus block cannot be read and were passed over: "
	if want := "0 2" + of + `chunk file 000001 ends before the chunk at 8, lines 0
31 2` + of + `the chunk at 8 of chunk file 000001 is damaged, lines 0
37 1` + of + `chunk file 000001 ends before the chunk at 37, lines 3
60 1` + of + `the chunk at 37 of chunk file 000001 is damaged, lines 3
66 <nil>, lines 6
2` + of + `chunk file 000001 is not there
`; got.String() != want {
		t.Errorf("got:\n%s", got.String())
	}
}

// atEnd tells of the end of a file together with its last bytes, as an io.ReaderAt may,
// or of another error.
type atEnd struct {
	*bytes.Reader
	err error
}

func (r atEnd) ReadAt(p []byte, off int64) (int, error) {
	n, err := r.Reader.ReadAt(p, off)
	if err == nil && off+int64(n) == r.Size() {
		err = r.err
	}
	return n, err
}

// The end that comes with the last bytes is no error, and what is one is told.
func TestEndOfFile(t *testing.T) {
	ix, segment := written(t, 1, up)
	failed := errors.New("the disk is gone")
	for _, c := range []struct {
		index, chunk error
		lines        int
		says         string
	}{
		{io.EOF, io.EOF, 6, "<nil>"},
		{failed, io.EOF, 0, "a Prometheus block whose index cannot be read: the disk is gone"},
		{io.EOF, failed, 3, "1 chunks or series of the Prometheus block cannot be read and were passed over: the disk is gone"},
	} {
		b := Block{File{atEnd{bytes.NewReader(ix), c.index}, int64(len(ix))}, []File{{atEnd{bytes.NewReader(segment), c.chunk}, int64(len(segment))}}}
		var out bytes.Buffer
		err := b.Dump(context.Background(), &out)
		if n := strings.Count(out.String(), "\n"); n != c.lines || fmt.Sprint(err) != c.says {
			t.Errorf("%v, %v: %d lines, %v", c.index, c.chunk, n, err)
		}
	}
}

// The sizes and offsets that an index may have, and those that are refused.
func TestIndexBounds(t *testing.T) {
	for size, says := range map[int64]string{-1: "-1 bytes, at most 1073741824", 0: "<nil>", 3: "<nil>", maxIndex + 1: "1073741825 bytes, at most 1073741824"} {
		if _, err := (File{bytes.NewReader([]byte("abc")), size}).all(); fmt.Sprint(err) != says {
			t.Errorf("%d: %v", size, err)
		}
	}
	for _, c := range []struct {
		start, end int
		want       string
	}{{0, 3, "abc"}, {1, 1, ""}, {3, 3, ""}, {-1, 1, "refused"}, {2, 1, "refused"}, {0, 4, "refused"}} {
		got := func() (s string) {
			defer func() {
				if recover() != nil {
					s = "refused"
				}
			}()
			return string(slice("abc").Range(c.start, c.end))
		}()
		if got != c.want {
			t.Errorf("%d to %d: %q", c.start, c.end, got)
		}
	}
}

// The samples of one block have a bound, and the last that is allowed is read.
func TestMaxSamples(t *testing.T) {
	ix, segment := written(t, 1, up)
	b := Block{file(ix), []File{file(segment)}}
	r, err := b.open()
	if err != nil {
		t.Fatal(err)
	}
	refs, _, err := series(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	for before, says := range map[int]string{maxSamples - 6: "<nil>", maxSamples - 5: "a Prometheus block of more than 30000000 samples: the rest is not read"} {
		d := dumper{b: &b, w: bufio.NewWriter(io.Discard), all: true, samples: before}
		if err := d.series(r, refs[0]); fmt.Sprint(err) != says {
			t.Errorf("after %d: %v", before, err)
		}
	}
}

// Of a large block only what is asked for is read, and that is said.
func TestLargeBlock(t *testing.T) {
	if testing.Short() {
		t.Skip("blocks of 20,000 series")
	}
	if text, err := dumped(written(t, whole, func(int) string { return "app_custom_total" })); err != nil || strings.Count(text, "app_custom") != 6*whole {
		t.Errorf("one that is not too large: %d bytes, %v", len(text), err)
	}
	ix, segment := written(t, whole+1, func(i int) string { return []string{"app_custom_total", "up"}[min(i/(whole/2), 1)] })
	text, err := dumped(ix, segment)
	if err == nil || !strings.Contains(err.Error(), "nothing here asks for") || strings.Contains(text, "app_custom") || !strings.Contains(text, `"up"`) {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}

func TestWanted(t *testing.T) {
	for name, want := range map[string]bool{"up": true, "response_total": true, "endpoints_cache_size": true, "job_cache_size": true, "app_orders_total": false, "": false} {
		if Wanted(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

package tsdb

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
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
		symbols[name(i)], symbols[fmt.Sprintf("web-%04d", i)] = true, true
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
		if err := iw.AddSeries(storage.SeriesRef(i), labels.FromStrings("__name__", name(i), "pod", fmt.Sprintf("web-%04d", i)), metas...); err != nil {
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
	if len(lines) != 18 || lines[7] != `{__name__="up", pod="web-0001"} 1.25 1741075215000` {
		t.Errorf("%d lines, %q", len(lines), lines[7])
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

// Of a large block only what is asked for is read, and that is said.
func TestLargeBlock(t *testing.T) {
	if testing.Short() {
		t.Skip("a block of 20,001 series")
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

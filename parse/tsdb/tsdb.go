// Package tsdb reads blocks of a Prometheus database, as a snapshot, Thanos,
// Mimir or a data folder holds them, and writes their samples as promtool tsdb
// dump would. It stands before the package that opens files, to which a block is
// one more thing to decode.
//
// A block is a folder: index, chunks/000001 and on, meta.json, tombstones
// (prometheus tsdb/docs/format). The index is read by Prometheus' own reader,
// each chunk by Prometheus' own decoder.
package tsdb

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/index"
)

// metricName is the label that holds a series' name (prometheus/common model.MetricNameLabel).
const metricName = "__name__"

// File is one file of a block that can be read anywhere.
type File struct {
	At   io.ReaderAt
	Size int64
}

// Block is the files of one block.
type Block struct {
	Index  File
	Chunks []File // in the order of their names, 000001 first
}

// maxSamples bounds what is read of one block: 16 bytes each once it is kept.
const maxSamples = 30_000_000

// whole is how many series a block may have to be read whole; of a larger one
// only the metrics that faultline asks for are read.
const whole = 20_000

// Dump writes the samples as lines of promtool tsdb dump, series by series:
// `{__name__="up", job="web"} 1 1741075200000`. A chunk that cannot be read costs
// itself; the error at the end says how many there were. Samples of histograms
// are passed over, and said.
func (b *Block) Dump(ctx context.Context, w io.Writer) error {
	ix, err := b.open()
	if err != nil {
		return err
	}
	defer ix.Close()
	refs, total, err := series(ctx, ix)
	if err != nil {
		return err
	}
	d := dumper{b: b, w: bufio.NewWriterSize(w, 64<<10), all: total <= whole}
	for _, ref := range refs {
		if err := d.series(ix, ref); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	if err := d.w.Flush(); err != nil {
		return err
	}
	return d.left()
}

// open opens the index; whatever its bytes are, it fails and never panics.
func (b *Block) open() (ix *index.Reader, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a Prometheus block whose index cannot be read: %v", r)
		}
	}()
	data, err := b.Index.all()
	if err != nil {
		return nil, fmt.Errorf("a Prometheus block whose index cannot be read: %w", err)
	}
	ix, err = index.NewReader(slice(data), index.DecodePostingsRaw)
	if err != nil {
		return nil, fmt.Errorf("a Prometheus block whose index cannot be read (%w): on a machine that has it, promtool tsdb dump writes it as text", err)
	}
	return ix, nil
}

// series lists the series of a block.
func series(ctx context.Context, ix *index.Reader) (refs []uint64, total int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a Prometheus block whose postings cannot be read: %v", r)
		}
	}()
	name, value := index.AllPostingsKey()
	p, err := ix.Postings(ctx, name, value)
	if err != nil {
		return nil, 0, fmt.Errorf("a Prometheus block whose postings cannot be read: %w", err)
	}
	for p.Next() {
		refs = append(refs, uint64(p.At()))
	}
	return refs, len(refs), p.Err()
}

// maxIndex bounds the index, which is held in memory: Prometheus' own reader
// looks a symbol up in all of it (Symbols.Lookup, tsdb/index/index.go, v0.316.0).
const maxIndex = 1 << 30

// all is what is in a file.
func (f File) all() ([]byte, error) {
	if f.Size < 0 || f.Size > maxIndex {
		return nil, fmt.Errorf("%d bytes, at most %d", f.Size, maxIndex)
	}
	out := make([]byte, f.Size)
	n, err := f.At.ReadAt(out, 0)
	if err == io.EOF {
		err = nil
	}
	return out[:n], err
}

// slice is an index as its reader asks for it.
type slice []byte

// Len is the size of the index.
func (s slice) Len() int { return len(s) }

// Range is a part of the index.
func (s slice) Range(start, end int) []byte {
	if start < 0 || end < start || end > len(s) {
		panic("an offset outside of it")
	}
	return s[start:end]
}

// dumper writes series.
type dumper struct {
	b       *Block
	w       *bufio.Writer
	all     bool
	builder labels.ScratchBuilder
	metas   []chunks.Meta
	line    []byte
	samples int

	bad, passed, unasked int
	first                error // why the first bad chunk could not be read
}

// series writes the samples of one series.
func (d *dumper) series(ix *index.Reader, ref uint64) (err error) {
	defer func() {
		if r := recover(); r != nil {
			d.bad, d.first = d.bad+1, errors.Join(d.first, fmt.Errorf("a series that cannot be read: %v", r))
		}
	}()
	d.builder.Reset()
	if err := ix.Series(storage.SeriesRef(ref), &d.builder, &d.metas); err != nil {
		d.fail(err)
		return nil
	}
	l := d.builder.Labels()
	if !d.all && !Wanted(l.Get(metricName)) {
		d.unasked++
		return nil
	}
	d.line = append(append(d.line[:0], l.String()...), ' ')
	head := len(d.line)
	for _, meta := range d.metas {
		c, err := d.b.chunk(meta.Ref)
		if err != nil {
			d.fail(err)
			continue
		}
		it := c.Iterator(nil)
		for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
			if kind != chunkenc.ValFloat {
				d.passed++
				continue
			}
			at, v := it.At()
			if d.samples++; d.samples > maxSamples {
				return fmt.Errorf("a Prometheus block of more than %d samples: the rest is not read", maxSamples)
			}
			d.line = strconv.AppendFloat(d.line[:head], v, 'g', -1, 64)
			d.line = strconv.AppendInt(append(d.line, ' '), at, 10)
			if _, err := d.w.Write(append(d.line, '\n')); err != nil {
				return err
			}
		}
		if err := it.Err(); err != nil {
			d.fail(err)
		}
	}
	return nil
}

func (d *dumper) fail(err error) {
	if d.bad++; d.first == nil {
		d.first = err
	}
}

// Passed is what of a block was not read, at its end.
type Passed string

// Error is what was not read, in words.
func (p Passed) Error() string { return string(p) }

// left says what was not read.
func (d *dumper) left() error {
	switch {
	case d.bad > 0:
		return Passed(fmt.Sprintf("%d chunks or series of the Prometheus block cannot be read and were passed over: %v", d.bad, d.first))
	case d.unasked > 0:
		return Passed(fmt.Sprintf("the Prometheus block has more than %d series: %d of metrics that nothing here asks for were passed over", whole, d.unasked))
	case d.passed > 0:
		return Passed(fmt.Sprintf("%d samples of native histograms were passed over", d.passed))
	}
	return nil
}

// chunk reads one chunk: its length, its encoding, its data and their sum
// (prometheus tsdb/docs/format/chunks.md).
func (b *Block) chunk(ref chunks.ChunkRef) (chunkenc.Chunk, error) {
	segment, at := chunks.BlockChunkRef(ref).Unpack()
	if segment >= len(b.Chunks) {
		return nil, fmt.Errorf("chunk file %06d is not there", segment+1)
	}
	f := b.Chunks[segment]
	head := make([]byte, binary.MaxVarintLen32)
	n, err := f.At.ReadAt(head, int64(at))
	size, w := binary.Uvarint(head[:n])
	if err != nil && err != io.EOF || w <= 0 || int64(size) > f.Size-int64(at) {
		return nil, fmt.Errorf("chunk file %06d ends before the chunk at %d", segment+1, at)
	}
	data := make([]byte, 1+size+crc32.Size)
	if _, err := f.At.ReadAt(data, int64(at+w)); err != nil && err != io.EOF {
		return nil, err
	}
	body, sum := data[:1+size], binary.BigEndian.Uint32(data[1+size:])
	if crc32.Checksum(body, castagnoli) != sum {
		return nil, fmt.Errorf("the chunk at %d of chunk file %06d is damaged", at, segment+1)
	}
	if body[0] == downsampled {
		return nil, errDownsampled
	}
	return chunkenc.FromData(chunkenc.Encoding(body[0]), body[1:])
}

// downsampled is the encoding of chunks in which Thanos keeps no samples, but what
// they come to in five minutes or an hour (thanos pkg/compact/downsample/aggr.go).
const downsampled = 0xff

var errDownsampled = errors.New("the block was downsampled by Thanos: the one of the raw samples is needed (thanos tools bucket ls)")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sort"
	"sync"
	"syscall"

	"github.com/klauspost/compress/zstd"

	"faultline/parse"
)

// ErrNotKept is given for a line of a source that cannot be read a second time,
// such as standard input, on which no event stands.
var ErrNotKept = errors.New("not kept, and cannot be read again")

// Text reads the lines behind events again. A plain file is read at the
// line's offset; of everything else the event lines were kept while reading,
// in compressed blocks that move to an unlinked temporary file when they grow
// large. It is a [parse.Keeper].
type Text struct {
	mu     sync.Mutex
	kept   map[uint32][]entry // by source, in ascending offset
	blocks []block
	open   []byte // the block being filled
	packed []byte // the block compressed last
	enc    *zstd.Encoder
	dec    *zstd.Decoder
	spill  *os.File
	inRAM  int
	end    int64 // of the spill file
	files  map[uint32]*os.File
	last   int // decoded block in cache
	cache  []byte
}

type entry struct {
	off       int64
	block     int32
	at, bytes uint32
}

// block is compressed lines, in memory or in the spill file.
type block struct {
	data []byte
	off  int64
	size int
}

const (
	blockBytes = 256 << 10
	// spillAfter is how many compressed bytes stay in memory.
	spillAfter = 32 << 20
)

// NewText makes an empty store.
func NewText() *Text {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		panic(err) // the options are constants
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		panic(err)
	}
	return &Text{kept: map[uint32][]entry{}, files: map[uint32]*os.File{}, enc: enc, dec: dec, last: -1}
}

// Close frees the open files.
func (t *Text) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range t.files {
		f.Close()
	}
	if t.spill != nil {
		t.spill.Close()
	}
}

// Keep stores the text of one event line.
func (t *Text) Keep(source uint32, off int64, text []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept[source] = append(t.kept[source], entry{off, int32(len(t.blocks)), uint32(len(t.open)), uint32(len(text))})
	t.open = append(t.open, text...)
	if len(t.open) >= blockBytes {
		t.seal()
	}
}

// seal compresses the open block.
func (t *Text) seal() {
	t.packed = t.enc.EncodeAll(t.open, t.packed[:0])
	data := t.packed
	t.open = t.open[:0]
	if t.inRAM+len(data) > spillAfter && t.spilling() {
		if _, err := t.spill.WriteAt(data, t.end); err == nil {
			t.blocks = append(t.blocks, block{off: t.end, size: len(data)})
			t.end += int64(len(data))
			return
		}
	}
	t.inRAM += len(data)
	t.blocks = append(t.blocks, block{data: bytes.Clone(data)})
}

// spilling makes the temporary file; without one the blocks stay in memory.
func (t *Text) spilling() bool {
	if t.spill != nil {
		return true
	}
	f, err := os.CreateTemp("", "faultline-*")
	if err != nil {
		return false
	}
	os.Remove(f.Name()) // gone when we are, however we end
	t.spill = f
	return true
}

// Line gives the text at a reference into one of c's sources.
func (t *Text) Line(c *parse.Capture, r parse.Ref) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if list, ok := t.kept[r.Source]; ok {
		i := sort.Search(len(list), func(i int) bool { return list[i].off >= r.Off })
		if i < len(list) && list[i].off == r.Off {
			return t.fetch(list[i])
		}
	}
	return t.reread(c, r)
}

func (t *Text) fetch(e entry) ([]byte, error) {
	if int(e.block) == len(t.blocks) {
		return append([]byte(nil), t.open[e.at:e.at+e.bytes]...), nil
	}
	if t.last != int(e.block) {
		b := t.blocks[e.block]
		data := b.data
		if data == nil {
			data = make([]byte, b.size)
			if _, err := t.spill.ReadAt(data, b.off); err != nil {
				return nil, err
			}
		}
		t.last = -1
		text, err := t.dec.DecodeAll(data, t.cache[:0])
		if err != nil {
			return nil, err
		}
		t.cache, t.last = text, int(e.block)
	}
	return append([]byte(nil), t.cache[e.at:e.at+e.bytes]...), nil
}

// maxOpen is how many plain files stay open for reading lines again.
const maxOpen = 64

func (t *Text) reread(c *parse.Capture, r parse.Ref) ([]byte, error) {
	path := c.Sources[r.Source].Path
	if path == Stdin || c.Sources[r.Source].ContainerSHA256 != nil {
		return nil, fmt.Errorf("%s:%d: %w", path, r.Line, ErrNotKept)
	}
	f, ok := t.files[r.Source]
	if !ok {
		var err error
		if f, err = os.Open(path); errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			t.closeFiles(0)
			f, err = os.Open(path)
		}
		if err != nil {
			return nil, plain(err)
		}
		t.closeFiles(maxOpen - 1)
		t.files[r.Source] = f
	}
	text := make([]byte, r.Len)
	if n, err := f.ReadAt(text, r.Off); err != nil {
		return text[:n], fmt.Errorf("%s:%d: changed since it was read: %w", path, r.Line, err)
	}
	return text, nil
}

// closeFiles closes files that are kept open until so many are left.
func (t *Text) closeFiles(left int) {
	for source, f := range t.files {
		if len(t.files) <= left {
			return
		}
		f.Close()
		delete(t.files, source)
	}
}

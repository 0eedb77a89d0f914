package parse

import (
	"bytes"
	"context"
	"crypto/sha256"
	"hash"
	"io"
	"slices"
	"time"
)

// Input is a named stream of bytes to read; package bundle makes them of
// paths.
type Input struct {
	Path string
	// Own says what of faultline's own outputs it is, such as "a report". It is
	// not opened, and no source: the lines that it quotes would count twice.
	Own string
	// Owner is whose file it is, where the layout of the bundle says so (a path
	// such as var/log/pods/NS_POD_UID/CONTAINER/0.log).
	Owner
	// Format is the name of the one it is in; "" to recognise it.
	Format string
	// Laid are formats of this input alone, made of layouts that were given or
	// found; each takes the place of the one that has its name.
	Laid []*Format
	// Zone is that of times which name none; nil is UTC.
	Zone *time.Location
	// Head is the beginning of the source that Open gives only a piece of; nil
	// when it gives the whole.
	Head []byte
	// Whole opens the whole source of such a piece.
	Whole func() (io.ReadCloser, error)
	// Open gives the decoded bytes from the start.
	Open func() (io.ReadCloser, error)
	// Expand, when not nil, is used instead of Open: it gives, in order, the
	// inputs that this one turns out to hold. An archive gives its members,
	// anything else itself. It ends early when yield says false.
	Expand func(yield func(Input) bool)
	// Lent inputs of an Expand share one stream with those behind them, as
	// the members of a tar do: [Read] reads each to its end before it asks
	// for the next. All others may be read later, several at a time.
	Lent bool
	// ContainerSum, when not nil, gives the SHA-256 of the compressed file once
	// Open's reader has been read to its end. With Expand it is that of the
	// archive, asked for when Expand has returned.
	ContainerSum func() []byte
	// Size of the file as given, in bytes; -1 when unknown.
	Size     int64
	Modified time.Time
	// Rereadable inputs are plain files, whose lines are read again at their
	// offset. Of the others, the event lines are kept.
	Rereadable bool
}

// columns adds the formats that the head of the input itself makes, unless one
// of that name was given.
func (in *Input) columns(head []byte, formats []*Format) {
	for _, f := range formats {
		if f.Head == nil || in.layout(f.Name) != "" {
			continue
		}
		if own := f.Head(head); own != nil {
			in.Laid = append(slices.Clip(in.Laid), own)
		}
	}
}

// laid are formats with those of the input in the places of their names.
func (in *Input) laid(formats []*Format) []*Format {
	if len(in.Laid) == 0 {
		return formats
	}
	formats = slices.Clone(formats)
	for i, f := range formats {
		for _, o := range in.Laid {
			if o.Name == f.Name {
				formats[i] = o
			}
		}
	}
	return formats
}

// layout is that of the input's own format of a name.
func (in *Input) layout(name string) string {
	for _, o := range in.Laid {
		if o.Name == name {
			return o.Layout
		}
	}
	return ""
}

// askEvery is after how many bytes of a source there may be no room for more: few
// enough for what they are kept as to fit, many enough for asking to cost nothing.
const askEvery = 256 << 10

// meter counts and hashes what passes through it, until ctx is done or there is
// room for no more.
type meter struct {
	ctx   context.Context
	r     io.Reader
	sum   hash.Hash
	bytes int64
	room  func() error // nil when there always is
	ask   int64        // at how many bytes
	on    func(n int)
}

func newMeter(ctx context.Context, r io.Reader, room func() error, on func(n int)) *meter {
	return &meter{ctx: ctx, r: r, sum: sha256.New(), room: room, on: on}
}

func (m *meter) Read(p []byte) (int, error) {
	if m.ctx.Err() != nil {
		return 0, context.Cause(m.ctx)
	}
	if m.room != nil && m.bytes >= m.ask {
		if err := m.room(); err != nil {
			return 0, err
		}
		m.ask = m.bytes + askEvery
	}
	n, err := m.r.Read(p)
	if n > 0 {
		m.sum.Write(p[:n])
		m.bytes += int64(n)
		m.on(n)
	}
	return n, err
}

// fill reads until p is full or the reader ends. Other than io.ReadFull it
// gives the reader's own error: a truncated archive ends with
// io.ErrUnexpectedEOF, which must not look like a short file.
func fill(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var got int
		got, err = r.Read(p[n:])
		n += got
	}
	return n, err
}

// beginning reads as much of a source as its format is known by. Its room grows with
// what there is: a bundle may hold a hundred thousand sources of one line.
func beginning(r io.Reader) (head []byte, err error) {
	const small = 4 << 10
	for head = make([]byte, 0, small); err == nil && len(head) < headBytes; {
		if len(head) == cap(head) {
			head = slices.Grow(head, min(3*len(head), headBytes-len(head)))
		}
		n := 0
		n, err = fill(r, head[len(head):min(cap(head), headBytes)])
		head = head[:len(head)+n]
	}
	return head, err
}

// MaxLine is the longest line that is looked at, in bytes. What is beyond is
// skipped and said so.
const MaxLine = 1 << 20

// pieces cuts a reader into runs of whole lines.
type pieces struct {
	r    io.Reader
	size int
	// goesOn finds the last line of which more is to come, -1 if there is none.
	goesOn func(lines []byte) int
	carry  []byte
	err    error
}

// piece is a run of whole lines.
type piece struct {
	data    []byte
	dropped int64 // bytes of the last line that are not in data
}

// next reads the following piece into buf, which it may grow. The error comes
// with the last piece that could be read.
func (p *pieces) next(buf []byte) (piece, error) {
	buf = append(buf[:0], p.carry...)
	p.carry = p.carry[:0]
	for p.err == nil {
		if cap(buf)-len(buf) < p.size {
			buf = append(make([]byte, 0, len(buf)+max(len(buf), 2*p.size)), buf...)
		}
		n, err := fill(p.r, buf[len(buf):len(buf)+p.size])
		buf, p.err = buf[:len(buf)+n], err
		if err != nil {
			break
		}
		if i := p.cut(buf); i > 0 {
			p.carry = append(p.carry, buf[i:]...)
			return piece{data: buf[:i]}, nil
		}
		if start := bytes.LastIndexByte(buf, '\n') + 1; len(buf)-start > MaxLine {
			return p.long(buf, start+MaxLine)
		}
	}
	return piece{data: buf}, p.err
}

// cut finds where buf may be cut: behind the last line at which none goes on. 0 when there is no such place yet.
func (p *pieces) cut(buf []byte) int {
	end := bytes.LastIndexByte(buf, '\n') + 1
	for end > 0 {
		start := p.goesOn(buf[:end])
		if start < 0 {
			return end
		}
		end = start
	}
	if len(buf) > MaxLine { // parts of one line, which ends here all the same
		if i := bytes.IndexByte(buf[MaxLine:], '\n'); i >= 0 {
			return MaxLine + i + 1
		}
	}
	return 0
}

// long keeps the first bytes of buf and skips the rest of its last line.
func (p *pieces) long(buf []byte, keep int) (piece, error) {
	out := piece{dropped: int64(len(buf) - keep)}
	rest := make([]byte, 64<<10)
	for p.err == nil {
		var n int
		n, p.err = p.r.Read(rest)
		if i := bytes.IndexByte(rest[:n], '\n'); i >= 0 {
			out.dropped += int64(i)
			out.data = append(buf[:keep], '\n')
			p.carry = append(p.carry, rest[i+1:n]...)
			return out, nil // the error, if any, comes with what is behind
		}
		out.dropped += int64(n)
	}
	out.data = buf[:keep]
	return out, p.err
}

package parse

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"io"
	"time"
)

// Input is a named stream of bytes to read; package bundle makes them of
// paths.
type Input struct {
	Path string
	// Open gives the decoded bytes from the start.
	Open func() (io.ReadCloser, error)
	// Container, when not nil, gives the SHA-256 of the compressed file once
	// Open's reader has been read to its end.
	Container func() []byte
	// Size of the file as given, in bytes; -1 when unknown.
	Size     int64
	Modified time.Time
	// Rereadable inputs are plain files, whose lines are read again at their
	// offset. Of the others, the event lines are kept.
	Rereadable bool
}

// meter counts and hashes what passes through it.
type meter struct {
	r     io.Reader
	sum   hash.Hash
	bytes int64
	lines uint64 // newlines
	last  byte
	on    func(n int)
}

func newMeter(r io.Reader, on func(n int)) *meter {
	return &meter{r: r, sum: sha256.New(), on: on}
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if n > 0 {
		m.sum.Write(p[:n])
		m.bytes += int64(n)
		m.last = p[n-1]
		m.on(n)
	}
	return n, err
}

// MaxLine is the longest line that is looked at, in bytes. What is beyond is
// skipped and said so.
const MaxLine = 1 << 20

// pieces cuts a reader into runs of whole lines.
type pieces struct {
	r     io.Reader
	size  int
	carry []byte
	err   error
}

// piece is a run of whole lines, or one line that was cut at MaxLine.
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
			buf = append(make([]byte, 0, len(buf)+2*p.size), buf...)
		}
		n, err := io.ReadFull(p.r, buf[len(buf):len(buf)+p.size])
		buf = buf[:len(buf)+n]
		if err != nil {
			if err == io.ErrUnexpectedEOF {
				err = io.EOF
			}
			p.err = err
			break
		}
		if i := lastNewline(buf); i >= 0 {
			p.carry = append(p.carry, buf[i+1:]...)
			return piece{data: buf[:i+1]}, nil
		}
		if len(buf) >= MaxLine {
			return p.long(buf)
		}
	}
	return piece{data: buf}, p.err
}

// lastNewline is the last newline that may be cut after: the line it ends is
// complete, and not the beginning of one that a container runtime split.
func lastNewline(buf []byte) int {
	end := len(buf)
	for {
		i := bytes.LastIndexByte(buf[:end], '\n')
		if i < 0 {
			return -1
		}
		start := bytes.LastIndexByte(buf[:i], '\n') + 1
		if !partial(buf[start:i]) || start == 0 {
			return i
		}
		end = start
	}
}

// partial says whether a line has the mark of a container runtime (CRI) that
// it goes on in the next one: "<stamp> stdout P ".
func partial(line []byte) bool {
	head := line[:min(len(line), 64)]
	return bytes.Contains(head, []byte(" stdout P ")) || bytes.Contains(head, []byte(" stderr P "))
}

// long skips the rest of a line that is longer than MaxLine.
func (p *pieces) long(buf []byte) (piece, error) {
	kept := min(len(buf), MaxLine)
	dropped := int64(len(buf) - kept)
	rest := make([]byte, 64<<10)
	for p.err == nil {
		n, err := p.r.Read(rest)
		for i := range n {
			if rest[i] == '\n' {
				p.carry = append(p.carry, rest[i+1:n]...)
				if err != nil {
					p.err = err
				}
				return piece{buf[:kept], dropped + int64(i) + 1}, p.err
			}
		}
		dropped += int64(n)
		p.err = err
	}
	return piece{buf[:kept], dropped}, p.err
}

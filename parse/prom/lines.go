package prom

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"faultline/parse"
	"faultline/parse/lex"
)

// lines reads an export line by line, and knows where each stands.
type lines struct {
	from io.Reader
	r    *bufio.Reader
	most int    // bytes of a line that are looked at
	long []byte // a line that is longer than the reader's buffer
	// Of the latest line: its number, the offset of its first byte, and
	// whether its end was read: a last line without one may be cut off.
	no    uint32
	off   int64
	ended bool
	// skipped bytes of it, beyond most.
	skipped int64

	next int64
}

const lineBuffer = 256 << 10

func newLines(r io.Reader, most int) *lines {
	return &lines{from: r, r: bufio.NewReaderSize(r, lineBuffer), most: most}
}

// read gives the next line without its end, until an error, which is io.EOF
// after the last. The line is valid until the next call.
func (l *lines) read() ([]byte, error) {
	line, err := l.r.ReadSlice('\n')
	size := int64(len(line))
	l.skipped = 0
	if errors.Is(err, bufio.ErrBufferFull) {
		l.long = append(l.long[:0], line...)
		for errors.Is(err, bufio.ErrBufferFull) {
			line, err = l.r.ReadSlice('\n')
			size += int64(len(line))
			keep := min(len(line), l.most-len(l.long))
			l.long = append(l.long, line[:keep]...)
			l.skipped += int64(len(line) - keep)
		}
		line = l.long
	}
	if size == 0 {
		return nil, err
	}
	l.ended = err == nil
	if errors.Is(err, io.EOF) {
		err = nil // comes again
	}
	if l.no++; l.no%1024 == 0 {
		parse.Behind(l.from, l.next)
	}
	l.off = l.next
	l.next += size
	line = lex.TrimEOL(bytes.TrimSuffix(line, []byte{'\n'}))
	if l.no == 1 {
		bare := lex.TrimBOM(line)
		l.off += int64(len(line) - len(bare))
		line = bare
	}
	return line, err
}

const blanks = " \t"

// headLines are the lines of a source's head, without blank ones; the last,
// which the head cuts, only if there is no other.
func headLines(head []byte, most int) (out [][]byte) {
	for len(head) > 0 && len(out) < most {
		line, rest, whole := bytes.Cut(head, []byte{'\n'})
		if line = bytes.Trim(lex.TrimEOL(line), blanks); len(line) > 0 && (whole || len(out) == 0) {
			out = append(out, line)
		}
		head = rest
	}
	return out
}

package parse

import (
	"bytes"
	"io"
	"sort"
)

// counter passes a document through and remembers where its lines begin, so
// that an item's offset can be told as a line.
type counter struct {
	r        io.Reader
	read     int64
	newlines []int64 // offsets of newlines not yet passed by line
	passed   uint64
	begin    int64 // of the line that was asked for last
	last     byte
	deaf     bool  // no line will be asked for
	broken   error // why the source could not be read to its end
}

// drain reads what is left, only to count it.
func (c *counter) drain() error {
	CountsLines(c)
	_, err := io.Copy(io.Discard, c)
	return err
}

// Behind tells the reader that a Document was given that it knows the lines up
// to an offset itself, which are then not kept in mind.
func Behind(r io.Reader, off int64) {
	if c, ok := r.(*counter); ok {
		c.line(off)
	}
}

// CountsLines tells the reader that a Document was given that it counts lines itself.
func CountsLines(r io.Reader) {
	if c, ok := r.(*counter); ok {
		c.passed, c.newlines, c.deaf = c.passed+uint64(len(c.newlines)), nil, true
	}
}

// LineTo is the line of what a Document is given that an offset stands in, up to that
// offset. Offsets are asked in ascending order.
func LineTo(r io.Reader, end int64) Line {
	l := Line{No: 1}
	if c, ok := r.(*counter); ok {
		l.No, l.Off = c.line(end), c.begin
	}
	l.Len = uint32(end - l.Off)
	return l
}

func newCounter(r io.Reader) *counter { return &counter{r: r, last: '\n'} }

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.deaf {
		c.passed += uint64(bytes.Count(p[:n], []byte{'\n'}))
	}
	for at := 0; !c.deaf && at < n; at++ {
		i := bytes.IndexByte(p[at:n], '\n')
		if i < 0 {
			break
		}
		at += i
		c.newlines = append(c.newlines, c.read+int64(at))
	}
	if n > 0 {
		c.last = p[n-1]
	}
	c.read += int64(n)
	if err != nil && err != io.EOF {
		c.broken = err
	}
	return n, err
}

// line is the 1-based line of an offset. Offsets are asked in ascending order.
func (c *counter) line(off int64) uint32 {
	i := sort.Search(len(c.newlines), func(i int) bool { return c.newlines[i] >= off })
	if i > 0 {
		c.begin = c.newlines[i-1] + 1
	}
	c.passed += uint64(i)
	c.newlines = c.newlines[i:]
	return uint32(c.passed + 1)
}

// lines counts all lines; a last one without a newline counts.
func (c *counter) lines() uint64 {
	n := c.passed + uint64(len(c.newlines))
	if c.read > 0 && c.last != '\n' {
		n++
	}
	return n
}

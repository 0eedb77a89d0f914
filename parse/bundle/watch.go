package bundle

import (
	"bufio"
	"bytes"
	"io"
)

// watched knows how the stream below a decompressor ended: some do not tell a
// file that was cut from a damaged or a whole one.
type watched struct {
	r     *bufio.Reader
	ended bool
	last  [2]byte // but for zeros, with which files are padded
}

func watch(r io.Reader) *watched { return &watched{r: bufio.NewReader(r)} }

func (w *watched) see(b []byte, err error) {
	b = bytes.TrimRight(b, "\x00")
	for _, c := range b[max(len(b)-2, 0):] {
		w.last = [2]byte{w.last[1], c}
	}
	w.ended = w.ended || err != nil
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.see(p[:n], err)
	return n, err
}

// ReadByte keeps a decompressor from reading ahead.
func (w *watched) ReadByte() (byte, error) {
	c, err := w.r.ReadByte()
	if err == nil && c != 0 {
		w.last = [2]byte{w.last[1], c}
	}
	w.ended = w.ended || err != nil
	return c, err
}

// sound corrects the error with which a decompressor ends.
type sound struct {
	r  io.Reader
	is func(error) error
}

func (s *sound) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil {
		err = s.is(err)
	}
	return n, err
}

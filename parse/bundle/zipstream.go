package bundle

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"strings"
	"time"
)

// The parts of a zip that are read as a stream (PKWARE APPNOTE 6.3.10, 4.3).
const (
	zipLocal      = "PK\x03\x04"
	zipDescriptor = "PK\x07\x08"
	zipEncrypted  = 1
	zipDescribed  = 8 // sizes and checksum stand behind the member
	zipHeader     = 30
)

// zipStream reads a zip by the header before each member, up to its directory.
// Links are not told from files: only the directory knows them.
func (l *level) zipStream(r *bufio.Reader) error {
	for !l.x.stopped {
		head, err := r.Peek(4)
		if err != nil {
			return cut(err)
		}
		if string(head) != zipLocal {
			if !bytes.HasPrefix(head, []byte("PK")) {
				return errors.New("no member begins where the one before ends")
			}
			_, err := io.Copy(io.Discard, r) // the directory
			return err
		}
		if err := l.next(); err != nil {
			return err
		}
		m, err := readLocal(r)
		if err != nil {
			return err
		}
		if err := l.local(m); err != nil {
			return err
		}
	}
	return nil
}

// cut makes of the end of a stream one that came too soon.
func cut(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// local is a member of a zip and the header before it.
type local struct {
	r             *bufio.Reader
	name          string
	flags, method uint16
	sum           uint32
	size          int64 // as it stands in the zip; -1 when it is told behind
	wide          bool  // sizes have 64 bits
	at            time.Time
}

func readLocal(r *bufio.Reader) (*local, error) {
	h := make([]byte, zipHeader)
	if _, err := io.ReadFull(r, h); err != nil {
		return nil, cut(err)
	}
	u16 := func(i int) int { return int(binary.LittleEndian.Uint16(h[i:])) }
	m := &local{r: r, flags: uint16(u16(6)), method: uint16(u16(8)), sum: binary.LittleEndian.Uint32(h[14:])}
	m.size = int64(binary.LittleEndian.Uint32(h[18:]))
	d, t := u16(12), u16(10)
	m.at = time.Date(1980+d>>9, time.Month(d>>5&15), d&31, t>>11, t>>5&63, t&31*2, 0, time.UTC)
	rest := make([]byte, u16(26)+u16(28))
	if _, err := io.ReadFull(r, rest); err != nil {
		return nil, cut(err)
	}
	m.name = string(rest[:u16(26)])
	for extra := rest[u16(26):]; len(extra) >= 4; {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		extra = extra[4:]
		if n > len(extra) {
			break
		}
		switch {
		case id == 1: // the sizes of Zip64
			m.wide = true
			if n >= 16 && m.size == 1<<32-1 {
				m.size = int64(binary.LittleEndian.Uint64(extra[8:]))
			}
		case id == 0x5455 && n >= 5 && extra[0]&1 != 0: // a time in UTC (Info-ZIP)
			m.at = time.Unix(int64(binary.LittleEndian.Uint32(extra[1:])), 0)
		}
		extra = extra[n:]
	}
	if m.flags&zipDescribed != 0 {
		m.size = -1
	}
	return m, nil
}

// local hands a member on and steps behind it.
func (l *level) local(m *local) error {
	folder := strings.HasSuffix(m.name, "/")
	if m.size < 0 && (m.method != 8 || m.flags&zipEncrypted != 0) {
		return fmt.Errorf("the size of %s is told only at the end of the zip: give the zip as a file", clean(m.name))
	}
	var in io.Reader = m.r
	var limited *io.LimitedReader
	if m.size >= 0 {
		limited = &io.LimitedReader{R: m.r, N: m.size}
		in = limited
	}
	b := &body{m: m, sum: crc32.NewIEEE(), r: in}
	switch {
	case m.flags&zipEncrypted != 0:
		l.skip(skipSecret, clean(m.name))
	case m.method != 0 && m.method != 8:
		l.files++
		l.x.give(broken(l.path+"/"+clean(m.name), fmt.Errorf("compressed in a way that is not read (method %d)", m.method)))
	default:
		if m.method == 8 {
			if limited != nil {
				in = bufio.NewReader(limited)
			}
			b.r = flate.NewReader(in)
		}
		if !folder {
			l.member(m.name, m.at, b)
			if l.dead != nil {
				return l.dead
			}
		}
		if limited == nil { // its end is found by reading it
			if _, err := io.Copy(io.Discard, b); err != nil {
				return err
			}
		}
	}
	if limited == nil || l.x.stopped {
		return nil
	}
	if _, err := io.Copy(io.Discard, limited); err != nil {
		return err
	}
	if limited.N > 0 {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// body is a member's content, whose checksum is compared at its end.
type body struct {
	m   *local
	r   io.Reader
	sum hash.Hash32
	err error
}

func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.r.Read(p)
	b.sum.Write(p[:n])
	if err == io.EOF {
		if lim, ok := b.r.(*io.LimitedReader); ok && lim.N > 0 {
			err = io.ErrUnexpectedEOF
		} else {
			err = b.end()
		}
	}
	b.err = err
	return n, err
}

// end reads what stands behind the member, and gives io.EOF when all is well.
func (b *body) end() error {
	if b.m.size < 0 {
		if err := b.m.descriptor(); err != nil {
			return err
		}
	}
	if b.sum.Sum32() != b.m.sum {
		return errors.New("the checksum of this member is wrong")
	}
	return io.EOF
}

// descriptor reads the checksum behind a member. Its mark is optional, and how
// wide the sizes are is told by what comes behind.
func (m *local) descriptor() error {
	look, err := m.r.Peek(28)
	if len(look) < 16 {
		return cut(err)
	}
	at := 0
	if string(look[:4]) == zipDescriptor {
		at = 4
	}
	m.sum = binary.LittleEndian.Uint32(look[at:])
	n := at + 12
	if next := at + 20; len(look) >= next+2 && string(look[next:next+2]) == "PK" && (m.wide || string(look[n:n+2]) != "PK") {
		n = next
	}
	_, err = m.r.Discard(n)
	return err
}

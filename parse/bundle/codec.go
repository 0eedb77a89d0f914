package bundle

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"io"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

type opener func(io.Reader) (r io.Reader, done func(), err error)

// maxWindow bounds what a hostile zstd frame or xz block can make us allocate.
const maxWindow = 128 << 20

// codec finds the decompressor by magic number, nil for plain bytes.
func codec(head []byte) opener {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return func(r io.Reader) (io.Reader, func(), error) {
			z, err := gzip.NewReader(r)
			return z, func() {}, err
		}
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return func(r io.Reader) (io.Reader, func(), error) {
			z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
			if err != nil {
				return nil, nil, err
			}
			return z, z.Close, nil
		}
	case bytes.HasPrefix(head, []byte("BZh")):
		return func(r io.Reader) (io.Reader, func(), error) {
			w := watch(r)
			return &sound{bzip2.NewReader(w), func(err error) error {
				var damage bzip2.StructuralError
				if errors.As(err, &damage) && w.ended { // it went on with zeros
					return io.ErrUnexpectedEOF
				}
				return err
			}}, func() {}, nil
		}
	case bytes.HasPrefix(head, []byte("\xfd7zXZ\x00")):
		if dictionary(head) > maxWindow {
			return func(io.Reader) (io.Reader, func(), error) {
				return nil, nil, errors.New("this xz wants a dictionary of more than 128 MiB")
			}
		}
		return func(r io.Reader) (io.Reader, func(), error) {
			w := watch(r)
			z, err := xz.NewReader(w)
			return &sound{z, func(err error) error {
				if err == io.EOF && w.last != [2]byte{'Y', 'Z'} { // it takes any end for its own
					return io.ErrUnexpectedEOF
				}
				return err
			}}, func() {}, err
		}
	}
	return nil
}

// dictionary is the size that the first block of an xz asks for: behind the 12
// bytes of the stream's header those of the block, its size, flags, up to two
// sizes of seven bits a byte, and its filters, of which LZMA2 has the id 0x21
// (The .xz File Format 1.2.1, 3.1 and 5.3.1).
func dictionary(head []byte) int64 {
	if len(head) < 14 || head[12] == 0 {
		return 0
	}
	b := head[12:min(len(head), 12+(int(head[12])+1)*4)]
	at := 2
	for _, flag := range []byte{0x40, 0x80} {
		if b[1]&flag != 0 {
			for at < len(b) && b[at]&0x80 != 0 {
				at++
			}
			at++
		}
	}
	for range int(b[1]&3) + 1 {
		if at+2 >= len(b) {
			return 0
		}
		if id, size := b[at], int(b[at+1]); id != 0x21 {
			at += 2 + size
			continue
		}
		bits := int64(b[at+2] & 0x3f)
		return (2 | bits&1) << (bits/2 + 11)
	}
	return 0
}

// Kinds of content, once no compression is left around it.
type kind uint8

const (
	plainText kind = iota
	tarball
	zipped
	foreign
)

// kindOf tells archives by their first bytes.
func kindOf(head []byte) kind {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return zipped
	case bytes.HasPrefix(head, []byte("7z\xbc\xaf\x27\x1c")), bytes.HasPrefix(head, []byte("Rar!\x1a\x07")), bytes.HasPrefix(head, []byte("\x04\x22\x4d\x18")):
		return foreign
	case isTar(head):
		return tarball
	}
	return plainText
}

// tarBlock is the size of a tar's header.
const tarBlock = 512

// isTar checks the sum of a tar's first header, in which the sum itself counts
// as spaces (POSIX.1-2017 pax, "ustar Interchange Format").
func isTar(head []byte) bool {
	if len(head) < tarBlock {
		return false
	}
	head = head[:tarBlock]
	var want, sum, signed int64
	digits := 0
	for _, c := range bytes.TrimLeft(head[148:156], " \x00") {
		if c < '0' || c > '7' {
			break
		}
		want = want*8 + int64(c-'0')
		digits++
	}
	for i, c := range head {
		if i >= 148 && i < 156 {
			c = ' '
		}
		sum, signed = sum+int64(c), signed+int64(int8(c))
	}
	return digits > 0 && head[0] != 0 && (sum == want || signed == want)
}

// readAhead is how much of a stream is read at once, in bytes.
const readAhead = 64 << 10

// layers undoes the compressions around a stream, the UTF-16 of Windows, and a
// JSON object that holds a log as a string.
// coded says whether there were any. room is for what is read ahead, of which a
// small member needs little: an archive may hold a hundred thousand. from is how
// many bytes the stream was made of so far.
func (g *gauge) layers(r io.Reader, room int, from func() int64) (out *bufio.Reader, coded bool, done func(), err error) {
	var dones []func()
	done = func() {
		for _, f := range dones {
			f()
		}
	}
	out = bufio.NewReaderSize(r, min(room, readAhead))
	for n := 0; ; n++ {
		head, _ := out.Peek(64)
		open := codec(head)
		if open == nil {
			break
		}
		if n == g.lim.codecs {
			return out, coded, done, errors.New("compressed over and over again: not read")
		}
		z, close, err := open(out)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			err = errors.New("the compressed data ends in the middle")
		}
		if err != nil {
			return out, coded, done, err
		}
		coded, dones = true, append(dones, close)
		out = bufio.NewReaderSize(g.expanded(z, new(atomic.Int64), from), readAhead)
	}
	if order := wide(out); order != nil {
		coded = true
		out = bufio.NewReaderSize(transform.NewReader(out, order.NewDecoder()), readAhead)
	}
	if at := logStart(out); at > 0 {
		coded = true
		out.Discard(at)
		out = bufio.NewReaderSize(&stringReader{r: out}, readAhead)
	}
	return out, coded, done, nil
}

// look says what a file holds without reading more of it than its beginning.
func look(r io.Reader, size int64) (k kind, coded bool) {
	g := &gauge{lim: standard, size: size}
	out, coded, done, err := g.layers(g.raw(r), readAhead, g.given)
	defer done()
	if err != nil {
		return plainText, true
	}
	head, _ := out.Peek(tarBlock)
	return kindOf(head), coded
}

// wide is how a text is read that begins with a byte order mark of UTF-16, as
// PowerShell writes what it redirects, or that is UTF-16 without one, as iconv and
// Java write it; nil for any other. That a log has no
// NUL in its first letters, but for this, is taken for granted.
func wide(r *bufio.Reader) encoding.Encoding {
	head, _ := r.Peek(64)
	if len(head) > 2 && bytes.IndexByte(head, 0) < 0 {
		return nil
	}
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	}
	for first, order := range []unicode.Endianness{unicode.LittleEndian, unicode.BigEndian} {
		if letters(head, first) {
			return unicode.UTF16(order, unicode.IgnoreBOM)
		}
	}
	return nil
}

// letters says whether units of two bytes, of which the low one is the given one,
// are a text: most of them letters of ASCII, and none a character that no log has.
func letters(head []byte, low int) bool {
	const fewest = 8 // units that tell a text from numbers
	units, ascii := len(head)/2, 0
	for i := range units {
		switch c, high := head[2*i+low], head[2*i+1-low]; {
		case high != 0:
		case c >= ' ' && c < 0x7f || c == '\t' || c == '\r' || c == '\n' || c == 0x1b:
			ascii++
		default:
			return false
		}
	}
	return units >= fewest && 4*ascii >= 3*units
}

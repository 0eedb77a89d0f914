package bundle

import (
	"bufio"
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// wideReader turns UTF-16 into UTF-8, without the mark at its beginning. What is no
// character becomes the replacement character, so does half of one at the end.
type wideReader struct {
	r     *bufio.Reader
	order binary.ByteOrder
	begun bool
	rest  []byte // of a character that did not fit
	err   error
	buf   [utf8.UTFMax]byte
}

func (u *wideReader) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(u.rest) == 0 {
			if u.err != nil {
				return n, u.err
			}
			u.next()
			continue
		}
		k := copy(p[n:], u.rest)
		u.rest, n = u.rest[k:], n+k
		if n > 0 && u.r.Buffered() == 0 { // give what there is before waiting for more
			break
		}
	}
	return n, nil
}

// next decodes one character.
func (u *wideReader) next() {
	c, ok := u.unit()
	if !ok {
		return
	}
	if !u.begun {
		u.begun = true
		if c == '\ufeff' {
			return
		}
	}
	if utf16.IsSurrogate(c) {
		b, _ := u.r.Peek(2)
		pair := rune(utf8.RuneError)
		if len(b) == 2 {
			pair = utf16.DecodeRune(c, rune(u.order.Uint16(b)))
		}
		if c = pair; c != utf8.RuneError {
			u.r.Discard(2)
		}
	}
	u.rest = u.buf[:utf8.EncodeRune(u.buf[:], c)]
}

// unit reads two bytes.
func (u *wideReader) unit() (rune, bool) {
	var b [2]byte
	switch n, err := io.ReadFull(u.r, b[:]); {
	case n == 1 && err == io.ErrUnexpectedEOF:
		if _, u.err = u.r.ReadByte(); u.err == nil {
			u.err = io.ErrUnexpectedEOF
		}
		u.rest = u.buf[:utf8.EncodeRune(u.buf[:], utf8.RuneError)]
		return 0, false
	case err != nil:
		u.err = err
		return 0, false
	}
	return rune(u.order.Uint16(b[:])), true
}

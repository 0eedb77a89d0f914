package parse

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"faultline/parse/lex"
)

// jsonText is a JSON text that is read through, one token or one whole value
// at a time.
type jsonText struct {
	r    io.Reader
	room []byte // what was read stands at its beginning
	buf  []byte // of room, what is not yet passed
	off  int64  // of buf
	err  error  // that ended the reading
}

// jsonRoom is how much is read at a time, at least.
const jsonRoom = 64 << 10

// refill reads on behind what is left, and makes room if that is much. It says
// whether there was more.
func (t *jsonText) refill() bool {
	if t.err != nil {
		return false
	}
	room := t.room
	if 4*len(t.buf) >= len(room) { // else a long value would be looked through often
		room = make([]byte, max(jsonRoom, 2*len(room)))
	}
	kept := copy(room, t.buf)
	var n int
	n, t.err = fill(t.r, room[kept:])
	t.room, t.buf = room, room[:kept+n]
	return n > 0
}

func (t *jsonText) pass(n int) { t.buf, t.off = t.buf[n:], t.off+int64(n) }

// offset is where the reading stands.
func (t *jsonText) offset() int64 { return t.off }

// bom passes over a byte order mark.
func (t *jsonText) bom() {
	t.refill()
	t.pass(len(t.buf) - len(lex.TrimBOM(t.buf)))
}

// peek gives the first byte of the next token, and the error that ended the
// reading where there is none.
func (t *jsonText) peek() (byte, error) {
	for {
		n := 0
		for n < len(t.buf) && lex.IsJSONSpace(t.buf[n]) {
			n++
		}
		if t.pass(n); len(t.buf) > 0 {
			return t.buf[0], nil
		}
		if !t.refill() {
			return 0, t.err
		}
	}
}

// more says whether another token follows.
func (t *jsonText) more() bool {
	_, err := t.peek()
	return err == nil
}

// take passes over c.
func (t *jsonText) take(c byte, where string) error {
	next, err := t.peek()
	if err != nil {
		return err
	}
	if next != c {
		return misplaced(next, where)
	}
	t.pass(1)
	return nil
}

// misplaced says that a byte does not belong, as encoding/json does.
func misplaced(c byte, where string) error {
	quoted := strconv.QuoteRune(rune(c))
	if c == '\'' || c == '"' {
		quoted = map[byte]string{'\'': `'\''`, '"': `'"'`}[c]
	}
	return fmt.Errorf("invalid character %s %s", quoted, where)
}

// raw reads one value whole, and says where it begins. Its bytes are good until
// the next call.
func (t *jsonText) raw() (raw []byte, off int64, err error) {
	if _, err := t.peek(); err != nil {
		return nil, 0, err
	}
	for {
		n, short := lex.JSONValue(t.buf)
		if n == 0 && short && t.refill() {
			continue
		}
		if n == 0 && short && t.err == io.EOF && json.Valid(t.buf) {
			n = len(t.buf) // a number, which nothing ended
		}
		if n == 0 {
			return nil, 0, t.malformed(short)
		}
		raw, off = t.buf[:n:n], t.off
		t.pass(n)
		return raw, off, nil
	}
}

// malformed says why no value can be read, and passes on to where that shows.
func (t *jsonText) malformed(short bool) error {
	if short {
		return t.err
	}
	var value json.RawMessage
	err := json.Unmarshal(t.buf, &value)
	if at := (*json.SyntaxError)(nil); errors.As(err, &at) && at.Offset > 0 {
		t.pass(int(at.Offset) - 1)
	}
	return err
}

// each calls member before each comma of the object or list that begins here
// and before its end, which is close.
func (t *jsonText) each(close byte, first, after string, member func() error) error {
	t.pass(1)
	for n := 0; ; n++ {
		c, err := t.peek()
		if err != nil {
			return err
		}
		if n == 0 && c == close {
			t.pass(1)
			return nil
		}
		if first != "" && c != '"' {
			return misplaced(c, first)
		}
		if err := member(); err != nil {
			return err
		}
		if c, err = t.peek(); err != nil {
			return err
		}
		if c == close {
			t.pass(1)
			return nil
		}
		if err := t.take(',', after); err != nil {
			return err
		}
	}
}

package kubelet

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
)

// object is one object of a document as JSON, with the place where it begins. Its text
// is the callee's until that returns.
type object struct {
	raw  []byte
	line uint32
	off  int64
	yaml *yamlText // what it was converted from; nil for JSON
	list string    // the kind of the list that it is an item of, where that came before it
}

// at is a part of the object, which is a slice of its JSON, as a line of the
// source.
func (o object) at(from, to int) parse.Line {
	if o.yaml != nil {
		return o.yaml.at(from)
	}
	return parse.Line{Text: o.raw[from:to], No: o.line + uint32(bytes.Count(o.raw[:from], []byte{'\n'})),
		Off: o.off + int64(from), Len: uint32(to - from)}
}

// walk reads documents that follow one another and hands out their objects: the
// items of lists, and every document that is no list as a whole.
// listed is told the kind of each list at its end, "" where it has none.
// [parse.ReadJSON] reads lists only.
func walk(r io.Reader, each func(o object), listed func(kind string)) error {
	return walkDocs(r, func(o object, _ int) { each(o) }, listed)
}

// walkArrays is walk, which also tells how many documents there were so far.
func walkArrays(r io.Reader, each func(o object, doc int)) error {
	return walkDocs(r, each, func(string) {})
}

func walkDocs(r io.Reader, each func(o object, doc int), listed func(kind string)) error {
	head := make([]byte, len("\ufeff"))
	n, _ := io.ReadFull(r, head) // an error comes again with the rest
	text := lex.TrimBOM(head[:n])
	t := &tape{r: io.MultiReader(bytes.NewReader(text), r)}
	w := &walker{t: t, dec: json.NewDecoder(t), base: int64(n - len(text)), listed: listed}
	w.each = func(o object) { each(o, w.docs) }
	for {
		token, err := w.dec.Token()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			w.docs++
			switch token {
			case json.Delim('{'):
				err = w.document(w.at() - 1)
			case json.Delim('['):
				err = w.items()
				listed("")
			case nil:
			default:
				err = errors.New("there is more than objects and lists")
			}
		}
		syntax := (*json.SyntaxError)(nil)
		switch {
		case err == nil:
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return brokenAt{errors.New("the JSON ends in the middle"), t.line()}
		case errors.As(err, &syntax):
			return brokenAt{err, t.line()}
		default:
			return err
		}
	}
}

// brokenAt is why a document could not be read on, and the line up to which it was.
type brokenAt struct {
	error
	line uint32
}

type walker struct {
	t      *tape
	dec    *json.Decoder
	begun  int64 // where in the tape the decoder began
	inside bool  // of an object, not of the text itself
	each   func(o object)
	base   int64  // of the tape in the source
	docs   int    // that began
	kind   string // of the document being read
	listed func(kind string)
}

// document reads an object from behind its brace to its end.
func (w *walker) document(start int64) error {
	w.inside = true
	defer func() { w.inside = false }()
	w.t.drop(start)
	line, listed := w.t.line(), false
	w.kind = ""
	for w.dec.More() {
		key, err := w.dec.Token()
		if err != nil {
			return err
		}
		if key != "items" {
			var skip json.RawMessage
			if err := w.dec.Decode(&skip); err != nil {
				return err
			}
			if key == "kind" {
				w.kind = text(skip)
			}
			continue
		}
		token, err := w.dec.Token()
		if err != nil {
			return err
		}
		listed = true
		switch token {
		case json.Delim('['):
			err = w.items()
		case json.Delim('{'):
			err = errors.New("the items of a list are no array")
		}
		if err != nil {
			return err
		}
	}
	if _, err := w.dec.Token(); err != nil {
		return err
	}
	if listed {
		w.listed(w.kind)
	} else {
		w.each(object{raw: w.t.text(start, w.at()), line: line, off: w.base + start})
	}
	return nil
}

// items reads the elements of an array and its end. A value is found by a search for
// its end, at a fraction of what a decoder takes; the decoder is asked for what is no
// value, so that it says why.
func (w *walker) items() error {
	for at, some := w.at(), false; ; some = true {
		off, raw := w.item(at, some)
		switch {
		case raw == nil:
			return w.decoded(at, some)
		case raw[0] == ']':
			w.resume(off+1, w.within("[]"))
			return nil
		}
		w.hand(raw, off)
		at = off + int64(len(raw))
	}
}

// item finds the element of an array that begins at some place, or its closing bracket;
// some says that there was an element before. nil is neither. The bytes are good until
// the next is asked for.
func (w *walker) item(at int64, some bool) (off int64, raw []byte) {
	w.t.drop(at)
	for {
		b := w.t.left()
		n := lex.Blank(b)
		if n < len(b) && b[n] == ']' {
			return at + int64(n), b[n : n+1]
		}
		if some && n < len(b) && b[n] == ',' {
			n++
			n += lex.Blank(b[n:])
		} else if some && n < len(b) {
			return 0, nil
		}
		size, short := lex.JSONValue(b[n:])
		if size > 0 {
			return at + int64(n), b[n : n+size]
		}
		if !short || !w.t.more() {
			return 0, nil
		}
	}
}

// hand hands out an element that begins at some place.
func (w *walker) hand(raw []byte, off int64) {
	w.t.drop(off)
	w.each(object{raw: raw, line: w.t.line(), off: w.base + off, list: w.kind})
}

// decoded reads the elements of an array and its end from some place on by the decoder.
func (w *walker) decoded(at int64, some bool) error {
	array := "["
	if some {
		array += `""`
	}
	for w.resume(at, w.within(array)); w.dec.More(); {
		var raw json.RawMessage
		if err := w.dec.Decode(&raw); err != nil {
			return err
		}
		w.hand(raw, w.at()-int64(len(raw)))
	}
	_, err := w.dec.Token()
	return err
}

// at is the place that the decoder has come to.
func (w *walker) at() int64 { return w.begun + w.dec.InputOffset() }

// within is what a decoder has to have read to be behind so much of an array of the
// document.
func (w *walker) within(array string) string {
	if w.inside {
		return `{"":` + array
	}
	return array
}

// resume has the decoder go on at a place that it has not come to yet, as if it had
// read before what stands there.
func (w *walker) resume(at int64, before string) {
	w.t.drop(at)
	rest := before + string(w.t.left())
	w.dec, w.begun = json.NewDecoder(io.MultiReader(strings.NewReader(rest), w.t)), at-int64(len(before))
	for w.dec.InputOffset() < int64(len(before)) {
		if _, err := w.dec.Token(); err != nil {
			return // it comes again
		}
	}
}

// tape remembers what was read from a document since the latest object began.
type tape struct {
	r    io.Reader
	buf  []byte
	from int    // what lies before it in buf is forgotten
	off  int64  // of buf[from]
	past uint32 // newlines before buf[from]
	err  error  // that ended the reading
}

func (t *tape) Read(p []byte) (n int, err error) {
	if t.err != nil {
		return 0, t.err
	}
	n, t.err = t.r.Read(p)
	if t.from > len(t.buf)/2 {
		t.forget()
	}
	t.buf = append(t.buf, p[:n]...)
	return n, t.err
}

// forget gives the room of what was dropped to what comes.
func (t *tape) forget() {
	t.buf = t.buf[:copy(t.buf, t.buf[t.from:])]
	t.from = 0
}

// tapeRoom is how much is read at a time, at least, where no decoder asks.
const tapeRoom = 64 << 10

// more reads on behind what is left, and says whether there was more. Room is doubled,
// so that a long object is not looked through often.
func (t *tape) more() bool {
	t.forget()
	if n := len(t.buf); 2*n >= cap(t.buf) || cap(t.buf) < tapeRoom {
		t.buf = append(make([]byte, 0, max(tapeRoom, 2*cap(t.buf))), t.buf...)
	}
	for t.err == nil {
		n := 0
		n, t.err = t.r.Read(t.buf[len(t.buf):cap(t.buf)])
		if t.buf = t.buf[:len(t.buf)+n]; n > 0 {
			return true
		}
	}
	return false
}

// left is what was read and not dropped; it is good until more is read.
func (t *tape) left() []byte { return t.buf[t.from:] }

// drop forgets what lies before off.
func (t *tape) drop(off int64) {
	n := max(0, min(off-t.off, int64(len(t.buf)-t.from)))
	t.past += uint32(bytes.Count(t.buf[t.from:t.from+int(n)], []byte{'\n'}))
	t.from += int(n)
	t.off += n
}

// line is the 1-based line of what is left.
func (t *tape) line() uint32 { return t.past + 1 }

// text copies what lies from off, which is what was dropped to, up to to.
func (t *tape) text(off, to int64) []byte {
	left := t.left()
	return append([]byte(nil), left[:max(0, min(to-off, int64(len(left))))]...)
}

package kubelet

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"faultline/parse"
	"faultline/parse/lex"
)

// object is one object of a document as JSON, with the place where it begins.
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
				err = w.document(w.dec.InputOffset() - 1)
			case json.Delim('['):
				err = w.items()
				listed("")
			case nil:
			default:
				err = errors.New("there is more than objects and lists")
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("the JSON ends in the middle")
		}
		if err != nil {
			return err
		}
	}
}

type walker struct {
	t      *tape
	dec    *json.Decoder
	each   func(o object)
	base   int64  // of the decoder in the source
	docs   int    // that began
	kind   string // of the document being read
	listed func(kind string)
}

// document reads an object from behind its brace to its end.
func (w *walker) document(start int64) error {
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
		w.each(object{raw: w.t.text(start, w.dec.InputOffset()), line: line, off: w.base + start})
	}
	return nil
}

// items reads the elements of an array and its end.
func (w *walker) items() error {
	for w.dec.More() {
		var raw json.RawMessage
		if err := w.dec.Decode(&raw); err != nil {
			return err
		}
		off := w.dec.InputOffset() - int64(len(raw))
		w.t.drop(off)
		w.each(object{raw: raw, line: w.t.line(), off: w.base + off, list: w.kind})
	}
	_, err := w.dec.Token()
	return err
}

// tape remembers what was read from a document since the latest object began.
type tape struct {
	r    io.Reader
	buf  []byte
	from int    // what lies before it in buf is forgotten
	off  int64  // of buf[from]
	past uint32 // newlines before buf[from]
}

func (t *tape) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	if t.from > len(t.buf)/2 {
		t.buf = t.buf[:copy(t.buf, t.buf[t.from:])]
		t.from = 0
	}
	t.buf = append(t.buf, p[:n]...)
	return n, err
}

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
	left := t.buf[t.from:]
	return append([]byte(nil), left[:max(0, min(to-off, int64(len(left))))]...)
}

package parse

import (
	"errors"
	"io"
	"slices"

	"faultline/parse/lex"
)

// JSONItem is one element of an array in a JSON document, with its place.
type JSONItem struct {
	// Raw is the item's text, valid JSON. It is the callee's until that returns.
	Raw []byte
	// Line and Off are where the item begins.
	Line uint32
	Off  int64
}

// JSONDocument is the path under which [ReadJSON] gives each document as a
// whole.
const JSONDocument = "$"

// ReadJSON walks a JSON document. For each element of the arrays that it
// finds under one of paths, such as "items" or "data.result", it calls item;
// for each other value on the way, field with its path. The bare array of a
// document without an envelope has the path "". An error from item ends the
// walk. Documents that follow one another are read in turn.
func ReadJSON(r io.Reader, paths []string, item func(path string, it JSONItem) error, field func(path string, raw []byte)) error {
	c, ok := r.(*counter)
	if !ok {
		c = newCounter(r)
	}
	w := &jsonWalk{jsonText{r: c}, c, paths, item, field}
	w.bom()
	for w.more() { // documents are often appended to one another
		if err := w.value(""); err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
				err = errors.New("the JSON ends in the middle")
			}
			return placed{err, c.line(w.offset())}
		}
	}
	return nil
}

// placed is an error with the line at which a document could not be read on.
type placed struct {
	error
	line uint32
}

// Unwrap gives the error without its line.
func (p placed) Unwrap() error { return p.error }

type jsonWalk struct {
	jsonText
	c     *counter
	paths []string
	item  func(path string, it JSONItem) error
	field func(path string, raw []byte)
}

// wanted says whether path is, or leads to, one of the arrays asked for.
func (w *jsonWalk) wanted(path string) (array, leads bool) {
	for _, p := range w.paths {
		array = array || p == path
		leads = leads || path == "" || len(p) > len(path) && p[:len(path)] == path && p[len(path)] == '.'
	}
	return array, leads
}

func (w *jsonWalk) value(path string) error {
	if path == "" && slices.Contains(w.paths, JSONDocument) {
		raw, off, err := w.raw()
		if err != nil {
			return err
		}
		return w.item(JSONDocument, JSONItem{raw, w.c.line(off), off})
	}
	array, leads := w.wanted(path)
	if !array && !leads {
		raw, _, err := w.raw()
		if err == nil && w.field != nil {
			w.field(path, raw)
		}
		return err
	}
	switch c, err := w.peek(); {
	case err != nil:
		return err
	case c == '[':
		return w.array(path, array)
	case c == '{':
		return w.object(path)
	}
	_, _, err := w.raw()
	return err
}

func (w *jsonWalk) object(path string) error {
	return w.each('}', "looking for beginning of object key string", "after object key:value pair", func() error {
		k, _, err := w.raw()
		if err != nil {
			return err
		}
		name := string(lex.Unquote(k))
		if path != "" {
			name = path + "." + name
		}
		if err := w.take(':', "after object key"); err != nil {
			return err
		}
		return w.value(name)
	})
}

func (w *jsonWalk) array(path string, wanted bool) error {
	return w.each(']', "", "after array element", func() error {
		raw, off, err := w.raw()
		if err != nil || !wanted {
			return err
		}
		return w.item(path, JSONItem{raw, w.c.line(off), off})
	})
}

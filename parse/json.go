package parse

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"sort"

	"faultline/parse/lex"
)

// counter passes a document through and remembers where its lines begin, so
// that an item's offset can be told as a line.
type counter struct {
	r        io.Reader
	read     int64
	newlines []int64 // offsets of newlines not yet passed by line
	passed   uint64
	last     byte
	deaf     bool // no line will be asked for
}

// drain reads what is left, only to count it.
func (c *counter) drain() error {
	c.passed, c.newlines, c.deaf = c.passed+uint64(len(c.newlines)), nil, true
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
	return n, err
}

// line is the 1-based line of an offset. Offsets are asked in ascending order.
func (c *counter) line(off int64) uint32 {
	i := sort.Search(len(c.newlines), func(i int) bool { return c.newlines[i] >= off })
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

// JSONItem is one element of an array in a JSON document, with its place.
type JSONItem struct {
	Raw []byte
	// Line and Off are where the item begins.
	Line uint32
	Off  int64
}

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
	head := make([]byte, len("\ufeff"))
	n, _ := fill(c, head) // an error comes again with the rest
	text := lex.TrimBOM(head[:n])
	w := &jsonWalk{c: c, paths: paths, item: item, field: field,
		dec: json.NewDecoder(io.MultiReader(bytes.NewReader(text), c)), base: int64(n - len(text))}
	for w.dec.More() { // documents are often appended to one another
		if err := w.value(""); err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
				err = errors.New("the JSON ends in the middle")
			}
			return placed{err, c.line(w.base + w.dec.InputOffset())}
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
	dec   *json.Decoder
	base  int64 // where the decoder begins
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
	array, leads := w.wanted(path)
	if !array && !leads {
		raw, _, err := w.raw()
		if err == nil && w.field != nil {
			w.field(path, raw)
		}
		return err
	}
	t, err := w.dec.Token()
	if err != nil {
		return err
	}
	switch t {
	case json.Delim('['):
		return w.array(path, array)
	case json.Delim('{'):
		return w.object(path)
	}
	return nil
}

func (w *jsonWalk) object(path string) error {
	for w.dec.More() {
		k, err := w.dec.Token()
		if err != nil {
			return err
		}
		name, _ := k.(string)
		if path != "" {
			name = path + "." + name
		}
		if err := w.value(name); err != nil {
			return err
		}
	}
	_, err := w.dec.Token()
	return err
}

func (w *jsonWalk) array(path string, wanted bool) error {
	for w.dec.More() {
		raw, off, err := w.raw()
		if err != nil {
			return err
		}
		if !wanted {
			continue
		}
		if err := w.item(path, JSONItem{raw, w.c.line(off), off}); err != nil {
			return err
		}
	}
	_, err := w.dec.Token()
	return err
}

// raw reads one value whole and says where it begins.
func (w *jsonWalk) raw() ([]byte, int64, error) {
	var raw json.RawMessage
	if err := w.dec.Decode(&raw); err != nil {
		return nil, 0, err
	}
	return raw, w.base + w.dec.InputOffset() - int64(len(raw)), nil
}

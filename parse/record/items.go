package record

import (
	"bytes"
	"io"
	"slices"

	"faultline/parse"
	"faultline/parse/lex"
)

// items says from the head of a source whether it is a JSON document that holds
// records, and how they are found: in an array somewhere in it, or as objects
// that take several lines each. Objects that take a line each are no document.
func items(head []byte) parse.Items {
	head = lex.TrimBOM(head)
	text := bytes.TrimLeft(head, " \t\r\n")
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return nil
	}
	s := search{}
	s.value(text, parse.Prefix{}, "", 0)
	if s.found == 0 && !s.leaf && text[0] != '{' {
		return nil
	}
	if s.path == "" && text[0] == '{' { // the document itself is one, or what a program wrote, over several lines
		if end := bytes.IndexByte(text, '\n'); end < 0 || json(text[:end]) {
			return nil
		}
		s.path = parse.JSONDocument
	}
	return func(r io.Reader, each func(parse.Item) error) error {
		return parse.ReadJSON(r, []string{s.path}, func(_ string, it parse.JSONItem) error { return spread(it, each) }, nil)
	}
}

// json says whether b is a JSON value, and nothing more.
func json(b []byte) bool {
	n, _ := lex.JSONValue(b)
	return n > 0 && len(bytes.TrimSpace(b[n:])) == 0
}

// spread gives the records that one element of an array holds: itself, or those
// of a group, as Loki and OpenTelemetry send them.
func spread(it parse.JSONItem, each func(parse.Item) error) (err error) {
	lines, at := uint32(0), 0 // newlines of the item before at
	give := func(off, n int, p parse.Prefix) {
		if err != nil {
			return
		}
		lines += uint32(bytes.Count(it.Raw[at:off], []byte{'\n'}))
		at = off
		err = each(parse.Item{Raw: it.Raw[off : off+n], Text: lex.OneLine(it.Raw[off : off+n]), Prefix: p, Line: it.Line + lines,
			Off: it.Off + int64(off)})
	}
	s := search{give: give}
	s.value(it.Raw, parse.Prefix{}, "", 0)
	if s.found == 0 && err == nil {
		give(0, len(it.Raw), parse.Prefix{})
	}
	return err
}

// search looks for records in a JSON text, which may be cut off.
type search struct {
	give  func(off, n int, p parse.Prefix)
	found int
	path  string // of the outermost array that the first was in
	leaf  bool   // an array of objects without one
	open  []string
	base  int
}

// value searches the value at the beginning of b and gives its length, 0 when
// its end is missing.
func (s *search) value(b []byte, about parse.Prefix, path string, depth int) int {
	switch {
	case len(b) == 0 || depth > 12:
		return 0
	case b[0] == '{':
		return s.object(b, about, path, depth)
	case b[0] == '[':
		return s.array(b, about, path, depth)
	}
	return scalar(b)
}

func (s *search) object(b []byte, about parse.Prefix, path string, depth int) int {
	n, _ := lex.JSONValue(b)
	if n > 0 && s.record(b[:n], about, path) {
		return n
	}
	o := reading{prefix: about}
	o.group(b[:max(n, 0)])
	if n == 0 {
		o.group(b)
	}
	about = o.prefix
	i := space(b, 1)
	for i < len(b) && b[i] != '}' {
		w := lex.QuotedEnd(b[i:])
		if w == 0 {
			return 0
		}
		name := string(lex.Unquote(b[i : i+w]))
		if i = space(b, i+w); i >= len(b) || b[i] != ':' {
			return 0
		}
		i = space(b, i+1)
		if i >= len(b) {
			return 0
		}
		inner := name
		if path != "" {
			inner = path + "." + name
		}
		if w = s.down(b, i, about, inner, depth); w == 0 {
			return 0
		}
		if i = space(b, i+w); i < len(b) && b[i] == ',' {
			i = space(b, i+1)
		}
	}
	return min(i+1, len(b))
}

// down searches the value at b[i:].
func (s *search) down(b []byte, i int, about parse.Prefix, path string, depth int) int {
	s.base += i
	n := s.value(b[i:], about, path, depth+1)
	s.base -= i
	return n
}

func (s *search) array(b []byte, about parse.Prefix, path string, depth int) int {
	if n, _ := lex.JSONValue(b); n > 0 && depth > 0 && s.record(b[:n], about, path) {
		return n
	}
	s.open = append(s.open, path)
	defer func() { s.open = s.open[:len(s.open)-1] }()
	i := space(b, 1)
	objects := i < len(b) && b[i] == '{'
	for i < len(b) && b[i] != ']' {
		w := s.down(b, i, about, path, depth)
		if w == 0 {
			i = len(b)
			break
		}
		if i = space(b, i+w); i < len(b) && b[i] == ',' {
			i = space(b, i+1)
		}
	}
	if objects && s.found == 0 && !s.leaf && len(s.open) == 1 {
		s.leaf, s.path = true, path
	}
	if i >= len(b) {
		return 0
	}
	return i + 1
}

// record takes a value that is a record.
func (s *search) record(b []byte, about parse.Prefix, path string) bool {
	if s.found > 0 && s.give == nil {
		return false // what is looked for is known
	}
	p := about
	if _, ok := strip(b, &p); !ok {
		return false
	}
	if s.found++; s.found == 1 {
		s.path = path
		if len(s.open) > 0 {
			s.path = s.open[0]
		}
	}
	if s.give != nil {
		s.give(s.base, len(b), about)
	}
	return true
}

// groups are the members of an object around several records that say whose
// they are.
var groups = []string{"stream", "resource", "labels", "metric", "kubernetes"}

// group reads whose the records of an object are; b may be cut off.
func (o *reading) group(b []byte) {
	if len(b) == 0 {
		return
	}
	for name, value := range lex.Members(b[1:]) {
		if value[0] == '{' && slices.Contains(groups, string(name)) {
			o.whose([]byte("resource"), value)
		}
	}
}

func space(b []byte, i int) int {
	for i < len(b) && lex.IsJSONSpace(b[i]) {
		i++
	}
	return i
}

// scalar is the length of a value that is no object and no array.
func scalar(b []byte) int {
	if b[0] == '"' {
		return lex.QuotedEnd(b)
	}
	return max(bytes.IndexAny(b, ",}] \t\r\n"), 0)
}

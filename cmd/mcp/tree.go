package mcp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"faultline/correlate/report"
)

// node is a JSON value whose members keep their order, which an answer is
// cleaned and shortened as: one way for every shape of the contract.
type node struct {
	scalar json.RawMessage // a number, a truth or null
	text   *string
	list   []node
	object []member
	kind   byte // one of [ { " and 0
}

type member struct {
	key   string
	value node
}

// parseTree reads a value.
func parseTree(data []byte) (node, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return readNode(dec)
}

func readNode(dec *json.Decoder) (n node, err error) {
	tok, err := dec.Token()
	if err != nil {
		return n, err
	}
	switch t := tok.(type) {
	case json.Delim:
		n.kind = byte(t)
		for dec.More() {
			var m member
			if t == '{' {
				key, err := dec.Token()
				if err != nil {
					return n, err
				}
				m.key, _ = key.(string)
			}
			if m.value, err = readNode(dec); err != nil {
				return n, err
			}
			if t == '{' {
				n.object = append(n.object, m)
			} else {
				n.list = append(n.list, m.value)
			}
		}
		_, err = dec.Token()
		return n, err
	case string:
		n.kind, n.text = '"', &t
		return n, nil
	}
	n.scalar, err = json.Marshal(tok)
	return n, err
}

// MarshalJSON writes the value in its order.
func (n node) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	n.write(&b)
	return b.Bytes(), nil
}

func (n *node) write(b *bytes.Buffer) {
	switch n.kind {
	case '{':
		b.WriteByte('{')
		for i := range n.object {
			if i > 0 {
				b.WriteByte(',')
			}
			writeText(b, n.object[i].key)
			b.WriteByte(':')
			n.object[i].value.write(b)
		}
		b.WriteByte('}')
	case '[':
		b.WriteByte('[')
		for i := range n.list {
			if i > 0 {
				b.WriteByte(',')
			}
			n.list[i].write(b)
		}
		b.WriteByte(']')
	case '"':
		writeText(b, *n.text)
	default:
		b.Write(n.scalar)
	}
}

// writeText writes a string; that of a tree is valid and always marshals.
func writeText(b *bytes.Buffer, s string) {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	b.Write(text)
}

// fromDump are the fields whose text is from the dump, at whatever depth: what
// somebody else wrote, who may have meant harm.
var fromDump = map[string]bool{"message": true, "raw_time": true, "target": true, "targets": true, "attrs": true, "source": true, "path": true,
	"pod": true, "namespace": true, "container": true, "node": true, "template": true, "line_text": true, "metric": true, "series": true,
	"facets": true, "process": true, "problems": true, "lane": true, "lanes": true, "objects": true, "duplicate_of": true, "version": true,
	"scope": true, "cited": true, "key": true}

// ours are the fields whose text is of several lines, and our own; each of
// their lines is clean.
var ours = map[string]bool{"text": true, "script": true}

// level is how far an answer is shortened.
type level struct{ text, list, members int }

// levels are tried in order until an answer has room.
var levels = []level{{2000, 60, 60}, {600, 24, 40}, {240, 10, 40}, {120, 4, 24}, {60, 2, 20}}

// shaping is one pass over an answer.
type shaping struct {
	level
	room      int      // for a text of ours
	quotes    *quoted  // the words of the dump
	keep      string   // the list that is cut by pages, and not here
	cut       []string // what was shortened
	untrusted []string // the fields that hold text of the dump
}

// shape cleans and shortens a value in place, and gives lines their ids.
func (s *shaping) shape(n *node, path string, dump bool) {
	switch n.kind {
	case '"':
		s.shapeText(n, path, dump)
	case '[':
		if most := s.list; len(n.list) > most && path != s.keep {
			s.cut = append(s.cut, fmt.Sprintf("%s: the first %d of %d", path, most, len(n.list)))
			n.list = n.list[:most]
		}
		for i := range n.list {
			s.shape(&n.list[i], path+"[]", dump)
		}
	case '{':
		if len(n.object) > s.members {
			s.cut = append(s.cut, fmt.Sprintf("%s: the first %d of %d", path, s.members, len(n.object)))
			n.object = n.object[:s.members]
		}
		if !dump {
			n.identify()
		}
		for i := range n.object {
			m := &n.object[i]
			at := strings.TrimPrefix(path+"."+m.key, ".")
			if dump { // the keys of a map of attributes are from the dump too
				m.key = shortened(report.Clean(m.key), s.text)
				at = path
			}
			s.shape(&m.value, at, dump || fromDump[m.key])
		}
	}
}

func (s *shaping) shapeText(n *node, path string, dump bool) {
	text := *n.text
	if name := path[strings.LastIndexByte(path, '.')+1:]; ours[name] && !dump {
		lines := strings.Split(text, "\n")
		for i := range lines {
			lines[i] = report.Clean(lines[i])
		}
		text = strings.Join(lines, "\n")
		if len(text) > s.room {
			end := strings.LastIndexByte(text[:s.room], '\n') + 1
			s.cut = append(s.cut, fmt.Sprintf("%s: the first %d of %d bytes; a larger max_bytes gives more", path, end, len(text)))
			text = text[:end]
		}
		n.text = &text
		return
	}
	if text = report.Clean(text); len(text) > s.text && !strings.HasSuffix(path, "cursor") && !strings.HasSuffix(path, "id") {
		s.cut = append(s.cut, fmt.Sprintf("%s: the first %d of %d bytes", path, s.text, len(text)))
		text = shortened(text, s.text)
	}
	if !dump && !strings.HasSuffix(path, "query") {
		text = s.quotes.mark(text)
	}
	n.text = &text
	if dump && text != "" && !slices.Contains(s.untrusted, path) {
		s.untrusted = append(s.untrusted, path)
	}
}

// shortened cuts a text at a rune.
func shortened(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "…"
}

// identify gives an object that names a line the id that lines takes.
func (n *node) identify() {
	source, line := n.member("source"), n.member("line")
	if source == nil || line == nil || source.text == nil || n.member("id") != nil {
		return
	}
	id := *source.text + ":" + string(line.scalar)
	n.object = slices.Insert(n.object, 0, member{"id", node{kind: '"', text: &id}})
}

func (n *node) member(key string) *node {
	for i := range n.object {
		if n.object[i].key == key {
			return &n.object[i].value
		}
	}
	return nil
}

// set replaces a list of texts.
func (n *node) set(key string, list []string) {
	to := n.member(key)
	if to == nil {
		return
	}
	*to = node{kind: '['}
	for _, s := range list {
		to.list = append(to.list, node{kind: '"', text: &s})
	}
}

// render gives an answer in at most so many bytes, clean, with what was
// shortened and which fields are the dump's. paged names the list that pages
// were made of.
func render(answer any, paged string, most int, quotes *quoted) (json.RawMessage, error) {
	data, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, l := range levels {
		n, err := parseTree(data)
		if err != nil {
			return nil, err
		}
		s := &shaping{level: l, keep: paged, room: most * 3 / 4, quotes: quotes}
		s.shape(&n, "", false)
		n.set("cut", counted(s.cut))
		n.set("untrusted", s.untrusted)
		if out, err = n.MarshalJSON(); err != nil || len(out) <= most {
			return out, err
		}
	}
	return out, nil
}

// maxCut is how many shortened places are told one by one.
const maxCut = 8

// counted tells the first shortened places, and how many more there are.
func counted(cut []string) []string {
	if more := len(cut) - maxCut; more > 0 {
		return append(slices.Clone(cut[:maxCut]), fmt.Sprintf("and %d more places", more))
	}
	return cut
}

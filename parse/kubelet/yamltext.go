package kubelet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"faultline/parse"
	"faultline/parse/lex"
)

// yamlText is the YAML of one object, and where its parts lie.
type yamlText struct {
	text  []byte
	start place
	lines []int  // where each line begins
	marks []mark // in the order of the JSON
	whole mark
}

// mark is a part of an object: where its JSON begins, and its lines.
type mark struct {
	json     int
	from, to int // of the text
}

// at is the part whose JSON begins at from as a line of the source: its lines
// from their first column on, so that they can be read again.
func (t *yamlText) at(from int) parse.Line {
	m := t.whole
	if i := sort.Search(len(t.marks), func(i int) bool { return t.marks[i].json >= from }); from > 0 && i < len(t.marks) &&
		t.marks[i].json == from {
		m = t.marks[i]
	}
	return parse.Line{Text: t.text[m.from:m.to], No: t.start.line + 1 + uint32(bytes.Count(t.text[:m.from], []byte{'\n'})),
		Off: t.start.off + int64(m.from), Len: uint32(m.to - m.from)}
}

// objects converts the text. It is an object, or a list of one or more.
func (t *yamlText) objects() (out []object, err error) {
	var root yaml.Node
	if err := decodeYAML(t.text, &root); err != nil {
		return nil, t.placed(err)
	}
	if root.Kind != yaml.DocumentNode || len(root.Content) == 0 {
		return nil, nil
	}
	t.index()
	nodes, top := []*yaml.Node{root.Content[0]}, root.Content[0]
	switch {
	case top.Kind == yaml.SequenceNode:
		nodes = top.Content
	case top.Kind != yaml.MappingNode:
		return nil, errors.New("there is something that is no object")
	case value(top, "items") != nil: // in one line, as no kubectl prints it
		nodes = value(top, "items").Content
	}
	for _, n := range nodes {
		o := *t
		c := converter{t: &o, left: 2*len(t.text) + 64<<10, aliases: maxAliases}
		if err := c.value(n, 0); err != nil {
			return out, fmt.Errorf("line %d: %w", t.start.line+uint32(n.Line), err)
		}
		o.marks, o.whole = c.marks, t.mark(n)
		l := o.at(0)
		out = append(out, object{raw: c.out, line: l.No, off: l.Off, yaml: &o})
	}
	return out, nil
}

// decodeYAML reads text into nodes, which leaves aliases alone.
func decodeYAML(text []byte, root *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil { // whatever it does with bytes that are no YAML
			err = fmt.Errorf("%v", r)
		}
	}()
	if bytes.IndexByte(text, 0) >= 0 {
		return errors.New("there is a NUL in it")
	}
	return yaml.Unmarshal(text, root)
}

// placed counts the line of an error from the beginning of the source.
func (t *yamlText) placed(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	rest, ok := strings.CutPrefix(text, "line ")
	if line, n, isNum := lex.Digits([]byte(rest)); ok && isNum {
		return fmt.Errorf("line %d%s", int64(t.start.line)+line, rest[n:])
	}
	return errors.New(text)
}

// value is the value of a key, nil when there is none.
func value(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func (t *yamlText) index() {
	t.lines = []int{0}
	for i, c := range t.text {
		if c == '\n' {
			t.lines = append(t.lines, i+1)
		}
	}
}

// mark finds the lines of a node: those behind its first that are indented
// further than its hyphen, or than itself where it has none.
func (t *yamlText) mark(n *yaml.Node) mark {
	first := min(max(n.Line-1, 0), len(t.lines)-1)
	m := mark{from: t.lines[first], to: len(t.text)}
	outer := indentOf(t.text[m.from:])
	if t.text[min(m.from+outer, len(t.text)-1)] != '-' {
		outer = n.Column - 2
	}
	for _, at := range t.lines[first+1:] {
		line, _, _ := bytes.Cut(t.text[at:], []byte{'\n'})
		if n.Style&yaml.FlowStyle != 0 || len(bytes.TrimSpace(line)) > 0 && indentOf(line) <= outer {
			m.to = at
			break
		}
	}
	m.to = m.from + len(bytes.TrimRight(t.text[m.from:m.to], " \r\n"))
	return m
}

const (
	// maxNesting is how deep an object may be nested; a pod is 12 deep.
	maxNesting = 100
	// maxAliases is how often an object may refer to parts of itself; what
	// the API prints never does.
	maxAliases = 100
)

// converter writes a node as JSON.
type converter struct {
	t             *yamlText
	out           []byte
	marks         []mark
	left, aliases int
}

func (c *converter) value(n *yaml.Node, depth int) error {
	if depth > maxNesting {
		return fmt.Errorf("it is nested deeper than %d", maxNesting)
	}
	if len(c.out) > c.left {
		return errors.New("its aliases make it larger than it may be")
	}
	switch n.Kind {
	case yaml.AliasNode:
		if c.aliases--; c.aliases < 0 || n.Alias == nil {
			return fmt.Errorf("it has more than %d aliases", maxAliases)
		}
		return c.value(n.Alias, depth+1)
	case yaml.MappingNode:
		return c.mapping(n, depth)
	case yaml.SequenceNode:
		return c.sequence(n, depth)
	case yaml.ScalarNode:
		c.scalar(n)
		return nil
	}
	return errors.New("it holds what JSON has no word for")
}

func (c *converter) mapping(n *yaml.Node, depth int) error {
	c.out = append(c.out, '{')
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Kind != yaml.ScalarNode {
			return errors.New("a key is no text")
		}
		if i > 0 {
			c.out = append(c.out, ',')
		}
		c.text(n.Content[i].Value)
		c.out = append(c.out, ':')
		if err := c.value(n.Content[i+1], depth+1); err != nil {
			return err
		}
	}
	c.out = append(c.out, '}')
	return nil
}

func (c *converter) sequence(n *yaml.Node, depth int) error {
	c.out = append(c.out, '[')
	for i, item := range n.Content {
		if i > 0 {
			c.out = append(c.out, ',')
		}
		if item.Kind == yaml.MappingNode {
			m := c.t.mark(item)
			m.json = len(c.out)
			c.marks = append(c.marks, m)
		}
		if err := c.value(item, depth+1); err != nil {
			return err
		}
	}
	c.out = append(c.out, ']')
	return nil
}

// scalar writes what JSON can say as that, everything else as text: times,
// for one.
func (c *converter) scalar(n *yaml.Node) {
	switch n.ShortTag() {
	case "!!null":
		c.out = append(c.out, "null"...)
		return
	case "!!bool", "!!int", "!!float":
		if v := strings.ToLower(n.Value); json.Valid([]byte(v)) {
			c.out = append(c.out, v...)
			return
		}
	}
	c.text(n.Value)
}

func (c *converter) text(s string) {
	raw, _ := json.Marshal(s) // a string always can be
	c.out = append(c.out, raw...)
}

package given

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"faultline/parse"
	"faultline/parse/lex"
)

// file is one facts file on its way to entries.
type file struct {
	starts   []int64 // of the lines
	lens     []uint32
	out      []Entry
	problems []parse.Problem
}

// readers read the value of each top-level key.
var readers map[string]func(f *file, v *yaml.Node)

func init() { // a variable's initializer would refer to itself through walk
	readers = map[string]func(f *file, v *yaml.Node){
		"captured_at": (*file).captured,
		"anchors":     func(f *file, v *yaml.Node) { f.times(Anchor, v) },
		"zones":       (*file).zones,
		"sources":     func(f *file, v *yaml.Node) { f.pairs(Source, v) },
		"periods":     func(f *file, v *yaml.Node) { f.values(Period, v) },
		"failure":     func(f *file, v *yaml.Node) { f.values(Failure, v) },
		"notes":       func(f *file, v *yaml.Node) { f.values(Note, v) },
		"match":       (*file).matches,
		"versions":    func(f *file, v *yaml.Node) { f.records(v, (*file).version) },
		"changes":     func(f *file, v *yaml.Node) { f.records(v, (*file).change) },
		"rules":       (*file).rules,
		"marks":       func(f *file, v *yaml.Node) { f.records(v, (*file).mark) },
	}
}

func walk(data []byte) ([]Entry, []parse.Problem) {
	f := &file{}
	var off int64
	for line := range bytes.Lines(data) {
		f.starts = append(f.starts, off)
		f.lens = append(f.lens, uint32(len(bytes.TrimRight(line, "\r\n"))))
		off += int64(len(line))
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(lex.TrimBOM(data), &doc); err != nil {
		f.problems = append(f.problems, parse.Problem{Line: lineOf(err), Text: strings.TrimPrefix(err.Error(), "yaml: ")})
		return nil, f.problems
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		f.problem(top, "not a list of keys and values")
		return nil, f.problems
	}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		if read := readers[key.Value]; read != nil {
			read(f, value)
		} else {
			f.problem(key, "unknown key %q", key.Value)
		}
	}
	return f.out, f.problems
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+):`)

// lineOf is the line that an error of package yaml names, 0 for none.
func lineOf(err error) uint32 {
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.ParseUint(m[1], 10, 32)
		return uint32(n)
	}
	return 0
}

func (f *file) problem(at *yaml.Node, format string, args ...any) {
	f.problems = append(f.problems, parse.Problem{Line: uint32(at.Line), Text: fmt.Sprintf(format, args...)})
}

func (f *file) add(at *yaml.Node, e Entry) {
	e.Line = uint32(at.Line)
	if i := at.Line - 1; i >= 0 && i < len(f.starts) {
		e.Off, e.Len = f.starts[i], f.lens[i]
	}
	f.out = append(f.out, e)
}

// text is a scalar's text; anything else is a problem. Aliases are no scalars,
// so nothing is expanded.
func (f *file) text(n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Value == "" {
		f.problem(n, "expected a text")
		return "", false
	}
	return n.Value, true
}

// time reads a wall time in RFC 3339.
func (f *file) time(n *yaml.Node) (parse.Time, bool) {
	text, ok := f.text(n)
	if !ok {
		return 0, false
	}
	st, used, ok := lex.RFC3339([]byte(text))
	if !ok || used != len(text) || !st.Zoned {
		f.problem(n, "%s: not a time in RFC 3339, such as 2024-02-02T13:16:19Z", text)
		return 0, false
	}
	return parse.Time(st.Unix), true
}

// moment reads a wall time in RFC 3339, or a time of the day in UTC: bare, and 0.
func (f *file) moment(n *yaml.Node) (at parse.Time, bare, ok bool) {
	if _, _, bare = lex.DayTime([]byte(n.Value)); bare {
		return 0, true, true
	}
	at, ok = f.time(n)
	return at, false, ok
}

// each calls do for every pair of a mapping, or problem.
func (f *file) each(v *yaml.Node, do func(key, value *yaml.Node)) {
	if v.Kind != yaml.MappingNode {
		f.problem(v, "expected NAME: VALUE")
		return
	}
	for i := 0; i+1 < len(v.Content); i += 2 {
		do(v.Content[i], v.Content[i+1])
	}
}

// times reads GLOB: TIME, or none in place of the time, how exact it is, and who
// said so.
func (f *file) times(key string, v *yaml.Node) {
	f.each(v, func(k, v *yaml.Node) {
		text, within, _, ok := Cut(v.Value)
		if !ok {
			f.problem(v, "%q: expected TIME within a duration such as 1.5s", v.Value)
			return
		}
		when := *v
		when.Value = text
		at, ok := parse.Time(0), text == None
		if !ok {
			at, _, ok = f.moment(&when)
		}
		if ok {
			f.add(k, Entry{Key: key, Subject: k.Value, Value: v.Value, At: at, Within: within})
		}
	})
}

// captured reads one time for all sources, two between which they were taken,
// or times by source.
func (f *file) captured(v *yaml.Node) {
	switch v.Kind {
	case yaml.MappingNode:
		f.times(Captured, v)
	case yaml.SequenceNode:
		if len(v.Content) != 2 {
			f.problem(v, "expected [BEFORE, AFTER]")
			return
		}
		from, ok := f.time(v.Content[0])
		to, ok2 := f.time(v.Content[1])
		if ok && ok2 && from <= to {
			f.add(v.Content[0], Entry{Key: Captured, Value: v.Content[0].Value + "/" + v.Content[1].Value,
				At: (from + to) / 2, Within: time.Duration(to-from) / 2})
		} else if ok && ok2 {
			f.problem(v, "the first time is later than the second")
		}
	default:
		if at, _, ok := f.moment(v); ok {
			f.add(v, Entry{Key: Captured, Value: v.Value, At: at})
		}
	}
}

// pairs reads GLOB: TEXT.
func (f *file) pairs(key string, v *yaml.Node) {
	f.each(v, func(k, v *yaml.Node) {
		if text, ok := f.text(v); ok {
			f.add(k, Entry{Key: key, Subject: k.Value, Value: text})
		}
	})
}

func (f *file) zones(v *yaml.Node) {
	if v.Kind == yaml.ScalarNode {
		f.add(v, Entry{Key: Zone, Subject: "*", Value: v.Value})
		return
	}
	f.pairs(Zone, v)
}

// values reads one text or a list of them.
func (f *file) values(key string, v *yaml.Node) {
	list := []*yaml.Node{v}
	if v.Kind == yaml.SequenceNode {
		list = v.Content
	}
	for _, n := range list {
		if text, ok := f.text(n); ok {
			f.add(n, Entry{Key: key, Value: text})
		}
	}
}

// matches reads NAME: REGEX, or a list of "NAME=REGEX".
func (f *file) matches(v *yaml.Node) {
	if v.Kind == yaml.MappingNode {
		f.pairs(Match, v)
		return
	}
	before := len(f.out)
	f.values(Match, v)
	for i := range f.out[before:] {
		e := &f.out[before+i]
		e.Subject, e.Value, _ = strings.Cut(e.Value, "=")
	}
}

package given

import (
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"faultline/parse"
)

// record is one item of a list of mappings.
type record struct {
	f    *file
	node *yaml.Node
	by   map[string]*yaml.Node
}

// records reads a list of mappings, or a single one.
func (f *file) records(v *yaml.Node, read func(f *file, r record)) {
	list := []*yaml.Node{v}
	if v.Kind == yaml.SequenceNode {
		list = v.Content
	}
	for _, n := range list {
		r := record{f, n, map[string]*yaml.Node{}}
		before := len(f.problems)
		f.each(n, func(k, v *yaml.Node) { r.by[k.Value] = v })
		if len(f.problems) == before {
			read(f, r)
		}
	}
}

// text is the text under a key, "" when it is missing.
func (r record) text(key string) string {
	if n := r.by[key]; n != nil && n.Kind == yaml.ScalarNode {
		return n.Value
	}
	return ""
}

// time is the time under a key. ok is false when it is there and no time.
func (r record) time(key string) (at parse.Time, ok bool) {
	n := r.by[key]
	if n == nil {
		return 0, true
	}
	return r.f.time(n)
}

func (f *file) version(r record) {
	at, ok := r.time("from")
	component, version := r.text("component"), r.text("version")
	if ok && component != "" && version != "" {
		f.add(r.node, Entry{Key: Version, Subject: component, Value: version, At: at})
	} else if ok {
		f.problem(r.node, "a version needs component and version")
	}
}

func (f *file) change(r record) {
	at, ok := r.time("at")
	what := r.text("what")
	switch {
	case !ok:
	case at == 0 || what == "":
		f.problem(r.node, "a change needs at and what")
	default:
		var from, to = r.text("from"), r.text("to")
		value := strings.TrimSpace(from + " -> " + to)
		if from == "" && to == "" {
			value = ""
		}
		f.add(r.node, Entry{Key: Change, Subject: what, Value: value, At: at})
	}
}

// Signed is a note with who wrote it, where that is known.
func Signed(text, by string) string {
	if by == "" {
		return text
	}
	return strings.TrimSpace(text + " (" + strings.TrimSpace(By) + " " + by + ")")
}

func (f *file) mark(r record) {
	at, ok := r.time("at")
	e := Entry{Key: Mark, Subject: r.text("source"), Value: Signed(r.text("text"), r.text("by")), At: at}
	own := r.text("uptime")
	switch up, err := time.ParseDuration(own); {
	case !ok:
	case at == 0 && own == "":
		f.problem(r.node, "a mark needs at, or uptime and source")
	case at == 0 && (err != nil || e.Subject == "" || up < 0):
		f.problem(r.node, "a mark on a clock of its own needs source, and uptime such as 371.2s")
	default:
		if at == 0 {
			e.Key, e.Value = OwnMark, strings.TrimSpace(own+" "+e.Value)
		}
		f.add(r.node, e)
	}
}

package given

import (
	"encoding/json"
	"regexp"
	"time"

	"go.yaml.in/yaml/v3"
)

// OwnRule is a diagnosis that a facts file adds: what to look for, and what to
// say of it. Either When or Event is set.
type OwnRule struct {
	// When is a PromQL expression over metrics and events: it speaks of each
	// series that has a sample other than 0.
	When string `json:",omitempty"`
	// Event is a glob of kinds of events; with Before it counts those that
	// precede an event of that kind by at most Within.
	Event  string        `json:",omitempty"`
	Before string        `json:",omitempty"`
	Within time.Duration `json:",omitempty"`
	// Severity is critical, warning or info; Title and Next may hold {{n}} and
	// {{label}}s: of the series, or target, kind, pod and namespace.
	Severity, Title string
	Next            []string `json:",omitempty"`
}

var (
	ruleName   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)
	severities = map[string]string{"critical": "critical", "warning": "warning", "info": "info", "note": "info"} // a note, as reports call it
)

// rules reads one rule or a list of them.
func (f *file) rules(v *yaml.Node) {
	list := []*yaml.Node{v}
	if v.Kind == yaml.SequenceNode {
		list = v.Content
	}
	for _, n := range list {
		f.rule(n)
	}
}

// rule reads one of the rules; a bad one is refused with its line and why.
func (f *file) rule(v *yaml.Node) {
	r := OwnRule{Severity: "warning"}
	name, bad := "", false
	refuse := func(at *yaml.Node, format string, args ...any) {
		bad = true
		f.problem(at, "rule %q: "+format, append([]any{name}, args...)...)
	}
	f.each(v, func(k, v *yaml.Node) {
		if k.Value == "name" {
			name = v.Value
		}
	})
	f.each(v, func(k, v *yaml.Node) {
		switch k.Value {
		case "name":
		case "when":
			r.When = v.Value
		case "event":
			r.Event = v.Value
		case "before":
			r.Before = v.Value
		case "within":
			d, err := time.ParseDuration(v.Value)
			if err != nil || d <= 0 {
				refuse(v, "within %q is no duration, such as 10s", v.Value)
			}
			r.Within = d
		case "severity":
			if r.Severity = severities[v.Value]; r.Severity == "" {
				refuse(v, "severity %q is not critical, warning or note", v.Value)
			}
		case "title":
			r.Title = v.Value
		case "next":
			r.Next = texts(v)
		default:
			refuse(k, "unknown key %q", k.Value)
		}
	})
	switch {
	case !ruleName.MatchString(name):
		refuse(v, "a name is made of a-z, 0-9 and _")
	case (r.When == "") == (r.Event == ""):
		refuse(v, "needs either when, an expression, or event, a kind")
	case r.Before != "" && (r.Within == 0 || r.Event == ""):
		refuse(v, "before needs event and within")
	case r.Title == "":
		refuse(v, "needs a title")
	}
	if bad {
		return
	}
	text, err := json.Marshal(r)
	if err != nil {
		f.problem(v, "rule %q: %v", name, err)
		return
	}
	f.add(v, Entry{Key: Rule, Subject: name, Value: string(text)})
}

// texts are the texts of one node or of a list.
func texts(v *yaml.Node) (out []string) {
	if v.Kind == yaml.ScalarNode {
		return []string{v.Value}
	}
	for _, n := range v.Content {
		if n.Kind == yaml.ScalarNode {
			out = append(out, n.Value)
		}
	}
	return out
}

// Package check reads what the CLI of linkerd prints: tap, its tables, and above
// all `linkerd check`, with what its extensions
// print after it (`linkerd multicluster check`, `linkerd viz check`):
//
//	× control plane proxies are healthy
//	    The "linkerd-proxy" container in the "linkerd-destination-558bbe3e7-mw74c" pod is not ready
//	    see https://linkerd.io/2/checks/#l5d-cp-proxy-healthy for hints
//
// The marks are √, × and ‼ (linkerd2 pkg/healthcheck/healthcheck_output.go);
// what follows a check that did not pass is indented, with its reason first.
package check

import (
	"bytes"

	"faultline/parse"
)

// Format is the output of `linkerd check`.
var Format = &parse.Format{
	Name: "check",
	Doc: `output of linkerd check, multicluster check and viz check: what failed (×), what is a warning (‼), and why. Of two versions that differ the control plane's is kept.
× control plane proxies are healthy
    The "linkerd-proxy" container in the "linkerd-destination-558bbe3e7-mw74c" pod is not ready
    see https://linkerd.io/2/checks/#l5d-cp-proxy-healthy for hints`,
	Origin: "linkerd CLI, every release (linkerd2 pkg/healthcheck/healthcheck_output.go)",
	Role:   parse.RoleAbout, Lane: parse.LaneControllers,
	Needles: []string{"× control plane", "× issuer", "× linkerd-"},
	Hints:   failing(),
	Line:    line,
	Whole:   true,
	Detail:  detail,
}

// marks begin a check's line.
var marks = []struct {
	mark     string
	severity parse.Severity
}{{"√ ", parse.Info}, {"‼ ", parse.Warn}, {"× ", parse.Error}}

// failing are what a check that did not pass begins with: the name of one begins
// with a letter, or with the name of an object in quotes.
func failing() (out []string) {
	for letter := 'a'; letter <= 'z'; letter++ {
		out = append(out, "× "+string(letter), "‼ "+string(letter))
	}
	return append(out, "× '", "‼ '")
}

// open is the latest check whose reasons may follow.
type open struct {
	line     uint32
	event    int // in the batch, -1 for one that passed
	severity parse.Severity
}

func line(l *parse.Line, b *parse.Batch) parse.Verdict {
	if name, severity, ok := marked(l.Text); ok {
		o := &open{l.No, -1, severity}
		b.State = o
		if severity == parse.Info {
			return parse.Other
		}
		o.event = len(b.Events)
		b.Add(parse.Event{Kind: parse.CheckFailed, Severity: severity, Target: b.Names.Add(name)})
		return parse.Took
	}
	if rest, ok := bytes.CutPrefix(l.Text, []byte("Status check results are ")); ok && len(rest) <= len("√ ") {
		return parse.Other
	}
	o, ok := b.State.(*open)
	if !ok || o.event < 0 || o.event >= len(b.Events) || l.No != o.line+1 || !bytes.HasPrefix(l.Text, []byte("    ")) && l.Text[0] != '\t' {
		return parse.NotMine
	}
	o.line = l.No
	l.Severity = o.severity
	why := bytes.TrimSpace(l.Text)
	if e := &b.Events[o.event]; e.Fact == 0 {
		e.Fact = b.Names.Add(why[:min(len(why), longest)])
	}
	if rest, ok := bytes.CutPrefix(why, []byte("control plane running ")); ok {
		version, _, _ := bytes.Cut(rest, []byte{' '})
		b.Fact(l, b.Names.AddString("control-plane"), parse.FactVersion, string(version), 0, 0)
	}
	return parse.Other
}

// longest is how much of a reason is kept with the event.
const longest = 200

// marked reads a check's line: the mark and the name of the check.
func marked(text []byte) (name []byte, severity parse.Severity, ok bool) {
	for _, m := range marks {
		if rest, ok := bytes.CutPrefix(text, []byte(m.mark)); ok && len(rest) > 2 && ((rest[0]|0x20)-'a' <= 'z'-'a' || rest[0] == '\'') {
			return bytes.TrimRight(rest, " "), m.severity, true
		}
	}
	return nil, 0, false
}

func detail(text []byte, d *parse.Detail) {
	name, severity, _ := marked(text)
	if d.Message = string(text); len(name) > 0 {
		d.Message = string(name)
		d.Set("result", map[parse.Severity]string{parse.Info: "passed", parse.Warn: "warning", parse.Error: "failed"}[severity])
	}
}

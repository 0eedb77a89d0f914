package ingress

import (
	"bytes"
	"testing"

	"faultline/parse"
)

// FuzzLine: no line is taken by two formats, none panics, and what is said of a
// line holds together.
func FuzzLine(f *testing.F) {
	for _, c := range cases() {
		f.Add([]byte(c.line))
	}
	for _, line := range productLines(f) {
		f.Add([]byte(line))
	}
	for line := range others {
		f.Add([]byte(line))
	}
	for _, line := range strangers {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if len(bytes.TrimSpace(line)) == 0 {
			return // the reader does not show blank lines
		}
		before := bytes.Clone(line)
		taken, v, l, b := verdicts(t, string(line), parse.Prefix{Stamp: 1706880149e9, HasStamp: len(line)%2 == 0})
		for _, w := range Formats() {
			var d parse.Detail
			w.Detail(line, &d)
		}
		if !bytes.Equal(line, before) {
			t.Error("the line was changed")
		}
		if taken == nil {
			return
		}
		// JSON without a time that anybody can read still tells of a failure.
		if taken != Envoy && taken != HAProxy && taken != Traefik && line[0] != '{' && v != parse.Malformed && l.Clock != parse.ClockWall && len(b.Events) > 0 {
			t.Errorf("an event without a time: %s", line)
		}
		for _, e := range b.Events {
			if e.Lasted < 0 || e.Kind == parse.IngressResponse && (e.Value < 0 || e.Value > 999 || e.Value < 500 && e.Class == 0) || parse.CauseOf(e.Class).String() == "" {
				t.Errorf("%+v: %s", e, line)
			}
		}
	})
}

// FuzzSource: every line is counted, whatever else stands in the file.
func FuzzSource(f *testing.F) {
	all := cases()
	for i := range all {
		f.Add([]byte(all[i].line + "\n" + all[(i+7)%len(all)].line))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c := read(t, text, 0)
		n := c.Sources[0].Counts
		if n.Lines != n.Events+n.Other+n.Unparsed {
			t.Errorf("%+v", n)
		}
		for i := range c.Streams {
			for _, e := range c.Streams[i].Events {
				if e.Off < 0 || e.Off+int64(e.Len) > int64(len(text)) || e.Count == 0 {
					t.Errorf("%+v", e)
				}
			}
		}
	})
}

package kubelet

import (
	"testing"

	"faultline/parse"
)

// check reads text and everything that its events point at.
func check(t *testing.T, text []byte) {
	c := read(t, text)
	for _, e := range events(t, c, text) {
		if e.Lasted < 0 || e.Count == 0 || e.Kind == parse.KindNone {
			t.Errorf("%+v", e.Event)
		}
	}
	for _, f := range c.Facts {
		if f.Ref.Off < 0 || f.Ref.Off+int64(f.Ref.Len) > int64(len(text)) || f.Ref.Line == 0 {
			t.Errorf("fact outside the source: %+v", f)
		}
	}
	n := c.Sources[0].Counts
	if n.Lines != n.Events+n.Other+n.Unparsed {
		t.Errorf("counts %+v", n)
	}
}

func FuzzRows(f *testing.F) {
	for _, name := range []string{"describe-pods.txt", "events-table.txt", "lines.jsonl"} {
		f.Add(file(f, name))
	}
	f.Add([]byte(pageText + rowsText))
	f.Add([]byte("6s   Warning   Unhealthy   pod/a   spec.containers{b}   kubelet, host   x   9s   3   a.18d5e537ab89a157"))
	f.Add([]byte("> **Warning Unhealthy <invalid> (x99999999999999999999 over 99y) kubelet, \x00 Readiness probe failed: **"))
	f.Fuzz(check)
}

func FuzzDocument(f *testing.F) {
	f.Add([]byte(event1))
	f.Add([]byte(pod1))
	f.Add([]byte(`{"apiVersion":"v1","items":[` + event1 + "," + pod1 + `],"kind":"List"}` + event1))
	f.Fuzz(check)
}

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

func FuzzLog(f *testing.F) {
	for _, x := range logs {
		f.Add([]byte(x.line + "\n" + head + `"Probe failed" probeType="Readiness" pod="a/b" output=<` + "\n\ta\n > b=c\n"))
	}
	f.Add([]byte(head + `"Probe errored" err=<` + "\n\ta\n > probeType=\"Liveness\" pod=\"x/y\" output=\"\\"))
	f.Fuzz(check)
}

func FuzzYAML(f *testing.F) {
	f.Add([]byte("apiVersion: v1\nitems:\n" + yamlEvent + yamlEvent + "kind: List\n---\n# x\nkind: Pod\n"))
	f.Add([]byte(inYAML(f, []byte(pod1))))
	f.Add([]byte(inYAML(f, []byte(endpoints1))))
	f.Add([]byte("apiVersion: v1\nitems: [{kind: Event, involvedObject: &a {name: a}, lastTimestamp: \"2022-03-03T04:09:30Z\", x: *a}]\n"))
	f.Fuzz(func(t *testing.T, text []byte) { check(t, append([]byte("apiVersion: v1\n"), text...)) })
}

func FuzzTables(f *testing.F) {
	f.Add([]byte("NAMESPACE IP PORT POD SERVICE\na 1.2.3.4 5 b c.a\nNo endpoints found.\nlinkerd-destination-x\na ::1 5 c.a\n"))
	f.Add([]byte("NAME READY STATUS RESTARTS AGE\na 1/2 Running 3 (4m ago) 5d\n"))
	f.Add([]byte("3m 4m 5 a.14fbf3322508bdd3 Node spec.x Normal Foo {kubelet x} text\n1m 2h 3 b Pod Warning Unhealthy Readiness probe failed: x\n"))
	f.Add([]byte(`[{"namespace":"a","ip":"1.2.3.4","port":5,"pod":"b","service":"c.a"}]`))
	f.Fuzz(check)
}

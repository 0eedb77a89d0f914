package given_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/given"
)

const full = `# what we know
captured_at: [2024-02-02T13:40:00Z, 2024-02-02T13:40:10Z]
anchors:
  "ingress-*.log#1": 2024-02-02T13:16:19Z
  b.log: 2024-02-02T13:16:19Z by ann
  c.log: none by ann
zones: Europe/Berlin
sources: {a.txt: "pod:web-0"}
periods: [60s, 10m]
versions: [{component: destination, version: stable-2.14.8, from: 2024-01-10T09:00:00Z}]
changes:
  - {at: 2024-02-01T08:00:00+01:00, what: scale, from: 3, to: 10}
failure: proxy.request_failed,status=503
match: {oom: 'OOMKilled (?P<target>\S+)'}
marks: [{at: 2024-02-02T13:22:28Z, text: first alert}, {uptime: 371.2s, source: web/proxy#1, text: odd}]
notes: [the gateway was drained at noon]
`

func TestParse(t *testing.T) {
	entries, problems := given.Parse([]byte(full))
	if len(problems) > 0 {
		t.Fatalf("problems: %v", problems)
	}
	var got strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&got, "%d %s %s|%s|%d|%s\n", e.Line, e.Key, e.Subject, e.Value, int64(e.At)/1e9, e.Within)
	}
	want := `2 given.captured_at |2024-02-02T13:40:00Z/2024-02-02T13:40:10Z|1706881205|5s
4 given.anchor ingress-*.log#1|2024-02-02T13:16:19Z|1706879779|0s
5 given.anchor b.log|2024-02-02T13:16:19Z by ann|1706879779|0s
6 given.anchor c.log|none by ann|0|0s
7 given.zone *|Europe/Berlin|0|0s
8 given.source a.txt|pod:web-0|0|0s
9 given.period |60s|0|0s
9 given.period |10m|0|0s
10 given.version destination|stable-2.14.8|1704877200|0s
12 given.change scale|3 -> 10|1706770800|0s
13 given.failure |proxy.request_failed,status=503|0|0s
14 given.match oom|OOMKilled (?P<target>\S+)|0|0s
15 given.mark |first alert|1706880148|0s
15 given.mark_uptime web/proxy#1|371.2s odd|0|0s
16 given.note |the gateway was drained at noon|0|0s
`
	if got.String() != want {
		t.Errorf("got:\n%swant:\n%s", got.String(), want)
	}
}

// What is wrong is named with its line, and costs nothing else.
func TestProblems(t *testing.T) {
	for _, c := range []struct {
		in      string
		line    uint32
		says    string
		entries int
	}{
		{"captured_at: yesterday\nnotes: a\n", 1, "yesterday: not a time in RFC 3339", 1},
		{"notes: a\nanchor: 5\n", 2, `unknown key "anchor"`, 1},
		{"captured_at: [2024-02-02T13:40:10Z, 2024-02-02T13:40:00Z]\n", 1, "later than the second", 0},
		{"captured_at: [2024-02-02T13:40:10Z]\n", 1, "expected [BEFORE, AFTER]", 0},
		{"anchors: [a]\nnotes: x\n", 1, "expected NAME: VALUE", 1},
		{"anchors: {a: 2024-02-02T13:40:10}\n", 1, "not a time", 0},
		{"versions: [{component: proxy}]\n", 1, "needs component and version", 0},
		{"changes:\n  - what: scale\n", 2, "needs at and what", 0},
		{"marks: [{text: x}]\n", 1, "needs at", 0},
		{"marks: [{uptime: 3s}]\n", 1, "needs source", 0},
		{"marks: [{uptime: 3, source: a}]\n", 1, "such as 371.2s", 0},
		{"anchors: {a: 2024-02-02T13:40:10Z within a while}\n", 1, "a duration such as 1.5s", 0},
		{"anchors: {a: 2024-02-02T13:40:10Z within -1s}\n", 1, "a duration such as 1.5s", 0},
		{"anchors: {a: none within 1s}\n", 1, "a duration such as 1.5s", 0},
		{"anchors: {a: nothing}\n", 1, "not a time", 0},
		{"periods: [[1s]]\n", 1, "expected a text", 0},
		{"a: &x [1]\nnotes: *x\n", 1, "unknown key", 0},
		{"notes: [\n", 1, "did not find expected", 0},
		{"- a\n", 1, "not a list of keys", 0},
	} {
		entries, problems := given.Parse([]byte(c.in))
		if len(entries) != c.entries {
			t.Errorf("%q: %d entries, want %d", c.in, len(entries), c.entries)
		}
		if len(problems) == 0 || problems[0].Line != c.line || !strings.Contains(problems[0].Text, c.says) {
			t.Errorf("%q: problems %v, want line %d %q", c.in, problems, c.line, c.says)
		}
	}
}

// The file is a source among others, and its facts refer to its lines.
func TestFacts(t *testing.T) {
	in := []parse.Input{bundle.Memory("x/faultline.yaml", []byte(full))}
	c, err := parse.Read(context.Background(), in, []*parse.Format{given.Format}, nil, parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(full, "\n")
	if len(c.Facts) != 15 || c.Sources[0].Format != "facts" {
		t.Fatalf("%d facts, format %q", len(c.Facts), c.Sources[0].Format)
	}
	for _, f := range c.Facts {
		text := full[f.Ref.Off : f.Ref.Off+int64(f.Ref.Len)]
		if text+"\n" != lines[f.Ref.Line-1] {
			t.Errorf("%s refers to %q, line %d", c.Name(f.Key), text, f.Ref.Line)
		}
	}
}

func TestSniffKnowsItsOwn(t *testing.T) {
	for in, want := range map[string]bool{
		full:                               true,
		"notes: x\n":                       true,
		"sources:\n- a\nname: b\n":         false,
		"apiVersion: v1\nkind: List\n":     false,
		"time=\"2024\" level=info msg=x\n": false,
		"\ufeff# c\n---\nperiods: [60s]\n": true,
		"":                                 false,
		"match:nothing\n":                  false,
	} {
		if got := given.Format.SniffDocument([]byte(in)); got != want {
			t.Errorf("%q: %v", in, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte("a: &a [*a]\nnotes: *a"))
	f.Add([]byte("changes: {at: 1, what: [x]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, problems := given.Parse(data)
		for _, e := range entries {
			if e.Off < 0 || e.Off+int64(e.Len) > int64(len(data)) || e.Line == 0 {
				t.Fatalf("%+v is outside of %q", e, data)
			}
		}
		for _, p := range problems {
			if p.Text == "" {
				t.Fatal("a problem without words")
			}
		}
	})
}

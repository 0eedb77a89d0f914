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
	got := parsed(full)
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
	if got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

// parsed are the entries of a text, a line each, and then what is wrong with it.
func parsed(text string) string {
	var out strings.Builder
	entries, problems := given.Parse([]byte(text))
	for _, e := range entries {
		fmt.Fprintf(&out, "%d %s %s|%s|%d|%s\n", e.Line, e.Key, e.Subject, e.Value, int64(e.At)/1e9, e.Within)
	}
	for _, p := range problems {
		fmt.Fprintf(&out, "%d: %s\n", p.Line, p.Text)
	}
	return out.String()
}

// Values at the border of what is allowed, and with parts left out.
func TestBorders(t *testing.T) {
	for text, want := range map[string]string{
		"captured_at: [2024-02-02T13:40:00Z, 2024-02-02T13:40:00Z]": "1 given.captured_at |2024-02-02T13:40:00Z/2024-02-02T13:40:00Z|1706881200|0s\n",
		"captured_at: {a.log: 2024-02-02T13:40:00Z, b.log: 13:40}":  "1 given.captured_at a.log|2024-02-02T13:40:00Z|1706881200|0s\n1 given.captured_at b.log|13:40|0|0s\n",
		"captured_at: {}": "",
		"anchors: {a: 2024-02-02T13:40:00Z within 0s by ann}":            "1 given.anchor a|2024-02-02T13:40:00Z within 0s by ann|1706881200|0s\n",
		"changes: {at: 2024-02-01T08:00:00Z, what: scale, to: 10}":       "1 given.change scale|-> 10|1706774400|0s\n",
		"changes: {at: 2024-02-01T08:00:00Z, what: scale, from: 3}":      "1 given.change scale|3 ->|1706774400|0s\n",
		"changes: {at: 2024-02-01T08:00:00Z, what: upgrade}":             "1 given.change upgrade||1706774400|0s\n",
		"marks: {uptime: 0s, source: web, text: start}":                  "1 given.mark_uptime web|0s start|0|0s\n",
		"marks: {uptime: -1s, source: web}":                              "1: a mark on a clock of its own needs source, and uptime such as 371.2s\n",
		"marks: {at: 2024-02-01T08:00:00Z, uptime: -1s, text: x, by: y}": "1 given.mark |x (by y)|1706774400|0s\n",
		`match: ["oom=Killed (?P<target>.*)", plain]`:                    "1 given.match oom|Killed (?P<target>.*)|0|0s\n1 given.match plain||0|0s\n",
	} {
		if got := parsed(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// Rules of one's own are facts; bad ones are refused with their line and why.
func TestRules(t *testing.T) {
	for text, want := range map[string]string{
		"name: lock, event: user.lock, before: proxy.request_failed, within: 10s, title: waited, next: [look, {x: y}, again], severity: note": `1 given.rule lock|{"Event":"user.lock","Before":"proxy.request_failed","Within":10000000000,"Severity":"info","Title":"waited","Next":["look","again"]}|0|0s`,
		"name: much, when: up == 0, title: much, next: look":    `1 given.rule much|{"When":"up == 0","Severity":"warning","Title":"much","Next":["look"]}|0|0s`,
		"name: short, when: up, title: x, within: 1ns":          `1 given.rule short|{"When":"up","Within":1,"Severity":"warning","Title":"x"}|0|0s`,
		"name: 9x, when: up, title: x":                          `1: rule "9x": a name is made of a-z, 0-9 and _`,
		"name: both, when: up, event: x, title: x":              `1: rule "both": needs either when, an expression, or event, a kind`,
		"name: none, title: x":                                  `1: rule "none": needs either when, an expression, or event, a kind`,
		"name: late, event: x, before: y, title: x":             `1: rule "late": before needs event and within`,
		"name: late, when: up, before: y, within: 1s, title: x": `1: rule "late": before needs event and within`,
		"name: mute, when: up":                                  `1: rule "mute": needs a title`,
		"name: odd, when: up, title: x, within: 0s":             `1: rule "odd": within "0s" is no duration, such as 10s`,
		"name: odd, when: up, title: x, within: soon":           `1: rule "odd": within "soon" is no duration, such as 10s`,
		"name: odd, when: up, title: x, severity: loud, hue: 5": `1: rule "odd": severity "loud" is not critical, warning or note` + "\n" + `1: rule "odd": unknown key "hue"`,
	} {
		for _, form := range []string{"rules: {%s}", "rules: [{%s}]"} {
			if got := parsed(fmt.Sprintf(form, text)); got != want+"\n" {
				t.Errorf("%s: %q, want %q", text, got, want)
			}
		}
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

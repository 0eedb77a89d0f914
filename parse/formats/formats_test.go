package formats

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/wrap"
)

// Every format can be found, explains itself, and reads something.
func TestFormats(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range All() {
		if f.Name == "" || seen[f.Name] || ByName(f.Name) == nil || ByName(f.Name).Name != f.Name {
			t.Errorf("%q is no name of its own", f.Name)
		}
		seen[f.Name] = true
		if doc, _, _ := strings.Cut(f.Doc, "\n"); !strings.HasSuffix(doc, ".") {
			t.Errorf("%s: the first line of its doc is no sentence: %q", f.Name, doc)
		}
		if f.Line != nil && len(f.Needles)+len(f.Hints) == 0 {
			t.Errorf("%s: nothing tells at a glance which lines may be its own", f.Name)
		}
		if f.Line == nil && f.Document == nil || (f.SniffDocument == nil) != (f.Document == nil) {
			t.Errorf("%s: reads neither lines nor documents, or sniffs none", f.Name)
		}
	}
	if ByName("nonsense") != nil || ByName("") != nil {
		t.Error("a format that is none was found")
	}
	for _, name := range []string{"proxy", "controller"} {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
	names := map[string]bool{}
	for _, w := range Wrappers() {
		if w.Strip == nil || w.Doc == "" || names[w.Name] {
			t.Errorf("wrapper %q", w.Name)
		}
		names[w.Name] = true
	}
}

// docs/formats.md lists every wrapper.
func TestWrappersAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range Wrappers() {
		if !strings.Contains(string(page), "`"+w.Name+"`") {
			t.Errorf("docs/formats.md does not name the wrapper %s", w.Name)
		}
	}
}

// What stands on several lines is shown as it stands: an event in YAML, whose
// line ends matter, and a line that a container runtime split.
func TestTextOfSeveralLines(t *testing.T) {
	detail := func(format, text string, wrappers ...*parse.Wrapper) (d parse.Detail) {
		ByName(format).Detail(parse.Unwrap(wrappers, []byte(text)), &d)
		return d
	}
	const yaml = "- apiVersion: v1\n  count: 4\n  involvedObject:\n    kind: Pod\n    name: web-0\n    namespace: shop\n  kind: Event\n" +
		"  lastTimestamp: \"2024-02-02T13:12:29Z\"\n  message: 'Readiness probe failed: HTTP probe failed with statuscode: 500'\n  reason: Unhealthy\n  type: Warning"
	if d := detail("k8s", yaml); d.Message != "Readiness probe failed: HTTP probe failed with statuscode: 500" || !slices.Contains(d.Attrs, parse.Attr{Key: "http_status", Value: "500"}) {
		t.Errorf("%+v", d)
	}
	const split = "2024-02-02T13:22:28.5Z stderr P [   366.299401s]  INFO ThreadId(01) outbound: linkerd_a: No end\n2024-02-02T13:22:28.6Z stderr F points"
	if d := detail("proxy", split, wrap.CRI); d.Message != "No endpoints" {
		t.Errorf("%+v", d)
	}
}

// The example lines of a format's doc are lines of that format, at least one
// of them says something, and an event's line holds one of its needles.
func TestExamples(t *testing.T) {
	for _, f := range All() {
		_, examples, _ := strings.Cut(f.Doc, "\n")
		if f.Line == nil || examples == "" {
			continue
		}
		b, took := parse.NewBatch(false, false), false
		for i, example := range strings.Split(examples, "\n") {
			events, facts := len(b.Events), len(b.Facts)
			v := f.Line(&parse.Line{Text: []byte(example), No: uint32(i + 1)}, b)
			took = took || v == parse.Took
			if v != parse.Took && v != parse.Other {
				t.Errorf("%s: verdict %d: %s", f.Name, v, example)
			}
			held := slices.ContainsFunc(slices.Concat(f.Needles, f.Hints), func(n string) bool { return strings.Contains(example, n) })
			if (len(b.Events) > events || len(b.Facts) > facts && !f.Whole) && !held {
				t.Errorf("%s: no needle and no hint stands in %s", f.Name, example)
			}
		}
		if !took {
			t.Errorf("%s: its examples say nothing", f.Name)
		}
	}
}

// Asked for, the lines of no interest are events too, with all that is shown of
// one; they count as they did.
func TestOthers(t *testing.T) {
	const text = "[     1.000001s]  INFO ThreadId(01) outbound:proxy{addr=10.0.9.18:80}:service{ns=shop name=cart port=80}: linkerd_pool_p2c: Updating endpoint addr=10.1.1.1:8080\n" +
		"[     2.000001s]  WARN ThreadId(01) outbound: linkerd_app_core::serve: Server shed connection error=x\n" +
		"[     3.000001s]  INFO ThreadId(01) outbound: linkerd_proxy_api_resolve::resolve: No endpoints\n" +
		"time=\"2024-02-02T13:22:28Z\" level=warning msg=\"context token \\\"x\\\" using old token format\"\n" +
		"nobody's line\n"
	in := parse.Input{Path: "x", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
	kinds := func(o parse.Options) (out []string) {
		c, err := parse.Read(t.Context(), []parse.Input{in}, All(), Wrappers(), o, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := c.Sources[0].Counts; n.Events != 1 || n.Other != 3 || n.Unparsed != 1 {
			t.Errorf("%+v", n)
		}
		for i := range c.Streams {
			for _, e := range c.Streams[i].Events {
				out = append(out, fmt.Sprint(e.Line, " ", e.Kind, " ", e.Severity))
			}
		}
		slices.Sort(out)
		return out
	}
	if got := kinds(parse.Options{}); !slices.Equal(got, []string{"3 proxy.no_endpoints info"}) {
		t.Errorf("%q", got)
	}
	want := []string{"1 log.other info", "2 log.other warn", "3 proxy.no_endpoints info", "4 log.other warn"}
	if got := kinds(parse.Options{Others: true}); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

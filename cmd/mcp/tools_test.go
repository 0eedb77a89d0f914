package mcp

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"faultline/parse"
)

// asks are calls of every tool, whose answers are kept.
var asks = []struct {
	golden, tool string
	args         map[string]any
}{
	{"overview", "overview", nil},
	{"findings", "findings", nil},
	{"finding", "findings", map[string]any{"id": "F2"}},
	{"explain-code", "explain", map[string]any{"name": "resync_stall"}},
	{"explain-term", "explain", map[string]any{"name": "phase"}},
	{"explain-incident", "explain", map[string]any{"name": "I1"}},
	{"explain-finding", "explain", map[string]any{"name": "F1"}},
	{"incidents", "incidents", map[string]any{"until": "2024-02-02T08:00:00Z"}},
	{"timeline", "timeline", map[string]any{"kind": "proxy.*", "bucket": "1h"}},
	{"events", "events", map[string]any{"kind": "controller.pop_stall", "max_bytes": 3000}},
	{"events-none", "events", map[string]any{"kind": "proxy.nothing"}},
	{"search", "search", map[string]any{"text": "FAILFAST after 3s", "max_bytes": 2000}},
	{"lines", "lines", map[string]any{"at": "day/proxy/ingress-nginx-controller-r7t5htwf-ntrmd.log:115", "before": 1, "after": 1}},
	{"lines-object", "lines", map[string]any{"at": "day/events.json:70", "after": 0}},
	{"query", "query", map[string]any{"expr": "sum by (kind) (increase(faultline_events_total{kind=~\"proxy.*\"}[1h]))", "step": "2h"}},
	{"query-instant", "query", map[string]any{"expr": "count(up)", "time": "last"}},
	{"periods", "periods", nil},
	{"raster", "raster", map[string]any{"max_bytes": 4000}},
	{"compare", "compare", nil},
	{"missing", "missing", nil},
	{"sources", "sources", map[string]any{"source": "*.json", "max_bytes": 4000}},
}

// Every tool answers in its own schema, within its bound, and in the same bytes
// as ever.
func TestTools(t *testing.T) {
	d := bundled(t, "day")
	d.Other = bundled(t, "report").Case
	d.Script = func() string { return "#!/bin/sh\nkubectl get pods\n" }
	c := client(t, d, nil)
	asked := map[string]bool{}
	for _, a := range asks {
		t.Run(a.golden, func(t *testing.T) {
			text, failed := call(t, c, a.tool, a.args)
			if failed {
				t.Fatalf("%s", text)
			}
			asked[a.tool] = true
			most := usualBytes
			if n, ok := a.args["max_bytes"].(int); ok {
				most = n
			}
			if len(text) > most {
				t.Errorf("%d bytes, more than %d", len(text), most)
			}
			golden(t, a.golden+".json", indented(t, text))
		})
	}
	list, err := c.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var schemas strings.Builder
	for _, tool := range list.Tools {
		if !asked[tool.Name] {
			t.Errorf("nothing asks the tool %s", tool.Name)
		}
		if !tool.Annotations.ReadOnlyHint {
			t.Errorf("%s is not marked as reading only", tool.Name)
		}
		in, err := json.MarshalIndent(tool.InputSchema, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&schemas, "%s: %s\n%s\n%s\n\n", tool.Name, tool.Title, tool.Description, in)
	}
	golden(t, "inputs.txt", schemas.String())
}

// The pages of an answer, one after the other, are the whole list.
func TestPages(t *testing.T) {
	d := bundled(t, "day")
	c := client(t, d, nil)
	for _, a := range []struct {
		tool, list string
		args       map[string]any
		want       int
	}{
		{"incidents", "incidents", map[string]any{}, len(d.Incidents)},
		{"findings", "findings", map[string]any{}, len(d.Findings)},
		{"events", "events", map[string]any{"kind": "proxy.no_endpoints"}, d.ByKind[parse.ProxyNoEndpoints]},
		{"raster", "rows", map[string]any{}, 0},
		{"sources", "sources", map[string]any{}, len(d.Capture.Sources)},
	} {
		n, seen, pages := 0, map[string]bool{}, 0
		for {
			a.args["max_bytes"] = 3000
			text, failed := call(t, c, a.tool, a.args)
			if failed {
				t.Fatalf("%s: %s", a.tool, text)
			}
			if len(text) > 3000 {
				t.Errorf("%s: a page of %d bytes", a.tool, len(text))
			}
			var page map[string]json.RawMessage
			var items []json.RawMessage
			var cursor *string
			if json.Unmarshal([]byte(text), &page) != nil || json.Unmarshal(page[a.list], &items) != nil || json.Unmarshal(page["cursor"], &cursor) != nil {
				t.Fatalf("%s: %s", a.tool, text)
			}
			for _, one := range items {
				if seen[string(one)] {
					t.Errorf("%s: twice: %s", a.tool, one)
				}
				seen[string(one)] = true
			}
			n += len(items)
			if pages++; cursor == nil || pages > 500 {
				break
			}
			a.args["cursor"] = *cursor
		}
		if a.want > 0 && n != a.want || pages < 2 {
			t.Errorf("%s: %d items on %d pages, want %d", a.tool, n, pages, a.want)
		}
	}
}

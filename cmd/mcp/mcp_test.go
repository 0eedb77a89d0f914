package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"faultline/correlate"
	"faultline/correlate/rules"
	"faultline/docs"
	"faultline/fixtures"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

// judged reads and judges inputs; the lines are those of the inputs.
func judged(t *testing.T, in []parse.Input) *Dump {
	t.Helper()
	text := bundle.NewText()
	t.Cleanup(text.Close)
	c, err := parse.Read(t.Context(), in, formats.All(), formats.Wrappers(), parse.Options{Keeper: text}, func(parse.Progress) {})
	if err != nil {
		t.Fatal(err)
	}
	k := correlate.Judge(correlate.NewIndex(c), correlate.Options{})
	rules.Conclude(k)
	return &Dump{Case: k, Text: text, Version: "test"}
}

// bundled is a bundled incident.
func bundled(t *testing.T, name string) *Dump {
	t.Helper()
	in, ok, err := fixtures.Inputs(name)
	if err != nil || !ok {
		t.Fatal(err, ok)
	}
	d := judged(t, in)
	d.Lines = linesOf(in)
	return d
}

// linesOf walks the lines of inputs that are whole.
func linesOf(in []parse.Input) func(ctx context.Context, want func(string) bool, yield func(Line) bool) error {
	return func(ctx context.Context, want func(string) bool, yield func(Line) bool) error {
		for _, one := range in {
			if !want(one.Path) {
				continue
			}
			r, err := one.Open()
			if err != nil {
				return err
			}
			data, err := io.ReadAll(r)
			if err != nil {
				return err
			}
			for i, text := range bytes.Split(data, []byte("\n")) {
				if !yield(Line{one.Path, uint32(i + 1), text, int64(len(text))}) {
					return nil
				}
			}
		}
		return nil
	}
}

// client serves a dump to the SDK's own client, in memory.
func client(t *testing.T, d *Dump, change func(*Options)) *sdk.ClientSession {
	t.Helper()
	o := Options{Version: "test", Pages: docs.Pages(), Open: func(context.Context, func(Progress)) (*Dump, error) { return d, nil }}
	if change != nil {
		change(&o)
	}
	s := start(t.Context(), o)
	there, here := sdk.NewInMemoryTransports()
	if _, err := s.protocol().Connect(t.Context(), there, nil); err != nil {
		t.Fatal(err)
	}
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), here, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close() })
	return session
}

// call asks a tool and holds its answer to the tool's own schema.
func call(t *testing.T, c *sdk.ClientSession, name string, args map[string]any) (text string, failed bool) {
	t.Helper()
	r, err := c.CallTool(t.Context(), &sdk.CallToolParams{Name: name, Arguments: args})
	if err != nil {
		t.Fatalf("%s %v: %v", name, args, err)
	}
	text = r.Content[0].(*sdk.TextContent).Text
	if r.IsError {
		return text, true
	}
	validate(t, c, name, r.StructuredContent)
	return text, false
}

// resolved are the schemas of a session's tools.
var resolved sync.Map

func validate(t *testing.T, c *sdk.ClientSession, name string, answer any) {
	t.Helper()
	schema, ok := resolved.Load(name)
	if !ok {
		list, err := c.ListTools(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, tool := range list.Tools {
			data, err := json.Marshal(tool.OutputSchema)
			if err != nil {
				t.Fatal(err)
			}
			var s jsonschema.Schema
			if err := json.Unmarshal(data, &s); err != nil {
				t.Fatal(err)
			}
			r, err := s.Resolve(nil)
			if err != nil {
				t.Fatalf("%s: %v", tool.Name, err)
			}
			resolved.Store(tool.Name, r)
		}
		schema, _ = resolved.Load(name)
	}
	if err := schema.(*jsonschema.Resolved).Validate(answer); err != nil {
		t.Errorf("%s: the answer does not fit the tool's schema: %v", name, err)
	}
}

// golden compares with a file; UPDATE=1 writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; UPDATE=1 rewrites it:\n%s", path, got)
	}
}

// indented is an answer for people to compare.
func indented(t *testing.T, text string) string {
	t.Helper()
	n, err := parseTree([]byte(text))
	if err != nil {
		return text + "\n"
	}
	compact, err := n.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if string(compact) != text {
		t.Errorf("an answer reads back differently")
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(n); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

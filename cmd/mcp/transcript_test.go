package mcp

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

var transcript = regexp.MustCompile("(?s)```text\n> (\\w+) ([^\n]*)\n(.*?)```")

// The investigation in docs/assistants.md is what the tools answer. UPDATE=1
// writes the answers anew.
func TestTranscript(t *testing.T) {
	const path = "../../docs/assistants.md"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := client(t, bundled(t, "day"), nil)
	calls := 0
	page := transcript.ReplaceAllStringFunc(string(data), func(block string) string {
		calls++
		part := transcript.FindStringSubmatch(block)
		var args map[string]any
		if err := json.Unmarshal([]byte(part[2]), &args); err != nil {
			t.Fatalf("%s: %v", part[2], err)
		}
		text, failed := call(t, c, part[1], args)
		if failed {
			t.Errorf("%s %s: %s", part[1], part[2], text)
		}
		got := indented(t, text)
		if got != part[3] && os.Getenv("UPDATE") == "" {
			t.Errorf("%s %s answers\n%s", part[1], part[2], got)
		}
		return strings.TrimSuffix(block, part[3]+"```") + got + "```"
	})
	if calls < 5 {
		t.Errorf("%d calls: the pattern is broken", calls)
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

package controller

import (
	"os"
	"strings"
	"testing"
)

// docs/formats.md has the table of messages: UPDATE=1 writes it.
func TestPageHasEachMessage(t *testing.T) {
	const page, from, to = "../../docs/formats.md", "<!-- messages of controllers: written by UPDATE=1 go test ./parse/controller -->\n", "<!-- messages of controllers end -->\n"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), from)
	had, after, found := strings.Cut(rest, to)
	if !ok || !found {
		t.Fatalf("%s lost the marks around its table of messages", page)
	}
	var want strings.Builder
	for i := range messages {
		m := &messages[i]
		words := "`" + strings.TrimSpace(m.words) + "`"
		if m.also != "" {
			words += " with `" + strings.TrimSpace(m.also) + "`"
		}
		want.WriteString("| " + words + " | " + m.releases + " | `" + m.kind.String() + "` |\n")
	}
	switch {
	case had == want.String():
	case os.Getenv("UPDATE") == "":
		t.Fatalf("%s differs from the messages; UPDATE=1 go test ./parse/controller rewrites it", page)
	default:
		if err := os.WriteFile(page, []byte(before+from+want.String()+to+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

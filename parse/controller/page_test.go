package controller

import (
	"strings"
	"testing"

	"faultline/docs/page"
)

// docs/formats.md has the table of messages: UPDATE=1 writes it.
func TestPageHasEachMessage(t *testing.T) {
	const path, from, to = "../../docs/formats.md", "<!-- messages of controllers: written by UPDATE=1 go test ./parse/controller -->\n", "<!-- messages of controllers end -->\n"
	var want strings.Builder
	for i := range messages {
		m := &messages[i]
		words := "`" + strings.TrimSpace(m.words) + "`"
		if m.also != "" {
			words += " with `" + strings.TrimSpace(m.also) + "`"
		}
		want.WriteString("| " + words + " | " + m.releases + " | `" + m.kind.String() + "` |\n")
	}
	page.Holds(t, path, from, to, want.String())
}

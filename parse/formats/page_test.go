package formats

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// The marks around what docs/formats.md has from the formats themselves.
const (
	pageFrom = "<!-- formats: written by UPDATE=1 go test ./parse/formats -->\n"
	pageTo   = "<!-- formats end -->\n"
)

// docs/formats.md lists each format with who writes it and what it is, as its
// value says: UPDATE=1 writes the table.
func TestPageListsEachFormat(t *testing.T) {
	const page = "../../docs/formats.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), pageFrom)
	had, after, found := strings.Cut(rest, pageTo)
	if !ok || !found {
		t.Fatalf("%s lost the marks around its table of formats", page)
	}
	want := table()
	if had == want {
		return
	}
	if os.Getenv("UPDATE") == "" {
		t.Fatalf("%s differs from the formats; UPDATE=1 go test ./parse/formats rewrites it", page)
	}
	if err := os.WriteFile(page, []byte(before+pageFrom+want+pageTo+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

func table() string {
	var out strings.Builder
	out.WriteString("| format | what | who writes it, since when | whose words |\n| --- | --- | --- | --- |\n")
	cell := strings.NewReplacer("|", `\|`, "\n", " ")
	for _, f := range All() {
		doc, _, _ := strings.Cut(f.Doc, "\n")
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", f.Name, cell.Replace(strings.TrimSuffix(doc, ".")), cell.Replace(f.Origin), f.Role)
	}
	return out.String()
}

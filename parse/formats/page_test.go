package formats

import (
	"fmt"
	"strings"
	"testing"

	"faultline/docs/page"
)

// The marks around what docs/formats.md has from the formats themselves.
const (
	pageFrom = "<!-- formats: written by UPDATE=1 go test ./parse/formats -->\n"
	pageTo   = "<!-- formats end -->\n"
)

// docs/formats.md lists each format with who writes it and what it is, as its
// value says: UPDATE=1 writes the table.
func TestPageListsEachFormat(t *testing.T) {
	page.Holds(t, "../../docs/formats.md", pageFrom, pageTo, table())
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

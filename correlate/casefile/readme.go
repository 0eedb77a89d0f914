package casefile

import (
	_ "embed"
	"fmt"
	"io"
	"strings"
)

// Readme is the README.md of every case, with the SQL that docs/case.md and
// the interoperability checks use.
//
//go:embed README.case.md
var Readme string

func writeReadme(w io.Writer, m *Manifest) error {
	var list strings.Builder
	for _, t := range tables {
		fmt.Fprintf(&list, "| %s.parquet | %s |\n", t.name(), t.doc())
	}
	text := strings.ReplaceAll(Readme, "{{tables}}\n", list.String())
	_, err := io.WriteString(w, strings.ReplaceAll(text, "{{schema}}", m.Schema))
	return err
}

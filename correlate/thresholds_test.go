package correlate_test

import (
	"fmt"
	"strings"
	"testing"

	"faultline/correlate"
	docspage "faultline/docs/page"
)

// The page has the thresholds as the code has them.
func TestThresholdsAreWrittenDown(t *testing.T) {
	const path, begin, end = "../docs/statistics.md", "<!-- thresholds -->\n", "<!-- end -->"
	var table strings.Builder
	table.WriteString("| § | what | needs | because |\n| --- | --- | --- | --- |\n")
	for _, one := range correlate.Thresholds() {
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", one.Section, one.Decides, one.Value, one.Why)
	}
	docspage.Holds(t, path, begin, end, table.String())
}

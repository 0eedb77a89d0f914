package correlate_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"faultline/correlate"
)

// The page has the thresholds as the code has them.
func TestThresholdsAreWrittenDown(t *testing.T) {
	const path, begin, end = "../docs/statistics.md", "<!-- thresholds -->\n", "<!-- end -->"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| § | what | needs | because |\n| --- | --- | --- | --- |\n")
	for _, one := range correlate.Thresholds() {
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", one.Section, one.Decides, one.Value, one.Why)
	}
	before, rest, _ := strings.Cut(string(text), begin)
	_, after, _ := strings.Cut(rest, end)
	want := before + begin + table.String() + end + after
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(text) {
		t.Error("docs/statistics.md is not what the code says: UPDATE=1 go test ./correlate")
	}
}

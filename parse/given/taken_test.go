package given_test

import (
	"bytes"
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/given"
	"faultline/parse/parsetest"
)

// What files of collectors say of when they were taken stands in the file.
func TestTaken(t *testing.T) {
	parsetest.Lines(t, "testdata/taken.golden", given.Taken)
}

// A file of the most bytes is read, and a larger one is not.
func TestMaxBytes(t *testing.T) {
	const most = 1 << 20
	head := "notes: a\n#"
	for size, want := range map[int][2]int{most: {1, 0}, most + 1: {0, 1}} {
		text := head + strings.Repeat("x", size-len(head))
		b := parse.NewBatch(false, false)
		if err := given.Format.Document(strings.NewReader(text), b); err != nil {
			t.Fatal(err)
		}
		entries, problems := given.Parse([]byte(text))
		if got := [2]int{len(b.Facts), len(b.Problems)}; got != want || len(entries) != want[0] || len(problems) != want[1] {
			t.Errorf("%d bytes: %d, %d entries, %d problems", size, got, len(entries), len(problems))
		}
	}
	if b := parse.NewBatch(false, false); given.Format.Document(bytes.NewReader(make([]byte, 3*most)), b) != nil || len(b.Problems) != 1 || b.Counts.Unparsed != 1 || !strings.Contains(b.Problems[0].Text, "larger than 1 MiB") {
		t.Errorf("three of them: %v", b.Problems)
	}
}

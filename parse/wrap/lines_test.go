package wrap_test

import (
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
	"faultline/parse/wrap"
)

// All that a wrapper reads of a line, up to the byte.
func TestLines(t *testing.T) {
	var all []*parse.Format
	for _, w := range wrap.All() {
		if w.Strip != nil {
			all = append(all, parsetest.Stripping(w))
		}
	}
	parsetest.Lines(t, "testdata/lines.golden", all...)
}

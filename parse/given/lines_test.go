package given_test

import (
	"testing"

	"faultline/parse"
	"faultline/parse/given"
	"faultline/parse/parsetest"
)

// All that is read of a file of facts, as it is written on.
func TestPages(t *testing.T) {
	parsetest.Pages(t, "testdata/pages.golden", []*parse.Format{given.Format})
}

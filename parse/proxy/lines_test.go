package proxy

import (
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// All that is read of a line in each form, up to the byte.
func TestLines(t *testing.T) {
	parsetest.Lines(t, "testdata/lines.golden", Format)
	parsetest.Lines(t, "testdata/policy.golden", Policy)
	parsetest.Lines(t, "testdata/validator.golden", Validator)
	parsetest.Lines(t, "testdata/response.golden", Response)
}

// What several lines tell of one request or address.
func TestPages(t *testing.T) {
	parsetest.Pages(t, "testdata/pages.golden", []*parse.Format{Format})
}

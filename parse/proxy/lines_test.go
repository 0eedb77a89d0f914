package proxy

import (
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// All that is read of a line in each form, up to the byte.
func TestLines(t *testing.T) {
	parsetest.Lines(t, Format, "testdata/lines.golden")
	parsetest.Lines(t, Policy, "testdata/policy.golden")
	parsetest.Lines(t, Validator, "testdata/validator.golden")
	parsetest.Lines(t, Response, "testdata/response.golden")
}

// What several lines tell of one request or address.
func TestPages(t *testing.T) {
	parsetest.Pages(t, parsetest.By([]*parse.Format{Format}), "testdata/pages.golden")
}

package record_test

import (
	"testing"

	"faultline/parse/formats"
	"faultline/parse/parsetest"
	"faultline/parse/record"
)

// All that is read of a record and of a row, up to the byte, and of small exports.
func TestLines(t *testing.T) {
	parsetest.Lines(t, "testdata/lines.golden", parsetest.Stripping(record.JSON))
	parsetest.Lines(t, "testdata/table.golden", parsetest.Stripping(record.Table))
	parsetest.Pages(t, "testdata/pages.golden", formats.All(), formats.Wrappers()...)
}

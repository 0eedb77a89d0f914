package app

import (
	"testing"

	"faultline/parse/parsetest"
)

// All that is read of a line of any program, and of a server of applications, up to the byte.
func TestLines(t *testing.T) {
	parsetest.Lines(t, "testdata/lines.golden", Format)
	parsetest.Lines(t, "testdata/servers.golden", Server)
}

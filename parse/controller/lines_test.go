package controller

import (
	"testing"

	"faultline/parse/parsetest"
)

// All that is read of a line in each carrier, up to the byte.
func TestLines(t *testing.T) { parsetest.Lines(t, "testdata/lines.golden", Format) }

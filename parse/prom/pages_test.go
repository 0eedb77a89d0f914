package prom

import (
	"testing"

	"faultline/parse/parsetest"
)

// All that is read of small exports of each form, as they are written on.
func TestPages(t *testing.T) { parsetest.Pages(t, "testdata/pages.golden", Formats()) }

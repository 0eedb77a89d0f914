package kubelet

import (
	"testing"

	"faultline/parse/parsetest"
)

// All that is read of pages and tables as kubectl prints them, of objects and of logs,
// up to the byte.
func TestWhole(t *testing.T) {
	for _, name := range []string{"describe", "tables", "objects", "yaml", "log"} {
		parsetest.Pages(t, "testdata/"+name+".golden", Formats())
	}
	parsetest.Lines(t, "testdata/kubelet.golden", Log)
	parsetest.Lines(t, "testdata/api.golden", API)
	parsetest.Lines(t, "testdata/audit.golden", Audit)
	parsetest.Lines(t, "testdata/monitor.golden", Monitor)
}

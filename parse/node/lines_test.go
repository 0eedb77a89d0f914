package node

import (
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// What is read of each line, of each beginning of it, and with another byte in it, stands in the files.
func TestLines(t *testing.T) {
	parsetest.Lines(t, "testdata/lines.golden", Format)
	parsetest.Lines(t, "testdata/cni.golden", CNI)
}

// What stands between a paste's beginning and the kernel's words is no more than a host's name.
func TestPasted(t *testing.T) {
	const kill = "[ 7042.118300] Out of memory: Killed process 71 (java) total-vm:1kB"
	for text, took := range map[string]bool{
		"wk-2 kernel: " + kill:        true,
		"w kernel: " + kill:           true,
		" kernel: " + kill:            false,
		"kernel: " + kill:             true,
		"on wk-2 kernel: " + kill:     false,
		"wk-2 kernel: ":               false,
		"wk-2 kernel: Out of memory:": false,
		"wk-2 kernel: Out of memory: Killed process 71 (java)": false,
		"kernel: Out of memory: Killed process 71 (java)":      true,
	} {
		b := parse.NewBatch(false, false)
		if v := line(&parse.Line{Text: []byte(text), No: 1}, b); (v == parse.Took) != took {
			t.Errorf("%q: verdict %d", text, v)
		}
	}
}

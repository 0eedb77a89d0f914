package node

import (
	"testing"

	"faultline/parse"
	"faultline/parse/parsetest"
)

func TestCNI(t *testing.T) {
	for text, want := range map[string]parse.Verdict{
		"[2024-03-01 13:00:01] /host/opt/cni/bin is non-writeable, failure":                   parse.Took,
		"[2024-03-01 13:00:01] Failed to copy /opt/cni/bin/linkerd-cni to /host/opt/cni/bin.": parse.Took,
		"[2024-03-01 13:00:01] ERROR caught, exiting...":                                      parse.Took,
		"[2024-03-01 13:00:01] Wrote linkerd CNI binaries to /host/opt/cni/bin":               parse.Other,
		"[2024-03-01 13:00:01] Created CNI config /host/etc/cni/net.d/10-calico.conflist":     parse.Other,
		"[2024-03-01 13:00:01] Ignoring event: CREATE /host/etc/cni/net.d/x; no real changes": parse.Other,
		"[2024-03-01 13:00:01] something else of another program":                             parse.NotMine,
		"[2024-03-01 13:00:01] /host/opt/cni/bin is writeable":                                parse.NotMine,
		"/host/opt/cni/bin is non-writeable, failure":                                         parse.NotMine,
		"[2024-03-01 13:00:01 +0000] [1] [INFO] Exiting.":                                     parse.NotMine,
		"[yesterday at noon, ok] Exiting.":                                                    parse.NotMine,
	} {
		b := parse.NewBatch(false, false)
		l := &parse.Line{Text: []byte(text), No: 1}
		if v := CNI.Line(l, b); v != want || (v == parse.Took) != (len(b.Events) == 1) || v != parse.NotMine && l.Clock != parse.ClockWall {
			t.Errorf("%s: verdict %d, want %d, %d events", text, v, want, len(b.Events))
		}
	}
}

func FuzzCNI(f *testing.F) { parsetest.FuzzLine(f, CNI) }

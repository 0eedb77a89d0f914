package record

import (
	"testing"

	"faultline/parse"
)

// A record of journalctl -o export is its message, with its time and machine; what
// is no such record keeps all of its bytes.
func TestExport(t *testing.T) {
	const text = "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1706880151250000\n_HOSTNAME=n1\nSYSLOG_IDENTIFIER=kernel\nMESSAGE=a=b: table full"
	var p parse.Prefix
	if got, ok := Export.Strip([]byte(text), &p); !ok || string(got) != "a=b: table full" || p.Stamp/1e6 != 1706880151250 || string(p.Node) != "n1" || string(p.Unit) != "kernel" {
		t.Errorf("%q %v %+v", got, ok, p)
	}
	for _, other := range []string{"__CURSOR=s=1", "MESSAGE=x", "__CURSOR=s=1\nMESSAGE=x", "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1706880151250000\nMESSAGE\n"} {
		if got, ok := Export.Strip([]byte(other), &p); ok || string(got) != other {
			t.Errorf("%q is a record: %q", other, got)
		}
	}
	for next, want := range map[string]bool{"_HOSTNAME=n1": true, "": false, "  ": false, "__CURSOR=s=2": false} {
		if Export.Open([]byte("__CURSOR=s=1\n_PID=7"), []byte(next)) != want {
			t.Errorf("goes on with %q: not %v", next, want)
		}
	}
}

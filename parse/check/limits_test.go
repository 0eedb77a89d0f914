package check

import (
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/parsetest"
)

// A check's line is a mark and a name of more than two bytes that begins with a letter or a quote.
func TestMarked(t *testing.T) {
	for text, want := range map[string]string{
		"√ can query": "can query", "× abc": "abc", "‼ zed ": "zed", "× Zed": "Zed", "× Abc": "Abc", "× ab": "", "× {bc": "", "× `bc": "", "× 'bc'": "'bc'", "× 1bc": "", "x abc": "", "×abc": "", "": "",
	} {
		name, _, ok := marked([]byte(text))
		if string(name) != want || ok != (want != "") {
			t.Errorf("%q names %q, %t", text, name, ok)
		}
		var d parse.Detail
		detail([]byte(text), &d)
		if (len(d.Attrs) > 0) != (want != "") || want != "" && d.Message != want || want == "" && d.Message != text {
			t.Errorf("%q is shown as %q, %v", text, d.Message, d.Attrs)
		}
	}
	begins := failing()
	if len(begins) != 54 || begins[0] != "× a" || begins[51] != "‼ z" || begins[53] != "‼ '" {
		t.Errorf("%q", begins)
	}
}

// A 504 is of the limit that it took as long as, up to 2 % longer.
func TestWaited(t *testing.T) {
	for took, want := range map[time.Duration]parse.Cause{
		time.Second: parse.CauseConnectTimeout, 1020 * time.Millisecond: parse.CauseConnectTimeout, 3 * time.Second: parse.CauseFailfast, 3060 * time.Millisecond: parse.CauseFailfast,
		time.Second - 1: waited(0), 1020*time.Millisecond + 1: waited(0), 3*time.Second - 1: waited(0), 3060*time.Millisecond + 1: waited(0), 2 * time.Second: waited(0),
	} {
		if got := waited(took); got != want {
			t.Errorf("%s: %s, want %s", took, got, want)
		}
	}
	if none := waited(0); none == parse.CauseConnectTimeout || none == parse.CauseFailfast {
		t.Error(none)
	}
}

// A status of 500 and more that tap shows failed, whatever it was.
func TestTapStatus(t *testing.T) {
	for status, want := range map[string]int{"499": 0, "500": 1, "504": 1, "599": 1, "50": 0, "5000": 0} {
		b := parse.NewBatch(false, false)
		tapLine(&parse.Line{No: 1, Text: []byte("rsp id=1:0 proxy=out src=10.0.0.1:4 dst=10.0.0.2:80 tls=true :status=" + status + " latency=3000000µs")}, b)
		if len(b.Events) != want {
			t.Errorf("%s: %d events", status, len(b.Events))
		}
	}
}

// A line that is cut off anywhere is read as far as it goes.
func TestCuts(t *testing.T) {
	parsetest.Cuts(t, Format, "× control plane pods are ready", "Status check results are ×", "Status check results are √")
	parsetest.Cuts(t, Tap, "rsp id=1:0 proxy=out src=10.0.0.1:4 dst=10.0.0.2:80 tls=true :status=504 latency=3000000µs", "end id=2:1 proxy=in src=10.0.0.1:4 dst=10.0.0.2:80 tls=true grpc-status=Unavailable duration=12µs response-length=0B")
}

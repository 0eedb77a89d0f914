package report_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"faultline/correlate/report"
	"faultline/fixtures"
	"faultline/parse"
)

// Every event is one record, also one that has no time, and each time is the
// case's own to the nanosecond.
func TestOTLPHasEveryEvent(t *testing.T) {
	for _, i := range fixtures.Incidents() {
		c, text := open(t, i.Name)
		var out bytes.Buffer
		if err := report.WriteOTLP(&out, c, text, report.Filter{}); err != nil {
			t.Fatal(err)
		}
		want := map[string]int{}
		for p := range c.Timeline() {
			if e := c.At(p); e.Kind != parse.LogOther {
				want[c.KindName(e.Kind)]++
			}
		}
		for line := range strings.Lines(out.String()) {
			var data struct {
				ResourceLogs []struct {
					ScopeLogs []struct {
						LogRecords []struct{ EventName string }
					}
				}
			}
			if err := json.Unmarshal([]byte(line), &data); err != nil {
				t.Fatal(err)
			}
			for _, r := range data.ResourceLogs {
				for _, s := range r.ScopeLogs {
					for _, l := range s.LogRecords {
						want[l.EventName]--
					}
				}
			}
		}
		for kind, n := range want {
			if n != 0 {
				t.Errorf("%s: %d events of %s are missing", i.Name, n, kind)
			}
		}
	}
}

// traceEvent is an event of a trace as its readers take it.
type traceEvent struct {
	Name, Ph string
	TS, Dur  float64
	Pid, Tid int
	Args     map[string]any
}

// Slices of one thread never overlap in part, every thread is named, and what is
// not in the trace is counted.
func TestTracesAreSound(t *testing.T) {
	for _, i := range fixtures.Incidents() {
		c, text := open(t, i.Name)
		var out bytes.Buffer
		left, err := report.WritePerfetto(&out, c, text, report.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		var trace struct{ TraceEvents []traceEvent }
		if err := json.Unmarshal(out.Bytes(), &trace); err != nil {
			t.Fatal(i.Name, err)
		}
		type thread struct{ pid, tid int }
		named, ends := map[thread]bool{}, map[thread]float64{}
		told := 0
		for _, e := range trace.TraceEvents {
			at := thread{e.Pid, e.Tid}
			switch e.Ph {
			case "M":
				named[at] = true
				continue
			case "X":
				if e.Dur <= 0 || e.TS < ends[at] {
					t.Errorf("%s: %s begins at %v, in the one before it", i.Name, e.Name, e.TS)
				}
				ends[at] = e.TS + e.Dur
			case "C":
				if v, ok := e.Args["value"].(float64); !ok || math.IsNaN(v) {
					t.Errorf("%s: %v is no sample", i.Name, e.Args)
				}
				continue
			}
			if !named[at] && !named[thread{e.Pid, 0}] {
				t.Errorf("%s: %s is of a thread that has no name", i.Name, e.Name)
			}
			if e.Pid > 1 {
				told++
			}
		}
		all, ended := 0, 0
		for p := range c.Timeline() {
			switch c.At(p).Kind {
			case parse.LogOther:
			case parse.ProxyFailfastExit: // ends what began
				ended++
			default:
				all++
			}
		}
		if told+left < all-ended || told+left > all+ended || told+left == 0 && all > 0 {
			t.Errorf("%s: %d events in the trace and %d left out, of %d and %d ends", i.Name, told, left, all, ended)
		}
	}
}

// What a log says gets into neither form as a control character.
func TestExportsOfHostileText(t *testing.T) {
	c, text := hostile(t)
	var out bytes.Buffer
	if _, err := report.WritePerfetto(&out, c, text, report.Filter{}); err != nil || !json.Valid(out.Bytes()) {
		t.Error(err, out.String())
	}
	out.Reset()
	if err := report.WriteOTLP(&out, c, text, report.Filter{}); err != nil || !json.Valid(out.Bytes()) || !strings.Contains(out.String(), `"severityNumber":13`) {
		t.Error(err, out.String())
	}
}

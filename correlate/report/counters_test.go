package report_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/fixtures"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

// counted are texts whose lines are easily counted twice, or not at all.
var counted = map[string]string{
	"an end within a paste":  "2022-01-03T13:28:32.354503Z     info    klog    Trace[1]: \"X\"\n\tTrace[1]: [102.144017ms] [102.144017ms] END\n",
	"an end in a ticket":     "we saw this\nI0202 13:22:28.655000       1 trace.go:205] Trace[7]: \"DeltaFIFO Pop Process\" ID:a/b,Depth:12,Reason:slow event handlers blocking the queue (02-Feb-2024 13:22:28.553) (total time: 102ms):\nTrace[7]: [102.144017ms] [102.144017ms] END\n",
	"parts in a ticket":      "look\n2024-02-02T13:22:28.1Z stdout P [   369.298746s]  WARN ThreadId(01) outbound: linkerd_stack::failfast: Service entering\n2024-02-02T13:22:28.1Z stdout F  failfast after 3s\nthere\n",
	"prose, lines and marks": "> [   366.299401s]  WARN ThreadId(01) outbound: linkerd_stack::failfast: Service entering failfast after 3s\n\n```\nAge  Type\n```\n2m Warning Unhealthy pod/web-0 Readiness probe failed: HTTP probe failed with statuscode: 500\nthe end",
	"nothing":                "",
	"blank":                  "\n\n \n",
	"no end of a line":       "time=\"2024-02-02T13:22:29Z\" level=info msg=\"Trace[1]: \\\"DeltaFIFO Pop",
}

// Lines are events, repeats, others or not understood, and each is one of
// these: of every source and every run of a paste, wherever it is cut, with and
// without patterns of the user's.
func TestCounters(t *testing.T) {
	texts := map[string]string{}
	for name, text := range counted {
		texts[name] = text
	}
	for name, text := range fuzzed(t) {
		texts[name] = text
	}
	match, err := parse.ParseMatch("x=e")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range texts {
		for _, piece := range []int{1, 61, 1 << 20} {
			for _, matches := range [][]parse.Match{nil, {match}} {
				tally(t, fmt.Sprintf("%s in pieces of %d, %d patterns", name, piece, len(matches)), piece, matches, bundle.Memory("a", []byte(text)))
				tally(t, name+" twice", piece, matches, bundle.Memory("a", []byte(text)), bundle.Memory("b", []byte(text)))
			}
		}
	}
	for _, incident := range fixtures.Incidents() {
		in, _, err := fixtures.Inputs(incident.Name)
		if err != nil {
			t.Fatal(err)
		}
		tally(t, incident.Name, 0, nil, in...)
	}
}

// fuzzed are the seeds that the fuzz targets of the parsers keep.
func fuzzed(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	files, _ := filepath.Glob("../../parse/*/testdata/fuzz/*/*")
	more, _ := filepath.Glob("../../parse/testdata/fuzz/*/*")
	for _, path := range append(files, more...) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			for _, kind := range []string{"string(", "[]byte("} {
				if quoted, ok := strings.CutPrefix(strings.TrimSpace(line), kind); ok {
					if text, err := strconv.Unquote(strings.TrimSuffix(quoted, ")")); err == nil {
						out[path] = text
					}
				}
			}
		}
	}
	return out
}

func tally(t *testing.T, name string, piece int, matches []parse.Match, in ...parse.Input) {
	t.Helper()
	c, err := parse.Read(context.Background(), in, parse.WithMatches(formats.All(), matches), formats.Wrappers(), parse.Options{Piece: piece}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Matches = matches
	var all uint64
	for i := range c.Sources {
		n := c.Sources[i].Counts
		all += n.Lines
		if n.Lines != n.Events+n.Other+n.Unparsed || n.Events > n.Lines || n.Other > n.Lines {
			t.Errorf("%s: %+v", name, n)
		}
	}
	judged := correlate.Judge(correlate.NewIndex(c), correlate.Options{})
	for _, s := range report.Sources(judged) {
		all -= s.Lines
		if s.Lines != s.Events+s.Other+s.Unparsed+s.Duplicate || max(s.Events, s.Other, s.Unparsed, s.Duplicate) > s.Lines {
			t.Errorf("%s: %s: %d lines, %d events, %d other, %d not understood, %d repeats", name, s.Path, s.Lines, s.Events, s.Other, s.Unparsed, s.Duplicate)
		}
	}
	if all != 0 {
		t.Errorf("%s: %d lines are in no row, or in two", name, int64(all))
	}
	if err := report.WriteSources(io.Discard, judged, "table"); err != nil {
		t.Error(err)
	}
}

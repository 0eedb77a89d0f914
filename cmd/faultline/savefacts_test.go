package main

import (
	"bytes"
	"context"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"faultline/correlate"
	"faultline/fixtures"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/given"
	"faultline/tui"
)

// What was said on the screen is what is read from the file that it was
// written to, whatever the names and texts are.
func TestFactsFileIsReadAgain(t *testing.T) {
	at := parse.Time(time.Date(2024, 2, 2, 13, 16, 19, 254_000_001, time.UTC).UnixNano())
	want := tui.Facts{
		Anchors: []correlate.AnchorRule{
			{Glob: "web/linkerd-proxy", Life: 1, Zero: at, Within: 1500 * time.Millisecond, By: "ann"},
			{Glob: `odd \[1\] "name": #x`, Life: 0, Zero: at, By: "O'Brien, \"sre\""},
			{Glob: "api/linkerd-proxy", Life: 0, Rejected: true, By: "ann"},
			{Glob: "nobody.log", Life: 0, Zero: at},
		},
		Captured: []correlate.CaptureRule{{Glob: "describe.txt", Time: at, Within: 8250001 * time.Microsecond, By: "ann"}, {Glob: "other.txt", Rejected: true}},
		Marks: []correlate.Mark{
			{Text: "a note: without a time"},
			{At: 0, Own: true, Source: "web/linkerd-proxy#1", Text: ""},
			{At: 371_200_000_001, Own: true, Source: "web/linkerd-proxy#1", Text: "odd {x}\t\u202e # no comment"},
			{At: at, Text: "first alert"},
		},
		By: "ann\nanchors: {}",
	}
	text := factsFile(want)
	in := []parse.Input{bundle.Memory(given.Name, []byte(text))}
	captured, err := parse.Read(context.Background(), in, []*parse.Format{given.Format}, nil, parse.Options{Keeper: bundle.NewText()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range captured.Sources[0].Problems {
		t.Errorf("%s\n%v", text, p)
	}
	c := correlate.Judge(correlate.NewIndex(captured), correlate.Options{})
	got := tui.Facts{Anchors: c.Options.Anchors, Captured: c.Options.Captured, Marks: c.Marks(), By: want.By}
	for i := range got.Anchors {
		got.Anchors[i].Proof = nil
	}
	for i := range got.Captured {
		got.Captured[i].Proof = nil
	}
	for i := range got.Marks {
		got.Marks[i].Ref = nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read\n%+v\nwant\n%+v\nfrom\n%s", got, want, text)
	}
}

// A case exported from the screen keeps what was said there, and by whom.
func TestExportKeepsWhatWasSaid(t *testing.T) {
	var out bytes.Buffer
	a := &app{ctx: context.Background(), name: "faultline", stdin: strings.NewReader(""), stdout: &out, stderr: &out, log: logrus.New()}
	in, _, err := fixtures.Inputs("report")
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.judge(in, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer c.text.Close()
	ports := a.ports(c)
	zero := parse.Time(time.Date(2024, 2, 2, 13, 16, 19, 0, time.UTC).UnixNano())
	facts := tui.Facts{
		Anchors: []correlate.AnchorRule{{Glob: "*", Life: -1, Zero: zero, By: "ann"}},
		Marks:   []correlate.Mark{{At: 369e9, Own: true, Source: c.SourceName(0) + "#0", Text: "the first"}},
		By:      "ann",
	}
	path := filepath.Join(t.TempDir(), "case.zip")
	if _, err := ports.Export(ports.Judge(correlate.Options{Anchors: facts.Anchors}), path, facts, nil); err != nil {
		t.Fatal(err)
	}
	again, err := a.load([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	defer again.text.Close()
	if got := again.Case.Marks(); !reflect.DeepEqual(got, facts.Marks) {
		t.Errorf("marks %+v", got)
	}
	for s := range again.Anchors {
		if k := again.Streams[s].Clock; k == parse.ClockUptime && (again.Anchors[s].Zero != zero || again.Anchors[s].Why != "given by ann") {
			t.Errorf("%s: %+v", again.SourceName(s), again.Anchors[s])
		}
	}
}

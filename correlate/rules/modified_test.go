package rules_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/correlate/rules"
	"faultline/fixtures"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

// The same bytes with another modification time give the same verdict, incidents,
// periods and failures: of all bundled incidents and tickets.
func TestModifiedDecidesNothing(t *testing.T) {
	dumps := map[string][]parse.Input{}
	for _, i := range fixtures.Incidents() {
		in, ok, err := fixtures.Inputs(i.Name)
		if err != nil || !ok {
			t.Fatal(i.Name, err)
		}
		dumps[i.Name] = in
	}
	tickets, err := filepath.Glob("../../fixtures/tickets/*")
	if err != nil || len(tickets) == 0 {
		t.Fatal(err, "no tickets")
	}
	for _, path := range tickets {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		dumps[filepath.Base(path)] = []parse.Input{bundle.Memory(filepath.Base(path), text)}
	}
	for name, in := range dumps {
		last := saidOf(t, in, time.Time{}).last
		var want []byte
		for _, modified := range []time.Time{{}, last.Add(2 * time.Minute), last.Add(20 * time.Hour), last.Add(400 * 24 * time.Hour), time.Date(2031, 2, 28, 23, 59, 59, 0, time.UTC)} {
			got := saidOf(t, in, modified).text
			if want == nil {
				want = got
			}
			if string(got) != string(want) {
				t.Errorf("%s, written %s:\n%s\nwant\n%s", name, modified, got, want)
			}
		}
	}
}

type judgement struct {
	last time.Time
	text []byte
}

// saidOf is what must not hang on when files were written.
func saidOf(t *testing.T, in []parse.Input, modified time.Time) (j judgement) {
	t.Helper()
	in = append([]parse.Input{}, in...)
	for i := range in {
		in[i].Modified = modified
	}
	text := bundle.NewText()
	defer text.Close()
	captured, err := parse.Read(context.Background(), in, formats.All(), formats.Wrappers(), parse.Options{Keeper: text}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := correlate.Judge(correlate.NewIndex(captured), correlate.Options{})
	rules.Conclude(c)
	r := report.Of(c, text, "test")
	if j.text, err = json.MarshalIndent([]any{r.Verdict, r.Incidents, r.Periods, r.ByStatus}, "", " "); err != nil {
		t.Fatal(err)
	}
	if at, ok := c.Last(&correlate.Options{}); ok {
		j.last = time.Unix(0, int64(at))
	}
	return j
}

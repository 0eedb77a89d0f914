package query

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/formats"
)

// A page of metrics without times takes no part in the default range of a query,
// whenever its file was written: alone and in expressions with dated samples.
func TestUndatedSamplesStretchNoRange(t *testing.T) {
	const page = "# TYPE depth gauge\ndepth{pod=\"b\"} 7\n# TYPE other gauge\nother 1\n"
	dated := answer(matrix("depth", `,"pod":"a"`, 15, 1, 2, 3, 4, 5, 6, 7, 8, 9))
	log := "time=\"2023-11-14T22:15:00Z\" level=info msg=\"line\"\n"
	ask := func(expr string, modified time.Time, texts ...string) (*Result, error) {
		var in []parse.Input
		for i, text := range texts {
			in = append(in, parse.Input{Path: fmt.Sprint("file-", i), Size: int64(len(text)), Rereadable: true, Modified: modified,
				Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }})
		}
		c, err := parse.Read(context.Background(), in, formats.All(), formats.Wrappers(), parse.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return New(correlate.Judge(correlate.NewIndex(c), correlate.Options{})).Range(context.Background(), expr, 0, 0, 15*time.Second)
	}
	for _, expr := range []string{"depth", `{__name__=~"depth|other"}`, "sum(depth) or other", "max by (pod) (depth) + 1", "absent(nothing)"} {
		want, err := ask(expr, time.Time{}, dated, log)
		if err != nil {
			t.Fatal(expr, err)
		}
		for _, modified := range []time.Time{{}, time.Unix(t0+60, 0), time.Unix(t0-86400, 0), time.Unix(t0+86400*300, 0)} {
			got, err := ask(expr, modified, dated, page, log)
			if err != nil {
				t.Fatal(expr, err)
			}
			if got.From != want.From || got.To != want.To {
				t.Errorf("%s, written %s: from %v to %v, want %v to %v", expr, modified.UTC(), got.From, got.To, want.From, want.To)
			}
		}
	}
}

// A page of metrics stands where the user says that it was taken, whatever names it,
// else where it was written; said to have no time, it has none.
func TestWhenAPageWasTaken(t *testing.T) {
	f := files{"a": "# TYPE depth gauge\ndepth 7\n", "log": "time=\"2023-11-14T22:15:00Z\" level=info msg=\"line\"\n"}
	for said, want := range map[string]int64{
		"a=2023-11-14T22:14:30Z":   1_700_000_070,
		"?=2023-11-14T22:14:30Z":   1_700_000_070,
		"a=22:14:30":               1_700_000_070,
		"a=none":                   0,
		"log=2023-11-14T22:14:30Z": 1_700_009_999,
	} {
		r, ok := correlate.ParseCapture(said)
		if !ok {
			t.Fatal(said)
		}
		e := f.engine(t, correlate.Options{Captured: []correlate.CaptureRule{r}})
		there := func(s int64) bool {
			got, err := e.Instant(context.Background(), "depth", parse.Time(s*1_000_000_000))
			if err != nil {
				t.Fatal(said, err)
			}
			return len(got.Series) > 0
		}
		if want == 0 && there(1_700_010_000) || want != 0 && (there(want-1) || !there(want)) {
			t.Errorf("%s: its sample is not of %d", said, want)
		}
	}
}

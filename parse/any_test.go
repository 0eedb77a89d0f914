package parse_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	known "faultline/parse/formats"
)

// Where all lines are asked for, one that no format reads is there with its time,
// and is counted as not understood all the same.
func TestAnyLineWithATime(t *testing.T) {
	for text, want := range map[string]string{
		"<13>1 2025-11-03T09:14:02.331Z edge-1 steeple 71 - - the bell was rung":                                   "2025-11-03T09:14:02.331Z",
		"2025-11-03T09:14:02.331Z stdout F the bell was rung":                                                      "2025-11-03T09:14:02.331Z",
		`{"log":"the bell was rung\n","stream":"stdout","time":"2025-11-03T09:14:02.331Z"}`:                        "2025-11-03T09:14:02.331Z",
		`{"ts":"2025-11-03T09:14:02.331Z","msg":"the bell was rung"}`:                                              "2025-11-03T09:14:02.331Z",
		`10.0.0.7 >> [03/Nov/2025:09:14:02 +0000] >> bell, rung, 7`:                                                "2025-11-03T09:14:02Z",
		`bell=rung at=1762161242331 by=nobody time=1762161242331`:                                                  "2025-11-03T09:14:02.331Z",
		`{"@timestamp":"2025-11-03T09:14:02.331Z","message":"the bell was rung","kubernetes":{"pod_name":"bell"}}`: "2025-11-03T09:14:02.331Z",
		"the bell was rung": "",
	} {
		open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text + "\n")), nil }
		c, err := parse.Read(t.Context(), []parse.Input{{Path: "x", Open: open}}, known.All(), known.Wrappers(), parse.Options{Others: true}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, s := range c.Streams {
			for _, e := range s.Events {
				got += time.Unix(0, int64(e.Time)-int64(e.Grain.Width())/2).UTC().Format(time.RFC3339Nano)
				if e.Kind != parse.LogOther {
					got += fmt.Sprint(" ", e.Kind)
				}
			}
		}
		if n := c.Sources[0].Counts; got != want || n.Unparsed != 1 {
			t.Errorf("%s: %q, want %q: %+v", text, got, want, n)
		}
	}
}

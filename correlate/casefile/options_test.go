package casefile

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// everyOption has every field of every option set.
func everyOption() correlate.Options {
	ref := parse.Ref{Source: 0, Line: 1, Off: 0, Len: 9}
	return correlate.Options{
		Anchors: []correlate.AnchorRule{
			{Glob: "nothere*", Life: 2, Line: 7, Zero: 1706878800e9, Within: time.Second, By: "flag"},
			{Glob: "nor-this", Life: -1, Bare: true, Zero: 3600e9, Rejected: true, Proof: []parse.Ref{ref}},
		},
		Captured: []correlate.CaptureRule{{Glob: "x*", Time: 1706878800e9, Bare: true, Within: time.Minute, Rejected: true, By: "file", Proof: []parse.Ref{ref}}},
		Periods:  []time.Duration{77 * time.Second, 15 * time.Minute},
		Failures: []correlate.FailureRule{{Kind: "ingress.response", Status: [][2]int{{500, 599}, {429, 429}}}, {Kind: "user.odd"}},
		Since:    1, Until: 1906878800e9, Namespace: "*", Pod: "*",
		Marks: []correlate.Mark{{At: 1706878900e9, Source: "a#1", Own: true, Text: "deployed", Ref: &ref}, {Text: "a note"}},
	}
}

// Cases with every option that there is come back with all of them, those that
// older versions wrote as well. UPDATE=1 writes the one of this schema if it is new.
func TestEveryOptionIsKept(t *testing.T) {
	path := filepath.Join("testdata", fmt.Sprintf("options-v%d.%d.zip", Major, Minor))
	if _, err := os.Stat(path); err != nil && os.Getenv("UPDATE") != "" {
		j := odd(t)
		j.options = everyOption()
		write(t, path, j, Options{Arguments: []string{"export", "odd"}})
	}
	list, _ := filepath.Glob("testdata/options-v*.zip")
	if len(list) == 0 {
		t.Fatal("none is kept")
	}
	for _, path := range list {
		f, err := Open(path)
		if err != nil {
			t.Fatal(path, err)
		}
		if want := everyOption(); !reflect.DeepEqual(f.Manifest.Options(), want) {
			t.Errorf("%s:\n%+v\nwant\n%+v", path, f.Manifest.Options(), want)
		}
		f.Close()
	}
}

func TestOptionsAreReadStrictly(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		{`{}`, ""},
		{`{"Anchors":null,"Captured":null,"Periods":[60000000000],"Failures":null,"Since":0,"Until":0,"Namespace":"","Pod":""}`, ""},
		{`{"periods_ns":[60000000000]}`, ""},
		{`{"periods_ns":[60000000000],"weights":{}}`, `unknown field "weights"`},
		{`{"failures":[{"kind":"x","statuses":[[500,599]]}]}`, `unknown field "statuses"`},
		{`{"Periods":[60000000000],"anchors":[{"glob":"x","zero_ns":1}]}`, "unknown field"},
		{`{"periods_ns":"ten minutes"}`, "cannot unmarshal string"},
		{`{"periods_ns":[60000000000]`, "unexpected EOF"},
	} {
		var j judgedWith
		err := j.UnmarshalJSON([]byte(c.data))
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", c.data, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "get a newer one") {
			t.Errorf("%s: %v, want %s", c.data, err, c.want)
		}
	}
}

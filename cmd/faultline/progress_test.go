package main

import (
	"testing"
	"time"

	"faultline/parse"
)

// What is left is told where it is known, and nothing where it is not.
func TestProgressSays(t *testing.T) {
	plain := parse.Input{Size: 100e6, Rereadable: true}
	for want, in := range map[string][]parse.Input{
		"reading: 1 of 2 files, 50 of 200 MB, 25 MB/s, 6 s left": {plain, plain},
		"reading: 1 files, 50 MB, 25 MB/s":                       {plain, {Size: 100e6}},
	} {
		if got := (&app{}).progress(in).says(parse.Progress{Sources: 1, Bytes: 50e6}, 2*time.Second); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

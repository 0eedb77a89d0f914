package main

import (
	"bytes"
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

// What is done is said from a second on, and nothing of it is left when it is done.
func TestStageLine(t *testing.T) {
	var out bytes.Buffer
	l := &stageLine{began: time.Now()}
	l.say(&out, "clocks")
	if out.Len() > 0 {
		t.Errorf("%q at once", out.String())
	}
	l.began = l.began.Add(-time.Hour)
	l.say(&out, "periods")
	l.clear()
	l.clear()
	l.show() // the timer's, which comes too late
	if want := "\rperiods…\x1b[K\r\x1b[K"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

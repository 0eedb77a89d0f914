package main

import (
	"testing"
	"unicode/utf8"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/given"
	"faultline/tui"
)

// FuzzSaidOnTheScreen reads a facts file again that the screen wrote: it has one
// entry for what was said, and marks have their text.
func FuzzSaidOnTheScreen(f *testing.F) {
	f.Add("*/proxy.log", "the first page", "ann", int64(1706880000000000000), uint8(2))
	f.Add("a\x00b", "quote \" hash # line\u2028end \\ tab\t", "x by y within 3s", int64(7), uint8(3))
	f.Add("- [x]: {", "---\n...", "", int64(1<<61), uint8(0))
	f.Fuzz(func(t *testing.T, glob, text, by string, at int64, kind uint8) {
		if glob == "" || text == "" || at <= 0 || at > 4_000_000_000e9 || !utf8.ValidString(glob+text+by) {
			return
		}
		facts := tui.Facts{By: by}
		switch kind % 4 {
		case 0:
			facts.Anchors = []correlate.AnchorRule{{Glob: glob, Life: int(kind / 4), Zero: parse.Time(at), By: by}}
		case 1:
			facts.Captured = []correlate.CaptureRule{{Glob: glob, Time: parse.Time(at), By: by}}
		case 2:
			facts.Marks = []correlate.Mark{{At: parse.Time(at), Text: text}}
		case 3:
			facts.Marks = []correlate.Mark{{Text: text}}
		}
		file := factsFile(facts)
		entries, problems := given.Parse([]byte(file))
		if len(problems) > 0 || len(entries) != 1 {
			t.Fatalf("%q: %d entries, %v", file, len(entries), problems)
		}
		if kind%4 > 1 && entries[0].Value != text {
			t.Errorf("%q was read again as %q", text, entries[0].Value)
		}
	})
}

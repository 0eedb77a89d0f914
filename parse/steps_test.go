package parse_test

import (
	"strings"
	"testing"

	"faultline/parse"
)

// A step or an end of a trace whose head is not in the source is no event's line,
// wherever the source is cut.
func TestOrphanSteps(t *testing.T) {
	const (
		head = "I0202 13:22:28.655000    1122 trace.go:236] Trace[%]: \"List\" (02-Feb-2024 13:22:28.553) (total time: 1102ms):\n"
		step = "Trace[%]: ---\"Objects listed\" error:<nil> 1050ms (13:22:29.603)\n"
		end  = "Trace[%]: [1.102s] [1.102s] END\n"
	)
	of := func(id string, lines ...string) string { return strings.ReplaceAll(strings.Join(lines, ""), "%", id) }
	for name, f := range map[string]struct {
		text          string
		events, other uint64
	}{
		"whole":             {of("7", head, step, end), 3, 0},
		"two steps":         {of("7", head, step, step, end), 4, 0},
		"no head":           {of("9", step, end) + of("7", head, step, end), 3, 2},
		"no end":            {of("7", head, step) + of("9", step, step), 2, 2},
		"the newest first":  {of("7", end, step, head) + of("9", end, step), 3, 2},
		"one in another":    {of("7", head) + of("9", step) + of("7", step, end), 3, 1},
		"steps and no more": {of("9", step, step, step), 0, 3},
	} {
		for piece := range len(f.text) + 1 {
			c := read(t, parse.Options{Piece: piece, Workers: 1 + piece%3}, input("trace.log", []byte(f.text), 0))
			if got := c.Sources[0].Counts; got.Events != f.events || got.Other != f.other || got.Unparsed != 0 {
				t.Fatalf("%s in pieces of %d: %+v, want %d of events and %d others", name, piece, got, f.events, f.other)
			}
		}
	}
}

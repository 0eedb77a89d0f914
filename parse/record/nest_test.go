package record_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// splitting are the wrappers of runtimes that split a long line: they print a
// part that is not the last.
var splitting = map[string]func(at time.Time, part string) string{
	"cri": func(at time.Time, l string) string { return at.Format(time.RFC3339Nano) + " stderr P " + l },
	"docker": func(at time.Time, l string) string {
		return fmt.Sprintf(`{"time":"%s","stream":"stderr","_p":"P","log":%s}`, at.Format(time.RFC3339Nano), jsonString(l))
	},
}

// A log behind one to three wrappers, in any order, oldest or newest first, some
// of its lines split by the runtime: the events are those of the bare log, and
// every line of it is counted.
func TestAnyNesting(t *testing.T) {
	print := maps.Clone(exports)
	print["prefix"] = func(_ time.Time, l string) string {
		return "[pod/linkerd-destination-7d4b9c6f5-x2k7p/destination] " + l
	}
	all := slices.Sorted(maps.Keys(print))
	lines := mixture()
	want := told(readText(t, strings.Join(lines, "\n")+"\n"))
	begin := time.Date(2024, 2, 2, 13, 22, 0, 553145678, time.UTC)
	for seed := range uint64(250) {
		r := rand.New(rand.NewPCG(seed, 9))
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		chain := slices.Clone(all[:1+r.IntN(3)]) // the outermost first
		if slices.Contains(chain[1:], "csv") || slices.Contains(chain[1:], "portal") {
			continue // tables, which double quotes: nobody logs those
		}
		part := splitting[chain[len(chain)-1]]
		if chain[0] == "portal" {
			part = nil // quotes that are doubled and then split look like a value that is empty
		}
		var out []string
		for i, l := range lines {
			at := begin.Add(time.Duration(i) * time.Second)
			physical := []string{print[chain[len(chain)-1]](at, l)}
			if cut := 1 + r.IntN(len(l)-1); part != nil && r.IntN(3) == 0 {
				physical = []string{part(at, l[:cut]), print[chain[len(chain)-1]](at, l[cut:])}
			}
			for _, p := range physical {
				for k := len(chain) - 2; k >= 0; k-- {
					p = print[chain[k]](at, p)
				}
				out = append(out, p)
			}
		}
		if part == nil && r.IntN(2) == 0 {
			slices.Reverse(out)
		}
		c := readText(t, strings.Join(out, "\n")+"\n")
		n := c.Sources[0].Counts
		if got := told(c); !slices.Equal(got, want) || n.Events != uint64(len(out)) || len(c.Streams) != 2 {
			t.Errorf("seed %d, %v: %d events of %d, %d streams; wrappers %v, %+v\n%s", seed, chain, len(got), len(want), len(c.Streams), names(c), n, out[0])
		}
	}
}

// Tables as the CSV library of Go writes them, with other columns before the
// text, and with separators and quotes in it.
func TestReadsWhatCSVWrites(t *testing.T) {
	lines := mixture()
	want := told(readText(t, strings.Join(lines, "\n")+"\n"))
	begin := time.Date(2024, 2, 2, 13, 22, 0, 553145678, time.UTC)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.000", "Jan 2, 2006 @ 15:04:05.000", "1/2/2006, 3:04:05.000 PM", "2006-01-02T15:04:05.000-07:00"} {
		for _, comma := range []rune{',', ';'} {
			for _, more := range [][]string{{}, {"linkerd", "web-0"}, {`a "quoted" host, here`}} {
				var b bytes.Buffer
				w := csv.NewWriter(&b)
				w.Comma = comma
				for i, l := range lines {
					if err := w.Write(append(append([]string{begin.Add(time.Duration(i) * time.Second).Format(layout)}, more...), l)); err != nil {
						t.Fatal(err)
					}
				}
				w.Flush()
				if got := told(readText(t, b.String())); !slices.Equal(got, want) {
					first, _, _ := strings.Cut(b.String(), "\n")
					t.Errorf("%q %c %q: %d events of %d\n%s", layout, comma, more, len(got), len(want), first)
				}
			}
		}
	}
}

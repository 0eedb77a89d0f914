package correlate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/formats"
)

// stampedLine is one line of a proxy's log behind a stamp.
type stampedLine struct {
	pod   int
	at    time.Time     // when it happened
	late  time.Duration // of the stamp
	up    time.Duration
	print string
}

// stampLayouts are how tools print stamps: kubectl and a runtime, JavaScript,
// logcli.
var stampLayouts = map[string]time.Duration{
	"2006-01-02T15:04:05.000000000Z07:00": 0, time.RFC3339Nano: 0,
	"2006-01-02T15:04:05.000Z07:00": time.Millisecond, time.RFC3339: time.Second,
}

// podLines are the lines of pods of random ages, by pod and in the order of time.
func podLines(r *rand.Rand, layout string, lateMost time.Duration) (lines []stampedLine) {
	begin := time.Date(2024, 11, 4, 17, 0, 0, 0, time.UTC)
	for pod := range 1 + r.IntN(5) {
		born := begin.Add(-time.Duration(r.Float64() * 100 * float64(time.Hour)))
		at := begin
		for range 1 + r.IntN(40) {
			at = at.Add(time.Duration(r.ExpFloat64() * float64([]time.Duration{time.Millisecond, time.Second, time.Minute}[r.IntN(3)])))
			l := stampedLine{pod: pod, at: at, late: time.Duration(r.Float64() * float64(lateMost)), up: at.Sub(born).Truncate(time.Microsecond)}
			l.print = fmt.Sprintf("%s [%13.6fs]  WARN ThreadId(01) outbound:service{ns=shop name=web port=80}: linkerd_stack::failfast: Service entering failfast after 3s",
				at.Add(l.late).Format(layout), l.up.Seconds())
			lines = append(lines, l)
		}
	}
	return lines
}

// An event is never farther from the stamp on its own line than its interval
// says, whatever the ages of the pods, the order of their lines, and the cuts.
func TestNoEventContradictsItsStamp(t *testing.T) {
	r := rand.New(rand.NewPCG(18, 1))
	orders := map[string]func([]stampedLine){
		"pod after pod": func([]stampedLine) {},
		"interleaved": func(l []stampedLine) {
			slices.SortStableFunc(l, func(a, b stampedLine) int { return a.at.Compare(b.at) })
		},
		"newest first": func(l []stampedLine) {
			slices.SortStableFunc(l, func(a, b stampedLine) int { return b.at.Compare(a.at) })
		},
		"last pod first": func(l []stampedLine) {
			slices.SortStableFunc(l, func(a, b stampedLine) int { return b.pod - a.pod })
		},
	}
	for world := range 30 {
		for layout, width := range stampLayouts {
			for order, sort := range orders {
				lines := podLines(r, layout, []time.Duration{0, 40 * time.Millisecond, 900 * time.Millisecond}[world%3])
				sort(lines)
				name := fmt.Sprintf("world %d, %s, %s", world, layout, order)
				files := 1 + r.IntN(2)
				cut := r.IntN(len(lines) + 1)
				var in []parse.Input
				for f, part := range [][]stampedLine{lines[:cut], lines[cut:]} {
					if files == 1 && f == 0 {
						part = lines
					} else if files == 1 {
						break
					}
					in = append(in, file(fmt.Sprint(f, ".log"), prints(part)))
				}
				c := correlate.Judge(correlate.NewIndex(cutAt(t, 1+r.IntN(4000), in...)), correlate.Options{})
				held(t, name, c, lines, files, cut, width, world%3 < 2)
			}
		}
	}
}

// cutAt reads inputs in pieces of so many bytes.
func cutAt(t *testing.T, piece int, in ...parse.Input) *parse.Capture {
	t.Helper()
	c, err := parse.Read(t.Context(), in, formats.All(), formats.Wrappers(), parse.Options{Piece: piece}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func prints(lines []stampedLine) string {
	var out []string
	for _, l := range lines {
		out = append(out, l.print)
	}
	return strings.Join(out, "\n") + "\n"
}

// held checks each event against the stamp on its line and against the truth.
func held(t *testing.T, name string, c *correlate.Case, lines []stampedLine, files, cut int, width time.Duration, prompt bool) {
	t.Helper()
	for s := range c.Streams {
		for i, e := range c.Streams[s].Events {
			n := int(e.Line) - 1
			if files == 2 && c.Streams[s].Source == 1 {
				n += cut
			}
			l := lines[n]
			at, within, ok := c.Wall(correlate.Point{Stream: uint32(s), Event: uint32(i)})
			if !ok {
				t.Fatalf("%s: line %d has no time", name, e.Line)
			}
			when := time.Unix(0, int64(at))
			stamp := l.at.Add(l.late)
			if width > 0 {
				stamp = stamp.Truncate(width)
			}
			off := max(when.Sub(stamp.Add(width)), stamp.Sub(when)) // from the printed digit
			if off > within {
				t.Fatalf("%s: line %d at %s, %s from its stamp, ±%s\n%s", name, e.Line, when.UTC(), off, within, l.print)
			}
			// Stamps that are all very late move the clock with them.
			if off := when.Sub(l.at).Abs(); prompt && off > within {
				t.Fatalf("%s: line %d at %s, %s from the truth, ±%s\n%s", name, e.Line, when.UTC(), off, within, l.print)
			}
			if within > width+2*time.Second {
				t.Fatalf("%s: line %d ±%s\n%s", name, e.Line, within, l.print)
			}
		}
	}
}

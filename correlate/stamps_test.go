package correlate_test

import (
	"cmp"
	"fmt"
	"maps"
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
	born  time.Time // when its process started
	print string
}

// stampLayouts are how tools print stamps: kubectl and a runtime, JavaScript,
// logcli.
var stampLayouts = map[string]time.Duration{
	"2006-01-02T15:04:05.000000000Z07:00": 0, time.RFC3339Nano: 0,
	"2006-01-02T15:04:05.000Z07:00": time.Millisecond, time.RFC3339: time.Second,
}

// stampedHow are what tools write around a stamp, a pod and a line: kubectl with
// and without --prefix, stern, a runtime.
var stampedHow = []string{"%[1]s %[3]s", "[pod/web-%[2]d/linkerd-proxy] %[1]s %[3]s", "web-%[2]d linkerd-proxy %[1]s %[3]s", "%[1]s stdout F %[3]s"}

// podLines are the lines of pods of random ages, by pod and in the order of time:
// hours apart or within seconds, started again or not, events and others.
func podLines(r *rand.Rand, layout string, lateMost time.Duration) (lines []stampedLine) {
	begin := time.Date(2024, 11, 4, 17, 0, 0, 0, time.UTC)
	how := stampedHow[r.IntN(len(stampedHow))]
	ages := []float64{100 * 3600, 100 * 3600, 60, 4}[r.IntN(4)] // in which all pods were started
	restarts := r.IntN(3) == 0
	for pod := range 1 + r.IntN(5) {
		born := begin.Add(-time.Duration(r.Float64() * ages * float64(time.Second)))
		at := begin
		for range 1 + r.IntN(40) {
			at = at.Add(time.Duration(r.ExpFloat64() * float64([]time.Duration{time.Millisecond, time.Second, time.Minute}[r.IntN(3)])))
			if restarts && r.IntN(12) == 0 {
				at = at.Add(time.Duration(1+r.IntN(20)) * time.Second)
				born = at.Add(-time.Duration(r.Float64() * float64(2*time.Second)))
			}
			l := stampedLine{pod: pod, at: at, late: time.Duration(r.Float64() * float64(lateMost)), up: at.Sub(born).Truncate(time.Microsecond), born: born}
			text := "WARN ThreadId(01) outbound:service{ns=shop name=web port=80}: linkerd_stack::failfast: Service entering failfast after 3s"
			if r.IntN(4) == 0 {
				text = "INFO ThreadId(01) linkerd2_proxy: Certified identity"
			}
			l.print = fmt.Sprintf(how, at.Add(l.late).Format(layout), pod, fmt.Sprintf("[%13.6fs] %5s", l.up.Seconds(), text))
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
		"younger first": func(l []stampedLine) {
			slices.SortStableFunc(l, func(a, b stampedLine) int {
				return cmp.Or(b.born.Compare(a.born), a.at.Compare(b.at))
			})
		},
		"older first": func(l []stampedLine) {
			slices.SortStableFunc(l, func(a, b stampedLine) int {
				return cmp.Or(a.born.Compare(b.born), a.at.Compare(b.at))
			})
		},
	}
	worlds := 45
	if testing.Short() {
		worlds = 9
	}
	for world := range worlds {
		for _, layout := range slices.Sorted(maps.Keys(stampLayouts)) {
			width := stampLayouts[layout]
			for _, order := range slices.Sorted(maps.Keys(orders)) {
				sort := orders[order]
				lines := podLines(r, layout, []time.Duration{0, 40 * time.Millisecond, 900 * time.Millisecond}[world%3])
				sort(lines)
				name := fmt.Sprintf("world %d, %s, %s", world, layout, order)
				parts := inFiles(r, lines)
				var in []parse.Input
				for f, part := range parts {
					in = append(in, file(fmt.Sprint(f, ".log"), prints(part)))
				}
				c := correlate.Judge(correlate.NewIndex(cutAt(t, 1+r.IntN(4000), in...)), correlate.Options{})
				held(t, name, c, parts, width, world%3 < 2 && apart(lines, 3*(width+time.Second)))
			}
		}
	}
}

// inFiles puts lines into one file, into several at random cuts, or each pod's into
// its own.
func inFiles(r *rand.Rand, lines []stampedLine) (parts [][]stampedLine) {
	switch r.IntN(3) {
	case 0:
		return [][]stampedLine{lines}
	case 1:
		by := map[int]int{}
		for _, l := range lines {
			if _, ok := by[l.pod]; !ok {
				by[l.pod] = len(parts)
				parts = append(parts, nil)
			}
			parts[by[l.pod]] = append(parts[by[l.pod]], l)
		}
		return parts
	}
	for len(lines) > 0 {
		n := 1 + r.IntN(len(lines))
		parts, lines = append(parts, lines[:n]), lines[n:]
	}
	return parts
}

// apart says whether the starts of all processes lie farther apart than within: of
// nearer ones a stamp does not tell which is which.
func apart(lines []stampedLine, within time.Duration) bool {
	var starts []time.Time
	for _, l := range lines {
		starts = append(starts, l.born)
	}
	slices.SortFunc(starts, time.Time.Compare)
	starts = slices.Compact(starts)
	for i := 1; i < len(starts); i++ {
		if starts[i].Sub(starts[i-1]) < within {
			return false
		}
	}
	return true
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
func held(t *testing.T, name string, c *correlate.Case, parts [][]stampedLine, width time.Duration, prompt bool) {
	t.Helper()
	for s := range c.Streams {
		for i, e := range c.Streams[s].Events {
			l := parts[c.Streams[s].Source][e.Line-1]
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
			// Of pods that started within seconds of each other, whole seconds do not
			// tell which is which: then the interval holds all of their starts.
			if within > width+4*time.Second {
				t.Fatalf("%s: line %d ±%s\n%s", name, e.Line, within, l.print)
			}
		}
	}
}

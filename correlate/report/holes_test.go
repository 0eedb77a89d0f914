package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/fixtures/synth"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

// frozenHost are three logs, all of which are silent for four minutes, and one of
// them for ten more an hour later.
func frozenHost() []parse.Input {
	begin := time.Date(2024, 2, 2, 12, 0, 0, 0, time.UTC)
	log := func(every int, alone bool, line func(at time.Time, sec int) string) string {
		var b strings.Builder
		for at := 0; at < 7200; at += every {
			if at > 1000 && at < 1240 || alone && at > 5000 && at < 5600 {
				continue
			}
			b.WriteString(line(begin.Add(time.Duration(at)*time.Second), at))
		}
		return b.String()
	}
	access := func(at time.Time, sec int) string {
		return fmt.Sprintf("10.0.0.1 - - [%s] \"GET /cart HTTP/1.1\" 200 160 \"-\" \"curl/8\" 93 3.004 [shop-web-80] [] 10.1.2.3:8080 0 3.000 200 5a40181%025d\n", at.Format("02/Jan/2006:15:04:05 -0700"), sec)
	}
	return []parse.Input{file("a.log", log(2, false, access)), file("b.log", log(3, true, access)),
		file("destination.log", log(5, false, func(at time.Time, sec int) string {
			return fmt.Sprintf("time=\"%s\" level=info msg=\"line %d\"\n", at.Format(time.RFC3339), sec)
		}))}
}

// Whatever the JSON says was captured follows from the spans of the streams and the
// holes that it lists.
func TestCoverageFollowsFromHoles(t *testing.T) {
	gaps := func(seed uint64) (out []parse.Input) {
		files := synth.Memory{}
		k := synth.Default("resync")
		k.Seed, k.Hours, k.Gaps = seed, 6, true
		if _, err := synth.Generate(k, files); err != nil {
			t.Fatal(err)
		}
		for name, b := range files {
			out = append(out, bundle.Memory(name, b))
		}
		return out
	}
	for name, f := range map[string]struct {
		in    []parse.Input
		holes int // at least
	}{"a host that stood still": {frozenHost(), 2}, "gaps": {gaps(3), 2}, "other gaps": {gaps(11), 2}, "none": {world(t, "resync", 4, ""), 0}} {
		text := bundle.NewText()
		defer text.Close()
		c, err := parse.Read(context.Background(), f.in, formats.All(), formats.Wrappers(), parse.Options{Keeper: text}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := report.WriteJSON(&b, correlate.Judge(correlate.NewIndex(c), correlate.Options{}), text, "test"); err != nil {
			t.Fatal(err)
		}
		var r report.Report
		if err := json.Unmarshal(b.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if len(r.Holes) < f.holes {
			t.Errorf("%s: %d holes, want %d at least", name, len(r.Holes), f.holes)
		}
		t.Run(name, func(t *testing.T) { recomputed(t, &r) })
	}
}

type stretch struct{ from, to time.Time }

func stretchOf(t *testing.T, s [2]string) stretch {
	t.Helper()
	from, err := time.Parse(time.RFC3339Nano, s[0])
	to, err2 := time.Parse(time.RFC3339Nano, s[1])
	if err != nil || err2 != nil || to.Before(from) {
		t.Fatalf("%v is no stretch", s)
	}
	return stretch{from, to}
}

// recomputed checks every number of a report that rests on what was captured.
func recomputed(t *testing.T, r *report.Report) {
	var served []stretch
	silent := map[int][]stretch{}
	for _, s := range r.Sources {
		var want []stretch
		for _, st := range s.Streams {
			if st.Span == nil {
				continue
			}
			left := stretchOf(t, *st.Span)
			for _, h := range st.Holes {
				q := stretchOf(t, h)
				silent[st.ID] = append(silent[st.ID], q)
				want = append(want, stretch{left.from, q.from})
				if st.Serves && st.CopyOf == nil {
					served = append(served, want[len(want)-1])
				}
				left.from = q.to
			}
			want = append(want, left)
			if st.Serves && st.CopyOf == nil {
				served = append(served, left)
			}
		}
		if len(want) != len(s.Coverage) {
			t.Fatalf("%s: captured in %d stretches, and %d follow from its holes", s.Path, len(s.Coverage), len(want))
		}
		for i, cov := range s.Coverage {
			if got := stretchOf(t, cov); !got.from.Equal(want[i].from) || !got.to.Equal(want[i].to) {
				t.Errorf("%s: captured %v, and %v follows", s.Path, got, want[i])
			}
		}
	}
	told := map[int]int{}
	for _, h := range r.Holes {
		q := stretchOf(t, [2]string{h.From, h.To})
		if math.Abs(q.to.Sub(q.from).Seconds()-h.Length) > 1e-6 {
			t.Errorf("a hole of %v lasts %g s", q, h.Length)
		}
		for _, s := range h.Streams {
			told[s]++
			in := false
			for _, own := range silent[s] {
				in = in || !own.from.After(q.from.Add(time.Millisecond)) && !q.to.After(own.to.Add(time.Millisecond))
			}
			if !in {
				t.Errorf("stream %d has no silence in which the hole %v lies", s, q)
			}
		}
	}
	for s, list := range silent {
		if told[s] < len(list) {
			t.Errorf("stream %d has %d silences in holes, and is in %d holes", s, len(list), told[s])
		}
	}
	hours := [24]float64{}
	const step = time.Second
	for at := range seconds(served) { // by the second, whatever overlaps
		hours[time.Unix(at, 0).UTC().Hour()] += step.Hours()
	}
	for _, h := range r.When.Hours {
		if math.Abs(h.Captured-hours[h.Hour]) > 0.02 {
			t.Errorf("hour %d: %.3f h captured, and %.3f follow", h.Hour, h.Captured, hours[h.Hour])
		}
	}
}

// seconds are those that lie in any of some stretches.
func seconds(in []stretch) map[int64]bool {
	out := map[int64]bool{}
	for _, s := range in {
		for at := s.from.Unix(); at < s.to.Unix(); at++ {
			out[at] = true
		}
	}
	return out
}

// A stretch in which nothing was running is said in the text and drawn over all
// lanes of the page, and a hole of one log is said.
func TestHolesAreShown(t *testing.T) {
	text := bundle.NewText()
	defer text.Close()
	captured, err := parse.Read(context.Background(), frozenHost(), formats.All(), formats.Wrappers(), parse.Options{Keeper: text}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := correlate.Judge(correlate.NewIndex(captured), correlate.Options{})
	var plain bytes.Buffer
	if err := report.WriteText(&plain, c, text, report.Style{Verbose: true, Command: "faultline"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"nothing at all was logged for 4m", "a hole in the capture of b.log: no line for 10m"} {
		if said := strings.Join(strings.Fields(plain.String()), " "); !strings.Contains(said, want) {
			t.Errorf("%q is not in the text: %s", want, said)
		}
	}
	if page := page(t, c, text); !strings.Contains(page, `class="hole"`) || !strings.Contains(page, "nothing was running or captured, ") {
		t.Error("the page does not draw the stretch in which nothing was running")
	}
}

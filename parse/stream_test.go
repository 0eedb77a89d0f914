package parse_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/fixtures/synth"
	"faultline/parse"
)

// at is a proxy's line at an uptime in seconds.
func at(uptime float64) string {
	return fmt.Sprintf("[%13.6fs]  INFO ThreadId(01) outbound: linkerd_app_core::serve: Connection closed error=x client.addr=10.0.0.1:5000", uptime)
}

func lifelines(uptimes ...float64) (lines []string) {
	for _, u := range uptimes {
		lines = append(lines, at(u))
	}
	return lines
}

// show tells streams as "pod life lines first-last [from to]", in order.
func show(c *parse.Capture) string {
	var out []string
	for i := range c.Streams {
		s := &c.Streams[i]
		mixed := ""
		if s.Interleaved {
			mixed = " mixed"
		}
		var spans []string
		for _, x := range s.Coverage {
			if s.Clock != parse.ClockUptime {
				spans = append(spans, s.Clock.String())
				continue
			}
			spans = append(spans, fmt.Sprintf("%v-%v", time.Duration(x.From), time.Duration(x.To)))
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s life %d%s: %d lines %d-%d, %s", c.Name(s.Pod), s.Life, mixed, s.Lines, s.FirstLine, s.LastLine, strings.Join(spans, " "))))
	}
	return strings.Join(out, "\n")
}

func TestRestartsAndMixtures(t *testing.T) {
	f := func(name string, lines []string, want ...string) {
		t.Helper()
		if got := show(text(t, lines...)); got != strings.Join(want, "\n") {
			t.Errorf("%s:\n got %s\nwant %s", name, got, strings.Join(want, "\n     "))
		}
	}
	f("one life", lifelines(0.5, 20, 900, 901), "life 0: 4 lines 1-4, 500ms-15m1s")
	f("threads out of order", lifelines(10, 9.5, 10.2, 9.3), "life 0: 4 lines 1-4, 9.3s-10.2s")
	f("a restart", lifelines(100, 200, 0.001, 20, 30), "life 0: 2 lines 1-2, 1m40s-3m20s", "life 1: 3 lines 3-5, 1ms-30s")
	f("a restart that grows older than the life before", lifelines(100, 200, 0.001, 20, 199, 201, 203, 210, 400),
		"life 0: 2 lines 1-2, 1m40s-3m20s", "life 1: 7 lines 3-9, 1ms-6m40s")
	f("a crash loop", lifelines(0.1, 3, 0.1, 9, 0.1, 4, 0.1, 12),
		"life 0: 2 lines 1-2, 100ms-3s", "life 1: 2 lines 3-4, 100ms-9s", "life 2: 2 lines 5-6, 100ms-4s", "life 3: 2 lines 7-8, 100ms-12s")
	f("a crash loop that says nothing at first", lifelines(40, 300, 45, 310, 38, 280),
		"life 0: 2 lines 1-2, 40s-5m0s", "life 1: 2 lines 3-4, 45s-5m10s", "life 2: 2 lines 5-6, 38s-4m40s")
	f("two pods, line by line", lifelines(1000, 50, 1001, 51, 1002, 52, 1003, 53),
		"life 0 mixed: 4 lines 1-7, 16m40s-16m43s", "life 0 mixed: 4 lines 2-8, 50s-53s")
	f("two pods, the younger first", lifelines(50, 1000, 51, 1001, 52, 1002, 53, 1003),
		"life 0 mixed: 4 lines 1-7, 50s-53s", "life 0 mixed: 4 lines 2-8, 16m40s-16m43s")
	f("two pods, in blocks", lifelines(1000, 1000.5, 50, 50.5, 1001, 1001.5, 51, 51.5, 1002),
		"life 0 mixed: 5 lines 1-9, 16m40s-16m42s", "life 0 mixed: 4 lines 3-8, 50s-51.5s")
	f("three pods", lifelines(1000, 50, 500, 1001, 51, 501, 1002, 502, 52, 53, 1003, 503),
		"life 0 mixed: 4 lines 1-11, 16m40s-16m43s", "life 0 mixed: 4 lines 2-10, 50s-53s", "life 0 mixed: 4 lines 3-12, 8m20s-8m23s")
	f("two pods with a prefix", []string{"[pod/a/linkerd-proxy] " + at(1000), "[pod/b/linkerd-proxy] " + at(50), "[pod/a/linkerd-proxy] " + at(1001), "[pod/b/linkerd-proxy] " + at(51), "[pod/a/linkerd-proxy] " + at(0.01)},
		"a life 0: 2 lines 1-3, 16m40s-16m41s", "b life 0: 2 lines 2-4, 50s-51s", "a life 1: 1 lines 5-5, 10ms-10ms")
}

// Pods that are mixed without a prefix come apart again, whole, when their
// ages differ by more than their silences.
func TestMixedPodsComeApart(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for range 200 {
		pods := make([]float64, 2+r.IntN(3))
		for i := range pods {
			pods[i] = float64(i)*3600 + r.Float64()*1800
		}
		r.Shuffle(len(pods), func(i, j int) { pods[i], pods[j] = pods[j], pods[i] })
		pause, now := 0.01+r.Float64()*20, 0.0
		var lines []string
		counts := make([]int, len(pods))
		for range 200 {
			now += r.Float64() * 2 * pause
			i := r.IntN(len(pods))
			counts[i]++
			lines = append(lines, at(pods[i]+now))
		}
		c := text(t, lines...)
		var got []int
		for i := range c.Streams {
			if !c.Streams[i].Interleaved || c.Streams[i].Life != 0 {
				t.Fatalf("stream %d is a life", i)
			}
			got = append(got, int(c.Streams[i].Lines))
		}
		slices.Sort(got)
		slices.Sort(counts)
		if !slices.Equal(got, counts) {
			t.Fatalf("%.2fs between lines of pods at %v: streams of %d lines, want %d", pause, pods, got, counts)
		}
	}
}

// Pods of one age may not come apart, but are never called restarts.
func TestMixedPodsAreCalledMixed(t *testing.T) {
	for seed := range uint64(10) {
		c := synth.Default("resync")
		c.Seed, c.Hours, c.Timestamps = seed, 2, true
		made := synth.Memory{}
		if _, err := synth.Generate(c, made); err != nil {
			t.Fatal(err)
		}
		all := read(t, parse.Options{}, input("mixed", interleaved(made), 0))
		for i := range all.Streams {
			if s := &all.Streams[i]; !s.Interleaved || s.Life != 0 {
				t.Errorf("seed %d: stream %d is life %d", seed, i, s.Life)
			}
		}
		if p := all.Sources[0].Problems; len(p) != 1 || !strings.Contains(p[0].Text, "mixed without a prefix") {
			t.Errorf("seed %d: %v", seed, p)
		}
	}
}

// No life is ever invented or joined, however often a process restarts.
func TestLivesAreCounted(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 300 {
		var lines []string
		lives := 1 + r.IntN(5)
		for range lives {
			up := r.Float64() * 0.5
			for range 2 + r.IntN(40) {
				lines = append(lines, at(up))
				up += 1.5 + r.ExpFloat64()*60
			}
		}
		c := text(t, lines...)
		if len(c.Streams) != lives || c.Streams[lives-1].Life != lives-1 || len(c.Sources[0].Problems) > 0 {
			t.Fatalf("%d lives:\n%s\n%s", lives, show(c), strings.Join(lines, "\n"))
		}
	}
}

// Lines without a stamp go with the stamped ones before them where their uptimes
// go on from those, and not where another pod's log begins: that is older by
// whatever it is older.
func TestLinesWithoutAStamp(t *testing.T) {
	start := time.Date(2024, 2, 2, 13, 0, 0, 0, time.UTC)
	stamped := func(age float64, uptimes ...float64) (lines []string) {
		for _, u := range uptimes {
			wall := start.Add(time.Duration((u - age) * 1e9))
			lines = append(lines, wall.Format("2006-01-02T15:04:05.000000000Z ")+at(u))
		}
		return lines
	}
	young, old := stamped(300, 300, 360, 420), stamped(90_000, 90_000, 90_060, 90_120)
	for name, c := range map[string]struct {
		parts [][]string
		want  string
	}{
		"it goes on":               {[][]string{young, lifelines(480, 540)}, "5: 1-5"},
		"beyond every pause":       {[][]string{young, lifelines(480, 1200)}, "4: 1-4|1: 5-5"},
		"and its stamps are back":  {[][]string{young, lifelines(480, 4000), stamped(300, 4060)}, "6: 1-6"},
		"an older pod":             {[][]string{young, lifelines(90_000, 90_060, 90_120)}, "3: 1-3|3: 4-6"},
		"one line of an older pod": {[][]string{young, lifelines(5000)}, "3: 1-3|1: 4-4"},
		"the rest and an older pod, which is stamped further on": {[][]string{young, lifelines(480, 540, 89_880, 89_940), old},
			"5: 1-5|2: 6-7|3: 8-10"},
		"a younger pod":             {[][]string{old, lifelines(300, 360)}, "3: 1-3|2: 4-5"},
		"an older pod before it":    {[][]string{lifelines(90_000, 90_060), young}, "2: 1-2|3: 3-5"},
		"one stamp, slow lines":     {[][]string{stamped(300, 300), lifelines(420, 540, 660)}, "4: 1-4"},
		"one stamp, an older pod":   {[][]string{stamped(300, 300), lifelines(90_000, 90_060, 90_120)}, "1: 1-1|3: 2-4"},
		"two lines, a minute apart": {[][]string{stamped(300, 300), lifelines(350)}, "2: 1-2"},
	} {
		for _, piece := range []int{0, 1} {
			var got []string
			capture := read(t, parse.Options{Piece: piece}, input("x", []byte(strings.Join(slices.Concat(c.parts...), "\n")), 0))
			for i := range capture.Streams {
				s := &capture.Streams[i]
				got = append(got, fmt.Sprintf("%d: %d-%d", s.Lines, s.FirstLine, s.LastLine))
			}
			if text := strings.Join(got, "|"); text != c.want {
				t.Errorf("%s, pieces of %d: %s, want %s", name, piece, text, c.want)
			}
		}
	}
}

func TestSilencesAndTies(t *testing.T) {
	stamp := func(s string, uptime float64) string { return "2024-02-02T13:" + s + "Z " + at(uptime) }
	c := text(t, stamp("00:10.5", 10), stamp("00:11.2", 11), stamp("02:11.9", 131.5), stamp("03:11.4", 191.499), stamp("04:11.499", 251.499))
	s := &c.Streams[0]
	want := []parse.Span{{From: 11e9, To: 131.5e9}, {From: 191.499e9, To: 251.499e9}}
	if !slices.Equal(s.Silences, want) {
		t.Errorf("silences %v, want %v", s.Silences, want)
	}
	// The fourth line's stamp is the least late, the first one's the latest.
	zero := time.Date(2024, 2, 2, 13, 0, 0, 0, time.UTC).UnixNano()
	if len(s.Ties) != 2 || s.Ties[0].Ref.Line != 4 || int64(s.Ties[0].Wall-s.Ties[0].Own) != zero-99e6 ||
		s.Ties[1].Ref.Line != 1 || int64(s.Ties[1].Wall-s.Ties[1].Own) != zero+500e6 {
		t.Errorf("ties %+v", s.Ties)
	}
	if len(c.Sources[0].Wrappers) != 1 || c.Sources[0].Wrappers[0].Name != "timestamps" {
		t.Errorf("wrappers %v", c.Sources[0].Wrappers)
	}
}

// A line without a time goes with the latest of its own process, and before
// the first with that.
func TestLinesWithoutATime(t *testing.T) {
	head := func(pod string, id int) string {
		return "[pod/" + pod + "/d] " + strings.ReplaceAll(klogHead, "7]:", fmt.Sprint(id, "]:"))
	}
	end := func(pod string, id int) string {
		return "[pod/" + pod + "/d] " + strings.ReplaceAll(klogEnd, "7]:", fmt.Sprint(id, "]:"))
	}
	c := text(t, end("a", 1), end("b", 2), head("a", 3), "[pod/a/linkerd-proxy] "+at(50), head("b", 4), end("a", 3), end("b", 4))
	if got, want := show(c), "a life 0: 3 lines 1-6, yearless\nb life 0: 3 lines 2-7, yearless\na life 0: 1 lines 4-4, 50s-50s"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, i := range []int{0, 1} {
		if e := c.Streams[i].Events; len(e) != 1 || e[0].Lasted != 120463103 {
			t.Errorf("stream %d: %+v", i, e)
		}
	}
	if got := show(text(t, klogEnd, klogEnd, klogEnd)); got != "life 0: 3 lines 1-3," {
		t.Errorf("only ends: %s", got)
	}
}

// A trace that is printed twice, by two carriers: each copy gets an end, in one
// piece as in many, and wherever the ends stand.
func TestTracePrintedTwice(t *testing.T) {
	for _, lines := range [][]string{
		{klogHead, klogHead, klogEnd, klogEnd}, {klogHead, klogEnd, klogHead, klogEnd},
		{klogEnd, klogHead, klogEnd, klogHead}, {klogEnd, klogEnd, klogHead, klogHead}, {klogEnd, klogHead, klogHead, klogEnd},
	} {
		for _, piece := range []int{0, 1} {
			e := read(t, parse.Options{Piece: piece}, input("x", []byte(strings.Join(lines, "\n")), 0)).Streams[0].Events
			if len(e) != 2 || e[0].Lasted != 120463103 || e[1].Lasted != 120463103 {
				t.Errorf("pieces of %d: %+v", piece, e)
			}
		}
	}
}

// An id says too little: replicas and restarted processes count from the same
// start, so an end is for a head that agrees in the milliseconds. A head
// without an end keeps those.
func TestTracesWithOneID(t *testing.T) {
	slow := strings.ReplaceAll(klogHead, "120ms", "980ms")
	slowEnd := strings.ReplaceAll(klogEnd, "120.463103ms", "980.7ms")
	for _, lines := range [][]string{
		{klogHead, slow, slowEnd, klogEnd}, {klogHead, slow, klogEnd, slowEnd}, {slowEnd, klogHead, klogEnd, slow}, {klogEnd, slowEnd, klogHead, slow},
	} {
		for _, piece := range []int{0, 1} {
			for _, e := range read(t, parse.Options{Piece: piece}, input("x", []byte(strings.Join(lines, "\n")), 0)).Streams[0].Events {
				if e.Lasted != 120463103 && e.Lasted != 980700000 {
					t.Errorf("pieces of %d, %q: %v", piece, lines, e.Lasted)
				}
			}
		}
	}
	e := text(t, slow, klogEnd).Streams[0].Events
	if len(e) != 1 || e[0].Lasted != 980*time.Millisecond {
		t.Errorf("without its end: %+v", e)
	}
}

// Prose cuts a pasted file into runs; lines of two programs in one run are two
// streams, and blank lines cut nothing.
func TestPastedRuns(t *testing.T) {
	const synced = `time="2024-02-02T13:22:28Z" level=info msg="caches synced"`
	c := text(t, "We saw this:", noEndpoints, "", synced, failfast, "and then", "later on", at(380), "* "+at(381), "> "+synced, "`"+at(20)+"`", "Any ideas?",
		"| 2024-02-02T13:22:28.5Z "+at(21)+" |", "bye")
	want := strings.Join([]string{
		"life 0: 2 lines 2-5, 6m6.299401s-6m9.298746s",
		"life 0: 1 lines 4-4, wall",
		"life 0: 2 lines 8-9, 6m20s-6m21s",
		"life 0: 1 lines 10-10, wall",
		"life 1: 1 lines 11-11, 20s-20s",
		"life 0: 1 lines 13-13, 21s-21s",
	}, "\n")
	if got := show(c); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if s := c.Sources[0]; !s.Pasted || s.Counts.Prose != 5 || s.Format != "proxy" {
		t.Errorf("%+v", s)
	}
}

func TestReportIsPasted(t *testing.T) {
	for name, data := range map[string][]byte{"plain": report(t), "quoted": []byte("> " + strings.ReplaceAll(string(report(t)), "\n", "\n> "))} {
		c := read(t, parse.Options{}, input(name, data, 0))
		if len(c.Streams) != 2 || len(c.Streams[0].Events) != 3 || len(c.Streams[1].Events) != 3 || c.Sources[0].Counts.Unparsed != 0 {
			t.Errorf("%s: %+v\n%s", name, c.Sources[0], show(c))
		}
	}
}

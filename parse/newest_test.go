package parse_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

// export prints lines as CloudWatch does, each at so many seconds.
func export(lines []string, when func(i int) int) (out []string) {
	begin := time.Date(2024, 2, 2, 13, 22, 0, 0, time.UTC)
	for i, l := range lines {
		at := begin.Add(time.Duration(when(i)) * time.Second)
		out = append(out, fmt.Sprintf("%d\t%s\t%s", at.UnixMilli(), at.Format("2006-01-02T15:04:05.000Z"), l))
	}
	return out
}

func eachSecond(i int) int { return i }

func backwards(lines []string) []byte {
	lines = slices.Clone(lines)
	slices.Reverse(lines)
	return []byte(strings.Join(lines, "\n") + "\n")
}

// life is what a stream says, wherever its lines stand.
func life(c *parse.Capture, s *parse.Stream) string {
	var out strings.Builder
	fmt.Fprintln(&out, s.Format, s.Clock, c.Name(s.Pod), s.Life, s.Interleaved, s.Lines, s.Coverage, s.Silences, s.Volume)
	for _, tie := range s.Ties {
		fmt.Fprintln(&out, tie.Own, tie.Wall)
	}
	for _, e := range s.Events {
		fmt.Fprintln(&out, e.Time, e.Lasted, e.Kind, e.Print, e.Count)
	}
	return out.String()
}

func lives(c *parse.Capture) (out []string) {
	for i := range c.Streams {
		out = append(out, life(c, &c.Streams[i]))
	}
	slices.Sort(out)
	return out
}

// A source whose newest line comes first says the same as one whose oldest
// does, each event at its own line.
func TestNewestFirst(t *testing.T) {
	proxied := []string{"[     0.001000s]  INFO ThreadId(01) linkerd2_proxy: release 2.210.4 (0ed4ed6) by linkerd on 2023-11-22T17:01:45Z"}
	uptime := func(i int) int { return max(2*(i-1)+(i-1)/30*600, 0) }
	for i := range 60 {
		proxied = append(proxied, strings.Replace(noEndpoints, "   366.", fmt.Sprintf("%6d.", uptime(i+1)), 1))
	}
	restarted := append(slices.Clone(proxied), proxied...)
	var both []string
	for i, l := range proxied {
		both = append(both, l, strings.ReplaceAll(klogHead, "[7]", fmt.Sprintf("[%d]", i)), strings.ReplaceAll(klogEnd, "[7]", fmt.Sprintf("[%d]", i)))
	}
	for name, lines := range map[string][]string{"bare": proxied, "stamped": export(proxied, uptime),
		"two lives":    export(restarted, func(i int) int { return uptime(i%len(proxied)) + i/len(proxied)*3600 }),
		"two programs": export(both, func(i int) int { return uptime(i / 3) }), "few": export(proxied[:2], uptime)} {
		want := read(t, parse.Options{}, input(name, []byte(strings.Join(lines, "\n")+"\n"), 0))
		data := backwards(lines)
		for i, end := range []string{"", "\n", "\n\n"} {
			data := []byte(strings.TrimSuffix(string(data), "\n") + end)
			got, kept := readKept(t, name, data, []int{0, 1, 999}[i], parse.Options{Piece: []int{1, 100, 0}[i]})
			if g, w := lives(got), lives(want); !slices.Equal(g, w) {
				t.Errorf("%s: %d streams, want %d\n got %s\nwant %s", name, len(g), len(w), show(got), show(want))
			}
			if g := got.Sources[0]; g.Bytes != int64(len(data)) || g.Counts.Events != uint64(len(lines)) || len(g.Problems) > 0 {
				t.Errorf("%s: %+v", name, g)
			}
			placed(t, data, got, kept)
		}
	}
}

// placed checks that events, ties and kept lines stand where they say.
func placed(t *testing.T, data []byte, c *parse.Capture, kept keeper) {
	t.Helper()
	at := func(r parse.Ref, what string) {
		t.Helper()
		if n := bytes.Count(data[:r.Off], []byte{'\n'}) + 1; uint32(n) != r.Line || r.Off > 0 && data[r.Off-1] != '\n' {
			t.Errorf("%s: offset %d is on line %d, not %d", what, r.Off, n, r.Line)
		}
		if text := data[r.Off : r.Off+int64(r.Len)]; bytes.HasSuffix(text, []byte{'\n'}) {
			t.Errorf("%s: %q", what, text)
		}
	}
	for i := range c.Streams {
		s := &c.Streams[i]
		for j := range s.Events {
			r := s.Ref(&s.Events[j])
			at(r, "event")
			if text := string(data[r.Off : r.Off+int64(r.Len)]); kept != nil && kept[fmt.Sprintf("0:%d", r.Off)] != text {
				t.Errorf("kept %q, want %q", kept[fmt.Sprintf("0:%d", r.Off)], text)
			}
		}
		for _, tie := range s.Ties {
			at(tie.Ref, "tie")
		}
	}
	for _, f := range c.Facts {
		at(f.Ref, "fact")
	}
}

// A row of several lines keeps their order, as a cell of a table does.
func TestNewestFirstRows(t *testing.T) {
	var rows []string
	for i, l := range export([]string{klogHead, klogHead, klogHead, klogHead, klogHead}, eachSecond) {
		rows = append(rows, strings.ReplaceAll(l, "[7]", fmt.Sprintf("[%d]", i))+"\n"+strings.ReplaceAll(klogEnd, "[7]", fmt.Sprintf("[%d]", i)))
	}
	c := read(t, parse.Options{}, input("rows", backwards(rows), 0))
	if n := c.Sources[0].Counts; n.Events != 10 || n.Lines != 10 || c.Events() != 5 {
		t.Fatalf("%+v", n)
	}
	for i, e := range c.Streams[0].Events {
		if e.Lasted != 120463103 || e.Line != uint32(9-2*i) {
			t.Errorf("%+v", e)
		}
	}
}

// Lines that the runtime split are joined, and stand where their parts do.
func TestNewestFirstParts(t *testing.T) {
	var lines []string
	for i := range 8 {
		at := fmt.Sprintf("2024-02-02T13:22:%02d.5Z stderr ", i)
		lines = append(lines, at+"P "+noEndpoints[:40], at+"P "+noEndpoints[40:60], at+"F "+noEndpoints[60:])
	}
	data := backwards(lines)
	c, kept := readKept(t, "parts", data, 0, parse.Options{})
	if c.Events() != 8 || len(kept) != 8 || c.Sources[0].Counts.Unparsed != 0 {
		t.Fatalf("%+v", c.Sources[0])
	}
	for i, e := range c.Streams[0].Events {
		if e.Line != uint32(3*(7-i)+1) || int(e.Len) != len(lines[0])+len(lines[1])+len(lines[2])+2 || data[e.Off] != '2' || e.Off+int64(e.Len) > int64(len(data)) {
			t.Errorf("%+v", e)
		}
	}
}

// Restarts, mixtures and stamps that waver are no newest first.
func TestOldestFirst(t *testing.T) {
	var crash []string
	for i := range 30 {
		crash = append(crash, lifelines(0.1+float64(30-i)*0.01, 3)...)
	}
	c := read(t, parse.Options{}, input("crash loop", []byte(strings.Join(crash, "\n")), 0))
	if len(c.Streams) != 30 || c.Streams[29].Life != 29 || c.Streams[0].FirstLine != 1 {
		t.Errorf("%d streams: %s", len(c.Streams), show(c))
	}
	wavering := export(lifelines(1, 2, 3, 4, 5, 6, 7, 8), eachSecond)
	for i := 1; i < len(wavering); i += 3 {
		wavering[i], wavering[i-1] = wavering[i-1], wavering[i]
	}
	c = read(t, parse.Options{}, input("wavering", []byte(strings.Join(wavering, "\n")), 0))
	if len(c.Streams) != 1 || c.Streams[0].Life != 0 || c.Streams[0].Coverage[0].From != parse.Time(time.Second) {
		t.Errorf("%s", show(c))
	}
}

// What is too large to be turned round is read as it stands, and said so.
func TestNewestFirstTooLarge(t *testing.T) {
	defer parse.HoldNewest(1000)()
	data := backwards(export(lifelines(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), eachSecond))
	s := read(t, parse.Options{}, input("large", data, 0)).Sources[0]
	if len(s.Problems) == 0 || !strings.HasPrefix(s.Problems[0].Text, "the newest line comes first, and more than 256 MiB") || s.Counts.Other != 12 {
		t.Errorf("%+v", s)
	}
	if c := read(t, parse.Options{}, input("small", data[:900], 0)); len(c.Streams) != 1 || len(c.Sources[0].Problems) > 1 {
		t.Errorf("%s %+v", show(c), c.Sources[0])
	}
}

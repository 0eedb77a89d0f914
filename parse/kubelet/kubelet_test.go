package kubelet

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"faultline/parse"
)

// read reads text as a source of its own.
func read(t testing.TB, text []byte) *parse.Capture {
	t.Helper()
	in := parse.Input{Path: "in", Size: int64(len(text)), Rereadable: true,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }}
	c, err := parse.Read(context.Background(), []parse.Input{in}, Formats(), nil, parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// found is an event with what it says when shown.
type found struct {
	parse.Event
	target, fact, text string
	detail             map[string]string
	message, raw       string
}

func events(t testing.TB, c *parse.Capture, source []byte) (out []found) {
	t.Helper()
	formats := map[string]*parse.Format{}
	for _, f := range Formats() {
		formats[f.Name] = f
	}
	for i := range c.Streams {
		s := &c.Streams[i]
		for _, e := range s.Events {
			if e.Off < 0 || e.Off+int64(e.Len) > int64(len(source)) {
				t.Fatalf("event at %d+%d lies outside %d bytes", e.Off, e.Len, len(source))
			}
			f := found{Event: e, target: c.Name(e.Target), fact: c.Name(e.Fact), detail: map[string]string{}}
			f.text = string(source[e.Off : e.Off+int64(e.Len)])
			if line := 1 + bytes.Count(source[:e.Off], []byte{'\n'}); line != int(e.Line) {
				t.Errorf("line %d, want %d: %.60s", e.Line, line, f.text)
			}
			var d parse.Detail
			formats[s.Format].Detail([]byte(f.text), &d)
			f.message, f.raw = d.Message, d.RawTime
			for _, a := range d.Attrs {
				f.detail[a.Key] = a.Value
			}
			out = append(out, f)
		}
	}
	return out
}

// one reads text that holds a single event.
func one(t *testing.T, text string) found {
	t.Helper()
	c := read(t, []byte(text))
	got := events(t, c, []byte(text))
	if len(got) != 1 {
		t.Fatalf("%d events in %q: %v", len(got), text, c.Sources[0].Problems)
	}
	return got[0]
}

func facts(c *parse.Capture, key string) (out map[string]parse.Fact) {
	out = map[string]parse.Fact{}
	for _, f := range c.Facts {
		if c.Name(f.Key) == key {
			out[c.Name(f.Subject)] = f
		}
	}
	return out
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// counted checks that every line was counted once.
func counted(t *testing.T, c *parse.Capture, unparsed uint64) {
	t.Helper()
	n := c.Sources[0].Counts
	if n.Lines != n.Events+n.Other+n.Unparsed || n.Unparsed != unparsed {
		t.Errorf("counts %+v, want %d unparsed: %v", n, unparsed, c.Sources[0].Problems)
	}
}

// TestOneFactInEveryForm: what a kubelet reported once has the same print in
// describe, in the tables and in JSON.
func TestOneFactInEveryForm(t *testing.T) {
	type key struct {
		target string
		print  uint32
	}
	var want map[key]found
	for _, name := range []string{"events.json", "describe-pods.txt", "events-table.txt", "events-cmd.txt"} {
		text := file(t, name)
		c := read(t, text)
		counted(t, c, 0)
		got := map[key]found{}
		for _, e := range events(t, c, text) {
			if e.Kind == parse.ContainerStarted { // TestLives
				continue
			}
			got[key{e.target, e.Print}] = e
			if e.Kind != parse.KubeletProbeFailed || e.detail["failure"] != "timeout" || e.Severity != parse.Warn {
				t.Errorf("%s: %v %v", name, e.Kind, e.detail)
			}
		}
		if want == nil {
			want = got
		}
		if len(got) != 6 {
			t.Errorf("%s: %d facts, want 6", name, len(got))
		}
		for k, e := range got {
			twin, ok := want[k]
			if !ok {
				t.Errorf("%s: %s %q has no twin in the JSON", name, e.target, e.text)
			}
			if e.message != twin.message || e.fact != twin.fact || e.Class != twin.Class {
				t.Errorf("%s: %q, in JSON %q", name, e.message, twin.message)
			}
			if twin.target != "linkerd/linkerd-destination-7d4b9c6f5-mv9qd" && e.Count != twin.Count {
				t.Errorf("%s: count %d, in JSON %d", name, e.Count, twin.Count)
			}
		}
	}
}

// TestAgesAgree: all rows of one table date the first occurrences of the JSON
// against one moment, that of the dump.
func TestAgesAgree(t *testing.T) {
	first := map[uint32]parse.Time{}
	for _, e := range events(t, read(t, file(t, "events.json")), file(t, "events.json")) {
		first[e.Print] = e.Time - parse.Time(e.Lasted)
	}
	for _, name := range []string{"describe-pods.txt", "events-table.txt"} {
		var from, to parse.Time
		for _, e := range events(t, read(t, file(t, name)), file(t, name)) {
			if first[e.Print] == 0 {
				continue
			}
			zero, half := first[e.Print]-(e.Time-parse.Time(e.Lasted)), parse.Time(time.Second)
			if from == 0 {
				from, to = zero-half, zero+half
			}
			from, to = max(from, zero-half), min(to, zero+half)
		}
		dump := time.Date(2026, 11, 23, 9, 8, 52, 0, time.UTC)
		if gap := time.Unix(0, int64(from)).Sub(dump).Abs(); from > to || gap > 5*time.Second {
			t.Errorf("%s: taken between %v and %v", name, time.Unix(0, int64(from)).UTC(), time.Unix(0, int64(to)).UTC())
		}
	}
}

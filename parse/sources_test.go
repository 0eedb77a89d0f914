package parse_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/fixtures"
	"faultline/fixtures/synth"
	"faultline/parse"
	"faultline/parse/controller"
	"faultline/parse/proxy"
	"faultline/parse/wrap"
)

// formats are those that these tests are about: lines, on every kind of clock.
func formats() []*parse.Format { return []*parse.Format{proxy.Format, controller.Format} }

// input is data that is given n bytes at a time; 0 is all at once.
func input(path string, data []byte, n int) parse.Input {
	return parse.Input{Path: path, Size: int64(len(data)), Open: func() (io.ReadCloser, error) {
		var r io.Reader = bytes.NewReader(data)
		if n > 0 {
			r = &dribble{r, n}
		}
		return io.NopCloser(r), nil
	}}
}

// dribble gives at most n bytes a read.
type dribble struct {
	r io.Reader
	n int
}

func (d *dribble) Read(p []byte) (int, error) { return d.r.Read(p[:min(len(p), d.n)]) }

// keeper keeps lines as "source:offset" → text.
type keeper map[string]string

func (k keeper) Keep(source uint32, off int64, text []byte) {
	k[fmt.Sprintf("%d:%d", source, off)] += string(text)
}

func read(t *testing.T, o parse.Options, in ...parse.Input) *parse.Capture {
	t.Helper()
	c, err := parse.Read(context.Background(), in, formats(), wrap.All(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	check(t, c)
	return c
}

// text reads one source.
func text(t *testing.T, lines ...string) *parse.Capture {
	t.Helper()
	return read(t, parse.Options{}, input("text", []byte(strings.Join(lines, "\n")+"\n"), 0))
}

// check holds what is true of every capture.
func check(t *testing.T, c *parse.Capture) {
	t.Helper()
	for i := range c.Sources {
		s := &c.Sources[i]
		n := s.Counts
		if n.Lines != n.Events+n.Other+n.Unparsed || n.Prose > n.Other {
			t.Errorf("%s: %+v", s.Path, n)
		}
	}
	for i := range c.Streams {
		st := &c.Streams[i]
		lines := c.Sources[st.Source].Counts.Lines
		if st.FirstLine < 1 || st.LastLine < st.FirstLine || uint64(st.LastLine) > lines || st.Lines < 1 {
			t.Errorf("stream %d: lines %d to %d of %d", i, st.FirstLine, st.LastLine, lines)
		}
		for j := range st.Events {
			e := &st.Events[j]
			if e.Stream != uint32(i) || e.Kind == parse.KindNone || e.Count < 1 || e.Print == 0 ||
				e.Line < st.FirstLine || e.Line > st.LastLine || e.Off < 0 || e.Off+int64(e.Len) > c.Sources[st.Source].Bytes {
				t.Errorf("stream %d: %+v", i, *e)
			}
			if j > 0 && e.Time < st.Events[j-1].Time {
				t.Errorf("stream %d: event %d comes before the one before", i, j)
			}
		}
	}
}

// sources are the inputs that must read the same however they are cut.
func sources(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	day := func(name string, set func(*synth.Config)) synth.Memory {
		c := synth.Default("resync")
		c.Hours = 2
		set(&c)
		made := synth.Memory{}
		if _, err := synth.Generate(c, made); err != nil {
			t.Fatal(err)
		}
		for path, data := range made {
			if strings.HasSuffix(path, ".log") {
				out[name+"/"+path] = data
			}
		}
		return made
	}
	day("selector", func(c *synth.Config) { c.Timestamps, c.Prefix, c.Restarts = true, true, true })
	day("gaps", func(c *synth.Config) { c.Proxies, c.Replicas, c.Restarts, c.Gaps, c.JSON = 1, 1, true, true, true })
	stamped := day("stamped", func(c *synth.Config) { c.Proxies, c.Timestamps = 2, true })
	out["mixed"] = interleaved(stamped)
	out["objects"] = []byte(strings.Repeat("What it says, and what was set:\n```json\n{\n  \"level\": \"error\",\n  \"ts\": \"2024-02-02T12:00:01.5Z\",\n\t\"msg\": \"no flags\",\n"+
		"  \"error\": \"dial tcp 10.0.0.9:80: connect: connection refused\"\n},\n```\n{\n  \"listen\": [\n    \":80\"\n  ],\n  \"level\": \"info\"\n}\n{\nnothing\n", 40))
	samples, err := filepath.Glob("controller/testdata/*.log")
	if err != nil || len(samples) == 0 {
		t.Fatal("no samples", err)
	}
	for _, path := range samples {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[path] = data
		if strings.Contains(path, "klog") {
			_, tail, _ := bytes.Cut(data, []byte("total time"))
			out["tail of "+path] = tail[bytes.IndexByte(tail, '\n')+1:]
			out["cri of "+path] = runtime(data)
			out["ends first of "+path] = endsFirst(data)
		}
	}
	out["report"] = report(t)
	out["quoted"] = []byte("> " + strings.ReplaceAll(string(report(t)), "\n", "\n> "))
	for path, data := range out {
		if strings.HasPrefix(path, "gaps/proxy/") {
			out["windows"] = []byte("\ufeff" + strings.ReplaceAll(string(data), "\n", "\r\n"))
		}
	}
	out["two pods"] = twoPods()
	out["two streams"] = twoStreams(1, [2][]string{slices.Repeat([]string{noEndpoints, klogHead, klogEnd}, 20), slices.Repeat([]string{noEndpoints}, 30)})
	return out
}

func report(t *testing.T) []byte {
	t.Helper()
	in, ok, err := fixtures.Inputs("report")
	if !ok || err != nil || len(in) != 1 {
		t.Fatal("no report", err)
	}
	f, err := in[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// interleaved mixes the proxies' lines in the order of their stamps, which it
// takes off: several pods dumped together without a prefix.
func interleaved(m synth.Memory) []byte {
	var lines []string
	for path, data := range m {
		if strings.HasPrefix(path, "proxy/") {
			lines = append(lines, strings.Split(strings.TrimSpace(string(data)), "\n")...)
		}
	}
	slices.Sort(lines)
	var out []string
	for _, line := range lines {
		_, line, _ = strings.Cut(line, " ")
		out = append(out, line)
	}
	return []byte(strings.Join(out, "\n") + "\n")
}

// runtime writes a log as a container runtime does: lines in parts of at most
// 100 bytes.
func runtime(log []byte) []byte {
	var out bytes.Buffer
	at := time.Date(2026, 11, 23, 8, 50, 5, 0, time.UTC)
	for line := range bytes.Lines(log) {
		line = bytes.TrimSuffix(line, []byte{'\n'})
		for len(line) > 100 {
			fmt.Fprintf(&out, "%s stderr P %s\n", at.Format(time.RFC3339Nano), line[:100])
			line = line[100:]
		}
		fmt.Fprintf(&out, "%s stderr F %s\n", at.Format(time.RFC3339Nano), line)
		at = at.Add(1234567 * time.Nanosecond)
	}
	return out.Bytes()
}

// endsFirst puts the end of each trace before its head, as exports do that
// have the newest line first within a millisecond.
func endsFirst(log []byte) []byte {
	lines := strings.Split(string(log), "\n")
	for i := 1; i < len(lines); i++ {
		if strings.HasPrefix(lines[i], "Trace[") {
			lines[i-1], lines[i] = lines[i], lines[i-1]
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// twoPods are klog lines of two pods with their proxies, whose traces are
// split over lines that others come between.
func twoPods() []byte {
	var out bytes.Buffer
	for i := range 40 {
		pod := [2]string{"[pod/a/destination] ", "[pod/b/destination] "}
		for j, p := range pod {
			fmt.Fprintf(&out, "%sI1123 08:50:%02d.060456   28718 trace.go:219] Trace[%d]: \"DeltaFIFO Pop Process\" ID:ns/x,Depth:%d,Reason:slow event handlers blocking the queue (23-Nov-2026 08:50:%02d.939) (total time: 120ms):\n", p, i+1, 2*i+j, i, i)
			fmt.Fprintf(&out, "[pod/a/linkerd-proxy] [%6d.%06ds]  INFO ThreadId(01) outbound: linkerd_app_core::serve: Connection closed\n", 100+i, i*7)
		}
		for j, p := range pod {
			fmt.Fprintf(&out, "%sTrace[%d]: [120.46310%dms] [120.46310%dms] END\n", p, 2*i+j, i%10, i%10)
		}
	}
	return out.Bytes()
}

// contains says whether s holds one of parts.
func contains(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
}

package parse_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"faultline/parse"
)

// repeat gives one byte n times.
type repeat struct {
	c byte
	n int
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	n := min(len(p), r.n)
	for i := range p[:n] {
		p[i] = r.c
	}
	r.n -= n
	return n, nil
}

// A line of 100 MB is skipped beyond its first megabyte, and what comes behind
// it is at its place.
func TestHugeLine(t *testing.T) {
	const huge = 100_000_000
	in := parse.Input{Path: "huge", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(noEndpoints+"\n"+failfast), &repeat{'x', huge},
			strings.NewReader("\n"+failfast))), nil
	}}
	for _, piece := range []int{0, 4096} {
		c := read(t, parse.Options{Piece: piece}, in)
		s := c.Sources[0]
		want := parse.Problem{Line: 2, Text: fmt.Sprintf("line longer than 1 MiB: %d bytes skipped", len(failfast)+huge-parse.MaxLine)}
		if s.Counts != (parse.Counts{Lines: 3, Events: 3}) || len(s.Problems) != 1 || s.Problems[0] != want {
			t.Errorf("%+v %v, want %v", s.Counts, s.Problems, want)
		}
		e := c.Streams[0].Events
		if off := int64(len(noEndpoints) + len(failfast) + huge + 2); len(e) != 3 || e[2].Off != off || e[2].Line != 3 || s.Bytes != off+int64(len(failfast)) {
			t.Fatalf("%d bytes, %+v", s.Bytes, e)
		}
		if e[1].Len != parse.MaxLine {
			t.Errorf("%d bytes of the long line are shown", e[1].Len)
		}
	}
}

// Where exactly a line is too long does not depend on how it is cut.
func TestMaxLine(t *testing.T) {
	pad := func(n int) string { return failfast + strings.Repeat("x", n-len(failfast)) }
	for _, n := range []int{parse.MaxLine, parse.MaxLine + 1, 2*parse.MaxLine + 7} {
		for _, end := range []string{"\n" + noEndpoints + "\n", ""} {
			data := []byte(noEndpoints + "\n" + pad(n) + end)
			whole := read(t, parse.Options{Piece: 8 << 20, Workers: 1}, input("x", data, 0))
			if got, want := len(whole.Sources[0].Problems) > 0, n > parse.MaxLine; got != want {
				t.Errorf("%d bytes: %v", n, whole.Sources[0].Problems)
			}
			for _, piece := range []int{0, 1 << 16, parse.MaxLine - 1} {
				same(t, "long", piece, read(t, parse.Options{Piece: piece}, input("x", data, 50_001)), whole)
			}
		}
	}
}

// A line that a container runtime split into parts without an end is cut too.
func TestPartsWithoutEnd(t *testing.T) {
	const stamp = "2026-11-23T08:50:05.060456789Z stderr "
	part := stamp + "P " + strings.Repeat("x", 16<<10) + "\n"
	last := stamp + "F " + noEndpoints + "\n"
	head := stamp + "P " + noEndpoints[:30] + "\n" + stamp + "F " + noEndpoints[30:] + "\n"
	for _, n := range []int{1, 63, 64, 130} {
		data := []byte(head + last + strings.Repeat(part, n) + last + last)
		whole := read(t, parse.Options{Piece: len(data) + 1, Workers: 1}, input("x", data, 0))
		if c := whole.Sources[0].Counts; c.Lines != uint64(n+5) || c.Events < 4 {
			t.Errorf("%d parts: %+v", n, c)
		}
		for _, piece := range []int{0, 1 << 15, parse.MaxLine - 1} {
			same(t, fmt.Sprint(n, " parts"), piece, read(t, parse.Options{Piece: piece}, input("x", data, 0)), whole)
		}
	}
	// A long part is no end either.
	data := []byte(head + last + stamp + "P " + strings.Repeat("x", 3<<20) + "\n" + last + last)
	whole := read(t, parse.Options{Piece: len(data) + 1}, input("x", data, 0))
	for _, piece := range []int{0, 100_000} {
		same(t, "long part", piece, read(t, parse.Options{Piece: piece}, input("x", data, 0)), whole)
	}
}

// The parts of a line are one event, with the bytes of all of them.
func TestPartsAreOneLine(t *testing.T) {
	data := runtime([]byte(klogHead + "\n" + klogEnd + "\n"))
	k := keeper{}
	c := read(t, parse.Options{Piece: 1, Keeper: k}, input("x", data, 0))
	e := c.Streams[0].Events[0]
	line := data[e.Off : e.Off+int64(e.Len)]
	if n := bytes.Count(line, []byte{'\n'}); n != 1 || e.Line != 1 || e.Lasted.String() != "120.463103ms" {
		t.Errorf("line %d, %d parts, took %v", e.Line, n+1, e.Lasted)
	}
	if got := string(parse.Unwrap(c.Sources[0].Wrappers, line)); got != klogHead {
		t.Errorf("unwrapped: %s", got)
	}
	if k["0:0"] != string(line) {
		t.Errorf("kept %q", k)
	}
}

package prom

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"faultline/parse"
)

// Lines of an export that are not understood count as unparsed, and the first
// of them are told with their place.
func TestMalformedLinesAreUnparsed(t *testing.T) {
	const good = `{__name__="up",pod="a"} 1 1795424540580` + "\n"
	head := strings.Repeat(good, 20)
	for name, c := range map[string]struct {
		text     string
		unparsed uint64
		line     uint32
	}{
		"none":       {strings.Repeat(good, 5), 0, 0},
		"one":        {head + "{__name__=\"up\" 1\n" + good, 1, 21},
		"many":       {strings.Repeat(head, 30) + strings.Repeat("what is this\n\n", 30), 30, 601},
		"cut off":    {head + good[:20], 1, 21},
		"blank ones": {good + "\n \n" + good, 0, 0},
	} {
		in := parse.Input{Path: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte(c.text))), nil }}
		got, err := parse.Read(context.Background(), []parse.Input{in}, Formats(), nil, parse.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := got.Sources[0]
		if n := s.Counts; s.Format != "tsdb-dump" || n.Unparsed != c.unparsed || n.Lines != n.Events+n.Other+n.Unparsed {
			t.Errorf("%s: %s %+v, want %d unparsed", name, s.Format, n, c.unparsed)
		}
		if c.unparsed > 0 && (len(s.Problems) == 0 || s.Problems[0].Line != c.line) {
			t.Errorf("%s: %v, want the first at line %d", name, s.Problems, c.line)
		}
		if told := min(c.unparsed, shown); uint64(len(s.Problems)) < told || told > 0 && strings.Contains(s.Problems[told-1].Text, "twice") {
			t.Errorf("%s: %d problems, want %d lines shown: %v", name, len(s.Problems), told, s.Problems)
		}
	}
}

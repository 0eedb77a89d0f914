// Package parsetest has what the tests of formats share.
package parsetest

import (
	"io"
	"strings"
	"testing"

	"faultline/parse"
)

// Text is a source that holds a text.
func Text(path, text string) parse.Input {
	return parse.Input{Path: path, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

// Read reads one source, and fails the test where that is an error.
func Read(t testing.TB, in parse.Input, formats []*parse.Format, wrappers []*parse.Wrapper, o parse.Options) *parse.Capture {
	t.Helper()
	c, err := parse.Read(t.Context(), []parse.Input{in}, formats, wrappers, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// FuzzLine shows lines to a format of which each that it takes is one event: it takes
// none without one, and panics at none, also where it shows it. The lines of its own
// documentation and some more are what it begins with.
func FuzzLine(f *testing.F, format *parse.Format, more ...string) {
	Cuts(f, format, more...)
	for _, line := range append(strings.Split(format.Doc, "\n")[1:], more...) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.TrimSpace(text) == "" {
			return
		}
		b := parse.NewBatch(false, false)
		if v := format.Line(&parse.Line{Text: []byte(text), No: 1}, b); (v == parse.Took) != (len(b.Events) == 1) {
			t.Errorf("%q: verdict %d, %d events", text, v, len(b.Events))
		}
		format.Detail([]byte(text), &parse.Detail{})
	})
}

// Cuts shows a format the lines of its own documentation, and more, each cut off at each of
// its bytes, as the end of a file is that is still being written: it makes no more than one
// event of what is left, and panics at none, also where it shows it.
func Cuts(t testing.TB, format *parse.Format, more ...string) {
	t.Helper()
	for _, line := range append(strings.Split(format.Doc, "\n")[1:], more...) {
		for n := 1; n <= len(line); n++ {
			if strings.TrimSpace(line[:n]) == "" {
				continue
			}
			b := parse.NewBatch(false, false)
			format.Line(&parse.Line{Text: []byte(line[:n]), No: 1}, b)
			if len(b.Events) > 1 {
				t.Errorf("%d events of %q", len(b.Events), line[:n])
			}
			format.Detail([]byte(line[:n]), &parse.Detail{})
		}
	}
}

package redact_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"faultline/correlate"
	"faultline/correlate/redact"
	"faultline/fixtures"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

// file is an input with its decoded bytes.
type file struct {
	path string
	data []byte
}

func files(t testing.TB, incident string) (out []file) {
	t.Helper()
	in, ok, err := fixtures.Inputs(incident)
	if err != nil || !ok {
		t.Fatal(incident, err)
	}
	for _, i := range in {
		f, err := i.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, file{i.Path, data})
	}
	return out
}

func read(t testing.TB, in []file) *parse.Capture {
	t.Helper()
	var inputs []parse.Input
	for _, f := range in {
		inputs = append(inputs, bundle.Memory(f.path, f.data))
	}
	c, err := parse.Read(context.Background(), inputs, formats.All(), formats.Wrappers(), parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// rewrite redacts whole files, line by line.
func rewrite(r *redact.Redactor, in []file) (out []file) {
	for _, f := range in {
		for l := range bytes.Lines(f.data) {
			r.Learn(l)
		}
	}
	for _, f := range in {
		var data []byte
		for l := range bytes.Lines(f.data) {
			data = append(data, r.Line(l)...)
		}
		out = append(out, file{r.Path(f.path), data})
	}
	return out
}

// what a capture says, without names: kinds, times and numbers, by stream.
func told(c *parse.Capture) (out []string) {
	for i := range c.Streams {
		s := &c.Streams[i]
		out = append(out, fmt.Sprintf("stream of %d: %s %s life %d, %d lines, %v", s.Source, s.Format, s.Clock, s.Life, s.Lines, s.Coverage))
		for j := range s.Events {
			e := &s.Events[j]
			out = append(out, fmt.Sprintf("%s at %d for %d: %g x%d %s %d %d", e.Kind, e.Time, e.Lasted, e.Value, e.Count, e.Severity, e.Class, e.Line))
		}
	}
	for _, f := range c.Facts {
		out = append(out, fmt.Sprintf("fact %s at %d, line %d", c.Name(f.Key), f.Time, f.Ref.Line))
	}
	return out
}

// decided is what the judgement says, without names.
func decided(c *correlate.Case) (out []string) {
	out = append(out, string(c.Verdict.Code), fmt.Sprint(c.Total, c.ByKind, c.Failures, c.Stalls, c.Probes))
	for i := range c.Incidents {
		in := &c.Incidents[i]
		out = append(out, fmt.Sprint(in.ID, in.Clock, in.Start, in.End, in.Within, in.Failures, in.By, len(in.Targets), in.Signature, in.Stalls, in.Probes, in.Lag != nil, in.Continuous))
	}
	var periods []string
	for i := range c.Periods {
		p := &c.Periods[i]
		s, ci, ok := p.Seconds()
		periods = append(periods, fmt.Sprint(p.Of, p.Scope == correlate.ScopeAll, p.Verdict, s, ci, ok, p.Onsets, p.PHolm, p.AnchoredTo))
	}
	slices.Sort(periods) // their order is that of the names
	out = append(out, periods...)
	for i := range c.Associations {
		a := &c.Associations[i]
		out = append(out, fmt.Sprint(a.Verdict, a.Observed, a.N, a.Expected))
	}
	return out
}

func differ(t *testing.T, what string, a, b []string) {
	t.Helper()
	n := 0
	for i := range max(len(a), len(b)) {
		x, y := "nothing", "nothing"
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			if t.Errorf("%s %d:\n%s\n%s", what, i, x, y); n > 4 {
				t.Fatal("and more")
			}
			n++
		}
	}
}

// texts are the files as a search is given them.
func texts(in []file) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, f := range in {
			if !yield(f.path, string(f.data)) || !yield("the path of "+f.path, f.path) {
				return
			}
		}
	}
}

// A redacted dump is read and judged as the dump is, and holds none of its
// names.
func TestRedactedIsReadAlike(t *testing.T) {
	for _, i := range fixtures.Incidents() {
		t.Run(i.Name, func(t *testing.T) {
			in := files(t, i.Name)
			before := read(t, in)
			r := redact.New([]byte("one key"), before)
			out := rewrite(r, in)
			after := read(t, out)
			differ(t, "event", told(before), told(after))
			o := correlate.Options{}
			differ(t, "decision", decided(correlate.Judge(correlate.NewIndex(before), o)), decided(correlate.Judge(correlate.NewIndex(after), o)))
			for n, h := range redact.Search(texts(out), r.Originals()) {
				if t.Errorf("%s:%d: %s (%s)", h.Where, h.Off, h.Original, h.Form); n > 10 {
					break
				}
			}
			if len(r.Originals()) == 0 && i.Name != "report" {
				t.Error("nothing was found")
			}
			names := map[string]bool{}
			for o, p := range r.Map() {
				if o == p || p == "" {
					t.Errorf("%q stays", o)
				}
				names[strings.ToLower(p)] = true
			}
			classes, ordinary := r.Counts()
			t.Log(len(r.Originals()), "originals", classes, ordinary, "ordinary words")
			n := 0
			for _, f := range out { // what is redacted stays as it is
				for l := range bytes.Lines(f.data) {
					if n++; n%5 == 0 && !bytes.Equal(r.Line(l), l) {
						t.Fatalf("%s changes when it is redacted again:\n%s\n%s", f.path, l, r.Line(l))
					}
				}
			}
		})
	}
}

func BenchmarkLine(b *testing.B) {
	in := files(b, "day")
	r := redact.New([]byte("k"), read(b, in))
	var lines [][]byte
	bytesIn := 0
	for _, f := range in {
		if strings.HasSuffix(f.path, ".log") {
			for l := range bytes.Lines(f.data) {
				lines = append(lines, l)
				bytesIn += len(l)
			}
		}
	}
	b.Run("learn", func(b *testing.B) {
		b.SetBytes(int64(bytesIn))
		for b.Loop() {
			for _, l := range lines {
				r.Learn(l)
			}
		}
	})
	b.Run("line", func(b *testing.B) {
		b.SetBytes(int64(bytesIn))
		for b.Loop() {
			for _, l := range lines {
				r.Line(l)
			}
		}
	})
	b.Run("search", func(b *testing.B) {
		b.SetBytes(int64(bytesIn))
		s := redact.NewSearcher(r.Originals())
		for b.Loop() {
			for _, l := range lines {
				s.Text("line", l)
			}
		}
	})
}

package parse_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"

	"faultline/fixtures"
	"faultline/parse"
	"faultline/parse/wrap"
)

// The order of the inputs is the order of the sources, whatever is read first.
func TestOrderOfSources(t *testing.T) {
	var in []parse.Input
	var want []string
	for i := range 60 {
		path := fmt.Sprint("source ", i)
		want = append(want, path)
		data := strings.Repeat(noEndpoints+"\n", (i*37)%50*100)
		if i%10 == 3 {
			in = append(in, parse.Input{Path: path, Open: func() (io.ReadCloser, error) { return nil, errors.New("no such thing") }})
			continue
		}
		in = append(in, input(path, []byte(data), 1+i*100))
	}
	var first *parse.Capture
	for workers := 1; workers <= 4; workers++ {
		c := read(t, parse.Options{Workers: workers, Piece: 5000}, in...)
		for i := range c.Sources {
			if c.Sources[i].Path != want[i] {
				t.Fatalf("source %d is %s", i, c.Sources[i].Path)
			}
			if p := c.Sources[i].Problems; i%10 == 3 && (len(p) != 1 || p[0] != parse.Problem{Text: "no such thing"}) {
				t.Errorf("%s: %v", c.Sources[i].Path, p)
			}
		}
		if first == nil {
			first = c
		} else if !reflect.DeepEqual(c, first) {
			t.Errorf("%d workers read something else than one", workers)
		}
	}
}

// Events, ties and facts point at bytes of their own source.
func TestReferences(t *testing.T) {
	data := map[string][]byte{}
	var in []parse.Input
	for name, d := range sources(t) {
		data[name] = d
		in = append(in, input(name, d, 0))
	}
	c := read(t, parse.Options{Piece: 3000}, in...)
	at := func(r parse.Ref) string {
		d := data[c.Sources[r.Source].Path]
		if n := bytes.Count(d[:r.Off], []byte{'\n'}); n+1 != int(r.Line) {
			t.Errorf("%s: offset %d is on line %d, not %d", c.Sources[r.Source].Path, r.Off, n+1, r.Line)
		}
		return string(d[r.Off : r.Off+int64(r.Len)])
	}
	for i := range c.Streams {
		s := &c.Streams[i]
		for j := range s.Events {
			if line := at(s.Ref(&s.Events[j])); strings.HasSuffix(line, "\n") || line == "" {
				t.Errorf("%q is not a line", line)
			}
		}
		for _, tie := range s.Ties {
			if at(tie.Ref) == "" || tie.Ref.Source != s.Source {
				t.Errorf("%+v", tie)
			}
		}
	}
	for _, f := range c.Facts {
		if line := at(f.Ref); !contains(line, strings.TrimPrefix(c.Name(f.Value), "proxy ")) {
			t.Errorf("%s is not on %q", c.Name(f.Value), line)
		}
	}
}

// The keeper gets the event lines, those only, and none of plain files.
func TestKeeperGetsEventLines(t *testing.T) {
	for name, data := range sources(t) {
		k := keeper{}
		c := read(t, parse.Options{Keeper: k, Piece: 700}, input(name, data, 0))
		want := keeper{}
		for i := range c.Streams {
			for _, e := range c.Streams[i].Events {
				want[fmt.Sprintf("0:%d", e.Off)] = string(data[e.Off : e.Off+int64(e.Len)])
			}
		}
		if !reflect.DeepEqual(k, want) {
			t.Errorf("%s: %d lines were kept, want %d", name, len(k), len(want))
		}
		plain := input(name, data, 0)
		plain.Rereadable = true
		none := keeper{}
		if read(t, parse.Options{Keeper: none}, plain); len(none) > 0 {
			t.Errorf("%s: %d lines of a plain file were kept", name, len(none))
		}
	}
}

// Unwrap gives what the format saw: the fingerprints agree.
func TestUnwrap(t *testing.T) {
	f := func(want string, wrappers []*parse.Wrapper, text string) {
		t.Helper()
		if got := string(parse.Unwrap(wrappers, []byte(text))); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	f("a line", nil, "a line")
	f("a line", nil, "\ufeff\x1b[1ma\x1b[0m line\r")
	f("[pod/a/b] a line", nil, "[pod/a/b] a line")
	f("a line", []*parse.Wrapper{wrap.Prefix, wrap.Timestamps}, "[pod/a/b] 2024-02-02T13:22:28.5Z a line")
	f("a line", []*parse.Wrapper{wrap.Prefix, wrap.Timestamps}, "2024-02-02T13:22:28.5Z a line")
	f("a line in parts", []*parse.Wrapper{wrap.CRI}, "2024-02-02T13:22:28.5Z stderr P a line \r\n2024-02-02T13:22:28.6Z stderr F in parts\r")
	f("", []*parse.Wrapper{wrap.Timestamps}, "2024-02-02T13:22:28.5Z")
}

func TestProgress(t *testing.T) {
	data := bytes.Repeat([]byte(noEndpoints+"\n"), 30_000)
	in := []parse.Input{input("a", data, 0), input("b", data, 0), input("c", nil, 0)}
	var mu sync.Mutex
	var last parse.Progress
	_, err := parse.Read(context.Background(), in, formats(), wrap.All(), parse.Options{}, func(p parse.Progress) {
		if !mu.TryLock() {
			t.Error("two calls at a time")
			return
		}
		defer mu.Unlock()
		if p.Bytes < last.Bytes || p.Sources < last.Sources {
			t.Errorf("%+v after %+v", p, last)
		}
		last = p
	})
	if want := (parse.Progress{Sources: 3, Bytes: 2 * int64(len(data))}); err != nil || last != want {
		t.Errorf("%+v %v, want %+v", last, err, want)
	}
}

// endless never ends, and after some bytes cancels.
type endless struct {
	left   int
	cancel func()
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left -= len(p); e.left < 0 {
		e.cancel()
	}
	return copy(p, bytes.Repeat([]byte(noEndpoints+"\n"), 1+len(p)/len(noEndpoints))), nil
}

// blocked gives nothing until the test is over.
type blocked struct{ done chan struct{} }

func (b blocked) Read([]byte) (int, error) { <-b.done; return 0, io.EOF }

// A cancelled read returns with the cause, also from a reader without an end,
// from one that blocks, and from the middle of a document or a long line.
func TestCancel(t *testing.T) {
	cause := errors.New("enough")
	block := blocked{make(chan struct{})}
	defer close(block.done)
	document := &parse.Format{Name: "doc", SniffDocument: func(head []byte) bool { return bytes.HasPrefix(head, []byte("{")) },
		Document: func(r io.Reader, b *parse.Batch) error { return parse.ReadJSON(r, []string{"items"}, nil, nil) }}
	for name, open := range map[string]func(cancel func()) io.Reader{
		"endless": func(cancel func()) io.Reader { return &endless{20 << 20, cancel} },
		"pasted": func(cancel func()) io.Reader {
			return io.MultiReader(strings.NewReader("what is this?\n"+noEndpoints+"\nand this?\n"), &endless{9 << 20, cancel})
		},
		"one line": func(cancel func()) io.Reader { return &forever{' ', 9 << 20, cancel} },
		"document": func(cancel func()) io.Reader {
			return io.MultiReader(strings.NewReader("{"), &forever{' ', 9 << 20, cancel})
		},
		"blocked":   func(cancel func()) io.Reader { cancel(); return block },
		"cancelled": func(cancel func()) io.Reader { cancel(); return &endless{1 << 60, cancel} },
	} {
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		var in []parse.Input
		for range 20 {
			in = append(in, parse.Input{Path: name, Open: func() (io.ReadCloser, error) {
				return io.NopCloser(open(func() { cancel(cause) })), nil
			}})
		}
		var mu sync.Mutex
		over := false
		c, err := parse.Read(ctx, in, append(formats(), document), wrap.All(), parse.Options{Piece: 1 << 16, Workers: 2}, func(parse.Progress) {
			mu.Lock()
			defer mu.Unlock()
			if over {
				t.Errorf("%s: progress after the end", name)
			}
		})
		mu.Lock()
		over = true
		mu.Unlock()
		if err != cause || c == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// forever gives one byte without end, and after some cancels.
type forever struct {
	c      byte
	left   int
	cancel func()
}

func (f *forever) Read(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		f.cancel()
	}
	for i := range p {
		p[i] = f.c
	}
	return len(p), nil
}

// The bundled capture of the real controller: what its ground truth counts.
func TestCapture(t *testing.T) {
	in, _, err := fixtures.Inputs("capture")
	if err != nil {
		t.Fatal(err)
	}
	var logs []parse.Input
	for _, i := range in {
		if strings.Contains(i.Path, "/logs/") {
			logs = append(logs, i)
		}
	}
	c := read(t, parse.Options{}, logs...)
	got := map[string]int{}
	for i := range c.Streams {
		s := &c.Streams[i]
		for _, e := range s.Events {
			if e.Kind == parse.ControllerPopStall {
				got[c.Sources[s.Source].Path]++
			}
		}
		if c.Sources[s.Source].Counts.Unparsed > 0 || s.Clock != parse.ClockWall {
			t.Errorf("%+v", c.Sources[s.Source])
		}
	}
	want := map[string]int{}
	for _, i := range logs {
		f, err := i.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(data, []byte(`msg="Trace[`)); n > 0 {
			want[i.Path] = n
		}
	}
	if len(want) < 4 || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

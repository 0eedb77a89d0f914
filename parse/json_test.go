package parse_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"faultline/parse"
	"faultline/parse/wrap"
)

// walk lists the items and fields of a document as text, and checks that each
// item stands where it says.
func walk(t *testing.T, doc string, paths ...string) (items, fields []string, err error) {
	t.Helper()
	err = parse.ReadJSON(strings.NewReader(doc), paths, func(path string, it parse.JSONItem) error {
		if at := doc[it.Off:]; !strings.HasPrefix(at, string(it.Raw)) {
			t.Errorf("%q is not at %d of %q", it.Raw, it.Off, doc)
		}
		if line := strings.Count(doc[:it.Off], "\n") + 1; line != int(it.Line) {
			t.Errorf("%q is on line %d, not %d", it.Raw, line, it.Line)
		}
		items = append(items, path+"="+string(it.Raw))
		return nil
	}, func(path string, raw []byte) { fields = append(fields, path+"="+string(raw)) })
	return items, fields, err
}

func TestReadJSON(t *testing.T) {
	f := func(doc string, paths []string, items, fields []string, problem string) {
		t.Helper()
		gotItems, gotFields, err := walk(t, doc, paths...)
		if !slices.Equal(gotItems, items) || !slices.Equal(gotFields, fields) || (err == nil) != (problem == "") || err != nil && err.Error() != problem {
			t.Errorf("%s:\n got %q %q %v\nwant %q %q %s", doc, gotItems, gotFields, err, items, fields, problem)
		}
	}
	list := []string{"items"}
	f(`{"kind":"List","items":[1,{"a":2},"x"],"n":null}`, list, []string{"items=1", `items={"a":2}`, `items="x"`}, []string{`kind="List"`, "n=null"}, "")
	f("{\n  \"items\": [\n    {\n      \"a\": 1\n    },\n    2\n  ]\n}\n", list, []string{"items={\n      \"a\": 1\n    }", "items=2"}, nil, "")
	f(`{"data":{"resultType":"matrix","result":[1,2],"x":{"result":[3]}},"result":[4]}`, []string{"data.result"},
		[]string{"data.result=1", "data.result=2"}, []string{`data.resultType="matrix"`, `data.x={"result":[3]}`, "result=[4]"}, "")
	f("[1, 2]", []string{""}, []string{"=1", "=2"}, nil, "")
	f("[1, 2]", list, nil, nil, "")
	f("{\"items\":[1]}\n{\"items\":[2]}{\"items\":[3]}", list, []string{"items=1", "items=2", "items=3"}, nil, "")
	f("\ufeff{\"items\":[\n1]}", list, []string{"items=1"}, nil, "")
	f(`{"items":null,"data":7}`, []string{"items", "data.result"}, nil, nil, "")
	f("", list, nil, nil, "")
	f(" \n", list, nil, nil, "")
	const middle = "the JSON ends in the middle"
	f(`{"items":[1,{"a":`, list, []string{"items=1"}, nil, middle)
	f(`{"items":[1,`, list, []string{"items=1"}, nil, middle)
	f(`{"items":[1]`, list, []string{"items=1"}, nil, middle)
	f(`{`, list, nil, nil, middle)
	f(`{"items":[1]} trailing`, list, []string{"items=1"}, nil, "invalid character 'a' in literal true (expecting 'u')")
	f(`{"items":[1,}`, list, []string{"items=1"}, nil, "invalid character '}' looking for beginning of value")
}

// Whatever the values are and however they are laid out, an item is where it
// says, and nothing is lost.
func TestReadJSONPlaces(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7))
	for range 300 {
		items := make([]any, r.IntN(8))
		for i := range items {
			items[i] = value(r, 3)
		}
		doc := map[string]any{"a": value(r, 2), "items": items, "z": value(r, 2)}
		compact, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		var pretty bytes.Buffer
		json.Indent(&pretty, compact, "", "  ")
		for _, text := range []string{string(compact), pretty.String(), pretty.String() + "\n" + string(compact), "\ufeff\r\n" + strings.ReplaceAll(pretty.String(), "\n", "\r\n")} {
			got, _, err := walk(t, text, "items")
			if n := len(items) * (1 + strings.Count(text, "\n{\"a\"")); err != nil || len(got) != n {
				t.Fatalf("%s: %d items, want %d: %v", text, len(got), n, err)
			}
		}
	}
}

func value(r *rand.Rand, depth int) any {
	switch n := r.IntN(7); {
	case n == 0:
		return nil
	case n == 1:
		return r.NormFloat64()
	case n == 2:
		return "text \n \" ü } ] , " + fmt.Sprint(r.IntN(9))
	case n == 3 || depth == 0:
		return r.IntN(2) == 0
	case n < 6:
		m := map[string]any{}
		for range r.IntN(4) {
			m[fmt.Sprint("k", r.IntN(9))] = value(r, depth-1)
		}
		return m
	}
	list := make([]any, r.IntN(4))
	for i := range list {
		list[i] = value(r, depth-1)
	}
	return list
}

// An item's own error ends the walk, and is found in what is returned.
func TestReadJSONStops(t *testing.T) {
	stop := errors.New("stop")
	n := 0
	err := parse.ReadJSON(strings.NewReader(`{"items":[1,2,3]}`), []string{"items"}, func(string, parse.JSONItem) error {
		n++
		return stop
	}, nil)
	if !errors.Is(err, stop) || n != 1 {
		t.Errorf("%v after %d items", err, n)
	}
}

// page is a format that makes an event of each item of a JSON list.
func page() *parse.Format {
	f := &parse.Format{Name: "page", SniffDocument: func(head []byte) bool { return bytes.HasPrefix(head, []byte("{")) }}
	f.Document = func(r io.Reader, b *parse.Batch) error {
		return parse.ReadJSON(r, []string{"items"}, func(_ string, it parse.JSONItem) error {
			first := len(b.Events)
			b.Add(parse.Event{Kind: parse.K8sEvent})
			b.Item(f, &parse.Line{No: it.Line, Off: it.Off, Len: uint32(len(it.Raw)), Text: it.Raw, Own: parse.Time(it.Off), Clock: parse.ClockWall}, it.Raw, first)
			return nil
		}, nil)
	}
	return f
}

// A document's lines are counted, its items are where they say, and what
// cannot be read is told at its line.
func TestDocuments(t *testing.T) {
	f := func(doc string, counts parse.Counts, places string, problems ...parse.Problem) {
		t.Helper()
		for _, r := range []io.Reader{strings.NewReader(doc), iotest.OneByteReader(strings.NewReader(doc)), iotest.DataErrReader(strings.NewReader(doc))} {
			in := parse.Input{Path: "doc", Open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
			k := keeper{}
			c, err := parse.Read(t.Context(), []parse.Input{in}, append(formats(), page()), wrap.All(), parse.Options{Keeper: k}, nil)
			if err != nil {
				t.Fatal(err)
			}
			check(t, c)
			s, got := c.Sources[0], ""
			for i := range c.Streams {
				for _, e := range c.Streams[i].Events {
					got += fmt.Sprintf("%d:%s ", e.Line, doc[e.Off:e.Off+int64(e.Len)])
					if k[fmt.Sprint("0:", e.Off)] != doc[e.Off:e.Off+int64(e.Len)] {
						t.Errorf("%s: kept %q", doc, k)
					}
				}
			}
			if s.Counts != counts || got != places || !reflect.DeepEqual(s.Problems, problems) || s.Bytes != int64(len(doc)) || s.Format != "page" {
				t.Errorf("%s: %+v %v %q", doc, s.Counts, s.Problems, got)
			}
		}
	}
	f("{\"items\":[\n1,\n2]}\n", parse.Counts{Lines: 3, Events: 2, Other: 1}, "2:1 3:2 ")
	f(`{"items":[1,2,3]}`, parse.Counts{Lines: 1, Events: 1}, "1:1 1:2 1:3 ")
	f("\ufeff{\"items\":[\n1]}", parse.Counts{Lines: 2, Events: 1, Other: 1}, "2:1 ")
	f("{\"items\":[\n1,\n2,\n{\"a\":\n", parse.Counts{Lines: 4, Events: 2, Other: 2}, "2:1 3:2 ", parse.Problem{Line: 4, Text: "the JSON ends in the middle"})
	f("{\"items\":[\n1,\n{\"a\":\n[2 3]}]}", parse.Counts{Lines: 4, Events: 1, Other: 3}, "2:1 ",
		parse.Problem{Line: 4, Text: "invalid character '3' after array element"})
	f("{\"items\":[1]}\n{\"items\":[2]}\noops\n\n\n", parse.Counts{Lines: 5, Events: 2, Other: 3}, "1:1 2:2 ",
		parse.Problem{Line: 3, Text: "invalid character 'o' looking for beginning of value"})
}

// A document whose bytes end in an error says so, even behind its last brace.
func TestDocumentErrors(t *testing.T) {
	for _, doc := range []string{`{"items":[1]}`, `{"items":[1,`, `{`} {
		in := parse.Input{Path: "doc", Open: func() (io.ReadCloser, error) {
			return io.NopCloser(&failing{[]byte(doc), errors.New("the cable was pulled"), false}), nil
		}}
		c, err := parse.Read(t.Context(), []parse.Input{in}, append(formats(), page()), wrap.All(), parse.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if p := c.Sources[0].Problems; len(p) != 1 || p[0].Text != "the cable was pulled" {
			t.Errorf("%s: %v", doc, p)
		}
	}
}

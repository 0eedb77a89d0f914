package casefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"faultline/correlate"
	"faultline/parse"
)

// docs/case.md lists every column. UPDATE=1 writes it.
func TestDocsListTheColumns(t *testing.T) {
	const path, begin = "../../docs/case.md", "<!-- tables -->\n"
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, _, ok := strings.Cut(string(doc), begin)
	if !ok {
		t.Fatal("no place for the tables")
	}
	var out strings.Builder
	out.WriteString(head + begin)
	for _, table := range tables {
		listColumns(&out, table)
		for _, c := range table.columns() {
			if c.Doc == "" {
				t.Errorf("%s.%s is not described", table.name(), c.Name)
			}
		}
	}
	out.WriteString("\n")
	listMeanings(&out)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(doc) != out.String() {
		t.Error("docs/case.md is not what the code says: UPDATE=1 go test ./correlate/casefile")
	}
}

// A kind that is explained has one name; the views name tables that there are.
func TestGuidesAreTrue(t *testing.T) {
	seen := map[parse.Kind]bool{}
	for _, m := range meanings {
		if seen[m.kind] || m.value+m.detail+m.class == "" {
			t.Errorf("%s is said twice, or nothing is", m.kind)
		}
		seen[m.kind] = true
	}
	for _, m := range regexp.MustCompile(`'([a-z]+)\.parquet'`).FindAllStringSubmatch(Views, -1) {
		if !slices.ContainsFunc(tables, func(t table) bool { return t.name() == m[1] }) {
			t.Errorf("views.sql reads %s, which no case has", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`'([a-z]+\.[a-z_]+)'`).FindAllStringSubmatch(Views, -1) {
		named := func(k parse.Kind) bool { return k.String() == m[1] }
		if !strings.HasSuffix(m[1], ".parquet") && !slices.ContainsFunc(parse.Kinds(), named) {
			t.Errorf("views.sql asks for %s, which is no kind", m[1])
		}
	}
}

// What every reader can read (docs/case.md): plain and dictionary encodings,
// page version 1, no list, no nanosecond timestamp.
func TestEncodings(t *testing.T) {
	c, err := contentsOfZip(bytes.NewReader(small(t)), int64(len(small(t))))
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		e, _ := c.find(table.name() + ".parquet")
		f, err := openTable(e)
		if err != nil {
			t.Fatal(err)
		}
		for i, leaf := range f.Schema().Columns() {
			if len(leaf) != 1 {
				t.Errorf("%s.%v is nested", table.name(), leaf)
			}
			for _, g := range f.Metadata().RowGroups {
				for _, enc := range g.Columns[i].MetaData.Encoding {
					if enc != parquet.Plain.Encoding() && enc != parquet.RLE.Encoding() && enc != parquet.RLEDictionary.Encoding() && enc != parquet.PlainDictionary.Encoding() {
						t.Errorf("%s.%s: encoding %v", table.name(), leaf[0], enc)
					}
				}
			}
		}
		if _, ok := f.Lookup("faultline.columns"); !ok {
			t.Errorf("%s does not say what its columns are", table.name())
		}
	}
}

// Whoever adds a field to what is read must keep it in a case too: then this
// count is raised.
func TestNothingIsForgotten(t *testing.T) {
	for of, want := range map[reflect.Type]int{
		reflect.TypeFor[parse.Capture](): 8, reflect.TypeFor[parse.Source](): 15, reflect.TypeFor[parse.Owner](): 10, reflect.TypeFor[parse.Stream](): 19,
		reflect.TypeFor[parse.Event](): 15, reflect.TypeFor[parse.Fact](): 6, reflect.TypeFor[parse.Series](): 5,
		reflect.TypeFor[parse.Tie](): 4, reflect.TypeFor[parse.Ref](): 4, reflect.TypeFor[parse.Counts](): 5,
		reflect.TypeFor[parse.Problem](): 2, reflect.TypeFor[parse.Minute](): 2, reflect.TypeFor[parse.Match](): 2,
	} {
		if n := of.NumField(); n != want {
			t.Errorf("%v has %d fields, and %d were thought of", of, n, want)
		}
	}
	o := correlate.Options{}
	filled(reflect.ValueOf(&o).Elem())
	data, err := json.Marshal(optionsOut(&o))
	if err != nil {
		t.Fatal(err)
	}
	var again judgedWith
	if err := json.Unmarshal(data, &again); err != nil || !reflect.DeepEqual(o, again.options()) {
		t.Errorf("options do not come back: %v\n%+v\n%+v", err, o, again.options())
	}
}

// filled sets every field to something.
func filled(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			filled(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		filled(v.Index(0))
	case reflect.Array:
		for i := range v.Len() {
			filled(v.Index(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		filled(v.Elem())
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(1.5)
	default:
		if v.CanInt() {
			v.SetInt(3)
		} else if v.CanUint() {
			v.SetUint(3)
		} else {
			panic(v.Kind().String() + " is not thought of")
		}
	}
}

func TestEncode(t *testing.T) {
	for _, s := range []string{"", "a", "é", "\xff", "a\xc3(", "\U0010ff41", "\U0010feff", "\xf4\x8f", "\xf4\x8f\xbc", "x\U0010ffffy\xfe", "\xf4\x8f\xf4\x8f\xbc\x80"} {
		if got := decode(encode(s)); got != s {
			t.Errorf("%q comes back as %q by %q", s, got, encode(s))
		}
		if encode(encode(s)) == encode(s) && encode(s) != s {
			t.Errorf("%q: its code is taken for text", s)
		}
	}
}

func FuzzEncode(f *testing.F) {
	f.Add("\xf4\x8f\xbc\x80\xff")
	f.Fuzz(func(t *testing.T, s string) {
		if decode(encode(s)) != s {
			t.Errorf("%q", s)
		}
	})
}

// Cases that older versions wrote, kept for ever: they open, and what follows
// from them still does. UPDATE=1 writes the one of this schema if it is new.
func TestOldCases(t *testing.T) {
	path := filepath.Join("testdata", fmt.Sprintf("v%d.%d.zip", Major, Minor))
	if _, err := os.Stat(path); err != nil && os.Getenv("UPDATE") != "" {
		os.MkdirAll("testdata", 0o755)
		write(t, path, odd(t), Options{Arguments: []string{"export", "odd"}})
	}
	list, _ := filepath.Glob("testdata/v*.zip")
	if len(list) == 0 {
		t.Fatal("none is kept")
	}
	for _, path := range list {
		j, f := reopen(t, path)
		if want, got := sizes(plain(odd(t).Capture)), sizes(plain(j.Capture)); !reflect.DeepEqual(got, want) && !reflect.DeepEqual(got, fewer(want)) {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
		for i := range f.Capture.Streams {
			s := &f.Capture.Streams[i]
			for k := range s.Events {
				if line, err := f.Line(f.Capture, s.Ref(&s.Events[k])); err != nil || len(line) == 0 {
					t.Errorf("%s: %q %v", path, line, err)
				}
			}
		}
		if got := f.Manifest.Options().Periods; !reflect.DeepEqual(got, []time.Duration{77 * time.Second}) {
			t.Errorf("%s: periods %v", path, got)
		}
	}
}

// sizes are how many sources, streams and series there are. How many facts and
// events a version makes of a line may change.
// fewer are the sizes before a reading of the same bytes told one fact more,
// the address that a proxy states as its own.
func fewer(sizes []int) []int {
	out := slices.Clone(sizes)
	out[2]--
	return out
}

func sizes(all any) (out []int) {
	for i, part := range all.([]any)[:4] {
		if i != 2 {
			out = append(out, reflect.ValueOf(part).Len())
		}
	}
	return out
}

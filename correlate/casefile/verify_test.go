package casefile

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"faultline/correlate"
)

// altered writes a table anew with one value of its first row changed.
func (t tableOf[T]) altered(data []byte, column int) ([]byte, bool) {
	f, err := openTable(entry{t.name(), bytes.NewReader(data), int64(len(data))})
	if err != nil || f.NumRows() == 0 {
		return nil, false
	}
	rows := make([]T, f.NumRows())
	in := parquet.NewGenericReader[T](f)
	defer in.Close()
	if n, _ := in.Read(rows); n != len(rows) {
		return nil, false
	}
	change(reflect.ValueOf(&rows[0]).Elem().Field(column))
	var out bytes.Buffer
	again := tableOf[T]{t.file, t.about, func(_ *builder, emit func(*T) error) error {
		for i := range rows {
			if err := emit(&rows[i]); err != nil {
				return err
			}
		}
		return nil
	}, t.sorted}
	_, err = again.write(&out, &builder{}, nil)
	return out.Bytes(), err == nil
}

func change(v reflect.Value) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "!")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Float64:
		v.SetFloat(v.Float() + 1)
	default:
		v.SetInt(v.Int() + 1)
	}
}

// follows are the columns that verify must hold: all of what was judged and of
// the lines but their text, and those that are made of others.
func follows(t table, c Column) bool {
	switch t.name() {
	case "lines":
		return c.Name != "body" && c.Name != "unread"
	case "incidents", "evidence", "periods", "associations", "findings", "notes":
		return true
	}
	return c.Follows
}

// Whatever single value somebody changes, with hashes that fit, verify names
// its table, its row and its column.
func TestVerifyNamesEachValue(t *testing.T) {
	held := map[string]int{}
	seen := map[string]bool{}
	for _, j := range []judged{odd(t), demo(t, "report", correlate.Options{})} { // the latter has what the former lacks
		j.Findings = []correlate.Finding{{ID: "F1", Rule: "a rule", Title: "a title", Detail: "a detail"}}
		path := filepath.Join(t.TempDir(), "a.zip")
		write(t, path, j, Options{})
		data := readFile(t, path)
		c, lines := reopen(t, path) // which no change below makes another
		c.Findings = j.Findings
		b := newBuilder(c.Case, lines)
		for _, of := range tables {
			for i, column := range of.columns() {
				name := of.name() + "." + column.Name
				if !follows(of, column) || seen[name] {
					continue
				}
				done := false
				bad := sealedAgain(t, data, of.name()+".parquet", func(b []byte) []byte {
					out, ok := of.(interface {
						altered([]byte, int) ([]byte, bool)
					}).altered(b, i)
					if done = ok; !ok {
						return b
					}
					return out
				})
				if !done {
					continue
				}
				found := false
				see := func(d Difference) {
					found = found || strings.HasPrefix(d.String(), of.name()+" row 0, "+column.Name+": stored ")
				}
				held[of.name()]++
				seen[name] = true
				if i > 0 { // one value goes all the way, the others only through their table
					c, _ := contentsOfZip(bytes.NewReader(bad), int64(len(bad)))
					e, _ := c.find(of.name() + ".parquet")
					stored, err := openTable(e)
					if err != nil {
						t.Fatal(err)
					}
					if err := of.diff(stored, b, see); err != nil || !found {
						t.Errorf("a change of %s is not named: %v", name, err)
					}
					continue
				}
				entries, err := contentsOfZip(bytes.NewReader(bad), int64(len(bad)))
				if err != nil {
					t.Fatal(err)
				}
				f, err := open(entries)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				if err = f.Verify(c.Case, "test", nil, see); err != nil || !found {
					t.Errorf("a change of %s is not named: %v", name, err)
				}
			}
		}
	}
	for _, table := range []string{"lines", "incidents", "evidence", "periods", "findings", "notes", "events", "streams", "sources"} {
		if held[table] == 0 {
			t.Errorf("nothing of %s was changed", table)
		}
	}
	t.Log(held)
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A column that no version of ours writes may say anything: it is named.
func TestVerifyNamesColumnsOfOthers(t *testing.T) {
	data := small(t)
	c, err := openBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	findings, err := c.in.table("findings")
	if err != nil {
		t.Fatal(err)
	}
	rows := findings.NumRows()
	bad := sealedAgain(t, data, "findings.parquet", func([]byte) []byte {
		type row struct {
			Invented string `parquet:"invented"`
		}
		var out bytes.Buffer
		w := parquet.NewGenericWriter[row](&out)
		for range rows {
			if _, err := w.Write([]row{{"all is well"}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	})
	f, err := openBytes(bad)
	if err != nil {
		t.Fatal(err)
	}
	named := false
	if err := f.verifyColumns(func(d Difference) { named = named || d.Table == "findings" && strings.Contains(d.Column, "invented") }); err != nil || !named {
		t.Errorf("%v; the column is named: %v", err, named)
	}
}

package report

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode"
)

// In JSON nothing is left that a terminal obeys, however the text is cut into
// writes, and it says the same.
func TestJSONHoldsNoControls(t *testing.T) {
	want := "a\u009b31m\u202eb\u200f\u2066\u0085ü\u061c€𝄞\x7f\x1b[2J\x07"
	var plain strings.Builder
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(want); err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"json", "jsonl", "timesketch"} {
		for size := 1; size < plain.Len(); size++ {
			var out strings.Builder
			w := Escaping(&out, form)
			for rest := plain.String(); rest != ""; rest = rest[min(size, len(rest)):] {
				if n, err := w.Write([]byte(rest[:min(size, len(rest))])); err != nil || n != min(size, len(rest)) {
					t.Fatal(n, err)
				}
			}
			if i := strings.IndexFunc(out.String(), func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) }); i >= 0 {
				t.Fatalf("%s in writes of %d: %q", form, size, out.String())
			}
			var got string
			if err := json.Unmarshal([]byte(out.String()), &got); err != nil || got != want {
				t.Fatalf("%q, %v", got, err)
			}
		}
	}
}

// In CSV nothing is left that a terminal obeys either, however the text is cut into
// writes; it is read again as the same cells, with the lines and tabs that they have.
func TestCSVHoldsNoControls(t *testing.T) {
	cell := "a,\"\x1b[2J\x07\u009b\x7f,ü\tnext\nline\rover\u202e\u200f€"
	const want = "a,\"\\u001b[2J\\u0007\\u009b\\u007f,ü\tnext\nline\\u000dover\\u202e\\u200f€"
	var plain strings.Builder
	rows := csv.NewWriter(&plain)
	if err := errors.Join(rows.Write([]string{"time", cell, "last"}), rows.Write([]string{cell, "", "b"})); err != nil {
		t.Fatal(err)
	}
	rows.Flush()
	for size := 1; size < plain.Len(); size++ {
		var out strings.Builder
		w := Escaping(&out, "csv")
		for rest := plain.String(); rest != ""; rest = rest[min(size, len(rest)):] {
			if n, err := w.Write([]byte(rest[:min(size, len(rest))])); err != nil || n != min(size, len(rest)) {
				t.Fatal(n, err)
			}
		}
		if i := strings.IndexFunc(out.String(), func(r rune) bool {
			return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r))
		}); i >= 0 {
			t.Fatalf("in writes of %d: %q", size, out.String())
		}
		got, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
		if err != nil || !reflect.DeepEqual(got, [][]string{{"time", want, "last"}, {want, "", "b"}}) {
			t.Fatalf("%q, %v", got, err)
		}
	}
}

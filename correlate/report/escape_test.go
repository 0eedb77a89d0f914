package report

import (
	"encoding/json"
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

// Rows on a terminal keep their lines and nothing else that acts; in a file
// they are as they are.
func TestRowsOnATerminal(t *testing.T) {
	row := "a,\x1b[2J\x07\u009b,ü\t\u202e\n"
	var out strings.Builder
	if _, err := Escaping(&out, OnTerminal).Write([]byte(row)); err != nil || out.String() != `a,\u001b[2J\u0007\u009b,ü\u0009\u202e`+"\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
	out.Reset()
	if _, err := Escaping(&out, "csv").Write([]byte(row)); err != nil || out.String() != row {
		t.Errorf("%q, %v", out.String(), err)
	}
}

package parse

import (
	"bytes"
	"strings"
	"testing"
)

// A counter keeps in mind only lines that may still be asked for.
func TestCounterForgets(t *testing.T) {
	text := strings.Repeat("a line\n", 100_000) + "the last"
	c := newCounter(strings.NewReader(text))
	buf := make([]byte, 7000)
	for range 50 {
		if _, err := fill(c, buf); err != nil {
			t.Fatal(err)
		}
		Behind(c, c.read)
		if len(c.newlines) > 0 {
			t.Fatalf("%d lines are kept in mind", len(c.newlines))
		}
	}
	if got, want := c.line(c.read), uint32(50_001); got != want {
		t.Errorf("line %d, want %d", got, want)
	}
	if err := c.drain(); err != nil || c.newlines != nil || c.lines() != 100_001 || c.read != int64(len(text)) {
		t.Errorf("%v, %d lines of %d bytes, %d in mind", err, c.lines(), c.read, len(c.newlines))
	}
	Behind(bytes.NewReader(nil), 1) // any other reader is left alone
}

package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math/rand"
	"regexp"
	"strings"
	"testing"
)

func TestTextKeepsColumns(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain", "plain     |"},
		{"日本", "日本      |"},
		{"a日本語日本語", "a日本語日 |"}, // a wide rune that does not fit is left out
		{"tab\tend", "tab?end   |"},
		{"esc\x1b[31m", "esc?[31m  |"},
		{"rtl\u202eabc", "rtl?abc   |"},
		{"a\u0301b", "ab        |"}, // a mark without a width of its own
		{"bad\xff", "bad?      |"},
	} {
		b := New(11, 1)
		b.Fill(0, 0, 10, 1, ' ', Plain)
		sub := New(10, 1)
		sub.Text(0, 0, c.in, Plain)
		b.Draw(0, 0, sub)
		b.Put(10, 0, '|', Plain)
		if got := b.String(); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestHalvesOfWideRunesGoTogether(t *testing.T) {
	b := New(4, 1)
	b.Text(0, 0, "日本", Plain)
	b.Put(1, 0, 'x', Plain)
	b.Put(2, 0, 'y', Plain)
	if got := b.String(); got != " xy" {
		t.Errorf("%q", got)
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		in    string
		w     int
		ascii bool
		want  string
	}{
		{"abcdef", 6, false, "abcdef"}, {"abcdef", 4, false, "abc…"}, {"abcdef", 4, true, "abc~"},
		{"abcdef", 0, false, ""}, {"日本語", 4, false, "日…"}, {"日本語", 5, false, "日本…"}, {"", 3, false, ""},
	} {
		if got := Fit(c.in, c.w, c.ascii); got != c.want || Width(got) > max(c.w, 0) {
			t.Errorf("Fit(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Whatever is drawn, no line is wider than the block, the painted block is the
// plain one with colours, and the picture is well-formed.
func TestAnythingDrawnStaysInside(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	alphabet := []rune("ab 日\x1b\n\r\t\u202e\u0301<&\"é\u0000")
	colour := NewPalette(io.Discard, true, false)
	for range 300 {
		b := New(rnd.Intn(30), rnd.Intn(8))
		for range 20 {
			s := make([]rune, rnd.Intn(12))
			for i := range s {
				s[i] = alphabet[rnd.Intn(len(alphabet))]
			}
			b.Text(rnd.Intn(40)-5, rnd.Intn(10)-1, string(s), Style(rnd.Intn(styleCount)))
		}
		plain, painted := b.String(), b.Render(colour)
		if got := escapes.ReplaceAllString(painted, ""); trimLines(got) != plain {
			t.Fatalf("painted %q is not plain %q", got, plain)
		}
		lines := strings.Split(plain, "\n")
		if len(lines) != max(b.H, 1) {
			t.Fatalf("%d lines, want %d", len(lines), b.H)
		}
		for _, l := range lines {
			if Width(l) > b.W {
				t.Fatalf("line %q is wider than %d", l, b.W)
			}
		}
		var svg bytes.Buffer
		if err := b.SVG(&svg, "a <title>"); err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(&svg); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func TestPalettes(t *testing.T) {
	b := New(3, 1)
	b.Text(0, 0, "a", Alarm)
	b.Text(1, 0, "b", Select)
	b.Text(2, 0, "c", Plain)
	for _, c := range []struct {
		colour, plain bool
		want          string
	}{
		{true, false, "\x1b[1;31ma\x1b[0m\x1b[7mb\x1b[0mc"},
		{false, false, "\x1b[1ma\x1b[0m\x1b[7mb\x1b[0mc"},
		{false, true, "abc"},
	} {
		if got := b.Render(NewPalette(io.Discard, c.colour, c.plain)); got != c.want {
			t.Errorf("%+v: %q, want %q", c, got, c.want)
		}
	}
	if got := b.Styles(); got != "aS" {
		t.Errorf("styles %q", got)
	}
}

func TestToASCII(t *testing.T) {
	b := New(12, 1)
	b.Text(0, 0, "a±1…日é–", Plain)
	b.ToASCII()
	if got := b.String(); got != "a~1~???-" {
		t.Errorf("%q", got)
	}
}

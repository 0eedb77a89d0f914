package report_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/fixtures"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

// open judges a bundled incident.
func open(t *testing.T, name string) (*correlate.Case, *bundle.Text) {
	t.Helper()
	in, ok, err := fixtures.Inputs(name)
	if err != nil || !ok {
		t.Fatal(name, err)
	}
	text := bundle.NewText()
	t.Cleanup(text.Close)
	c, err := parse.Read(context.Background(), in, formats.All(), formats.Wrappers(), parse.Options{Keeper: text}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return correlate.Judge(correlate.NewIndex(c), correlate.Options{}), text
}

// The first screen stands alone, and the whole is a page.
func TestTextFits(t *testing.T) {
	for _, i := range fixtures.Incidents() {
		c, text := open(t, i.Name)
		var out bytes.Buffer
		if err := report.WriteText(&out, c, text, report.Style{Command: "faultline"}); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
		if len(lines) > 60 {
			t.Errorf("%s: %d lines", i.Name, len(lines))
		}
		for n, l := range lines {
			if utf8.RuneCountInString(l) > 80 && !strings.Contains(l, ".log") {
				t.Errorf("%s:%d: wider than 80: %s", i.Name, n+1, l)
			}
		}
		first := strings.Join(lines[:min(len(lines), 24)], "\n")
		for _, part := range []string{"when ", "how sure ", "next "} {
			if !strings.Contains(first, "\n"+part) {
				t.Errorf("%s: the first 24 lines lack %q:\n%s", i.Name, part, first)
			}
		}
		for _, word := range []string{" cause", "because of", " proves"} {
			if strings.Contains(strings.ToLower(out.String()), word) {
				t.Errorf("%s says %q", i.Name, word)
			}
		}
	}
}

// What every replica of the real capture logged is in the case, once.
func TestCaptureCountsEveryTrace(t *testing.T) {
	c, _ := open(t, "capture")
	per := map[string]int{}
	for p := range c.Timeline() {
		if c.At(p).Kind == parse.ControllerPopStall {
			per[c.Who[p.Stream].Pod]++
		}
	}
	// fixtures/README.md; the numbers are the rig's own.
	for pod, want := range map[string]int{"x2k7p": 119, "mv9qd": 85, "zt4wl": 125} {
		if got := per["linkerd-destination-7d4b9c6f5-"+pod]; got != want {
			t.Errorf("%s: %d traces, want %d", pod, got, want)
		}
	}
}

func TestTimelineIsInOrder(t *testing.T) {
	c, _ := open(t, "day")
	last, n := parse.Time(0), 0
	for p := range c.Timeline() {
		if c.At(p).Kind == parse.LogOther {
			continue
		}
		at, _, ok := c.Wall(p)
		if !ok {
			t.Fatalf("%s has no wall time", c.At(p).Kind)
		}
		if at < last {
			t.Fatalf("event %d runs backwards by %d ns", n, last-at)
		}
		last = at
		n++
	}
	if n != c.Total {
		t.Errorf("%d events on the timeline, %d in the case", n, c.Total)
	}
}

// Every line that is cited can be read again and is the line it says.
func TestEveryEventHasItsLine(t *testing.T) {
	for _, i := range fixtures.Incidents() {
		c, text := open(t, i.Name)
		for p := range c.Timeline() {
			d, raw, err := report.Detail(c, text, p)
			if err != nil || raw == "" || d.Message == "" {
				t.Fatalf("%s: %s at %s: %q, %q, %v", i.Name, c.At(p).Kind, report.Place(c, c.Ref(p)), raw, d.Message, err)
			}
		}
	}
}

func TestSourcesAddUp(t *testing.T) {
	for _, i := range fixtures.Incidents() {
		c, _ := open(t, i.Name)
		for _, s := range report.Sources(c) {
			if s.Lines != s.Events+s.Other+s.Unparsed+s.Duplicate {
				t.Errorf("%s: %d lines, but %d + %d + %d + %d", s.Path, s.Lines, s.Events, s.Other, s.Unparsed, s.Duplicate)
			}
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain text, naïve 日本": "plain text, naïve 日本",
		"\x1b[2J\x07":          `\x1b[2J\x07`,
		"a\tb\nc\rd":           `a b\nc\rd`,
		"\u202egnp.exe":        `\u202egnp.exe`,
		"\u2066x\u2069":        `\u2066x\u2069`,
		"\x9b31m":              `\x9b31m`,
		"\u009b31m":            `\x9b31m`,
		"\xff\xfe":             `\xff\xfe`,
		"zero\u200bwidth":      `zero\u200bwidth`,
		"tag\U000e0041":        `tag\U000e0041`,
	} {
		if got := report.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

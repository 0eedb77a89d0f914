package controller

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/wrap"
)

// one has a line read that carries a kubectl stamp, if stamp is not "".
func one(t testing.TB, text, stamp string) (parse.Verdict, *parse.Batch, *parse.Line) {
	t.Helper()
	l := &parse.Line{Text: []byte(text), No: 1}
	if stamp != "" {
		l.Prefix.Stamp, l.Prefix.HasStamp = wall(t, stamp), true
	}
	b := parse.NewBatch(false, false)
	brief := *l
	v := line(l, b)
	if !strings.Contains(text, `\x`) && !strings.Contains(text, `\u`) && !strings.Contains(text, `\U`) && !octal.MatchString(text) && skim.Passes(&brief, nil) &&
		(v != parse.Other || brief.Own != l.Own || brief.Grain != l.Grain || brief.Clock != l.Clock) {
		t.Errorf("%q was passed over: verdict %d, time %d, passed at %d", text, v, l.Own, brief.Own)
	}
	return v, b, l
}

// tells has a line read that is one event, and compares what told says of it.
func tells(t testing.TB, text, want string) {
	t.Helper()
	v, b, _ := one(t, text, "")
	if v != parse.Took || len(b.Events) != 1 {
		t.Errorf("%s\nverdict %d, %d events", text, v, len(b.Events))
	} else if got := told(b, b.Events[0]); got != want {
		t.Errorf("%s\n got %s\nwant %s", text, got, want)
	}
}

// octal is an escape that no writer uses for a letter.
var octal = regexp.MustCompile(`\\[0-7]`)

// wall is an RFC 3339 time on a wall clock.
func wall(t testing.TB, s string) parse.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return parse.Time(at.UnixNano())
}

// told is an event as a table writes it.
func told(b *parse.Batch, e parse.Event) string {
	out := []string{e.Kind.String(), e.Severity.String()}
	for _, part := range []struct {
		key, value string
		there      bool
	}{
		{"target", b.Names.Text(e.Target), e.Target != 0},
		{"fact", b.Names.Text(e.Fact), e.Fact != 0},
		{"value", fmt.Sprint(e.Value), e.Value != 0},
		{"queue", fmt.Sprint(e.Class), e.Class != 0},
		{"lasted", time.Duration(e.Lasted).String(), e.Lasted != 0},
	} {
		if part.there {
			out = append(out, part.key+"="+part.value)
		}
	}
	return strings.Join(out, " | ")
}

// capture reads text as one source.
func capture(t testing.TB, text []byte) *parse.Capture {
	t.Helper()
	in := parse.Input{Path: "x", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }}
	c, err := parse.Read(context.Background(), []parse.Input{in}, []*parse.Format{Format}, wrap.All(), parse.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

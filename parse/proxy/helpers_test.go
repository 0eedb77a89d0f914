package proxy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

// one has a line read and gives what became of it. It panics when the skim
// passes over a line that matters, or reads its time otherwise.
func one(text string) (parse.Verdict, *parse.Batch, *parse.Line) {
	b := parse.NewBatch(false, false)
	l := &parse.Line{Text: []byte(text), No: 1}
	v := line(l, b)
	brief := parse.Line{Text: []byte(text)}
	if skim.Passes(&brief, nil) && (v != parse.Other && v != parse.Malformed || brief.Own != l.Own || brief.Grain != l.Grain || brief.Clock != l.Clock) {
		panic(fmt.Sprintf("%q was passed over: verdict %d, time %d, passed at %d", text, v, l.Own, brief.Own))
	}
	return v, b, l
}

// told is an event as a table writes it: kind, target, fact, class, value,
// severity and duration, without those that are empty.
func told(b *parse.Batch, e parse.Event) string {
	out := []string{e.Kind.String(), e.Severity.String()}
	add := func(key, value string, there bool) {
		if there {
			out = append(out, key+"="+value)
		}
	}
	add("target", b.Names.Text(e.Target), e.Target != 0)
	add("fact", b.Names.Text(e.Fact), e.Fact != 0)
	add("cause", parse.CauseOf(e.Class).String(), e.Kind == parse.ProxyRequestFailed)
	add("http", fmt.Sprint(e.Value), e.Value != 0)
	add("lasted", time.Duration(e.Lasted).String(), e.Lasted != 0)
	return strings.Join(out, " | ")
}

// reads checks that a line is one event.
func reads(t *testing.T, text, want string) {
	t.Helper()
	v, b, l := one(text)
	if v != parse.Took || len(b.Events) != 1 {
		t.Errorf("%s\nverdict %d, %d events", text, v, len(b.Events))
		return
	}
	if got := told(b, b.Events[0]); got != want {
		t.Errorf("%s\n got %s\nwant %s", text, got, want)
	}
	if l.Clock != parse.ClockUptime || l.Own <= 0 {
		t.Errorf("%s\nis at %d on clock %v", text, l.Own, l.Clock)
	}
}

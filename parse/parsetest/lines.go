package parsetest

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

// mark begins the lines of a golden file that say what was read.
const mark = "\t| "

// Lines holds what the one of the formats that takes it reads of each line of a file against what stands there below
// each behind a mark, which UPDATE=1 writes: first all that is read of the
// line, then how that grows when the line is cut off behind its first byte, its second
// and so on, as the end of a file is that is still being written, then what becomes of
// it when one of its bytes is another. There a text that stands in the line is given by
// its place, as [4:9], or [4:] up to where the line is cut, and other texts as "…", so
// that the file tells where each limit of a reader lies and is as short as its grammar.
// Lines that begin with "# " say what the next ones are about.
func Lines(t *testing.T, path string, formats ...*parse.Format) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, mark) {
			continue
		}
		fmt.Fprintln(&out, line)
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		if f := taker(t, line, formats); f != nil {
			Told(&out, f, line)
		} else {
			fmt.Fprintln(&out, mark+"nobody's")
		}
	}
	Golden(t, path, out.String())
}

// taker is the format that takes a line: of several no two may, one alone is asked in any case.
func taker(t *testing.T, line string, formats []*parse.Format) (taken *parse.Format) {
	t.Helper()
	for _, f := range formats {
		switch v := f.Line(&parse.Line{Text: []byte(line), No: 1}, parse.NewBatch(false, false)); {
		case v == parse.NotMine && len(formats) > 1:
		case taken != nil && f.Stranger:
		case taken != nil:
			t.Errorf("both %s and %s take %s", taken.Name, f.Name, line)
		default:
			taken = f
		}
	}
	return taken
}

// Golden compares what came out with a file, which it writes where UPDATE is set.
func Golden(t testing.TB, path, got string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) == got {
		return
	}
	about, a, b := "", strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("%s:%d: of %s\n got %s\nwant %s", path, i+1, about, a[i], b[i])
		}
		if !strings.HasPrefix(a[i], mark) {
			about = a[i]
		}
	}
	t.Fatalf("%s: %d lines, want %d", path, len(a), len(b))
}

// Told writes what a format reads of one line, as [Lines] has it.
func Told(out *strings.Builder, format *parse.Format, line string) {
	stamped := parse.Prefix{HasStamp: true, Stamp: parse.Time(time.Date(2026, 11, 23, 8, 50, 6, 5e8, time.UTC).UnixNano())}
	as := func(s string) string { return fmt.Sprintf("%q", s) }
	plain := read(format, line, parse.Prefix{}, as)
	fmt.Fprintf(out, mark+"%s\n", format.Name)
	for _, p := range append(plain, shown(format, line, as)...) {
		fmt.Fprintf(out, mark+"%s\n", p)
	}
	if more := changes(plain, read(format, line, stamped, as)); more != "" {
		fmt.Fprintf(out, mark+"behind a stamp: %s\n", more)
	}
	var was []pair
	for n := 1; n <= len(line); n++ {
		if strings.TrimSpace(line[:n]) == "" {
			continue
		}
		place := placed(line[:n])
		is := append(read(format, line[:n], parse.Prefix{}, place), shown(format, line[:n], place)...)
		if more := changes(was, is); more != "" {
			fmt.Fprintf(out, mark+"%d: %s\n", n, more)
		}
		was = is
	}
	was = read(format, line, parse.Prefix{}, placed(line))
	since, last := 0, ""
	for n := 0; n <= len(line); n++ {
		more := ""
		if n < len(line) {
			other := line[:n] + "~" + line[n+1:]
			more = changes(was, read(format, other, parse.Prefix{}, placed(other)))
		}
		if more != last || n == len(line) {
			if last != "" {
				fmt.Fprintf(out, mark+"~%d-%d: %s\n", since, n-1, last)
			}
			since, last = n, more
		}
	}
}

// placed shows a text by where it stands in a line.
func placed(line string) func(string) string {
	return func(s string) string {
		switch i := strings.LastIndex(line, s); {
		case s == "":
			return `""`
		case i < 0:
			return `"…"`
		case i+len(s) == len(line):
			return fmt.Sprintf("[%d:]", i)
		default:
			return fmt.Sprintf("[%d:%d]", i, i+len(s))
		}
	}
}

// pair is one thing that was read.
type pair struct{ key, value string }

func (p pair) String() string { return p.key + " " + p.value }

// changes are what is new or other than it was, and what is there no more; the latter only
// where something else is left.
func changes(was, is []pair) string {
	var out []string
	for _, p := range is {
		if !slices.Contains(was, p) {
			out = append(out, p.String())
		}
	}
	for _, p := range was {
		if len(is) > 1 && !slices.ContainsFunc(is, func(q pair) bool { return p.key == q.key }) {
			out = append(out, "no "+p.key)
		}
	}
	return strings.Join(out, "; ")
}

var verdicts = map[parse.Verdict]string{parse.NotMine: "not mine", parse.Other: "other", parse.Took: "took", parse.Malformed: "malformed"}

// read is all that a format reads of a line.
func read(format *parse.Format, text string, prefix parse.Prefix, as func(string) string) (out []pair) {
	set := func(key, value string) { out = append(out, pair{key, value}) }
	l, b := &parse.Line{Text: []byte(text), No: 1, Len: uint32(len(text)), Prefix: prefix}, parse.NewBatch(false, false)
	glance := *l
	set("line", verdicts[format.Line(l, b)])
	if format.Skim != nil && format.Skim.Passes(&glance, parse.NewBatch(false, false)) {
		set("passed", at(glance.Clock, glance.Own, glance.Grain))
	}
	if l.Clock != parse.ClockNone {
		set("time", at(l.Clock, l.Own, l.Grain))
	}
	if l.Severity != parse.SeverityNone {
		set("level", l.Severity.String())
	}
	if l.Unread {
		set("time", "unread")
	}
	if l.Everyday {
		set("level", "everyday")
	}
	for i, e := range b.Events {
		which := strings.Repeat("next ", i)
		set(which+"event", e.Kind.String()+" "+e.Severity.String())
		for _, f := range fields(&e, l.Clock, b.Names.Text, as) {
			set(which+f.key, f.value)
		}
	}
	for i, f := range b.Facts {
		set(fmt.Sprint("fact ", i+1), strings.Join([]string{as(b.Names.Text(f.Subject)), b.Names.Text(f.Key), as(b.Names.Text(f.Value)),
			at(parse.ClockWall, f.Time, 0), f.Within.String()}, " "))
	}
	for _, p := range b.Problems {
		set("problem", p.Text)
	}
	return out
}

// fields are what an event has besides its kind.
func fields(e *parse.Event, clock parse.Clock, text func(parse.Name) string, as func(string) string) (out []pair) {
	set := func(key, value string, there bool) {
		if there {
			out = append(out, pair{key, value})
		}
	}
	set("at", at(clock, e.Time, e.Grain), e.Time != 0)
	set("lasted", e.Lasted.String(), e.Lasted != 0)
	set("value", fmt.Sprint(e.Value), e.Value != 0)
	set("target", as(text(e.Target)), e.Target != 0)
	set("about", as(text(e.Fact)), e.Fact != 0)
	set("class", fmt.Sprint(e.Class), e.Class != 0)
	set("count", fmt.Sprint(e.Count), e.Count != 0)
	set("printed", "apart", e.Print != 0)
	return out
}

// shown is what a format shows of a line.
func shown(format *parse.Format, text string, as func(string) string) (out []pair) {
	var d parse.Detail
	if format.Detail != nil {
		format.Detail(bytes.Clone([]byte(text)), &d)
	}
	for _, p := range []pair{{"message", d.Message}, {"printed", d.RawTime}} {
		if p.value != "" {
			out = append(out, pair{"shown " + p.key, as(p.value)})
		}
	}
	if d.Zero || d.Lasted != 0 {
		out = append(out, pair{"shown lasted", d.Lasted.String()})
	}
	for _, a := range d.Attrs {
		out = append(out, pair{"shown ." + a.Key, as(a.Value)})
	}
	return out
}

// at is a time on a clock and how wide its last digit is.
func at(clock parse.Clock, t parse.Time, g parse.Grain) string {
	text := time.Duration(t).String()
	if clock == parse.ClockWall {
		text = time.Unix(0, int64(t)).UTC().Format(time.RFC3339Nano)
	}
	if g != 0 {
		text += " ±" + (g.Width() / 2).String()
	}
	return cmp.Or(clock.String(), "own") + " " + text
}

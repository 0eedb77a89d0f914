package parsetest

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

// Pages is [Lines] for what tells something only as a whole: the pages of a file, each
// behind a line "-- name --", where a page's name is the path that it has. Below each
// stands, behind a mark, all that the capture says of the page, then how that
// grows when the page is cut off behind each of its words and marks.
func Pages(t *testing.T, path string, formats []*parse.Format, wrappers ...*parse.Wrapper) {
	t.Helper()
	read := func(name, page string) *parse.Capture {
		return Read(t, Text(name, page), formats, wrappers, parse.Options{Workers: 1, Piece: 16 << 10})
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out, page strings.Builder
	name := ""
	end := func() {
		out.WriteString(page.String())
		if name != "" {
			grown(&out, read, formats, name, page.String())
		}
		page.Reset()
	}
	for line := range strings.Lines(string(text)) {
		next, rest, ok := strings.Cut(strings.TrimPrefix(line, "-- "), " --\n")
		switch {
		case strings.HasPrefix(line, mark):
		case strings.HasPrefix(line, "-- ") && ok && rest == "":
			end()
			name = next
			out.WriteString(line)
		default:
			page.WriteString(line)
		}
	}
	end()
	Golden(t, path, out.String())
}

// grown writes what is read of a page, whole and cut.
func grown(out *strings.Builder, read func(name, page string) *parse.Capture, formats []*parse.Format, name, page string) {
	as := func(s string) string { return fmt.Sprintf("%q", s) }
	whole := read(name, page)
	for _, p := range append(captured(whole, as), details(whole, formats, page, as)...) {
		fmt.Fprintf(out, mark+"%s\n", p)
	}
	var was []pair
	for n := 1; n <= len(page); n++ {
		if strings.TrimSpace(page[:n]) == "" || n < len(page) && inWord(page[n-1]) && inWord(page[n]) {
			continue
		}
		is := captured(read(name, page[:n]), placed(page[:n]))
		if more := changes(was, is); more != "" {
			fmt.Fprintf(out, mark+"%d: %s\n", n, more)
		}
		was = is
	}
}

// details are what is shown of each event of a page.
func details(c *parse.Capture, formats []*parse.Format, page string, as func(string) string) (out []pair) {
	for i := range c.Streams {
		for k := range c.Streams[i].Events {
			e := &c.Streams[i].Events[k]
			for _, f := range formats {
				if f.Name != c.Streams[i].Format || e.Off+int64(e.Len) > int64(len(page)) {
					continue
				}
				var said []string
				for _, p := range shown(f, string(parse.EventText(f, c.Sources[0].Wrappers, []byte(page[e.Off:e.Off+int64(e.Len)]), e.Print)), as) {
					said = append(said, p.String())
				}
				out = append(out, pair{fmt.Sprintf("shown of line %d", e.Line), strings.Join(said, ", ")})
			}
		}
	}
	return out
}

func inWord(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' }

// captured is all that a capture says of its one source.
func captured(c *parse.Capture, as func(string) string) (out []pair) {
	set := func(key, format string, args ...any) { out = append(out, pair{key, fmt.Sprintf(format, args...)}) }
	s := &c.Sources[0]
	set("format", "%q", s.Format)
	for _, w := range s.Wrappers {
		set("behind", "%s", w.Name)
	}
	if s.Layout != "" {
		set("layout", "%s", as(s.Layout))
	}
	n := s.Counts
	set("lines", "%d: %d events, %d other, %d unparsed, %d prose", n.Lines, n.Events, n.Other, n.Unparsed, n.Prose)
	for i, p := range s.Problems {
		why, of, _ := strings.Cut(p.Text, ": ")
		set(fmt.Sprintf("problem %d", i+1), "line %d: %s %s", p.Line, why, as(of))
	}
	for i := range c.Streams {
		out = append(out, stream(c, &c.Streams[i], fmt.Sprintf("stream %d", i+1), as)...)
	}
	for i, f := range c.Facts {
		set(fmt.Sprintf("fact %d", i+1), "line %d: %s %s %s %s ±%s", f.Ref.Line, as(c.Name(f.Subject)), c.Name(f.Key), as(c.Name(f.Value)),
			at(parse.ClockWall, f.Time, 0), f.Within)
	}
	for i := range c.Series {
		s := &c.Series[i]
		labels := []string{c.Name(s.Metric)}
		for _, l := range s.Labels {
			labels = append(labels, c.Name(l.Key)+"="+as(c.Name(l.Value)))
		}
		key := fmt.Sprintf("series %d", i+1)
		set(key, "line %d: %s", s.Ref.Line, strings.Join(labels, " "))
		for k := range s.Times {
			set(fmt.Sprintf("%s sample %d", key, k+1), "%v at %s", s.Values[k], time.Unix(0, s.Times[k]).UTC().Format(time.RFC3339Nano))
		}
	}
	return out
}

// stream is all that is read of one stream.
func stream(c *parse.Capture, s *parse.Stream, key string, as func(string) string) (out []pair) {
	set := func(of, format string, args ...any) { out = append(out, pair{key + of, fmt.Sprintf(format, args...)}) }
	set("", "%s of %s on %q: %d lines from %d to %d", s.Format, parse.Subject(c.Name(s.Namespace), c.Name(s.Pod), c.Name(s.Container)),
		c.Name(s.Node), s.Lines, s.FirstLine, s.LastLine)
	if s.Instance != 0 || s.Life != 0 || s.ZoneBy != 0 || s.Interleaved {
		set(" is", "%s, life %d, zone %q, interleaved %v", s.Instance, s.Life, s.ZoneBy, s.Interleaved)
	}
	for i, x := range s.Coverage {
		set(fmt.Sprintf(" coverage %d", i+1), "%s to %s", at(s.Clock, x.From, 0), at(s.Clock, x.To, 0))
	}
	for i, x := range s.Silences {
		set(fmt.Sprintf(" silence %d", i+1), "%s to %s", at(s.Clock, x.From, 0), at(s.Clock, x.To, 0))
	}
	for i, x := range s.Ties {
		set(fmt.Sprintf(" tie %d", i+1), "line %d: %s is %s ±%s", x.Ref.Line, at(s.Clock, x.Own, 0), at(parse.ClockWall, x.Wall, 0), x.Within)
	}
	for i := range s.Events {
		e := &s.Events[i]
		said := []string{e.Kind.String(), e.Severity.String()}
		for _, f := range fields(e, s.Clock, c.Name, as) {
			if f.key != "printed" {
				said = append(said, f.String())
			}
		}
		set(fmt.Sprintf(" event %d", i+1), "line %d: %s", e.Line, strings.Join(said, ", "))
	}
	return out
}

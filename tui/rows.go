package tui

import (
	"cmp"
	"fmt"
	"math"
	"path"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/correlate/words"
	"faultline/parse"
	"faultline/tui/chart"
)

// row is one row of the merged log: an event, and how many that follow it and
// say the same of the same are folded into it.
type row struct {
	place
	n    int
	last place
}

// has says whether an event is folded into the row.
func (r *row) has(p place) bool { return !p.before(r.place) && !r.last.before(p) }

// foldedWithin is how long after the first a repeat may come to be folded.
const foldedWithin = parse.Time(60e9)

// rows folds places into rows.
func (m *Model) rows(all []place) (out []row) {
	l, each := m.merged(), m.lining().each
	for _, p := range all {
		if n := len(out); n > 0 && !each && m.repeats(l, out[n-1].place, p) {
			out[n-1].n++
			out[n-1].last = p
			continue
		}
		out = append(out, row{p, 1, p})
	}
	return out
}

// repeats says whether an event says what another said shortly before.
func (m *Model) repeats(l merged, a, b place) bool {
	if a.stream != b.stream || b.at-a.at > foldedWithin {
		return false
	}
	x, y := m.c.At(l.point(a)), m.c.At(l.point(b))
	return x.Kind == y.Kind && x.Target == y.Target && x.Fact == y.Fact && x.Class == y.Class && x.Value == y.Value && x.Severity == y.Severity
}

// rowsFrom gives at most n rows from a place on.
func (m *Model) rowsFrom(p place, n int) []row {
	return m.enough(n, func(k int) []place { return m.merged().from(p, k) }, func(r []row) []row { return r[:n] })
}

// rowsBehind gives at most n rows before a place.
func (m *Model) rowsBehind(p place, n int) []row {
	return m.enough(n, func(k int) []place { return m.merged().behind(p, k) }, func(r []row) []row { return r[len(r)-n:] })
}

// enough takes more events until there are enough rows, or no more events, or
// so many that the rows are long enough as they are.
func (m *Model) enough(n int, take func(int) []place, cut func([]row) []row) []row {
	for k := 2*max(n, 1) + 16; ; k *= 4 {
		all := take(k)
		rows := m.rows(all)
		if len(rows) > n {
			return cut(rows)
		}
		if len(all) < k || k > 64*(n+16) {
			return rows
		}
	}
}

// page are the rows in view: the cursor's stays in the middle third.
func (m *Model) page() []row {
	here, ok := m.here()
	if !ok {
		return nil
	}
	w, h := m.body()
	rows := max(h-m.lining().below(w, h), 1)
	before := m.rowsBehind(here, rows/2)
	after := m.rowsFrom(here, rows-len(before))
	if lack := rows - len(before) - len(after); lack > 0 {
		before = m.rowsBehind(here, rows/2+lack)
	}
	return append(before, after...)
}

// day is the date of an event, "" without one.
func (m *Model) day(p correlate.Point) string {
	if at, _, ok := m.c.Wall(p); ok {
		return time.Unix(0, int64(at)).In(m.display.Zone).Format("01-02")
	}
	return ""
}

// stamp is an event's time as the list shows it, with its date where that is
// another than on the row above.
func (m *Model) stamp(p correlate.Point, dated bool) string {
	at, within, ok := m.c.Wall(p)
	if !ok {
		e := m.c.At(p)
		switch m.c.Streams[p.Stream].Clock {
		case parse.ClockUptime:
			return fmt.Sprintf("%11.3f s", seconds(e.Time))
		case parse.ClockAge:
			return "age " + chart.Span(-seconds(e.Time))
		}
		return "no time"
	}
	t := time.Unix(0, int64(at)).In(m.display.Zone)
	if dated {
		return t.Format("01-02 15:04:05")
	}
	switch w := within.Seconds(); {
	case w >= 10:
		return t.Format("15:04:05") + " ±" + chart.Span(math.Ceil(w))
	case w >= 0.25: // milliseconds would be false precision
		return t.Format("15:04:05") + fmt.Sprintf(" ±%.1fs", w)
	}
	return t.Format("15:04:05.000")
}

// markerOf is the marker of an event's kind, -1 for those without one.
func markerOf(k parse.Kind) int {
	switch k {
	case parse.ProxyRequestFailed, parse.IngressResponse:
		return failureMarker
	case parse.ProxyFailfastEnter, parse.ProxyNoEndpoints, parse.ProxyConnectFailed:
		return symptomMarker
	case parse.ControllerPopStall:
		return stallMarker
	case parse.KubeletProbeFailed:
		return probeMarker
	}
	return -1
}

// eventRow is one event in a list, and how it is written.
type eventRow struct {
	when    string
	point   correlate.Point
	repeats int
	right   int // how many columns its text is moved to the left
	wrap    bool
}

// shortKind is how wide a kind is without the name of who tells it.
const shortKind = 14

// columns of a list of events: where the process and the kind begin, how wide
// they are, and where the text begins. What has no room has no width.
func columns(w int) (who, whoWide, kind, kindWide, text int) {
	who, whoWide = 19, 8
	switch {
	case w >= 200:
		whoWide, kindWide = 44, 24
	case w >= 110:
		whoWide, kindWide = 22, 24
	case w >= 76:
		whoWide, kindWide = 10, shortKind
	case w < 50:
		return who, 0, 0, 0, who
	}
	kind = who + 2 + whoWide + 1
	text = kind
	if kindWide > 0 {
		text += kindWide + 1
	}
	return who, whoWide, kind, kindWide, text
}

// eventRow writes one event in a list: marker, time, process, kind, what it says.
// It gives the number of rows that it took.
func (m *Model) eventRow(b *chart.Block, y int, r eventRow) int {
	e, g := m.c.At(r.point), m.display.glyphs
	if s := markerOf(e.Kind); s >= 0 {
		b.Put(2, y, m.display.mark(s).One, m.display.mark(s).Style)
	} else {
		b.Put(2, y, g.Base, chart.Dim)
	}
	b.Clip(4, y, 14, r.when, chart.Plain, g.ASCII)
	who, whoWide, kind, kindWide, x := columns(b.W)
	if whoWide > 0 {
		glyph, style := m.roster.glyph(int(r.point.Stream), g)
		b.Put(who, y, glyph, style)
		b.Text(who+2, y, m.roster.name(int(r.point.Stream), whoWide, g.ASCII), style)
	}
	if name := m.c.KindName(e.Kind); kindWide > 0 {
		if kindWide == shortKind {
			name = name[strings.IndexByte(name, '.')+1:]
		}
		b.Clip(kind, y, kindWide, name, chart.Dim, g.ASCII)
	}
	text := m.eventText(r.point)
	end := b.W - 1
	if r.repeats > 1 {
		times := fmt.Sprintf(" ×%d", r.repeats)
		b.Right(end, y, times, chart.Title)
		end -= chart.Width(times)
	}
	if r.wrap {
		lines := wrapped(text, max(b.W-1-x, 1))
		for i, s := range lines {
			m.lit(b, x, y+i, end-x, s)
			end = b.W - 1
		}
		return len(lines)
	}
	if skip := []rune(text); r.right > 0 {
		text = string(skip[min(r.right, len(skip)):])
	}
	m.lit(b, x, y, end-x, text)
	return 1
}

// rowHeight is how many rows a wrapped event takes.
func (m *Model) rowHeight(w int, p correlate.Point) int {
	_, _, _, _, x := columns(w)
	return len(wrapped(m.eventText(p), max(w-1-x, 1)))
}

// lit writes a text and lights what was searched for.
func (m *Model) lit(b *chart.Block, x, y, w int, s string) {
	b.Clip(x, y, w, s, chart.Plain, m.display.glyphs.ASCII)
	if m.hits.re == nil {
		return
	}
	for _, at := range m.hits.re.FindAllStringIndex(s, 20) {
		from, n := chart.Width(s[:at[0]]), chart.Width(s[at[0]:at[1]])
		b.Paint(x+from, y, min(n, w-from), 1, chart.Lit)
	}
}

// eventText is what a list says of an event: of a failure its status, its
// target and its cause, of a stall its object, depth and length, and then the
// message itself.
func (m *Model) eventText(p correlate.Point) string {
	e := m.c.At(p)
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, report.Clean(s))
		}
	}
	target := words.Target(m.c.Name(e.Target))
	switch markerOf(e.Kind) {
	case failureMarker:
		if e.Value >= 100 {
			add(fmt.Sprintf("%.0f", e.Value))
		}
		add(target)
		if cause := parse.CauseOf(e.Class); cause != parse.CauseUnknown {
			add(strings.ReplaceAll(cause.String(), "_", " "))
		}
	case stallMarker:
		add(target)
		add(fmt.Sprintf("depth %.0f  %s", e.Value, chart.Span(math.Round(e.Lasted.Seconds()*1e3)/1e3)))
	default:
		add(target)
	}
	add(m.message(p))
	for _, a := range m.cache.lines[p].attrs { // what the message says of itself, if it does not
		if a.Key == "error" && !strings.Contains(m.cache.lines[p].message, a.Value) {
			add(a.Value)
		}
	}
	return strings.Join(parts, "  ")
}

// who names a stream: its pod, else its file.
func (m *Model) who(stream int) string {
	return cmp.Or(m.c.Who[stream].Pod, path.Base(m.c.SourceName(stream)))
}

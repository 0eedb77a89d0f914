package tui

import (
	"cmp"
	"fmt"
	"math"
	"path"
	"regexp"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/tui/chart"
)

// linesPane is the merged log.
type linesPane struct {
	onTime
	right int // how many columns long lines are moved to the left
}

func (linesPane) down(m Model, by int) Model { return m.downLine(by) }

// side moves long lines.
func (p linesPane) side(m Model, columns int) Model {
	p.right = min(max(p.right+columns*8, 0), 4000)
	m.panes[lines] = p
	return m
}

func (linesPane) end(m Model, last bool) Model {
	if l := m.merged(); last {
		return m.onPlace(l.behind(l.end(), 1))
	}
	return m.onPlace(m.merged().from(m.merged().start(), 1))
}

func (linesPane) enter(m Model) (Model, tea.Cmd) { return m.openLine() }

func (p linesPane) copied(m *Model) string {
	if p, ok := m.current(); ok {
		return m.lineText(p)
	}
	return p.onTime.copied(m)
}

func (linesPane) points(m *Model) (out []correlate.Point) {
	l := m.merged()
	for _, p := range m.page() {
		out = append(out, l.point(p))
	}
	return out
}

func (m *Model) merged() merged { return merged{m.c, m.in} }

// current is the event that the cursor is on: the one it was put on, else the
// next that passes the filters.
func (m *Model) current() (correlate.Point, bool) {
	if p, ok := m.here(); ok {
		return m.merged().point(p), true
	}
	return correlate.Point{}, false
}

// here is the place of the current event.
func (m *Model) here() (place, bool) {
	l := m.merged()
	if m.onPoint {
		if p, ok := l.of(m.point); ok {
			return p, true
		}
	}
	from := place{wallClock, m.cursor, -1, 0}
	if m.axis != wallClock {
		from = place{m.axis, m.cursor, m.axis, l.in.streams[m.axis].at(m.cursor)}
	}
	if next := l.from(from, 1); len(next) > 0 {
		return next[0], true
	}
	if last := l.behind(l.end(), 1); len(last) > 0 {
		return last[0], true
	}
	return place{}, false
}

// onPoint_ puts the cursor on an event.
func (m Model) onPoint_(p correlate.Point) Model {
	at := m.c.At(p).Time
	if zero, ok := m.zero(int(p.Stream)); ok {
		m = m.goTo(at + zero)
	}
	m.point, m.onPoint = p, true
	return m
}

// onPlace puts the cursor on the first of some places.
func (m Model) onPlace(p []place) Model {
	if len(p) == 0 {
		return m.say("no event passes the filters")
	}
	return m.onPoint_(m.merged().point(p[0]))
}

// downLine moves by lines of the merged log.
func (m Model) downLine(by int) Model {
	here, ok := m.here()
	if !ok {
		return m.say("no event passes the filters")
	}
	l := m.merged()
	if by > 0 {
		next := l.from(here, by+1)
		return m.onPlace(next[len(next)-1:])
	}
	if back := l.behind(here, -by); len(back) > 0 {
		return m.onPlace(back[:1])
	}
	return m
}

// page are the places in view: the cursor's stays in the middle third.
func (m *Model) page() []place {
	here, ok := m.here()
	if !ok {
		return nil
	}
	_, h := m.body()
	l, rows := m.merged(), max(h-2, 1)
	before := l.behind(here, rows/2)
	after := l.from(here, rows-len(before))
	if lack := rows - len(before) - len(after); lack > 0 {
		before = l.behind(here, rows/2+lack)
	}
	return append(before, after...)
}

// stamp is an event's time as the list shows it.
func (m *Model) stamp(p correlate.Point) string {
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
	said := time.Unix(0, int64(at)).In(m.look.Zone).Format("15:04:05")
	switch w := within.Seconds(); {
	case w >= 10:
		return said + " ±" + chart.Span(math.Ceil(w))
	case w >= 0.25: // milliseconds would be false precision
		return said + fmt.Sprintf(" ±%.1fs", w)
	}
	return time.Unix(0, int64(at)).In(m.look.Zone).Format("15:04:05.000")
}

// signOf is the sign of an event's kind, -1 for those without one.
func signOf(k parse.Kind) int {
	switch k {
	case parse.ProxyRequestFailed, parse.IngressResponse:
		return failureSign
	case parse.ProxyFailfastEnter, parse.ProxyNoEndpoints, parse.ProxyConnectFailed:
		return symptomSign
	case parse.ControllerPopStall:
		return stallSign
	case parse.KubeletProbeFailed:
		return probeSign
	}
	return -1
}

// eventLine writes one event in a list: mark, time, kind, who, message.
func (m *Model) eventLine(b *chart.Block, y int, when string, p correlate.Point, from int) {
	e, g := m.c.At(p), m.look.glyphs
	x := 2
	if s := signOf(e.Kind); s >= 0 {
		b.Put(x, y, m.look.mark(s).One, m.look.mark(s).Style)
	} else {
		b.Put(x, y, g.Base, chart.Dim)
	}
	x = b.Clip(x+2, y, 14, when, chart.Plain, g.ASCII)
	x = max(x+1, 2+2+14)
	kind := m.c.KindName(e.Kind)
	if b.W >= 76 {
		b.Clip(x, y, 24, kind, chart.Dim, g.ASCII)
		x += 25
	}
	if b.W >= 110 {
		b.Clip(x, y, 30, report.Clean(m.who(int(p.Stream))), chart.Dim, g.ASCII)
		x += 31
	}
	text := m.message(p)
	if t := m.c.Name(e.Target); t != "" && b.W >= 160 {
		text = report.Clean(t) + "  " + text
	}
	if skip := []rune(text); from > 0 {
		text = string(skip[min(from, len(skip)):])
	}
	b.Clip(x, y, b.W-x-1, text, chart.Plain, g.ASCII)
}

// who names a stream in a list: its pod, else its file.
func (m *Model) who(stream int) string {
	return cmp.Or(m.c.Who[stream].Pod, path.Base(m.c.SourceName(stream)))
}

func (pane linesPane) view(m *Model, b *chart.Block) {
	page := m.page()
	if len(page) == 0 {
		b.Text(2, 1, "No event passes the filters.", chart.Plain)
		b.Text(2, 2, "D drops the last filter, ctrl+f turns all of them off.", chart.Dim)
		return
	}
	l, here := m.merged(), place{}
	here, _ = m.here()
	y := 0
	for _, p := range page {
		point := l.point(p)
		m.eventLine(b, y, m.stamp(point), point, pane.right)
		if m.markedAt(p) {
			b.Put(0, y, 'm', chart.Accent)
		}
		if m.selected != nil && m.selected.has(p.at) && (p.group == m.axis) {
			b.Put(0, y, m.look.glyphs.V, chart.Accent)
		}
		if p == here {
			b.Paint(0, y, b.W, 1, chart.Select)
		}
		y++
	}
	p := l.point(here)
	at := fmt.Sprintf("%s  %s of %s", report.Place(m.c, m.c.Ref(p)), number(l.rank(here)+1), number(m.in.total))
	if here.group != wallClock {
		at += "  (no wall time: 6 shows why, " + anchorKey + " says when it was)"
	}
	b.Clip(1, b.H-1, b.W-2, at, chart.Dim, m.look.glyphs.ASCII)
}

func (m *Model) markedAt(p place) bool {
	return slices.ContainsFunc(m.marks, func(k mark) bool { at, ok := m.on(p.group, &k); return ok && at == p.at })
}

// openLine shows the whole line with everything that it holds.
func (m Model) openLine() (Model, tea.Cmd) {
	p, ok := m.current()
	if !ok {
		return m.say("no event passes the filters"), nil
	}
	if m.ports.Detail == nil {
		return m.say("the text behind the events is not at hand"), nil
	}
	c, ports := m.c, m.ports
	return m, func() tea.Msg { return panelMsg{report.Place(c, c.Ref(p)), wholeLine(c, &ports, p)} }
}

func wholeLine(c *correlate.Case, ports *Ports, p correlate.Point) []string {
	l, e, who := read(c, ports, p), c.At(p), c.Who[p.Stream]
	text := []string{l.raw, ""}
	add := func(key, value string) {
		if value != "" {
			text = append(text, fmt.Sprintf("%-14s %s", key, value))
		}
	}
	if at, within, ok := c.Wall(p); ok {
		add("time", fmt.Sprintf("%s ±%s", report.Stamp(at, within), chart.Span(within.Seconds())))
	}
	add("own clock", fmt.Sprintf("%s %.6f s", c.Streams[p.Stream].Clock, seconds(e.Time)))
	add("kind", c.KindName(e.Kind))
	add("target", report.Clean(c.Name(e.Target)))
	if e.Lasted > 0 {
		add("lasted", e.Lasted.String())
	}
	if e.Count > 1 {
		add("count", fmt.Sprint(e.Count))
	}
	if who.Pod != "" {
		add("process", report.Clean(who.String()))
	}
	add("message", l.message)
	for _, a := range l.attrs {
		add(a.Key, a.Value)
	}
	return text
}

// search asks for a regular expression.
func (m Model) search() (Model, tea.Cmd) {
	return m.ask(prompt{label: "/", history: "search", accept: func(m Model, s string) (Model, tea.Cmd) {
		m.sought = s
		return m.hit(1)
	}}, "")
}

// foundMsg brings a hit, or says that there is none.
type foundMsg struct {
	point correlate.Point
	ok    bool
	said  string
}

// searchMost is how many lines one search reads at most.
const searchMost = 500000

// hit looks for the next line that the last search fits, or for the one before.
func (m Model) hit(by int) (Model, tea.Cmd) {
	if m.sought == "" {
		return m.say("nothing was searched for: / searches"), nil
	}
	re, err := regexp.Compile(m.sought)
	if err != nil {
		return m.fail(err), nil
	}
	here, ok := m.here()
	if !ok || m.ports.Detail == nil {
		return m.say("there is no text to search"), nil
	}
	l, ports := m.merged(), m.ports
	return m.say("searching for " + m.sought + "…"), func() tea.Msg { return seek(l, &ports, re, here, by) }
}

// seek walks the merged log in portions until a line fits.
func seek(l merged, ports *Ports, re *regexp.Regexp, here place, by int) foundMsg {
	const portion = 512
	for n := 0; n < searchMost; n += portion {
		var some []place
		if by > 0 {
			if some = l.from(here, portion+1); len(some) > 0 {
				some = some[1:]
			}
		} else {
			some = l.behind(here, portion)
		}
		if len(some) == 0 {
			return foundMsg{said: "not found from here to the end: " + re.String()}
		}
		for i := range some {
			p := some[i]
			if by < 0 {
				p = some[len(some)-1-i]
			}
			point := l.point(p)
			if _, raw, err := ports.Detail(l.c, point); err == nil && re.MatchString(raw) {
				return foundMsg{point: point, ok: true}
			}
			here = p
		}
	}
	return foundMsg{said: fmt.Sprintf("not found in %s lines; n goes on", number(searchMost))}
}

// found goes to a hit.
func (m Model) found(msg foundMsg) Model {
	if !msg.ok {
		return m.say(msg.said)
	}
	if m.screen != lines {
		m = m.show(lines)
	}
	return m.onPoint_(msg.point).say("/" + m.sought + "   n next, N before")
}

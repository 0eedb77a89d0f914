package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/tui/chart"
)

// linesPane is the merged log.
type linesPane struct {
	onTime
	right int  // how many columns long lines are moved to the left
	wrap  bool // long lines take as many rows as they need
	each  bool // repeats are not folded
	brief bool // what is shown below the list is put away
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
	for _, r := range m.page() {
		out = append(out, l.point(r.place))
	}
	return out
}

func (p *linesPane) turnWrap() string {
	p.wrap = !p.wrap
	return map[bool]string{true: "long lines are wrapped", false: "long lines are cut"}[p.wrap]
}

func (p *linesPane) turnFold() string {
	p.each = !p.each
	return map[bool]string{true: "every line has a row", false: "repeats within a minute are folded into one row"}[p.each]
}

func (p *linesPane) turnDetail() string {
	p.brief = !p.brief
	return map[bool]string{true: "the line is put away", false: "the whole line stands below, where the screen is large enough"}[p.brief]
}

// lining is how the merged log is shown.
func (m *Model) lining() linesPane { return m.panes[lines].(linesPane) }

// relining changes how the merged log is shown.
func relining(change func(*linesPane) string) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) {
		p := m.lining()
		said := change(&p)
		m.panes[lines] = p
		return m.say(said), nil
	}
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

// downLine moves by rows of the merged log.
func (m Model) downLine(by int) Model {
	here, ok := m.here()
	if !ok {
		return m.say("no event passes the filters")
	}
	if by > 0 {
		rows := m.rowsFrom(here, by+1)
		return m.onPlace([]place{rows[len(rows)-1].place})
	}
	if rows := m.rowsBehind(here, -by); len(rows) > 0 {
		return m.onPlace([]place{rows[0].place})
	}
	return m
}

// detailRows is how many rows the line under the cursor gets below the list,
// whole, where there is room for it.
const detailRows = 11

// below is how many rows of the screen are not the list's.
func (p linesPane) below(w, h int) int {
	if p.brief || w < 100 || h < 36 {
		return 2
	}
	return detailRows
}

func (p linesPane) view(m *Model, b *chart.Block) {
	page := m.page()
	if len(page) == 0 {
		said, next := "No event passes the filters.", "D drops the last filter, & turns all of them off."
		if len(m.filters) == 0 {
			said, next = "No event was read: no log of what serves requests, and no list of events, is in the dump.", "7 has what was found, 5 the metrics."
		}
		y := paragraph(b, 2, 1, b.W-4, "", said, chart.Plain)
		paragraph(b, 2, y, b.W-4, "", next, chart.Plain)
		return
	}
	l := m.merged()
	here, _ := m.here()
	y, last := 0, ""
	for _, r := range p.fitting(m, b, page, here) {
		point := l.point(r.place)
		day := m.day(point)
		rows := m.eventRow(b, y, eventRow{when: m.stamp(point, day != last), point: point, repeats: r.n, right: p.right, wrap: p.wrap})
		last = day
		if m.markedAt(r.place) {
			b.Put(0, y, 'm', chart.Accent)
		}
		if m.selected != nil && m.selected.has(r.at) && (r.group == m.axis) {
			b.Put(0, y, m.display.glyphs.V, chart.Accent)
		}
		if r.has(here) {
			b.Paint(0, y, b.W, rows, chart.Select)
		}
		y += rows
	}
	below := p.below(b.W, b.H)
	b.Fill(0, b.H-below+1, b.W, below, ' ', chart.Plain)
	if below > 2 {
		m.detail(b, b.H-below+1, l.point(here))
	}
	at := fmt.Sprintf("%s  %s of %s", m.lineAt(m.c.Ref(l.point(here))), number(l.rank(here)+1), number(m.in.total))
	if here.group != wallClock {
		at += "  (no wall time: 6 shows why, " + anchorKey + " says when it was)"
	}
	b.Clip(1, b.H-1, b.W-2, at, chart.Dim, m.display.glyphs.ASCII)
}

// fitting are the rows that fit, the cursor's among them, with wrapped lines as
// high as they are.
func (p linesPane) fitting(m *Model, b *chart.Block, page []row, here place) []row {
	if !p.wrap {
		return page
	}
	room, at := b.H-p.below(b.W, b.H), 0
	for i := range page {
		if page[i].has(here) {
			at = i
		}
	}
	used, from := 0, at
	for ; from > 0 && used < room/2; from-- {
		used += m.rowHeight(b.W, m.merged().point(page[from-1].place))
	}
	return page[from:]
}

// detail shows the whole of the line under the cursor below the list.
func (m *Model) detail(b *chart.Block, y int, p correlate.Point) {
	b.Fill(0, y-1, b.W, 1, m.display.glyphs.H, chart.Dim)
	l, ok := m.cache.lines[p]
	if !ok {
		return
	}
	end := b.H - 1
	for i, s := range wrapped(cmp.Or(l.raw, l.message), b.W-2) {
		if i == 4 || y >= end {
			break
		}
		b.Text(1, y, s, chart.Plain)
		y++
	}
	attrs := ""
	for _, a := range l.attrs {
		attrs += a.Key + "=" + a.Value + "  "
	}
	for _, s := range wrapped(strings.TrimSpace(attrs), b.W-2) {
		if y < end {
			b.Text(1, y, s, chart.Dim)
			y++
		}
	}
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
	return m, func() tea.Msg { return panelMsg{title: report.Place(c, c.Ref(p)), text: wholeLine(c, &ports, p)} }
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

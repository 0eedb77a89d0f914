package tui

import (
	"fmt"
	"path"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/tui/chart"
)

// comparePane holds another case against the one that is open: A above, B below
// on the same period, and what changed.
type comparePane struct {
	onTime
	other *Model // B, for its raster only
	name  string // B's path
	both  *correlate.Comparison
	row   int // the first row of the table that is shown
}

// comparedMsg brings another case, or the same held against A judged anew.
type comparedMsg struct {
	name  string
	other *correlate.Case
	both  *correlate.Comparison
}

// typedCompare reads another dump or case, beside the screen.
func typedCompare(m Model, path string) (Model, tea.Cmd) {
	if m.ports.Open == nil {
		return m.say("no other case can be opened here"), nil
	}
	c, ports := m.c, m.ports
	return m.show(compare).say("reading " + path + "…"), func() tea.Msg {
		other, err := ports.Open(path)
		if err != nil {
			return errMsg{err}
		}
		return comparedMsg{path, other, correlate.Compare(c, other)}
	}
}

// compared shows the other case.
func (m Model) compared(msg comparedMsg) Model {
	p := m.panes[compare].(comparePane)
	if p.other == nil || p.other.c != msg.other {
		other := New(msg.other, Ports{}, m.display)
		p = comparePane{other: &other}
	}
	p.name, p.both = msg.name, msg.both
	m.panes[compare] = p
	m.status = ""
	return m
}

// need compares anew when a clock of the open case was moved.
func (p comparePane) need(m Model) (Model, tea.Cmd) {
	if p.other == nil || p.both.A == m.c {
		return m, nil
	}
	c, other, name := m.c, p.other.c, p.name
	p.both = &correlate.Comparison{A: c, B: other, Names: p.both.Names, Sentence: "comparing anew…"}
	m.panes[compare] = p
	return m, func() tea.Msg { return comparedMsg{name, other, correlate.Compare(c, other)} }
}

// down scrolls the table.
func (p comparePane) down(m Model, by int) Model {
	if p.other != nil {
		p.row = clampRow(p.row+by, len(report.CompareRows(p.both)))
		m.panes[compare] = p
	}
	return m
}

func (p comparePane) end(m Model, last bool) Model {
	return p.down(m, map[bool]int{true: mostCount, false: -mostCount}[last])
}

// enter goes to the raster of the open case, or asks for the other.
func (p comparePane) enter(m Model) (Model, tea.Cmd) {
	if p.other == nil {
		return m.ask(prompt{label: ":", history: "command", complete: completeCommand, accept: Model.run}, "compare ")
	}
	return m.show(raster), nil
}

// copied is the answer, and the table.
func (p comparePane) copied(m *Model) string {
	if p.other == nil {
		return p.onTime.copied(m)
	}
	out := []string{report.Clean(p.both.Sentence)}
	for _, r := range report.CompareRows(p.both) {
		out = append(out, strings.Join([]string{r.Of, r.A, r.B, r.Change}, "\t"))
	}
	return strings.Join(out, "\n")
}

func (p comparePane) view(m *Model, b *chart.Block) {
	if p.other == nil {
		paragraph(b, 2, 1, b.W-4, "", ":compare PATH reads another dump or case, such as the one before an upgrade, and holds it against this one; enter begins it.", chart.Plain)
		return
	}
	g := m.display.glyphs
	y := 0
	for i, l := range wrapped(report.Clean(p.both.Sentence), min(b.W-2, 110)) {
		if i < max(b.H/6, 2) {
			b.Text(1, y, l, chart.Title)
			y++
		}
	}
	rows := report.CompareRows(p.both)
	table := min(len(rows)+1, max(b.H/3, 4))
	each := max((b.H-y-table-5)/2, 1) // a title over each raster, an axis below both, a line between
	w := max(b.W-cycleLabel-1, 1)
	a, other := *m, *p.other
	for _, side := range []*Model{&a, &other} {
		side.w, side.h = m.w, m.h
		f := side.fold()
		f.period, f.own, f.scan = m.fold().period, side.axis == wallClock && side.startsKnown(), nil
		*side = side.folded(f)
		side.window = side.core()
	}
	for i, side := range []*Model{&a, &other} {
		name := [...]string{"A  this case", "B  " + report.Clean(path.Clean(p.name))}[i]
		x := b.Clip(1, y, b.W-2, name, chart.Accent, g.ASCII)
		b.Clip(x+2, y, b.W-x-3, report.Headline(side.c)+", "+side.foldSaid(), chart.Dim, g.ASCII)
		side.squeezed(b, y+1, w, each)
		y += each + 1
	}
	b.Axis(cycleLabel, y, w, 0, m.fold().period, chart.SpanTicks(0, m.fold().period, max(w/10, 2)), g)
	p.table(m, b, y+2, rows)
}

// foldSaid says what the cycles are and what they count from.
func (m *Model) foldSaid() string { return periodText(m.fold().period) + " " + m.countsFrom() }

// table writes what changed from line y on, what is told apart in another style.
func (p comparePane) table(m *Model, b *chart.Block, y int, rows []report.CompareRow) {
	g := m.display.glyphs
	first := 24
	wide := min(max((b.W-first)/4, 12), 24)
	line := func(of, a, c, change string, st chart.Style) {
		b.Clip(1, y, first-2, of, st, g.ASCII)
		b.Clip(first, y, wide-1, a, st, g.ASCII)
		b.Clip(first+wide, y, wide-1, c, st, g.ASCII)
		b.Clip(first+2*wide, y, b.W-first-2*wide-1, change, st, g.ASCII)
		y++
	}
	line("", "A", "B", "", chart.Dim)
	from := min(p.row, max(len(rows)-(b.H-y), 0))
	for i, r := range rows[from:] {
		if y == b.H-1 && from+i+1 < len(rows) {
			b.Right(b.W-1, y, fmt.Sprintf("j goes to %d more", len(rows)-from-i), chart.Dim)
			return
		}
		if y >= b.H {
			return
		}
		style := chart.Plain
		if r.Differs {
			style = chart.Warn
		}
		line(report.Clean(r.Of), r.A, r.B, r.Change, style)
	}
}

// squeezed draws all cycles of the window in h lines: as many of a process in
// each line as it takes.
func (m *Model) squeezed(b *chart.Block, y, w, h int) {
	all := m.sections()
	cycles := 0
	for i := range all {
		cycles += all[i].n
	}
	left := h
	for i := range all {
		s := &all[i]
		lines := max(min(h*s.n/max(cycles, 1), s.n, left-(len(all)-i-1)), 1)
		if left == 1 && i+1 < len(all) {
			b.Clip(1, y, b.W-2, fmt.Sprintf("and %d more processes", len(all)-i), chart.Dim, m.display.glyphs.ASCII)
			return
		}
		for k := range lines {
			m.squeezedLine(b, y, w, s, s.n*k/lines, max(s.n*(k+1)/lines, s.n*k/lines+1), k == 0)
			y++
		}
		left -= lines
	}
}

// mostLooked is how many of the cycles of a line are asked whether they were
// captured.
const mostLooked = 24

// squeezedLine draws some cycles of a process on one line.
func (m *Model) squeezedLine(b *chart.Block, y, w int, s *section, from, to int, named bool) {
	g, period := m.group(), nanos(m.fold().period)
	cover, stalls := g.cover, s.cover
	if stalls == nil {
		stalls = m.stallCover()
	}
	begin := func(cycle int) span {
		at := s.origin + parse.Time(s.first+cycle)*period
		return span{at, at + period - 1}
	}
	kinds := [][]chart.Bin{unknown(cover, begin(from), w), unknown(cover, begin(from), w), unknown(stalls, begin(from), w)}
	for k := from; k < to; k += max((to-from)/mostLooked, 1) {
		for i, of := range [][]span{cover, cover, stalls} {
			for x, bin := range unknown(of, begin(k), w) {
				kinds[i][x].Unknown = kinds[i][x].Unknown && bin.Unknown
			}
		}
	}
	whole := span{begin(from).from, begin(to - 1).to}
	for i, list := range [][]correlate.Moment{s.theirs(g.list[failureMarker]), s.theirs(g.list[symptomMarker]), s.stalls} {
		for _, k := range between(list, max(whole.from, m.window.from), min(whole.to, m.window.to)+1) {
			at := k.At - s.origin
			kinds[i][span{0, period}.column(at-floorDiv(at, period)*period, w)].N++
		}
	}
	c := cycle{section: s, at: begin(from).from, first: named}
	m.labelCycle(b, y, &c, named, chart.Dim)
	marks := []chart.Mark{m.display.mark(failureMarker), m.display.mark(symptomMarker), m.display.mark(stallMarker)}
	b.Draw(cycleLabel, y, chart.Raster(marks, [][][]chart.Bin{kinds}, w, m.display.glyphs))
	m.markTicks(b, y, w, c.name, begin(from))
}

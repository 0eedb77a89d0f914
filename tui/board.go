package tui

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/tui/chart"
)

// board is a small plot of each query that the case answers, all on one axis.
type board struct {
	panels []panelOf
	asked  span // the stretch that the panels are of
	c      *correlate.Case
	turn   int
	next   int // the panel that is evaluated; all are when it is past the last
	row    int // the chosen one of those that are shown
}

// panelOf is one query of the board and what it came to.
type panelOf struct {
	Query
	curves []Curve
}

// panelledMsg brings one panel of the board of a screen.
type panelledMsg struct {
	of       screen
	turn, at int
	curves   []Curve
}

// loading says whether panels are still evaluated.
func (d board) loading() bool { return d.turn > 0 && d.next < len(d.panels) }

// shown are the panels that have samples.
func (d board) shown() (out []panelOf) {
	for _, p := range d.panels {
		if len(p.curves) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// need evaluates the board for the window.
func (p metricsPane) need(m Model) (Model, tea.Cmd) {
	if m.axis != wallClock || p.expr != "" {
		return m, nil
	}
	cmd := p.board.ask(&m, metrics, m.window)
	m.panes[metrics] = p
	return m, cmd
}

// ask evaluates the board of a screen, a panel at a time, whenever it is for
// another stretch or another case than the one that it is of.
func (d *board) ask(m *Model, of screen, s span) tea.Cmd {
	if len(m.ports.Board) == 0 || d.turn > 0 && d.asked == s && d.c == m.c {
		return nil
	}
	d.turn++
	d.asked, d.next, d.c = s, 0, m.c
	panels := make([]panelOf, len(m.ports.Board))
	for i, q := range m.ports.Board {
		panels[i].Query = q
		if i < len(d.panels) {
			panels[i].curves = d.panels[i].curves // until the new ones are there
		}
	}
	d.panels = panels
	return d.nextPanel(m, of)
}

// nextPanel evaluates the next query of the board.
func (d *board) nextPanel(m *Model, of screen) tea.Cmd {
	if d.next >= len(d.panels) {
		return nil
	}
	c, ports, at, turn, s, expr := m.c, m.ports, d.next, d.turn, d.asked, d.panels[d.next].Expr
	return func() tea.Msg {
		curves, err := evaluate(c, &ports, expr, s)
		if err != nil {
			curves = nil // the case has not what it asks for
		}
		return panelledMsg{of, turn, at, curves}
	}
}

// receive takes a panel and asks for the next, unless the board is for another
// stretch by now.
func (d *board) receive(m *Model, msg panelledMsg) tea.Cmd {
	if msg.turn != d.turn {
		return nil
	}
	d.panels = slices.Clone(d.panels)
	d.panels[msg.at].curves = strongest(msg.curves)
	d.next = msg.at + 1
	return d.nextPanel(m, msg.of)
}

// panelled takes a panel of a screen's board.
func (m Model) panelled(msg panelledMsg) (Model, tea.Cmd) {
	var cmd tea.Cmd
	switch p := m.panes[msg.of].(type) {
	case metricsPane:
		cmd = p.board.receive(&m, msg)
		m.panes[msg.of] = p
	case incidentPane:
		cmd = p.beside.receive(&m, msg)
		m.panes[msg.of] = p
	}
	return m, cmd
}

// strongest puts the curves with the largest values first and drops those
// without any.
func strongest(curves []Curve) []Curve {
	most := func(c *Curve) float64 {
		v := math.Inf(-1)
		for _, x := range c.Values {
			if x > v {
				v = x
			}
		}
		return v
	}
	out := slices.DeleteFunc(slices.Clone(curves), func(c Curve) bool { return len(c.Times) == 0 })
	slices.SortStableFunc(out, func(a, b Curve) int { return cmp.Compare(most(&b), most(&a)) })
	return out
}

// panelHigh is how many lines a panel takes, its title among them.
const panelHigh = 7

// grid is how many panels stand beside each other, and how wide they are.
func (d board) grid(w int) (columns, wide int) {
	columns = min(max(w/58, 1), max(len(d.shown()), 1))
	return columns, w / columns
}

func (p metricsPane) stride(m *Model) parse.Time {
	if p.expr != "" || len(p.board.shown()) == 0 {
		return p.onTime.stride(m)
	}
	_, wide := p.board.grid(m.w)
	return max(m.window.len()/parse.Time(max(wide-panelLeft, 1)), 1)
}

// down chooses a panel of the board; over an enlarged plot it goes to incidents.
func (p metricsPane) down(m Model, by int) Model {
	if p.expr != "" || len(p.board.shown()) == 0 {
		return p.onTime.down(m, by)
	}
	p.board.row = clampRow(p.board.row+by, len(p.board.shown()))
	m.panes[metrics] = p
	return m
}

// panelLeft is how many columns the values take at the left of a panel.
const panelLeft = 8

// draw puts the panels beside and below each other; the cursor is one line
// through all, and each title has the values at it.
func (d board) draw(m *Model, b *chart.Block) {
	all := d.shown()
	said := "i types an expression, enter enlarges"
	if d.loading() {
		said = fmt.Sprintf("looking at what there is: %d of %d…", d.next, len(d.panels))
	}
	b.Clip(7, 0, b.W-8, said, chart.Dim, m.display.glyphs.ASCII)
	columns, wide := d.grid(b.W)
	need := (len(all) + columns - 1) / columns
	rows := min(max((b.H-2)/panelHigh, 1), need)
	high := min((b.H-2)/rows, 3*panelHigh)
	chosen := clampRow(d.row, len(all))
	first := top(chosen/columns, (len(all)+columns-1)/columns, rows) * columns
	for i := first; i < min(first+rows*columns, len(all)); i++ {
		k := i - first
		all[i].draw(m, b, k%columns*wide, 1+k/columns*high, wide-1, high, i == chosen, d.asked)
	}
	if n := len(all) - first - rows*columns; n > 0 {
		b.Right(b.W-1, b.H-1, fmt.Sprintf(" j goes to %d more ", n), chart.Dim)
	}
}

// panelCurves is how many curves of a panel are drawn.
const panelCurves = 8

func (p *panelOf) draw(m *Model, b *chart.Block, x, y, w, h int, chosen bool, asked span) {
	g := m.display.glyphs
	style := chart.Title
	if chosen {
		style = chart.Select
	}
	end := b.Clip(x+1, y, w-2, report.Clean(p.Name), style, g.ASCII)
	b.Clip(end+2, y, x+w-end-2, p.atCursor(m), chart.Dim, g.ASCII)
	plot := chart.Plot{From: seconds(m.window.from), To: seconds(m.window.to), Left: panelLeft, Mono: !m.display.Colour, Glyphs: g,
		Ticks: m.ticks, Floor: []float64{0}}
	for i := range p.curves[:min(len(p.curves), panelCurves)] {
		l := chart.Line{Y: p.curves[i].Values}
		for _, t := range p.curves[i].Times {
			l.X = append(l.X, seconds(t))
		}
		plot.Lines = append(plot.Lines, l)
	}
	if step := asked.len() / plotSteps; step > 0 {
		plot.Gap = 3 * max(seconds(step), 60)
	}
	b.Draw(x, y+1, plot.Draw(w, h-1))
	if cols := w - panelLeft; cols > 0 && m.window.has(m.cursor) {
		b.Paint(x+panelLeft+m.window.column(m.cursor, cols), y+1, 1, h-3, chart.Select)
	}
}

// atCursor are the values at the cursor, the largest curve's first.
func (p *panelOf) atCursor(m *Model) string {
	said := ""
	for i := range p.curves[:min(len(p.curves), 3)] {
		if v, ok := p.curves[i].at(m.cursor); ok {
			said += chart.Number(v) + "  "
		}
	}
	if n := len(p.curves); n > 1 {
		said += fmt.Sprintf("(%d series)", n)
	}
	return said
}

// at is the last value by a time.
func (c *Curve) at(t parse.Time) (float64, bool) {
	i, found := slices.BinarySearch(c.Times, t)
	if !found {
		i--
	}
	if i < 0 || math.IsNaN(c.Values[i]) {
		return 0, false
	}
	return c.Values[i], true
}

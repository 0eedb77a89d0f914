package tui

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/tui/chart"
)

// metricsPane is a board of what the case has, and an expression enlarged.
type metricsPane struct {
	onTime
	board  board
	expr   string
	curves []Curve
	asked  span // the stretch that the curves are of
	err    string
	turn   int
}

// plottedMsg brings curves.
type plottedMsg struct {
	turn   int
	asked  span
	curves []Curve
	err    error
}

// plotSteps is how many samples a curve gets across the window.
const plotSteps = 400

// typeQuery asks for an expression.
func (m Model) typeQuery() (Model, tea.Cmd) {
	return m.ask(prompt{label: "query: ", history: "query", complete: completeQuery,
		accept: func(m Model, s string) (Model, tea.Cmd) { return m.query(s) }}, m.plot().expr)
}

// completeQuery offers names of metrics.
func completeQuery(m *Model, text string) []string {
	if m.ports.Complete != nil {
		return m.ports.Complete(m.c, text)
	}
	return beginning(metricNames(m.c), text)
}

func metricNames(c *correlate.Case) (out []string) {
	for i := range c.Series {
		out = append(out, c.Name(c.Series[i].Metric))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// query evaluates an expression over the window.
func (m Model) query(expr string) (Model, tea.Cmd) {
	m = m.show(metrics)
	if m.axis != wallClock {
		return m.say("metrics are on the wall clock; t changes the clock"), nil
	}
	p := m.plot()
	p.turn++
	p.expr, p.err = expr, ""
	m.panes[metrics] = p
	c, ports, turn, s := m.c, m.ports, p.turn, m.window
	return m.say("evaluating…"), func() tea.Msg {
		curves, err := evaluate(c, &ports, expr, s)
		return plottedMsg{turn, s, curves, err}
	}
}

// evaluate gives the curves of an expression over a stretch.
func evaluate(c *correlate.Case, ports *Ports, expr string, s span) ([]Curve, error) {
	if ports.Query == nil {
		return stored(c, expr)
	}
	return ports.Query(c, expr, s.from, s.to, max(s.len()/plotSteps, parse.Time(1e9)))
}

// stored gives the samples of a metric as they were captured, where nothing
// evaluates expressions.
func stored(c *correlate.Case, name string) (out []Curve, err error) {
	for i := range c.Series {
		s := &c.Series[i]
		if c.Name(s.Metric) != name {
			continue
		}
		var labels []string
		for _, l := range s.Labels {
			labels = append(labels, fmt.Sprintf("%s=%q", c.Name(l.Key), c.Name(l.Value)))
		}
		curve := Curve{Name: "{" + strings.Join(labels, ", ") + "}", Labels: labels, Values: s.Values}
		for _, t := range s.Times {
			curve.Times = append(curve.Times, parse.Time(t))
		}
		out = append(out, curve)
	}
	if out == nil {
		return nil, errors.New("no metric is named " + name)
	}
	return out, nil
}

func (m Model) plotted(msg plottedMsg) Model {
	p := m.plot()
	if msg.turn != p.turn {
		return m
	}
	p.curves, p.asked, m.status = msg.curves, msg.asked, ""
	if msg.err != nil {
		p.err = report.Clean(msg.err.Error())
	}
	m.panes[metrics] = p
	return m
}

func (m *Model) plot() metricsPane { return m.panes[metrics].(metricsPane) }

// enter enlarges the chosen panel; an enlarged expression is evaluated again
// for the window.
func (p metricsPane) enter(m Model) (Model, tea.Cmd) {
	if p.expr != "" {
		return m.query(p.expr)
	}
	if all := p.board.shown(); len(all) > 0 {
		return m.query(all[clampRow(p.board.row, len(all))].Expr)
	}
	return m.typeQuery()
}

// back leaves an enlarged expression for the board.
func (p metricsPane) back(m Model) (Model, bool) {
	if p.expr == "" {
		return m, false
	}
	p.expr, p.err, p.curves = "", "", nil
	p.turn++
	m.panes[metrics] = p
	return m, true
}

func (p metricsPane) view(m *Model, b *chart.Block) {
	g := m.display.glyphs
	x := b.Text(1, 0, "query ", chart.Dim)
	switch {
	case m.plot().expr == "" && len(p.board.shown()) > 0:
		p.board.draw(m, b)
	case m.plot().expr == "":
		m.invite(b)
	case m.plot().err != "":
		b.Clip(x, 0, b.W-x-1, report.Clean(m.plot().expr), chart.Title, g.ASCII)
		paragraph(b, 2, 2, b.W-4, "", m.plot().err, chart.Alarm)
	default:
		b.Clip(x, 0, b.W-x-1, report.Clean(m.plot().expr), chart.Title, g.ASCII)
		m.curves(b)
	}
}

// invite says what can be asked for.
func (m *Model) invite(b *chart.Block) {
	b.Text(7, 0, "i types an expression", chart.Dim)
	if m.plot().board.loading() {
		b.Text(2, 2, "looking at what there is…", chart.Dim)
		return
	}
	names := metricNames(m.c)
	if m.ports.Complete != nil {
		names = m.ports.Complete(m.c, "")
	}
	if len(names) == 0 {
		b.Text(2, 2, "No metrics were captured.", chart.Plain)
		return
	}
	b.Text(2, 2, "Names to ask for:", chart.Plain)
	for i, n := range names {
		if 3+i >= b.H-1 {
			b.Text(2, 3+i, fmt.Sprintf("and %d more: tab completes", len(names)-i), chart.Dim)
			return
		}
		b.Clip(4, 3+i, b.W-5, report.Clean(n), chart.Dim, m.display.glyphs.ASCII)
	}
}

// curves draws the result over the window, and the events below on the same
// axis.
func (m *Model) curves(b *chart.Block) {
	p := chart.Plot{From: seconds(m.window.from), To: seconds(m.window.to), Legend: true, Mono: !m.display.Colour, Glyphs: m.display.glyphs,
		Ticks: m.ticks}
	names := apart(m.plot().curves)
	for i, c := range m.plot().curves {
		if i == 40 {
			break
		}
		l := chart.Line{Name: report.Clean(names[i]), Y: c.Values}
		for _, t := range c.Times {
			l.X = append(l.X, seconds(t))
		}
		p.Lines = append(p.Lines, l)
	}
	if step := m.plot().asked.len() / plotSteps; step > 0 {
		p.Gap = 3 * max(seconds(step), 60)
	}
	if len(p.Lines) == 0 {
		b.Text(2, 2, "The expression has no samples in this window.", chart.Plain)
		return
	}
	h := b.H - 1
	if h > 12 {
		h -= len(markers) - 1
	}
	p.Left = laneLabel
	b.Draw(0, 1, p.Draw(b.W, h))
	legend := min(len(p.Lines), max(h/4, 1))
	if w := b.W - laneLabel; w > 4 {
		m.drawCursor(b, laneLabel, 1, w, h-2-legend)
		if h < b.H-1 {
			m.overlay(b, b.H-len(markers)+1, w)
		}
	}
	if m.plot().asked != m.window {
		b.Right(b.W-1, 0, " enter evaluates for this window ", chart.Accent)
	}
}

// apart are the names of curves by what tells them apart: a label that all of them
// have with one value is left out, so that the pod is not what is cut off.
func apart(curves []Curve) []string {
	count := map[string]int{}
	for i := range curves {
		for _, l := range curves[i].Labels {
			count[l]++
		}
	}
	out := make([]string, len(curves))
	for i := range curves {
		labels := slices.DeleteFunc(slices.Clone(curves[i].Labels), func(l string) bool { return count[l] == len(curves) })
		if out[i] = strings.Join(labels, ", "); out[i] == "" || len(curves) == 1 {
			out[i] = curves[i].Name
		}
	}
	return out
}

// overlay draws failures, symptoms and stalls under a plot.
func (m *Model) overlay(b *chart.Block, y, w int) {
	gr := m.group()
	for i, cover := range [][]span{gr.cover, gr.cover, m.stallCover()} {
		b.Text(1, y+i, markers[i].name+"s", markers[i].style)
		lane := chart.Lane([]chart.Mark{m.display.mark(i)}, [][]chart.Bin{bins(gr.list[i], cover, m.window, w)}, m.display.glyphs)
		b.Draw(laneLabel, y+i, lane)
	}
}

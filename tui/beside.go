package tui

import (
	"cmp"
	"math"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate/report"
	"faultline/parse"
	"faultline/tui/chart"
)

// besideFor is how long before and after an incident the metrics beside it are of.
const besideFor = parse.Time(300e9)

// besideMost is how many metrics stand below an incident.
const besideMost = 5

// need evaluates the board around the incident at the cursor, where there is
// room to show it.
func (p incidentPane) need(m Model) (Model, tea.Cmd) {
	in := m.incidentAt()
	if in == nil || m.axis != wallClock || !p.hasRoom(&m) {
		return m, nil
	}
	cmd := p.beside.ask(&m, incident, span{in.Start - besideFor, in.End + besideFor})
	m.panes[incident] = p
	return m, cmd
}

// hasRoom says whether metrics are shown below the incident.
func (incidentPane) hasRoom(m *Model) bool { return m.w >= 100 && m.h >= 36 && len(m.ports.Board) > 0 }

// besideRows is how many lines the metrics take, their title and axis among them.
func (p incidentPane) besideRows(m *Model) int {
	if n := min(len(p.beside.shown()), besideMost); n > 0 && p.hasRoom(m) && m.axis == wallClock {
		return n + 4
	}
	return 0
}

// drawBeside draws the metrics that change most at the incident, each as high as
// its own largest value, and where the incident begins.
func (p incidentPane) drawBeside(m *Model, b *chart.Block, y int, start parse.Time) {
	g, left := m.display.glyphs, 34
	w := b.W - left - 1
	s := p.beside.asked
	all := p.beside.shown()
	slices.SortStableFunc(all, func(a, b panelOf) int { return cmp.Compare(b.rise(start), a.rise(start)) })
	x := b.Text(1, y, "Metrics", chart.Title)
	b.Clip(x+2, y, b.W-x-3, "the first curve of each, those that rise most first; 5 has all", chart.Dim, g.ASCII)
	y++
	first := y
	for _, one := range all[:min(len(all), besideMost)] {
		c := &one.curves[0]
		counts, most := c.columns(s, w)
		b.Clip(1, y, left-11, report.Clean(one.Name), chart.Plain, g.ASCII)
		b.Right(left-1, y, "≤ "+chart.Number(most), chart.Dim)
		b.Draw(left, y, chart.Strip(counts, 1, barSteps, chart.Series(0), g))
		y++
	}
	b.Paint(left+s.column(start, w), first, 1, y-first, chart.Select)
	b.Axis(left, y, w, seconds(s.from), seconds(s.to), m.ticks(seconds(s.from), seconds(s.to), max(w/14, 2)), g)
}

// rise is how much larger the first curve is within a minute of a time than it
// was before, as a ratio.
func (p *panelOf) rise(at parse.Time) float64 {
	before, n, peak := 0.0, 0, math.Inf(-1)
	for i, t := range p.curves[0].Times {
		switch v := p.curves[0].Values[i]; {
		case math.IsNaN(v):
		case t < at-10e9:
			before += v
			n++
		case t <= at+60e9:
			peak = max(peak, v)
		}
	}
	if n == 0 || math.IsInf(peak, -1) {
		return 0
	}
	return (peak + 1e-9) / (before/float64(n) + 1e-9)
}

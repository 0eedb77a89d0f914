package tui

import (
	"fmt"
	"math"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/tui/chart"
)

// laneLabel is how many columns the names take beside the strips that are on
// one axis on several screens.
const laneLabel = 12

// timelinePane draws all sources over time: a strip a marker, a lane a process,
// and whatever metrics were asked for.
type timelinePane struct {
	onTime
	lane   int  // the chosen one, counted from 1; 0 is none
	folded bool // a lane a workload, not a process
	saved  *savedFilters
	asked  []metricLane
	rang   rung
}

func (p timelinePane) down(m Model, by int) Model {
	p.lane = min(max(p.lane+by, 0), len(m.lanes(p.folded)))
	m.panes[timeline] = p
	return m
}

func (p timelinePane) stride(m *Model) parse.Time {
	return max(m.window.len()/parse.Time(max(m.w-m.laneWide(p.folded), 1)), 1)
}

// enter shows the lines of the chosen lane from the cursor on.
func (p timelinePane) enter(m Model) (Model, tea.Cmd) {
	all := m.lanes(p.folded)
	if p.lane == 0 || p.lane > len(all) {
		return m.openNearest(), nil
	}
	m = m.show(lines)
	m.onPoint = false
	p.saved = &savedFilters{m.filters, m.unfiltered, all[p.lane-1].filter}
	m.panes[timeline] = p
	return m.only(p.saved.with)
}

// savedFilters are those as they were before a lane's lines were shown with one more.
type savedFilters struct {
	filters    []filter
	unfiltered bool
	with       filter
}

// giveBack takes the filter of a lane away when its lines are left, unless the
// filters were changed there.
func (m Model) giveBack() (Model, tea.Cmd) {
	p := m.panes[timeline].(timelinePane)
	was := p.saved
	p.saved = nil
	m.panes[timeline] = p
	n := len(m.filters)
	if was == nil || m.unfiltered || n == 0 || n > len(was.filters)+1 || m.filters[n-1].String() != was.with.String() {
		return m, nil
	}
	m.filters, m.unfiltered = was.filters, was.unfiltered
	return m.refilter()
}

// only shows the events of one filter, in place of an earlier one of its field.
func (m Model) only(f filter) (Model, tea.Cmd) {
	var keep []filter
	for _, had := range m.filters {
		if had.out || had.field != f.field {
			keep = append(keep, had)
		}
	}
	m.filters, m.unfiltered = append(keep, f), false
	return m.refilter()
}

func (timelinePane) points(m *Model) []correlate.Point {
	if p, ok := m.strongestAtCursor(); ok {
		return []correlate.Point{p}
	}
	return nil
}

func (p timelinePane) view(m *Model, b *chart.Block) {
	all := m.lanes(p.folded)
	left := m.laneWide(p.folded)
	w := b.W - left
	if w < 4 {
		return
	}
	foot := 5 // axis, legend, what is under the cursor
	extra := p.rang.rows(m)
	for i := range p.asked {
		extra += p.asked[i].rows()
	}
	room := b.H - foot - extra - 1
	rows := min(len(all), max(room-len(markers), 0))
	some := m.markersThere()
	empty := len(markers) - some
	tall := min(max((room-rows-empty)/max(some, 1), 1), 8)
	rows = min(len(all), max(room-tall*some-empty, 0))
	y := m.markerStrips(b, left, w, tall, b.H-foot)
	strips := y
	y = m.drawLanes(b, y+1, left, w, rows, all, p.lane-1)
	if y+p.rang.rows(m) <= b.H-foot {
		y = p.rang.draw(m, b, y, left, w)
	}
	for i := range p.asked {
		if y+p.asked[i].rows() <= b.H-foot {
			y = p.asked[i].draw(m, b, y, left, w)
		}
	}
	if n := len(all) - top(max(p.lane-1, 0), len(all), rows) - rows; n > 0 && rows > 0 {
		b.Clip(3, y, left-4, "and "+number(n)+" more", chart.Dim, m.display.glyphs.ASCII)
	}
	m.grid(b, left, 0, w, y)
	m.drawCursor(b, left, 0, w, y)
	b.Fill(left, strips, w, 1, ' ', chart.Plain)
	m.drawAxis(b, left, y, w, m.window)
	m.underCursor(b, y+2, p.rang.at(m))
}

// markersThere counts the markers of which there are any: a strip of none is one
// line, and leaves its room to the others.
func (m *Model) markersThere() (n int) {
	for _, list := range m.group().whole {
		if len(list) > 0 {
			n++
		}
	}
	return n
}

// markerStrips draws how many of each marker there were, each as high as its own
// largest column.
func (m *Model) markerStrips(b *chart.Block, left, w, tall, end int) (y int) {
	gr := m.group()
	for i, cover := range [][]span{gr.cover, gr.cover, m.stallCover(), m.laneCover(parse.LaneKubelet)} {
		tall := tall
		if len(gr.whole[i]) == 0 {
			tall = 1
		}
		if y+tall > end {
			break
		}
		s := markers[i]
		counts := m.markerBins(i, cover, w)
		most := 0
		for _, k := range counts {
			most = max(most, k.N)
		}
		b.Put(1, y, m.display.mark(i).One, s.style)
		b.Clip(3, y, left-4, s.name+"s", s.style, m.display.glyphs.ASCII)
		if tall > 1 && most > 0 {
			b.Clip(3, y+1, left-4, fmt.Sprintf("max %d", most), chart.Dim, m.display.glyphs.ASCII)
		}
		b.Draw(left, y, chart.Strip(counts, tall, 0, s.style, m.display.glyphs))
		y += tall
	}
	return y
}

// markerBins counts one marker over the window, and says where a filter hides some.
func (m *Model) markerBins(marker int, cover []span, w int) []chart.Bin {
	gr := m.group()
	out := bins(gr.list[marker], cover, m.window, w)
	if m.in == m.all {
		return out
	}
	for x, all := range bins(gr.whole[marker], cover, m.window, w) {
		out[x].Hidden = out[x].N == 0 && all.N > 0
	}
	return out
}

// grid draws the predicted ticks over what is empty in h lines.
func (m *Model) grid(b *chart.Block, x, y, w, h int) {
	for _, at := range m.predicted(m.window, w/3) {
		col := x + m.window.column(at, w)
		for j := y; j < y+h; j++ {
			if r := b.At(col, j).Rune; r == ' ' || r == m.display.glyphs.Base {
				b.Put(col, j, m.display.glyphs.Grid, chart.Accent)
			}
		}
	}
}

// underCursor says what is in the cursor's column, and explains the markers.
func (m *Model) underCursor(b *chart.Block, y int, ringing string) {
	if y >= b.H {
		return
	}
	gr, half := m.group(), m.stride()/2+1
	x := m.display.legend(b, 1, y)
	if more := "░▒▓ few to many lines"; m.display.glyphs.ASCII {
		b.Clip(x, y, b.W-x, ".:+# few to many lines", chart.Dim, true)
	} else if x+len(more) < b.W {
		b.Text(x, y, more, chart.Dim)
	}
	if y+1 >= b.H {
		return
	}
	said := ""
	for i, list := range gr.list {
		if n := len(between(list, m.cursor-half, m.cursor+half+1)); n > 0 {
			said += fmt.Sprintf("%s, ", counted(n, markers[i].name))
		}
	}
	if ringing != "" && y+2 < b.H {
		b.Clip(1, y+2, b.W-2, ringing, chart.Alarm, m.display.glyphs.ASCII)
	}
	if said == "" {
		said = "nothing at the cursor; e and w go to the next failure or warning sign, j chooses a lane"
		if m.in.total == 0 && len(m.filters) == 0 {
			said = "no event was read; M draws a metric here, 5 has the board"
		}
		b.Clip(1, y+1, b.W-2, said, chart.Dim, m.display.glyphs.ASCII)
		return
	}
	said = said[:len(said)-2] + " here"
	if p, ok := m.strongestAtCursor(); ok {
		said += ": " + m.lineAt(m.c.Ref(p)) + "  " + m.message(p)
	}
	b.Clip(1, y+1, b.W-2, said, chart.Plain, m.display.glyphs.ASCII)
}

// metricLane is an expression that was asked for, over the window.
type metricLane struct {
	expr   string
	curves []Curve
	err    string
}

// lanedMsg brings the curves of a lane.
type lanedMsg struct{ lane metricLane }

// mostCurves is how many curves of one expression are drawn on the timeline.
const mostCurves = 4

func (l *metricLane) rows() int { return max(min(len(l.curves), mostCurves), 1) }

// addLane asks for an expression to draw on the timeline; an empty one takes
// all of them away.
func (m Model) addLane() (Model, tea.Cmd) {
	return m.ask(prompt{label: "a lane of (empty: none): ", history: "query", complete: completeQuery, empties: true,
		accept: func(m Model, expr string) (Model, tea.Cmd) {
			if expr == "" {
				p := m.panes[timeline].(timelinePane)
				p.asked = nil
				m.panes[timeline] = p
				return m.say("no metrics on the timeline"), nil
			}
			c, ports, s := m.c, m.ports, m.window
			return m.say("evaluating…"), func() tea.Msg {
				l := metricLane{expr: expr}
				var err error
				if l.curves, err = evaluate(c, &ports, expr, s); err != nil {
					l.err = report.Clean(err.Error())
				}
				return lanedMsg{l}
			}
		}}, "")
}

// laned adds a lane.
func (m Model) laned(msg lanedMsg) Model {
	p := m.panes[timeline].(timelinePane)
	p.asked = append(p.asked[:len(p.asked):len(p.asked)], msg.lane)
	m.panes[timeline] = p
	if msg.lane.err != "" {
		return m.say(msg.lane.err)
	}
	return m.say(number(len(msg.lane.curves)) + " series of " + msg.lane.expr)
}

// draw writes the curves as bars over the window, each as high as its own
// largest value.
func (l *metricLane) draw(m *Model, b *chart.Block, y, left, w int) int {
	g := m.display.glyphs
	if len(l.curves) == 0 {
		b.Clip(1, y, left-2, report.Clean(l.expr), chart.Dim, g.ASCII)
		b.Clip(left, y, w, "no samples in this window", chart.Dim, g.ASCII)
		return y + 1
	}
	for i := range l.curves[:l.rows()] {
		c := &l.curves[i]
		counts, most := c.columns(m.window, w)
		b.Clip(1, y, left-2, chart.Number(most)+" "+report.Clean(l.expr), chart.Series(i), g.ASCII)
		b.Draw(left, y, chart.Strip(counts, 1, barSteps, chart.Series(i), g))
		y++
	}
	return y
}

// barSteps is how finely a curve is drawn as bars.
const barSteps = 1000

// columns are the largest value in each of w columns, as parts of the largest
// of all, which is given too.
func (c *Curve) columns(s span, w int) (out []chart.Bin, most float64) {
	peak := make([]float64, w)
	for x := range peak {
		peak[x] = math.NaN()
	}
	for i, t := range c.Times {
		if v := c.Values[i]; s.has(t) && !math.IsNaN(v) && !math.IsInf(v, 0) {
			if x := s.column(t, w); math.IsNaN(peak[x]) || v > peak[x] {
				peak[x] = v
			}
			most = max(most, v)
		}
	}
	out = make([]chart.Bin, w)
	for x, v := range peak {
		switch {
		case math.IsNaN(v):
			out[x].Unknown = true
		case most > 0 && v > 0:
			out[x].N = max(int(v/most*barSteps), 1)
		}
	}
	return out, most
}

package tui

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate/report"
	"faultline/parse"
	"faultline/tui/chart"
)

// clocksPane lists the sources with their clocks.
type clocksPane struct {
	onTime
	row  int
	with string // only sources whose row holds this are listed
}

func (p clocksPane) narrow(text string) pane { return clocksPane{with: text} }
func (p clocksPane) narrowed() string        { return p.with }

func (p clocksPane) down(m Model, by int) Model {
	p.row = clampRow(clampRow(p.row, len(m.clockOrder()))+by, len(m.clockOrder()))
	m.panes[clocks] = p
	return m
}

func (p clocksPane) end(m Model, last bool) Model {
	if last {
		return p.down(m, len(m.c.Streams))
	}
	p.row = 0
	m.panes[clocks] = p
	return m
}

func (clocksPane) enter(m Model) (Model, tea.Cmd) { return m.openClock(), nil }

// chosenClock is the stream under the cursor of the list.
func (m *Model) chosenClock() int {
	order := m.clockOrder()
	if len(order) == 0 {
		return -1
	}
	return order[clampRow(m.panes[clocks].(clocksPane).row, len(order))]
}

// clockOrder lists the streams with those first whose clock wants attention.
func (m *Model) clockOrder() []int {
	with := strings.ToLower(m.panes[clocks].(clocksPane).with)
	var order []int
	for s := range m.c.Streams {
		if with == "" || strings.Contains(strings.ToLower(m.c.SourceName(s)+" "+m.clockRow(s, 60)), with) {
			order = append(order, s)
		}
	}
	weight := func(s int) int {
		switch {
		case m.c.CopyOf[s] >= 0:
			return 3
		case movable(m.c.Streams[s].Clock):
			return 0
		}
		return 1
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weight(a), weight(b)) })
	return order
}

// openClock shows the first line of a source on the timeline and among the lines.
func (m Model) openClock() Model {
	s := m.chosenClock()
	if s < 0 || m.in.streams[s].len() == 0 {
		return m.say("none of its events are shown")
	}
	return m.openPoint(m.merged().point(m.merged().put(s, 0)))
}

func (p clocksPane) view(m *Model, b *chart.Block) {
	g := m.display.glyphs
	order := m.clockOrder()
	if len(order) == 0 && p.with != "" {
		b.Clip(2, 1, b.W-3, "no source has \""+report.Clean(p.with)+"\" in its row; / and an empty text show all", chart.Plain, g.ASCII)
		return
	}
	if len(order) == 0 {
		b.Text(2, 1, "No source was recognised.", chart.Plain)
		return
	}
	bar := coverBar(b.W)
	wide := max(b.W-58-bar, 12)
	head := fmt.Sprintf("%-*s %-10s %-8s %-8s %-13s %7s", wide, "source", "format", "clock", "anchor", "zero", "within")
	if bar > 0 {
		b.Clip(b.W-bar+1, 0, bar-2, "when it was captured", chart.Dim, g.ASCII)
	}
	b.Clip(1, 0, b.W-2, head, chart.Dim, g.ASCII)
	at := clampRow(p.row, len(order))
	rows := max(b.H-2-m.clockDetail(), 1)
	from := top(at, len(order), rows)
	y := 1
	for i := from; i < min(from+rows, len(order)); i++ {
		s := order[i]
		style := chart.Plain
		switch {
		case m.c.CopyOf[s] >= 0:
			style = chart.Dim
		case !m.c.Anchors[s].Placed():
			style = chart.Warn
		}
		b.Clip(1, y, b.W-2-bar, m.clockRow(s, wide), style, g.ASCII)
		m.drawCover(b, y, bar, s)
		if i == at {
			b.Paint(0, y, b.W, 1, chart.Select)
		}
		y++
	}
	m.sayClock(b, b.H-m.clockDetail(), order[at])
}

// coverBar is how many columns the bar of a source's capture takes.
func coverBar(w int) int {
	if w < 110 {
		return 0
	}
	return w / 4
}

// drawCover draws when a source was captured, over all that was.
func (m *Model) drawCover(b *chart.Block, y, bar, s int) {
	if bar < 4 {
		return
	}
	if _, ok := m.zero(s); !ok {
		b.Clip(b.W-bar+1, y, bar-2, "not on this clock", chart.Dim, m.display.glyphs.ASCII)
		return
	}
	b.Draw(b.W-bar+1, y, chart.Heat(captured(m.cover(s), m.core(), bar-2), 1, chart.Accent, m.display.glyphs))
}

// captured are columns that hold one where something was captured.
func captured(cover []span, s span, w int) []chart.Bin {
	out := unknown(cover, s, w)
	for x := range out {
		if !out[x].Unknown {
			out[x].N = 1
		}
	}
	return out
}

// clockDetail is how many lines are kept for what is known of one clock.
func (m *Model) clockDetail() int {
	if m.h < 18 {
		return 3
	}
	return 7
}

func (m *Model) clockRow(s, wide int) string {
	st, a := &m.c.Streams[s], &m.c.Anchors[s]
	name := report.Clean(m.who(s))
	if name == path.Base(m.c.SourceName(s)) && st.Life > 0 {
		name += fmt.Sprintf("#%d", st.Life)
	}
	anchor, zero, within := "printed", "", ""
	if st.Clock != parse.ClockWall {
		anchor = a.Basis.String()
		if a.Rejected {
			anchor = "open"
		}
		if a.Placed() {
			zero = time.Unix(0, int64(a.Zero)).In(m.display.Zone).Format("15:04:05.000")
			within = "±" + chart.Span(a.Within.Seconds())
		}
	}
	if m.c.CopyOf[s] >= 0 {
		anchor = "copy"
	}
	if chart.Width(name) > wide {
		life := name[len(report.Clean(m.who(s))):]
		name = m.roster.name(s, wide-len(life), m.display.ASCII) + life
	}
	return name + strings.Repeat(" ", wide-chart.Width(name)) + fmt.Sprintf(" %-10s %-8s %-8s %-13s %7s", st.Format, st.Clock, anchor, zero, within)
}

// sayClock says where a clock's zero comes from.
func (m *Model) sayClock(b *chart.Block, y, s int) {
	a, st := &m.c.Anchors[s], &m.c.Streams[s]
	b.Fill(1, y, b.W-2, 1, m.display.glyphs.H, chart.Dim)
	var text []string
	text = append(text, fmt.Sprintf("%s: %s, %s", report.Clean(m.c.SourceName(s)), counted(len(st.Events), "event"), counted(int(st.Lines), "line")))
	switch {
	case m.c.CopyOf[s] >= 0:
		text = append(text, "repeats "+report.Clean(m.c.SourceName(m.c.CopyOf[s]))+"; its clock is not used")
	case st.Clock == parse.ClockWall:
		text = append(text, "its lines carry a wall clock")
	case a.Rejected:
		text = append(text, report.Clean(a.Why)+"; "+rejectKey+" takes that back if it was said here, "+anchorKey+" gives it a zero")
	case a.Modulo > 0:
		text = append(text, fmt.Sprintf("%s; A takes %s, %s gives it another", report.Clean(a.Why), report.Stamp(a.Zero, a.Within), anchorKey))
	case !a.Placed():
		text = append(text, "nothing in the dump says when its zero was; "+anchorKey+" gives it one")
	default:
		why := "zero " + report.Stamp(a.Zero, a.Within) + ": " + report.Clean(a.Why)
		if len(a.Proof) > 0 {
			why += " (" + m.lineAt(a.Proof[0]) + ")"
		}
		text = append(text, why)
	}
	for _, c := range m.c.Conflicts {
		if strings.HasPrefix(c, m.who(s)) {
			text = append(text, report.Clean(c))
		}
	}
	text = append(text, m.verdictNow())
	for _, t := range text {
		for _, l := range wrapped(t, b.W-2) {
			if y++; y < b.H {
				b.Text(1, y, l, chart.Plain)
			}
		}
	}
}

// verdictNow is what became of the verdict with the clocks as they are.
func (m *Model) verdictNow() string {
	s := "verdict now: " + strings.ToLower(report.Headline(m.c))
	if m.shift.judging != nil {
		s += " (judging…)"
	}
	return s
}

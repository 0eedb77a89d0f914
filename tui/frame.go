package tui

import (
	"fmt"
	"slices"
	"strings"

	"faultline/correlate/report"
	"faultline/tui/chart"
)

// Lines that every screen has above and below it.
const (
	headLines = 2
	footLines = 2
)

// frame is the whole screen.
func (m Model) frame() *chart.Block {
	b := chart.New(m.w, m.h)
	if m.c == nil {
		m.viewLoading(b)
	} else {
		m.compose(b)
	}
	if m.display.glyphs.ASCII {
		b.ToASCII()
	}
	return b
}

// compose puts the screen together: tabs and time, the view, the status, the
// keys.
func (m *Model) compose(b *chart.Block) {
	m.tabs(b)
	m.bearings(b)
	w, h := m.body()
	view := chart.New(w, h)
	m.pane().view(m, view)
	if m.panel != nil {
		m.panel.draw(m, view)
	}
	b.Draw(0, headLines, view)
	b.Fill(0, m.h-footLines, m.w, footLines, ' ', chart.Plain)
	switch y := m.h - footLines; {
	case m.prompt != nil:
		m.prompt.draw(m, b, y)
	case m.status != "":
		b.Clip(1, y, m.w-2, report.Clean(m.status), m.paint(), m.display.glyphs.ASCII)
	}
	m.bar(b, m.h-1)
}

// tabsWide is how many columns the names of the first eight screens take.
const tabsWide = 80

// shownScreens is how many screens there are: that of another case is there when
// such a case is.
func (m *Model) shownScreens() screen {
	if m.panes[compare].(comparePane).other != nil || m.screen == compare {
		return screens
	}
	return compare
}

// tabs name the screens; where there is little room, only the present one.
func (m *Model) tabs(b *chart.Block) {
	shown := m.shownScreens()
	short := m.w < tabsWide+len(" 9 compare")*int(shown-compare)
	x := 0
	for s := range shown {
		text := fmt.Sprintf("%d %s", s+1, s)
		style := chart.Dim
		switch {
		case s == m.screen:
			style = chart.Select
		case short:
			text = fmt.Sprint(int(s) + 1)
		}
		x = b.Text(x, 0, text, style) + 1
	}
	if name := "faultline"; x+len(name)+1 < m.w {
		b.Right(m.w-1, 0, name, chart.Dim)
	}
}

// bearings say where the cursor is, what is selected and what is filtered.
func (m *Model) bearings(b *chart.Block) {
	x := b.Text(0, 1, m.clock(m.cursor, true), chart.Title)
	if m.axis == wallClock {
		x = b.Text(x+1, 1, m.zoneName(), chart.Dim)
	} else {
		x = b.Text(x+1, 1, "on the clock of "+m.sourceName(m.axis), chart.Dim)
	}
	say := func(s string, st chart.Style) { x = b.Clip(x+2, 1, b.W-x-2, s, st, m.display.glyphs.ASCII) }
	if in := m.incidentAt(); in != nil && m.cursor <= in.End {
		say(in.ID, chart.Alarm)
	}
	if m.selected != nil {
		say("selected "+chart.Span(seconds(m.selected.len())), chart.Accent)
	}
	if all := m.core(); m.window != all {
		say("showing "+chart.Span(seconds(m.window.len())), chart.Dim)
	}
	if m.shift.judging != nil {
		say("judging…", chart.Accent)
	}
	if i := m.marked(); i >= 0 {
		say(strings.TrimSpace("mark "+report.Clean(m.marks[i].Text)), chart.Accent)
	}
	for _, f := range m.filters {
		sign, st := "+", chart.Calm
		if f.out {
			sign, st = "-", chart.Warn
		}
		if m.unfiltered {
			sign, st = "off ", chart.Dim
		}
		say(sign+report.Clean(f.String()), st)
	}
}

func (m *Model) zoneName() string { return m.display.Zone.String() }

// bar lists the keys of the screen, as many as there is room for.
func (m *Model) bar(b *chart.Block, y int) {
	always := "? help  q quit"
	room := m.w - len(always) - 2
	x := 1
	if m.prompt != nil {
		b.Clip(1, y, m.w-2, "enter accept  tab complete  up earlier  esc leave", chart.Dim, m.display.glyphs.ASCII)
		return
	}
	for i := range keys {
		k := &keys[i]
		if k.bar == "" || !k.works(m.screen) || k.shows != nil && !slices.Contains(k.shows, m.screen) {
			continue
		}
		name := k.shown()
		if x+len(name)+1+len(k.bar) > room {
			continue
		}
		x = b.Text(x, y, name, chart.Title)
		x = b.Text(x+1, y, k.bar, chart.Dim) + 2
	}
	b.Right(m.w-1, y, always, chart.Dim)
}

// paragraph writes text broken at spaces from line y on, each line but the
// first indented as the label is long, and gives the line behind it.
func paragraph(b *chart.Block, x, y, w int, label, s string, st chart.Style) int {
	indent := chart.Width(label)
	b.Text(x, y, label, chart.Dim)
	for _, line := range wrapped(s, w-indent) {
		b.Text(x+indent, y, line, st)
		y++
	}
	return y
}

// wrapped breaks text at spaces, and words that are too long anywhere.
func wrapped(s string, w int) (out []string) {
	w = max(w, 1)
	line := ""
	for _, word := range strings.Fields(s) {
		for chart.Width(word) > w {
			if line != "" {
				out, line = append(out, line), ""
			}
			cut := cutAt(word, w)
			out, word = append(out, word[:cut]), word[cut:]
		}
		switch {
		case line == "":
			line = word
		case chart.Width(line)+1+chart.Width(word) > w:
			out, line = append(out, line), word
		default:
			line += " " + word
		}
	}
	if line != "" || len(out) == 0 {
		out = append(out, line)
	}
	return out
}

// cutAt is how many bytes of s fit into w columns, at least one rune.
func cutAt(s string, w int) int {
	n := 0
	for i, r := range s {
		if n += chart.Width(string(r)); n > w && i > 0 {
			return i
		}
	}
	return len(s)
}

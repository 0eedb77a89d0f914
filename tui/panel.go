package tui

import (
	"strings"

	"faultline/tui/chart"
)

// panel is text over a screen: help, a whole line, an explanation. Any key
// that does not scroll it closes it.
type panel struct {
	title string
	text  []string // cleaned; wrapped when drawn
	top   int
	raw   bool // cut at the edge, with the blanks that they have
	// columns is how many columns of text stand beside each other; 0 is one.
	columns int
}

// panelMsg brings text to show.
type panelMsg struct {
	title string
	text  []string
	at    int  // the line that is to be in view
	raw   bool // lines as they are, cut and not wrapped
}

// scroll moves the panel, or closes it; ok is false for keys that are meant
// for the screen below.
func (m Model) scroll(name string) (Model, bool) {
	p := *m.panel
	_, h := m.body()
	switch name {
	case "j", "down", "ctrl+e":
		p.top += m.times()
	case "k", "up", "ctrl+y":
		p.top -= m.times()
	case "pgdown", "space", " ", "ctrl+d", "ctrl+f":
		p.top += (h - 4) * m.times()
	case "pgup", "ctrl+u", "ctrl+b":
		p.top -= (h - 4) * m.times()
	case "g", "home", "G", "end":
		switch {
		case m.count > 0:
			p.top = m.count - 1
		case name == "g" || name == "home":
			p.top = 0
		default:
			p.top = len(p.text) * 4
		}
	case "esc", "q", "enter", "?":
		m.panel = nil
		return m, true
	case "y":
		return m, false
	default:
		m.panel = nil
		return m, false
	}
	p.top = min(max(p.top, 0), max(len(p.lines(m.w-6))-(h-3), 0))
	m.panel = &p
	return m, true
}

// lines breaks the text to a width. What stands before two spaces is a label:
// what follows it keeps its column.
func (p *panel) lines(w int) (out []string) {
	if p.raw {
		return p.text
	}
	if n := p.columns; n > 1 {
		one := panel{text: p.text}
		return beside(one.lines(w/n-2), n, w/n)
	}
	for _, s := range p.text {
		label := labelOf(s)
		if len(label) > w/2 {
			label = ""
		}
		for i, l := range wrapped(s[len(label):], w-chart.Width(label)) {
			if i == 1 {
				label = strings.Repeat(" ", chart.Width(label))
			}
			out = append(out, label+l)
		}
	}
	return out
}

// beside puts lines into columns that are read from top to bottom.
func beside(lines []string, n, w int) (out []string) {
	high := (len(lines) + n - 1) / n
	for y := range high {
		line := ""
		for x := y; x < len(lines); x += high {
			line += strings.Repeat(" ", max((x/high)*w-chart.Width(line), 0)) + lines[x]
		}
		out = append(out, line)
	}
	return out
}

// labelOf is the beginning of s up to the end of its first run of spaces that
// is longer than one.
func labelOf(s string) string {
	i := strings.Index(s, "  ")
	if i < 0 {
		return ""
	}
	return s[:len(s)-len(strings.TrimLeft(s[i:], " "))]
}

// draw puts the panel over a screen.
func (p *panel) draw(m *Model, b *chart.Block) {
	w := b.W - 4
	if w < 10 {
		w = b.W
	}
	x := (b.W - w) / 2
	text := p.lines(w - 2)
	h := min(len(text)+3, b.H)
	b.Fill(0, 0, b.W, h, ' ', chart.Plain)
	g := m.display.glyphs
	b.Fill(x, 0, w, 1, g.H, chart.Accent)
	b.Text(x+1, 0, " "+p.title+" ", chart.Title)
	for i := 0; i < h-2; i++ {
		if p.top+i < len(text) {
			b.Clip(x+1, 1+i, w-2, text[p.top+i], chart.Plain, g.ASCII)
		}
	}
	b.Fill(x, h-1, w, 1, g.H, chart.Accent)
	hint := " esc closes "
	if len(text) > h-2 {
		hint = " j k scroll, esc closes "
	}
	b.Right(x+w-1, h-1, hint, chart.Dim)
}

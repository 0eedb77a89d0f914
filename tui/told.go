package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
)

// told keeps the lines that were read for the screen. Update alone writes it.
type told struct {
	lines map[correlate.Point]line
	asked map[correlate.Point]bool
}

// line is an event's text, safe to show.
type line struct {
	message, raw string
	attrs        []parse.Attr
}

// toldMsg brings lines.
type toldMsg map[correlate.Point]line

// keepLines is how many lines are kept before all are forgotten.
const keepLines = 20000

func (t *told) take(msg toldMsg) {
	if t.lines == nil || len(t.lines) > keepLines {
		t.lines = map[correlate.Point]line{}
	}
	for p, l := range msg {
		t.lines[p] = l
		delete(t.asked, p)
	}
}

// tell asks for the lines that are in view and not known yet.
func (m *Model) tell() tea.Cmd {
	if m.ports.Detail == nil {
		return nil
	}
	var want []correlate.Point
	for _, p := range m.pane().points(m) {
		if _, ok := m.told.lines[p]; !ok && !m.told.asked[p] {
			if m.told.asked == nil {
				m.told.asked = map[correlate.Point]bool{}
			}
			m.told.asked[p] = true
			want = append(want, p)
		}
	}
	if len(want) == 0 {
		return nil
	}
	c, ports := m.c, m.ports
	return func() tea.Msg {
		out := toldMsg{}
		for _, p := range want {
			out[p] = read(c, &ports, p)
		}
		return out
	}
}

// read reads one line; what cannot be read says why.
func read(c *correlate.Case, ports *Ports, p correlate.Point) line {
	d, raw, err := ports.Detail(c, p)
	if err != nil {
		return line{message: "(" + report.Clean(err.Error()) + ")"}
	}
	l := line{message: report.Clean(firstLine(d.Message)), raw: report.Clean(strings.TrimRight(raw, "\r\n"))}
	for _, a := range d.Attrs {
		l.attrs = append(l.attrs, parse.Attr{Key: report.Clean(a.Key), Value: report.Clean(a.Value)})
	}
	return l
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// message is what an event's line says, or the kind while it is being read.
func (m *Model) message(p correlate.Point) string {
	if l, ok := m.told.lines[p]; ok {
		return l.message
	}
	if m.ports.Detail == nil {
		return m.c.KindName(m.c.At(p).Kind)
	}
	return "…"
}

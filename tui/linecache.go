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

// lineCache keeps the lines that were read for the screen. Update alone writes it.
type lineCache struct {
	lines map[correlate.Point]line
	asked map[correlate.Point]bool
	// unexplained are the rows of lines that are in no event; wanted says that
	// they are being read, or were.
	unexplained []claim
	wanted      bool
}

// unexplainedMsg brings the lines that are in no event.
type unexplainedMsg []claim

// line is an event's text, safe to show.
type line struct {
	message, raw string
	attrs        []parse.Attr
}

// linesMsg brings lines.
type linesMsg map[correlate.Point]line

// keepLines is how many lines are kept before all are forgotten.
const keepLines = 20000

func (t *lineCache) take(msg linesMsg) {
	if t.lines == nil || len(t.lines) > keepLines {
		t.lines = map[correlate.Point]line{}
	}
	for p, l := range msg {
		t.lines[p] = l
		delete(t.asked, p)
	}
}

// askUnexplained reads once the lines of level error that are in no event.
func (m *Model) askUnexplained() tea.Cmd {
	if m.ports.Unexplained == nil || m.cache.wanted {
		return nil
	}
	m.cache.wanted = true
	c, ports := m.c, m.ports
	return func() tea.Msg {
		list, harmless := ports.Unexplained(c)
		out := unexplainedMsg{}
		for i := range list {
			u := &list[i]
			said := fmt.Sprintf("%s, %s: %s", u.Severity, report.Clean(path.Base(u.Evidence[0].Source)), report.Clean(u.Template))
			out = append(out, claim{group: "Unexplained", label: fmt.Sprintf("%d×", u.Count), text: said, style: chart.Warn, at: &u.Evidence[0]})
		}
		if harmless > 0 {
			out = append(out, claim{group: "Unexplained", text: counted(harmless, "line") + " more, known and harmless", style: chart.Dim})
		}
		return out
	}
}

// readLines asks for the lines that are in view and not known yet.
func (m *Model) readLines() tea.Cmd {
	if m.ports.Detail == nil {
		return nil
	}
	var want []correlate.Point
	for _, p := range m.pane().points(m) {
		if _, ok := m.cache.lines[p]; !ok && !m.cache.asked[p] {
			if m.cache.asked == nil {
				m.cache.asked = map[correlate.Point]bool{}
			}
			m.cache.asked[p] = true
			want = append(want, p)
		}
	}
	if len(want) == 0 {
		return nil
	}
	c, ports := m.c, m.ports
	return func() tea.Msg {
		out := linesMsg{}
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
	if l, ok := m.cache.lines[p]; ok {
		return l.message
	}
	if m.ports.Detail == nil {
		return m.c.KindName(m.c.At(p).Kind)
	}
	return "…"
}

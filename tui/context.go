package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
)

// contextLines is how many lines before and after the current one are shown.
const contextLines = 20

// context shows the raw neighbours of the current line: those too that are in
// no event.
func (m Model) context() (Model, tea.Cmd) {
	p, ok := m.current()
	if !ok || m.ports.Raw == nil {
		return m.say("the file behind the line is not at hand"), nil
	}
	return m, m.rawLines(p, m.c.Ref(p))
}

// rawLines reads the lines around a line of a source, which a point is in.
func (m *Model) rawLines(p correlate.Point, ref parse.Ref) tea.Cmd {
	c, ports := m.c, m.ports
	from := max(int(ref.Line)-contextLines, 1)
	return func() tea.Msg {
		text, err := ports.Raw(c, p, from, int(ref.Line)+contextLines)
		if err != nil {
			return errMsg{err}
		}
		out := make([]string, len(text))
		for i, s := range text {
			mark := " "
			if from+i == int(ref.Line) {
				mark = ">"
			}
			out[i] = fmt.Sprintf("%s%7d  %s", mark, from+i, strings.ReplaceAll(report.Clean(s), "\t", "    "))
		}
		return panelMsg{title: "around " + report.Place(c, ref), text: out, at: int(ref.Line) - from, raw: true}
	}
}

// templatesRead is how many lines of the window are read for their templates.
const templatesRead = 20_000

// templates counts what the lines in the window say, numbers aside.
func (m Model) templates() (Model, tea.Cmd) {
	if m.ports.Detail == nil {
		return m.say("the text behind the events is not at hand"), nil
	}
	l, ports, from, to, group := m.merged(), m.ports, m.window.from, m.window.to, m.axis
	title := fmt.Sprintf("templates of %s–%s", m.clock(from, false), m.clock(to, false))
	return m.say("counting…"), func() tea.Msg {
		start := place{wallClock, from, -1, 0}
		if group != wallClock {
			start = place{group, from, group, l.in.streams[group].at(from)}
		}
		return panelMsg{title: title, text: counts(l, &ports, start, to)}
	}
}

// counts are the templates from a place up to a time, the most frequent first.
func counts(l merged, ports *Ports, at place, to parse.Time) []string {
	type tally struct {
		text  string
		n     int
		first correlate.Point
	}
	by := map[string]*tally{}
	seen := 0
	for group := at.group; seen < templatesRead; {
		some := l.from(at, 512+1)
		for i, p := range some {
			if p.group != group || p.at > to || i == 512 {
				some = some[:i+1]
				break
			}
			seen++
			point := l.point(p)
			text := correlate.Template(read(l.c, ports, point).message)
			t := by[text]
			if t == nil {
				t = &tally{text: text, first: point}
				by[text] = t
			}
			t.n++
		}
		if len(some) <= 512 {
			break
		}
		at = some[512]
	}
	list := make([]*tally, 0, len(by))
	for _, t := range by {
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b *tally) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.text, b.text)) })
	out := []string{fmt.Sprintf("%s lines, %s templates; a number in a line is #", number(seen), number(len(list)))}
	if seen >= templatesRead {
		out[0] += "; the window holds more lines, zoom in for the rest"
	}
	for _, t := range list {
		out = append(out, fmt.Sprintf("%7d  %s", t.n, t.text))
	}
	return out
}

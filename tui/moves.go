package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/parse"
)

// jumping goes to the next of some times, or to the one before.
func jumping(by int, times func(*Model) []parse.Time, what string) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) {
		at := times(&m)
		if len(at) == 0 {
			return m.say("no " + what + " on this clock"), nil
		}
		out := m.leaps(at, by*m.times())
		if out.cursor == m.cursor {
			return m.say("no " + what + " further on"), nil
		}
		out.panes[incident] = incidentPane{beside: m.panes[incident].(incidentPane).beside}
		return out, nil
	}
}

// incidentTimes are the beginnings of the incidents on the axis.
func (m *Model) incidentTimes() (out []parse.Time) {
	for i := range m.c.Incidents {
		if in := &m.c.Incidents[i]; int(in.Clock) == m.axis {
			out = append(out, in.Start)
		}
	}
	slices.Sort(out)
	return out
}

// tickTimes are the predicted ticks near the cursor.
func (m *Model) tickTimes() []parse.Time { return m.predicted(m.extent(), 1<<16) }

func (m *Model) failureTimes() []parse.Time { return distinct(m.group().list[failureMarker]) }

func (m *Model) warningTimes() []parse.Time {
	g := m.group()
	all := append(distinct(g.list[symptomMarker]), distinct(g.list[stallMarker])...)
	slices.Sort(all)
	return slices.Compact(all)
}

func distinct(moments []correlate.Moment) (out []parse.Time) {
	for _, k := range moments {
		if n := len(out); n == 0 || out[n-1] != k.At {
			out = append(out, k.At)
		}
	}
	return out
}

// incidentAt is the last incident on the axis that began by the cursor, or the
// first there is; nil without one.
func (m *Model) incidentAt() *correlate.Incident {
	var at *correlate.Incident
	for i := range m.c.Incidents {
		in := &m.c.Incidents[i]
		if int(in.Clock) != m.axis {
			continue
		}
		if at == nil || in.Start <= m.cursor && in.Start >= at.Start {
			at = in
		}
	}
	return at
}

// openPoint shows an event among the lines.
func (m Model) openPoint(p correlate.Point) Model {
	if !m.in.has(p) {
		m = m.say("this event is filtered out; & turns the filters off")
	}
	status := m.status
	m = m.show(lines).onPoint_(p)
	m.status = status
	return m
}

// openNearest shows the most telling event in the cursor's column, or else the
// next event, among the lines.
func (m Model) openNearest() Model {
	if p, ok := m.strongestAtCursor(); ok {
		return m.openPoint(p)
	}
	return m.show(lines)
}

// strongestAtCursor is the most telling event in the cursor's column.
func (m *Model) strongestAtCursor() (correlate.Point, bool) {
	g, half := m.group(), m.stride()/2+1
	for _, list := range g.list {
		best, found := correlate.Moment{}, false
		for _, k := range between(list, m.cursor-half, m.cursor+half+1) {
			if !found || max(k.At-m.cursor, m.cursor-k.At) < max(best.At-m.cursor, m.cursor-best.At) {
				best, found = k, true
			}
		}
		if found {
			return best.Point, true
		}
	}
	return correlate.Point{}, false
}

// leave gives up the selection, else goes back where one came from.
func (m Model) leave() (Model, tea.Cmd) {
	if p, ok := m.pane().(interface{ back(Model) (Model, bool) }); ok && m.brush == nil && m.selected == nil {
		if out, done := p.back(m); done {
			return out, nil
		}
	}
	switch n := len(m.trail); {
	case m.brush != nil || m.selected != nil:
		m.brush, m.selected = nil, nil
	case n > 0:
		from := m.screen
		if m.screen, m.trail = m.trail[n-1], m.trail[:n-1]; from == lines && m.screen == timeline {
			return m.giveBack()
		}
	default:
		return m.say("this is the first screen; q quits"), nil
	}
	return m, nil
}

// brushing begins or ends a selection.
func (m Model) brushing() (Model, tea.Cmd) {
	if m.brush != nil {
		m.brush = nil
		return m.say("selected; b explains it, V zooms to it, esc lets go"), nil
	}
	at := m.cursor
	m.brush, m.selected = &at, &span{at, at}
	return m.say("selecting: move, then v again"), nil
}

func (m Model) zoomSelection() (Model, tea.Cmd) {
	s := m.selected
	if s == nil || s.len() == 0 {
		return m.say("nothing is selected: v begins a selection"), nil
	}
	m.window = m.slide(*s)
	m.cursor = m.window.clamp(m.cursor)
	return m, nil
}

// explain asks how the selection, or else the incident, differs from what is
// usual.
func (m Model) explain() (Model, tea.Cmd) {
	s := m.selected
	if in := m.incidentAt(); (s == nil || s.len() == 0) && in != nil {
		s = &span{in.Start - 10e9, in.End + 1e9}
	}
	switch {
	case m.ports.Explain == nil:
		return m.say("nothing here can explain a selection"), nil
	case s == nil:
		return m.say("nothing is selected: v begins a selection"), nil
	case m.axis != wallClock:
		return m.say("only the wall clock has a baseline; t changes the clock"), nil
	}
	c, ports, from, to := m.c, m.ports, s.from, s.to
	title := fmt.Sprintf("What differs in %s–%s", m.clock(from, false), m.clock(to, false))
	return m, func() tea.Msg {
		text, err := ports.Explain(c, from, to)
		if err != nil {
			return errMsg{err}
		}
		return panelMsg{title: title, text: text}
	}
}

// fit shows all the time of proxies and controllers; once more, all there is.
func (m Model) fit() (Model, tea.Cmd) {
	if core := m.core(); m.window != core && core.has(m.cursor) {
		m.window = core
	} else {
		m.window = m.extent()
	}
	return m, nil
}

// nextAxis goes to the next clock.
func (m Model) nextAxis() (Model, tea.Cmd) {
	all := axes(m.c)
	if len(all) < 2 {
		return m.say("there is only this clock"), nil
	}
	m.axis = all[(slices.Index(all, m.axis)+1)%len(all)]
	m.window = m.core()
	m.cursor, m.onPoint, m.brush, m.selected = m.window.from, false, nil, nil
	if at := m.incidentTimes(); len(at) > 0 {
		m.cursor = at[0]
	}
	m.panes[raster] = newFold(&m)
	return m, nil
}

func (m Model) toggleFilters() (Model, tea.Cmd) {
	if len(m.filters) == 0 {
		return m.say("there are no filters: f adds one"), nil
	}
	m.unfiltered = !m.unfiltered
	return m.refilter()
}

func (m Model) dropFilter() (Model, tea.Cmd) {
	n := len(m.filters)
	if n == 0 {
		return m.say("there are no filters"), nil
	}
	m.filters = m.filters[: n-1 : n-1]
	return m.refilter()
}

// typeFilter asks for a filter.
func (m Model) typeFilter(out bool) (Model, tea.Cmd) {
	label := "show only: "
	if out {
		label = "hide: "
	}
	return m.ask(prompt{label: label, history: "filter", complete: completeFilter,
		accept: func(m Model, s string) (Model, tea.Cmd) { return m.addFilter(s, out) }}, m.suggestFilter())
}

// completeFilter offers fields, and the values that the case has.
func completeFilter(m *Model, text string) (out []string) {
	key, value, ok := strings.Cut(text, "=")
	if !ok {
		for _, f := range fields {
			out = append(out, f+"=")
		}
		return beginning(out, text)
	}
	seen := map[string]bool{}
	switch key {
	case "kind":
		for k := range m.c.ByKind {
			seen[m.c.KindName(k)] = true
		}
	case "severity":
		for s := parse.Trace; s <= parse.Fatal; s++ {
			seen[s.String()] = true
		}
	case "source", "pod", "namespace":
		for s := range m.c.Streams {
			seen[map[string]string{"source": m.c.SourceName(s), "pod": m.c.Who[s].Pod, "namespace": m.c.Who[s].Namespace}[key]] = true
		}
	}
	for v := range seen {
		if v != "" && strings.HasPrefix(v, value) {
			out = append(out, key+"="+v)
		}
	}
	slices.Sort(out)
	return out
}

func (m Model) redraw() (Model, tea.Cmd) { return m, tea.ClearScreen }

// wheel moves by rows.
func (m Model) wheel(msg tea.MouseMsg) (Model, tea.Cmd) {
	switch {
	case m.c == nil || m.prompt != nil || m.panel != nil:
	case msg.Button == tea.MouseButtonWheelUp:
		return m.pane().down(m, -3), nil
	case msg.Button == tea.MouseButtonWheelDown:
		return m.pane().down(m, 3), nil
	}
	return m, nil
}

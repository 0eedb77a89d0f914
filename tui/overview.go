package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/correlate/words"
	"faultline/tui/chart"
)

// overviewPane says the verdict, draws the window and lists the incidents.
type overviewPane struct{ onTime }

// down goes to the next incident, or without any to the next burst of stalls.
func (overviewPane) down(m Model, by int) Model {
	return m.leaps(m.rowTimes(), by)
}

// enter opens the incident under the cursor; without one, the burst of stalls,
// or what was not read.
func (overviewPane) enter(m Model) (Model, tea.Cmd) {
	if m.incidentAt() == nil {
		if all := m.bursts(); len(all) > 0 {
			return m.openPoint(all[m.burstAt(all)].first), nil
		}
		if len(m.c.Findings) > 0 && len(m.c.Incidents) == 0 {
			m.panes[findings] = findingsPane{opened: true}
			return m.show(findings), nil
		}
		if out, ok := m.openUnread(); ok {
			return out, nil
		}
	}
	return m.show(incident), nil
}

// unread says how much was not read, not understood and not explained, and which
// key lists it; "" where there is nothing of it.
func (m *Model) unread() string {
	said := report.UnreadCount(m.c)
	n := 0
	for _, c := range m.cache.unexplained {
		if c.at != nil {
			n++
		}
	}
	if n > 0 {
		said = strings.TrimPrefix(said+", "+counted(n, "kind")+" of error lines unexplained", ", ")
	}
	switch {
	case said == "":
		return ""
	case m.incidentAt() == nil && len(m.bursts()) == 0 && len(m.c.Findings) == 0:
		return said + ": enter lists them"
	}
	return said + ": 7 and G list them"
}

func (overviewPane) view(m *Model, b *chart.Block) {
	g := m.display.glyphs
	y := 0
	style := chart.Warn
	switch m.c.Verdict.Code {
	case correlate.BeatMatchesResync, correlate.OtherBeat, correlate.PeriodCauseOpen:
		style = chart.Alarm
	case correlate.NoFailures, correlate.NoBeat:
		style = chart.Calm
	}
	said := report.Say(m.c, m.display.Zone)
	b.Clip(1, y, b.W-2, said.Headline, style, g.ASCII)
	y++
	w := min(b.W-2, 110)
	room := b.H - 11 // the strip, and some incidents
	var lines []string
	for _, s := range said.Sentences() {
		lines = append(lines, wrapped(s, w)...)
	}
	if most := max(b.H*2/5, 2); len(lines) > most {
		lines = append(lines[:most-1], lines[most-1]+" …")
	}
	for _, line := range lines {
		b.Text(1, y, line, chart.Plain)
		y++
	}
	items := report.Summary(m.c, m.display.Zone)
	for _, item := range items { // what to do next is said whatever room there is
		if item.Label == "next" {
			room = max(room, y+len(wrapped(item.Text, w-10)))
		}
	}
	for _, item := range fitting(items, room-y, w-10) {
		y = paragraph(b, 1, y, w, fmt.Sprintf("%-10s", item.Label), item.Text, chart.Plain)
	}
	if s := m.unread(); s != "" && y < b.H-3 {
		b.Clip(1, y, w, s, chart.Warn, g.ASCII)
		y++
	}
	y = m.strip(b, y+1)
	m.incidentList(b, y)
}

// fitting are the items that fit into so many lines, in their order; what
// next, when and how sure come before the rest.
func fitting(items []report.Item, room, w int) (out []report.Item) {
	keep := map[string]bool{}
	for _, label := range []string{"next", "when", "also", "how sure", "targets", "never", "how", "missing"} {
		for _, item := range items {
			if n := len(wrapped(item.Text, w)); item.Label == label && n <= room {
				keep[item.Label+item.Text] = true
				room -= n
			}
		}
	}
	return slices.DeleteFunc(items, func(i report.Item) bool { return !keep[i.Label+i.Text] })
}

// strip draws the whole of the window in four lines: failures as bars, then
// stalls and probes, then the axis.
func (m *Model) strip(b *chart.Block, y int) int {
	rows := 2
	if b.H-y > 30 {
		rows = 4
	}
	gr := m.group()
	w := b.W - laneLabel
	if w < 4 || b.H-y < rows+4 {
		return y
	}
	marker := failureMarker
	if len(gr.whole[failureMarker]) == 0 && len(gr.whole[symptomMarker]) > 0 {
		marker = symptomMarker // what goes before failures is what there is to see
	}
	counts := bins(gr.list[marker], gr.cover, m.window, w)
	most := 0
	for _, k := range counts {
		most = max(most, k.N)
	}
	b.Text(1, y, markers[marker].name+"s", markers[marker].style)
	b.Clip(1, y+1, laneLabel-2, fmt.Sprintf("max %d", most), chart.Dim, m.display.glyphs.ASCII)
	b.Draw(laneLabel, y, chart.Strip(counts, rows, 0, markers[marker].style, m.display.glyphs))
	y += rows
	b.Text(1, y, "stalls", chart.Note)
	b.Draw(laneLabel, y, chart.Heat(bins(gr.list[stallMarker], m.stallCover(), m.window, w), 0, chart.Note, m.display.glyphs))
	m.drawCursor(b, laneLabel, y-rows, w, rows+1)
	m.drawAxis(b, laneLabel, y+1, w, m.window)
	return y + 3
}

// stallCover is when the controllers were captured.
func (m *Model) stallCover() []span {
	var out []span
	if m.axis == wallClock {
		for _, p := range m.c.Processes() {
			out = append(out, spans(p.Coverage)...)
		}
	}
	if out = union(out); out == nil {
		out = []span{}
	}
	return out
}

// drawCursor puts the cursor on h lines of columns, and the selection.
func (m *Model) drawCursor(b *chart.Block, x, y, w, h int) {
	if s := m.selected; s != nil && s.meets(m.window) {
		from, to := max(m.window.column(s.from, w), 0), min(m.window.column(s.to, w), w-1)
		b.Paint(x+from, y, to-from+1, h, chart.Accent)
	}
	if at := m.window.column(m.cursor, w); at >= 0 && at < w {
		b.Paint(x+at, y, 1, h, chart.Select)
	}
}

// incidentList lists the incidents on the axis round the cursor's.
func (m *Model) incidentList(b *chart.Block, y int) {
	var list []*correlate.Incident
	at, now := 0, m.incidentAt()
	elsewhere := 0
	for i := range m.c.Incidents {
		in := &m.c.Incidents[i]
		if int(in.Clock) != m.axis {
			elsewhere++
			continue
		}
		if in == now {
			at = len(list)
		}
		list = append(list, in)
	}
	if len(list) == 0 {
		if m.burstList(b, y) {
			return
		}
		if elsewhere == 0 && m.findingList(b, y) {
			return
		}
		b.Text(1, y, "No incident on this clock.", chart.Dim)
		if elsewhere > 0 {
			b.Text(1, y+1, fmt.Sprintf("%s on other clocks: t goes to the next.", counted(elsewhere, "incident")), chart.Dim)
		}
		return
	}
	head := fmt.Sprintf("%-5s %-12s %5s  %-12s %6s %6s  %s", "", "start", "fails", "signature", "stalls", "lag", "target")
	b.Clip(1, y, b.W-2, head, chart.Dim, m.display.glyphs.ASCII)
	rows := b.H - y - 1
	if rows < len(list) && rows > 1 {
		rows-- // how many more there are has a line of its own
	}
	from := top(at, len(list), rows)
	for i := from; i < min(from+rows, len(list)); i++ {
		y++
		b.Clip(1, y, b.W-2, m.incidentRow(list[i]), chart.Plain, m.display.glyphs.ASCII)
		if i == at {
			b.Paint(0, y, b.W, 1, chart.Select)
		}
	}
	if from+rows < len(list) {
		b.Right(b.W-1, y+1, fmt.Sprintf("%d more", len(list)-from-rows), chart.Dim)
	}
}

// findingList lists the findings, where there is neither an incident nor a burst
// of stalls to list; it says no where there are none.
func (m *Model) findingList(b *chart.Block, y int) bool {
	if len(m.c.Findings) == 0 {
		return false
	}
	said := "No incident; enter goes to what was found"
	if len(m.c.Series) > 0 && m.ports.Query != nil {
		said += ", 5 to the metrics"
	}
	b.Clip(1, y, b.W-2, said+":", chart.Dim, m.display.glyphs.ASCII)
	for _, c := range m.claims() {
		if y++; c.finding == nil || y >= b.H {
			break
		}
		b.Clip(1, y, b.W-2, fmt.Sprintf("%-5s %s", c.label, c.text), c.style, m.display.glyphs.ASCII)
	}
	return true
}

func (m *Model) incidentRow(in *correlate.Incident) string {
	lag, target := "-", ""
	if in.Lag != nil {
		lag = fmt.Sprintf("%.1f s", in.Lag.Seconds())
	}
	if len(in.Targets) > 0 {
		target = report.Clean(words.Target(in.Targets[0].Name))
		if n := len(in.Targets); n > 1 {
			target += fmt.Sprintf(" and %d more", n-1)
		}
	}
	when := m.clock(in.Start, false)
	if m.axis != wallClock {
		when = fmt.Sprintf("%.3f s", seconds(in.Start))
	}
	return fmt.Sprintf("%-5s %-12s %5d  %-12s %6d %6s  %s", in.ID, when, in.Failures, in.Signature, in.Stalls, lag, target)
}

// top is the first row that is shown of a list, so that one of its rows is.
func top(row, n, h int) int {
	return min(max(row-h/2, 0), max(n-h, 0))
}

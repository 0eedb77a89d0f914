package tui

import (
	"cmp"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/formats"
	"faultline/tui/chart"
)

// lane is one line of the timeline: a process, or the processes of a workload.
type lane struct {
	name    string
	streams []int
	failed  int // failures that it tells of
	filter  filter
}

// laneOf is the lane of a stream.
func (m *Model) laneOf(stream int) parse.Lane { return formats.Of(m.c.Streams[stream].Format).Lane }

// lanes are the processes that have a time on this axis, those that tell of
// most failures first. Files that only have facts have no lane.
func (m *Model) lanes(folded bool) []lane {
	if m.lanesMade.of == m.c && m.lanesMade.axis == m.axis && m.lanesMade.folded == folded && m.lanesMade.lanes != nil {
		return m.lanesMade.lanes
	}
	byName := map[string]*lane{}
	var order []string
	for s := range m.c.Streams {
		if _, ok := m.zero(s); !ok || m.c.CopyOf[s] >= 0 || len(m.c.Streams[s].Events) == 0 || m.laneOf(s) == parse.LaneOther {
			continue
		}
		name, f := m.roster.names[s], filter{field: "source", value: escaped(m.c.SourceName(s))}
		if pod := m.c.Who[s].Pod; pod != "" {
			f = filter{field: "pod", value: escaped(pod)}
			if folded {
				name = correlate.Workload(pod)
				f.value = escaped(name) + "*"
			}
		}
		l := byName[name]
		if l == nil {
			l = &lane{name: name, filter: f}
			byName[name] = l
			order = append(order, name)
		}
		l.streams = append(l.streams, s)
	}
	of := map[uint32]int{}
	for _, k := range m.group().whole[failureMarker] {
		of[k.Stream]++
	}
	out := make([]lane, 0, len(order))
	for _, name := range order {
		l := byName[name]
		for _, s := range l.streams {
			l.failed += of[uint32(s)]
		}
		out = append(out, *l)
	}
	slices.SortStableFunc(out, func(a, b lane) int {
		return cmp.Or(cmp.Compare(b.failed, a.failed), cmp.Compare(m.laneOf(a.streams[0]), m.laneOf(b.streams[0])))
	})
	*m.lanesMade = lanesOf{m.c, m.axis, folded, out}
	return out
}

// lanesOf keeps the lanes of a case: they change with the clocks only.
type lanesOf struct {
	of     *correlate.Case
	axis   int
	folded bool
	lanes  []lane
}

// laneWide is how many columns the names take: as many as the longest needs, a
// quarter of the screen at most.
func (m *Model) laneWide(folded bool) int {
	most := 0
	for _, l := range m.lanes(folded) {
		most = max(most, chart.Width(l.name)+5)
	}
	return min(max(most, laneLabel), max(m.w/4, laneLabel))
}

// drawLanes draws as many lanes as there is room for, the chosen one among
// them: how many lines each tells, and its failures, symptoms and stalls.
func (m *Model) drawLanes(b *chart.Block, y, left, w, rows int, all []lane, chosen int) int {
	from := top(max(chosen, 0), len(all), rows)
	gr := m.group()
	for i := from; i < min(from+rows, len(all)); i++ {
		l := &all[i]
		counts := m.laneBins(l, w)
		g, style := m.roster.glyph(l.streams[0], m.display.glyphs)
		b.Put(1, y, g, style)
		name := m.roster.name(l.streams[0], left-5, m.display.glyphs.ASCII)
		if len(l.name) < len(m.roster.names[l.streams[0]]) { // a workload
			name = chart.Fit(l.name, left-5, m.display.glyphs.ASCII)
		}
		b.Text(3, y, name, style)
		b.Draw(left, y, chart.Heat(counts, 0, chart.Plain, m.display.glyphs))
		for x, k := range gr.markersOf(l.streams, m.window, w) {
			if k >= 0 {
				b.Put(left+x, y, m.display.mark(k).One, m.display.mark(k).Style)
			}
		}
		if i == chosen {
			b.Paint(0, y, left-1, 1, chart.Select)
		}
		y++
	}
	return y
}

// laneBins counts what a lane tells over the window.
func (m *Model) laneBins(l *lane, w int) []chart.Bin {
	var cover []span
	for _, s := range l.streams {
		cover = append(cover, m.cover(s)...)
	}
	if cover = union(cover); cover == nil {
		cover = []span{}
	}
	out := unknown(cover, m.window, w)
	var whole []chart.Bin
	if m.in != m.all {
		whole = unknown(cover, m.window, w)
	}
	for _, s := range l.streams {
		zero, _ := m.zero(s)
		m.in.count(s, m.window.shift(-zero), out)
		if whole != nil {
			m.all.count(s, m.window.shift(-zero), whole)
		}
	}
	for x := range whole {
		out[x].Hidden = out[x].N == 0 && whole[x].N > 0
	}
	return out
}

// markersOf is, for each of w columns, the most telling marker of some streams, -1
// where they have none.
func (d *visibleGroup) markersOf(streams []int, s span, w int) []int {
	out := make([]int, w)
	for x := range out {
		out[x] = -1
	}
	of := d.byStream()
	for marker := probeMarker; marker >= failureMarker; marker-- {
		for _, stream := range streams {
			for _, k := range between(of[marker][uint32(stream)], s.from, s.to+1) {
				out[s.column(k.At, w)] = marker
			}
		}
	}
	return out
}

// cover is when a stream was captured, on the axis.
func (m *Model) cover(stream int) []span {
	out := []span{}
	if _, ok := m.zero(stream); !ok {
		return out
	}
	for _, c := range m.c.Captured(stream) {
		out = append(out, span{c.From, c.To})
	}
	return out
}

// laneCover is when any source of a lane was captured.
func (m *Model) laneCover(f parse.Lane) []span {
	if f == parse.LaneProxies {
		return m.group().cover
	}
	out := []span{}
	for s := range m.c.Streams {
		if m.laneOf(s) == f {
			out = append(out, m.cover(s)...)
		}
	}
	return union(out)
}

// foldLanes shows a lane a workload, or a lane a process.
func (m Model) foldLanes() (Model, tea.Cmd) {
	p := m.panes[timeline].(timelinePane)
	p.folded, p.lane = !p.folded, 0
	m.panes[timeline] = p
	return m.say(map[bool]string{true: "a lane a workload", false: "a lane a process"}[p.folded]), nil
}

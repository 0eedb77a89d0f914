package tui

import (
	"fmt"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/parse/formats"
	"faultline/tui/chart"
)

// laneLabel is how many columns the names of lanes take.
const laneLabel = 12

// laneOf is the lane of a stream.
func (m *Model) laneOf(stream int) parse.Lane { return formats.Of(m.c.Streams[stream].Format).Lane }

// lane is one line of the timeline.
type lane struct {
	title string
	style chart.Style
	bins  []chart.Bin
}

// timelinePane draws all sources over time.
type timelinePane struct{ onTime }

func (timelinePane) points(m *Model) []correlate.Point {
	if p, ok := m.telling(); ok {
		return []correlate.Point{p}
	}
	return nil
}

func (timelinePane) view(m *Model, b *chart.Block) {
	w := b.W - laneLabel
	if w < 4 {
		return
	}
	tall := min(max((b.H-6-int(parse.LaneOther))/len(signs), 1), 3)
	gr := m.group()
	y := 0
	for i, cover := range [][]span{gr.cover, gr.cover, m.stallCover(), m.laneCover(parse.LaneKubelet)} {
		if y+tall > b.H-5 {
			break
		}
		s := signs[i]
		b.Put(1, y, m.look.mark(i).One, s.style)
		b.Clip(3, y, laneLabel-4, s.name+"s", s.style, m.look.glyphs.ASCII)
		b.Draw(laneLabel, y, chart.Strip(bins(gr.list[i], cover, m.window, w), tall, 0, s.style, m.look.glyphs))
		y += tall
	}
	m.grid(b, laneLabel, 0, w, y)
	y = m.density(b, y+1, w)
	m.drawCursor(b, laneLabel, 0, w, y)
	m.drawAxis(b, laneLabel, y, w, m.window)
	m.underCursor(b, y+2)
}

// grid draws the predicted ticks over what is empty in h lines.
func (m *Model) grid(b *chart.Block, x, y, w, h int) {
	for _, at := range m.beats(m.window, w/3) {
		col := x + m.window.column(at, w)
		for j := y; j < y+h; j++ {
			if r := b.At(col, j).Rune; r == ' ' || r == m.look.glyphs.Base {
				b.Put(col, j, m.look.glyphs.Grid, chart.Accent)
			}
		}
	}
}

// density draws, a line each, how many events the kinds of sources tell; with
// room, each source of a kind.
func (m *Model) density(b *chart.Block, y, w int) int {
	lanes := m.kindLanes(w)
	if extra := m.streamLanes(w); len(lanes)+len(extra) <= b.H-y-6 {
		lanes = append(lanes, extra...)
	}
	for _, l := range lanes {
		if y >= b.H-5 {
			break
		}
		b.Clip(1, y, laneLabel-2, l.title, l.style, m.look.glyphs.ASCII)
		b.Draw(laneLabel, y, chart.Heat(l.bins, 0, chart.Plain, m.look.glyphs))
		y++
	}
	return y
}

// kindLanes are the lanes of the kinds of sources that there are.
func (m *Model) kindLanes(w int) (out []lane) {
	for f := range parse.Lanes {
		l := lane{title: f.String(), style: chart.Dim}
		n := 0
		for s := range m.c.Streams {
			zero, ok := m.zero(s)
			if !ok || m.c.CopyOf[s] >= 0 || m.laneOf(s) != f || len(m.c.Streams[s].Events) == 0 {
				continue
			}
			if n == 0 {
				l.bins = unknown(m.laneCover(f), m.window, w)
			}
			n++
			m.in.count(s, m.window.shift(-zero), l.bins)
		}
		if n > 0 {
			out = append(out, l)
		}
	}
	return out
}

// streamLanes are the lanes of single streams.
func (m *Model) streamLanes(w int) (out []lane) {
	for s := range m.c.Streams {
		zero, ok := m.zero(s)
		if !ok || m.c.CopyOf[s] >= 0 || len(m.c.Streams[s].Events) == 0 {
			continue
		}
		if len(out) == 64 {
			return nil
		}
		l := lane{title: report.Clean(m.who(s)), style: chart.Dim}
		if name := []rune(l.title); m.c.Who[s].Pod != "" { // pods differ at their ends
			l.title = string(name[max(len(name)-laneLabel+2, 0):])
		}
		l.bins = unknown(m.cover(s), m.window, w)
		m.in.count(s, m.window.shift(-zero), l.bins)
		out = append(out, l)
	}
	return out
}

// cover is when a stream was captured, on the axis.
func (m *Model) cover(stream int) []span {
	zero, ok := m.zero(stream)
	out := []span{}
	for _, c := range m.c.Streams[stream].Coverage {
		if ok {
			out = append(out, span{c.From + zero, c.To + zero})
		}
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

// underCursor says what is in the cursor's column.
func (m *Model) underCursor(b *chart.Block, y int) {
	if y >= b.H {
		return
	}
	gr, half := m.group(), m.stride()/2+1
	m.look.legend(b, 1, y)
	if y+1 >= b.H {
		return
	}
	said := ""
	for i, list := range gr.list {
		if n := len(between(list, m.cursor-half, m.cursor+half+1)); n > 0 {
			said += fmt.Sprintf("%s, ", counted(n, signs[i].name))
		}
	}
	if said == "" {
		b.Clip(1, y+1, b.W-2, "nothing at the cursor; e and w go to the next failure or warning sign", chart.Dim, m.look.glyphs.ASCII)
		return
	}
	said = said[:len(said)-2] + " here"
	if p, ok := m.telling(); ok {
		said += ": " + report.Place(m.c, m.c.Ref(p)) + "  " + m.message(p)
	}
	b.Clip(1, y+1, b.W-2, said, chart.Plain, m.look.glyphs.ASCII)
}

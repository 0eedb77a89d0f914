package tui

import (
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/parse"
	"faultline/tui/chart"
)

// Progress is how far the reading has come.
type Progress struct {
	// Doing says what is done, "" for reading.
	Doing       string
	Sources     int // read to their end
	Bytes       int64
	Total       int64 // 0 when it is not known
	MBPerSecond float64
	// Sketch is what was read so far, nil for no picture.
	Sketch *Sketch
}

// wait is the screen while there is no case yet.
type wait struct {
	Progress
	seen *seen
	// own: the axis counts from each process's own start. It does where no
	// failure has a stamp.
	own bool
	// window and cursor are on that axis. Until a key moves them they follow
	// what is read.
	window span
	cursor parse.Time
	placed bool         // by a key
	typed  []tea.KeyMsg // kept until the case is there
}

// progressed takes what the reading tells. What is not told anew stays.
func (m Model) progressed(p Progress) Model {
	w := *m.waiting
	if p.Bytes == 0 {
		p.Sources, p.Bytes, p.Total = w.Sources, w.Bytes, w.Total
	}
	if p.Sketch == nil {
		p.Sketch = w.Sketch
	}
	w.Progress = p
	if p.Sketch != nil {
		w.seen = p.Sketch.shot()
		if !w.placed {
			w.own = w.seen.wall.step == 0 || !w.seen.wall.fails() && w.seen.own.fails()
			w.window = w.axis().extent()
			w.cursor = w.window.from
		}
	}
	m.waiting = &w
	return m
}

// axis is what the picture is drawn of.
func (w *wait) axis() *tally {
	switch {
	case w.seen == nil:
		return &tally{}
	case w.own:
		return &w.seen.own
	}
	return &w.seen.wall
}

// awaiting changes a copy of what is shown while there is no case.
func (m Model) awaiting(change func(w *wait)) (Model, tea.Cmd) {
	w := *m.waiting
	if w.axis().step != 0 {
		change(&w)
		w.placed = true
	}
	m.waiting = &w
	return m, nil
}

// early is a key that is pressed before the case is there: it moves in the
// first picture, or it is kept. Once one is kept, so are all that follow.
func (m Model) early(k tea.KeyMsg) (Model, tea.Cmd) {
	name := k.String()
	b := lookup(name, reading)
	if b != nil && (len(m.waiting.typed) == 0 || name == "ctrl+c" || name == "esc") {
		return b.do(m)
	}
	w := *m.waiting
	if len(w.typed) < 256 {
		w.typed = append(w.typed[:len(w.typed):len(w.typed)], k)
	}
	m.waiting = &w
	return m, nil
}

// arrive puts the cursor where it was in the first picture, and then presses
// the keys that were kept.
func (m Model) arrive(w *wait) (Model, tea.Cmd) {
	switch at, ok := m.anchored(w); {
	case !w.placed:
	case w.own == (m.axis != wallClock):
		m.window = m.slide(w.window)
		m = m.goTo(w.cursor)
	case ok:
		m = m.goTo(at)
	}
	var all []tea.Cmd
	for _, k := range w.typed {
		var cmd tea.Cmd
		m, cmd = m.key(k)
		all = append(all, cmd)
	}
	return m, tea.Sequence(all...)
}

// anchored is the failure that the cursor was on when its process had no place
// on the wall clock yet.
func (m *Model) anchored(w *wait) (at parse.Time, ok bool) {
	if !w.own || m.axis != wallClock {
		return 0, false
	}
	step := w.axis().step
	for _, k := range m.group().list[failureMarker] {
		own := k.At - m.c.Anchors[k.Stream].Zero
		if off := max(own-w.cursor, w.cursor-own); m.c.Streams[k.Stream].Clock == parse.ClockUptime && off <= step {
			at, ok, step = k.At, true, off-1
		}
	}
	return at, ok
}

func earlyStep(columns int) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) {
		column := max(m.waiting.window.len()/parse.Time(max(m.w-laneLabel, 1)), 1)
		return m.awaiting(func(w *wait) { w.move(w.cursor + parse.Time(columns)*column) })
	}
}

// move puts the cursor on a time, and the window round it.
func (w *wait) move(t parse.Time) {
	w.cursor = w.axis().extent().clamp(t)
	if !w.window.has(w.cursor) {
		w.window = w.window.shift(w.cursor - w.window.from - w.window.len()/2)
	}
}

func earlyZoom(by float64) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) {
		return m.awaiting(func(w *wait) {
			all := w.axis().extent()
			length := min(max(parse.Time(float64(w.window.len())*by), w.axis().step, 1e9), all.len())
			from := w.cursor - parse.Time(float64(w.cursor-w.window.from)/float64(max(w.window.len(), 1))*float64(length))
			from = min(max(from, all.from), all.to-length)
			w.window = span{from, from + length}
		})
	}
}

func earlyJump(by int, count func(*cell) uint32) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) {
		return m.awaiting(func(w *wait) {
			if at, ok := w.axis().next(w.cursor, by, count); ok {
				w.move(at)
			}
		})
	}
}

func earlyEnd(last bool) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) {
		return m.awaiting(func(w *wait) {
			if all := w.axis().extent(); last {
				w.move(all.to)
			} else {
				w.move(all.from)
			}
		})
	}
}

func (m Model) earlyFit() (Model, tea.Cmd) {
	return m.awaiting(func(w *wait) { w.window = w.axis().extent() })
}

// earlyAxis changes to the other clock, if anything is on it.
func (m Model) earlyAxis() (Model, tea.Cmd) {
	return m.awaiting(func(w *wait) {
		w.own = !w.own
		if w.axis().step == 0 {
			w.own = !w.own
			return
		}
		w.window = w.axis().extent()
		w.cursor = w.window.from
	})
}

// forget drops the keys that were kept.
func (m Model) forget() (Model, tea.Cmd) {
	w := *m.waiting
	w.typed = nil
	m.waiting = &w
	return m, nil
}

// opensOn says on which screen the case will be shown.
func opensOn(s screen) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) { m.screen = s; return m, nil }
}

// viewLoading shows how far the reading has come, and what it has found.
func (m *Model) viewLoading(b *chart.Block) {
	p, g := m.waiting, m.display.glyphs
	if p == nil || b.H < 3 {
		return
	}
	doing := p.Doing
	if doing == "" {
		doing = "reading"
	}
	x := b.Clip(1, 0, b.W-2, doing, chart.Title, g.ASCII)
	said := fmt.Sprintf("%s, %.0f MB", counted(p.Sources, "source"), float64(p.Bytes)/1e6)
	if p.Total > 0 {
		said += fmt.Sprintf(" of %.0f MB", float64(p.Total)/1e6)
	}
	if p.MBPerSecond > 0 {
		said += fmt.Sprintf(", %.0f MB/s", p.MBPerSecond)
	}
	if p.Bytes > 0 {
		b.Clip(x+2, 0, b.W-x-3, said, chart.Plain, g.ASCII)
	}
	if w := b.W - 2; p.Total > 0 && w > 0 {
		done := min(int(float64(p.Bytes)/float64(p.Total)*float64(w)), w)
		b.Fill(1, 1, w, 1, g.Base, chart.Dim)
		b.Fill(1, 1, done, 1, g.Bars[len(g.Bars)-1], chart.Accent)
	}
	if p.axis().step != 0 && b.H >= 10 && b.W >= laneLabel+4 {
		m.viewSketch(b, 3)
	}
	m.earlyStatus(b)
	b.Fill(0, b.H-1, b.W, 1, ' ', chart.Plain)
	b.Clip(1, b.H-1, b.W-2, "h l e w move  z Z zoom  1-8 the screen to open  q quit", chart.Dim, g.ASCII)
}

// earlyStatus says what the keys that were pressed will do.
func (m *Model) earlyStatus(b *chart.Block) {
	said := ""
	if m.screen != overview {
		said = "opens on " + m.screen.String()
	}
	if typed := m.waiting.typed; len(typed) > 0 {
		var names []string
		for _, k := range typed {
			names = append(names, shownKey(k.String()))
		}
		said = strings.TrimLeft(said+"; ", "; ") + "kept until it is there: " + strings.Join(names, " ") + " (esc drops them)"
	}
	b.Clip(1, b.H-2, b.W-2, said, chart.Accent, m.display.glyphs.ASCII)
}

// viewSketch draws the first picture from line y on.
func (m *Model) viewSketch(b *chart.Block, y int) {
	p, g := m.waiting, m.display.glyphs
	a, w := p.axis(), b.W-laneLabel
	first, tall := y, min(max((b.H-y-7)/len(markers), 1), 3)
	for i, s := range markers {
		if y+tall > b.H-6 {
			break
		}
		b.Put(1, y, m.display.mark(i).One, s.style)
		b.Clip(3, y, laneLabel-4, s.name+"s", s.style, g.ASCII)
		b.Draw(laneLabel, y, chart.Strip(a.bins(p.window, w, ofMarker(i)), tall, 0, s.style, g))
		y += tall
	}
	b.Clip(1, y, laneLabel-2, "all events", chart.Dim, g.ASCII)
	b.Draw(laneLabel, y, chart.Heat(a.bins(p.window, w, ofAll), 0, chart.Plain, g))
	y++
	if x := p.window.column(p.cursor, w); x >= 0 && x < w {
		b.Paint(laneLabel+x, first, 1, y-first, chart.Select)
	}
	from, to := seconds(p.window.from), seconds(p.window.to)
	ticks := chart.SpanTicks(from, to, max(w/10, 2))
	if !p.own {
		ticks = chart.TimeTicks(from, to, max(w/10, 2), m.display.Zone)
	}
	b.Axis(laneLabel, y, w, from, to, ticks, g)
	b.Clip(1, y+2, b.W-2, p.atCursor(m.display.Zone, w), chart.Plain, g.ASCII)
	note := "a first look: repeats are counted too, and nothing is judged"
	if p.own {
		note = "a first look: each process on its own clock, and nothing is judged"
	} else if p.seen.own.step != 0 || p.seen.unplaced > 0 {
		note += "; what has no stamp is not drawn"
	}
	b.Clip(1, y+3, b.W-2, note, chart.Dim, g.ASCII)
}

// atCursor says what was read of the cursor's column.
func (w *wait) atCursor(zone *time.Location, columns int) string {
	said := time.Unix(0, int64(w.cursor)).In(zone).Format("2006-01-02 15:04:05 ") + zone.String()
	if w.own {
		said = chart.Span(seconds(w.cursor)) + " after the start"
	}
	half := w.window.len()/parse.Time(2*max(columns, 1)) + 1
	here := span{w.cursor - half, w.cursor + half}
	for i, s := range markers {
		if n := w.axis().sum(here, ofMarker(i)); n > 0 {
			said += "  " + counted(n, s.name)
		}
	}
	return said
}

package tui

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/correlate/words"
	"faultline/parse"
	"faultline/tui/chart"
)

// cycleLabel is how many columns the names of cycles take.
const cycleLabel = 18

// foldColumns is how many columns one cycle takes.
func (m *Model) foldColumns() int { return max(m.w-cycleLabel-m.scanColumns()-1, 1) }

// scanColumns is how much room the scan gets beside the raster.
func (m *Model) scanColumns() int {
	if m.fold().scan == nil || m.w < 100 {
		return 0
	}
	return m.w / 3
}

func (rasterPane) view(m *Model, b *chart.Block) {
	w := m.foldColumns()
	all := m.sections()
	s := m.chosen()
	origin := m.foldOrigin(all)
	r := judgePeriod(&s, m.fold().period, origin)
	m.sayPeriod(b, &s, &r)
	if b.H < 8 {
		return
	}
	y := 2
	if b.H >= 16 {
		m.phases(b, y, w, &s, origin, &r)
		y += 3
	}
	bottom := b.H - 3
	if sc := m.fold().scan; sc != nil && m.scanColumns() == 0 && b.H >= 20 {
		bottom -= 7
		b.Draw(0, bottom+3, sc.draw(m, b.W-1, 7))
	}
	m.cycles(b, y, w, bottom-y, all)
	b.Axis(cycleLabel, bottom, w, 0, m.fold().period, chart.SpanTicks(0, m.fold().period, max(w/10, 2)), m.display.glyphs)
	m.sayCycle(b, bottom+2, all)
	if n := m.scanColumns(); n > 0 {
		x := b.W - n + 1
		b.Clip(x, 2, n-1, "how strong each period is (z)", chart.Dim, m.display.glyphs.ASCII)
		b.Draw(x, 3, m.fold().scan.draw(m, n-1, min(b.H-6, 20)))
	}
}

// foldOrigin is where the phase of the statistics counts from.
func (m *Model) foldOrigin(all []section) parse.Time {
	if !m.fold().own {
		return 0
	}
	s := m.chosen()
	for i := range all {
		if all[i].name == s.scope {
			return all[i].origin
		}
	}
	line, _ := m.cursorCycle(all)
	return m.cycleAt(all, line).origin
}

// countsFrom says what the cycles count from.
func (m *Model) countsFrom() string {
	switch {
	case m.axis != wallClock:
		return "since the process started"
	case m.fold().own:
		return "since each process's own start"
	}
	return "on the wall clock"
}

// sayPeriod writes what the period is and what the statistics say of it.
func (m *Model) sayPeriod(b *chart.Block, s *series, r *strength) {
	g := m.display.glyphs
	x := b.Text(1, 0, fmt.Sprintf("period %s", periodText(m.fold().period)), chart.Title)
	x = b.Clip(x+2, 0, b.W-x-3, m.countsFrom(), chart.Dim, g.ASCII)
	whose := s.name()
	if room := b.W - x - 3; chart.Width(whose) > room && s.scope != correlate.ScopeAll {
		of := string(s.of) + " of "
		whose = of + m.shortProcess(s.scope, room-len(of))
	}
	b.Clip(x+2, 0, b.W-x-3, whose, chart.Accent, g.ASCII)
	said, st := m.periodSaid(s, r)
	b.Clip(1, 1, b.W-2, said, st, g.ASCII)
}

// periodSaid says in words what the statistics say of a period; their letters
// stand in the help of this screen.
func (m *Model) periodSaid(s *series, r *strength) (said string, st chart.Style) {
	if by := m.keeps(s); by != nil && m.fold().own {
		said = fmt.Sprintf("%d of %d ticks have a stall", by.Hits, by.Ticks)
		if by.Late != nil {
			said += fmt.Sprintf(", %s later", words.Lasting(max(*by.Late, 0)))
		}
		if p := m.c.Periods[m.c.Verdict.Period].PhaseP; p != nil {
			said += "; by chance " + words.Chance(*p)
		}
		return said, chart.Alarm
	}
	onsets := counted(r.onsets, "onset")
	if r.onsets == 0 {
		return "no " + string(s.of) + " to test a period on", chart.Dim
	}
	if !r.worthwhile {
		return onsets + ": not enough to test a period", chart.Dim
	}
	tries := float64(len(m.fold().tried))
	p, after := min(r.p*tries, 1), ""
	if tries > 1 {
		after = fmt.Sprintf(", after %d tried by hand", len(m.fold().tried))
	}
	switch {
	case p < 1e-3:
		return fmt.Sprintf("%s gather at %s of the period; by chance %s%s", onsets, chart.Span(float64(int(r.phase*10))/10), words.Chance(p), after), chart.Alarm
	case p < 0.05:
		return fmt.Sprintf("%s lean to %s of the period; by chance %s%s", onsets, chart.Span(float64(int(r.phase*10))/10), words.Chance(p), after), chart.Plain
	}
	return fmt.Sprintf("%s spread over the period as chance would spread them%s", onsets, after), chart.Plain
}

// keeps is how the verdict's period lies in the process that a series is of,
// nil where the verdict does not rest on it.
func (m *Model) keeps(s *series) *correlate.ProcessPeriod {
	v := m.c.Verdict.Period
	if v < 0 || math.Abs(m.fold().period-m.c.Periods[v].Nominal.Seconds()) > 0.5 {
		return nil
	}
	for i := range m.c.Periods[v].By {
		if by := &m.c.Periods[v].By[i]; by.Process == s.scope && s.of == correlate.Stalls {
			return by
		}
	}
	return nil
}

// statistics are the figures behind the words, for the help.
func (rasterPane) statistics(m *Model) []string {
	s := m.chosen()
	r := judgePeriod(&s, m.fold().period, m.foldOrigin(m.sections()))
	if !r.worthwhile {
		return nil
	}
	return []string{"What the words on this screen rest on (docs/statistics.md)",
		fmt.Sprintf("%-20s %s at %s", "series", s.name(), periodText(m.fold().period)),
		fmt.Sprintf("%-20s %d, bursts counted once", "onsets", r.onsets),
		fmt.Sprintf("%-20s %.1f, how unevenly they lie over the period (H test)", "H", r.h),
		fmt.Sprintf("%-20s %.1f, the same for one place only (Rayleigh)", "z", r.rayleigh.Z),
		fmt.Sprintf("%-20s %.2f, 1 is all at one place, 0 is everywhere", "R", r.rayleigh.Rbar),
		fmt.Sprintf("%-20s %.1g, had only this period been looked at", "p", r.p), ""}
}

func periodText(p float64) string {
	return strconv.FormatFloat(p, 'f', -1, 64) + " s"
}

// phases draws the sum of all cycles: where in the period the series falls.
func (m *Model) phases(b *chart.Block, y, w int, s *series, origin parse.Time, r *strength) {
	sum := make([]chart.Bin, w)
	period := nanos(m.fold().period)
	for _, k := range between(s.moments, m.window.from, m.window.to+1) {
		at := k.At - origin
		sum[span{0, period}.column(at-floorDiv(at, period)*period, w)].N++
	}
	style := chart.Alarm
	if s.of == correlate.Stalls {
		style = chart.Note
	}
	b.Clip(1, y, cycleLabel-2, "all cycles", chart.Dim, m.display.glyphs.ASCII)
	b.Clip(1, y+1, cycleLabel-2, string(s.of), style, m.display.glyphs.ASCII)
	b.Draw(cycleLabel, y, chart.Strip(sum, 3, 0, style, m.display.glyphs))
	if r.worthwhile && r.p < 0.01 {
		b.Clip(1, y+2, cycleLabel-2, fmt.Sprintf("around %s", chart.Span(float64(int(r.phase*10))/10)), chart.Accent, m.display.glyphs.ASCII)
	}
}

// cycles draws as many lines as there is room for, round the cursor's.
func (m *Model) cycles(b *chart.Block, y, w, h int, all []section) {
	if h < 1 {
		return
	}
	marks := []chart.Mark{m.display.mark(0), m.display.mark(1), m.display.mark(2), m.display.mark(3)}
	g := m.group()
	cover, stalls := g.cover, m.stallCover()
	period := nanos(m.fold().period)
	line, n := m.cursorCycle(all)
	from := top(line, n, h)
	var now *section
	var failed, symptoms []correlate.Moment
	for i := from; i < min(from+h, n); i++ {
		c := m.cycleAt(all, i)
		at := span{c.at, c.at + period - 1}
		if c.section != now {
			now = c.section
			failed, symptoms = now.theirs(g.list[failureMarker]), now.theirs(g.list[symptomMarker])
		}
		if c.cover != nil {
			stalls = c.cover
		}
		kinds := [][]chart.Bin{bins(failed, cover, at, w), bins(symptoms, cover, at, w),
			bins(c.stalls, stalls, at, w), bins(g.list[probeMarker], []span{}, at, w)}
		style := chart.Dim
		if i == line {
			style = chart.Title
		}
		m.labelCycle(b, y+i-from, &c, i == from || c.first, style)
		b.Draw(cycleLabel, y+i-from, chart.Raster(marks, [][][]chart.Bin{kinds}, w, m.display.glyphs))
		if i == line {
			b.Paint(cycleLabel+at.column(m.cursor, w), y+i-from, 1, 1, chart.Select)
		}
		m.markTicks(b, y+i-from, w, c.name, at)
	}
}

// markTicks draws the predicted ticks where a cycle is empty.
func (m *Model) markTicks(b *chart.Block, y, w int, process string, at span) {
	for _, t := range m.ticksOf(process, at, w/4) {
		if x := cycleLabel + at.column(t, w); b.At(x, y).Rune == m.display.glyphs.Base && b.At(x, y).Style == chart.Dim {
			b.Put(x, y, m.display.glyphs.Grid, chart.Accent)
		}
	}
}

// labelCycle writes whose cycle a line is, and which.
func (m *Model) labelCycle(b *chart.Block, y int, c *cycle, named bool, style chart.Style) {
	name := m.cycleName(c)
	if c.name == "" {
		b.Clip(1, y, cycleLabel-2, name, style, m.display.glyphs.ASCII)
		return
	}
	if named {
		b.Text(1, y, m.shortProcess(c.name, cycleLabel-10), chart.Series(c.proc))
	}
	b.Right(cycleLabel-1, y, name, style)
}

// shortProcess is the part of a process's name that tells it from the others.
func (m *Model) shortProcess(name string, w int) string {
	pod, _, _ := strings.Cut(report.Clean(name), "/")
	for s := range m.roster.names {
		if m.roster.names[s] == pod {
			return m.roster.name(s, w, m.display.glyphs.ASCII)
		}
	}
	return chart.Fit(pod, w, m.display.glyphs.ASCII)
}

// cycleName is when a cycle begins, or which one it is since a start.
func (m *Model) cycleName(c *cycle) string {
	if c.name != "" {
		return fmt.Sprintf("+%s", chart.Span(seconds(c.at-c.origin)))
	}
	if m.axis != wallClock {
		return chart.Span(seconds(c.at))
	}
	layout := "15:04:05"
	if m.window.len() > parse.Time(24*time.Hour) {
		layout = "02 15:04:05"
	}
	return time.Unix(0, int64(c.at)).In(m.display.Zone).Format(layout)
}

// sayCycle says where in which cycle the cursor is, and explains the markers.
func (m *Model) sayCycle(b *chart.Block, y int, all []section) {
	line, n := m.cursorCycle(all)
	c := m.cycleAt(all, line)
	said := fmt.Sprintf("cycle %d of %d, %.1f s in", line+1, n, seconds(m.cursor-c.at))
	if c.name != "" {
		said = fmt.Sprintf("%s of %s, %.1f s in", m.cycleName(&c), report.Clean(c.name), seconds(m.cursor-c.at))
	}
	x := b.Clip(1, y, b.W-2, said, chart.Plain, m.display.glyphs.ASCII)
	if _, ok := m.strongestAtCursor(); ok {
		x = b.Clip(x+2, y, b.W-x-3, "enter opens", chart.Accent, m.display.glyphs.ASCII)
	}
	m.display.legend(b, x+2, y)
}

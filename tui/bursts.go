package tui

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/tui/chart"
)

// burst is a run of stalls of one process.
type burst struct {
	start   parse.Time
	first   correlate.Point
	process string
	n       int
	longest time.Duration
	depth   float64
}

// burstGap is how far apart two stalls of one burst may be.
const burstGap = parse.Time(10e9)

// bursts are the bursts of stalls on the axis, by time. They are what there is
// to look at where no incident was captured.
func (m *Model) bursts() []burst {
	if m.axis != wallClock {
		return nil
	}
	return m.stalled
}

// findBursts finds the bursts of the stalls that pass the filters.
func (m *Model) findBursts() (out []burst) {
	for _, p := range m.c.Processes() {
		last := -1
		for i, k := range p.Stalls {
			if !m.in.has(k.Point) {
				continue
			}
			e := m.c.At(k.Point)
			if last < 0 || k.At-p.Stalls[last].At > burstGap {
				out = append(out, burst{start: k.At, first: k.Point, process: p.Name})
			}
			b := &out[len(out)-1]
			b.n++
			b.longest, b.depth = max(b.longest, e.Lasted), max(b.depth, e.Value)
			last = i
		}
	}
	slices.SortStableFunc(out, func(a, b burst) int { return cmp.Compare(a.start, b.start) })
	return out
}

// rowTimes are the times of the overview's rows: of incidents, or else of
// bursts.
func (m *Model) rowTimes() (out []parse.Time) {
	if out = m.incidentTimes(); len(out) > 0 {
		return out
	}
	for _, b := range m.bursts() {
		out = append(out, b.start)
	}
	return slices.Compact(out)
}

// burstAt is the last burst that began by the cursor, or the first.
func (m *Model) burstAt(all []burst) (at int) {
	for i := range all {
		if all[i].start <= m.cursor {
			at = i
		}
	}
	return at
}

// burstList lists the bursts round the cursor; it says no where there are none.
func (m *Model) burstList(b *chart.Block, y int) bool {
	all := m.bursts()
	if len(all) == 0 {
		return false
	}
	at := m.burstAt(all)
	b.Clip(1, y, b.W-2, fmt.Sprintf("%-19s %-*s %7s %9s %6s", "stalls from", burstWho, "replica", "stalls", "longest", "depth"), chart.Dim, m.display.glyphs.ASCII)
	rows := b.H - y - 1
	from := top(at, len(all), rows)
	for i := from; i < min(from+rows, len(all)); i++ {
		y++
		k := &all[i]
		who := m.shortProcess(report.Clean(k.process), burstWho)
		b.Clip(1, y, b.W-2, fmt.Sprintf("%-19s %-*s %7d %9s %6.0f", m.clock(k.start, true)[:19], burstWho, who, k.n, chart.Span(k.longest.Seconds()), k.depth),
			chart.Plain, m.display.glyphs.ASCII)
		if i == at {
			b.Paint(0, y, b.W, 1, chart.Select)
		}
	}
	if n := len(all) - from - rows; n > 0 {
		b.Right(b.W-1, y, fmt.Sprintf(" %d more ", n), chart.Dim)
	}
	return true
}

// burstWho is how wide the name of a replica is in the list.
const burstWho = 30

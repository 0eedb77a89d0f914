package tui

import (
	"fmt"
	"math"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/correlate/report"
	"faultline/correlate/stat"
	"faultline/parse"
	"faultline/tui/chart"
)

// rasterPane draws a line for each cycle of a period: how time is cut into
// cycles, and whose statistics are shown.
type rasterPane struct {
	onTime

	period float64 // seconds
	own    bool    // from each process's own start, not from the axis
	proc   int     // whose cycle the cursor is in, while own
	series int     // whose statistics are shown
	tried  []float64
	scan   *scan
}

// scan is how strong each period is in one series.
type scan struct {
	name           string
	periods, power []float64
	best           stat.Scan
	found          bool
}

// newFold folds as the verdict rests on it: at its period, from each process's
// own start where the period counts from that; else at the first that is tested,
// and by the stalls where there is no failure to show.
func newFold(m *Model) rasterPane {
	f := rasterPane{period: known.Periods[0].Seconds()}
	all := m.series()
	if v := m.c.Verdict.Period; v >= 0 {
		f.period = m.c.Periods[v].Nominal.Seconds()
		of, scope := m.c.Periods[v].Of, m.c.Periods[v].Scope
		if by := m.c.Periods[v].By; len(by) > 0 { // each process has its own phase: that of the one that keeps most
			best := slices.MaxFunc(by, func(a, b correlate.ProcessPeriod) int { return a.Hits - b.Hits })
			of, scope = correlate.Stalls, best.Process
		}
		for i, s := range all {
			if s.of == of && s.scope == scope {
				f.series = i
			}
		}
		f.own = m.axis == wallClock && m.c.Periods[v].AnchoredTo == correlate.ToProcessStart && m.startsKnown()
	} else if len(all[0].moments) == 0 && len(all) > 1 {
		f.series = 1
		if f.own = m.startsKnown(); f.own { // each process has its own phase: that of the one that stalls most
			f.series = mostStalls(all)
		}
	}
	f.tried = []float64{f.period}
	return f
}

// mostStalls is the process, among all series, that has most stalls.
func mostStalls(all []series) (most int) {
	for i, s := range all {
		if s.scope != correlate.ScopeAll && len(s.moments) > len(all[most].moments) {
			most = i
		}
	}
	return most
}

// startsKnown says whether the start of any process was captured.
func (m *Model) startsKnown() bool {
	return slices.ContainsFunc(m.c.Processes(), func(p *correlate.Process) bool { return p.Known })
}

// fold is how the raster is cut.
func (m *Model) fold() rasterPane { return m.panes[raster].(rasterPane) }

func (m Model) folded(f rasterPane) Model {
	m.panes[raster] = f
	return m
}

// series is something whose period can be tested.
type series struct {
	of      correlate.Subject
	scope   string
	moments []correlate.Moment
	cover   stat.Coverage
}

func (s *series) name() string {
	if s.scope == correlate.ScopeAll {
		return "all " + string(s.of)
	}
	return string(s.of) + " of " + report.Clean(s.scope)
}

// series are all failures, all stalls, and the stalls of each process.
func (m *Model) series() []series {
	g := m.group()
	counted := g.list[failureMarker]
	if g.uncounted {
		counted = nil // they are drawn, and no period is asked of them
	}
	out := []series{{correlate.Failures, correlate.ScopeAll, counted, g.Coverage}}
	if m.axis != wallClock {
		return out
	}
	all := series{of: correlate.Stalls, scope: correlate.ScopeAll, moments: g.list[stallMarker]}
	var each []series
	for _, p := range m.c.Processes() {
		all.cover = append(all.cover, p.Coverage...)
		if len(p.Stalls) > 0 {
			each = append(each, series{correlate.Stalls, p.Name, p.Stalls, p.Coverage})
		}
	}
	all.cover = stat.NewCoverage(all.cover)
	if len(all.moments) > 0 {
		out = append(out, all)
	}
	return append(out, each...)
}

// chosen is the series whose statistics are shown.
func (m *Model) chosen() series {
	all := m.series()
	return all[m.fold().series%len(all)]
}

// strength is what the statistics say of one period.
type strength struct {
	onsets     int
	rayleigh   stat.Rayleigh
	h          float64
	p          float64 // had only this period been looked at
	phase      float64 // seconds after the fold's origin
	worthwhile bool    // enough onsets to compute it
}

// judgePeriod computes the statistics of a series at a period, with phases
// corrected for the coverage.
func judgePeriod(s *series, period float64, origin parse.Time) (r strength) {
	times := make([]float64, len(s.moments))
	for i, k := range s.moments {
		times[i] = seconds(k.At - origin)
	}
	onsets := stat.Onsets(times, stat.GapFor(period))
	cover := make(stat.Coverage, len(s.cover))
	for i, c := range s.cover {
		cover[i] = stat.Span{Start: c.Start - seconds(origin), End: c.End - seconds(origin)}
	}
	phases := stat.Phases(onsets, period, 0)
	if r.onsets = len(onsets); r.onsets < 3 {
		return r
	}
	r.phase = stat.NewRayleigh(phases).Mean * period
	if f, ok := cover.Fold(period, 0); ok {
		for i, t := range onsets {
			phases[i] = f.U(t)
		}
	}
	r.rayleigh = stat.NewRayleigh(phases)
	r.h, _ = stat.HTest(phases)
	r.p = math.Min(1, 2*math.Min(r.rayleigh.P, stat.HP(r.h, r.onsets)))
	r.worthwhile = true
	return r
}

// period folds at another period.
func (m Model) period(p float64) Model {
	p = math.Round(p*1e3) / 1e3
	if p < 1 || p > 7*86400 {
		return m.say("a period is between 1 s and 7 days")
	}
	f := m.fold()
	f.period = p
	if !slices.Contains(f.tried, p) {
		f.tried = append(f.tried[:len(f.tried):len(f.tried)], p)
	}
	return m.folded(f)
}

// nextPeriod goes round the periods that are tested.
func (m Model) nextPeriod() (Model, tea.Cmd) {
	var all []float64
	for _, p := range slices.Concat(known.Periods, m.c.Options.Periods) {
		all = append(all, p.Seconds())
	}
	slices.Sort(all)
	for _, p := range slices.Compact(all) {
		if p > m.fold().period {
			return m.period(p), nil
		}
	}
	return m.period(all[0]), nil
}

// foldAtPeriod folds at the period that the verdict rests on, as it was estimated.
func (m Model) foldAtPeriod() (Model, tea.Cmd) {
	m = m.show(raster)
	if v := m.c.Verdict.Period; v >= 0 {
		if s, _, ok := m.c.Periods[v].Seconds(); ok {
			return m.period(s).say("folded at the period of " + m.c.Periods[v].ID), nil
		}
	}
	return m.say("no period was found; } goes round the periods that were tested"), nil
}

func (m Model) turnFold() (Model, tea.Cmd) {
	if m.axis != wallClock {
		return m.say("this clock counts from its process's start already"), nil
	}
	if !m.fold().own && !m.startsKnown() {
		return m.say("no start of a process was captured; 7 says what would tell it"), nil
	}
	f := m.fold()
	f.own = !f.own
	return m.folded(f), nil
}

func (m Model) nextSeries() (Model, tea.Cmd) {
	f := m.fold()
	f.series = (f.series + 1) % len(m.series())
	f.scan = nil
	m = m.folded(f)
	return m.say("statistics of " + ptr(m.chosen()).name()), nil
}

func ptr[T any](v T) *T { return &v }

// scannedMsg brings a scan.
type scannedMsg struct{ scan scan }

// scanSteps is how many periods a scan draws.
const scanSteps = 600

// scan asks how strong each period from one minute to one hour is.
func (m Model) scan() (Model, tea.Cmd) {
	m = m.show(raster)
	s := m.chosen()
	if len(s.moments) < 3 {
		return m.say("three onsets at least are needed to scan; " + s.name() + " has fewer"), nil
	}
	return m.say("scanning " + s.name() + "…"), func() tea.Msg { return scannedMsg{scanned(&s)} }
}

func scanned(s *series) scan {
	times := make([]float64, len(s.moments))
	for i, k := range s.moments {
		times[i] = seconds(k.At - s.moments[0].At)
	}
	cover := make(stat.Coverage, len(s.cover))
	for i, c := range s.cover {
		cover[i] = stat.Span{Start: c.Start - seconds(s.moments[0].At), End: c.End - seconds(s.moments[0].At)}
	}
	onsets := stat.Onsets(times, stat.DefaultGap)
	out := scan{name: s.name()}
	out.best, out.found = stat.BlindScan(onsets, cover)
	for i := range scanSteps {
		p := stat.MinPeriod * math.Pow(stat.MaxPeriod/stat.MinPeriod, float64(i)/(scanSteps-1))
		out.periods = append(out.periods, p)
		out.power = append(out.power, stat.NewRayleigh(stat.Phases(onsets, p, 0)).Z)
	}
	return out
}

func (m Model) scanned(msg scannedMsg) Model {
	f := m.fold()
	f.scan = &msg.scan
	m = m.folded(f)
	if !msg.scan.found {
		return m.say("too few onsets for a search of all periods")
	}
	b := &msg.scan.best
	if whole, n := m.wholeOf(b.Period); n > 1 {
		return m.say(fmt.Sprintf("strongest: %.1f s, 1/%d of %.1f s, whose ticks it hits (z = %.1f, p = %.2g over all that were searched)", b.Period, n, whole, b.Z, b.FAP))
	}
	return m.say(fmt.Sprintf("strongest: %.1f s (z = %.1f); p = %.2g over all periods that were searched. A search gives leads, not verdicts", b.Period, b.Z, b.FAP))
}

// wholeOf is the length of the claimed period, in seconds, of which one that a search
// found is the nth part; n is 0 for none.
func (m *Model) wholeOf(period float64) (whole float64, n int) {
	for i := range m.c.Periods {
		s, _, ok := m.c.Periods[i].Seconds()
		if ratio := s / period; ok && ratio > 1.5 && math.Abs(ratio-math.Round(ratio)) <= stat.Band*ratio {
			return s, int(math.Round(ratio))
		}
	}
	return 0, 0
}

// draw plots a scan over the logarithm of the period.
func (s *scan) draw(m *Model, w, h int) *chart.Block {
	line := chart.Line{Y: s.power}
	for _, p := range s.periods {
		line.X = append(line.X, math.Log(p))
	}
	var marks []float64
	if p := m.fold().period; p >= stat.MinPeriod && p <= stat.MaxPeriod {
		marks = append(marks, math.Log(p))
	}
	plot := chart.Plot{Lines: []chart.Line{line}, Floor: []float64{0}, Marks: marks, Glyphs: m.display.glyphs,
		Ticks: func(lo, hi float64, n int) (out []chart.Tick) {
			for _, p := range []float64{60, 120, 300, 600, 1200, 1800, 3600} {
				out = append(out, chart.Tick{At: math.Log(p), Label: chart.Span(p)})
			}
			return out
		}}
	return plot.Draw(w, h)
}

// section is a run of cycles that count from one origin.
type section struct {
	name     string // of the process; "" for all on one clock
	proc     int
	origin   parse.Time
	first, n int // cycles
	stalls   []correlate.Moment
	cover    []span
}

// soonAfter is how long after a stall of its own a failure is drawn in the
// cycles of a process (correlate's link, docs/statistics.md).
const soonAfter = parse.Time(10e9)

// theirs are the moments that follow a stall of the section's process.
func (s *section) theirs(all []correlate.Moment) (out []correlate.Moment) {
	if s.name == "" {
		return all
	}
	i := 0
	for _, k := range all {
		for i < len(s.stalls) && s.stalls[i].At+soonAfter < k.At {
			i++
		}
		if i < len(s.stalls) && s.stalls[i].At <= k.At {
			out = append(out, k)
		}
	}
	return out
}

// sections cut the window into cycles.
func (m *Model) sections() (out []section) {
	period := max(nanos(m.fold().period), 1)
	cut := func(s section, in span) {
		s.first = int(floorDiv(in.from-s.origin, period))
		s.n = int(floorDiv(in.to-s.origin, period)) - s.first + 1
		out = append(out, s)
	}
	g := m.group()
	if !m.fold().own || m.axis != wallClock {
		cut(section{stalls: g.list[stallMarker]}, m.window)
		return out
	}
	for i, p := range m.c.Processes() {
		if !p.Known {
			continue
		}
		cover := spans(p.Coverage)
		lived := span{max(m.window.from, p.Start), min(m.window.to, cover[len(cover)-1].to)}
		if lived.from < lived.to {
			cut(section{name: p.Name, proc: i, origin: p.Start, stalls: p.Stalls, cover: cover}, lived)
		}
	}
	if len(out) == 0 {
		cut(section{stalls: g.list[stallMarker]}, m.window)
	}
	return out
}

func floorDiv(a, b parse.Time) parse.Time {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// cycle is one line of the raster.
type cycle struct {
	*section
	at    parse.Time
	first bool // of its section
}

// cycleAt is the i-th line of the raster.
func (m *Model) cycleAt(all []section, i int) cycle {
	for s := range all {
		if i < all[s].n {
			return cycle{&all[s], all[s].origin + parse.Time(all[s].first+i)*nanos(m.fold().period), i == 0}
		}
		i -= all[s].n
	}
	return cycle{section: &all[len(all)-1]}
}

// cursorCycle is the line that the cursor is in, and how many there are.
func (m *Model) cursorCycle(all []section) (line, n int) {
	line = -1
	for s := range all {
		k := int(floorDiv(m.cursor-all[s].origin, nanos(m.fold().period))) - all[s].first
		in := k >= 0 && k < all[s].n
		if in && (line < 0 || all[s].proc == m.fold().proc) {
			line = n + k
		}
		n += all[s].n
	}
	return max(line, 0), n
}

// stride is one column of a cycle.
func (f rasterPane) stride(m *Model) parse.Time {
	return max(nanos(f.period)/parse.Time(m.foldColumns()), 1)
}

// down moves by cycles and keeps the phase.
func (f rasterPane) down(m Model, by int) Model {
	all := m.sections()
	line, n := m.cursorCycle(all)
	now := m.cycleAt(all, line)
	next := m.cycleAt(all, min(max(line+by, 0), n-1))
	if next.at == now.at && next.proc == now.proc {
		return m
	}
	f.proc = next.proc
	return m.folded(f).goTo(next.at + m.cursor - now.at)
}

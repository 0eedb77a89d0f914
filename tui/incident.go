package tui

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/correlate/words"
	"faultline/parse"
	"faultline/tui/chart"
)

// around is how long before and after an incident its screen looks.
const around = parse.Time(15e9)

// aroundMost is how many events it lists; where there are more, only those
// with a marker.
const aroundMost = 400

// neighbour is one row of the incident's screen: an event, and how many of the
// same there are.
type neighbour struct {
	point correlate.Point
	at    parse.Time
	proof bool
	part  act
	n     int
}

// act is where in the story of an incident an event stands.
type act uint8

const (
	before act = iota
	symptoms
	failed
	besides
)

var partNames = [...]string{before: "What precedes it", symptoms: "Symptoms", failed: "Failures", besides: "Around it"}

// partOf puts an event into the story: events with a marker by that marker, all others
// beside it.
func partOf(k parse.Kind) act {
	switch markerOf(k) {
	case failureMarker:
		return failed
	case symptomMarker:
		return symptoms
	case stallMarker, probeMarker:
		return before
	}
	return besides
}

// around lists what all sources say around the incident at the cursor: what
// precedes it, the symptoms, the failures, the rest, each in the order of time
// and repeats as one.
func (m *Model) around() (out []neighbour) {
	all := m.neighbours()
	slices.SortStableFunc(all, func(a, b neighbour) int { return cmp.Compare(a.part, b.part) })
	type same struct {
		part            act
		stream          uint32
		kind            parse.Kind
		target, fact    parse.Name
		class           uint8
		value, severity float64
		proof           bool
	}
	rows := map[same]int{}
	for _, n := range all {
		e := m.c.At(n.point)
		k := same{n.part, n.point.Stream, e.Kind, e.Target, e.Fact, e.Class, e.Value, float64(e.Severity), n.proof}
		if i, ok := rows[k]; ok {
			out[i].n++
			continue
		}
		rows[k] = len(out)
		n.n = 1
		out = append(out, n)
	}
	return out
}

// neighbours are the events around the incident at the cursor, by time.
func (m *Model) neighbours() (out []neighbour) {
	in := m.incidentAt()
	if in == nil {
		return nil
	}
	proof := map[correlate.Point]bool{}
	s := span{in.Start - around, in.End + around}
	for _, p := range in.Proof {
		proof[p] = true
		if zero, ok := m.zero(int(p.Stream)); ok {
			s.from = min(s.from, m.c.At(p).Time+zero-1e9)
		}
	}
	if m.axis == wallClock {
		l := m.merged()
		for _, p := range l.from(place{wallClock, s.from, -1, 0}, aroundMost+1) {
			if p.group != wallClock || p.at > s.to {
				break
			}
			point := l.point(p)
			out = append(out, m.neighbour(point, p.at, proof[point]))
		}
		if len(out) <= aroundMost {
			return out
		}
	}
	out = nil
	for _, list := range m.group().list {
		for _, k := range between(list, s.from, s.to+1) {
			if len(out) < 4*aroundMost {
				out = append(out, m.neighbour(k.Point, k.At, proof[k.Point]))
			}
		}
	}
	slices.SortStableFunc(out, func(a, b neighbour) int { return cmp.Compare(a.at, b.at) })
	return out
}

func (m *Model) neighbour(p correlate.Point, at parse.Time, proof bool) neighbour {
	act := partOf(m.c.At(p).Kind)
	if in := m.incidentAt(); act == before && at > in.Start {
		act = besides
	}
	return neighbour{p, at, proof, act, 1}
}

// incidentPane shows one incident and what surrounds it.
type incidentPane struct {
	onTime
	row    int
	moved  bool  // the row was chosen
	beside board // metrics around it
}

func (p incidentPane) down(m Model, by int) Model {
	rows := m.around()
	m.panes[incident] = incidentPane{row: clampRow(p.chosen(rows)+by, len(rows)), moved: true, beside: p.beside}
	return m
}

func (p incidentPane) end(m Model, last bool) Model {
	if last {
		return p.down(m, len(m.around()))
	}
	m.panes[incident] = incidentPane{moved: true, beside: p.beside}
	return m
}

func (p incidentPane) enter(m Model) (Model, tea.Cmd) {
	rows := m.around()
	if len(rows) == 0 {
		return m.say("nothing to open"), nil
	}
	return m.openPoint(rows[p.chosen(rows)].point), nil
}

// copied is the incident with the lines that prove it.
func (p incidentPane) copied(m *Model) string {
	in := m.incidentAt()
	if in == nil {
		return p.onTime.copied(m)
	}
	text := append([]string{in.ID + " " + m.incidentSaid(in)}, m.incidentFacts(in)...)
	for _, r := range m.around() {
		if r.proof {
			text = append(text, lagText(r.at-in.Start)+"  "+m.lineText(r.point))
		}
	}
	return strings.Join(text, "\n")
}

func (p incidentPane) points(m *Model) (out []correlate.Point) {
	rows := m.around()
	_, h := m.body()
	from := top(p.chosen(rows), len(rows), h)
	for _, r := range rows[from:min(from+h, len(rows))] {
		out = append(out, r.point)
	}
	return out
}

func (p incidentPane) view(m *Model, b *chart.Block) {
	in := m.incidentAt()
	if in == nil {
		p.none(m, b)
		return
	}
	g := m.display.glyphs
	x := b.Text(1, 0, in.ID, chart.Alarm)
	b.Clip(x+2, 0, b.W-x-3, m.incidentSaid(in), chart.Plain, g.ASCII)
	y := 1
	for _, s := range m.incidentFacts(in) {
		for _, l := range wrapped(s, b.W-2) {
			if y < b.H/2 {
				b.Text(1, y, l, chart.Plain)
				y++
			}
		}
	}
	rows := p.besideRows(m)
	p.list(m, b, y+1, b.H-rows, in)
	if rows > 0 {
		p.drawBeside(m, b, b.H-rows+1, in.Start)
	}
}

// none says why there is no incident to show, and where to go on.
func (incidentPane) none(m *Model, b *chart.Block) {
	said, next := "No incident on this clock.", "t goes to the next clock; 6 shows which sources have one."
	if len(m.c.Incidents) == 0 {
		said, next = "No incident: nothing that counts as a failure was read.", "7 has what was found, 8 the lines."
		if s := m.c.Seen.Count(); s != "" {
			next += " " + words.Count(m.c.Seen.LeftCount(), "failed request is", "failed requests are") + " in no incident; " + s + "."
		}
	}
	y := paragraph(b, 2, 1, b.W-4, "", said, chart.Plain)
	paragraph(b, 2, y, b.W-4, "", next, chart.Plain)
}

// list writes what surrounds the incident from line y up to another, a title
// before each part of the story.
func (p incidentPane) list(m *Model, b *chart.Block, y, end int, in *correlate.Incident) {
	rows := m.around()
	if len(rows) == 0 && len(m.filters) > 0 {
		b.Text(2, y, "None of its events passes the filters.", chart.Plain)
		b.Text(2, y+1, "D drops the last filter, & turns all of them off.", chart.Dim)
		return
	}
	at := p.chosen(rows)
	type line struct {
		row   int
		title string
	}
	var text []line
	first := 0
	for i := range rows {
		if i == 0 || rows[i].part != rows[i-1].part {
			text = append(text, line{-1, partNames[rows[i].part]})
		}
		if i == at {
			first = len(text)
		}
		text = append(text, line{row: i})
	}
	from := top(first, len(text), end-y)
	for _, l := range text[from:] {
		if y >= end {
			return
		}
		if l.row < 0 {
			x := b.Text(1, y, l.title, chart.Title)
			if l.title == partNames[failed] {
				b.Clip(x+2, y, b.W-x-3, "times count from its start; » is what the verdict rests on", chart.Dim, m.display.glyphs.ASCII)
			}
			y++
			continue
		}
		r := &rows[l.row]
		m.eventRow(b, y, eventRow{when: lagText(r.at - in.Start), point: r.point, repeats: r.n})
		if r.proof {
			b.Put(1, y, '»', chart.Accent)
		}
		if l.row == at {
			b.Paint(0, y, b.W, 1, chart.Select)
		}
		y++
	}
}

// chosen is the row under the cursor; before it was moved, the first failure.
func (p incidentPane) chosen(rows []neighbour) int {
	if !p.moved {
		return max(slices.IndexFunc(rows, func(n neighbour) bool { return n.part == failed }), 0)
	}
	return clampRow(p.row, len(rows))
}

// lagText is a signed lag with milliseconds.
func lagText(d parse.Time) string {
	return fmt.Sprintf("%+10.3f s", math.Round(seconds(d)*1e3)/1e3+0) // + 0: never minus nothing
}

// incidentSaid is the incident in one line.
func (m *Model) incidentSaid(in *correlate.Incident) string {
	s := counted(in.Failures, "failure") + " at " + m.clock(in.Start, true)
	if lasted := float64(int(seconds(in.End-in.Start)*10)) / 10; lasted > 0 {
		s = fmt.Sprintf("%s in %s, from %s", counted(in.Failures, "failure"), chart.Span(lasted), m.clock(in.Start, true))
	}
	if in.Within > 0 {
		s += " ±" + chart.Span(in.Within.Seconds())
	}
	return s
}

// periodNamed is a period's ID with its length: "P1 (10 min)".
func (m *Model) periodNamed(id string) string {
	for i := range m.c.Periods {
		if m.c.Periods[i].ID == id {
			return id + " (" + words.Minutes(m.c.Periods[i].Nominal) + ")"
		}
	}
	return id
}

// tickSaid says at which tick of which period it starts.
func (m *Model) tickSaid(in *correlate.Incident) string {
	said := fmt.Sprintf("It starts %.1f s %s tick %d of %s", math.Abs(in.Phase.Seconds()),
		map[bool]string{true: "before", false: "after"}[in.Phase < 0], in.Cycle, m.periodNamed(in.Period))
	if in.Process == "" {
		return said + "."
	}
	for _, p := range m.c.Processes() {
		if p.Name == in.Process && p.Known {
			return said + ", counted from the start of " + m.shortProcess(in.Process, max(m.w-66, 12)) + "."
		}
	}
	return said + ", of " + m.shortProcess(in.Process, max(m.w-66, 12)) + "."
}

// incidentFacts say what is known of it.
func (m *Model) incidentFacts(in *correlate.Incident) (out []string) {
	said := words.Preceded(in.Signature.String())
	if in.Lag != nil {
		said += fmt.Sprintf("; a burst of stalls precedes it by %.1f s", in.Lag.Seconds())
	}
	if in.Stalls > 0 {
		said += fmt.Sprintf("; it coincides with %s", counted(in.Stalls, "stall"))
	}
	if in.Probes > 0 {
		said += fmt.Sprintf("; %s within a minute", counted(in.Probes, "failed probe"))
	}
	out = append(out, strings.ToUpper(said[:1])+said[1:]+".")
	if in.Period != "" {
		out = append(out, m.tickSaid(in))
	}
	var names []string
	for i, t := range in.Targets {
		if i == 4 {
			names = append(names, fmt.Sprintf("and %d more", len(in.Targets)-i))
			break
		}
		names = append(names, fmt.Sprintf("%s (%d)", report.Clean(words.Target(t.Name)), t.Failures))
	}
	if len(names) > 0 {
		out = append(out, "Targets: "+strings.Join(names, ", "))
	}
	return out
}

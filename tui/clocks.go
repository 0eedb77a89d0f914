package tui

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/parse/lex"
	"faultline/tui/chart"
)

// shift is what the user said of clocks, and a move that is being judged.
type shift struct {
	said    correlate.Options  // Anchors and Captured only
	judging *correlate.Options // nil while nothing is
	next    *correlate.Options // what to judge after that
}

// judgedMsg brings a case that was judged again.
type judgedMsg struct{ c *correlate.Case }

// judge judges again with other options, beside the screen. While it does, the
// last wish of several is kept.
func (m Model) judge(o correlate.Options) (Model, tea.Cmd) {
	if m.ports.Judge == nil {
		return m.say("clocks cannot be moved here"), nil
	}
	if m.shift.judging != nil {
		m.shift.next = &o
		return m, nil
	}
	m.shift.judging = &o
	ports := m.ports
	return m, func() tea.Msg { return judgedMsg{ports.Judge(o)} }
}

// judged shows the case anew. The window, the cursor and all else stay.
func (m Model) judged(msg judgedMsg) (Model, tea.Cmd) {
	m.c, m.shift.said, m.shift.judging = msg.c, *m.shift.judging, nil
	m = m.narrow()
	if !slices.Contains(axes(m.c), m.axis) {
		m.axis = axes(m.c)[0]
		m.window = m.extent()
		m.cursor = m.window.clamp(m.cursor)
	}
	m.window = m.slide(m.window)
	if next := m.shift.next; next != nil {
		m.shift.next = nil
		return m.judge(*next)
	}
	return m, nil
}

// wish is what was last asked for.
func (m *Model) wish() correlate.Options {
	switch {
	case m.shift.next != nil:
		return *m.shift.next
	case m.shift.judging != nil:
		return *m.shift.judging
	}
	return m.shift.said
}

// glob names a stream so that nothing else matches: by its process where that
// is known, else by its path.
func (m *Model) glob(stream int) string {
	name := m.c.Sources[m.c.Streams[stream].Source].Path
	if who := m.c.Who[stream]; who.Pod != "" && who.Container != "" {
		name = who.Pod + "/" + who.Container
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
}

// movable says whether a stream's zero is for the user to say.
func movable(k parse.Clock) bool { return k == parse.ClockUptime || k == parse.ClockAge }

// place gives a stream a zero.
func (m Model) place(stream int, zero parse.Time) (Model, tea.Cmd) {
	o, glob := m.wish(), m.glob(stream)
	if m.c.Streams[stream].Clock == parse.ClockAge {
		o.Captured = slices.DeleteFunc(slices.Clone(o.Captured), func(r correlate.CaptureRule) bool { return r.Glob == glob })
		o.Captured = append([]correlate.CaptureRule{{Glob: glob, Time: zero}}, o.Captured...)
	} else {
		o.Anchors = without(o.Anchors, glob, m.c.Streams[stream].Life)
		o.Anchors = append([]correlate.AnchorRule{{Glob: glob, Life: m.c.Streams[stream].Life, Zero: zero}}, o.Anchors...)
	}
	return m.judge(o)
}

func without(rules []correlate.AnchorRule, glob string, life int) []correlate.AnchorRule {
	return slices.DeleteFunc(slices.Clone(rules), func(r correlate.AnchorRule) bool { return r.Glob == glob && r.Life == life })
}

// zeroWished is the zero that a stream has, or will have when what was asked
// for is judged.
func (m *Model) zeroWished(stream int) (parse.Time, bool) {
	glob, o := m.glob(stream), m.wish()
	for _, r := range o.Anchors {
		if r.Glob == glob && r.Life == m.c.Streams[stream].Life {
			return r.Zero, true
		}
	}
	for _, r := range o.Captured {
		if r.Glob == glob && m.c.Streams[stream].Clock == parse.ClockAge {
			return r.Time, true
		}
	}
	return m.c.Anchors[stream].Zero, m.c.Anchors[stream].Placed()
}

// chosenClock is the stream under the cursor of the list.
func (m *Model) chosenClock() int {
	order := m.clockOrder()
	if len(order) == 0 {
		return -1
	}
	return order[clampRow(m.row[clocks], len(order))]
}

// clockOrder lists the streams with those first whose clock wants attention.
func (m *Model) clockOrder() []int {
	order := make([]int, len(m.c.Streams))
	for i := range order {
		order[i] = i
	}
	weight := func(s int) int {
		switch {
		case m.c.CopyOf[s] >= 0:
			return 3
		case movable(m.c.Streams[s].Clock):
			return 0
		}
		return 1
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weight(a), weight(b)) })
	return order
}

// moveClock moves the chosen clock's zero.
func (m Model) moveClock(by parse.Time) (Model, tea.Cmd) {
	s := m.chosenClock()
	if s < 0 {
		return m.say("there are no sources"), nil
	}
	if !movable(m.c.Streams[s].Clock) {
		return m.say("its lines print a wall clock, which is believed"), nil
	}
	zero, ok := m.zeroWished(s)
	if !ok {
		return m.say("it has no anchor yet: a gives it one"), nil
	}
	return m.place(s, zero+by)
}

// giveAnchor asks for the wall time of the chosen clock's zero.
func (m Model) giveAnchor() (Model, tea.Cmd) {
	s := m.chosenClock()
	if s < 0 || !movable(m.c.Streams[s].Clock) {
		return m.say("its lines print a wall clock, which is believed"), nil
	}
	had := m.cursor
	if zero, ok := m.zeroWished(s); ok {
		had = zero
	} else if m.axis != wallClock {
		had = 0
	}
	text := ""
	if had != 0 {
		text = time.Unix(0, int64(had)).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return m.ask(prompt{label: "zero of " + report.Clean(m.who(s)) + " (RFC 3339): ", accept: func(m Model, v string) (Model, tea.Cmd) {
		at, n, ok := lex.RFC3339([]byte(v))
		if !ok || n != len(v) || !at.Zoned {
			return m.say(v + " is no time in RFC 3339, such as 2024-02-02T13:16:19Z"), nil
		}
		return m.place(s, parse.Time(at.Unix))
	}}, text)
}

// accept keeps the anchor as it is, as the user's own.
func (m Model) accept() (Model, tea.Cmd) {
	s := m.chosenClock()
	if s < 0 || !movable(m.c.Streams[s].Clock) {
		return m.say("its lines print a wall clock, which is believed"), nil
	}
	zero, ok := m.zeroWished(s)
	if !ok {
		return m.say("it has no anchor to accept: a gives it one"), nil
	}
	return m.say("accepted as given by you; ctrl+s writes it to a facts file").place(s, zero)
}

// reject drops what was given for the chosen clock.
func (m Model) reject() (Model, tea.Cmd) {
	s := m.chosenClock()
	if s < 0 {
		return m.say("there are no sources"), nil
	}
	o, glob := m.wish(), m.glob(s)
	had := len(o.Anchors) + len(o.Captured)
	o.Anchors = without(o.Anchors, glob, m.c.Streams[s].Life)
	o.Captured = slices.DeleteFunc(slices.Clone(o.Captured), func(r correlate.CaptureRule) bool { return r.Glob == glob })
	if len(o.Anchors)+len(o.Captured) == had {
		return m.say("nothing was given for it here"), nil
	}
	return m.say("rejected; the next rung of the ladder holds").judge(o)
}

// openClock shows the first line of a source on the timeline and among the lines.
func (m Model) openClock() Model {
	s := m.chosenClock()
	if s < 0 || len(m.in.streams[s].times) == 0 {
		return m.say("none of its events are shown")
	}
	return m.openPoint(m.merged().point(m.merged().put(s, 0)))
}

func (m *Model) viewClocks(b *chart.Block) {
	g := m.look.glyphs
	order := m.clockOrder()
	if len(order) == 0 {
		b.Text(2, 1, "No source was recognised.", chart.Plain)
		return
	}
	wide := max(b.W-58, 12)
	head := fmt.Sprintf("%-*s %-10s %-8s %-8s %-13s %7s", wide, "source", "format", "clock", "anchor", "zero", "within")
	b.Clip(1, 0, b.W-2, head, chart.Dim, g.ASCII)
	at := clampRow(m.row[clocks], len(order))
	rows := max(b.H-2-m.clockDetail(), 1)
	from := top(at, len(order), rows)
	y := 1
	for i := from; i < min(from+rows, len(order)); i++ {
		s := order[i]
		style := chart.Plain
		switch {
		case m.c.CopyOf[s] >= 0:
			style = chart.Dim
		case !m.c.Anchors[s].Placed():
			style = chart.Warn
		}
		b.Clip(1, y, b.W-2, m.clockRow(s, wide), style, g.ASCII)
		if i == at {
			b.Paint(0, y, b.W, 1, chart.Select)
		}
		y++
	}
	m.sayClock(b, b.H-m.clockDetail(), order[at])
}

// clockDetail is how many lines are kept for what is known of one clock.
func (m *Model) clockDetail() int {
	if m.h < 18 {
		return 3
	}
	return 7
}

func (m *Model) clockRow(s, wide int) string {
	st, a := &m.c.Streams[s], &m.c.Anchors[s]
	name := report.Clean(m.who(s))
	if name == path.Base(m.c.SourceName(s)) && st.Life > 0 {
		name += fmt.Sprintf("#%d", st.Life)
	}
	anchor, zero, within := "printed", "", ""
	if st.Clock != parse.ClockWall {
		anchor = a.Basis.String()
		if a.Placed() {
			zero = time.Unix(0, int64(a.Zero)).In(m.look.Zone).Format("15:04:05.000")
			within = "±" + chart.Span(a.Within.Seconds())
		}
	}
	if m.c.CopyOf[s] >= 0 {
		anchor = "copy"
	}
	name = chart.Fit(name, wide, m.look.ASCII)
	return name + strings.Repeat(" ", wide-chart.Width(name)) + fmt.Sprintf(" %-10s %-8s %-8s %-13s %7s", st.Format, st.Clock, anchor, zero, within)
}

// sayClock says where a clock's zero comes from.
func (m *Model) sayClock(b *chart.Block, y, s int) {
	a, st := &m.c.Anchors[s], &m.c.Streams[s]
	b.Fill(1, y, b.W-2, 1, m.look.glyphs.H, chart.Dim)
	var text []string
	text = append(text, fmt.Sprintf("%s: %s, %s", report.Clean(m.c.SourceName(s)), counted(len(st.Events), "event"), counted(int(st.Lines), "line")))
	switch {
	case m.c.CopyOf[s] >= 0:
		text = append(text, "repeats "+report.Clean(m.c.SourceName(m.c.CopyOf[s]))+"; its clock is not used")
	case st.Clock == parse.ClockWall:
		text = append(text, "its lines carry a wall clock")
	case !a.Placed():
		text = append(text, "nothing in the dump says when its zero was; a gives it one")
	default:
		why := "zero " + report.Stamp(a.Zero, a.Within) + ": " + report.Clean(a.Why)
		if len(a.Proof) > 0 {
			why += " (" + report.Place(m.c, a.Proof[0]) + ")"
		}
		text = append(text, why)
	}
	for _, c := range m.c.Conflicts {
		if strings.HasPrefix(c, m.who(s)) {
			text = append(text, report.Clean(c))
		}
	}
	text = append(text, m.verdictNow())
	for _, t := range text {
		for _, l := range wrapped(t, b.W-2) {
			if y++; y < b.H {
				b.Text(1, y, l, chart.Plain)
			}
		}
	}
}

// verdictNow is what became of the verdict with the clocks as they are.
func (m *Model) verdictNow() string {
	s := "verdict now: " + strings.ToLower(report.Headline(m.c))
	if m.shift.judging != nil {
		s += " (judging…)"
	}
	return s
}

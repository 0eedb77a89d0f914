package tui

import (
	"cmp"
	"maps"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/parse/lex"
)

// shift is what the user said of clocks, and a move that is being judged.
type shift struct {
	said    correlate.Options  // Anchors and Captured only
	judging *correlate.Options // nil while nothing is
	next    *correlate.Options // what to judge after that
	// modulo is the period of the fits that were accepted, by stream: the
	// other places that fit lie whole periods away.
	modulo map[int]time.Duration
}

// judgedMsg brings a case that was judged again.
type judgedMsg struct{ c *correlate.Case }

// judge judges again with other options, beside the screen. While it does, the
// last wish of several is kept.
func (m Model) judge(o correlate.Options) (Model, tea.Cmd) {
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
	m.roster, m.lanesMade = newRoster(m.c), &lanesOf{} // a clock can tell who a stream is
	m = m.regroup()
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
	return escaped(name)
}

// movable says whether a stream's zero is for the user to say.
func movable(k parse.Clock) bool { return k == parse.ClockUptime || k == parse.ClockAge }

// chooseMovable is the chosen stream, if its zero is for the user to say; else
// why it is not.
func (m *Model) chooseMovable() (stream int, why string) {
	s := m.chosenClock()
	switch {
	case s < 0:
		return s, "there are no sources"
	case m.ports.Judge == nil:
		return s, "clocks cannot be moved here"
	case !movable(m.c.Streams[s].Clock):
		return s, "its lines print a wall clock, which is believed"
	}
	return s, ""
}

// word is what the user says of a stream's zero.
type word struct {
	zero     parse.Time
	within   time.Duration // 0 for as exact as can be
	rejected bool          // it is to stay open
}

// unsay takes back what was said of a stream; ok is false if nothing was.
func (m *Model) unsay(o correlate.Options, stream int) (_ correlate.Options, ok bool) {
	glob, life, had := m.glob(stream), m.c.Streams[stream].Life, len(o.Anchors)+len(o.Captured)
	o.Anchors = slices.DeleteFunc(slices.Clone(o.Anchors), func(r correlate.AnchorRule) bool { return r.Glob == glob && r.Life == life })
	o.Captured = slices.DeleteFunc(slices.Clone(o.Captured), func(r correlate.CaptureRule) bool { return r.Glob == glob })
	return o, len(o.Anchors)+len(o.Captured) < had
}

// place says where a stream's zero is.
func (m Model) place(stream int, w word) (Model, tea.Cmd) {
	o, _ := m.unsay(m.wish(), stream)
	glob, st := m.glob(stream), &m.c.Streams[stream]
	if st.Clock == parse.ClockAge {
		o.Captured = slices.Insert(o.Captured, 0, correlate.CaptureRule{Glob: glob, Time: w.zero, Within: w.within,
			Rejected: w.rejected, By: m.display.User})
	} else {
		o.Anchors = slices.Insert(o.Anchors, 0, correlate.AnchorRule{Glob: glob, Life: st.Life, Zero: w.zero, Within: w.within,
			Rejected: w.rejected, By: m.display.User})
	}
	return m.shifted(stream, w).judge(o)
}

// shifted moves what is drawn of a stream before it is judged: the frame that
// follows the key has its lines, lanes and marks where they will be. Incidents
// and verdict stay until the judgement is there.
func (m Model) shifted(stream int, w word) Model {
	a := m.c.Anchors[stream]
	if w.rejected || !a.Placed() {
		return m
	}
	by, c := w.zero-a.Zero, *m.c
	c.Anchors = slices.Clone(m.c.Anchors)
	c.Anchors[stream].Zero = w.zero
	m.c = &c
	made := *m.lanesMade
	made.of = m.c
	m.lanesMade = &made
	m.shown = slices.Clone(m.shown)
	for i, d := range m.shown {
		if d.Clock.OnWall() {
			d = &visibleGroup{Group: d.Group, cover: d.cover, list: shiftedLists(d.list, stream, by), whole: shiftedLists(d.whole, stream, by)}
			m.shown[i] = d
		}
	}
	return m
}

// shiftedLists are lists of moments with those of one stream moved.
func shiftedLists(lists [][]correlate.Moment, stream int, by parse.Time) [][]correlate.Moment {
	out := slices.Clone(lists)
	for i, list := range lists {
		if !slices.ContainsFunc(list, func(k correlate.Moment) bool { return int(k.Stream) == stream }) {
			continue
		}
		out[i] = slices.Clone(list)
		for j := range out[i] {
			if k := &out[i][j]; int(k.Stream) == stream {
				k.At += by
			}
		}
		slices.SortStableFunc(out[i], func(a, b correlate.Moment) int { return cmp.Compare(a.At, b.At) })
	}
	return out
}

// zeroWished is the zero that a stream has, or will have when what was asked
// for is judged; ok is false without one.
func (m *Model) zeroWished(stream int) (w word, ok bool) {
	glob, o, st := m.glob(stream), m.wish(), &m.c.Streams[stream]
	for _, r := range o.Anchors {
		if r.Glob == glob && r.Life == st.Life {
			return word{r.Zero, r.Within, r.Rejected}, !r.Rejected
		}
	}
	for _, r := range o.Captured {
		if r.Glob == glob && st.Clock == parse.ClockAge {
			return word{r.Time, r.Within, r.Rejected}, !r.Rejected
		}
	}
	a := &m.c.Anchors[stream]
	return word{zero: a.Zero, within: a.Within}, a.Placed()
}

// moveClock moves the chosen clock's zero.
func (m Model) moveClock(by parse.Time) (Model, tea.Cmd) {
	s, why := m.chooseMovable()
	if why != "" {
		return m.say(why), nil
	}
	w, ok := m.zeroWished(s)
	if !ok {
		return m.say("it has no anchor yet: " + anchorKey + " gives it one"), nil
	}
	w.zero += by
	return m.place(s, w)
}

// strideClock moves the chosen clock by minutes; one whose fit is known up to
// a multiple of a period, by such periods.
func (m Model) strideClock(by int) (Model, tea.Cmd) {
	step := time.Minute
	if p := m.shift.modulo[m.chosenClock()]; p > 0 {
		step = p
	}
	return m.moveClock(parse.Time(by) * parse.Time(step))
}

// giveAnchor asks for the wall time of the chosen clock's zero.
func (m Model) giveAnchor() (Model, tea.Cmd) {
	s, why := m.chooseMovable()
	if why != "" {
		return m.say(why), nil
	}
	had := m.cursor
	if w, ok := m.zeroWished(s); ok {
		had = w.zero
	} else if m.axis != wallClock {
		had = 0
	}
	text := ""
	if had != 0 {
		text = time.Unix(0, int64(had)).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return m.ask(prompt{label: "zero of " + report.Clean(m.who(s)) + " (RFC 3339): ", accept: typedAnchor}, text)
}

func typedAnchor(m Model, v string) (Model, tea.Cmd) {
	m = m.show(clocks)
	s, why := m.chooseMovable()
	if why != "" {
		return m.say(why), nil
	}
	at, n, ok := lex.RFC3339([]byte(v))
	if !ok || n != len(v) || !at.Zoned {
		return m.say(v + " is no time in RFC 3339, such as 2024-02-02T13:16:19Z"), nil
	}
	return m.place(s, word{zero: parse.Time(at.Unix)})
}

// accept keeps the anchor as it is, as exact as it is, as the user's own: a fitted one too, and
// one of the places that fit where a fit cannot tell which it is.
func (m Model) accept() (Model, tea.Cmd) {
	s, why := m.chooseMovable()
	if why != "" {
		return m.say(why), nil
	}
	said := "accepted as given by you; " + saveKey + " writes it to a facts file"
	w, ok := m.zeroWished(s)
	if a := &m.c.Anchors[s]; !ok && a.Modulo > 0 {
		m.shift.modulo = maps.Clone(m.shift.modulo)
		if m.shift.modulo == nil {
			m.shift.modulo = map[int]time.Duration{}
		}
		m.shift.modulo[s] = a.Modulo
		w, ok = word{zero: a.Zero, within: a.Within}, true
		said = "one of the places that fit, as given by you; { and } go to the others, " + a.Modulo.String() + " away"
	}
	if !ok {
		return m.say("it has no anchor to accept: " + anchorKey + " gives it one"), nil
	}
	return m.say(said).place(s, w)
}

// reject takes back what was said of the chosen clock here; if nothing was, it
// keeps the clock open, whatever the dump says or fits.
func (m Model) reject() (Model, tea.Cmd) {
	s, why := m.chooseMovable()
	if why != "" {
		return m.say(why), nil
	}
	if o, ok := m.unsay(m.wish(), s); ok {
		return m.say("taken back: what the dump says holds").judge(o)
	}
	if a := &m.c.Anchors[s]; !a.Placed() && a.Modulo == 0 {
		return m.say("it has no anchor to reject"), nil
	}
	return m.say("rejected: it has no anchor now; "+rejectKey+" takes that back").place(s, word{rejected: true})
}

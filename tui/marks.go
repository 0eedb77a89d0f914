package tui

import (
	"fmt"
	"reflect"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/correlate/words"
	"faultline/parse"
)

// mark is a time that somebody wants to find again, with a note. It stays with
// its clock: one on a process's own moves with the anchor.
type mark struct {
	correlate.Mark
	stream int // whose clock, if it is Own
}

// marksOf are the marks that the case has.
func marksOf(c *correlate.Case) (out []mark) {
	for _, k := range c.Marks() {
		out = append(out, mark{k, c.MarkStream(&k)})
	}
	return out
}

// on is when a mark is on an axis; ok is false for one that is not on it.
func (m *Model) on(axis int, k *mark) (at parse.Time, ok bool) {
	switch {
	case !k.Own:
		return k.At, axis == wallClock && k.At != 0
	case k.stream < 0:
		return 0, false
	case axis == k.stream:
		return k.At, true
	}
	a := &m.c.Anchors[k.stream]
	return k.At + a.Zero, axis == wallClock && a.Placed()
}

// mark remembers the time under the cursor, or forgets it; what was noted is
// never forgotten by a key that is easily hit twice.
func (m Model) mark() (Model, tea.Cmd) {
	i := m.marked()
	if i < 0 {
		return m.remember("").say("marked; " + noteKey + " adds a note, " + nextMarkKey + " goes to the next mark"), nil
	}
	if from := m.marks[i].Ref; from != nil {
		return m.say("this mark stands in " + report.Clean(report.Place(m.c, *from)) + "; it is taken out there"), nil
	}
	if m.marks[i].Text != "" {
		return m.say("this mark has a note and stays; " + noteKey + " changes it, an empty one takes it away"), nil
	}
	m.marks = slices.Delete(slices.Clone(m.marks), i, i+1)
	return m.say("mark removed"), nil
}

// marked is the mark at the cursor, -1 for none.
func (m *Model) marked() int {
	return slices.IndexFunc(m.marks, func(k mark) bool { at, ok := m.on(m.axis, &k); return ok && at == m.cursor })
}

// remember gives the cursor's time a mark with a note.
func (m Model) remember(note string) Model {
	m.marks = slices.Clone(m.marks)
	k := mark{correlate.Mark{At: m.cursor, Text: note, By: m.display.User}, m.axis}
	if m.axis != wallClock {
		k.Own, k.Source = true, fmt.Sprintf("%s#%d", m.glob(m.axis), m.c.Streams[m.axis].Life)
	}
	if i := m.marked(); i >= 0 && m.marks[i].Ref == nil {
		m.marks[i] = k
	} else {
		m.marks = append(m.marks, k)
	}
	return m
}

// annotate asks for a note.
func (m Model) annotate() (Model, tea.Cmd) {
	had := ""
	if i := m.marked(); i >= 0 {
		had = m.marks[i].Text
	}
	return m.ask(prompt{label: "note: ", empties: had != "", accept: func(m Model, s string) (Model, tea.Cmd) {
		return m.remember(s).say("noted; " + saveKey + " writes marks, notes and clocks to a facts file"), nil
	}}, had)
}

// nextMark goes to the next mark, or with by < 0 to the one before.
func (m Model) nextMark(by int) (Model, tea.Cmd) {
	var at []parse.Time
	for i := range m.marks {
		if t, ok := m.on(m.axis, &m.marks[i]); ok {
			at = append(at, t)
		}
	}
	slices.Sort(at)
	if at = slices.Compact(at); len(at) == 0 {
		return m.say("no marks: m sets one"), nil
	}
	was := m.cursor
	if m = m.leaps(at, by); m.cursor == was {
		return m.say("no mark further on"), nil
	}
	if i := m.marked(); i >= 0 && m.marks[i].Text != "" {
		m = m.say("note: " + m.marks[i].Text)
	}
	return m, nil
}

// leaps moves the cursor on by so many of some sorted times, which differ, or
// back, as far as they go.
func (m Model) leaps(at []parse.Time, by int) Model {
	i, here := slices.BinarySearch(at, m.cursor)
	switch {
	case by == 0, by < 0 && i == 0, by > 0 && (i == len(at) || here && i == len(at)-1):
		return m // none further on
	case by > 0 && !here:
		by--
	}
	return m.goTo(at[clampRow(i+by, len(at))])
}

// facts is all that the user said.
func (m *Model) facts() Facts {
	f := Facts{Anchors: m.shift.said.Anchors, Captured: m.shift.said.Captured, By: m.display.User}
	for i := range m.marks {
		if m.marks[i].Ref == nil { // the others stand in a file already
			f.Marks = append(f.Marks, m.marks[i].Mark)
		}
	}
	return f
}

// same says whether nothing else is said.
func (f *Facts) same(o *Facts) bool {
	return slices.EqualFunc(f.Anchors, o.Anchors, func(a, b correlate.AnchorRule) bool { return reflect.DeepEqual(a, b) }) &&
		slices.EqualFunc(f.Captured, o.Captured, func(a, b correlate.CaptureRule) bool { return reflect.DeepEqual(a, b) }) &&
		slices.Equal(f.Marks, o.Marks)
}

// keptMsg says that what the user said was written.
type keptMsg struct {
	said string
	kept Facts
}

// keep runs a port that writes what the user said.
func (m *Model) keep(write func(Facts) (string, error)) tea.Cmd {
	facts := m.facts()
	return func() tea.Msg {
		s, err := write(facts)
		if err != nil {
			return errMsg{err}
		}
		return keptMsg{s, facts}
	}
}

// save asks where to write the facts.
func (m Model) save() (Model, tea.Cmd) {
	return m.ask(prompt{label: "write facts to: ", accept: typedFacts}, "faultline.yaml")
}

func typedFacts(m Model, path string) (Model, tea.Cmd) {
	if m.ports.SaveFacts == nil {
		return m.say("facts cannot be written here"), nil
	}
	ports := m.ports
	return m, m.keep(func(f Facts) (string, error) { return ports.SaveFacts(path, f) })
}

// quit leaves; if something would be lost, only when it is asked for again.
func (m Model) quit() (Model, tea.Cmd) {
	if m.cast != nil && !m.cast.warned {
		m.cast = &cast{m.cast.path, m.cast.frames, true}
		return m.warn("a recording is not written: :cast writes it, " + quitKey + " again leaves without"), nil
	}
	if facts := m.facts(); !facts.same(&m.kept) && (m.warned == nil || !facts.same(m.warned)) {
		m.warned = &facts
		return m.warn("clocks or marks are not written: " + saveKey + " writes them, " + quitKey + " again leaves without"), nil
	}
	return m, tea.Quit
}

// counted is a number with its noun.
func counted(n int, noun string) string { return words.Count(n, noun, noun+"s") }

// number prints a count with its thousands apart.
func number(n int) string { return words.Number(n) }

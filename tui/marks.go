package tui

import (
	"cmp"
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/parse"
)

// mark remembers the time under the cursor, or forgets it.
func (m Model) mark() (Model, tea.Cmd) {
	if i := m.marked(); i >= 0 {
		m.marks = slices.Delete(slices.Clone(m.marks), i, i+1)
		return m.say("mark removed"), nil
	}
	m.marks = m.remember("")
	return m.say("marked; c adds a note, u and U go from mark to mark"), nil
}

// marked is the mark at the cursor, -1 for none.
func (m *Model) marked() int {
	return slices.IndexFunc(m.marks, func(k Mark) bool { return k.Stream == m.axis && k.At == m.cursor })
}

// remember is the marks with one at the cursor that has a note.
func (m *Model) remember(note string) []Mark {
	out := slices.Clone(m.marks)
	if i := m.marked(); i >= 0 {
		out[i].Note = note
		return out
	}
	out = append(out, Mark{m.cursor, m.axis, note})
	slices.SortFunc(out, func(a, b Mark) int { return cmp.Compare(a.At, b.At) })
	return out
}

// annotate asks for a note.
func (m Model) annotate() (Model, tea.Cmd) {
	had := ""
	if i := m.marked(); i >= 0 {
		had = m.marks[i].Note
	}
	return m.ask(prompt{label: "note: ", accept: func(m Model, s string) (Model, tea.Cmd) {
		m.marks = m.remember(s)
		return m.say("noted; w writes marks, notes and clocks to a facts file"), nil
	}}, had)
}

// nextMark goes to the next mark, or with by < 0 to the one before.
func (m Model) nextMark(by int) (Model, tea.Cmd) {
	var at []parse.Time
	for _, k := range m.marks {
		if k.Stream == m.axis {
			at = append(at, k.At)
		}
	}
	if len(at) == 0 {
		return m.say("no marks: m sets one"), nil
	}
	m, ok := m.leap(at, by)
	if !ok {
		return m.say("no mark further on"), nil
	}
	if i := m.marked(); i >= 0 && m.marks[i].Note != "" {
		m = m.say("note: " + m.marks[i].Note)
	}
	return m, nil
}

// leap moves the cursor to the next of some times, or to the one before.
func (m Model) leap(at []parse.Time, by int) (Model, bool) {
	i, here := slices.BinarySearch(at, m.cursor)
	switch {
	case by < 0:
		i--
	case here:
		i++
	}
	if i < 0 || i >= len(at) {
		return m, false
	}
	return m.goTo(at[i]), true
}

// facts is all that the user said.
func (m *Model) facts() Facts {
	return Facts{Anchors: m.shift.said.Anchors, Captured: m.shift.said.Captured, Marks: m.marks}
}

// save asks where to write the facts.
func (m Model) save() (Model, tea.Cmd) {
	return m.ask(prompt{label: "write facts to: ", accept: func(m Model, path string) (Model, tea.Cmd) {
		if m.ports.SaveFacts == nil {
			return m.say("facts cannot be written here"), nil
		}
		facts, ports := m.facts(), m.ports
		return m, said(func() (string, error) { return ports.SaveFacts(path, facts) })
	}}, "faultline.yaml")
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number(n) + " " + noun + "s"
}

// number prints a count with its thousands apart.
func number(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

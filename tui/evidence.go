package tui

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
)

// mostEvidence is how many places of a finding have a row each way: for it and
// against it.
const mostEvidence = 12

// proof is one place that a finding rests on, or that speaks against it.
type proof struct {
	word string
	correlate.Evidence
}

// proofs are the places of a finding that have a row, and how many have none.
func proofs(f *correlate.Finding) (out []proof, more int) {
	if f == nil {
		return nil, 0
	}
	for _, list := range []struct {
		word string
		of   []correlate.Evidence
	}{{"evidence", f.Evidence}, {"against", f.Against}} {
		n := 0
		for _, e := range list.of {
			one := proof{list.word, e}
			switch {
			case slices.Contains(out, one): // two claims of a finding rest on the same line
			case n == mostEvidence:
				more++
			default:
				out, n = append(out, one), n+1
			}
		}
	}
	return out, more
}

// moved goes on by so many rows: an unfolded finding has one for each place, and
// folds when it is left.
func (p findingsPane) moved(all []claim, by int) findingsPane {
	places := 0
	if p.row = clampRow(p.row, len(all)); p.opened && len(all) > 0 {
		list, _ := proofs(all[p.row].finding)
		places = len(list)
	}
	switch at := p.row + p.place + by; {
	case at >= p.row && at <= p.row+places:
		p.place = at - p.row
	case at < p.row:
		return findingsPane{row: max(at, 0), with: p.with}
	case p.row == len(all)-1:
		p.place = places
	default:
		return findingsPane{row: clampRow(at-places, len(all)), with: p.with}
	}
	return p
}

// openEvidence goes to what a place is: an event among the lines, a series on
// the board, another line in its file.
func (m Model) openEvidence(e correlate.Evidence) (Model, tea.Cmd) {
	if e.Series > 0 && e.Series <= len(m.c.Series) {
		if e.From < e.To && m.axis == wallClock {
			m.window = m.slide(span{e.From - (e.To-e.From)/4, e.To + (e.To-e.From)/4})
			m.cursor = m.window.clamp(e.From)
		}
		return m.query(m.selector(e.Series - 1))
	}
	if p, ok := m.pointAt(e.Ref); ok {
		return m.openPoint(p), nil
	}
	s := slices.IndexFunc(m.c.Streams, func(s parse.Stream) bool { return s.Source == e.Source })
	if s < 0 || m.ports.Raw == nil || e.Line == 0 {
		return m.say("its text is not at hand: " + report.Place(m.c, e.Ref)), nil
	}
	return m, m.rawLines(correlate.Point{Stream: uint32(s)}, e.Ref)
}

// selector names one series so that a query finds it alone.
func (m *Model) selector(series int) string {
	s := &m.c.Series[series]
	out := ""
	for i, l := range s.Labels {
		if i > 0 {
			out += ", "
		}
		out += fmt.Sprintf("%s=%q", m.c.Name(l.Key), m.c.Name(l.Value))
	}
	return m.c.Name(s.Metric) + "{" + out + "}"
}

// runQuery evaluates the query of the chosen finding.
func (m Model) runQuery() (Model, tea.Cmd) {
	all := m.claims()
	if len(all) > 0 {
		if f := all[clampRow(m.panes[findings].(findingsPane).row, len(all))].finding; f != nil && f.Query != "" {
			return m.query(f.Query)
		}
	}
	return m.say("this row has no query"), nil
}

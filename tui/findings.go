package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/correlate/words"
	"faultline/parse"
	"faultline/tui/chart"
)

// claim is one row of the findings: a finding of a rule, the outcome of a
// test, a limit.
type claim struct {
	group, label, text string
	style              chart.Style
	finding            *correlate.Finding
	at                 *report.Evidence // the line it is about
}

// claims are all that was found and tested, and what could not be.
func (m *Model) claims() (out []claim) {
	for i := range m.c.Findings {
		f := &m.c.Findings[i]
		style := chart.Plain
		switch f.Severity {
		case correlate.Critical:
			style = chart.Alarm
		case correlate.Warning:
			style = chart.Warn
		}
		out = append(out, claim{group: "Findings", label: f.ID, text: words.Severity(f.Severity.String()) +
			": " + report.Clean(words.Target(f.Title)), style: style, finding: f})
	}
	for _, t := range report.Tested(m.c) {
		out = append(out, claim{group: "Tested", label: t.Label, text: t.Text})
	}
	for _, s := range m.c.Missing {
		out = append(out, claim{group: "Missing", text: report.Clean(s)})
	}
	for _, s := range m.c.Limits {
		out = append(out, claim{group: "Limits", text: report.Clean(s), style: chart.Dim})
	}
	for _, s := range report.NotUnderstood(m.c) {
		out = append(out, claim{group: notRead, text: report.Clean(s), style: chart.Warn})
	}
	out = append(out, m.cache.unexplained...)
	if with := strings.ToLower(m.panes[findings].(findingsPane).with); with != "" {
		out = slices.DeleteFunc(out, func(c claim) bool { return !strings.Contains(strings.ToLower(c.group+" "+c.label+" "+c.text), with) })
	}
	return out
}

// notRead is the group of what was not read or not understood.
const notRead = "Not read"

// openUnread goes to what was not read or not understood, or else to the lines
// that no event explains.
func (m Model) openUnread() (Model, bool) {
	for i, c := range m.claims() {
		if c.group == notRead || c.group == "Unexplained" {
			m.panes[findings] = findingsPane{row: i}
			return m.show(findings), true
		}
	}
	return m, false
}

// findingsPane lists what was found and tested.
type findingsPane struct {
	onTime
	row    int
	opened bool   // the row is unfolded
	place  int    // the chosen one of its places, counted from 1; 0 is the row itself
	with   string // only rows that hold this are listed
}

func (p findingsPane) narrow(text string) pane { return findingsPane{with: text} }
func (p findingsPane) narrowed() string        { return p.with }

func (p findingsPane) down(m Model, by int) Model {
	m.panes[findings] = p.moved(m.claims(), by)
	return m
}

func (p findingsPane) end(m Model, last bool) Model {
	if last {
		return p.down(m, len(m.claims()))
	}
	m.panes[findings] = findingsPane{with: p.with}
	return m
}

func (p findingsPane) copied(m *Model) string {
	all := m.claims()
	if len(all) == 0 {
		return p.onTime.copied(m)
	}
	c := all[clampRow(p.row, len(all))]
	if list, _ := proofs(c.finding); p.place > 0 && p.place <= len(list) {
		return m.evidence(list[p.place-1].Evidence)
	}
	return strings.TrimSpace(c.label + " " + c.text)
}

// view lays the claims out: a title for each group, the text wrapped, and
// the whole of the one that is unfolded.
func (p findingsPane) view(m *Model, b *chart.Block) {
	all := m.claims()
	at := clampRow(p.row, len(all))
	var text []string
	var styles []chart.Style
	var first, behind int
	group := ""
	put := func(s string, st chart.Style) { text, styles = append(text, s), append(styles, st) }
	for i, c := range all {
		if c.group != group {
			if group != "" {
				put("", chart.Plain)
			}
			group = c.group
			put(group, chart.Title)
		}
		if i == at {
			first = len(text)
		}
		for j, l := range wrapped(c.text, max(b.W-9, 10)) {
			label := ""
			if j == 0 {
				label = c.label
			}
			put(fmt.Sprintf("  %-5s ", label)+l, c.style)
		}
		if i == at {
			behind = len(text)
			if p.opened {
				above, places, below := m.wholeFinding(c.finding)
				for k, l := range slices.Concat(above, places, below) {
					chosen := p.place > 0 && k == len(above)+p.place-1
					if chosen {
						first = len(text)
					}
					for _, w := range wrapped(l, max(b.W-11, 10)) {
						put("          "+w, chart.Dim)
					}
					if chosen {
						behind = len(text)
					}
				}
			}
		}
	}
	if len(all) == 0 && p.with != "" {
		b.Clip(2, 1, b.W-3, "no row has \""+report.Clean(p.with)+"\"; / and an empty text show all", chart.Plain, m.display.glyphs.ASCII)
		return
	}
	if len(all) == 0 {
		b.Text(2, 1, "Nothing was found and nothing could be tested.", chart.Plain)
		return
	}
	from := min(max(first-b.H/3, 0), max(len(text)-b.H, 0))
	for y := 0; y < b.H && from+y < len(text); y++ {
		b.Clip(0, y, b.W-1, text[from+y], styles[from+y], m.display.glyphs.ASCII)
		if i := from + y; i >= first && i < behind {
			b.Paint(0, y, b.W, 1, chart.Select)
		}
	}
}

// wholeFinding is all that a finding says: what stands above its places, a row
// for each of these, and what stands below.
func (m *Model) wholeFinding(f *correlate.Finding) (above, places, below []string) {
	if f == nil {
		return []string{"(all that was tested is said above)"}, nil, nil
	}
	above = []string{report.Clean(f.Detail), fmt.Sprintf("%s, %s, rule %s", words.Upper(words.Severity(f.Severity.String())),
		words.Sure(f.Confidence.String()), f.Rule)}
	list, more := proofs(f)
	for _, e := range list {
		places = append(places, e.word+" "+m.evidence(e.Evidence))
	}
	if more > 0 {
		below = append(below, fmt.Sprintf("and %d more places", more))
	}
	if f.Query != "" {
		below = append(below, "query "+report.Clean(f.Query)+"  (i runs it)")
	}
	for _, n := range f.Next {
		below = append(below, "next: "+report.Clean(n))
	}
	if len(places) > 0 {
		below = append(below, "j chooses a place, enter opens it")
	}
	return above, places, below
}

// evidence says a place: of a series its metric and when, else source and line.
func (m *Model) evidence(e correlate.Evidence) string {
	if e.Series <= 0 || e.Series > len(m.c.Series) {
		return m.lineAt(e.Ref)
	}
	said := fmt.Sprintf("%s, %s–%s", report.Clean(m.c.Name(m.c.Series[e.Series-1].Metric)), report.Stamp(e.From, 1e6), report.Stamp(e.To, 1e6))
	if e.Line > 0 {
		said = m.lineAt(e.Ref) + " " + said
	}
	return said
}

// enter unfolds a finding, and then opens the place that is chosen, or the first.
func (p findingsPane) enter(m Model) (Model, tea.Cmd) {
	all := m.claims()
	if len(all) == 0 {
		return m.say("there is nothing to open"), nil
	}
	c := all[clampRow(p.row, len(all))]
	if list, _ := proofs(c.finding); p.opened && len(list) > 0 {
		return m.openEvidence(list[clampRow(p.place-1, len(list))].Evidence)
	}
	return m.openClaim(p, &c), nil
}

// openClaim unfolds a finding, and goes to what another row is about.
func (m Model) openClaim(pane findingsPane, c *claim) Model {
	switch {
	case strings.HasPrefix(c.label, "A"):
		return m.show(incident)
	case strings.HasPrefix(c.label, "P"):
		for i := range m.c.Periods {
			if p := &m.c.Periods[i]; p.ID == c.label {
				return m.openPeriod(p)
			}
		}
	case c.at != nil:
		if p, ok := m.pointOn(c.at.Source, c.at.Line); ok {
			return m.openPoint(p)
		}
	case c.finding == nil:
		return m.say("this sentence rests on the whole case, not on one line")
	case !pane.opened:
		pane.opened = true
		m.panes[findings] = pane
		return m
	}
	return m.say("it rests on no line")
}

// openPeriod shows a period on the raster.
func (m Model) openPeriod(p *correlate.Period) Model {
	m = m.show(raster)
	for i, s := range m.series() {
		if s.of == p.Of && s.scope == p.Scope {
			f := m.fold()
			f.series = i
			m = m.folded(f)
		}
	}
	if s, _, ok := p.Seconds(); ok {
		return m.period(s)
	}
	return m.period(p.Nominal.Seconds())
}

// pointOn is the event of a line that is named by its source's path and its
// number.
func (m *Model) pointOn(path string, line uint32) (correlate.Point, bool) {
	for s := range m.c.Streams {
		if m.c.Sources[m.c.Streams[s].Source].Path != path {
			continue
		}
		for i := range m.c.Streams[s].Events {
			if m.c.Streams[s].Events[i].Line == line {
				return correlate.Point{Stream: uint32(s), Event: uint32(i)}, true
			}
		}
	}
	return correlate.Point{}, false
}

// pointAt is the event of a line.
func (m *Model) pointAt(r parse.Ref) (correlate.Point, bool) {
	for s := range m.c.Streams {
		if m.c.Streams[s].Source != r.Source {
			continue
		}
		for i := range m.c.Streams[s].Events {
			if m.c.Streams[s].Events[i].Off == r.Off {
				return correlate.Point{Stream: uint32(s), Event: uint32(i)}, true
			}
		}
	}
	return correlate.Point{}, false
}

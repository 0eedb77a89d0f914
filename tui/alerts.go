package tui

import (
	"cmp"
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/tui/chart"
)

// Alert is one stretch in which a rule of Prometheus would have been pending or
// firing, times in ns since 1970. Firing is 0 if it never fired, Until if it was
// not over at the end of what was captured.
type Alert struct {
	Name, Summary          string
	Pending, Firing, Until parse.Time
}

// rung are the alerts of a rule file over a case, by rule.
type rung struct {
	rules string          // the file, "" for none
	of    *correlate.Case // the case that they are evaluated over
	lanes []alertLane
}

// alertLane are the alerts of one rule.
type alertLane struct {
	name  string
	all   []Alert
	fired int
}

// rangMsg brings alerts.
type rangMsg struct {
	rules string
	of    *correlate.Case
	all   []Alert
}

// typedAlerts puts the alerts of a rule file on the timeline; none are there
// without a file.
func typedAlerts(m Model, rules string) (Model, tea.Cmd) {
	if m.ports.Alerts == nil {
		return m.say("no rules can be evaluated here"), nil
	}
	p := m.panes[timeline].(timelinePane)
	p.rang = rung{rules: rules}
	m.panes[timeline] = p
	m = m.show(timeline)
	if rules == "" {
		return m.say("no alerts on the timeline"), nil
	}
	return m.say("evaluating " + rules + "…"), nil
}

// need evaluates the rules when they were asked for, and again when a clock was
// moved: what counts events counts them at other times then.
func (p timelinePane) need(m Model) (Model, tea.Cmd) {
	if p.rang.rules == "" || p.rang.of == m.c {
		return m, nil
	}
	p.rang.of = m.c
	m.panes[timeline] = p
	c, ports, rules := m.c, m.ports, p.rang.rules
	return m, func() tea.Msg {
		all, err := ports.Alerts(c, rules)
		if err != nil {
			return errMsg{err}
		}
		return rangMsg{rules, c, all}
	}
}

// rang takes the alerts, unless others were asked for since.
func (m Model) rang(msg rangMsg) Model {
	p := m.panes[timeline].(timelinePane)
	if p.rang.rules != msg.rules || p.rang.of != msg.of {
		return m
	}
	p.rang.lanes = alertLanes(msg.all)
	m.panes[timeline] = p
	fired := 0
	for _, l := range p.rang.lanes {
		fired += l.fired
	}
	return m.say(fmt.Sprintf("%s of %s would have fired %s", counted(len(p.rang.lanes), "rule"), msg.rules, counted(fired, "time")))
}

// alertLanes sorts alerts by their rule, those that fired most often first.
func alertLanes(all []Alert) (out []alertLane) {
	for _, a := range all {
		i := slices.IndexFunc(out, func(l alertLane) bool { return l.name == a.Name })
		if i < 0 {
			i, out = len(out), append(out, alertLane{name: a.Name})
		}
		out[i].all = append(out[i].all, a)
		if a.Firing != 0 {
			out[i].fired++
		}
	}
	slices.SortStableFunc(out, func(a, b alertLane) int { return cmp.Compare(b.fired, a.fired) })
	return out
}

// mostAlerts is how many rules have a line on the timeline.
const mostAlerts = 8

// rows is how many lines the alerts take.
func (r *rung) rows(m *Model) int {
	if m.axis != wallClock {
		return 0
	}
	return min(len(r.lanes), mostAlerts)
}

// draw writes a line for each rule: when it would have been pending, and when it
// would have fired.
func (r *rung) draw(m *Model, b *chart.Block, y, left, w int) int {
	g := m.display.glyphs
	pending, firing := '░', '█'
	if g.ASCII {
		pending, firing = '.', '#'
	}
	for _, l := range r.lanes[:r.rows(m)] {
		style := chart.Warn
		if l.fired > 0 {
			style = chart.Alarm
		}
		b.Put(1, y, '!', style)
		b.Clip(3, y, left-4, report.Clean(l.name), style, g.ASCII)
		b.Fill(left, y, w, 1, g.Base, chart.Dim)
		for _, sign := range []rune{pending, firing} { // what fires is drawn over what is pending
			for _, a := range l.all {
				from, style := a.Pending, chart.Warn
				if sign == firing {
					from, style = a.Firing, chart.Alarm
				}
				if s := (span{from, a.end(m)}); from != 0 && s.meets(m.window) {
					first, last := max(m.window.column(s.from, w), 0), min(m.window.column(s.to, w), w-1)
					b.Fill(left+first, y, last-first+1, 1, sign, style)
				}
			}
		}
		y++
	}
	return y
}

// end is when an alert was over, or the end of what was captured.
func (a *Alert) end(m *Model) parse.Time {
	if a.Until == 0 {
		return m.extent().to
	}
	return a.Until
}

// at are the alerts in the cursor's column, "" for none.
func (r *rung) at(m *Model) (said string) {
	if r.rows(m) == 0 {
		return ""
	}
	half := m.stride()/2 + 1
	here := span{m.cursor - half, m.cursor + half}
	for _, l := range r.lanes {
		for _, a := range l.all {
			if !(span{a.Pending, a.end(m)}).meets(here) {
				continue
			}
			state := "pending since " + m.clock(a.Pending, false)
			if a.Firing != 0 && a.Firing <= here.to {
				state = "firing since " + m.clock(a.Firing, false)
			}
			said += "! " + l.name + " " + state + "  " + a.Summary + "  "
			break
		}
	}
	return report.Clean(said)
}

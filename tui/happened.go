package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate/report"
	"faultline/parse"
	"faultline/parse/lex"
)

// giveTime asks when the current line happened: nobody knows a clock's zero,
// but of one line it is often known when it was.
func (m Model) giveTime() (Model, tea.Cmd) {
	p, ok := m.current()
	if !ok {
		return m.say("there is no line here"), nil
	}
	s := int(p.Stream)
	switch {
	case m.ports.Judge == nil:
		return m.say("clocks cannot be moved here"), nil
	case !movable(m.c.Streams[s].Clock):
		return m.say("the line prints its time, which is believed"), nil
	}
	m.point, m.onPoint = p, true
	return m.ask(prompt{label: "when did this line of " + report.Clean(m.who(s)) + " happen? (13:22:32 or RFC 3339): ", accept: typedHappened}, "")
}

// typedHappened puts the clock of the current line where its event is then at
// the time that was typed, as exact as it was typed.
func typedHappened(m Model, v string) (Model, tea.Cmd) {
	p, ok := m.current()
	if !ok {
		return m, nil
	}
	var at parse.Time
	since, width, ok := lex.DayTime([]byte(v))
	if ok {
		day, err := m.c.Happened(parse.Time(since), m.display.Zone)
		if err != nil {
			return m.say(err.Error()), nil
		}
		at = day
	} else if st, n, full := lex.RFC3339([]byte(v)); full && n == len(v) && st.Zoned {
		at, width = parse.Time(st.Unix), st.Width
	} else {
		return m.say(v + " is no time such as 13:22:32 or 2024-02-02T13:22:32Z"), nil
	}
	e := m.c.At(p)
	half := time.Duration(width / 2) // the rest of the digit was cut
	return m.say("placed as given by you; "+saveKey+" writes it to a facts file").
		place(int(p.Stream), word{zero: at + parse.Time(half) - e.Time, within: max(half, time.Millisecond) + e.Grain.Width()/2})
}

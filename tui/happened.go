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
	at, width, ok := m.timeOfDay(v)
	if m.axis != wallClock { // there is no day to be on
		day, has := m.anyDay()
		at, ok = at+day, ok && has
	}
	if st, n, full := lex.RFC3339([]byte(v)); full && n == len(v) && st.Zoned {
		at, width, ok = parse.Time(st.Unix), time.Duration(st.Width), true
	}
	if !ok {
		return m.say(v + " is no time such as 13:22:32 or 2024-02-02T13:22:32Z"), nil
	}
	e := m.c.At(p)
	half := width / 2 // the rest of the digit was cut
	return m.say("placed as given by you; "+saveKey+" writes it to a facts file").
		place(int(p.Stream), word{zero: at + parse.Time(half) - e.Time, within: max(half, time.Millisecond) + e.Grain.Width()/2})
}

// anyDay is the difference between the day that a cursor on a process's own
// clock would mean and the day of the dump's last line with a date.
func (m *Model) anyDay() (parse.Time, bool) {
	last, ok := m.c.Last(&m.c.Options)
	if !ok {
		return 0, false
	}
	day := func(t parse.Time) parse.Time {
		at := time.Unix(0, int64(t)).In(m.look.Zone)
		return parse.Time(time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, m.look.Zone).UnixNano())
	}
	return day(last) - day(m.cursor), true
}

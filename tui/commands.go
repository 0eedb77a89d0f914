package tui

import (
	"bytes"
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/parse/lex"
)

// verb is one row of the table of ":" commands.
type verb struct {
	name, args, help string
	do               func(m Model, arg string) (Model, tea.Cmd)
	complete         func(m *Model, arg string) []string // nil for none
}

// verbs is the one table of commands: completion, help and docs/keys.md are
// made of it.
var verbs []verb

func init() { // the functions refer to the table
	verbs = []verb{
		{"period", "600s", "fold the raster at a period", typedPeriod, nil},
		{"scan", "", "how strong each period is, beside the raster", func(m Model, _ string) (Model, tea.Cmd) { return m.scan() }, nil},
		{"go", "TIME", "move the cursor: 16:13:40, 2024-02-02T16:13:40Z, +90s, -10m", typedTime, nil},
		{"incident", "I12", "go to an incident", typedIncident, incidentIDs},
		{"compare", "PATH", "another dump or case against this one", typedCompare, nil},
		{"alerts", "[RULES.yaml]", "what Prometheus rules would have rung, on the timeline; @pack are those that come along", typedAlerts,
			func(_ *Model, s string) []string { return beginning([]string{"@pack"}, s) }},
		{"query", "EXPR", "evaluate PromQL or MetricsQL and plot it", func(m Model, s string) (Model, tea.Cmd) { return m.query(s) }, completeQuery},
		{"filter", "FILTER", "show only", func(m Model, s string) (Model, tea.Cmd) { return m.addFilter(s, false) }, completeFilter},
		{"hide", "FILTER", "hide", func(m Model, s string) (Model, tea.Cmd) { return m.addFilter(s, true) }, completeFilter},
		{"nofilter", "", "drop all filters", func(m Model, _ string) (Model, tea.Cmd) { m.filters = nil; return m.refilter() }, nil},
		{"note", "TEXT", "note on the time under the cursor", typedNote, nil},
		{"anchor", "TIME", "the wall time of the chosen clock's zero", typedAnchor, nil},
		{"facts", "PATH", "write clocks, marks and notes", typedFacts, nil},
		{"export", "PATH", "export the case or a report, by the path's extension", typedExport, func(m *Model, s string) []string { return beginning(m.ports.Exports, s) }},
		{"shot", "PATH", "save this screen as a picture (SVG)", typedShot, nil},
		{"cast", "[PATH]", "record the screen as a picture that moves (SVG); again: end it and write it", typedCast, nil},
		{"help", "", "list the keys", func(m Model, _ string) (Model, tea.Cmd) { return m.help() }, nil},
		{"screen", "N", "another screen, by its number", typedScreen, nil},
		{"quit", "", "leave", func(m Model, _ string) (Model, tea.Cmd) { return m.quit() }, nil},
		{"q!", "", "leave without asking", func(m Model, _ string) (Model, tea.Cmd) { return m, tea.Quit }, nil},
		{"w", "", "write clocks, marks and notes, to the file that is asked for", func(m Model, _ string) (Model, tea.Cmd) { return m.save() }, nil},
		{"wq", "", "write them to faultline.yaml and leave", writeAndLeave, nil},
	}
}

// command asks for a command.
func (m Model) command() (Model, tea.Cmd) {
	return m.ask(prompt{label: ":", history: "command", complete: completeCommand, accept: Model.run}, "")
}

// run does a command; a unique beginning of its name is enough.
func (m Model) run(text string) (Model, tea.Cmd) {
	name, arg, _ := strings.Cut(strings.TrimSpace(text), " ")
	arg = strings.TrimSpace(arg)
	if n, err := strconv.Atoi(name); err == nil && (m.screen == lines || n > int(screens)) {
		return m.toLine(n), nil
	} else if err == nil && n >= 1 {
		return m.show(screen(n - 1)), nil
	}
	var fit []verb
	for _, v := range verbs {
		if v.name == name && (arg != "" || name != compare.String()) {
			return v.call(m, arg)
		}
		if strings.HasPrefix(v.name, name) {
			fit = append(fit, v)
		}
	}
	for s := range screens {
		if s.String() == name && arg == "" {
			return m.show(s), nil
		}
	}
	if len(fit) == 1 {
		return fit[0].call(m, arg)
	}
	return m.fail(fmt.Errorf("no command %q; tab lists them", name)), nil
}

func (v *verb) call(m Model, arg string) (Model, tea.Cmd) {
	if v.args != "" && arg == "" && !v.optional() {
		return m.fail(fmt.Errorf(":%s needs %s", v.name, v.args)), nil
	}
	return v.do(m, arg)
}

func completeCommand(m *Model, text string) (out []string) {
	name, arg, has := strings.Cut(text, " ")
	for _, v := range verbs {
		switch {
		case has && v.name == name && v.complete != nil:
			for _, s := range v.complete(m, arg) {
				out = append(out, name+" "+s)
			}
		case !has && strings.HasPrefix(v.name, name):
			out = append(out, v.name)
		}
	}
	return out
}

func typedPeriod(m Model, arg string) (Model, tea.Cmd) {
	d, err := time.ParseDuration(arg)
	if err != nil {
		s, bare := strconv.ParseFloat(arg, 64)
		if bare != nil {
			return m.fail(fmt.Errorf(":period %s: not a duration such as 600s or 10m", arg)), nil
		}
		d = time.Duration(s * 1e9)
	}
	return m.show(raster).period(d.Seconds()), nil
}

// typedTime moves the cursor to a time, a time of its day, or by a duration.
func typedTime(m Model, arg string) (Model, tea.Cmd) {
	if st, n, ok := lex.RFC3339([]byte(arg)); ok && n == len(arg) {
		return m.goTo(parse.Time(st.Unix)), nil
	}
	if d, err := time.ParseDuration(arg); err == nil {
		if arg[0] == '+' || arg[0] == '-' {
			return m.goTo(m.cursor + parse.Time(d)), nil
		}
		if m.axis != wallClock {
			return m.goTo(parse.Time(d)), nil
		}
	}
	if at, _, ok := m.timeOfDay(arg); ok && m.axis == wallClock {
		return m.goTo(at), nil
	}
	return m.fail(fmt.Errorf(":go %s: not a time such as 16:13:40, 2024-02-02T16:13:40Z or +90s", arg)), nil
}

// timeOfDay reads a time of the day that the cursor is on, and how wide its
// last digit is.
func (m *Model) timeOfDay(arg string) (at parse.Time, width time.Duration, ok bool) {
	since, digit, ok := lex.DayTime([]byte(arg))
	day := time.Unix(0, int64(m.cursor)).In(m.display.Zone)
	t := time.Unix(0, since).UTC()
	at = parse.Time(time.Date(day.Year(), day.Month(), day.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), m.display.Zone).UnixNano())
	return at, time.Duration(digit), ok
}

func typedIncident(m Model, arg string) (Model, tea.Cmd) {
	for i := range m.c.Incidents {
		in := &m.c.Incidents[i]
		if !strings.EqualFold(in.ID, arg) && !strings.EqualFold(in.ID, "I"+arg) {
			continue
		}
		if int(in.Clock) != m.axis {
			m.axis = int(in.Clock)
			m.window = m.extent()
		}
		return m.goTo(in.Start).show(incident), nil
	}
	return m.fail(fmt.Errorf("no incident %s", arg)), nil
}

func incidentIDs(m *Model, prefix string) (out []string) {
	for i := range m.c.Incidents {
		out = append(out, m.c.Incidents[i].ID)
	}
	return beginning(out, strings.ToUpper(prefix))
}

func typedNote(m Model, arg string) (Model, tea.Cmd) {
	return m.remember(arg).say("noted"), nil
}

// toLine goes to the n-th line of the merged log, or to the last.
func (m Model) toLine(n int) Model {
	m = m.show(lines)
	l := m.merged()
	if p, ok := l.nth(min(max(n, 1), m.in.total) - 1); ok {
		return m.onPlace([]place{p})
	}
	return m.onPlace(nil)
}

func typedScreen(m Model, arg string) (Model, tea.Cmd) {
	n, err := strconv.Atoi(arg)
	if err != nil || n < 1 || n > int(screens) {
		return m.fail(fmt.Errorf(":screen %s: screens have the numbers 1 to %d", arg, screens)), nil
	}
	return m.show(screen(n - 1)), nil
}

// writeAndLeave leaves once what was said is written; a file that cannot be
// written keeps the screen.
func writeAndLeave(m Model, _ string) (Model, tea.Cmd) {
	if facts := m.facts(); facts.same(&m.kept) {
		return m, tea.Quit
	}
	if m.ports.SaveFacts == nil {
		return m.say("facts cannot be written here"), nil
	}
	ports, facts := m.ports, m.facts()
	return m, func() tea.Msg {
		if _, err := ports.SaveFacts("faultline.yaml", facts); err != nil {
			return errMsg{err}
		}
		return tea.QuitMsg{}
	}
}

// export asks for a path.
func (m Model) export() (Model, tea.Cmd) {
	if m.ports.Export == nil {
		return m.say("nothing can be exported here"), nil
	}
	return m.ask(prompt{label: "export to: ", complete: func(m *Model, s string) []string { return beginning(m.ports.Exports, s) },
		accept: typedExport}, "")
}

func typedExport(m Model, path string) (Model, tea.Cmd) {
	if m.ports.Export == nil {
		return m.say("nothing can be exported here"), nil
	}
	c, ports := m.c, m.ports
	var pass func(correlate.Point) bool
	if m.in != m.all {
		pass = m.in.has
	}
	if facts := m.facts(); !strings.HasSuffix(path, ".zip") { // only a case keeps what was said
		return m.say("exporting…"), answered(func() (string, error) { return ports.Export(c, path, facts, pass) })
	}
	return m.say("exporting…"), m.keep(func(f Facts) (string, error) {
		said, err := ports.Export(c, path, f, nil)
		if pass != nil && err == nil {
			said += "; it holds what the filters hide too"
		}
		return said, err
	})
}

// typedShot saves the screen as it would be without the prompt.
func typedShot(m Model, path string) (Model, tea.Cmd) {
	if m.ports.Shot == nil {
		return m.say("pictures cannot be saved here"), nil
	}
	var svg bytes.Buffer
	if err := m.frame().SVG(&svg, "faultline, "+m.screen.String()); err != nil {
		return m.fail(err), nil
	}
	ports := m.ports
	return m, answered(func() (string, error) { return "saved " + path, ports.Shot(path, svg.Bytes()) })
}

// copy copies the panel, or what is under the cursor.
func (m Model) copy() (Model, tea.Cmd) {
	text := m.pane().copied(&m)
	if m.panel != nil {
		text = strings.Join(m.panel.text, "\n")
	}
	if m.ports.Copy == nil || text == "" {
		return m.say("there is nothing to copy here"), nil
	}
	ports := m.ports
	return m, answered(func() (string, error) { return ports.Copy(text) })
}

func (m *Model) lineText(p correlate.Point) string {
	l := m.cache.lines[p]
	return report.Place(m.c, m.c.Ref(p)) + ": " + cmp.Or(l.raw, m.message(p))
}

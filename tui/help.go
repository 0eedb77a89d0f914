package tui

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate/words"
	"faultline/tui/chart"
)

// helpRow is one line of the help: what is pressed, where, and what it does.
type helpRow struct{ group, keys, where, help string }

// helpRows are the table of keys.
func helpRows() (out []helpRow) {
	for i := range keys {
		k := &keys[i]
		var names, where []string
		for _, name := range strings.Fields(k.keys) {
			names = append(names, shownKey(name))
		}
		for _, s := range k.on {
			where = append(where, s.String())
		}
		out = append(out, helpRow{k.group, strings.Join(names, " "), strings.Join(where, ", "), k.help})
	}
	return out
}

// help shows the keys over the screen, those of this screen first.
func (m Model) help() (Model, tea.Cmd) {
	var here, text []string
	group := ""
	for _, r := range helpRows() {
		line := fmt.Sprintf("%-20s %s", r.keys, r.help)
		if r.where != "" && strings.Contains(r.where, m.screen.String()) {
			here = append(here, line)
			continue
		}
		if r.where != "" {
			continue
		}
		if r.group != group {
			group = r.group
			text = append(text, "", group)
		}
		text = append(text, line)
	}
	if len(here) > 0 {
		here = append([]string{"On this screen"}, here...)
	}
	if p, ok := m.pane().(interface{ statistics(*Model) []string }); ok {
		here = append(p.statistics(&m), here...)
	}
	text = append(here, text...)
	text = append(text, "", "Commands, after :")
	for _, v := range verbs {
		text = append(text, fmt.Sprintf("%-20s %s", v.name+" "+v.args, v.help))
	}
	text = append(text, "", "Words")
	for _, t := range words.Glossary {
		text = append(text, fmt.Sprintf("%-20s %s", t.Name, t.Means))
	}
	m.panel = &panel{title: "keys", text: text, columns: max(m.w/76, 1)}
	return m, nil
}

// KeysPage is docs/keys.md: the tables of keys, commands and signs.
func KeysPage() string {
	var b strings.Builder
	b.WriteString("# Keys\n\nMade from the tables in tui/keys.go and tui/commands.go; `UPDATE=1 go test ./tui -run Keys` rewrites it.\n" +
		"Hands that know vim, less, lnav or k9s are at home. The mouse is off, so that the terminal selects text.\n")
	group := ""
	for _, r := range helpRows() {
		if r.group != group {
			group = r.group
			fmt.Fprintf(&b, "\n## %s\n\n| keys | where | what |\n| --- | --- | --- |\n", group)
		}
		var names []string
		for _, k := range strings.Fields(r.keys) {
			names = append(names, "`"+k+"`")
		}
		where := r.where
		if where == "" {
			where = "everywhere"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", strings.Join(names, " "), where, r.help)
	}
	b.WriteString("\n## Commands\n\n`:` asks for a command, `tab` completes it, `up` recalls earlier ones; a unique beginning is enough.\n\n| command | what |\n| --- | --- |\n")
	for _, v := range verbs {
		fmt.Fprintf(&b, "| `:%s` | %s |\n", strings.TrimSpace(v.name+" "+v.args), v.help)
	}
	b.WriteString("\n## Signs\n\nEach has a shape of its own; colour only repeats it.\n\n| sign | ASCII | what |\n| --- | --- | --- |\n")
	for _, s := range markers {
		fmt.Fprintf(&b, "| %c %c | `%c` `%c` | %s: one, several in one cell |\n", s.one, s.many, s.ascii, s.asc, s.name)
	}
	fmt.Fprintf(&b, "| %c | `%c` | nothing was captured then |\n| %c | `%c` | captured, and nothing happened |\n| %c | `%c` | a predicted tick |\n| %c | `%c` | a mark of yours, on the axis |\n",
		chart.Unicode.Hatch, chart.ASCII.Hatch, chart.Unicode.Base, chart.ASCII.Base, chart.Unicode.Grid, chart.ASCII.Grid,
		chart.Unicode.Flag, chart.ASCII.Flag)
	return b.String()
}

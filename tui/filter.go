package tui

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/correlate/words"
	"faultline/parse"
)

// filter is one chip: events to show, or to hide.
type filter struct {
	out          bool
	field, value string
	text         *regexp.Regexp // of the field "text"
	least        parse.Severity // of the field "severity"
}

// fields of a filter, in the order in which completion offers them.
var fields = []string{"kind", "source", "pod", "namespace", "target", "severity", "text"}

// parseFilter reads "kind=proxy.*" or "severity=warn"; what names no field is
// a regular expression over the line.
func parseFilter(s string, out bool) (f filter, err error) {
	f = filter{out: out, field: "text", value: strings.TrimSpace(s)}
	if key, value, ok := strings.Cut(f.value, "="); ok && slices.Contains(fields, strings.TrimSpace(key)) {
		f.field, f.value = strings.TrimSpace(key), strings.TrimSpace(value)
	}
	switch f.field {
	case "text":
		f.text, err = regexp.Compile(f.value)
	case "severity":
		if f.value == words.Severity(parse.Info.String()) { // what a finding is called beside its title
			f.value = parse.Info.String()
		}
		for f.least = parse.Trace; f.least.String() != f.value; f.least++ {
			if f.least > parse.Fatal {
				return f, fmt.Errorf("severity=%s: one of trace, debug, info, warn, error, fatal", f.value)
			}
		}
	default:
		_, err = path.Match(f.value, "")
	}
	if f.value == "" {
		err = fmt.Errorf("a filter needs a value: kind=proxy.*, or a regular expression")
	}
	return f, err
}

// String is the filter as it is typed.
func (f filter) String() string {
	if f.field == "text" {
		return f.value
	}
	return f.field + "=" + f.value
}

// holds says whether an event is what the filter names.
func (f *filter) holds(c *correlate.Case, ports *Ports, p correlate.Point) bool {
	glob := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { ok, err := path.Match(f.value, name); return err == nil && ok })
	}
	switch e := c.At(p); f.field {
	case "kind":
		return glob(c.KindName(e.Kind))
	case "source":
		name := c.SourceName(int(p.Stream))
		return glob(name, path.Base(name))
	case "pod":
		return glob(c.Who[p.Stream].Pod)
	case "namespace":
		return glob(c.Who[p.Stream].Namespace)
	case "target":
		return glob(c.Name(e.Target))
	case "severity":
		return e.Severity >= f.least
	}
	if ports.Detail == nil {
		return false
	}
	_, raw, err := ports.Detail(c, p)
	return err == nil && f.text.MatchString(raw)
}

// wanted makes one question of all filters: of the filters that show, one of
// each field must hold; of those that hide, none. Cheap fields are asked first.
func wanted(c *correlate.Case, ports *Ports, filters []filter) func(correlate.Point) bool {
	order := slices.Clone(filters)
	slices.SortStableFunc(order, func(a, b filter) int {
		return slices.Index(fields, a.field) - slices.Index(fields, b.field)
	})
	return func(p correlate.Point) bool {
		for i := 0; i < len(order); {
			field, in, asked := order[i].field, false, false
			for ; i < len(order) && order[i].field == field; i++ {
				switch f := &order[i]; {
				case f.out && f.holds(c, ports, p):
					return false
				case !f.out:
					asked = true
					in = in || f.holds(c, ports, p)
				}
			}
			if asked && !in {
				return false
			}
		}
		return true
	}
}

// filteredMsg brings the events that pass the filters of one turn.
type filteredMsg struct {
	turn int
	in   *index
}

// refilter picks the events anew, beside the screen.
func (m Model) refilter() (Model, tea.Cmd) {
	m.turn++
	if len(m.filters) == 0 || m.unfiltered {
		m.in = m.all
		return m.regroup(), nil
	}
	turn, c, ports, filters := m.turn, m.c, m.ports, slices.Clone(m.filters)
	return m.say("filtering…"), func() tea.Msg {
		return filteredMsg{turn, newIndex(c, wanted(c, &ports, filters))}
	}
}

// refiltered takes the events that pass, unless the filters have changed since.
func (m Model) refiltered(msg filteredMsg) Model {
	if msg.turn != m.turn {
		return m
	}
	m.in = msg.in
	m = m.regroup()
	said := fmt.Sprintf("%s of %s pass the filters", counted(m.in.total, "event"), number(m.all.total))
	if m.in.total == 0 {
		said += m.whyNone()
	}
	return m.say(said)
}

// whyNone says which of the filters no event is of, and what is nearest to it.
func (m *Model) whyNone() string {
	for _, f := range m.filters {
		names := completeFilter(m, f.field+"=")
		holds := func(n string) bool {
			n = strings.TrimPrefix(n, f.field+"=")
			return correlate.Glob(f.value, n) || f.field == "source" && correlate.Glob(f.value, path.Base(n))
		}
		if !f.out && len(names) > 0 && f.field != "severity" && !slices.ContainsFunc(names, holds) {
			if near := words.Nearest(f.String(), names); near != "" {
				return ": nothing is of " + report.Clean(f.String()) + "; the nearest is " + report.Clean(near)
			}
			return ": nothing is of " + report.Clean(f.String())
		}
	}
	return ""
}

// visibleGroup is a group as far as it passes the filters, with what the screens draw
// of it: the moments of each marker, and when it was captured.
type visibleGroup struct {
	*correlate.Group
	list  [][]correlate.Moment            // by marker, sorted
	whole [][]correlate.Moment            // the same without the filters
	of    []map[uint32][]correlate.Moment // what passes, by marker and stream
	cover []span
	// uncounted says that the failures are failed requests of which none counts.
	uncounted bool
}

// uncounted are the failed requests of a group where none of those that count was
// read: what the list of lines marks as a failure stands on the other screens too.
func (m *Model) uncounted(g *correlate.Group) (out []correlate.Moment) {
	for _, k := range parse.Kinds() {
		if markerOf(k) != failureMarker {
			continue
		}
		for _, p := range m.c.Of(k) {
			at, on := m.c.At(p).Time, correlate.ClockID(p.Stream)
			if a := &m.c.Anchors[p.Stream]; a.Placed() {
				at, on = at+a.Zero, correlate.Wall
			}
			if on == g.Clock {
				out = append(out, correlate.Moment{Point: p, At: at})
			}
		}
	}
	slices.SortFunc(out, func(a, b correlate.Moment) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Event, b.Event))
	})
	return out
}

// regroup makes the groups that are drawn.
func (m Model) regroup() Model {
	pass := func(lists ...[]correlate.Moment) (out []correlate.Moment) {
		if lists = slices.DeleteFunc(lists, func(l []correlate.Moment) bool { return len(l) == 0 }); len(lists) == 1 && m.in == m.all {
			return lists[0]
		}
		for _, list := range lists {
			for _, x := range list {
				if m.in == m.all || m.in.has(x.Point) {
					out = append(out, x)
				}
			}
		}
		slices.SortStableFunc(out, func(a, b correlate.Moment) int { return cmp.Compare(a.At, b.At) })
		return out
	}
	m.shown, m.stalled = nil, m.findBursts()
	for _, g := range m.c.ByClock() {
		d := &visibleGroup{Group: g, cover: spans(g.Coverage),
			list: [][]correlate.Moment{pass(g.Failures), pass(g.Failfast, g.Absent, g.Refused), pass(g.Stalls), pass(g.Probes)}}
		failures := g.Failures
		if len(m.c.Incidents) == 0 && len(failures) == 0 {
			failures, d.uncounted = m.uncounted(g), true
			d.list[failureMarker] = pass(failures)
		}
		d.whole = d.list
		if m.in != m.all {
			d.whole = [][]correlate.Moment{failures, join(g.Failfast, g.Absent, g.Refused), g.Stalls, g.Probes}
		}
		m.shown = append(m.shown, d)
	}
	return m
}

// join puts lists into one, by time.
func join(lists ...[]correlate.Moment) []correlate.Moment {
	out := slices.Concat(lists...)
	slices.SortStableFunc(out, func(a, b correlate.Moment) int { return cmp.Compare(a.At, b.At) })
	return out
}

// escaped is a name as a glob that nothing else matches.
func escaped(name string) string { return globSigns.Replace(name) }

// globSigns is made once: thousands of lanes have a filter each.
var globSigns = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// byStream are the moments of each marker by their stream, sorted out when the
// timeline first asks: a clock that is moved on another screen needs none.
func (d *visibleGroup) byStream() []map[uint32][]correlate.Moment {
	if d.of == nil {
		for _, list := range d.list {
			of := map[uint32][]correlate.Moment{}
			for _, k := range list {
				of[k.Stream] = append(of[k.Stream], k)
			}
			d.of = append(d.of, of)
		}
	}
	return d.of
}

// addFilter is called with what was typed after f or F.
func (m Model) addFilter(s string, out bool) (Model, tea.Cmd) {
	f, err := parseFilter(s, out)
	if err != nil {
		return m.fail(err), nil
	}
	m.filters = append(slices.Clone(m.filters), f)
	m.unfiltered = false
	return m.refilter()
}

// suggestFilter is what the event under the cursor would be filtered by.
func (m *Model) suggestFilter() string {
	if m.screen == lines || m.screen == incident {
		if p, ok := m.current(); ok {
			return "kind=" + m.c.KindName(m.c.At(p).Kind)
		}
	}
	return "kind="
}

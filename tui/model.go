package tui

import (
	"math"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/parse"
	"faultline/tui/chart"
	_ "faultline/tui/unasked" // before bubbletea is initialised
)

// Model is the state of the screen. It is a value: every key gives a new one.
type Model struct {
	c       *correlate.Case
	ports   Ports
	display Display
	w, h    int

	screen screen
	panes  [screens]pane
	trail  []screen // where esc goes back to
	prefix string   // the first key of "]i"
	count  int      // typed before a key, 0 for none
	prompt *prompt
	panel  *panel
	status string
	failed bool // status tells of a failure

	view        // what all screens share
	filterState // which events are shown
	userFacts   // what the user told of the case
	history     map[string][]string
	cast        *cast // nil while nothing is recorded
	hits        hits

	cache     *lineCache
	roster    *roster
	lanesMade *lanesOf // the lanes as they were last
	waiting   *wait    // while there is no case yet
	begin     tea.Cmd  // reads the case
}

// view is what all screens share: the clock, the stretch of it that is shown,
// the cursor, the event that the cursor is on if it is on one, the selection.
type view struct {
	axis     int
	window   span
	cursor   parse.Time
	point    correlate.Point
	onPoint  bool
	brush    *parse.Time // where a selection was begun
	selected *span
}

// filterState are the filters and what passes them.
type filterState struct {
	filters    []filter
	unfiltered bool // the filters are there, but off
	turn       int  // of filtering
	all, in    *index
	shown      []*visibleGroup
	stalled    []burst
}

// userFacts is what the user told of the case: marks, notes and clocks.
type userFacts struct {
	marks  []mark
	kept   Facts  // what was written of it
	warned *Facts // what is lost by leaving, if that was said
	shift  shift
}

// New makes the screen of a case.
func New(c *correlate.Case, ports Ports, display Display) Model {
	m := Model{ports: ports, display: display.ready(), cache: &lineCache{}}
	return m.open(c, newIndex(c, nil))
}

// open shows a case from its beginning.
func (m Model) open(c *correlate.Case, all *index) Model {
	m.c, m.waiting = c, nil
	m.all, m.in = all, all
	m.panes = firstPanes()
	m.roster, m.lanesMade = newRoster(c), &lanesOf{}
	m = m.regroup()
	m.axis = axes(c)[0]
	if at := m.incidentTimes(); len(at) == 0 && len(c.Incidents) > 0 {
		m.axis = int(c.Incidents[0].Clock)
	}
	m.window = m.core()
	m.cursor = m.window.from
	if at := m.incidentTimes(); len(at) > 0 {
		m.cursor = m.window.clamp(at[0])
	}
	m.marks = marksOf(c)
	m.kept = m.facts()
	m.panes[raster] = newFold(&m)
	return m
}

// Init reads the case, if there is none yet.
func (m Model) Init() tea.Cmd { return m.begin }

// Update takes a key, a size or what a command brought, and then asks for the
// lines that have come into view.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
	case tea.KeyMsg:
		m, cmd = m.burst(msg)
	case tea.MouseMsg:
		m, cmd = m.wheel(msg)
	case Progress:
		if m.c == nil {
			m = m.progressed(msg)
		}
	case opened:
		was := m.waiting
		m.ports = msg.ports
		m, cmd = m.open(msg.c, msg.all).arrive(was)
		for _, text := range m.ports.Commands {
			var more tea.Cmd
			m, more = m.run(text)
			cmd = tea.Batch(cmd, more)
		}
	case judgedMsg:
		m, cmd = m.judged(msg)
	case filteredMsg:
		m = m.refiltered(msg)
	case linesMsg:
		m.cache.take(msg)
	case unexplainedMsg:
		m.cache.unexplained = msg
	case rangMsg:
		m = m.rang(msg)
	case comparedMsg:
		m = m.compared(msg)
	case plottedMsg:
		m = m.plotted(msg)
	case panelledMsg:
		m, cmd = m.panelled(msg)
	case lanedMsg:
		m = m.laned(msg)
	case scannedMsg:
		m = m.scanned(msg)
	case foundMsg:
		m = m.found(msg)
	case countedMsg:
		m = m.countedHits(msg)
	case panelMsg:
		_, h := m.body()
		m.panel, m.status = &panel{title: msg.title, text: msg.text, top: max(msg.at-h/2, 0), raw: msg.raw}, ""
	case keptMsg:
		m.kept = msg.kept
		m = m.say(msg.said)
	case castMsg:
		m.cast = nil
		m = m.say(string(msg))
	case saidMsg:
		m = m.say(string(msg))
	case errMsg:
		m = m.fail(msg.err)
	}
	if m.c == nil {
		return m, cmd
	}
	var more tea.Cmd
	if p, ok := m.pane().(interface{ need(Model) (Model, tea.Cmd) }); ok && m.shift.judging == nil {
		m, more = p.need(m)
	}
	return m.recorded(time.Now()), tea.Batch(cmd, m.readLines(), m.askUnexplained(), more)
}

// burst takes the keys that came together: over a slow line several letters
// arrive as one message. What is pasted is for the prompt alone.
func (m Model) burst(k tea.KeyMsg) (Model, tea.Cmd) {
	if k.Type != tea.KeyRunes || len(k.Runes) < 2 || k.Alt {
		return m.key(k)
	}
	if k.Paste && m.prompt == nil && m.c != nil {
		return m.say("pasted text is for a prompt: : / f and i open one"), nil
	}
	var all []tea.Cmd
	for _, r := range k.Runes {
		var cmd tea.Cmd
		m, cmd = m.key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
		all = append(all, cmd)
	}
	return m, tea.Sequence(all...)
}

// key is a key that was pressed: for the prompt, for the panel, or for the
// table.
func (m Model) key(k tea.KeyMsg) (Model, tea.Cmd) {
	name := k.String()
	switch {
	case m.c == nil:
		return m.early(k)
	case m.prompt != nil:
		return m.typed(k)
	}
	warned := m.failed
	m.status, m.failed = "", false
	if name == "esc" && warned && m.panel == nil {
		return m, nil // it took the warning away, and does not leave as well
	}
	if digit, ok := m.counting(name); ok && m.prefix == "" {
		return m.counted(digit), nil
	}
	if name == "esc" && m.count > 0 {
		m.count = 0
		return m, nil
	}
	if m.panel != nil {
		if out, ok := m.scroll(name); ok {
			out.count = 0
			return out, nil
		}
	}
	if m.prefix != "" {
		name, m.prefix = m.prefix+name, ""
	} else if prefixes[name] {
		m.prefix = name
		return m, nil
	}
	if b := lookup(name, m.screen); b != nil {
		out, cmd := b.do(m)
		out.count = 0
		return out, cmd
	}
	m.count = 0
	return m.say(shownKey(name) + " does nothing here; ? lists the keys"), nil
}

// View draws the screen.
func (m Model) View() string {
	if m.w == 0 || m.h == 0 {
		return ""
	}
	b := m.frame()
	if m.cast != nil { // the recording itself does not show it
		b.Right(m.w-1, 0, " recording ", chart.Alarm)
	}
	return b.Render(m.display.palette)
}

// goTo moves the cursor to a time, and the window with it.
func (m Model) goTo(t parse.Time) Model {
	t = m.extent().clamp(t)
	m.cursor, m.onPoint = t, false
	if !m.window.has(t) {
		m.window = m.slide(m.window.shift(t - m.window.from - m.window.len()/2))
	}
	if m.brush != nil {
		s := span{min(*m.brush, t), max(*m.brush, t)}
		m.selected = &s
	}
	return m
}

// slide keeps a window inside of what was captured.
func (m *Model) slide(s span) span {
	all := m.extent()
	if s.len() >= all.len() {
		return all
	}
	if s.from < all.from {
		return s.shift(all.from - s.from)
	}
	if s.to > all.to {
		return s.shift(all.to - s.to)
	}
	return s
}

// zoom makes the window longer or shorter round the cursor.
func (m Model) zoom(by float64) Model {
	all := m.extent()
	length := parse.Time(math.Round(float64(m.window.len()) * by))
	length = min(max(length, 10e6), all.len()) // ten milliseconds at least
	share := float64(m.cursor-m.window.from) / float64(max(m.window.len(), 1))
	from := m.cursor - parse.Time(share*float64(length))
	m.window = m.slide(span{from, from + length})
	return m
}

// show goes to another screen; esc comes back.
func (m Model) show(s screen) Model {
	if s == m.screen {
		return m
	}
	if n := len(m.trail); n > 20 {
		m.trail = m.trail[n-20:]
	}
	m.trail = append(m.trail[:len(m.trail):len(m.trail)], m.screen)
	m.screen = s
	return m
}

// say shows a message until the next key.
func (m Model) say(s string) Model {
	m.status, m.failed = s, false
	return m
}

// warn shows a message that must not be overlooked.
func (m Model) warn(s string) Model {
	m.status, m.failed = s, true
	return m
}

// fail shows what went wrong.
func (m Model) fail(err error) Model {
	m.status, m.failed = err.Error(), true
	return m
}

// saidMsg and errMsg are what a command has to say.
type (
	saidMsg string
	errMsg  struct{ err error }
)

// answered runs a port beside the screen, and shows what it says.
func answered(f func() (string, error)) tea.Cmd {
	return func() tea.Msg {
		s, err := f()
		if err != nil {
			return errMsg{err}
		}
		return saidMsg(s)
	}
}

// body is how much room a screen has.
func (m *Model) body() (w, h int) { return m.w, max(m.h-headLines-footLines, 1) }

// column is how much time one column of the timeline is.
func (m *Model) column() parse.Time {
	return max(m.window.len()/parse.Time(max(m.w-laneLabel, 1)), 1)
}

// paint is the style of a text that a port or a log gave.
func (m *Model) paint() chart.Style {
	if m.failed {
		return chart.Alarm
	}
	return chart.Accent
}

package tui

import (
	"fmt"
	"math"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/parse"
)

// binding is one row of the table: keys, what they do, and where.
type binding struct {
	// keys are separated by spaces, as bubbletea names them.
	keys string
	// group and help stand in the help and in docs/keys.md; bar is the word in
	// the bar at the foot, "" for none.
	group, help, bar string
	// on lists the screens where it works, and shows those whose bar has it;
	// nil is all.
	on, shows []screen
	do        func(Model) (Model, tea.Cmd)
}

// prefixes begin a pair of keys.
var prefixes = map[string]bool{"]": true, "[": true}

// Keys that messages name.
const (
	anchorKey   = "a"
	rejectKey   = "R"
	noteKey     = "c"
	nextMarkKey = "u"
	saveKey     = "ctrl+s"
	quitKey     = "q"
)

// keys is the one table of all keys: Update looks them up here, and the bar,
// the help and docs/keys.md are made of it. Of two rows with one key the first
// that works on a screen is meant.
var keys []binding

func init() { // the functions refer to the table
	for s := range screens {
		k := &screenTable[s]
		keys = append(keys, binding{fmt.Sprintf("%d f%d", s+1, s+1), "Screens", k.name + ": " + k.help, "", nil, nil, showing(s)})
	}
	keys = slices.Concat(keys, linesKeys, timelineKeys, screenKeys, moveKeys, timeKeys, findKeys, rasterKeys, clockKeys, keepKeys,
		otherKeys, earlyKeys)
	for s := range compare {
		keys = append(keys, binding{fmt.Sprint(int(s) + 1), "While reading", "open on " + s.String(), "", []screen{reading}, nil, opensOn(s)})
	}
}

var screenKeys = []binding{
	{"tab", "Screens", "the next screen", "", nil, nil, turning(1)},
	{"shift+tab", "Screens", "the screen before", "", nil, nil, turning(-1)},
	{"enter", "Screens", "open what is under the cursor, down to the line in its file", "open", nil, nil, entering},
	{"esc backspace", "Screens", "leave the selection, else go back", "", nil, nil, Model.leave},
}

var moveKeys = []binding{
	{"j down ctrl+e", "Move", "down: the next row, cycle or incident", "", nil, nil, moving(1)},
	{"k up ctrl+y", "Move", "up", "", nil, nil, moving(-1)},
	{"h left", "Move", "left: one column earlier", "", nil, nil, stepping(-1)},
	{"l right", "Move", "right: one column later", "", nil, nil, stepping(1)},
	{"H shift+left", "Move", "left by ten columns", "", nil, nil, stepping(-10)},
	{"L shift+right", "Move", "right by ten columns", "", nil, nil, stepping(10)},
	{"ctrl+d ctrl+f pgdown space", "Move", "down by a page", "", nil, nil, paging(1)},
	{"ctrl+u ctrl+b pgup", "Move", "up by a page", "", nil, nil, paging(-1)},
	{"g home", "Move", "to the beginning", "", nil, nil, ending(false)},
	{"G end", "Move", "to the end", "", nil, nil, ending(true)},
	{"]i", "Move", "to the next incident", "incident", nil, []screen{overview, timeline, raster, incident, metrics, lines}, jumping(1, (*Model).incidentTimes, "incident")},
	{"[i", "Move", "to the incident before", "", nil, nil, jumping(-1, (*Model).incidentTimes, "incident")},
	{"]p", "Move", "to the next predicted tick", "", nil, nil, jumping(1, (*Model).tickTimes, "predicted tick")},
	{"[p", "Move", "to the predicted tick before", "", nil, nil, jumping(-1, (*Model).tickTimes, "predicted tick")},
	{"alt+1 … alt+9", "Move", "a count for the next key: alt+1 2 j is twelve down, alt+5 G the fifth row; over a panel without alt", "", nil, nil, Model.whatCounts},
	{"e", "Move", "to the next failure", "", nil, nil, jumping(1, (*Model).failureTimes, "failure")},
	{"E", "Move", "to the failure before", "", nil, nil, jumping(-1, (*Model).failureTimes, "failure")},
	{"w", "Move", "to the next warning sign: a symptom or a stall", "", nil, nil, jumping(1, (*Model).warningTimes, "symptom or stall")},
	{"W", "Move", "to the warning sign before", "", nil, nil, jumping(-1, (*Model).warningTimes, "symptom or stall")},
}

var timeKeys = []binding{
	{"+ =", "Time", "a longer period, by 1 s", "period", []screen{raster}, nil, tuning(1)},
	{"- _", "Time", "a shorter period, by 1 s", "", []screen{raster}, nil, tuning(-1)},
	{"z + =", "Time", "zoom in round the cursor", "zoom", []screen{overview, timeline, metrics}, nil, zooming(0.5)},
	{"z", "Time", "zoom in round the cursor", "", nil, nil, zooming(0.5)},
	{"Z - _", "Time", "zoom out", "", nil, nil, zooming(2)},
	{"0", "Time", "show all the time of proxies and controllers; again: all there is", "", nil, nil, Model.fit},
	{"v", "Time", "begin or end a selection; moving extends it", "select", nil, []screen{timeline, raster, metrics, lines}, Model.brushing},
	{"V", "Time", "zoom to the selection", "", nil, nil, Model.zoomSelection},
	{"b", "Time", "explain the selection against its baseline", "explain", nil, []screen{timeline, raster}, Model.explain},
	{"t", "Time", "the next clock: the wall's, then those of processes that have no anchor", "", nil, nil, Model.nextAxis},
}

var findKeys = []binding{
	{"/", "Find", "search the lines (regular expression), up recalls earlier ones; in a list, show the rows with a text", "search", nil, []screen{lines, clocks, findings}, Model.search},
	{"n", "Find", "the next hit", "", nil, nil, hitting(1)},
	{"N", "Find", "the hit before", "", nil, nil, hitting(-1)},
	{"f", "Find", "show only: kind=proxy.* source= pod= target= severity= or a regular expression", "filter", nil, []screen{lines, timeline, raster}, filtering(false)},
	{"F", "Find", "hide", "", nil, nil, filtering(true)},
	{"&", "Find", "all filters off, and on again", "", nil, nil, Model.toggleFilters},
	{"D", "Find", "drop the last filter", "", nil, nil, Model.dropFilter},
}

// linesKeys stand before the others, some of which mean something else on the
// other screens.
var linesKeys = []binding{
	{"w", "Lines", "wrap long lines, or cut them", "wrap", []screen{lines}, nil, relining((*linesPane).turnWrap)},
	{"o", "Lines", "fold repeats, or show each", "", []screen{lines}, nil, relining((*linesPane).turnFold)},
	{"C", "Lines", "the lines around this one in its file, whatever they are", "context", []screen{lines}, nil, Model.context},
	{"T", "Lines", "what the lines of the window say, by template, with counts", "templates", []screen{lines}, nil, Model.templates},
	{"d", "Lines", "the whole of the line below the list, or not", "", []screen{lines}, nil, relining((*linesPane).turnDetail)},
}

var timelineKeys = []binding{
	{"M", "Timeline", "a lane of PromQL over metrics and events; empty takes them away", "metric", []screen{timeline}, nil, Model.addLane},
	{"o", "Timeline", "a lane a process, or a lane a workload", "workloads", []screen{timeline}, nil, Model.foldLanes},
}

var rasterKeys = []binding{
	{".", "Raster", "a longer period, by 0.1 s", "", []screen{raster}, nil, tuning(0.1)},
	{",", "Raster", "a shorter period, by 0.1 s", "", []screen{raster}, nil, tuning(-0.1)},
	{"} {", "Raster", "the next of the periods that are tested", "", []screen{raster}, nil, Model.nextPeriod},
	{"o", "Raster", "count from the wall clock, or from each process's own start", "own start", []screen{raster}, nil, Model.turnFold},
	{"s", "Raster", "whose statistics: all failures, all stalls, each process", "series", []screen{raster}, nil, Model.nextSeries},
	{"S", "Raster", "scan all periods, and draw how strong each is", "scan", []screen{raster}, nil, Model.scan},
	{"p", "Raster", "fold at the period that was found", "", nil, nil, Model.foldAtPeriod},
}

var clockKeys = []binding{
	{">", "Clocks", "move the clock's zero later, by 1 s", "", []screen{clocks}, nil, shifting(1)},
	{"<", "Clocks", "move the clock's zero earlier, by 1 s", "> move", []screen{clocks}, nil, shifting(-1)},
	{".", "Clocks", "later, by 0.1 s", "", []screen{clocks}, nil, shifting(0.1)},
	{",", "Clocks", "earlier, by 0.1 s", "", []screen{clocks}, nil, shifting(-0.1)},
	{"}", "Clocks", "later, by a minute, or to the next place that fits", "", []screen{clocks}, nil, striding(1)},
	{"{", "Clocks", "earlier, by a minute, or to the place before that fits", "", []screen{clocks}, nil, striding(-1)},
	{anchorKey, "Clocks", "give the wall time of the clock's zero", "anchor", []screen{clocks}, nil, Model.giveAnchor},
	{anchorKey, "Clocks", "say when this line happened: 13:22:32", "", []screen{lines}, nil, Model.giveTime},
	{"A", "Clocks", "accept the anchor as it stands, or one that fits, as yours", "accept", []screen{clocks}, nil, Model.accept},
	{rejectKey, "Clocks", "reject: take back what you said of this clock, else keep it open", "reject", []screen{clocks}, nil, Model.reject},
}

var keepKeys = []binding{
	{"m", "Keep", "mark this time, or unmark it", "mark", nil, []screen{timeline, incident, lines}, Model.mark},
	{noteKey, "Keep", "a note on this time", "", nil, nil, Model.annotate},
	{nextMarkKey + " '", "Keep", "to the next mark", "", nil, nil, marking(1)},
	{"U", "Keep", "to the mark before", "", nil, nil, marking(-1)},
	{"y", "Keep", "copy what is under the cursor (OSC 52, or a file)", "copy", nil, []screen{incident, lines, findings}, Model.copy},
	{"x", "Keep", "export the case or a report", "export", nil, []screen{overview, findings}, Model.export},
	{saveKey, "Keep", "write clocks, marks and notes to a facts file", "", nil, nil, Model.save},
}

var otherKeys = []binding{
	{"i", "Other", "type an expression", "query", []screen{metrics}, nil, Model.typeQuery},
	{"i", "Other", "run the query of the chosen finding", "query", []screen{findings}, nil, Model.runQuery},
	{":", "Other", "a command; tab completes", "command", nil, nil, Model.command},
	{"?", "Other", "this help", "", nil, nil, Model.help},
	{"ctrl+l", "Other", "draw the screen anew", "", nil, nil, Model.redraw},
	{"ctrl+z", "Other", "to the shell and back with fg", "", nil, nil, func(m Model) (Model, tea.Cmd) { return m, tea.Suspend }},
	{quitKey + " ctrl+c", "Other", "quit; asks again if clocks or marks are not written", "", nil, nil, Model.quit},
}

// earlyKeys work while a case is read. All others are kept until it is there.
var earlyKeys = []binding{
	{"h left", "While reading", "left in the first picture", "", []screen{reading}, nil, earlyStep(-1)},
	{"l right", "While reading", "right", "", []screen{reading}, nil, earlyStep(1)},
	{"H shift+left", "While reading", "left by ten columns", "", []screen{reading}, nil, earlyStep(-10)},
	{"L shift+right", "While reading", "right by ten columns", "", []screen{reading}, nil, earlyStep(10)},
	{"g home", "While reading", "to the beginning", "", []screen{reading}, nil, earlyEnd(false)},
	{"G end", "While reading", "to the end of what was read", "", []screen{reading}, nil, earlyEnd(true)},
	{"e", "While reading", "to the next failure", "", []screen{reading}, nil, earlyJump(1, ofMarker(failureMarker))},
	{"E", "While reading", "to the failure before", "", []screen{reading}, nil, earlyJump(-1, ofMarker(failureMarker))},
	{"w", "While reading", "to the next symptom or stall", "", []screen{reading}, nil, earlyJump(1, ofWarning)},
	{"W", "While reading", "to the symptom or stall before", "", []screen{reading}, nil, earlyJump(-1, ofWarning)},
	{"z + =", "While reading", "zoom in round the cursor", "", []screen{reading}, nil, earlyZoom(0.5)},
	{"Z - _", "While reading", "zoom out", "", []screen{reading}, nil, earlyZoom(2)},
	{"0", "While reading", "show all that was read", "", []screen{reading}, nil, Model.earlyFit},
	{"t", "While reading", "the other clock: the wall's, or each process's own", "", []screen{reading}, nil, Model.earlyAxis},
	{"esc", "While reading", "drop the keys that are kept until the case is there", "", []screen{reading}, nil, Model.forget},
	{"q ctrl+c", "While reading", "quit", "", []screen{reading}, nil, Model.quit},
}

// works says whether a binding is meant on a screen.
func (b *binding) works(s screen) bool {
	return b.on == nil && s != reading || slices.Contains(b.on, s)
}

// lookup finds what a key does on a screen; nil for nothing.
func lookup(name string, s screen) *binding {
	if name == " " {
		name = "space"
	}
	for i := range keys {
		if keys[i].works(s) && slices.Contains(strings.Fields(keys[i].keys), name) {
			return &keys[i]
		}
	}
	return nil
}

// shown is the first of a binding's keys as people write it.
func (b *binding) shown() string {
	return shownKey(strings.Fields(b.keys)[0])
}

func shownKey(name string) string {
	if name == " " {
		return "space"
	}
	return name
}

func showing(s screen) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) { return m.show(s), nil }
}

func turning(by int) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) {
		n := int(m.shownScreens())
		return m.show(screen((int(m.screen) + by + n) % n)), nil
	}
}

func stepping(columns int) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) {
		return m.pane().side(m, columns*m.times()), nil
	}
}

func entering(m Model) (Model, tea.Cmd) { return m.pane().enter(m) }

// ending goes to an end; with a count, to that row.
func ending(last bool) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) {
		switch {
		case m.count > 0 && m.screen == lines:
			return m.toLine(m.count), nil
		case m.count > 0:
			m = m.pane().end(m, false)
			return m.pane().down(m, m.count-1), nil
		}
		return m.pane().end(m, last), nil
	}
}

func zooming(by float64) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) { return m.zoom(math.Pow(by, float64(min(m.times(), 60)))), nil }
}

func moving(by int) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) { return m.pane().down(m, by*m.times()), nil }
}

func paging(by int) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) {
		_, h := m.body()
		return m.pane().down(m, by*max(h-4, 1)*m.times()), nil
	}
}

func marking(by int) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) { return m.nextMark(by * m.times()) }
}

func tuning(by float64) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) { return m.period(m.fold().period + by*float64(m.times())), nil }
}

func shifting(by float64) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) { return m.moveClock(nanos(by) * parse.Time(m.times())) }
}

func striding(by int) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) { return m.strideClock(by * m.times()) }
}

func hitting(by int) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) { return m.hit(by * m.times()) }
}

func filtering(out bool) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) { return m.typeFilter(out) }
}

package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/tui/chart"
)

// pane is one screen: how it draws, and what the keys that every screen has do
// on it. A pane is a value: one with a state of its own puts the changed value
// back into Model.panes, so that an earlier Model stays what it was.
type pane interface {
	// view draws the screen between the lines at the head and at the foot.
	view(m *Model, b *chart.Block)
	// down moves by rows, whatever the rows of the screen are.
	down(m Model, by int) Model
	// stride is how much time one column is.
	stride(m *Model) parse.Time
	// side moves by columns.
	side(m Model, columns int) Model
	// end goes to the first or the last of what the screen shows.
	end(m Model, last bool) Model
	// enter opens what is under the cursor.
	enter(m Model) (Model, tea.Cmd)
	// copied is the text that y copies.
	copied(m *Model) string
	// points are the events whose lines the screen shows.
	points(m *Model) []correlate.Point
}

// screen is one of the views.
type screen uint8

const (
	overview screen = iota
	timeline
	raster
	incident
	metrics
	clocks
	findings
	lines
	compare
	screens
	reading = screens // what is shown while there is no case yet
)

// screenTable names the screens in the order of their keys, says what each is
// for, and gives each pane as it is at first.
var screenTable = [screens]struct {
	name, help string
	first      pane
}{
	overview: {"overview", "the verdict, the strip of time, the incidents", overviewPane{}},
	timeline: {"timeline", "a lane a process", timelinePane{}},
	raster:   {"raster", "a row per cycle, phase across", rasterPane{}},
	incident: {"incident", "what all sources say around it", incidentPane{}},
	metrics:  {"metrics", "PromQL over metrics and events", metricsPane{}},
	clocks:   {"clocks", "every source's clock, and moving it", clocksPane{}},
	findings: {"findings", "what was found and tested, with its proof", findingsPane{}},
	lines:    {"lines", "the merged log", linesPane{}},
	compare:  {"compare", "another case against this one", comparePane{}},
}

// String is the screen's name.
func (s screen) String() string {
	if s == reading {
		return "while reading"
	}
	return screenTable[s].name
}

// firstPanes are the panes of a case that was just opened.
func firstPanes() (out [screens]pane) {
	for s := range out {
		out[s] = screenTable[s].first
	}
	return out
}

// pane is the one that is shown.
func (m *Model) pane() pane { return m.panes[m.screen] }

// onTime is what a screen does whose axis is time: rows are incidents, columns
// are the timeline's.
type onTime struct{}

func (onTime) down(m Model, by int) Model {
	return m.leaps(m.incidentTimes(), by)
}

func (onTime) stride(m *Model) parse.Time { return m.column() }

func (onTime) side(m Model, columns int) Model {
	return m.goTo(m.cursor + m.stride()*parse.Time(columns))
}

func (onTime) end(m Model, last bool) Model {
	if last {
		return m.goTo(m.extent().to)
	}
	return m.goTo(m.extent().from)
}

func (onTime) enter(m Model) (Model, tea.Cmd) { return m.openNearest(), nil }

func (onTime) copied(m *Model) string {
	return strings.Join(report.Say(m.c, m.display.Zone).Sentences(), " ")
}

func (onTime) points(*Model) []correlate.Point { return nil }

// stride is how much time one column of the screen is.
func (m *Model) stride() parse.Time { return m.pane().stride(m) }

// clampRow keeps a row inside of a list of n.
func clampRow(row, n int) int { return min(max(row, 0), max(n-1, 0)) }

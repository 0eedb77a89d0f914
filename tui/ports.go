package tui

import (
	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
)

// Ports are what the screen asks others to do. All but Judge may block; they
// run beside the screen. A nil port is a feature that is not there, and the
// screen says so when it is asked for.
type Ports struct {
	// Judge judges the capture again with the anchors and capture times that
	// the user gave on the screen, before all that was given otherwise.
	Judge func(said correlate.Options) *correlate.Case
	// Open reads and judges another dump or case, to compare with.
	Open func(path string) (*correlate.Case, error)
	// Alerts evaluates a file of Prometheus rules over a case.
	Alerts func(c *correlate.Case, rules string) ([]Alert, error)
	// Commands are run as if they were typed after ":" when the case is there.
	Commands []string
	// Detail reads an event's line again and takes it apart; raw is the line.
	Detail func(*correlate.Case, correlate.Point) (d parse.Detail, raw string, err error)
	// Unexplained reads the lines of level error that are in no event, and says
	// how many more are harmless.
	Unexplained func(*correlate.Case) (list []report.Unexplained, harmless int)
	// Raw reads the lines from one number to another of an event's source, as
	// they stand there.
	Raw func(c *correlate.Case, p correlate.Point, from, to int) ([]string, error)
	// Query evaluates PromQL or MetricsQL from and to a time, ns since 1970.
	Query func(c *correlate.Case, expr string, from, to, step parse.Time) ([]Curve, error)
	// Board are queries to show at once, as far as the case answers them.
	Board []Query
	// Complete lists what may follow a prefix of an expression.
	Complete func(c *correlate.Case, prefix string) []string
	// Explain says how a stretch of time differs from what is usual.
	Explain func(c *correlate.Case, from, to parse.Time) ([]string, error)
	// Export writes the case in the form that the path's extension names, a list
	// of events without those that pass says no to (nil is all), and Exports are
	// the names to offer. It says what was written.
	Export  func(c *correlate.Case, path string, facts Facts, pass func(correlate.Point) bool) (said string, err error)
	Exports []string
	// Copy puts text on the clipboard and says how.
	Copy func(text string) (said string, err error)
	// SaveFacts writes what the user said about the case.
	SaveFacts func(path string, facts Facts) (said string, err error)
	// Shot writes a picture of the screen.
	Shot func(path string, svg []byte) error
}

// Query is an expression with a name that says what it is.
type Query struct{ Name, Expr string }

// Curve is one line of a plot: a time in ns since 1970 and a value for each
// sample.
type Curve struct {
	Name string
	// Labels are those of its series but for the metric's name, as label="value".
	Labels []string
	Times  []parse.Time
	Values []float64
}

// Facts are what the user said on the screen, and who that is: where clocks
// begin, and what is worth remembering. What a facts file of the dump says
// already is not among them.
type Facts struct {
	Anchors  []correlate.AnchorRule
	Captured []correlate.CaptureRule
	Marks    []correlate.Mark
	By       string
}

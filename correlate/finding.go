package correlate

import "faultline/parse"

// Finding is one sentence that an expert would have said, with its proof and
// the next step. Package rules makes them; a finding without evidence is a bug.
type Finding struct {
	// ID is "F1", "F2"… in order of rank; Rule names the rule that made it.
	ID, Rule string
	Severity Severity
	// Title is one sentence fit for an issue; Detail says what it means, what
	// speaks against it, and what would change it.
	Title, Detail string
	Confidence    Confidence
	// Evidence supports it; Against contradicts it and stands beside it.
	Evidence, Against []Evidence
	// Query is PromQL that shows it, "" when none does.
	Query string
	// Next are steps a person can take, most useful first.
	Next []string
}

// Severity of a finding: critical, warning or info.
type Severity uint8

// Severities, least first, so that they compare.
const (
	Info Severity = iota
	Warning
	Critical
)

// String is the severity in the words of the contract.
func (s Severity) String() string {
	return [...]string{"info", "warning", "critical"}[min(s, Critical)]
}

// Confidence in a finding: high, medium or low.
type Confidence uint8

// Confidences, least first.
const (
	Low Confidence = iota
	Medium
	High
)

// String is the confidence in the words of the contract.
func (c Confidence) String() string { return [...]string{"low", "medium", "high"}[min(c, High)] }

// Evidence is what a finding rests on: a line, or a stretch of one metric
// series.
type Evidence struct {
	parse.Ref
	// Series is 1 + the index in Capture.Series; 0 for a line.
	Series int
	// From and To bound the stretch, ns since 1970.
	From, To parse.Time
}

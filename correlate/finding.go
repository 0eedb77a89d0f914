package correlate

import "faultline/parse"

// Finding is one sentence that an expert would have said, with its proof and
// the next step. Package rules makes them; a finding without evidence is a bug.
type Finding struct {
	// ID is "F1", "F2"… in order of rank; Rule names the rule that made it.
	ID, Rule string
	// Diagnosis is the code of docs/diagnoses.md that it says, "" for context;
	// Where is where the failure arises, which need not be where it was printed.
	Diagnosis string
	Where     Where
	// Facets are what the diagnosis leaves open, by name: the knob, the
	// product, the target, the address.
	Facets map[string]string
	// Count is how many events it rests on, First and Last their wall times in
	// ns since 1970; 0 where none of them has one.
	Count       int
	First, Last parse.Time
	// Counted is how many of these are failed requests of an incident, in
	// whatever layer they were logged.
	Counted int
	// Apart says that there are incidents, and that nothing which was read connects
	// the finding with one: not its time, no target and no address.
	Apart bool
	// Rivals are the codes that fit what was captured as well.
	Rivals   []string
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

// Where is the place in which a failure arises.
type Where string

// The places, from the caller inwards, then what serves them.
const (
	AtClient        Where = "client"
	AtIngress       Where = "ingress"
	AtClientProxy   Where = "client_proxy"
	AtDiscovery     Where = "discovery"
	AtConnection    Where = "connection"
	AtServerProxy   Where = "server_proxy"
	AtApplication   Where = "application"
	AtNetwork       Where = "network"
	AtNode          Where = "node"
	AtControlPlane  Where = "control_plane"
	AtKubernetesAPI Where = "kubernetes_api"
	AtConfig        Where = "config"
	AtObserver      Where = "observer"
)

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

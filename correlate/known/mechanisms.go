// Package known is what took days to find out, as data: the things in a mesh
// that have a period, with where each was read. Facts only, no code that
// decides.
package known

import "time"

// Phase is what a mechanism's period counts from.
type Phase uint8

// What a period can count from.
const (
	AtProcessStart Phase = iota // start of the process + k·period
	AtListEnd                   // the end of an informer's first list, 1 to 60 s after its process's start
	AtWallClock                 // multiples of the period on the wall clock
	AtConnection                // the opening of each connection or stream
	AtLastUse                   // the last use of each thing: no common phase
	AtLeader                    // when a leader took over
	AtEvent                     // another event
)

// String says what a phase counts from.
func (p Phase) String() string {
	return [...]string{"a process's start", "the end of a process's first list", "the wall clock", "each connection",
		"the last use of each thing", "an election", "another event"}[p]
}

// Destination is the component whose informers' resync faultline is about.
const Destination = "destination"

// Mechanism is one thing that happens periodically.
type Mechanism struct {
	Name   string
	Period time.Duration
	Phase  Phase
	// Late is how much longer than Period a cycle may be: the work of a timer
	// that is armed anew after it, a lock that it waits for.
	Late time.Duration
	// AnyMinute says that a schedule on the wall clock may begin at any minute.
	AnyMinute bool
	// Resync says that it is a client-go informer resync.
	Resync bool
	// Ingress says that an ingress does it, and no controller of the mesh.
	Ingress bool
	// Component is part of the name of the pod or container that does it, and
	// that must have left a trace in the dump; "" for what may be anybody's.
	Component string
	// Harmless says that it only reads, or writes a status: a rival in phase,
	// hardly one in effect.
	Harmless bool
	// SecondHand says that the source was not the maker's.
	SecondHand bool
	// Why is one sentence on where the period comes from, with the source.
	Why string
}

// Tolerance is how long after its minute a job on the wall clock may begin what
// it does: its pod starts first. Of a short period it is a twentieth, for more of
// the cycle would fit by chance.
func (m *Mechanism) Tolerance() time.Duration {
	if m.AnyMinute {
		return 10 * time.Second
	}
	return min(PhaseTolerance, m.Period/20)
}

// Periods is the list of periods that are tested, fixed before any data is
// looked at: each has a mechanism below.
var Periods = []time.Duration{10 * time.Minute, 5 * time.Minute, 30 * time.Minute, time.Hour}

// PhaseTolerance is how far a period's phase may be from a mechanism's and still
// be said to fit it: a list takes time, a CronJob's pod must start.
const PhaseTolerance = 30 * time.Second

package correlate

import (
	"cmp"
	"slices"

	"faultline/correlate/stat"
	"faultline/parse"
)

// ClockID names a clock on which times can be compared: the wall clock, or the
// own clock of one stream that nothing anchors.
type ClockID int32

// Wall is the wall clock; every other ClockID is the index of a stream.
const Wall ClockID = -1

// OnWall says whether times on this clock are ns since 1970.
func (c ClockID) OnWall() bool { return c < 0 }

// Moment is a point with its time on the clock of its group.
type Moment struct {
	Point
	// At is ns since 1970 in the wall group, else on the stream's own clock.
	At parse.Time
}

// Group is events whose times can be compared: all that are placed on the
// wall clock, or those of one process that is not.
type Group struct {
	Clock ClockID
	// Failures are the failed requests, or the symptoms that stand in for
	// them, in ascending time.
	Failures []Moment
	// Forming are the failures that form incidents, Standing those of targets
	// that fail on and on beside them; what is steady is in neither.
	Forming, Standing []Moment
	// Kind is what Failures are: a failed request, or its symptom.
	Kind parse.Kind
	// Inner are failed requests of the layers below the one that is counted.
	Inner    []Moment
	Failfast []Moment
	Absent   []Moment // "No endpoints"
	Refused  []Moment // failed connects
	Stalls   []Moment
	Probes   []Moment
	// Coverage is when proxies were captured.
	Coverage stat.Coverage
}

// groups are all events that the judgement rests on, by the clocks on which
// they can be compared.
type groups struct {
	wall  *Group
	alone []*Group // streams without an anchor that hold failures
}

// all lists the groups, the wall clock first.
func (g *groups) all() []*Group { return append([]*Group{g.wall}, g.alone...) }

// of is the group of a clock, nil where nothing failed on it.
func (g *groups) of(clock ClockID) *Group {
	if clock.OnWall() {
		return g.wall
	}
	i, ok := slices.BinarySearchFunc(g.alone, clock, func(one *Group, c ClockID) int { return cmp.Compare(one.Clock, c) })
	if !ok {
		return nil
	}
	return g.alone[i]
}

// ByClock are the events that the judgement rests on, by the clocks on which
// they can be compared: the wall clock first, then each process whose zero is
// not known.
func (c *Case) ByClock() []*Group { return c.groups.all() }

// Processes are the lives of the controllers whose stalls were tested.
func (c *Case) Processes() []*Process { return c.processes }

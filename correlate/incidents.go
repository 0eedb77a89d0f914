package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"faultline/parse"
)

// Incident is a burst of failures: each within a minute of the one before.
type Incident struct {
	ID string
	// Clock is the one that Start and End are on.
	Clock      ClockID
	Start, End parse.Time
	Within     time.Duration // half-width of what Start may be off
	Failures   int
	By         map[parse.Kind]int // per layer; Failures is the outermost
	Targets    []Target
	Signature  Signature
	// Stalls and Probes around it; Lag is how long before Start the nearest
	// burst of stalls began, nil without one within a minute.
	Stalls, Probes int
	Lag            *time.Duration
	// Continuous incidents last so long that they have no onset to speak of.
	Continuous bool
	// Thaw incidents begin just after a stretch in which nothing was running:
	// they are its, and no onset of the mesh's.
	Thaw bool
	// Process is the replica whose stalls precede it, "" for none.
	Process string
	// Period is its period ("" for none), Cycle its number and Phase
	// how long after the tick it starts.
	Period string
	Cycle  int
	Phase  time.Duration
	// Where it arises and the code of its diagnosis, as the findings say; "" for
	// one that no finding tells.
	Where     Where
	Diagnosis string
	// Proof are its first failure, the symptoms before that, the stall: never none.
	Proof []Point
}

// Target is who failed, and how often.
type Target struct {
	Name     string
	Failures int
}

const (
	// IncidentGap is the silence that ends an incident (statistics.md §4:
	// longer than the longest silence within one, shorter than P/2).
	IncidentGap = parse.Time(time.Minute)
	// continuousAfter is how long an incident may last and still be one.
	continuousAfter = parse.Time(5 * time.Minute)
	// around is how far from an incident a probe failure is counted with it.
	around = parse.Time(time.Minute)
	// StallWindow is how long after a stall's start a failure coincides with
	// it: three seconds of failfast, and the work before.
	StallWindow = parse.Time(10 * time.Second)
)

// collapse makes the failures of each group that form incidents into these.
func collapse(c *Placed, g *groups) (out []Incident) {
	groups := g.all()
	runs, total := make([][][]Moment, len(groups)), 0
	for i, one := range groups {
		runs[i] = append(runsWithin(one.Forming, IncidentGap), runsWithin(one.Standing, IncidentGap)...)
		total += len(runs[i])
	}
	out = make([]Incident, 0, total)
	for i, one := range groups {
		before := symptoms{one.Failfast, c.mentionsOf(one.Refused), c.mentionsOf(one.Absent)}
		had := len(out)
		for _, run := range runs[i] {
			out = append(out, c.incident(one, &before, run))
		}
		slices.SortStableFunc(out[had:], func(a, b Incident) int { return cmp.Compare(a.Start, b.Start) })
	}
	for i := range out {
		in := &out[i]
		in.ID = fmt.Sprintf("I%d", i+1)
		in.Thaw = in.Clock.OnWall() && thaws(c.holes, in.Start)
	}
	return out
}

// runsWithin cuts moments where a silence is longer than a gap.
func runsWithin(list []Moment, gap parse.Time) (out [][]Moment) {
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[to].At-list[to-1].At <= gap {
			to++
		}
		out = append(out, list[from:to])
		from = to
	}
	return out
}

// onsets are when the incidents on a clock begin, in seconds, without those
// that go on for so long that they have no onset.
func onsets(incidents []Incident, clock ClockID) (out []float64) {
	for i := range incidents {
		if in := &incidents[i]; in.Clock == clock && !in.Continuous && !in.Thaw {
			out = append(out, seconds(in.Start))
		}
	}
	return out
}

// begins are when the incidents on a clock begin, in seconds, those included
// that go on for so long that they tell nothing of a period.
func begins(incidents []Incident, clock ClockID) (out []float64) {
	for i := range incidents {
		if in := &incidents[i]; in.Clock == clock {
			out = append(out, seconds(in.Start))
		}
	}
	return out
}

func (c *Placed) incident(g *Group, said *symptoms, failures []Moment) Incident {
	first, last := failures[0], failures[len(failures)-1]
	in := Incident{Clock: g.Clock, Start: first.At, End: last.At, Failures: len(failures), By: map[parse.Kind]int{}}
	if _, within, ok := c.Wall(first.Point); ok {
		in.Within = within
	}
	in.Continuous = in.End-in.Start > continuousAfter
	byName := map[parse.Name]int{}
	for _, m := range failures {
		byName[c.At(m.Point).Target]++
	}
	in.By[g.Kind] = len(failures)
	targets := map[string]int{}
	for name, n := range byName {
		if t := c.Name(name); t != "" {
			targets[t] += n
		}
	}
	for _, m := range between(g.Inner, in.Start-StallWindow, in.End+StallWindow) {
		in.By[c.At(m.Point).Kind]++
	}
	for name, n := range targets {
		in.Targets = append(in.Targets, Target{name, n})
	}
	slices.SortFunc(in.Targets, func(a, b Target) int {
		return cmp.Or(cmp.Compare(b.Failures, a.Failures), cmp.Compare(a.Name, b.Name))
	})
	var before []Point
	in.Signature, before = said.signature(c, failures)
	in.Proof = append(before, first.Point)
	if stall, ok := burstBefore(g.Stalls, in.Start); ok {
		lag := time.Duration(in.Start - stall.At)
		in.Lag, in.Process = &lag, c.title(int(stall.Stream))
		in.Proof = append(in.Proof, stall.Point)
	}
	in.Stalls = len(between(g.Stalls, in.Start-StallWindow, in.End))
	for _, m := range between(g.Probes, in.Start-around, in.End+around) {
		in.Probes += int(c.At(m.Point).Count)
	}
	return in
}

// between are the moments in [from, to].
func between(m []Moment, from, to parse.Time) []Moment {
	i, _ := slices.BinarySearchFunc(m, from, func(m Moment, t parse.Time) int { return cmp.Compare(m.At, t) })
	j, _ := slices.BinarySearchFunc(m, to+1, func(m Moment, t parse.Time) int { return cmp.Compare(m.At, t) })
	j = max(i, j)
	return m[i:j:j]
}

// burstGap is the silence that ends a burst of stalls.
const burstGap = parse.Time(10 * time.Second)

// burstBefore is the first stall of the burst nearest before a time, if that
// is not more than a minute back.
func burstBefore(m []Moment, at parse.Time) (Moment, bool) {
	near := between(m, at-around, at)
	if len(near) == 0 {
		return Moment{}, false
	}
	i := len(near) - 1
	for i > 0 && near[i].At-near[i-1].At <= burstGap {
		i--
	}
	return near[i], true
}

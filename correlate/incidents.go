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
	// Stream is -1 when Start and End are wall times (ns since 1970), else
	// the stream whose own clock they are on.
	Stream     int
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
	// Period is the beat it keeps ("" for none), Cycle its number and Phase
	// how long after the beat it starts.
	Period string
	Cycle  int
	Phase  time.Duration
	// Where it arises and the code of its diagnosis, as the findings say; "" for
	// one that no finding tells.
	Where     Where
	Diagnosis string
	// Proof are its first failure, the symptoms before that, the stall.
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

// incidents collapses the failures of each group.
func (c *Case) incidents(w *work) {
	for _, g := range w.groups() {
		g.refused, g.absent = c.hear(g.Refused), c.hear(g.Absent)
		for from := 0; from < len(g.Failures); {
			to := from + 1
			for to < len(g.Failures) && g.Failures[to].At-g.Failures[to-1].At <= IncidentGap {
				to++
			}
			c.Incidents = append(c.Incidents, c.incident(g, g.Failures[from:to]))
			from = to
		}
	}
	for i := range c.Incidents {
		c.Incidents[i].ID = fmt.Sprintf("I%d", i+1)
	}
}

func (c *Case) incident(g *Group, failures []Moment) Incident {
	first, last := failures[0], failures[len(failures)-1]
	in := Incident{Stream: g.Stream, Start: first.At, End: last.At, Failures: len(failures), By: map[parse.Kind]int{}}
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
	var symptoms []Point
	in.Signature, symptoms = c.signature(g, failures)
	in.Proof = append(symptoms, first.Point)
	if stall, ok := burstBefore(g.Stalls, in.Start); ok {
		lag := time.Duration(in.Start - stall.At)
		in.Lag = &lag
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

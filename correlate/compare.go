package correlate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate/stat"
	"faultline/parse"
)

// Comparison holds two cases against each other: before and after an upgrade,
// with three replicas and with ten.
type Comparison struct {
	A, B *Case
	// Rates of incidents, of stall bursts and of seconds stalled, per hour captured
	// of each process: two proxies that were captured for an hour are two hours.
	Rates []RateChange
	// Scale says how the stalls answered to another number of replicas; nil
	// when the number is the same or not known.
	Scale    *stat.ScaleOut
	Replicas [2]int
	// Stalls are what the controllers' stalls of each case come to, All the same with
	// what their metrics say, and Each that of each replica by itself.
	Stalls [2]StallFigures
	All    [2]ReplicaFigures
	Each   [2][]ReplicaFigures
	// New and Gone are kinds of events that only one of the two has.
	New, Gone []parse.Kind
	// PerTick are failures of one proxy for each resync of one replica, nil where
	// one was not captured; Overflows are queue overflows that were logged.
	PerTick   [2]*float64
	Overflows [2]int
	// Names are what the two are called in what is said of them: A and B.
	Names [2]string
	// Answer is to "did it help?", Sentence the same with its intervals.
	Answer   Answer
	Sentence string
	// Visible are sentences on what may only have become visible, or invisible.
	Visible []string
}

// StallFigures are the stalls of all controller processes of a case together,
// those before their caches were first filled left out.
type StallFigures struct {
	N int
	// Seconds is how long they lasted in all, Longest the longest; Deepest is the
	// deepest queue at one, 0 where none was printed.
	Seconds, Longest, Deepest float64
	// Hours are those captured of all processes.
	Hours float64
}

// stallsOf adds up the stalls of some processes.
func (c *Case) stallsOf(processes []*Process) (f StallFigures) {
	for _, p := range processes {
		f.Hours += p.Coverage.Length() / 3600
		for _, m := range p.Stalls {
			e := c.At(m.Point)
			f.N++
			f.Seconds += e.Lasted.Seconds()
			f.Longest = math.Max(f.Longest, e.Lasted.Seconds())
			f.Deepest = math.Max(f.Deepest, e.Value)
		}
	}
	return f
}

// RateChange is how often something begins in each case.
type RateChange struct {
	Of    string
	N     [2]int
	Hours [2]float64
	// Ratio of B's rate to A's, nil when one of the two cannot be computed.
	Ratio   *stat.RateRatio
	Verdict Change
}

// Change is what a ratio of rates lets one say.
type Change string

// What can be said of two rates.
const (
	Fewer      Change = "fewer"
	More       Change = "more"
	NoChange   Change = "no_change_shown" // the interval holds 1 and excludes a halving and a doubling
	CannotTell Change = "cannot_tell"
)

// Unsure says whether two rates may differ, which is not sure enough to be said: the
// interval leaves no room for equal rates, and the test that decides does.
func (r *RateChange) Unsure() bool {
	return r.Verdict == CannotTell && r.Ratio != nil && r.Ratio.Bounded && (r.Ratio.CI[1] < 1 || r.Ratio.CI[0] > 1)
}

// changeP is the p below which two rates are called different.
const changeP = 0.01

// Compare compares two cases.
func Compare(a, b *Case) *Comparison {
	c := &Comparison{A: a, B: b}
	c.Rates = append(c.Rates, rateChange(ofIncidents, a.failing(), b.failing()),
		rateChange("stall bursts", bursts(a.processes), bursts(b.processes)),
		rateChange("seconds stalled", a.stalled(), b.stalled()))
	if x, y := a.overflowed(), b.overflowed(); x.hours > 0 && y.hours > 0 {
		c.Rates = append(c.Rates, rateChange("queue overflows", x, y))
	}
	for i, one := range []*Case{a, b} {
		c.All[i], c.Each[i] = one.replicaFigures()
		c.Stalls[i] = c.All[i].StallFigures
	}
	c.Replicas = [2]int{replicas(a.processes), replicas(b.processes)}
	if c.Replicas[0] != c.Replicas[1] && c.Replicas[0] > 0 && c.Replicas[1] > 0 {
		if s, ok := stat.NewScaleOut(perCycle(a.processes, 0, always), perCycle(b.processes, 0, always), float64(c.Replicas[0]),
			float64(c.Replicas[1])); ok {
			c.Scale = &s
		}
	}
	for _, k := range parse.Kinds() {
		switch {
		case a.ByKind[k] == 0 && b.ByKind[k] > 0:
			c.New = append(c.New, k)
		case a.ByKind[k] > 0 && b.ByKind[k] == 0:
			c.Gone = append(c.Gone, k)
		}
	}
	c.visibility()
	c.finish()
	return c
}

// amounts are what happened in each stretch of time, and over how many hours of
// processes.
type amounts struct {
	of    []float64 // per stretch
	hours float64
}

func rateChange(of string, a, b amounts) RateChange {
	r := RateChange{Of: of, N: [2]int{a.sum(), b.sum()}, Hours: [2]float64{a.hours, b.hours}, Verdict: CannotTell}
	ratio, ok := stat.NewDispersedRatio(a.of, b.of, a.hours, b.hours)
	if !ok {
		return r
	}
	r.Ratio = &ratio
	if r.Excerpt() {
		return r
	}
	fewer := float64(r.N[1])*a.hours < float64(r.N[0])*b.hours
	switch {
	case ratio.P <= changeP && fewer:
		r.Verdict = Fewer
	case ratio.P <= changeP:
		r.Verdict = More
	case ratio.Bounded && ratio.CI[0] > 0.5 && ratio.CI[1] < 2:
		r.Verdict = NoChange
	}
	return r
}

// ofIncidents is what the rate of incidents is called.
const ofIncidents = "incidents"

// LeastCaptured is the shortest capture that is a sample of time for incidents: what
// is shorter was most likely cut around one.
const LeastCaptured = 10 * time.Minute

// Excerpt says whether one of the two was captured for too short a time for a rate of
// incidents.
func (r *RateChange) Excerpt() bool {
	return r.Of == ofIncidents && min(r.Hours[0], r.Hours[1]) < LeastCaptured.Hours()
}

func (a *amounts) sum() int {
	sum := 0.0
	for _, v := range a.of {
		sum += v
	}
	return int(math.Round(sum))
}

// stretch is how long a stretch of time is that amounts are counted in: an hour,
// less in a short capture.
func stretch(cover stat.Coverage) float64 { return math.Min(3600, math.Max(60, cover.Length()/12)) }

// add counts one process's amounts at some times into the stretches of all.
func (a *amounts) add(at, amount []float64, own, all stat.Coverage) {
	width := stretch(all)
	if len(all) > 0 && a.of == nil {
		a.of = make([]float64, int(math.Ceil(all.Length()/width)))
	}
	a.hours += own.Length() / 3600
	for i, t := range at {
		if k := int(all.Before(t) / width); k < len(a.of) && own.Contains(t) {
			a.of[k] += amount[i]
		}
	}
}

// ones is as many ones.
func ones(n int) []float64 { return slices.Repeat([]float64{1}, n) }

// failing counts the incidents of each proxy by itself, over the hours of each:
// more proxies see more of them.
func (c *Case) failing() (out amounts) {
	by := map[uint32][]float64{}
	for _, m := range c.groups.wall.Forming {
		by[m.Stream] = append(by[m.Stream], seconds(m.At))
	}
	for s := range c.Streams {
		if !serves(&c.Streams[s]) || c.CopyOf[s] >= 0 || !c.Anchors[s].Placed() || !c.within(s) {
			continue
		}
		on := stat.Onsets(by[uint32(s)], stat.DefaultGap)
		out.add(on, ones(len(on)), clip(stat.NewCoverage(c.captured(s)), &c.Options, true), c.groups.wall.Coverage)
	}
	return out
}

// bursts counts the bursts of stalls of each process, over the hours of each.
func bursts(processes []*Process) (out amounts) {
	all := coverOf(processes)
	for _, p := range processes {
		on := stat.Onsets(times(p.Stalls), stat.DefaultGap)
		out.add(on, ones(len(on)), p.Coverage, all)
	}
	return out
}

// stalled sums up for how long each process stalled, in seconds.
func (c *Case) stalled() (out amounts) {
	all := coverOf(c.processes)
	for _, p := range c.processes {
		var lasted []float64
		for _, m := range p.Stalls {
			lasted = append(lasted, c.At(m.Point).Lasted.Seconds())
		}
		out.add(times(p.Stalls), lasted, p.Coverage, all)
	}
	return out
}

// coverOf is when any of some processes was captured.
func coverOf(processes []*Process) stat.Coverage {
	var cover stat.Coverage
	for _, p := range processes {
		cover = append(cover, p.Coverage...)
	}
	return stat.NewCoverage(cover)
}

// replicas counts the controller processes that were captured, lives apart.
func replicas(processes []*Process) int {
	var names []string
	for _, p := range processes {
		if name := replicaName(p); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return len(names)
}

// cycle is the length of the bins that stall lines are counted in, seconds.
const cycle = 600.0

// always is later than any time.
const always = parse.Time(math.MaxInt64)

// perCycle counts the stall lines of all replicas together, per ten minutes
// that were captured whole from one time to another.
func perCycle(processes []*Process, from, to parse.Time) []int {
	var cover stat.Coverage
	var all []float64
	for _, p := range processes {
		cover = append(cover, p.Coverage...)
		all = append(all, times(p.Stalls)...)
	}
	slices.Sort(all)
	cover = stat.NewCoverage(cover).Intersect(stat.Coverage{{Start: seconds(from), End: seconds(to)}})
	var counts []int
	for _, b := range bins(all, cover, cycle) {
		counts = append(counts, b.count)
	}
	return counts
}

// visibility warns of differences in what could be logged at all (klog reaches
// linkerd's log at info since 2.14.6, utiltrace needs klog's level 2 since
// client-go 0.31; see linkerd2 #11632).
func (c *Comparison) visibility() {
	if apart := hoursApart(c.A.Hours, c.B.Hours); apart >= maxApart {
		c.Visible = append(c.Visible, fmt.Sprintf("%.0f %% of what was captured of B is of hours of the day (UTC) of which A has nothing: busy hours and quiet ones may be compared", 100*apart))
	}
	va, vb := c.A.version(), c.B.version()
	if va != "" && vb != "" && va != vb {
		c.Visible = append(c.Visible, fmt.Sprintf("the versions differ (%s, %s): a message that is new may have been silent before", va, vb))
	}
	c.Visible = append(c.Visible, c.firstPrinted()...)
}

// maxApart is the share of other hours above which that is said.
const maxApart = 0.25

// hoursApart is the share of b's captured time in hours of the day of which a
// has less than a tenth.
func hoursApart(a, b [24]Hour) float64 {
	apart, all := 0.0, 0.0
	for h := range b {
		all += b[h].Captured
		if a[h].Captured < 0.1 {
			apart += b[h].Captured
		}
	}
	if all == 0 {
		return 0
	}
	return apart / all
}

// version is what the controller says that it is.
func (c *Case) version() string {
	for _, f := range c.Facts {
		if c.Name(f.Key) == parse.FactVersion {
			if v := c.Name(f.Value); !strings.HasPrefix(v, "proxy ") {
				return v
			}
		}
	}
	return ""
}

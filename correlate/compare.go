package correlate

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"faultline/correlate/stat"
	"faultline/parse"
)

// Comparison holds two cases against each other: before and after an upgrade,
// with three replicas and with ten.
type Comparison struct {
	A, B *Case
	// Rates of incidents and of stall bursts, per hour captured.
	Rates []RateChange
	// Scale says how the stalls answered to another number of replicas; nil
	// when the number is the same or not known.
	Scale    *stat.ScaleOut
	Replicas [2]int
	// New and Gone are kinds of events that only one of the two has.
	New, Gone []parse.Kind
	// Visible are sentences on what may only have become visible, or invisible.
	Visible []string
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

// changeP is the p below which two rates are called different.
const changeP = 0.01

// Compare compares two cases.
func Compare(a, b *Case) *Comparison {
	c := &Comparison{A: a, B: b}
	c.Rates = append(c.Rates, rateChange("incidents", len(onsets(a.Incidents, Wall)), len(onsets(b.Incidents, Wall)),
		hours(a.groups.wall.Coverage), hours(b.groups.wall.Coverage)))
	na, ha := bursts(a.processes)
	nb, hb := bursts(b.processes)
	c.Rates = append(c.Rates, rateChange("stall bursts", na, nb, ha, hb))
	c.Replicas = [2]int{replicas(a.processes), replicas(b.processes)}
	if c.Replicas[0] != c.Replicas[1] && c.Replicas[0] > 0 && c.Replicas[1] > 0 {
		if s, ok := stat.NewScaleOut(perCycle(a.processes, 0, always), perCycle(b.processes, 0, always), float64(c.Replicas[0]), float64(c.Replicas[1])); ok {
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
	return c
}

func hours(c stat.Coverage) float64 { return c.Length() / 3600 }

func rateChange(of string, na, nb int, ha, hb float64) RateChange {
	r := RateChange{Of: of, N: [2]int{na, nb}, Hours: [2]float64{ha, hb}, Verdict: CannotTell}
	ratio, ok := stat.NewRateRatio(na, nb, ha, hb)
	if !ok {
		return r
	}
	r.Ratio = &ratio
	switch {
	case ratio.P <= changeP && float64(nb)*ha < float64(na)*hb:
		r.Verdict = Fewer
	case ratio.P <= changeP:
		r.Verdict = More
	case ratio.Bounded && ratio.CI[0] > 0.5 && ratio.CI[1] < 2:
		r.Verdict = NoChange
	}
	return r
}

// bursts counts the bursts of stalls of all processes, and the hours in which
// they were captured.
func bursts(processes []*Process) (n int, h float64) {
	for _, p := range processes {
		n += len(stat.Onsets(times(p.Stalls), stat.DefaultGap))
		h += hours(p.Coverage)
	}
	return n, h
}

// replicas counts the controller processes that were captured, lives apart.
func replicas(processes []*Process) int {
	var names []string
	for _, p := range processes {
		name, _, _ := strings.Cut(p.Name, " (life ")
		if !slices.Contains(names, name) {
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
	if slices.Contains(c.New, parse.ControllerPopStall) || slices.Contains(c.Gone, parse.ControllerPopStall) {
		c.Visible = append(c.Visible, "pop stalls are logged at info only by linkerd 2.14.6 and later, and not at log level warn: that one case has none does not show that there were none")
	}
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

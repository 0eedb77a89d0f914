package stat

import (
	"math"
	"sort"
)

// DefaultGap is the silence, in seconds, that separates two incidents: longer
// than a probe interval plus failfast plus backoff (about 10 s), far shorter
// than a 600 s resync (statistics.md §4).
const DefaultGap = 60.0

// continuousLimit is the longest incident, in seconds, that still has a
// meaningful onset; a longer one is a state, not an event.
const continuousLimit = 300.0

// A Cluster is a run of events without a silence longer than the gap.
type Cluster struct {
	First, Last float64 // seconds
	Count       int     // events in the run
}

// Clusters collapses sorted times by single linkage: a gap of at most gap
// seconds merges (one-dimensional DBSCAN with minPts 1).
func Clusters(times []float64, gap float64) []Cluster {
	var out []Cluster
	for _, t := range times {
		if n := len(out); n > 0 && t-out[n-1].Last <= gap {
			out[n-1].Last = t
			out[n-1].Count++
			continue
		}
		out = append(out, Cluster{First: t, Last: t, Count: 1})
	}
	return out
}

// Onsets returns the first time of every cluster of sorted times. Tests of
// periodicity work on these, never on raw events: the lines of one burst are
// not independent (§1.1).
func Onsets(times []float64, gap float64) []float64 {
	clusters := Clusters(times, gap)
	out := make([]float64, len(clusters))
	for i, c := range clusters {
		out[i] = c.First
	}
	return out
}

// GapFor is the clustering gap in seconds for a test at period P: min(60, P/4),
// so that a short period is not swallowed by its own clustering.
func GapFor(period float64) float64 {
	return math.Min(DefaultGap, period/4)
}

// onsetsFor collapses sorted times for a test at the given period and leaves
// out incidents too long to have an onset; continuous counts those.
func onsetsFor(times []float64, period float64) (onsets []float64, continuous int) {
	limit := math.Min(continuousLimit, period/2)
	for _, c := range Clusters(times, GapFor(period)) {
		if c.Last-c.First > limit {
			continuous++
			continue
		}
		onsets = append(onsets, c.First)
	}
	return onsets, continuous
}

// GapSensitivity is how the number of incidents depends on the choice of gap.
type GapSensitivity struct {
	Gaps   [3]float64 // half, once and twice the gap, seconds
	Counts [3]int     // incidents at each
	Spread float64    // (max-min)/middle
	Flag   bool       // spread above 10 %: the count depends on the choice
}

// Sensitivity counts incidents at half, once and twice the gap (§4).
func Sensitivity(times []float64, gap float64) GapSensitivity {
	s := GapSensitivity{Gaps: [3]float64{gap / 2, gap, 2 * gap}}
	for i, g := range s.Gaps {
		s.Counts[i] = len(Clusters(times, g))
	}
	if s.Counts[1] > 0 { // counts fall as the gap grows
		s.Spread = float64(s.Counts[0]-s.Counts[2]) / float64(s.Counts[1])
	}
	s.Flag = s.Spread > 0.10
	return s
}

// maxTime bounds the times that are accepted: beyond it (year 33658 as Unix
// seconds) a float64 has no milliseconds left and the input is a parse error.
const maxTime = 1e12

// sortedTimes returns a sorted copy without values that are not times.
func sortedTimes(times []float64) []float64 {
	out := make([]float64, 0, len(times))
	for _, t := range times {
		if math.Abs(t) <= maxTime { // false for NaN
			out = append(out, t)
		}
	}
	sort.Float64s(out)
	return out
}

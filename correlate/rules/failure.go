package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate/known"
	"faultline/parse"
)

// spacing is how long before each failfast its process had said "No endpoints", at
// most the failfast's own wait and a second; of several the one nearest to the wait.
func (p *Pass) spacing() (gaps []time.Duration) {
	for _, g := range p.ByClock() {
		absent := map[uint32][]parse.Time{} // by process
		for _, m := range g.Absent {
			absent[m.Stream] = append(absent[m.Stream], m.At)
		}
		for _, ff := range g.Failfast {
			wait := time.Duration(p.At(ff.Point).Lasted)
			if wait == 0 {
				wait = 3 * time.Second
			}
			times, due := absent[ff.Stream], ff.At-parse.Time(wait)
			i, _ := slices.BinarySearch(times, due)
			before := i > 0 && due-times[i-1] <= parse.Time(time.Second)
			behind := i < len(times) && times[i] <= ff.At
			if before && (!behind || due-times[i-1] <= times[i]-due) {
				i--
			}
			if before || behind {
				gaps = append(gaps, time.Duration(ff.At-times[i]))
			}
		}
	}
	return gaps
}

func abs(t parse.Time) parse.Time { return max(t, -t) }

// spaced says how long before the failfast the answer came, and which of the
// proxy's waits that is.
func spaced(of []time.Duration) string {
	var gaps []float64
	for _, gap := range of {
		gaps = append(gaps, gap.Seconds())
	}
	mid, lo, hi := median(gaps), slices.Min(gaps), slices.Max(gaps)
	s := fmt.Sprintf("%.3f s before the failfast", mid)
	if len(gaps) > 1 {
		s = fmt.Sprintf("%.3f s (median; %.3f to %.3f) before the failfast", mid, lo, hi)
	}
	for _, w := range known.Waits {
		if math.Abs(mid-w.Seconds) <= 0.05 {
			s += fmt.Sprintf(", which is %s (%g s)", w.What, w.Seconds)
		}
	}
	return s
}

// Service splits "name.ns.svc.cluster.local:81" into namespace and name; ok is
// false for addresses.
func Service(target string) (namespace, name string, ok bool) {
	host := target
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		host = host[:i]
	}
	parts := strings.Split(host, ".")
	if len(parts) < 2 || parts[0] == "" || parts[0][0]-'0' <= 9 && len(parts) == 4 || parts[1] == "" {
		return "", "", false
	}
	return parts[1], parts[0], true
}

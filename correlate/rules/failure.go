package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/parse"
)

// precedes is one failfast and the line that came before it.
type precedes struct {
	before, failfast correlate.Moment
	gap              time.Duration
}

// spacing pairs each failfast with the "No endpoints" that its process said
// last before it, at most the failfast's own wait and a second back.
func (p *Pass) spacing() (out []precedes) {
	for _, g := range p.ByClock() {
		for _, ff := range g.Failfast {
			wait := time.Duration(p.At(ff.Point).Lasted)
			if wait == 0 {
				wait = 3 * time.Second
			}
			var best *correlate.Moment
			for i := range g.Absent {
				m := &g.Absent[i]
				if gap := ff.At - m.At; m.Stream == ff.Stream && gap >= 0 && gap <= parse.Time(wait+time.Second) &&
					(best == nil || abs(gap-parse.Time(wait)) < abs(ff.At-best.At-parse.Time(wait))) {
					best = m
				}
			}
			if best != nil {
				out = append(out, precedes{*best, ff, time.Duration(ff.At - best.At)})
			}
		}
	}
	return out
}

func abs(t parse.Time) parse.Time { return max(t, -t) }

// spaced says how long before the failfast the answer came, and which of the
// proxy's waits that is.
func spaced(pairs []precedes) string {
	var gaps []float64
	for _, q := range pairs {
		gaps = append(gaps, q.gap.Seconds())
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

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

// spread says how many targets failed together.
func spread(of []*correlate.Incident) string {
	targets := map[string]bool{}
	several := 0
	for _, in := range of {
		if len(in.Targets) > 1 {
			several++
		}
		for _, t := range in.Targets {
			targets[t.Name] = true
		}
	}
	switch {
	case len(targets) == 0:
		return "The lines do not name the target."
	case len(targets) == 1 && len(of) == 1:
		return "One target failed."
	case len(targets) == 1:
		return "It was the same target each time, which points at that service rather than at the controller."
	}
	s := fmt.Sprintf("%s failed", plural(len(targets), "target", "targets"))
	if several > 0 {
		s += fmt.Sprintf(", several at once in %s", plural(several, "incident", "incidents"))
	}
	return s + fmt.Sprintf(": what they share is the controller, or the network. A proxy forgets a target that nobody used for %d s and looks it up anew.", known.DiscoveryIdle)
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

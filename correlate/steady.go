package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"faultline/correlate/stat"
	"faultline/parse"
)

// Steady is a target, or a process, whose requests fail all the time or at a
// steady rate, beside incidents in which several targets fail at once. It does
// not form incidents: each of its failures would be one, or join others to one.
type Steady struct {
	// Name is the target, or the process if OfProcess.
	Name      string
	OfProcess bool
	Failures  int
	// First and Last are ns since 1970.
	First, Last parse.Time
}

// Sentence says so.
func (s *Steady) Sentence() string {
	what := "requests to " + s.Name
	if s.OfProcess {
		what = "requests of " + s.Name
	}
	return fmt.Sprintf("%d %s failed at a steady rate from %s to %s, each by itself: they form no incidents", s.Failures, what,
		time.Unix(0, int64(s.First)).UTC().Format("15:04"), time.Unix(0, int64(s.Last)).UTC().Format("15:04 MST"))
}

const (
	// steadyRuns is how often a target must fail by itself to be steady.
	steadyRuns = 5
	// steadyAlone is the share of its runs in which nothing else fails.
	steadyAlone = 0.4
	// besides is how close to a run another failure must be to be together with
	// it.
	besides = parse.Time(15 * time.Second)
	// steadyOutlier is how many times as often as the mean of all others it does.
	steadyOutlier = 5
	// jointRuns is how many times several others must fail at once: without
	// incidents of that kind nothing tells noise from incidents.
	jointRuns = 3
	// standing is how many targets at most fail on and on beside an incident;
	// more are an outage.
	standing = 2
)

// separate takes the failures of targets, then of processes, that fail at a
// steady rate out of those that form incidents on the wall clock.
func separate(c *Placed, g groups) (groups, []Steady) {
	wall := *g.wall
	var out []Steady
	byTarget := func(m Moment) string { return c.Name(c.At(m.Point).Target) }
	byProcess := func(m Moment) string { return c.title(int(m.Stream)) }
	for i, key := range []func(Moment) string{byTarget, byProcess} {
		rest, steady := steadyOf(wall.Forming, key, wall.Coverage, c.Options.tested())
		for j := range steady {
			steady[j].OfProcess = i == 1
		}
		wall.Forming, out = rest, append(out, steady...)
	}
	wall.Standing, wall.Forming = standingOf(wall.Forming, byTarget)
	g.wall = &wall
	return g, out
}

// run is failures of one key, each within [IncidentGap] of the one before.
type run struct {
	key      string
	from, to parse.Time
	n        int
}

// runsOf are the runs of each key, by their beginning.
func runsOf(failures []Moment, key func(Moment) string) (runs []run) {
	last := map[string]int{}
	for _, m := range failures {
		k := key(m)
		if i, ok := last[k]; ok && m.At-runs[i].to <= IncidentGap {
			runs[i].to = m.At
			runs[i].n++
			continue
		}
		last[k] = len(runs)
		runs = append(runs, run{k, m.At, m.At, 1})
	}
	return runs
}

// steadyOf finds keys that fail by themselves far more often than others do,
// have no period, and stand beside runs in which several others fail at once.
func steadyOf(failures []Moment, key func(Moment) string, cover stat.Coverage, list []float64) (rest []Moment, out []Steady) {
	for {
		runs := runsOf(failures, key)
		name, ok := loudest(runs)
		if !ok || keepsBeat(runs, name, cover, list) {
			return failures, out
		}
		s := Steady{Name: name}
		rest = make([]Moment, 0, len(failures))
		for _, m := range failures {
			if key(m) != name {
				rest = append(rest, m)
				continue
			}
			if s.Failures == 0 {
				s.First = m.At
			}
			s.Failures, s.Last = s.Failures+1, m.At
		}
		if joint(runsOf(rest, key)) < jointRuns {
			return failures, out
		}
		failures, out = rest, append(out, s)
	}
}

// loudest is the key that fails by itself most often, if that is far more often
// than others do.
func loudest(runs []run) (name string, ok bool) {
	all, alone := map[string]int{}, map[string]int{}
	latest := parse.Time(-1 << 62)
	for i, r := range runs {
		all[r.key]++
		if next := i+1 == len(runs) || runs[i+1].from-r.to > besides; next && r.from-latest > besides {
			alone[r.key]++
		}
		latest = max(latest, r.to)
	}
	sum := 0
	for k, n := range alone {
		sum += n
		if n > alone[name] || n == alone[name] && k < name {
			name = k
		}
	}
	n := alone[name]
	others := float64(sum-n) / float64(max(1, len(all)-1))
	return name, name != "" && len(all) > 1 && n >= steadyRuns && float64(n) >= steadyAlone*float64(all[name]) && float64(n) >= steadyOutlier*others
}

// joint counts the runs of several keys at once.
func joint(runs []run) (n int) {
	for i := 0; i < len(runs); {
		j, to, keys := i+1, runs[i].to, 1
		for ; j < len(runs) && runs[j].from-to <= IncidentGap; j++ {
			to = max(to, runs[j].to)
			if runs[j].key != runs[i].key {
				keys++
			}
		}
		if keys > 1 {
			n++
		}
		i = j
	}
	return n
}

// keepsBeat says whether most runs of a key lie on one comb of the list: then it
// is no noise.
func keepsBeat(runs []run, name string, cover stat.Coverage, list []float64) bool {
	var on []float64
	for _, r := range runs {
		if r.key == name {
			on = append(on, seconds(r.from))
		}
	}
	for _, p := range list {
		if l, ok := stat.NewLock(on, p, cover); ok && l.P*float64(len(list)) <= beatP && 2*len(l.On) >= len(on) && l.Beat(on) == l.Period {
			return true
		}
	}
	return false
}

// standingOf takes out the runs of one or two targets that go on for longer than
// an incident may, so that they do not join what happens beside them; where more
// do at once, it is one outage.
func standingOf(failures []Moment, key func(Moment) string) (out, rest []Moment) {
	var long []run
	for _, r := range runsOf(failures, key) {
		if r.to-r.from > continuousAfter {
			long = append(long, r)
		}
	}
	stands := map[string][]run{}
	for _, r := range long {
		beside := map[string]bool{}
		for _, o := range long {
			if o.from <= r.to && r.from <= o.to {
				beside[o.key] = true
			}
		}
		if len(beside) <= standing {
			stands[r.key] = append(stands[r.key], r)
		}
	}
	if len(stands) == 0 {
		return nil, failures
	}
	for _, m := range failures {
		of := stands[key(m)]
		i, _ := slices.BinarySearchFunc(of, m.At, func(r run, at parse.Time) int { return cmp.Compare(r.to, at) })
		if i < len(of) && of[i].from <= m.At {
			out = append(out, m)
		} else {
			rest = append(rest, m)
		}
	}
	return out, rest
}

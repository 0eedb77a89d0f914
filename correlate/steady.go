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
	// jointRuns is how many times several others must fail at once: incidents do
	// that, noise does not.
	jointRuns = 3
	// plainRuns is how often a target must fail by itself where others do not fail
	// at once either; plainOthers are the targets, and restRuns their runs, that
	// it then stands out from.
	plainRuns, plainOthers, restRuns = 15, 3, 5
	// steadyJudged bounds the runs of a target that are asked for a period.
	steadyJudged = 2000
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
		look := steadiness{key: key, plain: i == 0, stalls: stat.Onsets(times(wall.Stalls), seconds(burstGap)), cover: wall.Coverage,
			list: c.Options.tested()}
		rest, steady := look.of(wall.Forming)
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

// steadiness is how failures are looked at to find what fails at a steady rate.
type steadiness struct {
	key    func(Moment) string // the target, or the process
	plain  bool                // whether one may be found where others do not fail at once
	stalls []float64           // when bursts of stalls begin, seconds
	cover  stat.Coverage
	list   []float64 // the periods that are tested, seconds
}

// of finds keys that fail by themselves far more often than others do, have no
// period and do not follow stalls.
func (s *steadiness) of(failures []Moment) (rest []Moment, out []Steady) {
	for {
		runs := runsOf(failures, s.key)
		name, alone, ok := loudest(runs)
		if !ok || s.hasPeriod(runs, name) {
			return failures, out
		}
		one := Steady{Name: name}
		rest = make([]Moment, 0, len(failures))
		for _, m := range failures {
			if s.key(m) != name {
				rest = append(rest, m)
				continue
			}
			if one.Failures == 0 {
				one.First = m.At
			}
			one.Failures, one.Last = one.Failures+1, m.At
		}
		others := runsOf(rest, s.key)
		if joint(others) < jointRuns && !(s.plain && alone >= plainRuns && s.standsOut(runs, others, name)) {
			return failures, out
		}
		failures, out = rest, append(out, one)
	}
}

// standsOut says whether a key is noise among others that fail one at a time too: by
// no test has it a period, and it does not follow stalls.
func (s *steadiness) standsOut(runs, others []run, name string) bool {
	keys := map[string]bool{}
	for _, r := range others {
		keys[r.key] = true
	}
	if len(keys) < plainOthers || len(others) < restRuns {
		return false
	}
	on := onsetsIn(runs, name)
	on = on[:min(len(on), steadyJudged)]
	for _, p := range stat.Judge(stat.Series{Times: on, Coverage: s.cover}, s.list).Periods {
		if p.Claimed() || p.SeveralPhases {
			return false
		}
	}
	window := seconds(StallWindow)
	t, ok := stat.LocalCoverage(on, s.stalls, window, 0, jitterOver*window, s.cover)
	return !ok || t.P > togetherP
}

// onsetsIn are the beginnings of a key's runs, seconds.
func onsetsIn(runs []run, name string) (on []float64) {
	for _, r := range runs {
		if r.key == name {
			on = append(on, seconds(r.from))
		}
	}
	return on
}

// loudest is the key that fails by itself most often, n times, if that is far more
// often than others do.
func loudest(runs []run) (name string, n int, ok bool) {
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
	n = alone[name]
	others := float64(sum-n) / float64(max(1, len(all)-1))
	return name, n, name != "" && len(all) > 1 && n >= steadyRuns && float64(n) >= steadyAlone*float64(all[name]) &&
		float64(n) >= steadyOutlier*others
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

// hasPeriod says whether most runs of a key lie on one comb of the list: then it
// is no noise.
func (s *steadiness) hasPeriod(runs []run, name string) bool {
	on := onsetsIn(runs, name)
	for _, p := range s.list {
		l, ok := stat.NewLock(on, p, s.cover)
		if ok && l.P*float64(len(s.list)) <= lockP && 2*len(l.On) >= len(on) && l.Fundamental(on) == l.Period {
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

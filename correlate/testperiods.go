package correlate

import (
	"fmt"
	"math"
	"slices"
	"time"

	"faultline/correlate/known"
	"faultline/correlate/stat"
	"faultline/correlate/words"
	"faultline/parse"
)

// periodTests collects what the tests of the list of periods say.
type periodTests struct {
	list    []float64 // seconds; what the user asked about
	asked   []time.Duration
	periods []Period
	leads   []lead
	// tested are the periods for which there were failures enough.
	tested []float64
}

// testPeriods tests the period of the failures, of each process's stalls, and of
// all stalls together. tested are the periods of the list for which there were
// failures enough, in seconds; leads are
// periods that a search found and no test asked for.
func testPeriods(c *Placed, g *groups, processes []*Process) (periods []Period, tested []float64, leads []string) {
	t := &periodTests{list: c.Options.tested(), asked: c.Options.Periods}
	all, most := g.all(), thinned(g)
	for some := range slices.Chunk(all, judgedAtOnce) {
		judged := make([]stat.Judgement, len(some))
		each(len(some), func(i int) {
			if len(some[i].Failures) > 0 {
				judged[i] = stat.Judge(some[i].series(most), t.list)
			}
		})
		for i, one := range some {
			t.failures(c, one, &judged[i], len(g.alone))
		}
	}
	t.together(g, most)
	t.stalls(processes)
	t.explain(g, c, processes)
	for i := range t.periods {
		t.periods[i].ID = fmt.Sprintf("P%d", i+1)
	}
	for _, l := range t.leads {
		if !t.fraction(l.period) {
			leads = append(leads, fmt.Sprintf("%s of %s: a search of all periods finds %.1f s (%s), which is not on the list; --period %.1fs tests it",
				l.of, l.scope, l.period, words.P(l.p), l.period))
		}
	}
	return t.periods, t.tested, leads
}

// judgedAtOnce is how many groups are tested before what is worth telling of them is kept:
// a test says a kilobyte, and there may be a group for each of a quarter million processes.
const judgedAtOnce = 1024

// failures keeps what the tests of one group say; clocks is how many groups are
// on clocks of their own.
func (t *periodTests) failures(c *Placed, g *Group, j *stat.Judgement, clocks int) {
	if len(g.Failures) == 0 {
		return
	}
	had := len(t.periods)
	if !g.Clock.OnWall() {
		t.keep(Failures, c.title(int(g.Clock)), g.Clock, j)
		manyClocks(t.periods[had:], clocks)
		return
	}
	t.keep(Failures, ScopeAll, g.Clock, j)
	if len(g.Forming)+len(g.Standing) < len(g.Failures) {
		manyClocks(t.periods[had:], 2) // all of them could have been tested too
	}
	if !t.periods[len(t.periods)-1].Claimed() {
		t.perProxy(c, g)
	}
}

// stalls tests those of each process, and of all together.
func (t *periodTests) stalls(processes []*Process) {
	judged := make([]stat.Judgement, len(processes))
	each(len(processes), func(i int) {
		if at := times(processes[i].Stalls); len(at) > 0 {
			judged[i] = stat.Judge(stat.Series{Times: at, Coverage: processes[i].Coverage}, t.list)
		}
	})
	var all stat.Series
	for i, p := range processes {
		at := times(p.Stalls)
		if len(at) > 0 {
			t.keep(Stalls, p.Name, Wall, &judged[i])
		}
		all.Times = append(all.Times, at...)
		if p.Known {
			all.Processes = append(all.Processes, stat.Process{Start: seconds(p.Start), Stalls: at, Coverage: p.Coverage})
		}
		all.Coverage = append(all.Coverage, p.Coverage...)
	}
	all.Coverage = stat.NewCoverage(all.Coverage)
	if len(all.Times) > 0 && len(processes) > 1 {
		t.test(Stalls, ScopeAll, all)
	}
}

func (t *periodTests) test(of Subject, scope string, s stat.Series) {
	j := stat.Judge(s, t.list)
	t.keep(of, scope, Wall, &j)
}

// lead is a period that a search found.
type lead struct {
	of        Subject
	scope     string
	period, p float64
}

// fraction says whether a period is a claimed one divided by a whole number:
// a comb of ten minutes is also one of 85.7 s.
func (t *periodTests) fraction(period float64) bool {
	return slices.ContainsFunc(t.periods, func(p Period) bool {
		ratio := p.Nominal.Seconds() / period
		return p.Claimed() && ratio > 0.5 && math.Abs(ratio-math.Round(ratio)) <= stat.Band*ratio
	})
}

// perProxy tests the failures of each proxy alone: a proxy that asks one
// replica sees one phase, where all of them together see several. Only periods
// that hold for so many tests are kept.
func (t *periodTests) perProxy(c *Placed, g *Group) {
	byPod := map[string][]Moment{}
	var pods []string
	for _, m := range g.Forming {
		name := c.title(int(m.Stream))
		if byPod[name] == nil {
			pods = append(pods, name)
		}
		byPod[name] = append(byPod[name], m)
	}
	if len(pods) < 2 {
		return
	}
	slices.Sort(pods)
	judged := make([]stat.Judgement, len(pods))
	each(len(pods), func(i int) { // a moved clock waits for this
		judged[i] = stat.Judge(stat.Series{Times: times(byPod[pods[i]]), Coverage: g.Coverage}, t.list)
	})
	for k, name := range pods {
		j := &judged[k]
		for i := range j.Periods {
			r := &j.Periods[i]
			r.PHolm = min(1, r.PHolm*float64(len(pods)))
			if p := newPeriod(Failures, name, Wall, r); p.Claimed() && r.PHolm <= stat.SupportedP {
				if r.PHolm > stat.StrongP {
					p.Verdict = stat.Supported
				}
				t.periods = append(t.periods, p)
			}
		}
	}
}

// manyClocks takes into account that each of several processes on clocks of
// their own was tested: what does not hold for so many tests is taken back.
func manyClocks(of []Period, clocks int) {
	for i := range of {
		p := &of[i]
		p.PHolm = min(1, p.PHolm*float64(clocks))
		switch {
		case !p.Claimed() && !p.SeveralPhases:
		case p.PHolm > stat.SupportedP:
			p.Verdict, p.SeveralPhases = stat.NotSupported, false
		case p.PHolm > stat.StrongP:
			p.Verdict = stat.Supported
		}
	}
}

// together tests the failures of all processes whose clocks cannot be compared
// for a common period: each may have too few of them alone. Those that are on
// the wall clock are one series of these. Only a claim is kept.
func (t *periodTests) together(g *groups, most int) {
	var series []stat.Series
	for _, one := range g.all() {
		if len(one.Forming) > 0 {
			series = append(series, one.series(most))
		}
	}
	claimed := func(p Period) bool { return p.Of == Failures && p.Clock.OnWall() && p.Claimed() }
	if len(g.alone) == 0 || len(series) < 2 || slices.ContainsFunc(t.periods, claimed) {
		return
	}
	for _, j := range stat.JudgeTogether(series, t.list) {
		if !j.Claimed() {
			continue
		}
		p := Period{Of: Failures, Scope: ScopeAll, Clock: g.alone[0].Clock, Clocks: j.Series, Verdict: j.Verdict, AnchoredTo: ToNothing,
			Nominal: time.Duration(j.Nominal * float64(time.Second))}
		p.PeriodResult = stat.PeriodResult{Nominal: j.Nominal, Verdict: j.Verdict, Basis: stat.ByClocks, Onsets: j.Onsets, P: j.P, PHolm: j.PHolm,
			Interval: j.Interval, Confirm: &stat.Confirmation{N: j.Onsets, Period: j.Period, Z: j.Power, Rbar: j.Rbar, PZ: j.P, PH: 1,
				P: j.P, HPeriod: j.Period}}
		t.periods = append(t.periods, p)
	}
}

// keep takes what is worth telling of one series: each claimed period, or else
// what came of the first period of the list.
func (t *periodTests) keep(of Subject, scope string, clock ClockID, j *stat.Judgement) {
	t.note(of, clock, j)
	if e := j.Unlisted; e != nil && e.Notable {
		t.leads = append(t.leads, lead{of, scope, e.Period, e.Scan.FAP})
	}
	had := len(t.periods)
	for i := range j.Periods {
		p := newPeriod(of, scope, clock, &j.Periods[i])
		if p.Claimed() {
			t.periods = append(t.periods, p)
		}
	}
	if len(t.periods) > had {
		return
	}
	best := 0
	for i := range j.Periods { // a period that the user asked about comes first
		if rank(&j.Periods[i]) > rank(&j.Periods[best]) || len(t.asked) > 0 && j.Periods[i].Nominal == t.asked[0].Seconds() {
			best = i
		}
	}
	t.periods = append(t.periods, newPeriod(of, scope, clock, &j.Periods[best]))
}

// note keeps which periods of failures could be tested at all.
func (t *periodTests) note(of Subject, clock ClockID, j *stat.Judgement) {
	for i := range j.Periods {
		r := &j.Periods[i]
		if of == Failures && r.Verdict != stat.Insufficient && (clock.OnWall() || r.Onsets >= aloneOnsets) && !slices.Contains(t.tested,
			r.Nominal) {
			t.tested = append(t.tested, r.Nominal)
		}
	}
}

// rank prefers a period that could be tested over one that could not.
func rank(r *stat.PeriodResult) int {
	if r.Verdict == stat.NotSupported && r.Nominal == known.Periods[0].Seconds() {
		return 2
	}
	if r.Verdict == stat.NotSupported {
		return 1
	}
	return 0
}

func newPeriod(of Subject, scope string, clock ClockID, r *stat.PeriodResult) Period {
	p := Period{Of: of, Scope: scope, Clock: clock, PeriodResult: *r, Verdict: r.Verdict, AnchoredTo: ToNothing,
		Nominal: time.Duration(r.Nominal * float64(time.Second))}
	if r.SeveralPhases {
		p.Verdict = stat.Supported // one period, a phase for each of several processes
	}
	if r.Confirm != nil || r.Basis == stat.ByTicks {
		p.Phase = nanos(r.Epoch)
	}
	return p
}

// explain takes back a period that several processes make together: two replicas
// that resync each ten minutes, five minutes apart, look like a period of five.
func (t *periodTests) explain(g *groups, c *Placed, processes []*Process) {
	for i := range t.periods {
		p := &t.periods[i]
		if !p.Claimed() || p.Of == Stalls && p.Scope != ScopeAll {
			continue
		}
		for _, q := range t.periods {
			ratio := float64(q.Nominal) / float64(p.Nominal)
			if q.Of != Stalls || q.Scope == ScopeAll || !q.Claimed() || ratio < 1.5 || math.Abs(ratio-math.Round(ratio)) > stat.Band {
				continue
			}
			// On a clock of its own the phase cannot be asked.
			if p.Of == Stalls || !p.Clock.OnWall() || t.onProcessPeriod(p, q.Nominal, onsetsOf(c, g, processes, p)) {
				p.HarmonicOf, p.Verdict = q.Nominal.Seconds(), stat.NotSupported
				break
			}
		}
	}
}

// onProcessPeriod says whether most onsets of a series lie near a period that some process
// keeps at a period.
func (t *periodTests) onProcessPeriod(p *Period, nominal time.Duration, onsets []float64) bool {
	on := 0
	for _, at := range onsets {
		best := parse.Time(nominal)
		for i := range t.periods {
			q := &t.periods[i]
			s, _, ok := q.Seconds()
			if q.Of != Stalls || q.Scope == ScopeAll || q.Nominal != nominal || !ok || q.Confirm == nil {
				continue
			}
			if d := wrap(nanos(at)-q.Phase, time.Duration(s*1e9)); abs(d) < abs(best) {
				best = d
			}
		}
		if abs(best) < parse.Time(known.PhaseTolerance) {
			on++
		}
	}
	// Phases that are spread evenly have a median of none.
	return 3*on > 2*len(onsets)
}

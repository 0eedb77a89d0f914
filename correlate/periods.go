package correlate

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"faultline/correlate/known"
	"faultline/correlate/stat"
	"faultline/parse"
)

// Period is the answer to whether something keeps a beat.
type Period struct {
	ID string
	// Of is "failures", "stalls" or "probes"; Scope "all" or a process.
	Of, Scope string
	// Stream is -1 on the wall clock, else the stream whose clock it is on.
	Stream  int
	Nominal time.Duration // the period that was tested
	stat.PeriodResult
	Verdict stat.Verdict
	// Phase is a time of the beat: ns since 1970, or on the stream's clock.
	Phase      parse.Time
	AnchoredTo AnchoredTo
	Mechanisms []Compatible
	// Clocks is on how many clocks of their own the series is that keep the
	// beat together, each at a phase of its own; 0 for a series on one clock.
	// Phase means nothing then, and Stream is one of them.
	Clocks int
}

// AnchoredTo says what a beat's phase is tied to.
type AnchoredTo string

// What a phase can be tied to, as the contract names it.
const (
	ToNothing      AnchoredTo = "none"
	ToProcessStart AnchoredTo = "process_start"
	ToWallClock    AnchoredTo = "wall_clock"
)

// Compatible is a mechanism that has the period of a beat.
type Compatible struct {
	known.Mechanism
	Compatible bool
	// Distance is how far the beat is from the mechanism's nearest one, nil
	// when the mechanism's phase is not known.
	Distance *time.Duration
	Note     string
}

// Claimed says whether the beat may be named.
func (p *Period) Claimed() bool {
	return (p.Verdict == stat.Strong || p.Verdict == stat.Supported) && p.HarmonicOf == 0
}

// tested are the periods to test, in seconds: the list in the code, then what
// the user added.
func (o *Options) tested() (out []float64) {
	for _, p := range slices.Concat(known.Periods, o.Periods) {
		if s := p.Seconds(); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// periods tests the beat of the failures, of each process's stalls, and of all
// stalls together.
func (c *Case) periods(w *work, o *Options) {
	for _, g := range w.groups() {
		if len(g.Failures) == 0 {
			continue
		}
		scope := "all"
		if g.Stream >= 0 {
			scope = c.title(g.Stream)
		}
		s := stat.Series{Times: times(g.Failures), Coverage: g.Coverage}
		had := len(c.Periods)
		c.test("failures", scope, g.Stream, s, o)
		if g.Stream >= 0 {
			c.manyClocks(c.Periods[had:], len(w.alone))
		}
		if g.Stream < 0 && !c.Periods[len(c.Periods)-1].Claimed() {
			c.perProxy(g, o)
		}
	}
	c.together(w, o)
	var all stat.Series
	for _, p := range w.processes {
		t := times(p.Stalls)
		if len(t) > 0 {
			c.test("stalls", p.Name, -1, stat.Series{Times: t, Coverage: p.Coverage}, o)
		}
		all.Times = append(all.Times, t...)
		if p.Known {
			all.Processes = append(all.Processes, stat.Process{Start: seconds(p.Start), Stalls: t, Coverage: p.Coverage})
		}
		all.Coverage = append(all.Coverage, p.Coverage...)
	}
	all.Coverage = stat.NewCoverage(all.Coverage)
	if len(all.Times) > 0 && len(w.processes) > 1 {
		c.test("stalls", "all", -1, all, o)
	}
	c.explain(w)
	for i := range c.Periods {
		c.Periods[i].ID = fmt.Sprintf("P%d", i+1)
		c.attach(&c.Periods[i], w, o)
	}
	c.number(w)
	for _, l := range c.leads {
		if !c.fraction(l.period) {
			c.Leads = append(c.Leads, fmt.Sprintf("%s of %s: a search of all periods finds %.1f s (p = %.2g), which is not on the list; --period %.1fs tests it",
				l.of, l.scope, l.period, l.p, l.period))
		}
	}
}

// lead is a period that a search found.
type lead struct {
	of, scope string
	period, p float64
}

// fraction says whether a period is a claimed one divided by a whole number:
// a comb of ten minutes is also one of 85.7 s.
func (c *Case) fraction(period float64) bool {
	return slices.ContainsFunc(c.Periods, func(p Period) bool {
		ratio := p.Nominal.Seconds() / period
		return p.Claimed() && ratio > 0.5 && math.Abs(ratio-math.Round(ratio)) <= stat.Band*ratio
	})
}

// perProxy tests the failures of each proxy alone: a proxy that asks one
// replica sees one phase, where all of them together see several. Only beats
// that hold for so many tests are kept.
func (c *Case) perProxy(g *Group, o *Options) {
	byPod := map[string][]Moment{}
	var pods []string
	for _, m := range g.Failures {
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
	var wait sync.WaitGroup
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, name := range pods { // a moved clock waits for this
		turn <- struct{}{}
		wait.Go(func() {
			judged[i] = stat.Judge(stat.Series{Times: times(byPod[name]), Coverage: g.Coverage}, o.tested())
			<-turn
		})
	}
	wait.Wait()
	for k, name := range pods {
		j := &judged[k]
		for i := range j.Periods {
			r := &j.Periods[i]
			r.PHolm = min(1, r.PHolm*float64(len(pods)))
			if p := newPeriod("failures", name, -1, r); p.Claimed() && r.PHolm <= stat.SupportedP {
				if r.PHolm > stat.StrongP {
					p.Verdict = stat.Supported
				}
				c.Periods = append(c.Periods, p)
			}
		}
	}
}

// manyClocks takes into account that each of several processes on clocks of
// their own was tested: what does not hold for so many tests is taken back.
func (c *Case) manyClocks(of []Period, clocks int) {
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
func (c *Case) together(w *work, o *Options) {
	var series []stat.Series
	for _, g := range w.groups() {
		if len(g.Failures) > 0 {
			series = append(series, stat.Series{Times: times(g.Failures), Coverage: g.Coverage})
		}
	}
	claimed := func(p Period) bool { return p.Of == "failures" && p.Stream < 0 && p.Claimed() }
	if len(w.alone) == 0 || len(series) < 2 || slices.ContainsFunc(c.Periods, claimed) {
		return
	}
	for _, t := range stat.JudgeTogether(series, o.tested()) {
		if !t.Claimed() {
			continue
		}
		p := Period{Of: "failures", Scope: "all", Stream: w.alone[0].Stream, Clocks: t.Series, Verdict: t.Verdict, AnchoredTo: ToNothing,
			Nominal: time.Duration(t.Nominal * float64(time.Second))}
		p.PeriodResult = stat.PeriodResult{Nominal: t.Nominal, Verdict: t.Verdict, Basis: stat.ByClocks, Onsets: t.Onsets, P: t.P, PHolm: t.PHolm,
			Interval: t.Interval, Confirm: &stat.Confirmation{N: t.Onsets, Period: t.Period, Z: t.Power, Rbar: t.Rbar, PZ: t.P, PH: 1, P: t.P, HPeriod: t.Period}}
		c.Periods = append(c.Periods, p)
	}
}

// test judges one series and keeps what is worth telling: each claimed beat,
// or else what came of the first period of the list.
func (c *Case) test(of, scope string, stream int, s stat.Series, o *Options) {
	j := stat.Judge(s, o.tested())
	if e := j.Unlisted; e != nil && e.Notable {
		c.leads = append(c.leads, lead{of, scope, e.Period, e.Scan.FAP})
	}
	had := len(c.Periods)
	for i := range j.Periods {
		p := newPeriod(of, scope, stream, &j.Periods[i])
		if p.Claimed() {
			c.Periods = append(c.Periods, p)
		}
	}
	if len(c.Periods) > had {
		return
	}
	best := 0
	for i := range j.Periods { // a period that the user asked about comes first
		if rank(&j.Periods[i]) > rank(&j.Periods[best]) || len(o.Periods) > 0 && j.Periods[i].Nominal == o.Periods[0].Seconds() {
			best = i
		}
	}
	c.Periods = append(c.Periods, newPeriod(of, scope, stream, &j.Periods[best]))
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

func newPeriod(of, scope string, stream int, r *stat.PeriodResult) Period {
	p := Period{Of: of, Scope: scope, Stream: stream, PeriodResult: *r, Verdict: r.Verdict, AnchoredTo: ToNothing,
		Nominal: time.Duration(r.Nominal * float64(time.Second))}
	if r.SeveralPhases {
		p.Verdict = stat.Supported // one period, a phase for each of several processes
	}
	if r.Confirm != nil {
		p.Phase = nanos(r.Epoch)
	}
	return p
}

// Statistic names the statistic that the verdict rests on, with its value; ok
// is false when none could be computed.
func (p *Period) Statistic() (name string, value float64, ok bool) {
	switch {
	case p.Basis == stat.ByTicks && p.Ticks != nil:
		return "ticks", float64(p.Ticks.Hits), true
	case p.Basis == stat.ByBeats:
		return "ticks", float64(p.OnBeats.Kept), true
	case p.Confirm == nil:
		return "", 0, false
	case p.SeveralPhases || p.Confirm.PH < p.Confirm.PZ:
		return "H", p.Confirm.H, true
	}
	return "rayleigh", p.Confirm.Z, true
}

// TicksHit is how many beats were captured and how many of them were kept.
func (p *Period) TicksHit() (ticks, hits int, ok bool) {
	switch {
	case p.Basis == stat.ByTicks && p.Ticks != nil:
		return p.Ticks.Ticks, p.Ticks.Hits, true
	case p.Basis == stat.ByBeats:
		return p.OnBeats.Beats, p.OnBeats.Kept, true
	case p.Fit != nil && p.Claimed() && !p.SeveralPhases:
		return p.Fit.Spanned + 1, p.Fit.Cycles, true
	}
	return 0, 0, false
}

// Seconds is the estimated period; ok is false without a claim.
func (p *Period) Seconds() (s float64, ci [2]float64, ok bool) {
	switch {
	case !p.Claimed():
		return 0, ci, false
	case p.Basis == stat.ByTicks:
		return p.Ticks.Period, ci, true
	case p.Fit != nil && !p.SeveralPhases:
		return p.Fit.Period, p.Fit.CI, true
	case p.SeveralPhases:
		return p.Confirm.HPeriod, ci, true
	}
	return p.Confirm.Period, ci, true
}

// explain takes back a beat that several processes make together: two replicas
// that resync each ten minutes, five minutes apart, look like a beat of five.
func (c *Case) explain(w *work) {
	for i := range c.Periods {
		p := &c.Periods[i]
		if !p.Claimed() || p.Of == "stalls" && p.Scope != "all" {
			continue
		}
		for _, q := range c.Periods {
			ratio := float64(q.Nominal) / float64(p.Nominal)
			if q.Of != "stalls" || q.Scope == "all" || !q.Claimed() || ratio < 1.5 || math.Abs(ratio-math.Round(ratio)) > stat.Band {
				continue
			}
			// On a clock of its own the phase cannot be asked.
			if p.Of == "stalls" || p.Stream >= 0 || c.onBeats(p, q.Nominal, w) {
				p.HarmonicOf, p.Verdict = q.Nominal.Seconds(), stat.NotSupported
				break
			}
		}
	}
}

// onBeats says whether a series begins, typically, soon after a beat that some
// process keeps at a period.
func (c *Case) onBeats(p *Period, nominal time.Duration, w *work) bool {
	var late []parse.Time
	for _, t := range c.onsetsOf(p, w) {
		best := parse.Time(nominal)
		for i := range c.Periods {
			q := &c.Periods[i]
			s, _, ok := q.Seconds()
			if q.Of != "stalls" || q.Scope == "all" || q.Nominal != nominal || !ok || q.Confirm == nil {
				continue
			}
			if d := wrap(nanos(t)-q.Phase, time.Duration(s*1e9)); abs(d) < abs(best) {
				best = d
			}
		}
		late = append(late, best)
	}
	if len(late) == 0 {
		return false
	}
	d := median(late)
	return d > -known.PhaseTolerance && d < known.PhaseTolerance
}

// number gives each incident its cycle and phase in the beat of its group's
// failures.
func (c *Case) number(w *work) {
	for i := range c.Incidents {
		in := &c.Incidents[i]
		for j := range c.Periods {
			p := &c.Periods[j]
			s, _, ok := p.Seconds()
			if p.Of != "failures" || p.Stream != in.Stream || !ok || p.Basis != stat.ByOnsets || !c.covers(p, in, w) {
				continue
			}
			cycle := math.Floor(seconds(in.Start-p.Phase)/s + 0.5)
			in.Period, in.Cycle = p.ID, int(cycle)
			in.Phase = time.Duration(in.Start-p.Phase) - time.Duration(cycle*s*1e9)
			break
		}
	}
}

// covers says whether a beat is of the failures that an incident is of: of all,
// or of the process that the incident's first failure is of, which its phase is
// reckoned from.
func (c *Case) covers(p *Period, in *Incident, w *work) bool {
	if p.Scope == "all" || in.Stream >= 0 {
		return true
	}
	first := between(w.wall.Failures, in.Start, in.Start)
	return len(first) > 0 && c.title(int(first[0].Stream)) == p.Scope
}

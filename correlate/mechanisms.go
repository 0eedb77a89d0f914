package correlate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate/known"
	"faultline/correlate/stat"
	"faultline/parse"
)

// early is how much before its tick something may seem to be: starts are known
// to a second or two.
const early = 5 * time.Second

// attach says of each period which mechanisms of the dump have it, what its
// phase is tied to, and which processes keep it.
func attach(c *Placed, g *groups, periods []Period, processes []*Process, f *Following) []Period {
	out := slices.Clone(periods)
	h := &holder{c, componentsOf(c), map[string]bool{}, processes, f, c.Options.tested()}
	mechanisms := known.Mechanisms
	for _, extra := range c.Options.Periods {
		if !slices.Contains(known.Periods, extra) {
			mechanisms = append(slices.Clip(mechanisms), known.Mechanism{Name: fmt.Sprintf("resync each %s (--period)", extra), Period: extra,
				Phase: known.AtListEnd, Resync: true, Component: known.Destination, Why: "a period that you named"})
		}
	}
	for i := range out {
		p := &out[i]
		if f != nil && f.Nominal == p.Nominal && (p.Of == Failures && p.Clock.OnWall() || p.Of == Stalls && p.Scope == ScopeAll) {
			p.By, p.PhaseP = f.By, &f.PhaseP
		}
		on := onsetsOf(c, g, processes, p)
		for _, m := range mechanisms {
			if math.Abs(m.Period.Seconds()/p.Nominal.Seconds()-1) > stat.Band || m.Ingress && p.Of == Stalls || !h.seen(m.Component) {
				continue
			}
			if f := h.compatible(p, m, on); !m.AnyMinute || f.Compatible && f.Distance != nil && p.Of == Failures && !p.onFullPeriods() {
				p.Mechanisms = append(p.Mechanisms, f)
			}
		}
		p.AnchoredTo = h.anchored(p)
	}
	return out
}

// onFullPeriods says whether a mechanism fits that begins on the full multiples
// of its period on the wall clock.
func (p *Period) onFullPeriods() bool {
	return slices.ContainsFunc(p.Mechanisms, func(m Compatible) bool {
		return m.Phase == known.AtWallClock && !m.AnyMinute && m.Compatible && m.Distance != nil
	})
}

// holder is what periods are held against mechanisms with.
type holder struct {
	c          *Placed
	components []string // names of what the dump has a trace of
	asked      map[string]bool
	processes  []*Process
	following  *Following
	list       []float64
}

// componentsOf are the names under which processes appear in the dump.
func componentsOf(c *Placed) (out []string) {
	for _, who := range c.Who {
		out = append(out, who.Pod, who.Container)
	}
	for name, p := range rosterOf(c.Capture) {
		out = append(append(out, name), p.containers...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// seen says whether the dump has a trace of a component; what belongs to none,
// as a CronJob may be anybody's, always counts.
func (h *holder) seen(component string) bool {
	if component == "" || component == known.Destination {
		return true
	}
	is, had := h.asked[component]
	if !had {
		is = slices.ContainsFunc(h.components, func(name string) bool { return strings.Contains(name, component) })
		h.asked[component] = is
	}
	return is
}

// compatible holds a period against one mechanism.
func (h *holder) compatible(p *Period, m known.Mechanism, onsets []float64) Compatible {
	f := Compatible{Mechanism: m, Chance: 1}
	if !p.Claimed() {
		f.Note = "no period was found to compare it with"
		return f
	}
	f.Compatible = true
	f.againstPeriod(p)
	if !f.Compatible {
		return f
	}
	switch {
	case m.Phase == known.AtWallClock:
		f.againstWall(p, onsets)
	case m.Component == known.Destination:
		h.againstStalls(&f, p)
	case m.Phase == known.AtProcessStart || m.Phase == known.AtListEnd:
		h.againstStarts(&f, p, onsets)
	default:
		f.Note = "phase not compared: it counts from " + m.Phase.String()
	}
	if m.Harmless {
		f.Note = strings.TrimPrefix(f.Note+"; it is not known to fail requests", "; ")
	}
	return f
}

// againstPeriod compares the length of the periods.
func (f *Compatible) againstPeriod(p *Period) {
	s, ci, ok := p.Seconds()
	// To rule a mechanism out takes more than the 95 % of a report: 99.9 %.
	const wider = 3.29 / 1.96
	ci = [2]float64{s - wider*(s-ci[0]), s + wider*(ci[1]-s)}
	switch nominal := f.Period.Seconds(); {
	case !ok || ci[0] == ci[1] || p.Fit == nil:
	case nominal+f.Late.Seconds() < ci[0]:
		f.Compatible, f.Note = false, fmt.Sprintf("the period is longer than %s", f.Period)
	case nominal > ci[1]:
		f.Compatible, f.Note = false, fmt.Sprintf("the period is shorter than %s, and a timer is never early", f.Period)
	}
}

// againstWall compares a period with the wall clock's multiples of a period: most
// of its onsets must lie where a job's pod would have started, some seconds
// after its minute and never before.
func (f *Compatible) againstWall(p *Period, onsets []float64) {
	if !p.Clock.OnWall() {
		f.Note = "phase not compared: the wall time is not known"
		return
	}
	if p.Lock != nil && len(p.Lock.On) > 0 {
		onsets = p.Lock.On
	}
	every := f.Period
	if f.AnyMinute {
		every = time.Minute
	}
	var off []parse.Time
	fit := 0
	for _, t := range onsets {
		d := wrap(nanos(t), every)
		off = append(off, d)
		if d >= parse.Time(-2*time.Second) && d <= parse.Time(f.Tolerance()) {
			fit++
		}
	}
	if len(off) == 0 {
		return
	}
	d := median(off)
	f.Distance, f.Chance = &d, (2*time.Second+f.Tolerance()).Seconds()/every.Seconds()
	f.Compatible = 3*fit >= 2*len(off)
}

// againstStalls holds a period against the resyncs of the controllers whose stalls
// were captured: by what the stalls do, not by where they should be.
func (h *holder) againstStalls(f *Compatible, p *Period) {
	if p.Of == Stalls && p.Scope != ScopeAll {
		for i := range h.processes {
			if q := h.processes[i]; q.Name == p.Scope {
				if b, ok := periodOfProcess(q, p.Nominal, len(h.list)); ok && b.informative() {
					f.Distance, f.Chance, f.Compatible = b.Late, b.Zone, b.Agrees
					return
				}
			}
		}
		f.Note = "phase not compared: no start was captured that could tell"
		return
	}
	one := h.following
	switch {
	case !p.Clock.OnWall():
		f.Note = "phase not compared: the wall time is not known"
	case one == nil || one.Nominal != p.Nominal:
		f.Note = "phase not compared: no stalls that have a period were captured"
	case p.Of == Failures && !one.Follows:
		f.Compatible = one.Test == nil
		f.Note = "phase not compared: failures and stalls were not captured together"
		if one.Test != nil {
			f.Note = parse.Agree(fmt.Sprintf("%d of %d incidents follow a stall at a tick, %.1f would by chance", one.Test.K, one.Test.N, one.Test.Expected))
		}
	case one.Hangs.Open() && one.Informative == 0:
		f.Note = "phase not compared: no start was captured that could tell"
	case one.Hangs.Open():
		f.Distance, f.Chance, f.Note = one.late(), one.PhaseP, one.WhyOpen()
	default:
		f.Compatible, f.Chance = one.Hangs == HangsStarts, one.PhaseP
		f.Distance = one.late()
		f.Note = parse.Agree(fmt.Sprintf("%d of %d processes stall at times that count from their own start", one.Agree, one.Informative))
	}
}

// late is the median of how long after the ticks of their starts the periods lie,
// of the processes that agree, else of all; nil without a start.
func (f *Following) late() *time.Duration {
	var agreeing, all []parse.Time
	for i := range f.By {
		if b := &f.By[i]; b.Late != nil {
			all = append(all, parse.Time(*b.Late))
			if b.Agrees {
				agreeing = append(agreeing, parse.Time(*b.Late))
			}
		}
	}
	if len(agreeing) > 0 {
		all = agreeing
	}
	if len(all) == 0 {
		return nil
	}
	d := median(all)
	return &d
}

// againstStarts compares a period with the starts of another component, as far as
// the dump tells them: over k cycles the period's own error adds up.
func (h *holder) againstStarts(f *Compatible, p *Period, onsets []float64) {
	starts := h.c.startsOf(f.Component)
	s, ci, ok := p.Seconds()
	if !p.Clock.OnWall() || len(starts) == 0 || !ok || len(onsets) == 0 {
		f.Note = "phase not compared: when its process started was not captured"
		return
	}
	at := seconds(p.Phase)
	f.Compatible, f.Chance = false, 0
	for _, start := range starts {
		k := math.Max(0, math.Round((at-seconds(start))/s))
		slack := k * math.Max((ci[1]-ci[0])/2, 0.002*s/600)
		late := time.Duration((at - seconds(start) - k*s) * 1e9)
		zone := (early + known.PhaseTolerance).Seconds() + 2*slack
		f.Chance = math.Min(1, f.Chance+zone/s)
		fits := late.Seconds() >= -early.Seconds()-slack && late.Seconds() <= known.PhaseTolerance.Seconds()+slack
		if f.Distance == nil || fits && !f.Compatible || fits == f.Compatible && late.Abs() < f.Distance.Abs() {
			f.Distance, f.Compatible = &late, fits
		}
	}
}

// startsOf are when processes of a component started, as facts of the dump say.
func (c *Placed) startsOf(component string) (out []parse.Time) {
	for _, f := range c.Facts {
		if key := c.Name(f.Key); key != parse.FactProcess && key != parse.FactStartedAt {
			continue
		}
		if of, ok := subject(c.Capture, f); ok && (strings.Contains(of.Pod, component) || strings.Contains(of.Container, component)) {
			out = append(out, f.Time)
		}
	}
	return out
}

// anchored says what a claimed period's phase is tied to.
func (h *holder) anchored(p *Period) AnchoredTo {
	if !p.Claimed() || !p.Clock.OnWall() {
		return ToNothing
	}
	if p.Basis == stat.ByTicks {
		return ToProcessStart
	}
	one := h.following
	follows := one != nil && one.Nominal == p.Nominal && (p.Of == Stalls && p.Scope == ScopeAll || p.Of == Failures && one.Follows)
	if follows && one.Hangs == HangsStarts {
		return ToProcessStart
	}
	var wall, start bool
	for i := range p.Mechanisms {
		m := &p.Mechanisms[i]
		wall = wall || m.Phase == known.AtWallClock && !m.AnyMinute && m.Compatible && m.Distance != nil && *m.Distance <= 10*time.Second
		start = start || p.Of == Stalls && m.Component == known.Destination && m.Compatible && m.Distance != nil
	}
	switch {
	case wall: // a start's phase comes near the full minutes only by chance
		return ToWallClock
	case start && (one == nil || one.Hangs == HangsStarts || one.Hangs.Open()):
		return ToProcessStart
	}
	return ToNothing
}

// onsetsOf are the onsets of a period's series, in seconds.
func onsetsOf(c *Placed, g *groups, processes []*Process, p *Period) []float64 {
	return stat.Onsets(timesOf(c, g, processes, p), stat.GapFor(p.Nominal.Seconds()))
}

func median(t []parse.Time) time.Duration {
	slices.Sort(t)
	return time.Duration(t[len(t)/2])
}

// timesOf are the times that a period was tested on, in seconds.
func timesOf(c *Placed, g *groups, processes []*Process, p *Period) (out []float64) {
	if p.Of == Failures {
		if one := g.of(p.Clock); one != nil {
			for _, m := range one.Forming {
				if !one.Clock.OnWall() || p.Scope == ScopeAll || p.Scope == c.title(int(m.Stream)) {
					out = append(out, seconds(m.At))
				}
			}
		}
	}
	for _, q := range processes {
		if p.Of == Stalls && (p.Scope == ScopeAll || p.Scope == q.Name) {
			out = append(out, times(q.Stalls)...)
		}
	}
	slices.Sort(out)
	return out
}

// wrap folds a time into (-period/2, period/2].
func wrap(t parse.Time, period time.Duration) parse.Time {
	p := parse.Time(period)
	t = ((t % p) + p) % p
	if t > p/2 {
		t -= p
	}
	return t
}

func abs(t parse.Time) parse.Time { return max(t, -t) }

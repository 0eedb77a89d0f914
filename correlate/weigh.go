package correlate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate/known"
	"faultline/correlate/stat"
	"faultline/correlate/words"
	"faultline/parse"
)

const (
	// openShare is the share of incidents that may follow the stalls' period for
	// all that is known from which another period is not said to be another's.
	openShare = 0.5
	// denyShare is the same share from which a period is not denied.
	denyShare = 1.0 / 3
	// enoughParity is how many incidents must follow before twice the period is
	// excluded: fewer fall on every other tick by chance (statistics.md §1.3).
	enoughParity = 7
)

// weigh answers by what the stages found: a resync only where incidents follow
// stalls at a tick that counts from the starts of their processes.
func weigh(c *Case) Verdict {
	v := Verdict{Period: -1, Association: slices.IndexFunc(c.Associations, func(a Association) bool { return a.Verdict == Associated })}
	f := c.Follows
	period := claimedPeriod(c.Periods, Failures, false)
	if period < 0 {
		period = claimedPeriod(c.Periods, Failures, true)
	}
	if period < 0 { // the wall clock's answer says nothing of a clock that cannot be compared with it
		period = slices.IndexFunc(c.Periods, func(p Period) bool { return p.Of == Failures && !p.Clock.OnWall() && p.Claimed() })
	}
	follows := f != nil && f.Follows
	switch {
	case len(c.Incidents) == 0:
		v.Period = claimedPeriod(c.Periods, Stalls, false)
		c.withoutIncidents(&v)
	case follows && f.Hangs == HangsStarts && c.resyncEach(f.Nominal):
		v.Code, v.Period = BeatMatchesResync, c.claimAt(f.Nominal)
		c.sayFollows(&v)
	case follows && (f.Hangs.Open() || !c.resyncEach(f.Nominal) && f.Test.K < enoughParity):
		v.Code, v.Period = PeriodCauseOpen, c.claimAt(f.Nominal)
		c.sayOpen(&v)
	case follows:
		v.Code, v.Period = OtherBeat, c.claimAt(f.Nominal)
		c.sayOther(&v)
	case period >= 0 && c.causeOpen(&c.Periods[period]):
		v.Code, v.Period = PeriodCauseOpen, period
		c.sayOpen(&v)
	case period >= 0:
		v.Code, v.Period = OtherBeat, period
		c.sayOther(&v)
	case c.denies():
		v.Code = NoBeat
		c.sayNoBeat(&v)
	default:
		v.Code, v.Reason, v.Period = Insufficient, TooFew, claimedPeriod(c.Periods, Stalls, false)
		c.sayInsufficient(&v)
	}
	return v
}

// claimAt is the claim about the failures at a period, -1 for none.
func (c *Case) claimAt(nominal time.Duration) int {
	return slices.IndexFunc(c.Periods, func(p Period) bool {
		return p.Of == Failures && p.Scope == ScopeAll && p.Clock.OnWall() && p.Nominal == nominal && p.Claimed()
	})
}

// resyncEach says whether informers of the mesh resync with a period.
func (c *Case) resyncEach(nominal time.Duration) bool {
	p := c.claimAt(nominal)
	return p >= 0 && slices.ContainsFunc(c.Periods[p].Mechanisms, func(m Compatible) bool { return m.Resync && !m.Ingress })
}

// causeOpen says whether a period of the failures has the length of a resync, and
// nothing was captured that would tell whether it is one.
func (c *Case) causeOpen(p *Period) bool {
	if !p.resyncs() {
		return c.mayFollow(p) && (p.AnchoredTo != ToWallClock || c.Follows.OnePhase)
	}
	return true
}

// mayFollow says whether so many incidents could follow the stalls' period that
// the period of the failures cannot be said to be another's.
func (c *Case) mayFollow(p *Period) bool {
	f := c.Follows
	return f != nil && f.Nominal == p.Nominal && f.Test != nil && (f.Hangs.Open() || f.Hangs == HangsStarts) &&
		(f.AtMost >= openShare || f.OnePhase) && p.fitsLength()
}

// fitsLength says whether a period is as long as a resync, whatever its phase.
func (p *Period) fitsLength() bool {
	for _, m := range p.Mechanisms {
		if m.Resync && !m.Ingress {
			f := Compatible{Mechanism: m.Mechanism, Compatible: true}
			f.againstPeriod(p)
			return f.Compatible
		}
	}
	return false
}

// denies says whether enough was captured to say that there is no period: the
// resync's period could be tested, and no more than a part of the incidents
// could follow the stalls' period.
func (c *Case) denies() bool {
	first := known.Periods[0].Seconds()
	if len(c.Options.Periods) > 0 {
		first = c.Options.Periods[0].Seconds()
	}
	if f := c.Follows; f != nil && f.P <= followP {
		return false // some follow, if few
	}
	return slices.Contains(c.Tested, first) && c.atMost() < denyShare
}

// atMost bounds the share of the incidents that may follow the stalls' period: of
// those on clocks on which too few were to test one, all may.
func (c *Case) atMost() float64 {
	tested := map[ClockID]bool{Wall: true}
	for i := range c.Periods {
		if p := &c.Periods[i]; p.Of == Failures && p.Verdict != stat.Insufficient {
			tested[p.Clock] = true
		}
	}
	apart := 0
	for i := range c.Incidents {
		if !tested[c.Incidents[i].Clock] {
			apart++
		}
	}
	untested := float64(apart) / float64(max(1, len(c.Incidents)))
	return untested + (1-untested)*c.mostFollow()
}

// mostFollow bounds the share of the incidents on the wall clock that may follow the
// stalls' period: 0 where no stalls have one, 1 where the two cannot be compared. Of
// stalls too few to measure a period, those that begin after any stall may.
func (c *Case) mostFollow() float64 {
	switch f := c.Follows; {
	case f != nil && f.Test == nil:
		return 1
	case f != nil:
		return f.AtMost
	case !slices.ContainsFunc(c.Periods, func(p Period) bool {
		return p.Of == Stalls && p.Scope != ScopeAll && p.Verdict == stat.Insufficient
	}):
		return 0
	}
	for i := range c.Associations {
		if a := &c.Associations[i]; a.With == withAny && a.N > 0 {
			return math.Max(0, stat.AtMost(a.Observed, a.N)-a.Expected/float64(a.N))
		}
	}
	return 1
}

// upgrade is the advice for an informer resync that hurts: 2.14.10 starts no
// goroutine per subscribed address any more (linkerd2 #12017), and edge-24.2.2
// compares before it sends (#12040).
const upgrade = "Compare linkerd versions: 2.14.10 does less work at each resync (linkerd2 #12017), edge-24.2.2 less again (#12040)."

const anchorThem = "Anchor the proxies: kubectl logs --timestamps, or kubectl get pods -o json. Then the phase tells a resync from a CronJob."

// counted is how many incidents follow, in words.
func (f *Following) counted() string {
	s := parse.Agree(fmt.Sprintf("%d of %d incidents begin within %.0f s after a stall at a tick of its own process, %.1f would by chance (%s)",
		f.Test.K, f.Test.N, seconds(StallWindow), f.Test.Expected, words.P(f.P)))
	if f.Cycles != nil {
		t := f.Table
		s += fmt.Sprintf("; an incident came in %d of %d cycles with a stall and %d of %d without (%s)",
			t[0][0], t[0][0]+t[0][1], t[1][0], t[1][0]+t[1][1], words.P(f.Cycles.Greater()))
	}
	return s
}

func (c *Case) sayFollows(v *Verdict) {
	p, f := &c.Periods[v.Period], c.Follows
	v.Sentence = fmt.Sprintf("%s have a period of %s, consistent with an informer resync: %s. ", words.Upper(c.tally()), p.Length(), f.counted())
	whose := "their"
	if f.Agree == 1 {
		whose = "its"
	}
	v.Sentence += fmt.Sprintf("The stalls of %d of %s count from %s own start", f.Agree, words.Count(f.Informative, "process", "processes"), whose)
	if d := f.late(); d != nil {
		v.Sentence += fmt.Sprintf(", %.1f s after its ticks", d.Seconds())
	}
	v.Sentence += fmt.Sprintf("; the chance that unrelated phases would fit as well is %s.", words.Chance(f.PhaseP))
	v.Next = upgrade
}

func (c *Case) sayOpen(v *Verdict) {
	p, f := &c.Periods[v.Period], c.Follows
	v.Sentence = fmt.Sprintf("%s have a period of %s (%s); whose it is stays open: ", words.Upper(c.counted(p)), p.Length(), p.strength())
	v.Next = "Find whose start the period counts from: add the controllers' logs and kubectl get pods -A -o json; the phase tells them apart."
	switch {
	case p.Clocks > 0:
		v.Sentence += fmt.Sprintf("it is that of %d processes on clocks of their own, so no phase can be compared.", p.Clocks)
		v.Next = anchorThem
	case !p.Clock.OnWall():
		v.Sentence += fmt.Sprintf("it is that of %s on a clock of its own, so no phase can be compared.", c.title(int(p.Clock)))
		v.Next = anchorThem
	case f != nil && f.Follows && !f.Hangs.Open():
		v.Sentence += f.counted() + ", too few to exclude twice the period."
	case f != nil && f.Follows:
		v.Sentence += f.counted() + ", but " + f.WhyOpen() + "."
	case f != nil && f.Test != nil && f.Nominal == p.Nominal:
		v.Sentence += f.counted() + ", which does not tell the two apart."
		v.Next = "Capture longer, with the logs of every destination replica: cycles in which nothing stalls tell the two apart."
	default:
		v.Sentence += "no stalls with a period were captured beside them."
	}
	if fit := p.Rivals(true); len(fit) > 0 {
		v.Sentence += " It fits: " + strings.Join(fit, ", ") + "."
	}
}

// Rivals are the mechanisms that fit a period and may fail requests, at most
// three; with the mesh's own resync only where it may be that.
func (p *Period) Rivals(resync bool) (out []string) {
	for _, m := range p.Fitting() {
		if len(out) < 3 && !m.Harmless && (resync || !m.Resync || m.Ingress) {
			out = append(out, m.Name)
		}
	}
	return out
}

func (c *Case) sayOther(v *Verdict) {
	p, f := &c.Periods[v.Period], c.Follows
	v.Sentence = fmt.Sprintf("%s have a period of %s (%s), but not the phase of the linkerd informer resync", words.Upper(c.counted(p)), p.Length(), p.strength())
	switch {
	case f == nil || f.Nominal != p.Nominal || f.Test == nil:
		v.Sentence += "."
	case f.Follows && (f.Hangs == HangsWall || f.Hangs == HangsCommon):
		v.Sentence += fmt.Sprintf(": %s, and the stalls of %s come at one time", f.counted(), words.Count(len(f.By), "process", "processes"))
		if f.Hangs == HangsWall {
			v.Sentence += ", on full minutes of the wall clock"
		}
		v.Sentence += "."
	case f.Follows:
		v.Sentence += fmt.Sprintf(": %s, but those count from the start of %d of %s only.", f.counted(), f.Agree, words.Count(f.Informative, "process", "processes"))
	default:
		v.Sentence += ": " + parse.Agree(fmt.Sprintf("%d of %d incidents begin within %.0f s after a stall at a tick, %.1f would by chance.",
			f.Test.K, f.Test.N, seconds(StallWindow), f.Test.Expected))
	}
	v.Next = "Look for what else runs " + words.Every(p.Nominal) + ", at the phase that stands under Periods."
	if fit := p.Rivals(false); len(fit) > 0 {
		v.Next = "Look at what fits the period and the phase: " + strings.Join(fit, ", ") + "."
	}
}

func (c *Case) sayNoBeat(v *Verdict) {
	v.Sentence = fmt.Sprintf("%s have none of the periods that could be tested (%s).", words.Upper(c.tally()), c.testedWords())
	if f := c.Follows; f != nil && f.Test != nil {
		v.Sentence += fmt.Sprintf(" At most %.0f %% of the incidents can follow the stalls, which have a period of %s: %d of %d begin within %.0f s after one of these, %.1f would by chance.",
			100*f.AtMost, f.Nominal, f.Test.K, f.Test.N, seconds(StallWindow), f.Test.Expected)
	} else if share, ok := c.onOneComb(); ok {
		v.Sentence += fmt.Sprintf(" At most %.0f %% of the incidents can have one phase of %s.", 100*share, known.Periods[0])
	}
	if c.renewalLike() {
		v.Sentence += " Their spacing is consistent with watch timeouts drawn between 5 and 10 minutes."
	}
	v.Next = "Look at what the incidents have in common: their targets, and what was changed shortly before each."
	if v.Association >= 0 {
		v.Sentence += " " + words.Upper(c.Associations[v.Association].Sentence) + "."
		v.Next = "Look at what makes the controller stall at these times: real changes, or too little CPU."
	}
}

// onOneComb bounds the share of the incidents that keep one phase of the first
// period of the list.
func (c *Case) onOneComb() (float64, bool) {
	on := onsets(c.Incidents, Wall)
	l, ok := stat.NewLock(on, known.Periods[0].Seconds(), c.groups.wall.Coverage)
	return stat.AtMost(len(l.On), len(on)), ok
}

// testedWords names the periods that could be tested.
func (c *Case) testedWords() string {
	var words []string
	for _, s := range c.Tested {
		words = append(words, time.Duration(s*1e9).String())
	}
	return strings.Join(words, ", ")
}

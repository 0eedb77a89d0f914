package correlate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate/stat"
	"faultline/parse"
)

// Code is the answer in one word, as the contract names it.
type Code string

// The answers.
const (
	BeatMatchesResync Code = "beat_matches_resync"
	OtherBeat         Code = "other_beat"
	NoBeat            Code = "no_beat"
	Insufficient      Code = "insufficient"
	NoFailures        Code = "no_failures"
	// Diagnosed: something failed, the leading finding says why, and no beat is
	// claimed. Package rules gives it.
	Diagnosed Code = "diagnosed"
)

// Verdict answers the question of the ticket.
type Verdict struct {
	Code     Code
	Sentence string
	Next     string
	// Period and Association are the ones that the sentence rests on, -1
	// for none.
	Period, Association int
	// Diagnosis is the code of the finding that leads, "" when none does.
	Diagnosis string
}

// weigh answers by what the stages found.
func weigh(c *Case) Verdict {
	v := Verdict{Period: -1, Association: -1}
	link := slices.IndexFunc(c.Associations, func(a Association) bool { return a.Verdict == Associated })
	beat := beatOf(c.Periods, Failures, false)
	one := beatOf(c.Periods, Failures, true)
	stalls := beatOf(c.Periods, Stalls, false)
	switch {
	case len(c.Incidents) == 0:
		v.Code, v.Period = NoFailures, stalls
		c.sayNoFailures(&v)
	case beat >= 0 && c.Periods[beat].matchesResync():
		v.Code, v.Period, v.Association = BeatMatchesResync, beat, link
		if c.Periods[beat].Basis == stat.ByBeats {
			c.sayOnBeats(&v)
		} else {
			c.sayMatches(&v)
		}
	case beat >= 0:
		v.Code, v.Period = OtherBeat, beat
		c.sayOther(&v)
	case link >= 0 && stalls >= 0 && c.Periods[stalls].matchesResync():
		v.Code, v.Period, v.Association = BeatMatchesResync, stalls, link
		c.sayByStalls(&v)
	case one >= 0 && c.Periods[one].matchesResync():
		v.Code, v.Period, v.Association = BeatMatchesResync, one, link
		c.sayMatches(&v)
	case one >= 0:
		v.Code, v.Period = OtherBeat, one
		c.sayOther(&v)
	case slices.ContainsFunc(c.Periods, func(p Period) bool { return p.speaks() && p.Verdict == stat.NotSupported }):
		v.Code, v.Association = NoBeat, link
		c.sayNoBeat(&v)
	default:
		v.Code, v.Period = Insufficient, stalls
		c.sayInsufficient(&v)
	}
	return v
}

// beatOf is the claimed period of a series that says most: one that fits a
// resync, then the stronger; -1 for none. For failures, those of all together,
// or those of one proxy. What is on a clock of its own is asked only when the
// wall clock has no answer.
func beatOf(periods []Period, of Subject, one bool) int {
	best, score := -1, -1
	answered := false
	for i := range periods {
		p := &periods[i]
		if p.Of != of || of == Failures && one != (p.Clock.OnWall() && p.Scope != ScopeAll) {
			continue
		}
		answered = answered || p.Clock.OnWall() && p.Verdict != stat.Insufficient
		if !p.Claimed() || !p.Clock.OnWall() && p.Clocks == 0 && answered { // what is on several clocks holds the wall's too
			continue
		}
		s := 0
		if p.matchesResync() {
			s += 2
		}
		if p.Verdict == stat.Strong {
			s++
		}
		if s > score {
			best, score = i, s
		}
	}
	return best
}

// aloneOnsets is how many incidents one proxy on a clock of its own must have
// before its lack of a beat speaks for all.
const aloneOnsets = 20

// speaks says whether a period of failures may deny a beat: a proxy on its own
// clock sees only its share of the incidents.
func (p *Period) speaks() bool {
	return p.Of == Failures && (p.Clock.OnWall() || p.Onsets >= aloneOnsets)
}

// matchesResync says whether a beat may be an informer resync: it has the
// period, and its phase is a tick of a process whose start is known. Where no
// start is known the period alone must do, unless the wall clock explains it.
func (p *Period) matchesResync() bool {
	if p.AnchoredTo == ToWallClock {
		return false
	}
	byPeriod := false
	for i := range p.Mechanisms {
		m := &p.Mechanisms[i]
		if !m.Resync || m.Ingress {
			continue
		}
		if m.Distance != nil {
			return m.Compatible
		}
		byPeriod = byPeriod || m.Compatible
	}
	return byPeriod
}

// Fitting are the mechanisms that a period is compatible with.
func (p *Period) Fitting() (out []Compatible) {
	for _, m := range p.Mechanisms {
		if m.Compatible {
			out = append(out, m)
		}
	}
	return out
}

// Beat is a period in words: "600.05 s [599.91, 600.21]".
func (p *Period) Beat() string {
	s, ci, ok := p.Seconds()
	switch {
	case !ok:
		return p.Nominal.String()
	case ci[1] > 0:
		return fmt.Sprintf("%.2f s [%.2f, %.2f]", s, ci[0], ci[1])
	}
	return fmt.Sprintf("%.2f s", s)
}

func (p *Period) strength() string {
	if ticks, hits, ok := p.TicksHit(); ok {
		return fmt.Sprintf("%d of %d beats, p = %.2g", hits, ticks, p.PHolm)
	}
	return fmt.Sprintf("%s, p = %.2g", plural(p.Onsets, "onset", "onsets"), p.PHolm)
}

// tally is how many failures there are and what they are.
func (c *Case) tally() string {
	one, many, what := "failed request", "failed requests", ""
	switch {
	case c.Layer == parse.IngressResponse || c.Layer == parse.ProxyRequestFailed:
	case len(c.Options.Failures) > 0:
		one, many = c.KindName(c.Layer)+" event", c.KindName(c.Layer)+" events"
	default:
		one, many, what = "symptom", "symptoms", " ("+c.Layer.String()+"; no failed request was captured)"
	}
	return plural(c.Failures[c.Layer], one, many) + what + " in " + plural(len(c.Incidents), "incident", "incidents")
}

// counted is whose failures keep a beat: all, or those of one proxy.
func (c *Case) counted(p *Period) string {
	if p.Of == Failures && p.Clock.OnWall() && p.Scope != ScopeAll {
		return fmt.Sprintf("of %s, those of %s", c.tally(), p.Scope)
	}
	return c.tally()
}

func (c *Case) sayNoFailures(v *Verdict) {
	v.Sentence = "No failed request and no symptom of one was found in what could be read."
	if c.Stalls > 0 {
		v.Sentence += " " + plural(c.Stalls, "stall was", "stalls were") + " logged"
		if v.Period >= 0 {
			p := &c.Periods[v.Period]
			v.Sentence += fmt.Sprintf("; they keep a beat of %s (%s)", p.Beat(), p.strength())
		}
		v.Sentence += "."
	}
	v.Next = "Add the logs of the proxies whose clients saw the errors: kubectl logs --timestamps POD -c linkerd-proxy"
}

// upgrade is the advice for an informer resync that hurts: the releases in
// which linkerd2 does less work at each (#12017, #12031, #12040).
const upgrade = "Compare linkerd versions: 2.14.10 and edge-24.2.2 do less work at each resync (linkerd2 #12017, #12031, #12040)."

const anchorThem = "Anchor the proxies: kubectl logs --timestamps, or kubectl get pods -o json. Then the phase tells a resync from a CronJob."

func (c *Case) sayMatches(v *Verdict) {
	p := &c.Periods[v.Period]
	kept := "keep a beat of"
	if p.SeveralPhases {
		kept = "keep, on several phases, a beat of"
	}
	v.Next = upgrade
	if p.Clocks > 0 {
		v.Sentence = fmt.Sprintf("%s: taken together, those of %d processes on clocks of their own keep a beat of %s (%s); the period is that of an informer resync, the phase cannot be compared.",
			upper(c.tally()), p.Clocks, p.Beat(), p.strength())
		v.Next = anchorThem
		return
	}
	if !p.Clock.OnWall() {
		n := 0
		for i := range c.Periods {
			if q := &c.Periods[i]; q.Of == Failures && q.Claimed() && q.Nominal == p.Nominal {
				n++
			}
		}
		v.Sentence = fmt.Sprintf("%s: those of %s %s %s (%s), as do those of %s on a clock of their own; the period is that of an informer resync, the phase cannot be compared.",
			upper(c.tally()), c.title(int(p.Clock)), kept, p.Beat(), p.strength(), plural(n-1, "other process", "other processes"))
		v.Next = anchorThem
		return
	}
	v.Sentence = fmt.Sprintf("%s %s %s (%s), consistent with an informer resync%s.",
		upper(c.counted(p)), kept, p.Beat(), p.strength(), p.distance())
	if v.Association >= 0 {
		v.Sentence += " " + upper(c.Associations[v.Association].Sentence) + "."
	}
	if rivals := p.rivals(); !p.phased() && len(rivals) > 0 {
		v.Sentence += " " + strings.Join(rivals, " and ") + " would fit as well."
		v.Next = "Find whose start the beat counts from: add the controllers' logs and kubectl get pods -A -o json; the phase tells them apart."
	}
}

// phased says whether the beat's phase could be compared with a resync's.
func (p *Period) phased() bool {
	return slices.ContainsFunc(p.Mechanisms, func(m Compatible) bool { return m.Resync && m.Distance != nil })
}

// rivals are the mechanisms that fit a beat besides linkerd's resync.
func (p *Period) rivals() (out []string) {
	for _, m := range p.Fitting() {
		if m.Component != "destination" {
			out = append(out, m.Name)
		}
	}
	return out
}

func (c *Case) sayByStalls(v *Verdict) {
	p := &c.Periods[v.Period]
	v.Sentence = fmt.Sprintf("The stalls keep a beat of %s (%s), consistent with an informer resync%s, and %s coincide with them: %s.",
		p.Beat(), p.strength(), p.distance(), c.tally(), c.Associations[v.Association].Sentence)
	v.Next = upgrade
}

// distance says how far a beat is from the resync it fits.
func (p *Period) distance() string {
	for _, m := range p.Mechanisms {
		if m.Resync && m.Compatible && m.Distance != nil {
			return fmt.Sprintf(", %.1f s after the ticks counted from process starts", m.Distance.Seconds())
		}
	}
	return "; no process start was captured to compare the phase with"
}

func (c *Case) sayOther(v *Verdict) {
	p := &c.Periods[v.Period]
	v.Sentence = fmt.Sprintf("%s keep a beat of %s (%s)", upper(c.counted(p)), p.Beat(), p.strength())
	var fit, not []string
	for _, m := range p.Mechanisms {
		switch {
		case m.Compatible:
			fit = append(fit, m.Name)
		case m.Resync && m.Distance != nil:
			not = append(not, fmt.Sprintf("the %s (it lies %s from the nearest tick of a process that was captured)", m.Name, roundSeconds(*m.Distance)))
		}
	}
	if p.AnchoredTo == ToWallClock {
		v.Sentence += ", on the wall clock's full minutes"
	}
	if len(not) > 0 {
		v.Sentence += ", but not that of " + strings.Join(not, " or ")
	}
	v.Sentence += "."
	v.Next = "Look for what else runs at this time."
	if len(fit) > 0 {
		v.Next = "Look at what fits the period and the phase: " + strings.Join(fit, ", ") + "."
	}
}

func (c *Case) sayNoBeat(v *Verdict) {
	v.Sentence = fmt.Sprintf("%s keep none of the beats that were tested (%s).", upper(c.tally()), c.testedWords())
	if c.renewalLike() {
		v.Sentence += " Their spacing is consistent with watch timeouts drawn between 5 and 10 minutes."
	}
	v.Next = "Look at what the incidents have in common: their targets, and what was changed shortly before each."
	if v.Association >= 0 {
		v.Sentence += " " + upper(c.Associations[v.Association].Sentence) + "."
		v.Next = "Look at what makes the controller stall at these times: real changes, or too little CPU."
	}
}

// renewalLike says whether the gaps between incidents fit client-go's
// randomised watch timeouts.
func (c *Case) renewalLike() bool {
	var onsets []float64
	for i := range c.Incidents {
		if c.Incidents[i].Clock.OnWall() && !c.Incidents[i].Continuous {
			onsets = append(onsets, seconds(c.Incidents[i].Start))
		}
	}
	t, ok := stat.NewRenewalTest(onsets)
	return ok && t.N >= 10 && t.P > 0.05 && 2*t.N >= len(onsets)
}

func (c *Case) testedWords() string {
	var words []string
	for _, s := range (&Options{}).tested() {
		words = append(words, time.Duration(s*1e9).String())
	}
	return strings.Join(words, ", ")
}

func (c *Case) sayInsufficient(v *Verdict) {
	need := math.MaxInt
	for i := range c.Periods {
		if p := &c.Periods[i]; p.Of == Failures && p.Need > 0 {
			need = min(need, p.Need)
		}
	}
	v.Sentence = fmt.Sprintf("%s: not enough data to say whether they keep a beat.", upper(c.tally()))
	if need < math.MaxInt {
		v.Sentence = fmt.Sprintf("%s: not enough data to say whether they keep a beat. About %s with an incident would do.",
			upper(c.tally()), plural(need, "more cycle", "more cycles"))
	}
	if v.Period >= 0 {
		p := &c.Periods[v.Period]
		v.Sentence += fmt.Sprintf(" The stalls do: %s (%s).", p.Beat(), p.strength())
	}
	v.Next = "Capture two hours under load, with kubectl logs --timestamps, of the proxies that fail and of every destination replica."
	if own := c.clocks(); own > 1 {
		v.Sentence += fmt.Sprintf(" The failures are on %d clocks of their own, and cannot be taken together.", own)
	}
}

// clocks counts the clocks of their own that incidents are on.
func (c *Case) clocks() int {
	seen := map[ClockID]bool{}
	for i := range c.Incidents {
		if s := c.Incidents[i].Clock; !s.OnWall() {
			seen[s] = true
		}
	}
	return len(seen)
}

func roundSeconds(d time.Duration) string { return d.Abs().Round(100 * time.Millisecond).String() }

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

package correlate

import (
	"fmt"
	"slices"

	"faultline/correlate/stat"
	"faultline/correlate/words"
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
	// PeriodCauseOpen: failures keep a period, but no stall or no process start
	// was captured that would tell whose.
	PeriodCauseOpen Code = "period_cause_open"
	// Diagnosed: something failed, the leading finding says why, and no period is
	// claimed. Package rules gives it.
	Diagnosed Code = "diagnosed"
)

// Verdict answers the question of the ticket.
type Verdict struct {
	Code Code
	// Reason goes with [Insufficient], "" with any other code.
	Reason Reason
	// Sentence is the whole statement with its figures.
	Sentence string
	// Lacks says in a sentence what is not there or cannot be told, Knows what
	// was seen all the same; "" where a period is claimed.
	Lacks, Knows string
	// Need is about how many more cycles with an incident would tell, 0 if unknown.
	Need int
	Next string
	// Period and Association are the ones that the sentence rests on, -1
	// for none.
	Period, Association int
	// Diagnosis is the code of the finding that leads, "" when none does.
	Diagnosis string
}

// claimedPeriod is the claimed period of a series that says most: one that fits a
// resync, then the stronger; -1 for none. For failures, those of all together,
// or those of one proxy. What is on a clock of its own is asked only when the
// wall clock has no answer.
func claimedPeriod(periods []Period, of Subject, one bool) int {
	best, score := -1, -1
	asked := func(p *Period) bool {
		return p.Of == of && (of != Failures || one == (p.Clock.OnWall() && p.Scope != ScopeAll))
	}
	answered := slices.ContainsFunc(periods, func(p Period) bool { return asked(&p) && p.Clock.OnWall() && p.Verdict != stat.Insufficient })
	for i := range periods {
		p := &periods[i]
		if !asked(p) {
			continue
		}
		if !p.Claimed() || !p.Clock.OnWall() && p.Clocks == 0 && answered { // what is on several clocks holds the wall's too
			continue
		}
		s := 0
		if p.resyncs() {
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
// before its lack of a period speaks for all: it sees only its share of them.
const aloneOnsets = 20

// Fitting are the mechanisms that a period is compatible with.
func (p *Period) Fitting() (out []Compatible) {
	for _, m := range p.Mechanisms {
		if m.Compatible {
			out = append(out, m)
		}
	}
	return out
}

// Length is a period in words: "600.05 s [599.91, 600.21]".
func (p *Period) Length() string {
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
		return fmt.Sprintf("%d of %d ticks, %s", hits, ticks, words.P(p.PHolm))
	}
	return fmt.Sprintf("%s, %s", words.Count(p.Onsets, "onset", "onsets"), words.P(p.PHolm))
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
	return words.Count(c.Failures[c.Layer], one, many) + what + " in " + words.Count(len(c.Incidents), "incident", "incidents") + c.beside()
}

// beside names what fails at a steady rate beside the incidents.
func (c *Case) beside() string {
	switch n := len(c.Steady); n {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf(" (%d of them at a steady rate, of %s, beside these)", c.Steady[0].Failures, c.Steady[0].Name)
	default:
		return fmt.Sprintf(" (those of %d targets at a steady rate, beside these)", n)
	}
}

// counted is whose failures have a period: all, or those of one proxy.
func (c *Case) counted(p *Period) string {
	others := p.Clock.OnWall() || len(c.groups.wall.Failures) > 0 || len(c.groups.alone) > 1
	if p.Of == Failures && p.Scope != ScopeAll && others {
		return fmt.Sprintf("of %s, those of %s", c.tally(), p.Scope)
	}
	return c.tally()
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

func (c *Case) sayInsufficient(v *Verdict) {
	for i := range c.Periods {
		if p := &c.Periods[i]; p.Of == Failures && p.Need > 0 && (v.Need == 0 || p.Need < v.Need) {
			v.Need = p.Need
		}
	}
	v.Sentence = words.Upper(c.tally()) + ": not enough data to say whether they have a period."
	v.Lacks = "Whether they have a period cannot be told from so few."
	if len(c.Incidents) == 1 {
		v.Lacks = "One incident cannot show a period."
	}
	if v.Need > 0 {
		v.Sentence += fmt.Sprintf(" About %s with an incident would do.", words.Count(v.Need, "more cycle", "more cycles"))
	}
	if v.Period >= 0 {
		p := &c.Periods[v.Period]
		v.Sentence += fmt.Sprintf(" The stalls do: %s (%s).", p.Length(), p.strength())
	}
	v.Next = "Capture two hours under load, with kubectl logs --timestamps, of the proxies that fail and of every destination replica."
	if own := c.clocks(); own > 1 {
		v.Lacks = fmt.Sprintf("They are on %d clocks that nothing aligns, so they cannot be taken together.", own)
		v.Sentence += fmt.Sprintf(" The failures are on %d clocks that nothing aligns, so they cannot be taken together.", own)
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

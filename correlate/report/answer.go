package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/stat"
	"faultline/correlate/words"
	"faultline/parse"
)

// Answer is the first screen as a colleague would say it: three sentences and
// the next step. It has no figure that needs statistics to be read; those stand
// in [Summary] and behind -v. All of it is clean.
type Answer struct {
	// Headline is the verdict in a few words, in capitals.
	Headline string
	// Failed says what failed, how often and when.
	Failed string
	// With says what it goes with.
	With string
	// Sure says how sure that is, and what speaks against it.
	Sure string
	// Next is the next step.
	Next string
}

// Sentences are the three, in the order in which they are said.
func (a Answer) Sentences() []string {
	return slices.DeleteFunc([]string{a.Failed, a.With, a.Sure}, func(s string) bool { return s == "" })
}

// Say gives the first screen of a case; times are in a zone, nil for UTC. Every
// form of the report, the screen and whoever asks by program show this.
func Say(c *correlate.Case, zone *time.Location) Answer {
	if zone == nil {
		zone = time.UTC
	}
	p := &page{Style: Style{Zone: zone}}
	a := Answer{Headline: Headline(c), Next: c.Verdict.Next}
	switch {
	case c.Verdict.Code == correlate.Diagnosed && len(c.Findings) > 0:
		p.sayDiagnosed(&a, c)
	case len(c.Incidents) == 0:
		sayNothingFailed(&a, c)
	default:
		a.Failed = p.failed(c)
		a.With, a.Sure = periodSaid(c)
	}
	for _, s := range []*string{&a.Headline, &a.Failed, &a.With, &a.Sure, &a.Next} {
		*s = Clean(*s)
	}
	return a
}

// failed says what failed, how often, when, and after what.
func (p *page) failed(c *correlate.Case) string {
	s, counted := failures(c)+whom(c), requestsCounted(c)
	switch {
	case counted:
		s += " failed"
	case c.Failures[c.Layer] == 1:
		s += " was logged"
	default:
		s += " were logged"
	}
	if n := len(c.Incidents); n > 1 {
		s += " in " + words.Count(n, "incident", "incidents")
	}
	s += p.during(c)
	if sig := common(c); sig != "" {
		s += ", " + sig
	}
	s += "."
	if !counted && len(c.Options.Failures) == 0 {
		s += " The failed requests themselves were not captured."
	}
	return s + steadily(c)
}

// they says how often and when the requests failed that were named just before.
func (p *page) they(c *correlate.Case) string {
	s := "They failed"
	if c.Failures[c.Layer] == 1 {
		s = "It failed"
	}
	if n := len(c.Incidents); n > 1 {
		s += " in " + words.Count(n, "incident", "incidents")
	}
	return s + p.during(c) + "." + steadily(c)
}

// steadily says whether others fail beside the incidents, "" where none do.
func steadily(c *correlate.Case) string {
	if n := len(c.Steady); n > 0 {
		return fmt.Sprintf(" Beside these, requests to %s fail at a steady rate.", words.Count(n, "target", "targets"))
	}
	return ""
}

// requestsCounted says whether what counts as failures are requests, and not
// what a proxy logs beside them.
func requestsCounted(c *correlate.Case) bool {
	return c.Layer == parse.IngressResponse || c.Layer == parse.ProxyRequestFailed
}

// failures counts what failed, by what counts as a failure.
func failures(c *correlate.Case) string {
	one, many := failure(c)
	return words.Count(c.Failures[c.Layer], strings.TrimPrefix(one, "failed "), strings.TrimPrefix(many, "failed "))
}

// failure names one of what counts as a failure, and many.
func failure(c *correlate.Case) (one, many string) {
	switch {
	case requestsCounted(c):
		return "failed request", "failed requests"
	case len(c.Options.Failures) > 0:
		return c.KindName(c.Layer) + " event", c.KindName(c.Layer) + " events"
	}
	return words.Symptom(c.Layer.String())
}

// byTarget are the targets of all incidents, those that failed most first.
func byTarget(c *correlate.Case) (out []correlate.Target) {
	sum := map[string]int{}
	for i := range c.Incidents {
		for _, t := range c.Incidents[i].Targets {
			sum[t.Name] += t.Failures
		}
	}
	for n, k := range sum {
		out = append(out, correlate.Target{Name: n, Failures: k})
	}
	slices.SortFunc(out, func(a, b correlate.Target) int {
		return cmp.Or(cmp.Compare(b.Failures, a.Failures), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// whom names the target, or the first of several.
func whom(c *correlate.Case) string {
	list := byTarget(c)
	if len(list) == 0 {
		return ""
	}
	s := " to " + shorten(Clean(words.Target(list[0].Name)), 48, false)
	if n := len(list) - 1; n > 0 {
		s += " and " + words.Count(n, "other target", "other targets")
	}
	return s
}

// during is when the incidents were, as far as their clocks tell.
func (p *page) during(c *correlate.Case) string {
	var first, last *correlate.Incident
	for i := range c.Incidents {
		if in := &c.Incidents[i]; in.Clock.OnWall() {
			first, last = cmp.Or(first, in), in
		}
	}
	if first == nil {
		return " (the log does not say when)"
	}
	return p.between(first.Start, last.Start)
}

// between says when something was, from its first time to its last.
func (p *page) between(first, last parse.Time) string {
	from, to := p.at(first, "2 January 2006"), p.at(last, "2 January 2006")
	switch {
	case p.at(first, time.DateTime) == p.at(last, time.DateTime):
		return " at " + p.at(first, "15:04:05 MST") + " on " + from
	case p.at(first, "2006-01-02 15:04") == p.at(last, "2006-01-02 15:04"):
		return " from " + p.at(first, "15:04:05") + " to " + p.at(last, "15:04:05 MST") + " on " + from
	case from == to:
		return " from " + p.at(first, "15:04") + " to " + p.at(last, "15:04 MST") + " on " + from
	}
	start := "15:04 on 2 January"
	if p.at(first, "2006") != p.at(last, "2006") {
		start += " 2006"
	}
	return " from " + p.at(first, start) + " to " + p.at(last, "15:04 MST on 2 January 2006")
}

// common says after what most of the incidents came, "" where that is not known.
func common(c *correlate.Case) string {
	count := map[correlate.Signature]int{}
	for i := range c.Incidents {
		count[c.Incidents[i].Signature]++
	}
	best := correlate.SignatureUnknown
	for _, s := range []correlate.Signature{correlate.NoEndpoints, correlate.NoAnswer, correlate.Unreachable} {
		if count[s] > count[best] {
			best = s
		}
	}
	if 2*count[correlate.Mixed] > len(c.Incidents) {
		best = correlate.Mixed
	}
	said := words.Outcome(best.String())
	if c.Linkerd() {
		said = words.Signature(best.String())
	}
	n := count[best]
	switch {
	case said == "":
		return ""
	case n == len(c.Incidents) && n == 1:
		return said
	case n == len(c.Incidents):
		return "all of them " + said
	case 2*n > len(c.Incidents):
		return "most of them " + said
	}
	return words.Numeral(n) + " of them " + said
}

// sayDiagnosed leads with the sentence of the finding that leads.
func (p *page) sayDiagnosed(a *Answer, c *correlate.Case) {
	f := &c.Findings[0]
	a.Failed = brief(words.Target(f.Title), 230)
	switch {
	case len(c.Incidents) > 0:
		a.With = p.beside(f, c)
		if len(c.Incidents) > 1 && c.Verdict.Lacks != "" { // one alone has no period, which nobody asks
			a.With += " " + c.Verdict.Lacks
		}
	case f.First != 0:
		a.With = "It was logged " + words.Times(f.Count) + p.between(f.First, f.Last) + "."
	case f.Count > 0:
		a.With = fmt.Sprintf("It was logged %s; the log does not say when.", words.Times(f.Count))
	default:
		a.With = "It was read from " + words.Count(len(f.Evidence), "place", "places") + ", cited with " + f.ID + "."
	}
	if len(c.Incidents) == 0 && c.Verdict.Knows != "" {
		a.With = strings.TrimSpace(a.With + " " + c.Verdict.Knows)
	}
	a.Sure = sureOf(f, len(c.Incidents) == 0 && c.Seen.Served <= 0 && len(c.Seen.ByStatus) == 0)
}

// beside says when the requests failed that a finding names, and which failed beside
// them.
func (p *page) beside(f *correlate.Finding, c *correlate.Case) string {
	own, last := "", ""
	if f.Count > len(f.Evidence) && f.First == f.Last { // times that one line counts
		last = " last"
	}
	if f.First != 0 {
		own = "That was" + last + p.between(f.First, f.Last) + ". "
	}
	switch {
	case f.Apart:
		return own + "Apart from that, " + p.failed(c)
	case !strings.HasPrefix(f.Title, failures(c)+" to "):
	case f.Counted >= c.Failures[c.Layer]: // who failed and after what was said
		return p.they(c)
	case f.Counted == 0:
		return own + p.failed(c)
	}
	return p.failed(c)
}

// sureOf says how sure a finding is, and what would look alike.
func sureOf(f *correlate.Finding, unseen bool) string {
	s := words.Upper(words.Sure(f.Confidence.String()))
	switch {
	case len(f.Against) > 0:
		s += "; " + words.Count(len(f.Against), "line speaks", "lines speak") + " against it, cited with " + f.ID
	case len(f.Rivals) > 0:
		var alike []string
		for _, r := range f.Rivals[:min(len(f.Rivals), 2)] {
			alike = append(alike, words.Diagnosis(r))
		}
		s += ", though " + words.Either(alike) + " would look much the same"
	default:
		s += "; nothing that was read speaks against it"
	}
	if f.Apart {
		s += ". Nothing that was read connects it with what failed apart from it"
	}
	if unseen {
		s += ". Failed requests would not be seen in what was captured"
	}
	return s + "."
}

// sayNothingFailed answers where no incident is.
func sayNothingFailed(a *Answer, c *correlate.Case) {
	a.Failed, a.With = c.Verdict.Lacks, c.Verdict.Knows
	if a.With == "" && c.Verdict.Code != correlate.NoFailures {
		a.With = "What was read is " + words.Count(c.Total, "event", "events") + " in " + words.Count(len(c.Capture.Sources), "source", "sources") + "."
	}
	switch {
	case c.Verdict.Code == correlate.NoFailures:
		a.With = cmp.Or(a.With, "No other failure was recognised in what was read.")
		a.Sure = "Sure as far as these logs go: a failure that only another process saw is not in them."
	case c.Verdict.Reason == correlate.TooFew:
		a.Sure = "Whether they belong together was not asked: only failures that count form incidents."
	default:
		a.Sure = "So it stays open whether requests failed: nothing here shows that any did, or that none did."
		if c.Seen.Failed() {
			a.Sure = "So it stays open which requests failed, when and how."
		}
	}
}

// periodSaid says what the incidents go with, and how sure that is.
func periodSaid(c *correlate.Case) (with, sure string) {
	switch c.Verdict.Code {
	case correlate.BeatMatchesResync:
		return withResync(c)
	case correlate.PeriodCauseOpen:
		return withOpen(c)
	case correlate.OtherBeat:
		return withOther(c)
	case correlate.NoBeat:
		return withNone(c)
	}
	return c.Verdict.Lacks, tooFew(c)
}

// stallWindow is how long after a stall an incident is said to follow it, seconds.
const stallWindow = float64(correlate.StallWindow) / 1e9

// stalling names what stalls: "a destination replica".
func stalling(f *correlate.Following) string {
	for i := range f.By {
		if !strings.Contains(f.By[i].Process, "destination") {
			return "a controller replica"
		}
	}
	return "a destination replica"
}

// withResync is the answer for a period that counts from the replicas' starts.
func withResync(c *correlate.Case) (with, sure string) {
	f := c.Follows
	each := "each replica stalls " + words.Every(f.Nominal) + " counted from its own start"
	if f.Agree < f.Informative {
		each = fmt.Sprintf("%d of %d replicas stall %s counted from their own starts", f.Agree, f.Informative, words.Every(f.Nominal))
	}
	with = fmt.Sprintf("%s incidents begin within %.0f s after %s stalls, and %s, as an informer resync does.",
		words.Upper(of(f.Test.K, f.Test.N)), stallWindow, stalling(f), each)
	return with, surely(c, "", byChance(f.Test)+others(f.Test))
}

// byChance says how many would follow without any connection.
func byChance(t *stat.CoverageTest) string {
	n := int(math.Round(t.Expected))
	if n == 0 {
		return "hardly one of them would do so by chance"
	}
	return "about " + words.Numeral(n) + " of them would do so by chance"
}

// others are the incidents that do not follow, which speak against it.
func others(t *stat.CoverageTest) string {
	switch n := t.N - t.K; n {
	case 0:
		return ", and none begins at another time"
	case 1:
		return "; against it, one begins at another time"
	default:
		return "; against it, " + words.Numeral(n) + " begin at other times"
	}
}

// surely begins the sentence on how sure with the strength of the period.
func surely(c *correlate.Case, of, why string) string {
	word := "Fairly sure"
	if c.Periods[c.Verdict.Period].Verdict == stat.Strong {
		word = "Very sure"
	}
	return word + of + ": " + why + "."
}

// kept says in how many of the cycles there was an incident.
func kept(q *correlate.Period) string {
	if ticks, hits, ok := q.TicksHit(); ok {
		return fmt.Sprintf("%d of %d cycles that were captured have an incident at the same point", hits, ticks)
	}
	return words.Count(q.Onsets, "incident", "incidents") + " are spaced so"
}

// whose are the incidents that have a period, where it is those of one proxy.
func whose(q *correlate.Period) string {
	if q.Of == correlate.Failures && q.Clock.OnWall() && q.Scope != correlate.ScopeAll {
		return "Those of " + q.Scope + " come "
	}
	return "They come "
}

// length says how often, with the measured length where that differs.
func length(q *correlate.Period) string {
	s := words.Every(q.Nominal)
	if d, _, ok := q.Seconds(); ok && math.Abs(d-q.Nominal.Seconds()) >= 1 {
		s += fmt.Sprintf(" (%.1f s apart)", d)
	}
	return s
}

// of is a part of a whole: "3 of 12", "none of the 12", "all 12".
func of(k, n int) string {
	switch k {
	case 0:
		return fmt.Sprintf("none of the %d", n)
	case n:
		return fmt.Sprintf("all %d", n)
	}
	return fmt.Sprintf("%d of %d", k, n)
}

// withOpen is the answer for a period of which it is open whose it is.
func withOpen(c *correlate.Case) (with, sure string) {
	q, f := &c.Periods[c.Verdict.Period], c.Follows
	with = whose(q) + length(q)
	why := "no stalls with a period were captured beside them"
	switch {
	case q.Clocks > 0 || !q.Clock.OnWall():
		why = "the proxies' clocks have no wall time, so nothing else can be compared with it"
	case f != nil && f.Follows && !f.Hangs.Open():
		with += fmt.Sprintf(", and %s begin within %.0f s after %s stalls", of(f.Test.K, f.Test.N), stallWindow, stalling(f))
		why = "these are too few to exclude twice that period"
	case f != nil && f.Follows:
		with += fmt.Sprintf(", and %s begin within %.0f s after %s stalls", of(f.Test.K, f.Test.N), stallWindow, stalling(f))
		why = f.WhyOpen()
	case f != nil && f.Test != nil && f.Nominal == q.Nominal:
		why = fmt.Sprintf("the stalls have that period too, and %s incidents follow one, which tells nothing", of(f.Test.K, f.Test.N))
	}
	return with + candidates(q.Rivals(true)) + ".", surely(c, " of the period, not of whose it is", why)
}

// candidates names what has the period, "" for nothing.
func candidates(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "; known to have that period: " + words.List(names)
}

// withOther is the answer for a period that is not the resync's.
func withOther(c *correlate.Case) (with, sure string) {
	q, f := &c.Periods[c.Verdict.Period], c.Follows
	with = whose(q) + length(q) + ", but not with the informer resync"
	why := kept(q)
	switch {
	case f != nil && f.Nominal == q.Nominal && f.Test != nil && f.Follows && f.Hangs == correlate.HangsWall:
		with += ": all replicas stall at one time, on full minutes of the wall clock"
	case f != nil && f.Nominal == q.Nominal && f.Test != nil && f.Follows && f.Hangs == correlate.HangsCommon:
		with += ": all replicas stall at one time, though they started apart"
	case f != nil && f.Nominal == q.Nominal && f.Test != nil && f.Follows:
		with += fmt.Sprintf(": they follow stalls, but only %d of %d replicas stall by their own start", f.Agree, f.Informative)
	case f != nil && f.Nominal == q.Nominal && f.Test != nil:
		with += fmt.Sprintf(": the replicas' stalls come at other times, and %s incidents follow one", of(f.Test.K, f.Test.N))
	case q.AnchoredTo == correlate.ToWallClock:
		with += ": they keep to full minutes of the wall clock"
		if names := q.Rivals(false); len(names) > 0 {
			return with + ", as " + words.List(names) + " would.", surely(c, " of the period", why)
		}
	}
	return with + candidates(q.Rivals(false)) + ".", surely(c, " of the period", why)
}

// withNone is the answer where periods were tested and none was found.
func withNone(c *correlate.Case) (with, sure string) {
	var tested []string
	for _, s := range c.Tested {
		tested = append(tested, words.Minutes(time.Duration(s*1e9)))
	}
	with = "They have no period: none of those that could be tested (" + words.List(tested) + ")"
	if v := c.Verdict.Association; v >= 0 {
		a := &c.Associations[v]
		with += fmt.Sprintf(", but %d of %d begin within %.0f s after a stall", a.Observed, a.N, a.Within[1].Seconds())
	}
	sure = "Fairly sure: there were incidents enough for the ten minutes of a resync to show."
	if f := c.Follows; f != nil && f.Test != nil {
		sure = fmt.Sprintf("Fairly sure: the stalls do have a period, and at most %.0f %% of the incidents can follow it.", 100*f.AtMost)
	}
	return with + ".", sure
}

// tooFew says what would make the answer sure.
func tooFew(c *correlate.Case) string {
	s := "Nothing is ruled out"
	if c.Verdict.Need > 0 {
		s += ": about " + words.Count(c.Verdict.Need, "more cycle", "more cycles") + " with an incident would tell"
	}
	if v := c.Verdict.Period; v >= 0 && c.Periods[v].Of == correlate.Stalls {
		s += ". The stalls do come " + length(&c.Periods[v])
	}
	return s + "."
}

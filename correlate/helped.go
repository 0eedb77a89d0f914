package correlate

import (
	"fmt"
	"slices"
	"strings"

	"faultline/correlate/words"
	"faultline/parse"
)

// Answer is what a comparison lets one say to "did it help?".
type Answer string

// The answers. A change that came with others is not told from them, so that
// each speaks of B beside A and none of what made the difference.
const (
	Better      Answer = "better"          // fewer incidents, or less stalling where incidents cannot be told apart
	Worse       Answer = "worse"           // more of them
	InPart      Answer = "in_part"         // fewer incidents and more stalling, or the reverse
	Same        Answer = "no_change_shown" // a halving and a doubling of incidents are excluded
	NotAnswered Answer = "cannot_tell"
)

// answer weighs the incidents first and the stalls, which precede them, second.
// Stalls that one of the two does not log at all show nothing: its version or its
// log level may not print them.
func (c *Comparison) answer() {
	incidents, stalls := c.Rates[0], c.Rates[stalledRate]
	seen := c.stallsSeen()
	if !seen {
		stalls.Verdict = CannotTell
	}
	of := func(r RateChange) Answer {
		return map[Change]Answer{Fewer: Better, More: Worse, NoChange: Same, CannotTell: NotAnswered}[r.Verdict]
	}
	failed, stalled := of(incidents), of(stalls)
	told := func(a Answer) bool { return a == Better || a == Worse }
	c.Answer = failed
	switch {
	case told(failed) && told(stalled) && failed != stalled:
		c.Answer = InPart
	case !told(failed) && told(stalled):
		c.Answer = stalled
	}
	parts := []string{incidents.times("incidents begin", "often", c.Names)}
	if seen {
		said := stalls.times("replicas stall for", "long", c.Names)
		if stalls.Unsure() {
			said += ", so the difference is not sure"
		}
		parts = append(parts, said+c.longest())
	} else if c.Stalls[0].N+c.Stalls[1].N > 0 {
		parts = append(parts, "only one of the two logs stalls, which does not show that the other had none")
	}
	c.Sentence = c.opening(failed) + strings.Join(parts, "; ") + "."
}

// The places of rates in [Comparison.Rates].
const stalledRate = 2

// stallsSeen says whether both print stalls. One of which all stalls are from
// before its caches were filled prints them, and had none after.
func (c *Comparison) stallsSeen() bool {
	prints := func(one *Case, f StallFigures) bool {
		return f.N > 0 || one != nil && one.ByKind[parse.ControllerPopStall] > 0
	}
	return c.Stalls[0].N+c.Stalls[1].N > 0 && prints(c.A, c.Stalls[0]) && prints(c.B, c.Stalls[1])
}

// opening answers before any figure.
func (c *Comparison) opening(failed Answer) string {
	b := c.Names[1]
	switch c.Answer {
	case InPart:
		return "Did it help? In part: " + b + " has " + string(c.Rates[0].Verdict) + " incidents, while its stalls went the other way: "
	case Better:
		if failed != Better {
			return "Did it help? Yes for the stalls, which are less in " + b + "; " + beside(failed)
		}
		return "Did it help? Yes, " + b + " is better: "
	case Worse:
		if failed != Worse {
			return "Did it help? No for the stalls, which are more in " + b + "; " + beside(failed)
		}
		return "Did it help? No, " + b + " is worse: "
	case Same:
		return "Did it help? No change is shown, and none by half or double fits: "
	}
	return "Did it help? This cannot tell: "
}

// beside says what is known of the incidents where the stalls alone answer.
func beside(failed Answer) string {
	if failed == Same {
		return "of incidents no change is shown: "
	}
	return "of incidents that cannot be said: "
}

// farApart is a ratio beyond which its figure says no more.
const farApart = 1000.0

// times says a ratio with its interval, of what is counted (as often) or lasts (as
// long).
func (r *RateChange) times(what, as string, names [2]string) string {
	alone := strings.TrimSuffix(what, " for")
	switch {
	case r.Hours[0] == 0 && r.Hours[1] == 0:
		return r.Of + " could be captured in neither"
	case r.Hours[0] == 0:
		return r.Of + " could not be captured in " + names[0]
	case r.Hours[1] == 0:
		return r.Of + " could not be captured in " + names[1]
	case r.Ratio == nil:
		return "there are no " + r.Of + " in either"
	case r.Excerpt():
		return r.Of + " have no rate where less than " + words.Minutes(LeastCaptured) + " were captured, an excerpt"
	case !r.Ratio.Bounded:
		return fmt.Sprintf("%s in %s alone, at no less than %.2g times the rate of %s [95 %% interval]", alone, names[1], r.Ratio.CI[0], names[0])
	case r.Ratio.Ratio == 0:
		return fmt.Sprintf("%s in %s alone, and in %s at most %.2g times as %s [95 %% interval]", alone, names[0], names[1], r.Ratio.CI[1], as)
	}
	low, high := words.Ratio(r.Ratio.CI[0]), words.Ratio(r.Ratio.CI[1])
	if r.Ratio.CI[0] < 1/farApart {
		low = "less than 0.001"
	}
	if r.Ratio.CI[1] > farApart {
		high = "more than 1000"
	}
	return fmt.Sprintf("%s %s times as %s [95 %% interval %s to %s]", what, words.Ratio(r.Ratio.Ratio), as, low, high)
}

// longest says how long the stalls of each were, in all and the longest.
func (c *Comparison) longest() string {
	a, b := &c.Stalls[0], &c.Stalls[1]
	return " (" + words.Figure(a.Seconds) + " s, then " + words.Figure(b.Seconds) + " s; the longest " + words.Figure(a.Longest) + " s, then " + words.Figure(b.Longest) + " s)"
}

// Rate is how many seconds of each hour a process stalled, nil where no
// controller process was captured.
func (f *StallFigures) Rate() *float64 {
	if f.Hours == 0 {
		return nil
	}
	rate := f.Seconds / f.Hours
	return &rate
}

// Share is that as a share of the time, 0 to 1.
func (f *StallFigures) Share() *float64 {
	if f.Hours == 0 {
		return nil
	}
	share := f.Seconds / f.Hours / 3600
	return &share
}

// perTick is how many failures one proxy logged for each resync of one replica,
// by [Case.tick]; nil where either was not captured.
// More proxies, more replicas and more hours leave it as it was.
func (c *Case) perTick() *float64 {
	together := coverOf(c.processes).Length() / 3600
	replicas, proxies := c.stallHours(), c.failing().hours
	if together == 0 || replicas == 0 || proxies == 0 {
		return nil
	}
	ticks := replicas / together * 3600 / c.tick() // an hour, of all replicas
	each := float64(c.Failures[c.Layer]) / proxies / ticks
	return &each
}

// firsts are kinds that a version prints first, or at a level that is logged by
// default: before, silence shows nothing.
var firsts = []struct {
	kind parse.Kind
	said string
}{
	// linkerd2 2.14.6 bridges klog to its own log (linkerd2 #11632).
	{parse.ControllerPopStall, "pop stalls are logged at info only by linkerd 2.14.6 and later, and not at log level warn: that one case has none does not show that there were none"},
	{parse.ControllerTrace, "traces of client-go reach linkerd's log since 2.14.6, and need klog's level 2 since client-go 0.31: that one case has none does not show that nothing was slow"},
}

// firstPrinted warns of kinds that one side may not print at all.
func (c *Comparison) firstPrinted() (out []string) {
	for _, f := range firsts {
		if slices.Contains(c.New, f.kind) || slices.Contains(c.Gone, f.kind) {
			out = append(out, f.said)
		}
	}
	return out
}

// Series compares each case with the one before it; the cases are called A, B, C
// and so on in what is said of them. There are one fewer than cases.
func Series(cases []*Case) (steps []*Comparison) {
	for i := 1; i < len(cases); i++ {
		c := Compare(cases[i-1], cases[i])
		c.Names = [2]string{Letter(i - 1), Letter(i)}
		c.answer()
		steps = append(steps, c)
	}
	return steps
}

// MostCompared is how many cases have a letter.
const MostCompared = 26

// Letter names a case by its place, 0 for A, up to [MostCompared] of them.
func Letter(i int) string { return string(rune('A' + i)) }

// finish fills what is derived from both sides together.
func (c *Comparison) finish() {
	c.Names = [2]string{Letter(0), Letter(1)}
	for i, one := range []*Case{c.A, c.B} {
		c.PerTick[i] = one.perTick()
		c.Overflows[i] = one.ByKind[parse.ControllerQueueOverflow]
	}
	c.answer()
}

// stallHours are the hours of all controller processes together.
func (c *Case) stallHours() (hours float64) {
	for _, p := range c.processes {
		hours += p.Coverage.Length() / 3600
	}
	return hours
}

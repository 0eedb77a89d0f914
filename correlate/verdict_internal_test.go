package correlate

import (
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate/known"
	"faultline/correlate/stat"
	"faultline/parse"
)

// Of the claims of a series the one that says most is taken: a resync's, then the stronger,
// then the first. A clock of its own is asked only where the wall clock has no answer.
func TestWhichClaimIsTaken(t *testing.T) {
	resync := []Compatible{{Mechanism: known.Mechanism{Resync: true}, Compatible: true}}
	of := func(subject Subject, scope string, clock ClockID, v stat.Verdict, m ...Compatible) Period {
		return Period{Of: subject, Scope: scope, Clock: clock, Verdict: v, Mechanisms: m}
	}
	all := func(v stat.Verdict, m ...Compatible) Period { return of(Failures, ScopeAll, Wall, v, m...) }
	proxy := func(clock ClockID, v stat.Verdict) Period { return of(Failures, "p", clock, v) }
	together := proxy(0, stat.Strong)
	together.Clocks = 2
	stalls := func(v stat.Verdict) Period { return of(Stalls, "", Wall, v) }
	half := all(stat.Strong)
	half.HarmonicOf = 600
	for name, f := range map[string]struct {
		periods []Period
		of      Subject
		one     bool
		want    int
	}{
		"nothing was tested":                     {nil, Failures, false, -1},
		"no claim":                               {[]Period{all(stat.NotSupported), all(stat.Insufficient)}, Failures, false, -1},
		"half of another claim is none":          {[]Period{half}, Failures, false, -1},
		"the first of two":                       {[]Period{all(stat.Supported), all(stat.Supported)}, Failures, false, 0},
		"the stronger":                           {[]Period{all(stat.Supported), all(stat.Strong)}, Failures, false, 1},
		"a resync's before the stronger":         {[]Period{all(stat.Supported, resync...), all(stat.Strong)}, Failures, false, 0},
		"the stronger of two resyncs'":           {[]Period{all(stat.Supported, resync...), all(stat.Strong, resync...)}, Failures, false, 1},
		"those of all":                           {[]Period{proxy(Wall, stat.Strong), all(stat.Supported)}, Failures, false, 1},
		"one proxy's":                            {[]Period{all(stat.Strong), proxy(Wall, stat.Supported)}, Failures, true, 1},
		"no proxy's":                             {[]Period{all(stat.Strong)}, Failures, true, -1},
		"no stalls were tested":                  {nil, Stalls, false, -1},
		"no claim of the stalls":                 {[]Period{stalls(stat.NotSupported)}, Stalls, false, -1},
		"the failures' alone":                    {[]Period{all(stat.Strong)}, Stalls, false, -1},
		"the stalls' only one":                   {[]Period{stalls(stat.Supported)}, Stalls, false, 0},
		"the stalls' stronger":                   {[]Period{stalls(stat.Supported), stalls(stat.Strong)}, Stalls, false, 1},
		"the stalls' stronger, the first":        {[]Period{stalls(stat.Strong), stalls(stat.Supported)}, Stalls, false, 0},
		"the stalls' first of two":               {[]Period{stalls(stat.Strong), stalls(stat.Strong)}, Stalls, false, 0},
		"the stalls' one among others":           {[]Period{stalls(stat.NotSupported), stalls(stat.Supported), all(stat.Strong)}, Stalls, false, 1},
		"the stalls' of one process":             {[]Period{all(stat.Strong), of(Stalls, "p", Wall, stat.Supported)}, Stalls, false, 1},
		"a clock of its own, no other":           {[]Period{proxy(0, stat.Strong)}, Failures, false, 0},
		"that, the wall clock could not be told": {[]Period{all(stat.Insufficient), proxy(0, stat.Strong)}, Failures, false, 1},
		"that, the wall clock was told":          {[]Period{all(stat.NotSupported), proxy(0, stat.Strong)}, Failures, false, -1},
		"several clocks of their own together":   {[]Period{all(stat.NotSupported), together}, Failures, false, 1},
	} {
		if got := claimedPeriod(f.periods, f.of, f.one); got != f.want {
			t.Errorf("%s: period %d, want %d", name, got, f.want)
		}
	}
}

// A length is told with its interval where it has one, and as tested where nothing was fitted.
func TestLengthAndStrengthOfAPeriod(t *testing.T) {
	fitted := stat.PeriodResult{PHolm: 0.001, Onsets: 12345, Fit: &stat.CycleFit{Period: 600.05, CI: [2]float64{599.91, 600.21}, Spanned: 9, Cycles: 8}}
	alone := stat.PeriodResult{PHolm: 0.02, Onsets: 1, Confirm: &stat.Confirmation{Period: 599.5}}
	for _, f := range []struct {
		p                Period
		length, strength string
	}{
		{Period{Verdict: stat.Strong, PeriodResult: fitted}, "600.05 s [599.91, 600.21]", "8 of 10 ticks, p = 0.001"},
		{Period{Verdict: stat.Strong, PeriodResult: alone}, "599.50 s", "1 onset, p = 0.02"},
		{Period{Verdict: stat.NotSupported, Nominal: 5 * time.Minute, PeriodResult: fitted}, "5m0s", "12,345 onsets, p = 0.001"},
	} {
		if got := f.p.Length(); got != f.length {
			t.Errorf("%s, want %s", got, f.length)
		}
		if got := f.p.strength(); got != f.strength {
			t.Errorf("%s, want %s", got, f.strength)
		}
	}
	fit := (&Period{Mechanisms: []Compatible{{Note: "a"}, {Note: "b", Compatible: true}, {Note: "c", Compatible: true}}}).Fitting()
	if len(fit) != 2 || fit[0].Note != "b" || fit[1].Note != "c" {
		t.Errorf("fitting: %+v", fit)
	}
}

// What is counted goes by its name: requests only where requests were captured.
func TestTally(t *testing.T) {
	c := &Case{Placed: Placed{Index: &Index{Capture: &parse.Capture{}}}, Incidents: make([]Incident, 2)}
	for _, f := range []struct {
		layer  parse.Kind
		rules  []FailureRule
		n      int
		steady []Steady
		want   string
	}{
		{parse.IngressResponse, nil, 3, nil, "3 failed requests in 2 incidents"},
		{parse.ProxyRequestFailed, nil, 1, nil, "1 failed request in 2 incidents"},
		{parse.IngressResponse, []FailureRule{{}}, 3, nil, "3 failed requests in 2 incidents"},
		{parse.ProxyFailfastEnter, nil, 3, nil, "3 symptoms (proxy.failfast_enter; no failed request was captured) in 2 incidents"},
		{parse.ProxyFailfastEnter, nil, 1, nil, "1 symptom (proxy.failfast_enter; no failed request was captured) in 2 incidents"},
		{parse.ProxyFailfastEnter, []FailureRule{{}}, 3, nil, "3 proxy.failfast_enter events in 2 incidents"},
		{parse.IngressResponse, nil, 9, []Steady{{Name: "web", Failures: 4}}, "9 failed requests in 2 incidents (4 of them at a steady rate, of web, beside these)"},
		{parse.IngressResponse, nil, 9, make([]Steady, 2), "9 failed requests in 2 incidents (those of 2 targets at a steady rate, beside these)"},
	} {
		c.Counts = Counts{Layer: f.layer, Failures: map[parse.Kind]int{f.layer: f.n}}
		c.Options.Failures, c.Steady = f.rules, f.steady
		if got := c.tally(); got != f.want {
			t.Errorf("%s, want %s", got, f.want)
		}
	}
}

// A period of one proxy is said of its failures alone where others failed too.
func TestWhoseFailuresHaveThePeriod(t *testing.T) {
	some := []Moment{{}}
	for name, f := range map[string]struct {
		p     Period
		wall  []Moment
		alone int
		of    bool
	}{
		"all":                                  {Period{Of: Failures, Scope: ScopeAll, Clock: Wall}, some, 1, false},
		"one proxy on the wall clock":          {Period{Of: Failures, Scope: "p", Clock: Wall}, some, 0, true},
		"the only one, on its own clock":       {Period{Of: Failures, Scope: "p", Clock: 4}, nil, 1, false},
		"its own clock, others on the wall":    {Period{Of: Failures, Scope: "p", Clock: 4}, some, 1, true},
		"its own clock, others on theirs":      {Period{Of: Failures, Scope: "p", Clock: 4}, nil, 2, true},
		"several clocks of their own together": {Period{Of: Failures, Scope: ScopeAll, Clock: 4, Clocks: 2}, nil, 2, false},
		"stalls":                               {Period{Of: Stalls, Scope: "p", Clock: Wall}, some, 0, false},
	} {
		c := &Case{Counts: Counts{Layer: parse.IngressResponse}, groups: groups{wall: &Group{Failures: f.wall}}}
		for range f.alone {
			c.groups.alone = append(c.groups.alone, &Group{Failures: some})
		}
		got, want := c.counted(&f.p), c.tally()
		if f.of {
			want = "of " + want + ", those of p"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// Gaps spread over client-go's 5 to 10 minutes fit its watch timeouts: of ten at least,
// and of half the incidents.
func TestSpacingOfWatchTimeouts(t *testing.T) {
	spread := func(n int) (gaps []float64) {
		for i := range n {
			gaps = append(gaps, 300+300*(float64(i)+0.5)/float64(n))
		}
		return gaps
	}
	apart := func(n int) []float64 { return slices.Repeat([]float64{5000}, n) }
	even := func(n int) []float64 { return slices.Repeat([]float64{600}, n) }
	for name, f := range map[string]struct {
		gaps   []float64
		change func(*Incident)
		want   bool
	}{
		"no gap":                   {nil, nil, false},
		"nine":                     {spread(9), nil, false},
		"ten":                      {spread(10), nil, true},
		"forty":                    {spread(40), nil, true},
		"ten, each of ten minutes": {even(10), nil, false},
		"half of them":             {slices.Concat(spread(10), apart(9)), nil, true},
		"less than half":           {slices.Concat(spread(10), apart(10)), nil, false},
		"on clocks of their own":   {spread(10), func(in *Incident) { in.Clock = 3 }, false},
		"without an onset":         {spread(10), func(in *Incident) { in.Continuous = true }, false},
	} {
		at, c := 0.0, &Case{}
		for _, gap := range append([]float64{0}, f.gaps...) {
			at += gap
			in := Incident{Clock: Wall, Start: nanos(at)}
			if f.change != nil {
				f.change(&in)
			}
			c.Incidents = append(c.Incidents, in)
		}
		if got := c.renewalLike(); got != f.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Where a period cannot be told, it is said why and what would do.
func TestTooFewToTell(t *testing.T) {
	need := func(of Subject, n int) Period { return Period{Of: of, PeriodResult: stat.PeriodResult{Need: n}} }
	stalls := Period{Of: Stalls, Verdict: stat.Strong, PeriodResult: stat.PeriodResult{Onsets: 7, PHolm: 0.01, Confirm: &stat.Confirmation{Period: 600}}}
	one, two := []Incident{{Clock: Wall}}, []Incident{{Clock: Wall}, {Clock: 1}}
	const few, single = "cannot be told from so few", "One incident cannot show a period."
	for name, f := range map[string]struct {
		incidents      []Incident
		periods        []Period
		period, need   int
		lacks          string
		says, saysNone string
	}{
		"one incident":                        {one, nil, -1, 0, single, "1 incident: not enough data", "About"},
		"two":                                 {two, nil, -1, 0, few, "2 incidents: not enough data", "About"},
		"some more would do":                  {two, []Period{need(Failures, 3)}, -1, 3, few, "About 3 more cycles with an incident would do.", "The stalls do"},
		"one more would do":                   {two, []Period{need(Failures, 1)}, -1, 1, few, "About 1 more cycle with", "The stalls do"},
		"the fewest, of those that are known": {two, []Period{need(Failures, 0), need(Failures, 4), need(Failures, 2), need(Failures, 3), need(Failures, 0)}, -1, 2, few, "About 2 more", "The stalls do"},
		"what stalls need":                    {two, []Period{need(Stalls, 2)}, -1, 0, few, "not enough", "About"},
		"the stalls have one":                 {two, []Period{stalls}, 0, 0, few, " The stalls do: 600.00 s (7 onsets, p = 0.01).", "About"},
		"one clock of its own":                {[]Incident{{Clock: 1}, {Clock: 1}}, nil, -1, 0, few, "not enough", "clocks"},
		"two clocks of their own":             {[]Incident{{Clock: 1}, {Clock: 2}, {Clock: 1}}, nil, -1, 0, "They are on 2 clocks", " The failures are on 2 clocks that nothing aligns", "About"},
	} {
		c := &Case{Counts: Counts{Layer: parse.IngressResponse}, Incidents: f.incidents, Periods: f.periods}
		v := Verdict{Period: f.period}
		c.sayInsufficient(&v)
		if v.Need != f.need || !strings.Contains(v.Lacks, f.lacks) || !strings.Contains(v.Sentence, f.says) || strings.Contains(v.Sentence, f.saysNone) || v.Next == "" {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

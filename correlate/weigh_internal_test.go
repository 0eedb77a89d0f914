package correlate

import (
	"strings"
	"testing"
	"time"

	"faultline/correlate/known"
	"faultline/correlate/stat"
	"faultline/parse"
)

// Verdict: what the earlier stages found, in one word.
func TestStageVerdict(t *testing.T) {
	const ten = 10 * time.Minute
	mesh := Compatible{Mechanism: known.Mechanism{Name: "informer resync", Period: ten, Resync: true, Component: known.Destination, Late: 4 * time.Second}, Compatible: true}
	unlike := mesh
	unlike.Compatible = false
	of := func(subject Subject, scope string, clock ClockID, v stat.Verdict, m ...Compatible) Period {
		return Period{Of: subject, Scope: scope, Clock: clock, Nominal: ten, Verdict: v, Mechanisms: m,
			PeriodResult: stat.PeriodResult{Confirm: &stat.Confirmation{Period: 600.1}}}
	}
	failures := func(v stat.Verdict, m ...Compatible) Period { return of(Failures, ScopeAll, Wall, v, m...) }
	follows := func(yes bool, h Hangs, atMost float64) *Following {
		f := &Following{Nominal: ten, Follows: yes, Hangs: h, AtMost: atMost, P: 1, Test: &stat.CoverageTest{K: 9, N: 10},
			By: []ProcessPeriod{{Process: "a"}, {Process: "b"}}, Agree: 2, Informative: 2}
		if yes {
			f.P = 1e-9
		}
		return f
	}
	fewFollow := follows(false, HangsStarts, 0.2)
	fewFollow.P = 1e-3
	onePhase := follows(false, HangsStarts, 0.2)
	onePhase.OnePhase = true
	notCompared := follows(false, HangsStarts, 1)
	notCompared.Test = nil
	untold := follows(true, HangsOpen, 1)
	untold.Agree, untold.Informative = 0, 0
	few := follows(true, HangsStarts, 1)
	few.Test = &stat.CoverageTest{K: enoughParity - 1, N: 10}
	toWall := failures(stat.Strong, unlike)
	toWall.AnchoredTo = ToWallClock
	all := []float64{600, 300}
	for name, f := range map[string]struct {
		periods []Period
		follows *Following
		tested  []float64
		want    Code
		says    string
		period  int
	}{
		"follows stalls that hang on starts":       {[]Period{failures(stat.Strong, mesh)}, follows(true, HangsStarts, 1), all, BeatMatchesResync, "consistent with an informer resync", 0},
		"follows stalls, no start tells":           {[]Period{failures(stat.Strong, mesh)}, untold, all, PeriodCauseOpen, "no process start was captured", 0},
		"full minutes fit as well":                 {[]Period{failures(stat.Strong, mesh)}, follows(true, HangsEither, 1), all, PeriodCauseOpen, "full minutes", 0},
		"follows stalls on full minutes":           {[]Period{failures(stat.Strong, mesh)}, follows(true, HangsWall, 1), all, OtherBeat, "on full minutes", 0},
		"follows stalls of all at one time":        {[]Period{failures(stat.Strong, mesh)}, follows(true, HangsCommon, 1), all, OtherBeat, "come at one time", 0},
		"follows stalls that hang on no start":     {[]Period{failures(stat.Strong, mesh)}, follows(true, HangsNot, 1), all, OtherBeat, "count from the start of 2", 0},
		"no informer of the mesh is as long":       {[]Period{failures(stat.Strong)}, follows(true, HangsStarts, 1), all, OtherBeat, "have a period", 0},
		"nor is it, and twice may be the period":   {[]Period{failures(stat.Strong)}, few, all, PeriodCauseOpen, "too few to exclude twice", 0},
		"a period, no stalls":                      {[]Period{failures(stat.Strong, mesh)}, nil, all, PeriodCauseOpen, "no stalls with a period", 0},
		"a period that fits no resync":             {[]Period{failures(stat.Strong, unlike)}, nil, all, OtherBeat, "not the phase", 0},
		"and most incidents may follow stalls":     {[]Period{failures(stat.Strong, unlike)}, follows(false, HangsStarts, 0.5), all, PeriodCauseOpen, "does not tell the two apart", 0},
		"less than half may":                       {[]Period{failures(stat.Strong, unlike)}, follows(false, HangsStarts, 0.49), all, OtherBeat, "begin within 10 s", 0},
		"less than half, but in one phase":         {[]Period{failures(stat.Strong, unlike)}, onePhase, all, PeriodCauseOpen, "does not tell", 0},
		"most may, but all are on full minutes":    {[]Period{toWall}, follows(false, HangsStarts, 0.9), all, OtherBeat, "not the phase", 0},
		"most may, of stalls that hang on nothing": {[]Period{failures(stat.Strong, unlike)}, follows(false, HangsNot, 0.9), all, OtherBeat, "not the phase", 0},
		"one proxy's": {[]Period{failures(stat.NotSupported), of(Failures, "p", Wall, stat.Supported, mesh)}, nil, all, PeriodCauseOpen, "those of p", 1},
		"one on a clock of its own, though the wall clock has none": {[]Period{failures(stat.NotSupported), of(Failures, "p", 0, stat.Supported, mesh)}, nil, all,
			PeriodCauseOpen, "on a clock of its own", 1},
		"and that before its own":                {[]Period{of(Failures, "p", 0, stat.Supported, mesh), failures(stat.Strong, unlike)}, nil, all, OtherBeat, "not the phase", 1},
		"none":                                   {[]Period{failures(stat.NotSupported)}, nil, all, NoBeat, "10m0s, 5m0s", -1},
		"none, and few may follow stalls":        {[]Period{failures(stat.NotSupported)}, follows(false, HangsStarts, 0.33), all, NoBeat, "At most 33 %", -1},
		"none, but many may follow stalls":       {[]Period{failures(stat.NotSupported)}, follows(false, HangsStarts, 0.34), all, Insufficient, "not enough data", -1},
		"none, but some do":                      {[]Period{failures(stat.NotSupported)}, fewFollow, all, Insufficient, "not enough data", -1},
		"none, stalls were not captured beside":  {[]Period{failures(stat.NotSupported)}, notCompared, all, Insufficient, "not enough data", -1},
		"the resync's period was not tested":     {[]Period{failures(stat.NotSupported)}, nil, []float64{300}, Insufficient, "not enough data", -1},
		"none was tested, the stalls have a one": {[]Period{failures(stat.Insufficient), of(Stalls, "a", Wall, stat.Strong, mesh)}, nil, nil, Insufficient, "The stalls do", 1},
	} {
		p, _ := placedOf(t, Options{}, input("web.log", failedAt(true, 1, "web")))
		g, counts := gather(&p)
		c := &Case{Placed: p, Counts: counts, Incidents: collapse(&p, &g), Periods: f.periods, Follows: f.follows, Tested: f.tested, groups: g}
		v := weigh(c)
		if v.Code != f.want || !strings.Contains(v.Sentence, f.says) || v.Period != f.period || v.Next == "" {
			t.Errorf("%s: %s of period %d, want %s of %d: %s", name, v.Code, v.Period, f.want, f.period, v.Sentence)
		}
	}
}

func TestVerdictWithoutIncidents(t *testing.T) {
	c := &Case{groups: groups{wall: &Group{}}}
	c.Placed, _ = placedOf(t, Options{}, input("web.log", failedAt(true, 1, "web")))
	c.Options.Since = parse.Time(2e18) // nothing is left
	if v := weigh(c); v.Code != NoFailures && v.Reason == "" {
		t.Errorf("without incidents: %+v", v)
	}
}

// A denial speaks for the incidents that could be tested: those on clocks with too few
// may have the period, and so may those after stalls too few to measure one.
func TestDenialNeedsWhatCouldBeTested(t *testing.T) {
	incidents := func(wall, own int) (out []Incident) {
		for i := range wall + own {
			in := Incident{Clock: Wall}
			if i >= wall {
				in.Clock = 7
			}
			out = append(out, in)
		}
		return out
	}
	own := func(v stat.Verdict) Period { return Period{Of: Failures, Scope: "p", Clock: 7, Verdict: v} }
	stalls := func(v stat.Verdict) Period { return Period{Of: Stalls, Scope: "a", Clock: Wall, Verdict: v} }
	with := func(k, n int) []Association { return []Association{{With: "stalls", Observed: k, N: n}} }
	for name, f := range map[string]struct {
		incidents []Incident
		periods   []Period
		links     []Association
		want      bool
	}{
		"all on the wall clock":                      {incidents(20, 0), nil, nil, true},
		"most of them":                               {incidents(20, 9), []Period{own(stat.Insufficient)}, nil, true},
		"two of three":                               {incidents(20, 10), []Period{own(stat.Insufficient)}, nil, false},
		"two of three, the third was tested":         {incidents(20, 10), []Period{own(stat.NotSupported)}, nil, true},
		"stalls without a period":                    {incidents(20, 0), []Period{stalls(stat.NotSupported)}, with(15, 20), true},
		"too few stalls, few incidents after them":   {incidents(20, 0), []Period{stalls(stat.Insufficient)}, with(1, 20), true},
		"too few stalls, some incidents after them":  {incidents(10, 0), []Period{stalls(stat.Insufficient)}, with(2, 10), false},
		"too few stalls, not captured with failures": {incidents(20, 0), []Period{stalls(stat.Insufficient)}, nil, false},
	} {
		c := &Case{Incidents: f.incidents, Periods: f.periods, Associations: f.links, Tested: []float64{600}}
		if got := c.denies(); got != f.want {
			t.Errorf("%s: denied %v, at most %.2f", name, got, c.atMost())
		}
	}
}

// The first period that the user asks about is the one that a denial needs.
func TestDenialNeedsThePeriodThatWasAskedFor(t *testing.T) {
	c := &Case{Tested: []float64{600}}
	if !c.denies() {
		t.Error("ten minutes were tested, and are not denied")
	}
	c.Options.Periods = []time.Duration{7 * time.Minute}
	if c.denies() {
		t.Error("seven minutes were asked for and not tested, and are denied")
	}
}

// Incidents that follow stalls make a claim as strong as their number.
func TestFollowingClaims(t *testing.T) {
	for _, f := range []struct {
		p    float64
		n    int
		want stat.Verdict
	}{{stat.StrongP, 5, stat.Strong}, {stat.StrongP, 4, stat.Supported}, {2 * stat.StrongP, 5, stat.Supported}} {
		one := Following{Nominal: 10 * time.Minute, Follows: true, P: f.p, Test: &stat.CoverageTest{N: f.n, K: f.n},
			By: []ProcessPeriod{{Process: "a", Period: 600.1, Hits: 3, Phase: 7}, {Process: "b", Period: 600.2, Hits: 9, Phase: 8}}}
		p := one.claim()
		if p.Verdict != f.want || p.Phase != 8 || p.Confirm.Period != 600.2 {
			t.Errorf("p = %g of %d: %s at %d, want %s", f.p, f.n, p.Verdict, p.Phase, f.want)
		}
	}
	had := []Period{{ID: "P1", Of: Failures, Scope: ScopeAll, Clock: Wall, Nominal: 10 * time.Minute, Verdict: stat.NotSupported}}
	f := &Following{Nominal: 10 * time.Minute, Follows: true, Test: &stat.CoverageTest{N: 5, K: 5}, By: []ProcessPeriod{{Period: 600}}}
	if got := withFollowing(had, f); len(got) != 1 || !got[0].Claimed() || got[0].ID != "P1" || had[0].Claimed() {
		t.Errorf("in place of what was not supported: %+v, from %+v", got, had)
	}
	had[0].Verdict, had[0].Basis = stat.Strong, stat.ByOnsets
	if got := withFollowing(had, f); got[0].Verdict != stat.Strong || len(got) != 1 {
		t.Errorf("beside what the failures keep themselves: %+v", got)
	}
	had[0].Nominal = 5 * time.Minute
	if got := withFollowing(had, f); len(got) != 2 || got[1].ID != "P2" {
		t.Errorf("beside another period: %+v", got)
	}
	f.Follows = false
	if got := withFollowing(had, f); len(got) != 1 {
		t.Errorf("where none follow: %+v", got)
	}
}

package correlate

import (
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/correlate/known"
	"faultline/correlate/stat"
)

// Associations: what begins soon after what, and where both have one period, whether
// the one stays away with the other.
func TestStageAssociations(t *testing.T) {
	day := hours(24)
	after := func(at []float64, lag float64) (out []float64) {
		for _, s := range at {
			out = append(out, s+lag)
		}
		return out
	}
	some, other := unevenTimes(60), after(unevenTimes(60), 83)
	every, half := comb(100, 600, 144, 1), comb(100, 600, 144, 2)
	shared := func(stalls []float64) []ProcessPeriod {
		return []ProcessPeriod{{Process: "a", Period: 600, Phase: nanos(t0 + 100), on: stalls, cover: day}}
	}
	for name, f := range map[string]struct {
		onsets, stalls []float64
		shared         []ProcessPeriod
		follows        *Following
		want           Linked
	}{
		"after each":                              {after(some, 3), some, nil, nil, Associated},
		"just within the window":                  {after(some, 10), some, nil, nil, Associated},
		"after the window":                        {after(some, 10.5), some, nil, nil, NotAssociated},
		"before each":                             {after(some, -3), some, nil, nil, NotAssociated},
		"at other times":                          {other, some, nil, nil, NotAssociated},
		"four of them":                            {after(some[:4], 3), some[:4], nil, nil, TooLittle},
		"five of them":                            {after(some[:5], 3), some[:5], nil, nil, Associated},
		"one timer, it stays away without":        {after(half, 3), half, shared(half), nil, Associated},
		"two timers, stalls in half of the ticks": {after(every, 3), half, shared(half), nil, PhaseLocked},
		"two timers of other phases":              {after(every, 200), half, shared(half), nil, NotAssociated},
		"by the stalls at their ticks":            {after(every, 3), half, shared(half), &Following{Follows: true, P: 1e-9}, Associated},
		"not where the incidents keep one phase":  {after(every, 3), half, shared(half), &Following{Follows: true, OnePhase: true, P: 1e-9}, PhaseLocked},
		"not where they do not follow":            {after(every, 3), half, shared(half), &Following{P: 1e-9}, PhaseLocked},
	} {
		g := &groups{wall: groupOf(f.onsets, day)}
		a := withStalls(g, f.onsets, []*Process{processOf("a", 0, f.stalls, day)}, f.shared, f.follows, nil)
		if a.Verdict != f.want {
			t.Errorf("%s: %s, want %s: %s", name, a.Verdict, f.want, a.Sentence)
		}
	}
	for want, a := range map[string]Association{
		"no stall was logged": withStalls(&groups{wall: groupOf(some, day)}, some, []*Process{{Name: "a", Coverage: day}}, nil, nil, nil),
		"no controller log":   withStalls(&groups{wall: groupOf(some, day)}, some, nil, nil, nil, nil),
		"no incident has":     withStalls(&groups{wall: groupOf(nil, day)}, nil, []*Process{processOf("a", 0, some, day)}, nil, nil, nil),
		"different clocks":    withStalls(&groups{wall: groupOf(nil, day), alone: []*Group{{}}}, nil, []*Process{processOf("a", 0, some, day)}, nil, nil, nil),
	} {
		if a.Verdict != TooLittle || !strings.Contains(a.Sentence, want) {
			t.Errorf("%s: %s, %q", want, a.Verdict, a.Sentence)
		}
	}
}

// A process that stalls more often than another lies where the incidents do for
// reasons of its own: that links nothing.
func TestCyclesAreComparedWithinAProcess(t *testing.T) {
	day := hours(72)
	often, rarely := comb(100, 600, 432, 1), comb(400, 600, 432, 6)
	var onsets []float64 // at every second tick of the first, whether it stalls or not
	var stalls []float64
	for i, s := range often {
		if i%2 == 0 {
			onsets = append(onsets, s+3)
		}
		if i%5 < 3 {
			stalls = append(stalls, s)
		}
	}
	by := []ProcessPeriod{{Process: "a", Period: 600, Phase: nanos(t0 + 100), on: stalls, cover: day},
		{Process: "b", Period: 600, Phase: nanos(t0 + 400), on: rarely, cover: day}}
	m, ok := stat.NewMantelHaenszel(inBlocks(ticksOf(by, day), onsets))
	if !ok || m.Greater() < 0.01 {
		t.Errorf("p = %g", m.Greater())
	}
}

// Ticks of two processes that lie close together are one, and what follows the later
// of the two is a hit.
func TestTicksAtOneTimeAreOne(t *testing.T) {
	cover := stat.Coverage{{Start: t0, End: t0 + 590}}
	by := []ProcessPeriod{{Process: "a", Period: 600, Phase: nanos(t0 + 100), cover: cover},
		{Process: "b", Period: 600, Phase: nanos(t0 + 120), on: []float64{t0 + 120}, cover: cover},
		{Process: "c", Period: 600, Phase: nanos(t0 + 300), cover: cover}}
	got := ticksOf(by, cover)
	if len(got) != 2 || !got[0].stalled || got[1].stalled || !got[0].hit([]float64{t0 + 144}) || got[0].hit([]float64{t0 + 146}) {
		t.Errorf("%+v", got)
	}
}

// What hangs on the stalls: whether incidents follow those at the ticks of their own
// processes, and what these count from.
func TestStageFollowing(t *testing.T) {
	day := hours(12)
	list := []float64{600, 300, 1800, 3600}
	incidentsAt := func(at []float64, lag float64) (out []Incident) {
		for _, s := range at {
			out = append(out, Incident{Clock: Wall, Start: nanos(s + lag), End: nanos(s + lag + 1)})
		}
		return out
	}
	a, b := comb(100, 600.1, 72, 2), comb(350, 600.1, 72, 3)
	both := []*Process{processOf("a", 95, a, day), processOf("b", 346, b, day)}
	third := append(slices.Clone(a[:18]), b[:12]...)
	slices.Sort(third)
	for name, f := range map[string]struct {
		incidents []Incident
		processes []*Process
		follows   bool
		hangs     Hangs
		none      bool
	}{
		"each after a stall of one of two":   {incidentsAt(third, 4), both, true, HangsStarts, false},
		"none after a stall":                 {incidentsAt(third, 40), both, false, HangsStarts, false},
		"ten seconds after, and no more":     {incidentsAt(third, 10), both, true, HangsStarts, false},
		"starts not known":                   {incidentsAt(third, 4), []*Process{processOf("a", 0, a, day), processOf("b", 0, b, day)}, true, HangsOpen, false},
		"starts at another phase":            {incidentsAt(third, 4), []*Process{processOf("a", 300, a, day), processOf("b", 20, b, day)}, true, HangsNot, false},
		"two incidents":                      {incidentsAt(third[:2], 4), both, false, HangsStarts, false},
		"one process, where it stalls":       {incidentsAt(a, 4), both[:1], true, HangsStarts, false},
		"one process, whether or not":        {incidentsAt(comb(100, 600.1, 72, 1), 4), both[:1], false, HangsStarts, false},
		"stalls at no period":                {incidentsAt(third, 4), []*Process{processOf("a", 95, unevenTimes(40), day)}, false, HangsOpen, true},
		"a fifth of many, the rest anywhere": {append(incidentsAt(third[:8], 4), incidentsAt(unevenTimes(40), 0)...), both, false, HangsStarts, false},
	} {
		g := &groups{wall: groupOf(nil, day)}
		slices.SortFunc(f.incidents, func(x, y Incident) int { return int(x.Start/1e9 - y.Start/1e9) })
		got := followTicks(g, f.incidents, f.processes, nil, list)
		switch {
		case f.none || got == nil:
			if (got == nil) != f.none {
				t.Errorf("%s: %+v", name, got)
			}
		case got.Follows != f.follows || got.Hangs != f.hangs || got.Nominal != 10*time.Minute:
			t.Errorf("%s: follows %v, hangs %d, of %s: %+v", name, got.Follows, got.Hangs, got.Nominal, got.Test)
		}
	}
}

// Mechanisms: a claimed period is held against what is as long, by its phase.
func TestStageMechanisms(t *testing.T) {
	day := hours(12)
	fit := func(from float64) Period {
		on := comb(from, 600, 72, 1)
		for i := range on {
			on[i] = t0 + from + 600*float64(i)
		}
		f, _ := stat.NewCycleFit(on, 600)
		return Period{Of: Failures, Scope: ScopeAll, Clock: Wall, Nominal: 10 * time.Minute, Verdict: stat.Strong, Phase: nanos(t0 + from),
			PeriodResult: stat.PeriodResult{Fit: &f, Confirm: &stat.Confirmation{Period: 600}}}
	}
	following := func(follows bool, h Hangs) *Following {
		return &Following{Nominal: 10 * time.Minute, Follows: follows, Hangs: h, Informative: 2, Agree: 2, Test: &stat.CoverageTest{K: 9, N: 9}}
	}
	for name, f := range map[string]struct {
		from    float64
		follows *Following
		unclaim bool
		resync  bool // compatible
		cron    bool
		want    AnchoredTo
	}{
		"on full minutes":                    {3, nil, false, true, true, ToWallClock},
		"between them":                       {203, nil, false, true, false, ToNothing},
		"follows stalls that hang on starts": {203, following(true, HangsStarts), false, true, false, ToProcessStart},
		"follows stalls that do not":         {203, following(true, HangsNot), false, false, false, ToNothing},
		"follows none":                       {203, following(false, HangsStarts), false, false, false, ToNothing},
		"follows stalls on full minutes":     {3, following(true, HangsWall), false, false, true, ToWallClock},
		"no period":                          {203, following(true, HangsStarts), true, false, false, ToNothing},
	} {
		p, _ := placedOf(t, Options{}, input("web.log", failedAt(true, 1, "web")))
		period := fit(f.from)
		if f.unclaim {
			period.Verdict = stat.NotSupported
		}
		g := &groups{wall: groupOf(comb(f.from, 600, 72, 1), day)}
		in := []Period{period}
		got := attach(&p, g, in, nil, f.follows)[0]
		var resync, cron bool
		for _, m := range got.Mechanisms {
			resync = resync || m.Resync && m.Component == known.Destination && m.Compatible
			cron = cron || m.Phase == known.AtWallClock && !m.AnyMinute && m.Compatible
		}
		if resync != f.resync || cron != f.cron || got.AnchoredTo != f.want {
			t.Errorf("%s: resync %v, CronJob %v, anchored to %s: %+v", name, resync, cron, got.AnchoredTo, got.Mechanisms)
		}
		if len(in[0].Mechanisms) > 0 {
			t.Errorf("%s: the result of an earlier stage was changed", name)
		}
	}
}

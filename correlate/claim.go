package correlate

import (
	"fmt"
	"slices"

	"faultline/correlate/stat"
)

// withFollowing adds the claim that failures keep the periods of the stalls that
// they follow. Period and phase are the stalls', so the incidents are an
// independent sample. It takes the place of what was said of the failures alone,
// unless they keep one phase by themselves.
func withFollowing(periods []Period, f *Following) []Period {
	if f == nil || !f.Follows {
		return periods
	}
	same := func(p Period) bool { return p.Of == Failures && p.Scope == ScopeAll && p.Clock.OnWall() }
	out := slices.Clone(periods)
	for i := range out {
		switch p := &out[i]; {
		case same(*p) && p.Nominal == f.Nominal && p.Claimed() && p.Basis != stat.ByLock && !p.SeveralPhases:
			return out
		case same(*p) && (!p.Claimed() || p.Nominal == f.Nominal):
			id := p.ID
			*p = f.claim()
			p.ID = id
			return out
		}
	}
	p := f.claim()
	p.ID = fmt.Sprintf("P%d", len(out)+1)
	return append(out, p)
}

// claim is the period that incidents keep by following stalls: that of the process
// that stalls on it most often.
func (f *Following) claim() Period {
	best := &f.By[0]
	ticks := 0
	for i := range f.By {
		b := &f.By[i]
		ticks += b.Ticks
		if b.Hits > best.Hits {
			best = b
		}
	}
	p := Period{Of: Failures, Scope: ScopeAll, Clock: Wall, Nominal: f.Nominal, Verdict: stat.Supported, Phase: best.Phase,
		AnchoredTo: ToNothing}
	if f.P <= stat.StrongP && f.Test.N >= enoughStrong {
		p.Verdict = stat.Strong
	}
	p.PeriodResult = stat.PeriodResult{Nominal: f.Nominal.Seconds(), Verdict: p.Verdict, Basis: stat.ByKnownTicks, Onsets: f.Test.N,
		P: f.Test.P, PHolm: f.P, Fit: best.fit, OnKnownTicks: &stat.KnownTicksTest{CoverageTest: *f.Test, Ticks: ticks, Kept: f.Test.K},
		Confirm: &stat.Confirmation{N: f.Test.N, Period: best.Period, P: f.Test.P, HPeriod: best.Period}}
	return p
}

// enoughStrong is how many incidents there must be before a period that they
// follow is called strong.
const enoughStrong = 5

// resyncs says whether a period is held to be an informer resync of the mesh's own
// controllers.
func (p *Period) resyncs() bool {
	return p.AnchoredTo != ToWallClock && slices.ContainsFunc(p.Mechanisms, func(m Compatible) bool {
		return m.Resync && !m.Ingress && m.Compatible
	})
}

package correlate

import (
	"fmt"
	"slices"
	"time"

	"faultline/correlate/stat"
)

// onStallBeats asks whether failures that are too few to show a beat of their
// own, or a link with stalls, begin on the beats that stalls keep. The phase is
// the stalls', the incidents have no part in it. What is claimed so has the
// period, the phase and the mechanisms of the stalls.
func onStallBeats(g *groups, incidents []Incident, links []Association, b *stallBeats, tested int) *Period {
	linked := slices.ContainsFunc(links, func(a Association) bool { return a.Verdict == Associated })
	if own := beatOf(b.periods, Failures, false); linked || own >= 0 && b.periods[own].Clock.OnWall() {
		return nil
	}
	tried := map[time.Duration]bool{}
	for i := range b.periods {
		p := b.periods[i]
		if p.Of != Stalls || p.Scope == ScopeAll || !p.Claimed() || tried[p.Nominal] {
			continue
		}
		tried[p.Nominal] = true
		zone, cover := b.zone(g.wall.Coverage, p.Nominal)
		t, ok := stat.NewBeatTest(onsets(incidents, Wall), zone, p.Nominal.Seconds(), cover)
		if !ok {
			continue
		}
		// As if each period of the list had been tested a second time.
		adjusted := min(1, 2*t.P*float64(tested))
		if v := t.Verdict(adjusted); v != stat.NotSupported {
			p.Of, p.Scope, p.Verdict, p.Basis = Failures, ScopeAll, v, stat.ByBeats
			p.OnBeats, p.P, p.PHolm, p.Onsets = &t, t.P, adjusted, t.N
			p.Ticks, p.SeveralPhases = nil, false
			return &p
		}
	}
	return nil
}

// beatZone is when failures would begin that follow the beats of stalls: within
// StallWindow of a stall, or of where a beat without one should be.
func (b *stallBeats) zone(served stat.Coverage, nominal time.Duration) (zone []stat.Span, cover stat.Coverage) {
	for _, q := range b.processes {
		cover = append(cover, q.Coverage...)
	}
	cover = stat.NewCoverage(cover).Intersect(served)
	window, slack := seconds(StallWindow), nominal.Seconds()/120
	for _, t := range b.ticks(nominal, cover) {
		zone = append(zone, stat.Span{Start: t.at - slack, End: t.at + slack + window})
	}
	return zone, cover
}

// with puts a claim about the failures, if there is one, in the place of what
// was said of them without it.
func with(periods []Period, p *Period) []Period {
	if p == nil {
		return periods
	}
	out := slices.Clone(periods)
	for i := range out {
		if q := &out[i]; q.Of == p.Of && q.Scope == p.Scope && q.Clock == p.Clock && !q.Claimed() {
			p.ID = q.ID
			out[i] = *p
			return out
		}
	}
	p.ID = fmt.Sprintf("P%d", len(out)+1)
	return append(out, *p)
}

// sayOnBeats is the verdict when the beat is the stalls', and failures lie on it.
func (c *Case) sayOnBeats(v *Verdict) {
	p := &c.Periods[v.Period]
	t := p.OnBeats
	v.Sentence = fmt.Sprintf("%s: %d of %d begin on the beat of %s that the stalls keep, %.1f expected by chance (p = %.2g); it is consistent with an informer resync%s.",
		upper(c.tally()), t.K, t.N, p.Beat(), t.Expected, p.PHolm, p.distance())
	if v.Association >= 0 {
		v.Sentence += " " + upper(c.Associations[v.Association].Sentence) + "."
	}
	v.Next = upgrade
}

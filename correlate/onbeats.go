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
func (c *Case) onStallBeats(w *work, o *Options) {
	linked := slices.ContainsFunc(c.Associations, func(a Association) bool { return a.Verdict == Associated })
	if own := c.beatOf("failures", false); linked || own >= 0 && c.Periods[own].Stream < 0 {
		return
	}
	tried := map[time.Duration]bool{}
	for i := range c.Periods {
		p := c.Periods[i]
		if p.Of != "stalls" || p.Scope == "all" || !p.Claimed() || tried[p.Nominal] {
			continue
		}
		tried[p.Nominal] = true
		zone, cover := c.beatZone(w, p.Nominal)
		t, ok := stat.NewBeatTest(c.onsets(w.wall), zone, p.Nominal.Seconds(), cover)
		if !ok {
			continue
		}
		// As if each period of the list had been tested a second time.
		adjusted := min(1, 2*t.P*float64(len(o.tested())))
		if v := t.Verdict(adjusted); v != stat.NotSupported {
			p.Of, p.Scope, p.Verdict, p.Basis = "failures", "all", v, stat.ByBeats
			p.OnBeats, p.P, p.PHolm, p.Onsets = &t, t.P, adjusted, t.N
			p.Ticks, p.SeveralPhases = nil, false
			c.replace(p)
			return
		}
	}
}

// beatZone is when failures would begin that follow the beats of stalls: within
// StallWindow of a stall, or of where a beat without one should be.
func (c *Case) beatZone(w *work, nominal time.Duration) (zone []stat.Span, cover stat.Coverage) {
	for _, q := range w.processes {
		cover = append(cover, q.Coverage...)
	}
	cover = stat.NewCoverage(cover).Intersect(w.wall.Coverage)
	window, slack := seconds(StallWindow), nominal.Seconds()/120
	for _, b := range c.beats(w, nominal, cover) {
		zone = append(zone, stat.Span{Start: b.at - slack, End: b.at + slack + window})
	}
	return zone, cover
}

// replace puts a claim about the failures in the place of what was said of them
// without it.
func (c *Case) replace(p Period) {
	for i := range c.Periods {
		if q := &c.Periods[i]; q.Of == p.Of && q.Scope == p.Scope && q.Stream == p.Stream && !q.Claimed() {
			p.ID = q.ID
			c.Periods[i] = p
			return
		}
	}
	p.ID = fmt.Sprintf("P%d", len(c.Periods)+1)
	c.Periods = append(c.Periods, p)
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

package correlate

import (
	"cmp"
	"slices"
	"time"

	"faultline/correlate/stat"
)

// stallBeats are the beats that the stalls of single processes keep, as the
// periods say, and what they can be held against.
type stallBeats struct {
	periods   []Period
	processes []*Process
}

// keeps says whether the stalls of some process keep a beat.
func (b *stallBeats) keeps(nominal time.Duration) bool {
	return slices.ContainsFunc(b.periods, func(p Period) bool { return p.Of == Stalls && p.Nominal == nominal && p.Claimed() })
}

// shared is the period of a beat that failures and stalls both keep, 0 if
// they do not.
func (b *stallBeats) shared() (nominal time.Duration) {
	for i := range b.periods {
		if p := &b.periods[i]; p.Of == Failures && p.Clock.OnWall() && p.Claimed() && b.keeps(p.Nominal) {
			nominal = p.Nominal
		}
	}
	return nominal
}

// beat is one predicted beat of one process's stalls.
type beat struct {
	at          float64
	early, late float64
	stalled     bool
}

// hit says whether an incident belongs to the beat: it starts with its stall
// or soon after.
func (b *beat) hit(onsets []float64) bool {
	return some(onsets, b.at-b.early, b.at+b.late+time.Duration(StallWindow).Seconds())
}

// ticks predicts each process's beats inside the coverage from the phase that
// its own stalls show, and says at which it stalled. Beats of several
// processes at one time are one.
func (b *stallBeats) ticks(nominal time.Duration, cover stat.Coverage) (out []beat) {
	for i := range b.periods {
		p := &b.periods[i]
		s, _, ok := p.Seconds()
		if p.Of != Stalls || p.Scope == ScopeAll || p.Nominal != nominal || !ok || p.Confirm == nil {
			continue
		}
		for _, q := range b.processes {
			if q.Name == p.Scope {
				out = append(out, q.ticks(p, s, cover)...)
			}
		}
	}
	slices.SortFunc(out, func(x, y beat) int { return cmp.Compare(x.at, y.at) })
	merged := out[:0]
	for _, b := range out {
		if n := len(merged); n > 0 && b.at-merged[n-1].at < b.early+b.late {
			merged[n-1].stalled = merged[n-1].stalled || b.stalled
			continue
		}
		merged = append(merged, b)
	}
	return merged
}

func (q *Process) ticks(p *Period, period float64, cover stat.Coverage) (out []beat) {
	stalls := times(q.Stalls)
	early, late := period/60, period/40 // 10 and 15 s of 600
	for _, span := range q.Coverage.Intersect(cover) {
		k := int((span.Start - seconds(p.Phase)) / period)
		for k--; ; k++ {
			at := seconds(p.Phase) + float64(k)*period
			if at > span.End {
				break
			}
			if at < span.Start {
				continue
			}
			i, _ := slices.BinarySearch(stalls, at-early)
			out = append(out, beat{at, early, late, i < len(stalls) && stalls[i] <= at+late})
		}
	}
	return out
}

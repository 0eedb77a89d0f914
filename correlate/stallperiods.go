package correlate

import (
	"cmp"
	"math"
	"slices"
	"time"

	"faultline/correlate/stat"
)

// tick is one predicted tick of the stalls of one process, or of several at one
// time.
type tick struct {
	at          float64
	early, late float64
	stalled     bool
	of          string // whose it is
}

// hit says whether an incident belongs to the tick: it starts with its stall
// or soon after.
func (t *tick) hit(onsets []float64) bool {
	return some(onsets, t.at-t.early, t.at+t.late+seconds(StallWindow))
}

// sharedPeriods are the periods of single processes' stalls at a period that the
// failures keep as well, or that is a whole multiple or a whole part of theirs:
// two such timers meet in every cycle or in none, whatever they have to do with
// each other.
func sharedPeriods(periods []Period, processes []*Process, list []float64) []ProcessPeriod {
	for i := range periods {
		p := &periods[i]
		if p.Of != Failures || !p.Clock.OnWall() || !p.Claimed() {
			continue
		}
		own := p.Nominal.Seconds()
		order := slices.Clone(list)
		slices.SortStableFunc(order, func(a, b float64) int { return cmp.Compare(math.Abs(math.Log(a/own)), math.Abs(math.Log(b/own))) })
		for _, s := range order {
			ratio := math.Max(s/own, own/s)
			if math.Abs(ratio-math.Round(ratio)) > stat.Band*ratio {
				continue
			}
			if by := processPeriods(processes, time.Duration(s*float64(time.Second)), len(list)); len(by) > 0 {
				return by
			}
		}
	}
	return nil
}

// ticksOf predicts the ticks of periods inside the coverage from the phase that
// the stalls of each show, and says at which it stalled. Ticks of several
// processes at one time are one.
func ticksOf(by []ProcessPeriod, cover stat.Coverage) (out []tick) {
	for i := range by {
		out = append(out, by[i].ticks(cover)...)
	}
	slices.SortFunc(out, func(x, y tick) int { return cmp.Compare(x.at, y.at) })
	merged := out[:0]
	for _, t := range out {
		if n := len(merged); n > 0 && t.at-merged[n-1].at < t.early+t.late {
			one := &merged[n-1]
			one.stalled, one.late, one.of = one.stalled || t.stalled, t.at+t.late-one.at, one.of+" "+t.of
			continue
		}
		merged = append(merged, t)
	}
	return merged
}

func (b *ProcessPeriod) ticks(cover stat.Coverage) (out []tick) {
	early, late := b.Period/60, b.Period/40 // 10 and 15 s of 600
	for _, span := range b.cover.Intersect(cover) {
		for at := b.at(span.Start); at <= span.End; at += b.Period {
			if at >= span.Start {
				out = append(out, tick{at, early, late, some(b.on, at-early, at+late), b.Process})
			}
		}
	}
	return out
}

// tableOf counts ticks by stall (rows: with, without) and incident (columns).
func tableOf(ticks []tick, onsets []float64) (t stat.Table2x2) {
	for i := range ticks {
		row, col := 1, 1
		if ticks[i].stalled {
			row = 0
		}
		if ticks[i].hit(onsets) {
			col = 0
		}
		t[row][col]++
	}
	return t
}

// tables are those of ticks of one process each, or of the same ones, within blocks
// of time: the load is taken as even in these, and a process that stalls more often
// than others may lie where the incidents do for reasons of its own.
func tables(ticks []tick, onsets []float64, blockOf func(i int) float64) (out []stat.Table2x2) {
	type key struct {
		block float64
		of    string
	}
	at := map[key]int{}
	var strata [][]tick
	for i, t := range ticks {
		k := key{blockOf(i), t.of}
		n, had := at[k]
		if !had {
			n = len(strata)
			at[k], strata = n, append(strata, nil)
		}
		strata[n] = append(strata[n], t)
	}
	for _, s := range strata {
		out = append(out, tableOf(s, onsets))
	}
	return out
}

// inBlocks are the tables of ticks by stretches of 90 minutes.
func inBlocks(ticks []tick, onsets []float64) []stat.Table2x2 {
	return tables(ticks, onsets, func(i int) float64 { return math.Floor(ticks[i].at / block) })
}

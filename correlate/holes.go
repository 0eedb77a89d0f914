package correlate

import (
	"cmp"
	"slices"
	"time"

	"faultline/parse"
)

const (
	// holeLines is how many lines logs would have printed in a silence, at the
	// rate that they have outside of silences, before the silence counts as a
	// hole in the capture: at a steady rate the chance of none is exp(-17), less
	// than one in ten million.
	holeLines = 17
	// longSilence is how long a silence is that has no say in the rate: a log of
	// a line a minute is silent for two minutes now and then.
	longSilence = parse.Time(3 * time.Minute)
	// holeMinutes is how many minutes with a line, and without an event, tell a
	// rate: bursts of failures are none.
	holeMinutes = 10
)

// holesOf are, for each stream of what serves, the silences that must be holes in
// the capture. Only what serves prints steadily enough to tell. Silences that
// several logs have at one time weigh by the lines of all.
func holesOf(c *Placed) [][]parse.Span {
	out, rate := make([][]parse.Span, len(c.Streams)), make([]float64, len(c.Streams))
	var placed []int
	for s := range c.Streams {
		st := &c.Streams[s]
		if !serves(st) || c.CopyOf[s] >= 0 || len(st.Silences) == 0 || len(st.Coverage) == 0 {
			continue
		}
		rate[s] = steadyRate(st)
		if c.Anchors[s].Placed() {
			placed = append(placed, s)
		}
		for _, q := range st.Silences {
			if rate[s]*minutes(q) >= holeLines {
				out[s] = append(out[s], q)
			}
		}
	}
	for _, q := range commonSilences(c, placed) {
		lines := 0.0
		for _, s := range placed {
			lines += rate[s] * minutes(q)
		}
		if lines < holeLines {
			continue
		}
		for _, s := range placed {
			own := parse.Span{From: q.From - c.Anchors[s].Zero, To: q.To - c.Anchors[s].Zero}
			for _, whole := range c.Streams[s].Silences {
				if whole.From <= own.From && own.To <= whole.To && !slices.Contains(out[s], whole) {
					out[s] = append(out[s], whole)
				}
			}
		}
	}
	for s := range out {
		slices.SortFunc(out[s], func(a, b parse.Span) int { return cmp.Compare(a.From, b.From) })
	}
	return out
}

func minutes(s parse.Span) float64 { return time.Duration(s.To - s.From).Minutes() }

// steadyRate is how many lines a minute a log prints beside events, outside of
// long silences; 0 where too little tells.
func steadyRate(st *parse.Stream) float64 {
	eventful := map[int32]bool{}
	for i := range st.Events {
		eventful[int32(st.Events[i].Time/parse.Time(time.Minute))] = true
	}
	lines, seen := 0.0, 0
	for _, m := range st.Volume {
		if !eventful[m.At] {
			lines += float64(m.Lines)
			seen++
		}
	}
	if seen < holeMinutes {
		return 0
	}
	captured := -float64(len(eventful))
	for _, cov := range st.Coverage {
		captured += minutes(cov)
	}
	for _, q := range st.Silences {
		if q.To-q.From >= longSilence {
			captured -= minutes(q)
		}
	}
	return lines / max(float64(seen), captured)
}

// commonSilences are when none of some logs that were being captured printed a
// line, on the wall clock, ns since 1970; nil for fewer than two logs.
func commonSilences(c *Placed, streams []int) (out []parse.Span) {
	if len(streams) < 2 {
		return nil
	}
	type edge struct {
		at parse.Time
		by int
	}
	var edges []edge
	for _, s := range streams {
		for _, q := range c.Streams[s].Silences {
			edges = append(edges, edge{q.From + c.Anchors[s].Zero, 1}, edge{q.To + c.Anchors[s].Zero, -1})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.at, b.at) })
	quiet, from := 0, parse.Time(0)
	for _, e := range edges {
		if quiet == len(streams) && e.by < 0 && e.at > from {
			out = append(out, parse.Span{From: from, To: e.at})
		}
		if quiet += e.by; quiet == len(streams) && e.by > 0 {
			from = e.at
		}
	}
	return out
}

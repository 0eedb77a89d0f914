package correlate

import (
	"fmt"
	"slices"
	"time"

	"faultline/correlate/stat"
	"faultline/parse"
)

const (
	// frozenLeast is the shortest stretch without a line of anybody that is told.
	frozenLeast = parse.Time(time.Minute)
	// frozenSources is how many processes must have fallen silent together.
	frozenSources = 2
	// thawing is how long after such a stretch failures are its own: requests
	// whose connections are gone, and all that had waited.
	thawing = parse.Time(10 * time.Second)
)

// findFrozen finds the stretches on the wall clock in which nothing was running, or
// nothing was captured of any process: all logs that go on on both sides are
// silent at once, though at their usual rate they had printed at least
// [holeLines] lines together. A host that stands still and a machine that is
// paused look like that.
func (c *Placed) findFrozen() (out []parse.Span) {
	type edge struct {
		at   parse.Time
		by   int
		rate float64
	}
	var edges []edge
	for s := range c.Streams {
		st := &c.Streams[s]
		if c.CopyOf[s] >= 0 || about(st) || !c.Anchors[s].Independent() || len(st.Coverage) == 0 {
			continue
		}
		length := seconds(st.Coverage[len(st.Coverage)-1].To - st.Coverage[0].From)
		for _, q := range st.Silences {
			if length > 0 && q.To > q.From {
				rate := float64(st.Lines) / length
				edges = append(edges, edge{q.From + c.Anchors[s].Zero, 1, rate}, edge{q.To + c.Anchors[s].Zero, -1, -rate})
			}
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return int(min(max(a.at-b.at, -1), 1)) })
	silent, rate := 0, 0.0
	for i, e := range edges {
		silent, rate = silent+e.by, rate+e.rate
		if i+1 == len(edges) || silent < frozenSources || edges[i+1].at-e.at < frozenLeast {
			continue
		}
		span := parse.Span{From: e.at, To: edges[i+1].at}
		if rate*seconds(span.To-span.From) >= holeLines && !c.spoken(span) {
			out = append(out, span)
		}
	}
	return out
}

// spoken says whether any process has a line within a stretch.
func (c *Placed) spoken(in parse.Span) bool {
	for s := range c.Streams {
		st := &c.Streams[s]
		if c.CopyOf[s] >= 0 || about(st) || !c.Anchors[s].Placed() || len(st.Coverage) == 0 {
			continue
		}
		zero := c.Anchors[s].Zero
		from, to := st.Coverage[0].From+zero, st.Coverage[len(st.Coverage)-1].To+zero
		quiet := slices.ContainsFunc(st.Silences, func(q parse.Span) bool { return q.From+zero <= in.From && in.To <= q.To+zero })
		if from < in.To && to > in.From && !quiet {
			return true
		}
	}
	return false
}

// thaws says whether a time on the wall clock lies just behind a stretch in
// which nothing was running.
func thaws(frozen []parse.Span, at parse.Time) bool {
	return slices.ContainsFunc(frozen, func(f parse.Span) bool { return at >= f.To && at <= f.To+thawing })
}

// sayFrozen tells each stretch once, with its length.
func sayFrozen(frozen []parse.Span) (out []string) {
	for _, f := range frozen {
		out = append(out, fmt.Sprintf("nothing at all was logged for %s, from %s to %s UTC: a host that stood still, a paused machine or a hole in the capture. "+
			"It counts as not captured, and what failed in the %s behind it as no incident's beginning", time.Duration(f.To-f.From).Round(time.Second),
			time.Unix(0, int64(f.From)).UTC().Format("2006-01-02 15:04:05"), time.Unix(0, int64(f.To)).UTC().Format("15:04:05"), time.Duration(thawing)))
	}
	return out
}

// without cuts stretches out of spans, all on the wall clock.
func without(spans []stat.Span, cut []parse.Span) []stat.Span {
	for _, f := range cut {
		from, to := seconds(f.From), seconds(f.To)
		var out []stat.Span
		for _, s := range spans {
			if s.End <= from || s.Start >= to {
				out = append(out, s)
				continue
			}
			if s.Start < from {
				out = append(out, stat.Span{Start: s.Start, End: from})
			}
			if s.End > to {
				out = append(out, stat.Span{Start: to, End: s.End})
			}
		}
		spans = out
	}
	return spans
}

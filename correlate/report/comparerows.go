package report

import (
	"cmp"
	"fmt"

	"faultline/correlate"
	"faultline/correlate/words"
)

// CompareRow is one line of the table of what differs between two cases: A and B
// as they are, and what that comes to, "" where that is not to be said.
type CompareRow struct {
	Of, A, B, Change string
	// Differs says that A and B are told apart.
	Differs bool
}

// CompareRows are what differs between two cases, for a table: first what the
// answer rests on, then what stands beside it, then what only one of them has.
func CompareRows(c *correlate.Comparison) (out []CompareRow) {
	for _, r := range c.Rates {
		row := CompareRow{Of: r.Of, A: rateCell(&r, 0), B: rateCell(&r, 1), Change: map[correlate.Change]string{correlate.Fewer: "fewer in B",
			correlate.More: "more in B", correlate.NoChange: "no change shown", correlate.CannotTell: "cannot be told apart"}[r.Verdict]}
		if r.Unsure() {
			row.Change = "may differ"
		}
		row.Differs = r.Verdict == correlate.Fewer || r.Verdict == correlate.More
		if r.Ratio != nil && r.Ratio.Bounded {
			row.Change += fmt.Sprintf(": ×%s (%s to %s)", words.Ratio(r.Ratio.Ratio), words.Ratio(r.Ratio.CI[0]), words.Ratio(r.Ratio.CI[1]))
		}
		out = append(out, row)
	}
	pair := func(of string, cell func(side int) string) {
		if a, b := cell(0), cell(1); a != b {
			out = append(out, CompareRow{Of: of, A: a, B: b})
		}
	}
	pair("time stalled", func(i int) string {
		if c.Stalls[i].N == 0 {
			return "none logged"
		}
		return fmt.Sprintf("%.2g %%", 100**c.Stalls[i].Share())
	})
	pair("longest stall", func(i int) string { return ofStalls(&c.Stalls[i], c.Stalls[i].Longest, "%.2g s") })
	pair("deepest queue", func(i int) string { return ofStalls(&c.Stalls[i], c.Stalls[i].Deepest, "%.0f") })
	pair("failures per resync", func(i int) string {
		if c.PerTick[i] == nil {
			return "–"
		}
		return fmt.Sprintf("%.2g", *c.PerTick[i])
	})
	pair("queue overflows", func(i int) string { return fmt.Sprint(c.Overflows[i]) })
	for _, m := range controllerSays(c) {
		pair(m.short, func(i int) string { return cmp.Or(m.of[i], "–") })
	}
	pair("controller replicas", func(i int) string { return fmt.Sprint(c.Replicas[i]) })
	for _, k := range c.New {
		out = append(out, CompareRow{Of: k.String(), A: "none", B: words.Count(c.B.ByKind[k], "event", "events"), Change: "only in B"})
	}
	for _, k := range c.Gone {
		out = append(out, CompareRow{Of: k.String(), A: words.Count(c.A.ByKind[k], "event", "events"), B: "none", Change: "only in A"})
	}
	return out
}

func rateCell(r *correlate.RateChange, side int) string {
	if r.Hours[side] == 0 {
		return "not captured"
	}
	return fmt.Sprintf("%d in %.1f h", r.N[side], r.Hours[side])
}

func ofStalls(f *correlate.StallFigures, v float64, layout string) string {
	if f.N == 0 || v == 0 {
		return "–"
	}
	return fmt.Sprintf(layout, v)
}

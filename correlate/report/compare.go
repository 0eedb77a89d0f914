package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"faultline/correlate"
	"faultline/correlate/words"
)

// comparison is a [correlate.Comparison] as other programs read it.
type comparison struct {
	Schema   string         `json:"schema"`
	Answer   string         `json:"answer"`
	Sentence string         `json:"sentence"`
	A        side           `json:"a"`
	B        side           `json:"b"`
	Rates    []rateChange   `json:"rates"`
	Replicas [2]int         `json:"replicas"`
	Scale    *scale         `json:"scale"`
	Stalls   [2]stallTotals `json:"stalls"`
	PerTick  [2]*float64    `json:"failures_per_replica_tick"`
	Overflow [2]int         `json:"overflows"`
	Figures  [2]sideFigures `json:"figures"`
	// Each is that of each replica, left out of a table of several cases.
	Each    *[2][]sideFigures `json:"figures_by_replica,omitempty"`
	New     []string          `json:"new"`
	Gone    []string          `json:"gone"`
	Visible []string          `json:"visibility"`
}

type side struct {
	Verdict Verdict  `json:"verdict"`
	Periods []Period `json:"periods"`
	Since   []Since  `json:"since"`
}

type stallTotals struct {
	N       int     `json:"n"`
	Seconds float64 `json:"seconds"`
	Longest float64 `json:"longest_s"`
	Deepest float64 `json:"deepest"`
	Hours   float64 `json:"hours"`
	// Rate is in seconds an hour of a process, Share that as a share of the time.
	Rate  *float64 `json:"seconds_an_hour"`
	Share *float64 `json:"share"`
}

// stallsSentence holds the stalls of both cases against each other, "" when
// neither has any.
func stallsSentence(of [2]correlate.StallFigures) string {
	if of[0].N+of[1].N == 0 {
		return ""
	}
	var sides []string
	for i, f := range of {
		one := fmt.Sprintf("%d, %.1f s in all", f.N, f.Seconds)
		if f.N > 0 {
			one += ", the longest " + words.Figure(f.Longest) + " s"
		}
		if f.Deepest > 0 {
			one += fmt.Sprintf(", the deepest queue %.0f", f.Deepest)
		}
		if f.N > 0 && f.Hours > 0 {
			one += fmt.Sprintf(", %s s an hour of each (%s %% of the time)", words.Figure(*f.Rate()), words.Figure(100**f.Share()))
		}
		sides = append(sides, one+" in "+[]string{"A", "B"}[i])
	}
	return "Stalls: " + strings.Join(sides, "; ") + "."
}

type rateChange struct {
	Of      string      `json:"of"`
	N       [2]int      `json:"n"`
	Hours   [2]float64  `json:"hours"`
	Ratio   *float64    `json:"ratio"`
	CI      *[2]float64 `json:"ci"`
	P       *float64    `json:"p"`
	Verdict string      `json:"verdict"`
}

type scale struct {
	Ratio      *float64   `json:"ratio"`
	CI         [2]float64 `json:"ci"`
	Dispersion float64    `json:"dispersion"`
	Beta       float64    `json:"beta"`
	BetaCI     [2]float64 `json:"beta_ci"`
	Verdict    string     `json:"verdict"`
}

// CompareSchema names the JSON that [WriteComparison] writes.
const CompareSchema = "faultline.compare/v1"

// WriteComparison writes two cases side by side as "text" or "json".
func WriteComparison(w io.Writer, c *correlate.Comparison, form string, s Style) error {
	if form == "json" {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", " ")
		out := comparisonOf(c)
		out.Each = &[2][]sideFigures{{}, {}}
		for i := range c.Each {
			for j := range c.Each[i] {
				out.Each[i] = append(out.Each[i], figuresOf(&c.Each[i][j]))
			}
		}
		return enc.Encode(out)
	}
	p := &page{w: w, Style: s}
	p.wrapped("", c.Sentence)
	p.line("")
	for _, r := range c.Rates {
		p.wrapped("", changeSentence(r))
	}
	if said := stallsSentence(c.Stalls); said != "" {
		p.wrapped("", said)
	}
	for _, said := range precedingSentences(c) {
		p.wrapped("", said)
	}
	if c.Scale != nil {
		p.wrapped("", correlate.ScaleSentence(c.Replicas, c.Scale))
	}
	for i := range c.Each {
		if rows := replicaRows(c.Each[i]); len(rows) > 0 {
			p.heading("Replicas of " + c.Names[i])
			for _, row := range rows {
				p.wrapped("  ", Clean(row))
			}
		}
	}
	p.heading("Periods")
	for i, one := range []*correlate.Case{c.A, c.B} {
		p.wrapped("  "+[]string{"A", "B"}[i]+"  ", Clean(one.Verdict.Sentence))
		for _, since := range one.Since {
			p.wrapped("     ", Clean(since.Sentence))
		}
	}
	names := func(kinds []string) string { return strings.Join(kinds, ", ") }
	if len(c.New)+len(c.Gone) > 0 {
		p.heading("Kinds of events")
		if len(c.New) > 0 {
			p.wrapped("  only in B  ", names(kindNames(c, true)))
		}
		if len(c.Gone) > 0 {
			p.wrapped("  only in A  ", names(kindNames(c, false)))
		}
	}
	p.Verbose = true // these are few, and each bears on the answer
	p.bullets("What this cannot show", append([]string{
		"before and after are one unit each: what else changed between them is not excluded"}, c.Visible...))
	p.signed()
	return p.err
}

func kindNames(c *correlate.Comparison, added bool) []string {
	out := []string{}
	kinds := c.Gone
	if added {
		kinds = c.New
	}
	for _, k := range kinds {
		out = append(out, k.String())
	}
	return out
}

func changeSentence(r correlate.RateChange) string {
	s := fmt.Sprintf("%s: %d in %.1f h in A, %d in %.1f h in B", words.Upper(r.Of), r.N[0], r.Hours[0], r.N[1], r.Hours[1])
	if r.Ratio == nil {
		return s + "; nothing to compare."
	}
	if r.Excerpt() {
		return s + "; less than " + words.Minutes(correlate.LeastCaptured) + " of one were captured, an excerpt, which has no rate."
	}
	if r.Ratio.Bounded {
		s += fmt.Sprintf(": %.2f times the rate [%.2f, %.2f], %s", r.Ratio.Ratio, r.Ratio.CI[0], r.Ratio.CI[1], words.P(r.Ratio.P))
	} else {
		s += ", " + words.P(r.Ratio.P)
	}
	switch r.Verdict {
	case correlate.Fewer:
		return s + ". B has fewer."
	case correlate.More:
		return s + ". B has more."
	case correlate.NoChange:
		return s + ". No change is shown, and none by half or double fits."
	}
	if r.Unsure() {
		return s + ". They may differ, which is not sure enough to be said: p is above 0.01."
	}
	return s + ". This cannot tell them apart."
}

func comparisonOf(c *correlate.Comparison) comparison {
	out := comparison{Schema: CompareSchema, Answer: string(c.Answer), Sentence: c.Sentence, PerTick: c.PerTick, Overflow: c.Overflows,
		Replicas: c.Replicas, Rates: []rateChange{}, New: kindNames(c, true), Gone: kindNames(c, false),
		Visible: list(c.Visible)}
	for i, to := range []*side{&out.A, &out.B} {
		one := []*correlate.Case{c.A, c.B}[i]
		to.Verdict = verdictOf(one)
		to.Periods, to.Since = []Period{}, sinceOf(one)
		for j := range one.Periods {
			to.Periods = append(to.Periods, periodOf(&one.Periods[j]))
		}
	}
	for _, r := range c.Rates {
		one := rateChange{Of: r.Of, N: r.N, Hours: r.Hours, Verdict: string(r.Verdict)}
		if r.Ratio != nil {
			one.P = finite(r.Ratio.P)
			if r.Ratio.Bounded {
				one.Ratio = finite(r.Ratio.Ratio)
				one.CI = &r.Ratio.CI
			}
		}
		out.Rates = append(out.Rates, one)
	}
	for i := range c.Stalls {
		out.Stalls[i], out.Figures[i] = totalsOf(&c.Stalls[i]), figuresOf(&c.All[i])
	}
	if k := c.Scale; k != nil {
		out.Scale = &scale{CI: k.CI, Dispersion: k.Dispersion, Beta: k.Beta, BetaCI: k.BetaCI, Verdict: string(k.Verdict)}
		out.Scale.Ratio = finite(k.Poisson.Ratio)
	}
	return out
}

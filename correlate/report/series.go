package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse/bundle"
)

// series is several cases in a row, as other programs read them.
type series struct {
	Schema string       `json:"schema"`
	Cases  []seriesCase `json:"cases"`
	Steps  []comparison `json:"steps"`
}

// seriesCase is one row of the table.
type seriesCase struct {
	Name      string      `json:"name"` // the letter
	Path      string      `json:"path"`
	Incidents int         `json:"incidents"`
	Hours     float64     `json:"hours"`
	Stalls    stallTotals `json:"stalls"`
	PerTick   *float64    `json:"failures_per_replica_tick"`
	Overflows int         `json:"overflows"`
	Figures   sideFigures `json:"figures"`
}

// SeriesSchema names the JSON that [WriteSeries] writes.
const SeriesSchema = "faultline.series/v1"

// WriteSeries writes more than two cases as a table in the order of their paths,
// and what each step between two of them shows, as "text", "json" or "md".
// There is one path more than there are steps.
func WriteSeries(w io.Writer, paths []string, steps []*correlate.Comparison, form string, s Style) error {
	all := seriesOf(paths, steps)
	switch form {
	case "json":
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", " ")
		return enc.Encode(all)
	case "md":
		return all.markdown(w)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range all.table() {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	p := &page{w: w, Style: s}
	p.line("")
	for _, step := range steps {
		p.wrapped(step.Names[0]+" to "+step.Names[1]+"  ", step.Sentence)
	}
	p.Verbose = true // these are few, and each bears on the answer
	p.bullets("What this cannot show", seriesLimits(steps))
	p.signed()
	return p.err
}

var seriesColumns = []string{"", "path", "incidents", "hours", "an hour", "stalled s/h", "of time", "longest s", "deepest", "failures/tick", "overflows",
	"overflows counted", "lag p99", "goroutines", "CPU"}

// table is the head and a row for each case, without the columns of what no case
// captured.
func (s *series) table() [][]string {
	rows := [][]string{slices.Clone(seriesColumns)}
	for i := range s.Cases {
		rows = append(rows, s.Cases[i].cells())
	}
	for k := len(seriesColumns) - 1; k >= 0; k-- {
		if slices.ContainsFunc(rows[1:], func(row []string) bool { return row[k] != "–" }) {
			continue
		}
		for i := range rows {
			rows[i] = slices.Delete(rows[i], k, k+1)
		}
	}
	return rows
}

// cells are a row of the table, a dash where nothing was captured.
func (c *seriesCase) cells() []string {
	rate := "–"
	if c.Hours > 0 {
		rate = words.Figure(float64(c.Incidents) / c.Hours)
	}
	figure := func(of *float64, times float64, unit string) string {
		if of == nil {
			return "–"
		}
		return words.Figure(*of*times) + unit
	}
	rateOf, share, longest, deepest := "–", "–", "–", "–"
	if c.Stalls.Rate != nil {
		rateOf, share, longest = "none logged", "none logged", "none logged"
	}
	if c.Stalls.N > 0 {
		rateOf, share = figure(c.Stalls.Rate, 1, ""), figure(c.Stalls.Share, 100, " %")
		longest = words.Figure(c.Stalls.Longest)
	}
	if c.Stalls.Deepest > 0 {
		deepest = fmt.Sprintf("%.0f", c.Stalls.Deepest)
	}
	return []string{c.Name, Clean(c.Path), fmt.Sprint(c.Incidents), fmt.Sprintf("%.1f", c.Hours), rate, rateOf,
		share, longest, deepest, figure(c.PerTick, 1, ""), fmt.Sprint(c.Overflows),
		figure(c.Figures.Overflows, 1, ""), c.Figures.lag(), c.Figures.Goroutines.short(), c.Figures.CPU.short()}
}

func (s *series) markdown(w io.Writer) error {
	m := &markdown{}
	m.para("## Cases side by side")
	for i, cells := range s.table() {
		var row []string
		for _, one := range cells {
			row = append(row, cell(prose(one)))
		}
		m.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			m.WriteString("|" + strings.Repeat(" --- |", len(row)) + "\n")
		}
	}
	m.WriteByte('\n')
	for i := range s.Steps {
		m.para("- **%s to %s**: %s", s.Cases[i].Name, s.Cases[i+1].Name, prose(s.Steps[i].Sentence))
	}
	_, err := io.WriteString(w, strings.TrimRight(m.String(), "\n")+"\n\n"+bundle.SignatureMarkdown+"\n")
	return err
}

// seriesLimits are what the steps cannot show, the step named.
func seriesLimits(steps []*correlate.Comparison) []string {
	out := []string{"each case is one unit: what else changed between them is not excluded, and each step is tested by itself"}
	for _, step := range steps {
		for _, said := range step.Visible {
			out = append(out, step.Names[0]+" to "+step.Names[1]+", there A and B: "+said)
		}
	}
	return out
}

// seriesOf takes each case's figures from a step that it is in.
func seriesOf(paths []string, steps []*correlate.Comparison) series {
	out := series{Schema: SeriesSchema, Cases: []seriesCase{}, Steps: []comparison{}}
	for i, path := range paths {
		step, side := steps[max(i-1, 0)], min(i, 1)
		both := comparisonOf(step)
		if i > 0 {
			out.Steps = append(out.Steps, both)
		}
		out.Cases = append(out.Cases, seriesCase{Name: step.Names[side], Path: path, Incidents: step.Rates[0].N[side],
			Hours:  step.Rates[0].Hours[side],
			Stalls: both.Stalls[side], PerTick: step.PerTick[side], Overflows: step.Overflows[side], Figures: both.Figures[side]})
	}
	return out
}

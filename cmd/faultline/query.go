package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"faultline/correlate/query"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/parse/lex"
	"faultline/tui/chart"
)

// asked is what the query verb was given.
type asked struct {
	start, end, at string
	step           time.Duration
	out            string
	list           bool
}

func (a *app) queryCmd() *cobra.Command {
	var q asked
	c := &cobra.Command{Use: "query EXPR PATH…", Short: "PromQL or MetricsQL over the metrics, and over the log events as metrics",
		Long: `Evaluates an expression with Prometheus's own engine over the metrics of a case,
and over what its logs say:

  faultline_events_total{kind,source,namespace,pod,container,target,severity}
  faultline_stall_seconds, faultline_stall_depth, faultline_incident

EXPR is PromQL, or MetricsQL that has an equivalent in PromQL (which is shown),
or @NAME for a query of the pack (--list). Without --start, --end and --step
these follow the data.`,
		RunE: func(_ *cobra.Command, args []string) error {
			if q.list {
				return listQueries(a.stdout)
			}
			return a.query(args, &q)
		}}
	f := c.Flags()
	f.StringVar(&q.start, "start", "", "first `time` (RFC 3339)")
	f.StringVar(&q.end, "end", "", "last `time` (RFC 3339)")
	f.DurationVar(&q.step, "step", 0, "distance of two points")
	f.StringVar(&q.at, "time", "", "evaluate at this `time` only (RFC 3339), or at the last sample (last)")
	f.StringVarP(&q.out, "output", "o", "table", "`format`: table, chart, json or csv, or a path that ends in json or csv")
	f.BoolVar(&q.list, "list", false, "list the queries of the pack")
	return c
}

func listQueries(w io.Writer) error {
	for _, n := range query.Pack() {
		if _, err := fmt.Fprintf(w, "@%s\n    %s\n    %s\n", n.Name, n.Expr, n.Doc); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) query(args []string, q *asked) error {
	if len(args) == 0 {
		return misuse(a.name+" query 'rate(x[5m])' dump/", "query needs an expression")
	}
	if len(args) == 1 {
		return misuse(a.name+" query "+quote(args[0])+" dump/", "nothing to read: give a file or a folder after the expression")
	}
	if q.at != "" && (q.start != "" || q.end != "" || q.step != 0) {
		return misuse("--time for one instant, --start --end --step for a range", "--time goes with none of --start, --end and --step")
	}
	if q.step < 0 {
		return misuse("--step 15s", "--step %s: not a distance", q.step)
	}
	times, err := q.times()
	if err != nil {
		return err
	}
	style, err := a.style()
	if err != nil {
		return err
	}
	return a.show(args[1:], q.out, []string{"table", "chart", "json", "csv"}, func(w io.Writer, c *loaded, form string) error {
		e := query.New(c.Case)
		var r *query.Result
		var err error
		if q.at != "" {
			r, err = e.Instant(a.ctx, args[0], times.at)
		} else {
			r, err = e.Range(a.ctx, args[0], times.from, times.to, q.step)
		}
		if err != nil {
			return a.pointed(err)
		}
		return writeAnswer(w, r, form, style)
	})
}

// quote puts a word of a command line between quotes.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// pointed shows where an expression is wrong, and gives the error to complain
// of.
func (a *app) pointed(err error) error {
	var at *query.Error
	if !errors.As(err, &at) {
		return err
	}
	if line, carets := at.Pointer(report.Clean); line != "" {
		fmt.Fprintf(a.stderr, "%s\n%s\n", line, carets)
	}
	if at.Hint == "" {
		return &usageError{at}
	}
	return misuse(report.Clean(at.Hint), "%w", at)
}

type queryTimes struct{ from, to, at parse.Time }

// times reads the times of the flags.
func (q *asked) times() (t queryTimes, err error) {
	for _, f := range []struct {
		flag, text string
		to         *parse.Time
	}{{"start", q.start, &t.from}, {"end", q.end, &t.to}, {"time", q.at, &t.at}} {
		if f.text == "" || f.flag == "time" && f.text == "last" {
			continue
		}
		st, n, ok := lex.RFC3339([]byte(f.text))
		if !ok || n != len(f.text) || !st.Zoned {
			return t, misuse("--"+f.flag+" 2024-02-02T13:00:00Z", "--%s %s: not a time in RFC 3339", f.flag, f.text)
		}
		*f.to = parse.Time(st.Unix)
	}
	return t, nil
}

func writeAnswer(w io.Writer, r *query.Result, form string, style report.Style) error {
	switch form {
	case "json":
		return query.WriteJSON(w, r)
	case "csv":
		return query.WriteCSV(w, r)
	case "chart":
		return writeChart(w, r, style)
	}
	return query.WriteTable(w, r, style.Zone, report.Clean)
}

// The size of a chart, and how many series one shows.
const (
	chartWidth, chartHeight = 80, 20
	chartLines              = 6
)

// writeChart plots an answer, with its notes below.
func writeChart(w io.Writer, r *query.Result, style report.Style) error {
	if r.Step == 0 {
		return query.WriteTable(w, r, style.Zone, report.Clean)
	}
	p := chart.Plot{From: float64(r.From) / 1e9, To: float64(r.To) / 1e9, Gap: 1.5 * r.Step.Seconds(),
		Legend: true, Mono: !style.Color,
		Ticks: func(lo, hi float64, n int) []chart.Tick { return chart.TimeTicks(lo, hi, n, style.Zone) }}
	shown := min(len(r.Series), chartLines)
	for _, s := range r.Series[:shown] {
		l := chart.Line{Name: report.Clean(s.String()), Y: s.Values}
		for _, t := range s.Times {
			l.X = append(l.X, float64(t)/1e9)
		}
		p.Lines = append(p.Lines, l)
	}
	notes := slices.Clone(r.Notes)
	if r.Translated != "" {
		notes = append([]string{"evaluated as " + r.Translated}, notes...)
	}
	if more := len(r.Series) - shown; more > 0 {
		notes = append([]string{fmt.Sprintf("%d more series are not drawn: narrow the expression, or -o table", more)}, notes...)
	}
	picture := p.Draw(chartWidth, chartHeight)
	text := picture.String()
	if style.Color {
		text = picture.Render(chart.NewPalette(w, true, false))
	}
	if _, err := fmt.Fprintln(w, strings.TrimRight(text, "\n")); err != nil {
		return err
	}
	for _, n := range notes {
		if _, err := fmt.Fprintf(w, "note: %s\n", report.Clean(n)); err != nil {
			return err
		}
	}
	return nil
}

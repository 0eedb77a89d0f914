package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"faultline/correlate"
	"faultline/correlate/alert"
	"faultline/correlate/query"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/tui"
)

// firing is the word of --fail-on that only alerts takes.
const firing = "firing"

func (a *app) alertsCmd() *cobra.Command {
	var out string
	var list bool
	c := &cobra.Command{Use: "alerts RULES.yaml PATH…", Short: "Prometheus rules over a dump: what would have rung, when, and how early",
		Long: `Evaluates a Prometheus rule file (or a PrometheusRule of its operator) over the
metrics of a dump and over what its logs say (faultline_events_total and the
others of query): when each alert would have been pending and firing, what it
would have said, and which incidents it would have announced.

RULES.yaml may be @pack, the rules that come with faultline (--list prints them).
--fail-on firing exits 3 if any alert fires.`,
		RunE: func(_ *cobra.Command, args []string) error {
			if list {
				_, err := a.stdout.Write(alert.Pack)
				return err
			}
			return a.alerts(args, out)
		}}
	c.Flags().StringVarP(&out, "output", "o", "table", "`format`: table, json, junit or html, or a path that ends in one")
	c.Flags().BoolVar(&list, "list", false, "print the rules of @pack")
	return c
}

func (a *app) alerts(args []string, out string) error {
	if len(args) < 2 {
		return misuse(a.name+" alerts rules.yaml dump/, or "+a.name+" alerts @pack dump/", "alerts needs a rule file and something to read")
	}
	content, err := rulesContent(args[0])
	if err != nil {
		return err
	}
	rules, skipped, err := alert.Read(args[0], content)
	if err != nil {
		return misuse(a.name+" alerts RULES.yaml PATH…, the rules first", "%w", err)
	}
	style, err := a.style()
	if err != nil {
		return err
	}
	ring := slices.Contains(a.flags.failOn, firing)
	a.flags.failOn = slices.DeleteFunc(slices.Clone(a.flags.failOn), func(w string) bool { return w == firing })
	fired := 0
	err = a.show(args[1:], out, []string{"table", "json", "junit", "html"}, func(w io.Writer, c *loaded, form string) error {
		r, err := alert.Evaluate(a.ctx, c.Case, query.New(c.Case), rules, skipped)
		if err != nil {
			return err
		}
		for _, s := range r.Stretches {
			if !s.Firing.IsZero() {
				fired++
			}
		}
		switch form {
		case "json":
			return alert.WriteJSON(w, r)
		case "junit":
			return alert.WriteJUnit(w, r, report.Clean)
		case "html":
			style.Rung = alertLanes(r)
			return report.WriteHTML(w, c.Case, c.text, style, version)
		}
		return alert.WriteTable(w, r, style.Zone, report.Clean)
	})
	if err == nil && ring && fired > 0 {
		return &heldError{fmt.Sprintf("--fail-on %s: alerts fired %s", firing, counted(fired, "times"))}
	}
	return err
}

// mostLanes is how many rules have a lane on the page, those that rang most often.
const mostLanes = 12

// alertLanes are the alerts that were pending or firing, a lane for each rule.
func alertLanes(r *alert.Result) (out []report.AlertLane) {
	at := map[*alert.Rule]int{}
	span := func(from, to time.Time) parse.Span {
		return parse.Span{From: parse.Time(from.UnixNano()), To: parse.Time(to.UnixNano())}
	}
	for _, s := range r.Stretches {
		if _, ok := at[s.Rule]; !ok {
			at[s.Rule] = len(out)
			out = append(out, report.AlertLane{Name: s.Rule.Alert})
		}
		l := &out[at[s.Rule]]
		until := r.Until(s)
		if s.Firing.IsZero() {
			l.Pending = append(l.Pending, span(s.Pending, until))
			continue
		}
		l.Pending, l.Firing = append(l.Pending, span(s.Pending, s.Firing)), append(l.Firing, span(s.Firing, until))
	}
	slices.SortStableFunc(out, func(a, b report.AlertLane) int { return len(b.Firing) - len(a.Firing) })
	return out[:min(len(out), mostLanes)]
}

// rulesContent reads a file of rules, or those that come along.
func rulesContent(path string) ([]byte, error) {
	if path == alert.PackName {
		return alert.Pack, nil
	}
	return os.ReadFile(path)
}

// screenAlerts evaluates a file of rules for the screen.
func (a *app) screenAlerts(c *correlate.Case, path string) (out []tui.Alert, err error) {
	content, err := rulesContent(path)
	if err != nil {
		return nil, err
	}
	rules, skipped, err := alert.Read(path, content)
	if err != nil {
		return nil, err
	}
	r, err := alert.Evaluate(a.ctx, c, engineOf(c), rules, skipped)
	if err != nil {
		return nil, err
	}
	at := func(t time.Time) parse.Time {
		if t.IsZero() {
			return 0
		}
		return parse.Time(t.UnixNano())
	}
	for _, s := range r.Stretches {
		one := tui.Alert{Name: s.Rule.Alert, Summary: s.Annotations["summary"], Pending: at(s.Pending), Firing: at(s.Firing), Until: at(s.Resolved)}
		for _, in := range s.Incidents {
			one.Summary += " " + in.ID
		}
		out = append(out, one)
	}
	return out, nil
}

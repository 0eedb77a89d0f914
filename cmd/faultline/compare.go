package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"faultline/correlate"
	"faultline/correlate/report"
)

func (a *app) compareCmd() *cobra.Command {
	var out string
	var onScreen bool
	c := &cobra.Command{Use: "compare A B…", Short: "two or more cases side by side: before and after, 3 and 10 replicas",
		RunE: func(_ *cobra.Command, args []string) error {
			if onScreen {
				return a.compareOnScreen(args)
			}
			return a.compare(args, out)
		}}
	c.Flags().BoolVarP(&onScreen, "interactive", "i", false, "on the screen: two rasters over each other, and what changed")
	c.Flags().StringVarP(&out, "output", "o", "text", "`format`: text, json, md or html, or a path that ends in one")
	return c
}

// compareOnScreen opens the first of two cases and holds the second against it.
func (a *app) compareOnScreen(args []string) error {
	if len(args) != 2 {
		return misuse(a.name+" compare -i before/ after/", "compare -i takes two cases, not %d", len(args))
	}
	if !terminal(a.stdout) {
		return misuse(a.name+" compare "+strings.Join(args, " "), "stdout is no terminal to draw on")
	}
	a.look.compare = args[1]
	return a.screen(func(a *app) (*loaded, error) { return a.load(args[:1]) })
}

func (a *app) compare(args []string, out string) error {
	if len(args) < 2 || len(args) > correlate.MostCompared {
		return misuse(a.name+" compare before/ after/", "compare takes two cases or more, up to %d, not %d", correlate.MostCompared, len(args))
	}
	to, err := a.output(out, a.reads(args), "text", "json", "md", "html")
	if err != nil {
		return err
	}
	style, err := a.style()
	if err != nil {
		return err
	}
	var cases []*correlate.Case
	for _, path := range args {
		c, err := a.load([]string{path})
		if err != nil {
			return err
		}
		defer c.text.Close()
		cases = append(cases, c.Case)
	}
	if steps := correlate.Series(cases); to.form == "html" {
		return to.write(func(w io.Writer) error { return report.WriteSeriesHTML(w, args, steps) })
	} else if len(cases) > 2 {
		return to.write(func(w io.Writer) error { return report.WriteSeries(w, args, steps, to.form, style) })
	}
	both := correlate.Compare(cases[0], cases[1])
	return to.write(func(w io.Writer) error {
		if to.form == "md" {
			return report.WriteComparisonMarkdown(w, both)
		}
		return report.WriteComparison(w, both, to.form, style)
	})
}

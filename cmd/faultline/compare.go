package main

import (
	"github.com/spf13/cobra"

	"faultline/correlate"
	"faultline/correlate/report"
)

func (a *app) compareCmd() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "compare A B", Short: "two cases side by side: before and after, 3 and 10 replicas",
		RunE: func(_ *cobra.Command, args []string) error { return a.compare(args, out) }}
	c.Flags().StringVarP(&out, "output", "o", "text", "`format`: text, json or md, or a path that ends in one")
	return c
}

func (a *app) compare(args []string, out string) error {
	if len(args) != 2 {
		return misuse(a.name+" compare before/ after/", "compare takes two cases, not %d", len(args))
	}
	form, w, done, err := a.output(out, "text", "json", "md")
	if err != nil {
		return err
	}
	style, err := a.style()
	if err != nil {
		return err
	}
	var cases [2]*correlate.Case
	for i, path := range args {
		c, err := a.load([]string{path})
		if err != nil {
			return err
		}
		defer c.text.Close()
		cases[i] = c.Case
	}
	both := correlate.Compare(cases[0], cases[1])
	if form == "md" {
		err = report.WriteComparisonMarkdown(w, both)
	} else {
		err = report.WriteComparison(w, both, form, style)
	}
	if err != nil {
		return err
	}
	return done()
}

package main

import (
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"faultline/correlate/report"
)

// reportForms are what a whole report can be written as.
var reportForms = []string{"text", "json", "md", "html"}

const reportFormsDoc = "`format`: text, json, md or html, or a path that ends in one"

func (a *app) analyzeCmd() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "analyze PATH…", Short: "the whole report",
		RunE: func(_ *cobra.Command, args []string) error { return a.analyze(args, out) }}
	c.Flags().StringVarP(&out, "output", "o", "text", reportFormsDoc)
	c.Flags().StringVar(&a.template, "template", "", "with -o md, the headings of this `form`: linkerd, istio, ingress-nginx or generic")
	return c
}

func (a *app) analyze(args []string, out string) error {
	if !slices.Contains(report.Templates, a.template) {
		return misuse("--template "+strings.Join(report.Templates[1:], "|"), "--template %s: not known", a.template)
	}
	if a.template != "" && out != "md" && !strings.HasSuffix(out, ".md") {
		return misuse("-o md --template "+a.template, "--template is for -o md")
	}
	return a.show(args, out, reportForms, a.write)
}

// write writes the whole report.
func (a *app) write(w io.Writer, c *loaded, form string) error {
	if form == "json" {
		return report.WriteJSON(w, c.Case, c.text, version)
	}
	s, err := a.style()
	if err != nil {
		return err
	}
	switch form {
	case "md":
		return report.WriteMarkdown(w, c.Case, c.text, s, a.template)
	case "html":
		buffered := newBuffer(w)
		if err := report.WriteHTML(buffered, c.Case, c.text, s, version); err != nil {
			return err
		}
		return buffered.Flush()
	}
	return report.WriteText(w, c.Case, c.text, s)
}

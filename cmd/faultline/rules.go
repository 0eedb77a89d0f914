package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"faultline/correlate/rules"
)

// rule is a rule, as rules -o json has it.
type rule struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
	// Needs are what it decides on, in words.
	Needs []string `json:"needs"`
}

func (a *app) rulesCmd() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "rules", Short: "what is looked for, and what each rule needs", Args: cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			var list []rule
			for _, r := range rules.All() {
				one := rule{r.Name, r.Doc, []string{}}
				for _, n := range r.Needs {
					one.Needs = append(one.Needs, n.What)
				}
				list = append(list, one)
			}
			return a.listed(out, list, func(w io.Writer) {
				for _, r := range list {
					fmt.Fprintf(w, "%s\n    %s\n    needs: %s\n", r.Name, strings.ReplaceAll(r.Doc, "\n", "\n    "), strings.Join(r.Needs, "; "))
				}
			})
		}}
	c.Flags().StringVarP(&out, "output", "o", "text", "`format`: text or json")
	return c
}

// ruleNames are the words that --fail-on knows besides severities and verdicts.
func ruleNames() (out []string) {
	for _, r := range rules.All() {
		out = append(out, r.Name)
	}
	return out
}

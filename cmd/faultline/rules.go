package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"faultline/correlate/rules"
)

func (a *app) rulesCmd() *cobra.Command {
	return &cobra.Command{Use: "rules", Short: "what is looked for, and what each rule needs", Args: cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			for _, r := range rules.All() {
				var needs []string
				for _, n := range r.Needs {
					needs = append(needs, n.What)
				}
				_, err := fmt.Fprintf(a.stdout, "%s\n    %s\n    needs: %s\n", r.Name, strings.ReplaceAll(r.Doc, "\n", "\n    "), strings.Join(needs, "; "))
				if err != nil {
					return err
				}
			}
			return nil
		}}
}

// ruleNames are the words that --fail-on knows besides severities and verdicts.
func ruleNames() (out []string) {
	for _, r := range rules.All() {
		out = append(out, r.Name)
	}
	return out
}

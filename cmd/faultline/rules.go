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
	// Diagnosis says that it is a code of docs/diagnoses.md; Where and Rivals
	// are of one.
	Diagnosis bool     `json:"diagnosis"`
	Where     *string  `json:"where"`
	Rivals    []string `json:"rivals"`
}

func (a *app) rulesCmd() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "rules", Short: "what is looked for, and what each rule needs", Args: cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			var list []rule
			for _, r := range rules.All() {
				one := rule{Name: r.Name, Doc: r.Doc, Needs: []string{}, Rivals: []string{}}
				if d := r.Diagnosis; d != nil {
					where := string(d.Where)
					one.Diagnosis, one.Where, one.Rivals = true, &where, append(one.Rivals, d.Rivals...)
				}
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

func (a *app) explainCmd() *cobra.Command {
	c := &cobra.Command{Use: "explain CODE…", Short: "what a diagnosis or a rule means, what speaks for it, and what to do", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return ruleNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, codes []string) error {
			for i, code := range codes {
				r := rules.Find(code)
				if r == nil {
					return misuse(a.name+" rules     lists the codes", "explain %s: no diagnosis and no rule has that name", code)
				}
				if i > 0 {
					fmt.Fprintln(a.stdout)
				}
				fmt.Fprintf(a.stdout, "%s\n\n%s", r.Name, r.Explain())
			}
			return nil
		}}
	return c
}

// ruleNames are the words that --fail-on knows besides severities and verdicts.
func ruleNames() (out []string) {
	for _, r := range rules.All() {
		out = append(out, r.Name)
	}
	return out
}

package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"faultline/correlate/rules"
	"faultline/correlate/words"
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
	c := &cobra.Command{Use: "explain [CODE|TERM…]", Short: "what a diagnosis, a rule or a term of the reports means",
		Long: "Prints the whole of a diagnosis or a rule: what speaks for it, what against, what to do. Of a term of the reports, such as phase, it prints one sentence. Without a name it lists the terms.",
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return append(ruleNames(), terms()...), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, names []string) error {
			if len(names) == 0 {
				a.listTerms()
			}
			if all := strings.Join(names, " "); len(names) > 1 {
				if _, ok := rules.Meaning(all); ok { // the words of a headline, unquoted
					names = []string{all}
				}
			}
			for i, name := range names {
				said, ok := rules.Meaning(name)
				if !ok {
					return misuse(a.name+" rules     lists the codes; docs/glossary.md the terms", "explain %s: no diagnosis, rule or term has that name", name)
				}
				if i > 0 {
					fmt.Fprintln(a.stdout)
				}
				fmt.Fprint(a.stdout, said)
			}
			return nil
		}}
	return c
}

// listTerms prints every term of the reports and what it means.
func (a *app) listTerms() {
	for _, t := range words.Glossary {
		fmt.Fprintf(a.stdout, "%s\n    %s\n", t.Name, t.Means)
	}
	fmt.Fprintf(a.stdout, "\n%s rules lists the codes of the diagnoses.\n", a.name)
}

// terms are the names of the glossary.
func terms() (out []string) {
	for _, t := range words.Glossary {
		out = append(out, t.Name)
	}
	return out
}

// ruleNames are the words that --fail-on knows besides severities and verdicts.
func ruleNames() (out []string) {
	for _, r := range rules.All() {
		out = append(out, r.Name)
	}
	return out
}

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"

	"faultline/correlate/aside"
)

// manCmd writes the manual, as groff.
func (a *app) manCmd() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "man", Short: "the manual pages", Args: cobra.NoArgs,
		Example: "  faultline man | man -l -\n  faultline man -o /usr/local/share/man/man1",
		RunE: func(c *cobra.Command, _ []string) error {
			root := c.Root()
			root.DisableAutoGenTag = true
			if out == "" {
				text, err := manual(root)
				if err == nil {
					_, err = a.stdout.Write(text)
				}
				return err
			}
			if err := os.MkdirAll(out, 0o755); err != nil {
				return err
			}
			for _, verb := range append([]*cobra.Command{root}, everyVerb(root)...) {
				if !verb.IsAvailableCommand() && verb != root {
					continue
				}
				text, err := manual(verb)
				if err != nil {
					return err
				}
				name := strings.ReplaceAll(verb.CommandPath(), " ", "-") + ".1"
				if err := a.page(filepath.Join(out, name), text); err != nil {
					return err
				}
			}
			return nil
		}}
	c.Flags().StringVarP(&out, "output", "o", "", "write a page for each verb into this `folder`")
	return c
}

// page writes one page aside, and puts it in its place when it is whole.
func (a *app) page(path string, text []byte) error {
	f, err := aside.Create(path)
	if err != nil {
		return err
	}
	defer f.Discard()
	if _, err := f.Write(text); err != nil {
		return err
	}
	return f.Publish(a.ctx)
}

// manual is the page of a verb; the program's own has what holds for all.
func manual(c *cobra.Command) ([]byte, error) {
	var b bytes.Buffer
	if c.Long != "" {
		long := c.Long
		defer func() { c.Long = long }()
		c.Long = listed(long)
	}
	head := &doc.GenManHeader{Title: strings.ToUpper(strings.ReplaceAll(c.CommandPath(), " ", "-")), Section: "1",
		Source: "faultline " + version, Manual: "faultline"}
	if err := doc.GenMan(c, head, &b); err != nil {
		return nil, err
	}
	before, after, has := strings.Cut(b.String(), ".SH SEE ALSO")
	if at := strings.Index(before, ".SH OPTIONS"); at >= 0 { // an example stands behind them
		example := ""
		if end := strings.Index(before[at:], ".SH EXAMPLE"); end >= 0 && c.HasParent() { // the program's own page says what each does
			example = before[at+end:]
		}
		before = before[:at] + flagSections(c) + example
	}
	var more strings.Builder
	for _, s := range manSections(c) {
		s.write(&more)
	}
	if has {
		after = ".SH SEE ALSO" + after
	}
	return []byte(before + more.String() + after), nil
}

// flagSections are the flags of a verb as help writes them: cobra's own manual
// writes --force[=false] and --anchor=[], which nobody can type.
func flagSections(c *cobra.Command) string {
	var b strings.Builder
	for _, set := range []struct {
		title string
		flags *pflag.FlagSet
	}{{"OPTIONS", c.LocalFlags()}, {"OPTIONS OF ALL VERBS", c.InheritedFlags()}} {
		s := manSection{title: set.title}
		set.flags.VisitAll(func(f *pflag.Flag) {
			if f.Hidden {
				return
			}
			value, usage := pflag.UnquoteUsage(f)
			name := "--" + f.Name
			if f.Shorthand != "" {
				name = "-" + f.Shorthand + ", " + name
			}
			if value != "" {
				name += " " + value
			}
			s.rows = append(s.rows, [2]string{name, usage})
		})
		if len(s.rows) > 0 {
			s.write(&b)
		}
	}
	return b.String()
}

// listed keeps the lines of an indented list apart, which the manual would fill
// into one paragraph.
func listed(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "  ") {
			lines[i] = "    " + line
		}
	}
	return strings.Join(lines, "\n")
}

// manSection is a part of the manual: terms, and what is said of each.
type manSection struct {
	title string
	rows  [][2]string
}

func (s manSection) write(b *strings.Builder) {
	b.WriteString(".SH " + s.title + "\n")
	for _, r := range s.rows {
		b.WriteString(".TP\n\\fB" + groff(r[0]) + "\\fP\n" + groff(r[1]) + "\n")
	}
	b.WriteString("\n")
}

// groff escapes what the formatter would obey (groff(7)).
func groff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`).Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}

// exitStatus is what the codes mean, as the contract has them.
var exitStatus = manSection{"EXIT STATUS", [][2]string{
	{"0", "done; also when who reads the output closes the pipe early"},
	{"1", "failed, or nothing could be read; with --strict: not all was read"},
	{"2", "wrong usage; the second line on stderr has the right one"},
	{"3", "a check that was asked for did not hold: --fail-on, verify, a leak found by export --redact"},
	{"130", "interrupted"},
}}

// manSections are what holds for all verbs; a verb's own page has of it what a
// script that calls the verb must know.
func manSections(root *cobra.Command) []manSection {
	if root.HasParent() {
		if root.Runnable() {
			return []manSection{exitStatus, {"FILES AND ENVIRONMENT", [][2]string{{"faultline(1)", "has those of all verbs"}}}}
		}
		return nil
	}
	verbs := manSection{title: "VERBS"}
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			verbs.rows = append(verbs.rows, [2]string{c.Name(), c.Short + "; see " + strings.ReplaceAll(c.CommandPath(), " ", "-") + "(1)"})
		}
	}
	return []manSection{
		verbs,
		exitStatus,
		{"FILES", [][2]string{
			{"faultline.yaml", "in a folder that is read: what only you know (anchors, zones, versions, changes, marks), cited like any other evidence and weaker than a flag"},
			{"case.zip", "what export writes: Parquet tables, the report, and every line behind them"},
			{"DIR.truth.json", "what synth planted in DIR"},
			{"/tmp/faultline-copy-*.txt", "what was copied on the screen, for terminals without a clipboard"},
		}},
		{"ENVIRONMENT", [][2]string{
			{"NO_COLOR", "set to anything: no colour, as --color never"},
			{"TERM", "dumb: the report instead of the screen"},
			{"LC_ALL, LC_CTYPE, LANG", "a locale that is not UTF-8: the screen draws in ASCII"},
			{"USER", "whom marks made on the screen are from"},
			{"TMPDIR", "where copies are put"},
		}},
		{"EXAMPLES", [][2]string{
			{"faultline demo", "look at a bundled incident"},
			{"faultline dump/", "look at your own; a pipe gets the report instead of the screen"},
			{"faultline dump/ -o report.html", "one page for a ticket, that asks for nothing and runs nothing"},
			{"kubectl logs POD -c linkerd-proxy | faultline -", "one log, as it comes"},
			{"faultline export --redact dump/ -o case.zip", "a case without names or addresses, that whoever opens it can check"},
			{"faultline collect -n shop", "print the commands that gather a good case"},
			{"faultline query @failfast dump/", "a question to the metrics; query --list has more"},
			{"faultline compare before/ after/", "did the change help?"},
			{"faultline alerts @pack dump/", "what would have rung, and how early"},
		}},
	}
}

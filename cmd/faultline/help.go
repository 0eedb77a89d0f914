package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// helpWidth is how wide help is at most: that of the narrowest terminal that
// people use.
const helpWidth = 80

// usageTemplate is cobra's (spf13/cobra, command.go, v1.10.2), with flags
// wrapped.
const usageTemplate = `Usage:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} VERB{{end}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

Verbs:{{range .Commands}}{{if or .IsAvailableCommand (eq .Name "help")}}
  {{rpad .Name .NamePadding}}  {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsagesWrapped 80 | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

Flags of all verbs:
{{.InheritedFlags.FlagUsagesWrapped 80 | trimTrailingWhitespaces}}{{end}}
`

// help prints what a verb does and takes.
func help(c *cobra.Command, _ []string) {
	about := c.Long
	if about == "" {
		about = c.Short
	}
	fmt.Fprintf(c.OutOrStdout(), "%s\n\n%s", wrapped(strings.TrimSpace(about)), wrapped(c.UsageString()))
}

// wrapped breaks lines that are wider than help is. What goes on stands below
// the last column that two spaces set off, or below the line's own indent.
func wrapped(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line, ended := strings.CutSuffix(line, "\n")
		body := strings.TrimLeft(line, " ")
		indent := len(line) - len(body)
		if at := strings.LastIndex(body, "  "); at >= 0 {
			indent += at + 2
		}
		for len([]rune(line)) > helpWidth {
			runes := []rune(line)
			at := strings.LastIndexByte(string(runes[:helpWidth+1]), ' ')
			if at <= indent {
				break
			}
			b.WriteString(strings.TrimRight(line[:at], " ") + "\n")
			line = strings.Repeat(" ", indent) + strings.TrimLeft(line[at:], " ")
		}
		b.WriteString(line)
		if ended {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

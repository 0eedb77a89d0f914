package rules

import (
	"regexp"
	"strings"
)

// general is what stands in a place where no case fills it; what is not here is left
// out.
var general = map[string]string{"target": "the target", "targets": "the targets", "addr": "the address", "addrs": "the addresses", "where": "the target",
	"node": "which"}

// argument is what stands there in a command, to be put in by whoever types it.
var argument = map[string]string{"target": "TARGET", "targets": "TARGET", "addr": "ADDRESS", "addrs": "ADDRESS", "where": "TARGET", "node": "NODE"}

// command matches a text that ends within the arguments of a command.
var command = regexp.MustCompile(`(^|[ (])(kubectl|curl|openssl|istioctl|cilium|linkerd (check|diagnostics|identity|tap|viz))( [^ ,;:.]+)* $`)

// blank is a place of a sentence of a diagnosis.
var blank = regexp.MustCompile(`\{[a-z][a-z ?]*\}`)

// plain writes a sentence of a diagnosis without a case to fill it from, as listings do.
func plain(text string) string {
	for {
		at := blank.FindStringIndex(text)
		if at == nil {
			return strings.TrimSpace(text)
		}
		name := text[at[0]+1 : at[1]-1]
		said := general[name]
		if argument[name] != "" && command.MatchString(text[:at[0]]) {
			said = argument[name]
		}
		text = text[:at[0]] + said + text[at[1]:]
	}
}

// plainly writes some.
func plainly(texts []string) (out []string) {
	for _, t := range texts {
		out = append(out, plain(t))
	}
	return out
}

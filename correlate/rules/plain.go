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

// written is a sentence with what say gives in its places, and an argument in a
// command where nobody is named. What is filled in has no places of its own, whatever a
// log calls somebody.
func written(text string, unnamed bool, say func(place string) string) string {
	out, from := "", 0
	for _, at := range blank.FindAllStringIndex(text, -1) {
		out += text[from:at[0]]
		place := text[at[0]+1 : at[1]-1]
		if name := argument[place]; name != "" && unnamed && command.MatchString(out) {
			out += name
		} else {
			out += say(place)
		}
		from = at[1]
	}
	return strings.TrimSpace(out + text[from:])
}

// plain writes a sentence of a diagnosis without a case to fill it from, as listings do.
func plain(text string) string {
	return written(text, true, func(place string) string { return general[place] })
}

// plainly writes some.
func plainly(texts []string) (out []string) {
	for _, t := range texts {
		out = append(out, plain(t))
	}
	return out
}

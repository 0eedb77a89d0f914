package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// examples are calls of each verb, as its help and its manual show them. They
// read what `faultline synth -o dump` makes, a folder dump like any other.
var examples = map[string][]string{
	"faultline":             {"faultline demo", "faultline dump", "kubectl logs POD -c linkerd-proxy | faultline -"},
	"faultline alerts":      {"faultline alerts @pack dump", "faultline alerts --list"},
	"faultline analyze":     {"faultline analyze dump", "faultline analyze dump -o html > report.html", "faultline analyze dump -o md --template linkerd"},
	"faultline collect":     {"faultline collect -n shop > collect.sh", "faultline collect --missing dump"},
	"faultline compare":     {"faultline compare before after"},
	"faultline demo":        {"faultline demo", "faultline demo report", "faultline demo capture --period 60s"},
	"faultline events":      {"faultline events dump --kind 'proxy.*'", "faultline events dump -o csv > events.csv"},
	"faultline explain":     {"faultline explain no_endpoints", "faultline explain phase"},
	"faultline export":      {"faultline export dump -o case.zip", "faultline export --redact dump -o case.zip"},
	"faultline formats":     {"faultline formats"},
	"faultline mcp":         {"faultline mcp dump"},
	"faultline query":       {"faultline query --list", "faultline query @failfast dump", "faultline query 'rate(process_cpu_seconds_total[1m])' dump"},
	"faultline rules":       {"faultline rules"},
	"faultline sources":     {"faultline sources dump"},
	"faultline synth":       {"faultline synth -o dump", "faultline synth --scenario poisson --seed 7 -o dump"},
	"faultline tui":         {"faultline tui dump"},
	"faultline verify":      {"faultline verify case.zip"},
	"faultline shard plan":  {"faultline shard plan -o plan.json --shards 8 dump"},
	"faultline shard parse": {"faultline shard parse --plan plan.json --index 0 -d work"},
	"faultline shard merge": {"faultline shard merge --plan plan.json -d work -o text"},
}

// showExamples gives each verb that shows none itself its examples.
func showExamples(root *cobra.Command) {
	for _, c := range append([]*cobra.Command{root}, everyVerb(root)...) {
		path := "faultline" + strings.TrimPrefix(c.CommandPath(), root.CommandPath())
		if list := examples[path]; c.Example == "" && len(list) > 0 {
			c.Example = "  " + strings.Join(list, "\n  ")
		}
	}
}

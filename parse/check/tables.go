package check

import (
	"strconv"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
)

// Tables are what `linkerd viz stat`, `top`, `routes` and `edges` print, and
// `linkerd multicluster gateways`.
var Tables = &parse.Format{
	Name: "viz",
	Doc: `tables of linkerd viz stat, top, routes and edges, and of linkerd multicluster gateways: a gateway that does not answer its probes is an event, the rest is named.
CLUSTER  ALIVE    NUM_SVC  LATENCY
west     False          2        -`,
	Origin: "linkerd CLI, since 2.8; viz since 2.10 (linkerd2 viz/cmd, multicluster/cmd/gateways.go)",
	Role:   parse.RoleAbout, Lane: parse.LaneControllers,
	Hints:  []string{"LATENCY_P50", "MESHED", "_SUCCESS", "SRC ", "SRC_NS", "NUM_SVC", "Destination", " False "},
	Line:   tableLine,
	Detail: parse.RowDetail,
}

// heads are the columns that begin each table, some of which stand in its head.
var heads = [][]string{
	{"NAME", "SUCCESS", "RPS", "LATENCY_P50"}, {"NAME", "MESHED", "SUCCESS", "RPS"}, {"ROUTE", "SERVICE", "SUCCESS", "RPS"}, {"ROUTE", "EFFECTIVE_SUCCESS", "ACTUAL_SUCCESS"},
	{"SRC", "DST", "SRC_NS", "DST_NS"}, {"SRC", "DST", "CLIENT", "SERVER"}, {"CLUSTER", "ALIVE", "NUM_SVC"}, {"Source", "Destination", "Method", "Path"},
}

func tableLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	words := strings.Fields(string(l.Text))
	for _, h := range heads {
		if inOrder(words, h) {
			l.Severity = parse.Info
			return parse.Other
		}
	}
	share, shown := traffic(words)
	switch {
	case len(words) >= 4 && (words[1] == "True" || words[1] == "False") && number(words[2]) && millis(words[3:]):
		l.Severity = parse.Info
		if words[1] == "True" {
			return parse.Other
		}
		b.Add(parse.Event{Kind: parse.CheckFailed, Severity: parse.Error, Target: b.Names.AddString(words[0]), Fact: b.Names.AddString("the gateway does not answer its probes")})
		return parse.Took
	case shown:
		l.Severity = parse.Info
		return failingRow(words, share, b)
	case len(words) >= 5 && secured[words[len(words)-1]] && len(words) <= 7:
		l.Severity = parse.Info
		return parse.Other
	}
	return parse.NotMine
}

// failingRow adds an event of a row of which requests failed: linkerd counts as a success
// what its proxies classify as one, for HTTP all but 5xx (linkerd2-proxy
// linkerd/app/core/src/classify.rs). The share of these is the i-th word, 0 for none.
func failingRow(words []string, i int, b *parse.Batch) parse.Verdict {
	if i == 0 {
		return parse.Other
	}
	share, err := strconv.ParseFloat(strings.TrimSuffix(words[i], "%"), 64)
	rate, wrong := strconv.ParseFloat(strings.TrimSuffix(words[i+1], "rps"), 64)
	if err != nil || wrong != nil || !(share >= 0 && share < successWell && rate >= 0) { // nor no number
		return parse.Other
	}
	at := i - 1
	if strings.Contains(words[at], "/") && at > 0 { // how many of its pods are meshed
		at--
	}
	of := words[at]
	if at == 1 {
		of = words[0] + "/" + of
	}
	b.Add(parse.Event{Kind: parse.CheckFailed, Severity: parse.Warn, Target: b.Names.AddString(of),
		Fact: b.Names.AddString(SuccessRate + words[i] + " of " + strings.TrimSuffix(words[i+1], "rps") + " requests a second")})
	return parse.Took
}

// SuccessRate begins the fact of a row of which requests failed.
const SuccessRate = "success rate "

// successWell is from what share on, in percent, a row is not told: single failures are
// everywhere.
const successWell = 99

// secured is the last column of edges: a mark, or why there is none.
var secured = map[string]bool{"√": true, "×": true}

// inOrder says whether all columns stand in the words, in their order, the first
// of them first; a namespace may be before it.
func inOrder(words, columns []string) bool {
	if len(words) > 0 && words[0] == "NAMESPACE" {
		words = words[1:]
	}
	if len(words) == 0 || words[0] != columns[0] {
		return false
	}
	n := 0
	for _, w := range words {
		if n < len(columns) && w == columns[n] {
			n++
		}
	}
	return n == len(columns)
}

// traffic says whether a row holds a share that succeeded, a rate and latencies:
// "web 1/1 100.00% 2.0rps 1ms 5ms 10ms", or a dash for each where nothing came; share is
// which word the share is, 0 for a dash.
func traffic(words []string) (share int, ok bool) {
	for i := 1; i+4 < len(words); i++ {
		if strings.HasSuffix(words[i], "%") && strings.HasSuffix(words[i+1], "rps") && millis(words[i+2:i+5]) {
			return i, true
		}
		if words[i] == "-" && words[i+1] == "-" && words[i+2] == "-" && words[i+3] == "-" && words[i+4] == "-" && i <= 2 &&
			strings.Contains(words[i-1], "/") {
			return 0, true
		}
	}
	return 0, false
}

func number(word string) bool {
	_, n, ok := lex.Digits([]byte(word))
	return ok && n == len(word)
}

// millis says whether all words are latencies.
func millis(words []string) bool {
	for _, w := range words {
		if _, ok := lex.Duration([]byte(w)); !ok && w != "-" {
			return false
		}
	}
	return len(words) > 0
}

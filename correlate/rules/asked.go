package rules

import (
	"regexp"
	"slices"
	"sync"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/formats"
)

// ingressLogs and applicationLogs are asked for by sentences of a report only: no
// rule decides on them alone.
var (
	ingressLogs     = &Need{"ingress-logs", "the log of the ingress or gateway that the requests came through", supplied("proxy-logs")}
	applicationLogs = &Need{"application-logs", "the logs of what was called, of every container", func(p *Pass) bool {
		return slices.ContainsFunc(p.Streams, func(st parse.Stream) bool { return formats.Of(st.Format).Component == parse.ComponentApplication })
	}}
)

// nodes are asked for where an address may be one's.
var nodes = &Need{"nodes", "the nodes as JSON: addresses, conditions", hasFact(parse.FactOwnAddress)}

// ask is a thing that a report asks for, and the words with which it does.
type ask struct {
	need  *Need
	words *regexp.Regexp
}

// asks are the words with which a report asks for a thing. What it asks for and
// what `faultline collect --missing` gathers come from the same sentence, so that
// no list of the one can fall behind the other. Most commands ask for nothing: the words
// are compiled when they are first asked for.
var asks = sync.OnceValue(func() []ask {
	return []ask{
		{ProxyLogs, regexp.MustCompile(`-c linkerd-proxy|linkerd-proxy log|\bthat linkerd-proxy|istio-proxy|failing proxies|proxies that fail|logs of the proxies`)},
		{ControllerLogs, regexp.MustCompile(`component=destination|destination replica|kubectl logs [^;]*linkerd-destination|controllers' logs|destination's log`)},
		{ingressLogs, regexp.MustCompile(`of the ingress or|log of that ingress|ingress' log`)},
		{applicationLogs, regexp.MustCompile(`--all-containers|application's (?:own )?log|kubectl logs (?:POD -c CONTAINER|--previous of the (?:probed )?container)`)},
		{Pods, regexp.MustCompile(`kubectl get [a-z,]*pods\b|kubectl describe pod`)},
		{Events, regexp.MustCompile(`kubectl get events`)},
		{Slices, regexp.MustCompile(`kubectl get endpoints`)},
		{Diagnostics, regexp.MustCompile(`linkerd diagnostics endpoints`)},
		{nodes, regexp.MustCompile(`kubectl (?:get|describe) nodes?\b`)},
		{Servers, regexp.MustCompile(`kubectl get servers\.policy`)},
		{Starts, regexp.MustCompile(`process_start_time_seconds`)},
		{Goroutines, regexp.MustCompile(`go_goroutines`)},
		{Caches, regexp.MustCompile(`\*_cache_size`)},
		{Throttled, regexp.MustCompile(`container_cpu_cfs_`)},
		{Queues, regexp.MustCompile(`\*_queue_overflow|\*_informer_lag`)},
	}
})

// askedIn are the needs that a sentence of a report asks for.
func askedIn(sentence string) (out []*Need) {
	for _, a := range asks() {
		if a.words.MatchString(sentence) {
			out = append(out, a.need)
		}
	}
	return out
}

// Report is what asks for something under a report's "missing" and "next", in
// place of a rule's name.
const Report = "report"

// reportAsks calls add for each need that the report's own sentences name: those of
// "missing" and of the verdict's next step whether something of the kind is there
// or not, for they ask for more of it, those of findings where it is not.
func (p *Pass) reportAsks(c *correlate.Case, add func(n *Need, by string, always bool)) {
	for _, s := range append(slices.Clip(c.Missing), c.Verdict.Next) {
		for _, n := range askedIn(s) {
			add(n, Report, true)
		}
	}
	for i := range c.Findings {
		for _, s := range c.Findings[i].Next {
			for _, n := range askedIn(s) {
				add(n, c.Findings[i].Rule, false)
			}
		}
	}
}

package rules

import (
	"cmp"
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/formats"
	"faultline/parse/kubelet"
)

// Need is one thing that rules decide on, and the file that would supply it.
type Need struct {
	// Name is the step of `faultline collect` that gathers it.
	Name string
	// What it is, as a noun.
	What string
	// has says whether a case holds it.
	has func(p *Pass) bool
}

// ofLinkerd are needs that only a cluster with linkerd can meet.
var ofLinkerd = []*Need{ControllerLogs, Diagnostics, VersionFacts, Servers, Starts, Caches, Goroutines,
	Throttled, Ups, GRPC, Queues, LoadMetrics}

// What the rules need. The names are the steps of `faultline collect`.
var (
	ProxyLogs      = &Need{"proxy-logs", "the logs of the proxies whose requests failed", supplied("proxy-logs")}
	ControllerLogs = &Need{"controller-logs", "the logs of every destination replica", supplied("controller-logs")}
	Pods           = &Need{"pods", "the pods as JSON: starts, restarts, images, CPU limits", hasFact(parse.FactStartedAt)}
	Events         = &Need{"events", "the events of the API server as JSON", supplied("events")}
	Slices         = &Need{"endpointslices", "the EndpointSlices, with when they last changed", hasFact(kubelet.FactEndpointSlices, kubelet.FactEndpoints)}
	Diagnostics    = &Need{"diagnostics", "what each replica answers: linkerd diagnostics endpoints", hasFact(kubelet.FactBelieved)}
	VersionFacts   = &Need{"versions", "which release of linkerd ran, and since when", func(p *Pass) bool { return len(p.releases) > 0 }}
	Servers        = &Need{"servers", "how many Server resources there are", func(p *Pass) bool { _, _, ok := p.servers(); return ok }}
	Starts         = &Need{"metrics-process", "the metric process_start_time_seconds of the destination", func(p *Pass) bool {
		return slices.ContainsFunc(p.Processes(), func(q *correlate.Process) bool { return q.Known })
	}}
	Caches      = &Need{"metrics-caches", "the metrics *_cache_size of the destination", hasMetric(cacheSuffix)}
	Goroutines  = &Need{"metrics-process", "the metric go_goroutines of the destination", hasMetric("go_goroutines")}
	Throttled   = &Need{"metrics-cpu", "the metrics container_cpu_cfs_* of the control plane", hasMetric("cfs_throttled_periods_total")}
	Ups         = &Need{"metrics-up", "the metric up of the destination", hasMetric("up")}
	GRPC        = &Need{"metrics-grpc", "the metrics grpc_server_* of the destination", hasMetric("grpc_server_handling_seconds_count", "grpc_server_handled_total")}
	Queues      = &Need{"metrics-queues", "the metrics *_queue_overflow and *_informer_lag_seconds", hasMetric("_queue_overflow", "_informer_lag_seconds_bucket")}
	LoadMetrics = &Need{"metrics-load", "a metric of traffic, such as request_total", func(p *Pass) bool { return len(p.Load) > 0 }}
)

// supplied says whether a stream is of a format that a step of `faultline
// collect` gathers; a copy of a log will do, it has the same lines.
func supplied(step string) func(*Pass) bool {
	return func(p *Pass) bool {
		return slices.ContainsFunc(p.Streams, func(st parse.Stream) bool { return formats.Of(st.Format).Need == step })
	}
}

// controllerLog says whether a stream is the log of a Go controller.
func (p *Pass) controllerLog(s int) bool {
	return formats.Of(p.Streams[s].Format).Component == parse.ComponentController
}

func hasFact(keys ...string) func(*Pass) bool {
	return func(p *Pass) bool {
		return slices.ContainsFunc(p.Facts, func(f parse.Fact) bool { return slices.Contains(keys, p.Name(f.Key)) })
	}
}

// hasMetric says whether a series' name is, or ends in, one of some.
func hasMetric(names ...string) func(*Pass) bool {
	return func(p *Pass) bool {
		return len(p.metrics(func(n string) bool {
			return slices.ContainsFunc(names, func(s string) bool {
				return n == s || strings.HasPrefix(s, "_") && strings.HasSuffix(n, s) || strings.HasSuffix(n, "_"+s)
			})
		})) > 0
	}
}

// Lack is something that a case does not hold, or too little of, and the rules
// that say less without it; [Report] stands for what the report itself asks for.
type Lack struct {
	*Need
	Rules []string
}

// Missing lists what a case lacks, most useful first: what its report asks for,
// what would tell the diagnoses that were made from their rivals, then what most
// other rules ask for. A diagnosis that has no part in the case asks for nothing.
func Missing(c *correlate.Case) (out []Lack) {
	p := newPass(c)
	first := map[*Need]int{} // how many ask that have a part in the case
	add := func(n *Need, by string, always, part bool) {
		i := slices.IndexFunc(out, func(l Lack) bool { return l.Need == n })
		switch {
		case n == ProxyLogs && p.neverRan(), !always && !p.Linkerd() && slices.Contains(ofLinkerd, n): // there is none
		case !always && n.has(p), i >= 0 && slices.Contains(out[i].Rules, by):
			return
		case i >= 0:
			out[i].Rules = append(out[i].Rules, by)
		default:
			out = append(out, Lack{n, []string{by}})
		}
		if part {
			first[n]++
		}
	}
	p.reportAsks(c, func(n *Need, by string, always bool) { add(n, by, always, true) })
	for _, r := range p.asking() {
		for _, n := range r.Needs {
			add(n, r.Name, false, true)
		}
	}
	for _, r := range besides() {
		for _, n := range r.Needs {
			add(n, r.Name, false, false)
		}
	}
	slices.SortStableFunc(out, func(a, b Lack) int { return cmp.Or(first[b.Need]-first[a.Need], len(b.Rules)-len(a.Rules)) })
	return out
}

// asking are the rules of the diagnoses that were made, and of their rivals.
func (p *Pass) asking() (out []*Rule) {
	wanted := map[string]bool{}
	for _, r := range Diagnoses() {
		for _, f := range r.Apply(p) {
			wanted[f.Diagnosis] = true
			for _, rival := range f.Rivals {
				wanted[rival] = true
			}
		}
	}
	for _, r := range Diagnoses() {
		if wanted[r.Name] {
			out = append(out, r)
		}
	}
	return out
}

// neverRan says whether the pods' proxies never started, so that there is no log
// of theirs to ask for.
func (p *Pass) neverRan() bool {
	return len(p.sights["init_network_failed"])+len(p.sights["cni_plugin_failed"]) > 0
}

package rules

import (
	"fmt"
	"strings"

	"faultline/correlate"
	"faultline/correlate/words"
)

// The control plane under load and in change.
var (
	overflowRule = tells(Diagnosis{
		Code: "overflow", Where: correlate.AtControlPlane, What: "update queues filled, and streams were aborted",
		Title:    "Update queues of the destination overflowed: {words}.",
		Says:     "A client that reads slowly, or a resync with more than 100 Servers until 2.14.9, fills the queue of 100 updates. The proxy asks anew.",
		Evidence: "`update queue full; aborting stream`, `stream aborted`, the counters endpoint_, endpoint_profile_ and profile_updates_queue_overflow.",
		Against:  "A counter that was not captured says nothing.",
		Sure:     "High.",
		Next:     []string{"One client or all? The CPU of that client's proxy; Servers and resync; upgrade to 2.16 or edge-24.3.4 for profiles; --stream-queue-capacity since edge-25.10.3."},
		Never:    "That none was counted where no metric was captured.",
		Source:   "linkerd2 controller/api/destination/endpoint_translator.go; linkerd2 #11491, #11546, #12013",
		Rivals:   []string{"resync_stall"},
	}, nil)
	resyncStall = tells(Diagnosis{
		Code: "resync_stall", Where: correlate.AtControlPlane, What: "the informers' resync of the destination stalls lookups",
		Title:    "",
		Says:     "Each controller hands every cached object on again, 600 s after its start and so on.",
		Evidence: "Failures that follow stalls on the stalls' own period, at a phase that is that of the replicas' starts.",
		Against:  "Every other thing of that period: a CronJob, another controller's informers; all replicas at once though they started apart.",
		Sure:     "High from six cycles on with the phase compared, medium with a period alone, low from one burst.",
		Next:     []string{"Upgrade from 2.14.2–2.14.9, in which a resync starts work for each Server; restart one replica alone: does its phase move?"},
		Never:    "A component that is not in the dump; a downgrade below 2.14.2 as free.",
		Source:   "linkerd2 controller/k8s/k8s.go ResyncTime; linkerd2 #11334, #12017",
		Rivals:   []string{"subscribe_storm", "control_plane_rollout"},
	}, nil)
	subscribeStorm = tells(Diagnosis{
		Code: "subscribe_storm", Where: correlate.AtControlPlane, What: "a mass of new lookups holds the destination's write lock",
		Title:    "",
		Says:     "Whoever dials every pod (a scraper or a job that restarted) subscribes to all of them under one lock.",
		Evidence: "Starts of GetProfile at ten times their median, go_goroutines climbing, 100 Servers and more.",
		Against:  "A phase of the resync.",
		Sure:     "High with all three, medium with two.",
		Next:     []string{"Who dialled then? Stagger scrapers; fewer Servers."},
		Never:    "The resync.",
		Source:   "linkerd2 #15583",
		Rivals:   []string{"resync_stall"},
	}, nil)
	apiClientThrottled = tells(Diagnosis{
		Code: "api_client_throttled", Where: correlate.AtControlPlane, What: "a controller waits on its own client's rate limit",
		Title:    "A controller waits on its own client's rate limit (QPS){times}: {words}.",
		Says:     "client-go lets so many requests a second through and holds the rest back, at most one line in ten seconds: counts are floors. The API server need not be slow.",
		Evidence: "`client-side throttling`, `client rate limiter Wait returned an error`, `Waited before sending request`.",
		Against:  "429 and priority levels are the API server's. kubectl's, helm's and terraform's own waits are theirs alone.",
		Sure:     "High on the words.",
		Next:     []string{"Which controller, and its QPS and burst (linkerd-identity has a flag for it since 2.14.6, the destination none); fewer restarts at once."},
		Never:    "A slow API server.",
		Source:   "client-go rest/request.go; linkerd2 cmd/identity, #11644",
		Rivals:   []string{"apiserver_slow"},
	}, nil)
	controlPlaneRollout = tells(Diagnosis{
		Code: "control_plane_rollout", Where: correlate.AtControlPlane, What: "destination, policy or identity was restarted, and all proxies ask again",
		Title:    "The control plane was rolled out{times}, and the proxies ask again.",
		Says:     "A replica that stops ends all its streams; proxies keep the endpoints they know. It is no resync, and comes again as lookups 300 s and 3600 s later.",
		Evidence: "Starts and `shutting down gRPC server` of linkerd's controllers, Killing in its namespace, endpoints of the control plane that come and go.",
		Against:  "A crash: it leads.",
		Sure:     "High with the start lines, medium by a series.",
		Next:     []string{"Was it an upgrade, and who did it? Spread the rollout: a PDB, three replicas, maxUnavailable 0 with a surge; then look for a panic of a proxy."},
		Never:    "A period.",
		Source:   "linkerd2 charts; linkerd2-proxy linkerd/pool/p2c",
		Rivals:   []string{"controller_crash"},
	}, rolled)
)

func init() { overflowRule.Apply = overflow }

// queues are the metrics that count aborted streams, by what the queue holds
// (linkerd2 controller/api/destination).
func (p *Pass) queues() (sum float64, proof []correlate.Evidence, captured bool) {
	for _, m := range p.metrics(func(n string) bool {
		return strings.HasSuffix(n, "_queue_overflow") || strings.HasSuffix(n, "_queue_overflow_total")
	}) {
		captured = true
		up := m.increase()
		if len(m.Values) == 1 { // a page: it counts from the start of the process
			up = m.Values[0]
		}
		if up > 0 {
			sum += up
			proof = append(proof, m.whole())
		}
	}
	return sum, proof, captured
}

// overflow takes the lines and the counters together: either tells it.
func overflow(p *Pass) []correlate.Finding {
	g := p.group(overflowRule.Name, p.sights[overflowRule.Name])
	sum, proof, captured := p.queues()
	if len(g.list) == 0 && len(proof) == 0 {
		return nil
	}
	f := g.finding(overflowRule.Diagnosis)
	f.Severity, f.Confidence = correlate.Critical, correlate.High
	f.Evidence = append(f.Evidence, proof...)
	f.Evidence = f.Evidence[:min(len(f.Evidence), maxEvidence)]
	f.Query = `increase(endpoint_updates_queue_overflow[5m])`
	said := words.Count(g.n, "line", "lines") + " in the log"
	if captured {
		said += fmt.Sprintf(", %.0f counted by its metrics", sum)
	}
	f.Title = "Update queues of the destination overflowed: " + said + "."
	return []correlate.Finding{f}
}

// rolled speaks up only where requests or proxies met the rollout.
func rolled(p *Pass, g *group, f *correlate.Finding) {
	if f.Severity = correlate.Info; g.sure < correlate.High {
		f.Title = g.fill("Replicas of the control plane came and went{addrs?}, as its clients saw it.")
	}
	for _, s := range g.list {
		if p.as(s).why == "met" {
			f.Severity = correlate.Warning
		}
	}
}

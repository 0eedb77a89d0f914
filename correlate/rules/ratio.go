package rules

import (
	"fmt"
	"strings"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/parse"
)

// ratioRule explains the ratio that is not a latency.
var ratioRule = &Rule{
	Name: "ratio",
	Doc: `Is grpc_server_handling_seconds of Get being read as a latency?
Get and GetProfile are streams: the histogram observes each once, when it ends, so sum over count is the mean lifetime of the streams that ended. Says what is healthy by version, and what to ask instead.`,
	Needs: []*Need{GRPC, VersionFacts},
	Apply: ratio,
}

func ratio(p *Pass) []correlate.Finding {
	const name = "grpc_server_handling_seconds"
	var proof []correlate.Evidence
	for _, f := range p.mention("metric") {
		if p.Name(f.Value) == name {
			proof = append(proof, refs(f.Ref)...)
		}
	}
	asked := len(proof) > 0
	mean := 0.0
	for _, m := range p.named(name + "_sum") {
		if p.label(m, "grpc_method") != "Get" {
			continue
		}
		for _, n := range p.named(name + "_count") {
			if p.label(n, "grpc_method") == "Get" && p.pod(n) == p.pod(m) && n.increase() > 0 {
				mean = max(mean, m.increase()/n.increase())
				if len(proof) < 3 {
					proof = append(proof, m.whole(), n.whole())
				}
			}
		}
	}
	if !asked && mean < 10 {
		return nil
	}
	f := correlate.Finding{Severity: correlate.Info, Confidence: correlate.High, Evidence: proof,
		Title:  "grpc_server_handling_seconds of Get is no latency: sum over count is the mean lifetime of the streams that ended.",
		Detail: "Get and GetProfile stream updates until the client leaves, and are observed once, at their end; streams that go on do not show at all. ",
		Query:  `sum by (pod) (grpc_server_started_total{grpc_method="Get"}) - sum by (pod) (grpc_server_handled_total{grpc_method="Get"})`,
		Next: []string{"Streams in flight: started_total less handled_total. Churn: rate(started_total).",
			`Ends that are not normal: rate(grpc_server_handled_total{grpc_method="Get",grpc_code!~"OK|Canceled"}[5m]).`,
			"The time to a first answer shows at the proxies only: failfasts, control_*."}}
	if mean > 0 {
		f.Detail += fmt.Sprintf("Here it is %.0f s on the pod where it is longest. ", mean)
	}
	r, ok := p.current()
	switch {
	case ok && !r.Before(15):
		f.Detail += fmt.Sprintf("%s ends a stream after 300 s without an update and after 3600 s at the latest: a mean near 300 s is healthy.", r.Release)
	case ok:
		f.Detail += fmt.Sprintf("%s sets streams no limit: minutes say that targets stay in use, a second or two that they are looked up anew each time (a proxy forgets unused targets after %d s).", r.Release, known.DiscoveryIdle)
	default:
		f.Detail += "Until 2.14 streams have no limit; since 2.15 they end after 300 s without an update, so a mean near that is healthy."
	}
	if p.ends() {
		f.Detail += " A rollout or a restart ends many at once, and the ratio then jumps to their age."
	}
	if strings.Contains(f.Detail, "no limit") {
		f.Detail += " Buckets end at 10 s until edge-25.6.2, so quantiles of it say nothing."
	}
	return []correlate.Finding{f}
}

// ends says whether a controller started within the capture.
func (p *Pass) ends() bool { return len(p.Of(parse.ControllerStarted)) > 0 }

// versionsRule gives advice by release.
var versionsRule = &Rule{
	Name: "versions",
	Doc: `Which known fixes does the release lack, and would downgrading help?
Holds the releases that the dump names against the fixes for this class of stall, with their pull requests. It is advice from source and from a reproduction: that this cluster meets the mechanism takes Server resources, which it asks for.`,
	Needs: []*Need{VersionFacts, Servers},
	Apply: versions,
}

func versions(p *Pass) []correlate.Finding {
	r, ok := p.current()
	if !ok || !known.WatchesServers(r.Release) || !p.stalled() {
		return nil
	}
	var has, lacks []string
	var missing []known.Fix
	for _, f := range known.Fixes {
		switch {
		case !f.Servers:
		case f.In(r.Release):
			has = append(has, f.Change)
		default:
			missing = append(missing, f)
			lacks = append(lacks, "linkerd2 "+f.Change+" ("+f.What+")")
		}
	}
	n, gauge, counted := p.servers()
	f := correlate.Finding{Severity: correlate.Info, Confidence: correlate.Medium, Evidence: refs(r.ref), Query: `max(server_cache_size{namespace="linkerd"})`}
	switch {
	case len(missing) == 0 || known.IsCalm(r.Release):
		f.Title = fmt.Sprintf("%s has the fixes that calmed a reproduction of this class of stall (%s).", r.Release, strings.Join(has, ", "))
		f.Detail = "An upgrade for their sake gains nothing. Open upstream: linkerd2 #15583, a lock held while many profiles are asked for with many Servers."
		if len(lacks) > 0 {
			f.Detail += " Later releases do less still: " + strings.Join(lacks, "; ") + "."
		}
		f.Next = []string{"Look at what else stalls: CPU limits, real changes, relists."}
		return []correlate.Finding{f}
	case len(has) > 0:
		f.Title = fmt.Sprintf("%s has one of the fixes for this class of stall (%s); %s was calm on the same load in a reproduction.", r.Release, strings.Join(has, ", "), known.Calm)
	case !known.Storms(r.Release):
		f.Title = fmt.Sprintf("%s does not start work for each Server at a resync: that came in 2.14.2 and went in %s.", r.Release, known.Calm)
	default:
		f.Title = fmt.Sprintf("%s has none of the fixes for this class of stall; 2.14.9 has one of the fixes (#11907), %s was calm on the same load in a reproduction.", r.Release, known.Calm)
	}
	f.Detail = "The load is that of a reproduction with the real controller and 140 Server resources: 2.14.8 and 2.14.9 stalled alike, 2.14.10 did not. Missing here: " + strings.Join(lacks, "; ") + ". " +
		p.downgrade(r)
	if r.basis == mentioned {
		f.Detail += "The release is what the ticket says. "
	}
	f.Next = []string{fmt.Sprintf("Upgrade to %s or edge-24.2.2 and compare the two cases.", known.Calm), "Count the Server resources: kubectl get servers.policy.linkerd.io -A"}
	switch {
	case counted && n == 0:
		f.Title = fmt.Sprintf("%s lacks fixes for stalls by Server resources, but there is none: an upgrade for their sake gains nothing here.", r.Release)
		f.Next = []string{"Look at what else stalls: CPU limits, real changes, relists."}
		f.Confidence, f.Against = correlate.Low, gauge
	case p.Stalls > 0:
		if p.stallsMatter() {
			f.Severity = correlate.Warning
		}
		pt := p.Of(parse.ControllerPopStall)
		f.Evidence = append(f.Evidence, p.lines(pt[0])...)
		f.Detail += "Whether this cluster has Server resources is not captured, and the advice rests on it."
		if counted {
			f.Confidence = correlate.High
			f.Evidence = append(f.Evidence, gauge...)
			f.Detail = strings.TrimSuffix(f.Detail, "Whether this cluster has Server resources is not captured, and the advice rests on it.") + fmt.Sprintf("There are %.0f Server resources.", n)
		}
	}
	return []correlate.Finding{f}
}

// stallsMatter says whether failures go with stalls, or nothing tells, since no
// failure was captured.
func (p *Pass) stallsMatter() bool {
	return len(p.Incidents) == 0 || p.Follows != nil && p.Follows.Follows || p.Verdict.Association >= 0
}

// stalled says whether the dump shows what the fixes are for.
func (p *Pass) stalled() bool {
	return p.Stalls > 0 || len(p.sights[overflowRule.Name]) > 0 || p.Verdict.Code == correlate.BeatMatchesResync || len(p.mention("upgrade")) > 0
}

// downgrade answers whether an older release would help.
func (p *Pass) downgrade(r release) string {
	if known.Storms(r.Release) {
		return "Would downgrading help? Below 2.14.2 there is no such work at a resync, and no bounded queue for updates either; to go forward to 2.14.10 keeps both. "
	}
	return "Would downgrading help? This release does not have that work; to go forward keeps the fixes since. "
}

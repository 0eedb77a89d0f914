// Package rules says what an expert would have told the reporter: each rule
// turns a judged case into findings, sentences with their proof, what speaks
// against them, and the next step.
//
// A rule is a value, one file a cause, listed in [All]. It decides on events,
// series and facts; lines are read again only to be shown.
package rules

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"faultline/correlate"
	"faultline/parse"
)

// Rule is one thing to look for. Its Doc feeds `faultline rules` and
// docs/rules.md.
type Rule struct {
	// Name is the rule's name in the contract, such as "beat".
	Name string
	// Doc is one sentence on what it asks, then what it says and does not.
	Doc string
	// Needs are what it decides on; it says less, or nothing, without them.
	Needs []*Need
	// Diagnosis is what it says of why something failed; nil for a rule that
	// says what stands beside it.
	Diagnosis *Diagnosis
	// Apply gives what it finds; ID and Rule are filled in by [Apply].
	Apply func(p *Pass) []correlate.Finding
}

// All lists the rules in the order in which equal findings rank: the diagnoses
// in that of docs/diagnoses.md, then what stands beside them.
func All() []*Rule {
	return slices.Concat(Diagnoses(), besides())
}

// besides lists the rules that say what stands beside a diagnosis.
func besides() []*Rule {
	return []*Rule{beatRule, divergingRule, versionsRule, targetRule, throttlingRule, stormRule, lagRule, holesRule,
		probesRule, sinceRule, changedRule, loadRule, scaleOutRule, replicasRule, statusRule,
		visibilityRule, stallRule, ratioRule, impliedStartRule, qualityRule}
}

// Diagnoses lists the rules that say why something failed.
func Diagnoses() []*Rule {
	return []*Rule{proxyPanic, controllerCrash, oomKilled, crashLoop, initNetworkFailed, cniPluginFailed, podTermination,
		podNotStarted, sidecarOrder,
		probeTimeoutRule, probeRefused, probeError, proxyNotReady, controllerStarting,
		noEndpointsRule, emptyTarget, discoveryNoAnswer, destinationStreamFailed, staleEndpoint, conflictingIP, undefinedPort, invalidResource,
		overflowRule, resyncStall, subscribeStorm, apiClientThrottled, controlPlaneRollout, mirrorGatewayDown, configSyncFailed,
		connectTimeout, connectRefused, noRouteToHost, upstreamClosed, keepaliveRace, idleCut, h2PingTimeout, tlsMismatch,
		detectTimeout, tcpFailfast, dnsFailure, failfastUnexplained,
		upstreamTimeout, routeTimeout, inboundUnavailable, upstream5xx, upstreamBadResponse, responseCut, configuredAnswer, slowClient,
		authServiceFailed, clientClosed, noRoute,
		overload, breakerOpen, ingressNoEndpoints, ingressReload, rolloutRace,
		identityUnavailable, certificateExpiry, notMeshed, policyDenied, policyStalled,
		webhookFailed, apiServerSlow, apiServerUnreachable, etcdSlow, rbacDenied, nodeUnhealthy, nodeStall, kernelTableFull, kubeProxyStale,
		telemetryClient, mixedProxiesRule}
}

// Pass is what one run of the rules shares: the case, and what several rules
// look up in it.
type Pass struct {
	*correlate.Case
	releases []release
	bursts   []burst
	// sights are the events that speak for a code, in the order of time;
	// readings what they say, which many share.
	sights   map[string][]sight
	readings []reading
	reread   map[rereading][]int32
	// facts are those of the dump by their key, factsBy those of some keys by their
	// subject.
	facts   map[parse.Name][]parse.Fact
	factsBy map[string]map[string][]parse.Fact
	// answered are the answers of the controllers, once they were asked for.
	answered []*answer
	// pods are the pods by their address, nodes the nodes by pod.
	pods, nodes map[string]string
	// onClock is how many incidents are on each clock.
	onClock map[correlate.ClockID]int
	// controllers says of the streams that were asked for whether they hold words of a
	// controller other than of a crash.
	controllers map[uint32]bool
	// istio says whether Istio is named anywhere, once it was asked.
	istio func() bool
}

func newPass(c *correlate.Case) *Pass {
	p := &Pass{Case: c, reread: map[rereading][]int32{}, onClock: map[correlate.ClockID]int{},
		factsBy: map[string]map[string][]parse.Fact{}, controllers: map[uint32]bool{}}
	p.istio = sync.OnceValue(p.namesIstio)
	for i := range c.Incidents {
		p.onClock[c.Incidents[i].Clock]++
	}
	p.releases = p.findReleases()
	p.bursts = p.findBursts()
	p.places()
	p.read()
	p.relate()
	return p
}

// Apply runs all rules over a judged case: findings by rank, the same thing
// said once, numbered F1, F2… It is pure.
func Apply(c *correlate.Case) []correlate.Finding {
	out, _ := newPass(c).apply()
	return out
}

// apply also gives what could not be asked of the facts files' own rules.
func (p *Pass) apply() (out []correlate.Finding, refused []string) {
	said := map[string]bool{}
	for _, r := range All() {
		for _, f := range r.Apply(p) {
			if f.Rule = r.Name; len(f.Evidence) == 0 || said[f.Title] {
				continue // without proof there is no finding
			}
			said[f.Title] = true
			out = append(out, f)
		}
	}
	p.beside(out)
	p.configured(out)
	p.analyzed(out)
	given, refused := p.own()
	out = append(out, given...)
	p.connect(out)
	rank(out)
	leadCounted(out)
	leadHint(out)
	for i := range out {
		out[i].ID = fmt.Sprintf("F%d", i+1)
	}
	return out, refused
}

// maxEvidence is how many lines one finding cites.
const maxEvidence = 6

// refs are the lines of refs as evidence, each once.
func refs(list ...parse.Ref) (out []correlate.Evidence) {
	for _, r := range list {
		if len(out) < maxEvidence && !slices.ContainsFunc(out, func(e correlate.Evidence) bool {
			return e.Ref.Source == r.Source && e.Ref.Line == r.Line && e.Ref.Off == r.Off
		}) {
			out = append(out, correlate.Evidence{Ref: r})
		}
	}
	return out
}

// cite adds a line to the evidence of a finding, in the place of its last where it has
// as many as one cites.
func cite(f *correlate.Finding, line parse.Ref) {
	f.Evidence = append(f.Evidence[:min(len(f.Evidence), maxEvidence-1)], refs(line)...)
}

// lines are the lines of points as evidence.
func (p *Pass) lines(points ...correlate.Point) []correlate.Evidence {
	var list []parse.Ref
	for _, pt := range points {
		list = append(list, p.Ref(pt))
	}
	return refs(list...)
}

// points are the places of moments.
func points(m []correlate.Moment) (out []correlate.Point) {
	for i := range m {
		out = append(out, m[i].Point)
	}
	return out
}

// Page is the catalogue as docs/rules.md has it: the diagnoses in a table, each
// with a section of docs/diagnoses.md, then what stands beside them.
func Page() string {
	var b strings.Builder
	b.WriteString("| diagnosis | where | what it is |\n| --- | --- | --- |\n")
	for _, r := range Diagnoses() {
		fmt.Fprintf(&b, "| [`%s`](diagnoses.md#%s) | %s | %s |\n", r.Name, r.Name, r.Diagnosis.Where, r.Diagnosis.What)
	}
	b.WriteByte('\n')
	for _, r := range besides() {
		ask, says, _ := strings.Cut(r.Doc, "\n")
		fmt.Fprintf(&b, "### `%s`\n\n**%s**\n\n", r.Name, ask)
		if says != "" {
			fmt.Fprintf(&b, "%s\n\n", says)
		}
		b.WriteString("Needs:")
		for i, n := range r.Needs {
			if i > 0 {
				b.WriteByte(';')
			}
			b.WriteString(" " + n.What)
		}
		b.WriteString(".\n\n")
	}
	return b.String()
}

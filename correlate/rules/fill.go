package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/correlate/words"
	"faultline/parse"
	"faultline/parse/extra"
)

// fill writes a sentence of a diagnosis about a group. What is not known
// leaves its place empty, or says what it would be.
func (g *group) fill(text string) string {
	unnamed := len(g.targets)+len(g.addrs) == 0
	return written(text, unnamed, func(place string) string {
		if noun, ok := strings.CutPrefix(place, "n "); ok {
			return words.Count(g.n, noun, noun+"s")
		}
		if say := places[place]; say != nil {
			return say(g)
		}
		return ""
	})
}

// places are what stands in the places of a sentence; beside them "{n probe}" counts the
// events with their noun.
var places = map[string]func(*group) string{
	"n":         func(g *group) string { return fmt.Sprint(g.n) },
	"times":     (*group).timesWords,
	"were":      (*group).were,
	"ends":      (*group).endVerb,
	"what":      func(g *group) string { return words.Upper(g.what()) },
	"to":        func(g *group) string { return clean(g.to("to")) },
	"target":    func(g *group) string { return clean(first(top(g.targets), top(g.addrs), "the target")) },
	"targets":   func(g *group) string { return clean(first(some(g.targets, 2), some(g.addrs, 2), "a container")) },
	"who":       func(g *group) string { return clean(first(some(g.targets, 2), some(g.addrs, 2), "A container")) }, // begins a sentence
	"where":     (*group).where,
	"it":        (*group).again,
	"addr":      func(g *group) string { return clean(first(top(g.addrs), "that address")) },
	"addrs":     func(g *group) string { return clean(first(some(g.addrs, 2), "the address")) },
	"addrs?":    (*group).atAddrs,
	"webhook":   func(g *group) string { return clean(first(g.webhook(), some(g.targets, 2), "of its configuration")) },
	"node":      func(g *group) string { return clean(first(g.node(), "see its events")) },
	"nodes":     (*group).nodes,
	"hop":       (*group).hop,
	"words":     (*group).said,
	"took":      (*group).tookWords,
	"knob":      (*group).knobWords,
	"statuses":  (*group).statuses,
	"exit":      (*group).exitWords,
	"delivered": (*group).delivered,
	"idle":      (*group).idle,
}

// were is the verb of the events.
func (g *group) were() string {
	if g.n == 1 {
		return "was"
	}
	return "were"
}

// endVerb is the verb of those who are named.
func (g *group) endVerb() string {
	if len(g.targets) > 1 || len(g.targets) == 0 && len(g.addrs) > 1 {
		return "end"
	}
	return "ends"
}

// again is the address, of which {to} says the same already.
func (g *group) again() string {
	addr := some(g.addrs, 2)
	if target := some(g.targets, 2); len(g.addrs) == 1 && (target == "" || target == addr) {
		return "it"
	}
	return clean(first(addr, "the address"))
}

// where is whose log to read: the target, and the address if that says more.
func (g *group) where() string {
	target, addr := top(g.targets), top(g.addrs)
	if addr == "" || addr == target {
		return clean(first(target, "the target"))
	}
	return clean(strings.TrimSpace(target + " " + addr))
}

// atAddrs names the addresses behind a word, "" where none is known.
func (g *group) atAddrs() string {
	if len(g.addrs) == 0 {
		return ""
	}
	return " at " + clean(some(g.addrs, 2))
}

// nodes names the nodes before what is said of them, "" where none is known.
func (g *group) nodes() string {
	if who := first(some(g.targets, 2), g.node()); who != "" {
		return clean(who) + ", "
	}
	return ""
}

// clean keeps what a log calls somebody from filling places of its own.
func clean(s string) string { return strings.NewReplacer("{", "(", "}", ")").Replace(s) }

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// longest is how much of a log's own words a title quotes.
const longest = 160

// said quotes the words that came most often.
func (g *group) said() string {
	w := clean(strings.Join(strings.Fields(top(g.words)), " "))
	if w == "" {
		return "see the evidence"
	}
	if len(w) > longest {
		w = strings.ToValidUTF8(w[:longest], "") + "…"
	}
	if len(g.words) > 1 {
		w += fmt.Sprintf(" (and %s)", words.Count(len(g.words)-1, "other wording", "other wordings"))
	}
	return strings.TrimSuffix(w, ".")
}

// webhook is the name of the webhook in the words of those who were refused; an
// event is about the object that was not created.
func (g *group) webhook() string {
	for _, w := range g.words {
		if _, rest, ok := strings.Cut(w.name, "ebhook \""); ok {
			name, _, _ := strings.Cut(rest, `"`)
			return name
		}
	}
	return ""
}

// tookWords says how long they took: one duration, or a spread.
func (g *group) tookWords() string {
	mid, alike := g.took()
	switch {
	case mid == 0:
		return ""
	case g.n == 1:
		return ", after " + short(mid)
	case alike:
		return fmt.Sprintf(", after %s each", short(mid))
	}
	return fmt.Sprintf(", after %s (median)", short(mid))
}

// short shows a duration with three digits.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

// knobWords names the default that the durations equal.
func (g *group) knobWords() string {
	mid, alike := g.took()
	if mid == 0 || !alike || len(g.list) == 0 {
		return ""
	}
	product := g.p.as(g.list[0]).product
	for _, of := range []string{product, ""} {
		knobs, tries := known.KnobsOf(of, g.code, mid)
		if len(knobs) == 0 {
			continue
		}
		k, n := knobs[0], tries[0]
		if n > 1 {
			return fmt.Sprintf(" (%s of %s: %d × %g s)", k.Name, of, n, k.Seconds)
		}
		return fmt.Sprintf(" (%s: %g s)", strings.TrimSpace(k.Name), k.Seconds)
	}
	return ""
}

// statuses lists the statuses that were answered, most first.
func (g *group) statuses() string {
	n := map[string]int{}
	for _, s := range g.list {
		if v := g.p.At(s.Point).Value; v > 0 {
			n[fmt.Sprint(int(v))] += int(s.n)
		}
	}
	return first(some(ranked(n), 3), "5xx")
}

// hop is who answered: what may be the sidecar of a client as well is called by its
// product.
func (g *group) hop() string {
	name := known.Anywhere[g.p.as(g.list[0]).product]
	for _, s := range g.list {
		if r := g.p.as(s); r.why == call {
			name = "the gateway that answered"
		} else if known.Anywhere[r.product] == "" {
			return "the ingress"
		}
	}
	return name
}

// exitWords are the exit codes in words.
func (g *group) exitWords() string {
	var out []string
	for _, s := range g.list {
		e := g.p.At(s.Point)
		if e.Kind != parse.ContainerTerminated {
			continue
		}
		if w := fmt.Sprintf("exit code %d, %s", int(e.Value), known.ExitText(int(e.Value))); !slices.Contains(out, w) && len(out) < 2 {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return ": " + strings.Join(out, "; ")
}

// delivered says that the request had been sent, only where the hop shows it.
func (g *group) delivered() string {
	for _, s := range g.list {
		h := g.p.as(s).way()
		if h.Upstream == "" || h.Upstream == "-" || h.Connect == "-" {
			return ""
		}
	}
	return "The request was delivered, and may have been carried out."
}

// node is where most of it happened, "" where no node is told.
func (g *group) node() string {
	n := map[string]int{}
	for _, s := range g.list {
		if host := g.p.nodeOf(s); host != "" {
			n[host] += int(s.n)
		}
	}
	return top(ranked(n))
}

// killedFor says that the kubelet restarted containers for these failed probes: then
// it was no mere observation, and what was asked of them meanwhile failed.
func killedFor(p *Pass, g *group, f *correlate.Finding) {
	probed := map[string]bool{}
	for _, t := range g.targets {
		probed[t.name] = true
	}
	var proof parse.Ref
	n := 0
	for _, s := range p.sights["restarted_by_probe"] {
		if !probed[p.targetOf(s)] {
			continue
		}
		if n == 0 {
			proof = p.Ref(s.Point)
		}
		n += int(s.n)
	}
	if n == 0 {
		return
	}
	f.Facets["restarts"] = fmt.Sprint(n)
	f.Title = strings.TrimSuffix(f.Title, ".") + fmt.Sprintf(", and the kubelet restarted the container for that %s.", words.Count(n, "time", "times"))
	cite(f, proof)
	f.Next = append(f.Next, "Until the reason is found: a startupProbe, or a longer timeoutSeconds and failureThreshold of the liveness probe, so that a slow answer is no restart.")
}

// undetected is a warning where connections to one target waited again and
// again, most of all that waited, and nothing else failed: scans and health
// checks that only connect wait too, at one target here and another there.
func undetected(p *Pass, g *group, f *correlate.Finding) {
	spread := len(g.targets) > 0 && 2*g.targets[0].n <= g.n
	if len(p.Incidents) > 0 || spread || g.n < 2 {
		f.Severity = correlate.Info
	}
}

// soon is how near the end of a certificate must be to be critical: leaf
// certificates are cut to the chain's first end, so that all of mTLS ends then.
const soon = 24 * time.Hour

// elsewhereSaid says of another mesh's, ingress' or program's failure what linkerd's words
// would say wrongly of it: detail and steps that name no part of linkerd.
func elsewhereSaid(p *Pass, f *correlate.Finding, detail string, next ...string) {
	if !p.Linkerd() {
		f.Detail, f.Next = detail, next
	}
}

// pinged keeps linkerd's own pings out of a dump that has none of it.
func pinged(p *Pass, g *group, f *correlate.Finding) {
	elsewhereSaid(p, f, "A keep-alive ping got no answer in time: a CPU that was throttled, a node that stalled, or a box between that forgot the connection does that.",
		"CPU throttling and pauses of both ends at that second; is there a box between that forgets quiet connections? Then the keep-alive's time and timeout of the client (gRPC: keepalive.ClientParameters).")
}

// everyClientCert says whether all of it is about certificates that clients of a load
// balancer showed, as its log of connections says.
func (g *group) everyClientCert() bool {
	return g.every(func(r *reading) bool { return strings.Contains(r.text, "ClientCert") })
}

// expires says whether the end lies behind the dump's latest time, near it, or
// months ahead: a check warns from 60 days on.
func expires(p *Pass, g *group, f *correlate.Finding) {
	f.Severity = correlate.Critical
	elsewhereSaid(p, f, "Whoever checks it refuses the connection until it is renewed and loaded.",
		"Whose certificate, until when: openssl s_client -connect HOST:443 | openssl x509 -noout -subject -dates; where cert-manager renews it: kubectl get certificate,certificaterequest -A.",
		"Renew it, and restart or reload who serves it: a Secret that was renewed is not always read again.")
	if g.everyClientCert() {
		f.Severity = correlate.Warning
		f.Detail = "It is the certificate that a client showed to the load balancer (mutual TLS): that client is refused, others are not."
		f.Next = []string{"Renew the certificate of that client, whose subject, serial number and period of validity stand in the log's line."}
		return
	}
	last, dated := p.Last(&p.Options)
	for _, w := range g.words {
		_, rest, ahead := strings.Cut(w.name, "will expire on ")
		if !ahead {
			return // it ended, or is not valid yet
		}
		at, err := time.Parse(time.RFC3339, strings.TrimSpace(rest))
		if err == nil && dated && time.Duration(at.UnixNano()-int64(last)) < soon {
			return
		}
	}
	f.Severity = correlate.Info
	f.Detail += " It is still valid: a check warns from 60 days before the end on."
}

// unsynced is sure only where it lasts: istiod ends each stream after half an
// hour, and a pod's first minute is its start.
func unsynced(p *Pass, g *group, f *correlate.Finding) {
	f.Confidence = correlate.Low
	if n := len(g.list); g.list[n-1].at-g.list[0].at > parse.Time(time.Minute) {
		f.Confidence = correlate.High
	}
	for _, w := range g.words {
		if strings.HasSuffix(w.name, extra.Stale) {
			f.Confidence = max(f.Confidence, correlate.Medium)
		}
		if _, rest, ok := strings.Cut(w.name, "closed since "); ok {
			text, _, _ := strings.Cut(rest, " ago")
			if d, err := time.ParseDuration(text); err == nil && d > time.Minute {
				f.Confidence = correlate.High
			}
		}
	}
}

// unnamed is context where only the control plane's own names did not resolve: the
// proxies keep what they know.
func unnamed(p *Pass, g *group, f *correlate.Finding) {
	if g.every(func(r *reading) bool { return r.why == "control_plane" }) {
		f.Severity = correlate.Info
	}
}

// policyWatches weighs the two sides of a policy watch that broke: two proxies
// over a minute say that it stays so; single ones are watched again.
func policyWatches(p *Pass, g *group, f *correlate.Finding) {
	proxies, lasted := g.tellers(func(r *reading) bool { return r.why == "proxy" })
	f.Confidence = correlate.Low
	switch {
	case proxies >= 2 && lasted > parse.Time(time.Minute):
		f.Confidence = correlate.High
	case slices.ContainsFunc(g.list, func(s sight) bool { return p.as(s).sure == correlate.Medium }):
		f.Confidence = correlate.Medium
	}
}

// streams leads only with a failed request of that proxy soon after.
func streams(p *Pass, g *group, f *correlate.Finding) {
	if g.asked == 0 {
		f.Severity = correlate.Info
	}
}

// noEndpoints says how long before the failfast the answer came, and how many
// targets failed together.
func noEndpoints(p *Pass, g *group, f *correlate.Finding) {
	if gaps := p.spacing(); len(gaps) > 0 {
		f.Title = strings.TrimSuffix(f.Title, ".") + ", " + spaced(gaps) + "."
	}
	f.Facets["why"] = "unknown"
}

// needsAt is what a diagnosis of a place rests on.
var needsAt = map[correlate.Where][]*Need{
	correlate.AtClient: {ProxyLogs}, correlate.AtIngress: {ProxyLogs}, correlate.AtClientProxy: {ProxyLogs},
	correlate.AtConnection:  {ProxyLogs},
	correlate.AtServerProxy: {ProxyLogs, Pods}, correlate.AtApplication: {ProxyLogs, Events}, correlate.AtNetwork: {ProxyLogs, Slices},
	correlate.AtDiscovery: {ProxyLogs, Slices, Diagnostics},
	correlate.AtNode:      {Events, Pods}, correlate.AtControlPlane: {ControllerLogs, Pods},
	correlate.AtKubernetesAPI: {ControllerLogs, Slices}, correlate.AtConfig: {Events}, correlate.AtObserver: {Events},
}

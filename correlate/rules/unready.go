package rules

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse"
	"faultline/parse/kubelet"
)

// unready marks what a table, a page or an object shows of a workload without a pod
// that is ready; gate a failfast whose target the dump shows to be empty.
const (
	unreadyWorkload = "unready"
	emptyGate       = "gate"
)

// emptied says by what it is known that nobody was there.
func emptied(p *Pass, g *group, f *correlate.Finding) {
	switch {
	case g.every(func(r *reading) bool { return r.why == unreadyWorkload }):
		f.Title = g.fill("No pod of {targets} is ready: {words}.")
		f.Detail = "What is asked of it meanwhile has nobody to be sent to. The dump shows the state, and not since when it is so."
		f.Next = []string{g.fill("Why is no pod of {target} ready: kubectl describe pod of one (scheduling, image, crash, readiness), and its log."),
			"kubectl get endpoints,pods --show-labels of that namespace: which Services have no endpoint by it."}
	case g.every(func(r *reading) bool { return r.why == call }):
		f.Title = g.fill("{what} waited for {targets}, of which no replica was ready in time.")
		f.Detail = "It was scaled to zero when it was asked for, and what held the request gave up before a pod was ready: the image, the scheduling and the readiness are in that time."
		f.Next = []string{g.fill("How long do the pods of {target} take to be ready, and what takes that time: kubectl describe pods (events), against how long the request is held."),
			"A replica that stays (minReplicas 1), or a longer wait."}
	case g.every(func(r *reading) bool { return r.why == emptyGate }):
		f.Title = g.fill("{what}{to} failed in failfast, and the dump shows no ready endpoint of it.")
	}
}

// gateEmpty files a failfast of which the proxy does not say why under the emptiness of
// its target, where the dump shows that: newer controllers never answer an empty set
// (linkerd2 edge-26.5.1), and older proxies do not print it.
func (p *Pass) gateEmpty() {
	empty := map[string]bool{}
	for _, s := range p.move("failfast_unexplained", func(s sight) bool {
		target := p.targetOf(s)
		none, had := empty[target]
		if !had {
			ns, name, ok := Service(target)
			st, known := p.state(ns + "/" + name)
			none = ok && known && st.ready == 0
			empty[target] = none
		}
		return none
	}) {
		p.again("empty_target", s, func(r *reading) { r.sure, r.why = correlate.Medium, emptyGate })
	}
}

// lease says whether a name is one of Endpoints that no Service has: components of Kubernetes chose
// their leader by them (kubernetes cmd/kube-controller-manager, to 1.20).
func lease(subject string) bool {
	ns, name, _ := strings.Cut(subject, "/")
	return ns == "kube-system" && strings.HasPrefix(name, "kube-") || strings.Contains(name, "leader")
}

// emptyListed says of services which the dump shows without a ready address, and of
// which no failed request tells, that they are so: scaled to zero they look the same.
func (p *Pass) emptyListed() (out []correlate.Finding) {
	var names []string
	var proof []correlate.Evidence
	unready, failed := 0, sync.OnceValue(p.failedTargets)
	for _, key := range []string{kubelet.FactEndpointSlices, kubelet.FactEndpoints} {
		for _, f := range p.fact(key) {
			subject := p.Name(f.Subject)
			st, ok := p.state(subject)
			name := strings.TrimPrefix(subject, "/")
			if !ok || st.ready > 0 || lease(subject) || slices.Contains(names, name) || ofService(failed(), subject) {
				continue
			}
			names = append(names, name)
			unready += st.notReady
			proof = append(proof, refs(f.Ref)...)
		}
	}
	if len(names) == 0 {
		return nil
	}
	f := correlate.Finding{Severity: correlate.Info, Confidence: correlate.Medium, Evidence: proof[:min(len(proof), maxEvidence)],
		Title:  fmt.Sprintf("No ready endpoint of %s is in the dump.", listed(names)),
		Detail: "Scale to zero, failing readiness, pods that are not scheduled, or a selector that matches nothing look like this. No failed request to it was read.",
		Next:   []string{"Is it meant to be empty? Else why is no pod of it ready: kubectl get endpoints,pods --show-labels; the selector against the pods' labels."}}
	if unready > 0 {
		f.Severity, f.Title = correlate.Warning, strings.TrimSuffix(f.Title, ".")+fmt.Sprintf(", though %s there.", words.Count(unready, "pod is", "pods are"))
	}
	return diagnosed("empty_target", []correlate.Finding{f})
}

// listed names the first few.
func listed(names []string) string {
	if n := len(names); n > 3 {
		names = append(slices.Clip(names[:3]), fmt.Sprintf("%d more", n-3))
	}
	return words.List(names)
}

// failedTargets are those of failed requests which themselves say that nobody was there.
func (p *Pass) failedTargets() (out []string) {
	seen := map[parse.Name]bool{}
	for _, code := range []string{"ingress_no_endpoints", "no_endpoints", "empty_target", "failfast_unexplained", "configured_answer"} {
		for _, s := range p.sights[code] {
			if target := p.At(s.Point).Target; !seen[target] {
				seen[target] = true
				out = append(out, p.Name(target))
			}
		}
	}
	return out
}

// ofService says whether one of some targets is of a service.
func ofService(targets []string, subject string) bool {
	ns, name, _ := strings.Cut(subject, "/")
	return slices.ContainsFunc(targets, func(t string) bool { return mentions(t, name) && (ns == "" || mentions(t, ns)) })
}

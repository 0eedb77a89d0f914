package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse"
	"faultline/parse/kubelet"
)

// divergingRule says whether replicas believe in different endpoints.
var divergingRule = &Rule{
	Name: "diverging",
	Doc: `Do the replicas of the destination believe in the same endpoints as each other, and as the API server?
Compares the answers of linkerd diagnostics endpoints, one per replica, with each other and with the EndpointSlices. Answers that were not taken at one time may differ because the world did.`,
	Needs: []*Need{Diagnostics, Slices},
	Apply: diverging,
}

// answer is what one replica answered about all services that it was asked of.
type answer struct {
	name     string
	services map[string][]string // addresses, sorted
	refs     map[string]parse.Ref
}

func diverging(p *Pass) (out []correlate.Finding) {
	all := p.answers()
	services := map[string]bool{}
	for _, a := range all {
		for s := range a.services {
			services[s] = true
		}
	}
	for _, s := range slices.Sorted(maps.Keys(services)) {
		if f, ok := p.compare(s, all); ok {
			out = append(out, f)
		}
	}
	return out
}

// answers groups the believed endpoints by the answer that they stand in.
func (p *Pass) answers() []*answer {
	if p.answered != nil {
		return p.answered
	}
	out := []*answer{}
	had := map[string]*answer{}
	for _, f := range p.fact(kubelet.FactBelieved) {
		words := strings.Fields(p.Name(f.Value))
		if len(words) == 0 || p.Name(f.Subject) == "" {
			continue
		}
		number, replica := "", ""
		for _, w := range words[1:] {
			if v, ok := strings.CutPrefix(w, "answer="); ok {
				number = v
			}
			if v, ok := strings.CutPrefix(w, "replica="); ok {
				replica = v
			}
		}
		name := replica
		if name == "" {
			name = "answer " + number + " of " + p.Sources[f.Ref.Source].Path
		}
		a := had[name]
		if a == nil {
			a = &answer{name, map[string][]string{}, map[string]parse.Ref{}}
			had[name], out = a, append(out, a)
		}
		s := p.Name(f.Subject)
		a.services[s] = append(a.services[s], words[0])
		if _, had := a.refs[s]; !had {
			a.refs[s] = f.Ref
		}
	}
	for _, a := range out {
		for s, list := range a.services {
			slices.Sort(list)
			a.services[s] = slices.Compact(list)
		}
	}
	p.answered = out
	return out
}

// compare holds the answers about one service against each other. A replica
// that was asked of other services only is left out.
func (p *Pass) compare(service string, all []*answer) (f correlate.Finding, ok bool) {
	byView := map[string][]*answer{}
	var order []string
	for _, a := range all {
		if _, asked := a.services[service]; !asked {
			continue
		}
		view := strings.Join(a.services[service], " ")
		if byView[view] == nil {
			order = append(order, view)
		}
		byView[view] = append(byView[view], a)
	}
	truth, truthRef, told := p.sliceAddresses(service)
	if len(order) < 2 {
		if len(order) == 1 && told && missingOf(truth, byView[order[0]][0].services[service]) > 0 {
			a := byView[order[0]][0]
			return correlate.Finding{Severity: correlate.Warning, Confidence: correlate.Medium,
				Title:    fmt.Sprintf("%s answers with %s for %s, of %d that its EndpointSlices hold.", a.name, words.Count(len(a.services[service]), "address", "addresses"), service, len(truth)),
				Detail:   "If both were taken at one time, the controller's view is stale.",
				Evidence: refs(a.refs[service], truthRef), Next: diagnose(service)}, true
		}
		return f, false
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(len(byView[b]), len(byView[a])) })
	odd := byView[order[len(order)-1]][0]
	f = correlate.Finding{Severity: correlate.Critical, Confidence: correlate.Medium,
		Title:  fmt.Sprintf("Replicas disagree on %s: %d views among %s; %s stands apart.", service, len(order), words.Count(len(all), "answer", "answers"), odd.name),
		Detail: "One replica with a stale view fails only the requests of the proxies that ask it. Answers that were taken minutes apart may differ because the endpoints did. ", Next: diagnose(service),
		Query: fmt.Sprintf(`endpoints_pods{service=%q}`, lastPart(service))}
	for _, view := range order {
		a := byView[view][0]
		f.Detail += fmt.Sprintf("%s: %s. ", a.name, words.Count(len(a.services[service]), "address", "addresses"))
		f.Evidence = append(f.Evidence, refs(a.refs[service])...)
	}
	if told {
		f.Confidence = correlate.High
		f.Evidence = append(f.Evidence, refs(truthRef)...)
		f.Detail += fmt.Sprintf("The EndpointSlices hold %s; %s lacks %d of them.", words.Count(len(truth), "ready address", "ready addresses"), odd.name, missingOf(truth, odd.services[service]))
	}
	f.Evidence = f.Evidence[:min(len(f.Evidence), maxEvidence)]
	return f, true
}

func diagnose(service string) []string {
	ns, name, _ := strings.Cut(service, "/")
	return []string{fmt.Sprintf("Ask each replica again, at one time: linkerd diagnostics endpoints %s.%s.svc.cluster.local:PORT --destination-pod POD", name, ns),
		"Restart the replica that stands apart, after its log and /metrics were saved."}
}

// sliceAddresses are the ready addresses by EndpointSlices, without ports.
func (p *Pass) sliceAddresses(service string) (out []string, ref parse.Ref, ok bool) {
	for _, key := range []string{kubelet.FactEndpointSlicesAddresses, kubelet.FactEndpointsAddresses} {
		for _, f := range p.factsOf(key)[service] {
			words := strings.Fields(p.Name(f.Value))
			for _, w := range words[1:] {
				if w == "and" {
					break
				}
				if !slices.Contains(out, w) {
					out = append(out, w)
				}
			}
			ref, ok = f.Ref, true
		}
		if ok {
			return out, ref, true
		}
	}
	return nil, ref, false
}

// missingOf counts the addresses that are not among "address:port".
func missingOf(addresses, believed []string) (n int) {
	for _, a := range addresses {
		if !slices.ContainsFunc(believed, func(b string) bool { return strings.HasPrefix(b, a+":") || b == a }) {
			n++
		}
	}
	return n
}

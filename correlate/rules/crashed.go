package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/parse"
	"faultline/parse/formats"
)

// byItself marks a program that crashed and is no controller's.
const byItself = "panic"

// Whole names and beginnings of names that say whose program crashed: one that looks
// after a cluster, a mesh or an ingress. Words such as gateway, operator or policy are
// of applications too. So do the names of the formats of what serves requests.
var (
	controllerSpaces = []string{"kube-system", "istio-system", "ingress-nginx", "cert-manager", "calico-system", "tigera-operator", "projectcontour",
		"consul", "cilium", "external-dns", "metallb-system", "gatekeeper-system"}
	controllerNames = []string{"linkerd-", "istiod", "istio-", "kube-", "ingress-nginx", "nginx-ingress", "cert-manager", "coredns", "external-dns",
		"etcd", "cilium", "calico-", "consul-", "contour", "prometheus", "metrics-server", "cluster-autoscaler", "cloud-controller"}
	controllerEnds = []string{"-controller-manager", "-ingress-controller"}
	// controllerParts are containers of a control plane, where no pod is known.
	controllerParts  = []string{"destination", "proxy-injector", "sp-validator", "discovery"}
	controllerPlaces = []string{"linkerd", "policy-controller/", "istio.io/", "/istio/", "pilot/", "k8s.io/", "/kubernetes/", "ingress-nginx", "cilium/", "projectcalico",
		"projectcontour", "hashicorp/consul", "etcd", "coredns", "cert-manager", "prometheus/", "controller-runtime"}
)

// crashedAlone files the crash of a program that is no controller under those of
// applications: a Go program's panic has the same words everywhere.
func (p *Pass) crashedAlone() {
	for _, s := range p.move("controller_crash", p.ofApplication) {
		p.again("crash_loop", s, func(r *reading) { r.why = byItself })
	}
}

// ofApplication says whether a program that crashed is an application: the first frame
// of its own or the name of its pod is known, and nothing says that it is a controller.
func (p *Pass) ofApplication(s sight) bool {
	if p.At(s.Point).Kind != parse.ControllerCrashed {
		return false
	}
	return (p.Who[s.Stream].Pod != "" || strings.Contains(p.targetOf(s), ".go:")) && !p.ofController(s)
}

// ofController says whether the rest of its log, its place or a name says that what
// crashed is a controller.
func (p *Pass) ofController(s sight) bool {
	if _, ok := known.CrashOf(p.as(s).text); ok || p.At(s.Point).Kind != parse.ControllerCrashed {
		return true // a crash of linkerd's, or the end of a container of the control plane
	}
	if p.controllerWords(s.Stream) {
		return true
	}
	who, place := p.Who[s.Stream], strings.ToLower(p.targetOf(s))
	if who.Pod == "" && slices.Contains(controllerParts, who.Container) || strings.HasPrefix(who.Namespace, "linkerd") ||
		slices.Contains(controllerSpaces, who.Namespace) {
		return true
	}
	return slices.ContainsFunc(controllerPlaces, func(w string) bool { return strings.Contains(place, w) }) ||
		controllerNamed(who.Pod) || controllerNamed(who.Container)
}

// controllerWords says whether a stream holds words of a controller other than of a
// crash. It is asked once: a log may be long, and hold many crashes.
func (p *Pass) controllerWords(stream uint32) bool {
	holds, asked := p.controllers[stream]
	if asked {
		return holds
	}
	events := p.Streams[stream].Events
	for i := range events {
		if k := events[i].Kind; k != parse.ControllerCrashed && strings.HasPrefix(k.String(), "controller.") {
			holds = true
			break
		}
	}
	p.controllers[stream] = holds
	return holds
}

// controllerNamed says whether a pod or a container has the name of a controller.
func controllerNamed(name string) bool {
	begins := func(w string) bool { return strings.HasPrefix(name, w) }
	return slices.ContainsFunc(controllerNames, begins) ||
		slices.ContainsFunc(controllerEnds, func(w string) bool { return strings.Contains(name, w) }) ||
		slices.ContainsFunc(formats.All(), func(f *parse.Format) bool { return f.Role == parse.RoleServing && begins(f.Name) })
}

// exited says of crashes that no container's state tells of whose log they stand in.
func exited(p *Pass, g *group, f *correlate.Finding) {
	f.Severity = correlate.Critical
	if !g.every(func(r *reading) bool { return r.why == byItself }) {
		return
	}
	s := g.list[0]
	who := p.Who[s.Stream]
	name := first(strings.Trim(who.Pod+"/"+who.Container, "/"), path.Base(p.Sources[p.Streams[s.Stream].Source].Path))
	f.Severity = correlate.Warning
	f.Title = g.fill(fmt.Sprintf("The program of %s crashed{times}: {words}.", clean(name)))
	f.Detail = "It ended by an error of its own: what it served in that second was cut, and refused until it listened again."
	if place := p.targetOf(s); place != "" {
		f.Detail += " The first frame of its own is " + place + "."
	}
	f.Next = []string{"Whoever wrote it needs the whole trace: kubectl logs POD -c CONTAINER --previous.", "kubectl describe pod: Last State, exit code, how often."}
}

// crashed tells a crash that is known by its release, and calls nobody's a program's.
func crashed(p *Pass, g *group, f *correlate.Finding) {
	if g.code == "controller_crash" && !slices.ContainsFunc(g.list, p.ofController) {
		f.Title = g.fill("A program crashed{times}: {words}.")
		f.Detail = "Nothing that was read says whose program it is."
	}
	for _, w := range g.words {
		c, ok := known.CrashOf(w.name)
		if !ok {
			continue
		}
		f.Facets["known"] = c.Change
		since := "known since " + c.First
		if c.Last != "" {
			since += " to " + c.Last
		}
		f.Detail += fmt.Sprintf(" This one is %s (linkerd2 %s): %s.", since, c.Change, c.Mean)
		if c.Fixed != "" {
			f.Next = append([]string{fmt.Sprintf("Upgrade to %s, which has the fix (linkerd2 %s); until then restart the pods that print it.", c.Fixed, c.Change)}, f.Next...)
		} else {
			f.Next = append([]string{fmt.Sprintf("Upgrade once linkerd2 %s is fixed in a release after %s; until then restart the pods that print it.", c.Change, first(c.Last, "the newest"))}, f.Next...)
		}
		return
	}
}

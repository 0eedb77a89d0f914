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

// ofControllers are words in the place of a crash, or in the names of whose log it is,
// that say whose program it was: one that looks after a cluster, a mesh or an ingress.
// So do the names of the formats of what serves requests.
var ofControllers = []string{"linkerd", "istio", "pilot", "k8s.io", "kube", "controller", "operator", "policy", "cilium", "calico", "consul", "contour",
	"ingress", "gateway", "etcd", "coredns", "cert-manager", "prometheus"}

// crashedAlone files the crash of a program that is no controller under those of
// applications: a Go program's panic has the same words everywhere.
func (p *Pass) crashedAlone() {
	for _, s := range p.move("controller_crash", p.ofApplication) {
		p.again("crash_loop", s, func(r *reading) { r.why = byItself })
	}
	p.sort(p.sights["crash_loop"])
}

// ofApplication says whether a program that crashed is an application: the first frame
// of its own or the name of its pod is known, and neither is of a controller; nothing
// else in its log is.
func (p *Pass) ofApplication(s sight) bool {
	if p.At(s.Point).Kind != parse.ControllerCrashed {
		return false
	}
	st, who, place := &p.Streams[s.Stream], p.Who[s.Stream], p.targetOf(s)
	if who.Pod == "" && !strings.Contains(place, ".go:") {
		return false
	}
	for i := range st.Events {
		if k := st.Events[i].Kind; k != parse.ControllerCrashed && strings.HasPrefix(k.String(), "controller.") {
			return false
		}
	}
	all := strings.ToLower(strings.Join([]string{place, who.Namespace, who.Pod, who.Container}, " "))
	named := func(w string) bool { return strings.Contains(all, w) }
	return !slices.ContainsFunc(ofControllers, named) &&
		!slices.ContainsFunc(formats.All(), func(f *parse.Format) bool { return f.Role == parse.RoleServing && named(f.Name) })
}

// exited says of crashes that no container's state tells of whose log they stand in.
func exited(p *Pass, g *group, f *correlate.Finding) {
	f.Severity = correlate.Critical
	for _, s := range g.list {
		if p.as(s).why != byItself {
			return
		}
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

// crashed tells a crash that is known by its release.
func crashed(p *Pass, g *group, f *correlate.Finding) {
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

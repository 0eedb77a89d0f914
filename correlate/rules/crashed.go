package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/correlate/words"
	"faultline/parse"
	"faultline/parse/formats"
)

// byItself marks a program that crashed and is no controller's.
const byItself = "panic"

// byThread marks a runtime without memory whose log goes on: one thread ended, or none.
const byThread = "thread"

// goesOn is how long after such a line the log of a program that lives goes on at least:
// one that ends prints its last lines at once.
const goesOn = parse.Time(time.Second)

// wentOn says whether a Java program out of memory printed more a second later.
func (p *Pass) wentOn(s sight) bool {
	if r := p.as(s); r.why != byItself || !strings.Contains(r.text, "OutOfMemoryError") {
		return false
	}
	spans := p.Streams[s.Stream].Coverage
	return len(spans) > 0 && spans[len(spans)-1].To-p.At(s.Point).Time >= goesOn
}

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
	controllerPlaces = []string{"linkerd", "policy-controller/", "controller/api/", "controller/k8s/", "controller/proxy-injector/", "multicluster/service-mirror/", "istio.io/", "/istio/", "pilot/", "k8s.io/", "/kubernetes/", "ingress-nginx", "cilium/", "projectcalico",
		"projectcontour", "hashicorp/consul", "etcd", "coredns", "cert-manager", "prometheus/", "controller-runtime"}
)

// crashedAlone files the crash of a program that is no controller under those of
// applications: a Go program's panic has the same words everywhere.
func (p *Pass) crashedAlone() {
	for _, s := range p.move("crash_loop", p.wentOn) {
		p.again("crash_loop", s, func(r *reading) { r.why, r.sure = byThread, correlate.Medium })
	}
	for _, s := range p.move("controller_crash", p.ofApplication) {
		p.again("crash_loop", s, func(r *reading) { r.why = byItself })
	}
}

// ofApplication says whether nothing says of a program that crashed that it is a
// controller.
func (p *Pass) ofApplication(s sight) bool {
	return p.At(s.Point).Kind == parse.ControllerCrashed && !p.ofController(s)
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
	switch {
	case g.every(func(r *reading) bool { return r.why == byProbe }):
		restartedFor(g, f)
		return
	case !g.every(func(r *reading) bool { return r.why == byItself || r.why == byThread }):
		return
	}
	memory := 0 // how many tell of memory
	for _, s := range g.list {
		if outOfMemory(p.as(s).text) {
			memory += int(s.n)
		}
	}
	name, place := g.programs(), p.targetOf(g.list[0])
	f.Severity = correlate.Warning
	if g.every(func(r *reading) bool { return r.why == byThread }) {
		f.Title = g.fill(fmt.Sprintf("%s ran out of memory in a thread{times}: {words}.", words.Upper(name)))
		f.Detail = "Its log goes on afterwards: that thread's work was lost, and nothing tells that the program ended. It may have been started again, too."
		f.Next = memoryAdvice(g)
		return
	}
	f.Title = g.fill(fmt.Sprintf("%s crashed{times}: {words}.", words.Upper(name)))
	f.Detail = "It ended by an error of its own: what it served in that second was cut, and refused until it listened again."
	if g.every(func(r *reading) bool {
		return strings.Contains(r.text, "java.lang.OutOfMemoryError")
	}) {
		f.Detail = "It ended, or only that thread did: Java goes on after such an error unless it is told to exit (-XX:+ExitOnOutOfMemoryError), and its log does not go on for long enough to tell."
	}
	switch {
	case p.Who[g.list[0].Stream].Pod == "" && !strings.Contains(place, ".go:"):
		f.Detail += " Nothing that was read says more of whose program it is."
	case place != "":
		f.Detail += " The first frame of its own is " + place + "."
	}
	f.Next = []string{"Whoever wrote it needs the whole trace: kubectl logs POD -c CONTAINER --previous.", "kubectl describe pod: Last State, exit code, how often."}
	switch memory {
	case 0:
	case count(g.list):
		f.Title = g.fill(fmt.Sprintf("%s ran out of the memory that its own runtime allows{times}: {words}.", words.Upper(name)))
		f.Detail += " That is the runtime's limit, not the container's: the kernel killed nothing."
		f.Next = memoryAdvice(g)
	default:
		f.Detail += fmt.Sprintf(" Of them %d ran out of the memory that its own runtime allows.", memory)
		f.Next = append(f.Next, memoryAdvice(g)[0])
	}
}

// programs names those that crashed: one by its pod and container or its file, of more
// the first and how many others.
func (g *group) programs() string {
	var names []string
	for _, s := range g.list {
		who := g.p.Who[s.Stream]
		n := first(strings.Trim(who.Pod+"/"+who.Container, "/"), path.Base(g.p.Sources[g.p.Streams[s.Stream].Source].Path))
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	if len(names) == 1 {
		return "the program of " + clean(names[0])
	}
	return fmt.Sprintf("the programs of %s and %s", clean(names[0]), words.Count(len(names)-1, "other", "others"))
}

// outOfMemory says whether the words of a crash are of memory that a runtime refused.
func outOfMemory(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "outofmemory") || strings.Contains(text, "heap out of memory") || strings.Contains(text, "heap limit")
}

// memoryAdvice is what to look at, by which memory it was: threads and classes are not
// on the heap (OpenJDK src/hotspot/share/prims/jvm.cpp, memory/metaspace.cpp).
func memoryAdvice(g *group) (next []string) {
	var heap, threads, classes bool
	for _, w := range g.words {
		switch {
		case !outOfMemory(w.name):
		case strings.Contains(w.name, "native thread"):
			threads = true
		case strings.Contains(w.name, "Metaspace"), strings.Contains(w.name, "Compressed class space"):
			classes = true
		default:
			heap = true
		}
	}
	if heap {
		next = append(next, "The heap's limit against the container's: -XX:MaxRAMPercentage or -Xmx of Java, --max-old-space-size of Node.js.")
	}
	if threads {
		next = append(next, "How many threads it has (a jstack of it), against the limits of processes: the container's pids.max, ulimit -u, kernel.threads-max; a larger heap leaves less for their stacks.")
	}
	if classes {
		next = append(next, "The limit of loaded classes: -XX:MaxMetaspaceSize, and what loads classes again and again; the heap's limit does not matter.")
	}
	return append(next, "What grows: a heap dump, or the memory of the container over time; kubectl logs POD --previous.")
}

// byProbe marks a container that the kubelet restarted for a failed probe of which
// nothing tells how it failed.
const byProbe = "probe"

// restartedFor says of containers that the kubelet restarted them.
func restartedFor(g *group, f *correlate.Finding) {
	f.Severity, f.Confidence = correlate.Warning, correlate.Medium
	f.Title = g.fill("The kubelet restarted {targets}{times}: {words}.")
	f.Detail = "How the probe failed is not in what was read: no answer in time, a refused connection, or a status. What the container served in that second was cut."
	f.Next = []string{"kubectl describe pod: the events Unhealthy say how the probe failed; kubectl logs POD --previous: what it did meanwhile.",
		"CPU throttling of that container, and its liveness probe: timeoutSeconds and failureThreshold; a startupProbe where it starts slowly."}
}

// restartedByProbe files containers that the kubelet restarted for a failed probe, of
// which no failed probe was read, under those that end.
func (p *Pass) restartedByProbe() {
	told := map[string]bool{}
	for _, code := range []string{"probe_timeout", "probe_refused", "probe_error", "proxy_not_ready", "controller_starting", "oom_killed", "crash_loop"} {
		for _, s := range p.sights[code] {
			told[p.targetOf(s)] = true
		}
	}
	for _, s := range p.move("restarted_by_probe", func(s sight) bool { return !told[p.targetOf(s)] }) {
		p.again("crash_loop", s, func(r *reading) { r.why = byProbe })
	}
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

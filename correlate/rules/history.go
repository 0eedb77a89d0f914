package rules

import (
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// recovered takes what kept a pod from starting, where the same container started
// later, for history: nothing is said of it if that was before the first request
// failed, and where none failed it is a hint. A failure before the start may be of it.
func (p *Pass) recovered() {
	codes := []string{"pod_not_started", "cni_plugin_failed"}
	if !slices.ContainsFunc(codes, func(c string) bool { return len(p.sights[c]) > 0 }) {
		return // mostly none is there, and failures are looked for among all sights
	}
	starts := map[string][]sight{} // by the pod
	for _, pt := range p.Of(parse.ContainerStarted) {
		s := p.sightOf(pt)
		if pod := p.targetOf(s); pod != "" && !besideOther(p.Name(p.At(pt).Fact)) {
			starts[pod] = append(starts[pod], s)
		}
	}
	failure, _, failed := p.failures()
	for _, code := range codes {
		for _, s := range p.move(code, func(s sight) bool {
			return slices.ContainsFunc(starts[p.targetOf(s)], func(o sight) bool {
				return p.startsAfter(o, s) && (!failed || o.placed && o.at <= failure)
			})
		}) {
			if !failed {
				p.again(code, s, func(r *reading) { r.sure = correlate.Low })
			}
		}
		for _, s := range p.move(code, func(s sight) bool { // after a request had failed
			return !p.as(s).late && slices.ContainsFunc(starts[p.targetOf(s)], func(o sight) bool { return o.placed && p.startsAfter(o, s) })
		}) {
			p.again(code, s, func(r *reading) { r.late = true })
		}
	}
}

// startedLater says of pods that started later that they did; while nothing failed they
// are context.
func startedLater(_ *Pass, g *group, f *correlate.Finding) {
	if g.sure == correlate.Low {
		f.Severity = correlate.Info
	}
	if g.sure == correlate.Low || g.every(func(r *reading) bool { return r.late }) {
		f.Title = g.fill("Pods of {targets} started only later: {words}.")
	}
}

// startsAfter says whether a start in a pod is of what a sight says did not start, and
// later.
func (p *Pass) startsAfter(o, s sight) bool {
	if o.lane() != s.lane() || o.at < s.at {
		return false
	}
	container := p.Name(p.At(o.Point).Fact)
	_, of, named := strings.Cut(strings.TrimSuffix(p.Name(p.At(s.Point).Fact), ")"), " (container ")
	return !named || container == "" || of == container
}

// failures are when the first and the last request failed: the first is the highest
// time and the last the lowest if nothing places one that did.
func (p *Pass) failures() (begin, end parse.Time, failed bool) {
	begin, end = math.MaxInt64, math.MinInt64
	for i := range p.Incidents {
		if in := &p.Incidents[i]; in.Clock.OnWall() {
			begin, end = min(begin, in.Start), max(end, in.End)
		}
		failed = true
	}
	for _, list := range p.sights {
		for _, s := range list {
			if p.as(s).request {
				if failed = true; s.placed {
					begin, end = min(begin, s.at), max(end, s.at)
				}
			}
		}
	}
	return begin, end, failed
}

// besideOthers are containers that a mesh or a platform adds to pods beside [sidecars]:
// that they start says nothing of the application.
var besideOthers = []string{"linkerd-debug", "linkerd-await", "istio-validation", "enable-core-dump", "consul-dataplane", "envoy-sidecar",
	"kuma-sidecar", "vault-agent", "cloud-sql-proxy", "cloudsql-proxy", "daprd", "datadog-agent", "fluent-bit", "filebeat"}

// besideOther says whether a container is an init container, by its name, or one that is
// added to pods.
func besideOther(container string) bool {
	return slices.Contains(sidecars, container) || slices.Contains(besideOthers, container) || networkInit(container) ||
		strings.HasSuffix(container, "-init") || strings.HasPrefix(container, "init-") || container == "init"
}

// longBefore is how long before all that was logged a container must have ended for it
// to be history.
const longBefore = parse.Time(10 * time.Minute)

// history leaves of containers that had ended before anything of the dump was logged
// that they had: it leads nothing.
func (p *Pass) history() {
	begin, dated := p.First()
	if !dated {
		return
	}
	for _, code := range []string{"oom_killed", "crash_loop", "controller_crash"} {
		for _, s := range p.move(code, func(s sight) bool {
			return s.placed && p.At(s.Point).Kind == parse.ContainerTerminated && s.at < begin-longBefore
		}) {
			p.again(code, s, func(r *reading) { r.sure = correlate.Low })
		}
	}
}

// denied files what an ingress answered without an upstream under its configuration,
// where it says itself that it denies what an Ingress of that namespace asks for.
func (p *Pass) denied() {
	refused := map[string]bool{} // namespace/Ingress, which each sync names again
	for _, s := range p.sights["configured_answer"] {
		if strings.Contains(p.targetOf(s), "/") && !p.as(s).request {
			refused[p.targetOf(s)] = true
		}
	}
	if len(refused) == 0 {
		return
	}
	asked := map[string]bool{} // by the upstream
	for _, s := range p.move("ingress_no_endpoints", func(s sight) bool {
		if !p.as(s).request || p.as(s).sure >= correlate.High {
			return false
		}
		upstream := p.targetOf(s)
		denied, had := asked[upstream]
		if !had {
			for of := range refused {
				denied = denied || served(upstream, of)
			}
			asked[upstream] = denied
		}
		return denied
	}) {
		p.again("configured_answer", s, nil)
	}
}

// served says whether ingress-nginx's name of an upstream, namespace-service-port, is
// of an Ingress's namespace for certain: both names may hold hyphens, so the service is
// one word, or is named as the Ingress is.
func served(upstream, ingress string) bool {
	namespace, name, _ := strings.Cut(ingress, "/")
	rest, ok := strings.CutPrefix(upstream, namespace+"-")
	service, _, _ := strings.Cut(rest, "-")
	return ok && (strings.Count(rest, "-") <= 1 && service != "" || strings.HasPrefix(rest, name+"-"))
}

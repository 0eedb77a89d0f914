package rules

import (
	"fmt"
	"math"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// Probes says what failed probes mean.
var Probes = &Rule{
	Name: "probes",
	Doc: `What do failed probes of the control plane say?
A readiness 500 is a controller whose caches are not filled yet: a start, not overload. A 503 is linkerd-proxy's. A timeout is a process that did not get the CPU or was blocked. Says how much of the stalls any probe could have seen, and what the kubelet's event filter hides.`,
	Needs: []*Need{Events, Pods},
	Apply: probes,
}

// tally collects the failed probes of one sort.
type tally struct {
	points []correlate.Point
	count  int
	span   time.Duration // of the longest entry that counts several
}

func (t *tally) add(p *Pass, pt correlate.Point) {
	e := p.At(pt)
	t.points = append(t.points, pt)
	t.count += int(e.Count)
	t.span = max(t.span, e.Lasted)
}

func probes(p *Pass) (out []correlate.Finding) {
	var starting, proxy, timeout, filtered tally
	for _, pt := range p.Of(parse.KubeletProbeFailed) {
		if !p.controlPlane(pt) {
			continue
		}
		e := p.At(pt)
		probe, how := parse.ProbeOf(e.Class)
		switch {
		case probe == parse.Readiness && how == parse.FailureHTTPStatus && e.Value == 500:
			starting.add(p, pt)
		case how == parse.FailureHTTPStatus && e.Value == 503:
			proxy.add(p, pt)
		case how == parse.FailureTimeout:
			timeout.add(p, pt)
		}
		if e.Count > 25 {
			filtered.add(p, pt)
		}
	}
	if starting.count > 0 {
		out = append(out, p.notReady(&starting))
	}
	if proxy.count > 0 {
		out = append(out, correlate.Finding{Severity: correlate.Info, Confidence: correlate.Medium,
			Title:    fmt.Sprintf("%s answered 503, which is linkerd-proxy's own answer: it has no identity or no connection yet.", sentence(plural(proxy.count, "probe", "probes"))),
			Detail:   "The Go controllers answer 500 while they fill their caches, linkerd-proxy answers 503 on :4191/ready.",
			Evidence: p.lines(proxy.points...), Next: []string{"Read that pod's linkerd-proxy log from its start."}})
	}
	if timeout.count > 0 {
		out = append(out, p.timedOut(&timeout))
	}
	if filtered.count > 0 {
		out = append(out, correlate.Finding{Severity: correlate.Info, Confidence: correlate.High,
			Title:    fmt.Sprintf("%s was counted more than 25 times: the kubelet's event filter then writes one in five minutes, so its last time may be that much too old.", sentence(plural(len(filtered.points), "probe failure", "probe failures"))),
			Detail:   "The count is right, the times between are lost, and other messages of the same pod may be missing. A step of five minutes there is the filter's.",
			Evidence: p.lines(filtered.points...), Next: []string{"The kubelet's own log (-v=2) has every probe."}})
	}
	return out
}

// controlPlane says whether a probe is of linkerd's control plane, or of a pod
// that the dump does not name.
func (p *Pass) controlPlane(pt correlate.Point) bool {
	who := p.Whose(pt)
	return who.Pod == "" || strings.HasPrefix(who.Pod, "linkerd-") || strings.HasPrefix(who.Namespace, "linkerd")
}

// notReady speaks of readiness answered with 500.
func (p *Pass) notReady(t *tally) correlate.Finding {
	f := correlate.Finding{Severity: correlate.Info, Confidence: correlate.Medium, Evidence: p.lines(t.points...),
		Detail: "Since 2.13 the Go controllers answer 500 on /ready only until their caches are filled; linkerd-proxy answers 503. Several within seconds are several containers, or probes that the kubelet repeats while a pod is not ready. " +
			"A start gives that replica's resync a new phase.",
		Query: `changes(process_start_time_seconds{namespace="linkerd",component="destination"}[1h])`,
		Next:  []string{"kubectl get pods -n linkerd -o json: look at startedAt and restartCount at that time.", "kubectl logs --previous of that pod."}}
	n := plural(t.count, "readiness probe", "readiness probes")
	if t.span > 0 {
		s := fmt.Sprintf("%d s", int(t.span.Round(time.Second).Seconds()))
		whole := int(t.span.Round(time.Second).Seconds())
		f.Title = fmt.Sprintf("%s answered 500, the first and the last %s apart by their stamps, which are whole seconds (%d to %d s in truth): a controller that was starting, not an overloaded one.",
			sentence(n), s, max(0, whole-1), whole+1)
		if len(t.points) > 1 {
			f.Title = fmt.Sprintf("%s answered 500 in %d runs of up to %s: controllers that were starting, not overloaded ones.", sentence(n), len(t.points), s)
		}
	} else {
		f.Title = fmt.Sprintf("%s answered 500: a controller that was starting, not an overloaded one.", sentence(n))
	}
	if starts := p.startsNear(t.points); len(starts) > 0 {
		f.Confidence = correlate.High
		f.Evidence = append(refs(starts...), f.Evidence...)
		f.Evidence = f.Evidence[:min(len(f.Evidence), maxEvidence)]
		f.Detail += " The dump shows such a start within a minute."
	}
	return f
}

// startsNear finds starts of controllers within a minute of some probes.
func (p *Pass) startsNear(probes []correlate.Point) (out []parse.Ref) {
	for _, q := range p.Processes() {
		for _, pt := range probes {
			at, within, ok := p.Wall(pt)
			first := at - parse.Time(p.At(pt).Lasted)
			pod := p.Whose(pt).Pod
			if ok && within < time.Minute && q.Known && first-q.Start < parse.Time(time.Minute) && q.Start-first < parse.Time(10*time.Second) &&
				(pod == "" || strings.HasPrefix(q.Name, pod)) {
				out = append(out, q.Proof...)
				break
			}
		}
	}
	return out
}

// timedOut speaks of probes that got no answer.
func (p *Pass) timedOut(t *tally) correlate.Finding {
	f := correlate.Finding{Severity: correlate.Info, Confidence: correlate.Medium, Evidence: p.lines(t.points...),
		Title: fmt.Sprintf("%s got no answer within their timeout: the process did not get the CPU, or was blocked.", sentence(plural(t.count, "probe", "probes"))),
		Next:  []string{"Hold their times against the stalls and the CPU throttling of the same replica."}}
	if t.count == 1 {
		f.Title = strings.Replace(f.Title, "their timeout", "its timeout", 1)
	}
	near, dated := 0, 0
	for _, pt := range t.points {
		at, within, ok := p.Wall(pt)
		if !ok || within > 30*time.Second {
			continue
		}
		dated++
		for _, b := range p.bursts {
			if at >= b.from-parse.Time(time.Second) && at <= b.to+parse.Time(2*time.Second) && strings.HasPrefix(b.process, p.Whose(pt).Pod) {
				near++
				break
			}
		}
	}
	if dated > 0 && len(p.bursts) > 0 {
		f.Detail = fmt.Sprintf("Of those with a time, %d of %d are dated within a burst of stalls of the same replica; an event keeps only its last time. ", near, dated)
	}
	f.Detail += p.coverage()
	return f
}

// Timing of the control plane's probes (linkerd2 chart, kubelet prober).
const (
	probeEach    = 10 * time.Second
	probeTimeout = time.Second
)

// coverage says which share of the bursts a probe could have seen at all: one
// that is sent at least a timeout before the end of a burst of unbroken stalls.
func (p *Pass) coverage() string {
	aliased := "A probe each 10 s meets a beat of 600 s always at the same phase: it sees all of its stalls or none, and that it does not fail says little."
	if len(p.bursts) == 0 {
		return aliased
	}
	seen := 0.0
	for _, b := range p.bursts {
		seen += math.Min(1, math.Max(0, float64(time.Duration(b.to-b.from)-probeTimeout)/float64(probeEach)))
	}
	return fmt.Sprintf("Of %s of stalls, one readiness probe each 10 s could have timed out in about %.0f %% at most. %s", plural(len(p.bursts), "burst", "bursts"), 100*seen/float64(len(p.bursts)), aliased)
}

package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse"
	"faultline/parse/kubelet"
)

// targetRule asks the plain rival of every theory.
var targetRule = &Rule{
	Name: "target",
	Doc: `Was the target really empty?
Where "No endpoints" was answered, looks at what the API server says of that service: how many addresses it has and when they last changed, and what happened to its pods around the onset. Really empty, unchanged so that the view was stale, or not captured.`,
	Needs: []*Need{Slices, Events},
	Apply: target,
}

const (
	// changeWindow is how long before an onset a change of the target counts
	// as being about it.
	changeWindow = parse.Time(2 * time.Minute)
	// settle is how long after a change a view may lag behind it.
	settle = parse.Time(10 * time.Second)
)

// state is what the dump says of one service.
type state struct {
	ready, notReady int
	views           int        // how many kinds of objects say it
	changed         parse.Time // 0: not told
	proof           []parse.Ref
}

func target(p *Pass) (out []correlate.Finding) {
	stale, empty, moving := p.newVerdicts(), p.newVerdicts(), p.newVerdicts()
	agreed, open := p.newVerdicts(), p.newVerdicts()
	for i := range p.Incidents {
		in := &p.Incidents[i]
		if in.Signature != correlate.NoEndpoints && in.Signature != correlate.Mixed {
			continue
		}
		for _, t := range in.Targets {
			ns, name, ok := Service(t.Name)
			if !ok {
				continue
			}
			s, known := p.state(ns + "/" + name)
			happened := p.happened(in, ns, name)
			none := known && s.ready == 0
			v := open
			switch {
			case none && s.views+len(happened) > 1:
				v = agreed
			case len(happened) > 0:
				v = moving
			case none:
				v = empty
			case known && in.Clock.OnWall() && s.changed != 0 && s.changed < in.Start-changeWindow:
				v = stale
			case known && in.Clock.OnWall() && s.changed != 0 && s.changed <= in.Start+settle:
				v = moving
			}
			v.add(in, t.Name, append(s.proof, happened...))
		}
	}
	return slices.Concat(p.emptyListed(), stale.say(correlate.Warning, correlate.High,
		"%s had ready endpoints, unchanged since before the onset, when it was answered that there are none (%s): the controller's view was stale.",
		"A target whose endpoints did not change cannot have been really empty. The state is of when the dump was taken; that it was changed and changed back in between would show as a later change."),
		diagnosed("empty_target", agreed.say(correlate.Warning, correlate.High, "%s has no ready endpoints in the dump, as two sources agree: \"no endpoints\" was the truth (%s).",
			"Scale to zero and failing readiness look like this, and no controller is at fault then.")),
		diagnosed("empty_target", empty.say(correlate.Warning, correlate.Medium, "%s has no ready endpoints in the dump: \"no endpoints\" may have been the truth (%s).",
			"Scale to zero and failing readiness look like this, and no controller is at fault then.")),
		diagnosed("empty_target", moving.say(correlate.Warning, correlate.Medium, "The endpoints of %s were changing at the onset (%s): \"no endpoints\" may have been the truth for a moment.",
			"With one replica, each replacement of a pod leaves a service without endpoints for as long as readiness takes.")),
		open.say(correlate.Info, correlate.High, "Whether %s really had no endpoints was not captured (%s): its EndpointSlices and the events of its pods would tell.",
			"The plain rival of a stale controller is a target that was empty for a moment: replicas 0 or 1, a rollout, a node that went away."))
}

// diagnosed gives findings a diagnosis of the Kubernetes API.
func diagnosed(code string, list []correlate.Finding) []correlate.Finding {
	for i := range list {
		list[i].Diagnosis, list[i].Where = code, correlate.AtKubernetesAPI
	}
	return list
}

// verdicts collects the targets of one answer.
type verdicts struct {
	p     *Pass
	names []string
	when  map[string]bool
	proof []correlate.Evidence
	n     int
}

func (p *Pass) newVerdicts() *verdicts { return &verdicts{p: p, when: map[string]bool{}} }

func (v *verdicts) add(in *correlate.Incident, target string, proof []parse.Ref) {
	if !v.when[target] {
		v.names = append(v.names, target)
	}
	v.when[target] = true
	v.n++
	if len(v.proof) < maxEvidence {
		v.proof = append(v.proof, refs(proof...)...)
		v.proof = append(v.proof, v.p.lines(in.Proof[0])...)
	}
}

func (v *verdicts) say(s correlate.Severity, c correlate.Confidence, title, detail string) []correlate.Finding {
	if len(v.names) == 0 {
		return nil
	}
	who := v.names[0]
	if n := len(v.names); n > 1 {
		who = fmt.Sprintf("%s and %s", v.names[0], words.Count(n-1, "more target", "more targets"))
	}
	ns, name, _ := Service(v.names[0])
	return []correlate.Finding{{Severity: s, Confidence: c, Title: fmt.Sprintf(title, who, words.Count(v.n, "onset", "onsets")), Detail: detail,
		Evidence: v.proof[:min(len(v.proof), maxEvidence)], Query: fmt.Sprintf(`endpoints_pods{namespace=%q, service=%q}`, ns, name),
		Next: []string{fmt.Sprintf("kubectl get endpointslices -n %s -l kubernetes.io/service-name=%s -o json", quote(ns), quote(name)),
			fmt.Sprintf("kubectl get events -n %s -o json: Killing, Scheduled, ScalingReplicaSet around the onset", quote(ns))}}}
}

// state is what EndpointSlices and Endpoints say of "namespace/service".
func (p *Pass) state(subject string) (s state, ok bool) {
	for _, key := range []string{kubelet.FactEndpointSlices, kubelet.FactEndpoints} {
		list := p.factsOf(key)[subject]
		if len(list) > 0 {
			ok = true
			s.views++
		}
		for _, f := range list {
			s.changed = max(s.changed, f.Time)
			s.proof = append(s.proof, f.Ref)
			for _, word := range strings.Fields(p.Name(f.Value)) {
				k, v, _ := strings.Cut(word, "=")
				n, _ := strconv.Atoi(v)
				switch k {
				case "ready":
					s.ready = max(s.ready, n) // ports have the same addresses
				case "notready":
					s.notReady = max(s.notReady, n)
				}
			}
		}
	}
	return s, ok
}

// reasons are those of events after which a service may have fewer endpoints
// (kubelet, deployment and node controllers).
var reasons = []string{"Killing", "Scheduled", "ScalingReplicaSet", "Unhealthy", "BackOff", "Evicted", "NodeNotReady", "TaintManagerEviction", "Preempted", "SuccessfulDelete"}

// happened lists what the events say of a service's pods shortly before an
// onset: those whose names begin with the service's.
func (p *Pass) happened(in *correlate.Incident, ns, name string) (out []parse.Ref) {
	if !in.Clock.OnWall() {
		return nil
	}
	for _, kind := range []parse.Kind{parse.K8sEvent, parse.ContainerStarted, parse.ContainerTerminated, parse.KubeletProbeFailed} {
		for _, pt := range p.Of(kind) {
			at, within, placed := p.Wall(pt)
			if !placed || within > time.Minute || at < in.Start-changeWindow || at > in.Start+settle {
				continue
			}
			namespace, object := objectOf(p.Name(p.At(pt).Target))
			reason, _ := eventOf(p.Name(p.At(pt).Fact))
			if namespace != ns || object != name && !strings.HasPrefix(object, name+"-") ||
				kind == parse.K8sEvent && !slices.Contains(reasons, reason) {
				continue
			}
			out = append(out, p.Ref(pt))
		}
	}
	return out
}

// quote makes a word of a shell.
func quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

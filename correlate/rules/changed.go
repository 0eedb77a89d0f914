package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse"
	"faultline/parse/kubelet"
)

// changedRule says what was changed shortly before the failures began.
var changedRule = &Rule{
	Name: "changed",
	Doc: `What was changed shortly before the failures began?
Lists the changes of a quarter of an hour before the first incident, and within it: requests of the API server's audit log that changed a workload, a service, a route or a configuration, rollouts and scaling that events tell, and what Deployments, ReplicaSets, HorizontalPodAutoscalers and nodes say of themselves. What precedes need not be the reason.`,
	Needs: []*Need{Events},
	Apply: changed,
}

const (
	// lookedBack is how long before the first incident a change is looked for:
	// a rollout of a few replicas takes minutes.
	lookedBack = parse.Time(15 * time.Minute)
	// mostChanges is how many are named.
	mostChanges = 5
)

// change is one of them.
type change struct {
	at   parse.Time
	said string
	ref  parse.Ref
}

func changed(p *Pass) []correlate.Finding {
	var from, to parse.Time
	for i := range p.Incidents {
		if in := &p.Incidents[i]; in.Clock.OnWall() && (from == 0 || in.Start < from) {
			from, to = in.Start, in.End
		}
	}
	if from == 0 {
		return nil
	}
	list := p.changesTold(from-lookedBack, to)
	slices.SortStableFunc(list, func(a, b change) int { return cmp.Compare(a.at, b.at) })
	list = slices.CompactFunc(list, func(a, b change) bool { return a.said == b.said && b.at-a.at < parse.Time(2*time.Second) })
	if len(list) == 0 {
		return nil
	}
	var said []string
	var proof []parse.Ref
	for _, c := range list[max(0, len(list)-mostChanges):] {
		said, proof = append(said, c.said+" at "+clockText(c.at)), append(proof, c.ref)
	}
	return []correlate.Finding{{Severity: correlate.Info, Confidence: correlate.Medium, Evidence: refs(proof...), Count: len(list),
		Title: fmt.Sprintf("%s in the quarter of an hour before the first failures, or within them: %s.",
			words.Upper(words.Count(len(list), "change", "changes")), strings.Join(said, "; ")),
		Detail: "That one precedes the other does not show that it is the reason.",
		Next:   []string{"What was different in it: kubectl rollout history, the commit of the configuration, and did the failures end when it was taken back?"}}}
}

// changeReasons are the reasons of events that tell a change of a workload.
var changeReasons = []string{"ScalingReplicaSet", "SuccessfulRescale", "ScaleDown", "Drain", "NodeNotReady", "NodeNotSchedulable"}

// changesTold lists the changes between two times that events, the audit log and
// objects tell.
func (p *Pass) changesTold(from, to parse.Time) (out []change) {
	for _, kind := range []parse.Kind{parse.K8sEvent, parse.K8sAudit} {
		for _, pt := range p.Of(kind) {
			at, _, placed := p.Wall(pt)
			if !placed || at < from || at > to {
				continue
			}
			if said := p.changeOf(p.At(pt)); said != "" {
				out = append(out, change{at, said, p.Ref(pt)})
			}
		}
	}
	for _, f := range p.fact(kubelet.FactChanged) {
		if f.Time >= from && f.Time <= to {
			out = append(out, change{f.Time, p.Name(f.Subject) + " " + p.Name(f.Value), f.Ref})
		}
	}
	return out
}

// changeOf says what an event changed, "" for one that changed nothing of note.
func (p *Pass) changeOf(e *parse.Event) string {
	target := p.Name(e.Target)
	if e.Kind == parse.K8sEvent {
		if reason, message := eventOf(p.Name(e.Fact)); slices.Contains(changeReasons, reason) {
			return first(message, reason) + " (" + target + ")"
		}
		return ""
	}
	object := strings.SplitN(target, "/", 3) // namespace, kind, name
	if e.Value >= 400 || len(object) < 3 || !slices.Contains(changeable, object[1]) {
		return ""
	}
	return p.Name(e.Fact) + " of " + target
}

// changeable are the kinds of objects whose change is somebody's doing, as the audit
// log's targets name them; what controllers write all the time is left out.
var changeable = []string{"deployment", "statefulset", "daemonset", "service", "node", "horizontalpodautoscaler", "configmaps", "secrets", "ingresses",
	"networkpolicies", "virtualservices", "destinationrules", "gateways", "envoyfilters", "sidecars", "peerauthentications", "authorizationpolicies",
	"httproutes", "grpcroutes", "serviceprofiles", "servers", "serverauthorizations", "poddisruptionbudgets", "mutatingwebhookconfigurations"}

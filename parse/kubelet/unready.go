package kubelet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// The reasons of events that say what a table, a page or an object shows of a state,
// where no controller's event of it was captured. The first is the node controller's,
// the second and third are those of a Deployment's and a Pod's condition (kubernetes
// pkg/controller/deployment/util, pkg/kubelet/status); NotReady is how kubectl calls a
// pod of which a container has ended well and another still runs
// (pkg/printers/internalversion/printers.go, printPod).
const (
	reasonNode     = "NodeNotReady"
	reasonWorkload = "MinimumReplicasUnavailable"
	reasonPod      = "ContainersNotReady"
	reasonHalf     = "NotReady"
	reasonFailed   = "PodFailed"
	reasonSome     = "ReplicasNotReady"
	reasonBackend  = "BackendUnhealthy"
	reasonStart    = "NotStarted"
	reasonRoute    = "InvalidRoute"
)

// shown adds an event of a state that something shows; when it began is not said.
func shown(b *parse.Batch, of, reason, message string) {
	b.Add(shownEvent(b, of, reason, message))
}

func shownEvent(b *parse.Batch, of, reason, message string) parse.Event {
	return parse.Event{Kind: parse.K8sEvent, Severity: parse.Warn, Target: b.Names.AddString(of), Fact: b.Names.AddString(reason + ": " + message)}
}

// listedNode reads a row of kubectl get nodes.
func listedNode(words []string, b *parse.Batch) parse.Verdict {
	if len(words) < 2 {
		return parse.Other
	}
	states := strings.Split(words[1], ",")
	if !slices.Contains(states, "NotReady") && !slices.Contains(states, "Unknown") || len(words) > 3 && younger(words[3], createdWithin) {
		return parse.Other
	}
	shown(b, target("", "node", bare(words[0])), reasonNode, "listed as "+words[1])
	return parse.Took
}

// listedJob reads a row of kubectl get jobs, which since 1.31 tells how the job stands
// (kubernetes pkg/printers/internalversion/printers.go, printJob).
func listedJob(words []string, namespace string, b *parse.Batch) parse.Verdict {
	if len(words) < 2 || words[1] != "Failed" && words[1] != "FailureTarget" {
		return parse.Other
	}
	shown(b, target(namespace, "job", bare(words[0])), parse.JobFailed, "listed as "+words[1])
	return parse.Took
}

// younger says whether a printed age is less than so long.
func younger(printed string, than time.Duration) bool {
	a, ok := readAge([]byte(printed))
	return ok && a.hi <= than
}

// workload reads a row of kubectl get deployments, statefulsets or daemonsets: one of
// which not all pods are ready.
func (t *listing) workload(words []string, namespace string, b *parse.Batch) parse.Verdict {
	var ready, wanted int64
	switch {
	case len(words) > 1 && isShare([]byte(words[1])):
		ready, wanted, _ = share([]byte(words[1]))
	case t.kind == "daemonset" && len(words) > 3:
		wanted, _, _ = lex.Digits([]byte(words[1]))
		ready, _, _ = lex.Digits([]byte(words[3]))
	}
	age := t.columns - 1
	if t.kind == "daemonset" {
		age-- // the head's NODE SELECTOR is one column
	}
	of, created := target(namespace, t.kind, bare(words[0])), ""
	if len(words) > age {
		created = words[age]
	}
	switch {
	case ready >= wanted:
		return parse.Other
	case ready > 0 && !younger(created, startsWithin):
		shown(b, of, reasonSome, fmt.Sprintf("%d of %d pods are ready", ready, wanted))
	case ready == 0 && !younger(created, createdWithin):
		shown(b, of, reasonWorkload, ofPods(wanted))
	default:
		return parse.Other
	}
	return parse.Took
}

// ofPods says that none of so many pods is ready.
func ofPods(wanted int64) string { return fmt.Sprintf("0 of %d pods are ready", wanted) }

// bare is a name without the kind that kubectl get all puts before it.
func bare(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// condition is one of a pod's or a node's (k8s.io/api core/v1 types.go).
type condition struct{ Type, Status, Reason, Message, LastTransitionTime string }

// conditions reads those that are understood: of a status that is copied by hand the
// quotes are lost, which makes a boolean of it.
func conditions(list []json.RawMessage) (out []condition) {
	for _, raw := range list {
		var c struct{ Type, Status, Reason, Message, LastTransitionTime json.RawMessage }
		_ = json.Unmarshal(raw, &c) // what is none has no type
		status := text(c.Status)
		switch status {
		case "true":
			status = "True"
		case "false":
			status = "False"
		}
		out = append(out, condition{text(c.Type), status, text(c.Reason), text(c.Message), text(c.LastTransitionTime)})
	}
	return out
}

// pressures are the conditions of a node that are true when it is unwell, with the
// kubelet's reason of their event.
var pressures = map[string]string{"DiskPressure": "NodeHasDiskPressure", "MemoryPressure": "NodeHasInsufficientMemory", "PIDPressure": "NodeHasInsufficientPID"}

// unwell is the reason and the message of a node's condition that says so, "" for none.
func (c *condition) unwell() (reason, message string) {
	switch {
	case c.Type == "Ready" && (c.Status == "False" || c.Status == "Unknown"):
		return reasonNode, strings.TrimSuffix("Ready is "+c.Status+": "+c.Reason, ": ")
	case c.Status == "True":
		return pressures[c.Type], c.Type + " is True"
	}
	return "", ""
}

// node reads the conditions of a Node.
func (d *dump) node(o object) {
	var n struct {
		Metadata meta
		Status   struct{ Conditions []json.RawMessage }
	}
	if json.Unmarshal(o.raw, &n) != nil {
		return
	}
	for _, c := range conditions(n.Status.Conditions) {
		if reason, message := c.unwell(); reason != "" {
			d.state(o, c.LastTransitionTime, target("", "node", n.Metadata.Name), reason, message)
		}
	}
}

// state adds an event of a state since a time that its object tells.
func (d *dump) state(o object, since, of, reason, message string) {
	m, ok := readMoment(since)
	if !ok {
		return
	}
	e, first := shownEvent(d.b, of, reason, message), len(d.b.Events)
	e.Time, e.Grain = m.at, m.grain
	d.b.Add(e)
	d.file(o, 0, len(o.raw), first)
}

// workload reads a Deployment or a StatefulSet of which no pod is ready.
func (d *dump) workload(o object, kind string) {
	var w struct {
		Metadata meta
		Spec     struct{ Replicas *int64 }
		Status   struct {
			ReadyReplicas, Replicas int64
			Conditions              []json.RawMessage
		}
	}
	if json.Unmarshal(o.raw, &w) != nil || w.Spec.Replicas == nil || w.Status.ReadyReplicas > 0 {
		return
	}
	if min(*w.Spec.Replicas, w.Status.Replicas) == 0 {
		return
	}
	for _, c := range conditions(w.Status.Conditions) {
		if c.Type == "Available" && c.Status == "False" {
			d.state(o, c.LastTransitionTime, target(w.Metadata.Namespace, kind, w.Metadata.Name), reasonWorkload, ofPods(*w.Spec.Replicas))
		}
	}
}

// half says of a pod that one of its containers has ended well while a proxy beside it
// runs on.
func (d *dump) half(o object, p *pod, statuses []status) {
	ended, runs := "", ""
	for _, s := range statuses {
		switch {
		case s.State.Terminated != nil && s.State.Terminated.ExitCode == 0 && ended == "":
			ended = s.State.Terminated.FinishedAt
		case s.State.Running != nil && (s.Name == proxyContainer || s.Name == "istio-proxy"):
			runs = s.Name
		}
	}
	if ended != "" && runs != "" {
		d.state(o, ended, target(p.Metadata.Namespace, "pod", p.Metadata.Name), reasonHalf, "a container has ended, "+runs+" still runs")
	}
}

// backendsKey is the annotation by which GKE's ingress tells the health of its backends
// (ingress-gce pkg/annotations/ingress.go).
const backendsKey = "ingress.kubernetes.io/backends"

// shownBackends adds an event of each backend in an ingress's annotation that is not
// healthy, and says whether there was one.
func shownBackends(b *parse.Batch, of string, value []byte) (any bool) {
	var states map[string]string
	if json.Unmarshal(value, &states) != nil {
		return false
	}
	for _, name := range slices.Sorted(maps.Keys(states)) {
		if states[name] == "UNHEALTHY" {
			shown(b, of, reasonBackend, name+" is UNHEALTHY")
			any = true
		}
	}
	return any
}

// backends reads that annotation in a page of describe.
func (p *page) backends(l *parse.Line, b *parse.Batch) bool {
	_, value, ok := bytes.Cut(l.Text, []byte(backendsKey+":"))
	if !ok {
		return false
	}
	return shownBackends(b, target(p.namespace, "ingress", p.name), trim(value))
}

// ingress reads it in an Ingress, which does not say since when it is so.
func (d *dump) ingress(o object) {
	var in struct{ Metadata meta }
	if json.Unmarshal(o.raw, &in) != nil {
		return
	}
	first := len(d.b.Events)
	shownBackends(d.b, target(in.Metadata.Namespace, "ingress", in.Metadata.Name), []byte(in.Metadata.Annotations[backendsKey]))
	d.file(o, 0, len(o.raw), first)
}

// unwell adds what an object of a kind shows of its state, if that is no good one.
func (d *dump) unwell(o object, kind string) {
	switch kind {
	case "Node":
		d.node(o)
	case "Deployment", "StatefulSet":
		d.workload(o, kind)
	case "Ingress":
		d.ingress(o)
	case "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute":
		d.route(o, kind)
	}
}

// route reads a route of the Gateway API that its controller does not take, or whose
// backends it does not find (gateway-api apis/v1/httproute_types.go).
func (d *dump) route(o object, kind string) {
	var r struct {
		Metadata meta
		Status   struct {
			Parents []struct{ Conditions []json.RawMessage }
		}
	}
	if json.Unmarshal(o.raw, &r) != nil {
		return
	}
	for _, parent := range r.Status.Parents {
		for _, c := range conditions(parent.Conditions) {
			if c.Status == "False" && (c.Type == "ResolvedRefs" || c.Type == "Accepted") {
				d.state(o, c.LastTransitionTime, target(r.Metadata.Namespace, kind, r.Metadata.Name), reasonRoute, c.Type+" is False: "+c.Reason+": "+c.Message)
			}
		}
	}
}

// unready adds what a pod's containers together show.
func (d *dump) unready(o object, p *pod, statuses []status) {
	d.half(o, p, statuses)
	if p.Status.Phase != "Running" || slices.ContainsFunc(statuses, func(s status) bool { return s.State.Running == nil }) {
		return
	}
	unready, all := int64(0), int64(len(statuses))
	for _, s := range statuses {
		if text(s.Ready) == "false" {
			unready++
		}
	}
	if unready == 0 { // of most pods the conditions need not be read
		return
	}
	for _, c := range conditions(p.Status.Conditions) {
		if c.Type == "Ready" && c.Status == "False" && c.Reason == reasonPod {
			d.state(o, c.LastTransitionTime, target(p.Metadata.Namespace, "pod", p.Metadata.Name), reasonPod, ofContainers(unready, all))
		}
	}
}

// ofContainers says that so many containers of a pod are not ready though they run.
func ofContainers(unready, all int64) string {
	return fmt.Sprintf("%d of %d containers run and are not ready", unready, all)
}

// endpoints states how many addresses a Service has, of its page.
func (p *page) endpoints(l *parse.Line, key string, value []byte, b *parse.Batch) bool {
	if key != "Endpoints" || p.name == "" || p.kind != anObject && p.kind != "service" && p.kind != "" {
		return false
	}
	subject, ready := p.namespace+"/"+p.name, 0
	if len(value) > 0 && string(value) != none {
		ready = 1 + bytes.Count(value, []byte{','})
	}
	b.Fact(l, b.Names.AddString(subject), FactEndpoints, fmt.Sprintf("%s ready=%d", subject, ready), 0, 0)
	p.is("service")
	return true
}

// nodeCondition reads a row of a node's conditions in a page of describe, which has two
// times: of the last heartbeat and of the last change. A pod's row has none. The node is
// named where the page is.
func nodeCondition(l *parse.Line, name string, b *parse.Batch) bool {
	word, rest := next(l.Text[indentOf(l.Text):])
	if string(word) != "Ready" && pressures[string(word)] == "" {
		return false
	}
	status, rest := next(rest)
	c := condition{Type: string(word), Status: string(status)}
	_, n, ok := lex.RFC1123Z(trim(rest))
	if !ok {
		return false
	}
	rest = trim(trim(rest)[n:])
	at, n, ok := lex.RFC1123Z(rest)
	if !ok {
		return false
	}
	word, _ = next(rest[n:])
	c.Reason = string(word)
	reason, message := c.unwell()
	if reason == "" {
		return false
	}
	of := ""
	if name != "" {
		of = target("", "node", name)
	}
	l.AtPrinted(at)
	e := shownEvent(b, of, reason, message)
	e.Time, e.Grain = l.Own, l.Grain
	b.Add(e)
	return true
}

// replicas reads how many pods of a Deployment are available in its page: "3 desired | 3
// updated | 3 total | 0 available | 3 unavailable".
func (p *page) replicas(key string, value []byte, b *parse.Batch) bool {
	if key != "Replicas" {
		return false
	}
	words := strings.Fields(string(value))
	i, j := slices.Index(words, "desired"), slices.Index(words, "available")
	if i <= 0 || j <= 0 || words[j-1] != "0" {
		return false
	}
	wanted, _, _ := lex.Digits([]byte(words[i-1]))
	p.is("deployment")
	if wanted == 0 {
		return false
	}
	shown(b, p.target(), reasonWorkload, ofPods(wanted))
	return true
}

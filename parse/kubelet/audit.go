package kubelet

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// auditGroup stands in every event of an audit log, and in no other object.
const auditGroup = `"audit.k8s.io/`

// Audit is the API server's audit log: who asked it to change what, and which
// requests it failed.
var Audit = &parse.Format{
	Name: "audit",
	Role: parse.RoleAbout, Lane: parse.LaneKubelet, Need: "events",
	Origin: "kube-apiserver with --audit-log-path, audit.k8s.io/v1 since 1.12 (kubernetes staging/src/k8s.io/apiserver/pkg/apis/audit/v1/types.go)",
	Doc: `Audit log of the kube-apiserver: requests that changed something, and those that failed; leases, events and status updates are passed over.
{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"3d0c6a0e-1111-4222-8333-444455556666","stage":"ResponseComplete","requestURI":"/apis/apps/v1/namespaces/shop/deployments/web","verb":"patch","user":{"username":"alice"},"objectRef":{"resource":"deployments","namespace":"shop","name":"web"},"responseStatus":{"code":200},"requestReceivedTimestamp":"2025-03-04T09:15:21.401000Z","stageTimestamp":"2025-03-04T09:15:21.410000Z"}`,
	Needles: []string{auditGroup},
	Line:    auditLine,
	Detail:  auditDetail,
}

// auditEvent is an Event of audit.k8s.io, without the objects in it.
type auditEvent struct {
	Kind, Stage, AuditID, Verb, RequestURI, UserAgent string
	User                                              struct{ Username string }
	ImpersonatedUser                                  *struct{ Username string }
	ObjectRef                                         struct{ Resource, Namespace, Name, Subresource, APIGroup string }
	ResponseStatus                                    struct {
		Code            int64
		Reason, Message string
	}
	RequestReceivedTimestamp, StageTimestamp string
}

// auditLine reads one event of an audit log.
func auditLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	if l.Text[0] != '{' || !bytes.Contains(l.Text, []byte(auditGroup)) {
		return parse.NotMine
	}
	var v auditEvent
	if json.Unmarshal(l.Text, &v) != nil || v.Kind != "Event" {
		return parse.Malformed
	}
	from, ok := readMoment(v.RequestReceivedTimestamp)
	if !ok {
		if from, ok = readMoment(v.StageTimestamp); !ok {
			return parse.Malformed
		}
	}
	l.Own, l.Grain, l.Clock = from.at, from.grain, parse.ClockWall
	if !v.matters() {
		return parse.Other
	}
	e := parse.Event{Kind: parse.K8sAudit, Severity: parse.Info, Target: b.Names.AddString(v.target()), Fact: b.Names.AddString(v.Verb),
		Value: float64(v.ResponseStatus.Code), Print: lex.Fingerprint([]byte(v.AuditID + v.Stage))}
	if to, ok := readMoment(v.StageTimestamp); ok {
		e.Lasted = max(0, to.since(from))
	}
	switch {
	case v.ResponseStatus.Code >= 500:
		e.Severity = parse.Error
	case v.ResponseStatus.Code >= 400:
		e.Severity = parse.Warn
	}
	b.Add(e)
	return parse.Took
}

var (
	// changing are the verbs that change something.
	changing = []string{"create", "update", "patch", "delete", "deletecollection"}
	// routine are resources that are changed all the time, by whoever lives.
	routine = []string{"leases", "events", "tokenreviews", "subjectaccessreviews", "selfsubjectaccessreviews", "localsubjectaccessreviews",
		"selfsubjectrulesreviews", "selfsubjectreviews"}
	// telling are the parts of an object whose change is somebody's doing.
	telling = []string{"", "scale", "eviction", "binding", "exec", "rollback", "ephemeralcontainers", "resize"}
)

// matters says whether a request is told as an event: a change that is no
// routine, a request that the server failed, or one that it refused to take for
// its load. Every request is logged at several stages; the last one counts.
func (v *auditEvent) matters() bool {
	code := v.ResponseStatus.Code
	switch {
	case v.Stage != "ResponseComplete" && v.Stage != "Panic":
		return false
	case code >= 500 || code == 429 || v.Stage == "Panic":
		return true
	case code == 409 || code == 404: // somebody was faster, and tries again
		return false
	}
	return slices.Contains(changing, v.Verb) && !slices.Contains(routine, v.ObjectRef.Resource) &&
		slices.Contains(telling, v.ObjectRef.Subresource)
}

// kinds are the kinds whose objects other formats name, by resource.
var kinds = map[string]string{"pods": "pod", "endpoints": "endpoints", "nodes": "node", "services": "service", "deployments": "deployment",
	"replicasets": "replicaset", "statefulsets": "statefulset", "daemonsets": "daemonset", "endpointslices": "endpointslice",
	"horizontalpodautoscalers": "horizontalpodautoscaler"}

// target names the object as events of the API do, or the path that was asked for.
func (v *auditEvent) target() string {
	o := &v.ObjectRef
	if o.Resource == "" {
		path, _, _ := strings.Cut(v.RequestURI, "?")
		return path
	}
	kind := kinds[o.Resource]
	if kind == "" {
		kind = o.Resource
	}
	return target(o.Namespace, kind, o.Name)
}

// userClass says what kind of user asked; a person's name is shown as it is.
func (v *auditEvent) userClass() string {
	name := v.User.Username
	switch {
	case strings.HasPrefix(name, "system:serviceaccount:"):
		return "service account"
	case strings.HasPrefix(name, "system:node:"):
		return "node"
	case name == "system:anonymous" || name == "system:unsecured":
		return "anonymous"
	case strings.HasPrefix(name, "system:"):
		return "control plane"
	}
	return "user"
}

// auditDetail shows an event of an audit log.
func auditDetail(text []byte, d *parse.Detail) {
	var v auditEvent
	if json.Unmarshal(text, &v) != nil {
		d.Message = string(text)
		return
	}
	d.RawTime = v.RequestReceivedTimestamp
	what := v.ObjectRef.Resource
	if v.ObjectRef.Subresource != "" {
		what += "/" + v.ObjectRef.Subresource
	}
	said := v.User.Username + ": " + v.Verb + " " + what + " " + v.ObjectRef.Name + " -> " +
		strconv.FormatInt(v.ResponseStatus.Code, 10) + " " + v.ResponseStatus.Reason
	d.Message = strings.Join(strings.Fields(said), " ")
	set(d, "verb", v.Verb)
	set(d, "resource", what)
	set(d, "user", v.User.Username)
	d.Set("user_class", v.userClass())
	if v.ImpersonatedUser != nil {
		set(d, "as", v.ImpersonatedUser.Username)
	}
	d.Set("status", strconv.FormatInt(v.ResponseStatus.Code, 10))
	set(d, "reason", v.ResponseStatus.Reason)
	set(d, "agent", v.UserAgent)
	if from, ok := readMoment(v.RequestReceivedTimestamp); ok {
		if to, ok := readMoment(v.StageTimestamp); ok {
			d.Set("took", to.since(from).Round(time.Microsecond).String())
		}
	}
}

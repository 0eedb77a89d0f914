package kubelet

import (
	"bytes"

	"faultline/parse"
)

// Spoken are lines that kubectl, or the API server through it, says itself where
// the log of a container was asked for.
var Spoken = &parse.Format{
	Name: "kubectl",
	Role: parse.RoleAbout, Lane: parse.LaneOther,
	Origin: "kubectl logs and cluster-info dump (kubernetes staging/src/k8s.io/kubectl/pkg/cmd/{logs,clusterinfo}), the kubelet's answers (pkg/kubelet/kubelet_pods.go)",
	Doc: `What kubectl says itself where a log was asked for: why there is none.
Request log error: the server rejected our request for an unknown reason (get pods web-0)
Error from server (BadRequest): previous terminated container "web" in pod "web-0" not found`,
	Hints: answers,
	Line:  spoken,
}

// answers begin the lines that kubectl prints of its own.
var answers = []string{
	"Request log error: ",
	"Create log error: ",
	"Error from server (",
	"Error from server: ",
	"unable to retrieve container logs for ",
	"failed to try resolving symlinks in path ",
	"failed to open log file ",
	"rpc error: code = NotFound desc = an error occurred when try to find container ",
	"Defaulted container ",
	"Defaulting container name to ",
	"error: a container name must be specified for pod ",
	"Unable to connect to the server: ",
	"No resources found",
	"Use 'kubectl describe pod/",
}

// FactNotCaptured is what kubectl said in place of a log.
const FactNotCaptured = "not_captured"

// failed adds an event of what kubectl says when the API server, or what it asks,
// did not answer: a webhook in the way of what was applied (kubernetes
// staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/errors/statuserror.go), its
// store, or the server itself.
func failed(l *parse.Line, b *parse.Batch) bool {
	text := l.Text
	e := parse.Event{Kind: parse.ControllerLookupFailed, Severity: parse.Error, Fact: b.Names.Add(clip(text))}
	_, hook, called := bytes.Cut(text, []byte("failed calling webhook "))
	switch {
	case called:
		name, why, _ := bytes.Cut(bytes.TrimLeft(hook, `"\`), []byte{'"'})
		e.Kind, e.Target, e.Fact = parse.WebhookFailed, b.Names.Add(bytes.TrimRight(name, `\`)), b.Names.Add(clip(bytes.TrimLeft(why, ": ")))
	case has(text, "Unable to connect to the server: "), bytes.Contains(text, []byte("etcdserver: ")), has(text, "Error from server (Timeout)"), has(text, "Error from server (TooManyRequests)"):
	default:
		return false
	}
	l.AtPrefix()
	b.Add(e)
	return true
}

func spoken(l *parse.Line, b *parse.Batch) parse.Verdict {
	for _, a := range answers {
		if !has(l.Text, a) {
			continue
		}
		if failed(l, b) {
			return parse.Took
		}
		of := parse.Subject(string(l.Prefix.Namespace), string(l.Prefix.Pod), string(l.Prefix.Container))
		b.Fact(l, b.Names.AddString(of), FactNotCaptured, string(l.Text[:min(len(l.Text), longest)]), 0, 0)
		return parse.Took
	}
	return parse.NotMine
}

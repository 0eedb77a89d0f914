package kubelet

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// Pods are the tables of `kubectl get pods`, of which only restarts are taken.
var Pods = &parse.Format{
	Name: "pods",
	Doc: `Tables of kubectl get pods, with -A and -o wide: which pods there were, and how often their containers restarted.
NAME                                  READY   STATUS    RESTARTS      AGE
linkerd-destination-7d4b9c6f5-mv9qd   4/4     Running   2 (3m ago)    6m44s`,
	Origin: "kubectl get pods; restarts with their age since kubectl 1.22",
	Role:   parse.RoleAbout, Lane: parse.LaneKubelet, Need: "pods",
	Hints:  podHints(),
	Line:   podLine,
	Detail: parse.RowDetail,
}

// podHints are the last column of a head that names the restarts, and what a row
// has as its status, behind the spaces between two columns (kubernetes
// pkg/printers/internalversion/printers.go, printPod).
func podHints() (out []string) {
	for _, status := range []string{"Running", "Pending", "Completed", "Error", "Failed", "Succeeded", "Unknown", "Terminating", "Terminated", "Evicted", "OOMKilled",
		"NotReady", "NodeLost", "Init:", "PodInitializing", "ContainerCreating", "ContainerCannotRun", "ContainerStatusUnknown", "CreateContainer", "CrashLoopBackOff",
		"ImagePullBackOff", "ErrImage", "InvalidImageName", "RunContainerError", "StartError", "PostStartHookError", "DeadlineExceeded", "Signal:", "ExitCode:",
		"SchedulingGated", "UnexpectedAdmissionError", "NodeAffinity", "OutOf"} {
		out = append(out, "  "+status)
	}
	return append(out, "RESTARTS", " "+forwarded)
}

// podRow is a row of the table.
type podRow struct {
	namespace, name, ready, status, restarts, node string
	// since is the age of the pod, ended that of the latest end of a container.
	since, ended []byte
}

func podLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	text := bytes.TrimRight(l.Text, " \t")
	if podHeading(text) {
		return parse.Other
	}
	var r podRow
	if !r.read(text) {
		return parse.NotMine
	}
	subject := b.Names.AddString(parse.Subject(r.namespace, r.name, ""))
	b.Fact(l, subject, FactListed, r.status, 0, 0)
	if r.node != "" {
		b.Fact(l, subject, parse.FactNode, r.node, 0, 0)
	}
	ageFact(l, b, subject, parse.AgeCreated, r.since)
	_, containers, _ := strings.Cut(r.ready, "/")
	restarts, _, _ := strings.Cut(r.restarts, " ")
	ageFact(l, b, subject, parse.AgeEnded+" "+restarts+"/"+containers, r.ended)
	unwell := r.unwell(b)
	switch {
	case r.restarts == "" && unwell:
		return parse.Took
	case r.restarts == "0" && unwell:
		return parse.Took
	case r.restarts == "0" || r.restarts == "":
		return parse.Other
	}
	b.Fact(l, subject, FactRestarts, r.restarts, 0, 0)
	return parse.Took
}

// unwell adds an event of a pod that the table shows in a state that no healthy
// one has; when it came into it is not said.
func (r *podRow) unwell(b *parse.Batch) bool {
	of := r.namespace + "/" + r.name
	if stuck(strings.TrimPrefix(r.status, "Init:"), parse.Event{Target: b.Names.AddString(of)}, b) {
		return true
	}
	ready, all, _ := share([]byte(r.ready))
	restarts, _, _ := lex.Digits([]byte(r.restarts))
	ended, again := readAge(r.ended)
	often := again && restarts >= oftenRestarted && ended.hi < recently
	since, aged := readAge(r.since)
	switch {
	case endedBadly(r.status) && !often:
		shown(b, of, reasonFailed, "listed as "+r.status)
	case ready >= all:
		return false
	case r.status == reasonHalf:
		shown(b, of, reasonHalf, fmt.Sprintf("a container has ended, %d of %d still runs", ready, all))
	case (r.status == "Running" || r.status == "Error") && often:
		b.Add(parse.Event{Kind: parse.ContainerCrashLoop, Severity: parse.Warn, Target: b.Names.AddString(of)})
	case r.status == "Running" && aged && since.lo > startsWithin:
		shown(b, of, reasonPod, ofContainers(all-ready, all))
	case aged && since.lo > startsWithin && starting(r.status):
		shown(b, of, reasonStart, "listed as "+r.status+" after "+string(r.since))
	default:
		return false
	}
	return true
}

// endedBadly says whether a state is one of a pod that ended badly, or of which nothing is
// known any more.
func endedBadly(status string) bool {
	switch status {
	case "Error", "Failed", "Unknown", "ContainerStatusUnknown", "NodeLost", "StartError", "ContainerCannotRun", "UnexpectedAdmissionError", "DeadlineExceeded":
		return true
	}
	return false
}

// starting says whether a state is one that a pod goes through before it runs.
func starting(status string) bool {
	switch status {
	case "Pending", "ContainerCreating", "PodInitializing":
		return true
	}
	return false
}

const (
	// oftenRestarted is from how many restarts on a pod that is not ready, and was
	// restarted within the last minutes, ends again and again: the kubelet waits up to
	// five minutes between them.
	oftenRestarted = 3
	recently       = 10 * time.Minute
	// startsWithin is how long a pod may take to become ready before a table that shows
	// it otherwise tells something.
	startsWithin = 5 * time.Minute
	// createdWithin is how old a node, or a workload without a pod that is ready, may be
	// to be only starting.
	createdWithin = time.Minute
)

// stuck adds an event of a container that waits, or ended, in a state that no
// healthy one has; e is what else is known of it.
func stuck(state string, e parse.Event, b *parse.Batch) bool {
	e.Kind, e.Severity = parse.K8sEvent, parse.Warn
	reason := func(text string) parse.Name { return b.Names.AddString(ofContainer(text, b.Names.Text(e.Fact))) }
	switch state {
	case "CrashLoopBackOff":
		e.Kind = parse.ContainerCrashLoop
	case "ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError":
		e.Fact = reason("Failed: " + state)
	case "RunContainerError":
		e.Fact = reason("Failed: CreateContainer: RunContainerError")
	case "InvalidImageName":
		e.Fact = reason("InspectFailed: InvalidImageName")
	case "OOMKilled":
		e.Kind, e.Class, e.Value = parse.ContainerTerminated, uint8(parse.EndOOMKilled), 137
	case "Evicted":
		e.Fact = b.Names.AddString("Evicted: listed as evicted")
	default:
		return false
	}
	b.Add(e)
	return true
}

func podHeading(line []byte) bool {
	if !bytes.Contains(line, []byte("RESTARTS")) {
		return false
	}
	words := strings.Fields(string(line))
	if len(words) > 0 && words[0] == "NAMESPACE" {
		words = words[1:]
	}
	return len(words) >= 5 && strings.Join(words[:5], " ") == "NAME READY STATUS RESTARTS AGE"
}

// read takes a line apart if it can only be a row: a name, so many of so many
// containers, a state, a number and an age. Every column but these is open.
func (r *podRow) read(line []byte) bool {
	if w, ok := leading(line); ok && !isShare(w[1]) && !isShare(w[2]) {
		return false
	}
	words := bytes.Fields(line)
	if k9s := slices.IndexFunc(words[:min(3, len(words))], func(w []byte) bool { return string(w) == forwarded }); k9s > 0 {
		return r.terminals(slices.Delete(words, k9s, k9s+1))
	}
	at := 1
	if len(words) >= 6 && isShare(words[2]) {
		r.namespace, at = string(words[0]), 2
		if !label(words[0]) {
			return false
		}
	}
	if len(words) < at+4 || !isShare(words[at]) || !isPodName(words[at-1]) {
		return false
	}
	r.name, r.ready, r.status = string(words[at-1]), string(words[at]), string(words[at+1])
	if !isLetter(r.status[0]) || r.status[0] > 'Z' {
		return false
	}
	restarts := words[at+2]
	if _, n, ok := lex.Digits(restarts); !ok || n != len(restarts) {
		return false
	}
	r.restarts = string(restarts)
	words = words[at+3:]
	if len(words) >= 3 && words[0][0] == '(' && string(words[1]) == "ago)" {
		if _, ok := readAge(words[0][1:]); !ok {
			return false
		}
		r.ended = words[0][1:]
		r.restarts += " " + string(words[0]) + " ago)"
		words = words[2:]
	}
	r.node, r.since = wideNode(words[1:]), words[0]
	_, ok := readAge(words[0])
	return ok || string(words[0]) == unknownAge
}

// ageFact states how long ago something was when the table was printed.
func ageFact(l *parse.Line, b *parse.Batch, subject parse.Name, what string, printed []byte) {
	if a, ok := readAge(printed); ok {
		b.Fact(l, subject, parse.FactAge, what, a.time(), (a.hi-a.lo+stored)/2)
	}
}

// wideNode is the node in the columns behind the age, which -o wide adds: the
// pod's address, then its node.
func wideNode(words [][]byte) string {
	if len(words) < 2 || !isPodName(words[1]) {
		return ""
	}
	if string(words[0]) != none && (len(bytes.Trim(words[0], "0123456789abcdef.:")) > 0 || !bytes.ContainsAny(words[0], ".:")) {
		return ""
	}
	return string(words[1])
}

// none is what kubectl prints for a value that there is not.
const none = "<none>"

// forwarded is the mark that k9s shows behind the name of each pod, for its ports
// (k9s internal/render/pod.go, column PF).
const forwarded = "●"

// terminals reads a row that was copied from k9s, without its mark: it has more
// columns than kubectl's, in another order, and a narrow screen cuts them off.
func (r *podRow) terminals(words [][]byte) bool {
	if len(words) > 3 && isShare(words[2]) && label(words[0]) {
		r.namespace, words = string(words[0]), words[1:]
	}
	if len(words) < 3 || !isPodName(words[0]) || !isShare(words[1]) || !isLetter(words[2][0]) || words[2][0] > 'Z' {
		return false
	}
	r.name, r.ready, r.status = string(words[0]), string(words[1]), string(words[2])
	return true
}

// leading gives the first words of a line, at less than all of them cost; ok is
// false where something but ASCII stands among them.
func leading(line []byte) (w [3][]byte, ok bool) {
	for i := range w {
		line = bytes.TrimLeft(line, " \t\r\n\v\f")
		n := 0
		for n < len(line) && line[n] > ' ' && line[n] < 0x80 {
			n++
		}
		if n < len(line) && line[n] >= 0x80 {
			return w, false
		}
		w[i], line = line[:n], line[n:]
	}
	return w, true
}

// share reads "1/2".
func share(b []byte) (ready, all int64, ok bool) {
	part, whole, ok := bytes.Cut(b, []byte{'/'})
	ready, n, ok1 := lex.Digits(part)
	all, m, ok2 := lex.Digits(whole)
	return ready, all, ok && ok1 && ok2 && n == len(part) && m == len(whole)
}

func isShare(b []byte) bool {
	_, _, ok := share(b)
	return ok
}

// isPodName says whether b can be the name of a pod (RFC 1123, with dots).
func isPodName(b []byte) bool {
	for _, part := range bytes.Split(b, []byte{'.'}) {
		if !label(part) && len(part) <= 63 {
			return false
		}
	}
	return len(b) > 0 && len(b) <= 253
}

package parse

import (
	"bytes"
	"strings"

	"faultline/parse/lex"
)

// `minikube logs` prints the logs of a cluster's programs one behind the other,
// each behind a line that names it, a container with its ID (minikube
// pkg/minikube/logs/logs.go, OutputLastStart and Output):
//
//	==> coredns [9f8e7d6c5b4a] <==
//
// `tail -n +1 FILES` and head put the name of each file so.
const (
	headOpens  = "==> "
	headCloses = " <=="
	// minHeads is how many such lines make a source one of this kind.
	minHeads = 2
	// containerStatus is the section that lists the containers by their IDs, as
	// crictl ps --all does.
	containerStatus = "container status"
)

// heading reads a line that names what follows.
func heading(line []byte) (name string, ok bool) {
	line = bytes.TrimRight(lex.TrimEOL(bytes.TrimSuffix(line, []byte{'\n'})), " ")
	text, ok := bytes.CutPrefix(line, []byte(headOpens))
	if !ok {
		return "", false
	}
	text, ok = bytes.CutSuffix(text, []byte(headCloses))
	return string(text), ok && len(text) > 0
}

// minikubeTool is what writes such sections for containers by their IDs.
const minikubeTool = "minikube logs"

// tool is the one that wrote a source with headings, "" for any other.
func (p *plan) tool(head []byte) string {
	for _, name := range []string{"Last Start", containerStatus} {
		if p.headed && bytes.Contains(head, []byte(headOpens+name+headCloses)) {
			return minikubeTool
		}
	}
	return ""
}

// headed says whether the lines are of a source with such sections.
func headed(lines [][]byte) bool {
	n := 0
	for _, line := range lines {
		if _, ok := heading(line); ok {
			n++
		}
	}
	return n >= minHeads
}

// whose is whom a heading names: a container, which the table of containers
// may have told more of, or what the name of a file says.
func (t containers) whose(name string) *Prefix {
	if container, id, ok := strings.Cut(strings.TrimSuffix(name, "]"), " ["); ok && isLabel(container) {
		for listed, who := range t {
			if len(id) >= 12 && len(listed) >= 12 && listed[:12] == id[:12] && string(who.Container) == container {
				return &who
			}
		}
		return &Prefix{Container: []byte(container)}
	}
	namespace, pod, container := OwnerOfName(name)
	return &Prefix{Namespace: []byte(namespace), Pod: []byte(pod), Container: []byte(container)}
}

// containers are those that a table of container status lists, by ID.
type containers map[string]Prefix

// row takes a line of the table:
//
//	CONTAINER      IMAGE          CREATED         STATE    NAME     ATTEMPT  POD ID         POD                       NAMESPACE
//	c0ffee123456a  1a2b3c4d5e6f7  59 minutes ago  Running  coredns  2        aa11bb22cc33d  coredns-7db6d8ff4d-x2k4q  kube-system
//
// CREATED is several words; the columns are counted from behind, where STATE is.
// Of the containers of one name in a pod the latest attempt is the current one.
func (t containers) row(line []byte) {
	f := strings.Fields(string(line))
	at := -1
	for i, word := range f {
		switch word {
		case "Running", "Exited", "Created", "Unknown":
			if i >= 3 {
				at = i
			}
		}
		if at >= 0 {
			break
		}
	}
	if at < 0 || len(f) < at+5 || !wholeNumber(f[at+2]) || !isLabel(f[at+1]) {
		return
	}
	who := Prefix{Container: []byte(f[at+1]), Pod: []byte(f[at+4]), Instance: InstanceCurrent}
	if len(f) > at+5 {
		who.Namespace = []byte(f[at+5])
	}
	// Rows of one container stand newest first.
	for id, had := range t {
		if !bytes.Equal(had.Pod, who.Pod) || !bytes.Equal(had.Container, who.Container) {
			continue
		}
		if id == f[0] {
			return
		}
		who.Instance = max(who.Instance, had.Instance+1)
	}
	who.Instance = min(who.Instance, InstanceRotated)
	t[f[0]] = who
}

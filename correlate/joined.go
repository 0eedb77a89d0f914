package correlate

import (
	"path"
	"strings"

	"faultline/parse"
)

// joinedName takes apart a file's name in which a collector joined a pod's name
// with those of its namespace or container by hyphens, which all of them may
// hold: NS-POD, logs-POD-CONTAINER-STAMP, POD-CONTAINER. The pods that the dump
// knows tell where one ends; the longest name wins, and of two as long none.
func joinedName(source string, pods map[string]*pod) (id Identity, ok bool) {
	base := path.Base(source)
	tie := false
	at := 0
	for name := range pods {
		if len(name) < len(id.Pod) {
			continue
		}
		i, holds := holdsPart(base, name)
		switch {
		case !holds || !pods[name].fits(base, i, name):
		case len(name) > len(id.Pod):
			id, at, tie = Identity{Pod: name, ByPath: true}, i, false
		default:
			tie = true
		}
	}
	if id.Pod == "" || tie {
		return Identity{}, false
	}
	p := pods[id.Pod]
	id.Namespace = p.namespace
	rest := strings.TrimLeft(base[at+len(id.Pod):], "-_.")
	for _, c := range p.containers {
		if len(c) > len(id.Container) && strings.HasPrefix(rest, c) && (len(rest) == len(c) || strings.IndexByte("-_.", rest[len(c)]) >= 0) {
			id.Container = c
		}
	}
	return id, true
}

// fits says whether what stands before and behind a pod's name can stand there:
// its namespace or a word of the collector's, and one of its containers, a
// stamp or a word.
func (p *pod) fits(base string, at int, name string) bool {
	before := strings.TrimRight(base[:at], "-_.")
	switch before {
	case "", p.namespace, "logs", "log", "metrics", "pod", "describe":
	default:
		return false
	}
	rest := strings.TrimLeft(base[at+len(name):], "-_.")
	if rest == "" || rest[0] >= '0' && rest[0] <= '9' {
		return true
	}
	for _, word := range append([]string{"previous", "prev", "log", "txt"}, p.containers...) {
		if strings.HasPrefix(rest, word) && (len(rest) == len(word) || strings.IndexByte("-_.", rest[len(word)]) >= 0) {
			return true
		}
	}
	return false
}

// holdsPart says where a name stands in another, with a hyphen or something
// that no name holds on either side.
func holdsPart(base, name string) (at int, ok bool) {
	for from := 0; ; {
		i := strings.Index(base[from:], name)
		if i < 0 {
			return 0, false
		}
		i += from
		end := i + len(name)
		if (i == 0 || base[i-1] == '-' || !nameByte(base[i-1])) && (end == len(base) || base[end] == '-' || !nameByte(base[end])) {
			return i, true
		}
		from = i + 1
	}
}

// namedInEvents lists the pods that events of the API are of: "namespace/pod".
func namedInEvents(c *parse.Capture, add func(namespace, pod, container string)) {
	seen := map[parse.Name]bool{}
	for s := range c.Streams {
		if !about(&c.Streams[s]) {
			continue
		}
		for i := range c.Streams[s].Events {
			e := &c.Streams[s].Events[i]
			switch e.Kind {
			case parse.KubeletProbeFailed, parse.K8sEvent, parse.ContainerStarted, parse.ContainerTerminated, parse.KubeletReadiness:
			default:
				continue
			}
			if seen[e.Target] {
				continue
			}
			seen[e.Target] = true
			if namespace, name, ok := strings.Cut(c.Name(e.Target), "/"); ok && !strings.Contains(name, "/") {
				add(namespace, name, "")
			}
		}
	}
}

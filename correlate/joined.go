package correlate

import (
	"iter"
	"path"
	"slices"
	"strings"

	"faultline/parse"
)

// podIn finds the longest name of a known pod that stands in a path, with no
// letter, digit or hyphen on either side.
func podIn(path string, pods roster) (name string, at int) {
	for i, end := range within(path, false) {
		if w := path[i:end]; len(w) > len(name) && pods[w] != nil {
			name, at = w, i
		}
	}
	return name, at
}

// within gives each part of a text that could be a name: from where one can
// begin to where one can end. Hyphens may be such places too.
func within(s string, hyphens bool) iter.Seq2[int, int] {
	inner := func(i int) bool { return i >= 0 && i < len(s) && nameByte(s[i]) && !(hyphens && s[i] == '-') }
	var begins, ends []int
	for i := range len(s) {
		if inner(i) && !inner(i-1) {
			begins = append(begins, i)
		}
		if inner(i) && !inner(i+1) {
			ends = append(ends, i+1)
		}
	}
	return func(yield func(int, int) bool) {
		for n, i := range begins {
			for _, end := range ends[n:] {
				if end-i > maxName || !yield(i, end) {
					break
				}
			}
		}
	}
}

// maxName is the longest name of a pod (RFC 1123, as Kubernetes asks for it).
const maxName = 253

// joinedName takes apart a name in a path in which a collector joined a pod's
// name with those of its namespace or container by hyphens, which all of them
// may hold: NS-POD, logs-POD-CONTAINER-STAMP, pod-POD-container-CONTAINER. The
// pods that the dump knows tell where one ends; the longest name wins. Where
// several as long fit, tie lists them, and none is taken.
func joinedName(source string, pods roster) (id Identity, tie []string) {
	const folders = 3 // a log's own name, and those of its pod and namespace
	dir := source
	for range folders {
		if id, tie = joinedIn(path.Base(dir), pods); id.Pod != "" || tie != nil {
			break
		}
		dir = path.Dir(dir)
	}
	return id, tie
}

// joinedIn does so for one part of a path.
func joinedIn(base string, pods roster) (id Identity, tie []string) {
	for i, end := range within(base, true) {
		name := base[i:end]
		p := pods[name]
		if p == nil || len(name) < len(id.Pod) || name == id.Pod || !p.precedes(base[:i]) {
			continue
		}
		switch container, fits := p.behind(base[end:]); {
		case !fits:
		case len(name) > len(id.Pod):
			id, tie = Identity{Namespace: p.namespaceIn(base[:i]), Pod: name, Container: container, ByPath: true}, nil
		default:
			tie = append(tie, name)
		}
	}
	if tie == nil {
		return id, nil
	}
	tie = append(tie, id.Pod)
	slices.Sort(tie)
	return Identity{}, slices.Compact(tie)
}

// Separators within a joined name.
const separators = "-_.= +,:@"

// Words that collectors put before a pod's name, and between it and its
// container's.
var (
	wordsBefore  = strings.Fields("kubectl oc get logs log metrics pod pods describe container containers namespace ns of")
	wordsBetween = []string{"container", "containers", "c", "log", "logs", "pod", "metrics"}
)

// precedes says whether what stands before the pod's name can stand there: its
// namespace, one of its containers, and words of the collector's.
func (p *pod) precedes(before string) bool {
	for {
		before = strings.TrimRight(before, separators)
		if before == "" {
			return true
		}
		cut := ""
		for _, word := range slices.Concat(p.namespaces, p.containers, wordsBefore) {
			if len(word) > len(cut) && endsInWord(before, word) {
				cut = word
			}
		}
		if cut == "" {
			return false
		}
		before = before[:len(before)-len(cut)]
	}
}

func endsInWord(s, word string) bool {
	rest, ok := strings.CutSuffix(s, word)
	return ok && (rest == "" || strings.IndexByte(separators, rest[len(rest)-1]) >= 0)
}

// behind says whether what stands behind the pod's name can stand there, and
// which container it names: one of the pod's, a stamp, a word of the
// collector's. Any name can be a container's where the dump lists none.
func (p *pod) behind(rest string) (container string, ok bool) {
	if rest != "" && strings.IndexByte(separators, rest[0]) < 0 {
		return "", false
	}
	rest = strings.TrimLeft(rest, separators)
	for _, word := range wordsBetween {
		if slices.Contains(p.containers, word) {
			continue
		}
		if after, cut := strings.CutPrefix(rest, word); cut && after != "" && strings.IndexByte(separators, after[0]) >= 0 {
			rest = strings.TrimLeft(after, separators)
			break
		}
	}
	for _, c := range p.containers {
		if len(c) > len(container) && beginsWithWord(rest, c) {
			container = c
		}
	}
	switch {
	case container != "" || rest == "" || rest[0] >= '0' && rest[0] <= '9':
		return container, true
	case slices.ContainsFunc(wordsBehind, func(w string) bool { return beginsWithWord(rest, w) }):
		return "", true
	case len(p.containers) == 0 && parse.IsPodName(p.name):
		return parse.ContainerOfName(rest), true
	}
	return "", false
}

// wordsBehind are words that stand behind a pod's name and are no container.
var wordsBehind = []string{"previous", "prev", "current", "log", "logs", "txt", "json", "yaml", "describe", "all", "metrics", "exited",
	"terminated", "crashed", "old", "p", "out"}

func beginsWithWord(s, word string) bool {
	rest, ok := strings.CutPrefix(s, word)
	return ok && (rest == "" || strings.IndexByte(separators, rest[0]) >= 0)
}

// namespaceIn is the pod's namespace: the one that stands in the text where the
// dump knows pods of that name in several.
func (p *pod) namespaceIn(text string) string {
	if len(p.namespaces) == 1 {
		return p.namespaces[0]
	}
	only := ""
	for _, n := range p.namespaces {
		if holdsWord(text, n) && len(n) > len(only) {
			only = n
		}
	}
	return only
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

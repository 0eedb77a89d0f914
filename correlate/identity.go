package correlate

import (
	"cmp"
	"strings"

	"faultline/parse"
	"faultline/parse/formats"
)

// Identity is the process that a stream tells of, as far as it is known.
type Identity struct {
	Namespace, Pod, Container string
	// Node is the machine that it runs on, or that a node's log is of.
	Node string
	// Instance is the run of the container that the log is of, as the layout or
	// the source says; Run is the restart count in its file's name, plus one.
	Instance parse.Instance
	Run      int
	// ByPath says that the pod is known only because the source's path holds
	// the name of a pod that the dump knows of.
	ByPath bool
}

// String is the identity as facts name their subject: "namespace/pod/container".
func (i Identity) String() string { return parse.Subject(i.Namespace, i.Pod, i.Container) }

// subject reads the process that a fact is about; ok is false for facts about
// anything else.
func subject(c *parse.Capture, f parse.Fact) (id Identity, ok bool) {
	parts := strings.SplitN(c.Name(f.Subject), "/", 3)
	if len(parts) != 3 {
		return id, false
	}
	return Identity{Namespace: parts[0], Pod: parts[1], Container: parts[2]}, true
}

// OfFact is whom a fact is about: its subject, and what that leaves open by the log
// that the fact's line stands in.
func (ix *Index) OfFact(f *parse.Fact) Identity {
	of, _ := subject(ix.Capture, *f)
	if of.Pod != "" && of.Container != "" {
		return of
	}
	for s := range ix.StreamsOf(f.Ref.Source) {
		st, who := &ix.Streams[s], &ix.Who[s]
		if f.Ref.Line < st.FirstLine || f.Ref.Line > st.LastLine || of.Pod != "" && of.Pod != who.Pod || of.Container != "" &&
			who.Container != "" && of.Container != who.Container {
			continue
		}
		return Identity{cmp.Or(of.Namespace, who.Namespace), cmp.Or(of.Pod, who.Pod), cmp.Or(of.Container, who.Container), who.Node,
			who.Instance, who.Run, who.ByPath}
	}
	return of
}

// ProcessCount counts the processes that streams are of: excerpts of one
// container's log are of one, as far as is known.
func (ix *Index) ProcessCount(streams []int) (n int) {
	type life struct {
		who Identity
		no  int
	}
	seen := map[life]bool{}
	for _, s := range streams {
		who := ix.Who[s]
		who.ByPath, who.Node = false, ""
		if l := (life{who, ix.Streams[s].Life}); who.Pod == "" || !seen[l] {
			n++
			seen[l] = true
		}
	}
	return n
}

// contradicts says whether two identities cannot be of one process.
func (i Identity) contradicts(o Identity) bool {
	return i.Pod != "" && o.Pod != "" && i.Pod != o.Pod ||
		i.Container != "" && o.Container != "" && i.Container != o.Container ||
		i.Namespace != "" && o.Namespace != "" && i.Namespace != o.Namespace
}

// fill completes what i does not know from o.
func (i *Identity) fill(o Identity) {
	if i.Namespace == "" {
		i.Namespace = o.Namespace
	}
	if i.Pod == "" {
		i.Pod, i.ByPath = o.Pod, o.ByPath
	}
	if i.Container == "" {
		i.Container = o.Container
	}
	i.Node = cmp.Or(i.Node, o.Node)
}

// proxyContainer is the container that linkerd's injector adds to a pod.
const proxyContainer = "linkerd-proxy"

// about says whether a stream tells about processes, and is of none.
func about(st *parse.Stream) bool { return formats.Of(st.Format).Role == parse.RoleAbout }

// writtenBy says whether a stream is the log of a component.
func writtenBy(st *parse.Stream, by parse.Component) bool {
	return formats.Of(st.Format).Component == by
}

// identify says what is known of each stream: by its lines, by what the lines
// are, and by the names of pods that stand in the path of its source.
func identify(c *parse.Capture) []Identity {
	pods := podsOf(c)
	out := make([]Identity, len(c.Streams))
	for i := range c.Streams {
		s := &c.Streams[i]
		src := &c.Sources[s.Source]
		id := Identity{Namespace: c.Name(s.Namespace), Pod: c.Name(s.Pod), Container: c.Name(s.Container), Node: c.Name(s.Node)}
		if about(s) { // a page about many pods is no process
			id.fill(Identity{Namespace: src.Namespace, Pod: src.Pod, Node: src.Node})
			if id.Pod == "" && src.Bundle != "" {
				if of, ok := joinedName(src.Path, pods); ok {
					id.fill(Identity{Namespace: of.Namespace, Pod: of.Pod, ByPath: true})
				}
			}
			out[i] = id
			continue
		}
		id.Instance, id.Run = cmp.Or(s.Instance, src.Instance), src.Run
		id.fill(Identity{Namespace: src.Namespace, Pod: src.Pod, Container: src.Container, Node: src.Node})
		if id.Container == "" && writtenBy(s, parse.ComponentProxy) {
			id.Container = proxyContainer
		}
		if id.Pod == "" && !c.Sources[s.Source].Pasted {
			id.Pod = podIn(c.Sources[s.Source].Path, pods)
			id.ByPath = id.Pod != ""
		}
		if id.Pod == "" && !src.Pasted {
			if of, ok := joinedName(src.Path, pods); ok {
				id.fill(of)
			}
		}
		if id.Pod == "" && !src.Pasted && !s.Interleaved {
			namespace, pod, container := parse.OwnerOfName(src.Path)
			id.fill(Identity{Namespace: namespace, Pod: pod, Container: container})
		}
		if p := pods[id.Pod]; p != nil {
			id.fill(p.identity(id, c.Sources[s.Source].Path))
		}
		out[i] = id
	}
	return out
}

// pod is what facts say about one pod.
type pod struct {
	namespace  string
	containers []string
}

// identity is the pod's namespace, and its container where only one can be
// meant.
func (p *pod) identity(id Identity, path string) Identity {
	known := Identity{Namespace: p.namespace}
	var fit []string
	for _, c := range p.containers {
		if holdsWord(path, c) {
			fit = append(fit, c)
		}
	}
	if len(fit) == 0 && len(p.containers) == 1 {
		fit = p.containers
	}
	if len(fit) == 1 {
		known.Container = fit[0]
	}
	return known
}

// podsOf lists the pods that the capture knows by name from its content.
func podsOf(c *parse.Capture) map[string]*pod {
	pods := map[string]*pod{}
	add := func(namespace, name, container string) {
		if name == "" {
			return
		}
		p := pods[name]
		if p == nil {
			p = &pod{}
			pods[name] = p
		}
		if p.namespace == "" {
			p.namespace = namespace
		}
		if container == "" {
			return
		}
		for _, had := range p.containers {
			if had == container {
				return
			}
		}
		p.containers = append(p.containers, container)
	}
	for _, f := range c.Facts {
		if id, ok := subject(c, f); ok {
			add(id.Namespace, id.Pod, id.Container)
		}
	}
	for i := range c.Streams {
		s := &c.Streams[i]
		add(c.Name(s.Namespace), c.Name(s.Pod), c.Name(s.Container))
	}
	for i := range c.Sources {
		s := &c.Sources[i]
		add(s.Namespace, s.Pod, s.Container)
	}
	namedInEvents(c, add)
	return pods
}

// podIn finds the longest name of a known pod that stands in a path.
func podIn(path string, pods map[string]*pod) string {
	best := ""
	for name := range pods {
		if len(name) > len(best) && holdsWord(path, name) {
			best = name
		}
	}
	return best
}

// holdsWord says whether word stands in path with no letter, digit or hyphen
// on either side.
func holdsWord(path, word string) bool {
	for from := 0; ; {
		i := strings.Index(path[from:], word)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(word)
		if (i == 0 || !nameByte(path[i-1])) && (end == len(path) || !nameByte(path[end])) {
			return true
		}
		from = i + 1
	}
}

func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-'
}

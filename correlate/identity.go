package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"faultline/correlate/words"
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
// are, and by the names of pods that stand in the path of its source. owners says
// the same of each source, and the sentences which of several pods a path may name.
func identify(c *parse.Capture) (who, owners []Identity, said []string) {
	k := rosterOf(c)
	owners = make([]Identity, len(c.Sources))
	for i := range c.Sources {
		var tie []string
		if owners[i], tie = k.ofSource(&c.Sources[i]); tie != nil {
			said = append(said, fmt.Sprintf("%s may be of each of %s: nothing says of which",
				c.Sources[i].Path, words.List(tie)))
		}
	}
	who = make([]Identity, len(c.Streams))
	for i := range c.Streams {
		who[i] = k.ofStream(c, &c.Streams[i], owners)
	}
	return who, owners, said
}

// ofSource is whose a source is: as the layout of its bundle says, else as its
// path does. tie are the pods that the path may name, where that is several.
func (k roster) ofSource(src *parse.Source) (id Identity, tie []string) {
	id = Identity{Namespace: src.Namespace, Pod: src.Pod, Container: src.Container, Node: src.Node, Instance: src.Instance, Run: src.Run}
	if p := k[id.Pod]; src.Pasted || p != nil {
		if p != nil && id.Namespace != "" && len(p.namespaces) == 1 && parse.Generated(id.Pod) {
			id.Namespace = p.namespaces[0] // no two pods have such a name
		}
		id.Container = k.container(id)
		return id, nil
	}
	said, tie := k.inPath(src.Path)
	switch {
	case said.Pod == "":
		return id, tie
	case id.Pod != "": // the layout took a folder for a pod
		id.Namespace, id.Pod, id.Container = "", "", ""
	}
	id.fill(said)
	id.Container = k.container(id)
	if p := k[id.Pod]; id.Namespace == "" && len(p.namespaces) > 1 {
		for _, namespace := range p.namespaces {
			tie = append(tie, namespace+"/"+id.Pod)
		}
	}
	return id, tie
}

// inPath is whose a source is by the pods that the dump knows and its path.
func (k roster) inPath(path string) (id Identity, tie []string) {
	if name, at := podIn(path, k); name != "" {
		return Identity{Namespace: k[name].namespaceIn(path[:at]), Pod: name, ByPath: true}, nil
	}
	return joinedName(path, k)
}

// ofStream is whose a stream is, of are the sources'.
func (k roster) ofStream(c *parse.Capture, s *parse.Stream, of []Identity) Identity {
	src, file := &c.Sources[s.Source], of[s.Source]
	id := Identity{Namespace: c.Name(s.Namespace), Pod: c.Name(s.Pod), Container: c.Name(s.Container), Node: c.Name(s.Node)}
	if about(s) { // a page about many pods is no process
		id.fill(Identity{Namespace: file.Namespace, Pod: file.Pod, Node: file.Node, ByPath: file.ByPath})
		return id
	}
	id.Instance, id.Run = cmp.Or(s.Instance, src.Instance), src.Run
	id.fill(file)
	if id.Container == "" && writtenBy(s, parse.ComponentProxy) {
		id.Container = proxyContainer
	}
	if id.Pod == "" && !src.Pasted && !s.Interleaved {
		namespace, pod, container := parse.OwnerOfName(src.Path)
		id.fill(Identity{Namespace: namespace, Pod: pod, Container: container})
	}
	if p := k[id.Pod]; p != nil {
		id.fill(p.identity(src.Path))
	}
	return id
}

// pod is what the dump says about one pod. Pods of several namespaces may have
// one name, as those of a StatefulSet do.
type pod struct {
	name                   string
	namespaces, containers []string
}

// identity is the pod's namespace, and its container where only one can be
// meant.
func (p *pod) identity(path string) Identity {
	known := Identity{Namespace: p.namespaceIn(path)}
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

// container is that of an identity, without the words of a collector's that a
// layout left with it: web-logs-errors is web, if the pod has no such container.
func (k roster) container(id Identity) string {
	p := k[id.Pod]
	if p == nil || slices.Contains(p.containers, id.Container) {
		return id.Container
	}
	best := ""
	for _, c := range p.containers {
		rest, ok := strings.CutPrefix(id.Container, c)
		if ok && len(c) > len(best) && rest != "" && strings.IndexByte(separators, rest[0]) >= 0 &&
			slices.Contains(wordsBehind, strings.TrimLeft(rest, separators)) {
			best = c
		}
	}
	return cmp.Or(best, id.Container)
}

// roster are the pods that a dump knows, by name.
type roster map[string]*pod

// rosterOf lists the pods that a capture's content names: facts, lines, events.
func rosterOf(c *parse.Capture) roster {
	k := roster{}
	add := func(namespace, name, container string) {
		if name == "" {
			return
		}
		p := k[name]
		if p == nil {
			p = &pod{name: name}
			k[name] = p
		}
		if namespace != "" && !slices.Contains(p.namespaces, namespace) {
			p.namespaces = append(p.namespaces, namespace)
		}
		if container != "" && !slices.Contains(p.containers, container) {
			p.containers = append(p.containers, container)
		}
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
	namedInEvents(c, add)
	var laid []*parse.Source // whose layout names a pod that the content does not deny
	for i := range c.Sources {
		if s := &c.Sources[i]; s.Pod != "" {
			if said, _ := k.inPath(s.Path); said.Pod == "" || said.Pod == s.Pod {
				laid = append(laid, s)
			}
		}
	}
	for _, s := range laid {
		add(s.Namespace, s.Pod, s.Container)
	}
	return k
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

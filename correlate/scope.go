package correlate

import (
	"path"
	"strings"

	"faultline/parse"
)

// Whose is the process that an event is about: the one that wrote the line, or
// for the API's events the pod that they are of ("namespace/pod"; what is no pod
// has its kind between).
func (ix *Index) Whose(p Point) Identity {
	who := ix.whose(p)
	if who.Node == "" && who.Pod != "" {
		who.Node = ix.nodes[who.Namespace+"/"+who.Pod]
	}
	return who
}

func (ix *Index) whose(p Point) Identity {
	e, node := ix.At(p), ix.Who[p.Stream].Node
	switch e.Kind {
	case parse.KubeletProbeFailed, parse.KubeletReadiness, parse.K8sEvent, parse.ContainerStarted, parse.ContainerTerminated:
		ns, pod, ok := strings.Cut(ix.Name(e.Target), "/")
		switch {
		case !ok && (e.Kind == parse.ContainerStarted || e.Kind == parse.ContainerTerminated) && ix.Who[p.Stream].Container == "":
			who := ix.Who[p.Stream]
			who.Container = ix.Name(e.Fact)
			return who
		case !ok:
		case strings.Contains(pod, "/"):
			return Identity{Namespace: ns, Node: node}
		case e.Kind == parse.ContainerStarted || e.Kind == parse.ContainerTerminated:
			return Identity{Namespace: ns, Pod: pod, Container: ix.Name(e.Fact), Node: node}
		default:
			return Identity{Namespace: ns, Pod: pod, Node: node}
		}
	}
	return ix.Who[p.Stream]
}

// machine is the one that the lines of a source are of.
type machine struct {
	node    string
	several bool
}

// findMachines finds the machine of each source.
func (ix *Index) findMachines() {
	ix.machines = make([]machine, len(ix.Sources))
	for s := range ix.Streams {
		source := int(ix.Streams[s].Source)
		if source >= len(ix.machines) { // a part of a capture
			ix.machines = append(ix.machines, make([]machine, source+1-len(ix.machines))...)
		}
		m := &ix.machines[source]
		switch of := ix.Who[s].Node; {
		case of == "" || of == m.node:
		case m.node == "":
			m.node = of
		default:
			m.several = true
		}
	}
}

// NodeOf is the machine that a line is of, "" where nothing tells.
func (ix *Index) NodeOf(r parse.Ref) string {
	if int(r.Source) >= len(ix.machines) {
		return ""
	}
	if m := ix.machines[r.Source]; !m.several {
		return m.node
	}
	for s := range ix.StreamsOf(r.Source) { // a file of several machines
		st := &ix.Streams[s]
		if r.Line > 0 && (r.Line < st.FirstLine || r.Line > st.LastLine) {
			continue
		}
		for i := range st.Events {
			if st.Events[i].Off == r.Off {
				return ix.Who[s].Node
			}
		}
	}
	return ""
}

// Glob says whether a name matches a pattern of package path; an empty pattern
// matches all.
func Glob(pattern, name string) bool {
	if pattern == "" {
		return true
	}
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

// concerns says whether an event is within the options' namespace and pod. The
// controllers' events always are: they are what failures are compared with.
func (c *Placed) concerns(p Point) bool {
	o := &c.Options
	if o.Namespace == "" && o.Pod == "" || c.At(p).Kind == parse.ControllerPopStall {
		return true
	}
	who := c.Whose(p)
	return Glob(o.Namespace, who.Namespace) && Glob(o.Pod, who.Pod)
}

// within says whether a stream is of the options' namespace and pod.
func (c *Placed) within(s int) bool {
	o := &c.Options
	return Glob(o.Namespace, c.Who[s].Namespace) && Glob(o.Pod, c.Who[s].Pod)
}

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
	e := ix.At(p)
	switch e.Kind {
	case parse.KubeletProbeFailed, parse.KubeletReadiness, parse.K8sEvent, parse.ContainerStarted, parse.ContainerTerminated:
		ns, pod, ok := strings.Cut(ix.Name(e.Target), "/")
		switch {
		case !ok:
		case strings.Contains(pod, "/"):
			return Identity{Namespace: ns}
		case e.Kind == parse.ContainerStarted || e.Kind == parse.ContainerTerminated:
			return Identity{Namespace: ns, Pod: pod, Container: ix.Name(e.Fact)}
		default:
			return Identity{Namespace: ns, Pod: pod}
		}
	}
	return ix.Who[p.Stream]
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

package correlate

import (
	"path"
	"strings"

	"faultline/parse"
)

// Whose is the process that an event is about: the one that wrote the line, or
// for the API's events the pod that they are of.
func (ix *Index) Whose(p Point) Identity {
	switch ix.At(p).Kind {
	case parse.KubeletProbeFailed, parse.KubeletReadiness, parse.K8sEvent, parse.ContainerStarted, parse.ContainerTerminated:
		if ns, pod, ok := strings.Cut(ix.Name(ix.At(p).Target), "/"); ok {
			pod, container, _ := strings.Cut(pod, "/")
			return Identity{Namespace: ns, Pod: pod, Container: container}
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
func (c *Case) concerns(p Point, o *Options) bool {
	if o.Namespace == "" && o.Pod == "" || c.At(p).Kind == parse.ControllerPopStall {
		return true
	}
	who := c.Whose(p)
	return Glob(o.Namespace, who.Namespace) && Glob(o.Pod, who.Pod)
}

// within says whether a stream is of the options' namespace and pod.
func (c *Case) within(s int, o *Options) bool {
	return Glob(o.Namespace, c.Who[s].Namespace) && Glob(o.Pod, c.Who[s].Pod)
}

package parse

// Role is whose words a format's lines are. What may be concluded from a line,
// and from there being none, follows from it.
type Role uint8

// The roles. Each format has one.
const (
	// RoleProcess is a process's own log. It may have nothing to say for hours,
	// so its silence means nothing.
	RoleProcess Role = iota + 1
	// RoleServing is a process's own log too, and requests pass through that
	// process: as long as there are requests there are lines, so that lines and
	// silences say when it was captured, and how busy it was.
	RoleServing
	// RoleAbout tells of processes and is the log of none: a table of pods, a
	// metrics export, a list of events.
	RoleAbout
)

// String is the role in the words of docs/formats.md.
func (r Role) String() string {
	switch r {
	case RoleProcess:
		return "a process's own log"
	case RoleServing:
		return "log of what serves requests"
	case RoleAbout:
		return "about others"
	}
	return ""
}

// Lane is the line of the timeline on which a format's events are drawn.
type Lane uint8

// The lanes, in the order in which a request passes them.
const (
	LaneIngress Lane = iota
	LaneProxies
	LaneControllers
	LaneKubelet
	LaneOther
	Lanes // how many there are
)

var laneNames = [Lanes]string{"ingress", "proxies", "controllers", "kubelet", "other"}

// String is the lane's name on the screen.
func (l Lane) String() string {
	if l < Lanes {
		return laneNames[l]
	}
	return ""
}

// Component names the program that writes a format, where more is known of
// that program than that it wrote the line.
type Component string

// The components that decisions ask for.
const (
	ComponentProxy      Component = "proxy"      // linkerd-proxy
	ComponentController Component = "controller" // a Go controller, linkerd's or another
	ComponentPolicy     Component = "policy"     // linkerd's policy controller
	// ComponentApplication is a program of which no more is known.
	ComponentApplication Component = "application"
)

package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// tallies count what a title says of a diagnosis whose events are unlike: one end of a
// container is told by its state, by the kernel and by the back-off that follows.
var tallies = map[string]func(*group) int{
	"oom_killed":            (*group).ends,
	"controller_crash":      (*group).ends,
	"init_network_failed":   (*group).ends,
	"control_plane_rollout": (*group).rollouts,
}

// times is how often it happened, as far as the events tell: where no tally says
// otherwise each event is one.
func (g *group) times() int {
	if tally := tallies[g.code]; tally != nil {
		return tally(g)
	}
	return g.n
}

// timesWords says it in a title, "" for once.
func (g *group) timesWords() string {
	if n := g.times(); n > 1 {
		return fmt.Sprintf(" (%d times)", n)
	}
	return ""
}

const (
	// toldAgain is how far apart two witnesses tell of one end of a container: the
	// kubelet looks at its containers every second, and an event is written after that.
	toldAgain = parse.Time(10 * time.Second)
	// oneLife is how far apart the stamps of one witness are of one end: a crash is
	// several lines, and states have whole seconds.
	oneLife = parse.Time(2 * time.Second)
	// oneRollout is how long a controller's replicas come and go for one rollout: a
	// Deployment gives up on its progress after that long
	// (kubernetes v1.34.1 pkg/apis/apps/v1/defaults.go, progressDeadlineSeconds).
	oneRollout = parse.Time(10 * time.Minute)
)

// end is an end of a container, and which witnesses told of it so far.
type end struct {
	sight
	target string
	by     map[string]bool
}

// witness is who tells of an end, "" for what tells of none: a back-off says only that
// there was one.
func (p *Pass) witness(s sight) string {
	switch e := p.At(s.Point); e.Kind {
	case parse.ContainerTerminated:
		return "state"
	case parse.ContainerCrashLoop:
		return ""
	default:
		reason, _ := eventOf(p.as(s).text)
		if reason == "BackOff" || e.Kind == parse.K8sEvent && p.as(s).text == "" {
			return ""
		}
		return fmt.Sprint(e.Kind, " ", reason, " ", s.Stream)
	}
}

// ends counts ends of containers, each once however many told of it.
func (g *group) ends() (n int) {
	var seen []end
	for _, s := range g.list {
		by := g.p.witness(s)
		if by == "" || g.p.toldBefore(seen, s, by) {
			continue
		}
		seen = append(seen, end{s, g.p.targetOf(s), map[string]bool{by: true}})
		if by == "state" { // of which a pod has the last alone
			n++
		} else {
			n += int(s.n)
		}
	}
	return n
}

// toldBefore says whether an end is one of those seen, and notes who told of it. The
// sights are in the order of their clocks, so that only the last ones can be the same.
func (p *Pass) toldBefore(seen []end, s sight, by string) bool {
	const back = 64
	target := p.targetOf(s)
	for i := len(seen) - 1; i >= max(0, len(seen)-back); i-- {
		e := &seen[i]
		shared, apart := e.lane() == s.lane(), max(s.at-e.at, e.at-s.at)
		near := !shared || apart <= toldAgain
		same := shared && apart <= oneLife && e.target == target
		kinds := (by == "state") == e.by["state"]
		switch {
		case e.by[by] && same && s.n == 1 && (by == "state" || p.At(s.Point).Kind != parse.K8sEvent):
			return true
		case !e.by[by] && near && !(kinds && e.target != "" && target != "" && e.target != target):
			e.by[by] = true
			return true
		}
	}
	return false
}

// rollouts counts the times at which replicas came and went, none of it ten minutes
// after the one before.
func (g *group) rollouts() (n int) {
	var last parse.Time
	for _, s := range g.list {
		if !s.placed {
			continue
		}
		if n == 0 || s.at-last > oneRollout {
			n++
		}
		last = max(last, s.at)
	}
	return max(n, 1)
}

// memoryTitle is of those of whom the reason is told.
const memoryTitle = "The kernel killed {targets} for its memory{times}."

// ofMemory says whether an event tells that the memory was the reason.
func (p *Pass) ofMemory(s sight) bool {
	if e := p.At(s.Point); e.Kind == parse.ContainerTerminated {
		return parse.EndReason(e.Class) == parse.EndOOMKilled
	}
	return p.witness(s) != ""
}

// killedBy says of what only an exit code tells that who killed it is not known, and
// names in the title those alone of whom the reason is.
func killedBy(p *Pass, g *group, f *correlate.Finding) {
	if g.sure == correlate.Low && !slices.ContainsFunc(g.list, p.ofMemory) {
		f.Title = g.fill("{who} ended with exit code 137{times}: something killed it, and what is not in the dump.")
		return
	}
	var told []sight
	for _, s := range g.list {
		if p.ofMemory(s) {
			told = append(told, s)
		}
	}
	if len(told) == 0 {
		return
	}
	known := p.group(g.code, told)
	f.Title = known.fill(memoryTitle)
	if name, node := strings.CutPrefix(top(known.targets), "node/"); node || name != "" && name == p.nodeOf(told[0]) { // whose log it is, not who died
		f.Title = clean("The kernel killed a process on "+name+" for its memory") + known.timesWords() + "."
	}
	if t := top(known.targets); t != "" {
		f.Facets["target"] = t
	}
}

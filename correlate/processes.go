package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"faultline/correlate/stat"
	"faultline/parse"
)

// Process is one life of a controller's container: what a resync timer counts
// from.
type Process struct {
	Name string // pod/container, or the source's name; which life, if there are several
	// Start is when it started, ns since 1970; Known says that it was
	// captured. Proof is where.
	Start parse.Time
	Known bool
	Proof []parse.Ref
	// Listed is when its caches were first filled, 0 where no line says so.
	Listed parse.Time
	// Stalls are its pop stalls after its caches were first filled; Startup
	// counts those before.
	Stalls   []Moment
	Startup  int
	Coverage stat.Coverage
}

const (
	// startSlack is how far two sources may put one process's start apart.
	startSlack = parse.Time(20e9)
	// syncDeadline is how long a controller may take to fill its caches
	// before it gives up (linkerd2 controller/k8s/api.go Sync).
	syncDeadline = parse.Time(60e9)
)

// start is one report that a process started.
type start struct {
	at    parse.Time
	proof parse.Ref
}

// processesOf sorts the stalls by the process that logged them, and each
// process by its starts.
func processesOf(c *Placed, g *Group) (out []*Process, conflicts []string) {
	type log struct {
		name    string
		streams []int
		stalls  []Moment
	}
	var logs []*log
	byName, of := map[string]*log{}, make([]*log, len(c.Streams))
	for s := range c.Streams {
		if !writtenBy(&c.Streams[s], parse.ComponentController) || c.CopyOf[s] >= 0 || !c.Anchors[s].Placed() {
			continue
		}
		name := c.title(s)
		if byName[name] == nil {
			byName[name] = &log{name: name}
			logs = append(logs, byName[name])
		}
		byName[name].streams = append(byName[name].streams, s)
	}
	stalls := make([]int, len(c.Streams))
	for _, m := range g.Stalls {
		stalls[m.Stream]++
	}
	for s, n := range stalls {
		if of[s] = byName[c.title(s)]; n > 0 && of[s] != nil {
			of[s].stalls = slices.Grow(of[s].stalls, n)
		}
	}
	for _, m := range g.Stalls {
		if l := of[m.Stream]; l != nil {
			l.stalls = append(l.stalls, m)
		}
	}
	told := c.startsTold()
	for _, l := range logs {
		var spans []stat.Span
		for _, s := range l.streams {
			spans = append(spans, c.captured(s)...)
		}
		cover := clip(stat.NewCoverage(spans), &c.Options, true)
		if len(cover) == 0 {
			continue
		}
		starts, apart := c.starts(l.streams, told)
		out, conflicts = append(out, c.lives(l.name, l.streams, starts, l.stalls, cover)...), append(conflicts, apart...)
	}
	return out, conflicts
}

// lives cuts a controller's log at its starts.
func (c *Placed) lives(name string, streams []int, starts []start, stalls []Moment, cover stat.Coverage) (out []*Process) {
	end := nanos(cover[len(cover)-1].End)
	starts = slices.DeleteFunc(starts, func(s start) bool { return s.at > end })
	if len(starts) == 0 || starts[0].at > nanos(cover[0].Start)+startSlack {
		starts = append([]start{{}}, starts...) // it ran before its first captured line
	}
	for i, s := range starts {
		p := &Process{Name: name, Start: s.at, Known: s.at != 0}
		if p.Known {
			p.Proof = []parse.Ref{s.proof}
		}
		if len(starts) > 1 {
			p.Name = fmt.Sprintf("%s (life %d)", name, i+1)
		}
		until := parse.Time(1) << 62
		if i+1 < len(starts) {
			until = starts[i+1].at
		}
		ready := s.at
		if p.Known {
			if ready = c.ready(streams, s.at); ready > s.at+parse.Time(time.Second) {
				p.Listed = ready
			}
		}
		p.Startup = len(between(stalls, s.at, min(ready, until)-1))
		p.Stalls = between(stalls, max(s.at, ready), until-1)
		for _, sp := range cover {
			sp.Start, sp.End = max(sp.Start, seconds(s.at)), min(sp.End, seconds(until))
			if sp.Start < sp.End {
				p.Coverage = append(p.Coverage, sp)
			}
		}
		if len(p.Coverage) > 0 { // a life of which nothing was captured says nothing
			out = append(out, p)
		}
	}
	return out
}

// startOf is what tells of the start of a container: the key of a fact, and whose it is.
type startOf struct{ key, pod, container string }

// startsTold lists the facts that tell of starts, each as its number in the capture.
func (c *Placed) startsTold() map[startOf][]int {
	told := map[startOf][]int{}
	for i, f := range c.Facts {
		key := c.Name(f.Key)
		if key != parse.FactProcess && key != parse.FactStartedAt {
			continue
		}
		if of, ok := subject(c.Capture, f); ok && of.Pod != "" {
			at := startOf{key, of.Pod, of.Container}
			told[at] = append(told[at], i)
		}
	}
	return told
}

// starts lists when the process of some streams started: by the metric, which
// is exact, else by its first line. Pod status tells a start only where
// nothing better does. Where the two disagree, a sentence says so.
func (c *Placed) starts(streams []int, told map[startOf][]int) (out []start, conflicts []string) {
	add := func(at parse.Time, proof parse.Ref) {
		for _, s := range out {
			if d := s.at - at; d < startSlack && d > -startSlack {
				return
			}
		}
		out = append(out, start{at, proof})
	}
	fromFacts := func(key string) {
		var list []int
		for _, s := range streams {
			if who := c.Who[s]; who.Pod != "" {
				list = append(list, told[startOf{key, who.Pod, who.Container}]...)
			}
		}
		slices.Sort(list) // in the order of the dump
		for _, i := range slices.Compact(list) {
			add(c.Facts[i].Time, c.Facts[i].Ref)
		}
	}
	fromFacts(parse.FactProcess)
	for _, p := range c.Of(parse.ControllerStarted) {
		if slices.Contains(streams, int(p.Stream)) {
			if at, _, ok := c.Wall(p); ok {
				add(at, c.Ref(p))
			}
		}
	}
	if n := len(out); n == 0 {
		fromFacts(parse.FactStartedAt)
	} else if at, ok := c.statusStart(streams); ok && n == 1 && abs(at-out[0].at) > parse.Time(3*time.Second) {
		conflicts = append(conflicts, fmt.Sprintf("%s: its pod status says that it started %s apart from what its log and metrics say; the latter are used",
			c.title(streams[0]), time.Duration(abs(at-out[0].at)).Round(time.Second)))
	}
	slices.SortFunc(out, func(a, b start) int { return cmp.Compare(a.at, b.at) })
	return out, conflicts
}

// statusStart is when the pod's status says that the process started.
func (c *Placed) statusStart(streams []int) (parse.Time, bool) {
	f, ok := c.started(streams[0], parse.FactStartedAt)
	return f.Time, ok
}

// ready is when a process that started at a time had filled its caches, and a
// second more: the stalls until then are those of its first list.
func (c *Placed) ready(streams []int, started parse.Time) parse.Time {
	ready := started
	for _, p := range c.Of(parse.ControllerCacheSynced) {
		if !slices.Contains(streams, int(p.Stream)) {
			continue
		}
		if at, _, ok := c.Wall(p); ok && at >= started && at <= started+syncDeadline {
			ready = max(ready, at)
		}
	}
	return ready + parse.Time(1e9)
}

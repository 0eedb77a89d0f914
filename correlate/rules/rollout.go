package rules

import (
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/parse"
)

// objectOf splits the target of an event of the API server, "ns/kind/name" or
// "ns/name", into namespace and name.
func objectOf(target string) (namespace, name string) {
	parts := strings.Split(target, "/")
	return parts[0], parts[len(parts)-1]
}

// stopped files what follows on a pod that was stopped on purpose under that.
func (p *Pass) stopped() {
	stops := p.sights["stopped"]
	if len(stops) == 0 {
		return
	}
	byPod := map[string][]sight{}
	for _, s := range stops {
		byPod[p.targetOf(s)] = append(byPod[p.targetOf(s)], s)
	}
	for _, code := range []string{"probe_timeout", "probe_refused", "probe_error", "proxy_not_ready", "killed", "crash_loop"} {
		for _, s := range p.move(code, func(s sight) bool {
			for _, k := range byPod[p.targetOf(s)] {
				if k.placed == s.placed && s.at >= k.at-parse.Time(2*time.Second) && s.at <= k.at+parse.Time(40*time.Second) {
					return true
				}
			}
			return false
		}) {
			p.again("pod_termination", s, nil)
		}
	}
}

// killedAlone files what was killed with 137 and nothing beside it under the memory, as
// a hint: who killed it is not told.
func (p *Pass) killedAlone() {
	for _, s := range p.move("killed", func(sight) bool { return true }) {
		p.again("oom_killed", s, nil)
	}
}

const (
	// changeBefore and changeAfter are from when to when around a failure its
	// workload's pods came or went.
	changeBefore = 35 * time.Second
	changeAfter  = 5 * time.Second
	// takenAfter is how long behind the last line of a dump a table that tells ages is
	// taken to have been printed.
	takenAfter = time.Minute
	// byAges marks what was placed so.
	byAges = "ages"
)

// rolledOut files failures of a workload around its pods' coming and going.
func (p *Pass) rolledOut() {
	changes := p.podChanges()
	if len(changes) == 0 {
		return
	}
	moves, aged := laned(changes), p.aged(changes)
	for _, code := range []string{"connect_refused", "upstream_closed", "ingress_no_endpoints", "connect_timeout", undecided} {
		for _, s := range p.move(code, func(s sight) bool { return p.as(s).request && s.placed && p.changed(moves, s, changeBefore) }) {
			p.again("rollout_race", s, func(r *reading) {
				r.sure = correlate.Medium
				if code == "connect_refused" || code == "upstream_closed" {
					r.sure = correlate.High
				}
			})
		}
		for _, s := range p.move(code, func(s sight) bool { return p.as(s).request && s.placed && p.changed(aged, s, changeBefore+takenAfter) }) {
			p.again("rollout_race", s, func(r *reading) { r.sure, r.why = correlate.Medium, byAges })
		}
	}
	if len(p.sights["rollout_race"]) > 0 {
		return
	}
	for _, code := range []string{"connect_refused", "upstream_closed"} { // no more than a hint where nothing tells whose address it was
		for _, s := range p.sights[code] {
			if p.as(s).request && s.placed && p.unplaced(s) && len(moves.near(s, changeBefore, changeAfter)) > 0 {
				p.again("rollout_race", s, func(r *reading) { r.sure = correlate.Low })
			}
		}
	}
}

// unplaced says whether a failure is known by an address alone, of which no pod is known.
func (p *Pass) unplaced(s sight) bool {
	target := p.targetOf(s)
	return (target == "" || address(target)) && p.podAt(hostOf(p.addrOf(s))) == ""
}

// podChanges are the comings and goings of pods, by their time.
func (p *Pass) podChanges() []sight {
	out := slices.Concat(p.sights["stopped"], p.sights["rollout"])
	p.sort(out)
	return out
}

// changed says whether pods of a failure's workload came or went around it, from some
// time before.
func (p *Pass) changed(changes lanes, s sight, before time.Duration) bool {
	return slices.ContainsFunc(changes.near(s, before, changeAfter), func(c sight) bool { return p.sameWorkload(c, s) })
}

// aged are the changes of tables that tell ages and that nothing dates, placed as if
// they had been printed when the dump ended; they may have been a little later.
func (p *Pass) aged(changes []sight) lanes {
	var out []sight
	for _, c := range changes {
		if !c.placed && p.Streams[c.Stream].Clock == parse.ClockAge {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return nil
	}
	last, dated := p.Last(&p.Options) // anchors every stream anew
	if !dated {
		return nil
	}
	for i := range out {
		out[i].at, out[i].placed = out[i].at+last, true
	}
	return laned(out)
}

// sameWorkload says whether a pod or workload that changed is that of a failure.
func (p *Pass) sameWorkload(change, s sight) bool {
	_, name := objectOf(p.targetOf(change))
	w := correlate.Workload(name)
	return w != "" && mentions(p.targetOf(s), w) || p.podAt(hostOf(p.addrOf(s))) == name
}

// rolledAsFarAsTold says of what only tables of ages tell that their time is not known,
// and of what is a hint what is missing.
func rolledAsFarAsTold(p *Pass, g *group, f *correlate.Finding) {
	if g.sure == correlate.Low {
		f.Title = g.fill("{what}{to} failed within seconds of pods coming or going; whose address that was is not in the dump.")
		f.Next = append([]string{g.fill("Whose address was {addr}: kubectl get pods -A -o wide, kubectl get endpointslices -A.")}, f.Next...)
		return
	}
	if !g.every(func(r *reading) bool { return r.why == byAges }) {
		return
	}
	f.Title = g.fill("{what}{to} failed while pods of that workload came or went, if the table of events was printed at the end of the log: it tells ages only.")
	f.Next = append(f.Next, "The events with their times, to be sure: kubectl get events -A -o json.")
}

// mentions says whether a target's name holds a workload's as whole words.
func mentions(target, workload string) bool {
	for from := 0; ; {
		i := strings.Index(target[from:], workload)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(workload)
		if (i == 0 || !inWord(target[i-1])) && (end == len(target) || !inWord(target[end])) {
			return true
		}
		from = i + 1
	}
}

func inWord(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

// controlPlane says whether an object is linkerd's control plane.
func controlPlane(target string) bool {
	namespace, name := objectOf(target)
	return strings.HasPrefix(namespace, "linkerd") || strings.HasPrefix(name, "linkerd-destination") || strings.HasPrefix(name, "linkerd-identity") || strings.HasPrefix(name, "linkerd-policy")
}

// controlPlaneRolled files the coming and going of the control plane's own
// pods, and what its proxies met in the minute after, under its rollout.
func (p *Pass) controlPlaneRolled() {
	var changes []sight
	for _, code := range []string{"rollout", "stopped"} {
		changes = append(changes, p.move(code, func(s sight) bool { return controlPlane(p.targetOf(s)) })...)
	}
	if len(changes) == 0 {
		p.replicasReplaced()
		return
	}
	p.sort(changes)
	moves, met := laned(changes), 0
	for _, code := range []string{"failfast_unexplained", "discovery_no_answer", "destination_stream_failed", "policy_stalled", "identity_unavailable"} {
		for _, s := range p.sights[code] {
			if s.placed && len(moves.near(s, time.Minute, 5*time.Second)) > 0 {
				met += int(s.n)
			}
		}
	}
	for _, s := range changes {
		p.again("control_plane_rollout", s, func(r *reading) {
			if r.sure = correlate.High; met > 0 {
				r.why = "met"
			}
		})
	}
	for _, s := range p.move("policy_stalled", func(s sight) bool { return s.placed && len(moves.near(s, time.Minute, 5*time.Second)) > 0 }) {
		p.again("control_plane_rollout", s, func(r *reading) { r.why = "met" })
	}
}

// replicasReplaced files what a proxy's own clients saw of a rollout of the
// control plane: some of its addresses came and others went within a minute. A
// start of the proxy only adds.
func (p *Pass) replicasReplaced() {
	came, went := laned(p.sights["replica_came"]), p.sights["replica_went"]
	for _, s := range went {
		if len(came.near(s, time.Minute, time.Minute)) > 0 {
			p.again("control_plane_rollout", s, nil)
		}
	}
}

// sameFate files the restarts of a pod of which a better reason is known under
// that: BackOff only says that it ended again. A page without its head, which would
// name the pod, is of the one whose restarts it lists.
func (p *Pass) sameFate() {
	listed := map[uint32]map[string]bool{}
	for _, s := range p.sights["crash_loop"] {
		page := p.Streams[s.Stream].Source
		if listed[page] == nil {
			listed[page] = map[string]bool{}
		}
		if t := p.targetOf(s); t != "" {
			listed[page][t] = true
		}
	}
	for _, code := range []string{"init_network_failed", "oom_killed", "pod_not_started"} {
		pods, pages := map[string]bool{}, map[uint32]bool{}
		for _, s := range p.sights[code] {
			if t := p.targetOf(s); t != "" {
				pods[t] = true
			} else if page := p.Streams[s.Stream].Source; len(listed[page]) <= 1 {
				pages[page] = true
			}
		}
		for _, s := range p.move("crash_loop", func(s sight) bool { return pods[p.targetOf(s)] || pages[p.Streams[s.Stream].Source] }) {
			p.again(code, s, func(r *reading) { r.text = "" })
		}
	}
}

const (
	reloadBefore = time.Second
	reloadAfter  = 3 * time.Second
	reloads      = 5 // from how many on a coincidence can be counted
)

// reloaded files failures at an ingress around its reloads, where they are
// three times as many as chance gives.
func (p *Pass) reloaded() {
	list := p.sights["reload"]
	if len(list) < reloads {
		return
	}
	moves := laned(list)
	span := time.Duration(list[len(list)-1].at - list[0].at)
	for _, code := range []string{"upstream_closed", "connect_refused", "ingress_no_endpoints", undecided} {
		var all, near int
		for _, s := range p.requests(p.sights[code]) {
			if all++; len(moves.near(s, reloadAfter, reloadBefore)) > 0 {
				near++
			}
		}
		chance := float64(all) * float64(len(list)) * float64(reloadBefore+reloadAfter) / float64(max(span, time.Second))
		if near < 2 || float64(near) < 3*chance {
			continue
		}
		for _, s := range p.move(code, func(s sight) bool { return p.as(s).request && len(moves.near(s, reloadAfter, reloadBefore)) > 0 }) {
			p.again("ingress_reload", s, func(r *reading) { r.sure = correlate.Medium })
		}
	}
}

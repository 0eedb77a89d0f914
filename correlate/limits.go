package correlate

import (
	"fmt"
	"slices"
	"strings"

	"faultline/correlate/words"
	"faultline/parse"
	"faultline/parse/formats"
)

// limits says what the evidence cannot show.
func limits(c *Placed, g *groups, incidents []Incident, steady []Steady, stalls int, conflicts []string) (out []string) {
	if s := c.CutShort(); s != "" {
		out = append(out, s)
	}
	if stalls > 0 {
		out = append(out, words.StallsUnlogged, words.SlowHandlers)
	}
	for i := range steady {
		out = append(out, steady[i].Sentence())
	}
	var alone []int
	for _, one := range g.alone {
		alone = append(alone, int(one.Clock))
	}
	if n := c.ProcessCount(alone); n > 0 {
		out = append(out, words.Count(n, "process is on a clock of its own: its", "processes are on clocks of their own: their")+" order against other sources is not known")
	}
	if n := thinned(g); n > 0 {
		out = append(out, thinnedLimit(n))
	}
	if slices.ContainsFunc(c.Anchors, func(a Anchor) bool { return a.Basis == Fitted }) {
		out = append(out, "a fitted clock stands where its failures fall on others' pattern: it shows an order, and proves none")
	}
	if slices.ContainsFunc(incidents, func(i Incident) bool { return i.Continuous }) {
		out = append(out, "incidents longer than five minutes have no onset and are left out of the tests of a period")
	}
	if c.ByKind[parse.KubeletProbeFailed] > 0 {
		out = append(out, words.ProbesAliased)
	}
	if i := slices.IndexFunc(c.Streams, func(s parse.Stream) bool { return s.Clock == parse.ClockYearless }); i >= 0 {
		out = append(out, c.title(i)+" names neither year nor zone in its times; UTC was assumed where no stamp told otherwise")
	}
	if i := slices.IndexFunc(c.Streams, func(s parse.Stream) bool { return s.ZoneBy >= parse.ZoneAssumed }); i >= 0 {
		out = append(out, "lines of "+c.title(i)+" print no zone, and none that could be theirs was found: read as UTC, so hours may be missing to their place among others")
	}
	return slices.Concat(out, c.sayHoles(), c.attributed, conflicts)
}

// CutShort says which sources could not be opened, or read to their end, and why the
// first could not; "" when all were.
func (ix *Index) CutShort() string {
	who, why := "", ""
	more := 0
	for i := range ix.Sources {
		s := &ix.Sources[i]
		said := ""
		switch {
		case s.Broken != "":
			said = "not read to the end (" + s.Broken + "): what stood behind"
		case unopened(s):
			said = "not read (" + strings.TrimPrefix(s.Problems[0].Text, s.Path+": ") + "): what stands in it"
		default:
			continue
		}
		if who == "" {
			who, why = s.Path, said
		} else {
			more++
		}
	}
	if who == "" {
		return ""
	}
	if more > 0 {
		who = fmt.Sprintf("%s and %d more", who, more)
	}
	return who + ": " + why + " is not counted here"
}

// unopened says whether nothing of a source could be seen: an archive that is
// encrypted, a link that leads elsewhere.
func unopened(s *parse.Source) bool {
	return s.Format == "" && s.Counts.Lines == 0 && len(s.Problems) > 0 && !looksLike(s)
}

// looksLike says whether a source was opened and is in no format that is known: what
// it looks like is then its only problem.
func looksLike(s *parse.Source) bool {
	return len(s.Problems) > 0 && strings.HasPrefix(s.Problems[0].Text, parse.Looks)
}

// missing lists what would answer more, as commands.
func missing(c *Placed, processes []*Process) (out []string) {
	out = c.sayUnplaced()
	for s := range c.Streams {
		if c.Streams[s].Clock == parse.ClockAge && !c.Anchors[s].Placed() {
			out = append(out, c.SourceName(s)+": has ages only. Say when it was taken with --captured-at TIME, or add kubectl get events -o json")
		}
	}
	if !c.linkerd || !c.recognised() {
		return append(out, c.behindServing()...)
	}
	hasProxy := slices.ContainsFunc(c.Streams, func(s parse.Stream) bool { return writtenBy(&s, parse.ComponentProxy) })
	hasController := slices.ContainsFunc(c.Streams, func(s parse.Stream) bool { return writtenBy(&s, parse.ComponentController) })
	if !hasProxy {
		out = append(out, "no proxy log: kubectl logs --timestamps POD -c linkerd-proxy, of the pods whose requests failed")
	}
	if !hasController {
		out = append(out, "no controller log: kubectl logs --timestamps --prefix -n linkerd -l linkerd.io/control-plane-component=destination -c destination --tail=-1")
	}
	if hasController && !slices.ContainsFunc(processes, func(p *Process) bool { return p.Known }) {
		out = append(out, "no start of a controller: kubectl get pods -n linkerd -o json, or the metric process_start_time_seconds, to compare a period with each replica's own resync")
	}
	return out
}

// sayUnplaced asks for what places logs that count seconds since a start: a proxy's
// by its stamps or its pod's start, a kernel's by its own printer of stamps.
func (c *Placed) sayUnplaced() (out []string) {
	var proxies, others []string
	for s := range c.Streams {
		switch st := &c.Streams[s]; {
		case c.CopyOf[s] >= 0 || c.Anchors[s].Independent() || st.Clock != parse.ClockUptime:
		case writtenBy(st, parse.ComponentProxy):
			proxies = append(proxies, c.title(s))
		default:
			others = append(others, c.title(s))
		}
	}
	for _, one := range []struct {
		which []string
		ask   string
	}{
		{proxies, "kubectl logs --timestamps POD -c linkerd-proxy, kubectl get pods -o json, the metric process_start_time_seconds, --anchor GLOB=TIME"},
		{others, "the log again with stamps (a kernel's: journalctl -k -o short-iso, or dmesg --time-format iso), --anchor GLOB=TIME"},
	} {
		if len(one.which) == 0 {
			continue
		}
		who := one.which[len(one.which)-1]
		if n := len(one.which) - 1; n > 0 {
			who += fmt.Sprintf(" and %d more", n)
		}
		out = append(out, who+": counts seconds since its start and has no anchor. Any of these gives one: "+one.ask)
	}
	return out
}

// behindServing lists what tells more of failures that a load balancer, an
// ingress or another mesh wrote down: who was called, and what happened to it.
func (c *Placed) behindServing() (out []string) {
	has := func(is func(*parse.Stream) bool) bool {
		for s := range c.Streams {
			if is(&c.Streams[s]) {
				return true
			}
		}
		return false
	}
	if !has(func(st *parse.Stream) bool { return writtenBy(st, parse.ComponentApplication) }) {
		out = append(out, "no log of what was called: kubectl logs --timestamps --prefix POD --all-containers, of the pods behind it")
	}
	if !has(func(st *parse.Stream) bool { return formats.Of(st.Format).Lane == parse.LaneKubelet }) {
		out = append(out, "no events: kubectl get events -A -o json, which the API server keeps for an hour only")
	}
	if !has(serves) {
		out = append(out, "no log of what the requests came through: kubectl logs --timestamps POD, of the ingress or of the sidecars")
	}
	return out
}

package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse"
	"faultline/parse/formats"
)

// impliedStartRule offers the start that a proxy must have had.
var impliedStartRule = &Rule{
	Name: "implied_start",
	Doc: `When did an unanchored proxy start, if its failure came with the stalls that stand in the same ticket?
A hypothesis to be checked with the pod's startedAt, never used as an anchor. Only where one incident and one burst stand in one pasted text.`,
	Needs: []*Need{Pods},
	Apply: impliedStart,
}

func impliedStart(p *Pass) (out []correlate.Finding) {
	for _, g := range p.ByClock() {
		if g.Clock.OnWall() || !p.Sources[p.Streams[g.Clock].Source].Pasted || len(g.Failfast) == 0 || p.onClock[g.Clock] != 1 {
			continue
		}
		var of []burst
		for _, b := range p.bursts {
			if p.Streams[b.stalls[0].Stream].Source == p.Streams[g.Clock].Source {
				of = append(of, b)
			}
		}
		if len(of) != 1 {
			continue
		}
		ff := g.Failfast[0]
		first := ff.At - parse.Time(max(p.At(ff.Point).Lasted, 3*time.Second))
		proof := []correlate.Point{ff.Point}
		if len(g.Absent) > 0 && g.Absent[0].At < ff.At {
			first, proof = g.Absent[0].At, []correlate.Point{g.Absent[0].Point, ff.Point}
		}
		from, to := of[0].from-ff.At, of[0].from-first
		who := p.SourceName(int(g.Clock))
		age := time.Duration(first).Round(time.Second)
		out = append(out, correlate.Finding{Severity: correlate.Info, Confidence: correlate.Low,
			Title: fmt.Sprintf("If its failure came with the stalls at %s, the proxy started between %s and %s UTC, %s before its lookup.",
				hour(of[0].from), strings.TrimSuffix(clockText(from), " UTC"), hour(to), age),
			Detail: fmt.Sprintf("%s counts seconds since its start, and nothing says when that was; the text puts the lines side by side. The interval runs from the lookup to the failfast. "+
				"A pod that young has an empty discovery cache, so that all of its targets are new lookups.", who),
			Evidence: p.lines(append(proof, of[0].stalls[0].Point)...),
			Next:     []string{"Check it: kubectl get pod POD -o json, state.running.startedAt of linkerd-proxy.", "Then anchor it: --anchor GLOB=TIME."}})
	}
	return out
}

func hour(t parse.Time) string { return time.Unix(0, int64(t)).UTC().Format("15:04:05.000") }

// qualityRule says what the evidence is worth.
var qualityRule = &Rule{
	Name: "quality",
	Doc: `How good is the evidence?
Clocks without an anchor, incidents where no controller was captured, replicas without a log, logs cut to ten lines by a selector, mixed pods, restarts, repeated lines.`,
	Needs: []*Need{ProxyLogs, ControllerLogs, Pods},
	Apply: quality,
}

func quality(p *Pass) (out []correlate.Finding) {
	for _, check := range []func(*Pass) correlate.Finding{unanchored, undated, tenLines, uncovered, behind, unlogged, mixed,
		restarted, repeated} {
		out = append(out, check(p)) // one without proof is none
	}
	return out
}

// begin is the first line of a stream of which the place is known: a line that
// makes no event has one where it ties the stream's clock to another.
func (p *Pass) begin(s int) parse.Ref {
	st := &p.Streams[s]
	if len(st.Events) > 0 && st.Events[0].Line == st.FirstLine {
		return st.Ref(&st.Events[0])
	}
	for _, t := range st.Ties {
		if t.Ref.Line == st.FirstLine {
			return t.Ref
		}
	}
	if len(st.Events) > 0 {
		return st.Ref(&st.Events[0])
	}
	return parse.Ref{Source: st.Source, Line: st.FirstLine}
}

// streams finds the streams, no copies, that pass, and their first lines.
func (p *Pass) streams(want func(s int, st *parse.Stream) bool) (n int, proof []parse.Ref) {
	for s := range p.Streams {
		if p.CopyOf[s] < 0 && want(s, &p.Streams[s]) {
			n++
			proof = append(proof, p.begin(s))
		}
	}
	return n, proof
}

func unanchored(p *Pass) (f correlate.Finding) {
	var of []int
	_, proof := p.streams(func(s int, st *parse.Stream) bool {
		is := st.Clock == parse.ClockUptime && !p.Anchors[s].Placed() && p.onClock[correlate.ClockID(s)] > 0
		if is {
			of = append(of, s)
		}
		return is
	})
	n := p.ProcessCount(of)
	return correlate.Finding{Severity: correlate.Info, Confidence: correlate.High,
		Title:  fmt.Sprintf("%s, and nothing says when that was: the order against other logs is not known.", withFailures(n)),
		Detail: "No claim here says that such a failure precedes or follows a stall.", Evidence: refs(proof...),
		Next: []string{"kubectl logs --timestamps, or kubectl get pods -o json, or process_start_time_seconds: any of them places the log.", "--anchor GLOB=TIME says it by hand."}}
}

func withFailures(n int) string {
	if n == 1 {
		return "One process with failures counts seconds since its start"
	}
	return fmt.Sprintf("%d processes with failures count seconds since their start", n)
}

func undated(p *Pass) (f correlate.Finding) {
	n, proof := p.streams(func(s int, st *parse.Stream) bool {
		return st.Clock == parse.ClockAge && !p.Anchors[s].Placed() && len(st.Events) > 0
	})
	return correlate.Finding{Severity: correlate.Info, Confidence: correlate.High,
		Title:  fmt.Sprintf("%s of events %s ages only: when they were is not known.", words.Upper(words.Count(n, "table", "tables")), number(n, "tells", "tell")),
		Detail: "An age is rounded down, and counts from when the dump was taken.", Evidence: refs(proof...),
		Next: []string{"--captured-at TIME, or kubectl get events -o json."}}
}

// tenLines finds selectors without --tail: kubectl logs -l prints ten lines a
// container.
func tenLines(p *Pass) (f correlate.Finding) {
	bySource := map[uint32][]int{}
	for s := range p.Streams {
		if st := &p.Streams[s]; p.Name(st.Pod) != "" && formats.Of(st.Format).Component != "" {
			bySource[st.Source] = append(bySource[st.Source], s)
		}
	}
	var proof []parse.Ref
	for src := range p.Sources {
		of := bySource[uint32(src)]
		if len(of) < 2 || slices.ContainsFunc(of, func(s int) bool { return p.Streams[s].Lines != 10 }) {
			continue
		}
		proof = append(proof, p.begin(of[0]))
	}
	return correlate.Finding{Severity: correlate.Info, Confidence: correlate.High,
		Title:  "Each container's log has exactly ten lines: with a selector kubectl prints ten unless it is told --tail=-1.",
		Detail: "What is missing was not lost on the nodes.", Evidence: refs(proof...),
		Next: []string{"kubectl logs -l SELECTOR --tail=-1 --timestamps --prefix"}}
}

// silentFor is how long a controller may have nothing to say: its log then ends before
// what was captured does.
const silentFor = 900.0

// uncovered counts incidents at times of which no controller's log was captured.
func uncovered(p *Pass) (f correlate.Finding) {
	out, all := p.unwatched(false)
	return correlate.Finding{Severity: correlate.Info, Confidence: correlate.High,
		Title:  parse.Agree(fmt.Sprintf("%d of %d incidents on the wall clock lie where no controller's log was captured: nothing can be said of stalls there.", len(out), all)),
		Detail: "A rotated log, a short --since, or a replica that is gone.", Evidence: p.lines(out[:min(len(out), 3)]...),
		Next: []string{"kubectl logs of every destination replica with --tail=-1, and --previous."}}
}

// behind counts incidents long after the last line of every controller's log, which
// may have gone on without a word.
func behind(p *Pass) (f correlate.Finding) {
	out, all := p.unwatched(true)
	return correlate.Finding{Severity: correlate.Info, Confidence: correlate.High,
		Title:  parse.Agree(fmt.Sprintf("%d of %d incidents on the wall clock come more than 15 minutes after the last line of every controller's log: it had nothing to say, or was not captured that far.", len(out), all)),
		Detail: "Of stalls at that time nothing is known.", Evidence: p.lines(out[:min(len(out), 3)]...),
		Next: []string{"kubectl logs --timestamps of every destination replica: does it go on behind the last line that is here?"}}
}

// unwatched are the incidents that lie in no controller's log: those behind the last
// line of all of them, or the others; all is how many have a wall time. None are without
// any controller's log.
func (p *Pass) unwatched(behind bool) (out []correlate.Point, all int) {
	if !p.Linkerd() || !ControllerLogs.has(p) {
		return nil, 0
	}
	for i := range p.Incidents {
		in := &p.Incidents[i]
		if !in.Clock.OnWall() {
			continue
		}
		all++
		at, last, covered := float64(in.Start)/1e9, 0.0, false
		for _, q := range p.Processes() {
			end := q.Coverage[len(q.Coverage)-1].End
			covered = covered || q.Coverage.Contains(at) || at > end && at < end+silentFor
			last = max(last, end)
		}
		if !covered && behind == (last > 0 && at > last) {
			out = append(out, in.Proof[0])
		}
	}
	return out, all
}

// unlogged finds destination pods that the dump names and holds no log of.
func unlogged(p *Pass) (f correlate.Finding) {
	var missing []string
	var proof []parse.Ref
	logged := false
	for s := range p.Streams {
		logged = logged || p.controllerLog(s)
	}
	for _, fact := range p.fact(parse.FactStartedAt) {
		parts := strings.Split(p.Name(fact.Subject), "/")
		if len(parts) != 3 || parts[2] != "destination" || slices.Contains(missing, parts[1]) {
			continue
		}
		has := false
		for s := range p.Streams {
			has = has || p.controllerLog(s) && p.Who[s].Pod == parts[1]
		}
		if !has {
			missing, proof = append(missing, parts[1]), append(proof, fact.Ref)
		}
	}
	if len(missing) == 0 {
		return f
	}
	if nameless, of := p.nameless(); nameless > 0 {
		return correlate.Finding{Severity: correlate.Info, Confidence: correlate.High,
			Title:  fmt.Sprintf("%s of a destination %s no pod: which of %s they are of is not known.", words.Upper(words.Count(nameless, "log", "logs")), number(nameless, "names", "name"), words.Count(len(missing), "replica", "replicas")),
			Detail: "A stall can be laid to no replica, nor its period to a replica's start.", Evidence: refs(append(of, proof...)...),
			Next: []string{"Name the files POD.CONTAINER.log, or kubectl logs --prefix; the first lines of a log, which its process prints when it starts, tell too."}}
	}
	if !logged {
		return f
	}
	return correlate.Finding{Severity: correlate.Info, Confidence: correlate.High,
		Title:  fmt.Sprintf("No log of %s was captured (%s): each replica stalls at its own time.", words.Count(len(missing), "destination replica", "destination replicas"), strings.Join(missing[:min(len(missing), 3)], ", ")),
		Detail: "Failures that no captured replica explains may be those of one that is missing.", Evidence: refs(proof...),
		Next: []string{"kubectl logs of every replica: -l linkerd.io/control-plane-component=destination --tail=-1 --prefix --timestamps"}}
}

// nameless counts the logs of controllers of which nothing says whose they are.
func (p *Pass) nameless() (n int, proof []parse.Ref) {
	return p.streams(func(s int, _ *parse.Stream) bool { return p.controllerLog(s) && p.Who[s].Pod == "" })
}

// number is a verb for one or for several.
func number(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

func mixed(p *Pass) (f correlate.Finding) {
	n, proof := p.streams(func(_ int, st *parse.Stream) bool { return st.Interleaved })
	return correlate.Finding{Severity: correlate.Info, Confidence: correlate.Medium,
		Title:  fmt.Sprintf("Logs of %d processes are mixed in one file without a prefix; they were told apart by their clocks.", n),
		Detail: "Which line is whose is a guess where uptimes are close.", Evidence: refs(proof...), Next: []string{"kubectl logs --prefix"}}
}

func restarted(p *Pass) (f correlate.Finding) {
	n, proof := p.streams(func(_ int, st *parse.Stream) bool { return st.Life > 0 })
	return correlate.Finding{Severity: correlate.Info, Confidence: correlate.High,
		Title:  fmt.Sprintf("%s within the captured logs: uptimes and resyncs begin anew there.", words.Upper(words.Count(n, "restart", "restarts"))),
		Detail: "A restart empties a proxy's discovery cache and gives a controller's resync a new phase.", Evidence: refs(proof...),
		Next: []string{"Look at lastState.terminated in kubectl get pods -o json: OOMKilled, or a failed probe."}}
}

func repeated(p *Pass) (f correlate.Finding) {
	var sum uint64
	var proof []parse.Ref
	for s := range p.Streams {
		if of := p.CopyOf[s]; of >= 0 && len(proof) < 4 {
			proof = append(proof, p.begin(s), p.begin(of))
		}
	}
	for _, n := range p.Duplicate {
		sum += n
	}
	if sum == 0 {
		return f
	}
	return correlate.Finding{Severity: correlate.Info, Confidence: correlate.High,
		Title:  parse.Agree(fmt.Sprintf("%d events stand in several files and are counted once.", sum)),
		Detail: "The copy with the best clock is used.", Evidence: refs(proof...)}
}

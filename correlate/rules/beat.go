package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/correlate/stat"
	"faultline/correlate/words"
	"faultline/parse"
)

// beatRule says whether the incidents have the period of a resync.
var beatRule = &Rule{
	Name: "beat",
	Doc: `Do the incidents have the period of an informer resync, or of something else?
Repeats the judgement of the periods with its proof, and puts beside it every mechanism that fits as well. Too little data is an answer.`,
	Needs: []*Need{ProxyLogs, ControllerLogs, Starts},
	Apply: beat,
}

func beat(p *Pass) []correlate.Finding {
	if len(p.Incidents) == 0 {
		return nil
	}
	f := correlate.Finding{Evidence: p.onsets(p.Verdict.Period), Query: `increase(outbound_http_errors_total{error="failfast"}[1m])`}
	switch p.Verdict.Code {
	case correlate.BeatMatchesResync:
		f.Severity, f.Confidence = correlate.Critical, correlate.Medium
		f.Diagnosis, f.Where, f.Rivals = resyncStall.Name, resyncStall.Diagnosis.Where, resyncStall.Diagnosis.Rivals
		p.sayBeat(&f, "consistent with linkerd's informer resync")
	case correlate.PeriodCauseOpen:
		f.Severity = correlate.Warning
		p.sayBeat(&f, "and nothing that was captured tells whose it is")
		f.Confidence = correlate.Low
	case correlate.OtherBeat:
		f.Severity, f.Confidence = correlate.Warning, correlate.Medium
		p.sayBeat(&f, "which is not explained by linkerd's informer resync")
	case correlate.NoBeat:
		f.Severity, f.Confidence = correlate.Info, correlate.Medium
		f.Title = fmt.Sprintf("%s have none of the periods that could be tested.", words.Upper(words.Count(len(p.Incidents), "incident", "incidents")))
		f.Detail = p.Verdict.Sentence
		f.Next = []string{"Compare the targets of the incidents, and what was changed shortly before each."}
	default:
		f.Severity, f.Confidence = correlate.Info, correlate.High
		f.Title = p.tooLittle()
		f.Detail = "A period is not claimed from fewer than six cycles: that incidents come each ten minutes is what people saw, not what this dump shows."
		f.Next = []string{"Capture two hours under load, with kubectl logs --timestamps, of the failing proxies and of every destination replica."}
	}
	return []correlate.Finding{f}
}

// tooLittle is the answer to a handful of incidents.
func (p *Pass) tooLittle() string {
	need := 0
	for i := range p.Periods {
		if q := &p.Periods[i]; q.Of == correlate.Failures && q.Need > 0 && (need == 0 || q.Need < need) {
			need = q.Need
		}
	}
	s := fmt.Sprintf("%s: too little data for a period", words.Upper(words.Count(len(p.Incidents), "incident", "incidents")))
	if need > 0 {
		return fmt.Sprintf("%s; to test one of %s takes about %s with an incident.", s, words.Minutes(known.Periods[0]), words.Count(need, "more cycle", "more cycles"))
	}
	return s + "."
}

// onsets are the first lines of the incidents that a period rests on.
func (p *Pass) onsets(period int) []correlate.Evidence {
	var out []correlate.Point
	id := ""
	if period >= 0 {
		id = p.Periods[period].ID
	}
	for _, must := range []bool{true, false} {
		for i := range p.Incidents {
			if in := &p.Incidents[i]; len(out) < 4 && (in.Period == id) == must {
				out = append(out, in.Proof[0])
			}
		}
		if len(out) > 0 {
			break
		}
	}
	return p.lines(out...)
}

// sureCycles is from how many onsets on a period is sure.
const sureCycles = 6

// sayBeat names a period, what fits it and what does not.
func (p *Pass) sayBeat(f *correlate.Finding, what string) {
	q := &p.Periods[p.Verdict.Period]
	who := "Failures"
	if q.Of == correlate.Stalls {
		who = "The stalls, with which failures coincide,"
	}
	f.Title = fmt.Sprintf("%s have a period of %s, %s.", who, q.Length(), what)
	if q.Verdict == stat.Strong && q.Onsets >= sureCycles {
		f.Confidence = correlate.High
	}
	var fits, not []string
	for _, m := range q.Mechanisms {
		text := m.Name
		if m.Distance != nil {
			text += fmt.Sprintf(" (%.1f s from its ticks)", m.Distance.Seconds())
		}
		if m.Compatible {
			fits = append(fits, text)
		} else if m.Note == "" || m.Distance != nil {
			not = append(not, text)
		}
	}
	f.Detail = p.Verdict.Sentence
	if len(fits) > 0 {
		f.Detail += " Fits: " + strings.Join(fits, ", ") + "."
	}
	if len(not) > 0 {
		f.Detail += " Does not fit: " + strings.Join(not, ", ") + "."
	}
	for i := range p.Incidents { // incidents that are not at the tick speak against it
		if in := &p.Incidents[i]; in.Period != "" && in.Phase.Abs() > q.Nominal/10 && len(f.Against) < 2 {
			f.Against = append(f.Against, p.lines(in.Proof[0])...)
		}
	}
	for _, proc := range p.Processes() {
		if proc.Known && len(f.Evidence) < maxEvidence {
			f.Evidence = append(f.Evidence, refs(proc.Proof...)...)
		}
	}
	f.Next = []string{p.Verdict.Next}
}

// replicasRule says whether the replicas stall each at its own time.
var replicasRule = &Rule{
	Name: "replicas",
	Doc: `Do the replicas stall each at its own phase, or all at once?
A resync counts from each replica's own start, so replicas that started apart stall apart; what reaches all at once is a burst of changes, a relist or a node. Says nothing of replicas that started together, nor of fewer than five bursts.`,
	Needs: []*Need{ControllerLogs, Starts},
	Apply: replicas,
}

// together is how close the bursts of two replicas must begin.
const together = parse.Time(2 * time.Second)

func replicas(p *Pass) []correlate.Finding {
	byPod := map[string][]burst{}
	for _, b := range p.bursts {
		byPod[b.process] = append(byPod[b.process], b)
	}
	type pair struct{ joint, n int }
	var all pair
	expected := 0.0
	var proof []correlate.Point
	procs := p.Processes()
	for i, a := range procs {
		for _, b := range procs[i+1:] {
			if !a.Known || !b.Known || !apart(a.Start-b.Start, known.Periods[0]) {
				continue
			}
			both := a.Coverage.Intersect(b.Coverage).Length()
			for _, x := range byPod[a.Name] {
				if !a.Coverage.Intersect(b.Coverage).Contains(float64(x.from) / 1e9) {
					continue
				}
				all.n++
				expected += float64(len(byPod[b.Name])) * 2 * time.Duration(together).Seconds() / math.Max(both, 1)
				if j := slices.IndexFunc(byPod[b.Name], func(y burst) bool { return y.from-x.from <= together && x.from-y.from <= together }); j >= 0 {
					all.joint++
					if len(proof) < 4 {
						proof = append(proof, x.stalls[0].Point, byPod[b.Name][j].stalls[0].Point)
					}
				}
			}
		}
	}
	const least = 5
	if all.n < least || len(proof) == 0 || stat.BinomialSF(all.joint, all.n, math.Min(1, expected/float64(all.n))) > 1e-4 ||
		2*all.joint < all.n {
		return nil
	}
	return []correlate.Finding{{
		Severity: correlate.Warning, Confidence: correlate.Medium,
		Title:    fmt.Sprintf("Replicas that started apart stall within 2 s of each other in %d of %d bursts, which speaks against a resync of each.", all.joint, all.n),
		Detail:   fmt.Sprintf("%.1f would by chance. A resync counts from each replica's own start; a burst of changes at the API server, a relist, or one busy node reaches several at once. Load makes bursts likelier for all, which this count does not take out.", expected),
		Evidence: p.lines(proof...),
		Next:     []string{"Look at what the API server did at these times: relists in the log, node events, rollouts.", "Look whether the replicas share a node."},
	}}
}

// apart says whether two starts differ by so much that their resyncs do too.
func apart(d parse.Time, period time.Duration) bool {
	off := math.Mod(math.Abs(float64(d)), float64(period))
	off = math.Min(off, float64(period)-off)
	return off > float64(30*time.Second)
}

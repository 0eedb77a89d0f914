package rules

import (
	"fmt"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/stat"
	"faultline/correlate/words"
	"faultline/parse"
)

// sinceRule says since when, and what was changed then.
var sinceRule = &Rule{
	Name: "since",
	Doc: `Since when is it more, or less, and what was changed at that time?
Repeats the change points of the rates, and puts beside each what a facts file, the versions in the logs and the starts of the replicas say within the hour. A change within one day is never told from the rhythm of a working day.`,
	Needs: []*Need{ProxyLogs, VersionFacts},
	Apply: since,
}

func since(p *Pass) (out []correlate.Finding) {
	for i := range p.Since {
		c := &p.Since[i]
		f := correlate.Finding{Severity: correlate.Info, Confidence: correlate.Medium, Title: words.Upper(c.Sentence) + ".", Evidence: p.around(c),
			Query: `sum(rate(outbound_http_errors_total{error="failfast"}[10m]))`,
			Next:  []string{"Write what was changed, and when, into a faultline.yaml beside the dump (changes, versions)."}}
		if c.WithinADay {
			f.Confidence = correlate.Low
		}
		done, proof := p.doneNear(c.At, max(c.Within, time.Hour))
		f.Detail = "Nothing that was captured was changed within the hour of it."
		if len(done) > 0 {
			f.Detail = "Within the hour of it: " + strings.Join(done, "; ") + ". That one precedes the other does not show that it is the reason."
			f.Evidence = append(refs(proof...), f.Evidence...)
			if !c.WithinADay {
				f.Severity = correlate.Warning
			}
		}
		f.Evidence = f.Evidence[:min(len(f.Evidence), maxEvidence)]
		out = append(out, f)
	}
	return out
}

// around are the events on either side of a change point.
func (p *Pass) around(c *correlate.ChangePoint) []correlate.Evidence {
	var last, first *correlate.Point
	see := func(at parse.Time, pt correlate.Point) {
		if at < c.At {
			last = &pt
		} else if first == nil {
			first = &pt
		}
	}
	if c.Of == "incidents" {
		for i := range p.Incidents {
			if in := &p.Incidents[i]; in.Clock.OnWall() {
				see(in.Start, in.Proof[0])
			}
		}
	} else {
		for _, b := range p.bursts {
			see(b.from, b.stalls[0].Point)
		}
	}
	var out []correlate.Point
	for _, pt := range []*correlate.Point{last, first} {
		if pt != nil {
			out = append(out, *pt)
		}
	}
	return p.lines(out...)
}

// doneNear lists what was changed within some time of a moment.
func (p *Pass) doneNear(at parse.Time, within time.Duration) (said []string, proof []parse.Ref) {
	near := func(t parse.Time) bool { return t != 0 && time.Duration(abs(t-at)) <= within }
	for _, a := range p.Actions() {
		if near(a.At) {
			said = append(said, strings.TrimSpace(a.What+" "+a.Detail)+" at "+clockText(a.At))
			proof = append(proof, a.Ref)
		}
	}
	for _, r := range p.upgrades() {
		if near(r.at) && r.basis != mentioned {
			said = append(said, fmt.Sprintf("%s in place of %s at %s", r.Release, r.from, clockText(r.at)))
			proof = append(proof, r.ref)
		}
	}
	for _, q := range p.Processes() {
		if q.Known && near(q.Start) {
			said = append(said, "start of "+q.Name+" at "+clockText(q.Start))
			proof = append(proof, q.Proof...)
		}
	}
	return said, proof
}

// loadRule says whether it comes only when the cluster is busy.
var loadRule = &Rule{
	Name: "load",
	Doc: `Do the incidents come only when the cluster is busy?
Repeats the comparison of cycles with and without an incident by each measure of load that was captured. Load makes stalls likelier, and clients too: that both come when it is busy links neither to the other.`,
	Needs: []*Need{ProxyLogs, LoadMetrics},
	Apply: load,
}

func load(p *Pass) (out []correlate.Finding) {
	var proof []correlate.Evidence
	for i := range p.Incidents {
		if in := &p.Incidents[i]; in.Clock.OnWall() && len(proof) < 3 {
			proof = append(proof, p.lines(in.Proof[0])...)
		}
	}
	for i := range p.Case.Load {
		l := &p.Case.Load[i]
		if l.Verdict != correlate.Busier {
			continue
		}
		f := correlate.Finding{Severity: correlate.Info, Confidence: correlate.Medium, Title: words.Upper(l.Sentence) + ".", Evidence: proof,
			Detail: "A quiet night is no counter-example then: the same clock ticks, and nothing is asked. It does not show what the load does: more updates to hand on, more lookups, less CPU.",
			Next:   []string{"Compare cycles of equal load with and without a stall (compare, --since)."}}
		for _, m := range p.named(l.By) {
			f.Evidence = append(f.Evidence, m.whole())
			break
		}
		return append(out, f) // measures of one thing say it again
	}
	return out
}

// scaleOutRule says what more replicas changed.
var scaleOutRule = &Rule{
	Name: "scale",
	Doc: `What did a change in the number of replicas do to the stall lines?
Constant in total or per replica, with an interval, where the dump holds both sides. Where only a ticket says so, gives both readings: a constant total fits work that replicas share out (subscribers) as well as work that is not theirs.`,
	Needs: []*Need{ControllerLogs, Pods},
	Apply: scaleOut,
}

func scaleOut(p *Pass) []correlate.Finding {
	if s := p.Scale; s != nil {
		f := correlate.Finding{Severity: correlate.Info, Confidence: correlate.Medium, Title: s.Sentence, Evidence: refs(s.Proof...),
			Detail: "Before and after are one unit each: what else changed between them is not excluded.",
			Query:  `count(up{namespace="linkerd",component="destination"})`, Next: []string{"Keep each number of replicas for a day of equal load."}}
		if s.Verdict == stat.ScaleUndecided {
			f.Confidence = correlate.Low
		}
		return []correlate.Finding{f}
	}
	said := p.mention("scale")
	if len(said) == 0 || p.Stalls == 0 {
		return nil
	}
	return []correlate.Finding{{Severity: correlate.Info, Confidence: correlate.Low,
		Title: fmt.Sprintf("\"%s\": that the total of stall lines stays speaks neither for nor against a resync.", p.Name(said[0].Value)),
		Detail: "One reading: work that each replica does alone would have grown with them. The other: each replica pays for its own subscribers (Servers times subscribed addresses before 2.14.10), " +
			"which more replicas share out, so that the total stays. The dump holds one number of replicas only; logs of both would decide it.",
		Evidence: refs(said[0].Ref), Query: `sum by (pod) (ip_port_subscribers)`,
		Next: []string{"Collect the stall lines of every replica before and after scaling, and compare the two cases."}}}
}

package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/known"
	"faultline/parse"
)

// Failure says what the failure was.
var Failure = &Rule{
	Name: "failure",
	Doc: `What was the failure: no endpoints answered, no answer in time, or endpoints that could not be reached?
Decides from the order and the spacing of the lines before each failfast, per process. It does not say why the controller answered so.`,
	Needs: []*Need{ProxyLogs},
	Apply: failure,
}

// precedes is one failfast and the line that came before it.
type precedes struct {
	before, failfast correlate.Moment
	gap              time.Duration
}

func failure(p *Pass) (out []correlate.Finding) {
	for _, one := range []struct {
		sig   correlate.Signature
		title string
		mean  string
		next  []string
	}{
		{correlate.NoEndpoints, "the controller answered that the target has no endpoints", "A lookup that is merely slow cannot print \"No endpoints\": the controller's view was empty or stale, the target had none, or it does not exist.",
			[]string{"Ask every replica at once: linkerd diagnostics endpoints TARGET, and kubectl get endpointslices -n NAMESPACE."}},
		{correlate.NoAnswer, "nothing was answered before the failfast", "The lookup got no answer in time: the controller was blocked, slow, or not reached. A new lookup is made for each target that nobody used for 5 s, so rarely used targets meet it most.",
			[]string{"Look whether the destination stalled or restarted at these times, and at the proxy's control_* metrics."}},
		{correlate.Unreachable, "endpoints were known and could not be connected to", "The addresses were answered; the network, the application or stale addresses are what is left.",
			[]string{"Compare the addresses that were tried with the pods' addresses at that time."}},
	} {
		var of []*correlate.Incident
		for i := range p.Incidents {
			if p.Incidents[i].Signature == one.sig {
				of = append(of, &p.Incidents[i])
			}
		}
		if len(of) == 0 {
			continue
		}
		f := correlate.Finding{Severity: correlate.Warning, Confidence: correlate.High, Next: one.next,
			Query: `sum by (pod) (increase(outbound_http_errors_total{error="failfast"}[1m]))`}
		f.Title = fmt.Sprintf("In %d of %s %s", len(of), plural(len(p.Incidents), "incident", "incidents"), one.title)
		f.Detail = one.mean
		for _, in := range of {
			if len(f.Evidence) < maxEvidence {
				f.Evidence = append(f.Evidence, p.lines(in.Proof[:min(len(in.Proof), 3)]...)...)
			}
		}
		f.Evidence = f.Evidence[:min(len(f.Evidence), maxEvidence)]
		if one.sig == correlate.NoEndpoints {
			if pairs := p.spacing(); len(pairs) > 0 {
				f.Title += ", " + spaced(pairs)
			}
		}
		f.Title += "."
		f.Detail += " " + spread(of)
		out = append(out, f)
	}
	return out
}

// spacing pairs each failfast with the "No endpoints" that its process said
// last before it, at most the failfast's own wait and a second back.
func (p *Pass) spacing() (out []precedes) {
	for _, g := range p.ByClock() {
		for _, ff := range g.Failfast {
			wait := time.Duration(p.At(ff.Point).Lasted)
			if wait == 0 {
				wait = 3 * time.Second
			}
			var best *correlate.Moment
			for i := range g.Absent {
				m := &g.Absent[i]
				if gap := ff.At - m.At; m.Stream == ff.Stream && gap >= 0 && gap <= parse.Time(wait+time.Second) &&
					(best == nil || abs(gap-parse.Time(wait)) < abs(ff.At-best.At-parse.Time(wait))) {
					best = m
				}
			}
			if best != nil {
				out = append(out, precedes{*best, ff, time.Duration(ff.At - best.At)})
			}
		}
	}
	return out
}

func abs(t parse.Time) parse.Time { return max(t, -t) }

// spaced says how long before the failfast the answer came, and which of the
// proxy's waits that is.
func spaced(pairs []precedes) string {
	var gaps []float64
	for _, q := range pairs {
		gaps = append(gaps, q.gap.Seconds())
	}
	mid, lo, hi := median(gaps), slices.Min(gaps), slices.Max(gaps)
	s := fmt.Sprintf("%.3f s before the failfast", mid)
	if len(gaps) > 1 {
		s = fmt.Sprintf("%.3f s (median; %.3f to %.3f) before the failfast", mid, lo, hi)
	}
	for _, w := range known.Waits {
		if math.Abs(mid-w.Seconds) <= 0.05 {
			s += fmt.Sprintf(", which is %s (%g s)", w.What, w.Seconds)
		}
	}
	return s
}

// spread says how many targets failed together.
func spread(of []*correlate.Incident) string {
	targets := map[string]bool{}
	several := 0
	for _, in := range of {
		if len(in.Targets) > 1 {
			several++
		}
		for _, t := range in.Targets {
			targets[t.Name] = true
		}
	}
	switch {
	case len(targets) == 0:
		return "The lines do not name the target."
	case len(targets) == 1 && len(of) == 1:
		return "One target failed."
	case len(targets) == 1:
		return "It was the same target each time, which points at that service rather than at the controller."
	}
	s := fmt.Sprintf("%s failed", plural(len(targets), "target", "targets"))
	if several > 0 {
		s += fmt.Sprintf(", several at once in %s", plural(several, "incident", "incidents"))
	}
	return s + fmt.Sprintf(": what they share is the controller, or the network. A proxy forgets a target that nobody used for %d s and looks it up anew.", known.DiscoveryIdle)
}

// Service splits "name.ns.svc.cluster.local:81" into namespace and name; ok is
// false for addresses.
func Service(target string) (namespace, name string, ok bool) {
	host := target
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		host = host[:i]
	}
	parts := strings.Split(host, ".")
	if len(parts) < 2 || parts[0] == "" || parts[0][0]-'0' <= 9 && len(parts) == 4 || parts[1] == "" {
		return "", "", false
	}
	return parts[1], parts[0], true
}

package rules

import (
	"fmt"
	"math"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse"
)

// probesRule says what the record of probes is worth.
var probesRule = &Rule{
	Name: "probes",
	Doc: `Which failed probes could have been recorded at all?
The kubelet's event filter hides what comes often, and a probe each ten seconds meets a period of ten minutes always at the same phase. Says how much of the stalls any probe could have seen.`,
	Needs: []*Need{Events, Pods},
	Apply: probes,
}

func probes(p *Pass) []correlate.Finding {
	var filtered []correlate.Point
	for _, pt := range p.Of(parse.KubeletProbeFailed) {
		if p.At(pt).Count > 25 {
			filtered = append(filtered, pt)
		}
	}
	if len(filtered) == 0 {
		return nil
	}
	return []correlate.Finding{{Severity: correlate.Info, Confidence: correlate.High,
		Title:    fmt.Sprintf("%s was counted more than 25 times: the kubelet's event filter then writes one in five minutes, so its last time may be that much too old.", words.Upper(words.Count(len(filtered), "probe failure", "probe failures"))),
		Detail:   "The count is right, the times between are lost, and other messages of the same pod may be missing. A step of five minutes there is the filter's. " + p.coverage(),
		Evidence: p.lines(filtered...), Next: []string{"The kubelet's own log (-v=2) has every probe."}}}
}

// startsNear finds starts of controllers within a minute of some probes.
func (p *Pass) startsNear(probes []correlate.Point) (out []parse.Ref) {
	for _, q := range p.Processes() {
		for _, pt := range probes {
			at, within, ok := p.Wall(pt)
			first := at - parse.Time(p.At(pt).Lasted)
			pod := p.Whose(pt).Pod
			if ok && within < time.Minute && q.Known && first-q.Start < parse.Time(time.Minute) && q.Start-first < parse.Time(10*time.Second) &&
				(pod == "" || strings.HasPrefix(q.Name, pod)) {
				out = append(out, q.Proof...)
				break
			}
		}
	}
	return out
}

// Timing of the control plane's probes (linkerd2 chart, kubelet prober).
const (
	probeEach    = 10 * time.Second
	probeTimeout = time.Second
)

// coverage says which share of the bursts a probe could have seen at all: one
// that is sent at least a timeout before the end of a burst of unbroken stalls.
func (p *Pass) coverage() string {
	aliased := "A probe each 10 s meets a period of 600 s always at the same phase: it sees all of its stalls or none, and that it does not fail says little."
	if len(p.bursts) == 0 {
		return aliased
	}
	seen := 0.0
	for _, b := range p.bursts {
		seen += math.Min(1, math.Max(0, float64(time.Duration(b.to-b.from)-probeTimeout)/float64(probeEach)))
	}
	return fmt.Sprintf("Of %s of stalls, one readiness probe each 10 s could have timed out in about %.0f %% at most. %s", words.Count(len(p.bursts), "burst", "bursts"), 100*seen/float64(len(p.bursts)), aliased)
}

// starting says how long the answers of 500 lasted, and adds the start that the
// dump shows within a minute.
func starting(p *Pass, g *group, f *correlate.Finding) {
	var list []correlate.Point
	var span time.Duration
	for _, s := range g.list {
		list = append(list, s.Point)
		span = max(span, p.At(s.Point).Lasted)
	}
	n := words.Upper(words.Count(g.n, "readiness probe", "readiness probes"))
	whole := int(span.Round(time.Second).Seconds())
	switch {
	case span > 0 && len(list) > 1:
		f.Title = fmt.Sprintf("%s answered 500 in %d runs of up to %d s: controllers that were starting, not overloaded ones.", n, len(list), whole)
	case span > 0:
		f.Title = fmt.Sprintf("%s answered 500, the first and the last %d s apart by their stamps, which are whole seconds (%d to %d s in truth): a controller that was starting, not an overloaded one.",
			n, whole, max(0, whole-1), whole+1)
	default:
		f.Title = fmt.Sprintf("%s answered 500: a controller that was starting, not an overloaded one.", n)
	}
	if starts := p.startsNear(list); len(starts) > 0 {
		f.Confidence = correlate.High
		f.Evidence = append(refs(starts...), f.Evidence...)
		f.Evidence = f.Evidence[:min(len(f.Evidence), maxEvidence)]
		f.Detail += " The dump shows such a start within a minute."
	}
}

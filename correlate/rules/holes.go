package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/stat"
	"faultline/correlate/words"
	"faultline/parse"
)

// holesRule says whether what is missing is missing at the wrong times.
var holesRule = &Rule{
	Name: "holes",
	Doc: `Do failed scrapes fall together with the stalls?
A process that does not get the CPU does not answer Prometheus either: up == 0 and gaps in its series are evidence, not noise. Tests the scrapes that failed against the bursts of the same replica, moved to and fro, so that a busy hour makes no link.`,
	Needs: []*Need{ControllerLogs, Ups},
	Apply: holes,
}

func holes(p *Pass) []correlate.Finding {
	const (
		before = 15 * time.Second // a scrape is begun up to its timeout before
		window = 30.0
	)
	var a []float64
	byPod := map[string][]float64{}
	points := map[float64]correlate.Point{}
	for _, pt := range p.Of(parse.ScrapeFailed) {
		at, _, ok := p.Wall(pt)
		pod := lastPart(p.Name(p.At(pt).Target))
		if !ok || pod == "" {
			continue
		}
		t := float64(at) / 1e9
		byPod[pod] = append(byPod[pod], t)
		points[t] = pt
	}
	observed, n, expected := 0, 0, 0.0
	chance := 1.0
	var proof []correlate.Point
	for _, q := range p.Processes() {
		for pod, times := range byPod {
			if !strings.HasPrefix(q.Name, pod) {
				continue
			}
			var bursts []float64
			for _, b := range p.bursts {
				if b.process == q.Name {
					bursts = append(bursts, float64(b.from)/1e9)
				}
			}
			slices.Sort(times)
			slices.Sort(bursts)
			t, ok := stat.LocalCoverage(times, bursts, window, -before.Seconds(), 10*window, q.Coverage)
			if !ok || t.N == 0 {
				continue
			}
			a = append(a, t.P)
			observed, n, expected = observed+t.K, n+t.N, expected+t.Expected
			for _, x := range times {
				if slices.ContainsFunc(bursts, func(b float64) bool { return x >= b-before.Seconds() && x <= b+window-before.Seconds() }) &&
					len(proof) < 4 {
					proof = append(proof, points[x])
				}
			}
		}
	}
	for _, one := range a {
		chance = min(chance, one*float64(len(a))) // Bonferroni: one replica is enough
	}
	if n < 5 || chance > 1e-3 || float64(observed) < 0.3*float64(n) {
		return p.manyHoles()
	}
	return []correlate.Finding{{Severity: correlate.Warning, Confidence: correlate.High,
		Title:    fmt.Sprintf("%d of %d failed scrapes fall within 15 s of a burst of stalls of the same replica (%.1f by chance).", observed, n, expected),
		Detail:   fmt.Sprintf("The replica did not answer Prometheus while it stalled (%s), so the gaps in its metrics lie where they matter most: averages over them look calmer than it was.", words.P(chance)),
		Evidence: p.lines(proof...), Query: `up{namespace="linkerd",component="destination"} == 0`,
		Next: []string{"Read max_over_time rather than averages around the gaps, and scrape more often."}}}
}

// manyHoles counts failed scrapes of which it cannot be told whether they fall
// together with stalls: there are too few, or stalls all the time.
func (p *Pass) manyHoles() []correlate.Finding {
	failed, scrapes := 0, 0
	var proof []correlate.Evidence
	for _, m := range p.named("up") {
		if !strings.HasPrefix(p.pod(m), "linkerd-destination") && p.label(m, "component") != "destination" {
			continue
		}
		down := 0
		for _, v := range m.Values {
			if v == 0 {
				down++
			}
		}
		if scrapes += len(m.Values); down > 0 {
			failed += down
			proof = append(proof, m.whole())
		}
	}
	if failed < 5 || 20*failed < scrapes {
		return nil
	}
	return []correlate.Finding{{Severity: correlate.Info, Confidence: correlate.Medium,
		Title:    fmt.Sprintf("%d of %d scrapes of the destination failed: the gaps in its metrics are evidence, not noise.", failed, scrapes),
		Detail:   "Whether they fall together with the stalls cannot be told here: there are too few of either, or stalls most of the time.",
		Evidence: proof[:min(len(proof), maxEvidence)], Query: `up{namespace="linkerd",component="destination"} == 0`,
		Next: []string{"Read max_over_time rather than averages around the gaps."}}}
}

// lastPart is what stands behind the last slash.
func lastPart(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }

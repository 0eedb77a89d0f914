package rules

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse"
)

// stallRule says what a pop stall means, and what it does not.
var stallRule = &Rule{
	Name: "stall",
	Doc: `What does a "… Pop Process" trace mean, and which informer does it name?
A Pop took 100 ms or more with more than ten objects waiting. The text "slow event handlers" is constant; in a shared informer handlers do not run there. The depth at the begin of a burst is held against *_cache_size to name the informer.`,
	Needs: []*Need{ControllerLogs, Caches},
	Apply: stall,
}

func stall(p *Pass) (out []correlate.Finding) {
	if p.Stalls == 0 {
		return nil
	}
	var all []correlate.Moment
	for _, g := range p.ByClock() {
		all = append(all, g.Stalls...)
	}
	if len(all) == 0 {
		return nil
	}
	deepest := slices.MaxFunc(all, func(a, b correlate.Moment) int { return cmp.Compare(p.At(a.Point).Value, p.At(b.Point).Value) })
	depth := p.At(deepest.Point).Value
	f := correlate.Finding{Severity: correlate.Info, Confidence: correlate.High,
		Title: fmt.Sprintf("%s: Pop took 100 ms or more with objects waiting; \"slow event handlers\" is that line's constant text and names no reason.", words.Upper(words.Count(len(all), "pop stall", "pop stalls"))),
		Detail: "In a shared informer handlers run in another goroutine, so what was slow is the hand-off itself: the process did not get the CPU (starved, throttled, collecting garbage), or waited for a lock. " +
			"The object named is a bystander. A line exists only for 100 ms and more with over ten objects waiting, so that there is none shows nothing.",
		Evidence: p.lines(append(points(all[:min(len(all), 3)]), deepest.Point)...),
		Query:    `rate(container_cpu_cfs_throttled_periods_total{namespace="linkerd",container="destination"}[1m])`,
		Next:     []string{"Add container_cpu_cfs_throttled_periods_total, go_goroutines and *_cache_size of the destination for the same hours."},
	}
	f.Detail += fmt.Sprintf(" The largest depth, %.0f, needs an informer with at least %.0f objects.", depth, depth+1)
	if s := p.drained(all); s != "" {
		f.Detail += " " + s
	}
	return append([]correlate.Finding{f}, p.informers()...)
}

// drained says how fast a queue went down between two stalls, where that is
// plainly one queue: hundreds of objects in the time between.
func (p *Pass) drained(all []correlate.Moment) string {
	for i := 1; i < len(all); i++ {
		a, b := p.At(all[i-1].Point), p.At(all[i].Point)
		gone := a.Value - b.Value
		took := time.Duration(all[i].At-all[i-1].At) - a.Lasted
		if all[i].Stream != all[i-1].Stream || gone < 100 || took <= 0 || took > time.Second {
			continue
		}
		per := took / time.Duration(gone)
		if per < 10*time.Microsecond || per > time.Millisecond {
			continue
		}
		return fmt.Sprintf("From depth %.0f to %.0f took %s, %s an object: one queue that drains between two pauses, not %.0f slow objects.",
			a.Value, b.Value, took.Round(time.Millisecond), per.Round(time.Microsecond), gone)
	}
	return ""
}

// informers names the informers whose whole cache was queued when a burst
// began: the first depth is one less than the number of its objects.
func (p *Pass) informers() []correlate.Finding {
	named := map[string]int{}
	var proof []correlate.Evidence
	tried := 0
	for _, b := range p.bursts {
		if len(b.stalls) < 2 {
			continue
		}
		first := slices.MaxFunc(b.stalls[:2], func(x, y correlate.Moment) int { return cmp.Compare(p.At(x.Point).Value, p.At(y.Point).Value) })
		caches := p.caches(b.pod, b.from)
		if len(caches) == 0 {
			continue
		}
		tried++
		fit := fitting(caches, p.At(first.Point).Value)
		if fit == "" {
			continue
		}
		named[fit]++
		if len(proof) < 4 {
			proof = append(proof, p.lines(first.Point)...)
		}
	}
	if len(named) == 0 {
		return nil
	}
	var parts []string
	total := 0
	for _, kind := range slices.SortedFunc(maps.Keys(named), func(a, b string) int { return cmp.Or(named[b]-named[a], cmp.Compare(a, b)) }) {
		parts = append(parts, fmt.Sprintf("%s (%d)", kind, named[kind]))
		total += named[kind]
	}
	begin := fmt.Sprintf("%d of %d bursts of stalls begin", total, tried)
	if tried == 1 {
		begin = "The one burst of stalls begins"
	}
	f := correlate.Finding{Severity: correlate.Info, Confidence: correlate.Medium,
		Title: begin + " at the depth of a whole cache: " + strings.Join(parts, ", ") + ".",
		Detail: "A resync, a relist and the first list enqueue every object of an informer; its first Pop then leaves one less than *_cache_size. " +
			"Informers of similar size are named together. A burst that begins elsewhere was not logged from its begin.",
		Evidence: proof, Query: `{__name__=~".*_cache_size",namespace="linkerd",component="destination"}`,
		Next: []string{"If servers are among them: kubectl get servers.policy.linkerd.io -A, and compare their number."}}
	return []correlate.Finding{f}
}

// fitting are the kinds whose number of objects a depth is one less than,
// within 3 %; "" if there is none, or more than two.
func fitting(caches map[string]float64, depth float64) string {
	var fit []string
	for kind, n := range caches {
		if n > 20 && math.Abs(depth+1-n) <= math.Max(2, 0.03*n) {
			fit = append(fit, kind)
		}
	}
	if len(fit) > 3 {
		return ""
	}
	slices.Sort(fit)
	return strings.Join(fit, " or ")
}

// stormRule says whether goroutines jump when a controller stalls.
var stormRule = &Rule{
	Name: "storm",
	Doc: `Do goroutines jump when the destination stalls, with Server resources present?
Releases before 2.14.10 start a goroutine per subscribed address for each Server at every resync; thousands of them keep Pop from the CPU at a low average load. Compares go_goroutines during a burst, and a scrape to either side, with its median elsewhere; and the CPU between samples that touch a burst with that between all others.`,
	Needs: []*Need{ControllerLogs, Goroutines, Servers},
	Apply: storm,
}

func storm(p *Pass) []correlate.Finding {
	const near = parse.Time(10 * time.Second)
	var proof []correlate.Evidence
	var worst, usual float64
	jumped := 0
	for _, m := range p.named("go_goroutines") {
		var in, out []float64
		top, topAt := 0.0, int64(0)
		for i, t := range m.Times {
			if slices.ContainsFunc(p.bursts, func(b burst) bool {
				return (b.pod == p.pod(m) || p.pod(m) == "") && parse.Time(t) >= b.from-near && parse.Time(t) <= b.to+near
			}) {
				in = append(in, m.Values[i])
				if m.Values[i] > top {
					top, topAt = m.Values[i], t
				}
			} else {
				out = append(out, m.Values[i])
			}
		}
		base := median(out)
		if len(in) < 2 || len(out) < 5 || top < 1.5*base || top-base < 300 {
			continue
		}
		// A spike elsewhere as high as those at the stalls is no witness.
		if slices.Max(out) > base+(top-base)/2 {
			continue
		}
		jumped++
		if top > worst {
			worst, usual = top, base
		}
		proof = append(proof, m.evidence(parse.Time(topAt), parse.Time(topAt)))
	}
	waves := p.cpuWaves()
	if jumped == 0 {
		return waves
	}
	f := correlate.Finding{Severity: correlate.Warning, Confidence: correlate.Medium,
		Title:    fmt.Sprintf("Goroutines jump from %s to %s when %s, and at no other time.", words.Number(int(usual)), words.Number(int(worst)), words.Count(jumped, "replica stalls", "replicas stall")),
		Detail:   "A wave of goroutines that each want the CPU keeps Pop waiting although the average load is low.",
		Evidence: proof, Query: `go_goroutines{namespace="linkerd",component="destination"}`,
		Next: []string{"Count the Server resources: kubectl get servers.policy.linkerd.io -A", "Try a release with linkerd2 #12017 (2.14.10, edge-24.2.1)."}}
	switch n, gauge, ok := p.servers(); {
	case ok && n > 0:
		f.Confidence = correlate.High
		f.Detail += fmt.Sprintf(" There are %.0f Server resources: before 2.14.10 each resync starts a goroutine per subscribed address for each of them, which is consistent with this.", n)
		f.Evidence = append(f.Evidence, gauge...)
	case ok:
		f.Detail += " There are no Server resources, so the known mechanism of releases before 2.14.10 does not explain it."
		f.Against = gauge
	}
	return append([]correlate.Finding{f}, waves...)
}

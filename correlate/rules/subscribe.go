package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse"
)

func init() { subscribeStorm.Apply = subscribed }

const (
	// stormTimes is how many times as many lookups as usual are a storm, from
	// stormLeast on; stormServers how many Servers make each of them dear.
	stormTimes, stormLeast, stormServers = 10, 100, 100
	// stormAfter is how soon after it goroutines must have climbed, and how soon
	// after a start of the control plane all proxies ask again.
	stormAfter = 2 * time.Minute
)

// wave is when lookups of one replica came at a multiple of their usual rate.
type wave struct {
	metric
	from, to    parse.Time
	more, times float64
}

// lookupWaves are the waves of the series that count what the destination's
// GetProfile was asked.
func (p *Pass) lookupWaves() (out []wave) {
	for _, m := range p.named("grpc_server_started_total") {
		if p.label(m, "grpc_method") != "GetProfile" || len(m.Values) < 8 {
			continue
		}
		up := make([]float64, len(m.Values)-1)
		for i := range up {
			up[i] = max(m.Values[i+1]-m.Values[i], 0) // a fall is a start, after which all ask anew
		}
		usual := math.Max(median(up), 1)
		if top := slices.Max(up); top >= stormLeast && top >= stormTimes*usual {
			i := slices.Index(up, top)
			w := wave{m, parse.Time(m.Times[i]), parse.Time(m.Times[i+1]), top, top / usual}
			if !p.startedNear(w.from) {
				out = append(out, w)
			}
		}
	}
	return out
}

// startedNear says whether a replica started shortly before a time: the proxies
// then ask again, which is its rollout.
func (p *Pass) startedNear(at parse.Time) bool {
	return slices.ContainsFunc(p.Processes(), func(q *correlate.Process) bool {
		return q.Known && q.Start <= at+parse.Time(stormAfter) && q.Start >= at-parse.Time(stormAfter)
	})
}

// climbed is the series of goroutines of a pod that rose by half with a wave.
func (p *Pass) climbed(w *wave) (m metric, usual, top float64, ok bool) {
	for _, m := range p.named("go_goroutines") {
		if p.pod(m) != p.pod(w.metric) {
			continue
		}
		var in, out []float64
		for i, t := range m.Times {
			if at := parse.Time(t); at >= w.from && at <= w.to+parse.Time(stormAfter) {
				in = append(in, m.Values[i])
			} else {
				out = append(out, m.Values[i])
			}
		}
		if len(in) == 0 || len(out) < 5 {
			continue
		}
		if usual, top = median(out), slices.Max(in); top >= 1.5*usual && top-usual >= stormLeast {
			return m, usual, top, true
		}
	}
	return m, 0, 0, false
}

// subscribed tells a storm of lookups by two witnesses or all three.
func subscribed(p *Pass) []correlate.Finding {
	f := subscribeStorm.Diagnosis.finding(correlate.Warning, correlate.Medium)
	f.Query = `increase(grpc_server_started_total{grpc_method="GetProfile"}[1m])`
	n, gauge, many := p.servers()
	many = many && n >= stormServers
	var pods, said []string
	for _, w := range p.lookupWaves() {
		m, usual, top, climbed := p.climbed(&w)
		if !climbed && !many {
			continue
		}
		f.Evidence = append(f.Evidence, w.evidence(w.from, w.to))
		if f.Count += int(w.more); climbed {
			f.Evidence = append(f.Evidence, m.evidence(w.from, w.to+parse.Time(stormAfter)))
			said = append(said, fmt.Sprintf("goroutines climbed from %.0f to %.0f", usual, top))
			if many {
				f.Confidence = correlate.High
			}
		}
		if f.First == 0 || w.from < f.First {
			f.First = w.from
		}
		f.Last = max(f.Last, w.to)
		pods = append(pods, fmt.Sprintf("%s (%.0f times as many as usual)", first(p.pod(w.metric), "a replica"), w.times))
	}
	if len(pods) == 0 {
		return nil
	}
	if many {
		said = append(said, fmt.Sprintf("there are %.0f Servers, each of which is asked of every new lookup under one lock", n))
		f.Evidence = append(f.Evidence, gauge...)
	}
	f.Evidence = f.Evidence[:min(len(f.Evidence), maxEvidence)]
	f.Title = fmt.Sprintf("%s came at once at %s; %s.", words.Upper(words.Count(f.Count, "new lookup", "new lookups")), strings.Join(pods, ", "), strings.Join(said, ", "))
	return []correlate.Finding{f}
}

package rules

import (
	"fmt"
	"time"

	"faultline/correlate"
	"faultline/correlate/words"
	"faultline/parse"
)

func init() { resyncStall.Apply = oneResync }

const (
	// resyncEach is after what time a controller hands its cache on again (linkerd2
	// controller/k8s/k8s.go ResyncTime).
	resyncEach = parse.Time(10 * time.Minute)
	// resyncNear is how far from a multiple of it behind its start a stall may begin.
	resyncNear = parse.Time(3 * time.Second)
)

// oneResync says of stalls in which lookups waited that they lie where a resync would,
// as no more than a hint: a period takes six of them, and is the beat's to tell.
func oneResync(p *Pass) []correlate.Finding {
	if p.Verdict.Code == correlate.BeatMatchesResync {
		return nil
	}
	waited := laned(p.sights["discovery_no_answer"])
	f := resyncStall.Diagnosis.finding(correlate.Info, correlate.Low)
	f.Detail += " So few are no period: other things begin there too."
	stalled, others := 0, 0
	for _, b := range p.bursts {
		list := waited.near(sight{at: b.from, placed: true}, 0, time.Duration(b.to-b.from)+lookupWait)
		if len(list) == 0 {
			continue
		}
		start, known := p.startOf(b.process)
		cycle := (b.from - start + resyncNear) / resyncEach
		if !known || cycle < 1 || b.from-start-cycle*resyncEach > resyncNear {
			others++
			continue
		}
		if f.First == 0 {
			f.First = b.from
		}
		f.Last = max(f.Last, b.to)
		f.Count += count(list)
		stalled++
		f.Evidence = append(f.Evidence, p.lines(b.stalls[0].Point, list[0].Point)...)
	}
	if stalled <= others { // where lookups wait at any time, some do then as well
		return nil
	}
	f.Evidence = f.Evidence[:min(len(f.Evidence), maxEvidence)]
	f.Title = fmt.Sprintf("%s in which lookups waited began a multiple of 10 min after the start of the replica, as a resync does.",
		words.Upper(words.Count(stalled, "stall", "stalls")))
	return []correlate.Finding{f}
}

// startOf is when a process started, known false where that was not captured.
func (p *Pass) startOf(name string) (at parse.Time, known bool) {
	for _, q := range p.Processes() {
		if q.Name == name && q.Known {
			return q.Start, true
		}
	}
	return 0, false
}

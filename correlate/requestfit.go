package correlate

import (
	"fmt"
	"slices"
	"time"

	"faultline/correlate/stat"
	"faultline/parse"
)

// fitSample is how many failed requests of a proxy are compared at most.
const fitSample = 300

// fitRequests places each proxy that nothing anchors where its failed requests
// are, one to one, the lines of an ingress' access log: both tell of the same
// requests, and print when each was answered.
func (ix *Index) fitRequests(anchors []Anchor) {
	var answered []float64
	for _, p := range ix.requests() {
		if e := ix.At(p); e.Kind == parse.IngressResponse && e.Value >= 500 && ix.Streams[p.Stream].Clock == parse.ClockWall &&
			e.Grain <= parse.GrainSecond {
			answered = append(answered, seconds(e.Time))
		}
	}
	slices.Sort(answered)
	for s := range ix.Streams {
		st := &ix.Streams[s]
		if st.Clock != parse.ClockUptime || anchors[s].Placed() || anchors[s].Rejected || ix.CopyOf[s] >= 0 ||
			!writtenBy(st, parse.ComponentProxy) {
			continue
		}
		var failed []float64
		for i := range st.Events {
			if e := &st.Events[i]; e.Kind == parse.ProxyRequestFailed && !ix.Repeats(s, i) {
				failed = append(failed, seconds(e.Time))
			}
		}
		failed = failed[max(len(failed)-fitSample, 0):]
		f, ok := stat.NewRequestFit(failed, answered)
		if !ok {
			continue
		}
		within := time.Duration(f.Within*1e9) + tieLag
		anchors[s] = Anchor{Zero: nanos(f.Offset), Within: max(within, 500*time.Millisecond), Basis: Fitted, Why: fmt.Sprintf(
			"fitted: %d of its %d failed requests fall on a line of the ingress log each, within %s at one offset; the best other place has %d",
			f.Matched, f.N, time.Duration(f.Within*1e9).Round(10*time.Millisecond), f.Rival)}
	}
}

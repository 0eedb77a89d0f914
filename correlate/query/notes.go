package query

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql/parser"

	"faultline/parse"
)

// survey is what is to be said about the series of a plan.
type survey struct {
	stepped, raw, events           int
	steps                          map[time.Duration]bool
	holes, clashes, nan            int
	stale, untimed, taken, derived int
	ended, others                  int
	longest                        time.Duration // hole
	longestAt, endedAt             int64
	exportEnd                      int64
	within                         time.Duration
	sources                        map[uint32]bool
}

// notes says what to know about the data before believing the numbers.
func (e *Engine) notes(p *plan, r *Result) (out []string) {
	say := func(format string, args ...any) { out = append(out, parse.Agree(fmt.Sprintf(format, args...))) }
	if r.Translated != "" && !strings.HasPrefix(strings.TrimSpace(p.asked), "@") {
		say("translated from MetricsQL and evaluated with Prometheus semantics: rate and increase extrapolate, windows are left-open")
	}
	for _, s := range p.selectors {
		if len(s.series) == 0 {
			out = append(out, e.absent(s.node))
		}
	}
	v := &survey{steps: map[time.Duration]bool{}, sources: map[uint32]bool{}}
	for _, s := range p.selectors {
		for _, one := range s.series {
			v.look(one, r, p)
		}
	}
	v.resolution(p, r, say)
	v.damage(say)
	if v.events > 0 {
		v.clocks(e, say)
	}
	return append(out, e.problems(v.sources)...)
}

// look takes one series in.
func (v *survey) look(one any, r *Result, p *plan) {
	s, ok := one.(*Samples)
	if !ok {
		switch o := one.(type) {
		case *counter:
			v.events++
			v.within = max(v.within, o.origin.within)
		case *gauge:
			v.events++
			v.within = max(v.within, o.origin.within)
		}
		return
	}
	o := s.origin
	for _, id := range o.sources {
		v.sources[id] = true
	}
	switch o.nature {
	case stepped:
		v.stepped++
		v.steps[o.step] = true
	case raw:
		v.raw++
	}
	v.clashes += o.clashes
	v.others += len(o.others)
	v.untimed, v.taken, v.derived = v.untimed+oneIf(o.untimed), v.taken+oneIf(o.taken), v.derived+oneIf(o.derived)
	from, to := int64(r.From), int64(r.To)
	for i, t := range s.Times {
		if i > 0 && o.step > 0 && t >= from && s.Times[i-1] <= to {
			if gap := time.Duration(t - s.Times[i-1]); gap > o.step*3/2 {
				v.holes++
				if gap > v.longest {
					v.longest, v.longestAt = gap, s.Times[i-1]
				}
			}
		}
		if f := s.Values[i]; f != f && t >= from-int64(p.lookback) && t <= to {
			if value.IsStaleNaN(f) {
				v.stale++
			} else {
				v.nan++
			}
		}
	}
	last := s.Times[len(s.Times)-1]
	v.exportEnd = max(v.exportEnd, o.until)
	if o.step > 0 && last+int64(o.step)*3/2 < o.until && last < to {
		v.ended++
		v.endedAt = max(v.endedAt, last)
	}
}

// resolution says what the step of the data hides.
func (v *survey) resolution(p *plan, r *Result, say func(string, ...any)) {
	if v.stepped > 0 {
		var steps []string
		for d := range v.steps {
			steps = append(steps, promDuration(d))
		}
		slices.Sort(steps)
		say("%d series lie on a grid of %s: the answer of a range query. What happened between two steps is not in it; a sample is taken to hold for %s",
			v.stepped, strings.Join(steps, ", "), promDuration(p.lookback))
		if c := callIn(p.expr, counting); c != nil {
			say("%s over stepped samples: a counter's resets between two steps are hidden, and its window holds repeats", c.Func.Name)
		}
	}
	if v.derived > 0 {
		say("%d series have no metric name: they are results of an expression that the export does not hold (here %s)", v.derived, resultName)
	}
	if fine := max(p.step, r.Step); r.Step > 0 && fine > 0 && v.stepped+v.raw > 0 {
		say("with a step of %s, periods below %s cannot be seen", promDuration(fine), promDuration(2*fine))
	}
	if v.exportEnd > 0 && int64(r.To) > v.exportEnd+int64(max(p.step, time.Second)) {
		say("the export ends at %s: what was after it is not known", clock(v.exportEnd))
	}
}

// damage says what is missing from the samples, or wrong with them.
func (v *survey) damage(say func(string, ...any)) {
	if v.holes > 0 {
		say("%d holes in the samples, the longest %s after %s: nothing is known of them", v.holes, v.longest.Round(time.Millisecond), clock(v.longestAt))
	}
	if v.ended > 0 {
		say("%d series end before their export does, the last at %s", v.ended, clock(v.endedAt))
	}
	if v.nan > 0 {
		say("%d samples are NaN: real, or the mark of an ended series, which most exports print alike", v.nan)
	}
	if v.stale > 0 {
		say("%d stale markers: series ended there", v.stale)
	}
	if v.clashes > 0 {
		say("%d samples contradict another one of their series and time and were dropped", v.clashes)
	}
	if v.others > 0 {
		say("%d series stand in other files with other steps, too: they were not merged, the finest was taken", v.others)
	}
	if v.taken > 0 {
		say("%d series have no time of their own, as snapshots have none: the moment at which the bundle was taken stands for it", v.taken)
	}
	if v.untimed > 0 {
		say("%d series have no time of their own, as snapshots have none: the file's modification time was taken; --captured-at says better", v.untimed)
	}
}

// clocks says how well the events lie on the wall clock.
func (v *survey) clocks(e *Engine, say func(string, ...any)) {
	if v.within > 0 {
		say("events are placed within ±%s of the time shown", v.within.Round(time.Microsecond))
	}
	left := 0
	for _, n := range e.unplaced {
		left += n
	}
	if left > 0 {
		say("%d events have no wall time and are not in it: --anchor places them", left)
	}
}

// absent says that a selector found nothing, and what is there by a name like
// that.
func (e *Engine) absent(vs *parser.VectorSelector) string {
	name := nameOf(vs)
	places, known := e.store.names[name]
	if known && len(places) > 0 {
		return fmt.Sprintf("no series of %s has these labels: %s", name, vs)
	}
	best, dist := "", max(3, len(name)/3)
	for other := range e.store.names {
		if d := distance(name, other, dist); d < dist || d == dist && best != "" && other < best {
			best, dist = other, d
		}
	}
	if best != "" {
		return fmt.Sprintf("the case has no %s; there is %s", name, best)
	}
	return fmt.Sprintf("the case has no %s: %d metrics are in it", name, len(e.store.names))
}

// distance is how many letters must change to make a of b, most at most.
func distance(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most {
		return most
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return min(row[len(b)], most)
}

// problems are what reading the sources came upon: warnings of the server, an
// incomplete answer, native histograms that were passed over.
func (e *Engine) problems(sources map[uint32]bool) (out []string) {
	var ids []uint32
	for id := range sources {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	const most = 8
	for _, id := range ids {
		src := &e.c.Sources[id]
		for _, p := range src.Problems {
			if len(out) == most {
				return append(out, "there is more of that: the sources page has all of it")
			}
			out = append(out, src.Path+": "+p.Text)
		}
	}
	return out
}

func clock(ns int64) string {
	if ns == math.MaxInt64 {
		return "?"
	}
	return at(parse.Time(ns)).Format("2006-01-02T15:04:05Z")
}

// oneIf is 1 if cond holds, else 0.
func oneIf(cond bool) int {
	if cond {
		return 1
	}
	return 0
}

package query

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"faultline/correlate"
	"faultline/parse"
)

// The metrics that are made of what the logs say.
const (
	// EventsTotal counts events, by kind, source, namespace, pod, container,
	// target and severity. It exists while the log was captured.
	EventsTotal = "faultline_events_total"
	// StallSeconds is how long a stall of the controller's queue lasted, and
	// StallDepth how deep the queue was, each at the time of the stall.
	StallSeconds = "faultline_stall_seconds"
	StallDepth   = "faultline_stall_depth"
	// IncidentMetric is 1 while an incident lasts, by id and signature.
	IncidentMetric = "faultline_incident"
)

// mark is a number at a time in ms.
type mark struct {
	at int64
	v  float64
}

// stretch is a piece of time in ms, both ends inclusive.
type stretch struct{ from, to int64 }

// logged series are made of events, so their samples can lie where a query
// needs them.
type counter struct {
	of     labels.Labels
	origin *origin
	marks  []mark    // its value from each time on, ascending
	spans  []stretch // when it was captured
}

// gauge has a value at certain times, or during a stretch of time, and none
// in between.
type gauge struct {
	of     labels.Labels
	origin *origin
	marks  []mark
	lasts  int64 // ms that each lasts
}

// Labels are the series' labels.
func (c *counter) Labels() labels.Labels { return c.of }

// Iterator walks the samples as a query without a step sees them.
func (c *counter) Iterator(had chunkenc.Iterator) chunkenc.Iterator {
	return c.view(&storage.SelectHints{Start: math.MinInt64 / 2, End: math.MaxInt64 / 2}).Iterator(had)
}

// Labels are the series' labels.
func (g *gauge) Labels() labels.Labels { return g.of }

// Iterator walks the samples as a query without a step sees them.
func (g *gauge) Iterator(had chunkenc.Iterator) chunkenc.Iterator {
	return g.view(&storage.SelectHints{}).Iterator(had)
}

// sampled is a series whose samples are made when they are asked for.
type sampled struct {
	of   labels.Labels
	make func(to *Samples)
}

func (s *sampled) Labels() labels.Labels { return s.of }

func (s *sampled) Iterator(had chunkenc.Iterator) chunkenc.Iterator {
	it, ok := had.(*walk)
	if !ok {
		it = &walk{}
	}
	if it.own == nil {
		it.own = &Samples{}
	}
	it.own.Times, it.own.Values = it.own.Times[:0], it.own.Values[:0]
	s.make(it.own)
	it.s, it.i = it.own, -1
	return it
}

// put appends a sample unless there is one at that time or later.
func (s *Samples) put(at int64, v float64) {
	if n := len(s.Times); n == 0 || s.Times[n-1] < at*milli {
		s.Times, s.Values = append(s.Times, at*milli), append(s.Values, v)
	}
}

// tickOf is how far apart a counter is sampled, in ms: 120 samples in the
// window of a rate, whole seconds.
func tickOf(window int64) int64 {
	if window <= 0 {
		return 15_000
	}
	return min(max(window/120/1000, 1), 60) * 1000
}

// view samples a counter. Where the engine extrapolates an increase to the
// edges of its window, the counter has a sample within a ms of each edge that
// lies on a tick, and right before and at each event. So the increase is the
// number of events as nearly as the engine can say it.
func (c *counter) view(h *storage.SelectHints) storage.Series {
	tick := tickOf(h.Range)
	return &sampled{c.of, func(to *Samples) {
		i := 0
		for _, span := range c.spans {
			from, end := floor(span.from, tick), -floor(-span.to, tick)
			if from > h.End || end < h.Start {
				continue
			}
			// One tick more on either side does no harm.
			t := max(from, floor(h.Start, tick))
			last := min(end, -floor(-h.End, tick))
			for ; t <= last; t += tick {
				i = c.upTo(i, t, to)
				to.put(t, c.value(i))
				if t < last {
					i = c.upTo(i, t+1, to)
					to.put(t+1, c.value(i))
				}
			}
			if last == end {
				to.put(end+1, math.Float64frombits(value.StaleNaN)) // nothing was captured from here on
			}
		}
	}}
}

// upTo puts the samples of the events before and at t, and gives the number
// of events up to then.
func (c *counter) upTo(i int, t int64, to *Samples) int {
	for ; i < len(c.marks) && c.marks[i].at <= t; i++ {
		if n := len(to.Times); n == 0 || c.marks[i].at*milli < to.Times[n-1] {
			continue // before what is asked for
		}
		to.put(c.marks[i].at-1, c.value(i))
		to.put(c.marks[i].at, c.marks[i].v)
	}
	return i
}

// value is the counter after its first i events.
func (c *counter) value(i int) float64 {
	if i == 0 {
		return 0
	}
	return c.marks[i-1].v
}

func floor(t, to int64) int64 {
	r := t % to
	if r < 0 {
		r += to
	}
	return t - r
}

// view samples a gauge. A value is seen by one step of the query, the one
// that follows it: the engine would show it for five minutes.
func (g *gauge) view(h *storage.SelectHints) storage.Series {
	hold := int64(0)
	if h.Step > 1 {
		hold = h.Step
	}
	return &sampled{g.of, func(to *Samples) {
		for i, m := range g.marks {
			next := int64(math.MaxInt64)
			if i+1 < len(g.marks) {
				next = g.marks[i+1].at
			}
			to.put(m.at, m.v)
			for t := m.at + 1000; t < m.at+g.lasts && t < next; t += max(1000, g.lasts/1000) {
				to.put(t, m.v)
			}
			end := m.at + g.lasts
			if end < next {
				to.put(end, m.v)
			}
			if hold > 0 && end+hold < next {
				to.put(end+hold, math.Float64frombits(value.StaleNaN))
			}
		}
	}}
}

// who is what the labels of a logged series are made of.
type who struct {
	kind     parse.Kind
	source   string
	process  correlate.Identity
	target   parse.Name
	severity parse.Severity
}

// logs makes series of a case's events and incidents; unplaced counts the
// events that have no wall time.
func logs(c *correlate.Case) (out []storage.Series, unplaced map[uint32]int) {
	unplaced = map[uint32]int{}
	counts := map[who]*counter{}
	gauges := map[string]*gauge{}
	var order []*counter
	var stalls []*gauge
	b := labels.NewScratchBuilder(8)
	captured := map[process][]stretch{}
	for s := range c.Streams {
		if st := &c.Streams[s]; c.Anchors[s].Placed() {
			p := process{st.Source, c.Who[s]}
			for _, span := range c.Captured(s) {
				captured[p] = append(captured[p], stretch{int64(span.From) / milli, int64(span.To) / milli})
			}
		}
	}
	for p := range c.Timeline() {
		st := &c.Streams[p.Stream]
		at, within, ok := c.Wall(p)
		if !ok {
			unplaced[st.Source]++
			continue
		}
		e := c.At(p)
		w := who{e.Kind, c.SourceName(int(p.Stream)), c.Who[p.Stream], e.Target, e.Severity}
		one := counts[w]
		if one == nil {
			one = &counter{of: w.labels(c, &b, EventsTotal), origin: logOrigin(st.Source)}
			one.spans = captured[process{st.Source, w.process}]
			counts[w] = one
			order = append(order, one)
		}
		one.add(int64(at)/milli, float64(max(e.Count, 1)), within)
		if e.Kind == parse.ControllerPopStall {
			for name, v := range map[string]float64{StallSeconds: e.Lasted.Seconds(), StallDepth: e.Value} {
				of := w.labels(c, &b, name)
				key := string(of.Bytes(nil))
				g := gauges[key]
				if g == nil {
					g = &gauge{of: of, origin: logOrigin(st.Source)}
					gauges[key] = g
					stalls = append(stalls, g)
				}
				g.add(int64(at)/milli, v, within)
			}
		}
	}
	for _, one := range order {
		one.close()
		out = append(out, one)
	}
	for _, g := range stalls {
		out = append(out, g)
	}
	return append(out, incidents(c, &b)...), unplaced
}

// process is whose coverage a series has: lives of one process in one source
// are one.
type process struct {
	source uint32
	who    correlate.Identity
}

func logOrigin(source uint32) *origin { return &origin{nature: logged, sources: []uint32{source}} }

func (w *who) labels(c *correlate.Case, b *labels.ScratchBuilder, name string) labels.Labels {
	b.Reset()
	b.Add(model.MetricNameLabel, name)
	add := func(key, value string) {
		if value != "" {
			b.Add(key, value)
		}
	}
	if name == EventsTotal {
		add("kind", c.KindName(w.kind))
	}
	add("source", w.source)
	add("namespace", w.process.Namespace)
	add("pod", w.process.Pod)
	add("container", w.process.Container)
	add("target", c.Name(w.target))
	add("severity", w.severity.String())
	b.Sort()
	return b.Labels()
}

// add counts events at a time that is not before the latest.
func (c *counter) add(at int64, n float64, within time.Duration) {
	c.origin.within = max(c.origin.within, within)
	if last := len(c.marks) - 1; last >= 0 && c.marks[last].at == at {
		c.marks[last].v += n
		return
	}
	c.marks = append(c.marks, mark{at, c.value(len(c.marks)) + n})
}

// close joins the stretches in which the counter was captured, and makes sure
// that its events lie in one.
func (c *counter) close() {
	spans := slices.Clone(c.spans)
	for _, m := range c.marks {
		spans = append(spans, stretch{m.at - 1, m.at})
	}
	slices.SortFunc(spans, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	c.spans = spans[:0]
	for _, s := range spans {
		// A pause that no tick falls into is none.
		if n := len(c.spans); n > 0 && s.from <= c.spans[n-1].to+60_000 {
			c.spans[n-1].to = max(c.spans[n-1].to, s.to)
			continue
		}
		c.spans = append(c.spans, s)
	}
}

// add sets the value at a time that is not before the latest. Of several at
// once the greatest stays.
func (g *gauge) add(at int64, v float64, within time.Duration) {
	g.origin.within = max(g.origin.within, within)
	if last := len(g.marks) - 1; last >= 0 && g.marks[last].at == at {
		g.marks[last].v = max(g.marks[last].v, v)
		return
	}
	g.marks = append(g.marks, mark{at, v})
}

// incidents are 1 while they last.
func incidents(c *correlate.Case, b *labels.ScratchBuilder) (out []storage.Series) {
	for i := range c.Incidents {
		in := &c.Incidents[i]
		if !in.Clock.OnWall() {
			continue // on a clock of its own
		}
		b.Reset()
		b.Add(model.MetricNameLabel, IncidentMetric)
		b.Add("id", in.ID)
		b.Add("signature", in.Signature.String())
		if in.Period != "" {
			b.Add("period", in.Period)
		}
		b.Add("failures", strconv.Itoa(in.Failures))
		b.Sort()
		g := &gauge{of: b.Labels(), origin: &origin{nature: logged, within: in.Within}}
		g.marks = []mark{{int64(in.Start) / milli, 1}}
		g.lasts = int64(in.End-in.Start) / milli
		out = append(out, g)
	}
	return out
}

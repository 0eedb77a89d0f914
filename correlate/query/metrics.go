package query

import (
	"cmp"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/formats"
	"faultline/parse/prom"
)

// nature is what the samples of a series are.
type nature uint8

const (
	single  nature = iota // one sample, or none: what an instant query answers
	stepped               // the result of a range query, evaluated on a grid
	raw                   // what was scraped, when it was
	logged                // made of events
)

// origin is where a series comes from and what its samples are.
type origin struct {
	sources []uint32
	nature  nature
	// step is that of the grid, or the usual distance of two scrapes; 0 when
	// there are too few samples to tell.
	step time.Duration
	// derived results have no name: they are what an expression came to.
	derived bool
	// untimed samples were given the time at which their file was written.
	untimed bool
	// taken samples were given the time at which their bundle was taken.
	taken bool
	// clashes counts samples that were dropped because another of the same ms
	// says something else.
	clashes int
	// others are sources that hold the same series in a way that cannot be
	// merged with this one.
	others []uint32
	// until is when the last sample of the source was taken, ns since 1970.
	until int64
	// within is what the clocks of the events may be off; of counts what is
	// not on the wall clock at all.
	within time.Duration
}

// resultName is the metric that results without a name go by: a selector
// needs one to find them.
const resultName = "faultline_result"

// metrics makes series of a case's metrics. Samples are shared with the case
// where nothing had to be merged.
func metrics(c *correlate.Case) []*Samples {
	grids := gridsOf(c)
	byLabels := map[string][]*Samples{}
	var order []string
	b := labels.NewScratchBuilder(16)
	for i := range c.Series {
		s := &c.Series[i]
		if len(s.Times) == 0 {
			continue
		}
		one := &Samples{Times: s.Times, Values: s.Values, origin: &origin{sources: []uint32{s.Ref.Source}, derived: s.Metric == 0}}
		one.Of = labelsOf(c, s, &b)
		if s.Times[0] == 0 && !placeUntimed(c, s, one) {
			continue
		}
		one.tidy()
		grids[s.Ref.Source].settle(one)
		key := string(one.Of.Bytes(nil))
		if byLabels[key] == nil {
			order = append(order, key)
		}
		byLabels[key] = append(byLabels[key], one)
	}
	out := make([]*Samples, len(order))
	for i, key := range order {
		out[i] = merge(byLabels[key])
	}
	return out
}

// labelsOf gives the labels of a series. One without a name gets the name and
// the source, so that it can be selected and told from others.
func labelsOf(c *correlate.Case, s *parse.Series, b *labels.ScratchBuilder) labels.Labels {
	b.Reset()
	name, named := c.Name(s.Metric), false
	if name == "" {
		name = resultName
		b.Add("source", c.Sources[s.Ref.Source].Path)
		named = true
	}
	b.Add(model.MetricNameLabel, name)
	for _, l := range s.Labels {
		key, value := c.Name(l.Key), c.Name(l.Value)
		if value == "" {
			continue // as if it were not there
		}
		if named && key == "source" {
			key = "exported_source"
		}
		b.Add(key, value)
	}
	if of := c.Owners[s.Ref.Source]; of.Pod != "" && !aimed(c, s) {
		for _, l := range [...][2]string{{"namespace", of.Namespace}, {"pod", of.Pod}, {"container", of.Container}} {
			if l[1] != "" && !has(c, s, l[0]) {
				b.Add(l[0], l[1])
			}
		}
	}
	b.Sort()
	return b.Labels()
}

// aimed says whether a series names the target that it was scraped from. A page
// of metrics as a program shows it does not: there the bundle tells the pod.
func aimed(c *correlate.Case, s *parse.Series) bool {
	return has(c, s, "pod") || has(c, s, "instance") || has(c, s, "job")
}

func has(c *correlate.Case, s *parse.Series, key string) bool {
	return slices.ContainsFunc(s.Labels, func(l parse.Label) bool { return c.Name(l.Key) == key && l.Value != 0 })
}

// placeUntimed gives the sample of a snapshot a time: the one that the user
// says the source was captured at, when its bundle was taken, else when it was
// written. false when there is none of them, or when the user says that it has none.
func placeUntimed(c *correlate.Case, s *parse.Series, one *Samples) bool {
	src := &c.Sources[s.Ref.Source]
	var at int64
	if r, ok := c.CapturedAs(s.Ref.Source, &c.Options); ok {
		at = int64(r.Time)
	} else if taken, ok := c.TakenAt(src.Path); ok {
		at = int64(taken)
		one.origin.taken = true
	} else if !src.Modified.IsZero() {
		at = src.Modified.UnixNano()
		one.origin.untimed = true
	}
	one.Times, one.Values = []int64{at}, s.Values[:1]
	return at > 0
}

// tidy drops samples that share a ms with the one before: Prometheus has one
// sample a ms and series.
func (s *Samples) tidy() {
	clash := func(i int) bool { return s.Times[i]/milli <= s.Times[i-1]/milli }
	i := 1
	for i < len(s.Times) && !clash(i) {
		i++
	}
	if i >= len(s.Times) {
		return
	}
	times, values := slices.Clone(s.Times[:i]), slices.Clone(s.Values[:i])
	for ; i < len(s.Times); i++ {
		last := len(times) - 1
		switch {
		case s.Times[i]/milli > times[last]/milli:
			times, values = append(times, s.Times[i]), append(values, s.Values[i])
		case s.Values[i] != values[last] && (s.Values[i] == s.Values[i] || values[last] == values[last]):
			s.origin.clashes++
		}
	}
	s.Times, s.Values = times, values
}

// grid is what the samples of one source have in common.
type grid struct {
	known  bool  // some series has two samples
	common int64 // all distances are multiples of it, ns
	first  int64
	step   int64 // the shortest usual distance of a regular series
	raw    bool  // the format holds nothing but raw samples
	until  int64
}

// gridsOf measures each source. The answer of a range query and raw samples
// have the same form; but the former all lie on one grid, and the scrapes of
// several targets do not.
func gridsOf(c *correlate.Case) []grid {
	out := make([]grid, len(c.Sources))
	for i := range c.Sources {
		out[i].raw = !formats.Of(c.Sources[i].Format).Evaluated
	}
	for i := range c.Series {
		s := &c.Series[i]
		g := &out[s.Ref.Source]
		if n := len(s.Times); n > 0 {
			g.until = max(g.until, s.Times[n-1])
		}
		if len(s.Times) < 2 || g.raw {
			continue
		}
		sp := prom.SpacingOf(s.Times)
		if !g.known {
			g.known, g.first = true, s.Times[0]
		}
		g.common = gcd(gcd(g.common, int64(sp.Common)), max(s.Times[0]-g.first, g.first-s.Times[0]))
		if sp.Step > 0 && (g.step == 0 || int64(sp.Step) < g.step) {
			g.step = int64(sp.Step)
		}
	}
	return out
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// settle says what the samples of a series of this source are.
func (g *grid) settle(s *Samples) {
	o := s.origin
	o.until = g.until
	switch {
	case len(s.Times) < 2 && !g.known && !g.raw:
		o.nature = single
	case !g.raw && g.known && g.common == g.step:
		o.nature, o.step = stepped, time.Duration(g.step)
	default:
		o.nature, o.step = raw, prom.SpacingOf(s.Times).Step
	}
}

// merge makes one series of those with the same labels. Raw samples are
// better than evaluated ones, and a fine grid than a coarse one; only what is
// of one kind is put together.
func merge(same []*Samples) *Samples {
	if len(same) == 1 {
		return same[0]
	}
	slices.SortStableFunc(same, func(a, b *Samples) int {
		return cmp.Or(-cmp.Compare(rank(a), rank(b)), cmp.Compare(a.origin.step, b.origin.step), -cmp.Compare(len(a.Times), len(b.Times)))
	})
	best := same[0]
	out := &Samples{Of: best.Of, origin: best.origin}
	type sample struct {
		at int64
		v  float64
	}
	var all []sample
	for _, s := range same {
		if !best.goesWith(s) {
			out.origin.others = append(out.origin.others, s.origin.sources...)
			continue
		}
		if s != best {
			out.origin.sources = append(out.origin.sources, s.origin.sources...)
			out.origin.clashes += s.origin.clashes
			out.origin.until = max(out.origin.until, s.origin.until)
		}
		for i := range s.Times {
			all = append(all, sample{s.Times[i], s.Values[i]})
		}
	}
	slices.SortStableFunc(all, func(a, b sample) int { return cmp.Compare(a.at, b.at) })
	for _, s := range all {
		out.Times, out.Values = append(out.Times, s.at), append(out.Values, s.v)
	}
	out.tidy()
	slices.Sort(out.origin.sources)
	out.origin.sources = slices.Compact(out.origin.sources)
	return out
}

func rank(s *Samples) int {
	if s.origin.nature == raw && len(s.Times) < 2 {
		return int(single)
	}
	return int(s.origin.nature)
}

// goesWith says whether two series with the same labels are parts of one.
func (s *Samples) goesWith(o *Samples) bool {
	if rank(s) != rank(o) {
		return false
	}
	if s.origin.nature != stepped {
		return true
	}
	step := int64(s.origin.step)
	return s.origin.step == o.origin.step && (s.Times[0]-o.Times[0])%step == 0
}

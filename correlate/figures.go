package correlate

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"faultline/correlate/stat"
	"faultline/parse"
)

// ReplicaFigures are what one replica of a controller, or all of a case, come to.
type ReplicaFigures struct {
	// Name is the replica's; "" for all.
	Name string
	StallFigures
	// PerTick is how many seconds it stalled for each resync, nil where it was not
	// captured. Of all replicas together it is for each resync of one of them.
	PerTick *float64
	// Lag99 is the 99th percentile of what *_informer_lag_seconds say of the
	// capture, in seconds; nil where there is no such metric, or nothing in it.
	// Beyond says that it is more than that, the last bound of the buckets.
	Lag99  *float64
	Beyond bool
	// Counted is by how much the counters of queue overflows rose, nil where there
	// are none.
	Counted *float64
	// Goroutines and CPU (cores) are the peak in each wave: a burst of stalls, or
	// the time after a resync where none was logged. N is 0 without samples.
	Goroutines, CPU stat.Lag
}

// tick is the length of a resync's period, in seconds: the one that was asked for,
// or ten minutes (client-go's resync as linkerd2 controller/k8s/api.go sets it).
func (c *Case) tick() float64 {
	if len(c.Options.Periods) > 0 {
		return c.Options.Periods[0].Seconds()
	}
	return cycle
}

// replicaFigures are those of each replica by name, and of all together.
func (c *Case) replicaFigures() (all ReplicaFigures, each []ReplicaFigures) {
	var names []string
	by := map[string][]*Process{}
	for _, p := range c.processes {
		name := replicaName(p)
		if by[name] == nil {
			names = append(names, name)
		}
		by[name] = append(by[name], p)
	}
	slices.Sort(names)
	var goroutines, cpu []float64
	for _, name := range names {
		r := ReplicaFigures{Name: name, StallFigures: c.stallsOf(by[name])}
		pod, container, _ := strings.Cut(name, "/")
		mine := func(s *parse.Series) bool {
			in := c.label(s, "container", "container_name")
			return c.podOf(s) == pod && (in == "" || container == "" || in == container)
		}
		r.fill(c, func(s *parse.Series) bool { return c.podOf(s) == pod })
		g, u := c.peaks(by[name], mine)
		r.Goroutines, _ = stat.MedianOf(g)
		r.CPU, _ = stat.MedianOf(u)
		goroutines, cpu = append(goroutines, g...), append(cpu, u...)
		each = append(each, r)
	}
	slices.Sort(goroutines)
	slices.Sort(cpu)
	all.StallFigures = c.stallsOf(c.processes)
	all.fill(c, func(*parse.Series) bool { return true })
	all.Goroutines, _ = stat.MedianOf(goroutines)
	all.CPU, _ = stat.MedianOf(cpu)
	return all, each
}

// fill adds what does not hang on waves, of the series that are a replica's.
func (r *ReplicaFigures) fill(c *Case, mine func(*parse.Series) bool) {
	if r.Hours > 0 {
		perTick := r.Seconds / (r.Hours * 3600 / c.tick())
		r.PerTick = &perTick
	}
	r.Lag99, r.Beyond = c.lag99(mine)
	for _, s := range c.overflowCounters() {
		if mine(s) {
			rose := 0.0
			c.rises(s, func(_ int64, by float64) { rose += by })
			if r.Counted == nil {
				r.Counted = new(float64)
			}
			*r.Counted += rose
		}
	}
}

// replicaName is a process's without its life.
func replicaName(p *Process) string {
	name, _, _ := strings.Cut(p.Name, " (life ")
	return name
}

// podOf is the pod that a series is about.
func (c *Case) podOf(s *parse.Series) string { return c.PodOf(s) }

// judged says whether a sample lies in what is judged.
func (c *Placed) judged(at int64) bool {
	return (c.Options.Since == 0 || at >= int64(c.Options.Since)) && (c.Options.Until == 0 || at <= int64(c.Options.Until))
}

// rises calls with each rise of a counter and when it was seen; what it fell by is
// a restart, after which it rose from 0.
func (c *Placed) rises(s *parse.Series, seen func(at int64, by float64)) {
	last := math.NaN()
	for i, v := range s.Values {
		if v != v || !c.judged(s.Times[i]) {
			continue
		}
		if by := v - last; by >= 0 {
			seen(s.Times[i], by)
		} else if v < last {
			seen(s.Times[i], v)
		}
		last = v
	}
}

// matching are the series of all metrics whose name passes.
func (c *Case) matching(wants func(name string) bool) (out []*parse.Series) {
	all := c.Metrics()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if wants(name) {
			for i := range all[name] {
				out = append(out, &all[name][i])
			}
		}
	}
	return out
}

// overflowCounters are those of the destination's update queues (linkerd2
// controller/api/destination: endpoint_, endpoint_profile_ and
// profile_updates_queue_overflow).
func (c *Case) overflowCounters() []*parse.Series {
	return c.matching(func(n string) bool {
		return strings.HasSuffix(n, "_updates_queue_overflow") || strings.HasSuffix(n, "_updates_queue_overflow_total")
	})
}

// overflowed are the rises of those counters, over the hours of each.
func (c *Case) overflowed() (out amounts) {
	var all stat.Coverage
	counters := c.overflowCounters()
	for _, s := range counters {
		all = append(all, c.spanned(s)...)
	}
	all = stat.NewCoverage(all)
	pods := map[string]bool{}
	for _, s := range counters {
		var at, by []float64
		c.rises(s, func(t int64, rise float64) { at, by = append(at, float64(t)/1e9), append(by, rise) })
		hours := out.hours
		out.add(at, by, c.spanned(s), all)
		if pods[c.podOf(s)] { // a pod has a counter for each kind of queue, and its hours once
			out.hours = hours
		}
		pods[c.podOf(s)] = true
	}
	return out
}

// spanned is from a series' first judged sample to its last.
func (c *Case) spanned(s *parse.Series) stat.Coverage {
	var from, to int64
	for _, t := range s.Times {
		if c.judged(t) {
			from, to = cmp.Or(from, t), t
		}
	}
	if to <= from {
		return nil
	}
	return stat.Coverage{{Start: float64(from) / 1e9, End: float64(to) / 1e9}}
}

// lag99 is the 99th percentile of the informers' lag, interpolated within its
// bucket as histogram_quantile does (prometheus promql/quantile.go).
func (c *Case) lag99(mine func(*parse.Series) bool) (out *float64, beyond bool) {
	counts := map[float64]float64{}
	for _, s := range c.matching(func(n string) bool { return strings.HasSuffix(n, "_informer_lag_seconds_bucket") }) {
		bound, err := strconv.ParseFloat(c.label(s, "le"), 64)
		if err != nil || !mine(s) {
			continue
		}
		c.rises(s, func(_ int64, by float64) { counts[bound] += by })
	}
	bounds := make([]float64, 0, len(counts))
	for b := range counts {
		bounds = append(bounds, b)
	}
	slices.Sort(bounds)
	all := counts[math.Inf(1)]
	if len(bounds) < 2 || !(all > 0) || !math.IsInf(bounds[len(bounds)-1], 1) {
		return nil, false
	}
	rank := 0.99 * all
	i := sort.Search(len(bounds), func(i int) bool { return counts[bounds[i]] >= rank })
	if i >= len(bounds)-1 {
		return &bounds[len(bounds)-2], true
	}
	from, below := 0.0, 0.0
	if i > 0 {
		from, below = bounds[i-1], counts[bounds[i-1]]
	}
	at := from + (bounds[i]-from)*(rank-below)/(counts[bounds[i]]-below)
	return &at, false
}

// peaks are the largest number of goroutines and use of CPU in each wave of some
// lives of a process, sorted.
func (c *Case) peaks(lives []*Process, mine func(*parse.Series) bool) (goroutines, cpu []float64) {
	var waves []stat.Span
	for _, p := range lives {
		waves = append(waves, c.waves(p)...)
	}
	own := func(name string) []*parse.Series {
		return slices.DeleteFunc(c.matching(func(n string) bool { return n == name }), func(s *parse.Series) bool { return !mine(s) })
	}
	goroutine, seconds := own("go_goroutines"), own("process_cpu_seconds_total")
	for _, w := range waves {
		most := math.Inf(-1)
		for _, s := range goroutine {
			for i := after(s, w.Start); i < len(s.Times) && float64(s.Times[i])/1e9 <= w.End+samplesApart(s); i++ {
				if s.Values[i] > most {
					most = s.Values[i]
				}
			}
		}
		if most >= 0 {
			goroutines = append(goroutines, most)
		}
		most = math.Inf(-1)
		for _, s := range seconds {
			for i := max(1, after(s, w.Start)); i < len(s.Times) && float64(s.Times[i-1])/1e9 < w.End; i++ {
				rise, over := s.Values[i]-s.Values[i-1], float64(s.Times[i]-s.Times[i-1])/1e9
				if rise >= 0 && rise/over > most {
					most = rise / over
				}
			}
		}
		if most >= 0 {
			cpu = append(cpu, most)
		}
	}
	slices.Sort(goroutines)
	slices.Sort(cpu)
	return goroutines, cpu
}

// after is the first sample of a series that is not before a time.
func after(s *parse.Series, at float64) int {
	return sort.Search(len(s.Times), func(i int) bool { return float64(s.Times[i])/1e9 >= at })
}

// samplesApart is how far the samples of a series lie apart, seconds: what a wave does is
// seen in the sample after it.
func samplesApart(s *parse.Series) float64 {
	if len(s.Times) < 2 {
		return 0
	}
	return math.Min(60, float64(s.Times[len(s.Times)-1]-s.Times[0])/1e9/float64(len(s.Times)-1))
}

// waves are the bursts of stalls of a process; of one that logs none, the tenth of
// a period after each resync, where its start is known.
func (c *Case) waves(p *Process) (out []stat.Span) {
	tick := c.tick()
	for _, m := range p.Stalls {
		from := seconds(m.At)
		to := from + c.At(m.Point).Lasted.Seconds()
		if n := len(out); n > 0 && from-out[n-1].End <= stat.GapFor(tick) {
			out[n-1].End = math.Max(out[n-1].End, to)
			continue
		}
		out = append(out, stat.Span{Start: from, End: to})
	}
	if len(out) > 0 || !p.Known || len(p.Coverage) == 0 {
		return out
	}
	start, end := seconds(p.Start), p.Coverage[len(p.Coverage)-1].End
	for k := math.Max(1, math.Ceil((p.Coverage[0].Start-start)/tick)); start+k*tick <= end; k++ {
		out = append(out, stat.Span{Start: start + k*tick, End: start + k*tick + tick/10})
	}
	return out
}

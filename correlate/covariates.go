package correlate

import (
	"slices"
	"sort"
	"time"

	"faultline/correlate/known"
	"faultline/parse"
)

// covariate is a measure of load; at gives its value just before a time, in
// seconds; ok is false where there is none that is fresh.
type covariate struct {
	name string
	at   func(t float64) (x float64, ok bool)
}

// loadWindow is how far back from a time its load is looked for.
const loadWindow = 5 * time.Minute

// covariates are the measures of load that the capture has: first how much the
// proxies and the ingress log, then metrics.
func covariates(c *Placed) (out []covariate) {
	if v, ok := c.volume(); ok {
		out = append(out, v)
	}
	metrics := 0
	for _, m := range known.LoadMetrics {
		if v, ok := c.loadMetric(m); ok && metrics < known.MostLoads {
			out = append(out, v)
			metrics++
		}
	}
	return out
}

// busyLog is how many lines a minute a log must have for their number to tell
// of traffic.
const busyLog = 10

// volume is how many lines a minute the logs of proxies and ingress have, each
// relative to its own mean. Lines that are events are left out: failures would
// count as load.
func (c *Placed) volume() (covariate, bool) {
	type log struct {
		lines map[int32]float64 // by minute since 1970
		mean  float64           // a minute
		from  float64           // captured, seconds
		to    float64
	}
	var logs []log
	for s := range c.Streams {
		st := &c.Streams[s]
		if !serves(st) || c.CopyOf[s] >= 0 || !c.Anchors[s].Independent() || len(st.Coverage) == 0 {
			continue
		}
		l := log{from: seconds(st.Coverage[0].From + c.Anchors[s].Zero),
			to: seconds(st.Coverage[len(st.Coverage)-1].To + c.Anchors[s].Zero)}
		sum := 0.0
		for _, m := range st.Volume {
			sum += float64(m.Lines)
		}
		if sum/max(1, (l.to-l.from)/60) < busyLog { // without its events it has even fewer
			continue
		}
		l.lines = make(map[int32]float64, len(st.Volume))
		zero := int32(c.Anchors[s].Zero / parse.Time(time.Minute))
		for _, m := range st.Volume {
			l.lines[m.At+zero] += float64(m.Lines)
		}
		line := uint32(0)
		for i := range st.Events {
			if e := &st.Events[i]; e.Line != line {
				line = e.Line
				minute := int32((e.Time + c.Anchors[s].Zero) / parse.Time(time.Minute))
				l.lines[minute]--
				sum--
			}
		}
		if l.mean = sum / max(1, (l.to-l.from)/60); l.mean >= busyLog {
			logs = append(logs, l)
		}
	}
	return covariate{"lines that proxies and ingress log", func(t float64) (float64, bool) {
		sum, n := 0.0, 0
		last := int32(t/60) - 1 // the last whole minute
		for _, l := range logs {
			if l.from > t-loadWindow.Seconds()-60 || l.to < t {
				continue
			}
			for m := range int32(loadWindow.Minutes()) {
				sum += l.lines[last-m] / l.mean
			}
			n++
		}
		return sum / float64(max(1, n)) / loadWindow.Minutes(), n > 0
	}}, len(logs) > 0
}

// loadMetric is a metric as a measure of load.
func (c *Placed) loadMetric(m known.LoadMetric) (covariate, bool) {
	series := c.Metric(m.Name)
	return covariate{m.Name, func(t float64) (float64, bool) {
		sum, n := 0.0, 0
		for i := range series {
			if x, ok := before(&series[i], nanos(t), m.Counter); ok {
				sum += x
				n++
			}
		}
		if !m.Sum {
			sum /= float64(max(1, n))
		}
		return sum, n > 0
	}}, len(series) > 0
}

// before is the last value of a series in the window before a time, or the
// rate of a counter over it.
func before(s *parse.Series, t parse.Time, counter bool) (float64, bool) {
	i := sort.Search(len(s.Times), func(i int) bool { return s.Times[i] >= int64(t) }) - 1
	from := int64(t) - int64(loadWindow)
	if i < 0 || s.Times[i] < from {
		return 0, false
	}
	if !counter {
		return s.Values[i], s.Values[i] == s.Values[i] // not a NaN
	}
	j := sort.Search(i, func(j int) bool { return s.Times[j] >= from })
	rise := s.Values[i] - s.Values[j]
	if j == i || !(rise >= 0) { // too few samples, or the counter began anew
		return 0, false
	}
	return rise / (float64(s.Times[i]-s.Times[j]) / 1e9), true
}

// Metric gives the series of a metric, those that stand in several exports
// joined to one: exports overlap, and each holds a part of the time. Of two
// samples at one time the first that was read is kept.
func (ix *Index) Metric(name string) []parse.Series { return ix.Metrics()[name] }

// Metrics are the series of all metrics, by name, joined as [Index.Metric] says.
func (ix *Index) Metrics() map[string][]parse.Series {
	ix.metrics.Do(func() { ix.byMetric = ix.joinSeries() })
	return ix.byMetric
}

func (ix *Index) joinSeries() map[string][]parse.Series {
	all := map[string][]parse.Series{}
	at := map[string]int{} // by metric and labels: index in all[metric]
	for i := range ix.Series {
		s := ix.Series[i]
		name := ix.Name(s.Metric)
		key := []byte(name)
		for _, l := range s.Labels {
			key = append(append(append(append(key, 0), ix.Name(l.Key)...), 1), ix.Name(l.Value)...)
		}
		if had, ok := at[string(key)]; ok {
			all[name][had] = joined(&all[name][had], &s)
			continue
		}
		at[string(key)] = len(all[name])
		all[name] = append(all[name], s)
	}
	return all
}

// joined merges two series of one metric and one set of labels.
func joined(a, b *parse.Series) parse.Series {
	out := *a
	out.Times, out.Values = slices.Clone(a.Times), slices.Clone(a.Values)
	for i, t := range b.Times {
		if _, had := slices.BinarySearch(a.Times, t); !had {
			out.Times, out.Values = append(out.Times, t), append(out.Values, b.Values[i])
		}
	}
	sort.Stable(byTime{out.Times, out.Values})
	return out
}

// byTime sorts samples by their time.
type byTime struct {
	t []int64
	v []float64
}

func (s byTime) Len() int           { return len(s.t) }
func (s byTime) Less(i, j int) bool { return s.t[i] < s.t[j] }
func (s byTime) Swap(i, j int) {
	s.t[i], s.t[j] = s.t[j], s.t[i]
	s.v[i], s.v[j] = s.v[j], s.v[i]
}

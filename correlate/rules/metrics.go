package rules

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/kubelet"
)

// metric is one captured series, with its place in the capture.
type metric struct {
	*parse.Series
	index int
}

// metrics finds the series whose metric's name passes, those with samples.
func (p *Pass) metrics(want func(name string) bool) (out []metric) {
	for i := range p.Series {
		if s := &p.Series[i]; len(s.Times) > 0 && want(p.Name(s.Metric)) {
			out = append(out, metric{s, i})
		}
	}
	return out
}

// named finds the series of one metric. Most that are asked for are in no dump.
func (p *Pass) named(name string) []metric {
	if len(p.Metric(name)) == 0 {
		return nil
	}
	return p.metrics(func(n string) bool { return n == name })
}

// label is the value of a series' label.
func (p *Pass) label(m metric, key string) string {
	for _, l := range m.Labels {
		if p.Name(l.Key) == key {
			return p.Name(l.Value)
		}
	}
	return ""
}

// pod is the pod that a series is about.
func (p *Pass) pod(m metric) string {
	return p.PodOf(m.Series)
}

// evidence is a stretch of the series, ns since 1970.
func (m metric) evidence(from, to parse.Time) correlate.Evidence {
	return correlate.Evidence{Ref: m.Ref, Series: m.index + 1, From: from, To: to}
}

// whole is all of the series as evidence; of a page without times there is no stretch.
func (m metric) whole() correlate.Evidence {
	if len(m.Times) == 0 {
		return m.evidence(0, 0)
	}
	return m.evidence(parse.Time(m.Times[0]), parse.Time(m.Times[len(m.Times)-1]))
}

// at is the last value at or before a time, not older than five minutes.
func (m metric) at(t parse.Time) (v float64, ok bool) {
	i := sort.Search(len(m.Times), func(i int) bool { return m.Times[i] > int64(t) }) - 1
	if i < 0 || int64(t)-m.Times[i] > int64(5*time.Minute) {
		return 0, false
	}
	return m.Values[i], m.Values[i] == m.Values[i]
}

// max is the largest value, with its time.
func (m metric) max() (v float64, at parse.Time) {
	for i, x := range m.Values {
		if x == x && (i == 0 || x > v) {
			v, at = x, parse.Time(m.Times[i])
		}
	}
	return v, at
}

// increase is how much a counter rose over the capture; a fall is a restart.
func (m metric) increase() (sum float64) {
	for i := 1; i < len(m.Values); i++ {
		switch d := m.Values[i] - m.Values[i-1]; {
		case d > 0:
			sum += d
		case d < 0:
			sum += m.Values[i]
		}
	}
	return sum
}

// median of numbers; 0 of none.
func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(x))
	return s[len(s)/2]
}

// cacheSuffix ends the gauges that count the objects of an informer.
const cacheSuffix = "_cache_size"

// caches are how many objects of each kind a pod's informers held at a time;
// pod "" takes any pod's.
func (p *Pass) caches(pod string, at parse.Time) map[string]float64 {
	out := map[string]float64{}
	for _, m := range p.metrics(func(n string) bool { return strings.HasSuffix(n, cacheSuffix) }) {
		if of := p.pod(m); pod != "" && of != "" && of != pod {
			continue
		}
		if v, ok := m.at(at); ok {
			kind := strings.TrimSuffix(p.Name(m.Metric), cacheSuffix)
			out[kind] = max(out[kind], v)
		}
	}
	return out
}

// servers is the largest number of Server resources that a controller held; ok
// is false when neither a gauge nor a list of them tells.
func (p *Pass) servers() (n float64, proof []correlate.Evidence, ok bool) {
	for _, m := range p.named("server" + cacheSuffix) {
		v, at := m.max()
		if !ok || v > n {
			n, proof = v, []correlate.Evidence{m.evidence(at, at)}
		}
		ok = true
	}
	for _, f := range p.fact(kubelet.FactServers) {
		v, err := strconv.ParseFloat(p.Name(f.Value), 64)
		if err == nil && (!ok || v > n) {
			n, proof, ok = v, refs(f.Ref), true
		}
	}
	return n, proof, ok
}

// burst is stalls of one process that follow each other closely.
type burst struct {
	process  string
	pod      string
	stalls   []correlate.Moment
	from, to parse.Time
}

// burstGap is the silence that ends a burst.
const burstGap = parse.Time(10 * time.Second)

// findBursts groups the stalls of each process, ready ones and those on the
// wall clock of no known process alike.
func (p *Pass) findBursts() (out []burst) {
	for _, q := range p.Processes() {
		var b *burst
		for i, m := range q.Stalls {
			end := m.At + parse.Time(p.At(m.Point).Lasted)
			if b == nil || m.At-b.to > burstGap {
				out = append(out, burst{process: q.Name, pod: p.Who[m.Stream].Pod, from: m.At})
				b = &out[len(out)-1]
				b.stalls = q.Stalls[i:i:len(q.Stalls)]
			}
			b.stalls, b.to = b.stalls[:len(b.stalls)+1], max(b.to, end)
		}
	}
	slices.SortStableFunc(out, func(a, b burst) int { return cmp.Compare(a.from, b.from) })
	return out
}

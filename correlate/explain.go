package correlate

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"faultline/correlate/stat"
	"faultline/parse"
)

// Explanation holds a stretch of time against its baselines: what happened in
// it more or less often than else. Every event counts, none is sampled. It
// tells what comes together in time, and nothing of why.
type Explanation struct {
	// From and To bound the stretch, ns since 1970; Before is where the first
	// baseline begins, which ends at From and is four times as long.
	From, To, Before parse.Time
	// Period is the period whose other cycles are the second baseline, at the
	// same phase; 0 when no period is claimed. Cycles is how many there are.
	Period time.Duration
	Cycles int
	// Kinds, Targets and Templates are ranked by q, then by how far the count
	// is from what is expected.
	Kinds, Targets, Templates []Contrast
	// Metrics are series whose values differ, ranked alike.
	Metrics []MetricContrast
}

// Contrast is how often one thing happened in a stretch of time and in its
// baselines.
type Contrast struct {
	Name string
	N    int // in the stretch
	// Expected is N at the rate of the time before; nil where nothing of what
	// tells of it was captured then. P is the exact test of the two rates, the
	// counts divided by how far they come in bursts, so that one burst counts
	// once; Q bounds the share of false ones among those up to here (Benjamini &
	// Hochberg 1995).
	Expected *float64
	P, Q     float64
	// InCycles is N at the rate of the same phase of other cycles, with its
	// own P and Q; nil without a period.
	InCycles           *float64
	PInCycles, QCycles float64
	// First is the first such event in the stretch, or, if there is none, in
	// the time before.
	First Point
}

// MetricContrast is what one series was in a stretch of time and before it:
// the mean of a gauge, the rate of a counter. P is the larger of that of a step
// over its own trend, for slow series differ between any two stretches, and that of
// the circular shift, two-sided, which is no lower than two over the number of samples.
type MetricContrast struct {
	Series     parse.Series
	In, Before float64
	Samples    [2]int // in the stretch, before it
	P, Q       float64
}

// baselineLengths is how many times as long as the stretch its baseline is.
const baselineLengths = 4

// Explain says what is particular about the stretch of time from one wall time
// to another. Clocks that were fitted to a pattern take no part. ok is false
// when the stretch is empty.
func (c *Case) Explain(from, to parse.Time) (x Explanation, ok bool) {
	if to <= from {
		return x, false
	}
	x = Explanation{From: from, To: to, Before: from - baselineLengths*(to-from)}
	in := stat.Span{Start: seconds(from), End: seconds(to)}
	before := stat.Coverage{{Start: seconds(x.Before), End: in.Start}}
	phase := c.otherCycles(in, &x)
	t := tallies{kinds: map[string]*tally{}, targets: map[string]*tally{}, templates: map[string]*tally{}}
	for s := range c.Streams {
		if !c.Anchors[s].Independent() || c.CopyOf[s] >= 0 {
			continue
		}
		cover := stat.NewCoverage(c.captured(s))
		t.exposure = [3]float64{cover.Intersect(stat.Coverage{in}).Length(), cover.Intersect(before).Length(), cover.Intersect(phase).Length()}
		for i := range c.Streams[s].Events {
			e := &c.Streams[s].Events[i]
			at := seconds(e.Time + c.Anchors[s].Zero)
			which := [3]bool{in.Start <= at && at < in.End, before.Contains(at) && at < in.Start, phase.Contains(at)}
			if which != [3]bool{} && !c.Repeats(s, i) {
				t.add(c, Point{uint32(s), uint32(i)}, at, which)
			}
		}
	}
	x.Kinds, x.Targets, x.Templates = ranked(t.kinds, in, before[0]), ranked(t.targets, in, before[0]), ranked(t.templates, in, before[0])
	x.Metrics = c.metricContrasts(from, to, x.Before)
	return x, true
}

// otherCycles are the stretches at the same phase of the other cycles of the
// period that the verdict rests on, as far as they do not touch the stretch or
// each other.
func (c *Case) otherCycles(in stat.Span, x *Explanation) stat.Coverage {
	if c.Verdict.Period < 0 {
		return stat.Coverage{}
	}
	p := &c.Periods[c.Verdict.Period]
	period, _, ok := p.Seconds()
	all := c.groups.wall.Coverage
	if !ok || !p.Clock.OnWall() || in.End-in.Start >= period || len(all) == 0 {
		return stat.Coverage{}
	}
	var spans []stat.Span
	first := math.Ceil((all[0].Start - in.Start) / period)
	last := math.Floor((all[len(all)-1].End - in.End) / period)
	for k := first; k <= last; k++ {
		if k != 0 {
			spans = append(spans, stat.Span{Start: in.Start + k*period, End: in.End + k*period})
		}
	}
	x.Period, x.Cycles = time.Duration(period*1e9), len(spans)
	return stat.NewCoverage(spans)
}

// tallies counts by name. exposure is of the stream that is being walked:
// seconds captured in the stretch, before it, and in other cycles.
type tallies struct {
	kinds, targets, templates map[string]*tally
	exposure                  [3]float64
}

type tally struct {
	n        [3]int
	exposure [3]float64
	streams  map[uint32]bool
	times    [2][]float64 // in the stretch and in the time before, to see bursts
	first    Point
	inside   bool // first is in the stretch
}

func (t *tallies) add(c *Case, p Point, at float64, which [3]bool) {
	e := c.At(p)
	kind := c.KindName(e.Kind)
	t.count(t.kinds, kind, p, at, which)
	if name := c.Name(e.Target); name != "" {
		t.count(t.targets, name, p, at, which)
	}
	if fact := c.Name(e.Fact); fact != "" && e.Kind != parse.ControllerPopStall { // there it is the trace's id
		t.count(t.templates, kind+": "+template(fact), p, at, which)
	}
}

func (t *tallies) count(m map[string]*tally, name string, p Point, at float64, which [3]bool) {
	one := m[name]
	if one == nil {
		one = &tally{streams: map[uint32]bool{}, first: p}
		m[name] = one
	}
	if !one.streams[p.Stream] {
		one.streams[p.Stream] = true
		for i, e := range t.exposure {
			one.exposure[i] += e
		}
	}
	for i, yes := range which {
		if yes {
			one.n[i]++
		}
		if yes && i < len(one.times) {
			one.times[i] = append(one.times[i], at)
		}
	}
	if which[0] && !one.inside {
		one.inside, one.first = true, p
	}
}

// template is a text with its numbers taken out, and what is made of letters and
// digits in turn, such as a hash, so that lines which differ in them only are one.
func template(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		n := i
		for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z') {
			n++
		}
		if n == i {
			out = append(out, s[i])
			i++
			continue
		}
		out = append(out, masked(s[i:n])...)
		i = n
	}
	return string(out)
}

// masked is a word with its numbers taken out; of one that is a hash nothing is left.
func masked(word string) []byte {
	var out []byte
	numbers := 0
	for i := range len(word) {
		switch digit := word[i] >= '0' && word[i] <= '9'; {
		case !digit:
			out = append(out, word[i])
		case i == 0 || word[i-1] < '0' || word[i-1] > '9':
			out = append(out, '#')
			numbers++
		}
	}
	if numbers > 2 || numbers == 2 && len(word) >= hashLength {
		return []byte{'#'}
	}
	return out
}

// hashLength is how long a word is at least that holds two numbers and is a hash:
// v1beta1 is none.
const hashLength = 8

// ranked tests each name's rate in the stretch against its baselines.
func ranked(m map[string]*tally, in, before stat.Span) (out []Contrast) {
	var p, pCycles []float64
	alike := pooled(m, in, before)
	for name, t := range m {
		if t.n[0]+t.n[1] == 0 {
			continue
		}
		one := Contrast{Name: name, N: t.n[0], First: t.first}
		bursts := max(t.dispersion(in, before), alike)
		one.Expected, one.P = against(t, 1, bursts)
		one.InCycles, one.PInCycles = against(t, 2, bursts)
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b Contrast) int { return cmp.Compare(a.Name, b.Name) })
	for i := range out {
		p, pCycles = append(p, out[i].P), append(pCycles, out[i].PInCycles)
	}
	q, qCycles := stat.BH(p), stat.BH(pCycles)
	for i := range out {
		out[i].Q, out[i].QCycles = q[i], qCycles[i]
	}
	slices.SortStableFunc(out, func(a, b Contrast) int {
		return cmp.Or(cmp.Compare(a.Q, b.Q), cmp.Compare(a.P, b.P), cmp.Compare(b.excess(), a.excess()))
	})
	return out
}

// excess is how far a count is from what is expected.
func (c *Contrast) excess() float64 {
	if c.Expected == nil {
		return 0
	}
	return math.Abs(float64(c.N) - *c.Expected)
}

// against tests the rate in the stretch against that of a baseline.
func against(t *tally, base int, bursts float64) (expected *float64, p float64) {
	if t.exposure[base] == 0 || t.exposure[0] == 0 {
		return nil, 1
	}
	e := float64(t.n[base]) / t.exposure[base] * t.exposure[0]
	fewer := func(n int) int { return int(math.Round(float64(n) / bursts)) }
	r, ok := stat.NewRateRatio(fewer(t.n[base]), fewer(t.n[0]), t.exposure[base], t.exposure[0])
	if !ok {
		return &e, 1
	}
	return &e, r.P
}

// pooled is how far the events of all names come in bursts, each name weighed by
// its events: what a name that is rare is measured with, since names of a kind come
// alike (Efron 2004, of an empirical null).
func pooled(m map[string]*tally, in, before stat.Span) float64 {
	sum, n := 0.0, 0
	for _, name := range slices.Sorted(maps.Keys(m)) { // a sum in any order is not the same to the last bit
		t := m[name]
		sum += float64(t.n[0]+t.n[1]) * t.dispersion(in, before)
		n += t.n[0] + t.n[1]
	}
	return sum / float64(max(n, 1))
}

// dispersion is how far events come in bursts, 1 for Poisson: from counts in parts of
// the stretch and of the time before, each about its own mean, so that a name which
// was absent before is measured by the bursts in which it came.
func (t *tally) dispersion(in, before stat.Span) float64 {
	sum, n := 0.0, 0
	for i, of := range [2]stat.Span{in, before} {
		if len(t.times[i]) == 0 {
			continue
		}
		counts := make([]int, [2]int{burstParts, burstParts * baselineLengths}[i])
		for _, at := range t.times[i] {
			counts[min(len(counts)-1, max(0, int((at-of.Start)/(of.End-of.Start)*float64(len(counts)))))]++
		}
		sum += stat.Dispersion(counts) * float64(t.n[i])
		n += t.n[i]
	}
	return max(1, sum/float64(max(n, 1)))
}

// burstParts are the parts of a stretch in which events are counted to see bursts.
const burstParts = 5

// metricContrasts compares the samples of each series in the stretch with
// those before it.
func (c *Placed) metricContrasts(from, to, before parse.Time) (out []MetricContrast) {
	all := c.Metrics()
	var p []float64
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, s := range all[name] {
			if m, ok := metricContrast(s, counter(name), from, to, before); ok {
				out, p = append(out, m), append(p, m.P)
			}
		}
	}
	for i, q := range stat.BH(p) {
		out[i].Q = q
	}
	slices.SortStableFunc(out, func(a, b MetricContrast) int { return cmp.Or(cmp.Compare(a.Q, b.Q), cmp.Compare(a.P, b.P)) })
	return out
}

// counter says whether a metric only ever rises, by its name (Prometheus naming
// conventions).
func counter(name string) bool {
	return slices.ContainsFunc([]string{"_total", "_count", "_sum", "_bucket"}, func(s string) bool { return strings.HasSuffix(name, s) })
}

// maxShifts bounds the samples that the circular shift is computed on: its
// cost grows with their square.
const maxShifts = 2000

func metricContrast(s parse.Series, rises bool, from, to, before parse.Time) (m MetricContrast, ok bool) {
	m.Series = s
	i, _ := slices.BinarySearch(s.Times, int64(before))
	j, _ := slices.BinarySearch(s.Times, int64(to))
	var x, negative []float64
	var in []bool
	var sum [2]float64
	for k := i; k < j; k++ {
		v := s.Values[k]
		if rises {
			if k == i || s.Values[k] < s.Values[k-1] { // it began anew
				continue
			}
			v = (v - s.Values[k-1]) / (float64(s.Times[k]-s.Times[k-1]) / 1e9)
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		inside := s.Times[k] >= int64(from)
		side := 1
		if inside {
			side = 0
		}
		m.Samples[side]++
		sum[side] += v
		x, negative, in = append(x, v), append(negative, -v), append(in, inside)
	}
	more, ok := stat.NewAUC(x, in)
	if !ok || len(x) > maxShifts || slices.Min(x) == slices.Max(x) {
		return m, false
	}
	less, _ := stat.NewAUC(negative, in)
	step, ok := stat.Step(x, in)
	if !ok {
		return m, false
	}
	m.P = max(step, min(1, 2*min(more.PShift, less.PShift)))
	m.In, m.Before = sum[0]/float64(m.Samples[0]), sum[1]/float64(m.Samples[1])
	return m, true
}

package stat

import (
	"math"
	"sort"
)

// A Process is one timer owner: a pod's container between two restarts.
type Process struct {
	Start    float64   // from metrics or pod status, not from the stalls; seconds
	Stalls   []float64 // times of stalls, any order
	Coverage Coverage  // when its output was captured; without it no tick counts
}

// A TickTest is the test of a schedule that is known beforehand: process start
// plus multiples of a period (statistics.md §1.8b).
type TickTest struct {
	Period      float64 // tested, seconds
	Hits, Ticks int     // over the processes counted
	P           float64 // P(Hits or more) with each process's phase uniform
	Fundamental float64 // the period the hits keep: Period, a multiple or a fraction
	Processes   []ProcessTicks
	Counted     int     // processes with independent starts and at least one tick
	Enough      bool    // 2 such processes and 6 ticks: may replace "insufficient"
	Window      float64 // a tick waits this long for its onset, seconds
	First       float64 // a tick of the first process counted, seconds
	Late        float64 // the median of how long after its tick a hit begins, seconds
}

// ProcessTicks is the share of one process in a TickTest.
type ProcessTicks struct {
	Start   float64
	Counted bool // false: no tick captured, or started with another process
	Ticks   []float64
	Hit     []bool
	Hits    int
	On      []float64 // the onset of each hit
	Late    []float64 // how long after its tick each of these is

	covered Coverage  // captured time after the start
	zone    Coverage  // times at which a tick is hit
	pmf     []float64 // of Hits, over a uniform phase
}

// The tick test's constants were fixed before looking (§1.8b): a tick is hit
// when an onset (10 s of silence before it) follows within 5 s, plus 0.1 % of
// the time since start, because the timer is re-armed late and never early.
// They shrink for periods below 60 s only.
func tickWindow(period float64) (window, silence, drift float64) {
	return math.Min(5, period/12), math.Min(10, period/6), 1e-3
}

// maxCycles is how long a schedule counts as known: by then the window for
// drift has grown to a quarter of the period.
const maxCycles = 250

// NewTickTest tests the schedule start + kP, k >= 1, of several processes. The
// unit is the process: its hits are compared with those of the same schedule
// slid over its own stalls by every phase in [0, P), and the distributions are
// convolved. The distribution is exact, taken from the breakpoints at which a
// slid tick enters or leaves a hit zone; nothing is sampled. Processes that
// started together (modulo P) count as one; a process counts for its first 250
// periods.
// ok is false when no process has a tick inside its coverage.
func NewTickTest(processes []Process, period float64) (t TickTest, ok bool) {
	if !(period > 0) {
		return t, false
	}
	window, _, _ := tickWindow(period)
	t = TickTest{Period: period, Fundamental: period, Window: window}
	for _, p := range processes {
		if math.Abs(p.Start) <= maxTime {
			t.Processes = append(t.Processes, newProcessTicks(p, period))
		}
	}
	markIndependent(t.Processes, period, window)
	null := []float64{1}
	var late []float64
	for _, p := range t.Processes {
		if p.Counted {
			if t.Ticks == 0 {
				t.First = p.Ticks[0]
			}
			late = append(late, p.Late...)
			t.Counted++
			t.Ticks += len(p.Ticks)
			t.Hits += p.Hits
			null = convolve(null, p.pmf)
		}
	}
	if t.Ticks == 0 {
		return t, false
	}
	t.P = clamp01(upperSum(null, t.Hits))
	t.Enough = t.Counted >= 2 && t.Ticks >= 6
	if len(late) > 0 {
		t.Late = medianOf(late)
	}
	t.Fundamental = tickFundamental(t.Processes, period, t.Hits, t.Ticks)
	return t, true
}

func newProcessTicks(p Process, period float64) ProcessTicks {
	window, silence, drift := tickWindow(period)
	out := ProcessTicks{Start: p.Start}
	out.covered = NewCoverage(p.Coverage).Intersect(Coverage{{p.Start, p.Start + maxCycles*period}})
	var spans []Span
	onsets := Onsets(sortedTimes(p.Stalls), silence)
	for _, onset := range onsets {
		// A tick at time x since start is hit if x <= onset <= x+window+drift·x.
		since := onset - p.Start
		spans = append(spans, Span{p.Start + math.Max(0, since-window)/(1+drift), onset})
	}
	out.zone = NewCoverage(spans).Intersect(out.covered)
	for _, x := range ticksIn(out.covered, p.Start, period) {
		hit := out.zone.Contains(x)
		out.Ticks, out.Hit = append(out.Ticks, x), append(out.Hit, hit)
		if hit {
			out.Hits++
			i := sort.SearchFloat64s(onsets, x)
			out.On, out.Late = append(out.On, onsets[i]), append(out.Late, onsets[i]-x)
		}
	}
	out.pmf = hitDistribution(out.zone, p.Start, period)
	return out
}

// ticksIn lists start + kP, k >= 1, inside the coverage.
func ticksIn(c Coverage, start, period float64) []float64 {
	var out []float64
	for _, s := range c {
		k := math.Max(1, math.Ceil((s.Start-start)/period))
		for x := start + k*period; x <= s.End; x = start + k*period {
			out = append(out, x)
			k++
		}
	}
	return out
}

// hitDistribution is the distribution of the number of hits when the schedule
// is slid by a uniform phase.
func hitDistribution(zone Coverage, start, period float64) []float64 {
	pmf := []float64{0}
	for _, l := range zone.levels(period, start) {
		for l.count >= len(pmf) {
			pmf = append(pmf, 0)
		}
		pmf[l.count] += l.width
	}
	return pmf
}

// markIndependent counts each process that has ticks and whose start differs,
// modulo the period, from those already counted; the process with more ticks
// goes first.
func markIndependent(processes []ProcessTicks, period, window float64) {
	order := make([]int, len(processes))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool {
		p, q := processes[order[a]], processes[order[b]]
		if len(p.Ticks) != len(q.Ticks) {
			return len(p.Ticks) > len(q.Ticks)
		}
		return p.Start < q.Start
	})
	var phases []float64
next:
	for _, i := range order {
		phase := frac(processes[i].Start / period)
		for _, other := range phases {
			if CircularDistance(phase, other)*period <= window {
				continue next
			}
		}
		if len(processes[i].Ticks) > 0 {
			processes[i].Counted = true
			phases = append(phases, phase)
		}
	}
}

func convolve(a, b []float64) []float64 {
	out := make([]float64, len(a)+len(b)-1)
	for i, x := range a {
		for j, y := range b {
			out[i+j] += x * y
		}
	}
	return out
}

// tickFundamental guards against harmonics, as NewFundamental does for onsets. If a
// multiple of the period keeps 0.9 of the hits beyond chance, every other tick
// was empty and the period is the multiple; if the ticks of a fraction are not hit
// less often, the period is the fraction. Otherwise it is the period itself.
func tickFundamental(processes []ProcessTicks, period float64, hits, ticks int) float64 {
	chance := zoneShare(processes, period)
	net := float64(hits) - float64(ticks-hits)*chance/(1-chance)
	for j := multiples(period, MaxPeriod); j > 1; j-- {
		k, _ := hitsAt(processes, float64(j)*period)
		if k >= 3 && float64(k) >= 0.9*net {
			return float64(j) * period
		}
	}
	for d := multiples(MinPeriod, period); d > 1; d-- {
		k, n := hitsAt(processes, period/float64(d))
		if between := n - ticks; hits > 0 && between > 0 && !rarer(k-hits, between, hits, ticks, chance, d) {
			return period / float64(d)
		}
	}
	return period
}

// zoneShare is the expected share of ticks hit by chance.
func zoneShare(processes []ProcessTicks, period float64) float64 {
	var expected, ticks float64
	for _, p := range processes {
		if p.Counted {
			expected += p.zone.Length() / period
			ticks += float64(len(p.Ticks))
		}
	}
	return math.Min(0.99, expected/math.Max(1, ticks))
}

// hitsAt counts hits and ticks of the processes counted at another period.
func hitsAt(processes []ProcessTicks, period float64) (hits, ticks int) {
	for _, p := range processes {
		if !p.Counted {
			continue
		}
		for _, x := range ticksIn(p.covered, p.Start, period) {
			ticks++
			hits += int(indicator(p.zone.Contains(x)))
		}
	}
	return hits, ticks
}

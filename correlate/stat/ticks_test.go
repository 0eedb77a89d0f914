package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// waves simulates replicas of an unpatched controller: bursts of stalls after
// every tick of 600 s and a background in between.
func waves(seed uint64, span, background float64) []Process {
	r := rand.New(rand.NewPCG(seed, 1))
	var out []Process
	for _, start := range []float64{0, 13, 29} {
		p := Process{Start: start, Coverage: Coverage{{start + 15, span}}}
		for tick := start + 600; tick < span; tick += 600.3 {
			for range 5 + r.IntN(30) {
				p.Stalls = append(p.Stalls, tick+0.7+9*r.Float64())
			}
			p.Stalls = append(p.Stalls, tick+1.5)
		}
		for range int(background * span) {
			p.Stalls = append(p.Stalls, start+15+r.Float64()*(span-start-15))
		}
		out = append(out, p)
	}
	return out
}

func TestTicksFindWaves(t *testing.T) {
	processes := waves(1, 2040, 0.002)
	got, ok := NewTickTest(processes, 600)
	if !ok || !got.Enough || got.Ticks != 9 || got.Hits < 8 || got.P > 1e-4 || got.Fundamental != 600 {
		t.Fatalf("%+v", got)
	}
	// A fraction is hit too, but only at every other tick.
	if half, _ := NewTickTest(processes, 300); half.Fundamental != 600 {
		t.Errorf("period at 300 s = %g (%d of %d)", half.Fundamental, half.Hits, half.Ticks)
	}
	long := waves(2, 4*3600, 0.002)
	if twice, _ := NewTickTest(long, 1200); twice.Fundamental != 600 {
		t.Errorf("period at 1200 s = %g (%d of %d)", twice.Fundamental, twice.Hits, twice.Ticks)
	}
	for _, period := range []float64{450, 500, 610, 700} {
		// Ticks of 450 s and 600 s meet every 1800 s; the period gives that away.
		if other, _ := NewTickTest(processes, period); other.P < 1e-3 && other.Fundamental == period {
			t.Errorf("%g s: %d of %d, p = %g", period, other.Hits, other.Ticks, other.P)
		}
	}
}

// The distribution of hits must be that of sliding the schedule by brute force.
func TestHitDistribution(t *testing.T) {
	const period, steps = 600.0, 200000
	for _, p := range waves(3, 2040, 0.01) {
		ticks := newProcessTicks(p, period)
		counts := make([]float64, len(ticks.pmf))
		for i := range steps {
			hits := 0
			for x := p.Start + (float64(i)+0.5)/steps*period; x < 2040; x += period {
				hits += int(indicator(ticks.zone.Contains(x)))
			}
			counts[hits] += 1.0 / steps
		}
		sum := 0.0
		for k, want := range counts {
			within(t, "pmf", ticks.pmf[k], want, 1e-4)
			sum += ticks.pmf[k]
		}
		within(t, "total", sum, 1, 1e-12)
	}
}

func TestTicksReplaceInsufficient(t *testing.T) {
	processes := waves(4, 2040, 0.002)
	var all []float64
	for _, p := range processes {
		all = append(all, p.Stalls...)
	}
	bare := Judge(Series{Times: all}, DefaultPeriods).Periods[0]
	if bare.Verdict != Insufficient || bare.Need == 0 {
		t.Errorf("without starts: %s, need %d", bare.Verdict, bare.Need)
	}
	j := Judge(Series{Times: all, Processes: processes}, DefaultPeriods)
	r := j.Periods[0]
	if r.Basis != ByTicks || r.Verdict != Strong || !r.Claimed() || r.Need != 0 {
		t.Errorf("%s by %s, p %g, %+v", r.Verdict, r.Basis, r.PHolm, r.Ticks)
	}
	if r := j.Periods[1]; r.Claimed() {
		t.Errorf("300 s is claimed: %+v", r.Ticks)
	}
}

// Replicas that start together prove a thing once.
func TestTicksNeedIndependentStarts(t *testing.T) {
	processes := waves(5, 2040, 0)
	for i := range processes {
		processes[i].Start = 1
	}
	got, ok := NewTickTest(processes, 600)
	if !ok || got.Enough || got.Counted != 1 || got.P < 1e-3 {
		t.Errorf("%+v", got)
	}
	for i := range processes {
		processes[i].Coverage = nil
	}
	if got, ok := NewTickTest(processes, 600); ok {
		t.Errorf("without coverage: %+v", got)
	}
}

// Null worlds of §1.8b: bursts at random, or at common 5-10 min renewals of all
// replicas at once. There p <= .05 in .5 % and .2 % of 600.
func TestTicksNull(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	for name, common := range map[string]bool{"each alone": false, "all together": true} {
		var at5, at1 int
		for range 200 {
			var processes []Process
			shared := burstTimes(r)
			for _, start := range []float64{0, 13, 29} {
				stalls := shared
				if !common {
					stalls = burstTimes(r)
				}
				processes = append(processes, Process{Start: start, Stalls: stalls, Coverage: Coverage{{start, 2040}}})
			}
			got, _ := NewTickTest(processes, 600)
			at5 += int(indicator(got.P <= 0.05))
			at1 += int(indicator(got.P <= 0.01))
		}
		if at5 > 10 || at1 > 2 {
			t.Errorf("%s: p <= .05 in %d and <= .01 in %d of 200", name, at5, at1)
		}
	}
}

// burstTimes are bursts at 5-10 min renewals mixed with Poisson ones, 34 min.
func burstTimes(r *rand.Rand) []float64 {
	var out []float64
	burst := func(x float64) {
		for range 1 + r.IntN(10) {
			out = append(out, x+15*r.Float64())
		}
	}
	for x := 600 * r.Float64(); x < 2040; x += 300 + 300*r.Float64() {
		burst(x)
	}
	for x := 400 * r.ExpFloat64(); x < 2040; x += 400 * r.ExpFloat64() {
		burst(x)
	}
	return out
}

func TestTicksShift(t *testing.T) {
	a := waves(7, 2040, 0.005)
	b := waves(7, 2040, 0.005)
	for i := range b {
		b[i].Start += 1.7e9
		b[i].Coverage[0].Start += 1.7e9
		b[i].Coverage[0].End += 1.7e9
		for k := range b[i].Stalls {
			b[i].Stalls[k] += 1.7e9
		}
	}
	x, _ := NewTickTest(a, 600)
	y, _ := NewTickTest([]Process{b[2], b[0], b[1]}, 600)
	if x.Hits != y.Hits || math.Abs(x.P-y.P) > 1e-4*x.P {
		t.Errorf("%d %g, shifted %d %g", x.Hits, x.P, y.Hits, y.P)
	}
}

// Three real controllers under storm: waves overlap and break the onsets, so no
// phase test sees the 60 s period in a single replica; the ticks do.
func TestTicksRealStorm(t *testing.T) {
	byPod := map[string]*Process{}
	var all []float64
	for _, row := range rows(t, "r60s_traces.csv")[1:] {
		start, trace := number(t, row[1]), number(t, row[2])
		if byPod[row[0]] == nil {
			// From caches synced to the stop.
			byPod[row[0]] = &Process{Start: start, Coverage: Coverage{{start + 15, 398}}}
		}
		byPod[row[0]].Stalls = append(byPod[row[0]].Stalls, trace)
		all = append(all, trace)
	}
	var processes []Process
	for _, p := range byPod {
		processes = append(processes, *p)
	}
	got, ok := NewTickTest(processes, 60)
	if !ok || got.Hits != 12 || got.Ticks != 18 || got.P > 1e-3 || got.Fundamental != 60 {
		t.Errorf("%d of %d, p = %g, period %g", got.Hits, got.Ticks, got.P, got.Fundamental)
	}
	for _, period := range []float64{45, 50, 70} {
		if other, _ := NewTickTest(processes, period); other.P < 0.05 {
			t.Errorf("%g s: p = %g", period, other.P)
		}
	}
	r := Judge(Series{Times: all, Processes: processes}, []float64{60}).Periods[0]
	if r.Verdict != Supported || r.Basis != ByTicks {
		t.Errorf("%s by %s", r.Verdict, r.Basis)
	}
}

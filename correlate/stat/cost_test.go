package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// manyFailures is a month with a million failed requests in as many bursts as
// it can hold, most of them at random and some on a period.
func manyFailures() []float64 {
	r := rand.New(rand.NewPCG(5, 5))
	var times []float64
	for at := 0.0; len(times) < 1_000_000; at += 70 + r.ExpFloat64()*200 {
		for range 100 {
			times = append(times, at+5*r.Float64())
		}
	}
	return sortedTimes(times)
}

// The binned scan finds what the direct one finds.
func TestBinnedScanIsTheScan(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	var onsets []float64
	for k := range 400 {
		if r.Float64() < 0.5 {
			onsets = append(onsets, 613.7*float64(k)+90*r.NormFloat64()) // wide: no harmonics
		}
	}
	for range 200 {
		onsets = append(onsets, r.Float64()*613.7*400)
	}
	onsets = relative(sortedTimes(onsets))
	span := onsets[len(onsets)-1]
	step := 1 / (10 * span)
	fmin := 1 / MaxPeriod
	n := int((1/MinPeriod-fmin)/step) + 1
	a, b := periodogram(onsets, fmin, step, n), binnedPeriodogram(onsets, fmin, step, n)
	i, j := highest(a, 1)[0], highest(b, 1)[0]
	if d := i - j; d < -1 || d > 1 || math.Abs(a[i]/b[j]-1) > 0.05 {
		t.Errorf("peaks at steps %d and %d, %.1f and %.1f", i, j, a[i], b[j])
	}
}

// A million failures against a hundred thousand candidate periods and the list.
func BenchmarkMillionFailures(b *testing.B) {
	times := manyFailures()
	b.ResetTimer()
	for b.Loop() {
		Judge(Series{Times: times}, DefaultPeriods)
	}
}

// A day of one cluster.
func BenchmarkDay(b *testing.B) {
	s := resyncWorld(86400, 0.5, 10)(rand.New(rand.NewPCG(7, 7)))
	b.ResetTimer()
	for b.Loop() {
		Judge(s, DefaultPeriods)
	}
}

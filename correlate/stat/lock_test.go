package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// comb is a timer's onsets: n cycles of a period of which a share is seen, each
// late by a jitter that adds up, and strays between them.
func comb(r *rand.Rand, n int, period, walk, seen float64, strays int) (on []float64) {
	t := 1e9 * r.Float64()
	first := t
	for range n {
		t += period + walk*r.Float64()
		if r.Float64() < seen {
			on = append(on, t)
		}
	}
	for range strays {
		on = append(on, first+r.Float64()*(t-first))
	}
	slices.Sort(on)
	return on
}

func TestLockFindsTheTimerAmongStrays(t *testing.T) {
	for _, f := range []struct {
		name                      string
		n                         int
		period, walk, seen, truth float64
		strays                    int
		within                    float64
	}{
		{"clean", 84, 600, 0.27, 0.6, 600.135, 0, 0.1},
		{"as many strays", 84, 600, 0.27, 0.4, 600.135, 35, 0.15},
		{"three times as many", 84, 600, 0.27, 0.3, 600.135, 80, 0.2},
		{"a cron", 84, 600, 0, 0.6, 600, 20, 0.05},
		{"lock waits", 60, 600.3, 2.7, 0.8, 601.65, 20, 0.5},
		{"an hour", 6, 600, 0.1, 1, 600.05, 2, 0.3},
		{"a minute", 40, 60, 0.1, 0.9, 60.05, 10, 0.02},
	} {
		missed, inside := 0, 0
		worlds := 200
		if testing.Short() {
			worlds = 60
		}
		for seed := range uint64(worlds) {
			on := comb(rand.New(rand.NewPCG(seed, 5)), f.n, f.period, f.walk, f.seen, f.strays)
			nominal := math.Round(f.period/60) * 60
			l, ok := NewLock(on, nominal, nil)
			if !ok || l.P > 1e-3 || math.Abs(l.Period-f.truth) > f.within {
				missed++
				continue
			}
			if math.Abs(l.Period-f.truth) <= 2.1*l.SE+1e-9 || f.walk == 0 {
				inside++
			}
		}
		if missed > worlds/20 || inside < (worlds-missed)*9/10 {
			t.Errorf("%s: missed in %d of %d worlds, interval holds the truth in %d of %d", f.name, missed, worlds, inside, worlds-missed)
		}
	}
}

// The chance is a bound: onsets that keep nothing lock no more often than it says.
func TestLockIsPaidFor(t *testing.T) {
	const worlds = 300
	for _, n := range []int{8, 40, 150} {
		false05, false001 := 0, 0
		for seed := range uint64(worlds) {
			r := rand.New(rand.NewPCG(seed, uint64(n)))
			on := make([]float64, n)
			for i := range on {
				on[i] = r.Float64() * 50000
			}
			slices.Sort(on)
			l, ok := NewLock(on, 600, nil)
			if ok && l.P <= 0.05 {
				false05++
			}
			if ok && l.P <= 0.001 {
				false001++
			}
		}
		if false05 > worlds/20 || false001 > max(1, worlds/500) {
			t.Errorf("%d onsets: p <= .05 in %d, <= .001 in %d of %d", n, false05, false001, worlds)
		}
	}
}

package prom

import (
	"slices"
	"time"
)

// Spacing is how the samples of a series lie in time. It tells the answer of
// a range query, which is evaluated on a grid, from raw samples, which lie
// where the scrapes did.
type Spacing struct {
	// Step is the usual distance of two samples: the median.
	Step time.Duration
	// Common is the greatest distance that all distances are multiples of.
	Common time.Duration
	// Regular series have three quarters of their distances within a tenth
	// of the step, and at least three distances.
	Regular bool
}

// Stepped says whether all samples lie on one grid, as those of a range query
// do. Raw samples of a scrape that was never late look the same: Prometheus
// moves scrapes that are at most 2 ms late onto their grid (scrape/scrape.go).
func (s Spacing) Stepped() bool { return s.Regular && s.Common == s.Step }

// SpacingOf measures the times of a series, which ascend.
func SpacingOf(times []int64) (s Spacing) {
	var gaps []int64
	for i := 1; i < len(times); i++ {
		if d := times[i] - times[i-1]; d > 0 {
			gaps = append(gaps, d)
			s.Common = time.Duration(gcd(int64(s.Common), d))
		}
	}
	if len(gaps) == 0 {
		return s
	}
	slices.Sort(gaps)
	step := gaps[(len(gaps)-1)/2] // of two in the middle the shorter: it is one that occurs
	s.Step = time.Duration(step)
	near := 0
	for _, d := range gaps {
		if d >= step-step/10 && d <= step+step/10 {
			near++
		}
	}
	s.Regular = len(gaps) >= 3 && 4*near >= 3*len(gaps)
	return s
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

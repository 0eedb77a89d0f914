package stat

import "math"

// A CoverageTest is the test of how many A fall into the zone after a B.
type CoverageTest struct {
	N        int     // A inside the coverage
	K        int     // of those, inside the zone
	Expected float64 // K if A kept its time only to within the window
	P        float64 // P(K or more)
	Exact    bool    // false: normal approximation, above 5000 events
}

// zones is the union of [b+delay, b+delay+window]: the times at which an A
// counts as following a B.
func zones(b []float64, window, delay float64) Coverage {
	spans := make([]Span, len(b))
	for i, t := range b {
		spans[i] = Span{t + delay, t + delay + window}
	}
	return NewCoverage(spans)
}

// overlap is the length of [lo, hi] covered by c, seconds.
func (c Coverage) overlap(lo, hi float64) float64 {
	sum := 0.0
	for _, s := range c.from(lo) {
		if s.Start >= hi {
			break
		}
		sum += math.Max(0, math.Min(hi, s.End)-math.Max(lo, s.Start))
	}
	return sum
}

// LocalCoverage is the primary test of association (§2): each A is re-placed
// uniformly within ±jitter/2 of where it was, clipped to its block of
// coverage, and the number that then fall within window seconds after a B
// (plus delay) is compared with the number observed. It is the analytic form
// of the interval-jitter test (Amarasingham et al. 2012) and keeps any common
// change slower than the jitter. jitter = 10·window is the usual choice.
//
// With a nil coverage the windows are not clipped. ok is false when no A is
// covered or a parameter is not positive.
func LocalCoverage(a, b []float64, window, delay, jitter float64, c Coverage) (t CoverageTest, ok bool) {
	if !(window > 0) {
		return t, false
	}
	return LocalZone(a, zones(b, window, delay), jitter, c)
}

// LocalZone is LocalCoverage for any zone that is known without the A. With the
// period of a schedule as jitter it tests whether A keep the schedule's phase:
// each could then fall anywhere in its cycle.
func LocalZone(a []float64, zone Coverage, jitter float64, c Coverage) (t CoverageTest, ok bool) {
	if !(jitter > 0) {
		return t, false
	}
	var q []float64
	for _, x := range a {
		lo, hi := x-jitter/2, x+jitter/2
		if c != nil {
			block, inside := c.find(x)
			if !inside {
				continue
			}
			lo, hi = math.Max(lo, block.Start), math.Min(hi, block.End)
		}
		p := math.Min(1, zone.overlap(lo, hi)/(hi-lo))
		q = append(q, p)
		t.Expected += p
		if zone.Contains(x) {
			t.K++
		}
	}
	if len(q) == 0 {
		return CoverageTest{}, false
	}
	t.N, t.Exact = len(q), len(q) <= exactLimit
	t.P = PoissonBinomialSF(q, t.K)
	return t, true
}

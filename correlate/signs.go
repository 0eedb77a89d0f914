package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"faultline/correlate/stat"
	"faultline/parse"
)

// Signs tell mechanisms of stalls apart that may have the same period.
type Signs struct {
	// Falls and Stairs count the bursts of stalls in which the queue's depth
	// falls from line to line, as it does after a resync or a relist has put
	// everything in it at once, and those in which it climbs, as real changes
	// make it. Unclear are all others of at least three lines.
	Falls, Stairs, Unclear int
	// Bursts are those of all processes. Relists is how many of them begin
	// within ten seconds after a line that tells of a broken watch or a list;
	// nil where no such line was captured.
	Bursts  int
	Relists *stat.CoverageTest
	// Together is how many bursts of one process begin within five seconds
	// after one of another process: an API server's restart and a burst of
	// changes reach all replicas at once, a resync each at its own time. nil
	// with fewer than two processes that stall.
	Together *stat.CoverageTest
	// Sentences say so, with counts and what chance would give.
	Sentences []string
}

const (
	together = 5 * time.Second
	// togetherJitter is how far, in seconds, a burst could have come from where it did.
	togetherJitter = 600.0
	signP          = 1e-3
	fewBursts      = 5
	// signShare is how large a part of the bursts must show a sign.
	signShare = 0.5
)

// readSigns looks at each process's bursts of stalls.
func readSigns(c *Placed, processes []*Process) Signs {
	var s Signs
	var all []float64
	var cover stat.Coverage
	pooled := stat.CoverageTest{P: 1}
	stalling := 0
	type burst struct {
		at float64
		by int
	}
	var bursts []burst
	for i, p := range processes {
		for _, at := range stat.Onsets(times(p.Stalls), seconds(burstGap)) {
			bursts = append(bursts, burst{at, i})
		}
	}
	slices.SortFunc(bursts, func(a, b burst) int { return cmp.Compare(a.at, b.at) })
	others := make([]float64, 0, len(bursts))
	for i, p := range processes {
		cover = append(cover, p.Coverage...)
		on := c.shapes(&s, p)
		all = append(all, on...)
		if len(on) == 0 {
			continue
		}
		stalling++
		others = others[:0]
		from := 0
		for _, at := range on { // of the others only what the test looks at
			for from < len(bursts) && bursts[from].at < at-togetherJitter {
				from++
			}
			for ; from < len(bursts) && bursts[from].at <= at+togetherJitter; from++ {
				if bursts[from].by != i {
					others = append(others, bursts[from].at)
				}
			}
		}
		if t, ok := stat.LocalCoverage(on, others, together.Seconds(), 0, togetherJitter, p.Coverage); ok && len(others) > 0 && t.P < pooled.P {
			pooled = t // of several, the one that shows most, paid for below
		}
	}
	slices.Sort(all)
	s.Bursts = len(all)
	if stalling > 1 {
		pooled.P = min(1, pooled.P*float64(stalling))
		s.Together = &pooled
	}
	var broken []float64
	for _, k := range []parse.Kind{parse.ControllerWatchFailed, parse.ControllerWatchClosed, parse.ControllerListFailed} {
		broken = append(broken, c.placed(k)...)
	}
	slices.Sort(broken)
	if t, ok := stat.LocalCoverage(all, broken, time.Duration(StallWindow).Seconds(), 0, 600, stat.NewCoverage(cover)); ok && len(broken) > 0 {
		s.Relists = &t
	}
	s.say()
	return s
}

// shapes sorts a process's bursts by how the queue's depth runs, and gives
// their beginnings in seconds.
func (c *Placed) shapes(s *Signs, p *Process) (on []float64) {
	for from := 0; from < len(p.Stalls); {
		to := from + 1
		for to < len(p.Stalls) && p.Stalls[to].At-p.Stalls[to-1].At <= burstGap {
			to++
		}
		on = append(on, seconds(p.Stalls[from].At))
		if to-from >= 3 {
			switch falls, climbs := c.steps(p.Stalls[from:to]); {
			case climbs == 0 && falls > 0:
				s.Falls++
			case climbs > falls:
				s.Stairs++
			default:
				s.Unclear++
			}
		}
		from = to
	}
	return on
}

// steps counts by how many steps the depth falls and climbs.
func (c *Placed) steps(burst []Moment) (falls, climbs int) {
	for i := 1; i < len(burst); i++ {
		switch d := c.At(burst[i].Point).Value - c.At(burst[i-1].Point).Value; {
		case d < 0:
			falls++
		case d > 0:
			climbs++
		}
	}
	return falls, climbs
}

func (s *Signs) say() {
	tell := func(format string, args ...any) { s.Sentences = append(s.Sentences, fmt.Sprintf(format, args...)) }
	if n := s.Falls + s.Stairs + s.Unclear; n >= fewBursts {
		tell("of %d bursts of three stalls or more the queue only falls in %d, as after a resync or a relist, and mostly climbs in %d, as real changes make it", n, s.Falls, s.Stairs)
	}
	shows := func(t *stat.CoverageTest) bool {
		return t != nil && t.N >= fewBursts && t.P <= signP && float64(t.K) >= signShare*float64(t.N)
	}
	switch {
	case shows(s.Relists):
		tell("%d of %d bursts begin within 10 s after a broken watch or a failed list (%.1f by chance): that fits a relist, not a resync", s.Relists.K, s.Relists.N, s.Relists.Expected)
	case s.Relists == nil && s.Bursts >= fewBursts:
		tell("no line tells of a broken watch or a failed list: nothing speaks for relists")
	}
	if shows(s.Together) {
		tell("%d of %d bursts of one replica begin within 5 s after one of another (%.1f by chance): that fits something that reaches all at once, not each replica's own resync", s.Together.K, s.Together.N, s.Together.Expected)
	}
}

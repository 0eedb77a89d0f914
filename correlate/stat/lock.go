package stat

import (
	"math"
	"slices"
)

// A Lock is a comb of ticks that onsets keep to within seconds, with strays
// between the ticks that have no say in where it lies: the period of a timer among
// other things that happen. Its period is searched for between the nominal one
// and a little longer, because a timer is re-armed late and never early.
type Lock struct {
	N       int       // onsets
	On      []float64 // those at the tick, one a cycle, ascending, seconds
	Window  float64   // how far apart in phase onsets at the tick may lie, seconds
	Period  float64   // estimated from the onsets at the tick, seconds
	SE      float64   // its standard error; 0 with fewer than 3 cycles
	Epoch   float64   // when the tick nearest the first onset is, seconds
	Spanned int       // cycles from the first onset at the tick to the last
	Jitter  float64   // how far one interval typically is from Period, a cycle, seconds
	// P bounds the chance that as many cycles are hit at any phase and period
	// searched, were phases uniform over what was captured.
	P float64
}

// The search of a Lock.
const (
	// lockEarly and lockLate bound the period, as shares of the nominal one: a
	// CronJob's is exact, a sleep loop's as much longer as its work.
	lockEarly, lockLate = 5e-4, 1e-2
	// lockCost bounds onsets times periods tried; a longer series is locked on
	// its first part and followed from there.
	lockCost = 1e7
	// minLocked is how many cycles must be hit.
	minLocked = 4
	// uneven is the deviation of the folded coverage above which phases are
	// corrected for it, as coverage costs time at each period tried.
	uneven = 0.1
)

// lockWidth is the window of a comb in seconds: ten of ten minutes.
func lockWidth(period float64) float64 { return math.Min(10, math.Max(1, period/30)) }

// NewLock finds the comb that most cycles of sorted onsets keep. ok is false
// when fewer than four cycles are on it.
func NewLock(onsets []float64, period float64, c Coverage) (l Lock, ok bool) {
	n := len(onsets)
	if n < minLocked || !(period >= 1 && period <= 1e7) {
		return l, false
	}
	l = Lock{N: n, Window: lockWidth(period)}
	part := onsets
	if f, ok := c.Fold(period, 0); !ok || f.Deviation() <= uneven {
		c = nil
	}
	for cost(part, period) > lockCost {
		part = part[:len(part)/2]
	}
	if len(part) < minLocked {
		return l, false
	}
	at, phase, tries := bestComb(part, period, l.Window, c)
	origin := onsets[0]
	first := hits(part, origin+phase*at, at, l.Window)
	if len(first) < minLocked {
		return l, false
	}
	// Chance is that of the part that was searched; the phase window of the
	// fullest comb begins at one of its onsets.
	l.P = clamp01(tries * float64(len(part)) * BinomialSF(len(first)-1, len(part)-1, l.Window/period))
	l.follow(onsets, first, at)
	return l, len(l.On) >= minLocked
}

// periodsTried is how many periods must be tried so that no onset moves by more
// than half a window from one to the next.
func periodsTried(onsets []float64, period float64) float64 {
	cycles := (onsets[len(onsets)-1] - onsets[0]) / period
	return math.Ceil(cycles*(lockEarly+lockLate)*period/(lockWidth(period)/2)) + 1
}

func cost(onsets []float64, period float64) float64 {
	n := float64(len(onsets))
	if n < minLocked {
		return 0
	}
	return periodsTried(onsets, period) * n * math.Log2(n+1)
}

// bestComb is the period and the phase (cycles after the first onset) at which
// most onsets lie in one window.
func bestComb(onsets []float64, period, window float64, c Coverage) (at, phase, tries float64) {
	tries = periodsTried(onsets, period)
	most := 0
	phases := make([]float64, len(onsets))
	cells := make([]int32, int(finer*period/window))
	many := 8*len(onsets) > len(cells) // a few are sorted sooner than so many cells are looked at
	for i := 0.0; i < tries; i++ {
		p := period * (1 - lockEarly + (lockEarly+lockLate)*i/math.Max(1, tries-1))
		if c == nil {
			for j, t := range onsets {
				phases[j] = frac((t - onsets[0]) / p)
			}
		} else {
			copy(phases, phasesAt(onsets, p, onsets[0], c))
		}
		if many && atMost(phases, window/p, cells) <= most {
			continue
		}
		if k, from := fullestFrom(phases, window/p); k > most {
			most, at, phase = k, p, from
		}
	}
	if c != nil { // the phase by the clock of the onset that begins the window
		for j, u := range phasesAt(onsets, at, onsets[0], c) {
			if u == phase {
				return at, frac((onsets[j] - onsets[0]) / at), tries
			}
		}
	}
	return at, phase, tries
}

// finer is how many cells there are in a window where windows are bounded.
const finer = 16

// atMost bounds how many phases a window of a width can hold, without sorting:
// by the fullest run of as many cells as a window can touch.
func atMost(phases []float64, width float64, cells []int32) int {
	n := len(cells)
	run := int(math.Ceil(width*float64(n)*(1+1e-9))) + 1
	if run >= n {
		return len(phases)
	}
	clear(cells)
	for _, p := range phases {
		cells[min(n-1, int(p*float64(n)))]++
	}
	sum, most := int32(0), int32(0)
	for i := range run {
		sum += cells[i]
	}
	for i := range n {
		most = max(most, sum)
		to := i + run
		if to >= n {
			to -= n
		}
		sum += cells[to] - cells[i]
	}
	return int(most)
}

// fullestFrom is how many phases the fullest window of a width holds, and the
// phase at which it begins. It sorts them.
func fullestFrom(phases []float64, width float64) (most int, first float64) {
	slices.Sort(phases)
	n, last := len(phases), 0
	for i, from := range phases {
		for last < n && phases[last]-from <= width || last >= n && last < i+n && phases[last-n]+1-from <= width {
			last++
		}
		if last-i > most {
			most, first = last-i, from
		}
	}
	return most, first
}

// hits are the onsets in the window that begins at each tick, the first of each
// cycle.
func hits(onsets []float64, tick, period, window float64) (out []float64) {
	last := math.Inf(-1)
	for _, t := range onsets {
		cycle := math.Floor((t - tick + 1e-9) / period)
		if t-tick-cycle*period <= window+1e-9 && cycle > last {
			out, last = append(out, t), cycle
		}
	}
	return out
}

// follow fits the period to the onsets at the tick, drops those that lie far
// from the fit, and takes those in again that the better fit finds.
func (l *Lock) follow(onsets, on []float64, period float64) {
	l.On, l.Period = on, period
	l.Epoch = on[0]
	for range 3 {
		line := robustLine(l.On, l.Period)
		l.Period, l.Epoch = line.slope, line.intercept
		half := math.Max(l.Window/4, math.Min(l.Window/2, 4*line.sd+0.5))
		l.On = hits(onsets, l.Epoch-half, l.Period, 2*half)
		if len(l.On) < minLocked {
			return
		}
	}
	if f, ok := NewCycleFit(l.On, l.Period); ok {
		l.Period, l.SE, l.Spanned = f.Period, math.Max(f.SE, f.OLSSE), f.Spanned
		l.Jitter = f.SE * math.Sqrt(float64(max(1, f.Spanned)))
		l.Epoch += math.Round((onsets[0]-l.Epoch)/l.Period) * l.Period
	}
}

// robustLine fits times of ticks against their cycles: by least squares to those that
// lie near a line through medians, so that strays at an end do not tilt it.
func robustLine(on []float64, period float64) line {
	x := make([]float64, len(on))
	for i, t := range on {
		x[i] = math.Round((t - on[0]) / period)
	}
	fit := newLine(x, on)
	if slope, ok := medianSlope(x, on); ok {
		fit.slope = slope
		res := make([]float64, len(on))
		for i := range on {
			res[i] = on[i] - slope*x[i]
		}
		fit.intercept = medianOf(res)
	}
	for range 2 {
		res := make([]float64, len(on))
		for i := range on {
			res[i] = on[i] - fit.intercept - fit.slope*x[i]
		}
		mid := medianOf(res)
		for i := range res {
			res[i] = math.Abs(res[i] - mid)
		}
		limit := 3*1.4826*medianOf(res) + 0.05
		var kx, ky []float64
		for i := range on {
			if res[i] <= limit {
				kx, ky = append(kx, x[i]), append(ky, on[i])
			}
		}
		if len(kx) < 3 || kx[0] == kx[len(kx)-1] {
			break
		}
		fit = newLine(kx, ky)
	}
	return fit
}

// mostPairs bounds the onsets whose pairwise slopes are taken.
const mostPairs = 300

// medianSlope is the median of the slopes of all pairs of points (Theil 1950,
// Sen 1968): strays at an end have no more say than others. ok is false without
// two distinct x, and for more points than need it.
func medianSlope(x, y []float64) (slope float64, ok bool) {
	if len(x) > mostPairs {
		return 0, false
	}
	var slopes []float64
	for i := range x {
		for j := i + 1; j < len(x); j++ {
			if d := x[j] - x[i]; d > 0 {
				slopes = append(slopes, (y[j]-y[i])/d)
			}
		}
	}
	if len(slopes) == 0 {
		return 0, false
	}
	return medianOf(slopes), true
}

// medianOf is the middle of some numbers, the upper one of two.
func medianOf(x []float64) float64 {
	s := slices.Clone(x)
	slices.Sort(s)
	return s[len(s)/2]
}

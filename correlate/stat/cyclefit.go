package stat

import "math"

// phaseTolerance is how far, in cycles, an onset may lie from the period and
// still be numbered as one of it.
const phaseTolerance = 0.1

// A CycleFit is a measured period, from onsets numbered by cycle (O-C
// analysis, statistics.md §1.4).
//
// The interval to quote is CI: it takes the timer for a random walk, because
// it is re-armed after each firing. Resolution, from independent jitter, is
// what the data could resolve and not a confidence interval: on timers it
// covers as little as 15 %.
type CycleFit struct {
	Used, Total int     // onsets within 0.1 cycle of the period, and all
	Cycles      int     // distinct cycles with an onset
	Spanned     int     // cycles from first to last
	MaxGap      int     // longest run of cycles bridged
	Refused     int     // onsets left out because a gap made the count ambiguous
	Epoch       float64 // fitted time of the first numbered cycle, seconds

	Period float64    // random-walk estimate: (last-first)/cycles, seconds
	SE     float64    // its standard error
	CI     [2]float64 // 95 %

	OLSPeriod    float64    // least squares, independent jitter
	OLSSE        float64    // its standard error
	Resolution   [2]float64 // 95 % interval under independent jitter
	ResidualSD   float64    // seconds
	DurbinWatson float64    // of the residuals; near 0 for a random walk

	Numbers   []int     // cycle number of every onset used, from 0
	Residuals []float64 // observed minus calculated, seconds: the O-C plot

	used []float64 // the onsets numbered, seconds
}

// NewCycleFit numbers sorted onsets by cycles of the given period and fits the
// period. A gap of G cycles with G·SE > P/4 leaves the cycle count ambiguous
// and is not bridged: the larger side is kept. ok is false with fewer than 4
// distinct cycles.
func NewCycleFit(onsets []float64, period float64) (CycleFit, bool) {
	part, refused := onsets, 0
	for {
		f, ok := fitCycles(part, period)
		if !ok {
			return CycleFit{}, false
		}
		part = f.unambiguous(period)
		if len(part) == f.Used {
			f.Total, f.Refused = len(onsets), refused
			return f, true
		}
		refused += f.Used - len(part)
	}
}

// unambiguous returns the longest run of used onsets without a gap too long to
// count cycles over.
func (f CycleFit) unambiguous(period float64) []float64 {
	start, lo, hi := 0, 0, 0
	for i := range f.used {
		if i > 0 && float64(f.Numbers[i]-f.Numbers[i-1])*f.SE > period/4 {
			start = i
		}
		if i+1-start > hi-lo {
			lo, hi = start, i+1
		}
	}
	return f.used[lo:hi]
}

func fitCycles(onsets []float64, period float64) (f CycleFit, ok bool) {
	if len(onsets) < 4 || !(period > 0) {
		return f, false
	}
	rel := relative(onsets)
	ref := NewRayleigh(Phases(rel, period, 0)).Mean * period
	var t []float64
	for i, x := range rel {
		c := math.Round((x - ref) / period)
		if math.Abs(x-ref-c*period) <= phaseTolerance*period {
			t = append(t, x)
			f.used = append(f.used, onsets[i])
			f.Numbers = append(f.Numbers, int(c))
		}
	}
	f.Used, f.Total = len(t), len(onsets)
	if f.Used < 4 {
		return f, false
	}
	first := f.Numbers[0]
	for i := range f.Numbers {
		f.Numbers[i] -= first
	}
	f.Spanned = f.Numbers[f.Used-1]
	if !f.randomWalk(t) {
		return f, false
	}
	f.leastSquares(t)
	f.Epoch += onsets[0]
	return f, true
}

// randomWalk estimates the period of a timer that is re-armed when it fires:
// the variance of an interval grows with the cycles it spans.
func (f *CycleFit) randomWalk(t []float64) bool {
	// One onset a cycle: the first.
	var at []float64
	var num []int
	for i, c := range f.Numbers {
		if i == 0 || c != f.Numbers[i-1] {
			at, num = append(at, t[i]), append(num, c)
		}
	}
	f.Cycles = len(num)
	if f.Cycles < 4 {
		return false
	}
	last := f.Cycles - 1
	f.Period = (at[last] - at[0]) / float64(f.Spanned)
	sum := 0.0
	for i := 1; i <= last; i++ {
		gap := num[i] - num[i-1]
		f.MaxGap = max(f.MaxGap, gap)
		d := at[i] - at[i-1] - f.Period*float64(gap)
		sum += d * d / float64(gap)
	}
	df := float64(last - 1)
	f.SE = math.Sqrt(sum / df / float64(f.Spanned))
	half := studentQuantile(0.975, df) * f.SE
	f.CI = [2]float64{f.Period - half, f.Period + half}
	return true
}

func (f *CycleFit) leastSquares(t []float64) {
	x := make([]float64, len(t))
	for i, c := range f.Numbers {
		x[i] = float64(c)
	}
	l := newLine(x, t)
	f.Epoch, f.OLSPeriod, f.OLSSE = l.intercept, l.slope, l.slopeSE
	f.ResidualSD, f.Residuals = l.sd, l.residuals
	half := studentQuantile(0.975, float64(len(t)-2)) * l.slopeSE
	f.Resolution = [2]float64{l.slope - half, l.slope + half}
	f.DurbinWatson = durbinWatson(l.residuals)
}

// A line is a least-squares fit y = intercept + slope·x.
type line struct {
	intercept, slope, slopeSE float64
	sd                        float64 // of the residuals, n-2 degrees of freedom
	residuals                 []float64
}

// newLine needs at least 3 points and two distinct x.
func newLine(x, y []float64) line {
	n := float64(len(x))
	mx, vx := meanVar(x)
	my, _ := meanVar(y)
	sxx, sxy := vx*n, 0.0
	for i := range x {
		sxy += (x[i] - mx) * (y[i] - my)
	}
	l := line{slope: sxy / sxx}
	l.intercept = my - l.slope*mx
	ss := 0.0
	for i := range x {
		r := (y[i] - my) - l.slope*(x[i]-mx)
		l.residuals = append(l.residuals, r)
		ss += r * r
	}
	l.sd = math.Sqrt(ss / (n - 2))
	l.slopeSE = l.sd / math.Sqrt(sxx)
	return l
}

// durbinWatson is Σ(e_i-e_{i-1})²/Σe_i²: 2 for independent residuals.
func durbinWatson(e []float64) float64 {
	var num, den float64
	for i, v := range e {
		if i > 0 {
			num += (v - e[i-1]) * (v - e[i-1])
		}
		den += v * v
	}
	if den == 0 {
		return 2
	}
	return num / den
}

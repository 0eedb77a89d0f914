package stat

import (
	"math"
	"slices"
)

// A Together is the test of one period on several series of which each has a
// clock of its own: every series may have its phase, the period is common.
type Together struct {
	Nominal  float64 // the pre-registered period, seconds
	Verdict  Verdict
	Series   int     // independent ones with at least 2 onsets
	Onsets   int     // of those
	Period   float64 // where the summed power is highest in the band, seconds
	Power    float64 // Σ z there
	Rbar     float64 // common mean resultant length, free of the bias of short series
	P, PHolm float64
	Interval IntervalTest // gaps of all series
	// HarmonicOf is the multiple that the onsets keep as well; 0 for none.
	HarmonicOf float64
}

// Claimed reports whether this period may be named as the period.
func (t Together) Claimed() bool {
	return (t.Verdict == Strong || t.Verdict == Supported) && t.HarmonicOf == 0
}

// JudgeTogether tests series on separate clocks at the pre-registered periods
// (seconds). The Rayleigh powers of k independent series are added: 2Σz is
// chi-squared with 2k degrees of freedom, and for short series its tail is
// lighter. The band of ±1 % is searched on a grid, whose every independent
// frequency, four of them per 1/T, costs a trial. Series that tell the same
// incidents are not independent: of two whose onsets fall together under some
// offset of their clocks, only the longer counts. The thresholds are those of
// §1.8.
func JudgeTogether(series []Series, periods []float64) []Together {
	out := make([]Together, len(periods))
	p := make([]float64, len(periods))
	var had witnesses
	for i, period := range periods {
		out[i] = together(series, period, &had)
		p[i] = out[i].P
	}
	for i, adjusted := range Holm(p) {
		t := &out[i]
		t.PHolm = adjusted
		if t.Verdict == Insufficient {
			continue
		}
		t.Verdict = NotSupported
		if t.Rbar >= minRbar {
			t.Verdict = verdictAt(t.PHolm, t.Interval.P)
		}
	}
	return out
}

// witnesses are the independent of some series, kept from one period to the next:
// most have the same onsets, and the comparison of all pairs is dear.
type witnesses struct {
	all, onsets [][]float64
	covers      []Coverage
}

// of are the independent series of these.
func (w *witnesses) of(onsets [][]float64, covers []Coverage) ([][]float64, []Coverage) {
	if !slices.EqualFunc(w.all, onsets, slices.Equal) {
		w.all = onsets
		w.onsets, w.covers = independent(onsets, covers)
	}
	return w.onsets, w.covers
}

func together(series []Series, period float64, had *witnesses) Together {
	t := Together{Nominal: period, Verdict: Insufficient, P: 1, PHolm: 1, Interval: IntervalTest{P: 1}}
	var onsets [][]float64
	var covers []Coverage
	longest := 0.0
	for _, s := range series {
		on, _ := onsetsFor(s.Coverage.Restrict(sortedTimes(s.Times)), period)
		if len(on) >= 2 {
			onsets, covers = append(onsets, on), append(covers, s.Coverage)
		}
	}
	onsets, covers = had.of(onsets, covers)
	k, n := 0, 0
	for _, on := range onsets {
		g := NewIntervalTest(on, period)
		k, n = k+g.K, n+g.N
		t.Onsets += len(on)
		longest = math.Max(longest, on[len(on)-1]-on[0])
	}
	t.Series = len(onsets)
	t.Interval = IntervalTest{N: n, K: k, P: BinomialSF(k, n, 0.06)}
	if t.Series < 2 || t.Onsets < minOnsets || longest < minPeriods*period {
		return t
	}
	t.Verdict = NotSupported
	fmin, fmax := 1/(period*(1+Band)), 1/(period*(1-Band))
	steps := bandSteps(t.Onsets, (fmax-fmin)*longest)
	for i := 0; i <= steps; i++ {
		at := 1 / (fmin + (fmax-fmin)*float64(i)/float64(steps))
		sum := 0.0
		for j, on := range onsets {
			sum += NewRayleigh(phasesAt(on, at, on[0], covers[j])).Z
		}
		if sum > t.Power {
			t.Power, t.Period = sum, at
		}
	}
	pairs, excess := 0.0, 0.0
	for j, on := range onsets {
		n := float64(len(on))
		pairs += n * (n - 1)
		excess += n * (NewRayleigh(phasesAt(on, t.Period, on[0], covers[j])).Z - 1)
	}
	t.Rbar = math.Sqrt(math.Max(0, excess/pairs))
	trials := 1 + 4*(fmax-fmin)*longest
	t.P = clamp01(trials * chi2SF(2*t.Power, 2*float64(t.Series)))
	var narrow []float64
	for j, on := range onsets {
		if q, ok := NewPulse(on, period, covers[j]); ok {
			narrow = append(narrow, q.P)
		}
	}
	t.P = min(t.P, 2*FisherSum(narrow))
	t.HarmonicOf = commonMultiple(onsets, t.Period)
	return t
}

// sameShare is the share of the shorter series' onsets that must fall on the
// other's, at some offset, before the two count as one. Combs with skipped
// periods reach about 0.6, one series seen twice 1.
const sameShare = 0.7

// maxPairs bounds the pairs of onsets that are looked at to tell which series are
// independent: some eighty series of twenty onsets, three of six hundred. Those
// that would cost more are left out, which costs power and claims nothing.
const maxPairs = 1_000_000

// independent leaves out each series that tells the incidents of a longer one,
// and those that it cannot afford to compare.
func independent(onsets [][]float64, covers []Coverage) (on [][]float64, c []Coverage) {
	order := make([]int, len(onsets))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(onsets[b]) - len(onsets[a]) }) // longest first
	left := maxPairs
next:
	for _, i := range order {
		for _, had := range on {
			if left -= len(onsets[i]) * len(had); left < 0 {
				return on, c
			}
			if float64(bestMatch(onsets[i], had)) >= sameShare*float64(len(onsets[i])) {
				continue next
			}
		}
		on, c = append(on, onsets[i]), append(c, covers[i])
	}
	return on, c
}

// bestMatch is the largest number of pairs, one of u and one of w, whose
// differences lie within 6 s: about how many u fall on some w under one offset.
func bestMatch(u, w []float64) (best int) {
	diff := make([]float64, 0, len(u)*len(w))
	for _, x := range u {
		for _, y := range w {
			diff = append(diff, y-x)
		}
	}
	slices.Sort(diff)
	from := 0
	for to := range diff {
		for diff[to]-diff[from] > 2*clockTolerance {
			from++
		}
		best = max(best, to-from+1)
	}
	return best
}

// commonMultiple is the largest multiple of a period, up to an hour, that keeps
// nine tenths of the onsets locked in their series (§1.3); 0 for none.
func commonMultiple(onsets [][]float64, period float64) float64 {
	locked := func(p float64) (sum int) {
		for _, on := range onsets {
			_, k := lockedNear(on, p, lockWindow(period))
			sum += k
		}
		return sum
	}
	own := float64(locked(period))
	for j := multiples(period, MaxPeriod); j > 1; j-- {
		if float64(locked(float64(j)*period)) >= 0.9*own {
			return float64(j) * period
		}
	}
	return 0
}

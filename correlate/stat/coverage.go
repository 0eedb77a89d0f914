package stat

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// A Span is a closed interval of time in seconds.
type Span struct{ Start, End float64 }

// Coverage says when a source was being captured: sorted, disjoint spans.
// A nil Coverage means "unknown" and turns the exposure correction off.
type Coverage []Span

// NewCoverage sorts spans, merges those that touch or overlap and drops those
// that are empty or not finite. The result is never nil: no spans means that
// nothing was captured. Folding costs time per span, so report real holes and
// not the spaces between lines.
func NewCoverage(spans []Span) Coverage {
	in := make(Coverage, 0, len(spans))
	for _, s := range spans {
		if math.Abs(s.Start) <= maxTime && math.Abs(s.End) <= maxTime && s.End > s.Start {
			in = append(in, s)
		}
	}
	slices.SortFunc(in, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	out := in[:0]
	for _, s := range in {
		if n := len(out); n > 0 && s.Start <= out[n-1].End {
			out[n-1].End = math.Max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

// Length is the total covered time in seconds.
func (c Coverage) Length() float64 {
	sum := 0.0
	for _, s := range c {
		sum += s.End - s.Start
	}
	return sum
}

// Before is how much was covered before t, seconds.
func (c Coverage) Before(t float64) float64 {
	sum := 0.0
	for _, s := range c {
		if s.Start >= t {
			break
		}
		sum += math.Min(s.End, t) - s.Start
	}
	return sum
}

// from returns the spans that end at t or later.
func (c Coverage) from(t float64) Coverage {
	return c[sort.Search(len(c), func(i int) bool { return c[i].End >= t }):]
}

// find returns the span that holds t.
func (c Coverage) find(t float64) (Span, bool) {
	if rest := c.from(t); len(rest) > 0 && rest[0].Start <= t {
		return rest[0], true
	}
	return Span{}, false
}

// Contains reports whether t was captured.
func (c Coverage) Contains(t float64) bool {
	_, ok := c.find(t)
	return ok
}

// Restrict returns the times that were captured, in the same order; with a nil
// Coverage all of them.
func (c Coverage) Restrict(times []float64) []float64 {
	if c == nil {
		return times
	}
	out := make([]float64, 0, len(times))
	for _, t := range times {
		if c.Contains(t) {
			out = append(out, t)
		}
	}
	return out
}

// Intersect returns the time covered by both.
func (c Coverage) Intersect(d Coverage) Coverage {
	out := Coverage{}
	if len(c) == 0 || len(d) == 0 {
		return out
	}
	for i, j := c.reaching(d[0].Start), d.reaching(c[0].Start); i < len(c) && j < len(d); {
		lo, hi := math.Max(c[i].Start, d[j].Start), math.Min(c[i].End, d[j].End)
		if lo < hi {
			out = append(out, Span{lo, hi})
		}
		if c[i].End < d[j].End {
			i++
		} else {
			j++
		}
	}
	return out
}

// reaching is the first span that ends at or after a time: of two coverages one
// is often a moment of the other.
func (c Coverage) reaching(t float64) int {
	n, _ := slices.BinarySearchFunc(c, t, func(s Span, t float64) int { return cmp.Compare(s.End, t) })
	return n
}

// Until is what was covered up to an end; unknown stays unknown.
func (c Coverage) Until(end float64) Coverage {
	if len(c) == 0 {
		return c
	}
	return c.Intersect(Coverage{{c[0].Start, end}})
}

// A Folded is the coverage folded at one period: how much capture time fell on
// each phase. Its distribution function is the probability integral transform
// that removes the rhythm of the capture itself (§1.6).
type Folded struct {
	period, origin float64
	at             []float64 // phases where the density changes, 0 first and 1 last
	cum            []float64 // distribution function at those phases
}

// Fold folds c at the period, phase 0 at origin. ok is false when nothing was
// covered or the period is not positive.
func (c Coverage) Fold(period, origin float64) (f Folded, ok bool) {
	total := c.Length()
	if !(period > 0) || !(total > 0) {
		return Folded{}, false
	}
	f = Folded{period: period, origin: origin, at: []float64{0}, cum: []float64{0}}
	at, cum := 0.0, 0.0
	for _, l := range c.levels(period, origin) {
		at += l.width
		cum += l.width * float64(l.count)
		f.at = append(f.at, at)
		f.cum = append(f.cum, cum)
	}
	f.at[len(f.at)-1] = 1 // against rounding of the sum of widths
	if !(cum > 0) {
		return Folded{}, false
	}
	for i := range f.cum {
		f.cum[i] = math.Min(1, f.cum[i]/cum)
	}
	return f, true
}

// A level is a stretch of phase that the same number of cycles cover.
type level struct {
	width float64 // cycles
	count int
}

// levels folds c at the period: from phase 0 to 1, how many cycles cover each
// stretch of phase.
func (c Coverage) levels(period, origin float64) []level {
	type step struct {
		at float64
		by int
	}
	steps := make([]step, 0, 2*len(c)+1)
	count := 0
	for _, s := range c {
		a, b := (s.Start-origin)/period, (s.End-origin)/period
		count += int(math.Floor(b) - math.Floor(a))
		// From frac(a) to frac(b) the count is one more, or, when the span
		// ends at an earlier phase than it began, one fewer between them.
		steps = append(steps, step{frac(a), 1}, step{frac(b), -1})
	}
	slices.SortFunc(steps, func(a, b step) int { return cmp.Compare(a.at, b.at) })
	out := make([]level, 0, len(steps)+1)
	at := 0.0
	for _, s := range append(steps, step{at: 1}) {
		if s.at > at {
			out = append(out, level{s.at - at, count})
			at = s.at
		}
		count += s.by
	}
	return out
}

// U maps a time to u = F_E(phase), in [0, 1): uniform if events merely follow
// the capture.
func (f Folded) U(t float64) float64 {
	phase := frac((t - f.origin) / f.period)
	i := sort.SearchFloat64s(f.at, phase) // first at >= phase
	if i == 0 {
		return 0
	}
	u := f.cum[i]
	if width := f.at[i] - f.at[i-1]; width > 0 {
		u = f.cum[i-1] + (f.cum[i]-f.cum[i-1])*(phase-f.at[i-1])/width
	}
	return frac(math.Min(u, math.Nextafter(1, 0)))
}

// Deviation is the largest departure of the folded coverage density from
// uniform, as a fraction: 0.05 reads "uniform within 5 %".
func (f Folded) Deviation() float64 {
	worst := 0.0
	for i := 1; i < len(f.at); i++ {
		width := f.at[i] - f.at[i-1]
		if width < 1e-9 { // rounding, not a stretch of phase
			continue
		}
		worst = math.Max(worst, math.Abs((f.cum[i]-f.cum[i-1])/width-1))
	}
	return worst
}

// phasesAt returns the phases of times at a period, corrected for coverage
// when there is any.
func phasesAt(times []float64, period, origin float64, c Coverage) []float64 {
	f, ok := c.Fold(period, origin)
	if !ok {
		return Phases(times, period, origin)
	}
	out := make([]float64, len(times))
	for i, t := range times {
		out[i] = f.U(t)
	}
	return out
}

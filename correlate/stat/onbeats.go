package stat

// A BeatTest asks whether onsets fall on beats that are known without them: of
// another series, say, which keeps the beat itself. With the phase known
// beforehand a few onsets tell what dozens tell of a phase that is not.
type BeatTest struct {
	CoverageTest     // onsets that fall on a beat; Expected at any phase
	Beats, Kept  int // beats inside the coverage, and those with an onset
}

// The thresholds of a BeatTest, next to those of a p.
const (
	minKept    = 3       // onsets on a beat
	minOnBeats = 1.0 / 3 // share of onsets on a beat, beyond chance
)

// NewBeatTest tests sorted onsets against a zone for each beat of a period
// (seconds). Each onset is re-placed uniformly within half a period of where it
// was, inside its block of coverage (LocalZone). ok is false when no onset is
// covered, or with fewer than 6 beats.
func NewBeatTest(onsets []float64, beats []Span, period float64, c Coverage) (t BeatTest, ok bool) {
	t.CoverageTest, ok = LocalZone(onsets, NewCoverage(beats), period, c)
	for _, b := range NewCoverage(beats).Intersect(c) {
		t.Beats++
		if len((Coverage{b}).Restrict(onsets)) > 0 {
			t.Kept++
		}
	}
	return t, ok && t.Beats >= enoughCycles
}

// Verdict weighs the test with a p that is adjusted for all that was tested.
func (t BeatTest) Verdict(adjusted float64) Verdict {
	if t.K < minKept || float64(t.K)-t.Expected < minOnBeats*float64(t.N) {
		return NotSupported
	}
	v := verdictAt(adjusted, 0)
	if v == Strong && t.N < minOnsets {
		return Supported
	}
	return v
}

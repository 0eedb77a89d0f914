package stat

// A BeatTest says how many onsets fall on beats that are known without them: of
// other series, which keep the beats themselves. With the phase known beforehand
// a few onsets tell what dozens tell of a phase that is not.
type BeatTest struct {
	CoverageTest     // onsets that fall on a beat; Expected at any phase
	Beats, Kept  int // beats inside the coverage, and those with an onset
}

package stat

// A KnownTicksTest says how many onsets fall on ticks that are known without them: of
// other series, which have the period themselves. With the phase known beforehand
// a few onsets tell what dozens tell of a phase that is not.
type KnownTicksTest struct {
	CoverageTest     // onsets that fall at a tick; Expected at any phase
	Ticks, Kept  int // ticks inside the coverage, and those with an onset
}

package stat

// A StartAnchor tests whether a period hangs on the start of its process and not
// on the wall clock. The unit of evidence is the process, however many onsets
// it has.
type StartAnchor struct {
	Deltas []float64 // mean phase minus start of each process, seconds in [0, P)
	Arc    float64   // shortest arc that holds the deltas, cycles
	P      float64   // ArcP of as many processes
}

// NewStartAnchor takes the onsets and the start of each process (§1.5); ok is
// false with fewer than two processes or one without onsets.
func NewStartAnchor(onsets [][]float64, starts []float64, period float64) (a StartAnchor, ok bool) {
	if len(onsets) < 2 || len(onsets) != len(starts) || !(period > 0) {
		return a, false
	}
	phases := make([]float64, len(onsets))
	for i, times := range onsets {
		if len(times) == 0 {
			return StartAnchor{}, false
		}
		phases[i] = NewRayleigh(Phases(times, period, starts[i])).Mean
		a.Deltas = append(a.Deltas, phases[i]*period)
	}
	a.Arc = Arc(phases)
	a.P = ArcP(len(phases), a.Arc)
	return a, true
}

package prom

// tally counts what is to be said about an export.
type tally struct {
	malformed, histograms, exemplars int
	untimed, nan                     int
	unsorted, duplicates, conflicts  int
	again                            int // series without times that an earlier part has as well
}

// tell makes problems of what was counted.
func (t *table) tell() {
	for _, p := range []struct {
		n    int
		text string
	}{
		{max(0, t.malformed-shown), "%d more lines are not understood"},
		{t.untimed, "a snapshot without times: of its %d samples none says when it was taken"},
		{t.again, "several exports follow one another: %d series without times occur again and are kept apart"},
		{t.histograms, "%d samples of native histograms were passed over for want of a single value"},
		{t.exemplars, "%d exemplars were passed over"},
		{t.nan, "%d values are NaN: real, or the mark that a series ended there, which looks the same"},
		{t.unsorted, "%d series were not in the order of time and were sorted"},
		{t.duplicates, "%d samples stand there twice and were dropped"},
		{t.conflicts, "%d samples contradict another one of their series and time"},
	} {
		if p.n > 0 {
			t.b.Problem(0, p.text, p.n)
		}
	}
}

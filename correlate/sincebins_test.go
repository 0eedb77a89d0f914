package correlate

import (
	"testing"

	"faultline/correlate/stat"
)

// A wrong stamp makes a capture of centuries: the search for changes takes the
// square of its bins, and so has no more than some thousands.
func TestChangesOfCenturies(t *testing.T) {
	for _, days := range []float64{1, 2, 29, 400, 100_000} {
		cover := stat.Coverage{{Start: 0, End: days * 86400}}
		if n := len(bins(nil, cover, binWidth(cover.Length()))); n > maxBins || n < 29 {
			t.Errorf("%g days: %d bins", days, n)
		}
	}
}

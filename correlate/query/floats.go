package query

import (
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// floats is the part of an iterator that is the same for all series that hold
// plain numbers. No export that is read carries native histograms whole, so
// the case's series have none (docs/queries.md).
type floats struct{}

// AtHistogram is never called: no value is one.
func (floats) AtHistogram(*histogram.Histogram) (int64, *histogram.Histogram) { return 0, nil }

// AtFloatHistogram is never called: no value is one.
func (floats) AtFloatHistogram(*histogram.FloatHistogram) (int64, *histogram.FloatHistogram) {
	return 0, nil
}

// AtST is the time from which a counter counts: not known.
func (floats) AtST() int64 { return 0 }

// Err is never an error: what is in memory can be read.
func (floats) Err() error { return nil }

var _ chunkenc.Iterator = (*walk)(nil)

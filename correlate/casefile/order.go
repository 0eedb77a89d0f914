package casefile

import (
	"iter"

	"faultline/correlate"
)

// ordered lists all events with their numbers, in the order of
// [correlate.Placed.Merged], so that reading the list puts the streams together again.
func ordered(c *correlate.Case) iter.Seq2[int64, correlate.Point] {
	return func(yield func(int64, correlate.Point) bool) {
		id := int64(0)
		for p := range c.Merged() {
			if !yield(id, p) {
				return
			}
			id++
		}
	}
}

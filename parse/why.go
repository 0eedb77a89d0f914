package parse

import (
	"cmp"
	"slices"
	"time"
)

// A response and why it failed may stand in two lines, as in nginx's access and
// error logs. What both print of the request is their key.

// ask is a response that does not tell why it failed.
type ask struct {
	key   uint64
	event int // in the batch
}

// reason is a line that tells why a request failed.
type reason struct {
	key   uint64
	at    Time
	cause Cause
}

// Ask says that the event added last, a failed response, may have its cause in
// another line of the source, which tells it under the same key.
func (b *Batch) Ask(key uint64) { b.asks = append(b.asks, ask{key, len(b.Events) - 1}) }

// Tell says why a request failed that a line of the same source may ask for.
func (b *Batch) Tell(key uint64, at Time, cause Cause) {
	b.reasons = append(b.reasons, reason{key, at, cause})
}

// asked is a response of an earlier batch that asks.
type asked struct {
	key   uint64
	event *Event
}

// reasonSlack is how far the two lines may be apart beyond the request's own
// time; both print whole seconds.
const reasonSlack = Time(1500 * time.Millisecond)

// answer gives each response the cause that was told last while it went on.
func (s *Stitcher) answer() {
	slices.SortStableFunc(s.reasons, func(a, b reason) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.at, b.at), cmp.Compare(a.cause, b.cause))
	})
	for _, q := range s.asked {
		e := q.event
		from, to := e.Time-Time(e.Lasted)-reasonSlack, e.Time+reasonSlack
		i, _ := slices.BinarySearchFunc(s.reasons, reason{key: q.key, at: to}, func(a, b reason) int {
			return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.at, b.at+1))
		})
		if i--; i >= 0 && s.reasons[i].key == q.key && s.reasons[i].at >= from && CauseOf(e.Class) == CauseUnknown {
			e.Class |= uint8(s.reasons[i].cause)
		}
	}
	s.asked, s.reasons = nil, nil
}

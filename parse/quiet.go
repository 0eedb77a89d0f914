package parse

import (
	"strconv"
	"time"

	"faultline/parse/lex"
)

// Boxes between two ends forget a connection that was quiet for some minutes, and
// tell neither. That a request failed on one shows in the time since the upstream
// last answered, and in how long it had been quiet before when it still did. An
// access log has both only in its good lines, of which no events are made.

// usesKept is how many upstreams of one source are remembered; of two that meet in
// one place the later one is.
const usesKept = 4096

// QuietFrom is from when on the time since the last answer is told of a failure.
const QuietFrom = time.Minute

// using is how the line being read used an upstream, until its time is known.
type using struct {
	key    uint32 // 0: not at all
	good   bool
	lasted time.Duration
}

// use is what one piece of a source tells of an upstream.
type use struct {
	Key uint32
	// Begin is when the first use began, Last when the latest ended.
	Begin, Last Time
	// Began says that the first was good, Good that the latest was.
	Began, Good bool
	// Most is the longest quiet time that a good use followed on.
	Most Time
	// Cut says that another upstream had the place before, so that what an
	// earlier piece knows is not of this one.
	Cut bool
}

// quiet is a failed use whose quiet time takes what the pieces before know.
type quiet struct {
	Event int // in the batch
	// Before is the piece's knowledge when it came; Key 0 of the first use.
	Before use
	Key    uint32
	Begin  Time
}

// Use says that the line being read is of a request to an upstream that a key
// stands for, and whether it was answered. Of one that was not, and that made the
// event added last, the Hop is told how long the upstream had been quiet.
func (b *Batch) Use(key uint32, good bool, lasted time.Duration) {
	b.using = using{max(key, 1), good, lasted}
}

// used files how a line used its upstream; failed is the event of it, if any.
func (b *Batch) used(l *Line, failed int) {
	u := b.using
	b.using = using{}
	if l.Clock == ClockNone {
		return
	}
	if p := &l.Prefix; len(p.Pod)+len(p.Container)+len(p.Namespace)+len(p.Node) > 0 { // several processes in one log
		u.key ^= lex.Fingerprint(p.Namespace, []byte{'/'}, p.Pod, []byte{'/'}, p.Container, []byte{'/'}, p.Node)
	}
	if b.uses == nil {
		b.uses = make([]use, usesKept)
	}
	at, begin := &b.uses[u.key%usesKept], l.Own-Time(u.lasted)
	other := at.Key != 0 && at.Key != u.key
	if other {
		*at = use{Key: u.key, Cut: true}
	}
	first := at.Key == 0 || other
	if !u.good && failed < len(b.Events) {
		q := quiet{Event: failed, Key: u.key, Begin: begin}
		if !first || other {
			q.Before = *at
		}
		b.quiets = append(b.quiets, q)
	}
	if first {
		at.Key, at.Begin, at.Began, at.Last, at.Good = u.key, begin, u.good, l.Own, u.good
		return
	}
	at.goOn(begin, l.Own, u.good)
}

// goOn adds a use.
func (u *use) goOn(begin, end Time, good bool) {
	if good && u.Good && u.Last != 0 {
		u.Most = max(u.Most, begin-u.Last)
	}
	if end >= u.Last {
		u.Last, u.Good = end, good
	}
}

// then is what two pieces in a row know together.
func (u *use) then(next *use) use {
	if u.Key != next.Key || next.Cut {
		return *next
	}
	out := *u
	if next.Began && u.Good {
		out.Most = max(out.Most, next.Begin-u.Last)
	}
	out.Most = max(out.Most, next.Most)
	if next.Last >= u.Last {
		out.Last, out.Good = next.Last, next.Good
	}
	return out
}

// quieted is a failure that is to be told something of its upstream.
type quieted struct {
	event *Event
	text  string
}

// tellQuiet writes into the hops what was found of them, once all batches are there:
// the names are then the same for any cut.
func (s *Stitcher) tellQuiet() {
	for _, q := range s.quiets {
		q.event.Fact = s.names.AddString(s.names.Text(q.event.Fact) + q.text)
	}
	s.quiets = nil
}

// quiet finds of the failures of a batch how long their upstreams had been quiet,
// and takes over what the batch knows.
func (s *Stitcher) quiet(b *Batch) {
	if b.uses == nil {
		return
	}
	if s.uses == nil {
		s.uses = make([]use, usesKept)
	}
	for _, q := range b.quiets {
		had := s.uses[q.Key%usesKept]
		switch {
		case q.Before.Key != 0:
			had = had.then(&q.Before)
		case had.Key != q.Key:
			continue
		}
		if since := q.Begin - had.Last; had.Good && had.Last != 0 && since >= Time(QuietFrom) {
			s.quiets = append(s.quiets, quieted{&b.Events[q.Event], " quiet=" + seconds(since) + " survived=" + seconds(had.Most)})
		}
	}
	for i := range b.uses {
		if b.uses[i].Key != 0 {
			s.uses[i] = s.uses[i].then(&b.uses[i])
		}
	}
}

// seconds are whole ones, rounded down.
func seconds(t Time) string { return strconv.FormatInt(int64(max(t, 0)/Time(time.Second)), 10) }

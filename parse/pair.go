package parse

import "time"

// pairing is an event of which other lines may tell as well.
type pairing struct {
	id     uint64
	event  int // in the batch
	part   uint8
	within time.Duration
}

// Pair says that the event added last may be told by other lines too: by those
// with the same id and another part, at most within apart. Of these the event of
// the highest part stays, for it says most; it takes over what only the others
// knew.
func (b *Batch) Pair(id uint64, part uint8, within time.Duration) {
	b.pairs = append(b.pairs, pairing{id, len(b.Events) - 1, part, within})
}

// told is the latest event of an id, and the parts that told of it.
type told struct {
	event *Event
	first Time
	parts uint32
	part  uint8
	line  uint32 // of the latest that told of it
}

const (
	// again is the part of what only says again what the lines before it said: it
	// is never an event of its own where they stand within goesOn lines.
	again  = 0
	goesOn = 100
)

// mostTold is how many ids are remembered before old ones are dropped.
const mostTold = 1 << 14

// pair leaves one event of those that are told several times; the others lose
// their kind, and are dropped when the streams are made.
func (s *Stitcher) pair(b *Batch) {
	for _, p := range b.pairs {
		e := &b.Events[p.event]
		had, ok := s.told[p.id]
		apart := time.Duration(e.Time - had.first)
		if p.part == again && ok && apart == 0 && e.Line-had.line <= goesOn {
			if had.event.Target == 0 && e.Target != 0 { // the cause behind an error says more
				had.event.Target, had.event.Fact = e.Target, e.Fact
			}
			e.Kind, had.line = KindNone, e.Line
			s.told[p.id] = had
			continue
		}
		if !ok || apart < 0 || apart > p.within || had.parts>>p.part&1 != 0 {
			s.forget(e.Time - Time(p.within))
			s.told[p.id] = told{event: e, first: e.Time, parts: 1 << p.part, part: p.part, line: e.Line}
			continue
		}
		less := e
		if p.part > had.part {
			less, had.event, had.part = had.event, e, p.part
		}
		if had.event.Value == 0 {
			had.event.Value = less.Value
		}
		less.Kind = KindNone
		had.parts |= 1 << p.part
		s.told[p.id] = had
	}
}

// forget drops the ids that are too old to be told again, when there are many.
// It depends on the events alone, so that any cut of a source forgets the same.
func (s *Stitcher) forget(before Time) {
	if len(s.told) < mostTold {
		return
	}
	for id, t := range s.told {
		if t.first < before {
			delete(s.told, id)
		}
	}
	if len(s.told) >= mostTold {
		clear(s.told)
	}
}

// Learn says that a line names an address: a Service's, that a proxy knows by
// both. Events that only name the address are of the same target.
func (b *Batch) Learn(address, name Name) { b.learned = learn(b.learned, address, name) }

// learn adds what an address is called. One with two names has none: two
// clusters may use it, or a route that splits its traffic.
func learn(to map[Name]Name, address, name Name) map[Name]Name {
	if address == 0 || address == name {
		return to
	}
	if to == nil {
		to = map[Name]Name{}
	}
	if had, ok := to[address]; ok && had != name {
		name = 0
	}
	to[address] = name
	return to
}

// nameTargets gives events whose target is an address the name that some line
// of the capture knows it by.
func (c *Capture) nameTargets() {
	if len(c.learned) == 0 {
		return
	}
	for s := range c.Streams {
		events := c.Streams[s].Events
		for i := range events {
			if name := c.learned[events[i].Target]; name != 0 {
				events[i].Target = name
			}
		}
	}
}

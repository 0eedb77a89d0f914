package parse

import "time"

// Stitcher joins the batches of one source, in order, into streams. It is the
// one place where pieces meet, for the reader of a file and for the merge of
// shards alike: any cut gives the same streams and the same events.
type Stitcher struct {
	names    Names
	segments []Segment
	latest   map[key]int // as [Batch.latest]
	batches  [][]Event   // with Stream = index into segments
	facts    []Fact
	series   []Series
	problems []Problem
	counts   Counts
	bytes    int64
	prose    uint32
	pasted   bool
	opens    map[joint][]*Event // that no closing was for yet
	closes   map[joint][]time.Duration
	steps    map[uint64]uint64 // lines of parts, by what they are parts of
	opened   map[uint64]bool
	untimed  []untimed       // events without a time that no line with one stands before yet
	told     map[uint64]told // by the id of [Batch.Pair]
	learned  map[Name]Name
	owned    nameSet
	asked    []asked
	uses     []use
	quiets   []quieted
	reasons  []reason
	keeper   Keeper
	record   func(*Batch)
}

// Keeper keeps the text of event lines of sources that cannot be read twice.
type Keeper interface {
	// Keep stores the text of the line at offset off of a source. The bytes
	// are the keeper's only until it returns.
	Keep(source uint32, off int64, text []byte)
}

// NewStitcher makes a stitcher for one source; keeper may be nil.
func NewStitcher(pasted bool, keeper Keeper) *Stitcher {
	return &Stitcher{pasted: pasted, keeper: keeper, latest: map[key]int{},
		told: map[uint64]told{}, opens: map[joint][]*Event{}, closes: map[joint][]time.Duration{},
		steps: map[uint64]uint64{}, opened: map[uint64]bool{}}
}

// Add joins the next batch of source. The batch is used up.
func (s *Stitcher) Add(source uint32, b *Batch) {
	if s.record != nil {
		s.record(b)
	}
	names := s.names.merge(&b.Names)
	line := uint32(s.counts.Lines)
	at := make([]uint32, len(b.Segments))
	waiting := b.bySegment()
	for i := range b.Segments {
		g := &b.Segments[i]
		g.Namespace, g.Pod, g.Container, g.Node = names[g.Namespace], names[g.Pod], names[g.Container], names[g.Node]
		g.FirstLine, g.LastLine = g.FirstLine+line, g.LastLine+line
		g.proseFirst, g.proseLast = g.proseFirst+s.prose, g.proseLast+s.prose
		g.Tie.Ref.move(source, line, s.bytes)
		g.Late.Ref.move(source, line, s.bytes)
		before, first := s.lastOf(g), g.First
		at[i] = uint32(s.file(g))
		for len(waiting) > 0 && b.Events[waiting[0]].Stream == uint32(i) {
			s.place(&b.Events[waiting[0]], before, first, g.Stamped, int(at[i]))
			waiting = waiting[1:]
		}
	}
	for k, i := range b.latest {
		if k.Clock == ClockNone {
			s.latest[s.segments[at[i]].anyClock()] = int(at[i])
		}
	}
	for i := range b.Events {
		e := &b.Events[i]
		e.Target, e.Fact = names[e.Target], names[e.Fact]
		e.Line, e.Off, e.Stream = e.Line+line, e.Off+s.bytes, at[e.Stream]
	}
	s.join(b)
	s.pair(b)
	s.quiet(b)
	for address, name := range b.learned {
		s.learned = learn(s.learned, names[address], names[name])
	}
	for _, f := range b.Facts {
		f.Subject, f.Key, f.Value = names[f.Subject], names[f.Key], names[f.Value]
		if s.names.Text(f.Key) == FactOwnAddress && !s.owned.add(f.Value) {
			continue
		}
		f.Ref.move(source, line, s.bytes)
		s.facts = append(s.facts, f)
	}
	for _, r := range b.Series {
		r.Metric = names[r.Metric]
		for i := range r.Labels {
			r.Labels[i] = Label{names[r.Labels[i].Key], names[r.Labels[i].Value]}
		}
		r.Ref.move(source, line, s.bytes)
		s.series = append(s.series, r)
	}
	s.note(source, line, b)
	if len(b.Events) > 0 {
		s.batches = append(s.batches, b.Events)
	}
	s.counts.add(b.Counts)
	s.bytes += b.Bytes
	s.prose += b.prose
}

// move makes a reference that was relative to a batch one into the source.
func (r *Ref) move(source, line uint32, off int64) {
	r.Source, r.Line, r.Off = source, r.Line+line, r.Off+off
}

// note takes over a batch's problems and kept lines.
func (s *Stitcher) note(source, line uint32, b *Batch) {
	for _, p := range b.Problems {
		if len(s.problems) < maxProblems {
			if p.Line > 0 {
				p.Line += line
			}
			s.problems = append(s.problems, p)
		}
	}
	if s.keeper == nil { // what was kept is for [Options.Record]
		return
	}
	for _, k := range b.inOrder() {
		s.keeper.Keep(source, s.bytes+k.off, k.text)
	}
}

// file joins a segment to the one it goes on, or keeps it as a new one. Lines
// without a time that no other went before are joined to what comes after.
func (s *Stitcher) file(g *Segment) int {
	i, ok := s.latest[g.key]
	anyClock := g.anyClock()
	ok = ok && s.segments[i].takes(&g.key, g.First, g.FirstOffset, g.proseFirst, s.pasted)
	if !ok && g.Stamped {
		i, ok = s.latest[anyClock]
		ok = ok && !s.segments[i].Stamped && s.segments[i].takes(&anyClock, 0, Offset{}, g.proseFirst, s.pasted)
		if ok {
			s.segments[i].key = g.key
		}
	}
	if ok {
		s.segments[i].join(g)
	} else {
		s.segments = append(s.segments, *g)
		i = len(s.segments) - 1
	}
	s.latest[g.key], s.latest[anyClock] = i, i
	return i
}

// join gives events the exact durations that stand in other lines: of those
// that belong together, the first to the first, whichever came before.
func (s *Stitcher) join(b *Batch) {
	for _, a := range b.asks {
		s.asked = append(s.asked, asked{a.key, &b.Events[a.event]})
	}
	s.reasons = append(s.reasons, b.reasons...)
	for id, n := range b.steps {
		s.steps[id] += n
	}
	for _, o := range b.opens {
		e := &b.Events[o.event]
		s.opened[o.id] = true
		if c := s.closes[o.joint]; len(c) > 0 {
			e.Lasted = c[0]
			shift(s.closes, o.joint)
		} else {
			s.opens[o.joint] = append(s.opens[o.joint], e)
		}
	}
	for _, c := range b.closes {
		if o := s.opens[c.joint]; len(o) > 0 {
			o[0].Lasted = c.lasted
			shift(s.opens, c.joint)
		} else {
			s.closes[c.joint] = append(s.closes[c.joint], c.lasted)
		}
	}
}

// shift takes the first of a list away.
func shift[T any](m map[joint][]T, k joint) {
	if m[k] = m[k][1:]; len(m[k]) == 0 {
		delete(m, k)
	}
}

// part is what a source comes to.
type part struct {
	names   Names
	streams []Stream
	facts   []Fact
	series  []Series
	learned map[Name]Name
}

// finish makes streams of the segments and hands the events to them.
func (s *Stitcher) finish(source uint32) part {
	for _, u := range s.untimed {
		if g := &s.segments[u.segment]; g.Stamped {
			u.event.Time, u.event.Grain = g.First, GrainSecond
		}
	}
	// Ends and parts of an event that was cut off: no event comes of them.
	for _, ends := range s.closes {
		s.counts.noEvent(uint64(len(ends)))
	}
	for id, lines := range s.steps {
		if !s.opened[id] {
			s.counts.noEvent(lines)
		}
	}
	s.answer()
	s.tellQuiet()
	of, streams := s.streams(source)
	inOrder(s.batches, of, streams)
	s.batches = nil
	return part{s.names, streams, s.facts, s.series, s.learned}
}

// streams makes a stream of each group of segments.
func (s *Stitcher) streams(source uint32) (of []int, streams []Stream) {
	of = make([]int, len(s.segments))
	for n, group := range s.groups() {
		g := s.segments[group.segments[0]]
		of[group.segments[0]] = n
		for _, i := range group.segments[1:] {
			g.join(&s.segments[i])
			of[i] = n
		}
		st := Stream{Source: source, Format: g.Format, Clock: g.Clock,
			Namespace: g.Namespace, Pod: g.Pod, Container: g.Container, Node: g.Node, Instance: g.Instance,
			Life: group.life, Interleaved: group.mixed, ZoneBy: g.ZoneBy,
			FirstLine: g.FirstLine, LastLine: g.LastLine, Lines: uint64(g.Lines), Silences: g.Silences, Volume: byMinute(g.Volume)}
		if g.Stamped {
			st.Coverage = []Span{{g.From, g.To}}
		}
		if g.Tied {
			if st.Ties = []Tie{g.Tie}; g.Late.Ref != g.Tie.Ref {
				st.Ties = append(st.Ties, g.Late)
			}
		}
		streams = append(streams, st)
	}
	return of, streams
}

// add joins a finished source to the capture.
func (c *Capture) add(p part) {
	names := c.Names.merge(&p.names)
	base := uint32(len(c.Streams))
	for i := range p.streams {
		st := &p.streams[i]
		st.Namespace, st.Pod, st.Container, st.Node = names[st.Namespace], names[st.Pod], names[st.Container], names[st.Node]
		for j := range st.Events {
			e := &st.Events[j]
			e.Target, e.Fact, e.Stream = names[e.Target], names[e.Fact], e.Stream+base
		}
	}
	c.Streams = append(c.Streams, p.streams...)
	for i := range p.facts {
		f := &p.facts[i]
		f.Subject, f.Key, f.Value = names[f.Subject], names[f.Key], names[f.Value]
	}
	if c.Facts == nil {
		c.Facts = p.facts // as they are: a source may have many
	} else {
		c.Facts = append(c.Facts, p.facts...)
	}
	for address, name := range p.learned {
		c.learned = learn(c.learned, names[address], names[name])
	}
	for _, r := range p.series {
		r.Metric = names[r.Metric]
		for i := range r.Labels {
			r.Labels[i] = Label{names[r.Labels[i].Key], names[r.Labels[i].Value]}
		}
		c.Series = append(c.Series, r)
	}
}

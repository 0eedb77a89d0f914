package parse

import (
	"cmp"
	"slices"
	"time"
)

// Segment is an unbroken stretch of one stream: lines of one format, on one
// clock, of one container, with nothing between them that says another
// process speaks. Streams are made of segments once all of a source was read.
type Segment struct {
	key
	FirstLine, LastLine uint32
	Lines               uint32
	// First and Last are the own times of the first and last stamped line, in
	// the order of the lines; From and To the least and the greatest.
	First, Last, From, To Time
	Stamped               bool
	// FirstOffset and LastOffset are those of the first and last stamped line.
	FirstOffset, LastOffset Offset
	// Tie is the line whose wrapper stamp was closest to its own time: a
	// stamp can be late, never early. Late is the line whose stamp was farthest.
	Tie, Late Tie
	Tied      bool
	// Silences are stretches of at least [Silence] in which the segment has
	// no line at all.
	Silences []Span
	// ZoneBy says where the zone of its lines is from; assumed if that of any is.
	ZoneBy ZoneBy
	// Volume counts the stamped lines by minute, in the order of the lines.
	Volume []Minute
	// proseFirst and proseLast count the lines of prose in the source before
	// the first and the last line.
	proseFirst, proseLast uint32
}

// key is what tells segments of different streams apart.
type key struct {
	Format string
	// Role is the format's.
	Role                      Role
	Clock                     Clock
	Namespace, Pod, Container Name
	Node                      Name
	Instance                  Instance
	// Unread is of lines that print a time which cannot be read: none of another line is theirs.
	Unread bool
}

// of says whether two keys are of one process, on whatever clocks.
func (k *key) of(o *key) bool {
	return k.Pod == o.Pod && k.Container == o.Container && k.Namespace == o.Namespace && k.Format == o.Format && k.Node == o.Node &&
		k.Instance == o.Instance && k.Unread == o.Unread
}

// anyClock is the key of the same process on whatever clock: where a line
// without a time belongs.
func (k key) anyClock() key {
	k.Clock = ClockNone
	return k
}

// Minute is how many lines a stream has in one minute of its own clock: how
// busy it was, which nothing else in a log tells.
type Minute struct {
	At    int32 // minutes since the clock's zero, rounded down
	Lines uint32
}

// minuteOf is the minute that a time lies in.
func minuteOf(t Time) int32 {
	m := t / Time(time.Minute)
	if t%Time(time.Minute) < 0 {
		m--
	}
	return int32(m)
}

// byMinute sorts the counts and adds up those of one minute.
func byMinute(v []Minute) (out []Minute) {
	v = slices.Clone(v)
	slices.SortStableFunc(v, func(a, b Minute) int { return cmp.Compare(a.At, b.At) })
	for _, m := range v {
		if n := len(out); n > 0 && out[n-1].At == m.At {
			out[n-1].Lines += m.Lines
			continue
		}
		out = append(out, m)
	}
	return out
}

// Silence is the shortest pause between two lines of a stream that is noted.
// Whether it was a hole in the capture is for package correlate to say.
const Silence = Time(time.Minute)

// stepBack is how far a wall clock may run backwards between two lines of one
// process: threads, several outputs of one container, and a clock that is set.
const stepBack = Time(time.Minute)

// fallBack is how far an uptime may run backwards between two lines of one
// process: the proxy's threads print in no strict order.
const fallBack = Time(time.Second)

// halfYear is how far two lines of one log on a clock without a year may be
// apart. From December to January the clock begins anew, in another year.
const halfYear = Time(183 * 24 * time.Hour)

// takes says whether a line, or a later segment that begins with it, goes on
// where s ends. The rule looks at two neighbouring lines only, so it gives the
// same answer wherever a source is cut. On an uptime clock the offset decides,
// where the lines have one. Otherwise an uptime that falls is a process that
// restarted, or another one; where nothing names the process, one that jumps
// ahead may be another one as well (see [untangle]).
func (s *Segment) takes(k *key, own Time, offset Offset, prose uint32, pasted bool) bool {
	if !k.of(&s.key) || k.Clock != s.Clock && k.Clock != ClockNone || pasted && prose != s.proseLast {
		return false
	}
	switch {
	case k.Clock == ClockWall && k.Role != RoleAbout && s.Pod == 0 && s.Stamped:
		return own >= s.Last-stepBack
	case k.Clock == ClockYearless && s.Stamped:
		return own > s.Last-halfYear && own < s.Last+halfYear
	case k.Clock != ClockUptime:
		return true
	case offset.Of != s.LastOffset.Of:
		return false
	case offset.Of != OffsetNone && !offset.near(&s.LastOffset):
		return false
	}
	return own >= s.Last-fallBack && (s.Pod != 0 || offset.Of != OffsetNone || own <= s.Last+fallBack)
}

// extend adds one line.
func (s *Segment) extend(l *Line, line uint32, prose uint32) {
	if s.Lines == 0 {
		s.FirstLine, s.proseFirst = line, prose
	}
	s.Lines++
	s.FirstLine = min(s.FirstLine, line) // of a line in parts, which is read when its last part was
	s.LastLine, s.proseLast = max(s.LastLine, line), prose
	s.ZoneBy = max(s.ZoneBy, l.by)
	if l.Clock == ClockNone {
		return
	}
	if !s.Stamped {
		s.Stamped = true
		s.First, s.From, s.To = l.Own, l.Own, l.Own
		s.FirstOffset = l.since()
	} else if l.Own-s.Last >= Silence {
		s.Silences = append(s.Silences, Span{s.Last, l.Own})
	}
	if minute, n := minuteOf(l.Own), len(s.Volume); n > 0 && s.Volume[n-1].At == minute {
		s.Volume[n-1].Lines++
	} else {
		s.Volume = append(s.Volume, Minute{minute, 1})
	}
	s.Last, s.LastOffset = l.Own, l.since()
	s.From, s.To = min(s.From, l.Own), max(s.To, l.Own)
	if l.Prefix.HasStamp {
		s.tie(&Tie{Own: l.Own, Wall: l.Prefix.Stamp, Within: l.Prefix.Grain.Width() / 2, Ref: Ref{Line: line, Off: l.Off, Len: l.Len}})
	}
}

// tie keeps the ties that bound where the clock's zero lies.
func (s *Segment) tie(t *Tie) {
	if !s.Tied || t.Latest() < s.Tie.Latest() {
		s.Tie = *t
	}
	if !s.Tied || t.Earliest() > s.Late.Earliest() {
		s.Late = *t
	}
	s.Tied = true
}

// join appends a segment that goes on where s ends.
func (s *Segment) join(n *Segment) {
	s.Lines += n.Lines
	s.ZoneBy = max(s.ZoneBy, n.ZoneBy)
	s.FirstLine, s.LastLine = min(s.FirstLine, n.FirstLine), max(s.LastLine, n.LastLine) // the newest may come first
	s.proseLast = n.proseLast
	if n.Tied {
		s.tie(&n.Tie)
		s.tie(&n.Late)
	}
	if !n.Stamped {
		return
	}
	if !s.Stamped {
		s.Stamped = true
		s.First, s.Last, s.From, s.To = n.First, n.Last, n.From, n.To
		s.FirstOffset, s.LastOffset = n.FirstOffset, n.LastOffset
		s.Silences, s.Volume = n.Silences, n.Volume
		return
	}
	if n.First-s.Last >= Silence {
		s.Silences = append(s.Silences, Span{s.Last, n.First})
	}
	s.Silences = append(s.Silences, n.Silences...)
	s.Volume = append(s.Volume, n.Volume...)
	s.Last, s.LastOffset = n.Last, n.LastOffset
	s.From, s.To = min(s.From, n.From), max(s.To, n.To)
}

package parse

import (
	"bytes"
	"cmp"
	"slices"

	"faultline/parse/lex"
)

// Crash is what a runtime prints when a program dies of an error of its own. It
// has no time: it stands between two lines of the process that it is of.
type Crash struct {
	// Text is why, empty where the next line tells; Place the file and line.
	Text, Place []byte
	// Rust says that it is Rust's message, else it is of Go's runtime; Thread is
	// the one that panicked.
	Rust   bool
	Thread []byte
}

// ReadCrash reads the first line of a crash: Rust's `thread 'main' panicked at
// FILE:LINE:COL:`, to 1.72 `thread 'main' panicked at 'TEXT', FILE:LINE:COL`
// (library/std/src/panicking.rs), since 1.91 with a number behind the thread's
// name; Go's `panic: TEXT` and `fatal error: TEXT` (runtime/panic.go).
func ReadCrash(line []byte) (c Crash, ok bool) {
	for _, begin := range []string{"panic: ", "fatal error: "} {
		if text, ok := bytes.CutPrefix(line, []byte(begin)); ok {
			return Crash{Text: text}, len(text) > 0
		}
	}
	rest, ok := bytes.CutPrefix(line, []byte("thread '"))
	if !ok {
		return c, false
	}
	thread, rest, ok := bytes.Cut(rest, []byte{'\''})
	_, at, panicked := bytes.Cut(rest, []byte(" panicked at "))
	if !ok || !panicked {
		return c, false
	}
	c.Rust, c.Thread, c.Place = true, thread, bytes.TrimRight(at, ": ")
	if len(at) > 0 && at[0] == '\'' {
		if i := bytes.LastIndex(at, []byte("', ")); i > 0 {
			c.Text, c.Place = at[1:i], at[i+len("', "):]
		}
	}
	return c, len(c.Place) > 0
}

// Detail shows the first line of a crash.
func (c Crash) Detail(line []byte, d *Detail) {
	d.Message = string(line)
	for _, a := range []struct{ key, value string }{{"thread", string(c.Thread)}, {"place", string(c.Place)}, {"cause", string(c.Text)}} {
		if a.value != "" {
			d.Set(a.key, a.value)
		}
	}
}

// Crashed adds a crash as an event of the kind, and remembers that its text and
// its trace follow.
func (b *Batch) Crashed(c Crash, kind Kind, l *Line) Verdict {
	b.Add(Event{Kind: kind, Severity: Fatal, Target: b.Names.Add(c.Place), Fact: b.Names.Add(c.Text)})
	b.crash = crashed{event: len(b.Events), line: l.No, kind: kind, rust: c.Rust}
	l.Severity = Fatal
	return Took
}

// crashed is the latest crash of a batch, whose lines may go on.
type crashed struct {
	event int    // its index and one, 0 for none
	line  uint32 // of it that was read last
	kind  Kind
	rust  bool
}

// CrashGoesOn says whether a line belongs to the crash of a kind that the lines
// before it tell of: its text, a note, a frame of its trace.
func (b *Batch) CrashGoesOn(l *Line, kind Kind, rust bool) bool {
	c := &b.crash
	if c.event == 0 || c.kind != kind || c.rust != rust || c.event > len(b.Events) || l.No > c.line+2 { // a blank line may stand between
		return false
	}
	e, text := &b.Events[c.event-1], bytes.TrimRight(l.Text, " ")
	switch {
	case c.rust && e.Fact == 0 && l.No == c.line+1:
		e.Fact = b.Names.Add(text)
	case c.rust && !rustFrame(text), !c.rust && !goFrame(text):
		return false
	case !c.rust && e.Target == 0:
		e.Target = b.Names.Add(ownPlace(text))
	}
	c.line = l.No
	return true
}

// rustFrame says whether a line is of a backtrace of Rust's, or its note.
func rustFrame(text []byte) bool {
	bare := bytes.TrimLeft(text, " ")
	if bytes.HasPrefix(bare, []byte("note: ")) || bytes.HasPrefix(bare, []byte("stack backtrace:")) || bytes.HasPrefix(bare, []byte("at ")) && len(bare) < len(text) {
		return true
	}
	_, n, ok := lex.Digits(bare)
	return ok && bytes.HasPrefix(bare[n:], []byte(": "))
}

// goFrame says whether a line is of a dump of goroutines.
func goFrame(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	for _, begin := range []string{"goroutine ", "[signal ", "created by ", "exit status ", "runtime stack:", "panic: ", "\tpanic: ", "\t/", "    /", "...additional frames"} {
		if bytes.HasPrefix(text, []byte(begin)) {
			return true
		}
	}
	if text[0] == '\t' && bytes.Contains(text, []byte(".go:")) { // a build that keeps no directories of its own
		return true
	}
	open := bytes.IndexByte(text, '(')
	return open > 0 && bytes.HasSuffix(text, []byte{')'}) && bytes.IndexByte(text[:open], ' ') < 0 && bytes.IndexByte(text, '.') > 0
}

// ownPlace is the file and line of a frame that is not the runtime's: the first
// such frame is where the program went wrong.
func ownPlace(text []byte) []byte {
	place := bytes.TrimLeft(text, "\t ")
	if len(place) == len(text) || !bytes.Contains(place, []byte(".go:")) || bytes.Contains(place, []byte("/src/runtime/")) {
		return nil
	}
	place, _, _ = bytes.Cut(place, []byte(" +0x"))
	return place
}

// placeUntimed gives an event whose line has no time that of the line before it in
// its stream, to a second, where one is known; else the stitcher does, when it knows
// more. Without it the event would stand at the zero of its stream's clock.
func (b *Batch) placeUntimed(i int, s *Segment) {
	if e := &b.Events[i]; s.Stamped {
		e.Time, e.Grain = s.Last, GrainSecond
	} else {
		b.untimed = append(b.untimed, i)
	}
}

// bySegment are the events of a batch without a time, those of one segment together.
func (b *Batch) bySegment() []int {
	slices.SortStableFunc(b.untimed, func(i, j int) int { return cmp.Compare(b.Events[i].Stream, b.Events[j].Stream) })
	return b.untimed
}

// untimed is an event whose time will be that of the first line behind it.
type untimed struct {
	event   *Event
	segment int
}

// lastOf is the time of the latest line of the stream that a segment goes on.
func (s *Stitcher) lastOf(g *Segment) *Time {
	i, ok := s.latest[g.key]
	if !ok || !s.segments[i].Stamped || !s.segments[i].takes(&g.key, g.First, g.FirstOffset, g.proseFirst, s.pasted) {
		return nil
	}
	last := s.segments[i].Last
	return &last
}

// place gives an event without a time at the beginning of a piece that of the line
// before it, else of the one behind it.
func (s *Stitcher) place(e *Event, before *Time, first Time, stamped bool, segment int) {
	switch {
	case before != nil:
		e.Time, e.Grain = *before, GrainSecond
	case stamped:
		e.Time, e.Grain = first, GrainSecond
	default:
		s.untimed = append(s.untimed, untimed{e, segment})
	}
}

package parse

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"faultline/parse/lex"
)

// Batch is what one contiguous piece of one source says: a chunk, a file
// piece and a shard are the same thing. Its lines, names and segments are
// relative to its start, and its open ends travel with it, so that a
// [Stitcher] can join batches in order without reading a byte again.
type Batch struct {
	Names    Names
	Events   []Event
	Segments []Segment
	Facts    []Fact
	Series   []Series
	Problems []Problem
	Counts   Counts
	// Bytes of the piece.
	Bytes int64
	// Kept holds the text of the event lines, one after the other, when the
	// source cannot be read again; keptAt their offsets.
	Kept   []byte
	keptAt []kept
	// State is where a Whole format keeps what it knows about the page that
	// it is in. It is nil at first and lives as long as the batch.
	State any
	// Scratch is room for a format to write in while it reads one line.
	Scratch []byte

	try     *Line // room for a line that is shown to a second format
	crash   crashed
	untimed []int     // events without a time that no line with one stands before
	pairs   []pairing // events that other lines may tell too
	asks    []ask
	using   using
	uses    []use // of upstreams, by their key
	quiets  []quiet
	reasons []reason
	opens   []opening         // events that wait for their exact duration
	closes  []closing         // durations, which may stand before their events
	steps   map[uint64]uint64 // lines that are parts of what is opened with an id
	// learned are the names of addresses, none for one that has several.
	learned map[Name]Name
	owned   nameSet // addresses that were stated by [Batch.Own]
	prose   uint32
	held    uint64 // lines that are parts of one that is not whole yet
	// latest is the segment that a key's next line may extend; under
	// [key.anyClock] the one that a line without a time may.
	latest map[key]int
	seg    int // of the latest line, -1 before the first
	keep   bool
	pasted bool
}

// Counts says what became of every line of a source.
// Lines = Events + Other + Unparsed, always.
type Counts struct {
	Lines, Events, Other, Unparsed uint64
	// Prose is how many of Other are text of no format in a pasted source.
	Prose uint64
}

// noEvent takes lines from those that are part of an event.
func (c *Counts) noEvent(lines uint64) {
	lines = min(lines, c.Events)
	c.Events, c.Other = c.Events-lines, c.Other+lines
}

func (c *Counts) add(o Counts) {
	c.Lines += o.Lines
	c.Events += o.Events
	c.Other += o.Other
	c.Unparsed += o.Unparsed
	c.Prose += o.Prose
}

// Problem is something that could not be read, with the line it stands on
// (0: the source as a whole).
type Problem struct {
	Line uint32
	Text string
}

// The reasons for which a line was left unread; the line itself follows.
const (
	notRecognised = "not recognised"
	notUnderstood = "not understood"
	butNotRead    = ", but not read"
)

// Why is the problem without the line that it quotes, where that was not read.
func (p Problem) Why() string {
	why, _, quotes := strings.Cut(p.Text, ": ")
	if quotes && (why == notRecognised || why == notUnderstood || strings.HasSuffix(why, butNotRead)) {
		return why
	}
	return p.Text
}

// maxProblems is how many problems of one source are kept with their text;
// all of them are counted in Counts.
const maxProblems = 20

type kept struct {
	off  int64
	size uint32
}

// keptLine is the text of a line that was kept.
type keptLine struct {
	kept
	text []byte
}

// inOrder gives the kept lines in the order of their offsets: a line that came
// in parts was read when its last part was.
func (b *Batch) inOrder() []keptLine {
	all, at := make([]keptLine, len(b.keptAt)), 0
	for i, k := range b.keptAt {
		all[i] = keptLine{k, b.Kept[at : at+int(k.size)]}
		at += int(k.size)
	}
	slices.SortStableFunc(all, func(a, b keptLine) int { return cmp.Compare(a.off, b.off) })
	return all
}

// joint is what tells the two parts of an event that belong together: the id
// that both carry, and the duration, which the first gives in whole
// milliseconds. Programs number from the same start after a restart, and in
// each of their replicas; the id alone says too little.
type joint struct{ id, ms uint64 }

type opening struct {
	joint
	event int // in the batch
}

type closing struct {
	joint
	lasted time.Duration
}

// NewBatch makes a batch for one piece. keep: the source cannot be read a
// second time; pasted: prose between lines separates streams.
func NewBatch(keep, pasted bool) *Batch {
	return &Batch{keep: keep, pasted: pasted, seg: -1}
}

// Pasted says whether the source is text with lines pasted into it.
func (b *Batch) Pasted() bool { return b.pasted }

// Add appends an event to the line being read. Line, Off, Len, Print and
// Stream are filled in when the line is done; Time and Grain default to the
// line's own, Count to 1.
func (b *Batch) Add(e Event) *Event {
	b.Events = append(b.Events, e)
	return &b.Events[len(b.Events)-1]
}

// Fact states something about a subject; its Ref is the line being read.
func (b *Batch) Fact(l *Line, subject Name, key, value string, at Time, within time.Duration) {
	b.Facts = append(b.Facts, Fact{
		Ref: Ref{Line: l.No, Off: l.Off, Len: l.Len}, Time: at, Within: within,
		Subject: subject, Key: b.Names.AddString(key), Value: b.Names.AddString(value),
	})
}

// nobody is the [Subject] that no part is known of.
var nobody = Subject("", "", "")

// Own states an address of the process that wrote a line, unless the line's
// prefix names its pod. It is stated at the first such line of a source.
func (b *Batch) Own(l *Line, address []byte) {
	if loopback := bytes.HasPrefix(address, []byte("127.")) || string(address) == "::1"; len(l.Prefix.Pod) > 0 || loopback {
		return
	}
	if n := b.Names.Add(address); b.owned.add(n) {
		b.Facts = append(b.Facts, Fact{
			Ref: Ref{Line: l.No, Off: l.Off, Len: l.Len}, Subject: b.Names.AddString(nobody), Key: b.Names.AddString(FactOwnAddress), Value: n,
		})
	}
}

// Problem notes that a line could not be read. What begins with a count is written of
// several: see [Agree].
func (b *Batch) Problem(line uint32, format string, args ...any) {
	if len(b.Problems) < maxProblems {
		b.Problems = append(b.Problems, Problem{line, Agree(fmt.Sprintf(format, args...))})
	}
}

// Open says that the event added last gets its exact duration from another
// line that carries the same id, and agrees in the milliseconds. That line may
// stand behind it or, where a dump begins with what is newest, before it; if it
// is missing, the event keeps the duration it has.
func (b *Batch) Open(id uint64) {
	e := len(b.Events) - 1
	b.opens = append(b.opens, opening{joint{id, millis(b.Events[e].Lasted)}, e})
}

// Close gives the exact duration of an event that is opened with id, in this
// batch or in another. The first Close is for the first Open, and so on.
func (b *Batch) Close(id uint64, lasted time.Duration) {
	b.closes = append(b.closes, closing{joint{id, millis(lasted)}, lasted})
}

// Step says that the line being read is a part of what is opened with id, in this
// batch or in another. If nothing is, the line is none of an event.
func (b *Batch) Step(id uint64) {
	if b.steps == nil {
		b.steps = map[uint64]uint64{}
	}
	b.steps[id]++
}

func millis(d time.Duration) uint64 { return uint64(d / time.Millisecond) }

// Subject names a process as facts do: "namespace/pod/container", with what
// is unknown left empty.
func Subject(namespace, pod, container string) string {
	return namespace + "/" + pod + "/" + container
}

// done is called when a format took a line: it files the line under its
// segment and completes the events that the format added, those from index
// first on.
func (b *Batch) done(f *Format, l *Line, raw []byte, first int) {
	if l.Clock == ClockNone && slices.ContainsFunc(b.Events[first:], func(e Event) bool { return e.Time == 0 }) {
		l.beforeIt()
	}
	s := b.file(f, l)
	if b.using.key != 0 {
		b.used(l, first)
	}
	if len(b.Events) == first {
		return
	}
	for i := first; i < len(b.Events); i++ {
		e := &b.Events[i]
		e.Line, e.Off, e.Len, e.Stream = l.No, l.Off, l.Len, uint32(s)
		if e.Print == 0 {
			e.Print = lex.Fingerprint(l.Text)
		}
		if e.Time == 0 {
			e.Time, e.Grain = l.Own, l.Grain
		}
		if l.Clock == ClockNone && e.Time == 0 {
			b.placeUntimed(i, &b.Segments[s])
		}
		if e.Count == 0 {
			e.Count = 1
		}
	}
	if b.keep {
		b.keptAt = append(b.keptAt, kept{l.Off, uint32(len(raw))})
		b.Kept = append(b.Kept, raw...)
	}
}

// file puts a line under its segment.
func (b *Batch) file(f *Format, l *Line) int {
	k := key{Format: f.Name, Role: f.Role, Clock: l.Clock}
	k.Instance, k.Unread = l.Prefix.Instance, l.Unread && l.Clock == ClockNone
	if len(l.Prefix.Pod)+len(l.Prefix.Container)+len(l.Prefix.Namespace)+len(l.Prefix.Node) > 0 {
		k.Node = b.Names.Add(l.Prefix.Node)
		k.Namespace = b.Names.Add(l.Prefix.Namespace)
		k.Pod = b.Names.Add(l.Prefix.Pod)
		k.Container = b.Names.Add(l.Prefix.Container)
	}
	s := b.segment(&k, l)
	b.Segments[s].extend(l, l.No, b.prose)
	return s
}

// segment finds the segment that a line goes on, or begins a new one.
func (b *Batch) segment(k *key, l *Line) int {
	if b.seg >= 0 && b.Segments[b.seg].takes(k, l.Own, l.since(), b.prose, b.pasted) {
		return b.seg
	}
	if b.latest == nil {
		b.latest = make(map[key]int)
	}
	if i, ok := b.latest[*k]; ok && b.Segments[i].takes(k, l.Own, l.since(), b.prose, b.pasted) {
		b.seg = i
	} else {
		b.Segments = append(b.Segments, Segment{key: *k})
		b.seg = len(b.Segments) - 1
		b.latest[*k] = b.seg
	}
	b.latest[k.anyClock()] = b.seg
	return b.seg
}

// again is a copy of a line for another format to read, until the next is made: a
// format is a function that is not known here, so that each copy would be memory.
func (b *Batch) again(l *Line) *Line {
	if b.try == nil {
		b.try = &Line{}
	}
	*b.try = *l
	return b.try
}

// lastly is a line that is shown to a format for the last time: a copy, unless nothing
// more can be found in it.
func (b *Batch) lastly(l *Line) *Line {
	if l.hintless {
		return l
	}
	return b.again(l)
}

// Item files an item of a document that was read as one line would be: raw is
// its text, l its place and time. The events added since first belong to it.
func (b *Batch) Item(f *Format, l *Line, raw []byte, first int) {
	if len(b.Events) > first {
		b.Counts.Events++
	}
	b.done(f, l, raw, first)
}

// holdsNeedle says whether a line that nobody understood holds what some
// format looks for.
func holdsNeedle(line []byte, formats []*Format) bool {
	for _, f := range formats {
		for _, n := range f.Needles {
			if bytes.Contains(line, []byte(n)) {
				return true
			}
		}
	}
	return false
}

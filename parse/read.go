package parse

import (
	"cmp"
	"context"
	"errors"
	"io"
	"runtime"
	"sync"
)

// Options of a [Read].
type Options struct {
	// Keeper keeps the event lines of inputs that cannot be read again; with
	// nil they are not kept.
	Keeper Keeper
	// Piece is how many bytes are handed to a worker at a time; 0 is 1 MiB.
	Piece int
	// Every line is read: none is passed over because its beginning and a
	// search for words say that nothing in it matters. Such lines count as
	// other, which then does not tell one that is damaged in its middle.
	Every bool
	// Others: lines that are known and of no interest are events of the kind
	// [LogOther]; they still count as other. Every line is read for it.
	Others bool
	// Workers is how many pieces are read at once; 0 is one per processor.
	Workers int
	// Record, when not nil, is shown every batch before it is joined, in the
	// order of a source's lines; several sources at a time.
	Record func(source uint32, b *Batch)
	// Room, when not nil, is asked before more is read: its error, always the same
	// from the first on, ends the reading of all sources, each of which says so. It
	// is called from several goroutines.
	Room func() error
}

// Progress of a [Read], told after every few hundred kilobytes.
type Progress struct {
	Sources int   // read to their end
	Bytes   int64 // of decoded text so far
}

// Read reads all inputs: every line by the format that understands it. The
// order of the inputs is the order of the capture's sources, whatever was
// read first. An input that cannot be read is a problem of its source; the
// error is only for ctx, whose cause it is: Read then returns at once, and
// leaves a reader that blocks behind. on may be nil; it is called from several
// goroutines, one at a time.
func Read(ctx context.Context, in []Input, formats []*Format, wrappers []*Wrapper, o Options, on func(Progress)) (*Capture, error) {
	if o.Piece <= 0 {
		o.Piece = 1 << 20
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	r := &reader{ctx: ctx, formats: formats, wrappers: wrappers, o: o, on: on,
		slots: make(chan struct{}, o.Workers)}
	defer r.quiet()
	queue := make(chan chan result, o.Workers-1) // sources that are open or wait to be joined
	go r.dispatch(in, queue)
	c := &Capture{}
	for {
		select {
		case out, more := <-queue:
			if !more {
				c.zonesBeside()
				r.containers(c)
				c.Own = r.own
				c.nameTargets()
				return c, context.Cause(ctx)
			}
			select {
			case got := <-out:
				c.Sources = append(c.Sources, got.source)
				c.add(got.part)
			case <-ctx.Done():
				return c, context.Cause(ctx)
			}
		case <-ctx.Done():
			return c, context.Cause(ctx)
		}
	}
}

type reader struct {
	ctx      context.Context
	formats  []*Format
	wrappers []*Wrapper
	o        Options
	slots    chan struct{} // a place for each that reads or looks at a piece
	buffers  sync.Pool     // of *buffer
	archives []archive
	own      []Owned

	searches searches

	mu   sync.Mutex
	on   func(Progress)
	done Progress
}

// buffer is room for a piece and its events, which the next piece uses again.
type buffer struct {
	data   []byte
	events []Event
	names  int // that the piece before had
}

type result struct {
	source Source
	part   part
}

// tell reports progress.
func (r *reader) tell(bytes int, sources int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done.Bytes += int64(bytes)
	r.done.Sources += sources
	if r.on != nil {
		r.on(r.done)
	}
}

// search is the search for the needles of some formats, made once for the same.
func (r *reader) search(formats []*Format) *needles { return r.searches.of(formats) }

// quiet ends the reports, so that none comes after [Read] returned.
func (r *reader) quiet() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on = nil
}

// source reads one input to its end.
func (r *reader) source(id uint32, in *Input) (res result) {
	res.source = Source{Path: in.Path, Modified: in.Modified, Owner: in.Owner}
	defer r.tell(0, 1)
	f, err := in.Open()
	if err != nil {
		res.source.Problems = []Problem{{Text: err.Error()}}
		return res
	}
	defer f.Close()
	m := newMeter(r.ctx, f, r.o.Room, func(n int) { r.tell(n, 0) })
	head, err := beginning(m)
	rest := &replay{head: head, r: m, err: err}
	if in.Head != nil { // a piece is read as the whole is
		head = in.Head
	}
	p := planned(in, head, r.formats, r.wrappers, r.search)
	body := p.findZone(in, head, rest)
	p.keep = !in.Rereadable && (r.o.Keeper != nil || r.o.Record != nil)
	p.every, p.others = r.o.Every || r.o.Others, r.o.Others
	s := NewStitcher(p.pasted, r.o.Keeper)
	if r.o.Record != nil {
		s.record = func(b *Batch) { r.o.Record(id, b) }
	}
	switch {
	case p.items != nil:
		err = r.items(id, p, body, s)
	case p.document != nil || p.marked:
		err = r.sections(id, p, body, s)
	case p.newest:
		err = r.newestFirst(id, p, body, s)
	case p.whole:
		err = r.sequential(id, p, body, s)
	default:
		err = r.parallel(id, p, body, s)
	}
	res.source.fill(in, m, p)
	res.source.Bundle = cmp.Or(res.source.Bundle, p.tool(head))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		res.source.Broken = "the compressed data ends in the middle"
	case err != nil && !errors.Is(err, io.EOF):
		res.source.Broken = err.Error()
	}
	res.part = res.source.join(id, s)
	res.source.setAside()
	if src := &res.source; src.Format == "" || p.document != nil && p.document.Unneeded {
		if what := looksLike(head); what != "" {
			src.Problems = append([]Problem{{Text: Looks + what}}, src.Problems...)
		}
	}
	res.source.Layout = in.layout(res.source.Format)
	return res
}

// replay gives the head that was read for sniffing once more, then the rest.
type replay struct {
	head []byte
	r    io.Reader
	err  error // of reading the head
}

func (p *replay) Read(b []byte) (int, error) {
	if len(p.head) > 0 {
		n := copy(b, p.head)
		p.head = p.head[n:]
		return n, nil
	}
	if p.err != nil {
		return 0, p.err
	}
	return p.r.Read(b)
}

// fill completes a source from how it was read.
func (s *Source) fill(in *Input, m *meter, p *plan) {
	s.Bytes = m.bytes
	m.sum.Sum(s.SHA256[:0])
	if in.ContainerSum != nil {
		s.ContainerSHA256 = in.ContainerSum()
	}
	s.Wrappers, s.Pasted, s.Zone, s.Zones = p.wrappers, p.pasted, in.Zone, p.seen
	if p.document != nil {
		s.Format = p.document.Name
	}
}

// Unneeded is the name of the format of files that hold nothing of use.
const Unneeded = "unneeded"

// setAside names a file that its bundle's layout says holds nothing of use, and
// of which nothing was recognised.
func (s *Source) setAside() {
	if s.Aside == "" || s.Format != "" || s.Counts.Lines == 0 || s.Broken != "" {
		return
	}
	s.Format, s.Problems = Unneeded, []Problem{{Text: Looks + s.Aside}}
	s.Counts.Other, s.Counts.Unparsed = s.Counts.Other+s.Counts.Unparsed, 0
}

// join completes a source from what its batches came to.
func (s *Source) join(id uint32, st *Stitcher) part {
	if s.Broken != "" {
		st.problems = append(st.problems, Problem{uint32(st.counts.Lines), s.Broken})
	}
	out := st.finish(id)
	s.Counts, s.Problems = st.counts, st.problems
	document := s.Format != ""
	var most, events int
	for i := range out.streams {
		st := &out.streams[i]
		if lines, n := int(st.Lines), len(st.Events); !document && (lines > most || lines == most && n > 0 && events == 0) {
			most, events, s.Format = lines, n, st.Format
		}
		if out.streams[i].Interleaved && !interleaved(out.streams[:i]) {
			s.Problems = append(s.Problems, Problem{out.streams[i].FirstLine,
				"several processes are mixed without a prefix; they were told apart by their clocks"})
		}
	}
	return out
}

func interleaved(streams []Stream) bool {
	for i := range streams {
		if streams[i].Interleaved {
			return true
		}
	}
	return false
}

// document reads a source that is one document.
func (r *reader) document(id uint32, p *plan, in io.Reader, s *Stitcher) error {
	b := NewBatch(p.keep, p.pasted)
	d := newCounter(in)
	return r.closed(id, d, b, s, p.document.Document(d, b))
}

// closed counts what a document was made of, and joins it.
func (r *reader) closed(id uint32, d *counter, b *Batch, s *Stitcher, err error) error {
	if rest := d.drain(); err == nil { // so that all of it is counted and hashed
		err = rest
	}
	b.Counts.Lines = d.lines()
	b.Bytes = d.read
	unread := min(b.Counts.Unparsed, b.Counts.Lines, 1) // one line may hold what was read and what was not
	b.Counts.Events = min(b.Counts.Events, b.Counts.Lines-unread)
	b.Counts.Unparsed = min(b.Counts.Unparsed, b.Counts.Lines-b.Counts.Events)
	b.Counts.Other = b.Counts.Lines - b.Counts.Events - b.Counts.Unparsed
	if err != nil && (d.broken == nil || !errors.Is(err, d.broken)) { // which the source says
		var at placed
		errors.As(err, &at)
		b.Problem(at.line, "%v", err)
	}
	s.Add(id, b)
	return cmp.Or(r.ctx.Err(), d.broken)
}

// sequential reads a source line by line into a single batch, or as if it were one.
func (r *reader) sequential(id uint32, p *plan, in io.Reader, s *Stitcher) error {
	if !p.pasted && p.open() == nil {
		return r.supposed(id, p, in, s)
	}
	b := NewBatch(p.keep, p.pasted)
	cut := &pieces{r: in, size: r.o.Piece, goesOn: p.goesOn}
	room := r.room()
	defer r.buffers.Put(room)
	for {
		pc, err := cut.next(room.data)
		room.data = pc.data
		p.lines(b, pc)
		if err == nil {
			err = r.ctx.Err()
		}
		if err != nil {
			s.Add(id, b)
			return err
		}
	}
}

// room is a buffer that nobody uses.
func (r *reader) room() *buffer {
	if b, ok := r.buffers.Get().(*buffer); ok {
		return b
	}
	return &buffer{}
}

// slot takes one of the workers' places, if one is free.
func (r *reader) slot() bool {
	select {
	case r.slots <- struct{}{}:
		return true
	default:
		return false
	}
}

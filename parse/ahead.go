package parse

import (
	"io"
	"sync/atomic"
)

// read is a piece of a source and what was read of it, nil where nothing was read ahead.
type read struct {
	*Batch
	piece
	room *buffer
}

// ahead reads a source in pieces, several at a time, and gives them in order. With a wait,
// pieces are not read while it says so, and what is given has its piece, in a room to be
// given back.
func (r *reader) ahead(p *plan, in io.Reader, wait *atomic.Bool, each func(read)) (last error) {
	cut := &pieces{r: in, size: r.o.Piece, goesOn: p.goesOn}
	queue := make(chan chan read, r.o.Workers)
	go func() {
		defer close(queue)
		if r.slot() {
			defer func() { <-r.slots }()
		}
		for {
			room := r.room()
			pc, err := cut.next(room.data)
			room.data = pc.data
			out := make(chan read, 1)
			queue <- out
			work := func() {
				b := r.batch(p, pc, room)
				if wait == nil {
					r.buffers.Put(room)
				}
				out <- read{b, pc, room}
			}
			switch {
			case wait != nil && wait.Load():
				out <- read{nil, pc, room}
			case r.slot():
				go func() { work(); <-r.slots }()
			default: // all are busy, and the piece is in this one's cache
				work()
			}
			if err == nil {
				err = r.ctx.Err()
			}
			if err != nil {
				last = err
				return
			}
		}
	}()
	for out := range queue {
		each(<-out)
	}
	return last
}

// batch reads a piece in its room.
func (r *reader) batch(p *plan, pc piece, room *buffer) *Batch {
	b := NewBatch(p.keep, p.pasted)
	b.Events = room.events[:0]
	b.Names.grow(room.names)
	p.lines(b, pc)
	room.events, room.names = b.Events, b.Names.Len()
	b.Events = append([]Event(nil), b.Events...) // as many as there are, and no more
	return b
}

// parallel reads a source in pieces, several at a time, and joins them in order.
func (r *reader) parallel(id uint32, p *plan, in io.Reader, s *Stitcher) error {
	return r.ahead(p, in, nil, func(o read) { s.Add(id, o.Batch) })
}

// Settled says of a [Batch.State] whether lines that follow are read as if there were none.
type Settled interface{ Settled() bool }

// settled says whether nothing that was read in b matters for how the next line is read.
func (b *Batch) settled() bool {
	if b.State == nil {
		return true
	}
	s, ok := b.State.(Settled)
	return ok && s.Settled()
}

// supposed reads a source of a [Format.Whole] in pieces, several at a time, supposing that
// what was read before does not matter for any. Where the piece before ends with something
// that does, as a value of several lines, it is read once more behind that one, and none is
// read ahead until that has settled.
func (r *reader) supposed(id uint32, p *plan, in io.Reader, s *Stitcher) error {
	var before *Batch
	var wait atomic.Bool
	err := r.ahead(p, in, &wait, func(o read) {
		switch {
		case o.Batch != nil && before == nil:
			before = o.Batch
		case o.Batch != nil && before.settled():
			s.Add(id, before)
			before = o.Batch
		default:
			p.lines(before, o.piece)
		}
		wait.Store(!before.settled())
		r.buffers.Put(o.room)
	})
	s.Add(id, before)
	return err
}

package bundle

import (
	"bytes"
	"errors"
	"io"
	"path"
	"sync/atomic"
	"time"

	"faultline/parse"
)

// member hands a file of the archive on.
func (l *level) member(name string, mod time.Time, r io.Reader) {
	l.files++
	lim := &l.x.g.lim
	if len(name) > lim.name {
		l.skip(skipNames, clean(name[:64])+"…")
		return
	}
	name = clean(name)
	l.last = name
	r = &cutting{l, l.x.g.expanded(r, l.n, l.x.g.given)}
	if r = l.blockPart(name, r); r == nil {
		return
	}
	in := parse.Input{Path: l.path + "/" + name, Size: -1, Modified: mod.UTC()}
	if mod.IsZero() || mod.Unix() <= 0 {
		in.Modified = l.modified
	}
	in.Owner = owner(in.Path)
	held := &l.room
	held.Reset()
	_, err := io.CopyN(held, r, int64(lim.held)+1)
	switch what := l.own(name, held.Bytes(), err); {
	case what != "":
		l.x.give(own(in.Path, what))
	case err == nil:
		l.lend(in, io.MultiReader(held, r))
	case err == io.EOF:
		in.Size = int64(held.Len())
		l.hold(in, bytes.Clone(held.Bytes()), io.EOF)
	default:
		l.hold(in, bytes.Clone(held.Bytes()), err)
	}
}

// own says what of faultline's a member is, of which data is the beginning, or
// all of it when err is io.EOF. The mark of a case is none by itself: what else
// the case is made of may have been read before it.
func (l *level) own(name string, data []byte, err error) string {
	if path.Base(name) == CaseName {
		return ""
	}
	var tail []byte
	if err == io.EOF {
		tail = data[max(len(data)-ownTail, 0):]
	}
	return Own(data, tail)
}

// cutting names the end of an archive that comes within a member.
type cutting struct {
	l *level
	r io.Reader
}

func (c *cutting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errCut
	}
	var limit capError
	if errors.As(err, &limit) {
		c.l.dead = limit
	}
	return n, err
}

// ending gives data and then an error.
type ending struct {
	bytes.Reader
	err error
}

func (e *ending) Read(p []byte) (int, error) {
	if n, err := e.Reader.Read(p); err == nil {
		return n, nil
	}
	return 0, e.err
}

// hold hands on a member that is at hand; err is how reading it ended.
func (l *level) hold(in parse.Input, data []byte, err error) {
	made := l.x.g.given() // before others are read on: so that it is always the same
	g := l.x.g
	open := func() (*memberStream, error) {
		e := &ending{err: err}
		e.Reader.Reset(data)
		return g.stream(e, len(data)+1, func() int64 { return made })
	}
	s, failed := open()
	switch {
	case failed != nil:
		l.x.give(broken(in.Path, failed))
	case s.kind == plainText:
		in.Open = func() (io.ReadCloser, error) {
			s, err := open()
			if err != nil {
				return nil, err
			}
			s.Reader = g.leaf(s.Reader)
			return s, nil
		}
		s.Close()
		l.x.give(in)
	default:
		var at io.ReaderAt
		if !s.coded && err == io.EOF {
			at = bytes.NewReader(data)
		}
		l.inner(in, s, at, int64(len(data)))
		s.Close()
	}
}

// lend hands on a member that is read from the archive itself.
func (l *level) lend(in parse.Input, r io.Reader) {
	s, err := l.x.g.stream(r, readAhead, l.x.g.given)
	if err != nil {
		l.x.give(broken(in.Path, err))
		return
	}
	if s.kind != plainText {
		l.inner(in, s, nil, -1)
		s.Close()
		return
	}
	over := &lent{r: l.x.g.leaf(s.Reader)}
	in.Lent = true
	in.Open = func() (io.ReadCloser, error) { return io.NopCloser(over), nil }
	l.x.give(in)
	over.r = nil
	s.Close()
}

// lent is a member that can be read until the next one is.
type lent struct{ r io.Reader }

func (o *lent) Read(p []byte) (int, error) {
	if o.r == nil {
		return 0, errOver
	}
	return o.r.Read(p)
}

// inner reads an archive within this one.
func (l *level) inner(in parse.Input, s *memberStream, at io.ReaderAt, size int64) {
	if l.depth == l.x.g.lim.nested {
		l.x.give(broken(in.Path, errors.New("an archive in an archive in an archive: not read, unpack it first")))
		return
	}
	to := &level{x: l.x, path: in.Path, depth: l.depth + 1, modified: in.Modified, n: new(atomic.Int64)}
	to.read(s.kind, s.Reader, at, size)
}

// memberStream is a member, decoded.
type memberStream struct {
	io.Reader
	kind  kind
	coded bool
	done  func()
}

// Close frees the decompressor.
func (s *memberStream) Close() error {
	s.done()
	return nil
}

func (g *gauge) stream(r io.Reader, room int, from func() int64) (*memberStream, error) {
	out, coded, done, err := g.layers(r, room, from)
	if err != nil {
		done()
		return nil, err
	}
	head, _ := out.Peek(tarBlock)
	return &memberStream{out, kindOf(head), coded, done}, nil
}

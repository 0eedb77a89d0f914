package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"faultline/parse"
)

// expansion is one file given that is being read by its members.
type expansion struct {
	g       *gauge
	yield   func(parse.Input) bool
	stopped bool // nobody wants more
}

// give hands an input on.
func (x *expansion) give(in parse.Input) {
	if !x.stopped {
		x.stopped = !x.yield(in)
	}
}

// level is one archive: the file given, or one within it. Its members are read
// once, in the order in which they stand. Small ones are held and may be read
// later; a large one is lent, and read to its end before the next.
type level struct {
	x        *expansion
	path     string
	depth    int
	modified time.Time
	n        *atomic.Int64 // bytes of all members
	entries  int
	files    int
	last     string // the member read last
	dead     error  // a cap that this archive reached
	skipped  []skipped
}

// skipped counts the members that are not read for one reason.
type skipped struct {
	why, such string
	n         int
}

// read reads an archive, and says at last what of it was not read.
func (l *level) read(k kind, r io.Reader, at io.ReaderAt, size int64) {
	var err error
	switch k {
	case tarball:
		err = l.tar(r)
	case zipped:
		err = l.zip(r, at, size)
	default:
		err = errors.New("an archive of a kind that is not read (7z, rar or lz4): unpack it first")
	}
	if l.x.stopped {
		return
	}
	var said []string
	if err != nil {
		said = append(said, l.ended(err))
	} else if l.files == 0 && len(l.skipped) == 0 {
		said = append(said, "the archive holds no files")
	}
	for _, s := range l.skipped {
		said = append(said, fmt.Sprintf("%d %s skipped, such as %s", s.n, s.why, s.such))
	}
	if len(said) > 0 {
		l.x.give(broken(l.path, errors.New(strings.Join(said, "; "))))
	}
}

// ended says why an archive could not be read to its end.
func (l *level) ended(err error) string {
	where := "at its beginning"
	if l.last != "" {
		where = "in or behind " + l.last
	}
	var limit capError
	switch {
	case errors.As(err, &limit):
		return "the archive " + limit.Error() + ", " + where
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, errCut):
		return "the archive ends in the middle, " + where
	}
	return fmt.Sprintf("the archive cannot be read on, %s: %v", where, err)
}

// next counts an entry; the error is a cap.
func (l *level) next() error {
	if l.entries++; l.entries > l.x.g.lim.entries {
		return capError(fmt.Sprintf("has more than %d entries: the rest is not read", l.x.g.lim.entries))
	}
	return l.dead
}

// skip notes a member that is not read.
func (l *level) skip(why, name string) {
	for i := range l.skipped {
		if l.skipped[i].why == why {
			l.skipped[i].n++
			return
		}
	}
	l.skipped = append(l.skipped, skipped{why, name, 1})
}

const (
	skipLinks   = "links (links in archives are never followed)"
	skipSpecial = "devices, pipes or entries of an unknown kind"
	skipNames   = "members with too long a name"
	skipSecret  = "encrypted members"
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
	in := parse.Input{Path: l.path + "/" + name, Size: -1, Modified: mod.UTC()}
	if mod.IsZero() || mod.Unix() <= 0 {
		in.Modified = l.modified
	}
	in.Namespace, in.Pod, in.Container = owner(in.Path)
	var held bytes.Buffer
	_, err := io.CopyN(&held, r, int64(lim.held)+1)
	switch {
	case err == nil:
		l.lend(in, io.MultiReader(&held, r))
	case err == io.EOF:
		in.Size = int64(held.Len())
		l.hold(in, held.Bytes(), io.EOF)
	default:
		l.hold(in, held.Bytes(), err)
	}
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
		return g.stream(e, func() int64 { return made })
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
	s, err := l.x.g.stream(r, l.x.g.given)
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

func (g *gauge) stream(r io.Reader, from func() int64) (*memberStream, error) {
	out, coded, done, err := g.layers(r, from)
	if err != nil {
		done()
		return nil, err
	}
	head, _ := out.Peek(tarBlock)
	return &memberStream{out, kindOf(head), coded, done}, nil
}

// clean makes a plain relative name of what an archive calls a member. It is
// only shown, never opened; so that nobody mistakes it for a path that leads
// out of the archive, "..", roots and what a terminal would obey are replaced.
func clean(name string) string {
	var parts []string
	for _, part := range strings.Split(strings.ReplaceAll(name, `\`, "/"), "/") {
		switch part {
		case "", ".":
		case "..":
			parts = append(parts, "__")
		default:
			parts = append(parts, part)
		}
	}
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return utf8.RuneError
		}
		return r
	}, path.Join(parts...))
	if name == "" {
		return "unnamed"
	}
	return name
}

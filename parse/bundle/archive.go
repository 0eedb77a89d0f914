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
	last     string       // the member read last
	room     bytes.Buffer // for one member at a time
	dead     error        // a cap that this archive reached
	skipped  []skipped
	// Blocks of Prometheus databases, whose files are needed together.
	blocks     map[string]*blockParts
	blockBytes int
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
	l.giveBlocks()
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

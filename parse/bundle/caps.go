package bundle

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"
)

// limits bound what a file may cost us, however it was made. What is within
// them is read, the rest is said. A log compresses 10 to 50 times, rarely more
// than 200; deflate's most is 1032 (zlib's technical details), which a bomb of
// one layer reaches.
type limits struct {
	entries int   // of one archive
	total   int64 // bytes that one file given may expand to
	ratio   int64 // by which it may expand,
	free    int64 // beyond this many bytes
	held    int   // bytes of a member that are held; larger ones are streamed
	blocks  int   // bytes that are held of its Prometheus blocks, whose parts lie in no order
	name    int   // bytes of a member's name
	nested  int   // archives within an archive within the file given
	codecs  int   // compressions around one another
}

var standard = limits{entries: 250_000, total: 64 << 30, ratio: 1000, free: 64 << 20,
	held: 4 << 20, blocks: 256 << 20, name: 4096, nested: 1, codecs: 2}

var (
	errCut  = errors.New("the archive ends in the middle of this member")
	errOver = errors.New("the archive was read on: this member is gone")
)

// gauge weighs one file as given: what was read of it, and what came of that.
type gauge struct {
	lim   limits
	size  int64 // of the file, -1 when unknown
	in    atomic.Int64
	total atomic.Int64
}

// given is how many bytes of the file were used. Bytes that are read again and
// again, as the overlapping members of a malicious zip are, count once.
func (g *gauge) given() int64 {
	n := g.in.Load()
	if g.size >= 0 {
		n = min(n, g.size)
	}
	return n
}

// raw counts the bytes of the file.
func (g *gauge) raw(r io.Reader) io.Reader { return &counted{r, &g.in} }

type counted struct {
	r io.Reader
	n *atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// countedAt is [counted] for random access.
type countedAt struct {
	r io.ReaderAt
	n *atomic.Int64
}

func (c *countedAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	c.n.Add(int64(n))
	return n, err
}

// expanded ends a stream that expands too far. n counts its bytes, of several
// streams together where they share it; from is what they were made of.
func (g *gauge) expanded(r io.Reader, n *atomic.Int64, from func() int64) io.Reader {
	return &capped{g: g, r: r, n: n, from: from}
}

type capped struct {
	g    *gauge
	r    io.Reader
	n    *atomic.Int64
	from func() int64
}

func (c *capped) Read(p []byte) (int, error) {
	if err := c.g.check(c.n.Load(), c.from()); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// check says why n bytes made of so many are too much.
func (g *gauge) check(n, from int64) error {
	switch {
	case n > g.lim.total:
		return capError(fmt.Sprintf("expands to more than %s: the rest is not read", amount(g.lim.total)))
	case n > g.lim.free && n > g.lim.ratio*max(from, 1):
		return capError(fmt.Sprintf("expands to more than %d times its size, as a decompression bomb does: the rest is not read", g.lim.ratio))
	}
	return nil
}

// capError is a cap that was reached.
type capError string

func (e capError) Error() string { return string(e) }

func amount(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}

package bundle

import (
	"bufio"
	"crypto/sha256"
	"hash"
	"io"
	"strings"
	"sync/atomic"

	"faultline/parse"
)

// decoder undoes the compression of one input and hashes what it was given.
type decoder struct {
	lim  limits
	last *content
	// members: what was opened last gave members, each of which has no hash
	// of its own.
	members bool
	total   []byte
}

// content is one opened input, decoded.
type content struct {
	*bufio.Reader
	kind  kind
	g     *gauge
	at    io.ReaderAt // the file as given, where it can be read anywhere
	coded bool
	raw   io.Reader // hashes what it gives
	hash  hash.Hash
	sum   []byte
	done  func()
	c     io.Closer
}

func (d *decoder) open(r io.Reader, c io.Closer, size int64) (*content, error) {
	g := &gauge{lim: d.lim, size: size}
	o := &content{g: g, hash: sha256.New(), c: c}
	if at, ok := r.(io.ReaderAt); ok && size >= 0 {
		o.at = &countedAt{at, &g.in}
	}
	br := bufio.NewReaderSize(g.raw(r), readAhead)
	o.raw = br
	if head, _ := br.Peek(tarBlock); codec(head) != nil || kindOf(head) != plainText || wide(br) != nil || logStart(br) > 0 {
		o.raw = io.TeeReader(br, o.hash) // a plain file has its hash elsewhere
	}
	var err error
	if o.Reader, o.coded, o.done, err = g.layers(o.raw, readAhead, g.given); err != nil {
		o.done()
		c.Close()
		return nil, err
	}
	head, _ := o.Peek(tarBlock)
	if o.kind = kindOf(head); o.kind == plainText && o.coded {
		o.Reader = bufio.NewReaderSize(g.leaf(o.Reader), 16)
	}
	d.last = o
	return o, nil
}

// leaf counts what is handed on to be read, of all members together.
func (g *gauge) leaf(r io.Reader) io.Reader { return g.expanded(r, &g.total, g.total.Load) }

// finish reads the file to its end, for its hash: nil when that cannot be, or
// when the file is no more than what was read of it.
func (o *content) finish() []byte {
	if o.raw == nil {
		return o.sum
	}
	if o.coded || o.kind != plainText {
		if _, err := io.Copy(io.Discard, o.raw); err == nil { // what was not read has no hash
			o.sum = o.hash.Sum(nil)
		}
	}
	o.raw = nil
	return o.sum
}

// Close ends the reading, and leaves the hash: a folder may hold thousands of
// files, and each has buffers.
func (o *content) Close() error {
	sum := o.finish()
	o.done()
	err := o.c.Close()
	*o = content{Reader: bufio.NewReaderSize(strings.NewReader(""), 16), kind: o.kind, sum: sum, done: func() {}, c: io.NopCloser(nil)}
	return err
}

// sum is the hash of the file as given, also of one that could not be
// decompressed; nil when it is not compressed.
func (d *decoder) sum() []byte {
	switch {
	case d.members:
		return d.total
	case d.last == nil:
		return nil
	}
	return d.last.finish()
}

// streamed expands an input that is, or may turn out to be, an archive.
func streamed(in *parse.Input, d *decoder, open func() (*content, error)) func(yield func(parse.Input) bool) {
	given := *in
	return func(yield func(parse.Input) bool) {
		d.members, d.total = true, nil
		c, err := open()
		if err != nil {
			yield(broken(given.Path, err))
			return
		}
		if c.kind == plainText { // it turned out to be no archive
			one := given
			one.Expand, one.ContainerSum = nil, c.finish
			one.Open = func() (io.ReadCloser, error) { return c, nil }
			yield(one)
			return
		}
		x := &expansion{g: c.g, yield: yield}
		l := &level{x: x, path: given.Path, modified: given.Modified, n: new(atomic.Int64)}
		at := c.at
		if c.coded {
			at = nil
		}
		l.read(c.kind, c.Reader, at, c.g.size)
		if !x.stopped {
			d.total = c.finish()
		}
		c.done()
		c.c.Close()
	}
}

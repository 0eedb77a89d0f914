package casefile

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/parquet-go/parquet-go"

	"faultline/parse"
)

// File is a case that was opened: what was read, as if the raw files were
// there. It is the [Text] of its own lines.
type File struct {
	Capture  *parse.Capture
	Manifest *Manifest

	in     *restorer
	once   sync.Once
	lines  *lineIndex
	broken error
}

// Open opens the case at a path. It reads everything but the lines, which are
// fetched when they are asked for.
func Open(path string) (*File, error) {
	if _, err := os.Stat(path); err == nil && !Is(path) {
		if repacked(path) {
			return nil, fmt.Errorf("%s %s", path, Repacked)
		}
		return nil, fmt.Errorf("%s: not a case that was exported", path)
	}
	c, err := contents(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f, err := open(c)
	if err != nil {
		c.close()
		return nil, fmt.Errorf("%s: not a case that can be trusted: %w", path, err)
	}
	return f, nil
}

// headBytes is how much of a case [Begins] looks at.
const headBytes = 30 + len(markName)

// Peeker is a stream whose next bytes can be looked at, as a [bufio.Reader].
type Peeker interface {
	io.Reader
	Peek(n int) ([]byte, error)
}

// OpenStream opens the case that a stream is; ok is false, and nothing was
// read, when it is none. A case is read here and there: it goes to a temporary
// file that is gone when the program ends, however it does.
func OpenStream(in Peeker, name string) (f *File, ok bool, err error) {
	if head, _ := in.Peek(headBytes); !begins(head) {
		return nil, false, nil
	}
	spool, err := os.CreateTemp("", "faultline-*")
	if err != nil {
		return nil, true, err
	}
	os.Remove(spool.Name())
	size, err := io.Copy(spool, in)
	if err == nil {
		var c *Contents
		if c, err = contentsOfZip(spool, size); err == nil {
			c.close = spool.Close
			f, err = open(c)
		}
	}
	if err != nil {
		spool.Close()
		return nil, true, fmt.Errorf("%s: not a case that can be trusted: %w", name, err)
	}
	return f, true, nil
}

// Within gives the path of the case that a source is a part of, "" for any
// other source.
func Within(path string) string {
	if of, ok := strings.CutSuffix(path, "/"+markName); ok {
		return of
	}
	return ""
}

func open(c *Contents) (*File, error) {
	m, err := c.manifest()
	if err != nil {
		return nil, err
	}
	r := &restorer{Contents: c, c: &parse.Capture{}, files: map[string]*parquet.File{}, kinds: map[string]parse.Kind{}}
	if err := r.restore(m); err != nil {
		return nil, err
	}
	for _, want := range m.Entries {
		if want.Rows == nil {
			continue
		}
		name := want.Name[:max(len(want.Name)-len(".parquet"), 0)]
		t, err := r.table(name)
		if err != nil {
			return nil, err
		}
		if t == nil || t.NumRows() != *want.Rows {
			return nil, fmt.Errorf("%q does not have the %d rows that the manifest says", want.Name, *want.Rows)
		}
	}
	return &File{Capture: r.c, Manifest: m, in: r}, nil
}

// Document gives an entry that is no table.
func (f *File) Document(name string) ([]byte, error) {
	e, ok := f.in.find(name)
	if !ok || e.size > maxDocument {
		return nil, fmt.Errorf("the case has no %s", name)
	}
	data := make([]byte, e.size)
	_, err := io.ReadFull(io.NewSectionReader(e.data, 0, e.size), data)
	return data, err
}

// Close closes the files behind it.
func (f *File) Close() { f.in.close() }

// Strings is [Contents.Strings] of a case that was opened.
func (f *File) Strings(fn func(where string, text []byte) error) error { return f.in.Strings(fn) }

package casefile

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"faultline/correlate/aside"
	"faultline/parse/bundle"
)

// Names of the entries that are always there.
const (
	manifestName = "manifest.json"
	// markName stands first, so that a case is known by its first bytes even
	// when what is behind them is damaged.
	markName = bundle.CaseName
	markText = bundle.CaseText
)

// container takes the entries of a case, one after the other.
type container interface {
	// create begins the next entry.
	create(name string) (io.Writer, error)
	// finish ends the last entry and gives everything to be read again.
	finish() (*Contents, error)
	// publish puts the case in its place; discard drops it, if it is not there.
	publish(ctx context.Context) error
	discard()
}

// stamp is the time of every entry: the oldest that a zip can hold. The same
// case gives the same bytes at any time.
var stamp = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

type zipContainer struct {
	file *aside.File
	out  *bufio.Writer
	zip  *zip.Writer
}

// newZip makes a zip; wrap, if not nil, stands between it and the file.
func newZip(path string, wrap func(io.Writer) io.Writer) (*zipContainer, error) {
	f, err := aside.Create(path)
	if err != nil {
		return nil, err
	}
	z := &zipContainer{file: f, out: bufio.NewWriterSize(wrapped(f, wrap), 1<<18)}
	z.zip = zip.NewWriter(z.out)
	return z, nil
}

func wrapped(w io.Writer, wrap func(io.Writer) io.Writer) io.Writer {
	if wrap != nil {
		return wrap(w)
	}
	return w
}

func (z *zipContainer) create(name string) (io.Writer, error) {
	return z.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: stamp})
}

func (z *zipContainer) finish() (*Contents, error) {
	if err := z.zip.Close(); err != nil {
		return nil, err
	}
	if err := z.out.Flush(); err != nil {
		return nil, err
	}
	info, err := z.file.Stat()
	if err != nil {
		return nil, err
	}
	return contentsOfZip(z.file.File, info.Size())
}

func (z *zipContainer) publish(ctx context.Context) error { return z.file.Publish(ctx) }
func (z *zipContainer) discard()                          { z.file.Discard() }

// folder is a case whose entries are files.
type folder struct {
	path  string
	names []string
	files []*aside.File
	wrap  func(io.Writer) io.Writer
}

// stranger is what a folder holds beside the entries of the case that it is, "" for
// nothing: the next case takes the place of the whole folder.
func stranger(path string, list []os.DirEntry) string {
	var m Manifest
	if text, err := os.ReadFile(filepath.Join(path, manifestName)); err != nil || json.Unmarshal(text, &m) != nil {
		return "" // a damaged case
	}
	listed := m.listed()
	for _, e := range list {
		if !listed[e.Name()] {
			return e.Name()
		}
	}
	return ""
}

// newFolder makes a folder. One that is there must be empty, or a case and nothing
// else.
func newFolder(path string, wrap func(io.Writer) io.Writer) (*folder, error) {
	path = filepath.Clean(path)
	if to, err := filepath.EvalSymlinks(path); err == nil {
		path = to // a link stays, and leads to the new case
	}
	aside.Sweep(path)
	if list, err := os.ReadDir(path); err == nil && len(list) > 0 && !Is(path) {
		return nil, fmt.Errorf("%s: a folder that holds something else than a case", path)
	} else if name := stranger(path, list); name != "" {
		return nil, fmt.Errorf("%s: beside the case that is there it holds %s, which is not of it: move it away", path, strconv.Quote(name))
	}
	return &folder{path: path, wrap: wrap}, nil
}

func (d *folder) create(name string) (io.Writer, error) {
	f, err := aside.In(filepath.Dir(d.path))
	if err != nil {
		return nil, err
	}
	d.names, d.files = append(d.names, name), append(d.files, f)
	return wrapped(f, d.wrap), nil
}

func (d *folder) finish() (*Contents, error) {
	c := &Contents{}
	for i, f := range d.files {
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		c.entries = append(c.entries, entry{d.names[i], f, info.Size()})
	}
	return c, nil
}

func (d *folder) publish(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	fresh, err := aside.Mkdir(d.path)
	if err != nil {
		return err
	}
	defer aside.RemoveAll(fresh)
	for i, f := range d.files {
		if err := f.As(filepath.Join(fresh, d.names[i])); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return aside.Folder(fresh, d.path)
}

func (d *folder) discard() {
	for _, f := range d.files {
		f.Discard()
	}
}

// tally counts and hashes an entry on its way, until ctx is done.
type tally struct {
	ctx   context.Context
	w     io.Writer
	sum   hash.Hash
	bytes int64
}

func newTally(ctx context.Context, w io.Writer) *tally {
	return &tally{ctx: ctx, w: w, sum: sha256.New()}
}

func (t *tally) Write(p []byte) (int, error) {
	if t.ctx.Err() != nil {
		return 0, context.Cause(t.ctx)
	}
	n, err := t.w.Write(p)
	t.sum.Write(p[:n])
	t.bytes += int64(n)
	return n, err
}

func (t *tally) entry(name string) Entry {
	return Entry{Name: name, Bytes: t.bytes, SHA256: hex.EncodeToString(t.sum.Sum(nil))}
}

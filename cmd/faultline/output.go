package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"faultline/correlate/aside"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/parse/bundle"
)

// sink is where the data of a verb goes: stdout, or a file that gets its place
// only when all of it was written.
type sink struct {
	a    *app
	form string
	// path as given, "" for stdout; private files are for their owner alone.
	path    string
	private bool
}

// output splits -o into a format and, if it is a path, where to write. The path
// is checked against what is read, and nothing is made yet: so a mistake costs
// no reading, and a run that fails leaves nothing behind.
func (a *app) output(o string, reads []string, known ...string) (*sink, error) {
	if slices.Contains(known, o) {
		return &sink{a: a, form: o}, nil
	}
	ext := strings.TrimPrefix(filepath.Ext(o), ".")
	if ext == "txt" {
		ext = "text"
	}
	if !slices.Contains(known, ext) {
		if ext != "" || !through(o) {
			return nil, misuse("-o "+strings.Join(known, "|")+", or a path that ends in one of them", "-o %s: not a format, nor a path that ends in one", o)
		}
		ext = known[0]
	}
	if err := a.mayWrite("-o", o, reads); err != nil {
		return nil, err
	}
	return &sink{a: a, form: ext, path: o}, nil
}

// through says whether a path leads to a device, a pipe or a descriptor, which
// needs no extension.
func through(path string) bool {
	p, err := aside.At(path)
	return err == nil && p.Through
}

// write has the data written, and puts it in its place.
func (s *sink) write(write func(w io.Writer) error) error {
	if s.path == "" {
		return write(s.a.data(s.form))
	}
	f, err := aside.Create(s.path)
	if err != nil {
		return err
	}
	defer f.Discard()
	s.a.stage("writing")
	defer s.a.status.clear()
	if s.private {
		if err := f.Chmod(0o600); err != nil {
			return err
		}
	}
	if err := write(report.Escaping(f, s.form)); err != nil {
		return err
	}
	if err := f.Publish(s.a.ctx); err != nil {
		return err
	}
	complete.Store(!s.private) // a map goes before its case
	return nil
}

// data is stdout for data of a form, with what a terminal would obey written out.
func (a *app) data(form string) io.Writer { return report.Escaping(a.stdout, form) }

// mayWrite refuses to write over what is read, over a file that is not
// faultline's own without --force, and where nothing can be written. what is
// the flag that names the path.
func (a *app) mayWrite(what, path string, reads []string) error {
	p, err := aside.At(path)
	if err != nil {
		return failedAt(what, path, err)
	}
	switch {
	case !p.Exists, p.Through:
		return nil
	case p.Info.IsDir():
		return misuse(what+" "+filepath.Join(path, "NAME"), "%s %s: a folder", what, path)
	}
	if read := holds(reads, p.Info); read != "" {
		return misuse("give another path: nothing that is read is ever written to", "%s %s: it is part of what is read (%s)", what, path, read)
	}
	if own := bundle.OwnFile(p.Path); own == "" && !a.flags.force {
		return misuse(what+" "+path+" --force, to replace it", "%s %s: there is a file already, and faultline did not write it", what, path)
	}
	return nil
}

// failedAt says why an output cannot be where it is wanted.
func failedAt(what, path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) && pe.Path != path {
		return fmt.Errorf("%s %s: %s: %w", what, path, pe.Path, pe.Err)
	} else if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("%s %s: %w", what, path, err)
}

// holds gives the path, of those that are read, that a file is, or that it is
// read as a part of; "" if it is none. Files are told by identity: by whatever
// link or spelling. Within a folder, what faultline wrote is not read.
func holds(reads []string, file fs.FileInfo) string {
	for _, read := range reads {
		info, err := os.Stat(read)
		switch {
		case err != nil:
		case os.SameFile(info, file):
			return read
		case info.IsDir() && inFolder(read, file):
			return read
		}
	}
	return ""
}

// apart keeps what is read apart from stdout. A shell that was told `> FILE` made
// that file, or emptied it, before: one that is read is an error, an empty one in
// a folder that is read is passed over.
func (a *app) apart(reads []string, in []parse.Input) ([]parse.Input, error) {
	out, ok := a.stdout.(*os.File)
	if !ok {
		return in, nil
	}
	to, err := out.Stat()
	if err != nil || !to.Mode().IsRegular() {
		return in, nil
	}
	is := func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && os.SameFile(info, to)
	}
	path := ""
	if at := slices.IndexFunc(reads, is); at >= 0 {
		path = reads[at]
	}
	kept := in[:0:0]
	for _, i := range in {
		switch {
		case !is(i.Path):
			kept = append(kept, i)
		case to.Size() > 0:
			path = cmp.Or(path, i.Path)
		default:
			a.warn("%s: what is written to stdout goes there, not read", i.Path)
		}
	}
	if path != "" {
		return nil, misuse("give another file behind >", "%s: what is written to stdout goes there, and it is part of what is read", path)
	}
	return kept, nil
}

var errFound = errors.New("found")

// inFolder says whether a file is one that is read of a folder.
func inFolder(root string, file fs.FileInfo) bool {
	top := strings.TrimRight(root, string(filepath.Separator)) + string(filepath.Separator)
	return errFound == filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		info, err := os.Stat(path)
		switch {
		case err != nil || !os.SameFile(info, file):
			return nil
		case d.IsDir() && path != top && bundle.OwnFile(path) != "":
			return filepath.SkipDir
		case !d.IsDir() && bundle.OwnFile(path) != "" && bundle.OwnFile(root) == "":
			return nil
		}
		return errFound
	})
}

// writeNew writes a file that was not there before, for what is said on the
// screen: nothing there asks whether one may go.
func (a *app) writeNew(path string, data []byte) error {
	if p, err := aside.At(path); err != nil {
		return failedAt("", path, err)
	} else if p.Exists && !p.Through {
		return fmt.Errorf("%s is there already", path)
	}
	s := &sink{a: a, path: path}
	return s.write(func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(data))
		return err
	})
}

// Package bundle turns paths into named inputs: files, folders and standard
// input, compressed or not. What a file is called never matters, only what
// its first bytes say. It also reads event lines again, to show them.
package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"faultline/parse"
)

// Stdin is the path that stands for standard input.
const Stdin = "-"

// Inputs finds the files behind paths, in the order given and by name within
// a folder. The problems are the paths that could not be used; err is set when
// nothing can be read at all.
func Inputs(paths []string, stdin io.Reader) (in []parse.Input, problems []error) {
	for _, p := range paths {
		if p == Stdin {
			in = append(in, pipe(stdin))
			continue
		}
		found, err := walk(p)
		if err != nil {
			problems = append(problems, err)
		}
		in = append(in, found...)
	}
	return in, problems
}

// plain drops the system call's name, which helps nobody.
func plain(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return fmt.Errorf("%s: %w", pe.Path, pe.Err)
	}
	return err
}

func broken(path string, err error) parse.Input {
	return parse.Input{Path: path, Size: -1, Open: func() (io.ReadCloser, error) { return nil, err }}
}

// file is an input that is read from disk: an archive by its members, anything
// else as it is.
func file(path string, info fs.FileInfo) parse.Input {
	d := &decoder{lim: standard}
	in := parse.Input{Path: filepath.ToSlash(path), Size: -1, ContainerSum: d.sum}
	in.Owner = owner(in.Path)
	open := func() (*content, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, plain(err)
		}
		return d.open(f, f, in.Size)
	}
	in.Open = opening(open)
	if !info.Mode().IsRegular() { // a look into a pipe would take from it
		in.Expand = streamed(&in, d, open)
		return in
	}
	in.Size, in.Modified = info.Size(), info.ModTime()
	if f, err := os.Open(path); err == nil { // else it says so when it is read
		k, coded := look(f, in.Size)
		what := ownOf(f, in.Size)
		f.Close()
		if what != "" {
			return own(path, what)
		}
		in.Rereadable = k == plainText && !coded
		if k != plainText {
			in.Expand = streamed(&in, d, open)
		}
	}
	return in
}

// pipe is an input that can be read once, from its beginning.
func pipe(r io.Reader) parse.Input {
	d := &decoder{lim: standard}
	open := func() (*content, error) { return d.open(r, io.NopCloser(nil), -1) }
	in := parse.Input{Path: Stdin, Size: -1, ContainerSum: d.sum, Open: opening(open)}
	in.Expand = streamed(&in, d, open)
	return in
}

// Memory is an input that is already at hand, such as an embedded fixture.
func Memory(path string, data []byte) parse.Input { return memory(path, data, standard) }

func memory(path string, data []byte, lim limits) parse.Input {
	d := &decoder{lim: lim}
	size := int64(len(data))
	open := func() (*content, error) { return d.open(bytes.NewReader(data), io.NopCloser(nil), size) }
	in := parse.Input{Path: path, Size: size, ContainerSum: d.sum, Open: opening(open)}
	in.Owner = owner(path)
	if k, _ := look(bytes.NewReader(data), size); k != plainText {
		in.Expand = streamed(&in, d, open)
	}
	return in
}

// opening makes of open what gives a single stream, and no archive.
func opening(open func() (*content, error)) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		c, err := open()
		if err == nil && c.kind != plainText {
			c.raw = nil // its hash would be for nothing
			c.Close()
			err = errors.New("an archive: it is read by its members")
		}
		if err != nil {
			return nil, err
		}
		return c, nil
	}
}

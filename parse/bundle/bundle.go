// Package bundle turns paths into named inputs: files, folders and standard
// input, compressed or not. What a file is called never matters, only what
// its first bytes say. It also reads event lines again, to show them.
package bundle

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

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

// walk lists the regular files at or below a path.
func walk(root string) (in []parse.Input, err error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, plain(err)
	}
	if !info.IsDir() {
		return []parse.Input{file(root, info)}, nil
	}
	// The separator has WalkDir follow a link to a folder.
	err = filepath.WalkDir(root+string(filepath.Separator), func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			in = append(in, broken(p, plain(err)))
			return nil
		}
		if d.IsDir() {
			return nil
		}
		info, err := os.Stat(p) // follows a link: bundles link logs to their pods
		if err != nil {
			in = append(in, broken(p, plain(err)))
		} else if info.Mode().IsRegular() {
			in = append(in, file(p, info))
		}
		return nil
	})
	if err == nil && len(in) == 0 {
		err = fmt.Errorf("%s: the folder is empty", root)
	}
	return in, err
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

func file(path string, info fs.FileInfo) parse.Input {
	d := &decoder{}
	in := parse.Input{Path: filepath.ToSlash(path), Size: -1, Container: d.sum}
	if info.Mode().IsRegular() { // a look into a pipe would take from it
		in.Size, in.Modified = info.Size(), info.ModTime()
		in.Rereadable = !compressed(path)
	}
	in.Open = func() (io.ReadCloser, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, plain(err)
		}
		return d.open(f, f)
	}
	return in
}

// compressed looks at a file's first bytes. A file that cannot be opened says
// so when it is read.
func compressed(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 4)
	n, _ := io.ReadFull(f, head)
	return codec(head[:n]) != nil
}

func pipe(r io.Reader) parse.Input {
	d := &decoder{}
	return parse.Input{Path: Stdin, Size: -1, Container: d.sum,
		Open: func() (io.ReadCloser, error) { return d.open(r, io.NopCloser(nil)) }}
}

// Memory is an input that is already at hand, such as an embedded fixture.
func Memory(path string, data []byte) parse.Input {
	d := &decoder{}
	return parse.Input{Path: path, Size: int64(len(data)), Container: d.sum,
		Open: func() (io.ReadCloser, error) { return d.open(bytes.NewReader(data), io.NopCloser(nil)) }}
}

// decoder undoes the compression of one input and hashes what it was given.
type decoder struct {
	hash hash.Hash
	raw  io.Reader // hashes what it gives
}

func (d *decoder) open(r io.Reader, c io.Closer) (io.ReadCloser, error) {
	br := bufio.NewReaderSize(r, 64<<10)
	head, _ := br.Peek(4)
	open := codec(head)
	if open == nil {
		return stream{br, c, func() {}}, nil
	}
	d.hash = sha256.New()
	d.raw = io.TeeReader(br, d.hash)
	dec, done, err := open(d.raw)
	if err != nil {
		c.Close()
		return nil, err
	}
	return stream{dec, c, done}, nil
}

// sum is the hash of the compressed bytes, also of those that could not be
// decompressed; nil when the input is not compressed.
func (d *decoder) sum() []byte {
	if d.hash == nil {
		return nil
	}
	if _, err := io.Copy(io.Discard, d.raw); err != nil {
		return nil // what was not read has no hash
	}
	return d.hash.Sum(nil)
}

type stream struct {
	io.Reader
	c    io.Closer
	done func()
}

func (s stream) Close() error {
	s.done()
	return s.c.Close()
}

type opener func(io.Reader) (r io.Reader, done func(), err error)

// maxWindow bounds what a hostile zstd frame can make us allocate.
const maxWindow = 128 << 20

// codec finds the decompressor by magic number, nil for plain bytes.
func codec(head []byte) opener {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return func(r io.Reader) (io.Reader, func(), error) {
			z, err := gzip.NewReader(r)
			return z, func() {}, err
		}
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return func(r io.Reader) (io.Reader, func(), error) {
			z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
			if err != nil {
				return nil, nil, err
			}
			return z, z.Close, nil
		}
	case bytes.HasPrefix(head, []byte("BZh")):
		return func(r io.Reader) (io.Reader, func(), error) {
			return bzip2.NewReader(r), func() {}, nil
		}
	}
	return nil
}

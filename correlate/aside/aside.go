// Package aside writes files beside their place and gives them their name only
// when they are complete: until then what was there stays as it was, and when
// the program ends before, however it does, nothing new can be seen.
//
// What is no regular file, a device, a pipe or a descriptor of the process, is
// never replaced: the complete output is copied into it. A link is followed,
// and what it points at is written.
package aside

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// File is a file that is not in its place yet. Where the system can, it has no
// name, so that nothing is left of it if the program is killed.
type File struct {
	*os.File
	temp  string // its name meanwhile, "" when it has none
	place Place
}

// Place is where an output goes, with links followed.
type Place struct {
	// Path of the file that is made or replaced, or of what is written through.
	Path string
	// Through: it is no regular file, or a descriptor that the process has. The
	// output is copied into it.
	Through bool
	// Exists says whether something is there, and Info what it is.
	Exists bool
	Info   fs.FileInfo
}

// maxLinks is how many links are followed, as the kernel of Linux counts
// (path_resolution(7)).
const maxLinks = 40

// At finds out what a path leads to. It changes nothing.
func At(path string) (Place, error) {
	p := Place{Path: path}
	for range maxLinks {
		if descriptor(p.Path) {
			p.Through = true
		}
		info, err := os.Lstat(p.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return p, folderOf(p.Path)
		case err != nil:
			return p, err
		case info.Mode()&fs.ModeSymlink == 0 || p.Through:
			if p.Through {
				info, err = os.Stat(p.Path)
			}
			p.Exists, p.Info = true, info
			p.Through = p.Through || err == nil && !info.Mode().IsRegular() && !info.IsDir()
			return p, err
		}
		to, err := os.Readlink(p.Path)
		if err != nil {
			return p, err
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(p.Path), to)
		}
		p.Path = to
	}
	return p, fmt.Errorf("%s: too many links", path)
}

// descriptor says whether a path is one of the process's own descriptors. A
// file that is reached by one may be appended to, and is never replaced.
func descriptor(path string) bool {
	path = filepath.Clean(path)
	switch path {
	case "/dev/stdin", "/dev/stdout", "/dev/stderr":
		return true
	}
	dir, _ := filepath.Split(path)
	return dir == "/dev/fd/" || strings.HasPrefix(dir, "/proc/") && strings.HasSuffix(dir, "/fd/")
}

// folderOf says why a file cannot be made at a path: its folder is missing, or
// is none.
func folderOf(path string) error {
	dir := filepath.Dir(path)
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "create", Path: dir, Err: errors.New("not a folder")}
	}
	return err
}

// Create begins the file that is to be at a path.
func Create(path string) (*File, error) {
	p, err := At(path)
	if err != nil {
		return nil, err
	}
	if p.Exists && p.Info.IsDir() {
		return nil, &fs.PathError{Op: "create", Path: path, Err: errors.New("a folder")}
	}
	dir := filepath.Dir(p.Path)
	if p.Through {
		dir = os.TempDir()
	} else {
		Sweep(p.Path)
	}
	f, err := In(dir)
	if err == nil {
		f.place = p
	}
	return f, err
}

// In begins a file that gets its name within a folder by [File.As].
func In(dir string) (*File, error) {
	if f, err := unnamed(dir); err == nil {
		return &File{File: f}, nil
	}
	f, err := os.CreateTemp(dir, ".faultline-*")
	if err != nil {
		return nil, err
	}
	named.Lock()
	named.temps[f.Name()] = true
	named.Unlock()
	return &File{File: f, temp: f.Name()}, os.Chmod(f.Name(), 0o644)
}

// Unnamed says whether the file has no name meanwhile.
func (f *File) Unnamed() bool { return f.temp == "" }

// named are the names of files that are not in their place. Its lock is held
// while one gets there, so that nobody ends the program in the middle of it.
var named = struct {
	sync.Mutex
	temps map[string]bool
}{temps: map[string]bool{}}

// Abandon drops every file that is not in its place, for a program that ends
// without unwinding. One that is just getting there gets there first; none does
// from then on.
func Abandon() {
	named.Lock() // for good
	for path := range named.temps {
		os.RemoveAll(path)
	}
}

// Publish puts a file that [Create] began in its place, or copies it there. It
// does neither when ctx is done, whose cause it then gives.
func (f *File) Publish(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if f.place.Through {
		return f.copy(ctx)
	}
	if err := f.Sync(); err != nil { // which takes its time on a busy disk
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return f.As(f.place.Path)
}

// copy writes the file through what is no regular file. A pipe that nobody
// reads from is waited for until ctx is done.
func (f *File) copy(ctx context.Context) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		to, err := os.OpenFile(f.place.Path, os.O_WRONLY|os.O_APPEND, 0)
		if err == nil {
			_, err = io.Copy(to, f.File)
			err = errors.Join(err, to.Close())
		}
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// As gives the file its name, in place of what had it. Until then what was
// there stays as it was.
func (f *File) As(path string) error {
	if err := f.Sync(); err != nil {
		return err
	}
	named.Lock()
	defer named.Unlock()
	if f.temp == "" {
		err := link(f.File, path)
		if err == nil || !errors.Is(err, fs.ErrExist) {
			return err
		}
		f.temp = Beside(path)
		os.Remove(f.temp)
		if err := link(f.File, f.temp); err != nil {
			return err
		}
		named.temps[f.temp] = true
	}
	err := os.Rename(f.temp, path)
	if err == nil {
		delete(named.temps, f.temp)
		f.temp = ""
	}
	return err
}

// Discard drops what was not published.
func (f *File) Discard() {
	f.Close()
	if f.temp == "" {
		return
	}
	named.Lock()
	defer named.Unlock()
	os.Remove(f.temp)
	delete(named.temps, f.temp)
}

// Beside is a second name, for the moment before an output takes the place of
// an older one. It says whose it is.
func Beside(path string) string {
	return filepath.Join(filepath.Dir(path), fmt.Sprintf(".faultline-%d-%s", os.Getpid(), filepath.Base(path)))
}

// Sweep mends what is left of programs that were killed in that moment: the
// second names go, and an old folder without a successor gets its name back.
func Sweep(path string) {
	dir, base := filepath.Split(path)
	list, _ := filepath.Glob(strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir) + ".faultline-*")
	for _, left := range list {
		owner, of, _ := strings.Cut(strings.TrimPrefix(filepath.Base(left), ".faultline-"), "-")
		pid, err := strconv.Atoi(owner)
		if err != nil || of != base && of != base+OldSuffix || Runs(pid) {
			continue
		}
		if _, err := os.Lstat(path); of == base+OldSuffix && errors.Is(err, fs.ErrNotExist) {
			os.Rename(left, path)
			continue
		}
		os.RemoveAll(left)
	}
}

// OldSuffix ends the second name of a folder that a new one takes the place of.
const OldSuffix = ".old"

// Mkdir makes an empty folder beside a path, which [Folder] puts there.
func Mkdir(path string) (string, error) {
	Sweep(path)
	fresh := Beside(path)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return "", err
	}
	named.Lock()
	defer named.Unlock()
	named.temps[fresh] = true
	return fresh, os.Mkdir(fresh, 0o777)
}

// RemoveAll removes a folder of [Mkdir] that did not get to its place.
func RemoveAll(fresh string) {
	named.Lock()
	defer named.Unlock()
	delete(named.temps, fresh)
	os.RemoveAll(fresh)
}

// Folder puts a folder that is complete in the place of another one, which is
// removed then. An empty one, or none, may be there too.
func Folder(fresh, path string) error {
	named.Lock()
	defer named.Unlock()
	if os.Rename(fresh, path) == nil { // nothing was there, or an empty folder
		return nil
	}
	old := fresh + OldSuffix
	if err := os.Rename(path, old); err != nil {
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		os.Rename(old, path)
		return err
	}
	return os.RemoveAll(old)
}

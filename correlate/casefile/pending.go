package casefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// pending is a file that is not in its place yet. Where the system can, it has
// no name, so that nothing is left of it if the program is killed.
type pending struct {
	*os.File
	temp string // its name meanwhile, "" when it has none
}

func newPending(dir string) (*pending, error) {
	if f, err := unnamed(dir); err == nil {
		return &pending{File: f}, nil
	}
	f, err := os.CreateTemp(dir, ".faultline-*")
	if err != nil {
		return nil, err
	}
	return &pending{f, f.Name()}, os.Chmod(f.Name(), 0o644)
}

// publish gives the file its name, in place of what had it. Until then what
// was there stays as it was.
func (p *pending) publish(path string) error {
	if err := p.Sync(); err != nil {
		return err
	}
	if p.temp == "" {
		err := link(p.File, path)
		if err == nil || !errors.Is(err, fs.ErrExist) {
			return err
		}
		p.temp = beside(path)
		os.Remove(p.temp)
		if err := link(p.File, p.temp); err != nil {
			return err
		}
	}
	err := os.Rename(p.temp, path)
	if err == nil {
		p.temp = ""
	}
	return err
}

// beside is a second name, for the moment before a case takes the place of an
// older one. It says whose it is.
func beside(path string) string {
	return filepath.Join(filepath.Dir(path), fmt.Sprintf(".faultline-%d-%s", os.Getpid(), filepath.Base(path)))
}

// sweep mends what is left of programs that were killed in that moment: the
// second names go, and an old folder without a successor gets its name back.
func sweep(path string) {
	dir, base := filepath.Split(path)
	list, _ := filepath.Glob(literal(dir) + ".faultline-*")
	for _, left := range list {
		owner, of, _ := strings.Cut(strings.TrimPrefix(filepath.Base(left), ".faultline-"), "-")
		pid, err := strconv.Atoi(owner)
		if err != nil || of != base && of != base+oldSuffix || runs(pid) {
			continue
		}
		if _, err := os.Lstat(path); of == base+oldSuffix && errors.Is(err, fs.ErrNotExist) {
			os.Rename(left, path)
			continue
		}
		os.RemoveAll(left)
	}
}

const oldSuffix = ".old"

// discard drops what was not published.
func (p *pending) discard() {
	p.Close()
	if p.temp != "" {
		os.Remove(p.temp)
	}
}

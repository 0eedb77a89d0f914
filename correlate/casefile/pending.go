package casefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
		p.temp = filepath.Join(filepath.Dir(path), fmt.Sprintf(".faultline-%d-%s", os.Getpid(), filepath.Base(path)))
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

// discard drops what was not published.
func (p *pending) discard() {
	p.Close()
	if p.temp != "" {
		os.Remove(p.temp)
	}
}

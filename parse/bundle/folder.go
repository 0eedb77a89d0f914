package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"faultline/parse"
)

// walk lists the files at or below a path. What is no file, and may hold
// something all the same, becomes an input that says why it is not read.
func walk(root string) (in []parse.Input, err error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, plain(err)
	}
	if !info.IsDir() {
		// A pipe that was named is read: that is how <(kubectl logs …) arrives.
		if why := special(info.Mode()); why != nil && info.Mode()&fs.ModeNamedPipe == 0 {
			return nil, fmt.Errorf("%s: %w", root, why)
		}
		return []parse.Input{file(root, info)}, nil
	}
	w := &walker{}
	if w.root, err = real(root); err != nil {
		return nil, plain(err)
	}
	// The separator has WalkDir follow a link to a folder.
	top := strings.TrimRight(root, string(filepath.Separator)) + string(filepath.Separator)
	err = filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			w.broken(p, err)
		case d.Name() == ".git" && p != top:
			if d.IsDir() {
				return filepath.SkipDir
			}
		case d.IsDir() && p != top && OwnFile(p) != "":
			w.in = append(w.in, own(p, OwnFile(p)))
			return filepath.SkipDir
		case d.Type()&fs.ModeSymlink != 0:
			w.link(p)
		case d.IsDir() && isBlock(p):
			if info, err := d.Info(); err == nil {
				w.in = append(w.in, blockFolder(filepath.Clean(p), info))
			}
			meta := filepath.Join(filepath.Clean(p), "meta.json")
			info, err := os.Stat(meta)
			w.file(meta, info, err)
			return filepath.SkipDir
		case !d.IsDir():
			info, err := d.Info()
			w.file(p, info, err)
		}
		return nil
	})
	if err == nil && len(w.in) == 0 {
		err = fmt.Errorf("%s: the folder is empty", root)
	}
	return w.in, err
}

// real is an absolute path without links.
func real(path string) (string, error) {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

// special says why something that is no regular file is not read, nil for one
// that is. To open a pipe or a device may block, or act.
func special(m fs.FileMode) error {
	switch {
	case m.IsRegular():
		return nil
	case m&fs.ModeNamedPipe != 0:
		return errors.New("a named pipe: not read, it may never end")
	case m&fs.ModeSocket != 0:
		return errors.New("a socket: not read")
	case m&fs.ModeDevice != 0:
		return errors.New("a device: not read")
	}
	return errors.New("neither a file nor a folder: not read")
}

// walker walks a folder.
type walker struct {
	root string // absolute, without links
	in   []parse.Input
}

// link reads the file within the root that a link points at: bundles link logs
// to their pods. What is outside nobody asked for: a bundle that somebody else
// made may point anywhere. A link to a folder is never followed: within the
// root, what it points at is read where it stands.
func (w *walker) link(path string) {
	info, err := os.Stat(path)
	if err != nil {
		w.file(path, info, err)
		return
	}
	to, err := real(path)
	if !info.IsDir() {
		if err == nil && !within(to, w.root) {
			err = fmt.Errorf("%s: a link to a file elsewhere: not followed, give %s as a path of its own", path, to)
		}
		if err == nil {
			w.file(path, info, nil)
		} else {
			w.broken(path, err)
		}
		return
	}
	here, err2 := real(filepath.Dir(path))
	switch {
	case err != nil || err2 != nil:
		w.broken(path, errors.Join(err, err2))
	case within(here, to):
		w.broken(path, fmt.Errorf("%s: a link to a folder that it is in: not followed, it would never end", path))
	case !within(to, w.root):
		w.broken(path, fmt.Errorf("%s: a link to a folder elsewhere: not followed, give %s as a path of its own", path, to))
	}
}

// within says whether path is folder, or below it.
func within(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

func (w *walker) file(path string, info fs.FileInfo, err error) {
	if err == nil {
		if err = special(info.Mode()); err == nil {
			w.in = append(w.in, file(path, info))
			return
		}
		err = fmt.Errorf("%s: %w", path, err)
	}
	w.broken(path, err)
}

func (w *walker) broken(path string, err error) {
	w.in = append(w.in, broken(filepath.ToSlash(path), plain(err)))
}

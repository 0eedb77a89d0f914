package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"

	"faultline/correlate/aside"
)

// mayExport checks where a case and the map of its pseudonyms go, before
// anything is read.
func (a *app) mayExport(args []string, e *exporting) error {
	reads := a.reads(args, e.key)
	if err := a.mayHoldCase("-o", e.out, reads); err != nil {
		return err
	}
	if e.keep == "" {
		return nil
	}
	out, keep := e.out, e.keep
	if target(out) == target(keep) || within(keep, out) {
		return misuse("--redact-map originals.json", "--redact-map %s: it would be a part of the case, which is to hold no original", keep)
	}
	return a.mayWrite("--redact-map", keep, reads)
}

// mayHoldCase checks where a case goes: a zip, or a folder.
func (a *app) mayHoldCase(what, path string, reads []string) error {
	p, err := aside.At(strings.TrimRight(path, "/"))
	folder := strings.HasSuffix(path, "/") || err == nil && p.Exists && p.Info.IsDir()
	switch {
	case folder && err == nil && p.Exists && !p.Info.IsDir():
		return misuse(what+" "+strings.TrimRight(path, "/"), "%s %s: a file, not a folder", what, path)
	case folder:
		for _, read := range reads {
			if within(read, path) {
				return misuse("give another folder: nothing that is read is ever written to", "%s %s: it holds what is read (%s)", what, path, read)
			}
		}
		if err != nil {
			return failedAt(what, path, err)
		}
		return nil
	case err == nil && p.Through:
		return nil
	}
	if ext := filepath.Ext(path); ext != ".zip" {
		stem := strings.TrimSuffix(path, ext)
		return misuse(what+" "+stem+".zip, or "+stem+"/ for a folder", "%s %s: a case is a .zip, or a folder", what, path)
	}
	return a.mayWrite(what, path, reads)
}

// target is where a path leads, absolute: of a file that is not there yet, in
// its folder as that is.
func target(path string) string {
	path = strings.TrimRight(path, "/")
	if p, err := aside.At(path); err == nil {
		path = p.Path
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(dir, filepath.Base(path))
	}
	if whole, err := filepath.EvalSymlinks(path); err == nil {
		path = whole
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return path
}

// within says whether a path is a folder, or leads into it.
func within(path, folder string) bool {
	rel, err := filepath.Rel(target(folder), target(path))
	if err != nil {
		return false
	}
	return rel == "." || rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// keepMap writes the originals of the pseudonyms for their owner alone, and
// gives what takes the file away again. It is complete before the case gets its
// name: nobody is left with pseudonyms that lead nowhere.
func (a *app) keepMap(e *exporting, replaced map[string]string) (undo func(), err error) {
	data, err := json.MarshalIndent(replaced, "", " ")
	if err != nil {
		return nil, err
	}
	p, err := aside.At(e.keep)
	if err != nil {
		return nil, err
	}
	to := &sink{a: a, path: e.keep, private: true}
	err = to.write(func(w io.Writer) error {
		_, err := w.Write(append(data, '\n'))
		return err
	})
	return func() {
		if !p.Exists {
			os.Remove(p.Path)
		}
	}, err
}

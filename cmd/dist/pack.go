package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"time"
)

// entry is a file of an archive.
type entry struct {
	name string
	data []byte
	mode fs.FileMode
}

func checksum(e entry) string { return fmt.Sprintf("%x  %s\n", sha256.Sum256(e.data), e.name) }

// completer is what kubectl calls, when it stands in PATH, to complete the
// arguments of its plugin (kubernetes/kubernetes,
// staging/src/k8s.io/kubectl/pkg/cmd/plugin/plugin_completion.go, 1.26).
const (
	completer     = "completions/kubectl_complete-faultline"
	completerText = "#!/bin/sh\nexec kubectl-faultline __complete \"$@\"\n"
)

// collect gathers what goes with every binary: what a person reads, and what
// the program writes about itself.
func collect(version string, when time.Time) (out []entry, err error) {
	if out, err = documents("."); err != nil {
		return nil, err
	}
	licences, err := licences()
	if err != nil {
		return nil, err
	}
	out = append(out, entry{"LICENSES.txt", licences, 0o644})
	folder, err := os.MkdirTemp("", "dist")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	own := filepath.Join(folder, "faultline")
	if text, err := exec.Command("go", "build", "-ldflags", "-X main.version="+version, "-o", own, "./cmd/faultline").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, text)
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		text, err := exec.Command(own, "completion", shell).Output()
		if err != nil {
			return nil, err
		}
		out = append(out, entry{"completions/faultline." + shell, text, 0o644})
	}
	out = append(out, entry{completer, []byte(completerText), 0o755})
	man := filepath.Join(folder, "man")
	write := exec.Command(own, "man", "-o", man)
	write.Env = append(os.Environ(), fmt.Sprint("SOURCE_DATE_EPOCH=", when.Unix())) // the date on the pages
	if err := write.Run(); err != nil {
		return nil, err
	}
	pages, err := filepath.Glob(filepath.Join(man, "*.1"))
	if err != nil {
		return nil, err
	}
	for _, p := range pages { // in the order of their names
		data, err := os.ReadFile(p)
		if err != nil {
			return nil, err
		}
		out = append(out, entry{"man/" + filepath.Base(p), data, 0o644})
	}
	return out, nil
}

// unread are folders of docs that hold no page and nothing that a page leads to.
var unread = []string{"docs/interop", "docs/mutants", "docs/page"}

// documents are the pages below a clone's top that a person reads, with all that
// they lead to: an archive is read where there is no clone and no network.
func documents(top string) (out []entry, err error) {
	names := []string{"LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"}
	err = fs.WalkDir(os.DirFS(top), "docs", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(unread, name):
			return fs.SkipDir
		case !d.IsDir() && path.Ext(name) != ".go":
			names = append(names, name)
		}
		return nil
	})
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(top, name))
		if err != nil {
			return nil, err
		}
		out = append(out, entry{name, data, 0o644})
	}
	return out, err
}

// pack writes entries as a zip or a tar.gz whose bytes depend on nothing else.
func pack(name string, zipped bool, list []entry, when time.Time) ([]byte, error) {
	var b bytes.Buffer
	if zipped {
		w := zip.NewWriter(&b)
		for _, e := range list {
			h := &zip.FileHeader{Name: name + "/" + e.name, Method: zip.Deflate, Modified: when}
			h.SetMode(e.mode)
			f, err := w.CreateHeader(h)
			if err != nil {
				return nil, err
			}
			if _, err := f.Write(e.data); err != nil {
				return nil, err
			}
		}
		err := w.Close() // writes the directory, without which it is no zip
		return b.Bytes(), err
	}
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(z)
	for _, e := range list {
		h := &tar.Header{Name: name + "/" + e.name, Mode: int64(e.mode), Size: int64(len(e.data)), ModTime: when, Format: tar.FormatUSTAR}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(e.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	err = z.Close()
	return b.Bytes(), err
}

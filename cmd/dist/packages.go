package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// content is a file of a package as nfpm reads it
// (github.com/goreleaser/nfpm, files/files.go, v2.44.1).
type content struct {
	Src      string    `json:"src"`
	Dst      string    `json:"dst"`
	Type     string    `json:"type,omitempty"`
	Packager string    `json:"packager,omitempty"`
	Info     *fileInfo `json:"file_info,omitempty"`
}

type fileInfo struct {
	Mode  fs.FileMode `json:"mode"`
	MTime time.Time   `json:"mtime"`
}

// packagers are the kinds of packages, by the extension of their files.
var packagers = []string{"deb", "rpm", "apk"}

// packages makes the packages of a Linux platform of what is in its archive.
func (s *settings) packages(name string, p platform, list []entry) (out []entry, err error) {
	folder, err := os.MkdirTemp("", "dist")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	contents, err := staged(folder, list, s.when)
	if err != nil {
		return nil, err
	}
	config := filepath.Join(folder, "nfpm.yaml")
	text, err := json.Marshal(s.describe(p, contents)) // which is YAML as well
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(config, text, 0o644); err != nil {
		return nil, err
	}
	for _, packager := range packagers {
		made := filepath.Join(folder, name+"."+packager)
		// A module of its own: what nfpm needs is nothing that faultline needs.
		run := exec.Command("go", "-C", "cmd/dist/packages", "tool", "nfpm", "package", "-f", config, "-p", packager, "-t", made)
		run.Env = append(os.Environ(), fmt.Sprint("SOURCE_DATE_EPOCH=", s.when.Unix()))
		if said, err := run.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("nfpm %s: %w: %s", packager, err, said)
		}
		data, err := os.ReadFile(made)
		if err != nil {
			return nil, err
		}
		out = append(out, entry{filepath.Base(made), data, 0o644})
	}
	return out, nil
}

// describe is what nfpm is told of a package.
func (s *settings) describe(p platform, contents []content) map[string]any {
	version, before := numbered(s.version, s.when)
	return map[string]any{
		"name": "faultline", "arch": p.arch, "platform": "linux",
		"version": version, "prerelease": before, "mtime": s.when,
		"maintainer":  "faultline <faultline@localhost>",
		"description": "Offline forensics for mystery 504s in a service mesh\nReads the dumps that an incident left, puts them on one clock, and says with\nproof what happened when. It opens no connection.",
		"section":     "utils", "license": "Apache-2.0", "homepage": home,
		"rpm":      map[string]any{"buildhost": "localhost"}, // the name of a machine would differ between two
		"contents": contents,
	}
}

// home is where releases are to be had; a fork has its own.
const home = "https://github.com/faultline/faultline"

var released = regexp.MustCompile(`^v?(\d+\.\d+\.\d+)(-.+)?$`)

// numbered is a version that package managers can order. What is no release
// is before all of them, by its date.
func numbered(version string, when time.Time) (number, before string) {
	if m := released.FindStringSubmatch(version); m != nil {
		return m[1], strings.TrimPrefix(m[2], "-")
	}
	return "0.0.0", "git" + when.Format("20060102150405")
}

// staged writes the files of a package below a folder, and says where each
// belongs (Filesystem Hierarchy Standard 3.0; the folders of completions are
// those of bash-completion, fish and zsh).
func staged(folder string, list []entry, when time.Time) (out []content, err error) {
	for _, e := range list {
		for _, to := range places(e.name) {
			if strings.HasPrefix(to.Dst, "/usr/share/man/") {
				to.Dst += ".gz"
				if e.data, err = gzipped(e.data); err != nil {
					return nil, err
				}
			}
			to.Src = filepath.Join(folder, to.Packager+strings.ReplaceAll(to.Dst, "/", "_"))
			to.Info = &fileInfo{e.mode, when}
			if err := os.WriteFile(to.Src, e.data, e.mode); err != nil {
				return nil, err
			}
			out = append(out, to)
		}
	}
	return append(out, content{Src: "faultline", Dst: "/usr/bin/kubectl-faultline", Type: "symlink", Info: &fileInfo{0o777, when}}), nil
}

// places are where a file of the archive belongs in a package; none for a
// shell that Linux does not have.
func places(name string) []content {
	base := path.Base(name)
	switch {
	case name == "faultline" || name == completer:
		return []content{{Dst: "/usr/bin/" + base}}
	case path.Dir(name) == "man":
		return []content{{Dst: "/usr/share/man/man1/" + base}}
	case base == "faultline.bash":
		return []content{{Dst: "/usr/share/bash-completion/completions/faultline"}}
	case base == "faultline.fish":
		return []content{{Dst: "/usr/share/fish/vendor_completions.d/faultline.fish"}}
	case base == "faultline.zsh":
		return []content{
			{Dst: "/usr/share/zsh/vendor-completions/_faultline", Packager: "deb"},
			{Dst: "/usr/share/zsh/site-functions/_faultline", Packager: "rpm"},
			{Dst: "/usr/share/zsh/site-functions/_faultline", Packager: "apk"},
		}
	case base == "LICENSE":
		return []content{{Dst: "/usr/share/doc/faultline/copyright"}}
	case path.Dir(name) == ".", strings.HasPrefix(name, "docs/"):
		return []content{{Dst: "/usr/share/doc/faultline/" + name}}
	}
	return nil
}

// gzipped compresses as gzip -9n does: manual pages are so in packages.
func gzipped(data []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	err = z.Close()
	return b.Bytes(), err
}

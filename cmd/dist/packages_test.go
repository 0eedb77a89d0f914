package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2024, 2, 2, 12, 0, 0, 0, time.UTC)

// What is no release is ordered before all releases, and later work after
// earlier.
func TestNumbered(t *testing.T) {
	for in, want := range map[string][2]string{
		"v1.2.3":           {"1.2.3", ""},
		"1.2.3":            {"1.2.3", ""},
		"v1.2.3-rc.1":      {"1.2.3", "rc.1"},
		"864ab73":          {"0.0.0", "git20240202120000"},
		"v1.2":             {"0.0.0", "git20240202120000"},
		"1864ab7-dirty":    {"0.0.0", "git20240202120000"},
		"v1.2.3-4-gabcdef": {"1.2.3", "4-gabcdef"},
	} {
		if number, before := numbered(in, noon); number != want[0] || before != want[1] {
			t.Errorf("%s: %s %s, want %v", in, number, before, want)
		}
	}
}

// A package has the binary, the plugin's two names, manuals that man can read,
// the completions of each shell where that shell looks, and the licences.
func TestStaged(t *testing.T) {
	list := []entry{{"faultline", []byte("x"), 0o755}, {completer, []byte(completerText), 0o755}, {"man/faultline.1", []byte(".TH"), 0o644},
		{"completions/faultline.bash", nil, 0o644}, {"completions/faultline.zsh", nil, 0o644}, {"completions/faultline.fish", nil, 0o644},
		{"completions/faultline.powershell", nil, 0o644}, {"LICENSE", nil, 0o644}, {"LICENSES.txt", nil, 0o644}}
	got, err := staged(t.TempDir(), list, noon)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, c := range got {
		paths = append(paths, c.Packager+c.Dst)
		if c.Type == "symlink" {
			continue
		}
		if info, err := os.Stat(c.Src); err != nil || info.Mode().Perm() != c.Info.Mode || c.Info.MTime != noon {
			t.Errorf("%s: %v, %v", c.Dst, err, c.Info)
		}
	}
	want := `/usr/bin/faultline
/usr/bin/kubectl_complete-faultline
/usr/share/man/man1/faultline.1.gz
/usr/share/bash-completion/completions/faultline
deb/usr/share/zsh/vendor-completions/_faultline
rpm/usr/share/zsh/site-functions/_faultline
apk/usr/share/zsh/site-functions/_faultline
/usr/share/fish/vendor_completions.d/faultline.fish
/usr/share/doc/faultline/copyright
/usr/share/doc/faultline/LICENSES.txt
/usr/bin/kubectl-faultline`
	if strings.Join(paths, "\n") != want {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(paths, "\n"), want)
	}
}

// An archive has every entry with its mode and its time, below one folder, and
// is the same bytes twice.
func TestPack(t *testing.T) {
	list := []entry{{"faultline", []byte("program"), 0o755}, {"man/faultline.1", []byte(".TH"), 0o644}}
	for _, zipped := range []bool{false, true} {
		one, err := pack("f_1", zipped, list, noon)
		if err != nil {
			t.Fatal(err)
		}
		two, err := pack("f_1", zipped, list, noon)
		if err != nil || !bytes.Equal(one, two) {
			t.Errorf("zip %v: not the same twice (%v)", zipped, err)
		}
		read := unpacked(t, zipped, one)
		for i, e := range list {
			if r := read[i]; r.name != "f_1/"+e.name || !bytes.Equal(r.data, e.data) || r.mode.Perm() != e.mode {
				t.Errorf("zip %v: %s came back as %s %v %q", zipped, e.name, r.name, r.mode, r.data)
			}
		}
	}
}

func unpacked(t *testing.T, zipped bool, archive []byte) (out []entry) {
	t.Helper()
	if zipped {
		z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			data, _ := io.ReadAll(r)
			out = append(out, entry{f.Name, data, f.Mode()})
		}
		return out
	}
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if !h.ModTime.Equal(noon) {
			t.Errorf("%s is of %v", h.Name, h.ModTime)
		}
		data, _ := io.ReadAll(r)
		out = append(out, entry{h.Name, data, h.FileInfo().Mode()})
	}
}

// Licences and notices are collected, and a module without one is an error: a
// binary must not go out with code whose terms are not in it.
func TestLicence(t *testing.T) {
	dir := t.TempDir()
	if _, err := licence(dir); err == nil {
		t.Error("no licence, and no error")
	}
	for name, text := range map[string]string{"LICENSE.txt": "terms", "NOTICE": "thanks", "README": "no"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := licence(dir); err != nil || string(text) != "terms\nthanks\n" {
		t.Errorf("%q, %v", text, err)
	}
}

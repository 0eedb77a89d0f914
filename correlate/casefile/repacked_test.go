package casefile

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// So is one in an archive of tar, and a folder of other files is not.
func TestRepackedInTar(t *testing.T) {
	for name, x := range map[string]struct{ entry, says string }{
		"case.tgz":  {"case/" + markName, Repacked},
		"case.tar":  {markName, Repacked},
		"other.tgz": {"other/not-" + markName, "not a case that was exported"},
	} {
		var b bytes.Buffer
		var to io.WriteCloser = &endless{&b}
		if strings.HasSuffix(name, ".tgz") {
			to = gzip.NewWriter(&b)
		}
		w := tar.NewWriter(to)
		for _, entry := range []string{"README.md", x.entry} {
			if err := w.WriteHeader(&tar.Header{Name: entry, Mode: 0o644, Size: 3}); err != nil {
				t.Fatal(err)
			}
			w.Write([]byte("one"))
		}
		if err := errors.Join(w.Close(), to.Close()); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// endless is a writer that needs no end.
type endless struct{ io.Writer }

func (*endless) Close() error { return nil }

// A case that was packed again is told from a zip that holds none.
func TestRepacked(t *testing.T) {
	for _, x := range []struct {
		entries []string
		says    string
	}{
		{[]string{"README.md", markName}, Repacked},
		{[]string{"case/", "case/README.md", "case/" + markName}, Repacked},
		{[]string{"README.md", "not-" + markName}, "not a case that was exported"},
	} {
		path := filepath.Join(t.TempDir(), "case.zip")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(f)
		for _, name := range x.entries {
			if _, err := z.Create(name); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		f.Close()
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%v: %v", x.entries, err)
		}
	}
}

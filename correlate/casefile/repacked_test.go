package casefile

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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

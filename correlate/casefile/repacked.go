package casefile

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"compress/gzip"
	"io"
	"os"
	"slices"
	"strings"
)

// Repacked says of an archive that a case is in it, which is none itself: only as it was
// written is a case read here and there.
const Repacked = "is a case that was packed again: unpack it, and verify the folder"

// maxRepacked bounds how many bytes of an archive of tar are looked through for a case.
const maxRepacked = 256 << 20

// repacked says whether an archive, of zip or of tar, holds a case.
func repacked(path string) bool {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return false
	}
	marks := func(name string) bool { return name == markName || strings.HasSuffix(name, "/"+markName) }
	if z, err := zip.OpenReader(path); err == nil {
		defer z.Close()
		return slices.ContainsFunc(z.File, func(f *zip.File) bool { return marks(f.Name) })
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	in := bufio.NewReader(f)
	var body io.Reader = in
	if head, _ := in.Peek(2); string(head) == "\x1f\x8b" {
		if body, err = gzip.NewReader(in); err != nil {
			return false
		}
	}
	t := tar.NewReader(io.LimitReader(body, maxRepacked))
	for {
		switch h, err := t.Next(); {
		case err != nil:
			return false
		case marks(h.Name):
			return true
		}
	}
}

package casefile

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Limits of a case that somebody else made.
const (
	maxEntries  = 64
	maxManifest = 16 << 20
	// maxExtra is what a zip may say of an entry beside its name, in bytes: its time
	// in seconds, and lengths beyond 4 GiB (APPNOTE 4.5).
	maxExtra    = 37
	maxDocument = 256 << 20
	maxFooter   = 64 << 20
	// maxDecoded is how many bytes a table may come to, unpacked.
	maxDecoded = 8 << 30
)

// Contents are the entries of a case as they lie in it.
type Contents struct {
	entries []entry
	close   func() error
	// unread is what of a zip is no part of any entry.
	unread []string
}

// zipEntry is what the list of a zip says of an entry.
type zipEntry struct {
	name, comment string
	extra         []byte
	offset, size  int64 // of its data
	modified      time.Time
}

type entry struct {
	name string
	data io.ReaderAt
	size int64
}

// Is says whether a path is a case: by its first bytes, or by what it holds.
// One that is damaged is still a case.
func Is(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	if info.IsDir() {
		mark, err := os.ReadFile(filepath.Join(path, markName))
		return err == nil && strings.HasPrefix(string(mark), markText)
	}
	if !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, headBytes)
	if n, _ := f.ReadAt(head, 0); begins(head[:n]) {
		return true
	}
	z, err := zip.NewReader(f, info.Size())
	return err == nil && len(z.File) > 0 && z.File[0].Name == markName
}

// begins says whether the first entry of a zip is that of a case.
func begins(head []byte) bool {
	return len(head) >= headBytes && bytes.HasPrefix(head, []byte("PK\x03\x04")) && string(head[30:headBytes]) == markName
}

// contents opens a case without believing any of it.
func contents(path string) (*Contents, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return contentsOfFolder(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	c, err := contentsOfZip(f, info.Size())
	if err != nil {
		f.Close()
		return nil, err
	}
	c.close = f.Close
	return c, nil
}

func contentsOfZip(f io.ReaderAt, size int64) (*Contents, error) {
	z, err := zip.NewReader(f, size)
	if err != nil {
		return nil, err
	}
	if len(z.File) > maxEntries {
		return nil, fmt.Errorf("%d entries, at most %d", len(z.File), maxEntries)
	}
	c := &Contents{close: func() error { return nil }}
	var all []zipEntry
	for _, e := range z.File {
		if e.Method != zip.Store || e.CompressedSize64 != e.UncompressedSize64 {
			return nil, fmt.Errorf("%q is compressed: somebody packed this case again; unpack it and open the folder", e.Name)
		}
		off, err := e.DataOffset()
		if err != nil {
			return nil, err
		}
		n := int64(e.CompressedSize64)
		if off < 0 || n < 0 || off > size || n > size-off {
			return nil, fmt.Errorf("%q reaches beyond the file", e.Name)
		}
		c.entries = append(c.entries, entry{e.Name, io.NewSectionReader(f, off, n), n})
		all = append(all, zipEntry{e.Name, e.Comment, e.Extra, off, n, e.Modified})
	}
	c.unread = c.layout(f, size, all, z.Comment)
	return c, c.named()
}

func contentsOfFolder(path string) (*Contents, error) {
	list, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	if len(list) > maxEntries {
		return nil, fmt.Errorf("%d files, at most %d", len(list), maxEntries)
	}
	var files []*os.File
	c := &Contents{close: func() (err error) {
		for _, f := range files {
			err = errors.Join(err, f.Close())
		}
		return err
	}}
	for _, e := range list {
		if !e.Type().IsRegular() {
			c.close()
			return nil, fmt.Errorf("%q is no file", e.Name())
		}
		f, err := os.Open(filepath.Join(path, e.Name()))
		if err != nil {
			c.close()
			return nil, err
		}
		files = append(files, f)
		info, err := f.Stat()
		if err != nil {
			c.close()
			return nil, err
		}
		c.entries = append(c.entries, entry{e.Name(), f, info.Size()})
	}
	return c, c.named()
}

// named checks the names: each once, none that leads anywhere.
func (c *Contents) named() error {
	seen := map[string]bool{}
	for _, e := range c.entries {
		if e.name == "" || len(e.name) > 100 || strings.ContainsAny(e.name, "/\\:\x00") || strings.HasPrefix(e.name, ".") {
			return fmt.Errorf("%q is no name of an entry", e.name)
		}
		if seen[e.name] {
			return fmt.Errorf("two entries %q", e.name)
		}
		seen[e.name] = true
	}
	return nil
}

func (c *Contents) find(name string) (entry, bool) {
	i := slices.IndexFunc(c.entries, func(e entry) bool { return e.name == name })
	if i < 0 {
		return entry{}, false
	}
	return c.entries[i], true
}

func (c *Contents) size() (n int64) {
	for _, e := range c.entries {
		n += e.size + int64(2*len(e.name)+30+46+16) // with what a zip adds
	}
	return n + 22
}

// manifest reads the list of entries and checks it against them: each is
// listed, and has the size and the hash that the list says.
func (c *Contents) manifest() (*Manifest, error) {
	e, ok := c.find(manifestName)
	if !ok || e.size > maxManifest {
		return nil, fmt.Errorf("no %s that could be one", manifestName)
	}
	data := make([]byte, e.size)
	if _, err := io.ReadFull(io.NewSectionReader(e.data, 0, e.size), data); err != nil {
		return nil, err
	}
	m := &Manifest{}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("%s: %w", manifestName, err)
	}
	if err := compatible(m.Schema); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	if err := c.sealed(m, Entry{Name: manifestName, SHA256: hex.EncodeToString(sum[:])}); err != nil {
		return nil, err
	}
	for _, want := range m.Entries {
		if err := c.holds(want); err != nil {
			return nil, err
		}
	}
	listed := m.listed()
	for _, e := range c.entries {
		if !listed[e.name] {
			return nil, altered("%q is not in the manifest", e.name)
		}
	}
	return m, nil
}

// listed are the names of all entries of the case that a manifest is of.
func (m *Manifest) listed() map[string]bool {
	names := map[string]bool{manifestName: true, sumsName: true, signatureName: true}
	for _, e := range m.Entries {
		names[e.Name] = true
	}
	return names
}

// AlteredError says that a case is readable and not what its manifest says.
type AlteredError struct{ why string }

// Error says which entry and how.
func (e *AlteredError) Error() string { return e.why }

func altered(format string, args ...any) error { return &AlteredError{fmt.Sprintf(format, args...)} }

// holds says whether an entry is what the manifest says.
func (c *Contents) holds(want Entry) error {
	e, ok := c.find(want.Name)
	switch {
	case !ok:
		return altered("%q is missing", want.Name)
	case e.size != want.Bytes:
		return altered("%q has %d bytes, the manifest says %d", want.Name, e.size, want.Bytes)
	}
	sum := sha256.New()
	if _, err := io.CopyBuffer(sum, io.NewSectionReader(e.data, 0, e.size), make([]byte, 1<<18)); err != nil {
		return fmt.Errorf("%q: %w", want.Name, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != want.SHA256 {
		return altered("%q is not what was written: its SHA-256 differs from the manifest's", want.Name)
	}
	return nil
}

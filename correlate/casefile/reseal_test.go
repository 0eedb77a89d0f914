package casefile

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"testing"
)

type memoryZip struct{ zip *zip.Writer }

func (z *memoryZip) create(name string) (io.Writer, error) {
	return z.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: stamp})
}

// copyCase copies a case with one entry changed, and with hashes that fit.
func copyCase(z *memoryZip, c *Contents, m *Manifest, name string, change func([]byte) []byte) error {
	was := *m
	was.Entries = nil
	put := func(name string, data []byte) (Entry, error) {
		w, err := z.create(name)
		if err != nil {
			return Entry{}, err
		}
		t := newTally(context.Background(), w)
		_, err = t.Write(data)
		return t.entry(name), err
	}
	for _, e := range m.Entries {
		from, _ := c.find(e.Name)
		data := make([]byte, from.size)
		if _, err := from.data.ReadAt(data, 0); err != nil && err != io.EOF {
			return err
		}
		if e.Name == name {
			data = change(data)
		}
		now, err := put(e.Name, data)
		if err != nil {
			return err
		}
		now.Rows = e.Rows
		was.Entries = append(was.Entries, now)
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(&was); err != nil {
		return err
	}
	data := text.Bytes()
	if name == manifestName {
		data = change(data)
	}
	e, err := put(manifestName, data)
	if err != nil {
		return err
	}
	_, err = put(sumsName, sums(&was, e))
	return err
}

func TestResealed(t *testing.T) {
	data := small(t)
	if got := sealedAgain(t, data, "", nil); !bytes.Equal(got, data) {
		t.Error("a case that was copied entry by entry is another one")
	}
}

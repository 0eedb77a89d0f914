package casefile

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/parquet-go/parquet-go"
)

// What a case holds beside values and documents could mislead whoever reads it with
// another program: an entry that nobody writes, a second value of one key, a footer
// whose bounds hide rows from a query, a comment of the zip. What cannot be made
// again is named.

// verifyRest names what of a case is none of its values and documents and does not
// follow from them.
func (f *File) verifyRest(documents []Document, differs func(Difference)) error {
	mark := Document{Name: markName, Write: func(w io.Writer, _ *Manifest) error { _, err := io.WriteString(w, markText); return err }}
	if err := f.verifyDocument(mark, differs); err != nil {
		return err
	}
	known := map[string]bool{markName: true}
	for _, d := range slices.Concat(guides, documents) {
		known[d.Name] = true
	}
	for _, t := range tables {
		known[t.name()+".parquet"] = true
	}
	for _, e := range f.Manifest.Entries {
		if !known[e.Name] {
			differs(Difference{e.Name, -1, "entry", "there", "none that this version knows"})
		}
	}
	if err := f.verifyManifestText(differs); err != nil {
		return err
	}
	err := f.eachTable(func(t table, file *parquet.File) error {
		f.verifyMetadata(t, file, differs)
		return guarded(t.name(), func() error { return f.verifyBounds(t.name(), file, differs) })
	})
	if err != nil {
		return err
	}
	for _, said := range f.in.unread {
		differs(Difference{"container", -1, said, "there", "nothing that export writes"})
	}
	return nil
}

// verifyManifestText compares the manifest with how its own values are written: a
// key that nobody knows, or one given twice, is read by some programs and not by us.
func (f *File) verifyManifestText(differs func(Difference)) error {
	m := f.Manifest
	if m.Tool.Name != toolName {
		differs(Difference{"manifest", -1, "tool", m.Tool.Name, toolName})
	}
	stored, err := f.Document(manifestName)
	if err != nil {
		return err
	}
	if m.Schema != Schema() { // an older one lacks keys; those that it has are known
		dec := json.NewDecoder(bytes.NewReader(stored))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&Manifest{}); err != nil {
			differs(Difference{"manifest", -1, "keys", err.Error(), "those that this version knows"})
		}
		return nil
	}
	var want bytes.Buffer
	if err := m.encode(&want); err != nil {
		return err
	}
	if !bytes.Equal(stored, want.Bytes()) {
		differs(Difference{"manifest", -1, "text", fmt.Sprintf("%d bytes", len(stored)), fmt.Sprintf("%d other bytes of the same values", want.Len())})
	}
	return nil
}

// verifyMetadata compares what a table says of itself with the manifest, as far as
// it says it: a case of an older schema describes its columns otherwise.
func (f *File) verifyMetadata(t table, file *parquet.File, differs func(Difference)) {
	want := map[string]string{}
	for _, kv := range f.Manifest.metadata(t) {
		want[kv[0]] = kv[1]
	}
	want["faultline.columns"], want["faultline.rows"] = describe(t), strconv.FormatInt(file.NumRows(), 10)
	for _, kv := range file.Metadata().KeyValueMetadata {
		value, known := want[kv.Key]
		ours := kv.Key == "faultline.columns" || kv.Key == "faultline.schema.version"
		if known && (kv.Value == value || ours && f.Manifest.Schema != Schema()) {
			continue
		}
		differs(Difference{t.name(), -1, "metadata " + kv.Key, clip(kv.Value), clip(value)})
	}
}

// clip is the beginning of a text, for a difference.
func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}

// verifyBounds compares what a footer says of the values of each column with the
// values: programs answer from it, and pass over groups of rows by it. Bounds of
// texts may be cut, as other writers do, but none may leave a value outside.
func (f *File) verifyBounds(name string, file *parquet.File, differs func(Difference)) error {
	for g, group := range file.RowGroups() {
		for c, chunk := range group.ColumnChunks() {
			said := file.Metadata().RowGroups[g].Columns[c].MetaData.Statistics
			b := boundsOf{kind: chunk.Type()}
			if err := b.read(chunk); err != nil {
				return err
			}
			column := file.Schema().Columns()[c][0]
			for _, one := range []struct {
				what string
				said []byte
				true parquet.Value
				sign int
			}{{"min", said.MinValue, b.least, -1}, {"max", said.MaxValue, b.most, 1}, {"min", said.Min, b.least, -1}, {"max", said.Max, b.most, 1}} {
				if !b.fits(one.said, one.true, one.sign) {
					differs(Difference{name, -1, "footer of " + column + ", " + one.what, clip(fmt.Sprintf("%q", one.said)), clip(one.true.String())})
				}
			}
			if said.NullCount != 0 && said.NullCount != b.nulls {
				differs(Difference{name, -1, "footer of " + column + ", nulls", fmt.Sprint(said.NullCount), fmt.Sprint(b.nulls)})
			}
		}
	}
	return nil
}

// boundsOf are the least and the greatest value of a column within a group of rows.
type boundsOf struct {
	kind        parquet.Type
	least, most parquet.Value
	nulls       int64
}

func (b *boundsOf) read(chunk parquet.ColumnChunk) error {
	pages := chunk.Pages()
	defer pages.Close()
	values := make([]parquet.Value, 1024)
	for {
		page, err := pages.ReadPage()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for in := page.Values(); ; {
			n, err := in.ReadValues(values)
			for _, v := range values[:n] {
				b.add(v)
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				return err
			}
		}
		parquet.Release(page)
	}
}

func (b *boundsOf) add(v parquet.Value) {
	switch {
	case v.IsNull():
		b.nulls++
		return
	case b.least.IsNull():
		b.least, b.most = v.Clone(), v.Clone()
	case b.kind.Compare(v, b.least) < 0:
		b.least = v.Clone()
	case b.kind.Compare(v, b.most) > 0:
		b.most = v.Clone()
	}
}

// fits says whether a bound is that of the values: the same, or of texts one beyond
// them. What is not said cannot be wrong.
func (b *boundsOf) fits(said []byte, value parquet.Value, sign int) bool {
	if len(said) == 0 || value.IsNull() {
		return len(said) == 0
	}
	kind := b.kind.Kind()
	if kind == parquet.ByteArray || kind == parquet.FixedLenByteArray {
		return sign*bytes.Compare(said, value.ByteArray()) >= 0
	}
	long := map[parquet.Kind]int{parquet.Boolean: 1, parquet.Int32: 4, parquet.Float: 4, parquet.Int64: 8, parquet.Double: 8}
	if len(said) != long[kind] {
		return false
	}
	return b.kind.Compare(kind.Value(said), value) == 0
}

// layout lists what of a zip is no entry and no list of entries: what stands before,
// between and behind them, comments, fields beside the name, another name where the
// entry itself begins, another time than that which every case has. What unpacks a
// case could show it.
func (c *Contents) layout(f io.ReaderAt, size int64, files []zipEntry, comment string) (said []string) {
	add := func(format string, args ...any) {
		if len(said) < maxEntries {
			said = append(said, fmt.Sprintf(format, args...))
		}
	}
	if comment != "" {
		add("comment %q", clip(comment))
	}
	at, list := int64(0), int64(0)
	for i, e := range files {
		begin := e.offset - int64(30+len(e.name))
		var head [30]byte
		if _, err := f.ReadAt(head[:], at); err != nil || string(head[:4]) != "PK\x03\x04" {
			add("bytes before %q", e.name)
		}
		n, extra := int64(binary.LittleEndian.Uint16(head[26:])), int64(binary.LittleEndian.Uint16(head[28:]))
		name := make([]byte, min(n, 1<<10))
		if _, err := f.ReadAt(name, at+30); err != nil || string(name) != e.name {
			add("another name where %q begins", e.name)
		}
		if begin-extra != at {
			add("bytes before %q", e.name)
		}
		if extra > maxExtra || len(e.extra) > maxExtra || e.comment != "" {
			add("more than a name of %q", e.name)
		}
		if !e.modified.Equal(stamp) {
			add("time of %q", e.name)
		}
		list += int64(46 + len(e.name) + len(e.extra) + len(e.comment))
		at = e.offset + e.size
		if next := c.nextHeader(f, at, i == len(files)-1); next >= 0 {
			at += next
		}
	}
	if end := at + list + 22; end != size && end+76 != size { // 76 of zip64's own ends
		add("%d bytes beside the entries", size-end)
	}
	return said
}

// nextHeader is how many bytes a data descriptor takes before what follows; -1 where
// nothing known follows.
func (c *Contents) nextHeader(f io.ReaderAt, at int64, last bool) int64 {
	want := "PK\x03\x04"
	if last {
		want = "PK\x01\x02"
	}
	var four [4]byte
	for _, n := range []int64{0, 16, 24} {
		if _, err := f.ReadAt(four[:], at+n); err == nil && string(four[:]) == want {
			return n
		}
	}
	return -1
}

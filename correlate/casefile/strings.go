package casefile

import (
	"bytes"
	"fmt"
	"io"
	"unicode"

	"github.com/parquet-go/parquet-go"
)

// Strings gives every text in a case that was finished: names of entries, the
// documents in pieces that overlap by overlap bytes, and of each table every
// value, dictionary, statistic and key with its value. where says which. The
// bytes are fn's until it returns. Texts are given as they are stored: what is
// no UTF-8 is escaped.
func (c *Contents) Strings(fn func(where string, text []byte) error) error {
	for _, e := range c.entries {
		if err := fn("name of an entry", []byte(e.name)); err != nil {
			return err
		}
		scan := document
		if isTable(e.name) {
			scan = tableStrings
		}
		if err := scan(e, fn); err != nil {
			return err
		}
	}
	return nil
}

func isTable(name string) bool {
	for _, t := range tables {
		if t.name()+".parquet" == name {
			return true
		}
	}
	return false
}

// Pieces of a document, which overlap so that no text of up to overlap bytes
// is cut.
const (
	piece   = 1 << 20
	overlap = 8 << 10
)

func document(e entry, fn func(string, []byte) error) error {
	buf := make([]byte, piece)
	for at := int64(0); at == 0 || at < e.size; at += piece - overlap {
		n, err := e.data.ReadAt(buf[:min(piece, e.size-at)], at)
		if err != nil && err != io.EOF {
			return err
		}
		if err := fn(e.name, buf[:n]); err != nil {
			return err
		}
		if at+piece >= e.size {
			break
		}
	}
	return nil
}

func tableStrings(e entry, fn func(string, []byte) error) error {
	f, err := openTable(e)
	if err != nil {
		return err
	}
	return guarded(e.name, func() error {
		meta := f.Metadata()
		for _, kv := range meta.KeyValueMetadata {
			if err := fn(e.name+" metadata", []byte(kv.Key+"="+kv.Value)); err != nil {
				return err
			}
		}
		if err := fn(e.name+" creator", []byte(meta.CreatedBy)); err != nil {
			return err
		}
		columns := f.Schema().Columns()
		for i, g := range f.RowGroups() {
			for j, c := range g.ColumnChunks() {
				where := e.name + " " + columns[j][0]
				s := &meta.RowGroups[i].Columns[j].MetaData.Statistics
				for _, b := range [][]byte{s.Min, s.Max, s.MinValue, s.MaxValue} {
					if err := fn(where+" statistics", b); err != nil {
						return err
					}
				}
				if c.Type().Kind() != parquet.ByteArray {
					continue
				}
				if err := columnStrings(where, c, fn); err != nil {
					return err
				}
			}
		}
		return indexStrings(e, f, fn)
	})
}

// columnStrings gives the dictionary and the plain values of a column.
func columnStrings(where string, c parquet.ColumnChunk, fn func(string, []byte) error) error {
	pages := c.Pages()
	defer pages.Close()
	var last parquet.Dictionary
	for {
		p, err := pages.ReadPage()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		data := p.Data()
		if d := p.Dictionary(); d != nil {
			if d == last {
				parquet.Release(p)
				continue
			}
			last, data = d, d.Page().Data()
		}
		text, offsets := data.ByteArray()
		for i := 1; i < len(offsets) && err == nil; i++ {
			err = fn(where, text[offsets[i-1]:offsets[i]])
		}
		parquet.Release(p)
		if err != nil {
			return err
		}
	}
}

// indexStrings gives the bounds in the page index.
func indexStrings(e entry, f *parquet.File, fn func(string, []byte) error) error {
	indexes, _, err := f.ReadPageIndex()
	if err != nil {
		return err
	}
	for i := range indexes {
		for _, list := range [][][]byte{indexes[i].MinValues, indexes[i].MaxValues} {
			for _, b := range list {
				if len(b) == parquet.DefaultColumnIndexSizeLimit {
					b = whole(b)
				}
				if err := fn(e.name+" page bounds", b); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// whole leaves the last word out of a bound that is cut, and its last byte, which is the
// next one in an upper bound: its column has the value itself.
func whole(bound []byte) []byte {
	bound = bound[:len(bound)-1]
	return bound[:bytes.LastIndexFunc(bound, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })+1]
}

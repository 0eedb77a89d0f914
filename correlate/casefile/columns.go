package casefile

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// group reads columns of one row group, each at once: the rows of a table of
// events are put together from a dozen arrays, not value by value.
type group struct {
	schema *parquet.Schema
	parquet.RowGroup
	rows int
}

func groupsOf(f *parquet.File) (out []group) {
	for _, g := range f.RowGroups() {
		out = append(out, group{f.Schema(), g, int(g.NumRows())})
	}
	return out
}

var errColumn = errors.New("not the column it should be")

// column finds a column of a kind; ok is false for one that the file lacks.
func (g *group) column(name string, kind parquet.Kind) (c parquet.ColumnChunk, optional, ok bool, err error) {
	leaf, ok := g.schema.Lookup(name)
	if !ok {
		return nil, false, false, nil
	}
	if leaf.MaxRepetitionLevel > 0 || leaf.MaxDefinitionLevel > 1 || leaf.Node.Type().Kind() != kind {
		return nil, false, false, fmt.Errorf("%s: %w", name, errColumn)
	}
	return g.ColumnChunks()[leaf.ColumnIndex], leaf.MaxDefinitionLevel == 1, true, nil
}

// read fills dst, one value a row, from the pages of a column. plain gives a
// page's values, dictionary those that its indexes mean. What is null is the
// zero value, and so is a column that is missing.
func read[T any](g *group, name string, kind parquet.Kind, dst []T, plain func(parquet.Page) []T) error {
	clear(dst)
	c, optional, ok, err := g.column(name, kind)
	if err != nil || !ok {
		return err
	}
	pages := c.Pages()
	defer pages.Close()
	var dictionary []T
	var of parquet.Dictionary
	for at := 0; at < len(dst); {
		p, err := pages.ReadPage()
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return fmt.Errorf("%s: %w", name, err)
		}
		n := int(p.NumValues())
		if n <= 0 || n > len(dst)-at {
			return fmt.Errorf("%s: %w", name, errColumn)
		}
		var levels []byte
		if optional {
			levels = p.DefinitionLevels()
		}
		if d := p.Dictionary(); d == nil {
			err = place(dst[at:at+n], levels, plain(p))
		} else {
			if d != of {
				of, dictionary = d, plain(d.Page())
			}
			data := p.Data()
			err = look(dst[at:at+n], levels, data.Int32(), dictionary)
		}
		parquet.Release(p)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		at += n
	}
	return nil
}

// place puts values where the levels say that there is one.
func place[T any](dst []T, levels []byte, values []T) error {
	if levels == nil {
		if len(values) != len(dst) {
			return errColumn
		}
		copy(dst, values)
		return nil
	}
	k := 0
	for i, l := range levels {
		if l == 0 {
			continue
		}
		if k >= len(values) || i >= len(dst) {
			return errColumn
		}
		dst[i] = values[k]
		k++
	}
	return nil
}

func look[T any](dst []T, levels []byte, indexes []int32, dictionary []T) error {
	if levels == nil && len(indexes) != len(dst) || len(levels) > len(dst) {
		return errColumn
	}
	k := 0
	for i := range dst {
		if levels != nil && (i >= len(levels) || levels[i] == 0) {
			continue
		}
		if k >= len(indexes) || uint(indexes[k]) >= uint(len(dictionary)) {
			return errColumn
		}
		dst[i] = dictionary[indexes[k]]
		k++
	}
	return nil
}

func (g *group) int64s(name string, dst []int64) error {
	return read(g, name, parquet.Int64, dst[:g.rows], func(p parquet.Page) []int64 { d := p.Data(); return d.Int64() })
}

func (g *group) int32s(name string, dst []int32) error {
	return read(g, name, parquet.Int32, dst[:g.rows], func(p parquet.Page) []int32 { d := p.Data(); return d.Int32() })
}

func (g *group) doubles(name string, dst []float64) error {
	return read(g, name, parquet.Double, dst[:g.rows], func(p parquet.Page) []float64 { d := p.Data(); return d.Double() })
}

// strings fills dst with what of makes of each text; of a dictionary's text it
// is asked once.
func texts[T any](g *group, name string, dst []T, of func([]byte) T) error {
	return read(g, name, parquet.ByteArray, dst[:g.rows], func(p parquet.Page) []T {
		d := p.Data()
		data, offsets := d.ByteArray()
		if len(offsets) == 0 {
			return nil
		}
		out := make([]T, len(offsets)-1)
		for i := range out {
			out[i] = of(data[offsets[i]:offsets[i+1]])
		}
		return out
	})
}

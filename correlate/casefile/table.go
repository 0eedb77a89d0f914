package casefile

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// table is one Parquet file of a case.
type table interface {
	// name is the file's, without its extension; doc says what a row is.
	name() string
	doc() string
	columns() []Column
	// write writes all rows, with kv as the file's metadata.
	write(w io.Writer, b *builder, kv [][2]string) (rows int64, err error)
	// diff compares what is stored with what b makes.
	diff(f *parquet.File, b *builder, differs func(Difference)) error
}

// Column is one column of a table, as docs/case.md and the table's own
// metadata describe it.
type Column struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Nullable bool   `json:"nullable"`
	Doc      string `json:"description"`
	// Follows says that it is made of other columns, for whoever reads the
	// table; the case is opened without it.
	Follows bool `json:"follows"`
}

// tableOf is a table whose rows are Ts.
type tableOf[T any] struct {
	file, about string
	rows        func(b *builder, emit func(*T) error) error
	sorted      string // the column that the rows ascend by, "" for none
}

// tables lists all of them in the order of the file.
var tables = []table{
	tableOf[sourceRow]{"sources", "what was read", (*builder).sources, "source_id"},
	tableOf[problemRow]{"problems", "lines that could not be read, the first 20 of each source", (*builder).problems, "source_id"},
	tableOf[streamRow]{"streams", "one life of one process as one source tells it: it has the clock", (*builder).streams, "stream_id"},
	tableOf[spanRow]{"spans", "when a stream was captured, and its pauses", (*builder).spans, "stream_id"},
	tableOf[volumeRow]{"volume", "how many lines a stream has in each minute", (*builder).volume, "stream_id"},
	tableOf[tieRow]{"ties", "lines that carry a stream's clock and a wall clock", (*builder).ties, "stream_id"},
	tableOf[factRow]{"facts", "what the dump states outside any event: versions, starts, limits", (*builder).facts, ""},
	tableOf[eventRow]{"events", "one thing that happened, as one line says it", (*builder).events, "event_id"},
	tableOf[lineRow]{"lines", "the line of each event; lines of no event are counted in sources", (*builder).lines, ""},
	tableOf[seriesRow]{"series", "metrics that were exported", (*builder).series, "series_id"},
	tableOf[sampleRow]{"samples", "their samples", (*builder).samples, "series_id"},
	tableOf[incidentRow]{"incidents", "bursts of failures", (*builder).incidents, ""},
	tableOf[evidenceRow]{"evidence", "what a conclusion rests on", (*builder).evidence, ""},
	tableOf[periodRow]{"periods", "whether something has a period", (*builder).periods, ""},
	tableOf[associationRow]{"associations", "how often one thing begins shortly after another", (*builder).associations, ""},
	tableOf[findingRow]{"findings", "what the rules say", (*builder).findings, ""},
	tableOf[noteRow]{"notes", "marks and notes of whoever looked at it", (*builder).notes, ""},
}

const (
	groupRows = 131_072
	pageBytes = 1 << 20
	batchRows = 1024
)

func (t tableOf[T]) name() string { return t.file }
func (t tableOf[T]) doc() string  { return t.about }

func (t tableOf[T]) write(w io.Writer, b *builder, kv [][2]string) (rows int64, err error) {
	options := []parquet.WriterOption{
		parquet.Compression(&parquet.Zstd), parquet.DataPageVersion(1), parquet.MaxRowsPerRowGroup(groupRows),
		parquet.PageBufferSize(pageBytes), parquet.CreatedBy("faultline", b.version, ""),
	}
	for _, c := range t.columns() {
		if c.Type == "string" { // else the least and greatest text stand in the footer, whole; the bounds of pages are cut
			options = append(options, parquet.SkipPageStatistics(c.Name))
		}
	}
	if t.sorted != "" {
		options = append(options, parquet.SortingWriterConfig(parquet.SortingColumns(parquet.Ascending(t.sorted))))
	}
	out := parquet.NewGenericWriter[T](w, options...)
	batch := make([]T, 0, batchRows)
	long := 0
	flush := func() error {
		n, err := out.Write(batch)
		rows += int64(n)
		clear(batch)
		batch, long = batch[:0], 0
		return err
	}
	err = t.rows(b, func(row *T) error {
		batch = append(batch, *row)
		if l, ok := any(row).(*lineRow); ok {
			long += len(l.Body)
		}
		if len(batch) == cap(batch) || long > pageBytes {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return rows, err
	}
	for _, p := range append(kv, [2]string{"faultline.columns", describe(t)}, [2]string{"faultline.rows", strconv.FormatInt(rows, 10)}) {
		out.SetKeyValueMetadata(p[0], p[1])
	}
	return rows, out.Close()
}

func describe(t table) string {
	out, _ := json.Marshal(t.columns())
	return string(out)
}

func (t tableOf[T]) columns() (out []Column) {
	of := reflect.TypeFor[T]()
	for i := range of.NumField() {
		f := of.Field(i)
		tag := strings.Split(f.Tag.Get("parquet"), ",")
		c := Column{Name: tag[0], Doc: f.Tag.Get("doc")}
		c.Doc, c.Follows = strings.CutPrefix(c.Doc, "= ")
		kind := f.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		c.Type = kind.Kind().String()
		for _, option := range tag[1:] {
			switch {
			case option == "optional":
				c.Nullable = true
			case strings.HasPrefix(option, "timestamp"):
				c.Type = "timestamp(us, UTC)"
			}
		}
		out = append(out, c)
	}
	return out
}

// Difference is a value that does not follow from what was read.
type Difference struct {
	Table string
	// Row from 0; -1 for the table as a whole.
	Row                     int64
	Column, Stored, Rebuilt string
}

// String is the difference in one line.
func (d Difference) String() string {
	if d.Row < 0 {
		return fmt.Sprintf("%s: %s: stored %s, rebuilt %s", d.Table, d.Column, d.Stored, d.Rebuilt)
	}
	return fmt.Sprintf("%s row %d, %s: stored %s, rebuilt %s", d.Table, d.Row, d.Column, d.Stored, d.Rebuilt)
}

func (t tableOf[T]) diff(f *parquet.File, b *builder, differs func(Difference)) error {
	in := &rowReader[T]{r: parquet.NewGenericReader[T](f), batch: make([]T, batchRows)}
	defer in.r.Close()
	row := int64(0)
	err := t.rows(b, func(want *T) error {
		got, err := in.next()
		if err != nil {
			return err
		}
		if got != nil {
			compare(t.file, row, got, want, differs)
		}
		row++
		return nil
	})
	if err != nil {
		return err
	}
	if stored := f.NumRows(); stored != row {
		differs(Difference{t.file, -1, "rows", strconv.FormatInt(stored, 10), strconv.FormatInt(row, 10)})
	}
	return nil
}

// rowReader gives a table's rows one by one.
type rowReader[T any] struct {
	r     *parquet.GenericReader[T]
	batch []T
	n, at int
	ended bool
}

// next is the following row, nil behind the last. It is good until the next call.
func (r *rowReader[T]) next() (*T, error) {
	if r.at == r.n {
		if r.ended {
			return nil, nil
		}
		clear(r.batch)
		n, err := r.r.Read(r.batch)
		r.n, r.at, r.ended = n, 0, err != nil
		if err != nil && err != io.EOF {
			return nil, err
		}
		if n == 0 {
			return nil, nil
		}
	}
	r.at++
	return &r.batch[r.at-1], nil
}

// compare finds the columns in which two rows differ.
func compare[T any](table string, row int64, stored, rebuilt *T, differs func(Difference)) {
	a, b := reflect.ValueOf(stored).Elem(), reflect.ValueOf(rebuilt).Elem()
	for i := range a.NumField() {
		if x, y := a.Field(i), b.Field(i); !same(x, y) {
			name, _, _ := strings.Cut(a.Type().Field(i).Tag.Get("parquet"), ",")
			differs(Difference{table, row, name, shown(x), shown(y)})
		}
	}
}

// same compares two values of a row; numbers that are none bit by bit.
func same(x, y reflect.Value) bool {
	if x.Kind() == reflect.Pointer {
		if x.IsNil() || y.IsNil() {
			return x.IsNil() == y.IsNil()
		}
		x, y = x.Elem(), y.Elem()
	}
	if x.Kind() == reflect.Float64 {
		return math.Float64bits(x.Float()) == math.Float64bits(y.Float())
	}
	return x.Equal(y)
}

// shown is a value in words, bit by bit for numbers that are none.
func shown(v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return "null"
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		return strconv.Quote(v.String())
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	}
	return fmt.Sprint(v.Interface())
}

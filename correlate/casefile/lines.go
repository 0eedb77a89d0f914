package casefile

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"sync"

	"github.com/parquet-go/parquet-go"

	"faultline/parse"
)

// ErrLeftOut is given for a line whose text is not in the case.
var ErrLeftOut = errors.New("its text is not in the case")

// lineIndex finds the row of a line. Rows are in the order of the events, so
// that whoever walks the timeline reads the pages one after the other.
type lineIndex struct {
	mu      sync.Mutex
	sources [][]lineAt // by source, in ascending offset
	texts   *textColumn
	unread  *textColumn
}

// lineAt is where a source's line is.
type lineAt struct {
	off int64
	row uint32
	len uint32
}

// Line gives the text at a reference into one of the case's sources.
func (f *File) Line(c *parse.Capture, r parse.Ref) (text []byte, err error) {
	x, err := f.index()
	if err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	row, ok := x.find(r)
	if !ok {
		return nil, fmt.Errorf("%s:%d: %w", c.Sources[r.Source].Path, r.Line, ErrLeftOut)
	}
	why := ""
	err = guarded("lines", func() (err error) {
		if x.unread != nil {
			if why, err = x.unread.at(row); err != nil || why != "" {
				return err
			}
		}
		s, err := x.texts.at(row)
		text = []byte(decode(s))
		return err
	})
	if err == nil && why != "" { // in the words of the export, so that both say the same
		err = errors.New(decode(why))
	}
	return text, err
}

// index is made when the first line is asked for.
func (f *File) index() (*lineIndex, error) {
	f.once.Do(func() { f.lines, f.broken = f.in.index() })
	return f.lines, f.broken
}

func (x *lineIndex) find(r parse.Ref) (row int64, ok bool) {
	if int(r.Source) >= len(x.sources) {
		return 0, false
	}
	list := x.sources[r.Source]
	i := sort.Search(len(list), func(i int) bool { return list[i].off >= r.Off })
	for j := i; j < len(list) && list[j].off == r.Off; j++ {
		if list[j].len == r.Len {
			return int64(list[j].row), true
		}
	}
	if i < len(list) && list[i].off == r.Off {
		return int64(list[i].row), true
	}
	return 0, false
}

// index lists where the lines are.
func (r *restorer) index() (*lineIndex, error) {
	f, err := r.table("lines")
	if err != nil {
		return nil, err
	}
	x := &lineIndex{sources: make([][]lineAt, len(r.c.Sources))}
	if f == nil {
		return x, nil
	}
	err = guarded("lines", func() error {
		var ids []int32
		var offs, lens []int64
		row := int64(0)
		for _, g := range groupsOf(f) {
			ids, offs, lens = grown(ids, g.rows), grown(offs, g.rows), grown(lens, g.rows)
			if err := errors.Join(g.int32s("source_id", ids), g.int64s("byte_offset", offs), g.int64s("line_bytes", lens)); err != nil {
				return err
			}
			for i := range g.rows {
				if uint(ids[i]) >= uint(len(x.sources)) {
					return errRefers
				}
				x.sources[ids[i]] = append(x.sources[ids[i]], lineAt{offs[i], uint32(row), uint32(lens[i])})
				row++
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, list := range x.sources {
		slices.SortFunc(list, func(a, b lineAt) int { return cmp.Or(cmp.Compare(a.off, b.off), cmp.Compare(a.row, b.row)) })
	}
	x.texts, x.unread = newTextColumn(f, "body"), newTextColumn(f, "unread")
	return x, nil
}

// textColumn gives single values of a column of text. It keeps the pages that
// were asked for last.
type textColumn struct {
	name   string
	groups []group
	first  []int64    // row of each group
	recent []textPage // most recent first
}

type textPage struct {
	from, to int64
	values   []string
	bytes    int // of the values, with what holds them
}

// recentBytes is how much text is kept, besides the page that was asked for
// last. A page is a mebibyte, unless somebody means harm.
const recentBytes = 16 << 20

func newTextColumn(f *parquet.File, name string) *textColumn {
	t := &textColumn{name: name, groups: groupsOf(f)}
	row := int64(0)
	for i := range t.groups {
		t.first = append(t.first, row)
		row += int64(t.groups[i].rows)
	}
	return t
}

// at gives the value of a row, "" where it is null or the column is missing.
func (t *textColumn) at(row int64) (string, error) {
	for i := range t.recent {
		if p := t.recent[i]; row >= p.from && row < p.to {
			if i > 0 {
				copy(t.recent[1:i+1], t.recent[:i])
				t.recent[0] = p
			}
			return p.values[row-p.from], nil
		}
	}
	g := sort.Search(len(t.first), func(i int) bool { return t.first[i] > row }) - 1
	if g < 0 || row-t.first[g] >= int64(t.groups[g].rows) {
		return "", errRefers
	}
	p, err := t.page(g, row-t.first[g])
	if err != nil {
		return "", err
	}
	t.keep(p)
	if row < p.from || row >= p.to {
		return "", errColumn
	}
	return p.values[row-p.from], nil
}

// keep puts a page first, and drops those that are one too many.
func (t *textColumn) keep(p textPage) {
	t.recent = slices.Insert(t.recent, 0, p)
	bytes := p.bytes
	for i, old := range t.recent[1:] {
		if bytes += old.bytes; bytes > recentBytes {
			clear(t.recent[i+1:])
			t.recent = t.recent[:i+1]
			return
		}
	}
}

// page reads the page of a row of a group.
func (t *textColumn) page(number int, row int64) (textPage, error) {
	g := &t.groups[number]
	c, optional, ok, err := g.column(t.name, parquet.ByteArray)
	if err != nil {
		return textPage{}, err
	}
	if !ok {
		return textPage{t.first[number], t.first[number] + int64(g.rows), make([]string, g.rows), 16 * g.rows}, nil
	}
	pages := c.Pages()
	defer pages.Close()
	from, err := pageStart(c, row)
	if err == nil {
		err = pages.SeekToRow(from)
	}
	if err != nil {
		return textPage{}, err
	}
	p, err := pages.ReadPage()
	if err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return textPage{}, err
	}
	defer parquet.Release(p)
	out := textPage{from: t.first[number] + from, values: make([]string, p.NumValues())}
	out.to = out.from + int64(len(out.values))
	var levels []byte
	if optional {
		levels = p.DefinitionLevels()
	}
	data := p.Data()
	out.bytes = int(p.Size()) + 16*len(out.values)
	if d := p.Dictionary(); d != nil {
		out.bytes += int(d.Page().Size())
		words := d.Page().Data()
		return out, look(out.values, levels, data.Int32(), stringsOf(words.ByteArray()))
	}
	return out, place(out.values, levels, stringsOf(data.ByteArray()))
}

// pageStart is the first row of the page that a row of a group is in, by the
// index that the file has of its pages.
func pageStart(c parquet.ColumnChunk, row int64) (int64, error) {
	x, err := c.OffsetIndex()
	if err != nil {
		return 0, err
	}
	i := sort.Search(x.NumPages(), func(i int) bool { return x.FirstRowIndex(i) > row }) - 1
	if i < 0 {
		return 0, errColumn
	}
	return x.FirstRowIndex(i), nil
}

// stringsOf copies a page's texts, which share its memory, at once.
func stringsOf(data []byte, offsets []uint32) []string {
	if len(offsets) == 0 {
		return nil
	}
	text := string(data)
	out := make([]string, len(offsets)-1)
	for i := range out {
		out[i] = text[offsets[i]:offsets[i+1]]
	}
	return out
}

package parse

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"faultline/parse/lex"
)

// maxRecordLines bounds how many lines of a source one record may take.
const maxRecordLines = 1000

// records decides how a source is read that is a document with records in it,
// and says whether it is one of which some format can read the lines.
func (p *plan) records(head []byte) bool {
	for _, w := range p.all {
		if w.Items == nil {
			continue
		}
		items := w.Items(head)
		if items == nil {
			continue
		}
		var lines [][]byte
		enough := errors.New("enough")
		items(bytes.NewReader(head), func(it Item) error { // of a head, which ends in the middle
			lines = append(lines, slices.Clone(it.Text))
			if len(lines) == headLines {
				return enough
			}
			return nil
		})
		t := p.chain(lines)
		if t.total == 0 {
			p.wrappers = nil
			continue
		}
		p.items = items
		p.first(t)
		p.newest = p.descends(lines, false)
		return true
	}
	return false
}

// open is how the outermost wrapper says that a record goes on in the next line,
// nil where none does.
func (p *plan) open() func(text, next []byte) bool {
	if len(p.wrappers) == 0 {
		return nil
	}
	return p.wrappers[0].Open
}

// rows are the lines of a source with those of one record joined.
func (p *plan) rows(lines [][]byte) (out [][]byte) {
	open := p.open()
	if open == nil {
		return lines
	}
	for i := 0; i < len(lines); i++ {
		row := lines[i]
		for n := 1; i+1 < len(lines) && n < maxRecordLines && open(row, lines[i+1]); n++ {
			i++
			row = append(append(row[:len(row):len(row)], '\n'), lines[i]...)
		}
		out = append(out, row)
	}
	return out
}

// row is the length of the record at the beginning of data, whose first line
// takes n bytes, and of how many lines it is more.
func (p *plan) row(data []byte, n int) (size, more int) {
	open := p.open()
	if open == nil {
		return n, 0
	}
	for n < len(data) && more < maxRecordLines && n < MaxLine {
		next := data[n:]
		if i := bytes.IndexByte(next, '\n'); i >= 0 {
			next = next[:i+1]
		}
		if !open(bytes.TrimSuffix(data[:n], []byte{'\n'}), bytes.TrimSuffix(next, []byte{'\n'})) {
			break
		}
		n, more = n+len(next), more+1
	}
	return n, more
}

// lastRow is where the last record of data begins, if more of it may follow; -1
// if it is whole.
func (p *plan) lastRow(data []byte) int {
	open := p.open()
	if open == nil {
		return -1
	}
	for from := 0; from < len(data); {
		n := bytes.IndexByte(data[from:], '\n') + 1
		if n == 0 {
			n = len(data) - from
		}
		n, more := p.row(data[from:], n)
		if from+n == len(data) && more < maxRecordLines && n < MaxLine && open(bytes.TrimSuffix(data[from:], []byte{'\n'}), nil) {
			return from
		}
		from += n
	}
	return -1
}

// readings are the ways to read a line: as the lines of the text in its record,
// or as the record.
func (p *plan) readings(text []byte, of *Prefix) [][]byte {
	out := make([][]byte, 0, 3)
	for line := range bytes.Lines(text) {
		if line = lex.TrimEOL(bytes.TrimSuffix(line, []byte{'\n'})); len(out) < headLines {
			out = append(out, line)
		}
	}
	for _, w := range of.Else {
		if w != nil {
			out = append(out, w)
		}
	}
	return out
}

// recorded says whether lines are taken out of records.
func (p *plan) recorded() bool {
	return slices.ContainsFunc(p.wrappers, func(w *Wrapper) bool { return w.Record })
}

// several has the lines read that a record holds, and where none of them says
// anything the record itself. They are one line of the source, and counted as
// what the best of them is.
func (p *plan) several(b *Batch, l *Line, raw []byte) {
	before, best, rank := b.Counts, b.Counts, -1
	rankOf := func(c *Counts) int {
		switch {
		case c.Events > before.Events:
			return 2
		case c.Unparsed > before.Unparsed:
			return 1
		}
		return 0
	}
	read := func(one Line) {
		b.Counts = before
		p.line(b, &one, raw)
		if r := rankOf(&b.Counts); r > rank {
			best, rank = b.Counts, r
		}
	}
	one := *l
	one.Prefix.Else = [2][]byte{}
	for line := range bytes.Lines(l.Text) {
		one.Text = lex.TrimEOL(bytes.TrimSuffix(line, []byte{'\n'}))
		read(one)
	}
	for _, w := range l.Prefix.Else {
		if one.Text = w; w != nil && rank < 2 {
			read(one)
		}
	}
	b.Counts = best
}

// items reads the records of a document.
func (r *reader) items(id uint32, p *plan, in io.Reader, s *Stitcher) error {
	b := NewBatch(p.keep, false)
	d := newCounter(in)
	var held []Item
	size := int64(0)
	err := p.items(d, func(it Item) error {
		if size += int64(len(it.Raw)); p.newest && size < maxNewest {
			it.Raw, it.Prefix = slices.Clone(it.Raw), it.Prefix.clone()
			it.Text = slices.Clone(it.Text)
			held = append(held, it)
		} else {
			p.item(b, &it)
		}
		return r.ctx.Err()
	})
	for i := range slices.Backward(held) {
		p.item(b, &held[i])
	}
	return r.closed(id, d, b, s, err)
}

// clone is a prefix whose texts are its own.
func (p Prefix) clone() Prefix {
	for _, t := range []*[]byte{&p.Stream, &p.Namespace, &p.Pod, &p.Container, &p.Node} {
		*t = slices.Clone(*t)
	}
	p.Else = [2][]byte{}
	return p
}

// item reads one record of a document.
func (p *plan) item(b *Batch, it *Item) {
	b.Counts.Lines++
	l := Line{No: it.Line, Off: it.Off, Len: uint32(len(it.Raw)), Prefix: it.Prefix, zone: p.zone, seen: &p.seen}
	l.Text = lex.StripANSI(p.unwrap(it.Text, &l.Prefix))
	p.one(b, &l, it.Raw, nil)
}

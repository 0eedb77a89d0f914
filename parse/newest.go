package parse

import (
	"bytes"
	"io"
	"slices"
	"sort"

	"faultline/parse/lex"
)

// Consoles of log stores (CloudWatch, Kibana, Azure, Grafana) export the
// newest line first. Read as it stands, an uptime that falls line by line
// would be a restart on every line.

// maxNewest is how much of such a source is held, to be read from its end;
// variable so that a test need not hold as much.
var maxNewest int64 = 256 << 20

const (
	// fallsAtLeast and fallsPerRise say when the lines of a head descend: a
	// dump that merely holds a few restarts rises far more often.
	fallsAtLeast = 3
	fallsPerRise = 8
)

// descends says whether the times of a source's first lines run backwards: the
// stamps before them, or their own. all: these are the lines of all of it,
// where a single step down between stamps is enough.
func (p *plan) descends(lines [][]byte, all bool) bool {
	type clock struct {
		stamp, local bool
		own          Clock
	}
	last := map[clock]Time{}
	b := NewBatch(false, p.pasted)
	falls, rises, stamped := 0, 0, false
	for i, raw := range lines {
		if rises > 0 && falls+len(lines)-i < max(fallsAtLeast, fallsPerRise*rises) {
			return false // whatever the rest does
		}
		l := Line{No: 1}
		l.Text = p.strip(lex.TrimEOL(raw), &l.Prefix)
		if !p.offer(b, &l, raw) && !(p.pasted && p.retry(b, &l, raw)) && !l.Prefix.HasStamp && !l.Prefix.HasLocal {
			continue
		}
		var c clock
		var at Time
		half := Time(l.Prefix.Grain.Width() / 2) // a stamp may lack the zeros at its end
		switch {
		case l.Prefix.HasStamp:
			c, at = clock{stamp: true}, l.Prefix.Stamp-half
		case l.Prefix.HasLocal:
			c, at = clock{local: true}, l.Prefix.Local-half
		case b.seg >= 0 && b.Segments[b.seg].Stamped && b.Segments[b.seg].Clock != ClockAge:
			c, at = clock{own: b.Segments[b.seg].Clock}, b.Segments[b.seg].Last
		default:
			continue
		}
		stamped = stamped || c.own == ClockNone
		if before, ok := last[c]; ok && at < before {
			falls++
		} else if ok && at > before {
			rises++
		}
		last[c] = at
	}
	p.stamped = stamped
	return falls >= fallsAtLeast && falls >= fallsPerRise*rises || all && stamped && falls > 0 && rises == 0
}

// newestFirst reads a source from its last line to its first. One too large to
// be held is read as it stands.
func (r *reader) newestFirst(id uint32, p *plan, in io.Reader, s *Stitcher) error {
	var data bytes.Buffer
	_, err := io.Copy(&data, io.LimitReader(in, maxNewest+1))
	if int64(data.Len()) > maxNewest {
		s.problems = append(s.problems, Problem{Text: "the newest line comes first, and more than 256 MiB cannot be turned round: " +
			"sort it by time, or processes may seem to restart on every line"})
		return r.sequential(id, p, io.MultiReader(&data, in), s)
	}
	b := NewBatch(p.keep, p.pasted)
	p.turned(b, data.Bytes())
	s.Add(id, b)
	if err == nil {
		err = r.ctx.Err()
	}
	return err
}

// turn is a source whose rows were put in the opposite order. A row is a line
// with a time and the lines behind it that have none.
type turn struct {
	data []byte // the rows, turned
	// Of each line of data: where it begins there, and its place in the source.
	at, off []int64
	size    []uint32
	no      []uint32
}

// turned reads all of a source that has its newest line first, and puts what
// was found at its place in the source as it stands.
func (p *plan) turned(b *Batch, data []byte) {
	t := p.turn(data)
	p.lines(b, piece{data: t.data})
	t.settle(b)
	b.Bytes = int64(len(data))
}

// turn puts the rows of data in the opposite order.
func (p *plan) turn(data []byte) *turn {
	type row struct{ from, to, line int }
	var rows []row
	no, at := 0, 0
	for line := range bytes.Lines(data) {
		no++
		if len(rows) == 0 || p.dated(bytes.TrimSuffix(line, []byte{'\n'})) {
			rows = append(rows, row{at, at, no})
		}
		at += len(line)
		rows[len(rows)-1].to = at
	}
	t := &turn{data: make([]byte, 0, len(data)+1)}
	for _, r := range slices.Backward(rows) {
		off, no := r.from, r.line
		for line := range bytes.Lines(data[r.from:r.to]) {
			t.at = append(t.at, int64(len(t.data)))
			t.off, t.no = append(t.off, int64(off)), append(t.no, uint32(no))
			t.data = append(t.data, line...)
			off, no = off+len(line), no+1
			line = bytes.TrimSuffix(line, []byte{'\n'})
			t.size = append(t.size, uint32(len(line)))
			if t.data[len(t.data)-1] != '\n' {
				t.data = append(t.data, '\n')
			}
		}
	}
	return t
}

// dated says whether a line begins a row: it has a stamp, or none of the lines
// of this source have one.
func (p *plan) dated(line []byte) bool {
	if !p.stamped {
		return true
	}
	var pre Prefix
	p.strip(lex.TrimEOL(line), &pre)
	return pre.HasStamp || pre.HasLocal
}

// place is where the text that begins on a line of the turned data, and is
// size bytes long, stands in the source. A line that was split has its parts
// in the opposite order there, and begins at its last one.
func (t *turn) place(line, size uint32) (no uint32, off int64) {
	i := int(line) - 1
	no, off = t.no[i], t.off[i]
	for n := t.size[i]; n < size && i+1 < len(t.no); n += 1 + t.size[i] {
		i++
		no, off = min(no, t.no[i]), min(off, t.off[i])
	}
	return no, off
}

// settle moves everything that a batch refers to from the turned data to the
// source.
func (t *turn) settle(b *Batch) {
	move := func(r *Ref) { r.Line, r.Off = t.place(r.Line, r.Len) }
	for i := range b.Segments {
		g := &b.Segments[i]
		first, last := t.no[g.FirstLine-1], t.no[g.LastLine-1]
		g.FirstLine, g.LastLine = min(first, last), max(first, last)
		if g.Tied {
			move(&g.Tie.Ref)
			move(&g.Late.Ref)
		}
	}
	for i := range b.Events {
		e := &b.Events[i]
		e.Line, e.Off = t.place(e.Line, e.Len)
		g := &b.Segments[e.Stream]
		g.FirstLine, g.LastLine = min(g.FirstLine, e.Line), max(g.LastLine, e.Line)
	}
	for i := range b.Facts {
		move(&b.Facts[i].Ref)
	}
	for i := range b.Series {
		move(&b.Series[i].Ref)
	}
	for i := range b.Problems {
		if n := b.Problems[i].Line; n > 0 {
			b.Problems[i].Line = t.no[n-1]
		}
	}
	t.keep(b)
}

// keep gives the kept lines their offsets in the source.
func (t *turn) keep(b *Batch) {
	for i, k := range b.keptAt {
		line := sort.Search(len(t.at), func(i int) bool { return t.at[i] > k.off })
		_, b.keptAt[i].off = t.place(uint32(line), k.size)
	}
}

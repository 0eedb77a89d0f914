package parse

import (
	"bytes"

	"faultline/parse/lex"
)

// A container runtime cuts a long line into parts and marks all but the last.
// Each of a container's streams is cut on its own, and the file has their parts
// in the order of writing, so what stands between two parts may be a line of
// the other stream, or of another pod (kubernetes/cri-api "CRI container log
// format"; moby daemon/logger/copier.go).

// partGap is how many lines may stand from one part to the next. The parts of
// a line are written at once; a bound lets a source be cut, and a part whose
// end never comes be read.
const partGap = 64

// sameStream says whether two lines are of one stream of one container.
func (p *Prefix) sameStream(o *Prefix) bool {
	return bytes.Equal(p.Stream, o.Stream) && bytes.Equal(p.Pod, o.Pod) && bytes.Equal(p.Container, o.Container) &&
		bytes.Equal(p.Namespace, o.Namespace)
}

// splitLine is a line whose parts are being collected.
type splitLine struct {
	line     Line
	text     []byte
	from, to int // in the piece
	lines    uint64
	last     uint32 // number of the latest part's line
}

// parts are the lines of a piece that are not yet whole, the first begun first.
type parts struct{ open []splitLine }

// take collects a line that is a part, or that ends one, and says so. A line
// that became whole is given to read.
func (s *parts) take(l *Line, text []byte, from, to int, b *Batch, read func(*splitLine)) bool {
	for i := range s.open {
		o := &s.open[i]
		if !o.line.Prefix.sameStream(&l.Prefix) {
			continue
		}
		o.text = append(o.text, text...)
		o.to, o.last = to, l.No
		o.lines++
		b.held++
		if !l.Prefix.Partial || o.to-o.from >= MaxLine {
			s.whole(i, b, read)
		}
		return true
	}
	if !l.Prefix.Partial || to-from >= MaxLine {
		return false
	}
	s.open = append(s.open, splitLine{line: *l, text: bytes.Clone(text), from: from, to: to, lines: 1, last: l.No})
	b.held++
	return true
}

// whole takes a line out of those that are open and gives it to read.
func (s *parts) whole(i int, b *Batch, read func(*splitLine)) {
	o := s.open[i]
	s.open = append(s.open[:i:i], s.open[i+1:]...)
	b.held -= o.lines
	o.line.Len = uint32(o.to - o.from)
	read(&o)
}

// late reads the parts whose end did not come up to line no, or at all.
func (s *parts) late(no uint32, end bool, b *Batch, read func(*splitLine)) {
	for i := 0; i < len(s.open); {
		if end || no-s.open[i].last >= partGap {
			s.whole(i, b, read)
			continue
		}
		i++
	}
}

// goesOn finds the last line of buf of whose stream more is to come, -1 when
// there is none.
func (p *plan) goesOn(buf []byte) int {
	if start := p.openObject(buf); start >= 0 || len(p.wrappers) == 0 {
		return start
	}
	if start := p.lastRow(buf); start >= 0 {
		return start
	}
	var seen []Prefix
	for n, end := 0, len(buf); n < partGap && end > 0; n++ {
		start := bytes.LastIndexByte(buf[:end-1], '\n') + 1
		var pre Prefix
		p.strip(lex.TrimEOL(buf[start:end-1]), &pre)
		known := false
		for i := range seen {
			known = known || seen[i].sameStream(&pre)
		}
		if !known && pre.Partial {
			return start
		}
		if !known {
			seen = append(seen, pre)
		}
		end = start
	}
	return -1
}

// Unwrap takes the wrappers of a source off an event's text, which may be
// several physical lines: those that a container runtime split are joined, with
// what stands between them left out; those of a document stay lines.
func Unwrap(wrappers []*Wrapper, text []byte) []byte {
	p := plan{wrappers: wrappers}
	if p.recorded() && wrappers[0].Record {
		var pre Prefix
		if rest, ok := wrappers[0].Strip(text, &pre); ok {
			p.wrappers = wrappers[1:]
			return p.strip(rest, &pre)
		}
	}
	type line struct {
		prefix Prefix
		text   []byte
	}
	var lines []line
	split := false
	for raw := range bytes.Lines(text) {
		var l line
		l.text = p.strip(lex.TrimEOL(bytes.TrimSuffix(raw, []byte{'\n'})), &l.prefix)
		lines = append(lines, l)
		split = split || l.prefix.Partial
	}
	if n := len(lines) - 1; split && !lines[0].prefix.Partial { // the newest line comes first
		for i := 0; i < n-i; i++ {
			lines[i], lines[n-i] = lines[n-i], lines[i]
		}
	}
	var out []byte
	for i, l := range lines {
		switch {
		case split && !l.prefix.sameStream(&lines[0].prefix):
			continue
		case !split && i > 0:
			out = append(out, '\n')
		}
		out = append(out, l.text...)
		if split && !l.prefix.Partial {
			break
		}
	}
	return out
}

package parse

import (
	"bytes"
	"encoding/binary"
	"slices"

	"faultline/parse/lex"
)

// unknown tells, in a source of whose head nothing is any format's, which lines
// need not be read: those that look as lines of the head did, and hold the
// needle of no format.
type unknown struct {
	looks   map[uint64]bool
	needles *needles
	formats []*Format
	// noting are the formats that may remember something of a line which is not
	// theirs, as a table's that is told whose it is by a line before it.
	noting uint64
	// hints says that those of a [Format.Stranger] are among the needles.
	hints bool
}

const (
	// unknownLines is how many lines a head must have at least to tell how the
	// rest of a source looks.
	unknownLines = 100
	// learntAfter is how many lines of a look that the head did not have must
	// be no format's before the others of a piece are passed over.
	learntAfter = 4
	neverLearnt = 255
)

// newUnknown learns what the lines of a head look like.
func newUnknown(lines [][]byte, n *needles, formats []*Format) *unknown {
	u := &unknown{looks: make(map[uint64]bool, 16), needles: n, formats: formats}
	for i, f := range formats {
		u.hints = u.hints || f.Stranger
		if f.Whole && len(f.Needles) == 0 && i < maxOwners {
			u.noting |= 1 << i
		}
	}
	for _, line := range lines {
		u.looks[lookOf(lex.StripANSI(lex.TrimEOL(line)))] = true
	}
	return u
}

// passer is an unknown at work on one piece. A line behind one that some format
// took is read as well: rows of a table may hold no needle.
type passer struct {
	*unknown
	plan     plan
	recorded bool // a line may be a record of several
	seek     seeker
	near     bool
	seen     map[uint64]uint8 // looks that the head did not have
	some     map[uint64][]*Format
	scratch  *Batch
	try      Line
	last     uint64 // a look that passes, as most lines have the same
	any      bool
	look     uint64 // of the line that is read, if it may be learnt from
	learns   bool
}

// passing is what tells which lines of a piece need not be read; nil when all
// are.
func (p *plan) passing(data []byte) *passer {
	table := slices.ContainsFunc(p.wrappers, func(w *Wrapper) bool { return w.Made != "" }) // whose columns say whose each line is
	if p.every || p.others || p.unknown == nil || table {
		return nil
	}
	return &passer{unknown: p.unknown, plan: *p, recorded: p.recorded(), seek: p.unknown.needles.seek(data)}
}

// unread counts a line that need not be read, without reading it; false when it
// has to be read.
func (u *passer) unread(p *plan, b *Batch, l *Line, raw []byte, held, plain bool) bool {
	u.learns = false
	l.Text, l.Len = lex.TrimEOL(raw), uint32(len(raw))
	if len(l.Text) == 0 || l.Text[0] <= ' ' && len(bytes.TrimSpace(l.Text)) == 0 {
		b.Counts.Other++
		return true
	}
	if len(raw) > MaxLine || u.near {
		return false
	}
	if !plain { // a needle may have had colours in it
		text := lex.StripANSI(l.Text)
		held = held || len(text) < len(l.Text) && u.needles.in(text)
		l.Text = text
	}
	switch {
	case held:
		if u.taken(l, raw) {
			return false
		}
	case !u.passes(l.Text):
		return false
	default:
		l.hintless = u.hints
	}
	switch bare := u.bare(p, l, raw, plain); {
	case !bare:
		l.Prefix, l.hintless = Prefix{}, false
		return false
	case len(bytes.TrimSpace(l.Text)) == 0:
		b.Counts.Other++
		return true
	}
	if !p.rescue(b, l, raw) && !p.strange(b, l, raw) {
		why := notRecognised
		if held && len(b.Problems) < maxProblems && holdsNeedle(l.Text, p.formats) {
			why = notUnderstood
		}
		p.unparsed(b, l, raw, why)
		b.prose++
	}
	return true
}

// bare takes off a line what stands before those of its source; false for one that is
// a part of a line, or several.
func (u *passer) bare(p *plan, l *Line, raw []byte, plain bool) bool {
	if len(p.wrappers) == 0 {
		return true
	}
	l.Text = p.unwrap(lex.TrimEOL(raw), &l.Prefix)
	if !plain {
		l.Text = lex.StripANSI(l.Text)
	}
	return !l.Prefix.Partial && !(u.recorded && bytes.IndexByte(l.Text, '\n') >= 0)
}

// passes says whether lines of this look need not be read.
func (u *passer) passes(text []byte) bool {
	look := lookOf(text)
	if u.any && look == u.last {
		return true
	}
	if u.looks[look] || u.seen[look] >= learntAfter && u.seen[look] != neverLearnt {
		u.last, u.any = look, true
		return true
	}
	u.look, u.learns = look, true
	return false
}

// learn is told whether some format took the line that was read.
func (u *passer) learn(taken bool) {
	u.near = taken
	if !u.learns {
		return
	}
	if u.seen == nil {
		u.seen = map[uint64]uint8{}
	}
	switch n := u.seen[u.look]; {
	case taken:
		u.seen[u.look] = neverLearnt
	case n < learntAfter:
		u.seen[u.look] = n + 1
	}
}

// taken says whether some format of which the line holds a needle would take it.
// It is asked before the line is read, since that shows it to all the others too.
func (u *passer) taken(l *Line, raw []byte) bool {
	owners := u.needles.owners(l.Text)
	if owners&u.noting != 0 {
		return true
	}
	some, ok := u.some[owners]
	if !ok {
		for i, f := range u.formats {
			if !f.Stranger && (i >= maxOwners || owners>>i&1 != 0) {
				some = append(some, f)
			}
		}
		if u.some == nil {
			u.some = map[uint64][]*Format{}
		}
		u.some[owners] = some
	}
	if len(some) == 0 {
		return false
	}
	if u.scratch == nil {
		u.scratch = NewBatch(false, false)
	}
	u.plan.formats, u.plan.after, u.plan.stranger = some, nil, nil
	u.try = *l
	if !u.plan.offer(u.scratch, &u.try, raw) && !u.plan.retry(u.scratch, &u.try, raw) {
		return false
	}
	u.scratch = nil
	return true
}

const (
	// lookMarks is how many marks make the look of a line.
	lookMarks = 6
	// lookColumn is how far the end of a table's or page's first column is
	// looked for.
	lookColumn = 100
	// lookFar is how far the marks of a line are looked for: what follows tells a
	// message, and no longer whose line it is.
	lookFar = 96
)

// lookOf says what a line looks like: the marks at its beginning, words and
// numbers being the same, and its first word if a mark ends it. Of tables and
// pages, which have columns, it is all of the first one but its digits.
func lookOf(line []byte) uint64 {
	if n := columnEnd(line[:min(len(line), lookColumn)]); n > 0 {
		look := uint64(fnvOffset)
		for _, c := range line[:n] {
			if c-'0' <= 9 {
				c = '0'
			}
			look = (look ^ uint64(c)) * fnvPrime
		}
		return look
	}
	look, i := uint64(fnvOffset), 0
	for i < len(line) && lookClass[line[i]] == lookLetter {
		look = (look ^ uint64(line[i])) * fnvPrime
		i++
	}
	if i < len(line) && lookClass[line[i]] == lookWord && line[i] != ':' {
		look = fnvOffset // a word of a sentence, a name, a time
	}
	word := true
	line = line[:min(len(line), lookFar)]
	for marks := 0; i < len(line) && marks < lookMarks; i++ {
		if lookClass[line[i]] != lookMark {
			word = true
			continue
		}
		if word {
			look, word = (look^'w')*fnvPrime, false
		}
		look = (look ^ uint64(line[i])) * fnvPrime
		marks++
	}
	return look
}

// columnEnd is where three spaces or more stand between two words, 0 where none
// do. Of three, one stands at a multiple of three.
func columnEnd(line []byte) int {
	const gap = 3
	if !spaced(line) {
		return 0
	}
	for i := gap - 1; i < len(line); i += gap {
		if line[i] != ' ' {
			continue
		}
		from, to := i, i
		for from > 0 && line[from-1] == ' ' {
			from--
		}
		for to < len(line) && line[to] == ' ' {
			to++
		}
		if to == len(line) {
			return 0
		}
		if to-from >= gap && from > 0 && lookClass[line[from-1]] != lookMark && lookClass[line[to]] != lookMark && line[to] != ':' {
			return from
		}
		i += (to - i) / gap * gap
	}
	return 0
}

// spaced says whether three spaces may stand in a line, eight bytes at a time.
func spaced(line []byte) bool {
	const each, low = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	if len(line) < 8 {
		return bytes.Contains(line, []byte("   "))
	}
	for at := 0; at < len(line)-2; at += 6 {
		x := binary.LittleEndian.Uint64(line[min(at, len(line)-8):]) ^ ' '*each
		x = ^((x&low + low) | x | low) // the high bit of each byte that is a space
		if x&(x>>8)&(x>>16) != 0 {
			return true
		}
	}
	return false
}

// FNV-1a, 64 bits (RFC 9923).
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

const (
	lookMark = iota
	lookLetter
	lookWord
)

// lookClass says what a byte is in a look: the marks that numbers, times and
// paths are made of are parts of a word.
var lookClass = func() (class [256]uint8) {
	for c := range class {
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			class[c] = lookLetter
		case c >= '0' && c <= '9' || c >= 0x80 || bytes.IndexByte([]byte(" .,:;-_+/'"), byte(c)) >= 0:
			class[c] = lookWord
		}
	}
	return class
}()

// sampled finds the wrappers of a head by some of its lines, and what the formats
// make of all; known is false where no format reads any of those.
func (p *plan) sampled(lines, some [][]byte) (t tally, known bool) {
	t = p.chain(some)
	switch {
	case t.total == 0 && !p.decorated(some):
		p.wrappers = nil
		return t, false
	case t.total == 0: // what only a few of its lines could tell
		return p.chain(lines), true
	case p.open() != nil || t.prose > 0 || !t.single():
		return p.tally(lines), true
	}
	return t, true
}

// single says whether one format took all the lines.
func (t *tally) single() bool {
	n := 0
	for _, by := range t.by {
		if by > 0 {
			n++
		}
	}
	return n == 1
}

const (
	// firstLines are looked at in any case: a table's head is among them.
	firstLines = 8
	// alikeLines are how many of those behind are looked at that look the same,
	// and heldLines how many of them that hold a needle.
	alikeLines = 4
	heldLines  = 16
)

// some picks the lines of a head that are worth looking at.
func (u *unknown) some(lines [][]byte) (out [][]byte) {
	type count struct{ all, held int }
	seen := map[uint64]*count{}
	for i, raw := range lines {
		line := lex.StripANSI(lex.TrimEOL(raw))
		look := lookOf(line) ^ keysOf(line)
		n := seen[look]
		if n == nil {
			n = &count{}
			seen[look] = n
		}
		held := n.held < heldLines && u.needles.in(line)
		if i < firstLines || n.all < alikeLines || held {
			out = append(out, raw)
		}
		if n.all++; held {
			n.held++
		}
	}
	return out
}

// keysOf tells the objects of two programs apart by their first few keys.
func keysOf(line []byte) uint64 {
	const far, most = 400, 8
	at := bytes.IndexByte(line[:min(len(line), far)], '{')
	if at < 0 {
		return 0
	}
	keys, found := uint64(fnvOffset), 0
	for rest := line[at:min(len(line), far)]; found < most; {
		open := bytes.IndexByte(rest, '"')
		if open < 0 {
			break
		}
		rest = rest[open+1:]
		end := bytes.IndexByte(rest, '"')
		if end < 0 {
			break
		}
		if end+1 < len(rest) && rest[end+1] == ':' {
			for _, c := range rest[:end] {
				keys = (keys ^ uint64(c)) * fnvPrime
			}
			found++
		}
		rest = rest[end+1:]
	}
	return keys
}

package parse

import (
	"bytes"
	"slices"
	"time"

	"faultline/parse/lex"
)

// plan is how one source is read: decided once from its head, then the same
// for every piece of it.
type plan struct {
	document *Format
	after    *Format   // shown what no other makes something of, may be nil
	stranger *Format   // shown what no other takes, may be nil
	formats  []*Format // the most frequent first
	wrappers []*Wrapper
	all      []*Wrapper
	pasted   bool
	whole    bool
	keep     bool
	lost     bool     // nothing in the head is any format's
	needles  *needles // of all formats, in a source of more than a few lines
	unknown  *unknown // what lines look like that are none's, in a source that is lost
	every    bool     // no line is passed over
	others   bool     // lines of no interest are events as well
	newest   bool     // the newest line comes first
	stamped  bool     // with a stamp before it
	marked   bool     // holds the marks of `kubectl cluster-info dump`
	items    Items    // how the records of a document are found
	headed   bool     // holds lines that name what follows, as those of minikube logs
	who      *Prefix  // whose lines these are, when no wrapper says so
	zone     *time.Location
	seen     ZoneSeen // what its access lines say of the zone
}

const (
	headBytes = 64 << 10
	headLines = 400
	// proseShare is the share of a source's lines that may be understood by
	// nobody before it counts as text with lines pasted into it.
	proseShare = 0.20
)

// sniff decides from the head of a source how it is read. search makes the search
// for the needles of some formats.
func sniff(head []byte, formats []*Format, wrappers []*Wrapper, search func([]*Format) *needles) *plan {
	head = lex.TrimBOM(head)
	p := &plan{formats: formats, all: wrappers}
	for _, f := range formats {
		if f.SniffDocument != nil && f.SniffDocument(head) {
			p.document = f
			return p
		}
	}
	p.formats = p.formats[:0:0]
	for _, f := range formats {
		if f.after {
			p.after = f
		} else if f.Stranger {
			p.stranger = f
		} else if f.Line != nil {
			p.formats = append(p.formats, f)
		}
	}
	if p.records(head) {
		return p
	}
	lines := headOf(head)
	taken, look, lost := p.recognise(head, lines, formats, search)
	if lost {
		return p
	}
	p.first(taken)
	p.pasted = taken.total > 0 && float64(taken.prose) > proseShare*float64(taken.total+taken.prose)
	if taken.total == 0 && p.quoted(head, formats) {
		return p
	}
	if taken.total == 0 {
		p.pasted = p.decorated(lines) || p.shown(head)
		if p.lost = !p.pasted; p.lost {
			p.unknown = look
			p.strangely(lines)
		}
	}
	if p.marked = marked(lines); p.marked {
		p.pasted = false
	}
	p.heads(lines)
	p.whole = p.pasted || p.open() != nil || (taken.total > 0 && p.formats[0].Whole)
	p.newest = (p.pasted || taken.total > 0 && !p.formats[0].Whole) && p.descends(lines, len(head) < headBytes-len("\ufeff"))
	return p
}

// recognise finds what the formats make of the lines of a head, and how the rest of a source
// looks where the head is long. lost says that nothing is any format's and how it is read is
// decided.
func (p *plan) recognise(head []byte, lines [][]byte, formats []*Format, search func([]*Format) *needles) (taken tally,
	look *unknown, lost bool) {
	if len(lines) < unknownLines {
		return p.chain(lines), nil, false
	}
	sought := p.sought()
	p.needles = search(sought)
	p.unknown = newUnknown(lines, p.needles, sought)
	look = p.unknown
	taken, known := p.sampled(lines, look.some(lines))
	switch {
	case known || p.shown(head):
		p.unknown = nil
		return taken, look, false
	case p.quoted(head, formats):
		p.unknown = nil
		return taken, look, true
	}
	p.lost, p.marked = true, marked(lines)
	p.heads(lines)
	p.strangely(lines)
	return taken, look, true
}

// sought are the formats whose needles are looked for.
func (p *plan) sought() []*Format {
	if p.stranger == nil {
		return p.formats
	}
	return append(slices.Clip(p.formats), p.stranger)
}

// strangely finds what stands before the lines of a program that no format
// knows: behind it they begin as lines of a log do.
func (p *plan) strangely(lines [][]byte) {
	if p.stranger == nil || p.headed {
		return
	}
	of := *p
	of.formats = []*Format{p.stranger}
	if len(lines) > unknownSample {
		lines = lines[:unknownSample]
	}
	of.chain(lines)
	p.wrappers = of.wrappers
}

// unknownSample is how many lines of a program that no format knows tell what
// stands before them.
const unknownSample = 40

// heads looks for lines that name what follows. What stands between two is read
// as a paste is: each section is another program's.
func (p *plan) heads(lines [][]byte) {
	if !p.marked && headed(lines) {
		p.headed, p.marked, p.pasted, p.lost = true, true, true, false
	}
}

// quoted finds the format of a document of which a text quotes lines.
func (p *plan) quoted(head []byte, formats []*Format) bool {
	for _, f := range formats {
		if f.Quoted != nil && f.Quoted(head) {
			p.document, p.pasted = f, true
			return true
		}
	}
	return false
}

// first puts the format of most lines before the others.
func (p *plan) first(t tally) {
	best := 0
	for i, n := range t.by {
		if n > t.by[best] {
			best = i
		}
	}
	if t.total > 0 && best > 0 {
		top := p.formats[best]
		p.formats = append([]*Format{top}, without(p.formats, top)...)
	}
}

// planned is the plan for an input whose format the user may have named.
func planned(in *Input, head []byte, formats []*Format, wrappers []*Wrapper, search func([]*Format) *needles) *plan {
	in.columns(head, formats)
	formats = in.laid(formats)
	if in.Format != "" {
		formats = slices.DeleteFunc(slices.Clone(formats), func(f *Format) bool { return f.Name != in.Format })
	}
	p := sniff(head, formats, wrappers, search)
	if in.Format != "" && len(formats) > 0 && p.document == nil && formats[0].Line == nil {
		p.document = formats[0]
	}
	if p.zone = in.Zone; p.zone == nil {
		p.seen.look(head)
	}
	return p
}

func without(list []*Format, f *Format) (out []*Format) {
	for _, g := range list {
		if g != f {
			out = append(out, g)
		}
	}
	return out
}

// headOf gives the lines of a head that are not blank. The last line of a full
// head goes on behind it, and is no witness.
func headOf(head []byte) (lines [][]byte) {
	if i := bytes.LastIndexByte(head, '\n'); i >= 0 && len(head) >= headBytes-len("\ufeff") {
		head = head[:i]
	}
	for len(head) > 0 && len(lines) < headLines {
		line, rest, _ := bytes.Cut(head, []byte{'\n'})
		if len(bytes.TrimSpace(line)) > 0 {
			lines = append(lines, line)
		}
		head = rest
	}
	return lines
}

// tally is what the formats make of the head's lines.
type tally struct {
	by           []int
	total, prose int
	owned        int // of the total, with a pod before it
}

// better says whether the lines are understood better than by another chain:
// more of them, or with more said about whose they are, or with fewer left.
func (t *tally) better(o *tally) bool {
	switch {
	case t.total != o.total:
		return t.total > o.total
	case t.owned != o.owned:
		return t.owned > o.owned
	}
	return t.prose < o.prose
}

// maxNested is how many wrappers may stand before one line.
const maxNested = 3

// chain finds the wrappers that make the most lines readable, outermost
// first; of equals the fewest. A wrapper is only believed when some format
// then takes more lines: a stamp before a line may be the line's own.
func (p *plan) chain(lines [][]byte) tally {
	p.wrappers = nil // those of another search would count as none
	best := p.tally(lines)
	var chosen []*Wrapper
	level := [][]*Wrapper{nil}
	for range maxNested {
		var deeper [][]*Wrapper
		for _, had := range level {
			for _, w := range p.all {
				if w = p.made(had, w, lines); w == nil || !p.common(had, w, lines) {
					continue
				}
				p.wrappers = append(had[:len(had):len(had)], w)
				deeper = append(deeper, p.wrappers)
				if n := p.tally(lines); n.better(&best) {
					best, chosen = n, p.wrappers
				}
			}
		}
		level = deeper
	}
	p.wrappers = chosen
	return best
}

// made is wrapper w for these lines, behind those they had; nil where they had
// it.
func (p *plan) made(had []*Wrapper, w *Wrapper, lines [][]byte) *Wrapper {
	for _, h := range had {
		if h.Name == w.Name && (h.Head != nil || h.Open != nil || !h.Record) { // objects nest
			return nil
		}
	}
	if w.Head == nil {
		return w
	}
	p.wrappers = had
	bare := make([][]byte, 0, len(lines))
	for _, line := range lines {
		var pre Prefix
		bare = append(bare, p.strip(lex.TrimEOL(line), &pre))
	}
	if made := w.Head(bare); made != nil {
		return made
	}
	return w
}

// common says whether at least half of the lines have wrapper w behind those
// they had.
func (p *plan) common(had []*Wrapper, w *Wrapper, lines [][]byte) bool {
	p.wrappers = append(had[:len(had):len(had)], w)
	lines = p.rows(lines)
	p.wrappers = had
	n := 0
	for i, line := range lines {
		var pre Prefix
		if _, ok := w.Strip(p.strip(lex.TrimEOL(line), &pre), &pre); ok {
			n++
		} else if 2*(i+1-n) > len(lines) {
			return false
		}
	}
	return n > 0
}

func (p *plan) tally(lines [][]byte) tally {
	t := tally{by: make([]int, len(p.formats))}
	b := NewBatch(false, false)
	for _, raw := range p.rows(lines) {
		l := Line{No: 1}
		text := p.strip(lex.TrimEOL(raw), &l.Prefix)
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		taken := t.total
		for _, l.Text = range bytes.Split(text, []byte{'\n'}) {
			t.take(p.taker(&l, b), &l)
		}
		for _, l.Text = range l.Prefix.Else {
			if t.total == taken && l.Text != nil {
				t.take(p.taker(&l, b), &l)
			}
		}
		if t.total == taken {
			t.prose++
		}
	}
	return t
}

// take counts a line that format f takes; -1 is none.
func (t *tally) take(f int, l *Line) {
	if f < 0 {
		return
	}
	t.by[f]++
	t.total++
	if len(l.Prefix.Pod) > 0 {
		t.owned++
	}
}

// taker is the first format that a line is not foreign to, -1 if there is none.
func (p *plan) taker(l *Line, b *Batch) int {
	if len(bytes.TrimSpace(l.Text)) == 0 {
		return -1
	}
	for i, f := range p.formats {
		if f.Line(l, b) != NotMine {
			return i
		}
	}
	return -1
}

// decorated says whether a source becomes readable when what a paste puts
// before its lines is taken off.
func (p *plan) decorated(lines [][]byte) bool {
	b := NewBatch(false, true)
	return slices.ContainsFunc(lines, func(raw []byte) bool {
		l := Line{No: 1, Text: lex.TrimEOL(raw)}
		return p.retry(b, &l, raw)
	})
}

// strip takes wrappers and colours off one line.
func (p *plan) strip(line []byte, to *Prefix) []byte {
	return lex.StripANSI(p.unwrap(line, to))
}

// unwrap takes the wrappers off one line; one that is not there is passed over.
func (p *plan) unwrap(line []byte, to *Prefix) []byte {
	line = lex.TrimBOM(line)
	for _, w := range p.wrappers {
		if rest, ok := w.Strip(line, to); ok {
			line = rest
		}
	}
	if p.who != nil {
		to.Instance = p.who.Instance
	}
	if p.who != nil && len(to.Pod) == 0 {
		to.Namespace, to.Pod, to.Container = p.who.Namespace, p.who.Pod, p.who.Container
	}
	return line
}

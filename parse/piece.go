package parse

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"faultline/parse/lex"
)

// lines reads a piece line by line into b.
func (p *plan) lines(b *Batch, pc piece) {
	data := pc.data
	var split parts
	rows := p.open() != nil
	skim := p.skim()
	plain := bytes.IndexByte(data, 0x1b) < 0 // no colours
	pass := p.passing(data)                  // nil when each line is read
	whole := func(o *splitLine) {
		l := o.line
		l.Text = o.text
		p.one(b, &l, pc.data[o.from:o.to], skim)
	}
	var l Line // one for all: a format is a function that is not known here
	for from := 0; from < len(data); {
		n := bytes.IndexByte(data[from:], '\n')
		raw, size := data[from:], len(data)-from
		if n >= 0 {
			raw, size = raw[:n], n+1
		}
		b.Counts.Lines++
		l = Line{No: uint32(b.Counts.Lines), Off: b.Bytes, zone: p.zone, seen: &p.seen}
		if pass != nil && len(split.open) == 0 && (from+size < len(data) || pc.dropped == 0) {
			if pass.unread(p, b, &l, raw, pass.seek.next(from) < from+size, plain) {
				b.Bytes += int64(size)
				from += size
				continue
			}
		}
		if p.pasted {
			if whole := p.object(b, &l, data[from:]); whole > 0 {
				from += whole
				continue
			}
		}
		if rows {
			var more int
			size, more = p.row(data[from:], size)
			raw = bytes.TrimSuffix(data[from:from+size], []byte{'\n'})
			b.Counts.Lines += uint64(more)
		}
		b.Bytes += int64(size)
		skipped := max(len(raw)-MaxLine, 0)
		raw = raw[:len(raw)-skipped]
		if from+size == len(data) {
			b.Bytes += pc.dropped
			skipped += int(pc.dropped)
		}
		if skipped > 0 {
			b.Problem(l.No, "line longer than %d MiB: %d bytes skipped", MaxLine>>20, skipped)
		}
		l.Len = uint32(len(raw))
		unparsed := b.Counts.Unparsed
		text := p.unwrap(lex.TrimEOL(raw), &l.Prefix)
		if !plain {
			text = lex.StripANSI(text)
		}
		if !l.Prefix.Partial && len(split.open) == 0 {
			l.Text = text
			p.one(b, &l, raw, skim)
		} else if !split.take(&l, text, from, from+len(raw), b, whole) {
			l.Text = text
			p.one(b, &l, raw, skim)
		}
		if pass != nil {
			pass.learn(b.Counts.Unparsed == unparsed)
		}
		from += size
		if len(split.open) > 0 {
			split.late(uint32(b.Counts.Lines), from >= len(data), b, whole)
		}
	}
}

// one has one line read, unless a look at it says that it need not be.
func (p *plan) one(b *Batch, l *Line, raw []byte, skim *Skim) {
	if skim != nil && skim.Passes(l, b) {
		b.Counts.Other += p.physical(b)
		l.offset = readingOf(&l.Prefix)
		b.file(p.formats[0], l)
		return
	}
	if p.recorded() && bytes.IndexByte(l.Text, '\n') >= 0 {
		p.several(b, l, raw)
		return
	}
	p.line(b, l, raw)
}

// skim is how the lines of a source are looked at before they are read: as the
// format does it that would see each line first.
func (p *plan) skim() *Skim {
	if p.every || len(p.formats) == 0 {
		return nil
	}
	return p.formats[0].Skim
}

// line has one line read by the first format that takes it, and counts it.
func (p *plan) line(b *Batch, l *Line, raw []byte) {
	if len(bytes.TrimSpace(l.Text)) == 0 || p.pasted && len(bytes.Trim(l.Text, quotation)) == 0 {
		b.Counts.Other += p.physical(b)
		return
	}
	if p.offer(b, l, raw) {
		return
	}
	for _, w := range l.Prefix.Else {
		if w == nil {
			continue
		}
		try := *l
		if try.Text = w; p.offer(b, &try, raw) {
			return
		}
	}
	if (p.pasted || p.lost) && p.retry(b, l, raw) {
		return
	}
	if p.rescue(b, l, raw) || p.strange(b, l, raw) {
		return
	}
	switch {
	case (p.needles == nil || p.needles.in(l.Text)) && holdsNeedle(l.Text, p.formats):
		p.unparsed(b, l, raw, notUnderstood)
	case p.pasted && toolOutput(l.Text) != "":
		p.unparsed(b, l, raw, toolOutput(l.Text)+butNotRead)
	case p.pasted:
		n := p.physical(b)
		b.Counts.Other += n
		b.Counts.Prose += n
		for _, f := range p.formats {
			if f.Prose != nil {
				f.Prose(l, b)
			}
		}
	default:
		p.unparsed(b, l, raw, notRecognised)
	}
	b.prose++
}

// rescue shows a line that no format makes something of to the one that comes
// after all others.
func (p *plan) rescue(b *Batch, l *Line, raw []byte) bool {
	if p.after == nil {
		return false
	}
	try, first := b.again(l), len(b.Events)
	if p.after.Line(try, b) != Took {
		return false
	}
	b.Counts.Events += p.physical(b)
	b.done(p.after, try, raw, first)
	return true
}

// strange shows a line that no format takes to the one for programs that are not
// known: as it stands, and without what tools put before a line.
func (p *plan) strange(b *Batch, l *Line, raw []byte) bool {
	f := p.stranger
	if f == nil {
		return false
	}
	try, first := b.lastly(l), len(b.Events)
	if p.pasted {
		try.Text = bytes.TrimLeft(l.Text, ">|`│")
	}
	v := f.Line(try, b)
	for _, whole := range l.Prefix.Else { // a record may have a level, where the text in it has none
		if v == NotMine && whole != nil {
			*try = *l
			try.Text = whole
			v = f.Line(try, b)
		}
	}
	if v == NotMine && !l.hintless && callWords.In(l.Text) && p.calls(b, l, try, raw) {
		v = Took
	}
	switch v {
	case Took:
		b.Counts.Events += p.physical(b)
	case Other:
		b.Counts.Other += p.physical(b)
		if try.Severity >= Error {
			b.Add(Event{Kind: LogOther, Severity: try.Severity})
		}
		if p.others && try.Severity < Error && try.Clock != ClockNone {
			b.Add(Event{Kind: LogOther, Severity: try.level()})
		}
	default:
		return false
	}
	b.done(f, try, raw, first)
	return true
}

// calls shows a line that holds the words of a failed call to the format for programs
// that are not known without its wrapper, and what it quotes.
func (p *plan) calls(b *Batch, l, try *Line, raw []byte) bool {
	bare := bytes.Trim(lex.TrimEOL(raw), quotation)
	for _, w := range p.all {
		if w.Strip == nil {
			continue
		}
		*try = *l
		try.Prefix = Prefix{}
		rest, ok := w.Strip(bare, &try.Prefix)
		if !ok || len(bytes.TrimSpace(rest)) == 0 {
			continue
		}
		if try.Text = lex.StripANSI(rest); p.stranger.Line(try, b) == Took {
			return true
		}
	}
	for _, span := range spans(l.Text) {
		*try = *l
		if try.Text = span; p.stranger.Line(try, b) == Took {
			return true
		}
	}
	return false
}

// unparsed counts a line that nothing could be made of. Where every line is asked
// for, it is one all the same if it tells when it was written.
func (p *plan) unparsed(b *Batch, l *Line, raw []byte, why string) {
	b.Counts.Unparsed += p.physical(b)
	if p.others && p.stranger != nil {
		if try := *l; p.placed(&try, raw) {
			b.Add(Event{Kind: LogOther, Severity: try.level()})
			b.done(p.stranger, &try, raw, len(b.Events)-1)
		}
	}
	if len(b.Problems) < maxProblems { // a snippet costs more than a line
		b.Problem(l.No, "%s: %s", why, snippet(l.Text))
	}
}

// level is the line's own level, else that which a syslog's priority tells.
func (l *Line) level() Severity {
	if l.Severity == SeverityNone {
		return l.Prefix.Severity
	}
	return l.Severity
}

// placed gives a line that nothing could be made of the time before it, else the
// first in it.
func (p *plan) placed(l *Line, raw []byte) bool {
	for _, w := range p.all {
		if l.AtPrefix(); l.Clock != ClockNone {
			return true
		}
		if pre := (Prefix{}); w.Strip != nil {
			if rest, ok := w.Strip(lex.TrimEOL(raw), &pre); ok && len(bytes.TrimSpace(rest)) > 0 {
				l.Prefix = pre
			}
		}
	}
	if l.AtPrefix(); l.Clock == ClockNone {
		return timed(l)
	}
	return true
}

// physical is how many lines of the source are read and not yet counted as anything.
func (p *plan) physical(b *Batch) uint64 {
	c := &b.Counts
	return c.Lines - c.Events - c.Other - c.Unparsed - b.held
}

// offer shows a line to the formats in turn.
func (p *plan) offer(b *Batch, l *Line, raw []byte) bool {
	if len(bytes.TrimSpace(l.Text)) == 0 {
		return false // a format is promised that there is something to read
	}
	l.offset = readingOf(&l.Prefix)
	first := len(b.Events)
	for _, f := range p.formats {
		switch f.Line(l, b) {
		case NotMine:
			continue
		case Other:
			if l.Clock == ClockNone && p.rescue(b, l, raw) {
				return true
			}
			b.Counts.Other += p.physical(b)
			if l.Severity >= Error && !l.Everyday || p.others && (l.Clock != ClockNone ||
				l.Severity != SeverityNone) { // what a program calls an error is never passed over
				b.Add(Event{Kind: LogOther, Severity: l.level()})
			}
			b.done(f, l, raw, first)
		case Took:
			b.Counts.Events += p.physical(b)
			b.done(f, l, raw, first)
		case Malformed:
			if p.rescue(b, l, raw) {
				return true
			}
			b.Counts.Unparsed += p.physical(b)
			b.Problem(l.No, "%s, but not understood: %s", f.Name, snippet(l.Text))
		}
		return true
	}
	return false
}

// quotation is what mails, tickets and tables put around a line.
const quotation = " \t*>|`│"

// retry takes off a pasted line, or one behind a head that told nothing, what
// the source as a whole does not have: the marks of a quotation, or a wrapper.
func (p *plan) retry(b *Batch, l *Line, raw []byte) bool {
	reads := func(text []byte, pre Prefix) bool {
		try := *l
		try.Text, try.Prefix = text, pre
		return p.offer(b, &try, raw)
	}
	bare := bytes.Trim(l.Text, quotation)
	if len(bare) > 0 && len(bare) < len(l.Text) && reads(bare, l.Prefix) {
		return true
	}
	for _, span := range spans(l.Text) {
		if reads(span, l.Prefix) {
			return true
		}
	}
	return unwrap(bytes.Trim(lex.TrimEOL(raw), quotation), p.all, reads, Prefix{}, wrappersDeep) != nil
}

// snippet is the beginning of a line as a problem quotes it. What a terminal
// would obey, and what is no text, is shown as a replacement character.
func snippet(line []byte) string {
	const most = 80
	end := ""
	if len(line) > most {
		line, end = line[:most], "…"
		for len(line) > most-utf8.UTFMax && !utf8.Valid(line) { // a character that was cut
			line = line[:len(line)-1]
		}
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) && r != '\t' {
			return utf8.RuneError
		}
		return r
	}, string(line)) + end
}

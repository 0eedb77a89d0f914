package correlate

import (
	"cmp"
	"slices"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

const (
	// zoneStep and zoneMost are what the offsets of zones are multiples of, and
	// how far they go (IANA tz database).
	zoneStep = parse.Time(15 * time.Minute)
	zoneMost = parse.Time(14 * time.Hour)
	// neighbourGap is the longest pause between two lines of one container from
	// which the zone is still read.
	neighbourGap = parse.Time(2 * time.Minute)
	// orderSlack is how far two lines of one container may stand in the wrong order.
	orderSlack = parse.Time(2 * time.Second)
	halfYear   = parse.Time(183 * 24 * time.Hour)
)

// yearRungs gives a clock without a year the year that a trace names, a line of
// the same container with a date, another clock of the same source, a header of
// it, the start of the process, when the bundle was taken, or the rest of the
// dump; and if none does, the latest year that lies before the file was last
// written.
func (ix *Index) yearRungs(s int) []Anchor {
	st := &ix.Streams[s]
	if len(st.Ties) > 0 {
		t := st.Ties[0]
		return []Anchor{{Zero: t.Wall - t.Own, Basis: Printed, Proof: []parse.Ref{t.Ref}, Why: "a trace names the year"}}
	}
	if len(st.Coverage) == 0 {
		return nil
	}
	for _, rung := range []func(int) (Anchor, bool){ix.yearBeside, ix.yearOfTrace, ix.yearOfHeader, ix.yearOfStart,
		ix.yearOfBundle, ix.yearOfDump, ix.yearOfFile} {
		if a, ok := rung(s); ok {
			return []Anchor{ix.beforeTaken(s, ix.inZone(s, a))}
		}
	}
	return nil
}

// inYear is the anchor of a clock in a year. Where the zone is not known, the
// interval holds them all.
func (ix *Index) inYear(s, year int, basis Basis, why string) Anchor {
	own := int64(ix.Streams[s].Coverage[len(ix.Streams[s].Coverage)-1].To)
	local := lex.InYear(own, year)
	if src := &ix.Sources[ix.Streams[s].Source]; src.Zone != nil {
		return Anchor{Zero: parse.Time(local - src.Ahead(local) - own), Basis: basis, Why: why + "; the zone was given"}
	}
	return Anchor{Zero: parse.Time(local - own), Within: time.Duration(zoneMost), Basis: basis, Why: why + "; the zone is not known"}
}

// nearestYear is the year in which a clock's last line lies nearest to a time.
func (ix *Index) nearestYear(s int, at parse.Time) (year int) {
	own := int64(ix.Streams[s].Coverage[len(ix.Streams[s].Coverage)-1].To)
	_, year = lex.SinceYear(int64(at))
	best := year
	for y := year - 1; y <= year+1; y++ {
		if abs(parse.Time(lex.InYear(own, y))-at) < abs(parse.Time(lex.InYear(own, best))-at) {
			best = y
		}
	}
	return best
}

// dated is a line with a time. The ref is empty for one that is no event.
type dated struct {
	line uint32
	at   parse.Time
	ref  parse.Ref
	wall bool
}

// datedLines are the lines of a stream whose times are known: its first, its
// last, and those of its events.
func (ix *Index) datedLines(s int, wall bool) (out []dated) {
	st := &ix.Streams[s]
	if len(st.Coverage) == 0 {
		return nil
	}
	out = append(out, dated{line: st.FirstLine, at: st.Coverage[0].From, wall: wall},
		dated{line: st.LastLine, at: st.Coverage[len(st.Coverage)-1].To, wall: wall})
	for i := range st.Events {
		e := &st.Events[i]
		if e.Line != st.FirstLine && e.Line != st.LastLine || len(st.Events) < 3 {
			out = append(out, dated{e.Line, e.Time, st.Ref(e), wall})
		}
	}
	return out
}

// yearBeside reads year and zone from the lines of the same container that
// print them, as an ingress' access lines do between the lines of its
// controller. The order of the lines bounds the zone on both sides.
func (ix *Index) yearBeside(s int) (a Anchor, ok bool) {
	st := &ix.Streams[s]
	lines := ix.datedLines(s, false)
	for o := range ix.Streams {
		w := &ix.Streams[o]
		if w.Source == st.Source && w.Clock == parse.ClockWall && !about(w) && ix.Who[o].Pod == ix.Who[s].Pod && ix.CopyOf[o] < 0 {
			lines = append(lines, ix.datedLines(o, true)...)
		}
	}
	slices.SortStableFunc(lines, func(a, b dated) int { return cmp.Compare(a.line, b.line) })
	var z zone
	for i := 1; i < len(lines); i++ {
		if p, n := &lines[i-1], &lines[i]; p.wall != n.wall {
			z.between(p, n)
		}
	}
	return z.anchor()
}

// zone is what pairs of neighbouring lines tell of a clock's zero: the offset
// of its zone lies between the two bounds.
type zone struct {
	year         int
	bare         parse.Time // the latest line without a date, on the clock
	least, most  parse.Time // ahead of UTC
	hasLo, hasHi bool
	lo, hi       [2]parse.Ref // the pairs that say so
}

// between takes two neighbouring lines, one with a date and one without.
func (z *zone) between(p, n *dated) {
	bare, full := p, n
	if p.wall {
		bare, full = n, p
	}
	if z.year == 0 {
		_, year := lex.SinceYear(int64(full.at))
		for z.year = year - 1; z.year < year+1 && abs(parse.Time(lex.InYear(int64(bare.at), z.year))-full.at) > halfYear; {
			z.year++
		}
	}
	z.bare = max(z.bare, bare.at)
	gap := parse.Time(lex.InYear(int64(bare.at), z.year)) - full.at
	switch {
	case bare == p && (!z.hasLo || gap > z.least): // it was written before
		z.least, z.hasLo, z.lo = gap, true, [2]parse.Ref{bare.ref, full.ref}
	case bare == n && (!z.hasHi || gap < z.most):
		z.most, z.hasHi, z.hi = gap, true, [2]parse.Ref{bare.ref, full.ref}
	}
}

// anchor is the clock's zero: to the zone if only one lies between the bounds,
// or within a short pause of one of them.
func (z *zone) anchor() (a Anchor, ok bool) {
	if !z.hasLo && !z.hasHi {
		return a, false
	}
	proof := z.lo
	if !z.hasLo {
		proof = z.hi
	}
	a = Anchor{Basis: Printed, Within: time.Duration(zoneMost), Zero: parse.Time(lex.InYear(int64(z.bare), z.year)) - z.bare,
		// behind February of a year without a 29th
		Proof: slices.DeleteFunc(proof[:], func(r parse.Ref) bool { return r.Len == 0 }),
		Why:   "a line beside it names the year; the zone is not known"}
	from, to := -zoneMost, zoneMost
	if z.hasLo {
		from = max(from, z.least-orderSlack)
	}
	if z.hasHi {
		to = min(to, z.most+orderSlack)
	}
	first := ceilTo(from, zoneStep)
	last := -ceilTo(-to, zoneStep)
	ahead := first
	switch {
	case first > last:
		return a, true
	case first == last:
	case z.hasLo && first-z.least <= neighbourGap && (!z.hasHi || first-z.least <= z.most-last):
	case z.hasHi && z.most-last <= neighbourGap:
		ahead = last
	default:
		return a, true
	}
	a.Zero, a.Within, a.Why = a.Zero-ahead, 0, "a line beside it names the year and the zone"
	return a, true
}

// ceilTo is the least multiple of unit that is not below x.
func ceilTo(x, unit parse.Time) parse.Time {
	n := x / unit
	if n*unit < x {
		n++
	}
	return n * unit
}

// yearOfTrace takes the clock of another program in the same source that prints
// the same header and whose trace names the year, as k3s and minikube write the
// lines of all their components into one journal.
func (ix *Index) yearOfTrace(s int) (Anchor, bool) {
	st := &ix.Streams[s]
	for o := range ix.StreamsOf(st.Source) {
		if t := &ix.Streams[o]; t.Clock == parse.ClockYearless && len(t.Ties) > 0 {
			tie := t.Ties[0]
			return Anchor{Zero: tie.Wall - tie.Own, Basis: Printed, Proof: []parse.Ref{tie.Ref}, Why: "a trace in the same source names the year"}, true
		}
	}
	return Anchor{}, false
}

// yearOfHeader takes the year from a header of the source, and the zone where it
// prints one.
func (ix *Index) yearOfHeader(s int) (a Anchor, ok bool) {
	st := &ix.Streams[s]
	for i := range ix.Facts {
		f := &ix.Facts[i]
		if f.Ref.Source != st.Source || f.Ref.Line > st.FirstLine || ix.Name(f.Key) != parse.FactDated {
			continue
		}
		a, ok = ix.inYear(s, ix.nearestYear(s, f.Time), Printed, "a header names the year"), true
		a.Proof = []parse.Ref{f.Ref}
		if ahead, known := zoneWord(ix.Name(f.Value)); known && ix.Sources[st.Source].Zone == nil {
			a.Zero, a.Within, a.Why = a.Zero-ahead, 0, "a header names the year and the zone"
		}
	}
	return a, ok
}

// zoneWord is how far a zone is ahead of UTC that a program printed as a word,
// where the word can be of but one.
func zoneWord(word string) (ahead parse.Time, ok bool) {
	if word == "UTC" || word == "GMT" {
		return 0, true
	}
	for _, layout := range []string{"-07", "-0700", "-07:00"} {
		if at, err := time.Parse(layout, word); err == nil {
			_, s := at.Zone()
			return parse.Time(s) * parse.Time(time.Second), true
		}
	}
	return 0, false
}

// yearOfStart takes the year from when the process is said to have started.
func (ix *Index) yearOfStart(s int) (Anchor, bool) {
	for _, key := range []string{parse.FactProcess, parse.FactStartedAt} {
		if f, ok := ix.started(s, key); ok {
			a := ix.inYear(s, ix.nearestYear(s, f.Time), Reported, "the year is that of the start of the process")
			a.Proof = []parse.Ref{f.Ref}
			return a, true
		}
	}
	return Anchor{}, false
}

// yearOfDump takes the year in which the rest of the dump lies, if the clock's
// lines then lie within a day of it.
func (ix *Index) yearOfDump(s int) (Anchor, bool) {
	from, to, ok := ix.wallSpan()
	if !ok {
		return Anchor{}, false
	}
	a := ix.inYear(s, ix.nearestYear(s, to), Bounded, "the year is that of the dump's other logs")
	st := &ix.Streams[s]
	const near = parse.Time(38 * time.Hour) // a day and the zones
	last := st.Coverage[len(st.Coverage)-1].To + a.Zero
	return a, last > from-near && st.Coverage[0].From+a.Zero < to+near
}

// yearOfFile takes the latest year that lies before the file was last written.
func (ix *Index) yearOfFile(s int) (Anchor, bool) {
	modified := ix.Sources[ix.Streams[s].Source].Modified
	if modified.IsZero() {
		return Anchor{}, false
	}
	own := int64(ix.Streams[s].Coverage[len(ix.Streams[s].Coverage)-1].To)
	year := modified.UTC().Year()
	if lex.InYear(own, year) > modified.Add(24*time.Hour).UnixNano() {
		year--
	}
	a := ix.inYear(s, year, Bounded, "the year is the file's")
	a.NotAfter = parse.Time(modified.UnixNano())
	return a, true
}

// wallSpan is from the first to the last line of the dump that prints its date.
func (ix *Index) wallSpan() (from, to parse.Time, ok bool) {
	for s := range ix.Streams {
		f, t, has := ix.printedSpan(s)
		if !has {
			continue
		}
		if !ok || f < from {
			from = f
		}
		if !ok || t > to {
			to = t
		}
		ok = true
	}
	return from, to, ok
}

// printedSpan is from the first to the last line of a stream on the wall clock,
// if its lines print it, or a stamp before them does.
func (ix *Index) printedSpan(s int) (from, to parse.Time, ok bool) {
	st := &ix.Streams[s]
	if len(st.Coverage) == 0 {
		return 0, 0, false
	}
	from, to = st.Coverage[0].From, st.Coverage[len(st.Coverage)-1].To
	switch a, tied := stamped(st.Ties); {
	case st.Clock == parse.ClockWall:
		return from, to, true
	case st.Clock == parse.ClockUptime && tied:
		return from + a.Zero, to + a.Zero, true
	}
	return 0, 0, false
}

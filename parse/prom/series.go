package prom

import (
	"bytes"
	"cmp"
	"slices"

	"faultline/parse"
)

// place is a piece of the document.
type place struct {
	line uint32
	off  int64
	size int
}

// of is the piece of an item from one offset up to another.
func of(it parse.JSONItem, from, to int) place {
	return place{it.Line + uint32(bytes.Count(it.Raw[:from], []byte{'\n'})), it.Off + int64(from), to - from}
}

// at is a piece as a line at a time on the wall clock.
func (p place) at(ns int64) parse.Line {
	return parse.Line{No: p.line, Off: p.off, Len: uint32(p.size), Own: parse.Time(ns), Grain: parse.GrainMilli, Clock: parse.ClockWall}
}

// text is an item of a document as the text that its samples stand in.
type text parse.JSONItem

func (t text) run(from, to *sample) (place, []byte) {
	p := of(parse.JSONItem(t), min(from.from, to.from), max(from.to, to.to))
	i := int(p.off - t.Off)
	return p, t.Raw[i : i+p.size]
}

// hole is told from a run by how it begins: with a digit.
func (t text) hole(from, to *sample) (place, []byte) {
	if from.from > to.from {
		from, to = to, from // a series that was sorted
	}
	p := of(parse.JSONItem(t), from.from+1, to.to)
	i := int(p.off - t.Off)
	return p, t.Raw[i : i+p.size]
}

// element reads one element of a matrix or a vector.
func (a *answer) element(it parse.JSONItem) {
	s := scan{b: it.Raw}
	var labels []label
	samples, bad := a.scratch[:0], 0
	var some []native
	known := false
	for s.eat('{'); !s.eat('}') && s.i < len(s.b); s.eat(',') {
		key, ok := s.text()
		if !ok || !s.eat(':') {
			s.skip()
			continue
		}
		n := 0
		switch string(key) {
		case "metric":
			labels, n = s.labels()
			known = true
		case "values":
			samples, n = s.pairs(samples)
		case "value":
			if p, ok := s.pair(); ok {
				samples = append(samples, p)
			} else {
				n = 1
			}
		case "histogram", "histograms":
			from := s.i
			s.skip()
			some, n = natives(it.Raw[from:s.i])
		default:
			s.skip()
		}
		bad += n
	}
	a.bad += bad
	a.scratch = samples
	if !known {
		a.b.Problem(it.Line, "a result without a metric was passed over")
		return
	}
	if !slices.IsSortedFunc(samples, byTime) {
		slices.SortStableFunc(samples, byTime)
		a.unsorted++
	}
	if len(some) > 0 {
		a.histogram(of(it, 0, len(it.Raw)), labels, some)
	}
	if len(samples) == 0 {
		return // a series of histograms, or of nothing
	}
	a.file(of(it, 0, len(it.Raw)), a.series(labels, samples))
	a.events(text(it), labels, samples)
}

func byTime(a, b sample) int { return cmp.Compare(a.at, b.at) }

package prom

import (
	"math"
	"slices"

	"faultline/parse"
)

// row is a series being collected.
type row struct {
	of     *subject
	times  []int64
	values []float64
	marks  []mark // of a series that events are made of
	place  place  // of its first samples, as many as follow one another
	fixed  bool   // place is what the series refers to, whatever follows
	timed  bool
	part   int
}

// add adds a sample with a time. Its text stands at p.
func (t *table) add(s *subject, at int64, v float64, p place, text []byte) {
	if s.timed == nil {
		s.timed = t.row(s, p)
		s.timed.timed = true
	}
	if v != v {
		t.nan++
	}
	t.append(s.timed, at, v, p, text)
}

// addUntimed adds a sample whose time is not known. Its time is 0, and it is
// the only one of its series.
func (t *table) addUntimed(s *subject, v float64, p place, text []byte) {
	if r := s.untimed; r != nil && r.part == t.part {
		if math.Float64bits(r.values[0]) == math.Float64bits(v) {
			t.duplicates++
		} else {
			t.conflicts++
		}
		return
	} else if r != nil {
		t.again++
	}
	s.untimed = t.row(s, p)
	t.untimed++
	t.append(s.untimed, 0, v, p, text)
}

func (t *table) row(s *subject, p place) *row {
	p.size = 0
	r := &row{of: s, place: p, part: t.part}
	t.rows = append(t.rows, r)
	return r
}

func (t *table) append(r *row, at int64, v float64, p place, text []byte) {
	r.times, r.values = append(r.times, at), append(r.values, v)
	if behind := p.off - r.place.off - int64(r.place.size); behind <= 2 && !r.fixed { // a line's end
		if size := p.off - r.place.off + int64(p.size); size < math.MaxInt32 {
			r.place.size = int(size)
		}
	}
	if r.of.telling == nil {
		return
	}
	m := mark{place: p, tail: len(t.tails)}
	if n := len(t.last.text); n <= len(text) && string(text[:n]) == t.last.text {
		m.head, text = t.last.text, text[n:]
	}
	t.tails = append(t.tails, text...)
	r.marks = append(r.marks, m)
}

// finish puts all series into the batch, and says what is to be said of them.
func (t *table) finish() {
	for _, r := range t.rows {
		t.sort(r)
		// The labels are not shared: the reader renames them in place.
		t.file(r.place, parse.Series{Metric: r.of.metric, Labels: slices.Clone(r.of.labels),
			Times: slices.Clone(r.times), Values: slices.Clone(r.values)})
		// That a scrape failed, but not when, is no event.
		if r.of.telling != nil && (r.timed || t.b.Names.Text(r.of.metric) != metricUp) {
			t.events(rowText{t, r}, r.of.telling, t.samples(r))
		}
		*r = row{of: r.of}
	}
	t.end()
	t.tell()
}

// samples are the samples of a row, with the numbers of their marks.
func (t *table) samples(r *row) []sample {
	t.scratch = t.scratch[:0]
	for i := range r.times {
		t.scratch = append(t.scratch, sample{at: r.times[i], value: r.values[i], from: i, to: i})
	}
	return t.scratch
}

// sort brings a row in the order of time, and drops what stands in it twice.
func (t *table) sort(r *row) {
	sorted, strictly := true, true
	for i := 1; i < len(r.times); i++ {
		sorted = sorted && r.times[i] >= r.times[i-1]
		strictly = strictly && r.times[i] > r.times[i-1]
	}
	if strictly {
		return
	}
	samples := t.samples(r)
	if !sorted {
		t.unsorted++
		slices.SortStableFunc(samples, byTime)
	}
	marks, n := r.marks, 0
	r.marks = nil
	for i, s := range samples {
		if twin, differs := earlier(r.times[:n], r.values[:n], s); twin {
			t.duplicates++
			continue
		} else if differs {
			t.conflicts++
		}
		r.times[n], r.values[n] = s.at, s.value
		n++
		if marks != nil {
			r.marks = append(r.marks, marks[samples[i].from])
		}
	}
	r.times, r.values = r.times[:n], r.values[:n]
}

// earlier says whether a sample is there already, and whether there is one of
// the same time with another value.
// Of many only the latest are looked at.
func earlier(times []int64, values []float64, s sample) (twin, differs bool) {
	const most = 16
	for i := len(times) - 1; i >= max(0, len(times)-most) && times[i] == s.at; i-- {
		if math.Float64bits(values[i]) == math.Float64bits(s.value) {
			return true, false
		}
		differs = true
	}
	return false, differs
}

// rowText shows where the samples of a row stand.
type rowText struct {
	t *table
	r *row
}

// mostText is the longest text that an event refers to; of a longer one it is
// the first sample.
const mostText = 64 << 10

func (x rowText) run(from, to *sample) (place, []byte) {
	first := x.r.marks[from.from]
	p, raw := first.place, x.raw(nil, from.from)
	if from.from > to.from {
		return p, raw
	}
	for i := from.from + 1; i <= to.from; i++ {
		m := &x.r.marks[i]
		if m.off != p.off+int64(p.size+x.t.gap) || p.size+m.size > mostText {
			return first.place, raw[:first.size]
		}
		if x.t.gap > 0 {
			raw = append(raw, '\n')
		}
		raw = x.raw(raw, i)
		p.size = len(raw)
	}
	return p, raw
}

// hole is the text of both samples, or of the second when they stand apart.
func (x rowText) hole(from, to *sample) (place, []byte) {
	p, raw := x.run(from, to)
	if p.size == x.r.marks[from.from].size {
		p, raw = x.run(to, to)
	}
	n := min(x.t.hole(raw), len(raw))
	p.off, p.size = p.off+int64(n), p.size-n
	return p, raw[n:]
}

// raw appends a sample's text.
func (x rowText) raw(to []byte, i int) []byte {
	m := &x.r.marks[i]
	to = append(to, m.head...)
	return append(to, x.t.tails[m.tail:m.tail+m.size-len(m.head)]...)
}

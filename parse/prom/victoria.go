package prom

import (
	"bytes"
	"io"
	"math"

	"faultline/parse"
)

// Victoria is the export of VictoriaMetrics, one series a line:
//
//	{"metric":{"__name__":"up"},"values":[1,0],"timestamps":[1795424536921,1795424546921]}
//
// The times are in ms. Version 1.79 writes the values NaN and ±Inf bare,
// which is no JSON; later ones write null, "Infinity" and "-Infinity". A
// series may go on in a later line (max_rows_per_line).
//
// Sources: VictoriaMetrics app/vmselect/prometheus/export.qtpl
// (ExportJSONLine, convertValueToSpecialJSON), README.md "How to export data
// in JSON line format", and an export of 1.79.5.
var Victoria = victoria()

func victoria() *parse.Format {
	f := &parse.Format{
		Name: "victoria",
		Doc: `VictoriaMetrics /api/v1/export, one series a line.
{"metric":{"__name__":"up","pod":"web-0"},"values":[1,0],"timestamps":[1795424536921,1795424546921]}`,
		Origin: "VictoriaMetrics /api/v1/export",
		Role:   parse.RoleAbout, Lane: parse.LaneOther,
		Needles:       []string{`"timestamps":[`},
		SniffDocument: sniffVictoria,
		Detail:        lineDetail,
	}
	f.Document = func(r io.Reader, b *parse.Batch) error {
		v := &exported{table: newTable(f, b, newLines(r, longestSeries))}
		v.gap = 0
		err := v.each(v.line)
		if v.bad > 0 {
			b.Problem(0, "%d samples are not understood and were passed over", v.bad)
		}
		v.finish()
		return err
	}
	return f
}

// longestSeries is the longest line that is read: some four million samples.
const longestSeries = 64 << 20

// exported is an export being read.
type exported struct {
	*table
	values []float64 // of one line
	times  []moment
	bad    int
}

// moment is a time and where it stands in its line, from the comma or the
// bracket before it on.
type moment struct {
	at       int64
	from, to int
}

// line reads one series. A value or a time that is none takes its counterpart
// with it.
func (v *exported) line(line []byte) bool {
	s := scan{b: line}
	var labels []label
	known, ok := false, s.eat('{')
	v.values, v.times = v.values[:0], v.times[:0]
	for ok && !s.eat('}') {
		var key []byte
		if key, ok = s.text(); !ok || !s.eat(':') {
			return false
		}
		switch string(key) {
		case "metric":
			var bad int
			labels, bad = s.labels()
			known, ok = true, bad == 0 && unique(labels)
		case "values":
			ok = s.list(func(_ int) { v.values = append(v.values, s.number()) })
		case "timestamps":
			ok = s.list(func(from int) { v.times = append(v.times, s.time(from)) })
		default:
			s.skip()
		}
		if ok && !s.eat(',') {
			ok = s.i < len(s.b) && s.b[s.i] == '}'
		}
	}
	s.space()
	if !ok || !known || s.i != len(s.b) || len(v.values) != len(v.times) {
		return false
	}
	v.keep(v.subjectOf(labels), line)
	return true
}

// keep adds the samples of one line.
func (v *exported) keep(s *subject, line []byte) {
	v.last = said{}
	for i, t := range v.times {
		if t.from < 0 || math.Float64bits(v.values[i]) == noNumber {
			v.bad++
			continue
		}
		first := s.timed == nil
		v.add(s, t.at, v.values[i], place{v.in.no, v.in.off + int64(t.from), t.to - t.from}, line[t.from:t.to])
		if first {
			s.timed.place, s.timed.fixed = place{v.in.no, v.in.off, len(line)}, true
		}
	}
}

// noNumber are the bits of a NaN that no text stands for.
const noNumber = 0x7ff8_0000_dead_beef

// list reads an array: each is called before every element, with the place
// of the comma or bracket before it.
func (s *scan) list(each func(from int)) bool {
	s.space()
	from := s.i
	if !s.eat('[') {
		return false
	}
	for !s.eat(']') {
		i := s.i
		each(from)
		s.space()
		from = s.i
		if !s.eat(',') && (s.i >= len(s.b) || s.b[s.i] != ']') || s.i == i {
			return false
		}
	}
	return true
}

// number takes a value as VictoriaMetrics writes it.
func (s *scan) number() float64 {
	s.space()
	var text []byte
	if s.i < len(s.b) && s.b[s.i] == '"' {
		text, _ = s.text()
	} else if text = s.bare(); len(text) == 0 {
		s.skip()
	}
	if string(text) == "null" {
		return math.NaN()
	}
	if v, ok := value(text); ok {
		return v
	}
	return math.Float64frombits(noNumber)
}

// time takes a time.
func (s *scan) time(from int) moment {
	text := s.bare()
	if at, ok := millis(text); ok {
		return moment{at, from, s.i}
	}
	if len(text) == 0 {
		s.skip()
	}
	return moment{from: -1}
}

// sniffVictoria says whether a head begins with a series of an export, as far
// as it reaches: a metric of texts, then values that are no pairs.
func sniffVictoria(head []byte) bool {
	lines := headLines(head, 1)
	if len(lines) == 0 {
		return false
	}
	s := scan{b: lines[0]}
	if !s.eat('{') {
		return false
	}
	key, ok := s.text()
	if !ok || string(key) != "metric" || !s.eat(':') {
		return false
	}
	if s.space(); s.i >= len(s.b) || s.b[s.i] != '{' {
		return false
	}
	_, bad := s.labels()
	if bad > 0 || !s.eat(',') {
		return false
	}
	key, ok = s.text()
	if !ok || string(key) != "values" && string(key) != "timestamps" || !s.eat(':') || !s.eat('[') {
		return false
	}
	v := s.number()
	ok = math.Float64bits(v) != noNumber && (s.eat(',') || s.eat(']'))
	return ok && (bytes.Contains(lines[0], []byte(`"timestamps"`)) || len(lines[0]) > 32<<10)
}

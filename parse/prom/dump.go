package prom

import (
	"bytes"
	"io"

	"faultline/parse"
)

// Dump is what promtool makes of a database's files:
//
//	{__name__="up", instance="127.0.0.1:1", job="nodes"} 1 1795424536921
//
// Source: prometheus cmd/promtool/tsdb.go, formatSeriesSet: labels as
// labels.Labels.String prints them, the value with %g, the time in ms; of a
// native histogram its String, "{count:5, sum:18.4, …}".
var Dump = dump()

func dump() *parse.Format {
	f := &parse.Format{
		Name: "tsdb-dump",
		Doc: `The samples of a Prometheus database as text (promtool tsdb dump).
{__name__="up", namespace="linkerd", pod="web-0", job="linkerd-controller"} 1 1795424536921`,
		Origin: "promtool tsdb dump, since Prometheus 2.21",
		Role:   parse.RoleAbout, Lane: parse.LaneOther,
		Needles:       []string{`{__name__="`},
		SniffDocument: sniffDump,
		Detail:        lineDetail,
	}
	f.Document = func(r io.Reader, b *parse.Batch) error {
		t := newTable(f, b, newLines(r, parse.MaxLine))
		err := t.each(t.dumpLine)
		t.finish()
		return err
	}
	return f
}

func (t *table) dumpLine(line []byte) bool {
	d, ok := dumpLine(line)
	return ok && t.take(&d, line)
}

// take adds the sample of a line; false when the line's end may be missing.
func (t *table) take(d *sampleLine, line []byte) bool {
	if !t.in.ended && len(d.stamp) < t.stamp {
		return false
	}
	s := t.find(d.selector)
	if s == nil {
		return false
	}
	t.stamp = len(d.stamp)
	p := place{t.in.no, t.in.off, len(line)}
	switch {
	case d.histogram:
		t.histograms++
	case len(d.stamp) == 0:
		t.addUntimed(s, d.value, p, line)
	default:
		t.add(s, d.at, d.value, p, line)
	}
	if d.exemplar {
		t.exemplars++
	}
	return true
}

// sampleLine is a line of a dump or of an exposition, taken apart.
type sampleLine struct {
	selector, stamp     []byte
	value               float64
	at                  int64 // when there is a stamp
	histogram, exemplar bool
}

func dumpLine(line []byte) (d sampleLine, ok bool) {
	if line[0] != '{' {
		return d, false
	}
	n := selectorEnd(line)
	if n == 0 || n == len(line) || line[n] != ' ' {
		return d, false
	}
	d.selector, line = line[:n], line[n+1:]
	i := bytes.LastIndexByte(line, ' ')
	if i < 0 {
		return d, false
	}
	d.stamp = line[i+1:]
	if d.at, ok = millis(d.stamp); !ok {
		return d, false
	}
	line = line[:i]
	if d.histogram = len(line) > 1 && line[0] == '{' && line[len(line)-1] == '}'; d.histogram {
		return d, true
	}
	d.value, ok = value(line)
	return d, ok
}

// sniffDump says whether the lines of a head are those of a dump. Its first
// may be the end of one.
func sniffDump(head []byte) bool {
	good, bad := 0, 0
	for _, line := range headLines(head, 200) {
		d, ok := dumpLine(line)
		if ok {
			_, ok = selector(d.selector)
		}
		if ok && d.at > 0 {
			good++
		} else if bad++; bad > 20 {
			return false
		}
	}
	return good > 0 && bad*10 <= good
}

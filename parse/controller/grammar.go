package controller

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// started2019 reads the start as utiltrace printed it until July 2020
// (client-go up to 0.18): a time.Time with its zone and, on a monotonic clock,
// how long the process had been running.
//
//	(started: 2019-12-18 11:08:11.744527328 +0000 UTC m=+19.313528414) (total time: 14.48928912s):
func (t *trace) started2019() bool {
	at, ok := bytes.CutPrefix(t.at, []byte("started: "))
	if !ok {
		return false
	}
	s, n, ok := lex.RFC3339(at)
	if !ok || s.Zoned || n+len(" +0000") > len(at) {
		return false
	}
	offset, ok := zone(at[n+1:])
	if !ok {
		return false
	}
	s.Unix, s.Offset, s.Zoned = s.Unix-offset, offset, true
	t.at, t.start = at, s
	if _, up, ok := bytes.Cut(at, []byte(" m=+")); ok {
		t.uptime = up
	}
	return true
}

// zone reads "+0100".
func zone(b []byte) (offset int64, ok bool) {
	v, n, ok := lex.Digits(b[1:])
	if !ok || n != 4 || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	offset = (v/100*60 + v%100) * 60 * lex.Second
	if b[0] == '-' {
		offset = -offset
	}
	return offset, true
}

// quotedName reads a trace's name. Tables of comma-separated values leave its
// quotes doubled: ""DeltaFIFO Pop Process"".
func quotedName(b []byte) (name []byte, n int, ok bool) {
	if has(b, `""`) {
		if end := bytes.Index(b[2:], []byte(`""`)); end > 0 {
			return b[2 : 2+end], 2 + end + 2, true
		}
	}
	return lex.Quoted(b)
}

// zoned puts a start that names its zone on the line's clock.
func (r *record) zoned(t *trace, l *parse.Line) parse.Time {
	if l.Clock != parse.ClockYearless {
		return parse.Time(t.start.Unix + t.start.Width/2)
	}
	since, year := lex.SinceYear(t.start.Unix + t.start.Offset)
	if r.since < since-leapYear/2 {
		since, year = since-leapYear, year+1
	}
	l.Prefix.HasStamp = true // the line names its year and its zone
	l.Prefix.Stamp = parse.Time(lex.InYear(r.since, year) - t.start.Offset)
	return parse.Time(since)
}

// risen puts the start of a trace on a clock that counts from the start of the
// process; the trace names the wall time.
func (r *record) risen(t *trace, l *parse.Line) parse.Time {
	if !l.Prefix.HasStamp {
		l.Prefix.HasStamp = true
		l.Prefix.Stamp = parse.Time(t.start.Unix - l.Ahead(t.start.Unix) + int64(t.total))
	}
	return max(l.Own-parse.Time(t.total), 0)
}

// detail shows a trace: its start in place of the time at which it was
// written, what it is, and the steps that were printed.
func (t *trace) detail(d *parse.Detail) {
	d.RawTime = string(t.at)
	d.Set("name", string(t.name))
	d.Set("trace_id", t.text())
	if len(t.uptime) > 0 {
		d.Set("uptime", string(t.uptime)+"s")
	}
}

// fields shows the fields of a trace under the contract's names.
func (t *trace) fields(d *parse.Detail) {
	for rest := t.field; ; {
		n := fieldKey(rest)
		if n == 0 {
			break
		}
		key := string(rest[:n-1])
		v := t.value(key)
		d.Set(traceAttr(key), string(v))
		rest = rest[min(n+len(v)+1, len(rest)):]
	}
}

// traceAttr is the contract's name of a trace's field.
func traceAttr(key string) string {
	switch key {
	case "ID":
		return "key"
	case "Depth":
		return "depth"
	case "Reason":
		return "reason"
	case "BatchSize":
		return "batch_size"
	case "Resource":
		return "resource"
	case "name": // the trace itself has one
		return "of"
	}
	return key
}

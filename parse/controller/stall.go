package controller

import (
	"faultline/parse"
	"faultline/parse/lex"
)

// Queue is the Class of a pop stall: which of client-go's queues reported it.
type Queue uint8

// The queues, by the name of their trace and the client-go that prints it.
const (
	DeltaFIFO    Queue = iota + 1 // 0.23 … 0.32
	RealFIFO                      // 0.33 on
	RealFIFOMany                  // "RealFIFO PopBatch Process", 0.35 on
)

// kind says which kind of event a trace is.
func (t *trace) kind() (parse.Kind, Queue) {
	switch string(t.name) {
	case "DeltaFIFO Pop Process":
		return parse.ControllerPopStall, DeltaFIFO
	case "RealFIFO Pop Process":
		return parse.ControllerPopStall, RealFIFO
	case "RealFIFO PopBatch Process":
		return parse.ControllerPopStall, RealFIFOMany
	case "processorListener handler":
		return parse.ControllerHandlerStall, 0
	}
	return parse.ControllerTrace, 0
}

// trace makes an event of a record that holds a trace.
func (r *record) trace(l *parse.Line, b *parse.Batch) parse.Verdict {
	t, ok := readTrace(r.message)
	if !ok {
		if id, total, end := traceEnd(r.message); end {
			b.Close(id, total)
			return parse.Took
		}
		if id, ok := step(r.message); ok { // in a record of its own
			b.Step(id)
			return parse.Took
		}
		return parse.Malformed
	}
	kind, queue := t.kind()
	e := parse.Event{Kind: kind, Class: uint8(queue), Severity: r.severity, Lasted: t.total,
		Time: r.started(&t, l), Grain: parse.GrainOf(t.start.Width)}
	e.Print = lex.Fingerprint(t.idAt, t.at)
	switch kind {
	case parse.ControllerPopStall:
		e.Target, e.Fact = b.Names.Add(t.value("ID")), b.Names.Add(t.idAt)
		depth, _, _ := lex.Digits(t.value("Depth"))
		e.Value = float64(depth)
	case parse.ControllerHandlerStall:
		e.Target, e.Fact = b.Names.Add(t.value("handler")), b.Names.Add(t.idAt)
		pending, _, _ := lex.Digits(t.value("pendingNotifications"))
		e.Value = float64(pending)
	default:
		e.Target, e.Fact = b.Names.Add(t.value("name")), b.Names.Add(t.name)
	}
	b.Add(e)
	if !t.ended || t.start.Zoned { // the head of 2019 has the exact duration, and an end behind it all the same
		b.Open(t.id)
	}
	return parse.Took
}

// started puts a trace's start on the line's clock. The start is printed in
// the process's zone and names none: a logrus header gives the offset, a
// stamp in UTC shows it, since the line is written when the trace ends.
func (r *record) started(t *trace, l *parse.Line) parse.Time {
	local := t.start.Unix + t.start.Width/2
	switch {
	case l.Clock == parse.ClockUptime:
		return r.risen(t, l)
	case t.start.Zoned:
		return r.zoned(t, l)
	case l.Clock == parse.ClockNone: // the header lost its time, and the trace has one
		since, year := lex.SinceYear(local)
		l.Own, l.Grain, l.Clock = parse.Time(since), parse.GrainOf(t.start.Width), parse.ClockYearless
		l.Prefix.HasStamp = true
		l.Prefix.Stamp = parse.Time(lex.InYear(since, year) - l.Ahead(local))
		return parse.Time(since)
	case l.Clock == parse.ClockYearless:
		since, year := lex.SinceYear(local)
		if r.since < since-leapYear/2 { // written in the year after
			since, year = since-leapYear, year+1
		}
		l.Prefix.HasStamp = true // the line names its year after all
		l.Prefix.Stamp = parse.Time(lex.InYear(r.since, year) - l.Ahead(local))
		return parse.Time(since)
	case !r.yearless && r.stamp.Zoned && len(r.time) > 10 && r.time[10] == 'T':
		return parse.Time(local - r.stamp.Offset)
	}
	const quarter = 15 * 60 * lex.Second // zones are multiples of it
	ahead := local + int64(t.total) - int64(l.Own)
	return parse.Time(local - roundTo(ahead, quarter))
}

// leapYear is the length of the year that klog headers count in.
const leapYear = 366 * 24 * 3600 * lex.Second

func roundTo(x, unit int64) int64 {
	if x < 0 {
		return -roundTo(-x, unit)
	}
	return (x + unit/2) / unit * unit
}

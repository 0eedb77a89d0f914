package controller

import (
	"bytes"
	"strconv"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// trace is the head of a utiltrace (k8s.io/utils trace/trace.go):
//
//	Trace[<id>]: "<name>" <key:value,…> (02-Jan-2006 15:04:05.000) (total time: <n>ms):
//
// followed, in the same record or in lines of their own, by steps and by
// "Trace[<id>]: [<duration>] [<duration>] END".
type trace struct {
	id    uint64
	idAt  []byte
	name  []byte
	field []byte    // "ID:xxx/y1,Depth:12,Reason:…"
	start lex.Stamp // in the process's own zone
	at    []byte    // the start as printed
	total time.Duration
	ended bool // the exact duration was in the record
	// uptime of the process at the start, "19.313528414", which the grammar
	// of 2019 has.
	uptime []byte
}

// readTrace reads a trace's head and, if it is in the same record, its end.
// Field values are printed bare and may hold commas, colons and brackets, so
// the head is read from its right end.
func readTrace(m []byte) (t trace, ok bool) {
	head, rest, _ := bytes.Cut(m, []byte{'\n'})
	id, n, ok := traceID(head)
	if !ok {
		return t, false
	}
	t.id, t.idAt = id, head[len("Trace["):n-len("]: ")]
	name, w, ok := quotedName(head[n:])
	if !ok {
		return t, false
	}
	t.name = name
	n += w
	mark := bytes.LastIndex(head, []byte(" (total time: "))
	open := -1
	if mark >= 0 {
		open = bytes.LastIndexByte(head[:mark], '(')
	}
	if open < n {
		return t, false
	}
	t.at = bytes.TrimSuffix(head[open+1:mark], []byte{')'})
	if t.start, _, ok = lex.TraceStamp(t.at); !ok && !t.started2019() {
		return t, false
	}
	t.field = bytes.TrimSpace(head[n:open])
	total := head[mark+len(" (total time: "):]
	if end := bytes.IndexByte(total, ')'); end > 0 {
		t.total, _ = time.ParseDuration(string(total[:end]))
	}
	t.ended = t.start.Zoned // the head of 2019 has it
	for len(rest) > 0 && !t.ended {
		var one []byte
		one, rest, _ = bytes.Cut(rest, []byte{'\n'})
		if id, d, end := traceEnd(one); end && id == t.id {
			t.total, t.ended = d, true
		}
	}
	return t, true
}

// traceID reads "Trace[<id>]: ".
func traceID(b []byte) (id uint64, n int, ok bool) {
	if !has(b, "Trace[") {
		return 0, 0, false
	}
	v, w, ok := lex.Digits(b[len("Trace["):])
	n = len("Trace[") + w
	if !ok || !has(b[n:], "]: ") {
		return 0, 0, false
	}
	return uint64(v), n + len("]: "), true
}

// traceEnd reads "Trace[<id>]: [<total>] [<total>] END".
func traceEnd(b []byte) (id uint64, total time.Duration, ok bool) {
	id, n, ok := traceID(b)
	if !ok || n >= len(b) || b[n] != '[' || !bytes.HasSuffix(bytes.TrimSpace(b), []byte("END")) {
		return 0, 0, false
	}
	end := bytes.IndexByte(b[n:], ']')
	if end < 0 {
		return 0, 0, false
	}
	total, err := time.ParseDuration(string(b[n+1 : n+end]))
	return id, total, err == nil
}

// tail reads a line that goes on with a trace begun before: a step, or the
// end. Exports that took the header away leave the trace's head as it is.
func tail(text []byte, l *parse.Line, b *parse.Batch) parse.Verdict {
	if id, total, ok := traceEnd(text); ok {
		b.Close(id, total)
		return parse.Took
	}
	if step(text) {
		return parse.Took
	}
	t, ok := readTrace(text)
	if !ok {
		return parse.Malformed
	}
	r := record{severity: parse.Info, message: text, yearless: true}
	r.since, _ = lex.SinceYear(t.start.Unix + t.start.Offset + int64(t.total))
	r.clock(l)
	return r.trace(l, b)
}

// step says whether a line is a step of a trace (`Trace[7]: ---"name" 2ms
// (15:04:05.000)`), or belongs to a trace nested in it.
func step(b []byte) bool {
	_, n, ok := traceID(b)
	b = bytes.TrimLeft(b[n:], " ")
	return ok && (has(b, "---") || has(b, "["))
}

// value is a field of the trace. Fields are joined by commas; a comma that no
// "key:" follows belongs to the value ("Resource:/v1, Resource=pods").
func (t *trace) value(key string) []byte {
	for rest := t.field; len(rest) > 0; {
		end := len(rest)
		for i := 0; i < len(rest); i++ {
			if rest[i] == ',' && fieldKey(rest[i+1:]) > 0 {
				end = i
				break
			}
		}
		if has(rest, key) && len(rest) > len(key) && rest[len(key)] == ':' {
			return rest[len(key)+1 : end]
		}
		if end == len(rest) {
			break
		}
		rest = rest[end+1:]
	}
	return nil
}

// fieldKey is the length of "key:" at the beginning of b, 0 if there is none.
func fieldKey(b []byte) int {
	for i, c := range b {
		switch {
		case c == ':' && i > 0:
			return i + 1
		case c|0x20 >= 'a' && c|0x20 <= 'z':
		case i > 0 && (c == '-' || c == '_' || c >= '0' && c <= '9'):
		default:
			return 0
		}
	}
	return 0
}

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
		if step(r.message) {
			return parse.Took // in a record of its own
		}
		return parse.Malformed
	}
	kind, queue := t.kind()
	e := parse.Event{Kind: kind, Class: uint8(queue), Severity: r.severity, Lasted: t.total,
		Time: r.started(&t, l), Grain: parse.GrainOf(t.start.Width)}
	e.Print = lex.Print(append(append([]byte(nil), t.idAt...), t.at...))
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
	if !t.ended {
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
	case l.Clock == parse.ClockYearless:
		since, year := lex.SinceYear(local)
		if r.since < since-leapYear/2 { // written in the year after
			since, year = since-leapYear, year+1
		}
		l.Prefix.HasStamp = true // the line names its year after all
		l.Prefix.Stamp = parse.Time(lex.InYear(r.since, year))
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

// text is the trace id as a number prints.
func (t *trace) text() string { return strconv.FormatUint(t.id, 10) }

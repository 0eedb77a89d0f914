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
	last := bytes.LastIndexByte(head, '(')
	for last >= 0 && !has(head[last:], "(total time: ") {
		last = bytes.LastIndexByte(head[:last], '(')
	}
	open := bytes.LastIndexByte(head[:max(last, 0)], '(')
	if open < n || head[last-1] != ' ' {
		return t, false
	}
	t.at = bytes.TrimSuffix(head[open+1:last-1], []byte{')'})
	if t.start, _, ok = lex.TraceStamp(t.at); !ok && !t.started2019() {
		return t, false
	}
	t.field = bytes.TrimSpace(head[n:open])
	total := head[last+len("(total time: "):]
	if end := bytes.IndexByte(total, ')'); end > 0 {
		t.total, _ = lex.Duration(total[:end])
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
	total, ok = lex.Duration(b[n+1 : n+end])
	return id, total, ok
}

// headless is a trace behind what a paste left of its klog header:
// "1 trace.go:205] Trace[…".
func headless(text []byte) []byte {
	const header = "I1123 08:50:05.060456   28718 trace.go:236] "
	i := bytes.Index(text[:min(len(text), len(header)+len("Trace["))], []byte("] Trace["))
	if i < 0 || !bytes.Contains(text[:i], []byte("trace.go:")) {
		return nil
	}
	return text[i+len("] "):]
}

// tail reads a line that goes on with a trace begun before: a step, or the
// end. Exports that took the header away leave the trace's head as it is.
func tail(text []byte, l *parse.Line, b *parse.Batch) parse.Verdict {
	if id, total, ok := traceEnd(text); ok {
		b.Close(id, total)
		return parse.Took
	}
	if id, ok := step(text); ok {
		b.Step(id)
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
// (15:04:05.000)`), or belongs to a trace nested in it, and of which.
func step(b []byte) (id uint64, ok bool) {
	id, n, ok := traceID(b)
	b = bytes.TrimLeft(b[n:], " ")
	return id, ok && (has(b, "---") || has(b, "["))
}

// value is a field of the trace. Fields are joined by commas; a comma that no
// "key:" follows belongs to the value ("Resource:/v1, Resource=pods").
func (t *trace) value(key string) []byte {
	for rest := t.field; ; {
		end := comma(rest)
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

// comma is where the first field of b ends: at a comma before a key, or with b.
func comma(b []byte) int {
	for i := 0; ; i++ {
		n := bytes.IndexByte(b[i:], ',')
		if n < 0 {
			return len(b)
		}
		if i += n; fieldKey(b[i+1:]) > 0 {
			return i
		}
	}
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

// text is the trace id as a number prints.
func (t *trace) text() string { return strconv.FormatUint(t.id, 10) }

package controller

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// escapes says how a record's message stands in its line.
type escapes uint8

const (
	none       escapes = iota
	goString           // %q, without its quotes
	jsonString         // without its quotes
)

// read takes a record out of whichever carrier the line is.
func read(text []byte) (r record, ok bool) {
	if r, ok = scan(text); ok {
		r.open(nil)
	}
	return r, ok
}

// scan is read without what costs memory: the message stands as it is in the
// line until [record.open].
func scan(text []byte) (r record, ok bool) {
	switch c := text[0]; {
	case c == 't', c == 'l', c == '"':
		return logrus(text)
	case c == 'c' && has(text, "caller="), c == 's' && has(text, "severity="):
		return logfmt(text)
	case c == '{':
		return object(text)
	case c == '[':
		if _, rest, old := bytes.Cut(text, []byte(")] [")); old && has(text, "[Envoy (Epoch ") { // Istio's agent to 1.6 puts it before
			text = text[len(text)-len(rest)-1:]
		}
		return envoys(text)
	case c-'0' <= 9:
		return zapConsole(text)
	case len(text) > len("INFO[") && text[4] == '[':
		return terminal(text)
	}
	if r, ok = klog(text); !ok {
		return fromCaller(text)
	}
	return r, ok
}

// fromCaller reads a klog line from its caller on, as people paste it: `proxier.go:1484] "Failed
// to execute iptables-restore" err="…"`. What is worth to be pasted is at least a warning.
func fromCaller(text []byte) (r record, ok bool) {
	caller, message, ok := bytes.Cut(text[:min(len(text), longestCaller)], []byte("] "))
	file, number, ok2 := bytes.Cut(caller, []byte(".go:"))
	_, n, ok3 := lex.Digits(number)
	if !ok || !ok2 || !ok3 || n != len(number) || len(file) == 0 || bytes.ContainsAny(file, " \t\"[(") {
		return r, false
	}
	return record{severity: parse.Warn, caller: caller, message: text[len(caller)+len("] "):], timeless: true}, len(message) > 0
}

// longestCaller is how far into a line its caller ends at most.
const longestCaller = 80

// logrus reads logrus's TextFormatter on a pipe:
// time="RFC3339" level=info msg="…" key=value (sirupsen/logrus text_formatter.go).
// Some collectors take the key of the time away, and some all of it.
func logrus(text []byte) (r record, ok bool) {
	rest := text
	if r.timeless = has(text, "level="); !r.timeless {
		rest = bytes.TrimPrefix(text, []byte("time="))
		if len(rest) == 0 || rest[0] != '"' {
			return logfmt(text)
		}
		s, n, ok := lex.RFC3339(rest[1:])
		if !ok || !has(rest[1+n:], `" `) {
			return r, false
		}
		r.stamp, r.time, rest = s, rest[1:1+n], rest[1+n+1:]
	}
	for {
		if has(rest, " msg=") {
			return r, r.said(rest[len(" msg="):])
		}
		key, value, n, more := lex.Pair(rest)
		if !more {
			return r, false
		}
		r.pairOf(key, value)
		rest = rest[n:]
	}
}

// pairOf takes what a pair before the message says of the record, under the
// names that loggers give a time and a level: logrus and log/slog (time, level),
// go-kit and promtail (ts, level), log15 and Grafana (t, lvl).
func (r *record) pairOf(key, value []byte) (known bool) {
	switch string(key) {
	case "level", "lvl", "severity":
		r.severity = level(value)
		return r.severity != parse.SeverityNone
	case "time", "ts", "t", "timestamp":
		s, n, ok := lex.RFC3339(value)
		if ok = ok && n == len(value); !ok {
			s, ok = epoch(value)
		}
		if ok {
			r.stamp, r.time, r.timeless = s, value, false
		}
		return ok
	}
	return false
}

// logfmt reads pairs in an order of one's own, as go-kit/log, log/slog and log15
// write them: a time and a level, then the message.
func logfmt(text []byte) (r record, ok bool) {
	r.timeless = true
	rest, known := text, 0
	for {
		key, value, n, more := lex.Pair(rest)
		if !more {
			return r, false
		}
		if string(key) == "msg" || string(key) == "message" {
			at := bytes.IndexByte(rest, '=') + 1
			return r, known == 2 && r.said(rest[at:])
		}
		if r.pairOf(key, value) {
			known++
		}
		rest = rest[n:]
	}
}

// said reads the message and what follows it.
func (r *record) said(b []byte) bool {
	if len(b) == 0 || b[0] != '"' {
		end := bytes.IndexByte(b, ' ')
		if end < 0 {
			end = len(b)
		}
		r.message, r.fields = b[:end], b[end:]
		return true
	}
	end := lex.QuotedEnd(b)
	if end == 0 {
		return false // its closing quote was cut off
	}
	r.message, r.fields, r.escape = b[1:end-1], b[end:], goString
	return true
}

const klogDate = len("I1123 ")

// klog reads a klog line: "I1123 08:50:05.060456   28718 trace.go:219] text".
func klog(text []byte) (r record, ok bool) {
	k, n, ok := lex.KlogHeader(text)
	if !ok {
		return r, false
	}
	r.since, r.yearless, r.message, r.caller = k.Since, true, text[n:], k.Caller
	r.time = text[:klogDate+bytes.IndexByte(text[klogDate:], ' ')]
	r.severity = severities[k.Severity]
	return r, true
}

var severities = [...]parse.Severity{'I': parse.Info, 'W': parse.Warn, 'E': parse.Error, 'F': parse.Fatal}

// object reads one JSON object a line: logrus's JSONFormatter ("time" as
// RFC 3339), zap ("ts" in seconds) and component-base's klog ("ts" in
// milliseconds, "v" or "err" in place of a level), zerolog ("message"), bunyan
// and pino (levels by number).
func object(text []byte) (r record, ok bool) {
	var lvl, msg, said, at, v, err []byte
	r.fields, r.members, r.escape = text[1:], true, jsonString
	for key, value := range lex.Members(r.fields) {
		switch string(key) {
		case "level":
			lvl = value
		case "msg":
			msg = value
		case "message": // zerolog
			said = value
		case "time", "ts":
			at = value
		case "v":
			v = value
		case "err":
			err = value
		case "DownstreamStatus": // Traefik's access log, which logrus writes too
			return r, false
		}
	}
	if msg == nil && len(lvl) > 0 {
		msg = said
	}
	if len(msg) < 2 || msg[0] != '"' {
		return r, false
	}
	// A collector may have taken the level; then what linkerd's loggers add must
	// tell that this is one of theirs.
	if len(lvl)+len(v)+len(err) == 0 && (!bytes.Contains(text, []byte(`"component"`)) || len(msg) <= len(`""`)) {
		return r, false
	}
	r.message = msg[1 : len(msg)-1]
	switch {
	case len(lvl) > 0:
		r.severity = level(bytes.Trim(lvl, `"`))
	case len(err) > 0:
		r.severity = parse.Error
	default:
		r.severity = parse.Info
	}
	r.time = bytes.Trim(at, `"`)
	if r.stamp, _, ok = lex.RFC3339(r.time); ok {
		return r, true
	}
	r.stamp, ok = epoch(r.time)
	return r, ok
}

// open undoes what the carrier escaped, and takes a klog header off the
// message: klog that was redirected into a logrus writer (linkerd before
// 2.14.6, at debug). The text is written into room, which is returned, if there
// is enough.
func (r *record) open(room []byte) []byte {
	if bytes.IndexByte(r.message, '\\') >= 0 {
		switch r.escape {
		case goString:
			room = lex.AppendUnescaped(room[:0], r.message)
			r.message = room
		case jsonString:
			r.message = lex.Unquote(append(append([]byte{'"'}, r.message...), '"'))
		}
	}
	r.unwrap()
	return room
}

// unwrap takes a klog header off the message.
func (r *record) unwrap() {
	if r.yearless {
		return
	}
	if _, n, ok := lex.KlogHeader(r.message); ok {
		r.message = r.message[n:]
	}
}

func level(b []byte) parse.Severity {
	if len(b) < 4 {
		return short(b)
	}
	switch [4]byte{b[0] | 0x20, b[1] | 0x20, b[2] | 0x20, b[3] | 0x20} {
	case [4]byte{'t', 'r', 'a', 'c'}:
		return parse.Trace
	case [4]byte{'d', 'e', 'b', 'u'}, [4]byte{'d', 'b', 'u', 'g'}:
		return parse.Debug
	case [4]byte{'i', 'n', 'f', 'o'}:
		return parse.Info
	case [4]byte{'w', 'a', 'r', 'n'}:
		return parse.Warn
	case [4]byte{'e', 'r', 'r', 'o'}, [4]byte{'e', 'r', 'o', 'r'}:
		return parse.Error
	case [4]byte{'c', 'r', 'i', 't'}:
		return parse.Error
	case [4]byte{'n', 'o', 't', 'i'}:
		return parse.Info
	case [4]byte{'f', 'a', 't', 'a'}, [4]byte{'p', 'a', 'n', 'i'}, [4]byte{'d', 'p', 'a', 'n'}:
		return parse.Fatal
	}
	return parse.SeverityNone
}

// short reads levels of fewer letters, and the numbers of bunyan and pino.
func short(b []byte) parse.Severity {
	switch string(bytes.ToLower(b)) {
	case "trc", "10":
		return parse.Trace
	case "dbg", "20":
		return parse.Debug
	case "inf", "30":
		return parse.Info
	case "wrn", "40":
		return parse.Warn
	case "err", "50":
		return parse.Error
	case "ftl", "60":
		return parse.Fatal
	}
	return parse.SeverityNone
}

package controller

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
)

// read takes a record out of whichever carrier the line is.
func read(text []byte) (r record, ok bool) {
	switch {
	case has(text, `time="`):
		return logrus(text)
	case text[0] == '{':
		return object(text)
	}
	return klog(text)
}

// logrus reads logrus's TextFormatter on a pipe:
// time="RFC3339" level=info msg="…" key=value (sirupsen/logrus text_formatter.go).
func logrus(text []byte) (r record, ok bool) {
	rest := text
	for {
		key, value, n, more := lex.Pair(rest)
		if !more {
			break
		}
		switch string(key) {
		case "time":
			s, _, isTime := lex.RFC3339(value)
			if !isTime {
				return r, false
			}
			r.stamp, r.time = s, value
		case "level":
			r.severity = level(value)
		case "msg":
			if has(value, `"`) {
				return r, false // its closing quote was cut off
			}
			r.message, r.fields = value, rest[n:]
			return r.unwrapped(), r.stamp.Width > 0
		}
		rest = rest[n:]
	}
	return r, false
}

const klogDate = len("I1123 ")

// klog reads a klog line: "I1123 08:50:05.060456   28718 trace.go:219] text".
func klog(text []byte) (r record, ok bool) {
	k, n, ok := lex.KlogHeader(text)
	if !ok {
		return r, false
	}
	r.since, r.yearless, r.message = k.Since, true, text[n:]
	r.time = text[:klogDate+bytes.IndexByte(text[klogDate:], ' ')]
	r.severity = map[byte]parse.Severity{'I': parse.Info, 'W': parse.Warn, 'E': parse.Error, 'F': parse.Fatal}[k.Severity]
	return r, true
}

// object reads one JSON object a line: logrus's JSONFormatter ("time" as
// RFC 3339), zap ("ts" in seconds) and component-base's klog ("ts" in
// milliseconds).
func object(text []byte) (r record, ok bool) {
	if !bytes.Contains(text, []byte(`"msg":`)) {
		return r, false
	}
	var o struct {
		Level, Msg, Time *string
		TS               json.RawMessage
		V                *int
	}
	if json.Unmarshal(text, &o) != nil || o.Msg == nil || (o.Level == nil && o.V == nil) {
		return r, false
	}
	r.message = []byte(*o.Msg)
	r.severity = parse.Info
	if o.Level != nil {
		r.severity = level([]byte(*o.Level))
	}
	if o.Time != nil {
		r.time = []byte(*o.Time)
		r.stamp, _, ok = lex.RFC3339(r.time)
		return r.unwrapped(), ok
	}
	r.time = bytes.Trim(o.TS, `"`)
	if r.stamp, _, ok = lex.RFC3339(r.time); ok {
		return r.unwrapped(), true
	}
	r.stamp, ok = epoch(string(r.time))
	return r.unwrapped(), ok
}

// epoch reads a decimal number of seconds or milliseconds since 1970, told
// apart by size, without losing digits.
func epoch(s string) (lex.Stamp, bool) {
	exponent := strings.IndexAny(s, "eE") // a large one would cost seconds
	if len(s) > 40 || exponent >= 0 && len(s)-exponent > len("e+09") || strings.ContainsRune(s, '/') {
		return lex.Stamp{}, false
	}
	x, ok := new(big.Rat).SetString(s)
	if !ok || x.Sign() <= 0 {
		return lex.Stamp{}, false
	}
	unit := big.NewRat(lex.Second, 1)
	if x.Cmp(big.NewRat(1e11, 1)) > 0 {
		unit = big.NewRat(lex.Second/1000, 1)
	}
	x.Mul(x, unit)
	ns := new(big.Int).Quo(x.Num(), x.Denom())
	if !ns.IsInt64() {
		return lex.Stamp{}, false
	}
	return lex.Stamp{Unix: ns.Int64(), Width: 1000, Zoned: true}, true
}

// unwrapped takes a klog header off a message: klog that was redirected into
// a logrus writer (linkerd before 2.14.6, at debug).
func (r record) unwrapped() record {
	if _, n, ok := lex.KlogHeader(r.message); ok {
		r.message = r.message[n:]
	}
	return r
}

func level(b []byte) parse.Severity {
	switch strings.ToLower(string(b)) {
	case "trace":
		return parse.Trace
	case "debug":
		return parse.Debug
	case "info":
		return parse.Info
	case "warn", "warning":
		return parse.Warn
	case "error":
		return parse.Error
	case "fatal", "panic":
		return parse.Fatal
	}
	return parse.SeverityNone
}

package proxy

import (
	"bytes"
	"strconv"

	"faultline/parse"
	"faultline/parse/lex"
)

// object is a line of tracing's JSON taken apart; its values stand as they are
// in the line.
//
//	{"timestamp":T,"level":"INFO","fields":{"message":…,…},"target":…,"spans":[{"f":v,"name":…}],"threadId":"ThreadId(1)"}
//
// T is the uptime as the plain log has it, and since v2.252.0 (2.17) a wall
// time (linkerd/tracing/src/lib.rs, mk_json).
type object struct {
	stamp, level, target, fields, spans, span, thread []byte
}

func (o *object) read(text []byte) bool {
	for key, value := range lex.Members(text[1:]) {
		switch string(key) {
		case "timestamp":
			o.stamp = value
		case "level":
			o.level = value
		case "target":
			o.target = value
		case "fields":
			o.fields = value
		case "spans":
			o.spans = value
		case "span":
			o.span = value
		case "threadId":
			o.thread = value
		}
	}
	return len(o.stamp) > 2 && len(o.level) > 2 && len(o.target) > 2 && len(o.fields) > 2 && o.fields[0] == '{'
}

// json reads a line of JSON. The policy controller's has the same shape, but
// no thread.
func (r *record) json(l *parse.Line, b *parse.Batch) parse.Verdict {
	var o object
	if !o.read(l.Text) || !r.object(&o) || !o.proxys(r) {
		return parse.NotMine
	}
	r.mark(l)
	if r.severity <= parse.Debug || r.said() == nil {
		return parse.Other
	}
	b.Scratch = r.plain(&o, b.Scratch)
	return r.classify(l, b)
}

// proxys tells a proxy's lines from the policy controller's.
func (o *object) proxys(r *record) bool {
	return len(o.thread) > 0 || r.clock == parse.ClockUptime ||
		has(r.target, "linkerd") && !has(r.target, "linkerd_policy_controller") && !r.validates()
}

// object takes over what decides whether a line matters: nothing is copied.
func (r *record) object(o *object) bool {
	stamp := o.stamp[1:]
	if own, width, n, ok := lex.Uptime(stamp); ok {
		r.uptime(own, width)
		r.time = stamp[:n]
	} else if s, n, ok := lex.RFC3339(stamp); ok && s.Zoned {
		r.at(s, stamp[:n])
	} else {
		return false
	}
	switch string(o.level) {
	case `"INFO"`:
		r.severity = parse.Info
	case `"WARN"`:
		r.severity = parse.Warn
	case `"ERROR"`:
		r.severity = parse.Error
	case `"DEBUG"`:
		r.severity = parse.Debug
	case `"TRACE"`:
		r.severity = parse.Trace
	default:
		return false
	}
	r.thread = bytes.TrimSuffix(bytes.TrimPrefix(lex.Unquote(o.thread), []byte("ThreadId(")), []byte{')'})
	r.target = lex.Unquote(o.target)
	r.message = lex.Unquote(lex.MemberOf(o.fields, "message"))
	return true
}

// plain writes the spans and fields as the plain log would, so that what a
// message means is decided in one place. Texts are quoted: in JSON, it is
// known where they end. They are written to room, which is given back as it has grown.
func (r *record) plain(o *object, room []byte) []byte {
	out := append(room[:0], untail(r.message)...)
	for key, value := range lex.Members(o.fields[1:]) {
		if string(key) == "message" {
			continue
		}
		out = append(append(append(out, ' '), key...), '=')
		if value[0] == '"' {
			out = appendQuote(out, lex.Unquote(value))
		} else {
			out = append(out, value...)
		}
	}
	r.message = out[:len(out):len(out)]
	spans := o.spans
	if len(spans) < 2 || spans[0] != '[' {
		if len(o.span) < 2 || o.span[0] != '{' {
			return out
		}
		spans = append(append([]byte{'['}, o.span...), ']') // up to 2.9
	}
	from := len(out)
	for rest := spans[1:]; ; {
		value, n, ok := lex.Element(rest)
		if !ok {
			r.spans = out[from:]
			return out
		}
		if rest = rest[n:]; value[0] == '{' {
			if len(out) > from {
				out = append(out, ':')
			}
			out = span(out, value)
		}
	}
}

// appendQuote is strconv.AppendQuote, at once for a text in which nothing is escaped.
func appendQuote(out, text []byte) []byte {
	for _, c := range text {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return strconv.AppendQuote(out, string(text))
		}
	}
	return append(append(append(out, '"'), text...), '"')
}

// span appends a span as the plain log has it: "name{key=value key=value}".
// Its name is the last member of that name; a field may have it too.
func span(out, object []byte) []byte {
	var name []byte
	fields := make([]byte, 0, 128)
	add := func(key, value []byte) {
		if len(fields) > 0 {
			fields = append(fields, ' ')
		}
		fields = append(append(append(fields, key...), '='), value...)
	}
	for key, value := range lex.Members(object[1:]) {
		switch {
		case string(key) != "name":
			add(key, lex.Unquote(value))
		case name != nil:
			add(key, name)
			fallthrough
		default:
			name = lex.Unquote(value)
		}
	}
	out = append(out, name...)
	if len(fields) > 0 {
		out = append(append(append(out, '{'), fields...), '}')
	}
	return out
}

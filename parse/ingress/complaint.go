package ingress

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// complaint is a line of nginx's error log (ngx_log_error_core):
//
//	2006/01/02 15:04:05 [error] 31#31: *123 message, client: …, server: …, request: "…", upstream: "…", host: "…"
type complaint struct {
	time, level []byte
	process     []byte // "31#31"
	connection  []byte // "*123"
	stamp       lex.Stamp
}

const complaintStamp = "2006/01/02 15:04:05"

// head reads up to the message.
func (e *complaint) head(b []byte) (rest []byte, ok bool) {
	if len(b) < len(complaintStamp)+len(" [warn] 1#1: ") || b[4] != '/' || b[7] != '/' || !has(b[len(complaintStamp):], " [") {
		return nil, false
	}
	var iso [len(complaintStamp)]byte
	copy(iso[:], b)
	iso[4], iso[7] = '-', '-'
	s, n, ok := lex.RFC3339(iso[:])
	if !ok || n != len(iso) {
		return nil, false
	}
	e.stamp, e.time = s, b[:n]
	rest = b[n+len(" ["):]
	end := bytes.IndexByte(rest[:min(len(rest), len("notice]"))], ']')
	if end < 0 || !has(rest[end:], "] ") {
		return nil, false
	}
	e.level, rest = rest[:end], rest[end+len("] "):]
	if e.severity() == parse.SeverityNone {
		return nil, false
	}
	_, p, ok := lex.Digits(rest)
	if !ok || p >= len(rest) || rest[p] != '#' {
		return nil, false
	}
	_, t, ok := lex.Digits(rest[p+1:])
	p += 1 + t
	if !ok || !has(rest[p:], ": ") {
		return nil, false
	}
	e.process, rest = rest[:p], rest[p+len(": "):]
	if len(rest) > 0 && rest[0] == '*' {
		e.connection, rest = word(rest)
	} else if _, n, ok := lex.Digits(rest); ok && n < len(rest) && rest[n] == ' ' { // Markdown took the mark for emphasis
		e.connection, rest = word(rest)
	}
	return rest, true
}

// alone are how messages of an upstream that failed begin, which people quote without
// what stands before them.
var alone = lex.NewBeginnings("upstream sent too big header while ", "upstream prematurely closed connection while ", "upstream timed out (110: ",
	"connect() failed (1", "recv() failed (1", "no live upstreams while ")

// headless reads such a message, with the connection's number before it or without.
func (e *complaint) headless(b []byte) (rest []byte, ok bool) {
	if rest = b; b[0] == '*' {
		e.connection, rest = word(b)
	}
	if !alone.Before(rest) || activity(about(rest)) == duringOther {
		return nil, false
	}
	e.level = []byte("error") // a warning nobody asks about
	return rest, true
}

// read reads a line up to the message, or the message alone.
func (e *complaint) read(b []byte) (rest []byte, ok bool) {
	if rest, ok = e.head(b); ok {
		return rest, true
	}
	return e.headless(b)
}

func (e *complaint) severity() parse.Severity {
	switch string(e.level) {
	case "debug":
		return parse.Debug
	case "info", "notice":
		return parse.Info
	case "warn":
		return parse.Warn
	case "error", "crit":
		return parse.Error
	case "alert", "emerg":
		return parse.Fatal
	}
	return parse.SeverityNone
}

// verdict makes an event of an upstream that could not be reached or did not
// answer. What the client then got, after perhaps another attempt, is in the
// access log.
func (e *complaint) verdict(rest []byte, l *parse.Line, b *parse.Batch) parse.Verdict {
	if e.stamp.Width > 0 {
		ended(l, e.stamp, 0)
	} else {
		l.AtPrefix()
	}
	said := reason(rest, e.level)
	l.Severity, l.Everyday = e.severity(), field(rest, "client") != nil
	if said.kind == parse.KindNone {
		return parse.Other
	}
	if key := requestKey(field(rest, "client"), field(rest, "request")); key != 0 && said.cause != parse.CauseUnknown {
		b.Tell(key, l.Own, said.cause)
	}
	b.Add(parse.Event{Kind: said.kind, Severity: e.severity(), Class: uint8(said.cause), Value: float64(said.status),
		Target: b.Names.Add(upstreamOf(rest, said.kind)), Fact: b.Names.Add(about(rest))})
	return parse.Took
}

// about is the message without what it adds about the request.
func about(m []byte) []byte {
	if i := bytes.Index(m, []byte(", client: ")); i >= 0 {
		return m[:i]
	}
	return m
}

// upstreamOf is the server or the group that was asked, else the host.
func upstreamOf(m []byte, kind parse.Kind) []byte {
	if name := checked(m); name != nil {
		return name
	}
	if url := field(m, "upstream"); len(url) > 0 && kind != parse.ProxyOverloaded {
		return authority(url)
	}
	return first(field(m, "host"), field(m, "server"))
}

// field is the value of ", key: value". nginx escapes nothing in it, so what
// a client sent may end it early.
func field(m []byte, key string) []byte {
	for from := 0; ; {
		i := bytes.Index(m[from:], []byte(key))
		if i < 0 {
			return nil
		}
		from += i + len(key)
		if before := m[:from-len(key)]; !bytes.HasSuffix(before, []byte(", ")) || !has(m[from:], ": ") {
			continue
		}
		v := m[from+len(": "):]
		if has(v, `"`) {
			v, _, _ = bytes.Cut(v[1:], []byte{'"'})
			return v
		}
		v, _, _ = bytes.Cut(v, []byte(", "))
		return v
	}
}

// authority is the host and port of a URL, or the path of a socket.
func authority(url []byte) []byte {
	i := bytes.Index(url, []byte("://"))
	if i < 0 {
		return url
	}
	url = url[i+len("://"):]
	if has(url, "unix:") { // the path of the request follows a second colon
		path, _, _ := bytes.Cut(url[len("unix:"):], []byte{':'})
		return url[:len("unix:")+len(path)]
	}
	host, _, _ := bytes.Cut(url, []byte{'/'})
	return host
}

package app

import (
	"bytes"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
)

// uvicornAnswer is a line of Uvicorn's log of requests taken apart (uvicorn/logging.py,
// AccessFormatter), as Hypercorn and servers of FastAPI print it as well:
//
//	INFO:     10.42.0.9:52782 - "GET /cart HTTP/1.1" 503 Service Unavailable
type uvicornAnswer struct {
	client, request []byte
	status          int
}

// protocol stands between the request and the status.
const protocol = ` HTTP/1.1" `

// uvicornRequest reads such a line, with its level or without.
func uvicornRequest(text []byte) (r uvicornAnswer, ok bool) {
	if rest, levelled := bytes.CutPrefix(text, []byte("INFO:")); levelled {
		text = bytes.TrimLeft(rest, " ")
	}
	client, rest, ok := bytes.Cut(text, []byte(` - "`))
	if !ok || !isPeer(client) {
		return r, false
	}
	end := bytes.LastIndex(rest, []byte(protocol))
	if end < 0 {
		return r, false
	}
	status, n, digits := lex.Digits(rest[end+len(protocol):])
	after := rest[end+len(protocol)+n:]
	if !digits || n != 3 || len(after) > 0 && (after[0] != ' ' || len(after) > 1 && (after[1] < 'A' || after[1] > 'Z')) {
		return r, false
	}
	r.client, r.request, r.status = client, rest[:end+len(protocol)-len(`" `)], int(status)
	return r, true
}

// isPeer says whether a text is an address, or the name of a host, with its port.
func isPeer(text []byte) bool {
	at := bytes.LastIndexByte(text, ':')
	if at <= 0 {
		return false
	}
	_, n, ok := lex.Digits(text[at+1:])
	return ok && n == len(text)-at-1 && strings.Trim(strings.ToLower(string(text[:at])), "abcdefghijklmnopqrstuvwxyz0123456789-_.:[]") == ""
}

// line gives the line the time before it, since it prints none, and makes an event of a
// request that was answered with 5xx.
func (r *uvicornAnswer) line(l *parse.Line, b *parse.Batch) parse.Verdict {
	l.AtPrefix()
	l.Severity = parse.Info
	if r.status < 500 {
		return parse.Other
	}
	b.Add(parse.Event{Kind: parse.IngressResponse, Severity: parse.Warn, Value: float64(r.status), Class: uint8(parse.CauseUpstream)})
	return parse.Took
}

// shown shows what a server's log tells of a request.
func shown(d *parse.Detail, request []byte, status string) {
	d.Message = string(request) + " " + status
	d.Set("status", status)
	if method, rest, ok := bytes.Cut(request, []byte{' '}); ok {
		path, _, _ := bytes.Cut(rest, []byte(" HTTP/"))
		d.Set("method", string(method))
		d.Set("path", string(path))
	}
}

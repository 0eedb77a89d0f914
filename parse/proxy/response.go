package proxy

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// Response is the head of an answer as curl -v and curl -i print it, which is how
// people show in a ticket what their client got. The header l5d-proxy-error has
// linkerd-proxy's own words (linkerd2-proxy linkerd/app/core/src/errors/respond.rs,
// L5D_PROXY_ERROR). Nothing in it but the date has a time, and that is the server's.
var Response = &parse.Format{
	Name: "http-response",
	Doc: `heads of answers as curl -v and curl -i print them: a status of 502, 503 or 504, and the proxy's own words in the header l5d-proxy-error. They have no time.
< HTTP/1.1 504 Gateway Timeout
< l5d-proxy-error: logical service 10.43.17.9:80: service in fail-fast`,
	Origin: "curl (docs/cmdline-opts/verbose.md), linkerd2-proxy since 2.10 (linkerd/app/core/src/errors/respond.rs)",
	Role:   parse.RoleAbout, Lane: parse.LaneOther,
	Needles: []string{"HTTP/1.1 50", "HTTP/2 50", "HTTP/1.0 50", proxyError},
	Line:    responseLine,
	Detail:  responseDetail,
}

const proxyError = "l5d-proxy-error: "

// responseLine reads a status line, a header that says why, and the other lines
// that curl marks as received.
func responseLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	text, received := bytes.CutPrefix(l.Text, []byte("< "))
	status, is := statusLine(text)
	words, said := proxySaid(text)
	switch {
	case !received && !is && !said:
		return parse.NotMine
	case said:
		l.AtPrefix()
		var f failure
		f.chain = words
		f.layers()
		e := parse.Event{Kind: parse.ProxyRequestFailed, Severity: parse.Warn, Class: uint8(f.cause), Fact: b.Names.Add(f.leaf)}
		if e.Target = b.Names.Add(f.logical); len(f.logical) == 0 {
			e.Target = b.Names.Add(f.endpoint)
		}
		b.Add(e)
		b.OfAnswer(l) // whose status stands in a line of its own
		return parse.Took
	case is && status >= 502 && status <= 504:
		l.AtPrefix()
		return b.CallFailed(parse.Call{Status: status}, bytes.TrimSpace(text), l, false)
	}
	return parse.Other
}

// proxySaid is what a header has of the proxy's own words.
func proxySaid(text []byte) (words []byte, ok bool) {
	if len(text) <= len(proxyError) || !bytes.EqualFold(text[:len(proxyError)], []byte(proxyError)) {
		return nil, false
	}
	return bytes.TrimSpace(text[len(proxyError):]), true
}

// statusLine reads "HTTP/1.1 504 Gateway Timeout" and "HTTP/2 504", and nothing
// behind the reason (RFC 9112, 4).
func statusLine(text []byte) (status int, ok bool) {
	rest, ok := bytes.CutPrefix(text, []byte("HTTP/"))
	version, rest, found := bytes.Cut(rest, []byte{' '})
	if !ok || !found || len(version) == 0 || len(version) > 3 || version[0] < '1' || version[0] > '3' {
		return 0, false
	}
	n, w, digits := lex.Digits(rest)
	reason := bytes.TrimSpace(rest[min(w, len(rest)):])
	for _, c := range reason {
		if c|0x20 < 'a' && c != ' ' && c != '-' && c != '\'' || c|0x20 > 'z' {
			return 0, false
		}
	}
	return int(n), digits && w == 3 && len(reason) < 40
}

// responseDetail takes a line apart to be shown.
func responseDetail(text []byte, d *parse.Detail) {
	text = bytes.TrimPrefix(text, []byte("< "))
	d.Message = string(text)
	if words, ok := proxySaid(text); ok {
		d.Message = string(words)
		d.Set("header", "l5d-proxy-error")
	}
}

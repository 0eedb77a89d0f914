package ingress

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// Traefik is Traefik's access log, as text and as JSON
// (pkg/middlewares/accesslog: logger_formatters.go, logdata.go).
var Traefik = &parse.Format{
	Name: "traefik",
	Doc: `access log of Traefik, as text (in whole seconds) and as JSON. A line names the beginning of a request; its duration is added.
10.255.0.2 - - [02/Oct/2019:02:47:34 +0000] "GET /portainer HTTP/1.1" 504 15 "-" "-" 2 "portainer@docker" "http://10.255.0.141:9000" 29970ms
{"DownstreamStatus":502,"Duration":12500000,"OriginStatus":502,"RequestHost":"web.example.com","RouterName":"web@docker","ServiceName":"web@docker","ServiceURL":"http://10.92.0.5:8080","StartUTC":"2026-10-06T10:00:00.5Z","level":"info","msg":"","time":"2026-10-06T10:00:00Z"}`,
	Origin: "Traefik 2 and 3 (pkg/middlewares/accesslog)",
	Role:   parse.RoleServing, Lane: parse.LaneIngress, Need: "proxy-logs", Grain: parse.GrainSecond,
	Needles: []string{`" 5`, `"DownstreamStatus"`},
	Line:    traefikLine,
	Detail:  traefikDetail,
}

func traefikLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	if l.Text[0] == '{' {
		return traefikJSON(l, b)
	}
	if !endsInMillis(l.Text) {
		return parse.NotMine
	}
	var c clf
	if c.read(l.Text) != whole {
		return parse.NotMine
	}
	f, ok := c.forwarded()
	if !ok {
		return parse.NotMine
	}
	took := duration(f.duration, time.Millisecond)
	ended(l, c.stamp, took)
	r := response{status: c.status, lasted: took}
	if r.status >= firstError {
		r.target = first(f.router, authority(f.server))
	}
	return r.verdict(b)
}

// traefik says whether the line is one of Traefik's.
func (c *clf) traefik() bool {
	if !endsInMillis(c.rest) {
		return false
	}
	_, ok := c.forwarded()
	return ok
}

// forwarded is what Traefik adds to the combined format:
//
//	requests-so-far "router" "server URL" 12ms
type forwarded struct {
	header                []byte // the referer and the user agent, in quotes
	count, router, server []byte
	duration              []byte // "12ms"
}

// forwarded reads from the end: Traefik does not escape the quotes in what a
// client sent, which stands before.
func (c *clf) forwarded() (f forwarded, ok bool) {
	rest := bytes.TrimRight(c.rest, " ")
	if f.duration, rest, ok = quotedBack(rest); !ok || !endsInMillis(f.duration) {
		return f, false
	}
	if f.server, rest, ok = quotedBack(rest); !ok {
		return f, false
	}
	if f.router, rest, ok = quotedBack(rest); !ok {
		return f, false
	}
	if f.count, f.header, ok = quotedBack(rest); !ok {
		return f, false
	}
	_, ok = number(f.count)
	return f, ok || string(f.count) == "-"
}

func endsInMillis(b []byte) bool {
	b = bytes.TrimRight(b, " ")
	n := len(b)
	return n >= len("0ms") && b[n-1] == 's' && b[n-2] == 'm' && digit(b[n-3])
}

// quotes reads the referer and the user agent.
func (f *forwarded) quotes() (referer, agent []byte) {
	if i := bytes.IndexByte(f.header, ' '); i >= 0 && f.header[0] != '"' {
		referer, agent = f.header[:i], f.header[i+1:]
	} else if i := bytes.Index(f.header, []byte(`" `)); i > 0 {
		referer, agent = f.header[1:i], f.header[i+len(`" `):]
	}
	if n := len(agent); n >= 2 && agent[0] == '"' && agent[n-1] == '"' {
		agent = agent[1 : n-1]
	}
	return referer, agent
}

// traefikJSON reads a line of "format: json". Its keys are sorted.
func traefikJSON(l *parse.Line, b *parse.Batch) parse.Verdict {
	if !signTraefik.of(l.Text) {
		return parse.NotMine
	}
	var r response
	var router, service, host, problem, written []byte
	coded, said, known := false, false, false
	m := members{rest: l.Text}
	for key, value, ok := m.next(); ok; key, value, ok = m.next() {
		switch string(key) {
		case "DownstreamStatus":
			r.status, coded = status(bare(value))
			said = true
		case "Duration":
			r.lasted, known = duration(bare(value), 1), true
		case "StartUTC":
			r.stamp, _, _ = lex.RFC3339(bare(value))
		case "StartLocal":
			if r.stamp.Width == 0 {
				r.stamp, _, _ = lex.RFC3339(bare(value))
			}
		case "time":
			written = bare(value)
		case "RouterName":
			router, known = value, true
		case "ServiceName":
			service, known = value, true
		case "RequestHost":
			host, known = value, true
		case "OriginStatus":
			known = true
		case "OriginError": // traefik#13442
			problem = value
		}
	}
	switch {
	case !said, m.whole && !known:
		return parse.NotMine
	case !m.whole, !coded:
		return parse.Malformed
	}
	took := r.lasted
	if r.stamp.Width == 0 { // when the line was written: the end
		if r.stamp, _, _ = lex.RFC3339(written); r.stamp.Width == 0 {
			return parse.Malformed
		}
		took = 0
	}
	ended(l, r.stamp, took)
	if r.status >= firstError {
		r.target = first(text(service), text(router), text(host))
		r.fact, r.cause = text(problem), causeOf(text(problem))
	}
	return r.verdict(b)
}

// causeOf sorts the text of an error, as Go and the kernel word it.
func causeOf(problem []byte) parse.Cause {
	for _, c := range []struct {
		text  string
		cause parse.Cause
	}{
		{"connection refused", parse.CauseConnectRefused},
		{"dial tcp", parse.CauseConnectTimeout},
		{"reset", parse.CauseIO},
		{"EOF", parse.CauseIO},
		{"timeout", parse.CauseTimeout},
		{"deadline exceeded", parse.CauseTimeout},
	} {
		if bytes.Contains(problem, []byte(c.text)) {
			if c.cause == parse.CauseConnectTimeout && !bytes.Contains(problem, []byte("timeout")) {
				return parse.CauseIO // no route to host, and the like
			}
			return c.cause
		}
	}
	if len(problem) > 0 {
		return parse.CauseOther
	}
	return parse.CauseUnknown
}

package ingress

import (
	"bytes"
	"time"

	"faultline/parse"
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
	Needles: append(failed(), `"DownstreamStatus"`, "' caused by: "),
	Hints:   refusals,
	Line:    traefikLine,
	Detail:  alike(productTraefik.unitOf, traefikDetail),
}

func traefikLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	if v := traefikSaid(l, b); v != parse.NotMine {
		return v
	}
	if l.Text[0] == '{' {
		return productTraefik.read(l, b)
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
	if c.status < firstError && !notable(c.status) {
		return parse.Other
	}
	size, _ := number(c.size)
	r := response{status: c.status, lasted: took, target: first(f.router, authority(f.server)),
		hop: hop{upstream: authority(f.server), bytes: c.size, client: c.addr}}
	r.cause = ownTraefik(c.request, c.status, size, len(given(f.router)) > 0, len(given(f.server)) > 0, took)
	return r.verdict(b)
}

// The bytes of the texts that Traefik answers by itself (traefik
// pkg/proxy/httputil/proxy.go, pkg/server/service/loadbalancer/wrr,
// pkg/middlewares/circuitbreaker; net/http.NotFound).
const (
	sizeNotFound    = len("404 page not found\n")
	sizeNoServer    = len("no available server\n")
	sizeUnavailable = len("Service Unavailable")
	sizeBadGateway  = len("Bad Gateway")
	sizeTimeout     = len("Gateway Timeout")
)

// traefikDial is how long Traefik waits for a connection, by default.
const traefikDial = 30 * time.Second

// traefikRead is how long a request's body may take at an entry point, by default
// (pkg/config/static/entrypoints.go, respondingTimeouts.readTimeout, since 2.11.2).
const traefikRead = 60 * time.Second

// uploaded says whether a request brought a body that did not arrive in time: it
// ended at the limit of the entry point, whatever Traefik then answered.
func uploaded(method []byte, status int, took time.Duration) bool {
	switch string(method) {
	case "POST", "PUT", "PATCH":
	default:
		return false
	}
	return (status == statusClientGone || status == 502 || status == 504) && took >= traefikRead-slack && took <= traefikRead+2*time.Second
}

// ownTraefik is the cause of a status, by whether Traefik answered so itself:
// by the size of its text, and whether a router and a server were found.
func ownTraefik(request []byte, status, size int, routed, served bool, took time.Duration) parse.Cause {
	if method, _, _ := bytes.Cut(request, []byte{' '}); uploaded(method, status, took) {
		return parse.CauseSlowClient
	}
	switch status {
	case statusClientGone:
		return parse.CauseClientClosed
	case 404:
		if !routed && !served && size == sizeNotFound {
			return parse.CauseNoRoute
		}
		return parse.CauseUnknown
	case 503:
		switch {
		case size == sizeNoServer, !served && size != sizeUnavailable:
			return parse.CauseNoEndpoints
		case size == sizeUnavailable && !served:
			return parse.CauseBreaker
		case size == sizeUnavailable:
			return parse.CauseUnknown
		}
	case 502:
		if size == sizeBadGateway || !served {
			return parse.CauseUnknown
		}
	case 504:
		switch {
		case size != sizeTimeout && served:
		case took >= traefikDial-slack && took <= traefikDial+2*time.Second:
			return parse.CauseConnectTimeout
		default:
			return parse.CauseTimeout
		}
	}
	if status >= firstError && served {
		return parse.CauseUpstream
	}
	return parse.CauseUnknown
}

// slack is how far a duration may be from the limit that ended it.
const slack = 100 * time.Millisecond

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

// traefik tells what a line of "format: json" says. Its keys are sorted; newer
// releases have the error in it (traefik#13442).
func (v *values) traefik(r *response) {
	size, _ := number(v.bare(senseSent))
	code, _ := number(v.bare(senseOrigin))
	problem := v.text(senseError)
	r.hop.details, r.hop.bytes = problem, v.bare(senseLength)
	if r.cause = causeOf(problem); len(problem) > 0 {
		return
	}
	asked := code > 0 || v.of[senseOrigin] == nil && len(given(v.bare(senseUpstream))) > 0
	if v.of[senseSent] == nil && asked && code == r.status && r.status >= firstError {
		r.cause = parse.CauseUnknown // its text's size is not printed
		return
	}
	r.cause = ownTraefik(v.bare(senseMethod), r.status, size, len(given(v.bare(senseRoute))) > 0, asked, r.lasted)
}

// causeOf sorts the text of an error, as Go and the kernel word it.
func causeOf(problem []byte) parse.Cause { return causeIn(goErrors, problem) }

// errorWords are words of an error, and what it means.
type errorWords struct {
	text  string
	cause parse.Cause
}

// causeIn is what the first words mean that stand in the text of an error.
func causeIn(words []errorWords, problem []byte) parse.Cause {
	for _, w := range words {
		if bytes.Contains(problem, []byte(w.text)) {
			return w.cause
		}
	}
	if len(problem) > 0 {
		return parse.CauseOther
	}
	return parse.CauseUnknown
}

// goErrors are words of errors, the most telling first (package net, crypto/tls,
// crypto/x509, and the proxies' own).
var goErrors = []errorWords{
	{"connection refused", parse.CauseConnectRefused},
	{"no upstreams available", parse.CauseNoEndpoints},
	{"no available server", parse.CauseNoEndpoints},
	{"no such host", parse.CauseDNS},
	{"server misbehaving", parse.CauseDNS},
	{"dial tcp: lookup ", parse.CauseDNS},
	{"dial tcp: i/o timeout", parse.CauseDNS}, // while it resolved the name
	{"no route to host", parse.CauseNoRouteToHost},
	{"host is unreachable", parse.CauseNoRouteToHost},
	{"network is unreachable", parse.CauseNoRouteToHost},
	{"x509: ", parse.CauseTLS},
	{"tls: ", parse.CauseTLS},
	{"remote error: tls", parse.CauseTLS},
	{"TLS handshake", parse.CauseTLS},
	{"malformed HTTP", parse.CauseBadResponse},
	{"server closed idle connection", parse.CauseIO},
	{"connection reset", parse.CauseIO},
	{"broken pipe", parse.CauseIO},
	{"EOF", parse.CauseIO},
	{"context canceled", parse.CauseClientClosed},
	{"client disconnected", parse.CauseClientClosed}, // of HTTP/2, while its body was sent on (net/http h2_bundle.go)
	{"timeout awaiting response headers", parse.CauseTimeout},
	{"operation was canceled", parse.CauseClientClosed},
	{"dial tcp", parse.CauseConnectTimeout},
	{"reset", parse.CauseIO},
	{"timeout", parse.CauseTimeout},
	{"imed out", parse.CauseTimeout},
	{"deadline exceeded", parse.CauseTimeout},
}

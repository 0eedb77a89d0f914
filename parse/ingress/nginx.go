package ingress

import (
	"bytes"
	"time"

	"faultline/parse"
)

// Nginx is the access log of nginx (combined, and what extends it) and of
// ingress-nginx, as text and as JSON of nginx's variables, and nginx's error
// log. The formats are ngx_http_log_module's "combined", ingress-nginx's
// log-format-upstream of 0.9 to 1.x (internal/ingress/controller/config), and
// ngx_log.c.
var Nginx = &parse.Format{
	Name: "nginx",
	Doc: `access and error log of nginx and ingress-nginx. An access line is written at the end of a request, in whole seconds; an error line names no zone and is read as UTC, unless a stamp before it tells the zone.
108.162.227.25 - - [08/Mar/2023:16:02:45 +0000] "GET / HTTP/1.1" 504 562 "-" "curl/8.5.0" 1100 14.998 [pc-dev-example-web-service-80] [] 192.168.215.1:80, 192.168.215.1:80 0, 0 5.000, 5.000 504, 504 a7c98d98ac870f64981a997cd2f373a1
2023/03/08 16:02:40 [error] 31#31: *569 upstream timed out (110: Operation timed out) while connecting to upstream, client: 108.162.227.25, server: dev-aws.example.com, request: "GET / HTTP/1.1", upstream: "http://192.168.215.1:80/", host: "dev-aws.example.com"`,
	Origin: "nginx (ngx_http_log_module) and ingress-nginx (log-format-upstream, since 0.9)",
	Role:   parse.RoleServing, Lane: parse.LaneIngress, Need: "proxy-logs", Grain: parse.GrainSecond,
	Needles: []string{`" 5`, "upstream timed out", "no live upstreams", "connect() ", `"request_time"`},
	Line:    nginxLine,
	Detail:  nginxDetail,
}

func nginxLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	text := l.Text
	if text[0] == '{' {
		return nginxJSON(l, b)
	}
	var e complaint
	if rest, ok := e.head(text); ok {
		return e.verdict(rest, l, b)
	}
	if text[0] == '[' {
		return session(l)
	}
	var c clf
	s := c.read(text)
	if s == other || s == whole && c.traefik() {
		return parse.NotMine
	}
	ended(l, c.stamp, 0)
	if s == cut {
		return parse.Malformed
	}
	if c.status < firstError {
		return parse.Other
	}
	var u upstream
	_, _, rest := c.header()
	u.read(rest)
	r := response{status: c.status, lasted: duration(u.requestTime, time.Second), fact: given(u.status)}
	r.target, r.cause, r.id = first(u.name, u.group()), u.cause(c.status), u.id
	return r.verdict(b)
}

// cause is what the upstream tells of a failure. ingress-nginx answers 503 by
// itself where a service has no active endpoint (rootfs/etc/nginx/lua/
// balancer.lua); a limit on requests does so too, and says it in the error log.
func (u *upstream) cause(status int) parse.Cause {
	if len(u.group()) > 0 || status == 503 && len(given(u.name)) > 0 && len(given(u.addr)) == 0 {
		return parse.CauseNoEndpoints
	}
	return parse.CauseUnknown
}

// header reads the referer and the user agent of the combined format.
func (c *clf) header() (referer, agent, rest []byte) {
	if len(c.rest) == 0 || c.rest[0] != '"' {
		return nil, nil, c.rest
	}
	referer, rest = quoted(c.rest)
	agent, rest = quoted(rest)
	return referer, agent, rest
}

// upstream is what ingress-nginx adds to the combined format:
//
//	$request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name]
//	$upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id
//
// The alternative came with 0.24, the request's id with 0.21. Of several
// attempts each has its place in the lists: ", " is the next server, " : " the
// next group of servers.
type upstream struct {
	requestLength, requestTime []byte
	name, alternative          []byte
	addr, length, time, status []byte
	id                         []byte
}

// read takes as much as is there.
func (u *upstream) read(b []byte) {
	length, rest := word(b)
	took, rest := word(rest)
	if _, ok := number(length); !ok || len(took) == 0 || !digit(took[0]) || len(rest) > 0 && rest[0] != '[' {
		return
	}
	u.requestLength, u.requestTime = length, took
	u.name, rest = bracketed(rest)
	u.alternative, rest = bracketed(rest)
	u.addr, rest = list(rest)
	u.length, rest = list(rest)
	u.time, rest = list(rest)
	u.status, rest = list(rest)
	u.id, _ = word(rest)
}

// group is the name of the upstream group if no server of it could be chosen:
// $upstream_addr then keeps the group's name (ngx_http_upstream_module).
func (u *upstream) group() []byte {
	last := u.addr
	if i := bytes.LastIndexByte(last, ' '); i >= 0 {
		last = last[i+1:]
	}
	if bytes.ContainsAny(last, ":/") {
		return nil
	}
	return given(last)
}

// bracketed reads "[text] "; the address of a server, "[::1]:80", is none.
func bracketed(b []byte) (text, rest []byte) {
	if len(b) == 0 || b[0] != '[' {
		return nil, b
	}
	i := bytes.IndexByte(b, ']')
	if i < 0 || i+1 < len(b) && b[i+1] != ' ' {
		return nil, b
	}
	return b[1:i], b[min(i+2, len(b)):]
}

// list reads words that are joined by ", " and " : ".
func list(b []byte) (text, rest []byte) {
	i := 0
	for {
		n := bytes.IndexByte(b[i:], ' ')
		if n < 0 {
			return b, nil
		}
		i += n
		switch {
		case i > 0 && b[i-1] == ',':
			i++
		case has(b[i:], " : "):
			i += len(" : ")
		default:
			return b[:i], b[i+1:]
		}
	}
}

// session knows a line of ingress-nginx's TCP and UDP services:
// "[addr] [02/Jan/2006:15:04:05 -0700] TCP 200 …". They have no response.
func session(l *parse.Line) parse.Verdict {
	addr, rest := bracketed(l.Text)
	if len(addr) == 0 || len(addr) > maxHead || len(rest) < 2 || rest[0] != '[' {
		return parse.NotMine
	}
	s, ok := stampCLF(rest[1:])
	if !ok || !has(rest[1+stampWidth:], "] TCP ") && !has(rest[1+stampWidth:], "] UDP ") {
		return parse.NotMine
	}
	ended(l, s, 0)
	return parse.Other
}

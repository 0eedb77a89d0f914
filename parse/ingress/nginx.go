package ingress

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// Nginx is the access log of nginx (combined, and what extends it) and of
// ingress-nginx, as text and as JSON of nginx's variables, and nginx's error
// log. The formats are ngx_http_log_module's "combined", ingress-nginx's
// log-format-upstream of 0.9 to 1.x (internal/ingress/controller/config), and
// ngx_log.c.
var Nginx = &parse.Format{
	Name: "nginx",
	Doc: `access and error log of nginx and ingress-nginx, and of Apache httpd. An access line is written at the end of a request, in whole seconds; an error line names no zone and is read as UTC, unless a stamp before it tells the zone.
108.162.227.25 - - [08/Mar/2023:16:02:45 +0000] "GET / HTTP/1.1" 504 562 "-" "curl/8.5.0" 1100 14.998 [pc-dev-example-web-service-80] [] 192.168.215.1:80, 192.168.215.1:80 0, 0 5.000, 5.000 504, 504 a7c98d98ac870f64981a997cd2f373a1
2023/03/08 16:02:40 [error] 31#31: *569 upstream timed out (110: Operation timed out) while connecting to upstream, client: 108.162.227.25, server: dev-aws.example.com, request: "GET / HTTP/1.1", upstream: "http://192.168.215.1:80/", host: "dev-aws.example.com"`,
	Origin: "nginx (ngx_http_log_module) and ingress-nginx (log-format-upstream, since 0.9), APISIX, Apache httpd 2.2 and 2.4",
	Role:   parse.RoleServing, Lane: parse.LaneIngress, Need: "proxy-logs", Grain: parse.GrainSecond,
	Needles: append(failed(), "upstream timed out", "no live upstreams", "connect() ", "AH00", "AH01", "AH02", "AH03", "attempt to connect to ", `"request_time"`, "] [useragent: "),
	Hints:   slices.Concat(refusals, signs[productNginx].keys),
	Line:    nginxLine,
	Detail:  alike(productNginx.unitOf, nginxDetail),
}

func nginxLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	text := l.Text
	if text[0] == '{' {
		return productNginx.read(l, b)
	}
	var e complaint
	if rest, ok := e.read(text); ok {
		return e.verdict(rest, l, b)
	}
	var a apache
	if a.read(text) {
		return a.verdict(l, b)
	}
	if v := session(l, b); v != parse.NotMine {
		return v
	}
	if object := productNginx.ofPairs(text); object != nil {
		return productNginx.object(l, object, b)
	}
	if text[0] == '[' {
		return known(l, b)
	}
	var c clf
	s := c.read(text)
	if s != whole || c.status >= firstError {
		if v := known(l, b); v != parse.NotMine {
			return v
		}
	}
	if s == other || s == whole && c.traefik() {
		return parse.NotMine
	}
	switch {
	case c.stamp.Width > 0:
		ended(l, c.stamp, 0)
	case l.Prefix.HasStamp:
		l.AtStamp()
	}
	if s == cut {
		return parse.Malformed
	}
	if c.status < firstError && !notable(c.status) {
		answered(b, upstreamIn(c.rest), 0)
		return parse.Other
	}
	var u upstream
	_, _, rest := c.header()
	u.read(rest)
	u.apisix(c.rest)
	r := response{status: c.status, lasted: duration(u.requestTime, time.Second), id: u.id}
	u.tell(&r)
	r.target = first(r.target, c.vhost)
	r.hop.client, r.ask = c.addr, requestKey(c.addr, c.request)
	if r.cause == parse.CauseUnknown {
		r.cause = ownAnswer(c.status, c.request, u.name)
	}
	if kong(c.rest) {
		c.kong(&r)
	}
	return r.verdict(b)
}

// notable says whether a status below 500 may be a failure: nothing was there
// to answer, nobody is allowed to ask, or the client did not wait.
func notable(status int) bool {
	switch status {
	case 403, 404, 408, 429, statusClientGone:
		return true
	}
	return false
}

// failed are what stands in a text line of a request that a server failed.
func failed() (out []string) {
	for tens := range 10 {
		out = append(out, fmt.Sprintf(`" 5%d`, tens))
	}
	return out
}

// refusals stand in a text line of a request that was refused, or of which the
// client was gone.
var refusals = []string{`" 403 `, `" 404 `, `" 408 `, `" 429 `, `" 499 `, `" 0 `}

// flagged200 stand in a text line of Envoy whose status alone looks well.
var flagged200 = []string{`" 200 U`, `" 200 D`, `" 200 L`, `" 200 R`, `" 200 F`, `" 200 N`, `" 200 I`, `" 200 S`, `" 200 O`}

// statusClientGone is what nginx, Traefik, Caddy and Azure print when the
// client left before it had an answer.
const statusClientGone = 499

// ownAnswer is the cause of a status that a proxy of nginx's kind gives by
// itself. Connections without a request are those that browsers and health
// checks open in advance; they end with 408 as well.
func ownAnswer(status int, request, backend []byte) parse.Cause {
	switch {
	case status == statusClientGone:
		return parse.CauseClientClosed
	case status == 408 && len(given(request)) > 0:
		return parse.CauseSlowClient
	case status == 404 && string(backend) == "upstream-default-backend":
		return parse.CauseNoRoute // no Ingress has that host or path
	}
	return parse.CauseUnknown
}

// tell adds what the upstream part of a line says.
func (u *upstream) tell(r *response) {
	r.target = first(u.name, u.group())
	r.hop = hop{upstream: u.addr, status: u.status, connect: u.connect, bytes: u.length, took: u.time}
	r.cause = u.cause(r.status)
}

// cause is what the upstream tells of a failure. ingress-nginx answers 503 by
// itself where a service has no active endpoint (rootfs/etc/nginx/lua/
// balancer.lua); a limit on requests does so too, and says it in the error log.
// 0.0.0.1:80 is the address that stands in for none. What nginx answers for an
// upstream that failed, 502 and 504, it prints as the upstream's status too, but
// no bytes came of it (ngx_http_upstream.c).
func (u *upstream) cause(status int) parse.Cause {
	code, bytes := latest(u.status), latest(u.length)
	switch {
	case len(u.group()) > 0, string(latest(u.addr)) == "0.0.0.1:80",
		status == 503 && len(given(u.name)) > 0 && len(given(u.addr)) == 0:
		return parse.CauseNoEndpoints
	case len(u.addr) == 0 || len(code) != 3 || code[0] != '5':
		return parse.CauseUnknown
	case string(code) == "502" || string(code) == "504":
		if len(given(bytes)) == 0 || string(bytes) == "0" {
			return parse.CauseUnknown
		}
	}
	if n, _ := number(code); n != status {
		return parse.CauseUnknown
	}
	return parse.CauseUpstream
}

// nginx tells what a line of JSON says, whose keys its author chose: nginx's
// variables, or names of one's own.
func (v *values) nginx(r *response) {
	list := bytes.TrimSpace(v.text(senseUpstream))
	u := upstream{addr: list, name: v.text(senseService), length: v.text(senseLength), status: v.text(senseOrigin),
		connect: v.text(senseConnect)}
	if v.of[senseUpstream] == nil {
		r.cause = parse.CauseUnknown
		if len(given(u.status)) > 0 && r.status >= firstError && string(latest(u.status)) == string(v.bare(senseStatus)) &&
			len(given(u.length)) > 0 && string(latest(u.length)) != "0" {
			r.cause = parse.CauseUpstream
		}
	} else {
		r.cause = u.cause(r.status)
	}
	r.target = first(u.name, u.group(), v.text(senseHost))
	r.hop.upstream = authority(list)
	if v.of[senseUpstream] != nil && len(list) == 0 {
		r.hop.upstream = []byte{'-'}
	}
	if r.cause == parse.CauseUnknown {
		asked := first(v.text(senseRequest), v.text(senseMethod), v.text(sensePath))
		r.cause = ownAnswer(r.status, asked, u.name)
	}
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
	connect                    []byte // in formats of one's own
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

// upstreamIn is the address of the upstream in the rest of a line of ingress-nginx's,
// without reading what stands before it: the brackets of the alternative's name are
// the last of a line, but for an address of IPv6.
func upstreamIn(rest []byte) []byte {
	i := bytes.LastIndexByte(rest, ']')
	if i < 0 || !has(rest[i:], "] ") {
		return nil
	}
	addr, _ := list(rest[i+len("] "):])
	return addr
}

// apisix reads what APISIX prints behind the size (apisix/cli/config.lua,
// access_log_format):
//
//	$request_time "$http_referer" "$http_user_agent" $upstream_addr $upstream_status $upstream_response_time "$upstream_scheme://$upstream_host$upstream_uri"
func (u *upstream) apisix(b []byte) {
	took, rest := word(b)
	if len(took) == 0 || !digit(took[0]) || len(rest) == 0 || rest[0] != '"' {
		return
	}
	_, rest = quoted(rest)
	_, rest = quoted(rest)
	if len(rest) == 0 && bytes.IndexByte(took, '.') > 0 { // a format of one's own that has the time alone
		u.requestTime = took
		return
	}
	addr, rest := list(rest)
	code, rest := list(rest)
	time, rest := list(rest)
	if len(addr) == 0 || len(code) == 0 || len(rest) == 0 || rest[0] != '"' {
		return
	}
	u.requestTime, u.addr, u.status, u.time = took, addr, code, time
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

// session reads a line of a TCP or UDP service: ingress-nginx's
// "[addr] [02/Jan/2006:15:04:05 -0700] TCP 200 …", or the one of F5's
// controller, which has no brackets around the address. 502 says that no
// upstream could be connected to, 500 that something failed inside
// (ngx_stream_core_module, $status).
func session(l *parse.Line, b *parse.Batch) parse.Verdict {
	s := readSession(l.Text)
	if s.code == nil {
		return parse.NotMine
	}
	ended(l, s.stamp, 0)
	if s.status < firstError {
		return parse.Other
	}
	e := parse.Event{Kind: parse.ProxyTCPFailed, Severity: parse.Error, Value: float64(s.status), Target: b.Names.Add(s.upstream),
		Fact: b.Names.AddString(parse.Hop{State: string(s.code), Upstream: string(s.upstream), Client: string(s.addr)}.String())}
	b.Add(e)
	return parse.Took
}

type sessionLine struct {
	addr, time, protocol, code, upstream []byte
	stamp                                lex.Stamp
	status                               int
}

func readSession(b []byte) (s sessionLine) {
	rest := b
	if b[0] == '[' {
		s.addr, rest = bracketed(b)
	} else if digit(b[0]) {
		s.addr, rest = word(b)
	}
	if len(s.addr) == 0 || len(s.addr) > maxHead || len(rest) < 2 || rest[0] != '[' {
		return s
	}
	t, n, ok := stampCLF(rest[1:])
	if !ok || n != stampWidth || !has(rest[1+stampWidth:], "] TCP ") && !has(rest[1+stampWidth:], "] UDP ") {
		return s
	}
	s.stamp, s.time = t, rest[1:1+stampWidth]
	s.protocol, rest = word(rest[1+stampWidth+len("] "):])
	code, rest := word(rest)
	if s.status, ok = status(code); !ok {
		return s
	}
	s.code = code
	for _, w := range bytes.Fields(rest) {
		if w = bytes.Trim(w, `"[],`); bytes.IndexByte(w, ':') > 0 && digit(w[len(w)-1]) {
			s.upstream = w
		}
	}
	return s
}

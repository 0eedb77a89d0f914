package ingress

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// HAProxy is HAProxy's log: "option httplog", "httpslog" and "tcplog", the JSON
// that haproxy-ingress' users configure, and what it says of its servers
// (haproxy doc/configuration.txt, 8.2 and 8.5; src/server.c).
var HAProxy = &parse.Format{
	Name: "haproxy",
	Doc: `log of HAProxy, OpenShift's router and haproxy-ingress: requests, connections, JSON, and servers that went down. A line names the beginning of a request in the zone of its host, read as UTC where none is given; its duration is added.
198.51.100.21:43608 [07/Mar/2023:11:33:48.083] ssl~ shop_web/pod1 0/0/3/-1/50004 504 198 - - sH-- 17/17/11/0/0 0/0 "GET https://api.example.com/xyz HTTP/2.0"`,
	Origin: "HAProxy 1.8 to 3, OpenShift's router, haproxy-ingress (doc/configuration.txt 8.2 and 8.5)",
	Role:   parse.RoleServing, Lane: parse.LaneIngress, Need: "proxy-logs", Grain: parse.GrainMilli,
	Needles: []string{"<NOSRV>", "/-1/", " - - S", " - - s", " - - P", " - - C", " - - c", " - - L", " - - ----", "has no server available!", "termination_state"},
	Hints:   signs[productHAProxy].keys,
	Line:    haproxyLine,
	Detail:  alike(in(time.Millisecond), haproxyDetail),
}

// haproxy is a line of HAProxy's taken apart.
type haproxy struct {
	client, time      []byte
	frontend          []byte
	backend, server   []byte
	timers            []byte // "TR/Tw/Tc/Tr/Ta", of a connection "Tw/Tc/Tt"
	each              [5][]byte
	code, sent        []byte
	state             []byte
	connections       []byte // "ac/fc/bc/sc/rc"
	queues            []byte
	captured, request []byte
	stamp             lex.Stamp
	status            int
	tcp               bool
}

func haproxyLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	if l.Text[0] == '{' {
		return productHAProxy.read(l, b)
	}
	var h haproxy
	if !h.read(untagged(l.Text)) {
		if connects(l.Text) {
			l.AtPrefix()
			return parse.Other
		}
		return notices(l, b)
	}
	h.clock(l)
	r := response{status: h.status, lasted: h.lasted(), tcp: h.tcp}
	state := given(h.state)
	if r.status < firstError && has(state, "--") {
		answered(b, h.server, r.lasted)
		return parse.Other
	}
	r.target = first(h.backend, h.frontend)
	r.hop = hop{state: h.state, upstream: h.server, client: h.client[:bytes.LastIndexByte(h.client, ':')], connect: h.connect()}
	if string(h.server) == "<NOSRV>" {
		r.hop.upstream = []byte{'-'}
	}
	r.hop.tries = h.tries()
	r.cause = terminated(state, h.server, h.backend, h.request, r.status, h.tcp)
	return r.verdict(b)
}

// untagged takes off the tag that stands before a line where a syslog's head was cut
// away: "haproxy[14387]: ".
func untagged(text []byte) []byte {
	rest, ok := bytes.CutPrefix(text, []byte("haproxy["))
	number, rest, found := bytes.Cut(rest, []byte("]: "))
	if !ok || !found || !numeric(number) || len(rest) == 0 {
		return text
	}
	return rest
}

// connects says whether a line is all that HAProxy logs of a connection without an
// option: "Connect from 10.0.0.1:40780 to 10.0.0.2:5000 (main/HTTP)".
func connects(text []byte) bool {
	rest, ok := bytes.CutPrefix(text, []byte("Connect from "))
	from, rest, one := bytes.Cut(rest, []byte(" to "))
	to, front, two := bytes.Cut(rest, []byte(" ("))
	closed := bytes.HasSuffix(bytes.TrimSpace(front), []byte{')'}) && bytes.IndexByte(front, '/') > 0
	return ok && one && two && closed && address(from) && address(to)
}

// clock sets the line's time: its stamp, in the zone of the host, is when the
// request began.
func (h *haproxy) clock(l *parse.Line) { ended(l, h.stamp, h.lasted()) }

// lasted is the last of the timers, until the answer was sent.
func (h *haproxy) lasted() time.Duration {
	last := h.timers
	if i := bytes.LastIndexByte(last, '/'); i >= 0 {
		last = last[i+1:]
	}
	return duration(bytes.TrimPrefix(last, []byte{'+'}), time.Millisecond)
}

// connect is how long connecting took, in seconds, "-" when it was not done.
func (h *haproxy) connect() []byte {
	t := h.each[2]
	if h.tcp {
		t = h.each[1]
	}
	if has(t, "-") {
		return []byte{'-'}
	}
	ms, ok := number(t)
	if !ok {
		return nil
	}
	var text [24]byte
	return appendSeconds(text[:0], ms)
}

// appendSeconds writes milliseconds as seconds: "5.002".
func appendSeconds(to []byte, ms int) []byte {
	to = appendInt(to, ms/1000)
	ms %= 1000
	return append(to, '.', '0'+byte(ms/100), '0'+byte(ms/10%10), '0'+byte(ms%10))
}

func appendInt(to []byte, n int) []byte {
	if n >= 10 {
		to = appendInt(to, n/10)
	}
	return append(to, '0'+byte(n%10))
}

// tries is how often HAProxy connected, 0 when no server was picked.
func (h *haproxy) tries() int {
	if string(h.server) == "<NOSRV>" {
		return 0
	}
	last := h.connections
	if i := bytes.LastIndexByte(last, '/'); i >= 0 {
		last = last[i+1:]
	}
	n, _ := number(bytes.TrimPrefix(last, []byte{'+'}))
	return n + 1
}

// read takes a line apart.
func (h *haproxy) read(b []byte) bool {
	if len(b) < 40 {
		return false
	}
	var rest []byte
	h.client, rest = word(b)
	port := bytes.LastIndexByte(h.client, ':') + 1
	if port == 0 || len(h.client) > 64 || len(rest) < 30 || rest[0] != '[' || !numeric(h.client[port:]) {
		return false
	}
	s, n, ok := stampHAProxy(rest[1:])
	if !ok || !has(rest[1+n:], "] ") {
		return false
	}
	h.stamp, h.time = s, rest[1:1+n]
	h.frontend, rest = word(rest[1+n+len("] "):])
	var pair []byte
	pair, rest = word(rest)
	i := bytes.IndexByte(pair, '/')
	if i < 0 {
		return false
	}
	h.backend, h.server = pair[:i], pair[i+1:]
	for range maxAdded {
		h.timers, rest = word(rest)
		switch h.split() {
		case 5:
			return h.http(rest)
		case 3:
			return h.connection(rest)
		}
	}
	return false
}

// maxAdded is how many words may stand before the timers that people add to the
// format, such as the host that was asked; and the timers.
const maxAdded = 3

// split cuts the timers apart and counts them, 0 when they are none.
func (h *haproxy) split() int {
	n := 0
	for rest := h.timers; n < len(h.each); n++ {
		var one []byte
		one, rest, _ = bytes.Cut(rest, []byte{'/'})
		if !numeric(bytes.TrimLeft(one, "+-")) {
			return 0
		}
		h.each[n] = one
		if rest == nil {
			return n + 1
		}
	}
	return 0
}

// http reads "status bytes cookie cookie state ac/fc/bc/sc/rc sq/bq {captured} "request"".
func (h *haproxy) http(b []byte) bool {
	h.code, b = word(b)
	h.sent, b = word(b)
	_, b = word(b)
	_, b = word(b)
	h.state, b = word(b)
	h.connections, b = word(b)
	h.queues, b = word(b)
	var ok bool
	h.status, ok = status(bytes.TrimPrefix(h.code, []byte{'-'}))
	if string(h.code) == "-1" {
		h.status, ok = 0, true
	}
	if !ok || len(h.state) != 4 || bytes.Count(h.connections, []byte{'/'}) != 4 {
		return false
	}
	open := bytes.IndexByte(b, '"')
	if open < 0 {
		h.captured = b
		return true
	}
	h.captured, h.request = bytes.TrimSpace(b[:open]), b[open+1:]
	if end := bytes.LastIndexByte(h.request, '"'); end >= 0 {
		h.request = h.request[:end]
	}
	return true
}

// connection reads "bytes state ac/fc/bc/sc/rc sq/bq".
func (h *haproxy) connection(b []byte) bool {
	h.tcp = true
	h.sent, b = word(b)
	h.state, b = word(b)
	h.connections, b = word(b)
	h.queues, _ = word(b)
	return numeric(bytes.TrimPrefix(h.sent, []byte{'+'})) && len(h.state) == 2 && bytes.Count(h.connections, []byte{'/'}) == 4
}

// terminated is the cause that the first two letters of the termination state
// tell: who ended it, and in which phase; small letters are timeouts
// (configuration.txt 8.5; the statuses are of src/http_ana.c).
func terminated(state, server, backend, request []byte, status int, tcp bool) parse.Cause {
	if len(state) < 2 {
		return parse.CauseUnknown
	}
	unasked := string(server) == "<NOSRV>"
	switch string(state[:2]) {
	case "--":
		if status >= firstError && !unasked {
			return parse.CauseUpstream
		}
	case "SC":
		switch {
		case unasked && string(backend) == "openshift_default":
			return parse.CauseNoRoute
		case unasked:
			return parse.CauseNoEndpoints
		}
		return parse.CauseConnectRefused
	case "sC":
		return parse.CauseConnectTimeout
	case "sH":
		return parse.CauseTimeout
	case "SH":
		return parse.CauseIO
	case "SD", "sD", "PD":
		if (tcp || status < 100) && has(state, "S") { // nothing had been sent
			return parse.CauseIO
		}
		return parse.CauseResponseCut
	case "sQ", "SQ", "PC", "RC", "RQ":
		return parse.CauseLoadshed
	case "PH":
		return parse.CauseBadResponse
	case "PT":
		return parse.CauseUnauthorized
	case "PR":
		return refused(request, status)
	case "LR", "LH", "LC":
		if status >= firstError {
			return parse.CauseConfigured
		}
	case "CC", "CH", "CD", "CQ", "CT", "cD", "cC", "cQ":
		return parse.CauseClientClosed
	case "cR":
		if status == 408 && !has(request, "<BADREQ>") { // else a connection made ahead of need
			return parse.CauseSlowClient
		}
	case "cH":
		if has(request, "GET ") || has(request, "HEAD ") { // there was no body to wait for
			return parse.CauseTimeout
		}
		return parse.CauseSlowClient
	}
	switch state[0] {
	case 'D', 'K': // the server went down, or an admin ended it
		if status >= firstError {
			return parse.CauseIO
		}
		return parse.CauseResponseCut
	case 'I':
		return parse.CauseOther
	}
	return parse.CauseUnknown
}

// refused is the cause of what the proxy itself refused: a rule, a limit, or a
// request that it could not read.
func refused(request []byte, status int) parse.Cause {
	switch {
	case has(request, "<BADREQ>") && status < firstError:
		return parse.CauseUnknown
	case status == 429:
		return parse.CauseLoadshed
	case status == 401 || status == 403:
		return parse.CauseUnauthorized
	case status >= firstError:
		return parse.CauseConfigured
	}
	return parse.CauseUnknown
}

// haproxy tells what a line of JSON says, whose keys are its author's.
func (v *values) haproxy(r *response) {
	state, server := v.text(senseState), r.hop.upstream
	if string(server) == "-" {
		server = []byte("<NOSRV>")
	}
	r.cause = terminated(given(state), server, r.target, v.text(senseRequest), r.status, false)
	if t := v.bare(senseConnect); has(t, "-") {
		r.hop.connect = []byte{'-'}
	} else if ms, ok := number(t); ok {
		r.hop.connect = appendSeconds(nil, ms)
	}
}

const haproxyStamp = len("02/Jan/2006:15:04:05")

// stampHAProxy reads "02/Jan/2006:15:04:05.000", with or without the
// milliseconds and the zone.
func stampHAProxy(b []byte) (s lex.Stamp, n int, ok bool) {
	if len(b) < haproxyStamp || b[2] != '/' || b[6] != '/' || b[11] != ':' {
		return s, 0, false
	}
	mo := month(b[3:6])
	if mo == 0 {
		return s, 0, false
	}
	var iso [len("2006-01-02T15:04:05.000000-0700")]byte
	copy(iso[0:], b[7:11])
	iso[4], iso[5], iso[6], iso[7] = '-', '0'+byte(mo/10), '0'+byte(mo%10), '-'
	copy(iso[8:], b[0:2])
	iso[10] = 'T'
	copy(iso[11:], b[12:20])
	n, to := haproxyStamp, len("2006-01-02T15:04:05")
	for n < len(b) && to < len("2006-01-02T15:04:05.000000") && (digit(b[n]) || b[n] == '.' && n == haproxyStamp) {
		iso[to] = b[n]
		n, to = n+1, to+1
	}
	if n+6 <= len(b) && b[n] == ' ' && (b[n+1] == '+' || b[n+1] == '-') {
		to += copy(iso[to:], b[n+1:n+6])
		n += 6
	}
	s, read, ok := lex.RFC3339(iso[:to])
	return s, n, ok && read == to
}

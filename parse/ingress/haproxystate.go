package ingress

import (
	"bytes"

	"faultline/parse"
)

// notices reads what HAProxy says of itself and its servers, in its own form or
// behind a syslog's head, which a wrapper took away:
//
//	[WARNING]  (8) : Server be/srv is DOWN, reason: …
//	[WARNING] 066/113348 (1) : …      to 2.2, with the day of the year and the time
//	10.0.0.9:40000 [07/Mar/2023:11:33:48.083] ssl/1: SSL handshake failure
func notices(l *parse.Line, b *parse.Batch) parse.Verdict {
	s := haproxyNotice(l.Text)
	switch {
	case s.what == noticeNone:
		return parse.NotMine
	case s.own.time != nil:
		s.own.clock(l)
	default:
		l.AtPrefix()
	}
	e := parse.Event{Severity: parse.Warn}
	switch s.what {
	case noticeDown, noticeUp:
		e.Kind = parse.ProxyBreaker
		e.Target = b.Names.Add(s.backend)
		e.Fact = b.Names.AddString(parse.Hop{State: s.state(), Details: string(s.reason), Upstream: string(s.server)}.String())
	case noticeEmpty:
		e.Kind, e.Severity, e.Class = parse.ProxyNoEndpoints, parse.Error, uint8(parse.CauseBreaker)
		e.Target = b.Names.Add(s.backend)
		e.Fact = b.Names.AddString(parse.Hop{State: "has no server available"}.String())
	case noticeReload:
		e.Kind, e.Severity = parse.IngressReload, parse.Info
	default:
		return parse.Other
	}
	b.Add(e)
	return parse.Took
}

// notice is such a line.
type notice struct {
	what            noticeKind
	level, time     []byte
	backend, server []byte
	reason          []byte
	message         []byte
	own             haproxy // of a line with an address and a time
}

type noticeKind uint8

const (
	noticeNone noticeKind = iota
	noticeOther
	noticeDown
	noticeUp
	noticeEmpty
	noticeReload
)

func (s *notice) state() string {
	if s.what == noticeUp {
		return "recovered"
	}
	return "tripped"
}

// levels are the words that HAProxy's own lines begin with (src/errors.c).
var levels = []string{"[WARNING]", "[ALERT]", "[NOTICE]", "[INFO]", "[DIAG]"}

func haproxyNotice(b []byte) (s notice) {
	own := false
	for _, w := range levels {
		if has(b, w) {
			s.level = b[1 : len(w)-1]
			b, own = s.head(bytes.TrimLeft(b[len(w):], " ")), true
			break
		}
	}
	if own && b == nil {
		return notice{}
	}
	s.message = b
	s.sort(own)
	if s.what == noticeNone {
		s.handshake(b)
	}
	return s
}

// head reads "066/113348 (1) : ". The day of the year, which older releases
// print, tells no date without the year, so it is shown and not relied on.
func (s *notice) head(b []byte) []byte {
	if len(b) > 11 && b[3] == '/' && b[10] == ' ' && numeric(b[:3]) && numeric(b[4:10]) {
		s.time, b = b[:10], b[11:]
	}
	if len(b) == 0 || b[0] != '(' {
		return nil
	}
	i := bytes.Index(b[:min(len(b), 16)], []byte(") : "))
	if i < 0 {
		return nil
	}
	return b[i+len(") : "):]
}

// sort finds out what a message says (src/server.c, src/proxy.c, src/mworker.c).
func (s *notice) sort(own bool) {
	m := s.message
	switch {
	case has(m, "Server ") && s.named(m[len("Server "):]):
	case has(m, "Health check for server ") && bytes.Contains(m, []byte(", reason: ")):
		s.what = noticeOther
	case bytes.HasSuffix(bytes.TrimRight(m, " "), []byte(" has no server available!")):
		s.what = noticeEmpty
		name := bytes.TrimPrefix(bytes.TrimPrefix(m, []byte("proxy ")), []byte("backend "))
		name, _, _ = bytes.Cut(name, []byte(" has no server"))
		if s.backend = bytes.Trim(name, "'"); bytes.IndexByte(name, ' ') >= 0 {
			*s = notice{message: m}
		}
	case own && (has(m, "New worker") || has(m, "Reexecuting Master process")):
		s.what = noticeReload
	case own:
		s.what = noticeOther
	}
}

// named reads "be/srv is DOWN, reason: …, info: "…"" from behind "Server ".
func (s *notice) named(m []byte) bool {
	pair, rest := word(m)
	i := bytes.IndexByte(pair, '/')
	if i <= 0 {
		return false
	}
	switch {
	case has(rest, "is DOWN"), has(rest, "is going DOWN"):
		s.what = noticeDown
	case has(rest, "is UP"):
		s.what = noticeUp
	case has(rest, "is stopping"), has(rest, "is starting"), has(rest, "is going UP"), has(rest, "is enabled"), has(rest, "is disabled"):
		s.what = noticeOther
	default:
		return false
	}
	s.backend, s.server = pair[:i], pair[i+1:]
	if _, reason, ok := bytes.Cut(rest, []byte("reason: ")); ok {
		reason, _, _ = bytes.Cut(reason, []byte(", check duration"))
		s.reason = reason
	} else if bytes.Contains(rest, []byte("DOWN for maintenance")) { // taken out by hand, or by a rule
		s.reason = []byte("DOWN for maintenance")
	}
	return true
}

// handshake reads "address [time] frontend/1: text".
func (s *notice) handshake(b []byte) {
	h := &s.own
	var rest []byte
	h.client, rest = word(b)
	if len(h.client) > 64 || len(rest) < 30 || rest[0] != '[' || !numeric(h.client[bytes.LastIndexByte(h.client, ':')+1:]) {
		return
	}
	t, n, ok := stampHAProxy(rest[1:])
	if !ok || t.Zoned || !has(rest[1+n:], "] ") {
		return
	}
	name, text := word(rest[1+n+len("] "):])
	i := bytes.IndexByte(name, '/') // a listener has a number, or the name that it was given
	if i <= 0 || !bytes.HasSuffix(name, []byte{':'}) || i+2 >= len(name) || len(text) == 0 || bytes.IndexByte(name[i+1:], '/') >= 0 {
		return
	}
	h.stamp, h.time = t, rest[1:1+n]
	s.what, s.message, s.time = noticeOther, text, h.time
}

func haproxyDetail(line []byte, d *parse.Detail) {
	if has(line, "{") {
		jsonDetail(line, d, "haproxy_timestamp", "time", "timestamp", "ts", "@timestamp")
		productHAProxy.explain(line, d)
		return
	}
	var h haproxy
	if !h.read(untagged(line)) {
		haproxyNotice(line).detail(line, d)
		return
	}
	d.Message, d.RawTime, d.Lasted, d.Zero = asked(h.request, h.code), string(h.time), h.lasted(), h.lasted() == 0
	if h.tcp {
		d.Message = "TCP " + string(h.backend) + "/" + string(h.server) + " " + string(h.state)
	}
	method, path, protocol := request(h.request)
	if len(protocol) > 0 {
		set(d, "method", method)
		set(d, "path", path)
	}
	for _, a := range []struct {
		key   string
		value []byte
	}{
		{"client", h.client}, {"frontend", h.frontend}, {"backend", h.backend}, {"server", h.server}, {"timers", h.timers},
		{"status", h.code}, {"bytes_read", h.sent}, {"termination_state", h.state}, {"connections", h.connections}, {"queues", h.queues},
		{"captured_headers", h.captured}, {"request", h.request},
	} {
		set(d, a.key, a.value)
	}
	if cause := terminated(h.state, h.server, h.backend, h.request, h.status, h.tcp); cause != parse.CauseUnknown {
		d.Set("cause_class", cause.String())
	}
}

func (s notice) detail(line []byte, d *parse.Detail) {
	if s.what == noticeNone {
		asText(line, d)
		return
	}
	d.Message, d.RawTime = string(s.message), string(s.time)
	set(d, "level", s.level)
	set(d, "backend", s.backend)
	set(d, "server", s.server)
	set(d, "reason", s.reason)
	if s.what == noticeDown || s.what == noticeUp {
		d.Set("state", s.state())
	}
}

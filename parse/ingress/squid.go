package ingress

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// Squid is the access log of Squid in its own format (squid src/cf.data.pre, "logformat squid"):
//
//	%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt
var Squid = &parse.Format{
	Name: "squid",
	Doc: `access log of Squid, a proxy for what goes out, in its own format. A line is written at the end of a request.
1714989901.512  60012 10.0.0.9 TCP_MISS/504 4012 GET http://api.example/v1 - HIER_DIRECT/203.0.113.9 text/html`,
	Origin: "Squid 3 to 7 (squid src/cf.data.pre, logformat squid; src/LogTags.cc)",
	Role:   parse.RoleServing, Lane: parse.LaneIngress, Need: "proxy-logs", Grain: parse.GrainMilli,
	Needles: []string{"TCP_MISS", "TCP_TUNNEL", "TCP_DENIED", "TCP_REFRESH", "NONE_NONE/", " NONE/", " HIER_"},
	Line:    squidLine,
	Detail:  alike(in(time.Millisecond), squidDetail),
}

// squid is a line taken apart.
type squid struct {
	time, lasted, client []byte
	result, code, sent   []byte
	method, url, user    []byte
	hierarchy, peer      []byte
	stamp                lex.Stamp
	status               int
}

func (s *squid) read(b []byte) bool {
	var ok bool
	var n int
	if s.stamp, n, ok = lex.Epoch(b); !ok || s.stamp.Width != int64(time.Millisecond) || n >= len(b) || b[n] != ' ' || b[n-4] != '.' {
		return false
	}
	s.time = b[:n]
	s.lasted, b = word(bytes.TrimLeft(b[n:], " "))
	s.client, b = word(b)
	var result, peer []byte
	result, b = word(b)
	s.sent, b = word(b)
	s.method, b = word(b)
	s.url, b = word(b)
	s.user, b = word(b)
	peer, _ = word(b)
	s.result, s.code, ok = bytes.Cut(result, []byte{'/'})
	if !ok || len(s.result) < len("NONE") || s.result[0] < 'A' || s.result[0] > 'Z' || !numeric(s.lasted) || !numeric(s.sent) {
		return false
	}
	s.hierarchy, s.peer, ok = bytes.Cut(peer, []byte{'/'})
	code, known := number(s.code)
	s.status = code
	return ok && known && len(s.code) == 3
}

func squidLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	var s squid
	if !s.read(l.Text) {
		return parse.NotMine
	}
	ended(l, s.stamp, 0)
	r := response{status: s.status, lasted: duration(s.lasted, time.Millisecond), target: s.host(), cause: s.cause(),
		hop: hop{state: s.result, upstream: s.peer, client: s.client}}
	if r.cause == parse.CauseDNS {
		r.hop.details = s.hierarchy
	}
	return r.verdict(b)
}

// host is whom the request was for.
func (s *squid) host() []byte {
	if bytes.HasPrefix(s.url, []byte("error:")) {
		return nil
	}
	return authority(s.url)
}

// cause is what the result tells: how it ended stands behind the first words of it.
func (s *squid) cause() parse.Cause {
	switch {
	case bytes.HasSuffix(s.result, []byte("_ABORTED")):
		return parse.CauseClientClosed
	case bytes.HasSuffix(s.result, []byte("_TIMEDOUT")):
		return parse.CauseTimeout
	case bytes.HasPrefix(s.result, []byte("TCP_DENIED")) && s.status != proxyAuthRequired:
		return parse.CauseUnauthorized
	case s.status == 504:
		return parse.CauseTimeout
	case s.status == 503 && string(s.hierarchy) == "HIER_NONE":
		return parse.CauseDNS // no peer could be chosen: mostly the name has no address (squid src/FwdState.cc, ERR_DNS_FAIL)
	}
	return parse.CauseUnknown
}

// proxyAuthRequired asks the client who it is, as each new connection is asked first
// (RFC 9110, 15.5.8): nothing was refused for good.
const proxyAuthRequired = 407

func squidDetail(line []byte, d *parse.Detail) {
	var s squid
	if !s.read(line) {
		asText(line, d)
		return
	}
	d.Message, d.RawTime = asked(append(append(bytes.Clone(s.method), ' '), s.url...), s.code), string(s.time)
	d.Lasted = duration(s.lasted, time.Millisecond)
	d.Zero = d.Lasted == 0
	for _, v := range []struct {
		key   string
		value []byte
	}{{"client", s.client}, {"result", s.result}, {"status", s.code}, {"bytes", s.sent}, {"method", s.method}, {"path", s.url}, {"user", s.user},
		{"hierarchy", s.hierarchy}, {"peer", s.peer}, {"elapsed_ms", s.lasted}} {
		set(d, v.key, v.value)
	}
	explained(d, s.status, s.cause())
}

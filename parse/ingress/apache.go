package ingress

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// apache is a line of Apache httpd's error log (httpd docs/manual/mod/core,
// ErrorLogFormat; server/log.c; 2.2 has neither module nor pid):
//
//	[Mon Jan 02 15:04:05.000000 2006] [module:level] [pid 1:tid 2] (111)Connection refused: [client 10.0.0.1:2] AH00957: text
type apache struct {
	time, level []byte
	errno       []byte
	client      []byte
	text        []byte
	stamp       lex.Stamp
}

// read takes a line apart.
func (a *apache) read(b []byte) bool {
	if len(b) < len("[Mon Jan 02 15:04:05 2006] [") || b[0] != '[' || b[4] != ' ' || b[8] != ' ' {
		return false
	}
	end := bytes.IndexByte(b[:min(len(b), 48)], ']')
	if end < 0 || !has(b[end:], "] [") {
		return false
	}
	var ok bool
	if a.time = b[1:end]; len(a.time) < len("Mon Jan 02 15:04:05 2006") {
		return false
	}
	if a.stamp, ok = stampAsctime(a.time); !ok {
		return false
	}
	rest := b[end+len("] "):]
	a.level, rest = bracketed(rest)
	if i := bytes.LastIndexByte(a.level, ':'); i >= 0 {
		a.level = a.level[i+1:]
	}
	for {
		switch tag, after := bracketed(rest); {
		case has(tag, "pid "), has(tag, "tid "):
			rest = after
		case has(tag, "client "):
			a.client, rest = tag[len("client "):], after
		default:
			if no, after, ok := errnoOf(rest); ok && a.errno == nil {
				a.errno, rest = no, after
				continue
			}
			a.text = rest
			return a.severity() != parse.SeverityNone
		}
	}
}

// errnoOf reads "(111)Connection refused: ".
func errnoOf(b []byte) (no, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '(' {
		return nil, b, false
	}
	no, rest, ok = bytes.Cut(b[1:], []byte{')'})
	if !ok || !numeric(no) {
		return nil, b, false
	}
	if _, rest, ok = bytes.Cut(rest, []byte(": ")); !ok {
		return nil, b, false
	}
	return no, rest, true
}

// stampAsctime reads "Mon Jan 02 15:04:05.000000 2006", in the zone of the host.
func stampAsctime(b []byte) (lex.Stamp, bool) {
	const head, width = len("Mon "), len("Mon Jan 02 15:04:05 2006")
	mo := month(b[head:])
	if mo == 0 || b[len(b)-5] != ' ' {
		return lex.Stamp{}, false
	}
	iso := make([]byte, 0, len("2006-01-02T15:04:05.000000"))
	iso = append(append(iso, b[len(b)-4:]...), '-', '0'+byte(mo/10), '0'+byte(mo%10), '-', b[8], b[9], 'T')
	if iso[8] == ' ' {
		iso[8] = '0'
	}
	iso = append(iso, b[11:len(b)-5]...)
	s, n, ok := lex.RFC3339(iso)
	return s, ok && n == len(iso) && len(b) >= width
}

func (a *apache) severity() parse.Severity {
	switch {
	case has(a.level, "trace"):
		return parse.Trace
	case string(a.level) == "debug":
		return parse.Debug
	case string(a.level) == "info", string(a.level) == "notice":
		return parse.Info
	case string(a.level) == "warn":
		return parse.Warn
	case string(a.level) == "error", string(a.level) == "crit":
		return parse.Error
	case string(a.level) == "alert", string(a.level) == "emerg":
		return parse.Fatal
	}
	return parse.SeverityNone
}

// apacheSays are the messages of mod_proxy and of the processing modules that
// tell of a failed request (httpd modules/proxy/proxy_util.c, mod_proxy_http.c,
// mod_proxy_fcgi.c, mod_proxy_balancer.c; server/mpm; 2.4). A failed connection
// is told of twice, AH01114 behind AH00957, and a failed answer too, AH00898
// behind AH01102; the first tells the address.
var apacheSays = []struct {
	words, before string // before the address
	meant
}{
	{"attempt to connect to ", "attempt to connect to ", meant{parse.ProxyConnectFailed, parse.CauseIO, 503}},
	{"error reading status line from remote server ", "remote server ", meant{parse.ProxyRequestFailed, parse.CauseIO, 502}},
	{"error reading response", "", meant{parse.ProxyRequestFailed, parse.CauseResponseCut, 0}},
	{"Error dispatching request to ", "", meant{parse.ProxyRequestFailed, parse.CauseIO, 503}},
	{"disabling worker for (", "disabling worker for (", meant{parse.ProxyBreaker, parse.CauseBreaker, 0}},
	{"disabled connection for (", "disabled connection for (", meant{parse.ProxyRequestFailed, parse.CauseBreaker, 503}},
	{"All workers are in error state", "", meant{parse.ProxyNoEndpoints, parse.CauseNoEndpoints, 503}},
	{"server reached MaxRequestWorkers setting", "", meant{parse.ProxyOverloaded, parse.CauseLoadshed, 0}},
	{"DNS lookup failure for: ", "DNS lookup failure for: ", meant{parse.ProxyConnectFailed, parse.CauseDNS, 502}},
	{"SIGHUP received.  Attempting to restart", "", meant{parse.IngressReload, parse.CauseUnknown, 0}},
	{"Graceful restart requested, doing restart", "", meant{parse.IngressReload, parse.CauseUnknown, 0}},
}

// said is what a line means, and the address that it names.
func (a *apache) said() (m meant, target []byte) {
	for i := range apacheSays {
		s := &apacheSays[i]
		at := bytes.Index(a.text, []byte(s.words))
		if at < 0 {
			continue
		}
		if s.before != "" {
			target = a.text[bytes.Index(a.text, []byte(s.before))+len(s.before):]
			if n := bytes.IndexAny(target, " ),"); n >= 0 {
				target = target[:n]
			}
		}
		return a.because(s.meant), target
	}
	return nothing, nil
}

// because makes a cause finer by the number of the error: Linux's, or APR's
// 70007 for a time that was up.
func (a *apache) because(m meant) meant {
	if m.cause != parse.CauseIO {
		return m
	}
	connecting := m.kind == parse.ProxyConnectFailed
	switch string(a.errno) {
	case "111", "61":
		m.cause = parse.CauseConnectRefused
	case "110", "60", "70007":
		if m.cause = parse.CauseConnectTimeout; !connecting {
			m.cause, m.status = parse.CauseTimeout, 504
		}
	case "113", "101":
		m.cause = parse.CauseNoRouteToHost
	}
	return m
}

// verdict makes an event of a line that tells of a failure.
func (a *apache) verdict(l *parse.Line, b *parse.Batch) parse.Verdict {
	e := complaint{stamp: a.stamp}
	ended(l, e.stamp, 0)
	l.Severity = a.severity()
	m, target := a.said()
	if m.kind == parse.KindNone {
		return parse.Other
	}
	b.Add(parse.Event{Kind: m.kind, Severity: a.severity(), Class: uint8(m.cause), Value: float64(m.status),
		Target: b.Names.Add(target), Fact: b.Names.Add(a.text)})
	return parse.Took
}

func (a *apache) detail(d *parse.Detail) {
	d.Message, d.RawTime = string(a.text), string(a.time)
	set(d, "client", a.client)
	set(d, "errno", a.errno)
	m, _ := a.said()
	if m.cause != parse.CauseUnknown {
		d.Set("cause_class", m.cause.String())
	}
	if m.kind == parse.ProxyBreaker {
		d.Set("state", "tripped")
	}
}

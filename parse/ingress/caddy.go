package ingress

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// Caddy is Caddy's log: zap's JSON and its console form. A failed request is in
// it twice, as what failed (http.log.error) and as what the client had
// (http.log.access) (caddyserver/caddy modules/caddyhttp/server.go, logging.go).
var Caddy = &parse.Format{
	Name: "caddy",
	Doc: `log of Caddy, as JSON and as the console shows it. An access line is written at the end of a request.
{"level":"error","ts":1740660002.1,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"10.9.52.4","proto":"HTTP/2.0","method":"GET","host":"shop.example","uri":"/cart"},"duration":30.000812,"size":0,"status":504}
{"level":"error","ts":1740659996.9736793,"logger":"http.log.error","msg":"dial tcp 10.9.79.117:8080: i/o timeout","request":{"method":"GET","host":"shop.example","uri":"/"},"duration":3.001237397,"status":502,"err_id":"7h19aqc3g"}`,
	Origin: "Caddy 2 (modules/caddyhttp)",
	Role:   parse.RoleServing, Lane: parse.LaneIngress, Need: "proxy-logs",
	Needles: []string{`"http.log.error`, `"http.log.access`, "\thttp.log."},
	Line:    caddyLine,
	Detail:  alike(in(time.Second), caddyDetail),
}

// caddy is a line of Caddy's taken apart.
type caddy struct {
	level, time, logger, message []byte
	body                         []byte // the object with the request
	stamp                        lex.Stamp
}

func caddyLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	var c caddy
	if !c.read(l.Text) {
		return parse.NotMine
	}
	if c.stamp.Width == 0 {
		return parse.Malformed
	}
	ended(l, c.stamp, 0)
	switch {
	case has(c.logger, "http.log.access"):
		return c.access(l, b)
	case has(c.logger, "http.log.error"):
		return c.failed(b)
	case string(bare(c.message)) == cutOff:
		return c.cutOff(b)
	}
	return parse.Other
}

const micro = int64(time.Microsecond)

// loggers are the first words of Caddy's loggers' names.
var loggers = []string{"http.", "http", "tls.", "admin.api", "caddy.", "docker-proxy"}

// read takes a line apart that is Caddy's by the name of its logger.
func (c *caddy) read(b []byte) bool {
	if b[0] == '{' {
		if !bytes.Contains(b, []byte(`"logger":"`)) {
			return false
		}
		m := members{rest: b}
		for key, value, ok := m.next(); ok; key, value, ok = m.next() {
			switch string(key) {
			case "level":
				c.level = bare(value)
			case "ts":
				c.time = bare(value)
				if c.stamp, _ = stampOf(c.time); c.stamp.Width > micro && value[0] != '"' {
					c.stamp.Width = micro // a float in its shortest form, whose last zeros are not printed
				}
			case "logger":
				c.logger = bare(value)
			case "msg":
				c.message = value
			}
		}
		c.body = b
		return c.known() && len(c.time) > 0
	}
	return c.console(b)
}

func (c *caddy) known() bool {
	for _, name := range loggers {
		if has(c.logger, name) && (name != "http" || len(c.logger) == len(name)) {
			return true
		}
	}
	return false
}

// console reads "2006/01/02 15:04:05.000\tERROR\thttp.log.error\ttext\t{…}".
func (c *caddy) console(b []byte) bool {
	const width = len("2006/01/02 15:04:05.000")
	if len(b) < width+8 || b[4] != '/' || b[7] != '/' || b[width] != '\t' {
		return false
	}
	iso := [width]byte{}
	copy(iso[:], b)
	iso[4], iso[7] = '-', '-'
	s, n, ok := lex.RFC3339(iso[:])
	if !ok || n != width {
		return false
	}
	c.stamp, c.time = s, b[:width]
	rest := b[width+1:]
	c.level, rest, _ = bytes.Cut(rest, []byte{'\t'})
	c.logger, rest, ok = bytes.Cut(rest, []byte{'\t'})
	if !ok || !c.known() {
		return false
	}
	c.message, c.body, _ = bytes.Cut(rest, []byte{'\t'})
	return true
}

// access makes an event of what the client had.
func (c *caddy) access(l *parse.Line, b *parse.Batch) parse.Verdict {
	var v values
	whole := v.object(c.body, 0)
	var r response
	var coded bool
	r.status, coded = status(v.bare(senseStatus))
	if !whole || !coded {
		return parse.Malformed
	}
	if r.status < firstError && r.status != statusClientGone {
		return parse.Other
	}
	r.lasted = v.lasted(time.Second)
	r.hop = v.hop()
	r.hop.state, r.hop.details, r.id = nil, nil, v.text(senseID)
	r.target = v.text(senseHost)
	v.caddy(&r)
	return r.verdict(b)
}

// caddy tells what an access line says of why: nothing but the client's leaving.
func (v *values) caddy(r *response) {
	if r.status == statusClientGone {
		r.cause = parse.CauseClientClosed
	}
}

// failed makes an event of what failed on the way to the upstream.
func (c *caddy) failed(b *parse.Batch) parse.Verdict {
	var v values
	v.object(c.body, 0)
	code, coded := status(v.bare(senseStatus))
	if !coded || code < firstError {
		return parse.Other
	}
	said := text(c.message)
	e := parse.Event{Kind: parse.ProxyRequestFailed, Severity: parse.Error, Value: float64(code), Lasted: v.lasted(time.Second),
		Target: b.Names.Add(first(dialled(said), v.text(senseHost))), Fact: b.Names.Add(said)}
	cause := causeOf(said)
	switch cause {
	case parse.CauseConnectRefused, parse.CauseConnectTimeout, parse.CauseNoRouteToHost, parse.CauseDNS, parse.CauseTLS:
		e.Kind = parse.ProxyConnectFailed
	case parse.CauseNoEndpoints:
		e.Kind = parse.ProxyNoEndpoints
	}
	e.Class = uint8(cause)
	b.Add(e)
	return parse.Took
}

// cutOff is what Caddy says of an answer that ended before its end; what the client
// had of it has its own status (modules/caddyhttp/reverseproxy/reverseproxy.go).
const cutOff = "aborting with incomplete response"

func (c *caddy) cutOff(b *parse.Batch) parse.Verdict {
	var v values
	v.object(c.body, 0)
	why := v.text(senseError)
	if string(why) == "context canceled" { // the client's end of it
		return parse.Other
	}
	b.Add(parse.Event{Kind: parse.ProxyRequestFailed, Severity: parse.Error, Class: uint8(parse.CauseResponseCut),
		Target: b.Names.Add(dialled(why)), Fact: b.Names.Add(first(why, []byte(cutOff)))})
	return parse.Took
}

// dialled is the address in "dial tcp 10.0.0.9:8080: …".
func dialled(text []byte) []byte {
	for _, word := range []string{"dial tcp ", "->", "dial tcp6 "} {
		if _, rest, ok := bytes.Cut(text, []byte(word)); ok {
			addr, _, _ := bytes.Cut(rest, []byte(": "))
			if bytes.IndexByte(addr, ' ') < 0 && bytes.IndexByte(addr, ':') > 0 {
				return addr
			}
		}
	}
	return nil
}

func caddyDetail(line []byte, d *parse.Detail) {
	var c caddy
	if len(line) == 0 || !c.read(line) {
		asText(line, d)
		return
	}
	d.RawTime = string(c.time)
	set(d, "logger", c.logger)
	var v values
	v.object(c.body, 0)
	for _, a := range []struct {
		key string
		sense
	}{
		{"method", senseMethod}, {"path", sensePath}, {"host", senseHost}, {"status", senseStatus}, {"duration", senseLasted},
		{"size", senseSent}, {"client", senseClient},
	} {
		set(d, a.key, v.text(a.sense))
	}
	said := text(c.message)
	set(d, "msg", said)
	if d.Message = string(said); has(c.logger, "http.log.access") {
		d.Message = asked(append(append(append([]byte{}, v.text(senseMethod)...), ' '), v.text(sensePath)...), v.text(senseStatus))
	} else if has(c.logger, "http.log.error") {
		d.Set("cause_class", causeOf(said).String())
	} else if string(said) == cutOff {
		d.Set("error", string(v.text(senseError)))
		d.Set("cause_class", parse.CauseResponseCut.String())
	}
}

package ingress

import (
	"bytes"
	"time"

	"faultline/parse"
)

// nginxJSON reads a log_format that writes nginx's variables as JSON under
// their own names, as ingress-nginx's documentation shows one
// (docs/user-guide/nginx-configuration/configmap.md, log-format-upstream).
func nginxJSON(l *parse.Line, b *parse.Batch) parse.Verdict {
	if !signNginx.of(l.Text) {
		return parse.NotMine
	}
	var r response
	var name, host, code, addr, id []byte
	coded, known := false, false
	m := members{rest: l.Text}
	for key, value, ok := m.next(); ok; key, value, ok = m.next() {
		switch string(key) {
		case "status":
			r.status, coded = status(bare(value))
		case "request_time":
			r.lasted = duration(bare(value), time.Second)
		case "time_iso8601", "time_local", "msec", "time", "@timestamp", "timestamp", "ts":
			if s, ok := stampOf(bare(value)); ok && (r.stamp.Width == 0 || s.Width < r.stamp.Width) {
				r.stamp = s
			}
		case "proxy_upstream_name":
			name = value
		case "vhost", "http_host", "host", "server_name":
			if len(host) == 0 {
				host = value
			}
		case "req_id", "request_id":
			id = value
		case "upstream_status":
			code, known = value, true
		case "upstream_addr":
			addr, known = value, true
		case "remote_addr", "upstream_response_time", "body_bytes_sent", "bytes_sent", "request_length":
			known = true
		case "level", "severity", "logger", "msg", "message":
			return parse.NotMine // a program that logs its requests
		}
	}
	switch {
	case !known:
		return parse.NotMine
	case !m.whole || !coded || r.stamp.Width == 0:
		return parse.Malformed
	}
	ended(l, r.stamp, 0)
	if r.status >= firstError {
		u := upstream{addr: bytes.TrimSpace(text(addr)), name: text(name)}
		r.target, r.fact, r.id = first(u.name, u.group(), text(host)), given(text(code)), text(id)
		if addr != nil {
			r.cause = u.cause(r.status)
		}
	}
	return r.verdict(b)
}

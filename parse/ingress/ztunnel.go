package ingress

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// Ztunnel is the log of Istio's proxy of a node in ambient mode. It carries
// connections, so its lines have no status.
var Ztunnel = &parse.Format{
	Name: "ztunnel",
	Doc: `log of ztunnel, Istio's proxy of a node in ambient mode: a line at the end of each connection, with the error that ended it, as text or as JSON.
2024-09-12T08:01:02.123456Z	error	access	connection complete	src.addr=10.244.1.7:41234 src.workload="web-6d5f" src.namespace="shop" dst.addr=10.244.2.9:15008 dst.hbone_addr=10.244.2.9:8080 dst.service="cart.shop.svc.cluster.local" direction="outbound" bytes_sent=0 bytes_recv=0 duration="10001ms" error="connection timed out, maybe a NetworkPolicy is blocking HBONE port 15008: deadline has elapsed"`,
	Origin: "Istio 1.21 to 1.27 (istio/ztunnel src/proxy/metrics.rs, src/proxy.rs, src/telemetry.rs)",
	Role:   parse.RoleProcess, Lane: parse.LaneProxies, Need: "proxy-logs",
	Needles: []string{`error="`, `"error":"`},
	Line:    ztunnelLine,
	Detail:  ztunnelDetail,
}

func ztunnelLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	var z ztunnel
	if !z.read(l.Text) {
		return parse.NotMine
	}
	ended(l, z.stamp, 0)
	if len(z.problem) == 0 {
		return parse.Other
	}
	r := response{lasted: z.lasted, target: z.target(), cause: causeIn(ztunnelErrors, z.problem)}
	return r.connection(b, string(z.problem))
}

func ztunnelDetail(line []byte, d *parse.Detail) {
	if has(line, "{") {
		jsonDetail(line, d, "time")
		return
	}
	var z ztunnel
	if !z.read(line) {
		asText(line, d)
		return
	}
	d.Message, d.RawTime = string(z.message), string(z.time)
	z.each(line, func(key, value []byte) { set(d, string(key), value) })
}

// ztunnel is a line about a connection.
type ztunnel struct {
	stamp             lex.Stamp
	time, message     []byte
	addr, inner       []byte
	service, workload []byte
	problem           []byte
	lasted            time.Duration
}

// read takes a line apart: what ztunnel says of other things is no line of its
// access log.
func (z *ztunnel) read(line []byte) bool {
	if has(line, "{") {
		m, scope := members{rest: line}, []byte(nil)
		for key, value, ok := m.next(); ok; key, value, ok = m.next() {
			if value = text(value); string(key) == "scope" || string(key) == "target" {
				scope = value
			}
			z.field(key, value)
		}
		return string(scope) == "access" && z.addr != nil && z.stamp.Width > 0
	}
	if len(line) == 0 || !digit(line[0]) {
		return false
	}
	z.each(line, z.field)
	return z.addr != nil
}

// each gives the fields of a line of text: "TIME level access message key=value".
func (z *ztunnel) each(line []byte, field func(key, value []byte)) {
	stamp, n, ok := lex.RFC3339(line)
	if !ok {
		return
	}
	time, rest := line[:n], bytes.TrimLeft(line[n:], "\t ")
	if _, rest, ok = cutBlank(rest); !ok {
		return
	}
	scope, rest, ok := cutBlank(rest)
	if !ok || string(bytes.TrimSuffix(scope, []byte{':'})) != "access" {
		return
	}
	at := bytes.Index(rest, []byte("src.addr="))
	if at < 0 {
		return
	}
	z.stamp, z.time, z.message = stamp, time, bytes.TrimRight(rest[:at], "\t ")
	for rest = rest[at:]; ; {
		key, value, n, ok := lex.Pair(rest)
		if !ok {
			return
		}
		field(key, value)
		rest = rest[n:]
	}
}

// cutBlank cuts at the first run of tabs or spaces; copied tabs are spaces.
func cutBlank(b []byte) (word, rest []byte, ok bool) {
	i := bytes.IndexAny(b, "\t ")
	if i < 0 {
		return b, nil, false
	}
	return b[:i], bytes.TrimLeft(b[i:], "\t "), true
}

func (z *ztunnel) field(key, value []byte) {
	switch string(key) {
	case "time":
		z.time = value
		z.stamp, _ = stampOf(value)
	case "message":
		z.message = value
	case "dst.addr":
		z.addr = value
	case "dst.hbone_addr":
		z.inner = value
	case "dst.service":
		z.service = value
	case "dst.workload":
		z.workload = value
	case "error":
		z.problem = value
	case "duration":
		z.lasted = duration(bytes.TrimSuffix(value, []byte("ms")), time.Millisecond)
	}
}

// target is the service that was asked for, else the pod, else the address.
func (z *ztunnel) target() []byte {
	for _, name := range [][]byte{z.service, z.workload, z.inner} {
		if len(name) > 0 {
			return name
		}
	}
	return z.addr
}

// ztunnelErrors are words of its errors, the most telling first (istio/ztunnel
// src/proxy.rs, Error; what Linux says stands inside of them).
var ztunnelErrors = []errorWords{
	{"policy rejection", parse.CauseUnauthorized},
	{"policy change", parse.CauseUnauthorized},
	{"allow policies exist, but none allowed", parse.CauseUnauthorized},
	{"explicitly denied by", parse.CauseUnauthorized},
	{"http status: 401", parse.CauseUnauthorized},
	{"http status: 403", parse.CauseUnauthorized},
	{"no healthy upstream", parse.CauseNoEndpoints},
	{"no valid routing destination", parse.CauseNoEndpoints},
	{"has no IP addresses", parse.CauseNoEndpoints},
	{"unknown waypoint", parse.CauseNoRoute},
	{"no gateway address", parse.CauseNoRoute},
	{"no service for target address", parse.CauseNoRoute},
	{"unknown destination", parse.CauseNoRoute},
	{"unknown source", parse.CauseNoRoute},
	{"cannot resolve port", parse.CauseNoRoute},
	{"onnection refused", parse.CauseConnectRefused},
	{"onnection timed out", parse.CauseConnectTimeout},
	{"deadline has elapsed", parse.CauseConnectTimeout},
	{"o route to host", parse.CauseNoRouteToHost},
	{"etwork is unreachable", parse.CauseNoRouteToHost},
	{"tls ", parse.CauseTLS},
	{"certificate", parse.CauseTLS},
	{"identity error", parse.CauseTLS},
	{"dns", parse.CauseDNS},
	{"no ip addresses were resolved", parse.CauseDNS},
	{"client disconnected", parse.CauseClientClosed},
	{"send: ", parse.CauseClientClosed}, // to the client, who left
	{"destination disconnected", parse.CauseIO},
	{"io error", parse.CauseIO},
	{"receive: ", parse.CauseIO},
	{"h2 failed", parse.CauseIO},
	{"http2 handshake failed", parse.CauseIO},
}

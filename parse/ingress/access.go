package ingress

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// Access is linkerd-proxy's access log (config.linkerd.io/access-log: apache
// or json, since 2.12), which its inbound server writes: linkerd2-proxy
// linkerd/http/access-log/src/lib.rs and linkerd/tracing/src/access_log.rs.
var Access = &parse.Format{
	Name: "proxy-access",
	Doc: `access log of linkerd-proxy, written by its inbound side. A line names the beginning of a request; JSON has a duration, which is added, apache has none, so that its time is the beginning unless a stamp before the line tells when it was written. A request that the inner service failed has no status.
10.42.0.63:51160 traffic.booksapp.serviceaccount.identity.linkerd.cluster.local - [2022-08-23T20:28:20.301798187Z] "GET http://webapp:7000/authors/104 HTTP/2.0" 504
{"client.addr":"10.42.0.70:32996","client.id":"-","host":"webapp:7000","method":"GET","processing_ns":"39826","request_bytes":"","response_bytes":"0","status":504,"timestamp":"2022-08-23T20:33:42.321746212Z","total_ns":"3001441135","trace_id":"","uri":"http://webapp:7000/","user_agent":"Go-http-client/1.1","version":"HTTP/2.0"}`,
	Origin: "linkerd2-proxy, since 2.12 (linkerd/http/access-log)",
	Role:   parse.RoleServing, Lane: parse.LaneIngress, Need: "proxy-logs",
	Meshed:  true,
	Needles: append(failed(), `"client.addr":`),
	Hints:   refusals,
	Line:    accessLine,
	Detail:  alike(productLinkerd.unitOf, accessDetail),
}

// access is a line of the apache variant taken apart.
type access struct {
	addr, id, time, request, code []byte
	stamp                         lex.Stamp
	status                        int
}

func accessLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	if l.Text[0] == '{' {
		return productLinkerd.read(l, b)
	}
	var a access
	s := a.read(l.Text)
	if s == other {
		return parse.NotMine
	}
	ended(l, a.stamp, 0)
	if l.Prefix.HasStamp && l.Prefix.Stamp >= l.Own && l.Prefix.Stamp-l.Own < maxServed {
		l.AtStamp()
	}
	if s == cut {
		return parse.Malformed
	}
	r := response{status: a.status}
	if a.status >= firstError {
		r.target = a.host()
	}
	return r.verdict(b)
}

// maxServed is how long a request may have lasted when only a stamp before the
// line tells its end.
const maxServed = parse.Time(time.Hour)

// read takes a line apart. Nothing stands behind the status, and the address
// has a port, which tells it from nginx's with a time of its own.
func (a *access) read(b []byte) shape {
	b = bytes.TrimRight(b, " ")
	if len(b) == 0 || !digit(b[0]) && b[0] != '[' {
		return other
	}
	var rest, dash []byte
	a.addr, rest = word(b)
	if i := bytes.LastIndexByte(a.addr, ':'); i <= 0 || !numeric(a.addr[i+1:]) {
		return other
	}
	a.id, rest = word(rest)
	dash, rest = word(rest)
	if string(dash) != "-" || len(a.id) == 0 || len(rest) == 0 || rest[0] != '[' {
		return other
	}
	s, n, ok := lex.RFC3339(rest[1:])
	if !ok || !s.Zoned || s.Offset != 0 || !has(rest[1+n:], `] "`) {
		return other
	}
	a.stamp, a.time = s, rest[1:1+n]
	rest = rest[1+n+len(`] "`):]
	end := closing(rest)
	if end < 0 {
		if end = len(rest) - 1; end < 0 || rest[end] != '"' {
			return cut
		}
		a.request = rest[:end]
		return whole
	}
	a.request, a.code = rest[:end], rest[end+len(`" `):]
	if a.status, ok = status(a.code); !ok {
		return other
	}
	return whole
}

// host is what the request was for, where its URI says so.
func (a *access) host() []byte {
	_, uri, _ := request(a.request)
	if has(uri, "http://") || has(uri, "https://") {
		return authority(uri)
	}
	return nil
}

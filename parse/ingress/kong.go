package ingress

import (
	"bytes"

	"faultline/parse"
)

// Kong's default access log is nginx's combined with the request's id behind it
// (kong templates/nginx_kong.lua):
//
//	10.244.0.11 - - [31/Aug/2025:07:00:06 +0000] "GET /a HTTP/1.1" 404 103 "-" "curl/8.5.0" kong_request_id: "423abeae7484de376b5cb24df209ad03"
var kongID = []byte(`kong_request_id: "`)

func kong(rest []byte) bool { return bytes.Contains(rest, kongID) }

// The bytes of a text that Kong answers by itself, an object with the message
// and, since 3.5, the request's id (kong/error_handlers.lua, kong/runloop/handler.lua).
const (
	kongObject  = len("{\n  \"message\":\"\"\n}")
	kongWithID  = len(",\n  \"request_id\":\"\"") + 32
	kongCompact = len(`{"message":""}`)
	kongNoRoute = len("no Route matched with those values")
	kongNoPeer  = len("failure to get a peer from the ring-balancer")
	kongNoName  = len("name resolution failed")
)

// kongText says whether an answer of n bytes is Kong's own of that length.
func kongText(n, message int) bool {
	return n == message+kongObject || n == message+kongObject+kongWithID || n == message+kongCompact
}

// kong tells the cause of what Kong answered by itself.
func (c *clf) kong(r *response) {
	if _, id, ok := bytes.Cut(c.rest, kongID); ok {
		r.id, _, _ = bytes.Cut(id, []byte{'"'})
	}
	n, _ := number(c.size)
	switch {
	case r.status == 404 && kongText(n, kongNoRoute):
		r.cause = parse.CauseNoRoute
	case r.status == 503 && kongText(n, kongNoPeer):
		r.cause = parse.CauseNoEndpoints
	case r.status == 503 && kongText(n, kongNoName):
		r.cause = parse.CauseDNS
	}
}

package ingress

import (
	"bytes"

	"faultline/parse"
)

// meant is what a message of nginx's error log means: an event's kind, why, and
// the status that nginx answers when no other upstream can be tried.
type meant struct {
	kind   parse.Kind
	cause  parse.Cause
	status int
}

var nothing = meant{}

// reason sorts the messages of nginx's error log by what failed and by what
// nginx was doing then (ngx_http_upstream.c, ngx_event_connect.c,
// ngx_event_openssl.c, ngx_http_limit_req_module.c, ngx_http_limit_conn_module.c,
// ngx_http_auth_request_module.c), and those that Kong, APISIX and ingress-nginx
// add in Lua.
func reason(m, level []byte) meant {
	text := about(m)
	if bytes.Contains(text, []byte("[lua] ")) || bytes.Contains(text, []byte("[kong] ")) { // kong.log names itself
		return reasonLua(text)
	}
	doing := activity(text)
	switch {
	case has(text, "upstream timed out"):
		return timedOut(doing)
	case has(text, "no live upstreams"):
		return meant{parse.ProxyNoEndpoints, parse.CauseBreaker, 502} // nginx took each of them out, because it failed
	case has(text, "upstream server temporarily disabled"):
		return meant{parse.ProxyBreaker, parse.CauseBreaker, 0}
	case has(text, "upstream sent "):
		return sent(text, level, doing)
	case has(text, "upstream rejected request"), has(text, "upstream closed stream"):
		return meant{parse.ProxyRequestFailed, parse.CauseBadResponse, 502}
	case has(text, "upstream prematurely closed "):
		return broken(doing)
	case has(text, "connect() "), has(text, "recv() failed"), has(text, "readv() failed"), has(text, "send() failed"), has(text, "writev() failed"),
		has(text, "sendfile() failed"), has(text, "sendfile64() failed"), has(text, "SSL_read() failed"), has(text, "SSL_write() failed"),
		has(text, "peer closed connection in SSL handshake"), has(text, "kevent() reported "), has(text, "upstream SSL certificate "), has(text, "SSL_do_handshake() failed"):
		return calls(text, doing)
	}
	return reasonOwn(text, level)
}

// during is what nginx was doing, as far as it matters.
type during uint8

const (
	duringOther      during = iota
	duringConnect           // no connection yet
	duringHandshake         // of TLS with the upstream
	duringRequest           // it sent the request, or waits for the header
	duringBody              // the answer had begun
	duringUpgraded          // a connection that both sides use as they like
	duringResolution        // of a name
)

// activities are the words behind "while" (the log actions of
// ngx_http_upstream.c and of OpenResty's balancer).
var activities = []struct {
	words string
	during
}{
	{" while connecting to upstream", duringConnect},
	{" while SSL handshaking to upstream", duringHandshake},
	{" handshaking to upstream", duringHandshake},
	{" while sending request to upstream", duringRequest},
	{" while sending to client", duringRequest}, // OpenResty names an upstream's failure so as well
	{" while reading response header from upstream", duringRequest},
	{" while reading upstream", duringBody},
	{" while proxying upgraded connection", duringUpgraded},
	{" while proxying connection", duringUpgraded},
	{" while proxying and sending to client", duringUpgraded},
	{" while proxying and reading from upstream", duringUpgraded},
	{" while resolving", duringResolution},
}

func activity(text []byte) during {
	at := bytes.LastIndex(text, []byte(" while "))
	if at < 0 {
		return duringOther
	}
	if i := bytes.LastIndexByte(text, '('); i > at && text[len(text)-1] == ')' { // a module's name: "while connecting to upstream(proxy_connect)"
		text = text[:i]
	}
	for _, a := range activities {
		if bytes.HasSuffix(text, []byte(a.words)) {
			return a.during
		}
	}
	return duringOther
}

// timedOut is a limit that ran out. An upgraded connection that was idle for
// long enough times out as well, but nobody waits for an answer then.
func timedOut(doing during) meant {
	switch doing {
	case duringConnect, duringHandshake:
		return meant{parse.ProxyConnectFailed, parse.CauseConnectTimeout, 504}
	case duringBody:
		return meant{parse.ProxyRequestFailed, parse.CauseResponseCut, 0}
	case duringUpgraded:
		return nothing
	}
	return meant{parse.ProxyRequestFailed, parse.CauseTimeout, 504}
}

// broken is a connection that the upstream ended.
func broken(doing during) meant {
	switch doing {
	case duringBody, duringUpgraded:
		return meant{parse.ProxyRequestFailed, parse.CauseResponseCut, 0}
	case duringHandshake:
		return meant{parse.ProxyConnectFailed, parse.CauseTLS, 502}
	case duringConnect:
		return meant{parse.ProxyConnectFailed, parse.CauseIO, 502}
	}
	return meant{parse.ProxyRequestFailed, parse.CauseIO, 502}
}

// sent is an answer that nginx could not use. Some of it it only warns of.
func sent(text, level []byte, doing during) meant {
	if bytes.HasSuffix(text, []byte(", ignored")) || bytes.Contains(text, []byte(", ignored while ")) || string(level) == "warn" || string(level) == "info" {
		return nothing
	}
	if doing == duringBody {
		return meant{parse.ProxyRequestFailed, parse.CauseResponseCut, 0}
	}
	return meant{parse.ProxyRequestFailed, parse.CauseBadResponse, 502}
}

// calls are system calls towards the upstream that failed, with Linux' errno in
// parentheses. Towards a client they are its own matter.
func calls(text []byte, doing during) meant {
	if doing == duringOther || doing == duringResolution {
		return nothing
	}
	if doing == duringHandshake || has(text, "upstream SSL certificate ") {
		return meant{parse.ProxyConnectFailed, parse.CauseTLS, 502}
	}
	if doing != duringConnect {
		return broken(doing)
	}
	if !has(text, "connect() ") && !has(text, "kevent() ") && !has(text, "recv() ") {
		return nothing
	}
	switch errno(text) {
	case "111", "61", "2": // 2 is a socket in the file system that nobody has opened
		return meant{parse.ProxyConnectFailed, parse.CauseConnectRefused, 502}
	case "11", "35": // such a socket whose queue of connections is full: unix(7), EAGAIN
		return meant{parse.ProxyConnectFailed, parse.CauseLoadshed, 502}
	case "110", "60":
		return meant{parse.ProxyConnectFailed, parse.CauseConnectTimeout, 504}
	case "113", "101", "65", "51":
		return meant{parse.ProxyConnectFailed, parse.CauseNoRouteToHost, 502}
	case "22": // to 0.0.0.1, which ingress-nginx puts in the place of no server
		if bytes.Contains(text, []byte(" 0.0.0.1:")) {
			return meant{parse.ProxyNoEndpoints, parse.CauseNoEndpoints, 502}
		}
	case "104", "54", "32":
		return meant{parse.ProxyConnectFailed, parse.CauseIO, 502}
	}
	return meant{parse.ProxyConnectFailed, parse.CauseOther, 502} // its own kernel's word: no port, no right, no file
}

// errno is the number in "(111: Connection refused)".
func errno(text []byte) string {
	i := 0
	for i+1 < len(text) && (text[i] != '(' || !digit(text[i+1])) {
		i++
	}
	n := i + 1
	for n < len(text) && digit(text[n]) {
		n++
	}
	if n == len(text) || text[n] != ':' {
		return ""
	}
	return string(text[i+1 : n])
}

// reasonOwn are failures that no upstream had a part in.
func reasonOwn(text, level []byte) meant {
	switch {
	case bytes.Contains(text, []byte("limiting requests, excess: ")), bytes.Contains(text, []byte("limiting connections by zone ")):
		if string(level) == "info" || bytes.Contains(text, []byte("dry run")) {
			return nothing
		}
		return meant{parse.ProxyOverloaded, parse.CauseLoadshed, 503}
	case bytes.Contains(text, []byte("worker_connections are not enough")):
		return meant{parse.ProxyOverloaded, parse.CauseLoadshed, 500}
	case has(text, "auth request unexpected status: "):
		return meant{parse.ProxyRequestFailed, parse.CauseAuthService, 500}
	case has(text, "access forbidden by rule"):
		return meant{parse.ProxyDenied, parse.CauseUnauthorized, 403}
	case bytes.Contains(text, []byte(" could not be resolved (")), has(text, "host not found in upstream"), has(text, "no resolver defined to resolve "):
		return meant{parse.ProxyConnectFailed, parse.CauseDNS, 502}
	case has(text, "signal 1 (SIGHUP) received"), has(text, "reconfiguring"):
		return meant{parse.IngressReload, parse.CauseUnknown, 0}
	}
	return nothing
}

// luaReasons are what the balancers in Lua say (ingress-nginx
// rootfs/etc/nginx/lua/balancer.lua; kong/runloop/balancer and handler.lua;
// apisix/balancer.lua, apisix/init.lua, apisix/upstream.lua).
var luaReasons = []struct {
	words string
	meant
}{
	{"no peer was returned, balancer: ", meant{parse.ProxyNoEndpoints, parse.CauseNoEndpoints, 503}},
	{"failure to get a peer from the ring-balancer", meant{parse.ProxyNoEndpoints, parse.CauseNoEndpoints, 503}},
	{"no peers are available", meant{parse.ProxyNoEndpoints, parse.CauseNoEndpoints, 503}},
	{"No peers are available", meant{parse.ProxyNoEndpoints, parse.CauseNoEndpoints, 503}},
	{"reported health status changed to UNHEALTHY", meant{parse.ProxyBreaker, parse.CauseBreaker, 0}},
	{"Balancer is unhealthy", meant{parse.ProxyNoEndpoints, parse.CauseBreaker, 503}},
	{"missing upstream configuration", meant{parse.ProxyRequestFailed, parse.CauseConfigured, 0}}, // of a route or service that names none
	{"failed to pick server: ", meant{parse.ProxyNoEndpoints, parse.CauseNoEndpoints, 502}},
	{"no valid upstream node", meant{parse.ProxyNoEndpoints, parse.CauseNoEndpoints, 503}},
	{"upstream nodes is unhealthy", meant{parse.ProxyBreaker, parse.CauseBreaker, 0}},
	{"name resolution failed", meant{parse.ProxyConnectFailed, parse.CauseDNS, 503}},
	{"dns server error", meant{parse.ProxyConnectFailed, parse.CauseDNS, 503}},
	{"dns client error", meant{parse.ProxyConnectFailed, parse.CauseDNS, 503}},
	{"failed to parse domain", meant{parse.ProxyConnectFailed, parse.CauseDNS, 503}},
}

func reasonLua(text []byte) meant {
	for i := range luaReasons {
		if bytes.Contains(text, []byte(luaReasons[i].words)) {
			return luaReasons[i].meant
		}
	}
	if m := bytes.Index(text, []byte(" unhealthy ")); m >= 0 && exhausted(text[m:]) {
		return meant{parse.ProxyBreaker, parse.CauseBreaker, 0}
	}
	return nothing
}

// exhausted says whether a health check of lua-resty-healthcheck gives up now:
// " unhealthy HTTP increment (3/3) for 'shop(10.9.3.5:8106)'".
func exhausted(m []byte) bool {
	_, count, ok := bytes.Cut(m, []byte(" increment ("))
	if !ok {
		return false
	}
	have, rest, _ := bytes.Cut(count, []byte{'/'})
	of, _, ok := bytes.Cut(rest, []byte{')'})
	return ok && len(have) > 0 && bytes.Equal(have, of)
}

// checked is the address in a health check's "for 'shop(10.9.3.5:8106)'".
func checked(m []byte) []byte {
	if !bytes.Contains(m, []byte("[healthcheck]")) {
		return nil
	}
	_, name, ok := bytes.Cut(m, []byte(" for '"))
	if !ok {
		return nil
	}
	name, _, _ = bytes.Cut(name, []byte{'\''})
	if _, addr, ok := bytes.Cut(name, []byte{'('}); ok {
		return bytes.TrimSuffix(addr, []byte{')'})
	}
	return name
}

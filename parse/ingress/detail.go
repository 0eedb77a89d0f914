package ingress

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"

	"faultline/parse"
)

// set adds an attribute unless the log says that there is nothing.
func set(d *parse.Detail, key string, v []byte) {
	if v = given(v); len(v) == 0 {
		return
	}
	d.Set(key, string(v))
	var name [32]byte
	if keyNames[string(fold([]byte(key), &name))].sense == senseLasted {
		d.Zero = d.Zero || v[0] == '0' && len(bytes.Trim(v, "0.sm")) == 0
	}
}

// asText shows a line that cannot be taken apart.
func asText(line []byte, d *parse.Detail) { d.Message = string(line) }

// asked is the message of a response: what was asked for, and the status.
func asked(request, code []byte) string {
	return strings.TrimSpace(string(request) + " " + string(code))
}

func nginxDetail(line []byte, d *parse.Detail) {
	var e complaint
	if rest, ok := e.read(line); ok {
		e.detail(rest, d)
		return
	}
	var a apache
	if a.read(line) {
		a.detail(d)
		return
	}
	if object := productNginx.ofPairs(line); object != nil {
		line = object
	}
	var c clf
	switch {
	case has(line, "{"):
		jsonDetail(line, d, "msec", "time_iso8601", "time", "@timestamp", "timestamp", "time_local", "ts")
		productNginx.explain(line, d)
		return
	case len(line) > 0 && readSession(line).code != nil:
		s := readSession(line)
		d.Message, d.RawTime = string(s.protocol)+" "+string(s.code), string(s.time)
		set(d, "remote_addr", s.addr)
		set(d, "status", s.code)
		set(d, "upstream_addr", s.upstream)
		return
	case c.read(line) != whole || c.status >= firstError:
		for _, known := range knownLayouts {
			if known.detail(line, d) {
				return
			}
		}
		if c.read(line) != whole {
			asText(line, d)
			return
		}
	}
	c.detail(d, "remote_addr", "remote_user", "request", "status", "body_bytes_sent")
	referer, agent, rest := c.header()
	set(d, "http_referer", referer)
	set(d, "http_user_agent", agent)
	var u upstream
	u.read(rest)
	u.apisix(c.rest)
	if len(u.requestTime) == 0 {
		r := response{status: c.status, cause: ownAnswer(c.status, c.request, nil)}
		if kong(c.rest) {
			c.kong(&r)
			set(d, "kong_request_id", r.id)
		}
		explained(d, c.status, r.cause)
		if has(rest, `"`) {
			forwarded, _ := quoted(rest)
			set(d, "http_x_forwarded_for", forwarded)
		}
		return
	}
	set(d, "request_length", u.requestLength)
	set(d, "request_time", u.requestTime)
	set(d, "proxy_upstream_name", u.name)
	set(d, "proxy_alternative_upstream_name", u.alternative)
	set(d, "upstream_addr", u.addr)
	set(d, "upstream_response_length", u.length)
	set(d, "upstream_response_time", u.time)
	set(d, "upstream_status", u.status)
	set(d, "req_id", u.id)
	cause := u.cause(c.status)
	if cause == parse.CauseUnknown {
		cause = ownAnswer(c.status, c.request, u.name)
	}
	explained(d, c.status, cause)
}

// detail shows what every line of the common log format has, under the names
// that its writer gives: of the address, the user, the request, the status and
// the size.
func (c *clf) detail(d *parse.Detail, addr, user, req, code, size string) {
	d.Message, d.RawTime = asked(c.request, c.code), string(c.time)
	set(d, addr, c.addr)
	set(d, user, c.user)
	set(d, "host", c.vhost)
	method, path, protocol := request(c.request)
	if len(protocol) > 0 {
		set(d, "method", method)
		set(d, "path", path)
	}
	set(d, req, c.request)
	set(d, code, c.code)
	set(d, size, c.size)
}

func (e *complaint) detail(rest []byte, d *parse.Detail) {
	d.Message, d.RawTime = string(about(rest)), string(e.time)
	set(d, "process", e.process)
	set(d, "connection", bytes.TrimPrefix(e.connection, []byte{'*'}))
	for _, key := range []string{"client", "server", "request", "upstream", "host", "referrer"} {
		set(d, key, field(rest, key))
	}
	said := reason(rest, e.level)
	if said.status > 0 {
		d.Set("http_status", strconv.Itoa(said.status))
	}
	if said.cause != parse.CauseUnknown {
		d.Set("cause_class", said.cause.String())
	}
	if said.kind == parse.ProxyBreaker {
		d.Set("state", "tripped")
	}
}

// explained shows why a response failed, if it is one that did.
func explained(d *parse.Detail, status int, cause parse.Cause) {
	if cause != parse.CauseUnknown && (status >= firstError || notable(status)) {
		d.Set("cause_class", cause.String())
	}
}

func traefikDetail(line []byte, d *parse.Detail) {
	if s, ok := readTraefikSaid(line); ok {
		s.detail(d)
		return
	}
	if has(line, "{") {
		jsonDetail(line, d, "StartUTC", "StartLocal", "time")
		productTraefik.explain(line, d)
		return
	}
	var c clf
	if c.read(line) != whole {
		asText(line, d)
		return
	}
	f, ok := c.forwarded()
	if !ok {
		asText(line, d)
		return
	}
	c.detail(d, "ClientHost", "ClientUsername", "Request", "DownstreamStatus", "DownstreamContentSize")
	referer, agent := f.quotes()
	set(d, "request_Referer", referer)
	set(d, "request_User-Agent", agent)
	set(d, "RequestCount", f.count)
	set(d, "RouterName", f.router)
	set(d, "ServiceURL", f.server)
	set(d, "Duration", f.duration)
	size, _ := number(c.size)
	explained(d, c.status, ownTraefik(c.request, c.status, size, len(given(f.router)) > 0, len(given(f.server)) > 0,
		duration(f.duration, time.Millisecond)))
}

func envoyDetail(line []byte, d *parse.Detail) {
	if object := productEnvoy.ofPairs(line); object != nil {
		line = object
	}
	if has(line, "{") {
		jsonDetail(line, d, "start_time", "timestamp", "@timestamp", "time", "starttime", "startTime", "START_TIME")
		if productOutlier.of(line) {
			o := readOutlier(line)
			set(d, "state", []byte(o.state()))
			return
		}
		productEnvoy.explain(line, d)
		return
	}
	var e envoy
	if !e.read(line) {
		asText(line, d)
		return
	}
	d.Message, d.RawTime = asked(e.request, e.code), string(e.time)
	method, path, protocol := request(e.request)
	t := e.tail()
	for _, a := range []struct {
		key   string
		value []byte
	}{
		{"method", method}, {"path", path}, {"protocol", protocol},
		{"response_code", e.code}, {"response_flags", e.flags}, {"response_code_details", e.details},
		{"connection_termination_details", e.termination}, {"upstream_transport_failure_reason", e.failure},
		{"bytes_received", e.received}, {"bytes_sent", e.sent}, {"duration", e.duration}, {"upstream_service_time", e.service},
		{"x_forwarded_for", t.forwarded}, {"user_agent", t.agent}, {"request_id", t.id}, {"authority", t.authority},
		{"upstream_host", t.host}, {"upstream_cluster", t.cluster}, {"upstream_local_address", t.local},
		{"downstream_local_address", t.downstream}, {"downstream_remote_address", t.remote},
		{"requested_server_name", t.server}, {"route_name", t.route},
	} {
		set(d, a.key, a.value)
	}
	r := response{status: e.status, tcp: string(e.request) == "- - -", hop: hop{state: e.flags, details: e.details}}
	if flagged(&r, e.failure, e.sent); r.cause != parse.CauseUnknown {
		d.Set("cause_class", r.cause.String())
	}
}

func accessDetail(line []byte, d *parse.Detail) {
	if has(line, "{") {
		jsonDetail(line, d, "timestamp")
		return
	}
	var a access
	if a.read(line) != whole {
		asText(line, d)
		return
	}
	d.Message, d.RawTime = asked(a.request, a.code), string(a.time)
	method, uri, version := request(a.request)
	set(d, "client.addr", a.addr)
	set(d, "client.id", a.id)
	set(d, "method", method)
	set(d, "uri", uri)
	set(d, "version", version)
	set(d, "status", a.code)
}

// words are the keys, folded, under which JSON formats put what a message is
// made of.
var words = [3][]string{
	{"method", "requestmethod", "httpmethod"},
	{"path", "requestpath", "uri", "requesturi", "requesturl", "xenvoyoriginpath", "request", "httprequest", "resourcepath"},
	{"responsecode", "downstreamstatus", "status", "httpstatus", "httpstatuscode"},
}

// jsonDetail shows every member of an object under its own name. The time is
// the first of keys that it has.
func jsonDetail(line []byte, d *parse.Detail, times ...string) {
	s := shown{d: d, times: times, best: len(times)}
	s.object(line, "", 0)
	if strings.HasPrefix(s.said[1], s.said[0]+" ") { // a request line has its method
		s.said[0] = ""
	}
	if d.Message = strings.Join(slices.DeleteFunc(s.said[:], func(s string) bool { return s == "" }), " "); d.Message == "" {
		asText(line, d)
	}
}

// shown is a line of JSON on its way to a Detail.
type shown struct {
	d     *parse.Detail
	times []string
	best  int // of times, the one found
	said  [len(words)]string
}

func (s *shown) object(text []byte, under string, depth int) {
	var name [32]byte
	m := members{rest: text}
	for key, value, ok := m.next(); ok; key, value, ok = m.next() {
		s.member(key, value, string(fold(key, &name)), under, depth)
	}
}

func (s *shown) member(key, value []byte, folded, under string, depth int) {
	if value[0] == '{' && depth < maxDepth && within([]byte(folded)) {
		s.object(value, under+string(key)+".", depth+1)
		return
	}
	v := text(value)
	if i := slices.Index(s.times, string(key)); i >= 0 && i < s.best && len(v) > 0 {
		s.best, s.d.RawTime = i, string(v)
	}
	for i, keys := range words {
		if s.said[i] == "" && slices.Contains(keys, folded) {
			s.said[i] = string(given(v))
		}
	}
	set(s.d, under+string(key), v)
}

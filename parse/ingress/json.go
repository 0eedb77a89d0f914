package ingress

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// members walks the members of a JSON object on one line without making
// anything of them. It is lenient about values, as nginx writes them without
// quotes whatever they are: `"upstream_response_time": -,`.
type members struct {
	rest  []byte
	open  bool
	whole bool // the object was read to its end, and nothing is behind it
}

// next gives a key without its quotes and a value as it stands. A member without
// a value, as a format with an empty variable prints it, is passed over.
func (m *members) next() (key, value []byte, ok bool) {
	for ok = true; ok && len(value) == 0; {
		key, value, ok = m.member()
	}
	return key, value, ok
}

// member gives the next member; its value may be empty.
func (m *members) member() (key, value []byte, ok bool) {
	b := blanks(m.rest)
	if !m.open {
		if len(b) == 0 || b[0] != '{' {
			return nil, nil, false
		}
		m.open, b = true, blanks(b[1:])
	} else if len(b) > 0 && b[0] == ',' {
		b = blanks(b[1:])
	}
	if len(b) > 0 && b[0] == '}' {
		m.whole = len(blanks(b[1:])) == 0
		m.rest = nil
		return nil, nil, false
	}
	n := lex.QuotedEnd(b)
	if n == 0 {
		return nil, nil, false
	}
	key, b = b[1:n-1], blanks(b[n:])
	if len(b) == 0 || b[0] != ':' {
		return nil, nil, false
	}
	b = blanks(b[1:])
	if n = valueEnd(b); n < 0 {
		return nil, nil, false
	}
	if value, m.rest = b[:n], b[n:]; n > 0 && value[n-1] == ' ' {
		value = bytes.TrimRight(value, " ")
	}
	return key, value, true
}

func blanks(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	return b
}

// valueEnd is the length of the value that b begins with, -1 when its end was
// cut off.
func valueEnd(b []byte) int {
	if n := lex.QuotedEnd(b); n > 0 && n < len(b) && (b[n] == ',' || b[n] == '}') {
		return n // most are strings
	}
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			n := lex.QuotedEnd(b[i:])
			if n == 0 {
				return -1
			}
			i += n - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

// bare is a value without its quotes, as it stands.
func bare(v []byte) []byte {
	if n := len(v); n >= 2 && v[0] == '"' && v[n-1] == '"' {
		return v[1 : n-1]
	}
	if string(v) == "null" {
		return nil
	}
	return v
}

// text is a value as it was meant.
func text(v []byte) []byte {
	if bytes.IndexByte(v, '\\') < 0 {
		return bare(v)
	}
	var s string
	if json.Unmarshal(v, &s) == nil {
		return []byte(s)
	}
	return bare(v)
}

// product is whose JSON a line is.
type product uint8

const (
	productTraefik product = iota
	productLinkerd
	productCaddy
	productGoogle
	productAzure
	productCloudflare
	productAmazon
	productOutlier // Envoy's log of what it took out
	productEnvoy
	productHAProxy
	productNginx
	products
)

// sign are the keys that tell whose JSON a line is.
type sign struct {
	keys []string // one of them
	also string
	// unit of a duration whose name tells none.
	unit time.Duration
	// begins says that the time of a line is when its request began.
	begins bool
}

// signs are in their order: of several that a line has the first decides, so
// that no line belongs to two.
var signs = [products]sign{
	productTraefik:    {[]string{`"DownstreamStatus":`}, "", time.Nanosecond, false},
	productLinkerd:    {[]string{`"client.addr":`}, `_ns":`, time.Nanosecond, true},
	productCaddy:      {[]string{`"logger":"http.log.`}, `"request":`, time.Second, false},
	productGoogle:     {[]string{`"statusDetails"`, `LoadBalancerLogEntry`, `"proxyStatus"`}, `"httpRequest"`, time.Second, true},
	productAzure:      {[]string{`ApplicationGatewayAccess`, `FrontDoorAccessLog`, `FrontdoorAccessLog`, `"trackingReference"`}, `"timeTaken`, time.Second, false},
	productCloudflare: {[]string{`"EdgeResponseStatus"`}, "", time.Millisecond, false},
	productAmazon:     {[]string{`"integrationLatency"`, `"responseLatency"`, `"integrationStatus"`, `"resourcePath"`, `"routeKey"`, `"integrationErrorMessage"`}, `"requestId"`, time.Millisecond, true},
	productOutlier:    {[]string{`"upstream_url"`}, `"num_ejections"`, 0, false},
	productEnvoy:      {[]string{`response_flag`, `responseFlag`, `response.flag`, `RESPONSE_FLAG`, `"response_code"`}, "", time.Millisecond, true},
	productHAProxy:    {[]string{`termination_state`, `terminationState`, `termination_state_cookie`, `"tsc":"`, `backend_name`}, "", time.Millisecond, true},
	productNginx: {[]string{`pstream`, `"request_time"`, `"requestTime"`, `"request_duration"`, `"remote_addr"`, `"body_bytes_sent"`, `"reqtime`, `"apptime"`,
		`"http_user_agent"`}, "tatus", time.Second, false},
}

// in says whether a line has the sign.
func (s *sign) in(b []byte) bool {
	for _, k := range s.keys {
		if bytes.Contains(b, []byte(k)) && (s.also == "" || bytes.Contains(b, []byte(s.also))) {
			return true
		}
	}
	return false
}

// anySign finds the keys of one product, and of all that go before it, at once:
// most lines have none, and looking for each in turn costs more than reading.
var anySign, signBefore = func() (own, before [products]parse.Phrases) {
	var all []string
	for p := range products {
		own[p] = parse.NewPhrases(signs[p].keys)
		if p > 0 {
			before[p] = parse.NewPhrases(all)
		}
		all = append(all, signs[p].keys...)
	}
	return own, before
}()

// of says whether a line has the sign, and none that goes before.
func (p product) of(b []byte) bool {
	if !anySign[p].In(b) || !signs[p].in(b) {
		return false
	}
	if p == 0 || !signBefore[p].In(b) {
		return true
	}
	for other := range p {
		if signs[other].in(b) {
			return false
		}
	}
	return true
}

// read reads a line of JSON, if it is of the product.
func (p product) read(l *parse.Line, b *parse.Batch) parse.Verdict {
	if !p.of(l.Text) {
		return parse.NotMine
	}
	return p.object(l, l.Text, b)
}

// object reads the object that a line is, or was made into.
func (p product) object(l *parse.Line, text []byte, b *parse.Batch) parse.Verdict {
	var v values
	whole := v.object(text, 0)
	if p.refuses(&v, whole) {
		return parse.NotMine
	}
	var r response
	var coded bool
	if r.status, coded = v.status(); p == productCloudflare {
		v.edges()
	}
	switch {
	case p == productNginx && whole && !coded:
		return parse.NotMine
	case len(v.of[senseStatus]) == 0 && p != productLinkerd || !whole || !coded:
		return parse.Malformed
	}
	v.line(l, &r, p.unitOf(text), signs[p].begins)
	if !p.may(&v, r.status) {
		answered(b, authority(bytes.TrimSpace(v.text(senseUpstream))), r.lasted)
		return parse.Other
	}
	p.tell(&v, &r)
	return r.verdict(b)
}

// unitOf is the unit of a duration whose name tells none.
func (p product) unitOf(text []byte) time.Duration {
	switch {
	case p == productAzure:
		return azureUnit(text)
	case p == productNginx && bytes.Contains(text, []byte(`"upstream_latency"`)), // APISIX' loggers (apisix/utils/log-util.lua)
		p == productNginx && bytes.Contains(text, []byte(`"apisix_latency"`)):
		return time.Millisecond
	}
	return signs[p].unit
}

// refuses says whether a line that has the sign is another program's: one that
// logs its requests, or tells of something else.
func (p product) refuses(v *values, whole bool) bool {
	said := len(v.of[senseLogger]) > 0 || len(v.of[senseMessage]) > 0
	switch p {
	case productEnvoy:
		return v.noEnvoy(whole)
	case productAmazon:
		return said
	case productTraefik:
		return whole && !v.any(senseRoute, senseLasted, senseService, senseHost, senseOrigin)
	case productNginx, productHAProxy:
		one := v.one || p == productNginx && v.any(senseClient) && v.any(senseStatus) && v.asks()
		return !one || said || whole && !v.any(senseRequest, senseMethod, sensePath, senseClient, senseUpstream, senseOrigin)
	}
	return false
}

// any says whether the line has a value of one of the senses.
func (v *values) any(senses ...sense) bool {
	for _, s := range senses {
		if len(v.of[s]) > 0 {
			return true
		}
	}
	return false
}

// asks says whether the line tells what was asked for.
func (v *values) asks() bool { return v.any(senseRequest) || v.any(senseMethod) && v.any(sensePath) }

// noEnvoy says whether a line is not Envoy's: with its flags it tells of a request,
// without them it has to tell more.
func (v *values) noEnvoy(whole bool) bool {
	if !v.any(senseState) {
		return !v.any(senseBegin) || !v.asks() || v.any(senseMessage)
	}
	return whole && !v.any(senseRequest, senseMethod, sensePath, senseLasted, senseUpstream, senseHost)
}

// may says whether a response can be a failure, before anything is made of it.
func (p product) may(v *values, status int) bool {
	if status >= firstError || notable(status) {
		return true
	}
	state := given(v.bare(senseState))
	switch p {
	case productGoogle:
		return string(state) != "response_sent_by_backend"
	case productAzure, productEnvoy, productHAProxy:
		return len(state) > 0 || len(given(v.bare(senseGRPC))) > 0
	case productAmazon:
		return len(given(v.bare(senseDetails))) > 0
	}
	return status == statusALBClientGone
}

// explain adds the cause to what is shown of a line.
func (p product) explain(line []byte, d *parse.Detail) {
	var v values
	v.object(line, 0)
	r := response{}
	r.status, _ = v.status()
	if p == productCloudflare {
		v.edges()
	}
	r.lasted = v.lasted(p.unitOf(line))
	if !p.may(&v, r.status) {
		return
	}
	if p.tell(&v, &r); r.cause != parse.CauseUnknown {
		d.Set("cause_class", r.cause.String())
	}
}

// tell adds what the product's own words say.
func (p product) tell(v *values, r *response) {
	r.hop, r.id = v.hop(), v.text(senseID)
	r.target = first(v.text(senseService), v.text(senseRoute), v.text(senseHost))
	switch p {
	case productTraefik:
		v.traefik(r)
	case productLinkerd:
		r.target = first(v.text(senseHost), authority(v.text(sensePath)))
	case productGoogle:
		v.google(r)
	case productAzure:
		v.azure(r)
	case productCloudflare:
		v.cloudflare(r)
	case productAmazon:
		v.gateway(r)
	case productEnvoy:
		v.envoy(r)
	case productHAProxy:
		v.haproxy(r)
	case productNginx:
		v.nginx(r)
	}
}

// fold writes a key as it would be without the taste of who chose it:
// "response_code", "responseCode", "response.code" and "RESPONSE_CODE" are
// "responsecode". Longer keys are "".
func fold(key []byte, to *[32]byte) []byte {
	n := 0
	for _, c := range key {
		switch {
		case c >= 'A' && c <= 'Z':
			c |= 0x20
		case c >= 'a' && c <= 'z', digit(c):
		default:
			continue
		}
		if n == len(to) {
			return nil
		}
		to[n] = c
		n++
	}
	return to[:n]
}

// stampOf reads a time in one of the ways that a log's author may choose:
// RFC 3339, the common log format's, or seconds, milliseconds or microseconds
// since 1970.
func stampOf(b []byte) (s lex.Stamp, ok bool) {
	if n := len(b); n > 2 && b[0] == '[' && b[n-1] == ']' {
		b = b[1 : n-1]
	}
	if s, n, ok := lex.RFC3339(b); ok && n == len(b) {
		return s, true
	}
	if s, _, ok = stampCLF(b); ok {
		return s, true
	}
	if s, n, ok := stampHAProxy(b); ok && n == len(b) {
		return s, true
	}
	return sinceEpoch(b)
}

// sinceEpoch reads a number of seconds since 1970, or of smaller units, which
// its size tells.
func sinceEpoch(b []byte) (s lex.Stamp, ok bool) {
	if len(b) == len("1706880151500000000") { // nanoseconds
		ns, err := strconv.ParseInt(string(b), 10, 64)
		return lex.Stamp{Unix: ns, Width: 1, Zoned: true}, err == nil && ns > 1e18
	}
	sec, n, ok := lex.Digits(b)
	unit := lex.Second
	switch {
	case !ok || sec < 1e9:
		return s, false
	case sec >= 1e15 && sec < 1e16:
		unit /= 1e6
	case sec >= 1e12 && sec < 1e13:
		unit /= 1e3
	case sec >= 1e10:
		return s, false
	}
	s = lex.Stamp{Unix: sec * unit, Width: unit, Zoned: true}
	if n < len(b) && b[n] == '.' {
		for n++; n < len(b) && digit(b[n]); n++ {
			if s.Width > 1 {
				s.Width /= 10
				s.Unix += int64(b[n]-'0') * s.Width
			}
		}
	}
	return s, n == len(b)
}

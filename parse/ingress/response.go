package ingress

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// response is what an access line tells, whoever wrote it.
type response struct {
	stamp  lex.Stamp // as printed
	lasted time.Duration
	status int
	grpc   bool   // the status is 200 whatever happened
	tcp    bool   // a connection, of which there is no status
	target []byte // the service that was asked, else the host
	cause  parse.Cause
	ask    uint64 // what an error log's line of the same request has as well; 0 where there is none
	id     []byte // of the request, which every layer that it passes hands on
	hop    hop
}

// hop is a [parse.Hop] before it is written down: slices of the line, and of
// the lists that name each attempt, the lists.
type hop struct {
	state, details   []byte
	upstream, status []byte
	connect, bytes   []byte
	took             []byte // for how long each try went on
	client           []byte
	inbound          bool
	tries            int
}

// shortestID is the length of the shortest id that no two requests share by
// chance.
const shortestID = 16

// firstError is the lowest status that is a failure whatever the line tells.
const firstError = 500

// failed says whether the response is an event: a status of 500 or more, or one
// below of which the line tells that the request failed all the same.
func (r *response) failed() bool {
	if r.status >= firstError {
		return true
	}
	switch r.cause {
	case parse.CauseUnknown, parse.CauseUpstream, parse.CauseConfigured:
		return r.grpc
	}
	return true
}

// verdict makes an event of a failed response.
func (r *response) verdict(b *parse.Batch) parse.Verdict {
	switch {
	case r.tcp:
		return r.connection(b, r.hop.text())
	case !r.failed():
		answered(b, r.hop.upstream, r.lasted)
		return parse.Other
	}
	e := parse.Event{Kind: parse.IngressResponse, Value: float64(r.status), Lasted: r.lasted,
		Target: b.Names.Add(r.target), Fact: b.Names.AddString(r.hop.text()), Class: uint8(r.cause)}
	if r.grpc {
		e.Class |= parse.ClassGRPC
	}
	if len(r.id) >= shortestID { // so that what two layers say of one request can be found
		e.Print = lex.Fingerprint(r.id)
	}
	if b.Add(e); r.ask != 0 && r.cause == parse.CauseUnknown {
		b.Ask(r.ask)
	}
	if up := latest(given(r.hop.upstream)); len(up) > 0 && r.cause != parse.CauseClientClosed {
		b.Use(lex.Fingerprint(up), r.cause == parse.CauseUpstream, r.lasted)
	}
	return parse.Took
}

// answered says that an upstream answered, in a line of which no event is made: what
// fails later is told how long ago that was.
func answered(b *parse.Batch, upstream []byte, lasted time.Duration) {
	if upstream = latest(given(upstream)); len(upstream) > 0 {
		b.Use(lex.Fingerprint(upstream), true, lasted)
	}
}

// requestKey is what the lines of one request have in common: who asked for
// what.
func requestKey(client, request []byte) uint64 {
	if len(given(client)) == 0 || len(given(request)) == 0 {
		return 0
	}
	return uint64(lex.Fingerprint(client, []byte{' '}, request)) | 1<<32
}

// connection makes an event of a connection that failed; its fact is what the
// line says of why.
func (r *response) connection(b *parse.Batch, fact string) parse.Verdict {
	e := parse.Event{Kind: parse.ProxyTCPFailed, Lasted: r.lasted, Target: b.Names.Add(r.target), Class: uint8(r.cause)}
	switch r.cause {
	case parse.CauseUnknown, parse.CauseUpstream, parse.CauseClientClosed:
		return parse.Other
	case parse.CauseConnectRefused, parse.CauseConnectTimeout, parse.CauseNoRouteToHost, parse.CauseTLS, parse.CauseDNS:
		e.Kind = parse.ProxyConnectFailed
	case parse.CauseNoEndpoints:
		e.Kind = parse.ProxyNoEndpoints
	case parse.CauseLoadshed:
		e.Kind = parse.ProxyOverloaded
	case parse.CauseUnauthorized:
		e.Kind = parse.ProxyDenied
	}
	e.Fact = b.Names.AddString(fact)
	b.Add(e)
	return parse.Took
}

// text is the hop as the Fact of an event.
func (h *hop) text() string {
	p := parse.Hop{State: string(given(h.state)), Details: string(given(h.details)), Upstream: string(latest(h.upstream)),
		Status: string(latest(h.status)), Connect: string(latest(h.connect)), Bytes: string(latest(h.bytes)), Tries: h.tries,
		Client: string(withoutPort(given(h.client)))}
	if h.inbound {
		p.Side = "inbound"
	}
	if p.Tries == 0 && len(given(h.upstream)) > 0 {
		p.Tries = 1 + bytes.Count(h.upstream, []byte(", ")) + bytes.Count(h.upstream, []byte(" : "))
	}
	p.First = h.first()
	return p.String()
}

// first is what the first of several tries came to, as [parse.Hop] says it.
func (h *hop) first() string {
	status, more := foremost(h.status)
	connect, _ := foremost(h.connect)
	if !more || len(status) != 3 || status[0] != '5' ||
		string(status) == string(latest(h.status)) && (string(connect) == "-") == (string(latest(h.connect)) == "-") {
		return ""
	}
	addr, _ := foremost(h.upstream)
	length, _ := foremost(h.bytes)
	took, _ := foremost(h.took)
	return string(bytes.Join([][]byte{addr, status, length, took, connect}, []byte{','}))
}

// foremost is the first of a list, and whether there are more.
func foremost(list []byte) (one []byte, more bool) {
	if i := bytes.IndexByte(list, ' '); i > 0 {
		return bytes.TrimSuffix(list[:i], []byte{','}), true
	}
	return list, false
}

// latest is the last of a list, of which each attempt has a place: ", " is the
// next server, " : " the next group of servers.
func latest(list []byte) []byte {
	if i := bytes.LastIndexByte(list, ' '); i >= 0 {
		return list[i+1:]
	}
	return list
}

// withoutPort is an address without the port behind it.
func withoutPort(addr []byte) []byte {
	if i := bytes.IndexByte(addr, ','); i >= 0 { // the first of those who handed it on
		addr = addr[:i]
	}
	i := bytes.LastIndexByte(addr, ':')
	if i <= 0 || !numeric(addr[i+1:]) || bytes.IndexByte(addr[:i], ':') >= 0 && addr[i-1] != ']' {
		return addr
	}
	return addr[:i]
}

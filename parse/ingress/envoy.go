package ingress

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// Envoy is the access log of Envoy in its default format and in those of
// Istio, Contour, Emissary and Envoy Gateway (envoy docs, "Access logging";
// istio pilot/pkg/model/telemetry_logging.go; contour internal/envoy).
var Envoy = &parse.Format{
	Name: "envoy",
	Doc: `access log of Envoy, Istio, Contour, Emissary and Envoy Gateway, as text and as JSON. A line names the beginning of a request; its duration is added.
[2022-01-20T22:38:26.354Z] "GET / HTTP/1.1" 503 UH no_healthy_upstream - "-" 0 19 0 - "192.168.0.3" "curl/7.68.0" "069c37c4-bead-49ae-8ef3-fe9fdca1602b" "app.test.com" "-" outbound|80||my-app.default.svc.cluster.local - 10.244.0.233:80 192.168.0.3:43900 - my-app
{"start_time":"2025-08-21T03:23:19.513Z","method":"POST",":authority":"localhost:8888","response_code":503,"response_flags":"UH","response_code_details":"no_healthy_upstream","duration":0,"upstream_cluster":"original_destination_cluster","upstream_host":null}`,
	Origin: "Envoy's default since 1.0, Istio's since 1.9, Contour's, Emissary's, Envoy Gateway's JSON",
	Role:   parse.RoleServing, Lane: parse.LaneIngress, Need: "proxy-logs",
	Needles: []string{`" 5`, `response_flags`, `responseFlags`, `response.flags`, `RESPONSE_FLAGS`},
	Line:    envoyLine,
	Detail:  envoyDetail,
}

// envoy is a line of text taken apart; what a format does not have is empty.
type envoy struct {
	time, request        []byte
	code, flags          []byte
	details, termination []byte // Istio; some others have only the details
	failure              []byte // of the transport, Istio
	received, sent       []byte
	duration, service    []byte
	rest                 []byte // from the forwarders on
	stamp                lex.Stamp
	status               int
}

func envoyLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	if l.Text[0] == '{' {
		return envoyJSON(l, b)
	}
	var e envoy
	if !e.read(l.Text) {
		return parse.NotMine
	}
	took := duration(e.duration, time.Millisecond)
	ended(l, e.stamp, took)
	if e.status < firstError {
		return parse.Other
	}
	r := response{status: e.status, lasted: took}
	t := e.tail()
	r.target = wanted(t.cluster, t.authority, t.host)
	r.fact, r.cause, r.id = first(e.flags, e.details), flagged(e.flags, e.details), t.id
	return r.verdict(b)
}

// read takes a line apart up to the duration.
func (e *envoy) read(b []byte) bool {
	if has(b, "ACCESS ") { // Emissary
		b = b[len("ACCESS "):]
	}
	if len(b) < len(`[2016-04-15T20:17:00Z] "`) || b[0] != '[' {
		return false
	}
	s, n, ok := lex.RFC3339(b[1:])
	if !ok || !s.Zoned || b[11] != 'T' || !has(b[1+n:], `] "`) {
		return false
	}
	e.stamp, e.time = s, b[1:1+n]
	b = b[1+n+len(`] "`):]
	end := closing(b)
	if end < 0 {
		return false
	}
	e.request = b[:end]
	e.code, b = word(b[end+len(`" `):])
	if e.status, ok = status(e.code); !ok {
		return false
	}
	if e.flags, b = word(b); !flagsAt(e.flags) {
		return false
	}
	e.counts(b)
	return true
}

// maxWords is how many words formats put between the flags and the counts.
const maxWords = 4

// counts reads what stands between the flags and the forwarders: a few words
// that are not numbers, then the bytes received and sent, the duration, and
// the upstream's own.
func (e *envoy) counts(b []byte) {
	var words [maxWords][]byte
	n := 0
	for ; n <= maxWords; n++ {
		received, rest := word(b)
		sent, rest := word(rest)
		took, rest := word(rest)
		if numeric(received) && numeric(sent) && numeric(took) {
			e.received, e.sent, e.duration = received, sent, took
			e.service, e.rest = word(rest)
			break
		}
		if n == maxWords || len(b) == 0 {
			break
		}
		words[n], b = quoted(b)
	}
	e.details = words[0]
	if n >= 3 {
		e.termination, e.failure = words[1], words[2]
	} else if n == 2 { // Istio before 1.7: the mixer's status, the failure
		e.details, e.failure = nil, words[1]
	}
}

// numeric says whether b is a number; a duration that is not known is "-".
func numeric(b []byte) bool {
	for _, c := range b {
		if !digit(c) {
			return false
		}
	}
	return len(b) > 0
}

// trailer is what stands behind the counts.
type trailer struct {
	forwarded, agent, id, authority, host             []byte
	cluster, local, downstream, remote, server, route []byte
}

// tail reads the five strings in quotes, and what Istio puts behind them.
// Nothing is escaped in the strings, so they are read from the end: what a
// client sent as its name then moves none of those that matter. A format with
// more strings behind them has no address in the place of the host.
func (e *envoy) tail() (t trailer) {
	end := bytes.LastIndexByte(e.rest, '"') + 1
	before, ok := e.rest[:end], true
	for _, to := range []*[]byte{&t.host, &t.authority, &t.id} {
		if *to, before, ok = quotedBack(before); !ok {
			return trailer{}
		}
	}
	if len(given(t.host)) > 0 && !bytes.ContainsAny(t.host, ":/") {
		return e.strings()
	}
	t.forwarded, before = quoted(before)
	t.agent = bytes.TrimSuffix(bytes.TrimPrefix(before, []byte{'"'}), []byte{'"'})
	t.istio(e.rest[end:])
	return t
}

// strings reads the five strings from the beginning.
func (e *envoy) strings() (t trailer) {
	rest := e.rest
	for _, to := range []*[]byte{&t.forwarded, &t.agent, &t.id, &t.authority, &t.host} {
		*to, rest = quoted(rest)
	}
	if !has(rest, `"`) {
		t.istio(rest)
	}
	return t
}

func (t *trailer) istio(rest []byte) {
	rest = bytes.TrimPrefix(rest, []byte{' '})
	for _, to := range []*[]byte{&t.cluster, &t.local, &t.downstream, &t.remote, &t.server, &t.route} {
		*to, rest = word(rest)
	}
}

// wanted is the service that was asked: the cluster, unless its name says only
// where the traffic passed, else the host that the client wanted.
func wanted(cluster, authority, host []byte) []byte {
	for _, c := range []string{"inbound|", "InboundPassthrough", "PassthroughCluster", "BlackHoleCluster"} {
		if has(cluster, c) {
			return first(authority, host, cluster)
		}
	}
	return first(cluster, authority, host)
}

// envoyJSON reads a line of a JSON format. Its keys are what whoever
// configured it chose, mostly Envoy's own words.
func envoyJSON(l *parse.Line, b *parse.Batch) parse.Verdict {
	if !signEnvoy.of(l.Text) {
		return parse.NotMine
	}
	var r response
	var flags, details, cluster, authority, host, id []byte
	coded, marked := false, false
	var name [32]byte
	m := members{rest: l.Text}
	for key, value, ok := m.next(); ok; key, value, ok = m.next() {
		switch string(fold(key, &name)) {
		case "responsecode":
			r.status, coded = status(bare(value))
		case "responseflags", "responseflagslong":
			flags, marked = bare(value), true
		case "responsecodedetails":
			details = bare(value)
		case "starttime":
			r.stamp, _ = stampOf(bare(value))
		case "timestamp", "time":
			if r.stamp.Width == 0 {
				r.stamp, _ = stampOf(bare(value))
			}
		case "duration", "durationms":
			r.lasted = duration(bare(value), time.Millisecond)
		case "upstreamcluster", "upstreamclusterraw":
			cluster = value
		case "authority", "reqauthority":
			authority = value
		case "upstreamhost":
			host = value
		case "requestid", "xrequestid", "reqxrequestid":
			id = value
		}
	}
	switch {
	case !marked:
		return parse.NotMine
	case !m.whole, !coded:
		return parse.Malformed
	case r.stamp.Width > 0:
		ended(l, r.stamp, r.lasted)
	case l.Prefix.HasStamp:
		l.AtStamp()
	case r.status >= firstError:
		return parse.Malformed
	}
	if r.status >= firstError {
		r.target = wanted(text(cluster), text(authority), text(host))
		r.fact, r.cause, r.id = first(flags, details), flagged(flags, details), text(id)
	}
	return r.verdict(b)
}

package ingress

import (
	"bytes"
	"slices"
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
	Meshed:  true,
	Needles: append(failed(), `response_flags`, `responseFlags`, `response.flags`, `RESPONSE_FLAGS`),
	Hints:   slices.Concat(refusals, flagged200, signs[productEnvoy].keys),
	Line:    envoyLine,
	Detail:  alike(in(time.Millisecond), envoyDetail),
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
		if v := outlier(l, b); v != parse.NotMine {
			return v
		}
		return productEnvoy.read(l, b)
	}
	var e envoy
	if !e.read(l.Text) {
		if object := productEnvoy.ofPairs(l.Text); object != nil {
			return productEnvoy.object(l, object, b)
		}
		return parse.NotMine
	}
	took := duration(e.duration, time.Millisecond)
	switch {
	case e.stamp.Width > 0:
		ended(l, e.stamp, took)
	case l.Prefix.HasStamp:
		l.AtStamp()
	}
	if e.status < firstError && len(given(e.flags)) == 0 && !notable(e.status) {
		answered(b, e.host(), took)
		return parse.Other
	}
	t := e.tail()
	r := response{status: e.status, lasted: took, id: t.id, target: wanted(t.cluster, t.authority, t.host), tcp: string(e.request) == "- - -",
		hop: hop{state: e.flags, details: e.details, upstream: t.host, client: first(t.forwarded, t.remote), inbound: inbound(t.cluster)}}
	flagged(&r, e.failure, e.sent)
	if unrouted(t) {
		r.cause = parse.CauseNoRoute
	}
	if r.tcp {
		r.hop.details = first(e.details, e.failure)
	}
	if r.cause == parse.CauseUnknown && !r.tcp && len(given(e.flags)) == 0 && numeric(e.service) && len(given(t.host)) > 0 {
		r.cause = parse.CauseUpstream // Envoy's own answers have no time of the upstream's
	}
	return r.verdict(b)
}

// read takes a line apart up to the duration.
func (e *envoy) read(b []byte) bool {
	if has(b, "ACCESS ") { // Emissary
		b = b[len("ACCESS "):]
	}
	if len(b) < len(`"- - -" 0 UF 0 0 0`) {
		return false
	}
	rest := fromRequest(b) // the time was cut off, perhaps with the quote
	if b[0] == '"' {
		rest = b[1:]
	}
	headless := rest != nil
	if headless {
		b = rest
	} else if b = e.began(b); b == nil {
		return false
	}
	end := closing(b)
	if end < 0 {
		return false
	}
	e.request = b[:end]
	e.code, b = word(b[end+len(`" `):])
	var ok bool
	if e.status, ok = status(e.code); !ok {
		return false
	}
	if e.flags, b = word(b); !flagsAt(e.flags) {
		return false
	}
	e.counts(b)
	return !headless || len(e.duration) > 0 && (string(e.request) == "- - -" || bytes.Contains(e.request, []byte(" HTTP/")))
}

// began reads the time that a line begins with, up to the quote of the request.
// A paste or a collector may have cut it off, so a line may begin with the quote.
func (e *envoy) began(b []byte) (rest []byte) {
	if len(b) < len(`[2016-04-15T20:17:00Z] "`) || b[0] != '[' {
		return nil
	}
	s, n, ok := lex.RFC3339(b[1:])
	if !ok || !s.Zoned || b[11] != 'T' || !has(b[1+n:], `] "`) {
		return nil
	}
	e.stamp, e.time = s, b[1:1+n]
	return b[1+n+len(`] "`):]
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

// host is the upstream's address alone: the last string of those in quotes.
func (e *envoy) host() []byte {
	host, _, ok := quotedBack(e.rest[:bytes.LastIndexByte(e.rest, '"')+1])
	if !ok || !bytes.ContainsAny(host, ":/") {
		return nil
	}
	return host
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

// unrouted says whether Istio sent a request nowhere since it knows no service
// of that name: with REGISTRY_ONLY it answers 502 from the route block_all, and
// closes a TCP connection in the cluster BlackHoleCluster (istio
// pilot/pkg/networking/core/httproute.go).
func unrouted(t trailer) bool {
	return string(t.route) == "block_all" || has(t.cluster, "BlackHoleCluster")
}

// inbound says whether a cluster is a sidecar's own application.
func inbound(cluster []byte) bool { return has(cluster, "inbound|") || has(cluster, "inbound_") }

// envoy tells what Envoy's flags say. The keys of a JSON format are what whoever
// configured it chose, mostly Envoy's own words.
func (v *values) envoy(r *response) {
	r.target = wanted(v.text(senseService), v.text(senseHost), v.text(senseUpstream))
	r.hop.inbound = inbound(v.text(senseService))
	r.tcp = r.status == 0 && len(given(v.bare(senseMethod))) == 0 && len(given(v.bare(senseRequest))) == 0
	flagged(r, v.text(senseError), v.bare(senseSent))
	if grpcFailed(v.bare(senseGRPC)) && r.status == 200 {
		r.grpc = true
	}
}

// grpcFailed says whether a gRPC status, a number or a word, is a failure of
// the server's side. A program's own answers, such as NotFound, are none
// (grpc/codes: 4 DeadlineExceeded, 13 Internal, 14 Unavailable).
func grpcFailed(code []byte) bool {
	switch string(code) {
	case "4", "13", "14", "DeadlineExceeded", "Internal", "Unavailable", "DEADLINE_EXCEEDED", "INTERNAL", "UNAVAILABLE":
		return true
	}
	return false
}

package controller

import (
	"bytes"
	"slices"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// served begins the line that the API server prints of a request, since 1.20; to
// 1.19 it is "GET /api/v1/pods: (30.0009s) 504 [agent address]"
// (k8s.io/apiserver pkg/server/httplog/httplog.go). All requests are printed at
// -v=3, those that failed at any.
const served = `"HTTP" verb=`

// verbs are those of requests that change or tell much.
var verbs = []string{"GET", "PUT", "POST", "LIST", "PATCH", "DELETE", "WATCH", "CONNECT"}

// request is one that the API server answered.
type request struct {
	verb, uri, status, latency []byte
}

// answered reads the API server's line of a request.
func (r *record) answered() (q request, ok bool) {
	if has(r.message, served) {
		q = request{r.pair("verb"), r.pair("URI"), r.pair("resp"), r.pair("latency")}
		return q, len(q.status) == 3 && len(q.uri) > 0
	}
	verb, rest, space := bytes.Cut(r.message, []byte(" /"))
	if !space || !slices.Contains(verbs, string(verb)) {
		return q, false
	}
	uri, rest, timed := bytes.Cut(rest, []byte(": ("))
	latency, rest, closed := bytes.Cut(rest, []byte(") "))
	if _, n, digits := lex.Digits(rest); !timed || !closed || !digits || n != 3 {
		return q, false
	}
	return request{verb, append([]byte{'/'}, uri...), rest[:3], latency}, true
}

// apiserver makes an event of a request that the API server failed, or refused
// because it had too many.
func (r *record) apiserver(q request, b *parse.Batch) parse.Verdict {
	status, _, ok := lex.Digits(q.status)
	if !ok || status < 500 && status != 429 {
		return parse.Other
	}
	path, _, _ := bytes.Cut(q.uri, []byte{'?'})
	e := parse.Event{Kind: parse.APIServerResponse, Severity: r.severity, Value: float64(status), Target: b.Names.Add(path),
		Fact: b.Names.Add(append(append(append([]byte(nil), q.verb...), ' '), q.status...))}
	if d, err := time.ParseDuration(string(q.latency)); err == nil && d > 0 {
		e.Lasted = d
	}
	b.Add(e)
	return parse.Took
}

package proxy

import (
	"strconv"
	"strings"

	"faultline/parse"
)

// era is a range of versions that answers alike; the wording of the line
// tells it, and the release that the log names.
type era uint8

const (
	before27  era = iota // "unexpected error: …"
	before211            // "Failed to proxy request: …" (2.7 to 2.10)
	before217            // "Request failed error=…", "HTTP/1.1 request failed error=…" of a proxy before v2.260.0
	since217
)

// The messages of proxies up to 2.6, which are the errors themselves.
const (
	oldUnexpected = "unexpected error: "
	oldDeadline   = "request aborted because it reached the configured dispatch deadline"
	oldCapacity   = "router at capacity ("
	oldOverload   = "server overloaded, max-in-flight reached"
)

// eraOf is the era of a message. Where the release is not known, since 2.11,
// the newest is supposed.
func eraOf(message []byte, release string) era {
	switch {
	case has(message, "Failed to proxy request"):
		return before211
	case has(message, oldUnexpected), has(message, oldDeadline), has(message, oldCapacity), has(message, oldOverload):
		return before27
	case older(release, 260):
		return before217
	}
	return since217
}

// older says whether a release of the proxy, "2.210.4", is before v2.MINOR.
func older(release string, minor int) bool {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(release, "v"), "2.")
	if !ok {
		return false
	}
	text, _, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(text)
	return err == nil && n < minor
}

// status is what the client saw, as HTTP and as gRPC (linkerd2-proxy
// linkerd/app/core/src/errors.rs and errors/respond.rs, and
// linkerd/app/outbound/src/http/server.rs per tag). 0 where the line cannot
// tell. That a gRPC request had no answer in time is Unavailable up to v2.259,
// DeadlineExceeded since v2.260.0 (#3302).
func (e era) status(c parse.Cause) (http, grpc int) {
	if e == before27 {
		switch c {
		case parse.CauseUnknown:
			return 0, 0
		case parse.CauseLoadshed, parse.CauseTimeout:
			return 503, 0
		}
		return 502, 0
	}
	late := 14
	if e == since217 {
		late = 4
	}
	switch c {
	case parse.CauseFailfast, parse.CauseConnectTimeout:
		if e == before211 {
			return 503, 14
		}
		return 504, late
	case parse.CauseLoadshed:
		return 503, 14
	case parse.CauseConnectRefused, parse.CauseIO, parse.CauseTLS:
		return 502, 14
	case parse.CauseTimeout:
		if e == before211 {
			late = 4
		}
		return 504, late
	case parse.CauseNoRoute:
		return 404, 5
	case parse.CauseUnauthorized:
		return 403, 7
	case parse.CauseOther:
		if e == before211 {
			return 502, 13
		}
		return 500, 13
	}
	return 0, 0
}

// answers are those of errors that have a status of their own, before 2.11 and
// since (HTTP, gRPC). An error of HTTP/2 and a redirect have none of the
// proxy's making.
var answers = []struct {
	text        string
	before, now [2]int
}{
	{incomplete, [2]int{502, 13}, [2]int{500, 13}},
	{"gateway loop detected", [2]int{508, 10}, [2]int{508, 10}},
	{"bad gateway domain", [2]int{404, 5}, [2]int{404, 5}},
	{"no identity provided", [2]int{403, 16}, [2]int{403, 16}},
	{"required the identity", [2]int{403, 9}, [2]int{502, 14}},
	{"required id ", [2]int{}, [2]int{502, 14}},
	{"rate limit exceeded", [2]int{}, [2]int{429, 8}},
	{"failed with HTTP/2 reset", [2]int{}, [2]int{502, 14}},
	{"http2 error", [2]int{}, [2]int{}},
	{"stream error", [2]int{}, [2]int{}},
	{"request redirected to ", [2]int{}, [2]int{}},
}

// answered is what the client saw of an error.
func (e era) answered(f *failure) (http, grpc int) {
	switch {
	case has(f.leaf, configured):
		return stated(f.leaf, configured), 0
	case has(f.leaf, configuredGRPC):
		return 200, stated(f.leaf, configuredGRPC)
	case e == before27 || f.answer < 0:
		return e.status(f.cause)
	case e >= before217:
		a := &answers[f.answer].now
		return a[0], a[1]
	}
	a := &answers[f.answer].before
	return a[0], a[1]
}

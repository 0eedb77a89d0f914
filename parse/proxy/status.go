package proxy

import (
	"bytes"

	"faultline/parse"
)

// era is a range of versions that answers alike; the wording of the line
// tells it.
type era uint8

const (
	before211 era = iota // "Failed to proxy request: …" (2.7 to 2.10)
	since211             // "Request failed error=…", "HTTP/1.1 request failed error=…", "Remote proxy error error=…"
	before27             // "unexpected error: …"
)

func eraOf(message []byte) era {
	switch {
	case has(message, "Failed to proxy request"):
		return before211
	case has(message, "unexpected error: "), has(message, "request aborted because it reached the configured dispatch deadline"),
		has(message, "router at capacity ("), has(message, "server overloaded, max-in-flight reached"):
		return before27
	}
	return since211
}

// status is what the client saw, as HTTP and as gRPC (linkerd2-proxy
// linkerd/app/core/src/errors/respond.rs and linkerd/app/outbound/src/http/server.rs
// per tag). 0 where the line cannot tell.
func (e era) status(c parse.Cause) (http, grpc int) {
	switch {
	case e == before27 && (c == parse.CauseLoadshed || c == parse.CauseTimeout):
		return 503, 0
	case e == before27 && c != parse.CauseUnknown:
		return 502, 0
	}
	switch c {
	case parse.CauseFailfast:
		if e == before211 {
			return 503, 14
		}
		return 504, 4
	case parse.CauseLoadshed:
		return 503, 14
	case parse.CauseConnectTimeout:
		if e == before211 {
			return 502, 14
		}
		return 504, 4
	case parse.CauseConnectRefused, parse.CauseIO:
		return 502, 14
	case parse.CauseTimeout:
		return 504, 4
	case parse.CauseNoRoute:
		return 404, 5
	case parse.CauseUnauthorized:
		return 403, 7
	case parse.CauseOther:
		if e == before211 {
			return 502, 14
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

// answer is what the client saw of an error.
func (e era) answer(leaf []byte, c parse.Cause) (http, grpc int) {
	switch {
	case has(leaf, configured):
		return stated(leaf, configured), 0
	case has(leaf, configuredGRPC):
		return 200, stated(leaf, configuredGRPC)
	case c == parse.CauseOther:
		for _, a := range answers {
			if !bytes.Contains(leaf, []byte(a.text)) {
				continue
			}
			if e == since211 {
				return a.now[0], a.now[1]
			}
			return a.before[0], a.before[1]
		}
	}
	return e.status(c)
}

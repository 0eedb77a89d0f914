package proxy

import (
	"bytes"

	"faultline/parse"
)

// failure is a failed request's error chain taken apart.
type failure struct {
	chain   []byte // the whole error
	logical []byte // "xxxx.yyyy.svc.cluster.local:81"
	route   []byte
	backend []byte
	// client and server are the ends of the connection that an inbound proxy
	// names, endpoint where an outbound one sent the request.
	client, server, endpoint []byte
	leaf                     []byte // the innermost error
	cause                    parse.Cause
	// http and grpc are the statuses the client saw; http is 200 for gRPC.
	http, grpc int
	isGRPC     bool
}

// Errors that a route's filter asks for: the status is what they say.
const (
	configured     = "HTTP request configured to fail with "
	configuredGRPC = "gRPC request configured to fail with "
)

// leaves are innermost errors that hold ": " themselves.
var leaves = [][]byte{[]byte("HTTP response timeout"), []byte("timed out waiting for"), []byte("timed out processing response stream"), []byte("operation was canceled"),
	[]byte(configured), []byte(configuredGRPC), []byte("error trying to connect"),
	[]byte("total rate limit"), []byte("per-identity rate limit"), []byte("override rate limit"), []byte("http2 error"), []byte("stream error")}

// leaf is the innermost error of a chain.
func leaf(chain []byte) []byte {
	for _, l := range leaves {
		if i := bytes.Index(chain, l); i >= 0 {
			return chain[i:]
		}
	}
	for i := len(chain) - 2; i >= 0; i-- {
		if chain[i] == ':' && chain[i+1] == ' ' {
			return chain[i+2:]
		}
	}
	return chain
}

// causeOf sorts an innermost error (the Display texts of the proxy's error
// types; see docs/formats.md).
func causeOf(leaf []byte) parse.Cause {
	for _, c := range []struct {
		text  string
		cause parse.Cause
	}{
		{"fail-fast", parse.CauseFailfast},
		{"service unavailable", parse.CauseLoadshed},
		{"max-in-flight reached", parse.CauseLoadshed},
		{"router at capacity", parse.CauseLoadshed},
		{"connect timed out", parse.CauseConnectTimeout},
		{"request timed out", parse.CauseConnectTimeout},
		{"Connection refused", parse.CauseConnectRefused},
		{"os error", parse.CauseIO},
		{"connection closed", parse.CauseIO},
		{"unexpected end of file", parse.CauseIO},
		{"early eof", parse.CauseIO},
		{"broken pipe", parse.CauseIO},
		{"response timeout", parse.CauseTimeout},
		{"response timed out", parse.CauseTimeout},
		{"dispatch deadline", parse.CauseTimeout},
		{"timed out waiting", parse.CauseTimeout},
		{"timed out processing", parse.CauseTimeout},
		{"no route", parse.CauseNoRoute},
		{"unauthorized", parse.CauseUnauthorized},
		{"client error (", parse.CauseUnknown}, // hyper's; what caused it is not printed
	} {
		if bytes.Contains(leaf, []byte(c.text)) {
			return c.cause
		}
	}
	if len(leaf) == 0 {
		return parse.CauseUnknown
	}
	return parse.CauseOther
}

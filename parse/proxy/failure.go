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
	[]byte("total rate limit"), []byte("per-identity rate limit"), []byte("override rate limit"), []byte("http2 error"), []byte("stream error"),
	[]byte("upgraded connection failed with HTTP/2 reset"), []byte("invalid peer certificate"), []byte("received corrupt message"), []byte("received fatal alert"),
	[]byte("peer closed connection without sending TLS close_notify"), []byte("invalid policy"), []byte("HTTP/1.1 upgrade failed")}

// leaf is the innermost error of a chain.
func leaf(chain []byte) []byte {
	if answer := grpcStatus(chain); answer != nil {
		return answer
	}
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

// grpcStatus is a status of gRPC that a chain ends with, as tonic prints it:
// `status: Internal, message: "…", details: [], metadata: …`, since v2.3xx
// `code: 'Client specified an invalid argument', message: "…"`. nil if there is
// none.
func grpcStatus(chain []byte) []byte {
	for _, begin := range []string{"status: ", "code: '"} {
		i := bytes.Index(chain, []byte(begin))
		if i < 0 || i > 0 && chain[i-1] != ' ' || !bytes.Contains(chain[i:], []byte(", message: ")) {
			continue
		}
		end := bytes.Index(chain[i:], []byte(", details: ["))
		if end < 0 {
			end = len(chain) - i
		}
		return chain[i : i+end]
	}
	return nil
}

// causes sort an innermost error by what it holds, the first that fits (the
// Display texts of the proxy's error types; see docs/formats.md).
var causes = []struct {
	text  []byte
	cause parse.Cause
}{
	{[]byte("fail-fast"), parse.CauseFailfast},
	{[]byte("service unavailable"), parse.CauseLoadshed},
	{[]byte("max-in-flight reached"), parse.CauseLoadshed},
	{[]byte("router at capacity"), parse.CauseLoadshed},
	{[]byte("connect timed out"), parse.CauseConnectTimeout},
	{[]byte("request timed out"), parse.CauseConnectTimeout},
	{[]byte("Connection refused"), parse.CauseConnectRefused},
	{[]byte("certificate"), parse.CauseTLS},
	{[]byte("received corrupt message"), parse.CauseTLS},
	{[]byte("received fatal alert"), parse.CauseTLS},
	{[]byte("os error"), parse.CauseIO},
	{[]byte("connection closed"), parse.CauseIO},
	{[]byte("unexpected end of file"), parse.CauseIO},
	{[]byte("early eof"), parse.CauseIO},
	{[]byte("without sending TLS close_notify"), parse.CauseIO},
	{[]byte("broken pipe"), parse.CauseIO},
	{[]byte("response timeout"), parse.CauseTimeout},
	{[]byte("response timed out"), parse.CauseTimeout},
	{[]byte("dispatch deadline"), parse.CauseTimeout},
	{[]byte("timed out waiting"), parse.CauseTimeout},
	{[]byte("timed out processing"), parse.CauseTimeout},
	{[]byte("no route"), parse.CauseNoRoute},
	{[]byte("unauthorized"), parse.CauseUnauthorized},
	{[]byte("client error ("), parse.CauseUnknown}, // hyper's; what caused it is not printed
}

// causeOf sorts an innermost error.
func causeOf(leaf []byte) parse.Cause {
	if grpcStatus(leaf) != nil {
		return parse.CauseOther // what another program answered
	}
	for _, c := range causes {
		if bytes.Contains(leaf, c.text) {
			return c.cause
		}
	}
	if len(leaf) == 0 {
		return parse.CauseUnknown
	}
	return parse.CauseOther
}

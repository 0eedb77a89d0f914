package proxy

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// failure is a failed request's error chain taken apart.
type failure struct {
	chain   []byte // the whole error
	logical []byte // "xxxx.yyyy.svc.cluster.local:81"
	route   []byte
	backend []byte
	leaf    []byte // the innermost error
	cause   parse.Cause
	// http and grpc are the statuses the client saw; http is 200 for gRPC.
	http, grpc int
	isGRPC     bool
}

// failure reads the chain. Each layer adds "layer name: " before the error
// that it passes on (linkerd2-proxy linkerd/app/core/src/errors/respond.rs).
func (r *record) failure() (f failure) {
	m := r.message
	era := eraOf(m)
	f.isGRPC = has(m, "gRPC ")
	if era == before211 && has(m, "Failed to proxy request: ") {
		f.chain = cutField(m[len("Failed to proxy request: "):])
	} else {
		f.chain = field(m, "error")
	}
	f.layers()
	f.cause = causeOf(f.leaf)
	f.http, f.grpc = era.status(f.cause)
	if has(f.leaf, configured) { // by a route's filter; the status is what it says
		code, _, _ := lex.Digits(f.leaf[len(configured):])
		f.http, f.grpc = int(code), 0
	}
	return f
}

// layers peels the chain from the outside.
func (f *failure) layers() {
	rest := f.chain
	for {
		switch {
		case has(rest, "logical service "):
			f.logical, rest = layer(rest, "logical service ")
		case has(rest, "route "):
			f.route, rest = layer(rest, "route ")
		case has(rest, "backend "):
			f.backend, rest = layer(rest, "backend ")
		default:
			f.leaf = leaf(rest)
			return
		}
	}
}

// layer reads "word name: " and gives the name and what follows. The last
// colon of a name's address is not followed by a space.
func layer(b []byte, word string) (name, rest []byte) {
	name, rest, _ = bytes.Cut(b[len(word):], []byte(": "))
	return name, rest
}

const configured = "HTTP request configured to fail with "

// leaves are innermost errors that hold ": " themselves.
var leaves = [][]byte{[]byte("HTTP response timeout"), []byte("timed out waiting for"), []byte("operation was canceled"),
	[]byte(configured), []byte("error trying to connect")}

// leaf is the innermost error of a chain.
func leaf(chain []byte) []byte {
	for _, l := range leaves {
		if i := bytes.Index(chain, l); i >= 0 {
			return chain[i:]
		}
	}
	if i := bytes.LastIndex(chain, []byte(": ")); i >= 0 {
		return chain[i+2:]
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
		{"connect timed out", parse.CauseConnectTimeout},
		{"request timed out", parse.CauseConnectTimeout},
		{"Connection refused", parse.CauseConnectRefused},
		{"os error", parse.CauseIO},
		{"connection closed", parse.CauseIO},
		{"response timeout", parse.CauseTimeout},
		{"timed out waiting", parse.CauseTimeout},
		{"no route", parse.CauseNoRoute},
		{"unauthorized", parse.CauseUnauthorized},
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

// era is a range of versions that answers alike; the wording of the line
// tells it.
type era uint8

const (
	before211 era = iota // "Failed to proxy request: …" (2.9, 2.10)
	since211             // "Request failed error=…" and "HTTP/1.1 request failed error=…"
)

func eraOf(message []byte) era {
	if has(message, "Failed to proxy request") {
		return before211
	}
	return since211
}

// status is what the client saw, as HTTP and as gRPC (linkerd2-proxy
// linkerd/app/core/src/errors/respond.rs and linkerd/app/outbound/src/http/server.rs
// per tag). 0 where the line cannot tell.
func (e era) status(c parse.Cause) (http, grpc int) {
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

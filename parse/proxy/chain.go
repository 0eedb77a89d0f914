package proxy

import (
	"bytes"

	"faultline/parse/lex"
)

// How the messages begin that tell the proxy's era, or decide on the status.
const (
	remote     = "Remote proxy error"
	unexpected = "Unexpected error" // what no rescue knew: the answer is 500
	failed210  = "Failed to proxy request: "
	// incomplete is hyper's word for a connection that ended before a whole
	// message was there. It is no error of input or output to the rescues.
	incomplete = "connection closed before message completed"
)

// failure reads the chain. Each layer adds "layer name: " before the error
// that it passes on (linkerd2-proxy linkerd/app/core/src/errors/respond.rs).
//
// release is the proxy's, as its log printed it; "" is not known.
func (r *record) failure(release string) (f failure) {
	m := r.message
	rest := m
	era := eraOf(m, release)
	f.isGRPC = has(m, "gRPC ")
	switch {
	case era == before27:
		f.chain = bytes.TrimPrefix(m, []byte("unexpected error: "))
	case era == before211 && has(m, failed210):
		f.chain = cutField(m[len(failed210):])
	default:
		f.chain, rest = fieldAnd(m, "error")
	}
	f.layers()
	f.innermost(rest)
	f.cause = causeOf(f.leaf)
	f.http, f.grpc = era.answer(f.leaf, f.cause)
	if has(m, unexpected) {
		f.http, f.grpc = 500, 13
	}
	if f.isGRPC && has(f.leaf, configured) {
		f.grpc = 9 // failed precondition, whatever the HTTP status
	}
	return f
}

// layers peels the chain from the outside.
func (f *failure) layers() {
	for rest := f.chain; ; {
		var to *[]byte
		word := ""
		switch {
		case has(rest, "logical service "):
			to, word = &f.logical, "logical service "
		case has(rest, "route "):
			to, word = &f.route, "route "
		case has(rest, "backend "):
			to, word = &f.backend, "backend "
		case has(rest, "client "):
			to, word = &f.client, "client "
		case has(rest, "server: "):
			to, word = &f.server, "server: "
		case has(rest, "server "):
			to, word = &f.server, "server "
		case has(rest, "endpoint "):
			to, word = &f.endpoint, "endpoint "
		case has(rest, "service "): // inbound, behind its server
			to, word = &f.logical, "service "
		case has(rest, "concrete service "):
			to, word = new([]byte), "concrete service "
		case has(rest, "controller "):
			to, word = new([]byte), "controller "
		case has(rest, "Service."): // the balancer, whose name is the backend's
			to = new([]byte)
		}
		name, next, ok := layer(rest, word)
		if to == nil || !ok {
			f.leaf = leaf(rest)
			return
		}
		*to, rest = name, next
	}
}

// layer reads "word name: " and gives the name and what follows. The last
// colon of a name's address is not followed by a space, and no name holds one.
func layer(b []byte, word string) (name, rest []byte, ok bool) {
	name, rest, ok = bytes.Cut(b[len(word):], []byte(": "))
	return name, rest, ok && bytes.IndexByte(name, ' ') < 0
}

// innermost looks into error.sources (2.12 on), which follow the error, for one
// deeper than the chain: some errors do not print what caused them ("client error (Connect)").
// Mostly the sources repeat the end of the chain.
func (f *failure) innermost(rest []byte) {
	_, sources, ok := bytes.Cut(rest, []byte(" error.sources=["))
	if !ok {
		return
	}
	sources = cutField(sources) // v2.366 prints the path behind them
	end := bytes.LastIndexByte(sources, ']')
	if end < 0 || bytes.HasSuffix(sources[:end], f.leaf) {
		return
	}
	last := sources[:end]
	if i := bytes.LastIndex(last, []byte(", ")); i >= 0 {
		last = last[i+2:]
	}
	if bytes.HasSuffix(f.chain, last) {
		return // an inner part of what the chain ends with
	}
	if last = leaf(last); len(last) > 0 {
		f.leaf = last
	}
}

// stated is the number that an error holds behind its prefix.
func stated(leaf []byte, prefix string) int {
	code, _, _ := lex.Digits(leaf[len(prefix):])
	return int(code)
}
